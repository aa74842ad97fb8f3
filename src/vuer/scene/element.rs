//! A node of the scene with everything below it. Takes MessagePack, gives a tree that can be
//! searched and changed.

use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};

use super::LISTS;
use crate::vuer::event::Value;

/// A node: its fields in the order received, some of which are lists of nodes.
///
/// The page also keeps list entries that are not maps (the text of an HTML element). Such an entry
/// has no key and no fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// A copy of the field `key`, because every search compares it.
    key: Option<Key>,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Fields(Vec<(String, Field)>),
    /// MessagePack that is not a map.
    Other(Box<[u8]>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    /// MessagePack as received.
    Plain(Box<[u8]>),
    Nodes(Vec<Element>),
}

/// The value of the field `key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Text(Box<str>),
    /// MessagePack that is not a string; compared byte by byte.
    Other(Box<[u8]>),
}

impl Default for Element {
    fn default() -> Element {
        Element {
            key: None,
            content: Content::Fields(Vec::new()),
        }
    }
}

impl Element {
    /// Reads a node; `None` if it is not a map. Fields whose name is not a string are left out.
    pub fn read(node: Value<'_>) -> Option<Element> {
        if !node.is_map() {
            return None;
        }
        let mut element = Element::default();
        for (name, value) in node.entries() {
            if let Some(name) = name.as_str() {
                element.set(name.to_owned(), Field::read(name, value));
            }
        }
        Some(element)
    }

    /// Reads an entry of a list, which need not be a map.
    pub(super) fn read_entry(entry: Value<'_>) -> Element {
        Element::read(entry).unwrap_or_else(|| Element {
            key: None,
            content: Content::Other(entry.bytes().into()),
        })
    }

    /// The node's key, if it is a string.
    pub fn key(&self) -> Option<&str> {
        match &self.key {
            Some(Key::Text(key)) => Some(key),
            _ => None,
        }
    }

    pub(super) fn any_key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The kind of node: `Box`, `group`, …
    pub fn tag(&self) -> Option<&str> {
        self.text("tag")
    }

    /// A field that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        // Only this field is decoded, because the others may be large.
        match self.field(name)? {
            Field::Plain(bytes) => Value::check(bytes).ok()?.as_str(),
            Field::Nodes(_) => None,
        }
    }

    /// The fields that are not lists of nodes.
    pub fn plain(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.fields()
            .iter()
            .filter_map(|(name, field)| match field {
                Field::Plain(bytes) => Some((name.as_str(), Value::check(bytes).ok()?)),
                Field::Nodes(_) => None,
            })
    }

    /// The nodes in one of its lists.
    pub fn nodes(&self, list: &str) -> &[Element] {
        match self.field(list) {
            Some(Field::Nodes(nodes)) => nodes,
            _ => &[],
        }
    }

    /// The first node with this key below this one. Parents are searched before their children, and
    /// the lists in the order of [`LISTS`].
    pub fn find(&self, key: &str) -> Option<&Element> {
        let mut below = LISTS.iter().flat_map(|list| self.nodes(list));
        below.find_map(|node| {
            if node.key() == Some(key) {
                Some(node)
            } else {
                node.find(key)
            }
        })
    }

    /// The path to the first node with this key: this one, or one below it.
    pub(super) fn path_to(&self, key: Option<&Key>) -> Option<Path> {
        if self.any_key() == key {
            return Some(Path::default());
        }
        self.path_below(key, &LISTS)
    }

    /// The path to the first node with this key in these lists and below them.
    pub(super) fn path_below(&self, key: Option<&Key>, lists: &[&'static str]) -> Option<Path> {
        let mut path = Path::default();
        self.search(key, lists, &mut path).then_some(path)
    }

    fn search(&self, key: Option<&Key>, lists: &[&'static str], path: &mut Path) -> bool {
        for list in lists {
            for (position, node) in self.nodes(list).iter().enumerate() {
                path.0.push((list, position));
                if node.any_key() == key || node.search(key, &LISTS, path) {
                    return true;
                }
                path.0.pop();
            }
        }
        false
    }

    /// The node at this path.
    pub(super) fn at_mut(&mut self, path: &Path) -> Option<&mut Element> {
        path.0.iter().try_fold(self, |node, (list, position)| {
            node.nodes_mut(list)?.get_mut(*position)
        })
    }

    /// Whether this list was set to something that is not a list (null).
    pub(super) fn lacks(&self, list: &str) -> bool {
        matches!(self.field(list), Some(Field::Plain(_)))
    }

    /// Replaces a list.
    pub(super) fn set_nodes(&mut self, list: &str, nodes: Vec<Element>) {
        self.set(list.to_owned(), Field::Nodes(nodes));
    }

    /// Appends a node to a list, unless that would make more levels than `room`.
    pub(super) fn add(&mut self, list: &str, node: Element, room: usize) -> bool {
        if node.height() > room {
            return false;
        }
        match self.nodes_mut(list) {
            Some(nodes) => nodes.push(node),
            None => self.set_nodes(list, vec![node]),
        }
        true
    }

    /// Copies every field of another node, unless that would make more levels than `room`.
    pub(super) fn merge(&mut self, other: Element, room: usize) -> bool {
        if other.height() > room {
            return false;
        }
        if let Content::Fields(fields) = other.content {
            for (name, field) in fields {
                self.set(name, field);
            }
        }
        true
    }

    /// Removes the first node with this key. Each list is searched before the nodes below its
    /// entries.
    pub(super) fn remove(&mut self, key: &Key) -> bool {
        for list in LISTS {
            let Some(nodes) = self.nodes_mut(list) else {
                continue;
            };
            let here = nodes.iter().position(|node| node.any_key() == Some(key));
            if let Some(position) = here {
                nodes.remove(position);
                return true;
            }
            if nodes.iter_mut().any(|node| node.remove(key)) {
                return true;
            }
        }
        false
    }

    /// Removes every group without children from a list and from the children of its nodes; says
    /// whether there was one. A group that becomes empty by this is removed, too.
    pub(super) fn drop_empty_groups(&mut self, list: &str) -> bool {
        let Some(nodes) = self.nodes_mut(list) else {
            return false;
        };
        let mut dropped = false;
        for node in nodes.iter_mut() {
            dropped |= node.drop_empty_groups("children");
        }
        let before = nodes.len();
        nodes.retain(|node| !node.is_empty_group());
        dropped || nodes.len() < before
    }

    fn is_empty_group(&self) -> bool {
        let is_group = |tag: &str| tag.eq_ignore_ascii_case("group");
        self.tag().is_some_and(is_group) && self.nodes("children").is_empty()
    }

    fn fields(&self) -> &[(String, Field)] {
        match &self.content {
            Content::Fields(fields) => fields,
            Content::Other(_) => &[],
        }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        let mut fields = self.fields().iter();
        fields
            .find(|(found, _)| found == name)
            .map(|(_, field)| field)
    }

    fn nodes_mut(&mut self, list: &str) -> Option<&mut Vec<Element>> {
        let Content::Fields(fields) = &mut self.content else {
            return None;
        };
        match fields.iter_mut().find(|(name, _)| name == list) {
            Some((_, Field::Nodes(nodes))) => Some(nodes),
            _ => None,
        }
    }

    fn set(&mut self, name: String, field: Field) {
        if let ("key", Field::Plain(bytes)) = (name.as_str(), &field) {
            self.key = Some(Key::read(bytes));
        }
        let Content::Fields(fields) = &mut self.content else {
            return;
        };
        match fields.iter_mut().find(|(found, _)| *found == name) {
            Some((_, old)) => *old = field,
            None => fields.push((name, field)),
        }
    }

    /// The number of levels, including itself.
    fn height(&self) -> usize {
        let lists = self.fields().iter().filter_map(|(_, field)| match field {
            Field::Nodes(nodes) => Some(nodes),
            Field::Plain(_) => None,
        });
        1 + lists.flatten().map(Element::height).max().unwrap_or(0)
    }
}

impl Field {
    fn read(name: &str, value: Value<'_>) -> Field {
        if LISTS.contains(&name) && value.is_array() {
            return Field::Nodes(value.items().map(Element::read_entry).collect());
        }
        Field::Plain(value.bytes().into())
    }
}

impl Key {
    fn read(bytes: &[u8]) -> Key {
        match Value::check(bytes).ok().and_then(Value::as_str) {
            Some(text) => Key::Text(text.into()),
            None => Key::Other(bytes.into()),
        }
    }

    /// The key that an entry of `REMOVE` or `to` names.
    pub(super) fn of(value: Value<'_>) -> Key {
        Key::read(value.bytes())
    }
}

/// A list, and an index in it.
type Step = (&'static str, usize);

/// The path from a node to one below it.
#[derive(Debug, Default)]
pub(super) struct Path(Vec<Step>);

impl Path {
    /// This path followed by another one.
    pub(super) fn join(&self, further: Path) -> Path {
        Path([self.0.as_slice(), &further.0].concat())
    }

    /// The number of levels it leads down.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = match &self.content {
            Content::Fields(fields) => fields,
            Content::Other(bytes) => {
                let value = Value::check(bytes).map_err(S::Error::custom)?;
                return value.serialize(serializer);
            }
        };
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, field) in fields {
            match field {
                Field::Plain(bytes) => {
                    let value = Value::check(bytes).map_err(S::Error::custom)?;
                    map.serialize_entry(name, &value)?;
                }
                Field::Nodes(nodes) => map.serialize_entry(name, nodes)?,
            }
        }
        map.end()
    }
}
