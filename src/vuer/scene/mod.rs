//! The scene graph, without I/O. Takes the events of a server one by one, gives the scene that the
//! Vuer page shows after them.
//!
//! Every rule was measured with the real page (0.0.102) in Chromium; see docs/vuer-scene.md.
//!
//! | event | effect |
//! |---|---|
//! | `SET` | merges its fields into the scene: a list that it does not mention stays |
//! | `ADD` | appends nodes to a list of the scene or to the children of a node, even if the key exists |
//! | `UPSERT` | merges each node into the first one of its key; without one, appends it |
//! | `UPDATE` | merges each node into the first one of its key; ignores unknown keys |
//! | `REMOVE` | removes the first node of each key, then every empty group |
//!
//! A field that is not mentioned stays. `to` names a list of the scene or a node; a null or missing
//! `to` means the whole scene. A list that was set to null is a missing one: `ADD` to it is
//! dropped, and `UPSERT` to it replaces the children.

mod element;
mod tree;

use element::{Key, Path};

pub use element::Element;
pub use tree::{Fact, TreeLine, tree};

use crate::vuer::event::{DEPTH_MAX, Event, Value};

/// What an event did to the scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is not a scene operation.
    Other,
    /// The scene has changed.
    Changed,
    /// It is a scene operation that had no effect: an unknown key or parent, or malformed data.
    NotApplied,
}

/// The lists of nodes that a scene has, in the order in which the page searches them.
pub const LISTS: [&str; 4] = ["children", "rawChildren", "bgChildren", "htmlChildren"];

/// The lists in which `REMOVE` drops empty groups.
const PRUNED: [&str; 2] = ["children", "bgChildren"];

/// A scene that follows its events.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    root: Element,
}

/// The parent that `to` names.
enum Parent {
    Scene,
    List(&'static str),
    Node(Path),
}

impl Scene {
    /// The scene itself with everything in it.
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// The first node of this key. The scene itself has a key, too, but is not a node.
    pub fn find(&self, key: &str) -> Option<&Element> {
        self.root.find(key)
    }

    /// Applies an event.
    pub fn apply(&mut self, event: &Event<'_>) -> Outcome {
        let data = event.message().get("data");
        let field = |name| data.and_then(|data| data.get(name));
        let nodes = || field("nodes").into_iter().flat_map(Value::items);
        let changed = match event.etype() {
            "SET" => data.is_some_and(|data| self.set(data)),
            "ADD" => self.add(nodes(), field("to")),
            "UPSERT" => self.upsert(nodes(), field("to")),
            "UPDATE" => self.update(nodes()),
            "REMOVE" => self.remove(field("keys").into_iter().flat_map(Value::items)),
            _ => return Outcome::Other,
        };
        if changed {
            Outcome::Changed
        } else {
            Outcome::NotApplied
        }
    }

    fn set(&mut self, scene: Value<'_>) -> bool {
        match Element::read(scene) {
            Some(scene) => self.root.merge(scene, DEPTH_MAX),
            None => false,
        }
    }

    fn add<'v>(&mut self, nodes: impl Iterator<Item = Value<'v>>, to: Option<Value<'_>>) -> bool {
        let Some(parent) = self.parent(to) else {
            return false;
        };
        let mut changed = false;
        for node in nodes {
            changed |= self.append(&parent, Element::read_entry(node));
        }
        changed
    }

    fn upsert<'v>(
        &mut self,
        nodes: impl Iterator<Item = Value<'v>>,
        to: Option<Value<'_>>,
    ) -> bool {
        let Some(parent) = self.parent(to) else {
            return false;
        };
        let mut changed = false;
        for node in nodes.filter_map(Element::read) {
            let merged_into = match &parent {
                // The page finds the scene itself when a node without a key is looked for.
                _ if node.any_key().is_none() && !matches!(parent, Parent::Node(_)) => {
                    Some(Path::default())
                }
                Parent::Scene => self.root.path_below(node.any_key(), &LISTS),
                Parent::List(list) => self.root.path_below(node.any_key(), &[list]),
                Parent::Node(path) => {
                    let from = self.root.at_mut(path);
                    let found = from.and_then(|from| from.path_to(node.any_key()));
                    found.map(|below| path.join(below))
                }
            };
            changed |= match (merged_into, &parent) {
                (Some(path), _) => self.merge_at(&path, node),
                (None, Parent::List(list)) if self.root.lacks(list) => {
                    self.root.set_nodes("children", vec![node]);
                    true
                }
                (None, _) => self.append(&parent, node),
            };
        }
        changed
    }

    fn update<'v>(&mut self, nodes: impl Iterator<Item = Value<'v>>) -> bool {
        let mut changed = false;
        for node in nodes.filter_map(Element::read) {
            let path = match node.any_key() {
                // As with UPSERT, a node without a key means the scene itself.
                None => Some(Path::default()),
                key => self.root.path_below(key, &LISTS),
            };
            changed |= path.is_some_and(|path| self.merge_at(&path, node));
        }
        changed
    }

    fn remove<'v>(&mut self, keys: impl Iterator<Item = Value<'v>>) -> bool {
        let mut changed = false;
        for key in keys {
            changed |= self.root.remove(&Key::of(key));
        }
        for list in PRUNED {
            changed |= self.root.drop_empty_groups(list);
        }
        changed
    }

    /// `None` if `to` names something that is not there.
    fn parent(&self, to: Option<Value<'_>>) -> Option<Parent> {
        let to = match to {
            Some(to) if !to.is_nil() && to.as_str() != Some("") => to,
            _ => return Some(Parent::Scene),
        };
        match LISTS.into_iter().find(|list| to.as_str() == Some(list)) {
            Some(list) => Some(Parent::List(list)),
            None => self
                .root
                .path_below(Some(&Key::of(to)), &LISTS)
                .map(Parent::Node),
        }
    }

    fn append(&mut self, parent: &Parent, node: Element) -> bool {
        // The depth is limited, because what walks the scene is recursive.
        match parent {
            Parent::Scene => self.root.add("children", node, DEPTH_MAX),
            Parent::List(list) => !self.root.lacks(list) && self.root.add(list, node, DEPTH_MAX),
            Parent::Node(path) => {
                let room = DEPTH_MAX.saturating_sub(path.depth());
                let parent = self.root.at_mut(path);
                parent.is_some_and(|parent| parent.add("children", node, room))
            }
        }
    }

    fn merge_at(&mut self, path: &Path, node: Element) -> bool {
        let room = DEPTH_MAX.saturating_sub(path.depth());
        let old = self.root.at_mut(path);
        old.is_some_and(|old| old.merge(node, room))
    }
}

#[cfg(test)]
mod tests {
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
            let add = format!(
                r#"{{"etype":"ADD","data":{{"nodes":[{{"key":"n{n}"}}],"to":"{parent}"}}}}"#
            );
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
}
