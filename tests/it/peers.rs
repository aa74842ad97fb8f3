//! What the tests assume about the reference implementations. If one of these fails, an assumption
//! is wrong, and other failures may have nothing to do with trefoil.

use crate::support::python::{SdkListener, python_or_skip, run};
use crate::support::{Driver, Msg, Router, Val, wire};

use std::time::Duration;

#[test]
fn a_value_survives_the_router() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let values = [
        Val::Null,
        Val::Bool(true),
        Val::Int(i64::MAX),
        Val::Float(-0.5),
        Val::from("héllo"),
        Val::Bytes(vec![1, 2, 255]),
        Val::Array(vec![
            Val::Int(1),
            Val::Map(vec![("r".into(), Val::Float(1.0))]),
        ]),
    ];
    for value in values {
        driver.set("/v", value.clone());
        assert_eq!(driver.value("/v"), value);
    }
    assert_eq!(driver.get("/none"), None);
}

#[test]
fn the_rate_limit_drops_what_is_too_fast_and_the_fence_with_it() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    for i in 0..2_500 {
        driver.send(&wire::set("/fast", &Val::Int(i)));
    }
    let replies: Vec<_> = (0..2_500).map(|_| driver.reply()).collect();
    let refused = replies
        .iter()
        .filter(|reply| matches!(reply, Msg::Error { code: 429, .. }));
    // Which second a message falls into is the clock's business: two seconds take 2,000.
    let refused = refused.count();
    assert!((490..=1_510).contains(&refused), "{refused} refused");
}

#[test]
fn a_lock_outlives_its_session_and_a_bundle_hides_what_it_refuses() {
    let router = Router::start();
    Driver::connect(&router).lock("/locked", 1.0);
    let mut driver = Driver::connect(&router);
    driver.send(&wire::set("/locked", &Val::Float(2.0)));
    assert!(matches!(driver.reply(), Msg::Error { code: 400, .. }));
    driver.send(&wire::bundle(&[
        wire::set("/locked", &Val::Float(2.0)),
        wire::set("/free", &Val::Float(2.0)),
    ]));
    assert!(
        matches!(driver.reply(), Msg::Ack { .. }),
        "the bundle is acknowledged all the same"
    );
    assert_eq!(driver.value("/locked"), Val::Float(1.0));
    assert_eq!(driver.value("/free"), Val::Float(2.0));
}

#[test]
fn tokens_and_scopes_are_kept() {
    let router = Router::with()
        .tokens("cpsk_w=read:/**,write:/a/**")
        .expired("cpsk_old")
        .start();
    let mut driver = Driver::connect_as(&router, "cpsk_w");
    driver.set("/a/x", 1.0);
    driver.send(&wire::set("/b/x", &Val::Float(1.0)));
    assert!(matches!(driver.reply(), Msg::Error { code: 301, .. }));
}

#[test]
fn a_snapshot_leaves_out_what_two_stars_match_with_no_segment() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1.0);
    driver.set("/a/b", 1.0);
    driver.send(&wire::subscribe(1, "/a/**"));
    let Msg::Snapshot(params) = driver.reply() else {
        panic!("no snapshot")
    };
    let addresses: Vec<_> = params.iter().map(|param| param.address.as_str()).collect();
    assert_eq!(addresses, ["/a/b"], "the protocol has /a/** match /a too");
    // Live, it does match.
    driver.set("/a", 2.0);
    assert!(matches!(driver.hear(), Msg::Set { address, .. } if address == "/a"));
}

#[test]
fn admin_is_no_scope_to_subscribe_with() {
    let router = Router::with()
        .tokens("cpsk_a=admin:/**;cpsk_r=read:/**")
        .start();
    let subscribe = |token| {
        let mut driver = Driver::connect_as(&router, token);
        driver.send(&wire::subscribe(1, "/a"));
        driver.send(wire::PING);
        driver.reply()
    };
    assert!(matches!(subscribe("cpsk_a"), Msg::Error { code: 301, .. }));
    assert_eq!(subscribe("cpsk_r"), Msg::Pong);
}

#[test]
fn a_killed_router_comes_back_empty_on_its_port() {
    let mut router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    router.kill();
    router.restart();
    assert_eq!(Driver::connect(&router).get("/a"), None);
}

#[test]
fn a_quiet_session_is_removed_while_its_socket_stays_open() {
    let router = Router::with().session_timeout(1).start();
    let mut quiet = Driver::connect(&router);
    quiet.subscribe("/a");
    router.wait_log(&format!("{} timed out", quiet.session));
    Driver::connect(&router).set("/a", 1.0);
    quiet.send(&wire::event(
        &format!("/clasp/p2p/signal/{}", quiet.session),
        None,
    ));
    assert!(matches!(quiet.reply(), Msg::Error { code: 404, .. }));
    assert_eq!(quiet.hear_within(Duration::from_millis(1)), None);
}

#[test]
fn the_router_holds_and_sends_100_000_params() {
    let router = Router::with().unlimited().start();
    Driver::connect(&router).set_numbered("/p", 100_000);
    assert_eq!(Driver::connect(&router).snapshot.len(), 100_000);
}

#[test]
fn the_python_sdk_writes() {
    let Some(python) = python_or_skip("the Python SDK as a writer") else {
        return;
    };
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.subscribe("/sdk/**");
    run(python, "write.py", &router, &[]);
    let heard: Vec<_> = (0..15).map(|_| driver.hear()).collect();
    let Msg::Set { address, value, .. } = &heard[2] else {
        panic!("{heard:?}")
    };
    assert_eq!(
        (address.as_str(), value),
        ("/sdk/int", &Val::Int(-42)),
        "{heard:?}"
    );
}

#[test]
fn the_python_sdk_listens() {
    let Some(python) = python_or_skip("the Python SDK as a listener") else {
        return;
    };
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut listener = SdkListener::start(python, &router, "/x/**", 2);
    driver.set("/x/a", 0.5);
    driver.emit("/x/b", "go");
    assert_eq!(listener.line(), r#"{"address": "/x/a", "value": 0.5}"#);
    assert_eq!(listener.line(), r#"{"address": "/x/b", "value": "go"}"#);
    listener.finish();
}
