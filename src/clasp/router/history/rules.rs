//! Decides which messages the history keeps, and how long. Takes an address and a time, gives
//! whether to keep it. Pure.

use std::time::Duration;

use crate::clasp::wire::Pattern;

/// One `--history` option.
#[derive(Debug, Clone)]
pub enum Rule {
    /// Keep nothing that no other rule matches.
    Nothing,
    /// Keep what no other rule matches for this long.
    Age(Duration),
    /// Keep at most this many bytes in all: the oldest are removed.
    Bytes(u64),
    /// Keep what matches the pattern for this long; `None` keeps nothing of it.
    Matching(Pattern, Option<Duration>),
}

/// All rules together. Of several that match an address, the first is used.
#[derive(Debug, Clone, Default)]
pub struct HistoryRules {
    matching: Vec<(Pattern, Option<Duration>)>,
    /// For addresses that no pattern matches.
    rest: Keep,
    bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Keep {
    #[default]
    Nothing,
    For(Duration),
    /// Until the size limit is reached.
    Always,
}

impl HistoryRules {
    /// Combines the options; `None` if nothing is to be kept.
    pub fn of(given: &[Rule]) -> Option<HistoryRules> {
        let mut rules = HistoryRules::default();
        let mut nothing = false;
        for rule in given {
            match rule {
                Rule::Nothing => nothing = true,
                Rule::Age(age) => rules.rest = Keep::For(*age),
                Rule::Bytes(bytes) => rules.bytes = Some(*bytes),
                Rule::Matching(pattern, age) => rules.matching.push((pattern.clone(), *age)),
            }
        }
        // A size alone applies to everything.
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

    /// Whether messages to an address are kept.
    #[inline]
    pub fn keeps(&self, address: &str) -> bool {
        self.keep(address) != Keep::Nothing
    }

    /// Whether a message of this time is still kept at `now`, both in µs since the epoch.
    pub fn still_keeps(&self, address: &str, time: u64, now: u64) -> bool {
        match self.keep(address) {
            Keep::Nothing => false,
            Keep::Always => true,
            Keep::For(age) => u128::from(now.saturating_sub(time)) <= age.as_micros(),
        }
    }

    /// The longest time that anything is kept; `None` for no limit.
    pub fn longest(&self) -> Option<Duration> {
        let rest = match self.rest {
            Keep::Always => return None,
            Keep::For(age) => Some(age),
            Keep::Nothing => None,
        };
        let ages = self.matching.iter().filter_map(|(_, age)| *age);
        Some(ages.chain(rest).max().unwrap_or_default())
    }

    /// The size limit in bytes; `None` for no limit.
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
        let rules = HistoryRules::of(&[
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
        let rules = HistoryRules::of(&[Rule::Bytes(9)]).expect("something is kept");
        assert!(rules.keeps("/a") && rules.longest().is_none());
        let rules = HistoryRules::of(&[Rule::Bytes(9), matching("/a", Some(HOUR))]);
        let rules = rules.expect("something is kept");
        assert!(rules.keeps("/a") && !rules.keeps("/b"));
        for nothing in [&[][..], &[Rule::Nothing], &[matching("/a", None)]] {
            assert!(HistoryRules::of(nothing).is_none(), "{nothing:?}");
        }
    }
}
