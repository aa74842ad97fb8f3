//! `scene`: prints what a browser that connects now would show.

use std::time::Duration;

use rmpv::Value as Pack;
use serde_json::json;

use crate::support::python::python3_or_skip;
use crate::support::vuer::{event, field};
use crate::support::{Fake, VuerServer};

fn node(key: &str, tag: &str) -> Pack {
    Pack::Map(vec![("key".into(), key.into()), ("tag".into(), tag.into())])
}

fn operation(etype: &str, name: &str, items: Vec<Pack>) -> Vec<u8> {
    event(etype, Pack::Map(vec![(name.into(), Pack::Array(items))]))
}

#[test]
fn the_real_servers_scene_is_followed() {
    let Some(server) = VuerServer::start_or_skip("scene") else {
        return;
    };
    let scene = server.vuer(&["scene"]).run().done().quietly();
    let document = scene.json();
    assert_eq!(document["tag"], "Scene");
    assert_eq!(document["children"][0]["children"][0]["key"], "inner");
    assert!(
        document["bgChildren"]
            .as_array()
            .is_some_and(|nodes| nodes.len() > 2)
    );
    assert!(
        scene.took < Duration::from_secs(2),
        "it waits for quiet only: {scene}"
    );
    let inner = server
        .vuer(&["scene", "--key", "inner"])
        .run()
        .done()
        .json();
    assert_eq!(
        inner,
        json!({"key": "inner", "tag": "Box", "args": [0.1, 0.1, 0.1]})
    );
    let none = server.vuer(&["scene", "--key", "nobody"]).run().exits(6);
    none.says(&["no node 'nobody'"]).prints("");
}

#[test]
fn a_tree_on_a_terminal() {
    if !python3_or_skip("the tree on a terminal") {
        return;
    }
    let position = Pack::Array(vec![0.into(), Pack::F32(0.3), 0.into()]);
    let set = Pack::Map(vec![
        ("tag".into(), "Scene".into()),
        (
            "bgChildren".into(),
            Pack::Array(vec![node("grid", "Grid"), node("light-stage", "\u{1b}[2J")]),
        ),
    ]);
    let placed = Pack::Map(vec![
        ("key".into(), "box".into()),
        ("tag".into(), "Box".into()),
        ("position".into(), position),
    ]);
    let messages = [
        event("SET", set),
        operation("UPSERT", "nodes", vec![placed]),
    ];
    let server = Fake::websocket(move |_, peer| {
        if peer.receive_frame().is_some() {
            messages.iter().for_each(|message| peer.send_frame(message));
            while peer.receive_frame().is_some() {}
        }
    });
    let shown = server
        .vuer(&["scene"])
        .env("NO_COLOR", "1")
        .on_terminal()
        .run()
        .done();
    let expected = "Scene\r\n\
        ├─ box            Box  position [0, 0.3, 0]\r\n\
        └─ background\r\n   \
           ├─ grid        Grid\r\n   \
           └─ light-stage \\u001b[2J\r\n";
    assert_eq!(shown.stdout, expected, "{shown}");
}

#[test]
fn every_change_is_shown_while_following() {
    let (tell, told) = std::sync::mpsc::channel::<Vec<u8>>();
    let told = std::sync::Mutex::new(told);
    let server = Fake::websocket(move |_, peer| {
        let init = peer.receive_frame().expect("INIT");
        assert_eq!(field(&init, "etype").as_str(), Some("INIT"));
        for message in told.lock().expect("one connection").iter() {
            peer.send_frame(&message);
        }
        peer.hang_up();
    });
    let keys = |scene: &serde_json::Value| {
        let nodes = scene["children"].as_array().cloned().unwrap_or_default();
        nodes
            .iter()
            .map(|node| node["key"].clone())
            .collect::<Vec<_>>()
    };
    let mut scene = server.vuer(&["scene", "--follow"]).start();
    tell.send(operation("ADD", "nodes", vec![node("a", "Box")]))
        .expect("it listens");
    assert_eq!(keys(&scene.record()), ["a"]);
    tell.send(operation("UPSERT", "nodes", vec![node("b", "Box")]))
        .expect("it listens");
    assert_eq!(keys(&scene.record()), ["a", "b"]);
    tell.send(operation("REMOVE", "keys", vec!["a".into()]))
        .expect("it listens");
    assert_eq!(keys(&scene.record()), ["b"]);
    drop(tell);
    scene.finish().exits(1).says(&["lost the connection"]);
}

#[test]
fn no_scene_is_a_negative_answer_and_endless_change_has_an_end() {
    let quiet = Fake::websocket(|_, peer| while peer.receive_frame().is_some() {});
    let none = quiet.vuer(&["scene", "--for", "300ms"]).run().exits(6);
    none.says(&["no scene came", "300 ms"]).prints("");
    // Changes that never pause for 300 ms.
    let busy = Fake::websocket(|_, peer| {
        if peer.receive_frame().is_some() {
            for n in 0..400 {
                peer.send_frame(&operation(
                    "UPSERT",
                    "nodes",
                    vec![node(&n.to_string(), "Box")],
                ));
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    });
    let shown = busy.vuer(&["scene"]).run().done();
    assert!(shown.took < Duration::from_millis(3_500), "{shown}");
    assert!(shown.took >= Duration::from_secs(2), "{shown}");
    assert!(
        !shown.json()["children"]
            .as_array()
            .expect("children")
            .is_empty()
    );
}

/// The rules themselves are checked against the real page's answers in src/vuer/scene/mod.rs.
#[test]
fn operations_do_what_the_page_makes_of_them() {
    let group = |key: &str, children: Vec<Pack>| {
        Pack::Map(vec![
            ("key".into(), key.into()),
            ("tag".into(), "group".into()),
            ("children".into(), Pack::Array(children)),
        ])
    };
    let lists = |children: Vec<Pack>, background: Vec<Pack>| {
        Pack::Map(vec![
            ("tag".into(), "Scene".into()),
            ("children".into(), Pack::Array(children)),
            ("bgChildren".into(), Pack::Array(background)),
        ])
    };
    let fields = |key: &str, name: &str, value: &str| {
        Pack::Map(vec![
            ("key".into(), key.into()),
            (name.into(), value.into()),
        ])
    };
    let up = Pack::Map(vec![(
        "up".into(),
        Pack::Array(vec![0.into(), 0.into(), 1.into()]),
    )]);
    let messages = [
        event(
            "SET",
            lists(
                vec![
                    group("outer", vec![node("inner", "Box")]),
                    group("empty", vec![]),
                ],
                vec![node("grid", "Grid")],
            ),
        ),
        event("SET", up),
        operation("UPSERT", "nodes", vec![fields("grid", "color", "red")]),
        operation("UPDATE", "nodes", vec![fields("grid", "value", "$delete")]),
        operation("ADD", "nodes", vec![node("grid", "Second")]),
        operation("REMOVE", "keys", vec!["inner".into(), "grid".into()]),
    ];
    let server = Fake::websocket(move |_, peer| {
        if peer.receive_frame().is_some() {
            messages.iter().for_each(|message| peer.send_frame(message));
            while peer.receive_frame().is_some() {}
        }
    });
    let scene = server.vuer(&["scene"]).run().done().json();
    let grid = json!({"key": "grid", "tag": "Grid", "color": "red", "value": "$delete"});
    assert_eq!(
        scene,
        json!({"tag": "Scene", "children": [], "bgChildren": [grid], "up": [0, 0, 1]})
    );
}

#[test]
fn one_scene_that_the_filter_fails_on_does_not_end_it() {
    let nodes = |keys: &[&str]| keys.iter().map(|key| node(key, "Box")).collect();
    let scene = |keys: &[&str]| {
        event(
            "SET",
            Pack::Map(vec![("children".into(), Pack::Array(nodes(keys)))]),
        )
    };
    let scenes = [scene(&["a"]), scene(&["a", "b"]), scene(&["a"])];
    let server = Fake::websocket(move |_, peer| {
        if peer.receive_frame().is_some() {
            for scene in &scenes {
                peer.send_frame(scene);
                std::thread::sleep(Duration::from_millis(900));
            }
            while peer.receive_frame().is_some() {}
        }
    });
    let filter = "if (.children | length) == 2 then error else .children[0].key end";
    let mut live = server.vuer(&["scene", "--follow", "--jq", filter]).start();
    assert_eq!(live.next_line(), "\"a\"");
    assert_eq!(live.next_line(), "\"a\"", "the third scene");
    assert!(live.stderr().contains("warning: --jq"), "{}", live.stderr());
}
