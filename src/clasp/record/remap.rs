//! `--remap /a=/b`: replaces address prefixes. Takes an address, gives the one to use instead.
//! Pure.

use std::fmt;
use std::str::FromStr;

use crate::clasp::wire::{AddressError, check_address};

/// One rule: replaces the prefix `from` of an address by `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Without a final slash; empty for the root.
    from: String,
    to: String,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |prefix: &str| if prefix.is_empty() { "/" } else { prefix }.to_owned();
        write!(f, "{}={}", named(&self.from), named(&self.to))
    }
}

impl Rule {
    /// The address that it gives for this one, if it matches.
    fn apply(&self, address: &str) -> Option<String> {
        let rest = address.strip_prefix(self.from.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{}{rest}", self.to))
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Rule, String> {
        let (from, to) = text
            .split_once('=')
            .ok_or("a rule is written /from=/to, such as /stage=/rehearsal")?;
        Ok(Rule {
            from: prefix(from)?,
            to: prefix(to)?,
        })
    }
}

fn prefix(text: &str) -> Result<String, String> {
    if text == "/" {
        return Ok(String::new());
    }
    check_address(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// A set of rules. The one with the longest matching prefix is applied, once.
#[derive(Debug, Clone, Default)]
pub struct Remap(Vec<Rule>);

impl Remap {
    /// Sorts the rules.
    ///
    /// # Errors
    /// A text, if two rules have the same prefix.
    pub fn new(mut rules: Vec<Rule>) -> Result<Remap, String> {
        rules.sort_by(|a, b| b.from.len().cmp(&a.from.len()).then(a.from.cmp(&b.from)));
        let twice = rules.windows(2).find(|pair| pair[0].from == pair[1].from);
        match twice {
            Some([first, _]) => Err(match first.from.as_str() {
                "" => "/ is mapped twice".to_owned(),
                from => format!("{from} is mapped twice"),
            }),
            _ => Ok(Remap(rules)),
        }
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// The rule that is applied to an address.
    pub fn rule_for(&self, address: &str) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.apply(address).is_some())
    }

    /// The address to use instead, if a rule matches.
    ///
    /// # Errors
    /// When the result is not an address, because nothing is left of it.
    pub fn apply(&self, address: &str) -> Result<Option<String>, AddressError> {
        let Some(mapped) = self.0.iter().find_map(|rule| rule.apply(address)) else {
            return Ok(None);
        };
        check_address(&mapped)?;
        Ok(Some(mapped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remap(rules: &[&str]) -> Remap {
        Remap::new(rules.iter().map(|rule| rule.parse().unwrap()).collect()).unwrap()
    }

    #[test]
    fn whole_segments_and_the_longest_first() {
        let remap = remap(&["/a=/x", "/a/b=/y", "/c/d=/", "/x=/z"]);
        for (address, expected) in [
            ("/a", Some("/x")),
            ("/a/c", Some("/x/c")),
            ("/a/b", Some("/y")),
            ("/a/b/c", Some("/y/c")),
            ("/a/bb", Some("/x/bb")),
            ("/ab", None),
            ("/c/d/e", Some("/e")),
            ("/q", None),
            ("/x/1", Some("/z/1")),
        ] {
            assert_eq!(
                remap.apply(address).unwrap().as_deref(),
                expected,
                "{address}"
            );
        }
        assert!(remap.apply("/c/d").is_err(), "nothing would be left");
    }

    #[test]
    fn everything_may_be_moved_below_something() {
        let remap = remap(&["/=/copy", "/keep=/keep"]);
        let mapped = |address| remap.apply(address).unwrap().unwrap();
        assert_eq!(mapped("/a/b"), "/copy/a/b");
        assert_eq!(mapped("/keep/a"), "/keep/a");
    }

    #[test]
    fn what_is_no_rule() {
        for text in ["", "/a", "a=/b", "/a=b", "/a/=/b", "=", "/a=", "//=/"] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
        let twice = vec!["/a=/b".parse().unwrap(), "/a=/c".parse().unwrap()];
        assert_eq!(Remap::new(twice).unwrap_err(), "/a is mapped twice");
    }
}
