//! A node of the scene and all below it: MessagePack enters, a tree that can change leaves.

use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};

use super::LISTS;
use crate::vuer::event::Value;

/// A node: its fields, in the order in which they came, and among them its lists of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    fields: Vec<(String, Field)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    /// MessagePack, as it came.
    Plain(Box<[u8]>),
    /// Nodes.
    Nodes(Vec<Element>),
}

impl Element {
    /// Reads a node; none if it is no map. Fields whose key is no string say nothing to anyone and
    /// are left out.
    pub fn read(node: Value<'_>) -> Option<Element> {
        if !node.is_map() {
            return None;
        }
        let mut element = Element::default();
        for (key, value) in node.entries() {
            if let Some(key) = key.as_str() {
                element.set(key.to_owned(), Field::read(key, value));
            }
        }
        Some(element)
    }

    /// What the node is called.
    pub fn key(&self) -> Option<&str> {
        self.text("key")
    }

    /// What the node is.
    pub fn tag(&self) -> Option<&str> {
        self.text("tag")
    }

    /// A field that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.plain().find(|(key, _)| *key == name)?.1.as_str()
    }

    /// The fields that are no nodes.
    pub fn plain(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.fields.iter().filter_map(|(key, field)| match field {
            Field::Plain(bytes) => Some((key.as_str(), Value::check(bytes).ok()?)),
            Field::Nodes(_) => None,
        })
    }

    /// The nodes in one of its lists.
    pub fn nodes(&self, list: &str) -> &[Element] {
        let field = self.fields.iter().find(|(key, _)| key == list);
        match field {
            Some((_, Field::Nodes(nodes))) => nodes,
            _ => &[],
        }
    }

    /// The node of this key: itself, or one below it in these lists.
    pub fn find(&self, key: &str, lists: &[&str]) -> Option<&Element> {
        if self.key() == Some(key) {
            return Some(self);
        }
        lists
            .iter()
            .flat_map(|list| self.nodes(list))
            .find_map(|node| node.find(key, &LISTS))
    }

    /// The same to be changed, and how deep it lies.
    pub(super) fn find_mut(
        &mut self,
        key: &str,
        lists: &[&str],
        depth: usize,
    ) -> Option<(&mut Element, usize)> {
        if self.key() == Some(key) {
            return Some((self, depth));
        }
        self.fields
            .iter_mut()
            .filter(|(name, _)| lists.contains(&name.as_str()))
            .find_map(|(_, field)| match field {
                Field::Nodes(nodes) => nodes
                    .iter_mut()
                    .find_map(|node| node.find_mut(key, &LISTS, depth + 1)),
                Field::Plain(_) => None,
            })
    }

    /// Appends a node to a list. Not if that would make more levels than `room`.
    pub(super) fn add(&mut self, list: &str, node: Element, room: usize) -> bool {
        if node.height() > room {
            return false;
        }
        match self.fields.iter_mut().find(|(key, _)| key == list) {
            Some((_, Field::Nodes(nodes))) => nodes.push(node),
            Some((_, field)) => *field = Field::Nodes(vec![node]),
            None => self.set(list.to_owned(), Field::Nodes(vec![node])),
        }
        true
    }

    /// Gives the fields of a node to the one of its key below this list, or appends it.
    pub(super) fn upsert(&mut self, list: &str, node: Element, room: usize) -> bool {
        if let Some(key) = node.key().map(str::to_owned)
            && let Some((old, depth)) = self.find_below(&key, list)
        {
            return old.merge(node, room.saturating_sub(depth));
        }
        self.add(list, node, room)
    }

    fn find_below(&mut self, key: &str, list: &str) -> Option<(&mut Element, usize)> {
        self.fields
            .iter_mut()
            .find(|(name, _)| name == list)
            .and_then(|(_, field)| match field {
                Field::Nodes(nodes) => nodes
                    .iter_mut()
                    .find_map(|node| node.find_mut(key, &LISTS, 1)),
                Field::Plain(_) => None,
            })
    }

    /// Takes over every field of another. Not if that would make more levels than `room`.
    pub(super) fn merge(&mut self, other: Element, room: usize) -> bool {
        if other.height() > room {
            return false;
        }
        for (key, field) in other.fields {
            self.set(key, field);
        }
        true
    }

    /// Takes out every node of this key below it.
    pub(super) fn remove(&mut self, key: &str, lists: &[&str]) -> bool {
        let mut removed = false;
        for (name, field) in &mut self.fields {
            if let Field::Nodes(nodes) = field
                && lists.contains(&name.as_str())
            {
                let before = nodes.len();
                nodes.retain(|node| node.key() != Some(key));
                removed |= nodes.len() < before;
                for node in nodes {
                    removed |= node.remove(key, &LISTS);
                }
            }
        }
        removed
    }

    fn set(&mut self, key: String, field: Field) {
        match self.fields.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = field,
            None => self.fields.push((key, field)),
        }
    }

    /// How many levels it has, itself included.
    fn height(&self) -> usize {
        let lists = self.fields.iter().filter_map(|(_, field)| match field {
            Field::Nodes(nodes) => Some(nodes),
            Field::Plain(_) => None,
        });
        1 + lists.flatten().map(Element::height).max().unwrap_or(0)
    }
}

impl Field {
    fn read(key: &str, value: Value<'_>) -> Field {
        // Children can be texts, too; those are no nodes.
        if LISTS.contains(&key) && value.items().next().is_some() {
            let nodes: Option<Vec<_>> = value.items().map(Element::read).collect();
            if let Some(nodes) = nodes {
                return Field::Nodes(nodes);
            }
        }
        Field::Plain(value.bytes().into())
    }
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (key, field) in &self.fields {
            match field {
                Field::Plain(bytes) => {
                    let value = Value::check(bytes).map_err(S::Error::custom)?;
                    map.serialize_entry(key, &value)?;
                }
                Field::Nodes(nodes) => map.serialize_entry(key, nodes)?,
            }
        }
        map.end()
    }
}
