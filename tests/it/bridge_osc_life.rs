//! `clasp bridge osc` as a program: how it runs beside a router, what it prints, and how it ends.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::dmx::Sacn;
use crate::support::osc::{ANY, Bridge, Peer, bundle, float, heard_publish, int, message};
use crate::support::port::free_port;
use crate::support::{Driver, Router, Val, eventually, trefoil};

#[test]
fn a_peer_too_many_is_told_so() {
    let router = Router::own(&[]);
    let bridge = Bridge::osc(&router, &["--listen", "tcp:127.0.0.1:0"]);
    let peers: Vec<TcpStream> = (0..256)
        .map(|_| TcpStream::connect(bridge.at()).expect("room"))
        .collect();
    let mut late = TcpStream::connect(bridge.at()).expect("the system takes it");
    assert_eq!(late.read(&mut [0; 1]).expect("a proper end"), 0);
    bridge
        .running
        .wait_says("wants to connect, and 256 are connected");
    drop(peers);
    let counts = bridge.finish();
    assert_eq!(counts["dropped"], json!({"connections over the limit": 1}));
}

/// However much comes from the router at once.
#[test]
fn every_message_of_a_burst_is_sent() {
    let router = Router::own(&[]);
    let device = Peer::new();
    let target = device.address();
    let bridge = Bridge::osc(&router, &["--send", &target]);
    let mut driver = Driver::connect(&router);
    driver.set_numbered("/osc/n", 500);
    for n in 0..500 {
        assert_eq!(device.hear(), int(&format!("/n/{n}"), n));
    }
    assert_eq!(bridge.finish()["from_router"], 500);
}

/// A bridge that only sends takes answers, and nothing from others: its port may have been somebody else's a moment ago.
#[test]
fn who_only_sends_takes_answers_of_its_targets_alone() {
    let router = Router::own(&[]);
    let (device, stranger) = (Peer::new(), Peer::new());
    let bridge = Bridge::osc(&router, &["--send", &device.address()]);
    bridge
        .running
        .wait_says(&format!("ready: {}", router.url()));
    let mut driver = Driver::connect(&router);
    driver.set("/osc/x", 1);
    let (packet, from) = device.hear_from();
    assert_eq!(packet, int("/x", 1));
    stranger.send(&int("/y", 2), from);
    bridge
        .running
        .wait_says("sends to a port that is not listened at");
    device.send(&int("/z", 3), from);
    eventually("the answer", || driver.get("/osc/z"));
    assert!(driver.get("/osc/y").is_none());
    let counts = bridge.finish();
    assert_eq!(
        counts["dropped"],
        json!({"from hosts that are not sent to": 1})
    );
}

/// At a broadcast address anybody may answer.
#[test]
fn who_sends_to_all_takes_answers_of_all() {
    let router = Router::own(&[]);
    let (device, other) = (Peer::bound("0.0.0.0:0"), Peer::new());
    let all = format!("127.255.255.255:{}", device.port());
    let bridge = Bridge::osc(&router, &["--send", &all]);
    let mut driver = Driver::connect(&router);
    driver.set("/osc/x", 1);
    let from = loop {
        let (packet, from) = device.hear_from();
        // The device's port may have been somebody else's, too.
        if packet == int("/x", 1) {
            break from;
        }
    };
    other.send(&int("/y", 2), from);
    eventually("the answer", || driver.get("/osc/y"));
    assert_eq!(bridge.finish()["dropped"], json!({}));
}

/// The system's default buffer holds 277 small datagrams.
#[test]
fn a_burst_waits_for_a_bridge_that_is_held_up() {
    let router = Router::own(&[]);
    let device = Peer::new();
    let bridge = Bridge::osc(&router, ANY);
    bridge.running.signal(Signal::STOP);
    for n in 0..400 {
        device.send(&int(&format!("/n/{n}"), n), bridge.at());
    }
    bridge.running.signal(Signal::CONT);
    let mut driver = Driver::connect(&router);
    eventually("the last", || driver.get("/osc/n/399"));
    assert_eq!(bridge.finish()["to_router"], 400);
}

#[test]
fn a_router_that_was_away_gets_the_newest_values() {
    let mut router = Router::start();
    let device = Peer::new();
    let target = device.address();
    let args = [ANY, &["--reconnect-interval", "100ms", "--send", &target]].concat();
    let bridge = Bridge::osc(&router, &args);
    device.send(&float("/x", 0.1), bridge.at());
    eventually("x", || Driver::connect(&router).get("/osc/x"));
    router.kill();
    bridge.running.wait_says("router gone");
    for n in 1..=10 {
        device.send(&int("/x", n), bridge.at());
    }
    device.send(&message("/go", ",", b""), bridge.at());
    bridge
        .running
        .wait_says("/osc/go: there is no connection to the router");
    router.restart();
    let mut driver = Driver::connect(&router);
    eventually("the newest value", || {
        (driver.get("/osc/x")?.0 == Val::Int(10)).then_some(())
    });
    driver.set("/osc/y", 1);
    assert_eq!(device.hear(), int("/y", 1));
    let counts = bridge.finish();
    assert_eq!(
        counts["dropped"],
        json!({"while there was no connection": 1})
    );
}

#[test]
fn how_it_ends() {
    let mut router = Router::start();
    // An address of its own: a device of another test may still send to a port of 127.0.0.1 that is used again.
    let bridge = Bridge::osc(&router, &["--listen", "127.0.0.17:0"]);
    bridge.running.terminate();
    bridge
        .running
        .finish()
        .exits(0)
        .says(&["0 messages to the router, 0 from it"]);

    router
        .clasp(&["bridge", "osc", "--timeout", "1s"])
        .args(ANY)
        .run()
        .exits(0);
    let bridge = Bridge::osc(&router, &[ANY, &["--no-reconnect"]].concat());
    router.kill();
    bridge.running.finish().exits(1);
    router
        .clasp(&["bridge", "osc"])
        .args(ANY)
        .run()
        .exits(1)
        .says(&["nothing listens at"]);
    router
        .clasp(&["bridge", "osc"])
        .run()
        .exits(2)
        .says(&["--listen"]);
    let args = ["bridge", "osc", "--listen", "nowhere.invalid:8000"];
    router
        .clasp(&args)
        .run()
        .exits(1)
        .says(&["cannot find nowhere.invalid"]);
    let taken = Peer::new();
    let args = ["bridge", "osc", "--listen", &taken.address()];
    router
        .clasp(&args)
        .run()
        .exits(1)
        .says(&["cannot listen at udp", "port 0 means any free port"]);
}

#[test]
fn dry_run_prints_and_sends_nothing() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let device = Peer::new();
    let target = device.address();
    let args = [ANY, &["--send", &target, "--dry-run"]].concat();
    let mut bridge = Bridge::osc(&router, &args);
    device.send(&float("/x", 0.5), bridge.at());
    let expected = json!({"to": "router", "type": "param", "address": "/osc/x", "value": 0.5});
    assert_eq!(bridge.running.record(), expected);
    driver.set("/osc/y", 1);
    let expected = json!({"to": "peer", "peer": device.address(), "address": "/y", "types": ",i",
        "arguments": [1]});
    assert_eq!(bridge.running.record(), expected);
    assert_eq!(driver.get("/osc/x"), None);
    assert_eq!(device.hear_within(Duration::from_millis(100)), None);
    // Nobody reads it any more.
    let mut piped = router
        .clasp(&["bridge", "osc", "--dry-run", "-o", "json"])
        .args(ANY)
        .start();
    let ready: Value = serde_json::from_str(&piped.head()).expect("JSON");
    let at = ready["listening"][0]
        .as_str()
        .expect("one")
        .split(' ')
        .next_back()
        .expect("one");
    let at: SocketAddr = at.parse().expect("an address");
    for _ in 0..2 {
        device.send(&float("/x", 0.5), at);
    }
    piped.finish().exits(0);
}

#[test]
fn both_sides_are_shown_to_who_asks() {
    let router = Router::start();
    let bridge = Bridge::osc(&router, &[ANY, &["-v"]].concat());
    let device = Peer::new();
    device.send(&float("/x", 0.5), bridge.at());
    device.send(b"garbage", bridge.at());
    device.send(&int("/no//where", 1), bridge.at());
    let from = device.address();
    for said in [
        "← OSC        /x  ,f 0.5",
        "→ SET        /osc/x  0.5",
        "its size of 7 bytes is not a multiple of four: 67617262616765",
        "not passed on: '/osc/no//where' is not an address",
        &format!("not passed on: its size of 7 bytes is not a multiple of four, from {from}"),
    ] {
        bridge.running.wait_says(said);
    }
}

/// Invalid packets are counted; they neither stop the bridge nor take memory.
#[test]
fn bad_input_is_counted_and_no_more() {
    let router = Router::own(&[]);
    let bridge = Bridge::osc(&router, &[ANY, &["--peer-ttl", "1m"]].concat());
    let device = Peer::new();
    let good = bundle(
        None,
        &[
            float("/x", 0.5),
            int("/y", 1),
            message("/s", ",sb", b"abc\0\0\0\0\x03abc\0"),
        ],
    );
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    for n in 0..20_000 {
        let mut bad = good.clone();
        for _ in 0..1 + random(3) {
            bad[random(good.len())] = random(256) as u8;
        }
        bad.truncate(random(good.len() + 1));
        device.send(&bad, bridge.at());
        // Slow enough that the system drops few.
        if n % 100 == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    // As deep as a datagram goes, as large as it gets, and a blob that says that it is larger.
    let mut deep = int("/x", 1);
    while deep.len() + 20 < 60_000 {
        deep = bundle(None, &[deep]);
    }
    device.send(&deep, bridge.at());
    device.send(&message("/b", ",b", &[0xFF; 60_000]), bridge.at());
    device.send(
        &message(&format!("/{}", "*a".repeat(30_000)), ",", b""),
        bridge.at(),
    );
    // The bridge will send to these peers when they are gone: at a port that the system gives to nobody else.
    let port = free_port();
    for n in 0..2_000 {
        Peer::at_port(port).send(&float("/x", n as f32), bridge.at());
    }
    let mut driver = Driver::connect(&router);
    eventually("the last of it", || {
        device.send(&int("/done", 1), bridge.at());
        driver.get("/osc/done")
    });
    let memory = bridge.running.peak_memory();
    assert!(memory < 8 * 1024, "{memory} KiB");
    let counts = bridge.finish();
    let malformed = counts["dropped"]["malformed"].as_u64().expect("a count");
    assert!(malformed > 10_000, "{counts}");
}

/// A fader at a thousand a second, against a router that takes a thousand messages a second: every
/// address has its last value, and no event is lost.
#[test]
fn a_fast_fader_is_not_refused() {
    let router = Router::start();
    let device = Peer::new();
    let target = device.address();
    let args = [ANY, &["--send", &target]].concat();
    let bridge = Bridge::osc(&router, &args);
    let mut driver = Driver::subscribed(&router, "/osc/go");
    let began = Instant::now();
    for n in 0..3_000_u32 {
        device.send(&int("/fader", n as i32), bridge.at());
        if n % 30 == 0 {
            device.send(&int(&format!("/fader/{n}"), n as i32), bridge.at());
            device.send(&message("/go", ",", b""), bridge.at());
        }
        let due = began + Duration::from_millis(u64::from(n));
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    for _ in 0..100 {
        assert_eq!(heard_publish(&mut driver).address, "/osc/go");
    }
    let mut driver = Driver::connect(&router);
    eventually("the last value", || {
        (driver.value("/osc/fader") == Val::Int(2_999)).then_some(())
    });
    for n in (0..3_000).step_by(30) {
        assert_eq!(driver.value(&format!("/osc/fader/{n}")), Val::Int(n));
    }
    let counts = bridge.finish();
    assert_eq!(counts["dropped"], json!({}), "{counts}");
    assert_eq!(counts["to_router"], 3_200);
}

#[test]
fn a_profile_that_forbids_writing_is_obeyed() {
    let router = Router::start();
    let home = Dir::new();
    let add = [
        "profile",
        "add",
        "stage",
        "--clasp-url",
        &router.url(),
        "--allow",
        "/osc/a/**",
    ];
    trefoil(&add).in_home(&home).run().done();
    let args = [
        "clasp",
        "bridge",
        "osc",
        "-o",
        "json",
        "--profile",
        "stage",
        "--listen",
        "127.0.0.1:0",
    ];
    let bridge = Bridge::ready(trefoil(&args).in_home(&home).start());
    let device = Peer::new();
    device.send(&int("/b/1", 1), bridge.at());
    device.send(&int("/a/1", 1), bridge.at());
    let mut driver = Driver::connect(&router);
    eventually("what is allowed", || driver.get("/osc/a/1"));
    assert_eq!(driver.get("/osc/b/1"), None);
    let dropped = bridge.finish()["dropped"].clone();
    assert_eq!(dropped, json!({"outside of what the profile allows": 1}));
}

/// Passes bytes between a client and a router, and stops reading from the client while it is
/// stalled.
struct Proxy {
    address: SocketAddr,
    stalled: Arc<AtomicBool>,
}

impl Proxy {
    fn to(router: &Router) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let stalled = Arc::new(AtomicBool::new(false));
        let (router, is_stalled) = (router.address(), stalled.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&router) else {
                    return;
                };
                let (back_from, back_to) = (server.try_clone(), client.try_clone());
                std::thread::spawn(move || {
                    let (mut from, mut to) = (back_from.expect("a socket"), back_to.expect("one"));
                    let _ = std::io::copy(&mut from, &mut to);
                });
                let is_stalled = is_stalled.clone();
                std::thread::spawn(move || forward(client, server, &is_stalled));
            }
        });
        Proxy { address, stalled }
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, is_stalled: &AtomicBool) {
    let mut buffer = vec![0; 65_536];
    loop {
        while is_stalled.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(10));
        }
        match from.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) if to.write_all(&buffer[..count]).is_err() => return,
            Ok(_) => {}
        }
    }
}

/// The router's connection stays up, but nobody reads from it.
#[test]
fn a_router_that_does_not_read_costs_no_memory_and_gets_the_newest_values() {
    let router = Router::own(&[]);
    let proxy = Proxy::to(&router);
    let url = format!("ws://{}", proxy.address);
    let started = trefoil(&["clasp", "bridge", "osc", "-o", "json", "--url", &url]);
    let bridge = Bridge::ready(started.args(&["--listen", "tcp:127.0.0.1:0"]).start());
    let mut device = TcpStream::connect(bridge.at()).expect("it listens");
    let mut send = |packet: &[u8]| {
        let size = (packet.len() as u32).to_be_bytes();
        device.write_all(&size).expect("it reads");
        device.write_all(packet).expect("it reads");
    };
    proxy.stalled.store(true, Ordering::Relaxed);
    // 160 MB.
    let filler = "x".repeat(19_991);
    for n in 0..8_000 {
        send(&message("/x", ",s", format!("{n:08}{filler}\0").as_bytes()));
    }
    send(&int("/y", 7));
    send(&message("/go", ",", b""));
    send(&int("/x", 42));
    bridge
        .running
        .wait_says("/osc/go: the router reads too slowly");
    let memory = bridge.running.peak_memory();
    assert!(memory < 64 * 1024, "{memory} KiB");
    proxy.stalled.store(false, Ordering::Relaxed);
    let mut driver = Driver::connect(&router);
    for (address, value) in [("/osc/x", 42), ("/osc/y", 7)] {
        eventually(address, || {
            (driver.get(address)?.0 == Val::Int(value)).then_some(())
        });
    }
    let counts = bridge.finish();
    assert_eq!(
        counts["dropped"],
        json!({"because the router is too slow": 1})
    );
}

/// Longer than echoes are usually waited for, with so few messages that no queue is ever full.
#[test]
fn the_echoes_of_a_router_that_paused_are_still_known() {
    let router = Router::own(&[]);
    let proxy = Proxy::to(&router);
    let url = format!("ws://{}", proxy.address);
    let start = |protocol: &str, args: &[&str]| {
        let command = ["clasp", "bridge", protocol, "-o", "json", "--url", &url];
        Bridge::ready(trefoil(&command).args(ANY).args(args).start())
    };
    let (desk, console, receiver) = (Peer::new(), Peer::new(), Peer::new());
    let osc = start("osc", &[]);
    let sacn = start("sacn", &["--send", &receiver.address()]);
    let mut driver = Driver::connect(&router);
    let stored = |driver: &mut Driver, address: &str, value: i64| {
        eventually(address, || {
            (driver.get(address)?.0 == Val::Int(value)).then_some(())
        });
    };
    proxy.stalled.store(true, Ordering::Relaxed);
    for value in 1..=3 {
        desk.send(&int("/x", value), osc.at());
        console.send(
            &Sacn::levels(1, value as u8, &[value as u8]).bytes(),
            sacn.at(),
        );
        // The proxy may pass on what it is reading: the first one.
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_millis(5_200));
    proxy.stalled.store(false, Ordering::Relaxed);
    stored(&mut driver, "/osc/x", 3);
    stored(&mut driver, "/sacn/1/1", 3);
    // What others write comes after the echoes, and nothing comes before it.
    driver.set("/osc/x", 4);
    driver.set("/sacn/1/2", 4);
    assert_eq!(desk.hear(), int("/x", 4));
    let first = Sacn::read(&receiver.hear()).expect("levels");
    assert_eq!(first.slots[..2], [0, 4]);
    for bridge in [osc, sacn] {
        let counts = bridge.finish();
        assert_eq!(
            (&counts["from_router"], &counts["dropped"]),
            (&json!(1), &json!({}))
        );
    }
}
