//! Output: forms, filters, colour, errors as JSON, the terminal.

use serde_json::{Value, json};

use crate::support::python::python3_or_skip;
use crate::support::{Driver, Router, trefoil};

fn stocked() -> Router {
    let router = Router::start();
    Driver::connect(&router).set_many([
        ("/a/1", 1.5.into()),
        ("/a/2", "two".into()),
        ("/flag", crate::support::Val::Bool(false)),
    ]);
    router
}

#[test]
fn a_filter_takes_every_document() {
    let router = stocked();
    router
        .clasp(&["set", "/x", "1", "--jq", ".revision"])
        .run()
        .done()
        .prints("1\n");
    router
        .clasp(&["get", "/a/2", "--jq", "length"])
        .run()
        .done()
        .prints("3\n");
    router
        .clasp(&["get", "/a/2", "--jq", ".", "-r"])
        .run()
        .done()
        .prints("two\n");
    router
        .clasp(&["get", "/a/2", "--jq", "empty"])
        .run()
        .done()
        .prints("");
    router
        .clasp(&["get", "/a/2", "--jq", ".,."])
        .run()
        .done()
        .prints("\"two\"\n\"two\"\n");
}

#[test]
fn exit_by_the_filters_last_answer_only_where_asked() {
    let router = stocked();
    router
        .clasp(&["get", "/flag", "--jq", "."])
        .run()
        .done()
        .prints("false\n");
    router
        .clasp(&["get", "/flag", "--jq", ".", "-e"])
        .run()
        .exits(6)
        .prints("false\n");
    router
        .clasp(&["get", "/flag", "--jq", "not", "-e"])
        .run()
        .done()
        .prints("true\n");
    router
        .clasp(&["get", "/a/1", "--jq", "null", "-e"])
        .run()
        .exits(6);
    router
        .clasp(&["get", "/a/1", "--jq", ". > 1", "-e"])
        .run()
        .done();
}

#[test]
fn a_bad_filter_is_said_before_anything_is_sent() {
    let bad = trefoil(&["clasp", "set", "/a", "1", "--jq", ".["])
        .run()
        .exits(2)
        .prints("");
    bad.says(&["--jq"]);
}

#[test]
fn a_filter_that_fails_on_a_document_is_not_success() {
    let router = stocked();
    let failed = router.clasp(&["get", "/a/1", "--jq", ".[0]"]).run();
    assert!(failed.code != 0, "{failed}");
}

#[test]
fn every_form_prints_the_same_facts() {
    let router = stocked();
    let form = |form| {
        router
            .clasp(&["get", "/a/*", "-o", form])
            .run()
            .done()
            .quietly()
    };
    let by_address = |mut records: Vec<Value>| {
        records.sort_by_key(|record| record["address"].to_string());
        records
            .iter()
            .map(|r| json!([r["address"], r["value"]]))
            .collect::<Vec<_>>()
    };
    let expected = [json!(["/a/1", 1.5]), json!(["/a/2", "two"])];
    assert_eq!(by_address(form("ndjson").records()), expected);
    assert_eq!(by_address(form("auto").records()), expected);
    let json = form("json");
    let stream = serde_json::Deserializer::from_str(&json.stdout).into_iter::<Value>();
    let documents: Vec<_> = stream
        .map(|value| value.expect("-o json prints JSON"))
        .collect();
    let records = match documents.as_slice() {
        [Value::Array(records)] => records.clone(),
        _ => documents,
    };
    assert_eq!(by_address(records), expected, "{json}");
    let table = form("table");
    for part in ["ADDRESS", "VALUE", "REVISION", "/a/1", "1.5", "/a/2", "two"] {
        assert!(table.stdout.contains(part), "{part}\n{table}");
    }
    let text = form("text");
    for part in ["/a/1", "1.5", "/a/2", "two"] {
        assert!(text.stdout.contains(part), "{part}\n{text}");
    }
    trefoil(&["clasp", "get", "/a", "-o", "yaml"])
        .run()
        .exits(2);
}

#[test]
fn errors_as_json_are_one_object_with_a_code() {
    let router = stocked();
    let refused = trefoil(&[
        "clasp",
        "get",
        "/a",
        "--url",
        "ws://127.0.0.1:1",
        "--errors",
        "json",
    ]);
    let error = refused.run().exits(1).prints("").error();
    assert_eq!(error["code"], 1, "{error}");
    assert_eq!(error["kind"], "connection", "{error}");
    assert_eq!(error["retryable"], true, "{error}");
    for key in ["message", "hint"] {
        assert!(
            error[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key} in {error}"
        );
    }
    let none = router
        .clasp(&["get", "/none", "--errors", "json"])
        .run()
        .exits(6)
        .error();
    assert_eq!(
        (&none["code"], &none["retryable"]),
        (&json!(6), &json!(false)),
        "{none}"
    );
    let usage = trefoil(&["clasp", "get", "nowhere", "--errors", "json"])
        .run()
        .exits(2)
        .error();
    assert_eq!(usage["kind"], "usage", "{usage}");
    // Also if clap reports the error.
    let clap = trefoil(&["clasp", "get", "--errors", "json"])
        .run()
        .exits(2)
        .error();
    assert_eq!(clap["code"], 2, "{clap}");
}

#[test]
fn quiet_silences_notes_and_not_errors() {
    let error = trefoil(&["clasp", "get", "/a", "--url", "ws://127.0.0.1:1", "-q"])
        .run()
        .exits(1);
    assert!(!error.stderr.is_empty(), "{error}");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let coloured = |command: crate::support::trefoil::Trefoil| {
        let output = command.run();
        output.stdout.contains("\x1b[") || output.stderr.contains("\x1b[")
    };
    let router = stocked();
    let table = |args: &[&str]| router.clasp(&[&["get", "/a/*", "-o", "table"], args].concat());
    assert!(!coloured(table(&[])), "in a pipe");
    assert!(coloured(table(&["--color", "always"])), "--color always");
    assert!(
        coloured(table(&[]).env("CLICOLOR_FORCE", "1")),
        "CLICOLOR_FORCE"
    );
    assert!(
        !coloured(table(&["--color", "never"]).env("CLICOLOR_FORCE", "1")),
        "--color never"
    );
    if !python3_or_skip("colour on a terminal") {
        return;
    }
    assert!(coloured(table(&[]).on_terminal()), "on a terminal");
    assert!(
        !coloured(table(&[]).on_terminal().env("NO_COLOR", "1")),
        "NO_COLOR"
    );
    assert!(
        coloured(table(&[]).on_terminal().env("NO_COLOR", "")),
        "an empty NO_COLOR"
    );
    assert!(
        !coloured(table(&["--color", "never"]).on_terminal()),
        "--color never"
    );
}

#[test]
fn words_on_a_terminal_and_json_in_a_pipe() {
    if !python3_or_skip("what a terminal shows") {
        return;
    }
    let router = stocked();
    let shown = |args: &[&str]| {
        let args = [args, &["--color", "never"]].concat();
        router
            .clasp(&args)
            .on_terminal()
            .run()
            .done()
            .stdout
            .replace('\r', "")
    };
    let set = shown(&["set", "/lights/front", "0.8"]);
    assert!(
        set.contains("/lights/front = 0.8") && set.contains("revision 1"),
        "{set}"
    );
    assert_eq!(shown(&["get", "/lights/front"]), "0.8\n");
    let table = shown(&["get", "/a/*"]);
    assert!(table.starts_with("ADDRESS"), "{table}");
    assert!(
        table.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );
}

#[test]
fn progress_is_for_terminals() {
    let router = stocked();
    let input = crate::bulk::numbered(5_000);
    let piped = router.clasp(&["set", "-"]).stdin(input).run().done();
    assert!(!piped.stderr.contains(['\r', '\x1b']), "{piped}");
}

#[test]
fn bare_trefoil_welcomes_and_version_is_one_line() {
    let welcome = trefoil(&[]).run().done().quietly();
    for part in [
        "trefoil clasp set",
        "trefoil --help",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(welcome.stdout.contains(part), "{part}\n{welcome}");
    }
    let version = format!("trefoil {}\n", env!("CARGO_PKG_VERSION"));
    trefoil(&["--version"])
        .run()
        .done()
        .prints(&version)
        .quietly();
}

#[test]
fn a_closed_pipe_is_a_quiet_end_for_every_verb() {
    let router = Router::with().unlimited().start();
    Driver::connect(&router).set_numbered("/p", 20_000);
    for args in [&["get", "/p/*"][..], &["sub", "/p/*", "--retained-only"]] {
        let mut running = router.clasp(args).start();
        running.head();
        running.finish().done().quietly();
    }
}

#[test]
fn what_could_not_be_written_is_not_success() {
    let router = stocked();
    for args in [
        &["get", "/a/1"][..],
        &["get", "/a/*"],
        &["sub", "/a/*", "--retained-only"],
    ] {
        let full = router.clasp(args).stdout_to("/dev/full").run();
        assert!(full.code != 0, "{full}");
        full.says(&["No space left"]);
    }
}

#[test]
fn colour_is_what_was_asked_for_in_usage_errors_too() {
    for args in [
        &["clasp", "get", "--nonsense", "--color", "never"][..],
        &["--color=never", "clasp", "gte", "/a"],
        &["clasp", "--color", "never", "set", "/a"],
    ] {
        let forced = trefoil(args).env("CLICOLOR_FORCE", "1").run().exits(2);
        assert!(!forced.stderr.contains('\u{1b}'), "{forced}");
    }
    let args = ["clasp", "get", "--nonsense", "--color", "always"];
    let coloured = trefoil(&args).run().exits(2);
    assert!(coloured.stderr.contains('\u{1b}'), "{coloured}");
}
