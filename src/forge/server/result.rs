//! What a run is answered: an agent's report enters; the answer as JSON leaves, or why there is none.
//! Pure.

use serde_json::Value;

use super::agents::drive::{Cut, Driven, Printed};
use crate::forge::api::moment::InWords;
use crate::forge::api::schema::Schema;

/// The answer of a run, which has to fit the schema if there is one.
///
/// # Errors
/// Why there is none.
pub fn judge(driven: &Driven, schema: Option<&Value>) -> Result<Value, String> {
    let why = match (driven.cut, &driven.report, &driven.broken) {
        (Some(Cut::Timeout(limit)), ..) => {
            let printed = match &driven.printed {
                Printed::Unusable(line) => format!("; it printed '{line}'"),
                _ => String::new(),
            };
            format!("its time of {} was up{printed}", InWords(limit))
        }
        (Some(Cut::Cancelled), ..) => "it was cancelled".to_owned(),
        (Some(Cut::TooLong), ..) => "it said more than is kept".to_owned(),
        (None, Some(report), _) => {
            let answer = report.answer(schema.is_some())?;
            return match schema {
                Some(schema) => fitting(answer, schema),
                None => Ok(answer),
            };
        }
        (None, None, Some(error)) => error.to_string(),
        (None, None, None) => format!("the agent ended without a result{}", driven.traces()),
    };
    Err(why)
}

/// The contract's result: a code fence around the whole is taken away, and what is JSON becomes
/// JSON. Whatever would lose something by that (a number of many digits) stays text.
pub fn of(answer: Value) -> Value {
    let Value::String(text) = answer else {
        return answer;
    };
    let bare = unfenced(&text);
    match serde_json::from_str::<Value>(bare) {
        Ok(value) if is_kept(&value, bare) => value,
        _ if bare.len() < text.len() => Value::String(bare.to_owned()),
        _ => Value::String(text),
    }
}

/// Whether nothing is lost when a text becomes this value: only numbers can lose.
fn is_kept(value: &Value, text: &str) -> bool {
    match value {
        Value::Number(number) => number.to_string() == text.trim(),
        _ => true,
    }
}

/// The text within a code fence that is around all of it.
fn unfenced(text: &str) -> &str {
    let trimmed = text.trim();
    let inner = trimmed
        .strip_prefix("```")
        .and_then(|rest| rest.split_once('\n'))
        .filter(|(language, _)| {
            language
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '\r')
        })
        .and_then(|(_, rest)| rest.strip_suffix("```"));
    match inner {
        Some(inner) if !inner.contains("```") => inner.trim_end_matches(['\n', '\r']),
        _ => text,
    }
}

/// The answer, if it fits the schema.
///
/// # Errors
/// Where it does not.
fn fitting(answer: Value, schema: &Value) -> Result<Value, String> {
    let faults = Schema::compile(schema.clone())?.faults(&answer);
    match faults.first() {
        None => Ok(answer),
        Some(fault) => Err(format!("the answer does not fit the schema: {fault}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_that_is_json_becomes_json() {
        for (text, result) in [
            ("hi", json!("hi")),
            (" hi\n", json!(" hi\n")),
            (r#"{"a": 1}"#, json!({"a": 1})),
            ("```json\n[1]\n```", json!([1])),
            ("```\nplain\n```\n", json!("plain")),
            ("```a```", json!("```a```")),
            (
                "```\na\n```\nand\n```\nb\n```",
                json!("```\na\n```\nand\n```\nb\n```"),
            ),
            ("42", json!(42)),
            ("1.50", json!("1.50")),
            (
                "123456789012345678901234",
                json!("123456789012345678901234"),
            ),
            ("true", json!(true)),
            ("", json!("")),
        ] {
            assert_eq!(of(json!(text)), result, "{text:?}");
        }
        assert_eq!(of(json!({"a": 1})), json!({"a": 1}));
    }

    #[test]
    fn an_answer_is_held_against_its_schema() {
        let schema = json!({"type": "object", "required": ["a"]});
        assert!(fitting(json!({"a": 1}), &schema).is_ok());
        assert!(fitting(json!({}), &schema).is_err());
    }
}
