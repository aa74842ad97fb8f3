//! The partitions of events, pure. Takes an address, or a pattern of addresses; gives the partition of the one, and
//! those of the other.
//!
//! A router has the engine send it only the partitions that its sessions have subscribed to. Each sender
//! numbers the events of each partition, so that a lost one is noticed. Subjects of single addresses would be narrower,
//! but an address has no next event whose number shows what is missing.
//!
//! The first two segments of an address decide: `/a/b/c` belongs to one of 32 groups by `a`, and in it to one
//! of 16 partitions by `b`. So `/a/**` has 16 of the 512 partitions, and `/a/b/**` has one.

use std::ops::Range;

use crate::clasp::wire::Pattern;

/// How many groups there are: one is found by the first segment.
const GROUPS: u16 = 32;

/// How many partitions a group has: one is found by the second segment.
const IN_GROUP: u16 = 16;

/// How many partitions there are.
pub const COUNT: u16 = GROUPS * IN_GROUP;

/// A set of partitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partitions([u64; COUNT as usize / 64]);

/// The partition of an address.
pub fn of(address: &str) -> u16 {
    let (first, second) = split(address);
    number(slot(first, GROUPS), slot(second, IN_GROUP))
}

fn number(group: u16, place: u16) -> u16 {
    group * IN_GROUP + place
}

fn split(address: &str) -> (&str, &str) {
    let mut segments = address.strip_prefix('/').unwrap_or(address).split('/');
    let first = segments.next().unwrap_or_default();
    (first, segments.next().unwrap_or_default())
}

/// Which of so many groups, or of so many places in a group, a segment belongs to.
fn slot(segment: &str, count: u16) -> u16 {
    (hash(segment) % u64::from(count)) as u16
}

/// The same for the segment of a pattern, which may belong to all.
fn slots(segment: &str, count: u16) -> Range<u16> {
    if segment.contains('*') {
        return 0..count;
    }
    let slot = slot(segment, count);
    slot..slot + 1
}

/// FNV-1a, and the last steps of MurmurHash3, which spread it: `zone1/light1` and `zone2/light2` are alike otherwise. All
/// routers of a cluster must agree, so it is not the standard library's, which may change.
fn hash(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        hash = (hash ^ (hash >> 33)).wrapping_mul(factor);
    }
    hash ^ (hash >> 33)
}

impl Partitions {
    /// All of them.
    pub fn all() -> Partitions {
        Partitions([u64::MAX; COUNT as usize / 64])
    }

    /// Those of the addresses that match a pattern.
    pub fn matching(pattern: &Pattern) -> Partitions {
        let (first, second) = split(pattern.as_str());
        if first == "**" {
            return Partitions::all();
        }
        let mut matching = Partitions::default();
        for group in slots(first, GROUPS) {
            for place in slots(second, IN_GROUP) {
                matching.insert(number(group, place));
            }
        }
        matching
    }

    /// Adds one.
    pub fn insert(&mut self, partition: u16) {
        self.0[usize::from(partition / 64)] |= 1 << (partition % 64);
    }

    /// Adds those of another set.
    pub fn add(&mut self, others: &Partitions) {
        for (own, other) in self.0.iter_mut().zip(others.0) {
            *own |= other;
        }
    }

    /// Removes those that are not in another set as well.
    pub fn keep(&mut self, others: &Partitions) {
        for (own, other) in self.0.iter_mut().zip(others.0) {
            *own &= other;
        }
    }

    /// Whether one is among them.
    pub fn has(&self, partition: u16) -> bool {
        let word = self.0.get(usize::from(partition / 64)).copied();
        word.unwrap_or_default() & 1 << (partition % 64) != 0
    }

    /// Whether all of another set are among them.
    pub fn has_all(&self, others: &Partitions) -> bool {
        let mut words = self.0.iter().zip(others.0);
        words.all(|(own, other)| other & !own == 0)
    }

    /// All that are among them.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        (0..COUNT).filter(|partition| self.has(*partition))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matching(pattern: &str) -> Partitions {
        Partitions::matching(&Pattern::new(pattern).expect("a pattern"))
    }

    #[test]
    fn a_pattern_has_as_few_partitions_as_its_first_two_segments_allow() {
        for (pattern, count) in [
            ("/a/b/**", 1),
            ("/a/b/*/c", 1),
            ("/a", 1),
            ("/a/**", 16),
            ("/a/*/c", 16),
            ("/a/b*", 16),
            ("/*/b/c", 32),
            ("/a*/b", 32),
            ("/**", 512),
            ("/**/b", 512),
            ("/*/*", 512),
        ] {
            assert_eq!(matching(pattern).iter().count(), count, "{pattern}");
        }
        assert_eq!(matching("/**"), Partitions::all());
    }

    proptest! {
        #[test]
        fn what_matches_is_in_a_partition_of_the_pattern(
            pattern in "(/(a|b|ab|\\*|a\\*|\\*b|\\*\\*)){1,4}",
            address in "(/(a|b|ab|aab)){1,5}",
        ) {
            let pattern = Pattern::new(&pattern).expect("a pattern");
            if pattern.matches(&address) {
                prop_assert!(Partitions::matching(&pattern).has(of(&address)));
            }
        }
    }

    #[test]
    fn sets() {
        let (mut some, b) = (matching("/a/**"), matching("/b/c"));
        assert!(!some.has_all(&b) && some.has_all(&matching("/a/b")));
        some.add(&b);
        assert!(some.has_all(&b) && some.has(of("/b/c/d")));
        some.keep(&b);
        assert_eq!(some, b);
        assert!(!Partitions::all().has(COUNT));
    }

    #[test]
    fn first_segments_are_spread() {
        let groups = (0..1_000).map(|n| of(&format!("/zone{n}/light{n}")));
        let used: std::collections::HashSet<u16> = groups.collect();
        assert!(used.len() > 400, "{}", used.len());
    }
}
