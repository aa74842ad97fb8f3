//! The outcome of a request without a reply: it depends on whether the request was sent.

use std::time::Duration;

use crate::support::{Counter, Fake, Msg, Output, Peer};

/// Each way to change something with one request.
const EFFECTS: [&[&str]; 5] = [
    &["set", "/a", "1"],
    &["emit", "/go"],
    &["stream", "/level", "0.5"],
    &["gesture", "/fader", "7", "start"],
    &["bundle", "--set", "/a=1", "--emit", "/go"],
];

/// Whether it is the request, and neither HELLO nor a fence.
fn is_request(message: &Msg) -> bool {
    !matches!(message, Msg::Hello { .. } | Msg::Ping)
}

/// Runs each of them against a router that does `script` when the request is there.
fn each(script: impl Fn(&mut Peer) + Send + Sync + Clone + 'static, check: impl Fn(Output)) {
    for effect in EFFECTS {
        let script = script.clone();
        let fake = Fake::router(move |peer, message| {
            if is_request(message) {
                script(peer);
                return true;
            }
            false
        });
        let args = [effect, &["--errors", "json", "--timeout", "1s"]].concat();
        check(fake.clasp(&args).run());
        assert_eq!(fake.connections(), 1, "{effect:?} must not be sent again");
    }
}

fn unknown(run: Output, code: i32) {
    let run = run.exits(code);
    let error = run.error();
    assert_eq!(error["outcome"], "unknown", "{run}");
    assert_eq!(error["retryable"], false, "{run}");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("was done is unknown"), "{run}");
}

#[test]
fn a_connection_that_goes_before_the_reply() {
    each(Peer::hang_up, |run| unknown(run, 7));
}

#[test]
fn a_connection_that_goes_before_the_answer_to_hello_although_the_request_was_read() {
    for effect in EFFECTS {
        let done = Counter::default();
        let count = done.clone();
        let fake = Fake::websocket(move |_, peer| {
            while let Some(message) = peer.receive() {
                if is_request(&message) {
                    count.next();
                    peer.hang_up();
                    return;
                }
            }
        });
        let args = [effect, &["--errors", "json"]].concat();
        unknown(fake.clasp(&args).run(), 7);
        assert_eq!(done.get(), 1, "{effect:?} had left");
    }
}

#[test]
fn a_reply_that_cannot_be_read() {
    each(
        |peer| peer.send_frame(b"S\x01\0\x01\x99"),
        |run| unknown(run, 7),
    );
}

#[test]
fn a_reply_that_never_comes() {
    // The fence is not answered either.
    let silent = |peer: &mut Peer| while peer.receive().is_some() {};
    each(silent, |run| unknown(run, 124));
}

#[test]
fn a_router_that_never_answers_hello() {
    for effect in EFFECTS {
        let fake = Fake::websocket(|_, peer| while peer.receive().is_some() {});
        let args = [effect, &["--errors", "json", "--connect-timeout", "1s"]].concat();
        unknown(fake.clasp(&args).run(), 7);
    }
}

#[test]
fn before_the_request_has_left_it_is_not_sent_and_may_be_tried_again() {
    for effect in EFFECTS {
        let silent = Fake::silent();
        let late = [effect, &["--errors", "json", "--timeout", "1s"]].concat();
        let run = silent.clasp(&late).run().exits(124);
        assert_eq!(run.error()["outcome"], "not_sent", "{run}");
        assert_eq!(run.error()["retryable"], true, "{run}");

        let nobody = ["--errors", "json", "--url", "ws://127.0.0.1:1"];
        let run = silent.clasp(&[effect, &nobody].concat()).run().exits(1);
        assert_eq!(run.error()["outcome"], "not_sent", "{run}");
        assert_eq!(run.error()["retryable"], true, "{run}");
    }
}

#[test]
fn what_only_reads_may_be_tried_again() {
    let fake = Fake::router(|peer, message| {
        let get = matches!(message, Msg::Get { .. });
        if get {
            peer.hang_up();
        }
        get
    });
    let run = fake
        .clasp(&["--errors", "json", "get", "/a"])
        .run()
        .exits(1);
    assert_eq!(run.error()["retryable"], true, "{run}");
}

#[test]
fn ctrl_c_in_bulk_says_how_many_lines_are_unknown() {
    // Nothing is acknowledged; the connection stays as it is.
    let stalled = Fake::router(|_, message| is_request(message));
    let mut live = stalled.clasp(&["-o", "json", "set", "-"]).start();
    live.write("{\"address\":\"/a\",\"value\":1}\n{\"address\":\"/b\",\"value\":2}\n");
    std::thread::sleep(Duration::from_millis(700));
    live.interrupt();
    let run = live.finish().exits(130);
    let run = run.says(&["whether 2 lines were done is unknown"]);
    assert_eq!(run.json()["unknown"], 2, "{run}");
    assert_eq!(run.json()["acknowledged"], 0, "{run}");
}
