//! Whether a snapshot has been cut. Takes a pattern and what was found of it, gives narrower patterns
//! to ask for. Pure.
//!
//! The reference router sends a snapshot in chunks of 800 params and loses every chunk that is
//! larger than a frame (quirk 16), which takes no more than 82 bytes a param: of 9,000 it then sends
//! the last 200, and nothing says that there are more. So what came is looked at: if 800 like these
//! would not fit a frame, the addresses below the beginning that most share are asked for once more,
//! by their next letter. Smaller snapshots lose less: if they bring nothing new, all was there.
//!
//! If they do, the rest could be had by going on like that, letter by letter; but the router
//! compares every pattern with every param it has, and 9,000 of them would take thousands of
//! patterns and seconds of its time. That there is more is said, and narrower patterns are left to
//! whoever knows the addresses.

use std::collections::BTreeSet;

use super::Params;
use crate::clasp::wire::{self, Message, Param, Pattern};

/// How many params the reference router puts into a chunk.
const CHUNK: usize = 800;

/// The largest payload of a frame.
const FRAME: usize = wire::PAYLOAD_MAX;

/// The next letters that are asked for, beside those that have been seen.
const LETTERS: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.";

/// What to ask for in order to see whether something was left out; nothing if nothing can have been.
pub fn second_look(pattern: &Pattern, found: &Params) -> Option<Vec<String>> {
    let root = format!("{}/", pattern.literal_prefix());
    let known: Vec<_> = below(found, &root).collect();
    if !may_be_cut(&known) {
        return None;
    }
    let common = split_point(&known);
    let mut letters: BTreeSet<char> = LETTERS.chars().collect();
    letters.extend(
        below(found, &common).filter_map(|param| param.address[common.len()..].chars().next()),
    );
    if common.ends_with('/') {
        letters.remove(&'/');
    }
    Some(
        letters
            .into_iter()
            .flat_map(|letter| patterns(&format!("{common}{letter}")))
            .collect(),
    )
}

/// The patterns of all addresses with this beginning.
fn patterns(beginning: &str) -> Vec<String> {
    if beginning.ends_with('/') {
        vec![format!("{beginning}**")]
    } else {
        vec![format!("{beginning}*"), format!("{beginning}*/**")]
    }
}

fn below<'p>(
    found: &'p Params,
    beginning: &'p str,
) -> impl Iterator<Item = &'p Param<'static>> + 'p {
    found
        .range(beginning.to_owned()..)
        .take_while(move |(address, _)| address.starts_with(beginning))
        .map(|(_, param)| param)
}

/// How much the params of a snapshot weigh.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weight {
    count: usize,
    bytes: usize,
}

impl Weight {
    /// Adds a param, by the length of a frame with it alone.
    pub fn add(&mut self, frame: usize) {
        self.count += 1;
        self.bytes += frame;
    }

    /// Whether a chunk of params like these would be too large for a frame. One alone says nothing
    /// about its kind.
    pub fn may_be_cut(self) -> bool {
        self.count > 1 && self.bytes / self.count * CHUNK > FRAME
    }
}

fn may_be_cut(params: &[&Param<'static>]) -> bool {
    let mut weight = Weight::default();
    let mut frame = Vec::new();
    for param in params {
        frame.clear();
        // What was decoded from a frame fits one.
        if wire::encode(&Message::Snapshot(vec![(*param).clone()]), &mut frame).is_ok() {
            weight.add(frame.len());
        }
    }
    weight.may_be_cut()
}

/// The beginning behind which no letter stands before more than half of them. Higher up, a part that
/// holds nearly all would be cut to the very params that are known, and look whole.
fn split_point(params: &[&Param<'static>]) -> String {
    let mut part = params;
    loop {
        let common = common_beginning(part);
        let letter = |param: &&Param<'static>| param.address[common.len()..].chars().next();
        let largest = part
            .chunk_by(|a, b| letter(a) == letter(b))
            .max_by_key(|chunk| chunk.len())
            .unwrap_or_default();
        if largest.len() * 2 <= params.len() || largest.len() == part.len() {
            return common;
        }
        part = largest;
    }
}

/// The longest beginning that all of them share; they are in order, so that the first and the last
/// tell.
fn common_beginning(params: &[&Param<'static>]) -> String {
    let (Some(first), Some(last)) = (params.first(), params.last()) else {
        return String::new();
    };
    first
        .address
        .chars()
        .zip(last.address.chars())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::wire::Value;

    /// A router that loses chunks as the reference does, and its params.
    struct Lossy(Vec<Param<'static>>);

    impl Lossy {
        fn holding(addresses: impl Iterator<Item = String>, value: &str) -> Lossy {
            Lossy(
                addresses
                    .map(|address| Param {
                        address: address.into(),
                        value: Value::String(value.to_owned().into()),
                        revision: 1,
                        writer: Some("31740e66-f9ba-46c7-a07a-82ccf66fe97d".into()),
                        timestamp: Some(1),
                    })
                    .collect(),
            )
        }

        fn snapshot(&self, text: &str, wanted: &Pattern, found: &mut Params) {
            let pattern = Pattern::new(text).expect(text);
            let matching: Vec<_> = self
                .0
                .iter()
                .filter(|param| pattern.matches(&param.address))
                .cloned()
                .collect();
            for chunk in matching.chunks(CHUNK) {
                let mut frame = Vec::new();
                if wire::encode(&Message::Snapshot(chunk.to_vec()), &mut frame).is_ok() {
                    for param in chunk.iter().filter(|param| wanted.matches(&param.address)) {
                        found.insert(param.address.clone().into_owned(), param.clone());
                    }
                }
            }
        }

        /// How many are found at first, and how many more at the second look.
        fn look(&self, text: &str) -> (usize, Option<usize>) {
            let pattern = Pattern::new(text).expect(text);
            let mut found = Params::new();
            self.snapshot(text, &pattern, &mut found);
            let first = found.len();
            let second = second_look(&pattern, &found).map(|patterns| {
                assert!(patterns.len() <= 2 * (LETTERS.len() + 1), "{patterns:?}");
                for text in patterns {
                    self.snapshot(&text, &pattern, &mut found);
                }
                found.len() - first
            });
            (first, second)
        }
    }

    #[test]
    fn that_a_snapshot_was_cut_is_found_out() {
        let rooms = (0..9_000).map(|n| format!("/sensors/room/{n}/temp"));
        let halls = (0..3).map(|n| format!("/sensors/hall/{n}/temp"));
        let router = Lossy::holding(halls.chain(rooms), &"x".repeat(40));
        for pattern in [
            "/sensors/**",
            "/**",
            "/sensors/*/*/temp",
            "/sensors/room/*/temp",
        ] {
            let (first, second) = router.look(pattern);
            assert!(first < 800, "{pattern}: the router is lossy");
            assert!(second > Some(0), "{pattern}: {first} were taken for all");
        }
    }

    #[test]
    fn what_is_whole_stays_as_it_is() {
        for count in [2, 5, 300] {
            let few = (0..count).map(|n| format!("/stage/left/lights/front/{n}/brightness"));
            let router = Lossy::holding(few, "a value of some length");
            assert_eq!(router.look("/stage/**"), (count, Some(0)));
        }
    }

    #[test]
    fn what_cannot_have_been_cut_costs_nothing() {
        let many = (0..5_000).map(|n| format!("/p/{n}"));
        assert_eq!(Lossy::holding(many, "1").look("/p/*"), (5_000, None));
        assert_eq!(
            Lossy::holding(std::iter::empty(), "").look("/p/*"),
            (0, None)
        );
    }
}
