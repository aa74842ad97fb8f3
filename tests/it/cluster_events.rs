//! Events in a cluster: each router is sent only what its sessions may hear, and nothing of that is missed.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::engine::Engine;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Msg, Router, eventually, eventually_within};

/// How many of the 512 partitions of events any router receives: the engine says of each whether anybody has
/// subscribed to it.
fn received(engine: &Engine) -> usize {
    let mut stream = TcpStream::connect(engine.place()).expect("it listens");
    let mut lines = BufReader::new(stream.try_clone().expect("a socket")).lines();
    let mut said =
        "CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\n".to_owned();
    said += "SUB nobody.* 1\r\n";
    for partition in 0..512 {
        said += &format!("PUB clasp.show.e.{partition} nobody.{partition} 0\r\n\r\n");
    }
    stream
        .write_all((said + "PING\r\n").as_bytes())
        .expect("it reads");
    let mut nobody = 0;
    loop {
        let line = lines.next().expect("an answer").expect("UTF-8");
        nobody += usize::from(line.starts_with("HMSG nobody."));
        if line == "PONG" {
            return 512 - nobody;
        }
    }
}

#[track_caller]
fn hears(driver: &mut Driver, expected: &str) {
    match driver.hear() {
        Msg::Publish(publish) => assert_eq!(publish.address, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_what_somebody_has_subscribed_to_is_sent_to_a_router() {
    let Some(engine) = Engine::start_or_skip("events of two routers") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut sender = Driver::connect(&first);
    assert_eq!(received(&engine), 0, "nobody has subscribed");
    let mut one = Driver::subscribed(&second, "/lights/front/**");
    assert_eq!(received(&engine), 1);
    let mut all = Driver::subscribed(&second, "/lights/**");
    assert_eq!(received(&engine), 16);
    let mut middle = Driver::subscribed(&second, "/*/front/go");
    assert_eq!(received(&engine), 16 + 31);
    sender.emit("/lights/front/go", 1);
    sender.emit("/lights/back", 1);
    sender.emit("/sound/front/go", 1);
    for (driver, expected) in [
        (&mut one, &["/lights/front/go"][..]),
        (&mut all, &["/lights/front/go", "/lights/back"]),
        (&mut middle, &["/lights/front/go", "/sound/front/go"]),
    ] {
        for address in expected {
            hears(driver, address);
        }
    }
    // Params come to all routers anyway.
    let params = clasp(&second.url(), &["sub", "/**", "--type", "param"]).live();
    assert_eq!(received(&engine), 16 + 31);
    drop(params);
    // What nobody hears any more is given up after a while, and can be had again.
    drop((one, all, middle));
    eventually_within(Duration::from_secs(40), "nothing to be received", || {
        (received(&engine) == 0).then_some(())
    });
    sender.emit("/lights/front/go", 2);
    let mut again = Driver::subscribed(&second, "/lights/front/*");
    sender.emit("/lights/front/stop", 3);
    hears(&mut again, "/lights/front/stop");
}

#[test]
fn a_history_has_all_events() {
    let Some(engine) = Engine::start_or_skip("a history in a cluster") else {
        return;
    };
    let home = crate::support::dir::Dir::new();
    let folder = home.path().to_str().expect("UTF-8");
    let url = engine.url();
    let recorder = Router::own(&["--cluster", &url, "--history", "1h", "--data", folder]);
    let [other] = engine.routers(&[]);
    assert_eq!(received(&engine), 512);
    Driver::connect(&other).emit("/nobody/hears/it", 1);
    eventually("the event in the history", || {
        let history = clasp(&recorder.url(), &["history", "/nobody/**", "-o", "json"]);
        history
            .run()
            .stdout
            .contains("/nobody/hears/it")
            .then_some(())
    });
}

/// The nodes of the engine tell each other of a subscription, which takes a moment.
#[test]
fn a_subscription_hears_the_next_event_of_a_router_at_another_node() {
    let Some(engine) = Engine::three_or_skip("events through three nodes") else {
        return;
    };
    let nodes: Vec<String> = engine.url().split(',').map(str::to_owned).collect();
    let [here, there] = [&nodes[0], &nodes[1]].map(|node| {
        let rest = nodes.iter().filter(|other| *other != node);
        let all: Vec<&str> = std::iter::once(node)
            .chain(rest)
            .map(String::as_str)
            .collect();
        Router::own(&["--cluster", &all.join(",")])
    });
    let mut sender = Driver::connect(&here);
    for n in 0..60 {
        let mut hearer = Driver::subscribed(&there, &format!("/zone{n}/**"));
        sender.emit(&format!("/zone{n}/go"), n);
        hears(&mut hearer, &format!("/zone{n}/go"));
    }
}

#[test]
fn a_router_that_has_died_does_not_hold_up_a_subscription_for_long() {
    let Some(engine) = Engine::start_or_skip("a router that died") else {
        return;
    };
    let [here, there, silent, mut gone] = engine.routers(&[]);
    silent.freeze(true);
    gone.kill();
    let began = Instant::now();
    let mut hearer = Driver::subscribed(&here, "/a/**");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    Driver::connect(&there).emit("/a/b", 1);
    hears(&mut hearer, "/a/b");
}
