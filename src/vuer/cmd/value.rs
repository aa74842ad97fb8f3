//! Parses values on the command line. Takes an argument, gives MessagePack.

use std::borrow::Cow;

use crate::error::Failure;
use crate::term::Stdin;
use crate::text::json::is_json;
use crate::text::whole::read_without_line_end;
use crate::vuer::event::{Draft, Floats, JsonError, from_json};

/// How an argument is parsed.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ValueForm {
    /// Take the value as a string, even if it looks like JSON
    #[arg(long, conflicts_with = "json")]
    string: bool,

    /// Take the value as JSON, and refuse what is not
    #[arg(long)]
    json: bool,

    /// Send floats in 32 bits, as the Python client does
    #[arg(long)]
    f32: bool,
}

/// The longest value read from stdin, in bytes: the largest message in base64.
const LONGEST: u64 = 1 << 32;

impl ValueForm {
    /// Whether one of these options was given.
    pub fn is_given(&self) -> bool {
        self.string || self.json
    }

    /// How floats are written.
    pub fn floats(&self) -> Floats {
        if self.f32 {
            Floats::Single
        } else {
            Floats::Double
        }
    }

    /// Reads an argument: JSON if it is JSON, else a string. `-` is the whole of stdin.
    ///
    /// # Errors
    /// With `--json`, text that is not JSON; always, a number that is too large or an invalid
    /// special form.
    pub fn read(&self, given: &str) -> Result<Vec<u8>, Failure> {
        let text = match given {
            "-" => Cow::Owned(read_without_line_end(Stdin, LONGEST).map_err(|error| {
                Failure::usage(format!("cannot read the value from stdin: {error}"))
            })?),
            given => Cow::Borrowed(given),
        };
        let mut out = Vec::with_capacity(text.len() / 4 * 3);
        if self.string {
            return string(&text, out);
        }
        match from_json(&text, self.floats(), &mut out) {
            Ok(()) => Ok(out),
            Err(JsonError::NotAValue { .. }) if !self.json && !is_json(&text) => string(&text, out),
            Err(error) => {
                let failure = Failure::from(error);
                Err(if self.json {
                    failure.with_hint("Leave --json out to send it as a string")
                } else {
                    failure.with_hint("Send it as a string with --string")
                })
            }
        }
    }
}

fn string(text: &str, mut out: Vec<u8>) -> Result<Vec<u8>, Failure> {
    // Converted from JSON, so that there is one encoder.
    let quoted = serde_json::Value::from(text).to_string();
    from_json(&quoted, Floats::Double, &mut out)?;
    Ok(out)
}

/// Further fields of an event, besides etype and value.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Event")]
pub struct EventArgs {
    /// Add a key beside the value: JSON if it is JSON, else a string; may be
    /// repeated
    #[arg(long = "field", value_name = "KEY=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,

    /// Set the time of the event, in ms since the epoch [default: now]
    #[arg(long, value_name = "MS")]
    ts: Option<u64>,

    #[command(flatten)]
    form: ValueForm,
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, _)) if ["etype", "ts", "value"].contains(&key) => {
            Err(format!("{key} cannot be set by --field"))
        }
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE".to_owned()),
    }
}

impl EventArgs {
    /// How floats are written.
    pub fn floats(&self) -> Floats {
        self.form.floats()
    }

    /// Whether an option was given that applies to a single event only.
    pub fn is_for_one(&self) -> bool {
        !self.fields.is_empty() || self.ts.is_some() || self.form.is_given()
    }

    /// Builds the event.
    ///
    /// # Errors
    /// A value that cannot be sent.
    pub fn draft(&self, etype: &str, value: Option<&str>, now: u64) -> Result<Draft, Failure> {
        if etype.is_empty() {
            return Err(Failure::usage("an event needs a name, such as HELLO"));
        }
        let value = match value {
            Some(text) => self.form.read(text)?,
            None => self.form.read("null")?,
        };
        let mut draft = Draft::new(etype, self.ts.unwrap_or(now)).value("value", &value);
        let form = ValueForm {
            f32: self.form.f32,
            ..ValueForm::default()
        };
        for (key, text) in &self.fields {
            let value = match text.as_str() {
                // stdin is reserved for the value.
                "-" => string("-", Vec::new())?,
                text => form.read(text)?,
            };
            draft = draft.value(key, &value);
        }
        Ok(draft)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vuer::event::Value;

    fn read(form: &ValueForm, given: &str) -> String {
        let bytes = form.read(given).expect(given);
        serde_json::to_string(&Value::check(&bytes).expect("sound")).expect("sound")
    }

    #[test]
    fn what_parses_as_json_is_json_and_the_rest_is_a_string() {
        let plain = ValueForm::default();
        for (given, expected) in [
            ("1", "1"),
            ("-0.5", "-0.5"),
            ("hello", "\"hello\""),
            ("{oops", "\"{oops\""),
            ("", "\"\""),
            ("01", "\"01\""),
            (r#"{"position":[1,0.5,0]}"#, r#"{"position":[1,0.5,0]}"#),
        ] {
            assert_eq!(read(&plain, given), expected, "{given}");
        }
        let string = ValueForm {
            string: true,
            ..plain.clone()
        };
        assert_eq!(read(&string, "1"), "\"1\"");
    }

    #[test]
    fn what_was_meant_as_something_else_is_never_quietly_a_string() {
        let plain = ValueForm::default();
        for given in [
            "1e999",
            "18446744073709551616",
            r#"{"$bytes":"?"}"#,
            "[1e400]",
        ] {
            let failure = plain.read(given).expect_err(given);
            assert!(failure.hint.is_some(), "{given}");
        }
        let json = ValueForm {
            json: true,
            ..plain
        };
        json.read("hello").expect_err("it is no JSON");
    }
}
