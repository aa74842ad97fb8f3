//! An answer that is stopped: by Ctrl-C while it is streamed, in a chat, and by `forge cancel`.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, event, ok, sessions};
use crate::support::{Forge, Service, eventually};

/// The outcome of the only run.
fn status(service: &Service) -> String {
    eventually("the end of the run", || {
        let runs = service.ask("GET", "/runs", None).json();
        let status = runs["runs"][0]["status"].as_str()?.to_owned();
        (!["queued", "running"].contains(&&*status)).then_some(status)
    })
}

#[test]
fn ctrl_c_stops_a_streamed_run_and_says_what_it_cost() {
    let (service, home) = (Service::start(&[]), Dir::new());
    let run = ["run", "begin 60", "--stream", "--errors", "json"];
    let mut run = service.forge(&run).in_home(&home).start();
    assert_eq!(run.next_line(), "begun");
    run.interrupt();
    let out = run.finish().exits(130);
    // The note comes before the error.
    let error = out.stderr.lines().last().expect("an error");
    let error: Value = serde_json::from_str(error).expect("JSON");
    assert_eq!(
        error["message"],
        "the run was stopped; 0.0100 USD are charged"
    );
    assert_eq!(error["outcome"], "failed");
    assert_eq!(status(&service), "cancelled");
    let entry = service
        .forge(&["ledger", "last"])
        .in_home(&home)
        .run()
        .done();
    assert_eq!(entry.json()["cost_usd"], 0.01);
}

#[test]
fn ctrl_c_stops_a_run_that_waits_and_costs_nothing() {
    let service = Service::start(&["--max-running", "1"]);
    let mut first = service.forge(&["run", "begin 60", "--stream"]).start();
    assert_eq!(first.next_line(), "begun");
    // Nothing shows that the beginning of the reply, which has the id, has arrived.
    let stopped = [100, 1_000, 10_000].into_iter().any(|wait| {
        let second = service.forge(&["run", "hello", "--stream"]).start();
        std::thread::sleep(Duration::from_millis(wait));
        second.interrupt();
        let out = second.finish();
        let said = "cancelled before it was started; nothing was spent";
        out.code == 130 && out.stderr.contains(said)
    });
    assert!(stopped);
    drop(first);
    assert_eq!(service.starts(), 1);
}

#[test]
fn a_second_ctrl_c_waits_no_longer() {
    let (_go, gate) = channel();
    let gate = Mutex::new(Some(gate));
    let forge = Forge::new(move |request| match request.path.as_str() {
        "/run" => {
            let start = event("start", &json!({"run_id": "run_7"}));
            let pieces = vec![start, String::new()];
            Answer::Stream(pieces, gate.lock().expect("no panic").take())
        }
        _ => Answer::Json(202, json!({"ok": true, "run_id": "run_7"})),
    });
    let run = forge.forge(&["run", "x", "--stream", "-v"]).start();
    run.wait_says("start");
    run.interrupt();
    forge.wait_for(2);
    assert_eq!(forge.lines(), ["POST /run", "POST /runs/run_7/cancel"]);
    run.interrupt();
    run.finish()
        .exits(7)
        .says(&["interrupted", "may still finish and be charged"]);
}

#[test]
fn ctrl_c_in_a_chat_stops_the_turn_and_the_chat_goes_on() {
    let (service, home) = (Service::start(&[]), Dir::new());
    let chat = service.forge(&["session", "chat"]).in_home(&home);
    let mut pty = chat.on_pty(80, 24);
    pty.shows(&["> "]);
    pty.types("begin 60\r");
    pty.shows(&["begun"]);
    pty.types("\x03");
    pty.shows(&["the turn was stopped; 0.0100 USD are charged"]);
    pty.types("hello\r");
    pty.shows(&["1: hello"]);
    pty.types("/quit\r");
    let screen = pty.ends(0);
    assert!(screen.contains("1 turn · "), "{screen}");
}

#[test]
fn a_chat_that_lost_track_of_a_turn_says_so_at_its_end() {
    let forge = sessions(|prompt| (prompt == "wait").then_some(Answer::Silence));
    let mut pty = forge.forge(&["session", "chat"]).on_pty(80, 24);
    pty.shows(&["> "]);
    pty.types("wait\r");
    forge.wait_for(2);
    pty.types("\x03");
    pty.shows(&["forge cancel 1"]);
    pty.types("\x03");
    let screen = pty.ends(7);
    for part in ["0 turns, 1 of unknown outcome · ", "ledger settle"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
}

#[test]
fn cancel_takes_an_entry_of_the_ledger_or_an_id() {
    let (service, home) = (Service::start(&[]), Dir::new());
    let at_home = |args: &[&str]| service.forge(args).in_home(&home);
    let run = at_home(&["run", "sleep 60"]).start();
    let id = service.running_run();
    let told = at_home(&["cancel", "1"]).run().done().json();
    assert_eq!(told["run_id"], Value::from(id.as_str()));
    run.finish()
        .exits(5)
        .says(&["the run was stopped; 0.0100 USD are charged"]);
    let again = at_home(&["cancel", &id]).run().done().json();
    assert_eq!(again["already_ended"], true);
    at_home(&["cancel", "2"])
        .run()
        .exits(2)
        .says(&["no entry 2"]);
    at_home(&["cancel", "run_none"])
        .run()
        .exits(4)
        .says(&["no such run"]);
    let forge = Forge::new(|_| ok(json!({"ok": true, "run_id": "run_1"})));
    forge
        .forge(&["cancel", "1"])
        .in_home(&home)
        .run()
        .exits(2)
        .says(&["--url http://"]);
    forge.forge(&["cancel", "run_1"]).run().done();
    assert_eq!(forge.lines(), ["POST /runs/run_1/cancel"]);
}
