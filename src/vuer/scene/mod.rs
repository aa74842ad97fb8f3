//! The scene graph, without I/O: events enter one by one, the scene as it stands leaves.
//!
//! | event | does |
//! |---|---|
//! | `SET` | replaces the whole scene |
//! | `ADD` | appends nodes to a list of the scene or to the children of a node |
//! | `UPSERT` | the same, but a node that is there already takes over the new fields |
//! | `UPDATE` | gives new fields to nodes, wherever they are; `"value": "$delete"` takes one out |
//! | `REMOVE` | takes nodes out, wherever they are |
//!
//! A field that is not mentioned stays. As in the browser, `to` names a list of the scene
//! (`children`, `bgChildren`, …) or a node; none is `children`.

mod element;
#[cfg(test)]
mod tests;
mod tree;

pub use element::Element;
pub use tree::{Fact, Line, tree};

use crate::vuer::event::{DEPTH_MAX, Event, Value};

/// What becomes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is no operation on the scene.
    Other,
    /// The scene has changed.
    Changed,
    /// It is an operation, on something that is not there.
    Missed,
}

/// The lists of nodes that a scene has.
const LISTS: [&str; 4] = ["children", "rawChildren", "htmlChildren", "bgChildren"];

/// A scene that follows its events.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    root: Element,
}

impl Scene {
    /// The scene itself, with all that is in it.
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// The node of this key.
    pub fn find(&self, key: &str) -> Option<&Element> {
        self.root.find(key, &LISTS)
    }

    /// Does what an event says.
    pub fn apply(&mut self, event: &Event<'_>) -> Outcome {
        let data = event.message().get("data");
        let items = |name| data.and_then(|data| data.get(name));
        let outcome = match event.etype() {
            "SET" => data.and_then(|data| self.set(data)),
            "ADD" => items("nodes").and_then(|nodes| self.put(nodes, items("to"), Element::add)),
            "UPSERT" => {
                items("nodes").and_then(|nodes| self.put(nodes, items("to"), Element::upsert))
            }
            "UPDATE" => items("nodes").and_then(|nodes| self.update(nodes)),
            "REMOVE" => items("keys").and_then(|keys| self.remove(keys)),
            _ => return Outcome::Other,
        };
        match outcome {
            Some(()) => Outcome::Changed,
            None => Outcome::Missed,
        }
    }

    fn set(&mut self, scene: Value<'_>) -> Option<()> {
        self.root = Element::read(scene)?;
        Some(())
    }

    fn put(
        &mut self,
        nodes: Value<'_>,
        to: Option<Value<'_>>,
        put: fn(&mut Element, &str, Element, usize) -> bool,
    ) -> Option<()> {
        let to = to.and_then(Value::as_str).unwrap_or("children");
        let (parent, list, depth) = match LISTS.contains(&to) {
            true => (&mut self.root, to, 0),
            false => {
                let (parent, depth) = self.root.find_mut(to, &LISTS, 0)?;
                (parent, "children", depth)
            }
        };
        let mut done = None;
        for node in nodes.items().filter_map(Element::read) {
            // Bounded, for what walks the scene calls itself at every level.
            if put(parent, list, node, DEPTH_MAX.saturating_sub(depth)) {
                done = Some(());
            }
        }
        done
    }

    fn update(&mut self, nodes: Value<'_>) -> Option<()> {
        let mut done = None;
        for node in nodes.items().filter_map(Element::read) {
            let Some(key) = node.key().map(str::to_owned) else {
                continue;
            };
            let changed = match node.text("value") {
                Some("$delete") => self.root.remove(&key, &LISTS),
                _ => match self.root.find_mut(&key, &LISTS, 0) {
                    Some((old, depth)) => old.merge(node, DEPTH_MAX.saturating_sub(depth)),
                    None => false,
                },
            };
            if changed {
                done = Some(());
            }
        }
        done
    }

    fn remove(&mut self, keys: Value<'_>) -> Option<()> {
        let mut done = None;
        for key in keys.items().filter_map(Value::as_str) {
            if self.root.remove(key, &LISTS) {
                done = Some(());
            }
        }
        done
    }
}
