//! `clasp bridge artnet`: what consoles send is in the router, and the other way round.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::dmx::{
    ART_POLL, ART_SYNC, Node, PythonPeer, art_dmx, art_reply, loopback, read_art_dmx,
};
use crate::support::osc::{Bridge, heard_set};
use crate::support::{Driver, Router, Val, eventually};

/// A bridge between a router and these.
#[track_caller]
fn bridge(router: &Router, args: &[&str]) -> Bridge {
    let started = router.clasp(&["bridge", "artnet", "-o", "json"]);
    Bridge::ready(started.args(args).start())
}

/// At a free port of loopback; nobody is asked for.
const ANY: &[&str] = &["--listen", "127.0.0.1:0", "--discover", "127.0.0.1:9"];

fn level(universe: u16, channel: usize, level: i64) -> (String, Val) {
    (format!("/artnet/{universe}/{channel}"), Val::Int(level))
}

#[track_caller]
fn becomes(driver: &mut Driver, address: &str, level: i64) {
    eventually(address, || {
        (driver.get(address)?.0 == Val::Int(level)).then_some(())
    });
}

#[test]
fn what_python_sends_is_written_and_only_what_changes() {
    let router = Router::start();
    let bridge = bridge(&router, &[ANY, &["--universe", "0,300"]].concat());
    let port = bridge.at().port().to_string();
    let Some(mut peer) = PythonPeer::start("artnet_peer.py", &["send", "127.0.0.1", &port]) else {
        return;
    };
    let mut driver = Driver::connect(&router);
    peer.tell(&json!({"universe": 300, "levels": [1, 2, 3]}));
    becomes(&mut driver, "/artnet/300/3", 3);
    becomes(&mut driver, "/artnet/300/512", 0);
    let mut quiet = Driver::subscribed(&router, "/artnet/**");
    peer.tell(&json!({"universe": 300, "levels": [1, 9, 3]}));
    peer.tell(&json!({"universe": 300, "levels": [1, 9, 3]}));
    peer.tell(&json!({"universe": 300, "levels": [7, 9, 3]}));
    assert_eq!(heard_set(&mut quiet), level(300, 2, 9));
    assert_eq!(heard_set(&mut quiet), level(300, 1, 7));
    peer.finish();
    assert_eq!(bridge.finish()["dropped"], json!({}));
}

#[test]
fn what_others_write_is_heard_by_python() {
    let free = Node::at(Ipv4Addr::LOCALHOST);
    let port = free.socket.local_addr().expect("bound").port().to_string();
    drop(free);
    let Some(peer) = PythonPeer::start("artnet_peer.py", &["receive", &port, "1"]) else {
        return;
    };
    assert_eq!(peer.says(), "ready");
    let router = Router::start();
    let target = format!("127.0.0.1:{port}");
    let args = [
        "--listen",
        "127.0.0.1:0",
        "--universe",
        "0-1",
        "--send",
        &target,
    ];
    let bridge = bridge(&router, &args);
    let mut driver = Driver::connect(&router);
    driver.set("/artnet/1/1", 10);
    peer.wait(&json!([10, 0, 0, 0]));
    driver.set("/artnet/1/3", 30);
    peer.wait(&json!([10, 0, 30, 0]));
    bridge.finish();
    peer.finish();
}

#[test]
fn a_node_in_python_is_found_and_sent_to() {
    let (here, node) = (loopback(), loopback());
    let Some(peer) = PythonPeer::start("artnet_peer.py", &["node", &node.to_string()]) else {
        return;
    };
    assert_eq!(peer.says(), "ready");
    let router = Router::start();
    let (listen, discover) = (format!("{here}:6454"), node.to_string());
    let args = ["--listen", &listen, "--discover", &discover, "-v"];
    let bridge = bridge(&router, &args);
    let mut driver = Driver::connect(&router);
    driver.set("/artnet/0/2", 20);
    // It takes up to a second to answer, and is then sent what there is.
    peer.wait(&json!([0, 20, 0, 0]));
    bridge.running.wait_says("node 'python_artnet' at 127.");
    driver.set("/artnet/0/1", 10);
    peer.wait(&json!([10, 20, 0, 0]));
    bridge.finish();
}

/// A console finds the bridge, and is sent what the router says; a node is sent its universe alone.
#[test]
fn a_poll_is_answered_and_frames_go_to_those_concerned() {
    let router = Router::start();
    let (here, console, node) = (loopback(), loopback(), loopback());
    let (console, node) = (Node::bound((console, 6454)), Node::bound((node, 6454)));
    let (listen, discover) = (format!("{here}:6454"), node.address());
    let args = [
        "--listen",
        &listen,
        "--discover",
        &discover,
        "--universe",
        "1,18,300",
    ];
    let bridge = bridge(&router, &[&args[..], &["--source-name", "stage"]].concat());
    console.send(ART_POLL, bridge.at());
    let reply = |bytes: &[u8]| {
        bytes
            .starts_with(b"Art-Net\0\0\x21")
            .then(|| bytes.to_vec())
    };
    let replies: Vec<Vec<u8>> = (0..3).map(|_| console.hear(reply)).collect();
    for (n, (reply, [net, subnet, universe])) in replies
        .iter()
        .zip([[0, 0, 1], [0, 1, 2], [1, 2, 12]])
        .enumerate()
    {
        assert_eq!(reply.len(), 239);
        assert_eq!(reply[10..16], [&here.octets()[..], &[0x36, 0x19]].concat());
        assert_eq!(reply[18..20], [net, subnet]);
        assert_eq!(reply[26..32], *b"stage\0");
        assert_eq!(reply[172..175], [0, 1, 0xC0]);
        assert_eq!((reply[186], reply[190]), (universe, universe));
        assert_eq!(usize::from(reply[211]), n + 1);
    }
    // Who asks from another port is answered there, too.
    let script = Node::at(loopback());
    script.send(ART_POLL, bridge.at());
    script.hear(reply);

    let poll = |bytes: &[u8]| (bytes == ART_POLL).then_some(());
    node.hear(poll);
    node.send(&art_reply(18), bridge.at());
    let mut driver = Driver::connect(&router);
    driver.set("/artnet/1/1", 1);
    driver.set("/artnet/18/1", 18);
    let universe = |bytes: &[u8]| Some(read_art_dmx(bytes)?.0);
    let (mut to_console, mut to_node) = (Vec::new(), Vec::new());
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(400) {
        let wait = Duration::from_millis(5);
        to_console.extend(console.hear_within(wait).and_then(|bytes| universe(&bytes)));
        to_node.extend(node.hear_within(wait).and_then(|bytes| universe(&bytes)));
    }
    assert!(
        to_console.contains(&1) && to_console.contains(&18),
        "{to_console:?}"
    );
    assert!(
        !to_node.is_empty() && to_node.iter().all(|universe| *universe == 18),
        "{to_node:?}"
    );
    // It asks again.
    node.hear(poll);
    bridge.finish();
}

#[test]
fn a_stream_has_its_rate_its_numbers_and_is_kept_alive() {
    let router = Router::start();
    let node = Node::at(loopback());
    let target = node.address();
    let args = ["--listen", "127.0.0.1:0", "--sync", "--send", &target];
    let bridge = bridge(&router, &args);
    let mut driver = Driver::connect(&router);
    let mut heard = Vec::new();
    let began = Instant::now();
    let mut n = 0;
    while began.elapsed() < Duration::from_millis(1_000) {
        n += 1;
        driver.set("/artnet/0/2", n % 256);
        while let Some(bytes) = node.hear_within(Duration::from_millis(2)) {
            match read_art_dmx(&bytes) {
                Some(frame) => heard.push(frame),
                None => assert_eq!(bytes, ART_SYNC),
            }
        }
    }
    assert!((20..=46).contains(&heard.len()), "{} frames", heard.len());
    let last = Instant::now();
    while last.elapsed() < Duration::from_millis(4_500) {
        if let Some(bytes) = node.hear_within(Duration::from_millis(100)) {
            heard.extend(read_art_dmx(&bytes));
        }
    }
    for pair in heard.windows(2) {
        assert_eq!(pair[1].1, pair[0].1 % 255 + 1);
    }
    assert_eq!(heard[0].2.len(), 512);
    let same = |frame: &&(u16, u8, Vec<u8>)| frame.2[1] == (n % 256) as u8;
    assert_eq!(heard.iter().rev().take_while(same).count(), 5);
    bridge.finish();
}

#[test]
fn sources_are_merged_and_synchronized() {
    let router = Router::own(&[]);
    let bridge = bridge(&router, &[ANY, &["--universe", "0-1"]].concat());
    let mut driver = Driver::connect(&router);
    let (desk, other) = (Node::at(loopback()), Node::at(loopback()));
    desk.send(&art_dmx(0, 1, &[10, 20]), bridge.at());
    other.send(&art_dmx(0, 1, &[5, 30, 1]), bridge.at());
    becomes(&mut driver, "/artnet/0/3", 1);
    becomes(&mut driver, "/artnet/0/1", 10);
    becomes(&mut driver, "/artnet/0/2", 30);
    desk.send(ART_SYNC, bridge.at());
    let mut quiet = Driver::subscribed(&router, "/artnet/**");
    desk.send(&art_dmx(0, 2, &[11, 20]), bridge.at());
    desk.send(&art_dmx(1, 1, &[7]), bridge.at());
    assert_eq!(quiet.hear_within(Duration::from_millis(100)), None);
    desk.send(ART_SYNC, bridge.at());
    assert_eq!(heard_set(&mut quiet), level(0, 1, 11));
    assert_eq!(heard_set(&mut quiet), level(1, 1, 7));
    bridge.finish();
}

/// A broadcast reaches everybody who listens, and does not come back as somebody else's.
#[test]
fn a_broadcast_is_sent_only_when_asked_for() {
    let router = Router::start();
    let free = Node::at(Ipv4Addr::UNSPECIFIED);
    let port = free.socket.local_addr().expect("bound").port();
    drop(free);
    let broadcast = format!("127.255.255.255:{port}");
    let listen = format!("0.0.0.0:{port}");
    let args = ["--listen", &listen, "--broadcast", &broadcast];
    let one = bridge(&router, &args);
    let mut driver = Driver::connect(&router);
    let other_router = Router::start();
    let other = bridge(&other_router, &["--listen", &listen, "--receive-only"]);
    driver.set("/artnet/0/1", 9);
    let mut there = Driver::connect(&other_router);
    becomes(&mut there, "/artnet/0/1", 9);
    assert_eq!(other.finish()["to_router"], 512);
    assert_eq!(one.finish()["to_router"], 0, "its own");
}

#[test]
fn what_cannot_be_passed_on_is_counted_and_does_no_harm() {
    let router = Router::start();
    let bridge = bridge(&router, &[ANY, &["-v"]].concat());
    let mut driver = Driver::connect(&router);
    let desk = Node::at(loopback());
    let good = art_dmx(0, 5, &[1, 2]);
    desk.send(&good, bridge.at());
    for end in 0..good.len() {
        desk.send(&good[..end], bridge.at());
    }
    desk.send(&vec![0; 9_000], bridge.at());
    desk.send(&art_dmx(0, 6, &[3; 513]), bridge.at());
    desk.send(&art_dmx(7, 1, &[1, 2]), bridge.at());
    desk.send(&art_dmx(0, 4, &[9, 2]), bridge.at());
    desk.send(b"Art-Net\0\0\x97\0\x0E\0\0\0\0\0\0\0\0\0", bridge.at());
    for (address, value) in [
        ("/artnet/0/513", 1),
        ("/artnet/0/1", -1),
        ("/artnet/7/1", 1),
    ] {
        driver.set(address, value);
    }
    desk.send(&art_dmx(0, 7, &[77, 2]), bridge.at());
    becomes(&mut driver, "/artnet/0/1", 77);
    for said in [
        "it is not Art-Net",
        "it is cut off: 13 bytes",
        "a length of 2 with 1 levels",
        "a length of 513 with 513 levels",
        "a packet for universe 7",
        "an older packet came after a newer one",
        "opcode 0x9700 is not DMX",
        "/artnet/0/513: '513' is not a channel: they are 1 to 512",
        "/artnet/0/1: -1 is not a level: they are 0 to 255",
        "/artnet/7/1: universe 7 is not one of --universe",
    ] {
        bridge.running.wait_says(said);
    }
    assert_eq!(
        bridge.finish()["dropped"],
        json!({
            "malformed": good.len() + 2,
            "of universes that are not bridged": 2,
            "out of order": 1,
            "of other kinds": 1,
            "addresses that are no channel": 1,
            "values that are no level": 1,
        })
    );
}

#[test]
fn how_it_begins_and_ends() {
    let router = Router::start();
    let node = Node::at(loopback());
    let target = node.address();
    router.clasp(&["set", "/artnet/0/1", "200"]).run().done();
    let args = ["--listen", "127.0.0.1:0", "--send", &target, "--retained"];
    let mut dry = router
        .clasp(&["bridge", "artnet", "--dry-run"])
        .args(&args)
        .start();
    let would = dry.record();
    assert_eq!(
        (&would["to"], &would["peer"]),
        (&json!("peer"), &json!(target))
    );
    assert_eq!(
        (&would["universe"], &would["levels"][0]),
        (&json!(0), &json!(200))
    );
    dry.interrupt();
    dry.finish().exits(0);
    assert_eq!(node.hear_within(Duration::from_millis(100)), None);
    let sends = bridge(&router, &[&args[..], &["--send-only"]].concat());
    assert_eq!(node.hear(read_art_dmx).2[0], 200);
    // What comes is not written.
    node.send(&art_dmx(0, 1, &[1, 2]), sends.at());
    sends.running.terminate();
    let ended = sends.running.finish().exits(0);
    ended.says(&["0 messages to the router, 1 from it"]);

    for (args, code, why) in [
        (&["--universe", "32768"][..], 2, "they are 0 to 32767"),
        (&["--send", "a", "--broadcast", "b"], 2, "--broadcast"),
        (&["--receive-only", "--send-only"], 2, "--send-only"),
        (
            &["--namespace", &format!("/{}", "x".repeat(80))],
            2,
            "it has 81 bytes",
        ),
        (
            &["--send", "nowhere.invalid", "--listen", "127.0.0.1:0"],
            1,
            "cannot find nowhere.invalid",
        ),
        // The system's resolver would take it for 1.2.0.3.
        (&["--broadcast", "1.2.3"], 2, "has four numbers"),
        (&["--send", "1.2.3.4.5"], 2, "has four numbers"),
    ] {
        let refused = router.clasp(&["bridge", "artnet"]).args(args).run();
        refused.exits(code).says(&[why]);
    }
}
