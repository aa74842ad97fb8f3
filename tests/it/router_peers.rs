//! What clients expect of a router because the reference router does it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::support::msg::Msg;
use crate::support::python::{python_or_skip, script};
use crate::support::{Driver, Router, Val, wire};

/// What a plain HTTP request is answered: the status, and the content.
fn http(router: &Router, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(router.address()).expect("it listens");
    let timeout = Some(Duration::from_secs(10));
    stream.set_read_timeout(timeout).expect("a timeout");
    let head = format!("{request} HTTP/1.1\r\nHost: {}\r\n\r\n", router.address());
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
    let (_, content) = answer.split_once("\r\n\r\n").expect("a head");
    (status.expect("a status"), content.to_owned())
}

/// An ANNOUNCE of one event.
fn announce(namespace: &str, address: &str) -> Vec<u8> {
    let mut body = vec![0x03];
    for text in [namespace, address] {
        if text == address {
            body.extend([0, 1]);
        }
        body.extend(u16::try_from(text.len()).expect("short").to_be_bytes());
        body.extend(text.as_bytes());
    }
    body.extend([1, 0]);
    body
}

#[test]
fn a_plain_get_is_answered_and_keeps_nobody_out() {
    let router = Router::own(&[]);
    for path in ["/", "/healthz", "/clasp?x=1"] {
        let (status, content) = http(&router, &format!("GET {path}"));
        assert_eq!(status, 200, "{path}");
        assert!(content.starts_with("ok"), "{content}");
    }
    assert_eq!(http(&router, "HEAD /"), (200, String::new()));
    assert_eq!(
        http(&router, "GET /metrics").0,
        404,
        "nobody asked for them"
    );
    assert_eq!(http(&router, "POST /").0, 405);
    Driver::connect(&router).set("/a", 1_i64);
}

#[test]
fn the_python_sdk_knows_what_is_there_without_asking() {
    let Some(python) = python_or_skip("what the Python SDK has in its cache") else {
        return;
    };
    let router = Router::own(&["--ttl", "1s"]);
    let mut driver = Driver::connect(&router);
    driver.send(&announce("/fix", "/fix/zone*/level"));
    assert_eq!(
        driver.reply(),
        Msg::Ack {
            address: Some("/fix".into()),
            revision: None
        }
    );
    router
        .clasp(&["set", "/fix/a", "42", "--ttl", "never"])
        .run()
        .done();
    let known = script(python, "cached.py", &router, &["/fix/a", "/fix/**"]).output();
    let known = known.expect("python runs");
    let said = String::from_utf8_lossy(&known.stderr);
    let known: serde_json::Value = serde_json::from_slice(&known.stdout).expect(&said);
    assert_eq!(
        known,
        json!({"cached": 42, "signals": ["/fix/a", "/fix/zone*/level"]})
    );
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(driver.value("/sdk/forever"), Val::Int(1), "a TTL of 0");
}

#[test]
fn a_signal_with_wildcards_is_announced_where_the_token_may_write_all_of_it() {
    let settings = Router::with().tokens("cpsk_zone5=write:/zone5*/**;cpsk_all=write:/**");
    let router = Router::own_with(settings, &[]);
    for (token, address, code) in [
        ("cpsk_all", "/zone*/level", None),
        ("cpsk_zone5", "/zone*/level", Some(301)),
        ("cpsk_zone5", "/zone5*/level", None),
        ("cpsk_all", "/zone//*", Some(201)),
    ] {
        let mut driver = Driver::connect_as(&router, token);
        driver.send(&announce("/zone", address));
        let refused = match driver.reply() {
            Msg::Error { code, .. } => Some(code),
            Msg::Ack { .. } => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused, code, "{token} {address}");
    }
}

#[test]
fn the_first_frame_after_a_subscribe_is_a_value() {
    let router = Router::own(&[]);
    let (mut hearer, mut writer) = (Driver::connect(&router), Driver::connect(&router));
    let mut events = wire::subscribe(2, "/a/**");
    let types = events.len() - 2;
    assert_eq!(events[types], 0xFF);
    events[types] = 0x02;
    for subscribe in [wire::subscribe(1, "/a/**"), events] {
        hearer.send(&subscribe);
        hearer.send(wire::PING);
        assert_eq!(hearer.reply(), Msg::Pong, "nothing matches");
    }
    writer.set("/a/b", 1_i64);
    assert!(matches!(hearer.hear(), Msg::Set { .. }));
    hearer.send(&wire::subscribe(3, "/a/**"));
    assert!(matches!(hearer.reply(), Msg::Snapshot(params) if params.len() == 1));
}

#[test]
fn another_router_is_told_that_it_has_no_right_to_federate() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    for _ in 0..4 {
        driver.send(&[0x04, 0]);
        assert!(matches!(driver.reply(), Msg::Error { code: 300, .. }));
    }
    // It has made no mistake: it may go on.
    driver.fence();
}
