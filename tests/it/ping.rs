//! `clasp ping`: how far away the router is, and who it is.

use serde_json::Value;

use crate::support::{Fake, Router};

/// Every number under a key that contains `name`, wherever it stands.
fn numbers(document: &Value, name: &str) -> Vec<f64> {
    let Value::Object(map) = document else {
        return vec![];
    };
    let found = map.iter().flat_map(|(key, value)| match value {
        Value::Number(number) if key.contains(name) => vec![number.as_f64().unwrap_or(f64::NAN)],
        other => numbers(other, name),
    });
    found.collect()
}

#[test]
fn tells_the_round_trip_the_clock_and_the_router() {
    let router = Router::with().name("Stage Left").start();
    let pinged = router.clasp(&["ping", "--count", "5"]).run().done();
    let document = pinged.json();
    let text = document.to_string();
    for expected in ["\"Stage Left\"", "\"param\"", "\"event\"", "\"gesture\""] {
        assert!(text.contains(expected), "{expected}\n{pinged}");
    }
    assert!(router.log().contains("Session created"), "{}", router.log());
    let session = document["session"].as_str().unwrap_or_default();
    assert!(
        !session.is_empty() && router.log().contains(session),
        "{pinged}\n{}",
        router.log()
    );
    for name in ["offset", "jitter"] {
        assert!(
            !numbers(&document, name).is_empty(),
            "no number called {name}\n{pinged}"
        );
    }
}

#[test]
fn the_clock_offset_is_the_routers() {
    // A router whose clock is an hour ahead, in the microseconds of the wire.
    const HOUR: u64 = 3_600_000_000;
    let fake = Fake::router(|peer, message| {
        let crate::support::Msg::Sync { t1 } = message else {
            return false;
        };
        let ahead = crate::support::fake::now_us() + HOUR;
        let mut reply = vec![0x40, 0x03];
        for time in [*t1, ahead, ahead] {
            reply.extend(time.to_be_bytes());
        }
        peer.send(&reply);
        true
    });
    let pinged = fake.clasp(&["ping", "--count", "3"]).run().done();
    let hour = numbers(&pinged.json(), "offset").into_iter().any(|offset| {
        // In whichever unit it is printed, within a second.
        [1e6, 1e3, 1.0]
            .iter()
            .any(|unit| (offset / unit - 3_600.0).abs() < 1.0)
    });
    assert!(hour, "no offset of an hour\n{pinged}");
}
