//! `--jq` on the command line. The tests of src/term/filter.rs compare single functions with the
//! real jq.

use rmpv::Value as Pack;

use crate::support::dir::Dir;
use crate::support::forge::Answer;
use crate::support::vuer::event;
use crate::support::{Fake, Forge, Router, Trefoil, trefoil};

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

/// So many numbers of ten digits as a JSON list.
fn list(numbers: std::ops::Range<u64>) -> String {
    let numbers: Vec<String> = numbers.map(|n| (1_000_000_000 + n).to_string()).collect();
    format!("[{}]", numbers.join(","))
}

/// Asserts that a document of a million numbers costs a command at most four times its size, beside
/// a document of none. `make` gives what must live meanwhile and the command, with a filter that
/// first prints how many there are and then goes on for long.
fn costs_at_most_four_times<Server>(
    what: &str,
    count: &str,
    make: impl Fn(u64, &str) -> (Server, Trefoil),
) {
    let peak = |numbers: u64| {
        let filter = format!("({count}) as $n | range(3000000) | $n");
        let (_server, command) = make(numbers, &filter);
        let mut live = command.start();
        assert_eq!(live.next_line(), numbers.to_string(), "{what}");
        live.peak_memory() * 1024
    };
    let (empty, full) = (peak(0), peak(1_000_000));
    let (cost, size) = (full.saturating_sub(empty), list(0..1_000_000).len() as u64);
    assert!(cost <= 4 * size, "{what}: {cost} bytes for {size}");
}

#[test]
fn a_large_reply_costs_at_most_four_times_its_size() {
    let home = Dir::new();
    let run = |numbers: u64, args: &[&str]| {
        let reply = format!("{{\"ok\":true,\"result\":{}}}", list(0..numbers));
        let forge = Forge::new(move |_| Answer::Text(200, "application/json", reply.clone()));
        let run = forge.forge(args).in_home(&home);
        (forge, run)
    };
    let count = ".result | length";
    costs_at_most_four_times("run", count, |numbers, filter| {
        run(numbers, &["run", "x", "--jq", filter])
    });
    costs_at_most_four_times("run --expect", count, |numbers, filter| {
        let expect = ["--expect", "length >= 0"];
        run(
            numbers,
            &[&["run", "x", "--jq", filter], &expect[..]].concat(),
        )
    });
    costs_at_most_four_times("ledger", ".reply.result | length", |numbers, filter| {
        let (forge, kept) = run(numbers, &["run", "x", "--jq", "empty"]);
        kept.run().done();
        let last = ["forge", "ledger", "last", "--jq", filter];
        (forge, trefoil(&last).in_home(&home))
    });
}

#[test]
fn a_large_event_and_a_large_state_cost_at_most_four_times_their_size() {
    let server = |numbers: u64| {
        let list = (0..numbers).map(|n| Pack::from(1_000_000_000 + n));
        let big = event("BIG", Pack::Array(list.collect()));
        Fake::websocket(move |_, peer| {
            peer.receive_frame();
            peer.try_send_frame(&big);
            while peer.receive_frame().is_some() {}
        })
    };
    let count = ".data | length";
    costs_at_most_four_times("vuer recv", count, |numbers, filter| {
        let server = server(numbers);
        let recv = server.vuer(&["recv", "--count", "1", "--jq", filter]);
        (server, recv)
    });
    let count = "[.[] | length] | add // 0";
    costs_at_most_four_times("dump", count, |numbers, filter| {
        let router = Router::own(&[]);
        let lines: Vec<String> = (0..numbers / 5_000)
            .map(|n| {
                let list = list(n * 5_000..(n + 1) * 5_000);
                format!("{{\"address\":\"/big/{n}\",\"value\":{list}}}\n")
            })
            .chain(["{\"address\":\"/none\",\"value\":[]}\n".to_owned()])
            .collect();
        let set = router.clasp(&["set", "-"]).stdin(lines.concat());
        set.run().done();
        let dump = router.clasp(&["dump", "--timeout", "60s", "--jq", filter]);
        (router, dump)
    });
}
