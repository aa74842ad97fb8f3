//! The scene as the hub holds it: operations enter, and what has changed since when leaves.
//!
//! It folds as [`crate::vuer::scene`] does (a test compares them), and differs in what it is for:
//! half a million operations a second, and many pages that are each told what they have not seen.
//! So nodes lie in one table with an index of keys, and every field carries the revision that
//! changed it last. A page is then one number, the revision that it has seen; however far it is
//! behind, what it is sent is the latest state, and nothing is kept for it.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::operation::{Nodes, Operation, To};
use crate::vuer::event::{Pack, Value, readable};
pub use crate::vuer::scene::LISTS;

/// The most levels of nodes. Each takes two levels of a message, and the scene and its event two.
pub const LEVELS_MAX: usize = 48;

/// The most nodes, and the most bytes of their fields.
pub const NODES_MAX: usize = 500_000;
/// See [`NODES_MAX`].
pub const BYTES_MAX: usize = 1 << 30;

/// How many keys that were taken out are remembered for pages that are behind.
const REMOVED_MAX: usize = 256;

/// A node's place in the table.
pub type Id = usize;

/// The scene itself.
pub const ROOT: Id = 0;

/// Why an operation does nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missed {
    /// There is no such node.
    #[error("the scene has no node '{0}'")]
    NoNode(String),
    /// A node that nobody could name again.
    #[error("an element needs a key")]
    NoKey,
    /// It is no map.
    #[error("an element is an object, such as {{\"tag\":\"Box\",\"key\":\"a\"}}")]
    NoElement,
    /// Joint values without a key, and not exactly one robot.
    #[error("'joints' needs the key of its Urdf: the scene has {0}")]
    WhichRobot(usize),
    /// More than anybody shows.
    #[error("the scene is full: {0}")]
    Full(&'static str),
}

/// One field of a node.
#[derive(Debug)]
pub struct Field {
    /// What it is called.
    pub name: Box<str>,
    /// MessagePack, as every page reads it.
    pub value: Box<[u8]>,
    /// The revision that gave it this value.
    pub changed: u64,
}

/// One of a node's lists.
#[derive(Debug)]
pub struct List {
    /// What it is called, one of [`LISTS`].
    pub name: &'static str,
    /// What is in it.
    pub nodes: Vec<Id>,
    /// The revision that put another list in its place; what is appended has its own.
    pub replaced: u64,
}

/// A node.
#[derive(Debug, Default)]
pub struct Node {
    /// What it is called; none for one that came without a key inside another.
    pub key: Option<Box<str>>,
    /// Its fields, the key among them.
    pub fields: Vec<Field>,
    /// Its lists of nodes.
    pub lists: Vec<List>,
    /// Where it hangs.
    pub parent: Id,
    /// In which of its parent's lists.
    pub list: &'static str,
    /// The revision that made it.
    pub created: u64,
    /// The last revision that changed a field or replaced a list.
    pub changed: u64,
    depth: usize,
}

impl Node {
    /// A field's value.
    pub fn field(&self, name: &str) -> Option<Value<'_>> {
        let field = self.fields.iter().find(|field| &*field.name == name)?;
        Value::check(&field.value).ok()
    }

    /// Whether this is its tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.field("tag").and_then(Value::as_str) == Some(tag)
    }

    /// Its list of this name.
    pub fn list(&self, name: &str) -> Option<&List> {
        self.lists.iter().find(|list| list.name == name)
    }
}

/// The scene.
#[derive(Debug)]
pub struct Stage {
    nodes: Vec<Node>,
    free: Vec<Id>,
    index: HashMap<Box<str>, Id>,
    /// How many nodes have a key that another has had before.
    doubles: usize,
    bytes: usize,
    revision: u64,
    whole: u64,
    removed: VecDeque<(u64, Box<str>)>,
    scratch: Vec<u8>,
}

impl Default for Stage {
    fn default() -> Stage {
        Stage {
            nodes: vec![Node::default()],
            free: Vec::new(),
            index: HashMap::new(),
            doubles: 0,
            bytes: 0,
            revision: 0,
            whole: 0,
            removed: VecDeque::new(),
            scratch: Vec::new(),
        }
    }
}

impl Stage {
    /// How often it has changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whoever has seen less than this revision is told the whole scene.
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// A node of the table.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// How many nodes there are, the scene itself not counted.
    pub fn count(&self) -> usize {
        self.nodes.len() - self.free.len() - 1
    }

    /// About how many bytes a message of the whole scene has.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The first node of this key.
    pub fn find(&self, key: &str) -> Option<Id> {
        self.index.get(key).copied()
    }

    /// The keys that were taken out since a revision, oldest first.
    pub fn removed_since(&self, seen: u64) -> impl Iterator<Item = &str> {
        let late = self.removed.iter().filter(move |(at, _)| *at > seen);
        late.map(|(_, key)| &**key)
    }

    /// Whether some node has this tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tagged(tag).next().is_some()
    }

    fn tagged(&self, tag: &str) -> impl Iterator<Item = Id> {
        // A free place has no fields.
        (1..self.nodes.len()).filter(move |id| self.nodes[*id].has_tag(tag))
    }

    /// Does what an operation says.
    ///
    /// # Errors
    /// [`Missed`]: the first of its nodes that could not be served; the others were.
    pub fn apply(&mut self, operation: &Operation<'_>) -> Result<(), Missed> {
        self.revision += 1;
        match *operation {
            Operation::Set(scene) => self.set(scene),
            Operation::Add(nodes, to) => self.put(nodes, to, false),
            Operation::Upsert(nodes, to) => self.put(nodes, to, true),
            Operation::Update(nodes) => each(nodes, |node| self.update(node)),
            Operation::Remove(keys) => each(keys, |key| {
                let key = name(key).ok_or(Missed::NoKey)?;
                self.remove(&key)
            }),
            Operation::Joints(key, joints) => self.turn(key, joints),
            Operation::Message(_) => Ok(()),
        }
    }

    fn set(&mut self, scene: Value<'_>) -> Result<(), Missed> {
        self.whole = self.revision;
        self.removed.clear();
        self.merge(ROOT, scene)
    }

    fn put(&mut self, nodes: Nodes<'_>, to: To<'_>, upsert: bool) -> Result<(), Missed> {
        let to = to.and_then(name);
        each(nodes, |node| {
            if !node.is_map() {
                return Err(Missed::NoElement);
            }
            let key = node.get("key").and_then(name);
            if let Some(key) = &key
                && upsert
                && let Some(id) = self.find(key)
            {
                if node.get("value").and_then(Value::as_str) == Some(DELETE) {
                    return self.remove(key);
                }
                return self.merge(id, node);
            }
            if key.is_none() && upsert {
                return Err(Missed::NoKey);
            }
            let (parent, list) = match to.as_deref() {
                None => (ROOT, LISTS[0]),
                Some(to) => match LISTS.iter().find(|list| **list == to) {
                    Some(list) => (ROOT, *list),
                    None => {
                        let parent = self.find(to);
                        (
                            parent.ok_or_else(|| Missed::NoNode(to.to_owned()))?,
                            LISTS[0],
                        )
                    }
                },
            };
            // A page cannot be told of one node among several of a key, nor of one without.
            if key.is_none_or(|key| self.find(&key).is_some()) {
                self.whole = self.revision;
            }
            let id = self.insert(node, parent, list)?;
            self.append(parent, list, id);
            Ok(())
        })
    }

    fn update(&mut self, node: Value<'_>) -> Result<(), Missed> {
        let key = node.get("key").and_then(name).ok_or(Missed::NoKey)?;
        if node.get("value").and_then(Value::as_str) == Some(DELETE) {
            return self.remove(&key);
        }
        match self.find(&key) {
            Some(id) => self.merge(id, node),
            None => Err(Missed::NoNode(key.into_owned())),
        }
    }

    fn remove(&mut self, key: &str) -> Result<(), Missed> {
        let id = self
            .find(key)
            .ok_or_else(|| Missed::NoNode(key.to_owned()))?;
        let (parent, list) = (self.nodes[id].parent, self.nodes[id].list);
        if let Some(list) = self.nodes[parent].lists.iter_mut().find(|l| l.name == list) {
            list.nodes.retain(|node| *node != id);
        }
        if self.doubles > 0 {
            // Which of several the page takes out is not for us to say.
            self.whole = self.revision;
        }
        self.discard(id);
        self.removed.push_back((self.revision, key.into()));
        if self.removed.len() > REMOVED_MAX {
            let forgotten = self.removed.pop_front();
            self.whole = forgotten.map_or(self.whole, |(at, _)| self.whole.max(at));
        }
        Ok(())
    }

    /// New joint values beside those that the robot has.
    fn turn(&mut self, key: Option<Value<'_>>, joints: Value<'_>) -> Result<(), Missed> {
        const FIELD: &str = "jointValues";
        let id = match key {
            Some(key) => {
                let key = name(key).ok_or(Missed::NoKey)?;
                self.find(&key)
                    .ok_or_else(|| Missed::NoNode(key.into_owned()))?
            }
            None => {
                let robots: Vec<Id> = self.tagged("Urdf").collect();
                match robots[..] {
                    [robot] => robot,
                    _ => return Err(Missed::WhichRobot(robots.len())),
                }
            }
        };
        let old = self.nodes[id].field(FIELD);
        let kept: Vec<_> = old
            .into_iter()
            .flat_map(Value::entries)
            .filter(|(joint, _)| joint.as_str().is_none_or(|name| joints.get(name).is_none()))
            .collect();
        let mut pack = Pack::default();
        pack.map(kept.len() + joints.entries().count());
        for (joint, angle) in kept.into_iter().chain(joints.entries()) {
            pack.value(joint).value(angle);
        }
        self.assign(id, FIELD, pack.bytes());
        Ok(())
    }

    /// Gives a node the fields of an element; its key stays.
    fn merge(&mut self, id: Id, element: Value<'_>) -> Result<(), Missed> {
        let mut result = Ok(());
        for (field, value) in element.entries() {
            let Some(field) = field.as_str() else {
                continue;
            };
            if field == "key" && id != ROOT {
                continue;
            }
            if let Some(list) = list_of_nodes(field, value) {
                let replaced = self.replace(id, list, value);
                result = result.and(replaced);
                continue;
            }
            let mut scratch = std::mem::take(&mut self.scratch);
            scratch.clear();
            readable(value, &mut scratch);
            self.assign(id, field, &scratch);
            self.scratch = scratch;
        }
        result
    }

    /// Gives a field its value. One that it has already changes nothing, and is sent to nobody.
    fn assign(&mut self, id: Id, name: &str, value: &[u8]) {
        let revision = self.revision;
        let node = &mut self.nodes[id];
        match node.fields.iter_mut().find(|field| &*field.name == name) {
            Some(field) if *field.value == *value => return,
            Some(field) => {
                self.bytes = self.bytes + value.len() - field.value.len();
                if field.value.len() == value.len() {
                    field.value.copy_from_slice(value)
                } else {
                    field.value = value.into()
                }
                field.changed = revision;
            }
            None => {
                self.bytes += name.len() + value.len() + FIELD_HEADS;
                node.fields.push(Field {
                    name: name.into(),
                    value: value.into(),
                    changed: revision,
                });
            }
        }
        node.changed = revision;
        // A list that has become a text is no list any more.
        if let Some(at) = node.lists.iter().position(|list| list.name == name) {
            let list = node.lists.remove(at);
            for child in list.nodes {
                self.discard(child);
            }
        }
    }

    fn replace(&mut self, id: Id, list: &'static str, value: Value<'_>) -> Result<(), Missed> {
        let old = self.nodes[id].lists.iter().position(|old| old.name == list);
        if let Some(at) = old {
            for child in std::mem::take(&mut self.nodes[id].lists[at].nodes) {
                self.discard(child);
            }
        }
        self.nodes[id].fields.retain(|field| &*field.name != list);
        let mut nodes = Vec::new();
        let mut result = Ok(());
        for element in value.items() {
            match self.insert(element, id, list) {
                Ok(child) => nodes.push(child),
                Err(missed) => result = Err(missed),
            }
        }
        let replaced = self.revision;
        let node = &mut self.nodes[id];
        node.changed = replaced;
        let new = List {
            name: list,
            nodes,
            replaced,
        };
        match old {
            Some(at) => node.lists[at] = new,
            None => node.lists.push(new),
        }
        result
    }

    /// Makes a node of an element and of all below it. It hangs nowhere yet.
    fn insert(&mut self, element: Value<'_>, parent: Id, list: &'static str) -> Result<Id, Missed> {
        let depth = self.nodes[parent].depth + 1;
        if depth > LEVELS_MAX {
            return Err(Missed::Full("it has as many levels as a message can"));
        }
        if self.count() >= NODES_MAX || self.bytes >= BYTES_MAX {
            return Err(Missed::Full("500,000 nodes or 1 GiB"));
        }
        let key = element.get("key").and_then(name).map(Box::from);
        let revision = self.revision;
        let node = Node {
            key,
            parent,
            list,
            created: revision,
            changed: revision,
            depth,
            ..Node::default()
        };
        let id = match self.free.pop() {
            Some(id) => {
                self.nodes[id] = node;
                id
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        };
        if let Some(key) = self.nodes[id].key.clone() {
            let mut pack = Pack::default();
            self.assign(id, "key", pack.text(&key).bytes());
            // The first of a key is the one that is meant.
            if let Entry::Vacant(place) = self.index.entry(key) {
                place.insert(id);
            } else {
                self.doubles += 1;
            }
        }
        if let Err(missed) = self.merge(id, element) {
            self.discard(id);
            return Err(missed);
        }
        Ok(id)
    }

    fn append(&mut self, parent: Id, list: &'static str, id: Id) {
        let node = &mut self.nodes[parent];
        match node.lists.iter_mut().find(|old| old.name == list) {
            Some(list) => list.nodes.push(id),
            None => {
                if parent == ROOT {
                    // A page that has no such list would put the node in place of the children.
                    self.whole = self.revision;
                }
                // What stood there was no list of nodes.
                node.fields.retain(|field| &*field.name != list);
                node.lists.push(List {
                    name: list,
                    nodes: vec![id],
                    replaced: 0,
                });
            }
        }
    }

    /// Takes a node and all below it out of the table.
    fn discard(&mut self, id: Id) {
        let node = std::mem::take(&mut self.nodes[id]);
        for field in &node.fields {
            self.bytes -= field.name.len() + field.value.len() + FIELD_HEADS;
        }
        self.free.push(id);
        if let Some(key) = &node.key {
            if self.index.get(key) == Some(&id) {
                self.index.remove(key);
                self.find_double(key);
            } else {
                self.doubles -= 1;
            }
        }
        for child in node.lists.into_iter().flat_map(|list| list.nodes) {
            self.discard(child);
        }
    }

    /// Another node of a key whose first one has gone takes its place in the index.
    fn find_double(&mut self, key: &str) {
        if self.doubles == 0 {
            return;
        }
        let other = self
            .nodes
            .iter()
            .position(|node| node.key.as_deref() == Some(key));
        if let Some(id) = other {
            self.index.insert(key.into(), id);
            self.doubles -= 1;
        }
    }
}

/// What a node's `value` is when it is to be taken out.
const DELETE: &str = "$delete";

/// About what MessagePack adds to a name and a value.
const FIELD_HEADS: usize = 2;

/// Does the same for each; the first that is missed does not keep the others from theirs.
fn each<'a>(
    nodes: Nodes<'a>,
    mut apply: impl FnMut(Value<'a>) -> Result<(), Missed>,
) -> Result<(), Missed> {
    let mut result = Ok(());
    for node in nodes.iter() {
        let applied = apply(node);
        result = result.and(applied);
    }
    result
}

/// A key: a string, or a number that stands for one.
fn name(value: Value<'_>) -> Option<std::borrow::Cow<'_, str>> {
    match value.as_str() {
        Some(text) => Some(text.into()),
        None => value.as_integer().map(|number| number.to_string().into()),
    }
}

/// The list that a field is. Children can be texts, too; those are no nodes.
fn list_of_nodes(field: &str, value: Value<'_>) -> Option<&'static str> {
    let list = LISTS.into_iter().find(|list| *list == field)?;
    (value.is_array() && value.items().all(Value::is_map)).then_some(list)
}
