//! JSON and values: a printed value can be read again, and is the same.

use proptest::prelude::*;
use trefoil::clasp::wire::{Value, from_json};

use crate::wire_reference::value;

/// Whether a value looks like another one in JSON: the two maps that the notation takes away.
fn ambiguous(value: &Value<'_>) -> bool {
    match value {
        Value::Map(entries) => match entries.as_slice() {
            [(key, _)] if key == "$bytes" || key == "$float" => true,
            entries => entries.iter().any(|(_, value)| ambiguous(value)),
        },
        Value::Array(items) => items.iter().any(ambiguous),
        // JSON has one NaN.
        Value::Float(f) => f.is_nan() && f.to_bits() != f64::NAN.to_bits(),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_the_same(value in value()) {
        prop_assume!(!ambiguous(&value));
        let text = serde_json::to_string(&value).unwrap();
        let read = from_json(&text).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }

    #[test]
    fn any_text_is_a_value_or_an_error(text in "[\\[\\]{}\",:0-9.eE\\\\ntrue$bytfloa-]{0,40}") {
        if let Ok(value) = from_json(&text) {
            let printed = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(from_json(&printed).unwrap(), value);
        }
    }
}
