//! `forge ledger`: everything that was paid for is recorded, whatever its outcome.

use serde_json::json;

use crate::support::Forge;
use crate::support::dir::Dir;
use crate::support::forge::{Answer, TOKEN, result};

#[test]
fn an_entry_is_there_before_the_prompt_is_sent() {
    let home = Dir::new();
    let path = home.path().join("state/trefoil/ledger.ndjson");
    let seen = path.clone();
    let forge = Forge::new(move |_| {
        let ledger = std::fs::read_to_string(&seen).expect("it is written before");
        assert_eq!(ledger.lines().count(), 1, "{ledger}");
        assert!(!ledger.contains("three words"), "{ledger}");
        result(json!("drizzle"))
    });
    forge
        .forge(&["run", "three words"])
        .in_home(&home)
        .run()
        .done();
    let ledger = std::fs::read_to_string(&path).expect("there");
    assert_eq!(ledger.lines().count(), 2, "{ledger}");
    assert!(!ledger.contains(TOKEN), "{ledger}");
    assert_eq!(home.mode(&path), 0o600);
}

#[test]
fn list_show_and_last_tell_what_became_of_it() {
    let home = Dir::new();
    let forge = Forge::new(|request| match request.json()["prompt"].as_str() {
        Some("good") => result(json!("drizzle\nmizzle")),
        Some("bad") => Answer::Json(502, json!({"error": "boom"})),
        _ => Answer::Close,
    });
    for (prompt, code) in [("good", 0), ("bad", 5), ("lost", 7), ("good", 0)] {
        forge
            .forge(&["run", prompt, "--model", "opus"])
            .in_home(&home)
            .run()
            .exits(code);
    }
    let ledger = |args: &[&str]| {
        let line = [&["ledger"], args].concat();
        forge.forge(&line).in_home(&home).run()
    };
    let list = ledger(&["list"]).done().json();
    let outcomes: Vec<_> = list
        .as_array()
        .expect("an array")
        .iter()
        .map(|e| &e["outcome"])
        .collect();
    assert_eq!(outcomes, ["done", "failed", "unknown", "done"]);
    // The same prompt is known again.
    assert_eq!(list[0]["prompt_sha256"], list[3]["prompt_sha256"]);
    assert_ne!(list[0]["prompt_sha256"], list[1]["prompt_sha256"]);
    assert_eq!(list[0]["duration_ms"], 7391);
    assert_eq!(ledger(&["list", "-n", "1"]).done().json()[0]["id"], 4);
    let table = ledger(&["list", "-o", "table"]).done().stdout;
    assert!(
        table.starts_with(" ID") || table.starts_with("ID"),
        "{table}"
    );
    assert!(table.contains("run opus"), "{table}");
    let show = ledger(&["show", "1"]).done().json();
    assert_eq!(show["reply"]["result"], "drizzle\nmizzle");
    assert_eq!(show["model"], "opus");
    ledger(&["last", "-r"]).done().prints("drizzle\nmizzle\n");
    ledger(&["show", "2", "-r"]).exits(6).says(&["no reply"]);
    ledger(&["show", "9"]).exits(6).says(&["ledger list"]);
}

#[test]
fn a_crash_leaves_an_entry_that_says_so() {
    let home = Dir::new();
    let forge = Forge::new(|_| Answer::Silence);
    let run = forge.forge(&["run", "x"]).in_home(&home).start();
    forge.wait_for(1);
    drop(run); // SIGKILL
    let last = forge
        .forge(&["ledger", "last"])
        .in_home(&home)
        .run()
        .done()
        .json();
    assert_eq!(last["outcome"], "unfinished");
    assert_eq!(last["reply"], json!(null));
}

#[test]
fn two_runs_at_once_have_an_entry_each() {
    let home = Dir::new();
    let forge = Forge::new(|request| result(request.json()["prompt"].clone()));
    let runs: Vec<_> = (0..6)
        .map(|n| {
            forge
                .forge(&["run", &format!("p{n}")])
                .in_home(&home)
                .start()
        })
        .collect();
    for run in runs {
        run.finish().done();
    }
    let list = forge
        .forge(&["ledger", "list"])
        .in_home(&home)
        .run()
        .done()
        .json();
    let ids: Vec<u64> = list
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|e| e["id"].as_u64())
        .collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    assert!(
        list.as_array()
            .expect("rows")
            .iter()
            .all(|e| e["outcome"] == "done"),
        "{list}"
    );
}

#[test]
fn without_a_place_for_the_ledger_nothing_is_sent() {
    let forge = Forge::unasked();
    let run = forge
        .forge(&["run", "x"])
        .env("XDG_STATE_HOME", "/proc/nowhere");
    run.run().exits(2).says(&["/proc/nowhere", "--no-ledger"]);
}

#[test]
fn no_ledger_is_none() {
    let home = Dir::new();
    let forge = Forge::new(|_| result(json!("x")));
    forge
        .forge(&["run", "x", "--no-ledger"])
        .in_home(&home)
        .run()
        .done();
    assert!(!home.path().join("state").exists());
    let out = forge.forge(&["ledger", "last"]).in_home(&home).run();
    out.exits(6).says(&["empty"]);
    forge
        .forge(&["ledger", "list"])
        .in_home(&home)
        .run()
        .done()
        .prints("[]\n");
}

#[test]
fn a_long_name_does_not_break_the_table_on_a_terminal() {
    if !crate::support::python::python3_or_skip("the ledger on a terminal") {
        return;
    }
    let (forge, home) = (Forge::new(|_| result(json!("x"))), Dir::new());
    let model = format!("begin{}end", "x".repeat(200));
    let run = forge.forge(&["run", "x", "--model", &model]);
    run.in_home(&home).run().done();
    let list = ["ledger", "list"];
    let list = forge.forge(&list).in_home(&home).env("NO_COLOR", "1");
    let shown = list.on_terminal().run().done();
    let lines: Vec<&str> = shown.stdout.lines().map(str::trim_end).collect();
    assert_eq!(lines.len(), 2, "{shown}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
    assert!(lines[1].contains("run begin"), "{shown}");
    assert!(
        lines[1].contains("x…x") && lines[1].contains("end  "),
        "{shown}"
    );
    assert!(lines[1].ends_with("done"), "{shown}");
}

#[test]
fn what_a_run_cost_is_listed_if_the_service_says_it() {
    let home = Dir::new();
    let forge = Forge::new(|request| {
        let (status, mut reply) = match request.json()["prompt"].as_str() {
            Some("good") => (
                200,
                json!({"ok": true, "result": "x", "stop_reason": "end_turn"}),
            ),
            _ => (502, json!({"error": "boom"})),
        };
        if request.json()["model"] == "opus" {
            reply["cost_usd"] = json!(0.25);
        }
        Answer::Json(status, reply)
    });
    for (prompt, model, code) in [
        ("good", "opus", 0),
        ("bad", "opus", 5),
        ("good", "sonnet", 0),
    ] {
        let line = ["run", prompt, "--model", model];
        forge.forge(&line).in_home(&home).run().exits(code);
    }
    let list = |args: &[&str]| {
        let line = [&["ledger", "list"], args].concat();
        forge.forge(&line).in_home(&home).run().done()
    };
    let costs = list(&["--jq", "map(.cost_usd)"]);
    costs.prints("[0.25,0.25,null]\n");
    let table = list(&["-o", "table"]).stdout;
    assert_eq!(table.matches("0.2500").count(), 2, "{table}");
}

#[test]
fn a_list_that_is_cut_says_so() {
    let home = Dir::new();
    let forge = Forge::new(|_| result(json!("x")));
    for _ in 0..21 {
        forge.forge(&["run", "x"]).in_home(&home).run().done();
    }
    let list = |args: &[&str]| {
        let line = [&["ledger", "list"], args].concat();
        forge.forge(&line).in_home(&home).run().done()
    };
    let cut = list(&[]);
    assert_eq!(cut.json().as_array().map(Vec::len), Some(20));
    cut.says(&["the newest 20 of 21; all: --limit 21"]);
    assert_eq!(
        list(&["-n", "20"]).json().as_array().map(Vec::len),
        Some(20)
    );
}
