//! A subscription survives a restarted router and a stalled reader; and the ways in which it ends.
//! [`crate::subscribe_quiet`] tests subscriptions without messages.

use std::time::Duration;

use crate::support::python::{self, python3_or_skip};
use crate::support::{Counter, Driver, Fake, Msg, Peer, Router, Val, eventually_within, wire};

#[test]
fn a_restarted_router_is_found_again_and_said_so() {
    let mut router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1.0);
    let args = ["sub", "/a", "--lifecycle", "--reconnect-interval", "50ms"];
    let mut sub = router.clasp(&args).live();
    assert_eq!(
        sub.record_where(|r| r["type"] != "param")["type"],
        "connected"
    );
    router.kill();
    assert_eq!(
        sub.record_where(|r| r["type"] != "param")["type"],
        "disconnected"
    );
    router.restart();
    assert_eq!(
        sub.record_where(|r| r["type"] == "connected")["type"],
        "connected"
    );
    Driver::connect(&router).set("/a", 2.0);
    assert_eq!(sub.record_where(|r| r["type"] == "param")["value"], 2.0);
    let stderr = sub.stderr();
    assert!(
        stderr.contains("router") || stderr.contains("missed"),
        "silent on stderr: {stderr}"
    );
}

#[test]
fn a_value_that_a_restarted_router_counts_from_1_again_is_news() {
    let mut router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    let mut sub = router
        .clasp(&["sub", "/a", "--reconnect-interval", "1s"])
        .live();
    assert_eq!(sub.record()["value"], 1.0);
    router.kill();
    router.restart();
    // Most likely before the subscriber is back: then it meets the same revision, not the same
    // value.
    assert_eq!(Driver::connect(&router).set("/a", 2.0), 1);
    assert_eq!(sub.record()["value"], 2.0);
}

#[test]
fn what_was_missed_while_away_is_said() {
    // Two connections of a router that counts on: revision 5, a cut once that is fenced, then 9.
    let fake = Fake::websocket(|number, peer| {
        let (revision, mut subscribed) = ([5, 9][number.min(1)], false);
        while let Some(message) = peer.receive() {
            peer.answer(&message);
            match message {
                Msg::Subscribe { .. } => {
                    peer.send(&wire::snapshot(&[("/a", Val::Float(0.5), revision)]));
                    subscribed = true;
                }
                Msg::Ping if subscribed && number == 0 => return peer.hang_up(),
                _ => {}
            }
        }
    });
    let mut sub = fake
        .clasp(&["sub", "/a", "--reconnect-interval", "20ms"])
        .start();
    assert_eq!(sub.record()["revision"], 5);
    assert_eq!(sub.record()["revision"], 9);
    sub.wait_says("missed");
    assert!(sub.stderr().contains("/a"), "{}", sub.stderr());
}

#[test]
fn a_connection_that_is_reset_during_the_handshake_is_tried_again() {
    let fake = Fake::tcp(|number, stream| {
        if number == 1 {
            return; // closed with the request unread: a reset
        }
        let Some(mut peer) = Peer::accept(stream) else {
            return;
        };
        let mut subscribed = false;
        while let Some(message) = peer.receive() {
            peer.answer(&message);
            match message {
                Msg::Subscribe { .. } => subscribed = true,
                Msg::Ping if subscribed && number == 0 => return peer.hang_up(),
                Msg::Ping if subscribed => {
                    peer.send(&wire::set("/a", &Val::Int(7)));
                }
                _ => {}
            }
        }
    });
    let args = ["sub", "/a", "--count", "1", "--reconnect-interval", "20ms"];
    let run = fake.clasp(&args).run().done();
    assert_eq!(run.json()["value"], 7, "{run}");
    assert_eq!(fake.connections(), 3);
}

#[test]
fn a_router_that_dropped_messages_is_quoted() {
    let fake = Fake::websocket(|_, peer| {
        let mut subscribed = false;
        while let Some(message) = peer.receive() {
            peer.answer(&message);
            match message {
                Msg::Subscribe { .. } => subscribed = true,
                Msg::Ping if std::mem::take(&mut subscribed) => {
                    peer.send(&wire::error(503, "Receive buffer full"));
                }
                _ => {}
            }
        }
    });
    let mut sub = fake.clasp(&["sub", "/a", "--lifecycle"]).start();
    let error = sub.record_where(|r| r["type"] == "error");
    assert!(error.to_string().contains("503"), "{error}");
    sub.wait_says("dropped");
}

#[test]
fn no_reconnect_makes_a_cut_exit_1_and_max_reconnects_counts() {
    let mut router = Router::start();
    let cut = router.clasp(&["sub", "/a", "--no-reconnect"]).live();
    let args = [
        "sub",
        "/a",
        "--max-reconnects",
        "2",
        "--reconnect-interval",
        "10ms",
    ];
    let tried = router.clasp(&args).live();
    router.kill();
    cut.finish().exits(1);
    tried.finish().exits(1);
}

#[test]
fn reconnecting_does_not_repeat_a_refused_token() {
    let fake = Fake::websocket(|number, peer| match number {
        0 => {
            while let Some(message) = peer.receive() {
                peer.answer(&message);
                if matches!(message, Msg::Subscribe { .. }) {
                    peer.hang_up();
                }
            }
        }
        1 => {
            peer.receive();
            peer.send(&wire::error(300, "Invalid token"));
            while peer.receive().is_some() {}
        }
        n => panic!("connection {n}: a refused token was tried again"),
    });
    let args = ["sub", "/a", "--reconnect-interval", "10ms"];
    fake.clasp(&args).token("cpsk_x").run().exits(4);
}

#[test]
fn a_stalled_reader_costs_neither_memory_nor_the_latest_values() {
    const ADDRESSES: i64 = 200;
    // Enough that what the sockets hold, which comes whole, is the lesser part.
    const ROUNDS: i64 = 4_000;
    let sent = Counter::default();
    let told = sent.clone();
    let fake = Fake::router(move |peer, message| {
        if let Msg::Subscribe { .. } = message {
            for round in 0..ROUNDS {
                for i in 0..ADDRESSES {
                    peer.send(&wire::set(&format!("/p/{i}"), &Val::Int(round)));
                }
            }
            told.next();
        }
        matches!(message, Msg::Subscribe { .. })
    });
    // Nobody reads its stdout, and it must go on reading its socket all the same.
    let mut sub = fake
        .clasp(&["sub", "/p/*"])
        .patience(Duration::from_secs(120))
        .start();
    let limit = Duration::from_secs(90);
    eventually_within(
        limit,
        "the router to get rid of its 800,000 messages",
        || (sent.get() == 1).then_some(()),
    );
    let peak = sub.peak_memory();
    assert!(peak < 20 * 1024, "{peak} KiB");
    // Then somebody does: every address ends at its last value, and most in between is gone.
    let (mut ended, mut lines) = (0, 0);
    while ended < ADDRESSES {
        lines += 1;
        ended += i64::from(sub.record()["value"] == ROUNDS - 1);
    }
    assert!(
        lines < ADDRESSES * ROUNDS / 2,
        "{lines} lines: nothing was coalesced"
    );
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1.0);
    let mut sub = router.clasp(&["sub", "/a"]).live();
    assert!(sub.head().contains("\"/a\""));
    driver.set("/a", 2.0);
    sub.finish().done().quietly();
}

#[test]
fn a_closed_pipe_is_noticed_before_the_next_record_comes() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    let mut sub = router.clasp(&["sub", "/a"]).live();
    sub.head();
    sub.finish().done().quietly();
}

#[test]
fn ctrl_c_and_sigterm_have_their_own_exit_status() {
    let router = Router::start();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let sub = router.clasp(&["sub", "/a"]).live();
        if signal == "INT" {
            sub.interrupt()
        } else {
            sub.terminate()
        }
        sub.finish().exits(code);
    }
}

#[test]
fn the_python_sdk_is_heard() {
    let Some(sdk) = python::python_or_skip("subscribe hears the Python SDK") else {
        return;
    };
    let router = Router::start();
    let mut sub = router.clasp(&["sub", "/sdk/**"]).live();
    python::run(sdk, "write.py", &router, &[]);
    let expected = [
        r#"param /sdk/null null"#,
        r#"param /sdk/bool true"#,
        r#"param /sdk/int -42"#,
        r#"param /sdk/float 0.5"#,
        r#"param /sdk/string "héllo""#,
        r#"param /sdk/bytes {"$bytes":"AQL/"}"#,
        r#"param /sdk/array [1,"two",3.5]"#,
        r#"param /sdk/map {"r":255}"#,
        r#"event /sdk/event {"scene":2}"#,
        r#"event /sdk/bare null"#,
        r#"stream /sdk/stream 0.25"#,
        r#"gesture /sdk/gesture {"x":0.0}"#,
        r#"gesture /sdk/gesture {"x":1.0}"#,
        r#"param /sdk/bundled 1.5"#,
        r#"event /sdk/cue "go""#,
    ];
    for expected in expected {
        let record = sub.record();
        let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let line = format!("{} {} {}", text("type"), text("address"), record["value"]);
        assert_eq!(line, expected);
    }
}

#[test]
fn on_a_terminal_hostile_text_is_shown_and_not_obeyed() {
    if !python3_or_skip("subscribe on a terminal") {
        return;
    }
    let router = Router::start();
    Driver::connect(&router).set("/a", "\x1b]0;owned\x07 \x1b[2J\u{202e}");
    let shown = router
        .clasp(&["sub", "/a", "--retained-only"])
        .on_terminal()
        .run()
        .done();
    for attack in ["\x1b]0;", "\x07", "\x1b[2J", "\u{202e}"] {
        assert!(
            !shown.stdout.contains(attack),
            "{attack:?} reached the terminal\n{shown}"
        );
    }
    assert!(shown.stdout.contains("owned"), "{shown}");
}
