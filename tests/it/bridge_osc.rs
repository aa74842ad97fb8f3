//! `clasp bridge osc`: messages of devices reach the router, and changes in the router reach the
//! devices.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::osc::{
    ANY, Bridge, Peer, bundle, float, heard_publish, heard_set, int, message,
};
use crate::support::{
    Driver, PATIENCE, Router, Val, eventually, lines_of, now_micros, python, shells, wire,
};

/// Starts a program that prints lines.
fn printing(command: &mut Command) -> (Child, Receiver<String>) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it was found before");
    let lines = lines_of(child.stdout.take().expect("piped"));
    (child, lines)
}

/// Every type, as the bytes of one message each.
fn every_type() -> Vec<Vec<u8>> {
    vec![
        message("/t/f", ",f", &0.1_f32.to_be_bytes()),
        message("/t/d", ",d", &0.1_f64.to_be_bytes()),
        message("/t/i", ",i", &(-7_i32).to_be_bytes()),
        message("/t/h", ",h", &7_i64.to_be_bytes()),
        message("/t/H", ",h", &i64::MIN.to_be_bytes()),
        message("/t/s", ",s", b"abc\0"),
        message("/t/S", ",S", b"abcd\0\0\0\0"),
        message("/t/b", ",b", b"\0\0\0\x05\0\xFF\xC0\xDB\x01\0\0\0"),
        message("/t/T", ",T", b""),
        message("/t/F", ",F", b""),
        message("/t/N", ",N", b""),
        message("/t/I", ",I", b""),
        message("/t/r", ",r", &[1, 2, 3, 255]),
        message("/t/c", ",c", &[0, 0, 0, b'a']),
        message("/t/t", ",t", &[0xEC, 1, 2, 3, 0xFF, 5, 6, 7]),
        message("/t/m", ",m", &[0, 0x90, 60, 127]),
        message("/t/NaN", ",f", &f32::NAN.to_be_bytes()),
        message("/t/inf", ",d", &f64::NEG_INFINITY.to_be_bytes()),
        message("/t/many", ",ifTs", b"\0\0\0\x01\x3F\0\0\0x\0\0\0"),
        message("/t/array", ",[i[f]]", b"\0\0\0\x01\x3F\0\0\0"),
        message("/t/none", ",", b""),
    ]
}

#[test]
fn every_type_is_exact_both_ways() {
    let router = Router::start();
    let bridge = Bridge::osc(&router, &[ANY, &["--peer-ttl", "1m"]].concat());
    let (sender, other) = (Peer::new(), Peer::new());
    other.send(&int("/hello", 1), bridge.at());
    sender.send(&int("/hello", 2), bridge.at());
    assert_eq!(other.hear(), int("/hello", 2));
    for packet in every_type() {
        sender.send(&packet, bridge.at());
        assert_eq!(other.hear(), packet, "{}", packet.escape_ascii());
    }
    // Their values in CLASP are the expected ones.
    let got = |address: &str| router.clasp(&["get", address]).run().done().stdout;
    for (address, expected) in [
        ("/osc/t/f", "0.10000000149011612\n"),
        ("/osc/t/d", "0.1\n"),
        ("/osc/t/h", "7\n"),
        ("/osc/t/s", "\"abc\"\n"),
        ("/osc/t/b", "{\"$bytes\":\"AP/A2wE=\"}\n"),
        ("/osc/t/T", "true\n"),
        ("/osc/t/N", "null\n"),
        ("/osc/t/r", "{\"r\":1,\"g\":2,\"b\":3,\"a\":255}\n"),
        ("/osc/t/NaN", "{\"$float\":\"NaN\"}\n"),
        ("/osc/t/many", "[1,0.5,true,\"x\"]\n"),
    ] {
        // A router may keep a map in another order.
        let expected: Value = serde_json::from_str(expected).expect("JSON");
        let got: Value = serde_json::from_str(&got(address)).expect("JSON");
        assert_eq!(got, expected, "{address}");
    }
    router.clasp(&["get", "/osc/t/none"]).run().exits(6);
}

#[test]
fn liblo_sends_and_hears() {
    if shells::shell_or_skip("oscdump").is_none() {
        return;
    }
    let router = Router::start();
    let port = Peer::new().port();
    let (mut dump, lines) = printing(Command::new("oscdump").args(["-L", &port.to_string()]));
    let target = format!("127.0.0.1:{port}");
    let args = [ANY, &["--listen", "tcp:127.0.0.1:0", "--send", &target]].concat();
    let bridge = Bridge::osc(&router, &args);
    let mut driver = Driver::subscribed(&router, "/osc/**");
    let oscsend = |args: &[&str]| {
        let status = Command::new("oscsend").args(args).status();
        assert!(status.expect("it is there").success(), "{args:?}");
    };
    let udp = bridge.at().port().to_string();
    oscsend(&[
        "127.0.0.1",
        &udp,
        "/all",
        "ihfdsScmTFNI",
        "1",
        "5000000000",
        "0.5",
        "0.1",
        "text",
        "symbol",
        "a",
        "00903c7f",
    ]);
    let (address, value) = heard_set(&mut driver);
    assert_eq!(address, "/osc/all");
    let Val::Array(items) = value else {
        panic!("{value:?}")
    };
    assert_eq!(
        items[..5],
        [
            Val::Int(1),
            Val::Int(5_000_000_000),
            Val::Float(0.5),
            Val::Float(0.1),
            Val::Str("text".into())
        ]
    );
    let tcp = format!("osc.tcp://127.0.0.1:{}", bridge.listening[1].port());
    oscsend(&[&tcp, "/tcp", "f", "0.25"]);
    assert_eq!(
        heard_set(&mut driver),
        ("/osc/tcp".into(), Val::Float(0.25))
    );
    oscsend(&["127.0.0.1", &udp, "/go"]);
    assert_eq!(heard_publish(&mut driver).address, "/osc/go");

    let said = |address: &str, json: &str, expected: &str| {
        router.clasp(&["set", address, json]).run().done();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = lines.recv_timeout(left).expect("oscdump says it");
            // A timestamp comes before it.
            if line.ends_with(expected) {
                return;
            }
        }
    };
    said("/osc/light/1", "0.75", "/light/1 f 0.750000");
    said("/osc/light/2", "3", "/light/2 i 3");
    said("/osc/big", "5000000000", "/big h 5000000000");
    said("/osc/text", "hello", "/text s \"hello\"");
    said(
        "/osc/list",
        "[1,0.5,true,null]",
        "/list ifTN 1 0.500000 #T Nil",
    );
    let _ = dump.kill();
    let _ = dump.wait();
}

#[test]
fn python_osc_sends_and_hears() {
    let Some(python) = python::osc_or_skip("python-osc and the bridge") else {
        return;
    };
    let router = Router::own(&[]);
    let script = |name: &str| {
        let path = format!("{}/tests/python/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(python);
        command.env("PYTHONDONTWRITEBYTECODE", "1").arg(path);
        command
    };
    let (mut listener, lines) = printing(&mut script("osc_listen.py"));
    let port = lines.recv_timeout(PATIENCE).expect("its port");
    let target = format!("127.0.0.1:{port}");
    let args = [ANY, &["--listen", "tcp:127.0.0.1:0", "--send", &target]].concat();
    let bridge = Bridge::osc(&router, &args);
    let mut driver = Driver::subscribed(&router, "/osc/**");
    for transport in ["udp", "slip", "size"] {
        let at = bridge.listening[usize::from(transport != "udp")];
        let mut sender = script("osc_send.py")
            .args([transport, &at.port().to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .expect("python runs");
        let mut stdin = sender.stdin.take().expect("piped");
        let lines = format!(
            "[\"/{transport}/a\", 1, 0.5, \"x\", true, [2, 3]]\n[\"/{transport}/long\", 4294967296]\n\
             [\"/{transport}/none\"]\n\
             {{\"at\":null,\"messages\":[[\"/{transport}/b\",1],[\"/{transport}/c\",2]]}}\n"
        );
        stdin.write_all(lines.as_bytes()).expect("it reads");
        let expected = vec![
            Val::Int(1),
            Val::Float(0.5),
            Val::Str("x".into()),
            Val::Bool(true),
            Val::Array(vec![Val::Int(2), Val::Int(3)]),
        ];
        let at = |name: &str| format!("/osc/{transport}/{name}");
        assert_eq!(heard_set(&mut driver), (at("a"), Val::Array(expected)));
        assert_eq!(heard_set(&mut driver), (at("long"), Val::Int(1 << 32)));
        assert_eq!(heard_publish(&mut driver).address, at("none"));
        assert_eq!(heard_set(&mut driver), (at("b"), Val::Int(1)));
        assert_eq!(heard_set(&mut driver), (at("c"), Val::Int(2)));
        drop(stdin);
        assert!(sender.wait().expect("ours").success());
    }
    for (address, json, expected) in [
        ("/osc/out/f", "0.5", json!(["/out/f", 0.5])),
        ("/osc/out/i", "7", json!(["/out/i", 7])),
        (
            "/osc/out/l",
            "[1,\"a\",false,[2]]",
            json!(["/out/l", 1, "a", false, [2]]),
        ),
        (
            "/osc/out/b",
            "{\"$bytes\":\"AQI=\"}",
            json!(["/out/b", [1, 2]]),
        ),
    ] {
        router.clasp(&["set", address, json]).run().done();
        let line = lines.recv_timeout(PATIENCE).expect("python-osc says it");
        assert_eq!(
            serde_json::from_str::<Value>(&line).expect("JSON"),
            expected
        );
    }
    let _ = listener.kill();
    let _ = listener.wait();
}

/// A bundle is executed at its time, whole: by a router that keeps time, and by the bridge for one
/// that does not.
#[test]
fn a_bundle_arrives_whole_and_at_its_time() {
    for router in [Router::start(), Router::own(&[])] {
        let bridge = Bridge::osc(&router, ANY);
        let mut driver = Driver::subscribed(&router, "/osc/**");
        let peer = Peer::new();
        let at = now_micros() + 400_000;
        let inner = bundle(None, &[int("/b", 2)]);
        let packet = bundle(Some(at), &[int("/a", 1), inner, message("/go", ",", b"")]);
        peer.send(&packet, bridge.at());
        peer.send(&int("/first", 0), bridge.at());
        assert_eq!(heard_set(&mut driver).0, "/osc/first");
        assert_eq!(heard_set(&mut driver), ("/osc/a".into(), Val::Int(1)));
        let now = now_micros();
        assert!(now >= at - 2_000, "{} µs too early", at - now);
        assert_eq!(heard_set(&mut driver), ("/osc/b".into(), Val::Int(2)));
        assert_eq!(heard_publish(&mut driver).address, "/osc/go");
        // A bundle of the past is executed at once, with a warning.
        peer.send(
            &bundle(Some(at - 60_000_000), &[int("/late", 1)]),
            bridge.at(),
        );
        assert_eq!(heard_set(&mut driver).0, "/osc/late");
        bridge
            .running
            .wait_says("after its time, and was passed on at once");
        assert_eq!(bridge.finish()["late"], 1);
    }
}

#[test]
fn a_pattern_writes_to_what_is_there_and_is_not_stored() {
    let router = Router::start();
    router.clasp(&["set", "/osc/light/1", "0"]).run().done();
    let bridge = Bridge::osc(&router, ANY);
    let peer = Peer::new();
    peer.send(&int("/light/2", 0), bridge.at());
    peer.send(&int("/sound/2", 0), bridge.at());
    peer.send(&int("/light/{1,2}", 9), bridge.at());
    peer.send(&int("/nothing/*", 9), bridge.at());
    peer.send(&int("/done", 9), bridge.at());
    router.clasp(&["wait", "/osc/done"]).run().done();
    let all = router.clasp(&["dump", "/osc/**"]).run().done().json();
    let expected = json!({"/osc/done": 9, "/osc/light/1": 9, "/osc/light/2": 9, "/osc/sound/2": 0});
    assert_eq!(all, expected);
    assert_eq!(
        bridge.finish()["dropped"],
        json!({"patterns that match nothing": 1})
    );
}

#[test]
fn a_device_that_sends_back_what_it_is_sent_makes_no_loop() {
    let router = Router::start();
    let mut driver = Driver::subscribed(&router, "/osc/**");
    let device = Peer::new();
    let target = device.address();
    // A busy machine may take long.
    let args = [ANY, &["--send", &target, "--echo-window", "1m"]].concat();
    let bridge = Bridge::osc(&router, &args);
    for n in 1..=50 {
        driver.set("/osc/fader", f64::from(n) / 10.0);
    }
    let mut last = Vec::new();
    for _ in 0..50 {
        last = device.hear();
        device.send(&last, bridge.at());
    }
    assert_eq!(last, float("/fader", 5.0));
    // Nothing of it was written again, and what is new still is.
    device.send(&float("/fader", 0.75), bridge.at());
    eventually("the device's own value", || {
        (driver.value("/osc/fader") == Val::Float(0.75)).then_some(())
    });
    assert_eq!(driver.get("/osc/fader").expect("a value").1, 51);
    // It came from there, so it does not go there.
    assert_eq!(device.hear_within(Duration::from_millis(100)), None);
}

#[test]
fn who_is_sent_to() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let [first, second] = [(); 2].map(|()| Peer::new());
    let host = first.socket.local_addr().expect("bound").ip();
    let reply = Peer::bound((host, 0));
    let quiet = Duration::from_millis(100);

    let bridge = Bridge::osc(&router, ANY);
    first.send(&int("/hello", 1), bridge.at());
    eventually("one", || driver.get("/osc/hello"));
    second.send(&int("/hello", 2), bridge.at());
    eventually("both", || {
        (driver.value("/osc/hello") == Val::Int(2)).then_some(())
    });
    driver.set("/osc/x", 0.5);
    assert_eq!(second.hear(), float("/x", 0.5));
    assert_eq!(first.hear_within(quiet), None, "only who has sent last");
    drop(bridge);

    let bridge = Bridge::osc(&router, &[ANY, &["--peer-ttl", "1s"]].concat());
    first.send(&int("/hello", 3), bridge.at());
    eventually("it", || {
        (driver.value("/osc/hello") == Val::Int(3)).then_some(())
    });
    // The router sends the bridge its own write before this one. A device that had sent something
    // by then would rightly receive both.
    driver.set("/osc/fence", 1_i64);
    assert_eq!(first.hear(), int("/fence", 1));
    second.send(&message("/go", ",", b""), bridge.at());
    // The other devices receive what one sends, also an event.
    assert_eq!(first.hear(), message("/go", ",", b""));
    driver.set("/osc/x", 0.25);
    assert_eq!(first.hear(), float("/x", 0.25));
    assert_eq!(second.hear(), float("/x", 0.25));
    std::thread::sleep(Duration::from_millis(1_100));
    driver.set("/osc/x", 0.125);
    assert_eq!(second.hear_within(quiet), None, "silent for too long");
    drop(bridge);

    let port = reply.port().to_string();
    let bridge = Bridge::osc(&router, &[ANY, &["--reply-port", &port]].concat());
    first.send(&int("/hello", 4), bridge.at());
    eventually("it", || {
        (driver.get("/osc/hello")?.0 == Val::Int(4)).then_some(())
    });
    driver.set("/osc/x", 0.5);
    assert_eq!(reply.hear(), float("/x", 0.5));
}

#[test]
fn numbers_go_as_the_device_wants_them() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let device = Peer::new();
    for (form, expected) in [
        ("auto", int("/n", 1)),
        ("float", float("/n", 1.0)),
        ("int", int("/n", 1)),
    ] {
        let args = ["--send", &device.address(), "--as", form];
        let _bridge = Bridge::osc(&router, &args);
        driver.set("/osc/n", 1);
        assert_eq!(device.hear(), expected, "{form}");
    }
    // A device that has sent a message gets replies in the same format.
    let bridge = Bridge::osc(&router, &[ANY, &["--send", &device.address()]].concat());
    device.send(&float("/n", 0.5), bridge.at());
    eventually("it", || {
        (driver.value("/osc/n") == Val::Float(0.5)).then_some(())
    });
    driver.set("/osc/n", 1);
    assert_eq!(device.hear(), float("/n", 1.0));
    // A value without a form in OSC is refused, with a message.
    driver.emit("/osc/[a]", 1);
    bridge
        .running
        .wait_says("/osc/[a]: it would be a pattern in OSC");
}

#[test]
fn tcp_peers_are_answered_as_they_speak() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let bridge = Bridge::osc(&router, &["--listen", "tcp:127.0.0.1:0"]);
    let connect = || {
        let stream = TcpStream::connect(bridge.at()).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("one");
        stream
    };
    let mut size = connect();
    let packet = message("/x", ",i", &[0, 0, 0xC0, 0xDB]);
    size.write_all(&[&[0, 0, 0, 12][..], &int("/y", 1)].concat())
        .expect("it reads");
    eventually("y", || driver.get("/osc/y"));
    let mut slip = connect();
    // In two pieces, with an END before and none before the next.
    let escaped = [&packet[..10], &[0xDB, 0xDC, 0xDB, 0xDD, 0xC0]].concat();
    slip.write_all(&[0xC0]).expect("it reads");
    slip.write_all(&escaped).expect("it reads");
    eventually("x", || driver.get("/osc/x"));
    assert_eq!(driver.value("/osc/x"), Val::Int(0xC0DB));
    let mut got = vec![0; 16];
    size.read_exact(&mut got)
        .expect("what the other has written");
    assert_eq!(got, [&[0, 0, 0, 12][..], &packet].concat());
    driver.set("/osc/x", 0xC0DB);
    let mut got = vec![0; 16];
    slip.read_exact(&mut got).expect("a packet");
    assert_eq!(got, [&[0xC0][..], &escaped].concat());

    // By TCP to where a device listens, and again when it has been away.
    let device = TcpListener::bind("127.0.0.1:0").expect("a port");
    let target = format!("tcp:{}", device.local_addr().expect("bound"));
    let _bridge = Bridge::osc(&router, &["--send", &target, "--framing", "slip"]);
    for value in [0.5, 0.25] {
        let (mut stream, _) = device.accept().expect("it connects");
        // The bridge may not know yet that it is connected; messages of that time are lost.
        let soon = Duration::from_millis(50);
        stream.set_read_timeout(Some(soon)).expect("one");
        let mut said = Vec::new();
        let wanted = [&[0xC0][..], &float("/z", value), &[0xC0]].concat();
        let deadline = Instant::now() + PATIENCE;
        while !said.ends_with(&wanted) {
            assert!(Instant::now() < deadline, "{said:?}");
            driver.set("/osc/z", f64::from(value));
            let mut buffer = [0; 64];
            if let Ok(size) = stream.read(&mut buffer) {
                said.extend_from_slice(&buffer[..size]);
            }
        }
    }
}

#[test]
fn touches_are_gestures() {
    let router = Router::own(&[]);
    let mut driver = Driver::subscribed(&router, "/osc/**");
    let device = Peer::new();
    let target = device.address();
    let args = [ANY, &["--send", &target, "--touch", "z"]].concat();
    let bridge = Bridge::osc(&router, &args);
    for packet in [
        float("/1/fader/z", 1.0),
        float("/1/fader", 0.5),
        float("/1/fader/z", 0.0),
    ] {
        device.send(&packet, bridge.at());
    }
    let phases: Vec<_> = (0..3)
        .map(|_| heard_publish(&mut driver))
        .map(|publish| (publish.signal, publish.phase, publish.value))
        .collect();
    let half = || Some(Val::Float(0.5));
    assert_eq!(phases, [(3, 0, None), (3, 1, half()), (3, 2, half())]);
    for phase in [0, 2] {
        driver.publish(&wire::gesture("/osc/1/fader", 5, phase, &0.25.into()));
    }
    for packet in [
        float("/1/fader/z", 1.0),
        float("/1/fader", 0.25),
        float("/1/fader", 0.25),
        float("/1/fader/z", 0.0),
    ] {
        assert_eq!(device.hear(), packet);
    }
    // A gesture that is not ended is cancelled at the end.
    device.send(&float("/2/fader/z", 1.0), bridge.at());
    assert_eq!(heard_publish(&mut driver).phase, 0);
    bridge.finish();
    assert_eq!(heard_publish(&mut driver).phase, 3);
}

#[test]
fn params_are_what_was_asked_for_and_the_namespace_too() {
    let router = Router::start();
    let mut driver = Driver::subscribed(&router, "/**");
    let args = [ANY, &["--namespace", "/desk", "--params", "/desk/mix/**"]].concat();
    let bridge = Bridge::osc(&router, &args);
    let device = Peer::new();
    device.send(&float("/mix/1", 0.5), bridge.at());
    device.send(&int("/cue", 7), bridge.at());
    assert_eq!(
        heard_set(&mut driver),
        ("/desk/mix/1".into(), Val::Float(0.5))
    );
    let cue = heard_publish(&mut driver);
    assert_eq!(
        (cue.signal, cue.address, cue.value),
        (1, "/desk/cue".into(), Some(Val::Int(7)))
    );
    drop(bridge);
    let bridge = Bridge::osc(&router, &[ANY, &["--namespace", "/"]].concat());
    device.send(&float("/x", 0.5), bridge.at());
    assert_eq!(heard_set(&mut driver), ("/x".into(), Val::Float(0.5)));
}

#[test]
fn values_that_are_there_already_are_sent_when_asked_for() {
    let router = Router::start();
    Driver::connect(&router).set("/osc/x", 0.5);
    let device = Peer::new();
    let target = device.address();
    drop(Bridge::osc(&router, &["--send", &target, "--retained"]));
    assert_eq!(device.hear(), float("/x", 0.5));
    drop(Bridge::osc(&router, &["--send", &target]));
    assert_eq!(device.hear_within(Duration::from_millis(100)), None);
}
