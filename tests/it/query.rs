//! `clasp query` and `clasp time`: what the router has, and the time of its clock.

use serde_json::json;

use crate::support::now_micros;
use crate::support::{Driver, Fake, Msg, Router, Val, wire};

#[test]
fn params_that_exist_and_signals_that_were_announced_are_one_list() {
    // Only announcements answer QUERY (quirk 14); the param comes by its snapshot.
    let fake = Fake::router(|peer, message| match message {
        Msg::Other(0x60) => {
            let mut result = vec![0x61, 0, 2];
            for (address, kind) in [("/cues/go", 1), ("/lights/front", 0)] {
                result.extend(u16::try_from(address.len()).unwrap().to_be_bytes());
                result.extend(address.as_bytes());
                result.extend([kind, 1, 0, 5]);
                result.extend(b"float");
            }
            peer.send(&result);
            true
        }
        Msg::Subscribe { .. } => {
            let front = ("/lights/front", Val::Float(0.8), 12);
            peer.send(&wire::snapshot(&[front, ("/lights/back", Val::Int(1), 1)]));
            true
        }
        _ => false,
    });
    let found = fake.clasp(&["query"]).run().done();
    assert_eq!(
        found.records(),
        [
            json!({"type": "event", "address": "/cues/go", "announced": true, "datatype": "float"}),
            json!({"type": "param", "address": "/lights/back", "value": 1, "revision": 1,
                "announced": false}),
            json!({"type": "param", "address": "/lights/front", "value": 0.8, "revision": 12,
                "announced": true, "datatype": "float"}),
        ],
        "{found}"
    );
    fake.clasp(&["query", "--tree"]).run().done().prints(
        "/cues\n\
         └─ go   event   (announced)\n\
         /lights\n\
         ├─ back   1   int\n\
         └─ front   0.8   float   (announced)\n",
    );
}

#[test]
fn of_a_real_router_by_pattern() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_many([
        ("/sensors/temp", 21.5.into()),
        ("/sensors/room/1/temp", 20.into()),
        ("/other", Val::Null),
    ]);
    let found = router.clasp(&["query", "/sensors/**"]).run().done();
    let addresses: Vec<_> = found
        .records()
        .iter()
        .map(|r| r["address"].clone())
        .collect();
    assert_eq!(
        addresses,
        ["/sensors/room/1/temp", "/sensors/temp"],
        "{found}"
    );
    let all = router.clasp(&["query", "-o", "table"]).run().done();
    assert!(all.stdout.starts_with("ADDRESS  "), "{all}");
    assert_eq!(all.stdout.lines().count(), 4, "{all}");
    router
        .clasp(&["query", "/none/*"])
        .run()
        .exits(6)
        .prints("")
        .says(&["nothing matches /none/*"]);
}

#[test]
fn the_time_is_the_routers_and_can_be_used_in_at() {
    let router = Router::start();
    let before = now_micros();
    let time = router.clasp(&["time"]).run().done().quietly();
    let micros = time.json().as_u64().expect("a number");
    // Both run on this machine: the clocks are one.
    assert!(
        (before - 5_000..now_micros() + 5_000).contains(&micros),
        "{time}"
    );
    let words = router.clasp(&["time", "-o", "table"]).run().done();
    for part in ["offset", "round trip"] {
        assert!(words.stdout.contains(part), "{words}");
    }
    let timeless = Fake::router(|_, message| matches!(message, Msg::Sync { .. }));
    timeless
        .clasp(&["time"])
        .run()
        .exits(5)
        .prints("")
        .says(&["SYNC"]);
}
