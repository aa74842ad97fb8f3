//! The scene as the hub stores it. It applies operations and knows what has changed since which
//! revision. It applies operations with the same result as [`crate::vuer::scene`] (a test compares
//! them), but it is made for half a million operations per second and for many pages, each of which
//! is sent only what it has not seen. So nodes are in one table with an index of keys, and every
//! field has the revision that changed it last. All the hub has to know of a page is one number,
//! the revision that it has seen. However late a page is, it gets the latest state, and nothing is
//! stored for it.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::operation::{Nodes, Operation, To};
use crate::vuer::event::{Pack, Value, readable};
pub use crate::vuer::scene::LISTS;

/// The limit of levels of nodes. Each takes two levels of a message, and the scene and its event
/// take two.
pub const LEVELS_MAX: usize = 48;

/// The limit of nodes.
pub const NODES_MAX: usize = 500_000;
/// The limit of bytes in the fields of all nodes.
pub const BYTES_MAX: usize = 1 << 30;

/// How many removed keys are remembered for pages that are not up to date.
const REMOVED_MAX: usize = 256;

/// A node's index in the table.
pub type Id = usize;

/// The scene itself.
pub const ROOT: Id = 0;

/// Why an operation could not be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotApplied {
    /// There is no such node.
    #[error("the scene has no node '{0}'")]
    NoNode(String),
    /// A node without a key, to which nobody could refer later.
    #[error("an element needs a key")]
    NoKey,
    /// The element is not a map.
    #[error("an element must be an object, such as {{\"tag\":\"Box\",\"key\":\"a\"}}")]
    NoElement,
    /// The tag names no element.
    #[error("a tag must be a string, such as \"Box\"")]
    Tag,
    /// The scene without a list of elements would show nothing.
    #[error("'{0}' of the scene must be a list of elements")]
    List(&'static str),
    /// Joint values without a key, in a scene that does not have exactly one robot.
    #[error("'joints' needs the key of a Urdf, because the scene has {0} of them")]
    WhichRobot(usize),
    /// A limit of the scene is exceeded.
    #[error("the scene is full: {0}")]
    Full(&'static str),
}

/// One field of a node.
#[derive(Debug)]
pub struct Field {
    /// The field's name.
    pub name: Box<str>,
    /// The value in MessagePack, as it is sent to pages.
    pub value: Box<[u8]>,
    /// The revision that set this value.
    pub changed: u64,
}

/// One of a node's lists.
#[derive(Debug)]
pub struct List {
    /// The list's name, one of [`LISTS`].
    pub name: &'static str,
    /// The nodes in it.
    pub nodes: Vec<Id>,
    /// The revision that last replaced the whole list. Appended nodes have their own revision.
    pub replaced: u64,
}

/// A node.
#[derive(Debug, Default)]
pub struct Node {
    /// The node's key; `None` for a node inside another one that was sent without a key.
    pub key: Option<Box<str>>,
    /// Its fields, the key among them.
    pub fields: Vec<Field>,
    /// Its lists of nodes.
    pub lists: Vec<List>,
    /// The parent node.
    pub parent: Id,
    /// The list of the parent that contains the node.
    pub list: &'static str,
    /// The revision that created it.
    pub created: u64,
    /// The last revision that changed a field or replaced a list.
    pub changed: u64,
    depth: usize,
}

impl Node {
    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<Value<'_>> {
        let field = self.fields.iter().find(|field| &*field.name == name)?;
        Value::check(&field.value).ok()
    }

    /// Whether the node has this tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.field("tag").and_then(Value::as_str) == Some(tag)
    }

    /// The list with this name.
    pub fn list(&self, name: &str) -> Option<&List> {
        self.lists.iter().find(|list| list.name == name)
    }
}

/// The scene.
#[derive(Debug)]
pub struct HubScene {
    nodes: Vec<Node>,
    free: Vec<Id>,
    index: HashMap<Box<str>, Id>,
    /// How many nodes have the same key as an earlier node.
    doubles: usize,
    bytes: usize,
    revision: u64,
    full_scene_since: u64,
    removed: VecDeque<(u64, Box<str>)>,
    scratch: Vec<u8>,
}

impl Default for HubScene {
    fn default() -> HubScene {
        HubScene {
            nodes: vec![Node::default()],
            free: Vec::new(),
            index: HashMap::new(),
            doubles: 0,
            bytes: 0,
            revision: 0,
            full_scene_since: 0,
            removed: VecDeque::new(),
            scratch: Vec::new(),
        }
    }
}

impl HubScene {
    /// The number of the current revision; each operation makes a new one.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// A page that has seen only an older revision than this must be sent the whole scene.
    pub fn full_scene_since(&self) -> u64 {
        self.full_scene_since
    }

    /// A node of the table.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// The number of nodes, without the scene itself.
    pub fn count(&self) -> usize {
        self.nodes.len() - self.free.len() - 1
    }

    /// The approximate size of a message with the whole scene.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The first node with this key.
    pub fn find(&self, key: &str) -> Option<Id> {
        self.index.get(key).copied()
    }

    /// The keys that were removed after a revision, oldest first.
    pub fn removed_since(&self, seen: u64) -> impl Iterator<Item = &str> {
        let late = self.removed.iter().filter(move |(at, _)| *at > seen);
        late.map(|(_, key)| &**key)
    }

    /// Whether some node has this tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tagged(tag).next().is_some()
    }

    fn tagged(&self, tag: &str) -> impl Iterator<Item = Id> {
        // Free entries of the table have no fields.
        (1..self.nodes.len()).filter(move |id| self.nodes[*id].has_tag(tag))
    }

    /// Applies an operation.
    ///
    /// # Errors
    /// [`NotApplied`] for the first node that could not be changed. The other nodes are changed.
    pub fn apply(&mut self, operation: &Operation<'_>) -> Result<(), NotApplied> {
        self.revision += 1;
        match *operation {
            Operation::Set(scene) => self.set(scene),
            Operation::Add(nodes, to) => self.put(nodes, to, false),
            Operation::Upsert(nodes, to) => self.put(nodes, to, true),
            Operation::Update(nodes) => each(nodes, |node| self.update(node)),
            Operation::Remove(keys) => each(keys, |key| {
                let key = name(key).ok_or(NotApplied::NoKey)?;
                self.remove(&key)
            }),
            Operation::Joints(key, joints) => self.set_joints(key, joints),
            Operation::Message(_) => Ok(()),
        }
    }

    fn set(&mut self, scene: Value<'_>) -> Result<(), NotApplied> {
        for list in LISTS {
            let value = scene.get(list).filter(|value| !value.is_nil());
            if value.is_some_and(|value| list_of_nodes(list, value).is_none()) {
                return Err(NotApplied::List(list));
            }
        }
        check_tags(scene)?;
        self.full_scene_since = self.revision;
        self.removed.clear();
        self.merge(ROOT, scene)
    }

    fn put(&mut self, nodes: Nodes<'_>, to: To<'_>, upsert: bool) -> Result<(), NotApplied> {
        let to = to.and_then(name);
        each(nodes, |node| {
            if !node.is_map() {
                return Err(NotApplied::NoElement);
            }
            check_tags(node)?;
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
                return Err(NotApplied::NoKey);
            }
            let (parent, list) = match to.as_deref() {
                None => (ROOT, LISTS[0]),
                Some(to) => match LISTS.iter().find(|list| **list == to) {
                    Some(list) => (ROOT, *list),
                    None => {
                        let parent = self.find(to);
                        (
                            parent.ok_or_else(|| NotApplied::NoNode(to.to_owned()))?,
                            LISTS[0],
                        )
                    }
                },
            };
            // A message to a page cannot refer to one of several nodes with the same key, nor to a
            // node without a key.
            if key.is_none_or(|key| self.find(&key).is_some()) {
                self.full_scene_since = self.revision;
            }
            let id = self.insert(node, parent, list)?;
            self.append(parent, list, id);
            Ok(())
        })
    }

    fn update(&mut self, node: Value<'_>) -> Result<(), NotApplied> {
        check_tags(node)?;
        let key = node.get("key").and_then(name).ok_or(NotApplied::NoKey)?;
        if node.get("value").and_then(Value::as_str) == Some(DELETE) {
            return self.remove(&key);
        }
        match self.find(&key) {
            Some(id) => self.merge(id, node),
            None => Err(NotApplied::NoNode(key.into_owned())),
        }
    }

    fn remove(&mut self, key: &str) -> Result<(), NotApplied> {
        let id = self
            .find(key)
            .ok_or_else(|| NotApplied::NoNode(key.to_owned()))?;
        let (parent, list) = (self.nodes[id].parent, self.nodes[id].list);
        if let Some(list) = self.nodes[parent].lists.iter_mut().find(|l| l.name == list) {
            list.nodes.retain(|node| *node != id);
        }
        if self.doubles > 0 {
            // We cannot tell which of several nodes with this key the page would remove.
            self.full_scene_since = self.revision;
        }
        self.discard(id);
        self.removed.push_back((self.revision, key.into()));
        if self.removed.len() > REMOVED_MAX {
            let forgotten = self.removed.pop_front();
            self.full_scene_since = forgotten.map_or(self.full_scene_since, |(at, _)| {
                self.full_scene_since.max(at)
            });
        }
        Ok(())
    }

    /// Sets joint values of a robot; its other joints keep theirs.
    fn set_joints(&mut self, key: Option<Value<'_>>, joints: Value<'_>) -> Result<(), NotApplied> {
        const FIELD: &str = "jointValues";
        let id = match key {
            Some(key) => {
                let key = name(key).ok_or(NotApplied::NoKey)?;
                self.find(&key)
                    .ok_or_else(|| NotApplied::NoNode(key.into_owned()))?
            }
            None => {
                let robots: Vec<Id> = self.tagged("Urdf").collect();
                match robots[..] {
                    [robot] => robot,
                    _ => return Err(NotApplied::WhichRobot(robots.len())),
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

    /// Sets the fields of an element in a node. The node's key stays.
    fn merge(&mut self, id: Id, element: Value<'_>) -> Result<(), NotApplied> {
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

    /// Sets a field. If the value is the same as before, nothing changes and nothing is sent.
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
        // A field that was a list of nodes and now has another value is no longer a list.
        if let Some(at) = node.lists.iter().position(|list| list.name == name) {
            let list = node.lists.remove(at);
            for child in list.nodes {
                self.discard(child);
            }
        }
    }

    fn replace(&mut self, id: Id, list: &'static str, value: Value<'_>) -> Result<(), NotApplied> {
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

    /// Makes nodes of an element and of everything below it. They are not yet part of a list.
    fn insert(
        &mut self,
        element: Value<'_>,
        parent: Id,
        list: &'static str,
    ) -> Result<Id, NotApplied> {
        let depth = self.nodes[parent].depth + 1;
        if depth > LEVELS_MAX {
            return Err(NotApplied::Full("it has as many levels as a message can"));
        }
        if self.count() >= NODES_MAX || self.bytes >= BYTES_MAX {
            return Err(NotApplied::Full("500,000 nodes or 1 GiB"));
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
            // A key always means the first node that has it.
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
                    // A page without this list would replace the children with the node.
                    self.full_scene_since = self.revision;
                }
                // The field with this name was not a list of nodes.
                node.fields.retain(|field| &*field.name != list);
                node.lists.push(List {
                    name: list,
                    nodes: vec![id],
                    replaced: 0,
                });
            }
        }
    }

    /// Removes a node and everything below it from the table.
    fn discard(&mut self, id: Id) {
        let node = std::mem::take(&mut self.nodes[id]);
        for field in &node.fields {
            self.bytes -= field.name.len() + field.value.len() + FIELD_HEADS;
        }
        self.free.push(id);
        if let Some(key) = &node.key {
            if self.index.get(key) == Some(&id) {
                self.index.remove(key);
                self.index_next_with_key(key);
            } else {
                self.doubles -= 1;
            }
        }
        for child in node.lists.into_iter().flat_map(|list| list.nodes) {
            self.discard(child);
        }
    }

    /// When the first node with a key has been removed, puts the next one with that key in the
    /// index.
    fn index_next_with_key(&mut self, key: &str) {
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

/// The `value` with which an element asks to be removed.
const DELETE: &str = "$delete";

/// The approximate number of bytes that MessagePack adds to a name and a value.
const FIELD_HEADS: usize = 2;

/// Applies a function to every node, even after an error. Returns the first error.
fn each<'a>(
    nodes: Nodes<'a>,
    mut apply: impl FnMut(Value<'a>) -> Result<(), NotApplied>,
) -> Result<(), NotApplied> {
    let mut result = Ok(());
    for node in nodes.iter() {
        let applied = apply(node);
        result = result.and(applied);
    }
    result
}

/// A key: a string, or a number, which is taken as a string.
fn name(value: Value<'_>) -> Option<std::borrow::Cow<'_, str>> {
    match value.as_str() {
        Some(text) => Some(text.into()),
        None => value.as_integer().map(|number| number.to_string().into()),
    }
}

/// Whether the tags of an element, and of all below it, are names.
fn check_tags(element: Value<'_>) -> Result<(), NotApplied> {
    for (field, value) in element.entries() {
        let Some(field) = field.as_str() else {
            continue;
        };
        if field == "tag" && value.as_str().is_none() {
            return Err(NotApplied::Tag);
        }
        if list_of_nodes(field, value).is_some() {
            value.items().try_for_each(check_tags)?;
        }
    }
    Ok(())
}

/// The list that a field represents. Children can also be plain text; that is not a list of nodes.
fn list_of_nodes(field: &str, value: Value<'_>) -> Option<&'static str> {
    let list = LISTS.into_iter().find(|list| *list == field)?;
    (value.is_array() && value.items().all(Value::is_map)).then_some(list)
}
