//! Counts the messages that a bridge passed on, and those that it dropped, by reason. No I/O.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::text::count::{Count, Counted, is_zero};

/// A message that was not passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The reason under which it is counted, as in `4 malformed`.
    pub reason: &'static str,
    /// A description of the message and the reason, for people.
    pub detail: String,
}

/// What a bridge has done since it started.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Counts {
    /// Messages to the router.
    pub to_router: u64,
    /// Messages to the other side.
    pub from_router: u64,
    /// Messages that came back to their sender, and were not passed on.
    pub echoes: u64,
    /// Bundles that arrived after their time.
    pub late: u64,
    /// How many of them were far too late.
    #[serde(skip)]
    far_too_late: u64,
    /// Publications whose MQTT properties were not passed on.
    #[serde(skip_serializing_if = "is_zero")]
    pub without_properties: u64,
    /// How many messages could not be passed on, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Counts messages that could not be passed on. Returns true for the first time with this
    /// reason.
    pub fn drop(&mut self, reason: &'static str, count: u64) -> bool {
        let so_far = self.dropped.entry(reason).or_default();
        *so_far += count;
        *so_far == count
    }

    /// Counts a bundle that arrived after its time. Returns true for the first that was far too
    /// late.
    pub fn late(&mut self, far: bool) -> bool {
        self.late += 1;
        self.far_too_late += u64::from(far);
        far && self.far_too_late == 1
    }

    /// How many messages could not be passed on, for any reason.
    pub fn all_dropped(&self) -> u64 {
        self.dropped.values().sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = |count| Counted {
            count,
            one: "message",
            more: "messages",
        };
        write!(
            f,
            "{} to the router, {} from it",
            messages(self.to_router),
            Count(self.from_router)
        )?;
        if self.echoes > 0 {
            write!(
                f,
                ", {} suppressed",
                Counted {
                    count: self.echoes,
                    one: "echo",
                    more: "echoes"
                }
            )?;
        }
        if self.late > 0 {
            let late = Counted {
                count: self.late,
                one: "bundle",
                more: "bundles",
            };
            write!(f, ", {late} after their time")?;
        }
        if self.without_properties > 0 {
            let count = Count(self.without_properties);
            write!(f, ", {count} without their properties")?;
        }
        for (reason, count) in &self.dropped {
            let reason = if *count == 1 {
                singular(reason)
            } else {
                reason
            };
            write!(f, "; {} {reason}", Count(*count))?;
        }
        Ok(())
    }
}

/// A reason for one message. Most read the same for one and for several, as in `1 malformed`.
fn singular(reason: &'static str) -> &'static str {
    match reason {
        "addresses that CLASP does not have" => "address that CLASP does not have",
        "addresses that MQTT does not have" => "address that MQTT does not have",
        "addresses that OSC does not have" => "address that OSC does not have",
        "addresses that are no channel" => "address that is no channel",
        "connections over the limit" => "connection over the limit",
        "events and timelines" => "event or timeline",
        "of universes that are not bridged" => "of a universe that is not bridged",
        "patterns that match nothing" => "pattern that matches nothing",
        "payloads of another form" => "payload of another form",
        "properties that MQTT does not have" => "message with properties that MQTT does not have",
        "sync packets that cannot be heard" => "universe whose sync packets cannot be heard",
        "timelines" => "timeline",
        "topics that CLASP does not have" => "topic that CLASP does not have",
        "values that OSC does not have" => "value that OSC does not have",
        "values that are no level" => "value that is no level",
        reason => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_what_was_dropped() {
        let mut counts = Counts {
            to_router: 1_203,
            from_router: 1,
            echoes: 1,
            without_properties: 2,
            ..Counts::default()
        };
        assert!(counts.drop("malformed", 1));
        assert!(!counts.drop("malformed", 2));
        assert_eq!(counts.all_dropped(), 3);
        let text = "1,203 messages to the router, 1 from it, 1 echo suppressed, \
                    2 without their properties; 3 malformed";
        assert_eq!(counts.to_string(), text);
        counts.dropped.clear();
        counts.drop("topics that CLASP does not have", 1);
        assert!(
            counts
                .to_string()
                .ends_with("; 1 topic that CLASP does not have")
        );
        counts.drop("topics that CLASP does not have", 1);
        assert!(
            counts
                .to_string()
                .ends_with("; 2 topics that CLASP does not have")
        );
    }
}
