//! A token that is revoked while sessions of a cluster use it: they end, and so does what they began.

use std::path::PathBuf;
use std::time::Duration;

use crate::support::dir::Dir;
use crate::support::engine::Engine;
use crate::support::router::record;
use crate::support::{Driver, Msg, Router, Val, eventually_within, now_micros, wire};

/// This machine is busy.
const LIMIT: Duration = Duration::from_secs(30);

/// Routers of one show, with one file of tokens.
struct Guarded {
    routers: [Router; 2],
    file: PathBuf,
    _dir: Dir,
}

impl Guarded {
    fn on(engine: &Engine) -> Guarded {
        let dir = Dir::new();
        let file = dir.path().join("tokens.json");
        write(&file, &["cpsk_a", "cpsk_b"]);
        let url = engine.url();
        let args = ["--cluster", &url, "--tokens", file.to_str().expect("UTF-8")];
        Guarded {
            routers: std::array::from_fn(|_| Router::own(&args)),
            file,
            _dir: dir,
        }
    }

    fn revoke_a(&self) {
        write(&self.file, &["cpsk_b"]);
    }
}

fn write(file: &std::path::Path, tokens: &[&str]) {
    let records: Vec<_> = tokens
        .iter()
        .map(|token| record(token, "admin:/**", None))
        .collect();
    let text = serde_json::json!({ "tokens": records }).to_string();
    let new = file.with_extension("new");
    std::fs::write(&new, text).expect("room");
    std::fs::rename(&new, file).expect("the same folder");
}

/// The session ends with the reason; what it has locked, planned, played and announced ends at all routers.
#[test]
fn what_a_revoked_token_has_begun_ends_everywhere() {
    let Some(engine) = Engine::start_or_skip("revoked tokens") else {
        return;
    };
    let guarded = Guarded::on(&engine);
    let [first, second] = &guarded.routers;
    let mut owner = Driver::connect_as(first, "cpsk_a");
    let mut others = [first, second].map(|router| Driver::connect_as(router, "cpsk_b"));
    let mut reader = Driver::connect_as(second, "cpsk_a");
    owner.lock("/lock", 1_i64);
    owner.send(&wire::timeline("/fade", &[(0, 0.0), (60_000_000, 60.0)]));
    owner.send(b"\x03\0\x03/ns\0\x01\0\x05fader\x01\0");
    assert!(matches!(owner.reply(), Msg::Ack { .. }));
    let due = now_micros() + 4_000_000;
    owner.send(&wire::timed(due, &[wire::set("/cue", &Val::Int(1))]));
    assert!(matches!(owner.reply(), Msg::Ack { .. }));
    for other in &mut others {
        eventually_within(LIMIT, "the signal", || {
            (other.announced("/ns/**") == 1).then_some(())
        });
        eventually_within(LIMIT, "the timeline", || other.get("/fade"));
    }
    guarded.revoke_a();
    for session in [&mut owner, &mut reader] {
        let said = session.until_closed();
        let ends = |said: &[Msg]| matches!(said, [.., Msg::Error { code: 300, .. }]);
        assert!(ends(&said), "{said:?}");
    }
    for other in &mut others {
        eventually_within(LIMIT, "the end of the signal", || {
            (other.announced("/ns/**") == 0).then_some(())
        });
    }
    let [here, there] = &mut others;
    eventually_within(LIMIT, "the end of the lock", || {
        there.send(&wire::set("/lock", &Val::Int(2)));
        matches!(there.reply(), Msg::Ack { .. }).then_some(())
    });
    // The last step may have been on its way.
    std::thread::sleep(Duration::from_millis(500));
    let stopped = here.get("/fade").expect("it was played");
    while now_micros() < due + 500_000 {
        here.fence();
        there.fence();
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(here.get("/cue"), None, "the bundle was not done");
    assert_eq!(there.get("/fade"), Some(stopped));
}

/// A write that has not been sent when its token is revoked is not done later.
#[test]
fn a_write_that_waits_is_not_done_with_a_revoked_token() {
    let Some(mut engine) = Engine::start_or_skip("revoked tokens") else {
        return;
    };
    let guarded = Guarded::on(&engine);
    let [first, second] = &guarded.routers;
    let mut owner = Driver::connect_as(first, "cpsk_a");
    let mut other = Driver::connect_as(first, "cpsk_b");
    owner.set("/before", 1_i64);
    engine.kill(0);
    first.wait_log("the connection to the cluster's engine is lost");
    owner.send(&wire::set("/never", &Val::Int(1)));
    owner.send(&wire::bundle(&[wire::set("/never/too", &Val::Int(1))]));
    other.send(&wire::set("/waits", &Val::Int(1)));
    guarded.revoke_a();
    let said = owner.until_closed();
    assert!(
        matches!(said[..], [Msg::Error { code: 300, .. }]),
        "{said:?}"
    );
    engine.start(0);
    assert!(matches!(other.receive(LIMIT), Some(Msg::Ack { .. })));
    let mut reader = Driver::connect_as(second, "cpsk_b");
    assert_eq!(reader.value("/before"), Val::Int(1));
    assert_eq!(reader.get("/never"), None);
    assert_eq!(reader.get("/never/too"), None);
}
