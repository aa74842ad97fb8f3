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
#[cfg(test)]
mod tests;
mod tree;

use element::{Key, Path};

pub use element::Element;
pub use tree::{Fact, Line, tree};

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
