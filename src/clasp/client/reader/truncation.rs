//! Detects truncated snapshots. Takes a pattern and the params that were found, gives narrower
//! patterns to ask for. Pure.
//!
//! The reference router sends a snapshot in chunks of 800 params and loses every chunk that is
//! larger than a frame (quirk 16), which happens from 82 bytes a param: of 9,000 it then sends only
//! the last 200, and nothing shows that there are more. So the size of the received params is
//! checked: if 800 of that size would not fit a frame, the addresses are asked for once more, by
//! the prefix that most of them share and each possible next letter. Smaller snapshots lose less:
//! if they bring nothing new, the first was complete.
//!
//! If they bring something new, the rest could be found in the same way, letter by letter; but the
//! router compares every pattern with every param, and 9,000 params would need thousands of
//! patterns and seconds of its time. So the truncation is only reported, and the user, who knows
//! the addresses, chooses narrower patterns.

use std::collections::BTreeSet;

use super::Params;
use crate::clasp::wire::{self, Message, Param, Pattern};

/// How many params the reference router puts into a chunk.
const CHUNK: usize = 800;

/// The largest payload of a frame.
const FRAME: usize = wire::PAYLOAD_MAX;

/// The next letters to ask for, besides those that occur.
const LETTERS: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.";

/// The patterns to ask for in order to detect a truncation; `None` if there can be none.
pub fn narrower_patterns(pattern: &Pattern, found: &Params) -> Option<Vec<String>> {
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

/// The patterns that match all addresses with this prefix.
fn patterns(prefix: &str) -> Vec<String> {
    if prefix.ends_with('/') {
        vec![format!("{prefix}**")]
    } else {
        vec![format!("{prefix}*"), format!("{prefix}*/**")]
    }
}

fn below<'p>(found: &'p Params, prefix: &'p str) -> impl Iterator<Item = &'p Param<'static>> + 'p {
    found
        .range(prefix.to_owned()..)
        .take_while(move |(address, _)| address.starts_with(prefix))
        .map(|(_, param)| param)
}

/// Number and total size of the params of a snapshot.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParamSizes {
    count: usize,
    bytes: usize,
}

impl ParamSizes {
    /// Adds a param, given the length of a frame that holds only this param.
    pub fn add(&mut self, frame: usize) {
        self.count += 1;
        self.bytes += frame;
    }

    /// Whether a chunk of params of this average size would be too large for a frame. A single
    /// param is no evidence.
    pub fn may_be_cut(self) -> bool {
        self.count > 1 && self.bytes / self.count * CHUNK > FRAME
    }
}

fn may_be_cut(params: &[&Param<'static>]) -> bool {
    let mut weight = ParamSizes::default();
    let mut frame = Vec::new();
    for param in params {
        frame.clear();
        // A param that was decoded from a frame fits into one.
        if wire::encode(&Message::Snapshot(vec![(*param).clone()]), &mut frame).is_ok() {
            weight.add(frame.len());
        }
    }
    weight.may_be_cut()
}

/// The prefix after which no single next letter is shared by more than half of the params. With a
/// shorter prefix, one pattern would match nearly all params, be truncated to the ones that are
/// known already, and look complete.
fn split_point(params: &[&Param<'static>]) -> String {
    let mut part = params;
    loop {
        let common = common_prefix(part);
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

/// The longest common prefix; the params are sorted, so that comparing the first and the last is
/// enough.
fn common_prefix(params: &[&Param<'static>]) -> String {
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
            let second = narrower_patterns(&pattern, &found).map(|patterns| {
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
    fn a_truncated_snapshot_is_detected() {
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
    fn a_complete_snapshot_brings_nothing_new_when_read_again() {
        for count in [2, 5, 300] {
            let few = (0..count).map(|n| format!("/stage/left/lights/front/{n}/brightness"));
            let router = Lossy::holding(few, "a value of some length");
            assert_eq!(router.look("/stage/**"), (count, Some(0)));
        }
    }

    #[test]
    fn a_snapshot_that_cannot_be_truncated_is_not_read_again() {
        let many = (0..5_000).map(|n| format!("/p/{n}"));
        assert_eq!(Lossy::holding(many, "1").look("/p/*"), (5_000, None));
        assert_eq!(
            Lossy::holding(std::iter::empty(), "").look("/p/*"),
            (0, None)
        );
    }
}
