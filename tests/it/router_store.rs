//! `serve --data`: what is kept however the router ends.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::support::dir::Dir;
use crate::support::msg::Msg;
use crate::support::namespace::unshare_or_skip;
use crate::support::{Driver, Router, Val, eventually, now_micros, trefoil, wire};

fn on(dir: &Dir, sync: &str) -> Router {
    let data = dir.path().join("data");
    Router::own(&["--data", data.to_str().expect("UTF-8"), "--sync", sync])
}

/// A SET with a time to live of so many seconds.
fn set_for(address: &str, value: i64, seconds: u32) -> Vec<u8> {
    let mut body = wire::set(address, &Val::Int(value));
    body[1] |= 0x10;
    body.extend(seconds.to_be_bytes());
    body
}

fn fade(address: &str, length: i64) -> Vec<u8> {
    let keyframe = |time: i64, value: f64| {
        Val::Map(vec![
            ("time".into(), Val::Int(time)),
            ("value".into(), Val::Float(value)),
        ])
    };
    let frames = vec![keyframe(0, 0.0), keyframe(length, 1.0)];
    let value = Val::Map(vec![("keyframes".into(), Val::Array(frames))]);
    let mut body = wire::stream(address, &value);
    body[1] = 0x80;
    body
}

#[test]
fn values_survive_a_kill_with_revision_writer_and_time() {
    for sync in ["100ms", "always"] {
        let dir = Dir::new();
        let mut router = on(&dir, sync);
        let mut driver = Driver::connect(&router);
        driver.set("/a", 1_i64);
        driver.set("/a", 2_i64);
        driver.set("/text", "before");
        driver.set_many([("/m/1", 1.5.into()), ("/m/2", Val::Null)]);
        let all = ["get", "/**", "-o", "ndjson"];
        let before = router.clasp(&all).run().done().stdout;
        assert_eq!(before.lines().count(), 4);
        router.kill();
        router.restart();
        let after = router.clasp(&all).run().done().stdout;
        assert_eq!(after, before, "{sync}");
        assert_eq!(Driver::connect(&router).set("/a", 3_i64), 3);
    }
}

#[test]
fn a_time_to_live_goes_on_while_no_router_is_there() {
    let dir = Dir::new();
    let mut router = on(&dir, "always");
    let mut driver = Driver::connect(&router);
    for body in [set_for("/short", 1, 0x8000_0001), set_for("/long", 2, 60)] {
        driver.send(&body);
        assert!(matches!(driver.reply(), Msg::Ack { .. }));
    }
    router.kill();
    thread::sleep(Duration::from_millis(1_100));
    router.restart();
    let mut driver = Driver::connect(&router);
    assert_eq!(driver.get("/short"), None);
    assert_eq!(driver.value("/long"), Val::Int(2));
    // A value that nobody says a time for keeps its own.
    driver.set("/long", 3_i64);
    driver.send(&set_for("/long", 4, 0x8000_0001));
    assert!(matches!(driver.reply(), Msg::Ack { .. }));
    eventually("the end of /long", || {
        driver.get("/long").is_none().then_some(())
    });
}

#[test]
fn locks_end_with_their_sessions() {
    let dir = Dir::new();
    let mut router = on(&dir, "always");
    Driver::connect(&router).lock("/a", 1_i64);
    let mut holder = Driver::connect(&router);
    holder.lock("/b", 1_i64);
    router.kill();
    router.restart();
    let mut other = Driver::connect(&router);
    assert_eq!(other.set("/b", 2_i64), 2);
}

#[test]
fn a_held_bundle_is_done_once_at_its_time_by_whoever_is_there() {
    let dir = Dir::new();
    let mut router = on(&dir, "100ms");
    let mut driver = Driver::connect(&router);
    let now = now_micros();
    for (at, address) in [(now + 300_000, "/soon"), (now + 3_000_000, "/later")] {
        driver.send(&wire::timed(
            at,
            &[wire::set(address, &Val::Int(1)), wire::event("/cue", None)],
        ));
        assert!(matches!(driver.reply(), Msg::Ack { revision: None, .. }));
    }
    eventually("/soon", || driver.get("/soon"));
    router.kill();
    router.restart();
    let mut driver = Driver::connect(&router);
    driver.subscribe("/**");
    assert_eq!(
        driver.get("/soon"),
        Some((Val::Int(1), 1)),
        "it was done once"
    );
    assert_eq!(driver.get("/later"), None, "it is not its time");
    assert!(matches!(driver.hear(), Msg::Set { address, .. } if address == "/later"));
    assert!(now_micros() >= now + 3_000_000);
    assert!(matches!(driver.hear(), Msg::Publish(_)));
    router.kill();
    router.restart();
    assert_eq!(
        Driver::connect(&router).get("/later"),
        Some((Val::Int(1), 1))
    );
}

#[test]
fn a_bundle_that_is_far_too_late_is_not_done_and_that_is_said() {
    let dir = Dir::new();
    let mut router = on(&dir, "100ms");
    let mut driver = Driver::connect(&router);
    driver.send(&wire::timed(
        now_micros() + 500_000,
        &[wire::set("/a", &Val::Int(1))],
    ));
    assert!(matches!(driver.reply(), Msg::Ack { .. }));
    router.kill();
    thread::sleep(Duration::from_millis(11_000));
    router.restart();
    router.wait_log("1 timed bundles were due more than 10s ago");
    assert_eq!(Driver::connect(&router).get("/a"), None);
}

#[test]
fn a_timeline_goes_on_where_it_would_have_been() {
    let dir = Dir::new();
    let mut router = on(&dir, "100ms");
    let mut driver = Driver::connect(&router);
    let begin = now_micros();
    driver.publish(&fade("/fade", 3_000_000));
    driver.publish(&fade("/ended", 3_000_000));
    driver.set("/ended", 7_i64);
    eventually("/fade", || driver.get("/fade"));
    router.kill();
    router.restart();
    let mut driver = Driver::connect(&router);
    driver.subscribe("/**");
    let heard = driver.hear();
    let (address, value) = match heard {
        Msg::Set {
            address,
            value: Val::Float(value),
            ..
        } => (address, value),
        other => panic!("{other:?}"),
    };
    assert_eq!(address, "/fade");
    let passed = (now_micros() - begin) as f64 / 3e6;
    assert!((value - passed).abs() < 0.2, "{value} after {passed} of it");
    eventually("its end", || {
        (driver.value("/fade") == Val::Float(1.0)).then_some(())
    });
    assert_eq!(driver.value("/ended"), Val::Int(7));
}

#[test]
fn announced_signals_and_what_a_token_began_survive_as_long_as_the_token() {
    let dir = Dir::new();
    let data = dir.path().join("data");
    let data = ["--data", data.to_str().expect("UTF-8")];
    let both = "cpsk_a=admin:/**;cpsk_b=admin:/**";
    let with = |tokens| Router::own_with(Router::with().tokens(tokens), &data);
    let mut router = with(both);
    for token in ["a", "b"] {
        let address = format!("/{token}");
        let mut driver = Driver::connect_as(&router, &format!("cpsk_{token}"));
        driver.send(&wire::timed(
            now_micros() + 2_500_000,
            &[wire::set(&address, &Val::Int(1))],
        ));
        assert!(matches!(driver.reply(), Msg::Ack { .. }));
        let mut announce = vec![0x03, 0, 1, b'/', 0, 1, 0, 3];
        announce.extend(format!("/s{token}").bytes().chain([1, 0]));
        driver.send(&announce);
        assert!(matches!(driver.reply(), Msg::Ack { .. }));
    }
    router.kill();
    drop(router);
    let router = with("cpsk_a=admin:/**");
    router.wait_log("2 timed bundles, timelines or signals of tokens that are no longer valid");
    let query = router.clasp(&["query", "/**", "--jq", ".address"]);
    query.token("cpsk_a").run().done().prints("\"/sa\"\n");
    let mut driver = Driver::connect_as(&router, "cpsk_a");
    eventually("/a", || driver.get("/a"));
    assert_eq!(driver.get("/b"), None);
}

#[test]
fn it_is_closed_in_order_and_another_router_cannot_have_the_folder_meanwhile() {
    let dir = Dir::new();
    let data = dir.path().join("data");
    let data = data.to_str().expect("UTF-8");
    let mut router = on(&dir, "100ms");
    Driver::connect(&router).set("/a", 1_i64);
    let serve = ["clasp", "serve", "--bind", "127.0.0.1:0", "--data", data];
    let refused = trefoil(&serve).run().exits(2);
    refused.says(&["another router uses", data, "(process ", "--data DIR"]);
    router.stop();
    let get = "$0 clasp get /a";
    let around = ["--", "sh", "-c", get, env!("CARGO_BIN_EXE_trefoil")];
    eventually("the end of the first", || {
        let again = trefoil(&[&serve[..], &around].concat()).run();
        (again.stdout == "1\n").then_some(())
    });
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let dir = Dir::new();
    let file = dir.file("file", "");
    let path = file.to_str().expect("UTF-8");
    let serve = |data| trefoil(&["clasp", "serve", "--bind", "127.0.0.1:0", "--data", data]);
    serve(path)
        .run()
        .exits(2)
        .says(&["cannot use", path, "--data DIR"]);
    let log = dir.path().join("state-00000001.log");
    fs::write(&log, "a log of something else").expect("room");
    let dir_text = dir.path().to_str().expect("UTF-8");
    serve(dir_text)
        .run()
        .exits(5)
        .says(&["is not a log that this version can read"]);
    assert_eq!(
        fs::read(&log).expect("untouched"),
        b"a log of something else"
    );
    if unshare_or_skip("a folder that cannot be written to") {
        let read_only = Dir::new();
        let path = read_only.path();
        let text = path.to_str().expect("UTF-8");
        let refused = serve(text).with_read_only(path).run().exits(2);
        refused.says(&["cannot use", "Read-only file system", "--data DIR"]);
    }
}

/// The addresses of one writer: what was acknowledged, and what it had sent when the router was
/// killed.
struct Written {
    prefix: String,
    acknowledged: Vec<u64>,
    sent: Vec<u64>,
    /// Bundles that wait, by number: whether they were accepted.
    held: Vec<bool>,
}

const ADDRESSES: usize = 20;
const WINDOW: usize = 64;

impl Written {
    fn new(number: usize) -> Written {
        Written {
            prefix: format!("/w{number}"),
            acknowledged: vec![0; ADDRESSES],
            sent: vec![0; ADDRESSES],
            held: Vec::new(),
        }
    }

    /// Writes until the router is killed: SETs whose value is the revision that they must get, each
    /// tenth a bundle of two that belong together, now and then one with a time.
    fn load(&mut self, mut driver: Driver) {
        let mut waiting = std::collections::VecDeque::new();
        for step in 0_usize.. {
            while waiting.len() < WINDOW {
                let place = (step + waiting.len() * 7) % (ADDRESSES - 2);
                let count = waiting.len();
                let body = if count == 13 && self.held.len() < 1_000 {
                    let number = self.held.len();
                    self.held.push(false);
                    let address = format!("{}/held/{number}", self.prefix);
                    waiting.push_back((None, number));
                    let at = now_micros() + 20_000 + number as u64 % 7 * 30_000;
                    wire::timed(at, &[wire::set(&address, &Val::Int(1))])
                } else if count % 10 == 0 {
                    let mut sets = Vec::new();
                    for place in [ADDRESSES - 2, ADDRESSES - 1] {
                        sets.push(self.next(place));
                    }
                    waiting.push_back((Some(ADDRESSES - 1), 0));
                    wire::bundle(&sets)
                } else {
                    waiting.push_back((Some(place), 0));
                    self.next(place)
                };
                // The router acknowledges in order, and what was sent may have been done.
                if !driver.try_send(&body) {
                    return;
                }
            }
            let Some(Msg::Ack { revision, .. }) = driver.try_receive() else {
                return;
            };
            match waiting.pop_front().expect("something was asked") {
                (Some(place), _) => {
                    let revision = revision.expect("a revision");
                    assert!(revision > self.acknowledged[place], "{}", self.prefix);
                    self.acknowledged[place] = revision;
                    if place == ADDRESSES - 1 {
                        self.acknowledged[ADDRESSES - 2] = revision;
                    }
                }
                (None, number) => self.held[number] = true,
            }
        }
    }

    fn next(&mut self, place: usize) -> Vec<u8> {
        self.sent[place] += 1;
        let value = i64::try_from(self.sent[place]).expect("few");
        wire::set(&format!("{}/{place}", self.prefix), &Val::Int(value))
    }

    /// Everything acknowledged is stored, other writes may be; a bundle is never stored partly.
    fn check(&mut self, driver: &mut Driver) {
        for place in 0..ADDRESSES {
            let address = format!("{}/{place}", self.prefix);
            let revision = match driver.get(&address) {
                Some((value, revision)) => {
                    let expected = i64::try_from(revision).expect("few");
                    assert_eq!(value, Val::Int(expected), "{address}");
                    revision
                }
                None => 0,
            };
            let range = self.acknowledged[place]..=self.sent[place];
            assert!(
                range.contains(&revision),
                "{address}: {revision}, not in {range:?}"
            );
            (self.sent[place], self.acknowledged[place]) = (revision, revision);
        }
        assert_eq!(
            self.sent[ADDRESSES - 2],
            self.sent[ADDRESSES - 1],
            "half a bundle"
        );
    }

    /// Every bundle that was accepted has been done once, and no other more than that.
    fn check_held(&self, driver: &mut Driver) {
        for (number, accepted) in self.held.iter().enumerate() {
            let address = format!("{}/held/{number}", self.prefix);
            let found = driver.get(&address).map(|(_, revision)| revision);
            let expected = if *accepted || found.is_some() {
                Some(1)
            } else {
                None
            };
            assert_eq!(found, expected, "{address}");
        }
    }
}

/// `TREFOIL_TEST_KILLS=200` does it so often.
#[test]
fn whenever_it_is_killed_under_load_nothing_acknowledged_is_lost_and_no_revision_goes_back() {
    let kills = std::env::var("TREFOIL_TEST_KILLS").ok();
    let kills: u64 = kills.map_or(4, |kills| kills.parse().expect("a number"));
    for sync in ["100ms", "always"] {
        let dir = Dir::new();
        let mut router = on(&dir, sync);
        let mut writers: Vec<Written> = (0..3).map(Written::new).collect();
        let mut acknowledged = 0;
        for round in 0..kills.div_ceil(2) {
            let loads: Vec<_> = writers
                .drain(..)
                .map(|mut written| {
                    let driver = Driver::connect(&router);
                    thread::spawn(move || {
                        written.load(driver);
                        written
                    })
                })
                .collect();
            // Spread without being random: a failure can be repeated.
            thread::sleep(Duration::from_micros(20_000 + round * 7_919 % 300_000));
            router.kill();
            writers.extend(loads.into_iter().map(|load| load.join().expect("no panic")));
            acknowledged = writers
                .iter()
                .map(|written| written.acknowledged.iter().sum::<u64>())
                .sum::<u64>();
            router.restart();
            let mut driver = Driver::connect(&router);
            for written in &mut writers {
                written.check(&mut driver);
            }
        }
        thread::sleep(Duration::from_millis(300));
        let mut driver = Driver::connect(&router);
        let held: usize = writers.iter().map(|written| written.held.len()).sum();
        for written in &writers {
            written.check_held(&mut driver);
        }
        assert!(acknowledged > 0 && held > 0);
        eprintln!(
            "--sync {sync}: {} kills, {acknowledged} acknowledged, {held} held",
            kills.div_ceil(2)
        );
    }
}
