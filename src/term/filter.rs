//! Runs the filters of `--jq`. Only this module uses jaq.
//!
//! Takes a filter's text once and then any number of JSON documents; gives the filter's outputs as
//! JSON ([`write`]). What jaq lacks of jq is in `filter/jq.jq` and [`native`]; tests/data/jq_vectors.ndjson has
//! outputs of the real jq. Compiling takes most of a millisecond, because jq's standard library is
//! compiled along with the filter; so it is done only if there is a filter.
//!
//! A filter that fails, at compile time or on a document, is a usage error (exit 2). jq itself
//! exits with 5 then; but here 5 means that the service failed and 6 that the answer is no, and a
//! script that uses `-e` must be able to tell a broken filter from both.

mod document;
mod error;
mod native;
mod write;

use std::fmt;

use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars};
use jaq_json::{Val, read};
use jaq_std::input::RcIter;
use serde::Serialize;

use error::{compile_error, load_error};
use native::{Global, Kinds};
use write::write_json;

use crate::error::Failure;

pub(super) use error::FilterError;

/// How many characters of a runtime error are shown: it may quote a whole document.
const MAX_ERROR_CHARS: usize = 200;

/// jq's definitions that jaq lacks or defines differently.
const DEFINITIONS: &str = include_str!("filter/jq.jq");

/// A compiled filter.
pub(super) struct Filter {
    option: &'static str,
    code: String,
    filter: jaq_core::Filter<Kinds>,
    /// Whether the filter uses `$ENV`.
    environment: bool,
}

/// A document that a filter can be run on.
pub(super) struct Parsed(Val);

/// An output of a filter.
pub(super) struct Output<'v>(&'v Val);

impl Output<'_> {
    /// Whether jq treats it as true: anything but `false` and `null`.
    pub(super) fn is_true(&self) -> bool {
        !matches!(self.0, Val::Null | Val::Bool(false))
    }

    /// Appends it as compact JSON.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write_json(out, self.0);
    }
}

/// How a run of a filter ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// It has given all its outputs.
    Completed,
    /// It called `halt`: the command ends and prints nothing more.
    Halted,
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.code).finish()
    }
}

impl Filter {
    /// Compiles a filter together with jq's standard library. `option` is the option in which it
    /// was typed, for error messages.
    pub(super) fn compile(option: &'static str, code: &str) -> Result<Self, FilterError> {
        let definitions = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs())
            .chain(definitions());
        let functions = jaq_core::funs()
            .chain(jaq_std::funs())
            .chain(jaq_json::funs())
            .chain(native::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, File { code, path: () })
            .map_err(|errors| load_error(option, code, errors))?;
        let filter = Compiler::default()
            .with_funs(functions)
            .with_global_vars(["$ENV"])
            .compile(modules)
            .map_err(|errors| compile_error(option, code, errors))?;
        Ok(Filter {
            option,
            code: code.to_owned(),
            filter,
            environment: code.contains("$ENV"),
        })
    }

    /// Whether the filter may read the documents that follow (`input`, `inputs`).
    pub(super) fn reads_inputs(&self) -> bool {
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '$';
        let mut words = self.code.split(|c| !is_name(c));
        words.any(|word| word == "input" || word == "inputs")
    }

    /// Reads a document from its JSON text.
    ///
    /// # Errors
    /// When the text is not JSON.
    fn parse(&self, json: &[u8]) -> Result<Parsed, FilterError> {
        let value =
            read::parse_single(json).map_err(|error| self.runtime_error(error.to_string()))?;
        Ok(Parsed(value))
    }

    /// Reads a document from its JSON text and frees the text: a large document should not be in
    /// memory twice.
    ///
    /// # Errors
    /// The errors of [`parse`](Self::parse).
    pub(super) fn parse_owned(&self, json: Vec<u8>) -> Result<Parsed, FilterError> {
        self.parse(&json)
    }

    /// Converts data to a document.
    ///
    /// # Errors
    /// When the data cannot be written as JSON.
    pub(super) fn take(data: &impl Serialize) -> Result<Parsed, serde_json::Error> {
        document::value(data).map(Parsed)
    }

    /// Passes every output of the filter for one document to `sink`. `rest` are the documents that
    /// follow, for `input`.
    pub(super) fn run(
        &self,
        document: Parsed,
        rest: &mut dyn Iterator<Item = Vec<u8>>,
        mut sink: impl FnMut(&Output<'_>) -> Result<(), Failure>,
    ) -> Result<RunEnd, Failure> {
        let rest = rest.map(|json| read::parse_single(&json).map_err(|error| error.to_string()));
        let rest = RcIter::new(rest);
        let global = Global {
            lut: &self.filter.lut,
            inputs: &rest,
        };
        let environment = if self.environment {
            native::environment()
        } else {
            Val::Null
        };
        let context = Ctx::<Kinds>::new(global, Vars::new([environment]));
        for output in self.filter.id.run((context, document.0)) {
            // jaq's own `unwrap_valr` would end the process at `halt`, before the output is
            // written.
            match output {
                Ok(value) => sink(&Output(&value))?,
                Err(exception) => match exception.get_err() {
                    Ok(error) => return Err(self.runtime_error(error.to_string()).into()),
                    Err(_) => return Ok(RunEnd::Halted),
                },
            }
        }
        Ok(RunEnd::Completed)
    }

    fn runtime_error(&self, mut reason: String) -> FilterError {
        if let Some((end, _)) = reason.char_indices().nth(MAX_ERROR_CHARS) {
            reason.truncate(end);
            reason.push('…');
        }
        FilterError::Run {
            option: self.option,
            filter: self.code.clone(),
            reason,
        }
    }
}

fn definitions() -> impl Iterator<Item = load::parse::Def<&'static str>> {
    let parsed = load::parse(DEFINITIONS, |parser| parser.defs());
    debug_assert!(parsed.is_some(), "filter/jq.jq is no jq");
    parsed.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn outputs(code: &str, json: &str) -> Result<Vec<(String, bool)>, Failure> {
        let mut found = Vec::new();
        let filter = Filter::compile("--jq", code)?;
        let document = filter.parse(json.as_bytes())?;
        let none = &mut std::iter::empty();
        filter.run(document, none, |output| {
            let mut json = Vec::new();
            output.write(&mut json);
            found.push((
                String::from_utf8_lossy(&json).into_owned(),
                output.is_true(),
            ));
            Ok(())
        })?;
        Ok(found)
    }

    fn texts(code: &str, json: &str) -> Vec<String> {
        let outputs = outputs(code, json).expect("the filter fits");
        outputs.into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn filters_filter() {
        for (code, json, expected) in [
            (
                ".",
                "{\"b\":1,\"a\":[1.0,null]}",
                vec!["{\"b\":1,\"a\":[1.0,null]}"],
            ),
            (".[] | select(. > 1)", "[1,2,3]", vec!["2", "3"]),
            ("empty", "1", vec![]),
            ("map(.v) | add", "[{\"v\":1},{\"v\":2}]", vec!["3"]),
            ("test(\"^a\")", "\"abc\"", vec!["true"]),
            ("@base64", "\"abc\"", vec!["\"YWJj\""]),
            ("tojson", "{\"a\":1}", vec!["\"{\\\"a\\\":1}\""]),
            (".a // \"none\"", "{}", vec!["\"none\""]),
        ] {
            assert_eq!(texts(code, json), expected, "{code}");
        }
    }

    #[test]
    fn every_64_bit_integer_is_exact() {
        for number in [
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            "9007199254740993",
            "1795166091829000",
        ] {
            assert_eq!(texts(".a", &format!("{{\"a\":{number}}}")), [number]);
            assert_eq!(
                texts("[.[]]", &format!("[{number}]")),
                [format!("[{number}]")]
            );
        }
        assert_eq!(
            texts(". - 1", "9223372036854775807"),
            ["9223372036854775806"]
        );
    }

    #[test]
    fn floats_stay_floats() {
        assert_eq!(
            texts(".[]", "[1.0,1e300,0.1,-0.0]"),
            ["1.0", "1e300", "0.1", "-0.0"]
        );
        assert_eq!(texts("1.0 + 1", "null"), ["2.0"]);
    }

    #[test]
    fn what_json_has_not_is_written_as_everywhere() {
        assert_eq!(
            texts("nan, infinite, -infinite", "null"),
            [
                "{\"$float\":\"NaN\"}",
                "{\"$float\":\"Infinity\"}",
                "{\"$float\":\"-Infinity\"}"
            ]
        );
        assert_eq!(texts("{(0|tojson): 1}", "null"), ["{\"0\":1}"]);
        for code in [
            "{a: nan}",
            "\"\\u0000\\u007f\\\"\"",
            "\"+1.5\" | tonumber?",
            "-(1)",
        ] {
            for text in texts(code, "null") {
                serde_json::from_str::<serde_json::Value>(&text).expect(code);
            }
        }
    }

    #[test]
    fn truth_is_jqs() {
        let truths = |code| {
            let outputs = outputs(code, "null").expect("the filter fits");
            outputs
                .into_iter()
                .map(|(_, truth)| truth)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            truths("0, \"\", [], {}, true, false, null"),
            [true, true, true, true, true, false, false]
        );
    }

    #[test]
    fn a_bad_filter_shows_where_it_is_bad() {
        for (code, message, place) in [
            (".a | ", "--jq: term is expected", ".a | \n     ^"),
            (
                ".a | nope(1)",
                "--jq: there is no filter 'nope'",
                ".a | nope(1)\n     ^",
            ),
            ("$x", "--jq: there is no variable '$x'", "$x\n^"),
            (".[", "--jq: closing bracket is expected", ".[\n  ^"),
            ("1 &", "--jq: this does not belong here", "1 &\n  ^"),
            (
                "\"é\" | )",
                "--jq: this does not belong here",
                "\"é\" | )\n      ^",
            ),
        ] {
            let failure = Failure::from(Filter::compile("--jq", code).expect_err(code));
            assert_eq!(failure.message(), message, "{code}");
            assert_eq!(failure.hint.as_deref(), Some(place), "{code}");
            assert_eq!(failure.kind, Kind::Usage);
        }
    }

    #[test]
    fn a_filter_that_does_not_fit_is_a_usage_error() {
        let failure = outputs(".a.b", "{\"a\":\"x\"}").expect_err("x has no b");
        assert_eq!(failure.kind, Kind::Usage);
        assert_eq!(
            failure.message(),
            "--jq '.a.b': cannot index \"x\" with \"b\""
        );
        let failure = outputs("error", &format!("\"{}\"", "x".repeat(1_000)));
        assert!(failure.expect_err("error fails").message().len() < 250);
    }

    #[test]
    fn a_filter_cannot_end_the_process() {
        assert_eq!(texts("1, halt, 2", "null"), ["1"]);
        for code in ["\"x\" | halt_error", "\"x\" | halt_error(3)"] {
            let failure = outputs(code, "null").expect_err(code);
            assert_eq!(failure.kind, Kind::Usage, "{code}");
            assert!(failure.message().contains('x'), "{}", failure.message());
        }
    }

    /// What the real jq said; tests/python/jq_vectors.py asked it.
    const VECTORS: &str = include_str!("../../tests/data/jq_vectors.ndjson");

    #[test]
    fn what_jq_users_type_does_what_jq_does() {
        let mut wrong = Vec::new();
        for line in VECTORS.lines().skip(1) {
            let case: serde_json::Value = serde_json::from_str(line).expect(line);
            let code = case["filter"].as_str().expect("a filter");
            let ours = outputs(code, &case["input"].to_string());
            let ours = match &ours {
                Ok(outputs) => {
                    let outputs: Vec<&str> =
                        outputs.iter().map(|(text, _)| text.as_str()).collect();
                    serde_json::from_str(&format!("[{}]", outputs.join(","))).expect("JSON")
                }
                Err(_) => serde_json::Value::Null,
            };
            if !same(&ours, &case["outputs"]) {
                wrong.push(format!(
                    "{code}\n  jq:   {}\n  ours: {ours}",
                    case["outputs"]
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// jq does not tell 1 from 1.0.
    fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
        use serde_json::Value;
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
            }
            (a, b) => a == b,
        }
    }

    #[test]
    fn every_builtin_of_jq_is_there() {
        // What would look into jq itself, or into a library that jaq does not have.
        const LEFT_OUT: [&str; 8] = [
            "builtins",
            "modulemeta",
            "get_jq_origin",
            "get_prog_origin",
            "erf",
            "erfc",
            "getpath_safe",
            "ltrimstr_safe",
        ];
        let first = VECTORS.lines().next().expect("a first line");
        let first: serde_json::Value = serde_json::from_str(first).expect("JSON");
        let builtins = first["builtins"].as_array().expect("names");
        let missing: Vec<&str> = builtins
            .iter()
            .filter_map(|builtin| builtin.as_str())
            .filter(|builtin| {
                let (name, arity) = builtin.split_once('/').expect("name/arity");
                let arity: usize = arity.parse().expect("a number");
                let args = vec!["."; arity].join("; ");
                let code = match arity {
                    0 => name.to_owned(),
                    _ => format!("{name}({args})"),
                };
                !LEFT_OUT.contains(&name) && Filter::compile("--jq", &code).is_err()
            })
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn formats_and_conversions_that_jq_lacks_or_names_otherwise() {
        for (code, json, expected) in [
            ("@base32", "\"hello\"", "\"NBSWY3DP\""),
            ("@base32", "\"a\"", "\"ME======\""),
            ("@base32", "\"\"", "\"\""),
            ("@base32d", "\"NBSWY3DP\"", "\"hello\""),
            ("@base32d", "\"ME======\"", "\"a\""),
            ("@base32 | @base32d", "\"Grüße, 光\"", "\"Grüße, 光\""),
            ("toarray", "1", "[1]"),
            ("toarray", "[1]", "[1]"),
            ("ascii", "65", "\"A\""),
            ("trimstr(\"a\")", "\"aba\"", "\"b\""),
            ("ltrimstr(\"a\")", "\"aba\"", "\"ba\""),
            ("from_entries", "[{\"k\":\"b\",\"v\":2}]", "{\"b\":2}"),
            (
                "from_entries",
                "[{\"name\":\"b\",\"value\":null}]",
                "{\"b\":null}",
            ),
            ("[leaf_paths]", "{\"a\":[1]}", "[[\"a\",0]]"),
            ("input_line_number", "1", "0"),
        ] {
            assert_eq!(texts(code, json), [expected], "{code}");
        }
        outputs("@base32d", "\"1\"").expect_err("1 is not in the alphabet");
    }

    #[test]
    fn input_reads_the_documents_that_follow() {
        let filter = Filter::compile("--jq", "[., input]").expect("a filter");
        assert!(filter.reads_inputs());
        let mut rest = ["2", "3"].iter().map(|json| json.as_bytes().to_vec());
        let mut found = Vec::new();
        let document = filter.parse(b"1").expect("JSON");
        let ran = filter.run(document, &mut rest, |output| {
            output.write(&mut found);
            Ok(())
        });
        assert_eq!(ran.expect("it fits"), RunEnd::Completed);
        assert_eq!(found, b"[1,2]");
        assert_eq!(rest.count(), 1, "only what was asked for is taken");
        for code in ["[.inputs]", "$inputs", "input_filename", "\"x\""] {
            let filter = Filter::compile("--jq", code);
            assert!(
                filter.is_err() || !filter.expect("a filter").reads_inputs(),
                "{code}"
            );
        }
    }
}
