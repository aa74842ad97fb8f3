//! `clasp dump`, `diff` and `apply`: state in a file, compared, put back, and read again.

use std::time::Duration;

use serde_json::json;

use crate::support::router::is_own;
use crate::support::{Counter, Driver, Fake, Msg, Router, Val, wire};

/// One of every type, with what JSON alone could not carry.
const EVERYTHING: &str = concat!(
    r#"{"/array":[1,"two",3.0,null,[],{}],"/bool":true,"/bytes":{"$bytes":"AQL/"},"#,
    r#""/float/infinite":{"$float":"-Infinity"},"/float/nan":{"$float":"NaN"},"/float/one":1.0,"#,
    r#""/float/zero":-0.0,"/int/one":1,"/int/large":9223372036854775807,"#,
    r#""/int/small":-9223372036854775808,"/map":{"b":1,"a":{"x":0.1}},"/null":null,"#,
    r#""/text \"é\"\n":"h\u0001\n\"é"}"#,
);

/// The same, as it is printed: sorted by address, and maps by key.
fn everything() -> String {
    let sorted = EVERYTHING.replace(
        r#""/int/one":1,"/int/large":9223372036854775807,"#,
        r#""/int/large":9223372036854775807,"/int/one":1,"#,
    );
    sorted.replace(r#"{"b":1,"a":{"x":0.1}}"#, r#"{"a":{"x":0.1},"b":1}"#) + "\n"
}

#[test]
fn what_was_dumped_is_applied_to_a_fresh_router_and_dumped_again() {
    let (first, second) = (Router::start(), Router::own(&[]));
    let apply = |router: &Router, state: &str| {
        let applied = router.clasp(&["apply", "-"]).stdin(state).run().done();
        applied.quietly().json()
    };
    let all = json!({"set": 13, "unchanged": 0, "verified": 13});
    assert_eq!(apply(&first, EVERYTHING), all);
    let dump = first.clasp(&["dump"]).run().done().prints(&everything());
    assert_eq!(apply(&second, &dump.stdout), all);
    second.clasp(&["dump"]).run().done().prints(&dump.stdout);
    let same = second.clasp(&["diff", "-"]).stdin(dump.stdout.clone());
    same.run().done().prints("").quietly();
    assert_eq!(
        apply(&second, &dump.stdout),
        json!({"set": 0, "unchanged": 13, "verified": 13})
    );
}

#[test]
fn a_dump_is_of_patterns_and_addresses_and_into_a_file() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_many([("/a/2", 2.into()), ("/a/1", 1.0.into()), ("/b", 3.into())]);
    let both = ["dump", "/a/*", "/a/1", "/b"];
    let all = "{\"/a/1\":1.0,\"/a/2\":2,\"/b\":3}\n";
    router.clasp(&both).run().done().prints(all).quietly();
    let lines = "{\n  \"/a/1\": 1.0,\n  \"/a/2\": 2\n}\n";
    let people = router.clasp(&["dump", "/a/**", "-o", "text"]);
    people.run().done().prints(lines);
    let filtered = router.clasp(&["dump", "/a/**", "--jq", "keys|length"]);
    filtered.run().done().prints("2\n");
    let some = router.clasp(&["dump", "/a/1", "/none", "/no/**"]).run();
    some.exits(6)
        .prints("{\"/a/1\":1.0}\n")
        .says(&["no value at /none", "nothing matches /no/**"]);

    let dir = crate::support::dir::Dir::new();
    let file = dir.file("show.json", "as it was");
    let out = |pattern| router.clasp(&["dump", pattern, "--out"]).arg(&file);
    out("/none/**").run().exits(6).prints("");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "as it was");
    out("/a/*").run().done().prints("").says(&["2 addresses"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), lines);
    let diff = router.clasp(&["diff"]).arg(&file);
    diff.run().done().prints("");
}

#[test]
fn what_is_not_whole_is_not_printed() {
    if !is_own() {
        let router = Router::with().unlimited().start();
        let rooms: Vec<_> = (0..1_000)
            .map(|n| format!("/sensors/room/{n}/temperature"))
            .collect();
        let rooms = rooms.iter().map(|address| (address.as_str(), 0.5.into()));
        Driver::connect(&router).set_many(rooms);
        let cut = router.clasp(&["dump", "/sensors/**"]).run().exits(7);
        cut.prints("").says(&["leaves out part"]);
    }
    // A map that JSON would turn into bytes.
    let router = Router::start();
    let map = Val::Map(vec![("$bytes".into(), "AQ==".into())]);
    Driver::connect(&router).set("/map", map);
    let lost = router.clasp(&["dump"]).run().exits(7).prints("");
    lost.says(&["cannot be written as JSON", "/map"]);
}

#[test]
fn a_diff_is_a_record_a_difference_and_6() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_many([
        ("/type", 1.into()),
        ("/same", 2.into()),
        ("/nan", f64::NAN.into()),
        ("/beside", 9.into()),
    ]);
    let wanted = r#"{"/type":1.0,"/same":2,"/none":null,"/nan":{"$float":"NaN"}}"#;
    let diff = router.clasp(&["diff", "-"]).stdin(wanted).run().exits(6);
    let diff = diff.says(&["2 of 4 addresses differ"]);
    assert_eq!(
        diff.stdout,
        "{\"address\":\"/none\",\"wanted\":null}\n\
         {\"address\":\"/type\",\"wanted\":1.0,\"found\":1}\n"
    );
    let table = router.clasp(&["diff", "-", "-o", "table"]).stdin(wanted);
    table.run().exits(6).prints(
        "ADDRESS  WANTED  FOUND\n\
         /none    null    no value\n\
         /type    1.0     1\n",
    );
}

#[test]
fn a_file_that_is_no_state_is_named_and_nothing_is_sent() {
    let fake = Fake::router(|_, _| panic!("nothing should be asked"));
    for (text, says) in [
        ("", "line 1"),
        ("[]", "an object of address to value"),
        (
            "{\"/a\":1,\n\"/b\":1,\n\"/a\":2}",
            "/a is there twice at line 3",
        ),
        ("{\"a\":1}", "did you mean /a?"),
        ("{\"/a*\":1}", "'/a*' is not an address"),
        ("{\"/a\":{\"$bytes\":\"?\"}}", "/a: $bytes takes base64"),
        (
            "{\n\"/a\":9223372036854775808}",
            "line 2: 9223372036854775808",
        ),
    ] {
        for verb in ["diff", "apply"] {
            let run = fake.clasp(&[verb, "state.json"]).file("state.json", text);
            run.run().exits(2).prints("").says(&["state.json: ", says]);
        }
    }
    let none = fake.clasp(&["apply", "none.json"]).run().exits(2);
    none.says(&["cannot read none.json"]);
}

#[test]
fn only_what_differs_is_sent_as_one_bundle() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_many([("/a", 1.into()), ("/b", 2.into()), ("/beside", 9.into())]);
    let wanted = r#"{"/a":1,"/b":3,"/c":4}"#;
    let apply = |more: &[&str]| {
        let args = [&["apply", "-"][..], more].concat();
        router.clasp(&args).stdin(wanted).run().done().quietly()
    };
    let dry = "{\"address\":\"/b\",\"wanted\":3,\"found\":2}\n{\"address\":\"/c\",\"wanted\":4}\n";
    apply(&["--dry-run"]).prints(dry);
    assert_eq!(driver.get("/b"), Some((Val::Int(2), 1)));
    apply(&["-o", "text"]).prints("2 set, 1 unchanged, 3 addresses verified\n");
    for (address, value, revision) in [("/a", 1, 1), ("/b", 3, 2), ("/c", 4, 1), ("/beside", 9, 1)]
    {
        let held = driver.get(address);
        assert_eq!(held, Some((Val::Int(value), revision)), "{address}");
    }
    apply(&["--dry-run"]).prints("");
    apply(&["--all"]).prints("{\"set\":3,\"unchanged\":0,\"verified\":3}\n");
    assert_eq!(driver.get("/a"), Some((Val::Int(1), 2)));
}

#[test]
fn a_router_sees_one_bundle_and_then_questions() {
    let (bundles, sets) = (Counter::default(), Counter::default());
    let (counted, seen) = (bundles.clone(), sets.clone());
    let fake = Fake::router(move |_, message| {
        match message {
            Msg::Bundle { messages, .. } => {
                assert_eq!(messages.len(), 2);
                counted.next();
            }
            Msg::Set { .. } => drop(seen.next()),
            _ => {}
        }
        false
    });
    // It acknowledges and keeps nothing: that is found out.
    let run = fake.clasp(&["apply", "-"]).stdin(r#"{"/a":1,"/b":2}"#);
    let run = run.run().exits(7);
    let run = run.says(&["2 addresses do not hold", "/a has no value", "/b"]);
    assert_eq!(run.json(), json!({"set": 2, "unchanged": 0, "verified": 0}));
    assert_eq!((bundles.get(), sets.get()), (1, 0));
}

#[test]
fn what_a_lock_keeps_out_is_refused_or_found_out() {
    let state = r#"{"/free":2,"/locked":2}"#;
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.lock("/locked", 1.0);
    let run = router.clasp(&["apply", "-"]).stdin(state).run();
    if is_own() {
        run.exits(4).prints("").says(&["refused", "/locked"]);
        assert_eq!(driver.get("/free"), None, "a bundle is done whole");
    } else {
        let run = run.exits(7).says(&["/locked holds 1.0"]);
        assert_eq!(run.json()["verified"], 1, "{run}");
    }
}

#[test]
fn a_refused_bundle_is_4_and_nothing_is_set() {
    let fake = Fake::router(|peer, message| {
        let bundle = matches!(message, Msg::Bundle { .. });
        if bundle {
            peer.send(&wire::error_at(301, "Insufficient scope", "/a"));
        }
        bundle
    });
    let run = fake.clasp(&["apply", "-"]).stdin("{\"/a\":1}").run();
    run.exits(4).prints("").says(&["Insufficient scope", "/a"]);
}

#[test]
fn what_does_not_fit_into_one_bundle_is_split_only_when_asked() {
    let router = Router::start();
    let entries: Vec<_> = (0..5_000).map(|n| format!("\"/p/{n:04}\":{n}")).collect();
    let state = format!("{{{}}}\n", entries.join(","));
    let apply = |more: &[&str]| {
        let args = [&["apply", "-"][..], more].concat();
        router.clasp(&args).stdin(state.clone()).run()
    };
    for more in [&[][..], &["--dry-run"]] {
        let too_large = apply(more).exits(2).prints("");
        too_large.says(&["do not fit into one bundle", "nothing was sent", "--split"]);
    }
    router.clasp(&["dump"]).run().exits(6);
    let split = apply(&["--split"]).done().says(&["as 2 bundles"]);
    let all = json!({"set": 5_000, "unchanged": 0, "verified": 5_000});
    assert_eq!(split.json(), all);
    // 900 GETs a second would take five.
    let again = apply(&[]).done().quietly().within(Duration::from_secs(4));
    assert_eq!(again.json()["unchanged"], 5_000, "{again}");

    let large = format!("{{\"/a\":[\"{0}\",\"{0}\"]}}", "x".repeat(40_000));
    let never = router.clasp(&["apply", "-", "--split"]).stdin(large).run();
    never.exits(2).says(&["/a: ", "too many"]);
}

#[test]
fn a_part_that_is_refused_is_7_with_what_was_done() {
    let bundles = Counter::default();
    let fake = Fake::router(move |peer, message| {
        let refused = match message {
            Msg::Bundle { .. } => bundles.next() > 1,
            Msg::Set { .. } => true,
            _ => false,
        };
        if refused {
            peer.send(&wire::error_at(400, "LockHeld", "/b"));
        }
        refused
    });
    let half = "x".repeat(40_000);
    let state = format!("{{\"/a\":\"{half}\",\"/b\":\"{half}\"}}");
    let run = fake.clasp(&["apply", "-", "--split"]).stdin(state).run();
    let run = run.exits(7).says(&["/b: LockHeld"]);
    assert_eq!(
        run.json(),
        json!({"set": 1, "unchanged": 0, "verified": false})
    );
}

#[test]
fn what_the_token_does_not_reach_is_refused_however_much_it_is_beside() {
    let tokens = Router::with().tokens("cpsk_all=admin:/**;cpsk_some=read:/p/**");
    let router = Router::own_with(tokens, &[]);
    Driver::connect_as(&router, "cpsk_all").set_numbered("/p", 1_000);
    let entries: Vec<_> = (0..1_000).map(|n| format!("\"/p/{n}\":{n}")).collect();
    let within = format!("{{{}}}", entries.join(","));
    let beyond = format!("{{\"/q\":1,{}}}", entries.join(","));
    let diff = |state: String| {
        let diff = router.clasp(&["diff", "-"]).token("cpsk_some");
        diff.stdin(state).run()
    };
    diff(within).done().prints("");
    diff(beyond)
        .exits(4)
        .prints("")
        .says(&["refused", "scopes"]);
}
