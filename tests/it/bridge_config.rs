//! Several bridges in one process: `clasp bridge --config`, and the same within `clasp serve`.

use std::net::SocketAddr;
use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::dmx::{Node, Sacn};
use crate::support::mosquitto::Mosquitto;
use crate::support::osc::{Peer, float, heard_publish, heard_set, int, message};
use crate::support::{Driver, Router, Running, Val, eventually, trefoil};

/// A file of bridges.
fn file(dir: &Dir, text: &str) -> String {
    let path = dir.file("bridges.toml", text);
    path.to_str().expect("UTF-8").to_owned()
}

/// A command with bridges, ready; where the bridges of these names listen.
#[track_caller]
fn serving(args: &[&str]) -> (Running, Value) {
    let mut running = trefoil(&["clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"])
        .args(args)
        .start();
    let ready = running.record();
    (running, ready)
}

fn listening(ready: &Value, name: &str) -> SocketAddr {
    let bridges = ready["bridges"].as_array().expect("bridges");
    let bridge = bridges.iter().find(|bridge| bridge["name"] == name);
    let first = &bridge.unwrap_or_else(|| panic!("no {name}: {ready}"))["listening"][0];
    let (_, address) = first.as_str().expect("text").split_once(' ').expect("udp");
    address.parse().expect("an address")
}

/// The example of docs/bridges.md.
fn documented() -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/bridges.md");
    let text = std::fs::read_to_string(docs).expect("it is there");
    let (_, rest) = text.split_once("```toml\n").expect("an example");
    rest.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn the_example_of_the_documentation_works() {
    let router = Router::start();
    let (desk, node) = (Peer::new(), Node::at([127, 0, 0, 1].into()));
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let mut text = documented();
    for (usual, here) in [
        ("0.0.0.0:8000", "127.0.0.1:0".to_owned()),
        ("192.168.1.20:9000", desk.address()),
        ("broker.local", broker.address()),
        (
            "10.0.0.5",
            node.socket.local_addr().expect("bound").to_string(),
        ),
    ] {
        assert!(text.contains(usual), "{usual} in {text}");
        text = text.replace(usual, &here);
    }
    let dir = Dir::new();
    let path = file(&dir, &text);
    let mut running = router
        .clasp(&["bridge", "--config", &path, "-o", "json"])
        .start();
    let ready: Vec<Value> = (0..3).map(|_| running.record()).collect();
    let of = |name: &str| {
        let found = ready.iter().find(|ready| ready["bridge"] == name);
        found.unwrap_or_else(|| panic!("no {name}: {ready:?}"))
    };
    let listening = of("desk")["listening"][0].as_str().expect("text");
    let desk_bridge = listening
        .trim_start_matches("udp ")
        .parse()
        .expect("an address");

    // Another address and another range at the router.
    let mut driver = Driver::subscribed(&router, "/**");
    desk.send(&float("/fader/1", 1.0), desk_bridge);
    assert_eq!(heard_set(&mut driver), ("/sacn/1/1".into(), Val::Int(255)));
    // The other bridge sends it as DMX.
    node.hear(|bytes| {
        let levels = Sacn::read(bytes)?;
        (levels.slots.first() == Some(&255)).then_some(())
    });
    // The way back.
    driver.set("/sacn/1/1", 0);
    assert_eq!(desk.hear(), float("/fader/1", 0.0));
    // Inverted.
    desk.send(&message("/mute/1", ",T", b""), desk_bridge);
    eventually("the inverted value", || {
        let mut driver = Driver::connect(&router);
        (driver.get("/osc/mute/1")?.0 == Val::Bool(false)).then_some(())
    });
    // Excluded.
    let mut driver = Driver::subscribed(&router, "/**");
    desk.send(&float("/meters/1", 0.5), desk_bridge);
    desk.send(&int("/page", 2), desk_bridge);
    assert_eq!(heard_set(&mut driver), ("/osc/page".into(), Val::Int(2)));

    running.interrupt();
    let output = running.finish().exits(0);
    let last: Vec<Value> = output.records();
    let counts = last
        .iter()
        .find(|last| last["bridge"] == "desk" && last["to_router"].is_number())
        .expect("its counts");
    assert_eq!(counts["dropped"], json!({}), "{counts}");
}

#[test]
fn bridges_within_a_router_speak_with_its_clients_and_each_other() {
    let (one, other) = (Peer::new(), Peer::new());
    let dir = Dir::new();
    let path = file(
        &dir,
        &format!(
            "[[osc]]\nname = 'other'\nlisten = '127.0.0.1:0'\nsend = '{}'\n",
            other.address()
        ),
    );
    let (running, ready) = serving(&["--osc", "127.0.0.1:0", "--bridge-config", &path]);
    let url = ready["url"].as_str().expect("a URL").to_owned();
    let at = listening(&ready, "osc");
    running.wait_says("osc: ready: udp");
    running.wait_says("other: ready: udp");
    one.send(&float("/fader", 0.5), at);
    assert_eq!(other.hear(), float("/fader", 0.5));
    trefoil(&["clasp", "get", "/osc/fader", "--url", &url])
        .run()
        .prints("0.5\n");
    trefoil(&["clasp", "set", "/osc/lamp", "7", "--url", &url])
        .run()
        .done();
    assert_eq!(one.hear(), int("/lamp", 7));
    assert_eq!(other.hear(), int("/lamp", 7));
    trefoil(&["clasp", "emit", "/osc/go", "--url", &url])
        .run()
        .done();
    assert_eq!(one.hear(), message("/go", ",", b""));
    running.interrupt();
    running
        .finish()
        .exits(0)
        .says(&["osc: 1 message to the router, 2 from it, 1 echo suppressed"]);
}

/// The router asks everybody else for a token, counts sessions and messages.
#[test]
fn a_bridge_within_a_router_needs_no_token_and_no_place() {
    let dir = Dir::new();
    let tokens = dir.path().join("tokens.json");
    let tokens = tokens.to_str().expect("UTF-8").to_owned();
    let create = ["clasp", "token", "create", "--scope", "read:/**"];
    let created = trefoil(&create)
        .args(&["--tokens", &tokens, "--jq", ".token", "-r"])
        .run()
        .done();
    let token = created.stdout.trim().to_owned();
    let (running, ready) = serving(&[
        "--tokens",
        &tokens,
        "--max-sessions",
        "1",
        "--osc",
        "127.0.0.1:0",
    ]);
    running.wait_says("osc: ready");
    let (one, at) = (Peer::new(), listening(&ready, "osc"));
    one.send(&int("/a", 1), at);
    let url = ready["url"].as_str().expect("a URL");
    let get = ["clasp", "get", "/osc/a", "--url", url, "--token", &token];
    eventually("the value", || {
        (trefoil(&get).run().stdout == "1\n").then_some(())
    });
    running.interrupt();
    running
        .finish()
        .exits(0)
        .says(&["osc: 1 message to the router"]);
}

#[test]
fn what_cannot_be_opened_ends_the_router_before_it_serves() {
    let taken = Peer::new();
    let place = taken.address();
    let serve = ["clasp", "serve", "--bind", "127.0.0.1:0"];
    trefoil(&serve)
        .args(&["--osc", &place])
        .run()
        .exits(1)
        .says(&["the bridge 'osc': cannot listen at udp", "in use"]);
    trefoil(&serve).args(&["--osc", "x:y"]).run().exits(2);
    trefoil(&serve).args(&["--sacn", "0"]).run().exits(2);
    trefoil(&serve)
        .args(&["--mqtt", "127.0.0.1:1"])
        .run()
        .exits(1)
        .says(&["the bridge 'mqtt'"]);
}

#[test]
fn a_command_has_bridges_too_and_its_own_status() {
    let dir = Dir::new();
    let script = "$0 clasp set /osc/a 1 && exit 3";
    let device = Peer::new();
    let text = format!("[[osc]]\nsend = '{}'\n", device.address());
    let path = file(&dir, &text);
    trefoil(&[
        "clasp",
        "serve",
        "--bridge-config",
        &path,
        "--",
        "sh",
        "-c",
        script,
    ])
    .args(&[env!("CARGO_BIN_EXE_trefoil")])
    .run()
    .exits(3);
    assert_eq!(device.hear(), int("/a", 1));
}

#[test]
fn the_status_line_says_which_broker_is_away() {
    let Some(mut broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::own(&[]);
    let dir = Dir::new();
    let text = format!(
        "[[osc]]\nlisten = '127.0.0.1:0'\n[[mqtt]]\nbroker = '{}'\n",
        broker.address()
    );
    let bridge = router.clasp(&["bridge", "--config", &file(&dir, &text)]);
    let mut pty = bridge.on_pty(120, 24);
    let away = format!("{} is away", broker.address());
    pty.shows(&["osc-1: in 0/s", "mqtt-2: in 0/s"]);
    pty.hides(&away);
    broker.kill();
    pty.shows(&["osc-1: in 0/s", &away]);
    broker.restart();
    pty.hides(&away);
    pty.signal(Signal::INT);
    pty.ends(0);
}

#[test]
fn a_mistake_in_a_file_names_its_line() {
    let dir = Dir::new();
    let path = file(&dir, "[[osc]]\nlisten = 0\npear_ttl = '1s'\n");
    for command in [&["bridge", "--config"][..], &["serve", "--bridge-config"]] {
        trefoil(&["clasp"])
            .args(command)
            .arg(&path)
            .run()
            .exits(2)
            .says(&[
                "bridges.toml, line 3: 'pear_ttl' is no setting",
                "did you mean peer_ttl?",
            ]);
    }
    trefoil(&["clasp", "bridge", "--config", "none.toml"])
        .run()
        .exits(2)
        .says(&["cannot read none.toml"]);
    for args in [
        &["bridge", "--config", &path, "osc", "--listen", "0"][..],
        &["bridge", "--dry-run", "osc", "--listen", "0"],
        &["bridge", "--dry-run"],
        &[
            "bridge",
            "--url",
            "ws://127.0.0.1:1",
            "osc",
            "--listen",
            "0",
        ],
    ] {
        trefoil(&["clasp"]).args(args).run().exits(2);
    }
}

#[test]
fn two_bridges_pass_events_to_each_other_and_end_together() {
    let mut router = Router::own(&[]);
    let dir = Dir::new();
    let path = file(
        &dir,
        "[[osc]]\nlisten = '127.0.0.1:0'\n[[osc]]\nlisten = '127.0.0.1:0'\n",
    );
    let mut running = router
        .clasp(&["bridge", "--config", &path, "--no-reconnect", "-o", "json"])
        .start();
    let places: Vec<SocketAddr> = (0..2)
        .map(|_| {
            let ready = running.record();
            let text = ready["listening"][0].as_str().expect("text").to_owned();
            text.trim_start_matches("udp ").parse().expect("an address")
        })
        .collect();
    let (one, other) = (Peer::new(), Peer::new());
    other.send(&int("/hello", 1), places[1]);
    eventually("its packet", || Driver::connect(&router).get("/osc/hello"));
    let mut driver = Driver::subscribed(&router, "/**");
    one.send(&message("/go", ",", b""), places[0]);
    assert_eq!(heard_publish(&mut driver).address, "/osc/go");
    assert_eq!(other.hear(), message("/go", ",", b""));
    router.kill();
    running.finish().exits(1);
}
