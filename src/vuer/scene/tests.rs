//! Operation by operation.

use super::*;
use crate::vuer::event::{Floats, event_from_json};

fn apply(scene: &mut Scene, json: &str) -> Outcome {
    let mut message = Vec::new();
    event_from_json(json, Floats::Double, 0, &mut message).expect(json);
    scene.apply(&Event::read(&message).expect("an event"))
}

/// A scene after these operations, each of which must have done something.
fn after(operations: &[&str]) -> Scene {
    let mut scene = Scene::default();
    for operation in operations {
        assert_eq!(
            apply(&mut scene, operation),
            Outcome::Changed,
            "{operation}"
        );
    }
    scene
}

fn shown(scene: &Scene) -> String {
    serde_json::to_string(scene.root()).expect("sound")
}

const SET: &str = r#"{"etype":"SET","data":{"key":"1","tag":"Scene","up":[0,1,0],"children":[
    {"key":"group","tag":"group","children":[{"key":"inner","tag":"Box","args":[1]}]}],
    "bgChildren":[{"key":"grid","tag":"Grid"},{"key":"light","tag":"Light"}]}}"#;

#[test]
fn set_replaces_everything() {
    let scene = after(&[
        SET,
        r#"{"etype":"SET","data":{"tag":"Scene","children":[]}}"#,
    ]);
    assert_eq!(shown(&scene), r#"{"tag":"Scene","children":[]}"#);
    let scene = after(&[SET]);
    let text = SET.split_once("\"data\":").expect("data").1;
    let text: String = text.split_whitespace().collect();
    assert_eq!(shown(&scene) + "}", text, "and nothing is lost");
}

#[test]
fn add_appends_to_a_list_or_a_node() {
    let children = |to: &str| {
        let node = r#"{"key":"new","tag":"Box"}"#;
        let add = format!(r#"{{"etype":"ADD","data":{{"nodes":[{node}],"to":{to}}}}}"#);
        after(&[SET, &add])
    };
    let last = |nodes: &[Element]| nodes.last().and_then(Element::key).map(str::to_owned);
    let new = Some("new".to_owned());
    assert_eq!(last(children("null").root().nodes("children")), new);
    assert_eq!(
        last(children("\"bgChildren\"").root().nodes("bgChildren")),
        new
    );
    assert_eq!(
        last(children("\"htmlChildren\"").root().nodes("htmlChildren")),
        new
    );
    let scene = children("\"inner\"");
    assert_eq!(
        last(scene.find("inner").expect("inner").nodes("children")),
        new
    );
    let scene = children("\"grid\"");
    assert_eq!(
        last(scene.find("grid").expect("grid").nodes("children")),
        new
    );
    // A scene that nobody has set is an empty one.
    let scene = after(&[r#"{"etype":"ADD","data":{"nodes":[{"key":"a"}]}}"#]);
    assert_eq!(shown(&scene), r#"{"children":[{"key":"a"}]}"#);
}

#[test]
fn upsert_changes_what_is_there_and_adds_what_is_not() {
    let scene = after(&[
        SET,
        r#"{"etype":"UPSERT","data":{"nodes":[{"key":"inner","position":[1,2,3]},
            {"key":"box","tag":"Box"}],"to":null}}"#,
    ]);
    let inner = serde_json::to_string(scene.find("inner").expect("inner")).expect("sound");
    assert_eq!(
        inner,
        r#"{"key":"inner","tag":"Box","args":[1],"position":[1,2,3]}"#
    );
    assert_eq!(scene.root().nodes("children").len(), 2);
    // As in the browser, it looks below the list that it is sent to.
    let scene = after(&[
        SET,
        r#"{"etype":"UPSERT","data":{"nodes":[{"key":"grid","color":1}],"to":"bgChildren"}}"#,
        r#"{"etype":"UPSERT","data":{"nodes":[{"key":"inner","args":[2]}],"to":"group"}}"#,
        r#"{"etype":"UPSERT","data":{"nodes":[{"key":"second"}],"to":"group"}}"#,
    ]);
    assert_eq!(scene.root().nodes("bgChildren").len(), 2);
    assert_eq!(
        scene.find("group").expect("group").nodes("children").len(),
        2
    );
}

#[test]
fn update_finds_nodes_anywhere_and_adds_none() {
    let scene = after(&[
        SET,
        r#"{"etype":"UPDATE","data":{"nodes":[{"key":"grid","color":"red"},{"key":"no"}]}}"#,
        r#"{"etype":"UPDATE","data":{"nodes":[{"key":"inner","args":[2]}]}}"#,
    ]);
    assert_eq!(
        scene.find("grid").and_then(|n| n.text("color")),
        Some("red")
    );
    assert!(scene.find("no").is_none());
    let before = shown(&after(&[SET]));
    let mut scene = after(&[SET]);
    let nobody = r#"{"etype":"UPDATE","data":{"nodes":[{"key":"no"}]}}"#;
    assert_eq!(apply(&mut scene, nobody), Outcome::Missed);
    assert_eq!(shown(&scene), before);
}

#[test]
fn delete_and_remove_take_nodes_out_wherever_they_are() {
    for key in ["inner", "group", "grid"] {
        for operation in [
            format!(
                r#"{{"etype":"UPDATE","data":{{"nodes":[{{"key":"{key}","value":"$delete"}}]}}}}"#
            ),
            format!(r#"{{"etype":"REMOVE","data":{{"keys":["{key}","no"]}}}}"#),
        ] {
            let scene = after(&[SET, &operation]);
            assert!(scene.find(key).is_none(), "{operation}");
            assert!(scene.find("light").is_some(), "{operation}");
        }
    }
    let scene = after(&[
        SET,
        r#"{"etype":"REMOVE","data":{"keys":["grid","light"]}}"#,
    ]);
    assert!(scene.root().nodes("bgChildren").is_empty());
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    for (operation, outcome) in [
        (r#"{"etype":"FRAME","data":{}}"#, Outcome::Other),
        (r#"{"etype":"SET"}"#, Outcome::Missed),
        (r#"{"etype":"SET","data":[1]}"#, Outcome::Missed),
        (
            r#"{"etype":"ADD","data":{"nodes":[1,"x"]}}"#,
            Outcome::Missed,
        ),
        (
            r#"{"etype":"ADD","data":{"nodes":[{"key":"a"}],"to":"nobody"}}"#,
            Outcome::Missed,
        ),
        (
            r#"{"etype":"REMOVE","data":{"keys":"grid"}}"#,
            Outcome::Missed,
        ),
        (
            r#"{"etype":"UPDATE","data":{"nodes":[{"tag":"keyless"}]}}"#,
            Outcome::Missed,
        ),
    ] {
        let mut scene = after(&[SET]);
        assert_eq!(apply(&mut scene, operation), outcome, "{operation}");
        assert_eq!(shown(&scene), shown(&after(&[SET])), "{operation}");
    }
}

#[test]
fn a_scene_grows_no_deeper_than_can_be_walked() {
    let mut scene = Scene::default();
    let mut parent = "children".to_owned();
    let mut levels = 0;
    for n in 0..100_000 {
        let add =
            format!(r#"{{"etype":"ADD","data":{{"nodes":[{{"key":"n{n}"}}],"to":"{parent}"}}}}"#);
        if apply(&mut scene, &add) != Outcome::Changed {
            break;
        }
        parent = format!("n{n}");
        levels += 1;
    }
    assert_eq!(levels, DEPTH_MAX);
    shown(&scene);
}

#[test]
fn the_tree_shows_where_everything_is() {
    let scene = after(&[
        SET,
        r#"{"etype":"UPSERT","data":{"nodes":[{"key":"box","tag":"Box","args":[0.3,0.3],
            "position":[0,0.5,0],"note":null,"data":{"$bytes":"AAAA"}}],"to":null}}"#,
    ]);
    let lines: Vec<String> = tree(scene.root())
        .into_iter()
        .map(|line| {
            let facts: Vec<_> = line
                .facts
                .iter()
                .map(|fact| format!("{} {}", fact.name, fact.value))
                .collect();
            let text = format!(
                "{}{} {} {}",
                line.branches,
                line.name,
                line.tag,
                facts.join("; ")
            );
            text.trim_end().to_owned()
        })
        .collect();
    assert_eq!(
        lines,
        [
            "Scene  up [0, 1, 0]",
            "├─ group group",
            "│  └─ inner Box args [1]",
            "├─ box Box position [0, 0.5, 0]; args [0.3, 0.3]; data {\"$bytes\": \"AAAA\"}",
            "└─ background",
            "   ├─ grid Grid",
            "   └─ light Light",
        ]
    );
}
