//! `clasp bridge sacn`: what consoles send is in the router, and the other way round.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, bind, socket, sockopt};
use serde_json::json;

use crate::support::dmx::{
    Node, PREVIEW, PythonPeer, Sacn, TERMINATED, loopback, sets, sync, sync_universe,
};
use crate::support::osc::{Bridge, Peer, heard_publish, heard_set};
use crate::support::{Driver, Fake, PATIENCE, Router, Val, eventually};

/// A bridge between a router and these.
#[track_caller]
fn bridge(router: &Router, args: &[&str]) -> Bridge {
    let started = router.clasp(&["bridge", "sacn", "-o", "json"]);
    Bridge::ready(started.args(args).start())
}

/// `--listen` at a free port of loopback, where no multicast comes.
const ANY: &[&str] = &["--listen", "127.0.0.1:0"];

/// The next so many SETs.
#[track_caller]
fn heard(driver: &mut Driver, count: usize) -> Vec<(String, Val)> {
    (0..count).map(|_| heard_set(driver)).collect()
}

fn level(universe: u16, channel: usize, level: i64) -> (String, Val) {
    (format!("/sacn/{universe}/{channel}"), Val::Int(level))
}

#[test]
fn what_python_sends_is_written_and_only_what_changes() {
    // It sends to the usual port alone.
    let here = loopback();
    let Some(mut peer) = PythonPeer::start("sacn_peer.py", &["send", &here.to_string()]) else {
        return;
    };
    let router = Router::start();
    let args = ["--universe", "1-2", "--listen", &format!("{here}:5568")];
    let bridge = bridge(&router, &args);
    let mut driver = Driver::subscribed(&router, "/sacn/**");
    let mut levels = vec![255; 512];
    peer.tell(&json!({"universe": 2, "levels": levels}));
    // It may send a dark frame first.
    let last = |driver: &mut Driver, address: &str, level: i64| {
        eventually(address, || {
            (driver.get(address)?.0 == Val::Int(level)).then_some(())
        });
    };
    last(&mut driver, "/sacn/2/512", 255);
    let all = router.clasp(&["dump", "/sacn/2/**"]).run().done().json();
    assert_eq!(all.as_object().expect("params").len(), 512);
    assert!(all.as_object().expect("params").values().all(|v| v == 255));

    let mut quiet = Driver::subscribed(&router, "/sacn/**");
    levels[99] = 7;
    levels[511] = 0;
    peer.tell(&json!({"universe": 2, "levels": levels}));
    assert_eq!(heard(&mut quiet, 2), [level(2, 100, 7), level(2, 512, 0)]);
    peer.finish();
    assert_eq!(quiet.hear_within(Duration::from_millis(100)), None);
    let counts = bridge.finish();
    assert_eq!(
        counts["from_router"], 0,
        "it does not send what it has written"
    );
    assert_eq!(counts["dropped"], json!({}));
}

#[test]
fn what_others_write_is_heard_by_python_until_the_bridge_ends() {
    let free = Node::at(Ipv4Addr::LOCALHOST);
    let port = free.socket.local_addr().expect("bound").port().to_string();
    drop(free);
    let Some(peer) = PythonPeer::start("sacn_peer.py", &["receive", &port, "1", "2"]) else {
        return;
    };
    assert_eq!(peer.says(), "ready");
    let router = Router::start();
    let target = format!("127.0.0.1:{port}");
    let args = [
        "--universe",
        "1-2",
        "--send",
        &target,
        "--source-name",
        "bühne",
    ];
    let bridge = bridge(&router, &[ANY, &args, &["--priority", "150"]].concat());
    let mut driver = Driver::connect(&router);
    driver.set_many([("/sacn/1/1", Val::Int(10)), ("/sacn/1/3", Val::Int(30))]);
    assert_eq!(peer.says(), json!([1, "available"]));
    peer.wait(&json!([1, 150, "bühne", [10, 0, 30, 0]]));
    driver.set("/sacn/2/4", 40);
    peer.wait(&json!([2, 150, "bühne", [0, 0, 0, 40]]));
    driver.set("/sacn/1/3", 31);
    peer.wait(&json!([1, 150, "bühne", [10, 0, 31, 0]]));
    bridge.finish();
    let mut ends = [peer.says(), peer.says()];
    ends.sort_by_key(|end| end[0].as_u64());
    assert_eq!(ends, [json!([1, "timeout"]), json!([2, "timeout"])]);
    peer.finish();
}

/// At once, then three times more, then once a second; with gapless numbers, and an end that is said
/// three times to everybody.
#[test]
fn a_stream_has_its_rate_its_numbers_and_its_end() {
    let router = Router::start();
    let (node, other) = (Node::at(loopback()), Node::at(loopback()));
    let (first, second) = (node.address(), other.address());
    let args = ["--send", &first, "--send", &second, "--send-only"];
    let bridge = bridge(&router, &args);
    let mut driver = Driver::connect(&router);
    driver.set("/sacn/1/1", 1);
    let mut heard = vec![node.hear(Sacn::read)];
    let began = Instant::now();
    let mut n = 1;
    while began.elapsed() < Duration::from_millis(1_000) {
        n += 1;
        driver.set("/sacn/1/2", n % 256);
        while let Some(bytes) = node.hear_within(Duration::from_millis(2)) {
            heard.extend(Sacn::read(&bytes));
        }
    }
    assert!((20..=46).contains(&heard.len()), "{} frames", heard.len());
    // What is written last is sent last; then the keep-alive.
    let last = Instant::now();
    while last.elapsed() < Duration::from_millis(2_500) {
        if let Some(bytes) = node.hear_within(Duration::from_millis(100)) {
            heard.extend(Sacn::read(&bytes));
        }
    }
    assert_eq!(heard.last().expect("many").slots[1], (n % 256) as u8);
    assert_eq!(heard.last().expect("many").slots.len(), 512);
    for pair in heard.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!((pair[1].options, pair[1].cid), (0, pair[0].cid));
    }
    let same = |sacn: &&Sacn| sacn.slots[1] == (n % 256) as u8;
    let repeats = heard.iter().rev().take_while(same).count();
    assert!((5..=7).contains(&repeats), "{repeats} of the last");
    bridge.finish();
    for node in [node, other] {
        let mut ends = 0;
        while let Some(bytes) = node.hear_within(Duration::from_millis(100)) {
            let is_end = |sacn: Sacn| sacn.options & TERMINATED != 0;
            ends += usize::from(Sacn::read(&bytes).is_some_and(is_end));
        }
        assert_eq!(ends, 3);
    }
}

/// One frame is one bundle, whatever it holds; and several frames of one sync packet are one, too.
#[test]
fn a_frame_arrives_whole() {
    let (bundles, arrived) = channel();
    let bundles = std::sync::Mutex::new(bundles);
    let fake = Fake::router(move |_, message| {
        let sets = sets(message);
        if !sets.is_empty() {
            let _ = bundles.lock().expect("no panic").send(sets);
        }
        false
    });
    let args = ["bridge", "sacn", "-o", "json", "--universe", "1,63999"];
    let bridge = Bridge::ready(fake.clasp(&args).args(ANY).start());
    let desk = Node::at(loopback());
    let whole = |sequence, universe, level, sync| Sacn {
        universe,
        sync,
        ..Sacn::levels(9, sequence, &[level; 512])
    };
    let arrived = || arrived.recv_timeout(PATIENCE).expect("a bundle");
    desk.send(&whole(1, 63_999, 1, 500).bytes(), bridge.at());
    let first = arrived();
    assert_eq!(first.len(), 512);
    assert_eq!(first[511], level(63_999, 512, 1));
    desk.send(&sync(9, 500), bridge.at());
    desk.send(&whole(1, 1, 5, 500).bytes(), bridge.at());
    desk.send(&whole(2, 63_999, 2, 500).bytes(), bridge.at());
    desk.send(&sync(9, 500), bridge.at());
    assert_eq!(arrived().len(), 1_024);
    bridge.finish();
}

#[test]
fn priorities_and_rules_say_which_source_counts() {
    let router = Router::own(&[]);
    for (rule, merged, changed) in [("htp", 30, 30), ("ltp", 5, 11)] {
        let namespace = format!("/{rule}");
        let args = ["--merge", rule, "--namespace", &namespace];
        let bridge = bridge(&router, &[ANY, &args].concat());
        let mut driver = Driver::connect(&router);
        let desk = Node::at(loopback());
        let send = |sacn: &Sacn| desk.send(&sacn.bytes(), bridge.at());
        let mut becomes = |channel: u16, level: i64| {
            let address = format!("{namespace}/1/{channel}");
            eventually(&address, || {
                (driver.get(&address)?.0 == Val::Int(level)).then_some(())
            });
        };
        send(&Sacn::levels(1, 1, &[30, 1]));
        becomes(1, 30);
        send(&Sacn::levels(2, 1, &[5, 2]));
        becomes(2, 2);
        becomes(1, merged);
        send(&Sacn::levels(1, 2, &[11, 1]));
        send(&Sacn::levels(
            1,
            3,
            &[if rule == "htp" { 30 } else { 11 }, 1],
        ));
        becomes(1, changed);
        // A higher priority takes all of it; of some channels, by start code 0xDD.
        let high = Sacn {
            priority: 150,
            ..Sacn::levels(3, 1, &[1, 77])
        };
        send(&high);
        becomes(1, 1);
        becomes(2, 77);
        let mut priorities = vec![1; 512];
        priorities[1] = 200;
        send(&Sacn {
            start_code: 0xDD,
            ..Sacn::levels(3, 1, &priorities)
        });
        becomes(1, changed);
        becomes(2, 77);
        // It ends; the others take over, and the last of them leaves its levels.
        send(&Sacn {
            options: TERMINATED,
            ..Sacn::levels(3, 2, &[0, 0])
        });
        becomes(2, 2);
        bridge.finish();
    }
}

#[test]
fn a_silent_source_is_dropped_after_two_and_a_half_seconds() {
    let router = Router::start();
    let bridge = bridge(&router, &[ANY, &["-v"]].concat());
    let mut driver = Driver::subscribed(&router, "/sacn/**");
    let desk = Node::at(loopback());
    let high = Sacn {
        priority: 150,
        ..Sacn::levels(1, 1, &[1])
    };
    desk.send(&high.bytes(), bridge.at());
    assert_eq!(heard(&mut driver, 1), [level(1, 1, 1)]);
    let began = Instant::now();
    let mut sequence = 0_u8;
    let taken = loop {
        sequence = sequence.wrapping_add(1);
        let low = Sacn::levels(2, sequence, &[9]);
        desk.send(&low.bytes(), bridge.at());
        if let Some(taken) = driver.hear_within(Duration::from_millis(50)) {
            break taken;
        }
    };
    assert_eq!(sets(&taken), [level(1, 1, 9)]);
    let after = began.elapsed();
    assert!(after >= Duration::from_millis(2_300), "{after:?}");
    bridge
        .running
        .wait_says("universe 1: source 'desk' (02020202-");
    bridge.running.wait_says("is gone: silent for 2.5 s");
    bridge.finish();
}

#[test]
fn as_a_stream_and_normalized_and_back() {
    let router = Router::start();
    let node = Node::at(loopback());
    let target = node.address();
    let args = ["--mode", "universe", "--normalize", "--send", &target];
    let bridge = bridge(&router, &[ANY, &args].concat());
    let mut driver = Driver::subscribed(&router, "/sacn/**");
    let desk = Node::at(loopback());
    desk.send(&Sacn::levels(1, 1, &[255, 51]).bytes(), bridge.at());
    let stream = heard_publish(&mut driver);
    assert_eq!(stream.address, "/sacn/1");
    let Some(Val::Array(levels)) = stream.value else {
        panic!("{:?}", stream.value);
    };
    assert_eq!(levels.len(), 512);
    assert_eq!(
        levels[..3],
        [Val::Float(1.0), Val::Float(0.2), Val::Float(0.0)]
    );
    // Once a second again, for who comes later.
    assert_eq!(heard_publish(&mut driver).address, "/sacn/1");
    let args = ["stream", "/sacn/1", "[0.5,1,0.2]"];
    router.clasp(&args).run().done();
    let sent = node.hear(|bytes| Sacn::read(bytes).filter(|sacn| sacn.slots[0] > 0));
    assert_eq!(sent.slots[..4], [128, 255, 51, 0]);
    router.clasp(&["set", "/sacn/1/4", "0.1"]).run().done();
    let sent = node.hear(|bytes| Sacn::read(bytes).filter(|sacn| sacn.slots[3] > 0));
    assert_eq!(sent.slots[..4], [128, 255, 51, 26]);
    bridge.finish();
}

#[test]
fn what_cannot_be_passed_on_is_counted_and_does_no_harm() {
    let router = Router::start();
    let bridge = bridge(&router, &[ANY, &["--send", "127.0.0.1:9", "-v"]].concat());
    let mut driver = Driver::connect(&router);
    let desk = Node::at(loopback());
    let good = Sacn::levels(1, 5, &[1]);
    let bytes = good.bytes();
    let before = bridge.running.memory();
    desk.send(&bytes, bridge.at());
    for end in 0..bytes.len() {
        desk.send(&bytes[..end], bridge.at());
    }
    desk.send(&vec![0; 9_000], bridge.at());
    let wrong = [
        Sacn {
            options: PREVIEW,
            ..good.clone()
        },
        Sacn {
            start_code: 0x17,
            ..good.clone()
        },
        Sacn {
            universe: 3,
            ..good.clone()
        },
        Sacn {
            sequence: 4,
            ..good.clone()
        },
    ];
    for sacn in &wrong {
        desk.send(&sacn.bytes(), bridge.at());
    }
    for (address, value) in [("/sacn/1/513", 1), ("/sacn/1/1", 256), ("/sacn/2/1", 1)] {
        driver.set(address, value);
    }
    driver.emit("/sacn/1/1", 5);
    eventually("the router's part", || {
        let said = bridge.running.stderr();
        said.contains("/sacn/1/1: events have no level")
            .then_some(())
    });
    // Far more sources than there is room for, a thousand at a time.
    for n in 0..10_000_u32 {
        let mut packet = Sacn::levels(0, 1, &[2; 512]).bytes();
        packet[22..26].copy_from_slice(&n.to_be_bytes());
        desk.send(&packet, bridge.at());
        if n % 200 == 199 {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    // It may have been silent for too long, and then waits until those are gone.
    let mut sequence = 5_u8;
    eventually("the good one", || {
        sequence = sequence.wrapping_add(1);
        desk.send(&Sacn::levels(1, sequence, &[77]).bytes(), bridge.at());
        (driver.get("/sacn/1/1")?.0 == Val::Int(77)).then_some(())
    });
    let grown = bridge.running.memory().saturating_sub(before);
    assert!(grown < 32 << 10, "{grown} kB more");
    for said in [
        "it is not E1.31",
        "start code 0x17 is not DMX",
        "'desk' marks it as a preview",
        "a packet for universe 3",
        "an older packet came after a newer one",
        "a source more than there is room for",
        "/sacn/1/513: '513' is not a channel: they are 1 to 512",
        "/sacn/1/1: 256 is not a level: they are 0 to 255",
        "/sacn/2/1: universe 2 is not one of --universe",
    ] {
        bridge.running.wait_says(said);
    }
    let mut dropped = bridge.finish()["dropped"].clone();
    let many = dropped["of too many sources"].take();
    // As many as the system has kept.
    assert!(many.as_u64().expect("a count") > 500, "{many}");
    assert_eq!(
        dropped,
        json!({
            "malformed": bytes.len() + 1,
            "marked as a preview": 1,
            "of another start code": 1,
            "of universes that are not bridged": 2,
            "out of order": 1,
            "addresses that are no channel": 1,
            "values that are no level": 1,
            "events and timelines": 1,
            "of too many sources": null,
        })
    );
}

#[test]
fn multicast_reaches_every_group_and_leaves_to_its_own() {
    let router = Router::start();
    // More universes than one socket may join, at numbers that nobody else uses.
    let first = 20_000 + (std::process::id() % 20_000) as u16;
    let universes = format!("{first}-{}", first + 24);
    let args = ["--universe", &universes, "--interface", "127.0.0.1"];
    let bridge = bridge(&router, &[&args[..], &["--listen", "0"]].concat());
    let mut driver = Driver::subscribed(&router, "/sacn/**");
    let desk = Node::at(Ipv4Addr::LOCALHOST);
    let group = |universe: u16| {
        let [high, low] = universe.to_be_bytes();
        SocketAddr::from(([239, 255, high, low], bridge.at().port()))
    };
    for universe in [first, first + 24] {
        let packet = Sacn {
            universe,
            ..Sacn::levels(1, 1, &[5])
        };
        desk.send(&packet.bytes(), group(universe));
        assert_eq!(heard(&mut driver, 1), [level(universe, 1, 5)]);
    }
    // It is heard once, and not by every socket.
    assert_eq!(driver.hear_within(Duration::from_millis(100)), None);

    let listener = socket(AddressFamily::INET, SocketType::DGRAM, None).expect("a socket");
    sockopt::set_socket_reuseaddr(&listener, true).expect("as everybody does");
    let usual = SocketAddr::from(([0, 0, 0, 0], 5_568));
    bind(&listener, &usual).expect("the port is shared");
    let node = Node(Peer {
        socket: listener.into(),
    });
    let [high, low] = (first + 1).to_be_bytes();
    let sent_to = Ipv4Addr::new(239, 255, high, low);
    let loopback = Ipv4Addr::LOCALHOST;
    node.socket
        .join_multicast_v4(&sent_to, &loopback)
        .expect("it joins");
    driver.set(&format!("/sacn/{}/2", first + 1), 9);
    let sent = node.hear(|bytes| Sacn::read(bytes).filter(|sacn| sacn.universe == first + 1));
    assert_eq!(sent.slots[..3], [0, 9, 0]);
    // What multicast brings back is not taken for another source's.
    let counts = bridge.finish();
    assert_eq!(counts["to_router"], 2);
}

#[test]
fn universes_leave_together_with_a_sync_packet() {
    let router = Router::start();
    let node = Node::at(loopback());
    let target = node.address();
    let args = ["--universe", "1-2", "--sync", "500", "--send", &target];
    let bridge = bridge(&router, &[ANY, &args].concat());
    let mut driver = Driver::connect(&router);
    driver.set_many([("/sacn/1/1", Val::Int(1)), ("/sacn/2/1", Val::Int(2))]);
    let mut order = Vec::new();
    while order.len() < 3 {
        order.push(node.hear(|bytes| {
            let sync = sync_universe(bytes).map(|universe| format!("sync {universe}"));
            let data = || {
                let sacn = Sacn::read(bytes)?;
                Some(format!("{} of {}", sacn.universe, sacn.sync))
            };
            sync.or_else(data)
        }));
    }
    assert_eq!(order, ["1 of 500", "2 of 500", "sync 500"]);
    bridge.finish();
}

#[test]
fn a_router_that_was_away_gets_what_the_source_holds() {
    let mut router = Router::start();
    let node = Node::at(loopback());
    let target = node.address();
    let args = ["--reconnect-interval", "100ms", "--send", &target];
    let bridge = bridge(&router, &[ANY, &args].concat());
    let desk = Node::at(loopback());
    desk.send(&Sacn::levels(1, 1, &[1, 2]).bytes(), bridge.at());
    eventually("2", || Driver::connect(&router).get("/sacn/1/2"));
    router.kill();
    bridge.running.wait_says("router gone");
    desk.send(&Sacn::levels(1, 2, &[9, 2]).bytes(), bridge.at());
    router.restart();
    let mut driver = Driver::connect(&router);
    // It has forgotten everything: what has not changed is written, too.
    for (address, level) in [("/sacn/1/1", 9), ("/sacn/1/2", 2)] {
        // Until it is back, the source goes on, as sources do.
        let mut sequence = 2_u8;
        eventually(address, || {
            sequence = sequence.wrapping_add(1);
            desk.send(&Sacn::levels(1, sequence, &[9, 2]).bytes(), bridge.at());
            (driver.get(address)?.0 == Val::Int(level)).then_some(())
        });
    }
    driver.set("/sacn/1/3", 3);
    let sent = node.hear(Sacn::read);
    assert_eq!(sent.slots[..4], [0, 0, 3, 0], "its own is not sent");
    bridge.finish();
}

#[test]
fn how_it_begins_and_ends() {
    let router = Router::start();
    router.clasp(&["set", "/sacn/1/1", "200"]).run().done();
    let node = Node::at(loopback());
    let target = node.address();
    let args = [ANY, &["--send", &target]].concat();
    let quiet = bridge(&router, &args);
    quiet.running.wait_says(
        "1 level other than 0 that the router has already: --retained sends what is there",
    );
    assert_eq!(node.hear_within(Duration::from_millis(100)), None);
    quiet.running.terminate();
    quiet
        .running
        .finish()
        .exits(0)
        .says(&["0 messages to the router, 0 from it"]);
    let with = bridge(&router, &[&args[..], &["--retained"]].concat());
    assert_eq!(node.hear(Sacn::read).slots[0], 200);
    with.finish();
    while node.hear_within(Duration::from_millis(50)).is_some() {}

    let mut dry = router
        .clasp(&["bridge", "sacn", "--dry-run", "--retained"])
        .args(&args)
        .start();
    let would = dry.record();
    assert_eq!(
        (&would["to"], &would["peer"]),
        (&json!("peer"), &json!(target))
    );
    assert_eq!(
        (&would["universe"], &would["levels"][0]),
        (&json!(1), &json!(200))
    );
    dry.interrupt();
    dry.finish().exits(0);
    assert_eq!(node.hear_within(Duration::from_millis(100)), None);

    for (args, code, why) in [
        (
            &["--universe", "0"][..],
            2,
            "'0' is not a universe: they are 1 to 63999",
        ),
        (&["--priority", "201"], 2, "201"),
        (&["--mode", "dmx"], 2, "it is channel or universe"),
        (&["--send-only", "--listen", "0"], 2, "--listen"),
        (&["--multicast"], 2, "--send"),
        (
            &["--interface", "203.0.113.9", "--listen", "0"],
            1,
            "no interface has 203.0.113.9",
        ),
        (
            &["--send", "nowhere.invalid", "--listen", "127.0.0.1:0"],
            1,
            "cannot find nowhere.invalid",
        ),
    ] {
        let refused = router.clasp(&["bridge", "sacn"]).args(args).run();
        refused.exits(code).says(&[why]);
    }
}
