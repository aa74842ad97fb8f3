//! Servers that are not Vuer servers, that lie, or that disappear: clear errors, in time, and with
//! how much was read.

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use rmpv::Value as Pack;

use crate::support::fake::Peer;
use crate::support::trefoil::vuer;
use crate::support::vuer::{event, field};
use crate::support::{Counter, Fake};

/// One run of every verb, each of which waits for something from the server.
const VERBS: [&[&str]; 5] = [
    &["send", "A", "--await", "B"],
    &["call", "A", "--reply", "B"],
    &["recv", "--count", "1"],
    &["scene"],
    &["send", "-"],
];

const LINE: &str = "{\"etype\":\"A\",\"value\":1}\n";

#[test]
fn no_connection_is_said_at_once_with_what_to_type() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("ws://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let (silent, web) = (Fake::silent(), Fake::http_404());
    for args in VERBS {
        let refused = vuer(&url, args).stdin(LINE).run().exits(1);
        refused.within(Duration::from_secs(2)).says(&[
            "nothing listens",
            &url,
            "--url",
            "VUER_CLIENT_URI",
        ]);
        let slow = [args, &["--connect-timeout", "300ms"]].concat();
        silent
            .vuer(&slow)
            .stdin(LINE)
            .run()
            .exits(1)
            .says(&["WebSocket handshake", "300 ms"]);
        web.vuer(args)
            .stdin(LINE)
            .run()
            .exits(4)
            .says(&["404", "not a WebSocket"]);
    }
    for url in ["http://localhost:8012", "localhost:8012", "nonsense"] {
        vuer(url, &["send", "A"])
            .run()
            .exits(2)
            .says(&["VUER_CLIENT_URI"]);
    }
    for (name, value) in [("WEBSOCKET_MAX_SIZE", "big"), ("VUER_SSL_VERIFY", "maybe")] {
        vuer("ws://localhost:1", &["send", "A"])
            .env(name, value)
            .run()
            .exits(2)
            .says(&[name]);
    }
}

#[test]
fn a_server_that_starts_late_is_waited_for_if_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let args = ["send", "A", "--connect-retry", "10s"];
    let running = vuer(&format!("ws://{address}"), &args).start();
    let listener = TcpListener::bind(address).expect("the port is still free");
    let served = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("it comes");
        let mut socket = tungstenite::accept(stream).expect("the upgrade");
        socket
            .send(event("SET", Pack::Nil).into())
            .expect("it reads");
        while socket.read().is_ok() {}
    });
    running.finish().done();
    served.join().expect("the server had its goodbye");
}

#[test]
fn what_is_no_vuer_server_is_named() {
    type Script = fn(&mut Peer);
    let table: [(&str, Script); 5] = [
        ("text message", |peer| peer.send_text("{\"etype\":\"SET\"}")),
        ("cut off after", |peer| {
            let whole = event("SET", Pack::Nil);
            peer.send_frame(&whole[..whole.len() - 3]);
        }),
        ("no etype", |peer| peer.send_frame(&[0x93, 1, 2, 3])),
        ("c1", |peer| peer.send_frame(b"\xc1hello")),
        ("nested deeper", |peer| peer.send_frame(&[0x91; 1_000_000])),
    ];
    for (why, script) in table {
        let server = Fake::websocket(move |_, peer| {
            if peer.receive_frame().is_some() {
                script(peer);
                while peer.receive_frame().is_some() {}
            }
        });
        for args in &VERBS[..4] {
            let ended = server.vuer(args).run();
            let what = format!("{args:?} {why}");
            assert_eq!(ended.code, 1, "{what}\n{ended}");
            ended.says(&["not a Vuer server", why]);
        }
    }
}

#[test]
fn a_message_over_the_limit_names_both_sizes() {
    let message = event("SET", Pack::Binary(vec![0; 20_000]));
    let size = message.len().to_string();
    let server = Fake::websocket(move |_, peer| {
        if peer.receive_frame().is_some() {
            peer.send_frame(&message);
            while peer.receive_frame().is_some() {}
        }
    });
    let args = ["recv", "--count", "1", "--max-size", "10000"];
    let refused = server.vuer(&args).run().exits(1);
    refused.says(&[&size, "limit is 10000", "--max-size", "WEBSOCKET_MAX_SIZE"]);
    let by_variable = server
        .vuer(&["recv", "--count", "1"])
        .env("WEBSOCKET_MAX_SIZE", "19999");
    by_variable.run().exits(1).says(&["limit is 19999"]);
    let args = ["recv", "--count", "1", "--max-size", "20KiB"];
    server.vuer(&args).run().done();
}

#[test]
fn more_than_the_librarys_own_limits_is_taken() {
    // tungstenite refuses frames of 16 MiB and messages of 64 MiB by itself.
    let server = Fake::websocket(|_, peer| {
        if peer.receive_frame().is_some() {
            peer.send_frame(&event("BIG", Pack::Binary(vec![0; 70 << 20])));
            while peer.receive_frame().is_some() {}
        }
    });
    let out = crate::support::dir::Dir::new();
    let to = out.path().join("big");
    let args = ["recv", "--count", "1", "--extract", "data", "--to"];
    let long = Duration::from_secs(120);
    let saved = server.vuer(&args).arg(&to).patience(long).run().done();
    assert_eq!(saved.json()["bytes"], 70 << 20);
    assert_eq!(std::fs::metadata(to).expect("written").len(), 70 << 20);
}

#[test]
fn exit_0_takes_a_goodbye_that_answers_ours() {
    // It sends a Close frame by itself, before it has read anything.
    let rude = Fake::websocket(|_, peer| peer.close());
    let unread = rude.vuer(&["send", "A"]).run().exits(7);
    unread.says(&["whether A was read is unknown"]).prints("");
    // It reads everything and is gone.
    let gone = Fake::websocket(|_, peer| {
        peer.receive_frame();
        peer.receive_frame();
        peer.hang_up();
    });
    gone.vuer(&["send", "A"]).run().exits(7).says(&["unknown"]);
    // What it sends by itself is no sign that it read anything.
    let hasty = Fake::websocket(|_, peer| {
        peer.receive_frame();
        peer.send_frame(&event("SET", Pack::Nil));
        peer.close();
    });
    let unread = hasty.vuer(&["send", "A", "--await", "SET"]).run();
    unread
        .exits(7)
        .says(&["whether A was read is unknown"])
        .prints("");
    // It never answers.
    let deaf = Fake::tcp(|_, stream| {
        let mut socket = tungstenite::accept(stream).expect("the upgrade");
        while let Ok(message) = socket.read() {
            if message.is_close() {
                std::thread::sleep(Duration::from_secs(2));
                return;
            }
        }
    });
    let late = deaf.vuer(&["send", "A", "--timeout", "1s"]).run();
    // The library of the fake server answers the Close frame at the next read, which never happens.
    late.exits(124).says(&["did not say that it read A", "1 s"]);
}

#[test]
fn read_is_said_only_where_a_vuer_server_showed_itself() {
    // A WebSocket server that takes everything, answers pings and Close, and sends nothing.
    let sink = || Fake::websocket(|_, peer| while peer.receive_frame().is_some() {});
    let one = sink().vuer(&["send", "A", "--errors", "json"]).run();
    let one = one.exits(7).prints("");
    let error = one.error();
    assert_eq!(error["outcome"], "unknown", "{one}");
    assert_eq!(error["retryable"], false, "{one}");
    one.says(&[
        "took A, but nothing shows that it is a Vuer server",
        "--await",
    ]);
    let many = sink().vuer(&["send", "-"]).stdin(LINE.repeat(600)).run();
    let many = many
        .exits(7)
        .says(&["0 of 600 events are known to have been read"]);
    assert_eq!(many.json()["read"], 0, "{many}");
    // Nothing was sent, so nothing is unknown.
    sink().vuer(&["send", "-"]).stdin("").run().done();

    // The same server where a browser is given Vuer's page, or a link to it.
    for reply in [
        "200 OK\r\n\r\n<html><head><title>Vuer | FortyFive Labs</title>",
        "302 Found\r\nLocation: /?ws=ws://127.0.0.1:1\r\n\r\n",
    ] {
        let vuer = Fake::tcp(move |_, mut stream| {
            let mut head = [0; 1024];
            let length = stream.peek(&mut head).expect("a request");
            if head[..length].windows(8).any(|part| part == b"Upgrade:") {
                let mut socket = tungstenite::accept(stream).expect("the upgrade");
                while socket.read().is_ok() {}
            } else {
                let _ = write!(stream, "HTTP/1.1 {reply}");
            }
        });
        let one = vuer.vuer(&["send", "A"]).run().done();
        assert_eq!(one.json()["read"], true, "{one}");
        let many = vuer.vuer(&["send", "-"]).stdin(LINE.repeat(600));
        assert_eq!(many.run().done().json()["read"], 600);
    }
}

#[test]
fn a_server_that_vanishes_leaves_a_number_that_is_true() {
    // Reads 1,000 events and is gone; its socket answers pings as it reads.
    let read = Counter::default();
    let counter = read.clone();
    let server = Fake::websocket(move |_, peer| {
        peer.send_frame(&event("SET", Pack::Nil));
        while peer.receive_frame().is_some() {
            if counter.next() == 1_001 {
                return peer.hang_up();
            }
        }
    });
    let lines = LINE.repeat(100_000);
    let lost = server.vuer(&["send", "-"]).stdin(lines).run().exits(7);
    let known = lost.json()["read"].as_u64().expect("a number");
    assert!((256..=1_000).contains(&known), "{lost}");
    let sent = lost.json()["sent"].as_u64().expect("a number");
    assert!((1_000..=100_000).contains(&sent), "{lost}");
    lost.says(&["events are known to have been read", "lost the connection"]);
}

#[test]
fn a_server_that_reads_slowly_holds_the_input_back() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let total = Counter::default();
    let counter = total.clone();
    let server = Fake::websocket(move |_, peer| {
        peer.send_frame(&event("SET", Pack::Nil));
        peer.receive_frame();
        let _ = wait.lock().expect("one connection").recv();
        while peer.receive_frame().is_some() {
            counter.next();
        }
    });
    let line = format!("{{\"etype\":\"A\",\"value\":\"{}\"}}\n", "x".repeat(10_000));
    let lines = line.repeat(10_000);
    let mut send = server.vuer(&["send", "-"]).start();
    let mut stdin = send.take_stdin().expect("piped");
    let written = Counter::default();
    let (counter, input) = (written.clone(), lines);
    let writer = std::thread::spawn(move || {
        for chunk in input.as_bytes().chunks(100_000) {
            if std::io::Write::write_all(&mut stdin, chunk).is_err() {
                return;
            }
            counter.next();
        }
    });
    let mut before = usize::MAX;
    crate::support::eventually("the input to be held back", || {
        let now = written.get();
        let held = now > 0 && now == before;
        before = now;
        std::thread::sleep(Duration::from_millis(200));
        held.then_some(())
    });
    assert!(
        written.get() < 500,
        "{} of 1,000 chunks went into nothing",
        written.get()
    );
    assert!(send.peak_memory() < 24 * 1024, "{} KiB", send.peak_memory());
    go.send(()).expect("it waits");
    writer.join().expect("all of it is taken");
    let done = send.finish().done();
    assert_eq!(done.json()["read"], 10_000);
    assert_eq!(total.get(), 10_000);
}

#[test]
fn a_server_that_answers_everything_is_read_while_we_send() {
    // 50 MB of answers: more than any socket buffers, so that it reads no further unless we do.
    let server = Fake::websocket(|_, peer| {
        let answer = event("ANSWER", Pack::Binary(vec![1; 10_000]));
        peer.receive_frame();
        while peer.receive_frame().is_some() {
            peer.send_frame(&answer);
        }
    });
    let sent = server
        .vuer(&["send", "-"])
        .stdin(LINE.repeat(5_000))
        .run()
        .done();
    assert_eq!(sent.json()["read"], 5_000);
    assert_eq!(sent.json()["received"], 5_000);
}

#[test]
fn init_says_who_we_are_and_headers_go_along() {
    let (tell, told) = std::sync::mpsc::channel();
    let server = Fake::tcp(move |_, stream| {
        let mut seen = None;
        #[expect(clippy::result_large_err)]
        let keep = |request: &tungstenite::handshake::server::Request, response| {
            seen = request.headers().get("X-Token").cloned();
            Ok(response)
        };
        let mut socket = tungstenite::accept_hdr(stream, keep).expect("the upgrade");
        let init = socket.read().expect("INIT").into_data();
        tell.send((seen, field(&init, "value")))
            .expect("the test listens");
        let _ = socket.send(event("SET", Pack::Nil).into());
        while socket.read().is_ok() {}
    });
    let run = |args: &[&str]| {
        let args = [&["send", "A"], args].concat();
        server
            .vuer(&args)
            .env("TZ", "America/New_York")
            .run()
            .done();
        let (header, init) = told.recv().expect("a connection");
        let get = move |name: &str| {
            let entries = init.as_map().expect("a map").clone();
            let found = entries
                .into_iter()
                .find(|(key, _)| key.as_str() == Some(name));
            found.map(|(_, value)| value)
        };
        (header, get)
    };
    let (header, init) = run(&["--header", "X-Token=a=b"]);
    assert_eq!(header.expect("the header"), "a=b");
    assert_eq!(init("client"), Some("trefoil".into()));
    assert_eq!(
        init("clientVersion"),
        Some(env!("CARGO_PKG_VERSION").into())
    );
    assert_eq!(init("timezone"), Some("America/New_York".into()));
    // West is positive, whether it is summer or not.
    let offset = init("timezoneOffset").and_then(|offset| offset.as_i64());
    assert!(matches!(offset, Some(240 | 300)), "{offset:?}");
    assert_eq!(init("platform"), Some("Linux".into()));
    assert!(init("platformVersion").is_some() && init("machine").is_some());
    let init = run(&[
        "--as",
        "python",
        "--init",
        r#"{"pythonVersion":"3.11","machine":null}"#,
    ])
    .1;
    assert_eq!(init("client"), Some("python".into()));
    assert_eq!(init("pythonVersion"), Some("3.11".into()));
    assert_eq!(init("machine"), None);
    server
        .vuer(&["send", "A", "--header", "bad"])
        .run()
        .exits(2)
        .says(&["NAME=VALUE"]);
}
