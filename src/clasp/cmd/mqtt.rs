//! Takes patterns as typed, and notes on stderr where one looks like MQTT.

use crate::clasp::wire::pattern::meant_by_mqtt;
use crate::term::Console;

/// Says that `#` and `+` are ordinary characters, and what to type instead.
pub fn note_wildcards<'t>(console: &Console, typed: impl IntoIterator<Item = &'t str>) {
    for text in typed {
        if let Some(meant) = meant_by_mqtt(text) {
            console.note(format_args!(
                "'{text}' has MQTT wildcards, which are ordinary characters in CLASP \
                 ('*' is one segment, '**' any number): did you mean '{meant}'?"
            ));
        }
    }
}
