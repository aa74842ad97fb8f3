//! `clasp bridge mqtt`: publishes reach the router, and changes in the router are published.

mod properties;
mod twins;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::osc::Bridge;
use crate::support::{Driver, Mosquitto, Msg, PATIENCE, Router, Val, eventually, lines_of, python};

/// `trefoil clasp bridge mqtt BROKER ARGS`, ready.
#[track_caller]
fn bridge(router: &Router, broker: &Mosquitto, args: &[&str]) -> Bridge {
    let command = ["bridge", "mqtt", &broker.address(), "-o", "json"];
    Bridge::ready(router.clasp(&command).args(args).start())
}

/// What a driver hears next, as a line.
#[track_caller]
fn heard(driver: &mut Driver) -> String {
    match driver.hear() {
        Msg::Set { address, value, .. } => format!("{address} = {value:?}"),
        Msg::Publish(publish) => format!("{} event {:?}", publish.address, publish.value),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn line(lines: &Receiver<String>) -> String {
    lines.recv_timeout(PATIENCE).expect("a line")
}

#[test]
fn retained_is_a_param_the_rest_are_events_and_nothing_loops() {
    for protocol in ["5", "3.1.1"] {
        let Some(broker) = Mosquitto::start_or_skip() else {
            return;
        };
        let router = Router::start();
        broker.publish(&["-t", "sensors/temp", "-m", "21.5", "-r"]);
        let mut driver = Driver::subscribed(&router, "/mqtt/**");
        let bridge = bridge(&router, &broker, &["--protocol", protocol]);
        assert_eq!(heard(&mut driver), "/mqtt/sensors/temp = Float(21.5)");
        for (args, expected) in [
            (
                &["-t", "go", "-m", "on"][..],
                "/mqtt/go event Some(Str(\"on\"))",
            ),
            (&["-t", "go", "-n"], "/mqtt/go event None"),
            (
                &["-t", "list", "-m", "[1,true]"],
                "/mqtt/list event Some(Array([Int(1), Bool(true)]))",
            ),
            // A topic that was retained once stays a param.
            (
                &["-t", "sensors/temp", "-m", "22", "-r", "-q", "2"],
                "/mqtt/sensors/temp = Int(22)",
            ),
        ] {
            broker.publish(args);
            assert_eq!(heard(&mut driver), expected, "{protocol}");
        }
        let listener = broker.subscribe(&["-t", "#", "-F", "%r %q %t %p", "-q", "1", "-R"]);
        broker.publish(&["-t", "ready", "-m", "1"]);
        // The value may not have arrived yet.
        let mut ready = || {
            broker.publish(&["-t", "ready", "-m", "1"]);
            listener.lines.recv_timeout(Duration::from_millis(200)).ok()
        };
        eventually("the listener", &mut ready);
        driver.set("/mqtt/lights/1", 0.5);
        driver.emit("/mqtt/cue", "go");
        driver.set("/mqtt/end", Val::Null);
        let mut said = Vec::new();
        while said
            .last()
            .is_none_or(|line: &String| !line.contains(" end "))
        {
            let line = line(&listener.lines);
            if !line.contains(" ready ") {
                said.push(line);
            }
        }
        assert_eq!(
            said,
            ["0 1 lights/1 0.5", "0 1 cue go", "0 1 end "],
            "{protocol}"
        );
        // The broker has it as retained, and it was not sent back to the router.
        let kept = broker.subscribe(&["-t", "lights/#", "-F", "%r %t %p"]);
        assert_eq!(line(&kept.lines), "1 lights/1 0.5");
        assert_eq!(driver.get("/mqtt/lights/1").expect("a value").1, 1);
        let counts = bridge.finish();
        assert_eq!(counts["dropped"], json!({}), "{protocol}: {counts}");
    }
}

#[test]
fn an_empty_retained_payload_deletes_and_so_does_null() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    broker.publish(&["-t", "a", "-m", "1", "-r"]);
    let mut driver = Driver::connect(&router);
    let _bridge = bridge(&router, &broker, &[]);
    eventually("a", || driver.get("/mqtt/a"));
    broker.publish(&["-t", "a", "-r", "-n"]);
    eventually("its end", || driver.get("/mqtt/a").is_none().then_some(()));
    driver.set("/mqtt/b", 1);
    driver.set("/mqtt/b", Val::Null);
    driver.set("/mqtt/c", 1);
    let kept = || broker.subscribe(&["-t", "#", "-F", "%t", "-W", "5"]);
    eventually("c", || (line(&kept().lines) == "c").then_some(()));
}

/// paho, connected to a broker.
struct Paho {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Paho {
    #[track_caller]
    fn connect(python: &Path, protocol: &str, broker: &Mosquitto) -> Paho {
        let script = format!("{}/tests/python/paho_peer.py", env!("CARGO_MANIFEST_DIR"));
        let mut child = Command::new(python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args([&script, &protocol[..1], &broker.port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python runs");
        let lines = lines_of(child.stdout.take().expect("piped"));
        assert_eq!(line(&lines), "ready");
        Paho {
            stdin: child.stdin.take(),
            child,
            lines,
        }
    }

    fn publish(&mut self, publication: &Value) {
        let stdin = self.stdin.as_mut().expect("it is not closed");
        writeln!(stdin, "{publication}").expect("it reads");
    }

    /// The next publication of a topic.
    #[track_caller]
    fn hears(&self, topic: &str) -> Value {
        loop {
            let mut heard: Value = serde_json::from_str(&line(&self.lines)).expect("JSON");
            if heard["topic"] == topic {
                // The bridge's own mark.
                if let Some(user) = heard["properties"]["user"].as_array_mut() {
                    user.retain(|pair| pair[0] != "trefoil-bridge");
                }
                return heard;
            }
        }
    }

    fn finish(mut self) {
        drop(self.stdin.take());
        assert!(self.child.wait().expect("ours").success());
    }
}

impl Drop for Paho {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn paho_is_heard_and_hears() {
    let Some(python) = python::paho_or_skip("paho and the bridge") else {
        return;
    };
    for protocol in ["5", "3.1.1"] {
        let Some(broker) = Mosquitto::start_or_skip() else {
            return;
        };
        let router = Router::own(&[]);
        let mut driver = Driver::subscribed(&router, "/mqtt/**");
        let _bridge = bridge(&router, &broker, &["--protocol", protocol, "--qos", "2"]);
        let mut paho = Paho::connect(python, protocol, &broker);
        for (said, expected) in [
            (
                json!({"topic": "x", "payload": "{\"a\":1}", "qos": 2}),
                "/mqtt/x event Some(Map([(\"a\", Int(1))]))",
            ),
            (
                json!({"topic": "y", "payload": "7", "retain": true, "expiry": 1}),
                "/mqtt/y = Int(7)",
            ),
            // 20 kB: more than some clients take.
            (
                json!({"topic": "z", "payload": "\"".repeat(20_000)}),
                "/mqtt/z event Some(Str(\"\\\"\\\"",
            ),
        ] {
            paho.publish(&said);
            let heard = heard(&mut driver);
            // An MQTT 3.1.1 broker does not mark a live message as retained.
            let expected = match (protocol, expected) {
                ("3.1.1", "/mqtt/y = Int(7)") => "/mqtt/y event Some(Int(7))",
                (_, expected) => expected,
            };
            assert!(heard.starts_with(expected), "{protocol}: {heard:.200}");
        }
        if protocol == "5" {
            // The expiry is the param's time to live.
            eventually("its end", || driver.get("/mqtt/y").is_none().then_some(()));
        }
        router
            .clasp(&["set", "/mqtt/out", "true", "--ttl", "60s"])
            .run()
            .done();
        let heard = paho.hears("out");
        assert_eq!(
            (&heard["payload"], &heard["qos"]),
            (&json!("true"), &json!(1))
        );
        paho.finish();
    }
}

/// mosquitto ends the connection after such a topic, and a bridge that tries again would lose it for
/// ever.
#[test]
fn an_address_that_brokers_refuse_does_not_end_the_connection() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let bridge = bridge(&router, &broker, &["--broker-reconnect", "100ms"]);
    let refused = ["/mqtt/a\nb", "/mqtt/a\u{85}", "/mqtt/a\u{ffff}"];
    for address in refused {
        driver.set(address, 1);
    }
    driver.set("/mqtt/last", 1);
    let kept = broker.subscribe(&["-t", "#", "-F", "%t %p"]);
    assert_eq!(line(&kept.lines), "last 1");
    bridge.running.terminate();
    let done = bridge.running.finish().exits(0);
    assert!(!done.stderr.contains("reconnecting"), "{}", done.stderr);
    done.says(&[
        "brokers refuse control characters",
        "3 addresses that MQTT does not have",
    ]);
}

/// Our router tells its subscribers how long a param lives, and the broker forgets it then.
#[test]
fn a_time_to_live_is_the_message_expiry() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    let bridge = bridge(&router, &broker, &[]);
    let mut listener = Command::new("mosquitto_sub")
        .args(["-V", "5", "-p", &broker.port.to_string(), "-t", "#"])
        .args(["-F", "%t %p %E"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("mosquitto_sub");
    let lines = lines_of(listener.stdout.take().expect("piped"));
    // It says nothing when it has subscribed.
    eventually("a subscription", || {
        router.clasp(&["emit", "/mqtt/hello"]).run().done();
        lines.recv_timeout(Duration::from_millis(200)).ok()
    });
    for (ttl, expected) in [("60s", "out 1 60"), ("never", "out 1 ")] {
        let set = router.clasp(&["set", "/mqtt/out", "1", "--ttl", ttl]);
        set.run().done();
        let heard = loop {
            let heard = line(&lines);
            if heard.starts_with("out") {
                break heard;
            }
        };
        // A second may have passed.
        assert_eq!(heard.replace("59", "60").trim(), expected.trim(), "{ttl}");
    }
    listener.kill().expect("it runs");
    listener.wait().expect("ours");
    bridge.finish();
}

#[test]
fn payloads_are_what_they_are_taken_for() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::start();
    let mut driver = Driver::subscribed(&router, "/m/**");
    for (form, payload, expected) in [
        ("auto", "1", "/m/x event Some(Int(1))"),
        ("text", "1", "/m/x event Some(Str(\"1\"))"),
        ("bytes", "1", "/m/x event Some(Bytes([49]))"),
        ("json", "\"1\"", "/m/x event Some(Str(\"1\"))"),
    ] {
        let args = [
            "--payload",
            form,
            "--namespace",
            "/m",
            "--topic",
            "x",
            "--topic",
            "bad/#",
        ];
        let bridge = bridge(&router, &broker, &args);
        broker.publish(&["-t", "y", "-m", "not asked for"]);
        broker.publish(&["-t", "bad//level", "-m", "1"]);
        if form == "json" {
            broker.publish(&["-t", "x", "-m", "on"]);
        }
        broker.publish(&["-t", "x", "-m", payload]);
        assert_eq!(heard(&mut driver), expected);
        let dropped = bridge.finish()["dropped"].clone();
        assert_eq!(dropped["topics that CLASP does not have"], 1, "{form}");
        let misfit = dropped.get("payloads of another form").is_some();
        assert_eq!(misfit, form == "json");
    }
}

#[test]
fn a_broker_that_was_away_gets_the_newest_values() {
    let Some(mut broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::start();
    let mut driver = Driver::subscribed(&router, "/mqtt/go");
    let bridge = bridge(&router, &broker, &["--broker-reconnect", "100ms"]);
    broker.kill();
    bridge.running.wait_says("reconnecting");
    for n in 0..5 {
        driver.set("/mqtt/x", n);
    }
    Driver::connect(&router).emit("/mqtt/cue", 1);
    bridge
        .running
        .wait_says("cue: there is no connection to the broker");
    broker.restart();
    bridge
        .running
        .wait_says("publications meanwhile that are not retained were missed");
    let kept = broker.subscribe(&["-t", "#", "-F", "%t %p"]);
    assert_eq!(line(&kept.lines), "x 4");
    broker.publish(&["-t", "go", "-m", "1"]);
    assert_eq!(heard(&mut driver), "/mqtt/go event Some(Int(1))");
    let counts = bridge.finish();
    assert_eq!(counts["dropped"], json!({"while the broker was away": 1}));
}

#[test]
fn a_router_that_was_away_gets_the_newest_values() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let mut router = Router::start();
    let bridge = bridge(&router, &broker, &["--reconnect-interval", "100ms"]);
    router.kill();
    bridge.running.wait_says("router gone");
    for n in 0..5 {
        broker.publish(&["-t", "x", "-m", &n.to_string(), "-r"]);
    }
    broker.publish(&["-t", "go", "-m", "1"]);
    bridge
        .running
        .wait_says("/mqtt/go: there is no connection to the router");
    router.restart();
    let mut driver = Driver::connect(&router);
    eventually("the newest value", || {
        (driver.get("/mqtt/x")?.0 == Val::Int(4)).then_some(())
    });
}

#[test]
fn tls_a_password_and_a_last_will() {
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a key");
    let certificate = certified.cert.pem();
    let broker = Mosquitto::with_or_skip(|home| {
        let chain = home.file("cert.pem", &certificate);
        let key = home.file("key.pem", certified.signing_key.serialize_pem());
        let passwords = home.path().join("passwords");
        let made = Command::new("mosquitto_passwd")
            .args(["-c", "-b"])
            .arg(&passwords)
            .args(["me", "secret"])
            .status();
        assert!(made.expect("it comes with mosquitto").success());
        format!(
            "certfile {}\nkeyfile {}\npassword_file {}\nallow_anonymous false\n",
            chain.display(),
            key.display(),
            passwords.display()
        )
    });
    let Some(broker) = broker else { return };
    let router = Router::start();
    let url = format!("mqtts://{}", broker.address());
    let command = |args: &[&str]| {
        router
            .clasp(&["bridge", "mqtt", &url, "-o", "json"])
            .args(args)
            .file("ca.pem", &certificate)
            .file("password", "secret\n")
            .file("wrong", "guess\n")
    };
    command(&[]).run().exits(1).says(&["TLS with mqtts://"]);
    let ca = ["--broker-ca", "ca.pem"];
    command(&ca)
        .run()
        .exits(4)
        .says(&["refused this client", "--password-file"]);
    let wrong = ["--username", "me", "--password-file", "wrong"];
    command(&[&ca[..], &wrong].concat()).run().exits(4);
    let right = [
        "--username",
        "me",
        "--password-file",
        "password",
        "--will",
        "bridge=gone",
    ];
    let bridge = Bridge::ready(command(&[&ca[..], &right].concat()).start());
    let cafile = broker_file(&certificate);
    let login = ["--cafile", &cafile.1, "-u", "me", "-P", "secret"];
    let will = broker.subscribe(&[&login[..], &["-t", "#", "-F", "%t %p"]].concat());
    broker.publish(&[&login[..], &["-t", "x", "-m", "1"]].concat());
    let mut driver = Driver::connect(&router);
    driver.set("/mqtt/y", 1);
    eventually("y", || line(&will.lines).starts_with("y").then_some(()));
    // The broker is killed without a DISCONNECT.
    drop(bridge);
    eventually("its will", || {
        (line(&will.lines) == "bridge gone").then_some(())
    });
}

/// A certificate in a file that lives as long as this does.
fn broker_file(certificate: &str) -> (crate::support::dir::Dir, String) {
    let home = crate::support::dir::Dir::new();
    let path = home.file("ca.pem", certificate).display().to_string();
    (home, path)
}

#[test]
fn how_it_ends() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::start();
    let run = |args: &[&str]| router.clasp(&["bridge", "mqtt"]).args(args).run();
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = nobody.local_addr().expect("bound").to_string();
    run(&[&silent, "--connect-timeout", "200ms"])
        .exits(1)
        .says(&["did not answer CONNECT"]);
    drop(nobody);
    run(&[&silent])
        .exits(1)
        .says(&["nothing listens at mqtt://"]);
    run(&["ws://a"]).exits(2);
    run(&["localhost", "--topic", "a/#/b"])
        .exits(2)
        .says(&["'#' must be the whole last level"]);
    let long = "x".repeat(65_536);
    run(&["localhost", "--client-id", &long])
        .exits(2)
        .says(&["MQTT has room for 65,535"]);
    run(&["localhost", "--will", &format!("a={long}")])
        .exits(2)
        .says(&["MQTT has room for 65,535"]);
    run(&["127.0.1"]).exits(2).says(&["has four numbers"]);
    run(&["localhost", "--topic", "zone5+"])
        .exits(2)
        .says(&["'+' must be a whole level"]);
    run(&[&broker.address(), "--timeout", "1s"]).exits(0);
    let bridge = bridge(&router, &broker, &[]);
    bridge.running.terminate();
    bridge
        .running
        .finish()
        .exits(0)
        .says(&["0 messages to the router"]);
}

/// More of them than a broker leaves unacknowledged (20); one is retained and comes with the snapshot.
#[test]
fn what_is_too_large_is_named_and_the_rest_goes_on() {
    for protocol in ["5", "3.1.1"] {
        let Some(broker) = Mosquitto::start_or_skip() else {
            return;
        };
        let router = Router::start();
        let home = Dir::new();
        let large = home.file("large", "x".repeat(300_000));
        let large = large.to_str().expect("UTF-8");
        broker.publish(&["-t", "big/kept", "-f", large, "-r"]);
        let mut driver = Driver::subscribed(&router, "/mqtt/**");
        let bridge = bridge(&router, &broker, &["--protocol", protocol]);
        bridge
            .running
            .wait_says("CLASP has room for 65,535; the router keeps the value before");
        for _ in 0..25 {
            broker.publish(&["-t", "big/event", "-f", large, "-q", "1"]);
        }
        broker.publish(&["-t", "small", "-m", "1", "-q", "1"]);
        assert_eq!(heard(&mut driver), "/mqtt/small event Some(Int(1))");
        let dropped = &bridge.finish()["dropped"]["too large for CLASP"];
        assert!(*dropped == 26 || *dropped == 27, "{protocol}: {dropped}");
    }
}

#[test]
fn a_broker_that_starts_later_is_waited_for_when_that_is_asked_for() {
    let Some(mut broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::start();
    let address = broker.address();
    let command = ["bridge", "mqtt", &address, "-o", "json"];
    broker.kill();
    router
        .clasp(&command)
        .run()
        .exits(1)
        .says(&["nothing listens", "--connect-retry 30s"]);
    router
        .clasp(&command)
        .args(&["--connect-retry", "1m", "--timeout", "500ms"])
        .run()
        .exits(124)
        .within(PATIENCE);
    let waiting = router.clasp(&command).args(&["--connect-retry", "1m"]);
    let waiting = waiting.start();
    std::thread::sleep(Duration::from_millis(300));
    broker.restart();
    Bridge::ready(waiting).finish();
}

#[test]
fn dry_run_prints_and_sends_nothing() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut bridge = bridge(&router, &broker, &["--dry-run"]);
    broker.publish(&["-t", "x", "-m", "0.5", "-r"]);
    let expected = json!({"to": "router", "type": "param", "address": "/mqtt/x", "value": 0.5});
    assert_eq!(bridge.running.record(), expected);
    driver.set("/mqtt/y", 1);
    let expected = json!({"to": "peer", "peer": format!("mqtt://{}", broker.address()),
        "topic": "y", "payload": 1, "qos": 1, "retain": true});
    assert_eq!(bridge.running.record(), expected);
    assert_eq!(driver.get("/mqtt/x"), None);
}

/// What a slow broker has not taken yet is sent in order, also when the bridge is told to stop, and what
/// it does not take in time is counted.
#[test]
fn what_waits_for_a_slow_broker_is_sent_in_order_or_counted() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);

    // More than the bridge's queue holds; the broker stands still meanwhile.
    let mut slow = bridge(&router, &broker, &["--retained"]);
    broker.pause();
    driver.set_numbered("/mqtt/n", 10_000);
    std::thread::sleep(Duration::from_millis(200));
    let kept = broker.subscribe(&["-t", "last", "-F", "%p"]);
    broker.resume();
    driver.set("/mqtt/last", 1);
    assert_eq!(line(&kept.lines), "1");
    assert_eq!(
        broker.retained("n/#"),
        10_000,
        "published before /mqtt/last"
    );
    assert_eq!(slow.finish()["dropped"], json!({}));

    // Told to stop while the broker stands still for a moment, and for good.
    for (topic, comes_back) in [("m", true), ("o", false)] {
        let other = Router::own(&[]);
        let mut driver = Driver::connect(&other);
        slow = bridge(&other, &broker, &["--retained"]);
        broker.pause();
        driver.set_numbered(&format!("/mqtt/{topic}"), 10_000);
        std::thread::sleep(Duration::from_millis(200));
        slow.running.interrupt();
        std::thread::sleep(Duration::from_millis(1_500));
        if comes_back {
            broker.resume();
        }
        let summary = slow.finish();
        let heard = summary["from_router"].as_u64().expect("a count");
        assert!(heard > 0);
        if comes_back {
            assert_eq!(summary["dropped"], json!({}));
            assert_eq!(broker.retained(&format!("{topic}/#")), heard);
        } else {
            assert_eq!(
                summary["dropped"],
                json!({"not sent before the end": heard})
            );
        }
    }
}

/// As many retained messages as a large home has, all at once.
#[test]
fn ten_thousand_retained_messages_arrive() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    // The bridge itself is used as a fast publisher.
    let first = bridge(&router, &broker, &["--retained"]);
    let mut driver = Driver::connect(&router);
    driver.set_numbered("/mqtt/n", 10_000);
    let counts = eventually("all of them", || {
        let kept = broker.subscribe(&["-t", "n/9999", "-F", "%p", "-W", "1"]);
        kept.lines.recv_timeout(Duration::from_secs(1)).ok()
    });
    assert_eq!(counts, "9999");
    first.finish();
    let other = Router::own(&[]);
    let second = bridge(&other, &broker, &[]);
    let mut driver = Driver::connect(&other);
    eventually("the last of them", || {
        (driver.get("/mqtt/n/9999").is_some() && driver.get("/mqtt/n/0").is_some()).then_some(())
    });
    eventually("all of them", || {
        let count = other
            .clasp(&["get", "/mqtt/n/*", "-o", "json"])
            .run()
            .done();
        (count.stdout.lines().count() == 10_000).then_some(())
    });
    assert_eq!(second.finish()["dropped"], json!({}));
}

/// The router's refusal is one warning, and the summary counts in the singular.
#[test]
fn what_the_router_refuses_is_said_once() {
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    let mut driver = Driver::subscribed(&router, "/mqtt/**");
    let bridge = bridge(&router, &broker, &[]);
    let home = Dir::new();
    // Below CLASP's limit of a frame, above the router's of a value.
    let large = home.file("large", "x".repeat(65_400));
    let large = large.to_str().expect("UTF-8");
    for _ in 0..2 {
        broker.publish(&["-t", "large", "-f", large, "-r"]);
    }
    broker.publish(&["-t", "a//b", "-m", "1"]);
    broker.publish(&["-t", "last", "-m", "1"]);
    assert_eq!(heard(&mut driver), "/mqtt/last event Some(Int(1))");
    bridge.running.wait_says("a//b");
    bridge.running.terminate();
    let done = bridge.running.finish().exits(0);
    let done = done.says(&[
        "1 topic that CLASP does not have",
        "2 refused by the router",
    ]);
    let warnings = done.stderr.matches("there is room for").count();
    assert_eq!(warnings, 1, "{}", done.stderr);
}

/// Each connection of one ends that of the other: both say why, and wait longer from time to time.
#[test]
fn two_clients_with_the_same_id_do_not_take_turns_for_ever() {
    // mosquitto gives no reason in version 5 either.
    for protocol in ["5", "3.1.1"] {
        let Some(broker) = Mosquitto::start_or_skip() else {
            return;
        };
        let router = Router::own(&[]);
        let args = ["--protocol", protocol, "--client-id", "stage"];
        let args = [&args[..], &["--broker-reconnect", "50ms"]].concat();
        let bridges = [(); 2].map(|()| bridge(&router, &broker, &args));
        bridges[0]
            .running
            .wait_says("another client may have the client id 'stage'");
        std::thread::sleep(Duration::from_secs(2));
        let turns = bridges.map(|bridge| {
            bridge.running.terminate();
            let done = bridge.running.finish().exits(0);
            let warnings = done.stderr.matches("--client-id NAME").count();
            assert_eq!(warnings, 1, "{}", done.stderr);
            done.stderr.matches("reconnecting").count()
        });
        // At full speed there would be 20 in each second.
        let turns: usize = turns.iter().sum();
        assert!((3..=16).contains(&turns), "{protocol}: {turns}");
    }
}

/// A broker that says why it ends a connection, as version 5 has it.
#[test]
fn a_session_that_was_taken_over_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut bytes = [0; 1_024];
            let answers: [&[u8]; 2] = [
                &[0x20, 3, 0, 0, 0],
                // SUBACK, and DISCONNECT: session taken over.
                &[0x90, 4, 0, 1, 0, 0, 0xE0, 2, 0x8E, 0],
            ];
            for answer in answers {
                let _ = stream.read(&mut bytes);
                let _ = stream.write_all(answer);
            }
        }
    });
    let router = Router::own(&[]);
    let args = [
        "bridge",
        "mqtt",
        &address,
        "--client-id",
        "stage",
        "-o",
        "json",
    ];
    let bridge = Bridge::ready(router.clasp(&args).start());
    bridge
        .running
        .wait_says("another client has connected to the broker with the client id 'stage'");
    bridge.finish();
}
