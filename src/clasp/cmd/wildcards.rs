//! Takes patterns as typed, and notes on stderr where one looks like MQTT or NATS.

use crate::clasp::wire::address::meant_elsewhere;
use crate::term::Console;

/// Says that the wildcards of others are ordinary characters, and what to type instead. What is no
/// pattern at all is an error, which says it as well.
pub fn note_wildcards<'t>(console: &Console, typed: impl IntoIterator<Item = &'t str>) {
    for text in typed.into_iter().filter(|text| text.starts_with('/')) {
        if let Some(meant) = meant_elsewhere(text) {
            console.note(format_args!(
                "'{text}' has wildcards of MQTT or NATS, which are ordinary characters in CLASP \
                 ('*' is one segment, '**' any number): did you mean '{meant}'?"
            ));
        }
    }
}
