//! Several bridges between the same broker and the same router, or at one broker for several routers.

use super::*;

/// Longer than anything takes to go round once.
const QUIET: Duration = Duration::from_millis(400);

/// So many lines of a `mosquitto_sub`, sorted, because two bridges are in no order. No more follow.
#[track_caller]
fn exactly(count: usize, lines: &Receiver<String>) -> Vec<String> {
    let mut heard: Vec<_> = (0..count).map(|_| line(lines)).collect();
    if let Ok(more) = lines.recv_timeout(QUIET) {
        panic!("{more} after {heard:?}");
    }
    heard.sort();
    heard
}

/// How many lines come until it is quiet; a message that goes round without end is 10,000.
fn until_quiet(lines: &Receiver<String>) -> usize {
    let heard = std::iter::from_fn(|| lines.recv_timeout(QUIET).ok());
    heard.take(10_000).count()
}

/// Everything that is published from now on, as `TOPIC PAYLOAD`.
fn listener(broker: &Mosquitto) -> crate::support::mosquitto::Subscriber {
    let listener = broker.subscribe(&["-t", "#", "-F", "%t %p", "-R"]);
    eventually("the listener", || {
        broker.publish(&["-t", "ready", "-m", "1"]);
        listener.lines.recv_timeout(Duration::from_millis(200)).ok()
    });
    until_quiet(&listener.lines);
    listener
}

/// The value that the broker retains at a topic.
fn retained(broker: &Mosquitto, topic: &str) -> String {
    line(&broker.subscribe(&["-t", topic, "-F", "%p"]).lines)
}

#[test]
fn two_bridges_between_a_broker_and_a_router_do_not_pass_messages_back_and_forth() {
    for router in [Router::own(&[]), Router::start()] {
        let Some(broker) = Mosquitto::start_or_skip() else {
            return;
        };
        let bridges = [(); 2].map(|()| bridge(&router, &broker, &[]));
        let published = listener(&broker);
        let mut driver = Driver::connect(&router);
        let mut other = Driver::subscribed(&router, "/mqtt/**");

        // From the router: each bridge publishes it, and neither writes it again.
        driver.emit("/mqtt/cue", 1);
        assert_eq!(exactly(2, &published.lines), ["cue 1", "cue 1"]);
        for n in 0..20 {
            driver.set("/mqtt/level", n);
        }
        exactly(40, &published.lines);
        assert_eq!(retained(&broker, "level"), "19");
        assert_eq!(driver.get("/mqtt/level"), Some((Val::Int(19), 20)));
        assert_eq!(heard(&mut other), "/mqtt/cue event Some(Int(1))");
        for n in 0..20 {
            assert_eq!(heard(&mut other), format!("/mqtt/level = Int({n})"));
        }

        // From the broker: each bridge writes it, and neither publishes it again.
        broker.publish(&["-t", "go", "-m", "2"]);
        assert_eq!(exactly(1, &published.lines), ["go 2"]);
        for _ in 0..2 {
            assert_eq!(heard(&mut other), "/mqtt/go event Some(Int(2))");
        }
        for n in 0..10 {
            broker.publish(&["-t", "temp", "-r", "-m", &n.to_string()]);
        }
        eventually("the newest value at both", || {
            let value = driver.get("/mqtt/temp")?.0;
            (value == Val::Int(9) && retained(&broker, "temp") == "9").then_some(())
        });
        // A bridge that is behind may take the other's value for somebody else's, once.
        let heard = until_quiet(&published.lines);
        assert!(heard <= 30, "{heard}");
        assert_eq!(retained(&broker, "temp"), "9");
        for bridge in bridges {
            bridge
                .running
                .wait_says("another bridge carries messages between this router and mqtt://");
            assert_eq!(bridge.finish()["dropped"], json!({}));
        }
    }
}

/// Both are at one broker, which is how two routers exchange values.
#[test]
fn what_a_bridge_of_another_router_has_carried_passes() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let routers = [Router::own(&[]), Router::own(&[])];
    // One of them has been restarted: its id is that of its router, not its own.
    bridge(&routers[0], &broker, &[]).finish();
    let _bridges = [0, 1].map(|at| bridge(&routers[at], &broker, &["--properties"]));
    let mut drivers = [0, 1].map(|at| Driver::connect(&routers[at]));
    for (from, to) in [(0, 1), (1, 0)] {
        let mut listening = Driver::subscribed(&routers[to], "/mqtt/**");
        let address = format!("/mqtt/from{from}");
        drivers[from].set(&address, 1);
        // Without the mark, which would make a map of it.
        assert_eq!(heard(&mut listening), format!("{address} = Int(1)"));
        drivers[from].emit("/mqtt/go", 2);
        assert_eq!(heard(&mut listening), "/mqtt/go event Some(Int(2))");
        assert_eq!(drivers[from].get(&address), Some((Val::Int(1), 1)));
    }
}

/// In 3.1.1 a bridge cannot know the other, but what goes round is stopped and named.
#[test]
fn what_goes_round_in_3_1_1_is_stopped_and_named() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    let args = ["--protocol", "3.1.1"];
    let bridges = [(); 2].map(|()| bridge(&router, &broker, &args));
    let mut driver = Driver::connect(&router);
    // A value that both sides have is not written again.
    driver.set("/mqtt/level", 1);
    let published = listener(&broker);
    let (_, writes) = driver.get("/mqtt/level").expect("a value");
    assert!(writes < 100, "{writes}");
    driver.emit("/mqtt/go", 1);
    let heard = until_quiet(&published.lines);
    assert!((1..1_000).contains(&heard), "{heard}");
    // What is stopped is that message alone.
    driver.emit("/mqtt/other", 1);
    assert_ne!(until_quiet(&published.lines), 0);
    let said = bridges.map(|bridge| {
        bridge.running.terminate();
        bridge.running.finish().exits(0).stderr.clone()
    });
    let said = said.concat();
    assert!(said.contains(": the same message goes round"), "{said}");
    assert!(said.contains("going round between two bridges"), "{said}");
}

/// What the broker retains comes back, and nothing newer is overwritten.
#[test]
fn a_router_that_has_lost_its_values_gets_those_that_the_broker_retains() {
    for (protocol, mut router) in [("5", Router::own(&[])), ("3.1.1", Router::start())] {
        let Some(broker) = Mosquitto::start_or_skip() else {
            return;
        };
        for (topic, value) in [("a", "1"), ("b", "2"), ("gone", "1")] {
            broker.publish(&["-t", topic, "-m", value, "-r"]);
        }
        let args = ["--protocol", protocol, "--reconnect-interval", "1s"];
        let bridge = bridge(&router, &broker, &args);
        let mut driver = Driver::connect(&router);
        driver.set("/mqtt/c", 3);
        eventually("c", || (broker.retained("c") == 1).then_some(()));
        eventually("gone", || driver.get("/mqtt/gone"));
        router.kill();
        bridge.running.wait_says("router gone");
        router.restart();
        let mut driver = Driver::connect(&router);
        driver.set("/mqtt/a", 10);
        // Without a word to the router, which is away.
        broker.publish(&["-t", "gone", "-r", "-n"]);
        broker.publish(&["-t", "b", "-m", "5", "-r"]);
        bridge
            .running
            .wait_says("reading again what the broker retains");
        for (address, value) in [("/mqtt/c", 3), ("/mqtt/b", 5), ("/mqtt/a", 10)] {
            eventually(address, || {
                let found = driver.get(address)?.0;
                (found == Val::Int(value)).then_some(())
            });
        }
        eventually("a at the broker", || {
            (retained(&broker, "a") == "10").then_some(())
        });
        assert_eq!(driver.get("/mqtt/a"), Some((Val::Int(10), 1)), "{protocol}");
        // A live publication is no condition's matter.
        broker.publish(&["-t", "a", "-m", "11", "-r"]);
        eventually("a", || {
            (driver.get("/mqtt/a")?.0 == Val::Int(11)).then_some(())
        });
        let dropped = bridge.finish()["dropped"].clone();
        assert_eq!(dropped, json!({}), "{protocol}");
    }
}

/// A router that keeps its values gets nothing back that was removed while the bridge was away.
#[test]
fn a_router_that_has_kept_its_values_gets_nothing_back() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let home = Dir::new();
    let data = home.path().join("data").display().to_string();
    let mut router = Router::own(&["--data", &data]);
    broker.publish(&["-t", "a", "-m", "1", "-r"]);
    let bridge = bridge(&router, &broker, &["--reconnect-interval", "1s"]);
    let mut driver = Driver::connect(&router);
    driver.set("/mqtt/b", 1);
    eventually("a", || driver.get("/mqtt/a"));
    router.kill();
    bridge.running.wait_says("router gone");
    router.restart();
    let set = ["set", "/mqtt/a", "null", "--ttl", "1s", "--ttl-absolute"];
    router.clasp(&set).run().done();
    let mut driver = Driver::connect(&router);
    eventually("its end", || driver.get("/mqtt/a").is_none().then_some(()));
    bridge.running.wait_says("back in");
    broker.publish(&["-t", "c", "-m", "1", "-r"]);
    eventually("c", || driver.get("/mqtt/c"));
    std::thread::sleep(QUIET);
    assert_eq!(driver.get("/mqtt/a"), None);
    bridge.running.terminate();
    let done = bridge.running.finish().exits(0);
    assert!(!done.stderr.contains("reading again"), "{}", done.stderr);
}

/// The id is the router's own, although its address is one of the namespace.
#[test]
fn the_id_of_a_router_is_not_passed_on() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    let bridge = bridge(&router, &broker, &["--namespace", "/", "--retained"]);
    let mut driver = Driver::connect(&router);
    let id = driver
        .get("/clasp/bridges/id")
        .expect("the bridge gives it one");
    broker.publish(&["-t", "clasp/bridges/id", "-m", "0000000000000000", "-r"]);
    broker.publish(&["-t", "last", "-m", "1", "-r"]);
    eventually("last", || driver.get("/last"));
    assert_eq!(driver.get("/clasp/bridges/id"), Some(id));
    let dropped = bridge.finish()["dropped"].clone();
    assert_eq!(dropped, json!({"for the id of the router": 1}));
    // Another bridge gets it from the router, and publishes all but that.
    let second = Bridge::ready(
        router
            .clasp(&["bridge", "mqtt", &broker.address(), "-o", "json"])
            .args(&["--namespace", "/", "--retained", "--topic", "none"])
            .start(),
    );
    driver.set("/end", 1);
    eventually("the end", || (broker.retained("end") == 1).then_some(()));
    assert_eq!(retained(&broker, "clasp/bridges/id"), "0000000000000000");
    second.finish();
}
