//! Connecting, and clear errors in time when that fails.

use std::net::TcpListener;
use std::time::Duration;

use crate::support::trefoil::clasp;
use crate::support::{Counter, Driver, Fake, Msg, Peer, Router, Val, trefoil, wire};

/// A URL at which nothing listens: a port that was free a moment ago.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!(
        "ws://{}",
        listener
            .local_addr()
            .expect("a bound socket has an address")
    )
}

/// One run of every verb.
const VERBS: [&[&str]; 7] = [
    &["set", "/a", "1"],
    &["get", "/a"],
    &["emit", "/a"],
    &["ping"],
    &["sub", "/a"],
    &["set", "-"],
    &["pub", "-"],
];

#[test]
fn nothing_listening_is_said_at_once_with_what_to_type() {
    let url = nowhere();
    for args in VERBS {
        let line = "{\"address\":\"/a\",\"value\":1}\n";
        let refused = clasp(&url, args).stdin(line).run();
        let refused = refused.exits(1).within(Duration::from_secs(2));
        refused.says(&["nothing listens", &url, "--url", "CLASP_URL"]);
    }
}

#[test]
fn a_name_that_does_not_resolve_is_no_connection() {
    clasp("ws://no-such-host.invalid", &["get", "/a"])
        .run()
        .exits(1)
        .says(&["no-such-host"]);
}

#[test]
fn a_url_of_another_kind_is_a_usage_error() {
    for url in [
        "http://localhost:7330",
        "localhost:7330",
        "ws://",
        "nonsense",
        "ws://host:99999",
    ] {
        clasp(url, &["get", "/a"]).run().exits(2);
    }
}

#[test]
fn a_port_that_accepts_and_says_nothing_costs_the_connect_timeout() {
    let fake = Fake::silent();
    for args in VERBS {
        let args = [args, &["--connect-timeout", "300ms"]].concat();
        let gave_up = fake
            .clasp(&args)
            .stdin("{\"address\":\"/a\",\"value\":1}\n")
            .run();
        let gave_up = gave_up.exits(1).within(Duration::from_secs(3));
        assert!(gave_up.took >= Duration::from_millis(300), "{gave_up}");
    }
}

#[test]
fn a_router_that_never_says_welcome_costs_the_connect_timeout() {
    let fake = Fake::websocket(|_, peer| while peer.receive().is_some() {});
    let args = ["get", "/a", "--connect-timeout", "300ms"];
    fake.clasp(&args)
        .run()
        .exits(1)
        .within(Duration::from_secs(3));
}

#[test]
fn a_router_that_falls_silent_later_costs_the_timeout() {
    let fake = Fake::router(|_, message| matches!(message, Msg::Get(_) | Msg::Ping));
    let args = ["get", "/a", "--timeout", "300ms"];
    fake.clasp(&args)
        .run()
        .exits(124)
        .within(Duration::from_secs(3));
}

#[test]
fn a_web_server_is_not_taken_for_a_router() {
    for fake in [Fake::http_404(), Fake::not_http()] {
        let refused = fake
            .clasp(&["get", "/a"])
            .run()
            .within(Duration::from_secs(3));
        assert!([1, 4, 5].contains(&refused.code), "{refused}");
        refused.says(&[&fake.url()]);
    }
    Fake::http_404().clasp(&["get", "/a"]).run().says(&["404"]);
}

#[test]
fn a_websocket_that_is_not_clasp_is_no_connection() {
    let text = Fake::websocket(|_, peer| {
        peer.send_text("{\"hello\":\"world\"}");
        while peer.receive().is_some() {}
    });
    let garbage = Fake::websocket(|_, peer| {
        peer.send_frame(&[0xde, 0xad, 0xbe, 0xef]);
        while peer.receive().is_some() {}
    });
    // Its length is larger than its content; the reference router panics on similar messages.
    let truncated = Fake::websocket(|_, peer| {
        peer.send_frame(&[0x53, 0x01, 0x00, 0x41, 0x02, 0x01]);
        while peer.receive().is_some() {}
    });
    // A CLASP message, but not a reply to HELLO.
    let rude = Fake::websocket(|_, peer| {
        peer.send(wire::PONG);
        peer.send(&wire::ack("/b", 1));
        while peer.receive().is_some() {}
    });
    for fake in [text, garbage, truncated, rude] {
        for args in [&["get", "/a"][..], &["sub", "/a", "--no-reconnect"]] {
            let refused = fake.clasp(args).run().exits(1);
            refused.within(Duration::from_secs(3)).says(&[&fake.url()]);
        }
    }
}

#[test]
fn garbage_midway_is_a_failed_service_and_not_a_crash() {
    let fake = Fake::router(|peer, message| {
        let get = matches!(message, Msg::Get(_));
        if get {
            // A snapshot that promises 65,535 params.
            peer.send(&[0x23, 0xff, 0xff]);
        }
        get
    });
    fake.clasp(&["get", "/a"]).run().exits(5);
}

#[test]
fn a_server_that_closes_midway_is_a_lost_connection() {
    let politely = Fake::websocket(|_, peer| {
        peer.receive();
        peer.close();
    });
    let abruptly = Fake::websocket(|_, peer| {
        peer.receive();
        peer.hang_up();
    });
    let after_welcome = Fake::router(|peer, message| {
        let get = matches!(message, Msg::Get(_));
        if get {
            peer.hang_up();
        }
        get
    });
    for fake in [politely, abruptly, after_welcome] {
        fake.clasp(&["get", "/a"])
            .run()
            .exits(1)
            .within(Duration::from_secs(3));
    }
}

#[test]
fn connect_retry_waits_for_a_router_that_is_still_starting() {
    let mut router = Router::start();
    router.kill();
    let waiting = router
        .clasp(&["set", "/a", "1", "--connect-retry", "15s"])
        .start();
    // Long enough for a first attempt to fail; this cannot be observed from outside.
    std::thread::sleep(Duration::from_millis(200));
    router.restart();
    waiting.finish().done();
    let gave_up = clasp(&nowhere(), &["get", "/a", "--connect-retry", "300ms"])
        .run()
        .exits(1);
    assert!(gave_up.took >= Duration::from_millis(300), "{gave_up}");
}

/// A router that drops connections while it starts: before the upgrade, then at HELLO.
fn starting() -> (Fake, Counter) {
    let written = Counter::default();
    let count = written.clone();
    let fake = Fake::tcp(move |number, stream| {
        if number == 0 {
            return; // the socket is closed, and with it unread bytes: a reset
        }
        let Some(mut peer) = Peer::accept(stream) else {
            return;
        };
        while let Some(message) = peer.receive() {
            if number == 1 {
                return peer.hang_up();
            }
            if matches!(message, Msg::Set { .. }) {
                count.next();
            }
            peer.answer(&message);
        }
    });
    (fake, written)
}

#[test]
fn connect_retry_outlasts_connections_that_are_dropped_during_the_handshake() {
    let (fake, written) = starting();
    fake.clasp(&["set", "/a", "1", "--connect-retry", "15s"])
        .run()
        .done();
    assert_eq!((fake.connections(), written.get()), (3, 1));
    let (fake, _) = starting();
    fake.clasp(&["get", "/a", "--connect-retry", "15s"])
        .run()
        .exits(6);
    let (fake, _) = starting();
    let run = fake
        .clasp(&["--errors", "json", "get", "/a"])
        .run()
        .exits(1);
    assert_eq!(run.error()["retryable"], true, "{run}");
}

#[test]
fn a_flag_beats_the_environment_and_an_empty_variable_is_an_unset_one() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    let elsewhere = nowhere();
    clasp(&elsewhere, &["get", "/a", "--url", &router.url()])
        .run()
        .done();
    router
        .clasp(&["get", "/a", "--url", &elsewhere])
        .run()
        .exits(1);
    let default = clasp("", &["get", "/a", "--connect-timeout", "500ms"]).run();
    assert!(
        default.code != 2,
        "an empty CLASP_URL is an unset one\n{default}"
    );
    trefoil(&["clasp", "get", "/a", "--url", ""]).run().exits(2);
}

#[test]
fn a_path_in_the_url_is_kept() {
    let fake = Fake::router(|_, _| false);
    clasp(&format!("{}/clasp", fake.url()), &["set", "/a", "1"])
        .run()
        .done();
}

#[test]
fn tls_is_checked_against_the_given_authority() {
    let (fake, certificate) = Fake::tls(|_, peer| {
        while let Some(message) = peer.receive() {
            match message {
                Msg::Get(_) => peer.send(&wire::snapshot(&[("/a", Val::Int(5), 1)])),
                message => peer.answer(&message),
            }
        }
    });
    let url = fake.url().replace("ws://127.0.0.1", "wss://localhost");
    let ca = certificate.file.to_str().expect("UTF-8");
    clasp(&url, &["get", "/a", "--ca", ca])
        .run()
        .done()
        .prints("5\n");
    clasp(&url, &["get", "/a", "--insecure"])
        .run()
        .done()
        .prints("5\n");
    clasp(&url, &["get", "/a"])
        .run()
        .exits(1)
        .says(&["certificate", "--ca"]);
    let misnamed = url.replace("localhost", "127.0.0.1");
    clasp(&misnamed, &["get", "/a", "--ca", ca])
        .run()
        .exits(1)
        .says(&["certificate"]);
    let no_file = clasp(&url, &["get", "/a", "--ca", "/no/such/file"]).run();
    no_file.exits(2).says(&["/no/such/file"]);
}

#[test]
fn no_answer_waits_for_a_delayed_acknowledgement() {
    // The router answers in several small writes with Nagle's algorithm on; a client that leaves
    // its acknowledgements to the kernel waits 40 ms between two of them. The best of ten runs
    // is compared, so a busy machine is no failure.
    let router = Router::start();
    Driver::connect(&router).set("/a/x", 1.0);
    let line = "{\"address\":\"/a/x\",\"value\":1}\n";
    let mut slow = String::new();
    for args in [
        &["set", "/a/x", "1"][..],
        &["get", "/a/x"],
        &["get", "/a/*"],
        &["get", "/a/x", "/a/x"],
        &["emit", "/a/x"],
        &["ping", "--count", "1"],
        &["sub", "/a/*", "--retained-only"],
        &["pub", "{\"type\":\"event\",\"address\":\"/e\"}"],
        &["set", "-"],
    ] {
        let run = || router.clasp(args).stdin(line).run().done().took;
        let best = (0..10).map(|_| run()).min().expect("ten runs");
        if best > Duration::from_millis(40) {
            slow += &format!("{args:?} takes {best:?}\n");
        }
    }
    assert!(slow.is_empty(), "{slow}");
}
