//! `recv`: prints what the server sends, as it arrives.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::vuer::{event, field};
use crate::support::{Counter, Fake, VuerServer};

/// A server that sends these once it has INIT, and then waits for the client to go.
fn sending(messages: Vec<Vec<u8>>) -> Fake {
    Fake::websocket(move |_, peer| {
        if let Some(init) = peer.receive_frame() {
            assert_eq!(field(&init, "etype").as_str(), Some("INIT"));
            for message in &messages {
                peer.send_frame(message);
            }
            while peer.receive_frame().is_some() {}
        }
    })
}

#[test]
fn the_real_server_is_heard_live() {
    let Some(server) = VuerServer::start_or_skip("recv") else {
        return;
    };
    let mut recv = server.vuer(&["recv"]).start();
    let set = recv.record_where(|event| event["etype"] == "SET");
    assert_eq!(set["data"]["tag"], "Scene");
    recv.interrupt();
    recv.finish().exits(130);
    let one = server
        .vuer(&["recv", "--etype", "S*T", "--count", "1"])
        .run()
        .done();
    assert_eq!(one.json()["etype"], "SET");
}

#[test]
fn what_is_printed_can_be_sent() {
    let Some(server) = VuerServer::start_or_skip("recv | send -") else {
        return;
    };
    let data = rmpv::Value::Binary(vec![1, 2, 3]);
    let source = sending(vec![
        event("ECHO", rmpv::Value::Nil),
        event("SET_POSITION", data),
    ]);
    let mut recv = source.vuer(&["recv", "--count", "2"]).start_piped();
    let sent = server
        .vuer(&["send", "-"])
        .stdin_from(&mut recv)
        .run()
        .done();
    assert_eq!(sent.json()["read"], 2);
    server.heard("SET_POSITION");
}

#[test]
fn a_large_message_is_printed_without_its_json_in_memory() {
    const SIZE: usize = 16 * 1024 * 1024;
    let peak = |size: usize| {
        let server = sending(vec![event("SET", "x".repeat(size).into())]);
        let mut recv = server.vuer(&["recv"]).start();
        let text = recv.record()["data"].as_str().map(str::len);
        assert_eq!(text, Some(size));
        let peak = recv.peak_memory();
        recv.interrupt();
        recv.finish().exits(130);
        peak
    };
    let (small, large) = (peak(1), peak(SIZE));
    let limit = u64::try_from(SIZE / 1024 * 3 / 2).expect("a number of KiB");
    assert!(large < small + limit, "{small} KiB, then {large} KiB");
}

#[test]
fn every_message_is_printed_whole_and_with_its_further_keys() {
    let further = rmpv::Value::Map(vec![
        ("etype".into(), "GRAB_RENDER".into()),
        ("data".into(), rmpv::Value::F32(0.3)),
        ("uuid".into(), "u-1".into()),
        ("rtype".into(), "GRAB_RENDER_RESPONSE@u-1".into()),
    ]);
    let odd = rmpv::Value::Map(vec![(1.into(), rmpv::Value::Ext(4, vec![9]))]);
    let server = sending(vec![
        crate::support::vuer::packed(&further),
        event("ODD", odd),
    ]);
    let expected = "{\"etype\":\"GRAB_RENDER\",\"data\":0.3,\"uuid\":\"u-1\",\
        \"rtype\":\"GRAB_RENDER_RESPONSE@u-1\"}\n\
        {\"ts\":1,\"data\":{\"$map\":[[1,{\"$ext\":[4,\"CQ==\"]}]]},\"etype\":\"ODD\"}\n";
    server
        .vuer(&["recv", "--count", "2"])
        .run()
        .done()
        .quietly()
        .prints(expected);
    let one = server
        .vuer(&["recv", "--count", "1", "--jq", ".uuid", "-r"])
        .run();
    one.done().prints("u-1\n");
}

#[test]
fn it_ends_when_it_is_asked_to() {
    let messages: Vec<_> = (0..5).map(|n| event(&format!("E{n}"), n.into())).collect();
    let server = sending(messages);
    let idle = server.vuer(&["recv", "--idle", "300ms"]).run().done();
    assert_eq!(idle.records().len(), 5);
    let span = server.vuer(&["recv", "--for", "400ms"]).run().done();
    assert_eq!(span.records().len(), 5);
    assert!(span.took >= Duration::from_millis(400), "{span}");
    let some = [
        "recv", "--etype", "E1", "--etype", "E[34]", "--etype", "?4", "--idle", "300ms",
    ];
    let some = server.vuer(&some).run().done();
    let names: Vec<_> = some.records().iter().map(|e| e["etype"].clone()).collect();
    assert_eq!(names, ["E1", "E4"]);
    let few = server
        .vuer(&["recv", "--count", "6", "--for", "300ms"])
        .run()
        .exits(124);
    assert_eq!(few.records().len(), 5);
    few.says(&["5 of 6 events", "--for 300 ms"]);
    server.vuer(&["recv", "--count", "0"]).run().exits(2);
    let mut recv = server.vuer(&["recv"]).start();
    let began = Instant::now();
    assert!(recv.head().contains("E0"));
    // The pipe is closed and nothing more comes: it ends all the same.
    recv.finish().done().quietly();
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn binary_fields_become_files() {
    let image = |bytes: &[u8]| {
        let node = rmpv::Value::Map(vec![("image".into(), rmpv::Value::Binary(bytes.to_vec()))]);
        let nodes = rmpv::Value::Array(vec![node]);
        event("FRAMES", rmpv::Value::Map(vec![("nodes".into(), nodes)]))
    };
    let server = sending(vec![
        image(b"first"),
        event("OTHER", 1.into()),
        image(b"\xff\x00"),
    ]);
    let out = crate::support::dir::Dir::new();
    let to = out.path().join("frame-%06d.jpg");
    let args = [
        "recv",
        "--count",
        "2",
        "--extract",
        "data.nodes.0.image",
        "--to",
    ];
    let saved = server.vuer(&args).arg(&to).run().done();
    let files: Vec<_> = saved.records().iter().map(|r| r["bytes"].clone()).collect();
    assert_eq!(files, [json!(5), json!(2)]);
    let read = |name: &str| std::fs::read(out.path().join(name)).expect(name);
    assert_eq!(read("frame-000001.jpg"), b"first");
    assert_eq!(read("frame-000002.jpg"), b"\xff\x00");
    // What is there stays, unless it is to be overwritten. The first file is known before connecting.
    std::fs::write(out.path().join("frame-000001.jpg"), "mine").expect("ours");
    let nobody = crate::support::trefoil::vuer("ws://127.0.0.1:9", &args);
    nobody
        .arg(&to)
        .run()
        .exits(2)
        .says(&["frame-000001.jpg exists already", "--force"]);
    std::fs::remove_file(out.path().join("frame-000001.jpg")).expect("ours");
    std::fs::write(out.path().join("frame-000002.jpg"), "mine").expect("ours");
    server
        .vuer(&args)
        .arg(&to)
        .run()
        .exits(7)
        .says(&["frame-000002.jpg exists already"]);
    assert_eq!(read("frame-000001.jpg"), b"first");
    assert_eq!(read("frame-000002.jpg"), b"mine");
    server.vuer(&args).arg(&to).arg("--force").run().done();
    assert_eq!(read("frame-000002.jpg"), b"\xff\x00");
    for args in [
        &["recv", "--extract", "data.x"][..],
        &["recv", "--to", "x-%d"],
        &["recv", "--extract", "data.x", "--to", "one.jpg"],
        &["recv", "--extract", "data.x", "--to", "%x"],
    ] {
        server.vuer(args).run().exits(2);
    }
    let nowhere = [
        "recv",
        "--extract",
        "data.nodes.0.image",
        "--to",
        "no/dir/%d",
    ];
    server
        .vuer(&nowhere)
        .run()
        .exits(2)
        .says(&["cannot write no/dir/1"]);
}

#[test]
fn a_lost_connection_is_an_end_or_made_anew() {
    let served = Counter::default();
    let counter = served.clone();
    let server = Fake::websocket(move |_, peer| {
        let number = counter.next();
        if peer.receive_frame().is_some() {
            peer.send_frame(&event("HERE", number.into()));
            if number == 3 {
                while peer.receive_frame().is_some() {}
            }
            peer.hang_up();
        }
    });
    let lost = server.vuer(&["recv"]).run().exits(1);
    assert_eq!(lost.records().len(), 1, "what came before is printed");
    lost.says(&["lost the connection"]);
    let args = ["recv", "--reconnect", "--count", "2"];
    let back = server.vuer(&args).run().done();
    let data: Vec<_> = back.records().iter().map(|e| e["data"].clone()).collect();
    assert_eq!(data, [json!(2), json!(3)]);
    back.says(&["reconnecting", "reconnected after"]);
}

#[test]
fn a_stalled_reader_costs_bounded_memory() {
    let message = event("BIG", rmpv::Value::Binary(vec![7; 1 << 20]));
    let sent = Counter::default();
    let counter = sent.clone();
    let server = Fake::websocket(move |_, peer| {
        if peer.receive_frame().is_some() {
            for _ in 0..60 {
                peer.send_frame(&message);
                counter.next();
            }
            while peer.receive_frame().is_some() {}
        }
    });
    // Nobody reads its stdout until `next_line`.
    let mut recv = server.vuer(&["recv", "--count", "60"]).start();
    let mut before = usize::MAX;
    crate::support::eventually("the server to be held back", || {
        let now = sent.get();
        let held = now > 0 && now == before;
        before = now;
        std::thread::sleep(Duration::from_millis(200));
        held.then_some(())
    });
    assert!(sent.get() < 40, "{} MiB went into nothing", sent.get());
    assert!(recv.peak_memory() < 48 * 1024, "{} KiB", recv.peak_memory());
    recv.next_line();
    recv.finish().done();
    assert_eq!(sent.get(), 60);
}
