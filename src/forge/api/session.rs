//! The state of a session. Takes the service's JSON; gives its fields.
//!
//! The fields are `session_id`, `agent`, `cwd`, `created_at`, `last_turn_at`, `turn_count`,
//! `closed_at`, `live`, `meta`; all but the first may be missing. Times are seconds or text,
//! depending on the server's version.

use std::fmt;

use serde_json::Value;

use super::moment;

/// The status of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It accepts turns.
    Open,
    /// It accepts turns, but none of its processes runs at the moment.
    Asleep,
    /// It accepts no more turns.
    Closed,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Standing::Open => "open",
            Standing::Asleep => "asleep",
            Standing::Closed => "closed",
        })
    }
}

/// A session's state.
#[derive(Debug, Clone, Copy)]
pub struct SessionState<'a>(pub &'a Value);

impl<'a> SessionState<'a> {
    /// A field that exists and is not null.
    fn field(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A field that is text.
    pub fn text(self, name: &str) -> Option<&'a str> {
        self.field(name)?.as_str()
    }

    /// How many turns it has had.
    pub fn turns(self) -> Option<u64> {
        self.field("turn_count")?.as_u64()
    }

    /// A field that is a time, in microseconds since the epoch.
    pub fn time(self, name: &str) -> Option<u64> {
        moment::micros(self.field(name)?)
    }

    /// The caller's data, if it is not empty.
    pub fn meta(self) -> Option<&'a Value> {
        self.field("meta")
            .filter(|meta| meta.as_object().is_none_or(|fields| !fields.is_empty()))
    }

    /// The status.
    pub fn standing(self) -> Standing {
        let is = |name, wanted| self.field(name) == Some(&Value::Bool(wanted));
        if self.field("closed_at").is_some() || is("closed", true) {
            Standing::Closed
        } else if is("live", false) {
            Standing::Asleep
        } else {
            Standing::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn states_of_every_age_are_read() {
        let table = [
            (json!({"session_id": "s"}), Standing::Open, None),
            (
                json!({"closed_at": null, "live": true, "last_turn_at": null}),
                Standing::Open,
                None,
            ),
            (
                json!({"live": false, "last_turn_at": 1795166091.5}),
                Standing::Asleep,
                Some(1_795_166_091_500_000),
            ),
            (
                json!({"closed_at": "2026-11-20T09:14:51Z", "live": false,
                       "last_turn_at": "2026-11-20T09:14:51+00:00"}),
                Standing::Closed,
                Some(1_795_166_091_000_000),
            ),
            (
                json!({"closed_at": 1795166091, "last_turn_at": []}),
                Standing::Closed,
                None,
            ),
            (json!([]), Standing::Open, None),
        ];
        for (value, standing, last) in table {
            let state = SessionState(&value);
            assert_eq!(state.standing(), standing, "{value}");
            assert_eq!(state.time("last_turn_at"), last, "{value}");
        }
        assert_eq!(SessionState(&json!({"meta": {}})).meta(), None);
        assert_eq!(SessionState(&json!({"turn_count": 3})).turns(), Some(3));
    }
}
