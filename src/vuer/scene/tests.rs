//! Operation by operation.

use serde_json::Value;

use super::{DEPTH_MAX, Event, Outcome, Scene, tree};
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

/// What the real page showed after the same operations; tests/python/vuer_page.py asked it.
const PAGE: &str = include_str!("../../../tests/data/vuer_page.ndjson");

#[test]
fn the_fold_is_the_pages() {
    let lines: Vec<Value> = PAGE
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert!(lines.len() > 50, "only {} cases", lines.len());
    let wrong: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            let mut scene = Scene::default();
            for operation in line["operations"].as_array().expect("operations") {
                apply(&mut scene, &operation.to_string());
            }
            let mut ours: Value = serde_json::from_str(&shown(&scene)).expect("JSON");
            // The page forgets the scene's key; we print it, and otherwise forget it, too.
            ours.as_object_mut().expect("a map").remove("key");
            (ours != line["scene"]).then(|| {
                format!(
                    "{}\n  page: {}\n  ours: {ours}",
                    line["name"], line["scene"]
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn set_loses_nothing() {
    let scene = after(&[SET]);
    let text = SET.split_once("\"data\":").expect("data").1;
    let text: String = text.split_whitespace().collect();
    assert_eq!(shown(&scene) + "}", text);
}

#[test]
fn a_scene_that_nobody_has_set_is_empty() {
    let scene = after(&[
        r#"{"etype":"ADD","data":{"nodes":[{"key":"a"}]}}"#,
        r#"{"etype":"UPSERT","data":{"nodes":[{"key":"b"}],"to":"bgChildren"}}"#,
    ]);
    assert_eq!(
        shown(&scene),
        r#"{"children":[{"key":"a"}],"bgChildren":[{"key":"b"}]}"#
    );
}

#[test]
fn keys_that_are_not_strings_are_told_apart() {
    let scene = after(&[
        r#"{"etype":"SET","data":{"children":[{"key":1,"a":1},{"key":"1","a":2}]}}"#,
        r#"{"etype":"UPDATE","data":{"nodes":[{"key":"1","b":1}]}}"#,
        r#"{"etype":"REMOVE","data":{"keys":[1]}}"#,
    ]);
    assert_eq!(shown(&scene), r#"{"children":[{"key":"1","a":2,"b":1}]}"#);
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    for (operation, outcome) in [
        (r#"{"etype":"FRAME","data":{}}"#, Outcome::Other),
        (r#"{"etype":"SET"}"#, Outcome::NotApplied),
        (r#"{"etype":"SET","data":[1]}"#, Outcome::NotApplied),
        (
            r#"{"etype":"ADD","data":{"nodes":[]}}"#,
            Outcome::NotApplied,
        ),
        (
            r#"{"etype":"ADD","data":{"nodes":[{"key":"a"}],"to":"nobody"}}"#,
            Outcome::NotApplied,
        ),
        (
            r#"{"etype":"REMOVE","data":{"keys":"grid"}}"#,
            Outcome::NotApplied,
        ),
        (
            r#"{"etype":"UPDATE","data":{"nodes":[{"key":"nobody"}]}}"#,
            Outcome::NotApplied,
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
