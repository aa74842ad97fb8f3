//! Parses values on the command line. Takes an argument, gives a [`Value`].

use std::borrow::Cow;
use std::io::stdin;

use crate::clasp::wire::{Value, json};
use crate::error::Failure;
use crate::term::Console;
use crate::term::screen::fit_middle;
use crate::text::json::is_json;
use crate::text::whole::read_without_line_end;

/// How an argument is parsed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Value")]
pub struct ValueForm {
    /// Take the value as a string, even if it looks like JSON
    #[arg(long, conflicts_with = "json")]
    string: bool,

    /// Take the value as JSON, and refuse what is not
    #[arg(long)]
    json: bool,
}

/// The longest value read from stdin, in bytes: far more than a frame can carry.
const LONGEST: u64 = 1024 * 1024;

impl ValueForm {
    /// Whether one of these options was given.
    pub fn is_given(&self) -> bool {
        self.string || self.json
    }

    /// Reads an argument: JSON if it is JSON, else a string. `-` is the whole of stdin.
    ///
    /// # Errors
    /// With `--json`, text that is not JSON; always, JSON that CLASP cannot represent.
    pub fn read(&self, given: &str, console: &Console) -> Result<Value<'static>, Failure> {
        let text = match given {
            "-" => Cow::Owned(from_stdin("value", LONGEST)?),
            given => Cow::Borrowed(given),
        };
        self.argument(&text, console)
    }

    /// Parses an argument in which `-` has no special meaning. A note says that a string begins as JSON does: a
    /// typing error would be stored unnoticed.
    ///
    /// # Errors
    /// The errors of [`read`](Self::read).
    pub fn argument(&self, text: &str, console: &Console) -> Result<Value<'static>, Failure> {
        let value = self.interpret(text)?;
        let is_string = matches!(&value, Value::String(string) if string == text);
        if is_string && !self.is_given() && text.starts_with(['{', '[', '"']) {
            console.note(format_args!(
                "{} is not JSON, so it is taken as a string; --json refuses it, --string says that it is meant",
                fit_middle(text, 40)
            ));
        }
        Ok(value)
    }

    /// Parses text.
    ///
    /// # Errors
    /// The errors of [`read`](Self::read).
    pub fn interpret(&self, text: &str) -> Result<Value<'static>, Failure> {
        let string = || Value::String(Cow::Owned(text.to_owned()));
        if self.string {
            return Ok(string());
        }
        match json::from_json(text) {
            Ok(value) => Ok(value),
            Err(error @ json::JsonError::Integer(_)) => Err(error.into()),
            Err(error) if self.json => {
                Err(Failure::from(error).with_hint("Leave --json out to write it as a string"))
            }
            // Text that is JSON was meant as JSON, even if CLASP cannot represent it.
            Err(error) if is_json(text) => {
                Err(Failure::from(error).with_hint("Write it as a string with --string"))
            }
            Err(_) => Ok(string()),
        }
    }
}

/// Reads all of stdin as text, without the line end that `echo` adds.
///
/// # Errors
/// A usage failure that says why `what` could not be read, for example more than `limit` bytes.
pub fn from_stdin(what: &str, limit: u64) -> Result<String, Failure> {
    read_without_line_end(stdin().lock(), limit)
        .map_err(|error| Failure::usage(format!("cannot read the {what} from stdin: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: ValueForm = ValueForm {
        string: false,
        json: false,
    };

    #[test]
    fn what_parses_as_json_is_json_and_the_rest_is_a_string() {
        let string = |text: &'static str| Value::String(text.into());
        let table = [
            ("1", Value::Int(1)),
            ("-1", Value::Int(-1)),
            ("1.0", Value::Float(1.0)),
            ("9223372036854775807", Value::Int(i64::MAX)),
            ("true", Value::Bool(true)),
            ("null", Value::Null),
            ("\"1\"", string("1")),
            ("hello", string("hello")),
            ("01", string("01")),
            ("", string("")),
            ("{oops", string("{oops")),
            ("NaN", string("NaN")),
            ("1e", string("1e")),
            ("here", string("here")),
        ];
        for (given, expected) in table {
            assert_eq!(PLAIN.interpret(given).expect(given), expected, "{given}");
        }
        let nan = PLAIN.interpret(r#"{"$float":"NaN"}"#).expect("a float");
        assert_eq!(nan, Value::Float(f64::NAN));
    }

    #[test]
    fn json_without_a_value_is_refused_rather_than_a_string() {
        let deep = "[".repeat(65) + &"]".repeat(65);
        for given in [
            "9223372036854775808",
            "-9223372036854775809",
            "1e999",
            "-2.5E+999",
            "[1e400]",
            r#"{"$bytes":"!!"}"#,
            r#"{"$float":"nan"}"#,
            r#""\ud800""#,
            &deep,
        ] {
            let failure = PLAIN.interpret(given).expect_err(given);
            assert!(failure.hint.is_some(), "{given}");
        }
    }

    #[test]
    fn the_form_can_be_forced() {
        let string = ValueForm {
            string: true,
            ..PLAIN
        };
        assert_eq!(string.interpret("1").expect("1"), Value::String("1".into()));
        let json = ValueForm {
            json: true,
            ..PLAIN
        };
        let failure = json.interpret("hello").expect_err("it is no JSON");
        assert!(failure.hint.is_some(), "{}", failure.message());
    }
}
