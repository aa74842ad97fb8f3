//! The outcome of a request that changes something: a write, a run, an upload, a token.
//!
//! It is decided when the reply is read, or when the wait for it ends, and can only become more
//! exact afterwards: printing, filters and closed pipes do not change what the service has done.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The outcome of an effect.
///
/// "Refused" and "failed" are used only if the service itself says so. A gateway's reply, a lost
/// connection and a passed deadline tell nothing about what the service did: after the request was
/// sent, they make the outcome [`Unknown`](Outcome::Unknown).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The request never left this machine.
    NotSent,
    /// The service says that it did it.
    #[serde(alias = "ok")]
    Done,
    /// The service says that it did not begin it.
    Refused,
    /// The service says that it began, but did not succeed.
    Failed,
    /// The request was sent, and its outcome is not known.
    Unknown,
}

impl Outcome {
    /// Its name in the ledger and in `--errors json`.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::NotSent => "not_sent",
            Outcome::Done => "done",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
            Outcome::Unknown => "unknown",
        }
    }

    /// The outcome after more has become known. Only an unknown one can still change: a known one
    /// came from the service, and nothing that happens here afterwards makes it false.
    #[must_use]
    pub fn narrowed_to(self, outcome: Outcome) -> Outcome {
        match self {
            Outcome::Unknown => outcome,
            known => known,
        }
    }

    /// Whether the effect may have taken place, so that another request may do it twice.
    pub fn may_be_done(self) -> bool {
        matches!(self, Outcome::Done | Outcome::Unknown)
    }
}

impl fmt::Display for Outcome {
    /// In words: `not sent`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Outcome::NotSent => "not sent",
            outcome => outcome.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Outcome; 5] = [
        Outcome::NotSent,
        Outcome::Done,
        Outcome::Refused,
        Outcome::Failed,
        Outcome::Unknown,
    ];

    #[test]
    fn only_what_is_unknown_can_become_something_else() {
        for before in ALL {
            for after in ALL {
                let expected = if before == Outcome::Unknown {
                    after
                } else {
                    before
                };
                assert_eq!(before.narrowed_to(after), expected);
            }
        }
    }

    #[test]
    fn names_are_written_and_read() {
        for outcome in ALL {
            let json = serde_json::to_string(&outcome).expect("a word");
            assert_eq!(json, format!("\"{}\"", outcome.name()));
            let read: Outcome = serde_json::from_str(&json).expect("our own word");
            assert_eq!(read, outcome);
        }
        let old: Outcome = serde_json::from_str("\"ok\"").expect("what ledgers had before");
        assert_eq!(old, Outcome::Done);
    }
}
