//! Tests of every form of output, and of every way in which printing ends early.

use std::io;

use serde::ser::{SerializeMap, SerializeSeq};

use super::super::output::Output;
use super::super::table::{Cells, Column};
use super::super::test_output::TestOutput;
use super::*;
use crate::error::Kind;

#[derive(Serialize)]
struct Param {
    address: &'static str,
    revision: u64,
}

impl Row for Param {
    const COLUMNS: &'static [Column] = &[Column::left("ADDRESS"), Column::right("REVISION")];

    fn cells(&self, cells: &mut Cells) {
        cells.address(self.address).plain(self.revision);
    }
}

fn param(address: &'static str, revision: u64) -> Param {
    Param { address, revision }
}

fn print(param: &Param) -> impl FnOnce(&mut Words) {
    let address = param.address;
    move |words| _ = words.address(address).plain(" written")
}

const TERMINAL: Environment = Environment {
    stdout_is_terminal: true,
    stderr_is_terminal: true,
    columns: None,
    no_color: true,
    force_color: false,
    dumb: false,
};

fn printed(
    args: &OutputArgs,
    environment: Environment,
    print: impl FnOnce(&mut Printer) -> Result<(), Failure>,
) -> (String, Result<(), Failure>) {
    let output = TestOutput::default();
    let printer = Printer::on(Box::new(output.clone()), args, &environment);
    let mut printer = printer.expect("the options make sense");
    let result = print(&mut printer).and_then(|()| printer.finish());
    (output.text(), result)
}

fn shown(args: &OutputArgs, print: impl FnOnce(&mut Printer) -> Result<(), Failure>) -> String {
    let (text, result) = printed(args, Environment::default(), print);
    result.expect("it prints");
    text
}

fn form(output: Output) -> OutputArgs {
    OutputArgs {
        output: Some(output),
        ..OutputArgs::default()
    }
}

fn jq(filter: &str) -> OutputArgs {
    OutputArgs {
        jq: Some(filter.to_owned()),
        ..OutputArgs::default()
    }
}

#[test]
fn json_text_is_printed_without_its_blanks() {
    for (text, expected) in [
        (
            "{ \"a b\" : [1, 2],\n\t\"c\\\" d\": \"\\\\\" }\r\n",
            "{\"a b\":[1,2],\"c\\\" d\":\"\\\\\"}",
        ),
        (" [ ] ", "[]"),
    ] {
        for size in 1..=text.len() {
            let mut out = Vec::new();
            let mut compact = Compact::default();
            for piece in text.as_bytes().chunks(size) {
                compact.append(&mut out, piece);
            }
            assert_eq!(String::from_utf8(out).expect("text"), expected, "{size}");
        }
    }
}

#[test]
fn each_form_prints_a_document_a_list_and_records() {
    let rows = [param("/a", u64::MAX), param("/b", 2)];
    let (a, b) = (
        "{\"address\":\"/a\",\"revision\":18446744073709551615}",
        "{\"address\":\"/b\",\"revision\":2}",
    );
    let lines = format!("{a}\n{b}\n");
    let array = format!("[{a},{b}]\n");
    let table = "ADDRESS              REVISION\n\
                 /a       18446744073709551615\n\
                 /b                          2\n";
    let tabs = "/a\t18446744073709551615\n/b\t2\n";
    for (output, document, list, records) in [
        (
            Output::Auto,
            format!("{b}\n"),
            array.as_str(),
            lines.as_str(),
        ),
        (Output::Json, format!("{b}\n"), &array, &lines),
        (Output::Ndjson, format!("{b}\n"), &lines, &lines),
        (Output::Table, "/b written\n".to_owned(), table, table),
        (Output::Text, "/b written\n".to_owned(), tabs, tabs),
    ] {
        let args = form(output);
        let printed = shown(&args, |p| p.document(&rows[1], print(&rows[1])));
        assert_eq!(printed, document, "{output:?}");
        assert_eq!(shown(&args, |p| p.list(&rows)), list, "{output:?}");
        assert_eq!(shown(&args, |p| p.records(&rows)), records, "{output:?}");
    }
    assert_eq!(shown(&form(Output::Json), |p| p.list::<Param>(&[])), "[]\n");
    assert_eq!(shown(&form(Output::Table), |p| p.list::<Param>(&[])), "");
}

#[test]
fn words_end_with_one_line_end_and_nothing_is_no_line() {
    let args = form(Output::Text);
    let print = |words: &mut Words| _ = words.plain("a").end_line();
    assert_eq!(shown(&args, |p| p.document(&1, print)), "a\n");
    assert_eq!(shown(&args, |p| p.document(&1, |_| {})), "");
}

#[test]
fn a_value_is_the_same_to_people_and_programs() {
    for environment in [TERMINAL, Environment::default()] {
        for (raw, expected) in [(false, "\"a\\nb\"\n"), (true, "a\nb\n")] {
            let args = OutputArgs {
                raw,
                ..OutputArgs::default()
            };
            let (text, result) = printed(&args, environment, |p| p.value(&"a\nb"));
            result.expect("it prints");
            assert_eq!(text, expected);
        }
    }
}

#[test]
fn a_terminal_is_shown_no_foreign_escapes_and_a_pipe_gets_every_byte() {
    let hostile = "\u{9b}2J\u{202e}";
    let document = |p: &mut Printer| p.document(&hostile, |words| _ = words.plain(hostile));
    let (text, _) = printed(&form(Output::Auto), TERMINAL, document);
    assert_eq!(text, "\\u009b2J\\u202e\n");
    let (text, _) = printed(&form(Output::Json), TERMINAL, document);
    assert_eq!(text, "\"\\u009b2J\\u202e\"\n");
    let (text, _) = printed(&form(Output::Auto), TERMINAL, |p| {
        p.line(hostile.as_bytes())
    });
    assert_eq!(text, "\\u009b2J\\u202e\n");
    assert_eq!(shown(&form(Output::Text), document), format!("{hostile}\n"));
    assert_eq!(
        shown(&form(Output::Auto), document),
        format!("\"{hostile}\"\n")
    );
}

#[test]
fn a_filter_gets_every_document_whatever_the_form() {
    let row = param("/a", 9_223_372_036_854_775_807);
    for environment in [TERMINAL, Environment::default()] {
        let (text, result) = printed(&jq(".revision, .address"), environment, |p| {
            p.document(&row, print(&row))
        });
        result.expect("it prints");
        assert_eq!(text, "9223372036854775807\n\"/a\"\n");
    }
    let rows = [param("/a", 1), param("/b", 2)];
    assert_eq!(shown(&jq("length"), |p| p.list(&rows)), "2\n");
    assert_eq!(shown(&jq("length"), |p| p.records(&rows)), "2\n2\n");
    let raw = OutputArgs {
        raw: true,
        output: Some(Output::Ndjson),
        ..jq(".address")
    };
    assert_eq!(shown(&raw, |p| p.list(&rows)), "/a\n/b\n");
}

#[test]
fn exit_status_judges_the_last_output() {
    for (filter, kind) in [
        (".", None),
        ("false, 0", None),
        ("1, false", Some(Kind::Negative)),
        ("null", Some(Kind::Negative)),
        ("empty", Some(Kind::Negative)),
        ("error", Some(Kind::Usage)),
    ] {
        let args = OutputArgs {
            exit_status: true,
            ..jq(filter)
        };
        let (_, result) = printed(&args, Environment::default(), |p| p.value(&1));
        assert_eq!(result.err().map(|f| f.kind), kind, "{filter}");
    }
    let unasked = printed(&jq("false"), Environment::default(), |p| p.value(&1));
    assert!(unasked.1.is_ok());

    let alone = OutputArgs {
        exit_status: true,
        ..OutputArgs::default()
    };
    let failure = Printer::new(&alone, &Environment::default()).expect_err("no filter");
    assert_eq!(failure.kind, Kind::Usage);
}

#[test]
fn nothing_is_written_before_it_is_asked_for_or_much() {
    let output = TestOutput::default();
    let args = OutputArgs::default();
    let printer = Printer::on(Box::new(output.clone()), &args, &Environment::default());
    let mut printer = printer.expect("the options make sense");
    printer.value(&1).expect("it prints");
    assert_eq!(output.text(), "");
    printer.flush().expect("it prints");
    assert_eq!(output.text(), "1\n");
    for _ in 0..BUFFER_LIMIT {
        printer.value(&1).expect("it prints");
    }
    assert!(output.text().len() >= BUFFER_LIMIT);
    assert!(printer.buffer.capacity() <= 2 * BUFFER_LIMIT);
}

#[test]
fn an_endless_filter_does_not_fill_the_memory() {
    let output = TestOutput::failing(io::ErrorKind::BrokenPipe);
    let printer = Printer::on(Box::new(output), &jq("repeat(.)"), &Environment::default());
    let failure = printer
        .expect("a filter")
        .value(&1)
        .expect_err("nobody reads");
    assert_eq!(failure.kind, Kind::PipeClosed);
}

#[test]
fn a_write_that_fails_is_not_silent() {
    for (error, kind) in [
        (io::ErrorKind::BrokenPipe, Kind::PipeClosed),
        (io::ErrorKind::StorageFull, Kind::Partial),
    ] {
        let output = TestOutput::failing(error);
        let args = OutputArgs::default();
        let printer = Printer::on(Box::new(output), &args, &Environment::default());
        let mut printer = printer.expect("the options make sense");
        printer.value(&1).expect("it is gathered");
        assert_eq!(printer.finish().expect_err("it fails").kind, kind);
    }
}

/// A list of two long texts, and an error behind them if `fails`.
struct Long {
    text: String,
    fails: bool,
}

impl Serialize for Long {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&self.text)?;
        list.serialize_element(&self.text)?;
        if self.fails {
            return Err(serde::ser::Error::custom("no"));
        }
        list.end()
    }
}

#[test]
fn a_long_document_is_not_kept_in_memory() {
    let text = "a\"b ".repeat(WHOLE_LIMIT / 6);
    let expected = format!("1\n{}\n2\n", serde_json::json!([text, text]));
    let long = Long { text, fails: false };
    let output = TestOutput::default();
    let args = OutputArgs::default();
    let printer = Printer::on(Box::new(output.clone()), &args, &Environment::default());
    let mut printer = printer.expect("the options make sense");
    printer.value(&1).expect("it prints");
    printer.value(&long).expect("it prints");
    let json = serde_json::to_string_pretty(&long).expect("JSON");
    printer.value(&2).expect("it prints");
    printer.flush().expect("it prints");
    assert!(printer.buffer.capacity() <= 2 * WHOLE_LIMIT);
    assert!(output.text() == expected);
    printer.json(&json, |_| {}).expect("it prints");
    printer.flush().expect("it prints");
    assert!(printer.buffer.capacity() <= 2 * WHOLE_LIMIT);
    assert!(output.text()[expected.len()..] == expected[2..expected.len() - 2]);
}

#[test]
fn a_long_document_is_raw_text_or_nothing_as_a_short_one_is() {
    let text = "a\n".repeat(WHOLE_LIMIT / 2);
    let raw = OutputArgs {
        raw: true,
        ..OutputArgs::default()
    };
    assert!(shown(&raw, |p| p.value(&text)) == format!("{text}\n"));
    let long = Long { text, fails: true };
    let (printed, result) = printed(&OutputArgs::default(), Environment::default(), |p| {
        p.value(&1)?;
        p.value(&long)
    });
    assert_eq!(result.expect_err("it has no JSON form").kind, Kind::Service);
    assert!(printed.is_empty() || printed == "1\n");
    let output = TestOutput::failing(io::ErrorKind::BrokenPipe);
    let printer = Printer::on(
        Box::new(output),
        &OutputArgs::default(),
        &Environment::default(),
    );
    let failure = printer
        .expect("the options make sense")
        .value(&Long {
            fails: false,
            ..long
        })
        .expect_err("nobody reads");
    assert_eq!(failure.kind, Kind::PipeClosed);
}

#[test]
fn half_a_document_is_never_printed() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("a", &1)?;
            Err(serde::ser::Error::custom("no"))
        }
    }
    let (text, result) = printed(&OutputArgs::default(), Environment::default(), |p| {
        p.value(&1)?;
        let failure = p.value(&Broken).expect_err("it breaks off");
        assert_eq!(failure.kind, Kind::Service);
        p.value(&2)
    });
    result.expect("the others print");
    assert_eq!(text, "1\n2\n");
}
