//! What of the history is kept, and how long: pure.

use std::time::Duration;

use crate::clasp::wire::Pattern;

/// One `--history`.
#[derive(Debug, Clone)]
pub enum Rule {
    /// Keep nothing of what no other rule names.
    Nothing,
    /// Keep what no other rule names for so long.
    Age(Duration),
    /// Keep at most so many bytes of it all: the oldest go.
    Bytes(u64),
    /// Keep what matches for so long; None: keep nothing of it.
    Matching(Pattern, Option<Duration>),
}

/// All of them. Of several that match an address, the first counts.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    matching: Vec<(Pattern, Option<Duration>)>,
    /// For what no pattern names.
    rest: Keep,
    bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Keep {
    #[default]
    Nothing,
    For(Duration),
    /// As long as there is room.
    Always,
}

impl Rules {
    /// Puts them together. None: nothing is to be kept.
    pub fn of(given: &[Rule]) -> Option<Rules> {
        let mut rules = Rules::default();
        let mut nothing = false;
        for rule in given {
            match rule {
                Rule::Nothing => nothing = true,
                Rule::Age(age) => rules.rest = Keep::For(*age),
                Rule::Bytes(bytes) => rules.bytes = Some(*bytes),
                Rule::Matching(pattern, age) => rules.matching.push((pattern.clone(), *age)),
            }
        }
        // A size alone is for everything.
        let alone = rules.rest == Keep::Nothing && rules.matching.is_empty();
        if rules.bytes.is_some() && alone && !nothing {
            rules.rest = Keep::Always;
        }
        let some =
            rules.rest != Keep::Nothing || rules.matching.iter().any(|(_, age)| age.is_some());
        some.then_some(rules)
    }

    fn keep(&self, address: &str) -> Keep {
        let found = self
            .matching
            .iter()
            .find(|(pattern, _)| pattern.matches(address));
        match found {
            Some((_, Some(age))) => Keep::For(*age),
            Some((_, None)) => Keep::Nothing,
            None => self.rest,
        }
    }

    /// Whether anything of an address is kept.
    #[inline]
    pub fn keeps(&self, address: &str) -> bool {
        self.keep(address) != Keep::Nothing
    }

    /// Whether what happened at `time` to an address is still kept, both in µs since the epoch.
    pub fn still_keeps(&self, address: &str, time: u64, now: u64) -> bool {
        match self.keep(address) {
            Keep::Nothing => false,
            Keep::Always => true,
            Keep::For(age) => u128::from(now.saturating_sub(time)) <= age.as_micros(),
        }
    }

    /// How long anything is kept at most. None: as long as there is room.
    pub fn longest(&self) -> Option<Duration> {
        let rest = match self.rest {
            Keep::Always => return None,
            Keep::For(age) => Some(age),
            Keep::Nothing => None,
        };
        let ages = self.matching.iter().filter_map(|(_, age)| *age);
        Some(ages.chain(rest).max().unwrap_or_default())
    }

    /// How many bytes all of it may take. None: as many as it does.
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn matching(pattern: &str, age: Option<Duration>) -> Rule {
        Rule::Matching(Pattern::new(pattern).expect("a pattern"), age)
    }

    #[test]
    fn the_first_pattern_that_matches_counts() {
        let rules = Rules::of(&[
            Rule::Age(HOUR),
            matching("/video/**", None),
            matching("/**/temp", Some(24 * HOUR)),
        ])
        .expect("something is kept");
        for (address, expected) in [
            ("/video/temp", None),
            ("/a/temp", Some(24)),
            ("/a", Some(1)),
        ] {
            assert_eq!(rules.keeps(address), expected.is_some(), "{address}");
            let hours = expected.unwrap_or(0);
            let now = 100 * 3_600_000_000;
            let kept = now - hours * 3_600_000_000;
            assert_eq!(rules.still_keeps(address, kept, now), hours > 0);
            assert!(!rules.still_keeps(address, kept - 1, now), "{address}");
        }
        assert_eq!(rules.longest(), Some(24 * HOUR));
        assert_eq!(rules.bytes(), None);
    }

    #[test]
    fn a_size_alone_is_for_everything_and_nothing_is_nothing() {
        let rules = Rules::of(&[Rule::Bytes(9)]).expect("something is kept");
        assert!(rules.keeps("/a") && rules.longest().is_none());
        let rules = Rules::of(&[Rule::Bytes(9), matching("/a", Some(HOUR))]);
        let rules = rules.expect("something is kept");
        assert!(rules.keeps("/a") && !rules.keeps("/b"));
        for nothing in [&[][..], &[Rule::Nothing], &[matching("/a", None)]] {
            assert!(Rules::of(nothing).is_none(), "{nothing:?}");
        }
    }
}
