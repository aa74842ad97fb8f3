//! `--jq`: what jq users type. Single functions are compared with the real jq in src/term/filter.rs.

use crate::support::forge::Answer;
use crate::support::{Forge, Router};

#[test]
fn rows_for_a_spreadsheet_and_the_environment() {
    let router = Router::start();
    router.clasp(&["set", "/j/a", "1"]).run().done();
    router.clasp(&["set", "/j/b", "\"x\\ty\""]).run().done();
    let get = |filter: &str| {
        let args = ["get", "/j/**", "-r", "--jq", filter];
        router.clasp(&args).env("MINE", "yes").run().done().stdout
    };
    assert_eq!(get("[.address, .value] | @tsv"), "/j/a\t1\n/j/b\tx\\ty\n");
    assert_eq!(
        get("[.address, .value] | @csv"),
        "\"/j/a\",1\n\"/j/b\",\"x\ty\"\n"
    );
    assert_eq!(get("$ENV.MINE, env.MINE"), "yes\nyes\nyes\nyes\n");
}

#[test]
fn input_and_inputs_read_the_documents_that_follow() {
    let router = Router::start();
    for n in 1..=3 {
        let address = format!("/i/{n}");
        router
            .clasp(&["set", &address, &n.to_string()])
            .run()
            .done();
    }
    let run = |verb: &[&str], filter: &str| {
        let args = [verb, &["--jq", filter]].concat();
        router.clasp(&args).run().done().stdout
    };
    assert_eq!(
        run(&["get", "/i/**"], "[., inputs] | map(.value)"),
        "[1,2,3]\n"
    );
    assert_eq!(
        run(&["get", "/i/**"], "[.value, (input? | .value)]"),
        "[1,2]\n[3]\n"
    );
    assert_eq!(
        run(
            &["sub", "/i/**", "--count", "3"],
            "reduce (., inputs) as $r (0; . + $r.value)"
        ),
        "6\n"
    );
}

#[test]
fn halt_ends_a_stream_with_what_was_printed_and_0() {
    let router = Router::start();
    for n in 1..=3 {
        let address = format!("/h/{n}");
        router
            .clasp(&["set", &address, &n.to_string()])
            .run()
            .done();
    }
    let args = ["sub", "/h/**", "--jq", "\"seen\", halt"];
    // The first of three, whichever the router sends first; the others are not filtered.
    router.clasp(&args).run().done().prints("\"seen\"\n");
    // What was done is done: a filter that halts does not change that.
    let args = ["set", "/h/4", "4", "--jq", "halt"];
    router.clasp(&args).run().done().prints("");
    router.clasp(&["get", "/h/4"]).run().done().prints("4\n");
    let args = ["get", "/h/4", "--jq", "debug | . + 1"];
    router
        .clasp(&args)
        .run()
        .done()
        .prints("5\n")
        .says(&["[\"DEBUG:\",4]"]);
}

#[test]
fn a_large_document_costs_at_most_four_times_its_size() {
    // The peak in bytes, once the filter has begun to print.
    let peak = |numbers: u64| {
        let list: Vec<String> = (0..numbers)
            .map(|n| (1_000_000_000 + n).to_string())
            .collect();
        let reply = format!("{{\"ok\":true,\"result\":[{}]}}", list.join(","));
        let size = reply.len() as u64;
        let forge = Forge::new(move |_| Answer::Text(200, "application/json", reply.clone()));
        let filter = "(.result | length) as $n | range(3000000) | $n";
        let mut live = forge.forge(&["run", "x", "--jq", filter]).start();
        assert_eq!(live.next_line(), numbers.to_string());
        (size, live.memory("VmHWM") * 1024)
    };
    let (_, empty) = peak(0);
    let (size, full) = peak(1_000_000);
    let cost = full.saturating_sub(empty);
    assert!(cost <= 4 * size, "{cost} bytes for {size}");
}
