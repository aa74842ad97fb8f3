//! Warns about wildcards of other protocols. Takes typed patterns, prints a note for each that
//! looks like MQTT or NATS.

use crate::clasp::wire::address::clasp_pattern_for;
use crate::term::Console;

/// Prints that these wildcards are ordinary characters in CLASP, and what to type instead. Text
/// that does not begin with `/` is skipped: its error already says so.
pub fn note_wildcards<'t>(console: &Console, typed: impl IntoIterator<Item = &'t str>) {
    for text in typed.into_iter().filter(|text| text.starts_with('/')) {
        if let Some(meant) = clasp_pattern_for(text) {
            console.note(format_args!(
                "'{text}' has wildcards of MQTT or NATS, which are ordinary characters in CLASP \
                 ('*' is one segment, '**' any number): did you mean '{meant}'?"
            ));
        }
    }
}
