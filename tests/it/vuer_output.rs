//! What `vuer serve` and `vuer load` say when their output cannot be written or is not read, and when a
//! client did not get the scene.

use std::time::Duration;

use crate::support::dir::Dir;
use crate::support::trefoil::{Trefoil, trefoil, vuer};
use crate::support::{Running, Stand, eventually};

const BOX: &str = "{\"tag\":\"Box\",\"key\":\"box\"}\n";

/// A verb that serves at a port of its own with our own page.
fn serving(args: &[&str]) -> Trefoil {
    let address = ["--bind", "127.0.0.1:0", "--page", "builtin"];
    trefoil(&["vuer"]).args(args).args(&address)
}

/// The URL, from the link on stderr.
#[track_caller]
fn url_of(serve: &Running) -> String {
    eventually("the link", || {
        let said = serve.stderr();
        let port = said.split("127.0.0.1:").nth(1)?.split('/').next()?;
        Some(format!("ws://127.0.0.1:{port}"))
    })
}

#[test]
fn output_that_cannot_be_written_is_said() {
    let dir = Dir::new();
    let mesh = dir.file("a.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
    let load = ["load", mesh.to_str().expect("ASCII")];
    for verb in [&["serve"][..], &load] {
        for (command, why) in [
            (serving(verb).stdout_to("/dev/full"), "no space left"),
            (serving(verb).stdout_closed(), "there is no stdout"),
        ] {
            let serve = command.start();
            // It ends at the first event, maybe before this one is read.
            vuer(&url_of(&serve), &["send", "A", "1"]).run();
            serve
                .finish()
                .exits(7)
                .says(&["error: cannot write the output", why]);
        }
    }
}

#[test]
fn a_command_goes_on_when_the_output_cannot_be_written() {
    for (status, code) in [("0", 7), ("3", 3)] {
        let script = format!(
            "{} vuer send A 1 >&2; sleep 0.2; echo the end >&2; exit {status}",
            env!("CARGO_BIN_EXE_trefoil")
        );
        serving(&["serve", "--script"])
            .around(&["sh", "-c", &script])
            .stdout_to("/dev/full")
            .run()
            .exits(code)
            .says(&["warning: cannot write the output: no space left", "the end"]);
    }
}

#[test]
fn events_that_nobody_reads_are_told_of_when_the_first_is_dropped() {
    let serve = serving(&["serve"]).start();
    let events: String = (0..8_000)
        .map(|n| format!("{{\"etype\":\"A\",\"value\":{n}}}\n"))
        .collect();
    vuer(&url_of(&serve), &["send", "-"])
        .stdin(events)
        .run()
        .done();
    serve.wait_says("events are being dropped");
    serve.terminate();
    let ended = serve.finish().exits(7);
    ended.says(&[
        "error: ",
        "events were dropped because stdout was read too slowly",
    ]);
}

/// What is still in a buffer of the process counts as well as what waits: the first of these events is
/// in the pipe, the second does not fit, and behind it is the DISCONNECT.
#[test]
fn every_event_that_is_not_printed_at_the_end_is_told_of() {
    let serve = serving(&["serve"]).start();
    let event = format!("{{\"etype\":\"A\",\"value\":\"{}\"}}\n", "x".repeat(40_000));
    vuer(&url_of(&serve), &["send", "-", "--rate", "4"])
        .stdin(event.repeat(2))
        .run()
        .done();
    serve.terminate();
    // Its stdout is read only after that.
    serve.wait_says("because stdout was read too slowly");
    let said = serve.finish().exits(7).stderr;
    assert!(!said.contains("1 event was dropped"), "{said}");
}

#[test]
fn a_client_that_did_not_get_the_scene_makes_the_exit_status_7() {
    let mut stand = Stand::start(&["--exit-on-eof"]);
    let _silent = stand.client("silent");
    stand.process.write(BOX);
    let ended = stand.process.finish().exits(7);
    ended.says(&["error: 1 client did not read its last messages"]);
}

#[test]
fn the_end_of_serving_for_a_closed_pipe_is_noted() {
    serving(&["serve"])
        .stdout_unread()
        .start()
        .finish()
        .done()
        .within(Duration::from_secs(10))
        .says(&["the reader of the output has gone, so serving has ended"]);
}

#[test]
fn a_server_for_no_client_is_refused() {
    serving(&["serve", "--max-clients", "0"])
        .run()
        .exits(2)
        .says(&["--max-clients"]);
}
