//! Checks of an answer. Takes the options before the prompt is sent; gives what is wrong with the
//! answer afterwards.
//!
//! A mistake in a check itself is found before anything is paid for.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Failure;
use crate::forge::api::large::Field;
use crate::forge::api::notice::is_limit_notice;
use crate::forge::api::schema::Schema;
use crate::term::Predicate;
use crate::text::json::JsonText;
use crate::text::whole::{SMALL, file_bytes};

/// The options.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Checks")]
pub struct CheckArgs {
    /// Exit with 6 unless the result conforms to the JSON Schema in this file
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Exit with 6 unless this jq filter is true of the result
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    expect: Option<String>,

    /// Exit with 6 if the result is empty, or only a notice of a usage limit
    #[arg(long)]
    fail_on_empty: bool,
}

/// Checks that are ready to be made.
#[derive(Debug)]
pub struct Checks {
    schema: Option<(PathBuf, Schema)>,
    expect: Option<(String, Predicate)>,
    fail_on_empty: bool,
}

/// The result of the checks of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// A warning that does not depend on the options.
    pub warning: Option<&'static str>,
    /// The checks that failed.
    pub complaints: Vec<String>,
}

impl CheckArgs {
    /// Reads and compiles the schema and the filter.
    ///
    /// # Errors
    /// A usage failure for an invalid schema or filter.
    pub fn compile(&self) -> Result<Checks, Failure> {
        let schema = match &self.schema {
            Some(path) => Some((path.clone(), schema(path)?)),
            None => None,
        };
        let expect = match &self.expect {
            Some(filter) => Some((filter.clone(), Predicate::compile("--expect", filter)?)),
            None => None,
        };
        Ok(Checks {
            schema,
            expect,
            fail_on_empty: self.fail_on_empty,
        })
    }
}

fn schema(path: &Path) -> Result<Schema, Failure> {
    let bad = |why: String| Failure::usage(format!("--schema {}: {why}", path.display()));
    let bytes = file_bytes(path, SMALL).map_err(|error| bad(error.to_string()))?;
    let schema: Value =
        serde_json::from_slice(&bytes).map_err(|error| bad(format!("it is not JSON: {error}")))?;
    Schema::compile(schema).map_err(|why| bad(format!("it is not a JSON Schema: {why}")))
}

impl Checks {
    /// Checks a result.
    pub fn check(&mut self, result: Field<'_>) -> Findings {
        const FAULTS_SHOWN: usize = 5;
        let mut findings = Findings::default();
        let (empty, notice) = match result {
            Field::Value(Value::Null) => (true, false),
            Field::Value(Value::String(text)) => (text.trim().is_empty(), is_limit_notice(text)),
            Field::Value(_) | Field::Text(_) => (false, false),
        };
        if empty {
            findings.warning = Some("the result is empty");
        } else if notice {
            findings.warning = Some("the result is only a notice that a usage limit is reached");
        }
        if let Some(warning) = findings.warning.filter(|_| self.fail_on_empty) {
            findings.complaints.push(warning.to_owned());
            findings.warning = None;
        }
        if let Some((path, schema)) = &self.schema {
            let faults = match result {
                Field::Value(value) => schema.faults(value),
                // Only a schema needs the tree, which is freed before anything else is done.
                Field::Text(text) => schema.faults(&serde_json::from_str(text).unwrap_or_default()),
            };
            for fault in faults.iter().take(FAULTS_SHOWN) {
                let path = path.display();
                findings
                    .complaints
                    .push(format!("the result does not conform to {path}: {fault}"));
            }
            if faults.len() > FAULTS_SHOWN {
                let more = faults.len() - FAULTS_SHOWN;
                findings.complaints.push(format!("and {more} more"));
            }
        }
        if let Some((filter, predicate)) = &mut self.expect {
            let holds = match result {
                Field::Value(value) => predicate.holds(value),
                Field::Text(text) => predicate.holds(&JsonText(text)),
            };
            match holds {
                Ok(true) => {}
                Ok(false) => findings
                    .complaints
                    .push(format!("--expect '{filter}' is not so")),
                // The filter is valid, so its failure is caused by the model's answer.
                Err(failure) => findings.complaints.push(failure.message()),
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checks(expect: Option<&str>, fail_on_empty: bool) -> Checks {
        let args = CheckArgs {
            schema: None,
            expect: expect.map(str::to_owned),
            fail_on_empty,
        };
        args.compile().expect("sound checks")
    }

    #[test]
    fn what_nobody_asked_for_is_a_warning_and_what_was_asked_for_a_complaint() {
        let limit = json!("Claude AI usage limit reached|1764547200");
        for result in [json!(""), json!(" \n"), json!(null), limit] {
            let found = checks(None, false).check(Field::Value(&result));
            assert!(
                found.warning.is_some() && found.complaints.is_empty(),
                "{result}"
            );
            let found = checks(None, true).check(Field::Value(&result));
            assert!(
                found.warning.is_none() && found.complaints.len() == 1,
                "{result}"
            );
        }
        for result in [json!("x"), json!([]), json!({}), json!(0), json!(false)] {
            assert_eq!(
                checks(None, true).check(Field::Value(&result)),
                Findings::default(),
                "{result}"
            );
        }
    }

    #[test]
    fn a_filter_is_asked_of_the_result() {
        let mut checks = checks(Some(".colours | length > 2"), false);
        assert_eq!(
            checks.check(Field::Value(&json!({"colours": [1, 2, 3]}))),
            Findings::default()
        );
        assert_eq!(
            checks
                .check(Field::Value(&json!({"colours": [1]})))
                .complaints
                .len(),
            1
        );
        // A result that the filter fails on does not pass the check.
        assert_eq!(checks.check(Field::Value(&json!([1]))).complaints.len(), 1);
    }
}
