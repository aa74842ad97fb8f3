//! `clasp ping`: the round-trip time to the router, its name and its clock.

use serde_json::json;

use crate::support::now_micros;
use crate::support::{Fake, Msg, Router};

#[test]
fn tells_the_round_trip_the_clock_and_the_router() {
    let router = Router::with().name("Stage Left").start();
    let pinged = router.clasp(&["ping", "--count", "7"]).run().done();
    let document = pinged.json();
    assert_eq!(document["router"], "Stage Left", "{pinged}");
    assert_eq!(document["count"], 7, "{pinged}");
    let features = json!(["param", "event", "stream", "gesture", "timeline"]);
    assert_eq!(document["features"], features, "{pinged}");
    let session = document["session"].as_str().unwrap_or_default();
    assert!(
        !session.is_empty() && router.log().contains(session),
        "{pinged}\n{}",
        router.log()
    );
    let spread = &document["round_trip_us"];
    let [min, mean, max, jitter] = ["min", "mean", "max", "jitter"].map(|key| {
        spread[key]
            .as_f64()
            .unwrap_or_else(|| panic!("no {key}\n{pinged}"))
    });
    assert!(
        0.0 < min && min <= mean && mean <= max && jitter <= max,
        "{pinged}"
    );
    // One machine has one clock.
    assert!(
        document["clock_offset_us"]
            .as_i64()
            .is_some_and(|us| us.abs() < 100_000),
        "{pinged}"
    );
}

#[test]
fn the_clock_offset_is_the_routers() {
    // A router whose clock is an hour ahead, in the microseconds of the wire.
    const HOUR: i64 = 3_600_000_000;
    let fake = Fake::router(|peer, message| {
        let Msg::Sync { t1 } = message else {
            return false;
        };
        let ahead = now_micros() + HOUR.unsigned_abs();
        let mut reply = vec![0x40, 0x03];
        for time in [*t1, ahead, ahead] {
            reply.extend(time.to_be_bytes());
        }
        peer.send(&reply);
        true
    });
    let pinged = fake.clasp(&["ping", "--count", "3"]).run().done();
    let offset = pinged.json()["clock_offset_us"]
        .as_i64()
        .expect("an offset");
    assert!((offset - HOUR).abs() < 100_000, "{pinged}");
}

#[test]
fn no_count_is_too_large() {
    let fake = Fake::router(|_, _| false);
    let args = ["ping", "--count", "4294967295", "--interval", "36500d"];
    fake.clasp(&[&args[..], &["--timeout", "300ms"]].concat())
        .run()
        .exits(124);
}
