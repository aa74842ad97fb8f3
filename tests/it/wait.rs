//! `clasp wait`: waits until the value fulfils a condition, and prints it.

use std::time::Duration;

use crate::support::{Driver, Fake, Msg, Router, Val, eventually, wire};

#[test]
fn a_value_that_is_there_already_is_enough() {
    let router = Router::start();
    Driver::connect(&router).set("/door", "open");
    for args in [
        &["wait", "/door"][..],
        &["wait", "/door", "--eq", "open"],
        &["wait", "/door", "--ne", "shut", "--until", "length == 4"],
        &["wait", "/door", "--eq", "shut", "--ge", "\"a\"", "--any"],
    ] {
        router
            .clasp(args)
            .run()
            .done()
            .prints("\"open\"\n")
            .quietly();
    }
    let raw = router.clasp(&["wait", "/door", "-r"]).run().done();
    raw.prints("open\n");
}

#[test]
fn it_waits_for_the_first_value_that_satisfies_all() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/temp", -1.5);
    let waiting = router
        .clasp(&["wait", "/temp", "--ge", "-1", "--lt", "5"])
        .start();
    // The session is in the router's books before the values that must not satisfy it.
    router.wait_log("trefoil");
    driver.set_many([
        ("/temp", 7.into()),
        ("/temp", 5.into()),
        ("/temp", 4.into()),
    ]);
    driver.set("/temp", 3.0);
    let output = waiting.finish().done();
    assert!(["4\n", "3.0\n"].contains(&&*output.stdout), "{output}");
}

#[test]
fn a_value_that_a_restarted_router_does_not_have_is_not_stable() {
    let fake = Fake::websocket(|number, peer| {
        let mut subscribed = false;
        while let Some(message) = peer.receive() {
            peer.answer(&message);
            match message {
                Msg::Subscribe { .. } if number == 0 => {
                    peer.send(&wire::snapshot(&[("/a", Val::Int(1), 3)]));
                    subscribed = true;
                }
                Msg::Ping if subscribed => return peer.hang_up(),
                _ => {}
            }
        }
    });
    let args = ["wait", "/a", "--eq", "1", "--stable", "500ms"];
    let limits = ["--timeout", "2s", "--reconnect-interval", "20ms"];
    let run = fake.clasp(&[&args[..], &limits].concat()).run().exits(124);
    run.prints("").says(&["no value came"]);
}

#[test]
fn an_absent_value_is_not_yet_and_an_event_counts() {
    let router = Router::with().no_rate_limit().start();
    router
        .clasp(&["wait", "/none", "--ne", "1", "--timeout", "100ms"])
        .run()
        .exits(124)
        .prints("")
        .says(&["/none", "no value came", "100 ms"]);
    let waiting = router.clasp(&["wait", "/cues/go"]).start();
    router.wait_log("trefoil");
    let mut driver = Driver::connect(&router);
    // Events are kept by nobody: until the subscription is live, there is none to hear.
    let payload = Val::from("now");
    let ended = std::thread::spawn(move || waiting.finish());
    while !ended.is_finished() {
        driver.publish(&wire::event("/cues/go", Some(&payload)));
    }
    ended.join().expect("no panic").done().prints("\"now\"\n");
}

#[test]
fn the_deadline_names_the_last_value() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 0.5);
    router
        .clasp(&["wait", "/a", "--gt", "1", "--timeout", "100ms"])
        .run()
        .exits(124)
        .prints("")
        .says(&["the last value was 0.5"]);
}

#[test]
fn stable_means_without_interruption() {
    // 1 holds; 0 interrupts it; then 1 stays.
    let fake = Fake::router(|peer, message| match message {
        Msg::Subscribe { .. } => {
            peer.send(&wire::snapshot(&[("/a", Val::Int(1), 1)]));
            true
        }
        Msg::Ping => {
            peer.send(wire::PONG);
            peer.send(&wire::set("/a", &Val::Int(0)));
            peer.send(&wire::set("/a", &Val::Int(2)));
            true
        }
        _ => false,
    });
    let run = fake
        .clasp(&["wait", "/a", "--ge", "1", "--stable", "300ms"])
        .run()
        .done()
        .prints("2\n");
    assert!(run.took >= Duration::from_millis(300), "{run}");
}

#[test]
fn a_filter_that_does_not_fit_a_value_waits_for_one_that_it_fits() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/s", "on");
    let args = ["wait", "/s", "--until", ".r > 200", "--timeout", "10s"];
    let wait = router.clasp(&args).start();
    eventually("the note on a value that the filter does not fit", || {
        wait.stderr().contains("cannot index \"on\"").then_some(())
    });
    driver.send(&wire::set(
        "/s",
        &Val::Map(vec![("r".into(), Val::Int(255))]),
    ));
    wait.finish().done().prints("{\"r\":255}\n");
}

#[test]
fn what_cannot_be_asked_is_usage() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 0.5);
    for (args, says) in [
        (&["wait", "/a/*"][..], "'*' matches many addresses"),
        (&["wait", "/a", "--gt", "[1]"], "--gt [1]"),
        (&["wait", "/a", "--until", "("], "--until"),
    ] {
        router.clasp(args).run().exits(2).says(&[says]);
    }
}
