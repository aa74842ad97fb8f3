//! The addresses that were seen on either side. They are used to match patterns, and to send each
//! device the types that it uses. No I/O.

use std::collections::{HashMap, VecDeque};

use super::super::codec::Argument;
use super::super::pattern::Pattern;

/// The limit of stored addresses; the oldest are removed first.
const ADDRESSES_MAX: usize = 20_000;

/// The tags of messages with more arguments than this are not stored.
const TAGS_MAX: usize = 64;

/// Addresses, with the type tags that a peer used last.
#[derive(Debug, Default)]
pub struct Known {
    tags: HashMap<Box<str>, Box<[u8]>>,
    order: VecDeque<Box<str>>,
}

impl Known {
    /// Stores an address, and the types of its arguments if a peer has sent them.
    pub fn learn(&mut self, address: &str, arguments: Option<&[Argument<'_>]>) {
        let mut tags = Vec::new();
        for argument in arguments.unwrap_or_default() {
            argument.put_tag(&mut tags);
        }
        if tags.len() > TAGS_MAX {
            tags.clear();
        }
        if let Some(known) = self.tags.get_mut(address) {
            if arguments.is_some() && **known != *tags {
                *known = tags.into();
            }
            return;
        }
        if self.order.len() == ADDRESSES_MAX
            && let Some(first) = self.order.pop_front()
        {
            self.tags.remove(&first);
        }
        self.order.push_back(address.into());
        self.tags.insert(address.into(), tags.into());
    }

    /// The type tags that a peer last used at this address, if any.
    pub fn tags(&self, address: &str) -> Option<&[u8]> {
        let tags = self.tags.get(address)?;
        (!tags.is_empty()).then_some(tags)
    }

    /// The addresses that match, in the order in which they were first seen.
    pub fn matching(&self, pattern: &Pattern) -> Vec<Box<str>> {
        let known = self.order.iter();
        known
            .filter(|address| pattern.matches(address))
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_used_last_counts_and_memory_is_bounded() {
        let mut known = Known::default();
        known.learn("/a", Some(&[Argument::Double(1.0)]));
        known.learn("/a", None);
        assert_eq!(known.tags("/a"), Some(&b"d"[..]));
        known.learn("/a", Some(&[Argument::Float(1.0)]));
        assert_eq!(known.tags("/a"), Some(&b"f"[..]));
        for n in 0..2 * ADDRESSES_MAX {
            known.learn(&format!("/{n}"), None);
        }
        assert_eq!(
            (known.tags.len(), known.order.len()),
            (ADDRESSES_MAX, ADDRESSES_MAX)
        );
        assert_eq!(known.tags("/a"), None);
        let pattern = Pattern::new("/3999?").expect("a pattern");
        assert_eq!(known.matching(&pattern).len(), 10);
    }
}
