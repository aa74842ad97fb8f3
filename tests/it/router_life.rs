//! The life of a session at our router: its token, its silence, its end, and what ends with it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::dir::Dir;
use crate::support::msg::Msg;
use crate::support::router::record;
use crate::support::{Driver, Router, Val, eventually, now_micros, wire};

fn code(message: &Msg) -> u16 {
    match message {
        Msg::Error { code, .. } => *code,
        other => panic!("an ERROR, not {other:?}"),
    }
}

/// A router with a file of tokens that a test changes.
struct Guarded {
    router: Router,
    file: PathBuf,
    _dir: Dir,
}

impl Guarded {
    fn with(tokens: &[(&str, Option<u64>)]) -> Guarded {
        let dir = Dir::new();
        let file = dir.path().join("tokens.json");
        write(&file, tokens);
        let router = Router::own(&["--tokens", file.to_str().expect("UTF-8")]);
        Guarded {
            router,
            file,
            _dir: dir,
        }
    }

    fn change(&self, tokens: &[(&str, Option<u64>)]) {
        write(&self.file, tokens);
    }
}

fn write(file: &Path, tokens: &[(&str, Option<u64>)]) {
    let records: Vec<_> = tokens
        .iter()
        .map(|(token, expires)| record(token, "admin:/**", *expires))
        .collect();
    let text = serde_json::json!({ "tokens": records }).to_string();
    let new = file.with_extension("new");
    std::fs::write(&new, text).expect("room");
    std::fs::rename(&new, file).expect("the same folder");
}

#[test]
fn a_token_that_is_extended_lives_on_and_one_that_is_shortened_does_not() {
    let soon = now_micros() + 2_500_000;
    let guarded = Guarded::with(&[("cpsk_a", Some(soon)), ("cpsk_b", None)]);
    let mut extended = Driver::connect_as(&guarded.router, "cpsk_a");
    let mut shortened = Driver::connect_as(&guarded.router, "cpsk_b");
    guarded.change(&[("cpsk_a", Some(soon + 60_000_000)), ("cpsk_b", Some(soon))]);
    while now_micros() < soon + 300_000 {
        extended.fence();
        std::thread::sleep(Duration::from_millis(50));
    }
    extended.fence();
    let said: Vec<u16> = shortened.until_closed().iter().map(code).collect();
    assert_eq!(said, [302]);
    guarded.change(&[("cpsk_a", Some(1))]);
    let said: Vec<u16> = extended.until_closed().iter().map(code).collect();
    assert_eq!(said, [302]);
}

fn looping(address: &str) -> Vec<u8> {
    let keyframe = |time: i64, value: f64| {
        Val::Map(vec![
            ("time".into(), Val::Int(time)),
            ("value".into(), Val::Float(value)),
        ])
    };
    let value = Val::Map(vec![
        (
            "keyframes".into(),
            Val::Array(vec![keyframe(0, 0.0), keyframe(100_000, 1.0)]),
        ),
        ("loop".into(), Val::Bool(true)),
    ]);
    let mut body = wire::event(address, Some(&value));
    body[1] = 4 << 5;
    body
}

fn announce(address: &str) -> Vec<u8> {
    let text = |text: &str| {
        let length = u16::try_from(text.len()).expect("short").to_be_bytes();
        [&length[..], text.as_bytes()].concat()
    };
    [&[3][..], &text("/ns"), &[0, 1], &text(address), &[1, 0]].concat()
}

#[test]
fn what_a_token_has_started_ends_when_it_is_revoked() {
    let guarded = Guarded::with(&[("cpsk_a", None), ("cpsk_b", None)]);
    let mut other = Driver::connect_as(&guarded.router, "cpsk_b");
    let due = now_micros() + 3_000_000;
    let mut owner = Driver::connect_as(&guarded.router, "cpsk_a");
    owner.send(&wire::timed(due, &[wire::set("/cue", &Val::Int(1))]));
    owner.reply();
    owner.publish(&looping("/loop"));
    owner.send(&announce("/ns/fader"));
    assert!(matches!(owner.reply(), Msg::Ack { .. }));
    drop(owner);
    assert_eq!(other.announced("/ns/**"), 1, "it stays announced");
    eventually("the timeline to run", || other.get("/loop"));
    guarded.change(&[("cpsk_b", None)]);
    eventually("the announcement to go", || {
        (other.announced("/ns/**") == 0).then_some(())
    });
    let stopped = other.get("/loop").map(|(_, revision)| revision);
    while now_micros() < due + 200_000 {
        other.fence();
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(other.get("/cue"), None, "the bundle was not done");
    assert_eq!(other.get("/loop").map(|(_, revision)| revision), stopped);
}

#[test]
fn one_session_cannot_take_all_timed_bundles() {
    let router = Router::own(&[]);
    let (mut greedy, mut other) = (Driver::connect(&router), Driver::connect(&router));
    let bundle = wire::timed(now_micros() + 60_000_000, &[wire::set("/a", &Val::Int(1))]);
    let mut refused = 0;
    for _ in 0..30 {
        for _ in 0..100 {
            greedy.send(&bundle);
        }
        for _ in 0..100 {
            refused += usize::from(matches!(greedy.reply(), Msg::Error { code: 403, .. }));
        }
    }
    assert_eq!(refused, 500, "a quarter of what the router has");
    other.send(&bundle);
    assert!(matches!(other.reply(), Msg::Ack { .. }));
}

#[test]
fn a_client_that_vanished_gives_its_lock_back_and_one_that_answers_stays() {
    let router = Router::own(&["--ping-interval", "500ms"]);
    let mut vanished = Driver::connect(&router);
    vanished.lock("/a", 1_i64);
    let mut quiet = Driver::connect(&router);
    quiet.subscribe("/a");
    let listening = std::thread::spawn(move || {
        // It sends only Pongs, and receives.
        let Msg::Set { revision, .. } = quiet.hear() else {
            panic!("a SET");
        };
        assert_eq!(revision, Some(2));
        std::thread::sleep(Duration::from_millis(100));
        quiet.fence();
    });
    let mut other = Driver::connect(&router);
    let began = Instant::now();
    eventually("the lock", || {
        other.send(&wire::set("/a", &Val::Int(2)));
        let done = matches!(other.reply(), Msg::Ack { .. });
        std::thread::sleep(Duration::from_millis(50));
        done.then_some(())
    });
    assert!(began.elapsed() > Duration::from_millis(500));
    listening.join().expect("the quiet one stays");
    let said = vanished.until_closed();
    assert_eq!(said.last().map(code), Some(408));
}

#[test]
fn silent_connections_keep_nobody_out() {
    let router = Router::own(&[]);
    let mut silent: Vec<TcpStream> = (0..520)
        .map(|_| TcpStream::connect(router.address()).expect("it listens"))
        .collect();
    Driver::connect(&router).fence();
    let oldest = &mut silent[0];
    let timeout = Some(Duration::from_secs(5));
    oldest.set_read_timeout(timeout).expect("a timeout");
    let ended = oldest.read(&mut [0; 10]);
    assert!(
        !matches!(&ended, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock),
        "the oldest has to go: {ended:?}"
    );
}

#[test]
fn as_many_as_come_at_once_are_let_in() {
    let router = Router::own(&[]);
    let address = router.address();
    let upgrade = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: clasp\r\n\r\n"
    );
    // More than may be on their way to HELLO at a time; all have come before one of them says it.
    let mut clients: Vec<TcpStream> = (0..700)
        .map(|_| {
            let mut client = TcpStream::connect(&address).expect("it listens");
            client.write_all(upgrade.as_bytes()).expect("it is there");
            client
        })
        .collect();
    let hello = wire::frame(&wire::hello("one of many", ""));
    let length = u8::try_from(hello.len()).expect("short");
    // A binary message with a mask of zeros.
    let hello = [&[0x82, 0x80 | length, 0, 0, 0, 0], &hello[..]].concat();
    for (number, client) in clients.iter_mut().enumerate() {
        let timeout = Some(Duration::from_secs(20));
        client.set_read_timeout(timeout).expect("a timeout");
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client
                .read_exact(&mut byte)
                .unwrap_or_else(|error| panic!("client {number}: {error}"));
            bytes.push(byte[0]);
        }
        assert!(bytes.starts_with(b"HTTP/1.1 101"), "client {number}");
        client.write_all(&hello).expect("it is there");
        let mut head = [0; 2];
        client.read_exact(&mut head).expect("an answer");
        let mut answer = vec![0; head[1].into()];
        client.read_exact(&mut answer).expect("a whole answer");
        let answer = Msg::decode(&answer);
        let is_welcome = matches!(answer, Msg::Welcome { .. });
        assert!(is_welcome, "client {number}: {answer:?}");
    }
}

#[test]
fn a_refused_subscribe_leaves_the_one_that_had_its_number() {
    let router = Router::own_with(Router::with().tokens("cpsk_a=write:/a/**"), &[]);
    let mut driver = Driver::connect_as(&router, "cpsk_a");
    driver.send(&wire::subscribe(7, "/a/**"));
    for (pattern, refused) in [("a", 201), ("/b/**", 301)] {
        driver.send(&wire::subscribe(7, pattern));
        let reply = loop {
            match driver.reply() {
                Msg::Snapshot(_) => {}
                reply => break reply,
            }
        };
        assert_eq!(code(&reply), refused);
    }
    driver.set("/a/x", 1_i64);
    assert!(matches!(driver.hear(), Msg::Set { .. }));
}

#[test]
fn a_bundle_is_refused_whole_for_what_refuses_a_set_alone() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    // An array of bytes has room; of the integers that are kept in their place not.
    let wide = |head: &[u8], address: &str| {
        let length = u16::try_from(address.len()).expect("short").to_be_bytes();
        let items = [2, 1].repeat(20_000);
        let code: &[u8] = if head[0] == 0x20 { &[1, 0x0a] } else { &[] };
        let count = 20_000_u16.to_be_bytes();
        [head, &length, address.as_bytes(), code, &count, &items].concat()
    };
    let set = wide(&[0x21, 0x0a], "/wide");
    let stream = wide(&[0x20, 0x40], "/wide");
    for refused in [set, stream] {
        driver.send(&refused);
        assert_eq!(code(&driver.reply()), 402, "alone");
        driver.send(&wire::bundle(&[wire::set("/a", &Val::Int(1)), refused]));
        match driver.reply() {
            Msg::Error { code, address, .. } => {
                assert_eq!((code, address.as_deref()), (402, Some("/wide")));
            }
            other => panic!("an ERROR, not {other:?}"),
        }
        assert_eq!(driver.get("/a"), None, "none of it was done");
    }
    let nobody = wire::event("/clasp/p2p/signal/nobody", None);
    driver.send(&wire::bundle(&[wire::set("/a", &Val::Int(1)), nobody]));
    assert_eq!(code(&driver.reply()), 404);
    assert_eq!(driver.get("/a"), None);
}

#[test]
fn at_the_end_everything_that_was_queued_comes_and_then_close() {
    let mut router = Router::own(&[]);
    let mut slow = Driver::connect(&router);
    slow.subscribe("/flood");
    let mut publisher = Driver::connect(&router);
    let payload = Val::Str("x".repeat(10_000));
    for _ in 0..2_000 {
        publisher.send(&wire::event("/flood", Some(&payload)));
    }
    publisher.fence();
    router.stop();
    let said = slow.until_closed();
    assert_eq!(said.len(), 2_000);
    assert!(said.iter().all(|said| matches!(said, Msg::Publish(_))));
}

#[test]
fn a_hello_of_any_version_is_welcome() {
    let router = Router::own(&[]);
    for version in [0, 2, 3, 99] {
        let mut driver = Driver::silent(&router);
        let mut hello = wire::hello("bridge", "");
        hello[1] = version;
        driver.send(&hello);
        assert!(matches!(driver.reply(), Msg::Welcome { .. }), "{version}");
    }
}
