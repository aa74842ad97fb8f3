//! `--format '{address} {value}'`: takes a template, then records, and gives lines.

use std::io::Write;

use crate::clasp::record::Record;
use crate::clasp::wire::Value;
use crate::text::nearest;

/// The fields of a record that a template can name.
const FIELDS: [&str; 11] = [
    "type",
    "address",
    "value",
    "revision",
    "timestamp",
    "id",
    "phase",
    "samples",
    "rate",
    "snapshot",
    "received",
];

/// A parsed template.
#[derive(Debug, Clone)]
pub struct Template {
    parts: Vec<Part>,
    line: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(&'static str),
}

impl Template {
    /// Parses a template: `{field}` is a field, `{{` and `}}` are braces, `\t`, `\n` and `\\` are a
    /// tab, a newline and a backslash.
    ///
    /// # Errors
    /// An unknown field, with the nearest known one; an unmatched brace.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    plain.push(c);
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some('}') => break,
                            Some(c) => name.push(c),
                            None => return Err(format!("'{{{name}' has no closing brace")),
                        }
                    }
                    let field = FIELDS.into_iter().find(|field| *field == name);
                    let Some(field) = field else {
                        let meant = match nearest(&name, &FIELDS) {
                            Some(field) => format!("did you mean {{{field}}}?"),
                            None => format!("it is one of {}", FIELDS.join(", ")),
                        };
                        return Err(format!("a record has no field '{name}': {meant}"));
                    };
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Field(field));
                }
                '}' => return Err("a '}' alone: write }} for a brace".to_owned()),
                '\\' => match chars.next() {
                    Some('t') => plain.push('\t'),
                    Some('n') => plain.push('\n'),
                    Some('\\') => plain.push('\\'),
                    Some(c) => plain.extend(['\\', c]),
                    None => plain.push('\\'),
                },
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Template {
            parts,
            line: Vec::new(),
        })
    }

    /// Whether the template has this field.
    pub fn names(&self, field: &str) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Field(name) if *name == field))
    }

    /// The line for a record. A string is written without quotes, any other value as JSON, and an
    /// absent field as nothing.
    pub fn fill(&mut self, record: &Record<'_>) -> &[u8] {
        self.line.clear();
        for part in &self.parts {
            match part {
                Part::Text(text) => self.line.extend_from_slice(text.as_bytes()),
                Part::Field(field) => put(&mut self.line, field, record),
            }
        }
        &self.line
    }
}

fn put(line: &mut Vec<u8>, field: &str, record: &Record<'_>) {
    let number = |number: Option<u64>, line: &mut Vec<u8>| {
        if let Some(number) = number {
            let _ = write!(line, "{number}");
        }
    };
    match field {
        "type" => line.extend_from_slice(record.kind.as_bytes()),
        "address" => line.extend_from_slice(record.address.as_bytes()),
        "value" => match record.value {
            Some(Value::String(text)) => line.extend_from_slice(text.as_bytes()),
            Some(value) => _ = serde_json::to_writer(line, value),
            None => {}
        },
        "samples" => {
            if let Some(samples) = record.samples {
                let _ = serde_json::to_writer(line, samples);
            }
        }
        "phase" => line.extend_from_slice(record.phase.unwrap_or_default().as_bytes()),
        "snapshot" => _ = write!(line, "{}", record.snapshot),
        "revision" => number(record.revision, line),
        "timestamp" => number(record.timestamp, line),
        "received" => number(record.received, line),
        "id" => number(record.id.map(u64::from), line),
        "rate" => number(record.rate.map(u64::from), line),
        _ => unreachable!("parse knows the fields"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, value: Value<'_>) -> String {
        let record = Record {
            value: Some(&value),
            revision: Some(3),
            ..Record::blank("param", "/a")
        };
        let mut template = Template::parse(template).expect(template);
        String::from_utf8(template.fill(&record).to_vec()).expect("text")
    }

    #[test]
    fn fields_are_filled_in_and_the_rest_stays() {
        let table = [
            ("{address} {value}", "/a 0.5"),
            ("{address}\\t{value}", "/a\t0.5"),
            ("{{{value}}}", "{0.5}"),
            (
                "{type} {revision} [{timestamp}] {snapshot}",
                "param 3 [] false",
            ),
            ("no field", "no field"),
        ];
        for (template, expected) in table {
            assert_eq!(filled(template, Value::Float(0.5)), expected, "{template}");
        }
        assert_eq!(
            filled("{value}", Value::String("a \"b\"".into())),
            "a \"b\""
        );
        let list = Value::Array(vec![Value::Int(1), Value::String("x".into())]);
        assert_eq!(filled("{value}", list), "[1,\"x\"]");
    }

    #[test]
    fn mistakes_are_named() {
        let table = [
            ("{adress}", "did you mean {address}?"),
            ("{nothing-like-it}", "it is one of"),
            ("{address", "no closing brace"),
            ("address}", "write }} for a brace"),
        ];
        for (template, expected) in table {
            let error = Template::parse(template).expect_err(template);
            assert!(error.contains(expected), "{template}: {error}");
        }
    }
}
