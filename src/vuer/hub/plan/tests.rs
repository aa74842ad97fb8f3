//! Operations enter in two parts, before and after a page has seen the scene; what it is sent then
//! leaves, as JSON.

use super::*;
use crate::vuer::event::{Event, Floats, Value, from_json};
use crate::vuer::hub::operation::Operation;
use crate::vuer::hub::scene::NotApplied;
use crate::vuer::scene::Scene;

fn apply(scene: &mut HubScene, json: &str) -> Result<(), NotApplied> {
    let mut bytes = Vec::new();
    from_json(json, Floats::Double, &mut bytes).expect(json);
    let value = Value::check(&bytes).expect("sound");
    scene.apply(&Operation::read(value).expect(json))
}

fn after(operations: &[&str]) -> HubScene {
    let mut scene = HubScene::default();
    for operation in operations {
        apply(&mut scene, operation).expect(operation);
    }
    scene
}

/// Each message as `ETYPE data`.
fn shown(messages: &[Vec<u8>]) -> Vec<String> {
    let show = |message: &Vec<u8>| {
        let event = Event::read(message).expect("an event");
        let data = serde_json::to_string(&event.rest()).expect("JSON");
        format!("{} {data}", event.etype())
    };
    messages.iter().map(show).collect()
}

const SET: &str = r#"{"etype":"SET","data":{"tag":"Scene","children":[{"tag":"Box","key":"a","args":[1]},
    {"tag":"group","key":"g","children":[{"tag":"Box","key":"b"}]}],"bgChildren":[{"tag":"Grid","key":"grid"}]}}"#;

#[test]
fn a_page_is_told_what_it_has_not_seen_and_nothing_else() {
    // The operations, and the messages to a page that saw the scene before them.
    let table: [(&[&str], &[&str]); 16] = [
        (&[], &[]),
        (
            &[
                r#"{"key":"a","position":[1,2,3]}"#,
                r#"{"key":"a","position":[1,2,4]}"#,
            ],
            &[r#"UPSERT {"nodes":[{"key":"a","position":[1,2,4]}],"to":null}"#],
        ),
        (&[r#"{"key":"a","args":[1]}"#], &[]),
        (
            &[r#"{"key":"b","x":1}"#, r#"{"key":"grid","y":2}"#],
            &[r#"UPSERT {"nodes":[{"key":"b","x":1},{"key":"grid","y":2}],"to":null}"#],
        ),
        (
            &[r#"{"tag":"Box","key":"new","x":18446744073709551615}"#],
            &[
                r#"UPSERT {"nodes":[{"key":"new","tag":"Box","x":1.8446744073709552e+19}],"to":null}"#,
            ],
        ),
        (
            &[r#"{"etype":"ADD","data":{"nodes":[{"tag":"Box","key":5}],"to":"g"}}"#],
            &[r#"UPSERT {"nodes":[{"key":"5","tag":"Box"}],"to":"g"}"#],
        ),
        (
            &[r#"{"etype":"UPSERT","data":{"nodes":[{"tag":"L","key":"l"}],"to":"bgChildren"}}"#],
            &[r#"UPSERT {"nodes":[{"key":"l","tag":"L"}],"to":"bgChildren"}"#],
        ),
        (&[r#"{"remove":"a"}"#], &[r#"REMOVE {"keys":["a"]}"#]),
        (
            &[r#"{"update":{"key":"a","value":"$delete"}}"#],
            &[r#"REMOVE {"keys":["a"]}"#],
        ),
        // The page drops the group with what was in it.
        (
            &[r#"{"remove":["b"]}"#],
            &[
                r#"REMOVE {"keys":["b"]}"#,
                r#"UPSERT {"nodes":[{"key":"g","tag":"group","children":[]}],"to":null}"#,
            ],
        ),
        // What was taken out and came back is new.
        (
            &[r#"{"remove":["a"]}"#, r#"{"tag":"Box","key":"a"}"#],
            &[
                r#"REMOVE {"keys":["a"]}"#,
                r#"UPSERT {"nodes":[{"key":"a","tag":"Box"}],"to":null}"#,
            ],
        ),
        // Another list of children is sent whole, and not its nodes beside it.
        (
            &[
                r#"{"key":"g","children":[{"tag":"Box","key":"c"}]}"#,
                r#"{"key":"c","x":1}"#,
            ],
            &[
                r#"UPSERT {"nodes":[{"key":"g","children":[{"key":"c","tag":"Box","x":1}]}],"to":null}"#,
            ],
        ),
        (
            &[r#"{"etype":"SET","data":{"bgChildren":[]}}"#],
            &[
                r#"SET {"tag":"Scene","children":[{"key":"a","tag":"Box","args":[1]},{"key":"g","tag":"group","children":[{"key":"b","tag":"Box"}]}],"bgChildren":[],"rawChildren":[{"tag":"GrabRender","key":"DEFAULT"}]}"#,
            ],
        ),
        // Angles that are not named stay.
        (
            &[
                r#"{"tag":"Urdf","key":"r","src":"r.urdf"}"#,
                r#"{"joints":{"x":1,"y":2}}"#,
                r#"{"joints":{"y":3},"key":"r"}"#,
            ],
            &[
                r#"UPSERT {"nodes":[{"key":"r","tag":"Urdf","src":"r.urdf","jointValues":{"x":1,"y":3}}],"to":null}"#,
            ],
        ),
        (
            &[
                r#"{"etype":"FRAME","data":{"etype":"UPDATE","data":{"nodes":[{"key":"a","x":1}]}}}"#,
            ],
            &[r#"UPSERT {"nodes":[{"key":"a","x":1}],"to":null}"#],
        ),
        (
            &[r#"{"key":"a","children":["text"]}"#],
            &[r#"UPSERT {"nodes":[{"key":"a","children":["text"]}],"to":null}"#],
        ),
    ];
    for (operations, expected) in table {
        let mut scene = after(&[SET]);
        let seen = scene.revision();
        for operation in operations {
            apply(&mut scene, operation).expect(operation);
        }
        let got = shown(&messages(&scene, seen, true, 1));
        assert_eq!(got, expected, "{operations:?}");
    }
}

#[test]
fn whoever_comes_late_gets_one_set() {
    let scene = after(&[r#"{"tag":"Box","key":"a"}"#, r#"{"key":"a","x":1}"#]);
    assert_eq!(
        shown(&messages(&scene, 0, true, 1)),
        [
            r#"SET {"children":[{"key":"a","tag":"Box","x":1}],"rawChildren":[{"tag":"GrabRender","key":"DEFAULT"}]}"#
        ]
    );
    assert_eq!(
        shown(&messages(&scene, 0, false, 1)),
        [r#"SET {"children":[{"key":"a","tag":"Box","x":1}]}"#]
    );
    let empty = HubScene::default();
    assert!(messages(&empty, 0, false, 1).is_empty());
    assert_eq!(
        messages(&empty, 0, true, 1).len(),
        1,
        "it can take pictures"
    );
}

#[test]
fn many_changes_are_a_set_unless_the_scene_is_large() {
    let many = |count: usize, size: usize| {
        let mut scene = HubScene::default();
        for n in 0..count {
            let pad = "x".repeat(size);
            apply(
                &mut scene,
                &format!(r#"{{"tag":"Box","key":"n{n}","pad":"{pad}"}}"#),
            )
            .expect("fits");
        }
        let seen = scene.revision();
        for n in 0..count {
            apply(&mut scene, &format!(r#"{{"key":"n{n}","x":{n}}}"#)).expect("fits");
        }
        let messages = messages(&scene, seen, false, 1);
        shown(&messages)
            .iter()
            .map(|text| text.split(' ').next().expect("a word").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(many(50, 0), ["UPSERT"]);
    assert_eq!(many(51, 0), ["SET"]);
    assert_eq!(many(120, 20_000), ["UPSERT", "UPSERT", "UPSERT"]);
}

#[test]
fn what_cannot_be_done_is_named_and_the_rest_is_done() {
    let table = [
        (r#"{"remove":["a","no"]}"#, NotApplied::NoNode("no".into())),
        (
            r#"{"update":[{"key":"no"},{"key":"a","x":1}]}"#,
            NotApplied::NoNode("no".into()),
        ),
        (
            r#"{"etype":"ADD","data":{"nodes":[{"key":"z"}],"to":"no"}}"#,
            NotApplied::NoNode("no".into()),
        ),
        (r#"{"tag":"Box"}"#, NotApplied::NoKey),
        (r#"{"joints":{"x":1}}"#, NotApplied::WhichRobot(0)),
        (
            r#"{"etype":"ADD","data":{"nodes":[7]}}"#,
            NotApplied::NoElement,
        ),
    ];
    for (operation, expected) in table {
        let mut scene = after(&[SET]);
        assert_eq!(apply(&mut scene, operation), Err(expected), "{operation}");
    }
    let mut scene = after(&[SET]);
    let mut parent = "g".to_owned();
    let mut levels = 1;
    loop {
        let add = format!(
            r#"{{"etype":"ADD","data":{{"nodes":[{{"key":"n{levels}"}}],"to":"{parent}"}}}}"#
        );
        if apply(&mut scene, &add).is_err() {
            break;
        }
        parent = format!("n{levels}");
        levels += 1;
    }
    assert_eq!(levels, crate::vuer::hub::scene::LEVELS_MAX);
    let set = &messages(&scene, 0, true, 1)[0];
    Event::read(set).expect("no deeper than a client reads");
}

#[test]
fn several_nodes_of_a_key_and_nodes_without_are_told_whole() {
    for operation in [
        r#"{"etype":"ADD","data":{"nodes":[{"tag":"Box","key":"a"}]}}"#,
        r#"{"etype":"ADD","data":{"nodes":[{"tag":"Box"}]}}"#,
    ] {
        let mut scene = after(&[SET]);
        let seen = scene.revision();
        apply(&mut scene, operation).expect(operation);
        let got = shown(&messages(&scene, seen, false, 1));
        assert!(got.len() == 1 && got[0].starts_with("SET "), "{got:?}");
        // The first of them is the one that is meant, and then the second.
        if operation.contains("\"a\"") {
            for left in [1, 0] {
                apply(&mut scene, r#"{"remove":"a"}"#).expect("one is there");
                assert_eq!(scene.find("a").is_some(), left == 1);
            }
        }
    }
}

#[test]
fn a_page_that_slept_through_more_removals_than_are_remembered_gets_it_all() {
    let mut scene = after(&[SET]);
    let seen = scene.revision();
    for n in 0..1_000 {
        apply(&mut scene, &format!(r#"{{"tag":"Box","key":"n{n}"}}"#)).expect("fits");
        apply(&mut scene, &format!(r#"{{"remove":"n{n}"}}"#)).expect("there");
    }
    assert_eq!(scene.count(), 4);
    let got = shown(&messages(&scene, seen, false, 1));
    assert!(got.len() == 1 && got[0].starts_with("SET "), "{got:?}");
}

/// The page's REMOVE of `c` takes `a` as well, which is an empty group there and a Box here.
#[test]
fn an_empty_group_that_became_something_else_is_sent_whole_behind_a_remove() {
    let mut scene = HubScene::default();
    for operation in [
        r#"{"tag":"group","key":"c","children":[]}"#,
        r#"{"tag":"group","key":"a","n":0,"children":[]}"#,
    ] {
        apply(&mut scene, operation).expect(operation);
    }
    let seen = scene.revision();
    apply(&mut scene, r#"{"remove":"c"}"#).expect("there");
    apply(&mut scene, r#"{"tag":"Box","key":"a"}"#).expect("fits");
    let got = shown(&messages(&scene, seen, false, 1));
    assert_eq!(
        got,
        [r#"SET {"children":[{"key":"a","tag":"Box","n":0,"children":[]}]}"#]
    );
}

/// The page's REMOVE of `b` takes `c` as well: with its new field it goes back into `e`.
#[test]
fn an_empty_group_that_changed_is_sent_to_its_place_behind_a_remove() {
    let mut scene = HubScene::default();
    for operation in [
        r#"{"tag":"group","key":"e","children":[]}"#,
        r#"{"tag":"group","key":"b","children":[]}"#,
        r#"{"etype":"UPSERT","data":{"nodes":[{"tag":"group","key":"c"}],"to":"e"}}"#,
    ] {
        apply(&mut scene, operation).expect(operation);
    }
    let seen = scene.revision();
    apply(&mut scene, r#"{"remove":"b"}"#).expect("there");
    apply(&mut scene, r#"{"update":{"key":"c","n":1}}"#).expect("there");
    let mut page = Scene::default();
    for message in messages(&scene, seen, false, 1) {
        page.apply(&Event::read(&message).expect("an event"));
    }
    assert_eq!(
        outline(page.root()),
        [
            "/- ",
            r#"/-/e key="e" tag="group""#,
            r#"/-/e/c key="c" n=1 tag="group""#
        ]
    );
}

/// A client that folds the messages, however they are spread over time, has the hub's scene.
#[test]
fn messages_folded_by_a_client_give_the_scene() {
    use proptest::prelude::*;
    let key = prop_oneof![Just("a"), Just("b"), Just("c"), Just("d"), Just("e")];
    let operation = (0..6_u8, key.clone(), key, 0..4_u8).prop_map(|(kind, key, other, n)| match kind {
        0 => format!(r#"{{"tag":"group","key":"{key}","n":{n},"children":[]}}"#),
        1 => format!(r#"{{"key":"{key}","n":{n}}}"#),
        2 => format!(r#"{{"remove":"{key}"}}"#),
        3 => format!(r#"{{"etype":"UPSERT","data":{{"nodes":[{{"tag":"Box","key":"{key}","m":{n}}}],"to":"{other}"}}}}"#),
        4 => format!(r#"{{"update":{{"key":"{key}","n":{n}}}}}"#),
        _ => format!(r#"{{"etype":"SET","data":{{"children":[{{"tag":"group","key":"{key}","children":[{{"tag":"Box","key":"x{n}"}}]}}]}}}}"#),
    });
    let run = proptest::collection::vec((operation, any::<bool>()), 1..40);
    let mut runner = proptest::test_runner::TestRunner::default();
    runner
        .run(&run, |steps| {
            let mut scene = HubScene::default();
            let mut page = Scene::default();
            let mut seen = 0;
            let count = steps.len();
            for (at, (operation, look)) in steps.iter().enumerate() {
                let _ = apply(&mut scene, operation);
                if *look || at + 1 == count {
                    for message in messages(&scene, seen, false, 1) {
                        page.apply(&Event::read(&message).expect("an event"));
                    }
                    seen = scene.revision();
                }
            }
            let mut fresh = Scene::default();
            for message in messages(&scene, 0, false, 1) {
                fresh.apply(&Event::read(&message).expect("an event"));
            }
            prop_assert_eq!(outline(page.root()), outline(fresh.root()));
            Ok(())
        })
        .expect("they agree");
}

/// A scene without its orders, which an UPSERT cannot restore: every node under its parent.
fn outline(element: &crate::vuer::scene::Element) -> Vec<String> {
    fn walk(element: &crate::vuer::scene::Element, path: &str, found: &mut Vec<String>) {
        let mut fields: Vec<String> = element
            .plain()
            .filter(|(name, _)| !LISTS.contains(name))
            .map(|(name, value)| format!("{name}={}", serde_json::to_string(&value).expect("JSON")))
            .collect();
        fields.sort();
        let path = format!("{path}/{}", element.key().unwrap_or("-"));
        found.push(format!("{path} {}", fields.join(" ")));
        for list in LISTS {
            for node in element.nodes(list) {
                walk(node, &path, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(element, "", &mut found);
    found.sort();
    found
}
