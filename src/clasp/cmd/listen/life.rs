//! Reports what happens to the connection of a subscription. Takes events, gives lifecycle records
//! and notes.

use std::time::Duration;

use serde::Serialize;

use crate::clasp::client::subscription::{Event, Missed, Reconnected};
use crate::clasp::client::{Endpoint, Error, Refusal};
use crate::clasp::cmd::connection::STALE;
use crate::clasp::wire::{Capability, Welcome};
use crate::term::Console;
use crate::text::count::Count;
use crate::text::duration::InWords;

/// A record of `--lifecycle`.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum LifecycleRecord {
    /// The subscription is live, for the first time or again.
    Connected {
        /// The name of the router.
        router: String,
        /// The session's id.
        session: String,
        /// How long there was no connection, in ms; only when there was one before.
        #[serde(skip_serializing_if = "Option::is_none")]
        after_ms: Option<u64>,
        /// What may have been missed meanwhile, as text.
        #[serde(skip_serializing_if = "Option::is_none")]
        missed: Option<String>,
    },
    /// The connection was lost.
    Disconnected {
        /// Why it was lost.
        reason: String,
    },
    /// The router sent an ERROR.
    Error {
        /// The specification's code.
        code: u16,
        /// The router's text.
        message: String,
        /// The address it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
}

impl LifecycleRecord {
    /// The record for a live subscription.
    pub fn connected(welcome: Welcome<'static>, back: Option<&Reconnected>) -> LifecycleRecord {
        LifecycleRecord::Connected {
            router: welcome.name.into_owned(),
            session: welcome.session.into_owned(),
            after_ms: back.map(|back| back.after.as_millis() as u64),
            missed: back.map(|back| missed(&back.missed)),
        }
    }

    /// The record for an ERROR from the router.
    pub fn error(refusal: Refusal) -> LifecycleRecord {
        LifecycleRecord::Error {
            code: refusal.code,
            message: refusal.message,
            address: refusal.address,
        }
    }
}

/// Prints a note or warning for an event of the connection; messages print nothing.
pub fn say(event: &Event, endpoint: &Endpoint, console: &Console) {
    match event {
        Event::Message(_) | Event::Retained(_) => {}
        Event::Live { welcome, back } => {
            if welcome.has(Capability::Stale) {
                console.warn(STALE);
            }
            let Some(back) = back else { return };
            match self::back(back) {
                (text, true) => console.warn(text),
                (text, false) => console.note(text),
            }
        }
        Event::Disconnected { cause } => {
            console.note(format_args!("router gone ({cause}); reconnecting"))
        }
        Event::Dropped(refusal) => console.warn(format_args!(
            "the router dropped messages, because they were read too slowly: {refusal}"
        )),
        Event::Truncated => {
            let endpoint = endpoint.clone();
            console.warn(Error::Truncated { endpoint });
        }
        Event::RouterError(refusal) => console.warn(format_args!("the router says: {refusal}")),
    }
}

/// The note about a reconnection, and whether something may have been missed.
pub fn back(back: &Reconnected) -> (String, bool) {
    let what = missed(&back.missed);
    let text = match back.after {
        Duration::ZERO => format!("the router had forgotten this session; renewed, {what}"),
        after => format!("back in {}, {what}", InWords(rounded(after))),
    };
    (text, back.missed.is_any())
}

fn rounded(after: Duration) -> Duration {
    Duration::from_millis((after.as_millis() as u64).div_ceil(100) * 100)
}

fn missed(missed: &Missed) -> String {
    let examples: Vec<String> = missed.at.iter().map(revisions).collect();
    let examples = examples.join(", ");
    let mut parts = Vec::new();
    if missed.writes > 0 {
        parts.push(format!(
            "{} missed at {}",
            match missed.writes {
                1 => "1 write".to_owned(),
                n => format!("{} writes", Count(n)),
            },
            examples
        ));
    }
    if missed.changed > 0 {
        parts.push(format!(
            "{} written meanwhile, how often cannot be known: {}",
            match missed.changed {
                1 => "1 value was".to_owned(),
                n => format!("{} values were", Count(n)),
            },
            examples
        ));
    }
    if missed.restarted {
        parts.push("the router was restarted and has forgotten its state".to_owned());
    }
    if missed.transients {
        parts.push("events, streams and gestures in between may have been missed".to_owned());
    }
    if missed.absent > 0 {
        parts.push(match missed.absent {
            1 => "1 value is no longer there".to_owned(),
            n => format!("{} values are no longer there", Count(n)),
        });
    }
    match (parts.as_slice(), missed.intact.first()) {
        ([], Some(example)) => format!("nothing missed at {}", revisions(example)),
        ([], None) => "nothing missed".to_owned(),
        (parts, _) => parts.join("; "),
    }
}

fn revisions((address, before, after): &(String, u64, u64)) -> String {
    if before == after {
        format!("{address} (still revision {before})")
    } else {
        format!("{address} (revision {before} then {after})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_says_what_the_revisions_tell() {
        let at = |before, after| vec![("/sensors/temp".to_owned(), before, after)];
        let table = [
            (
                Missed {
                    intact: at(40, 41),
                    ..Missed::default()
                },
                "back in 1.2 s, nothing missed at /sensors/temp (revision 40 then 41)",
                false,
            ),
            (
                Missed {
                    writes: 1_203,
                    at: at(40, 1_244),
                    ..Missed::default()
                },
                "back in 1.2 s, 1,203 writes missed at /sensors/temp (revision 40 then 1244)",
                true,
            ),
            (
                Missed {
                    restarted: true,
                    transients: true,
                    ..Missed::default()
                },
                "back in 1.2 s, the router was restarted and has forgotten its state; events, \
                 streams and gestures in between may have been missed",
                true,
            ),
        ];
        for (missed, text, serious) in table {
            let after = Duration::from_millis(1_180);
            assert_eq!(
                back(&Reconnected { after, missed }),
                (text.to_owned(), serious)
            );
        }
    }
}
