//! Patterns as a tree of segments. Takes an address, gives the values of all patterns that match
//! it.
//!
//! ```text
//! /a/b       (root) ─ a ─ b ●
//! /a/*/x              ├ a ─ * ─ x ●
//! /**/x               └ ** ─ x ●      `**` stays active for any number of segments
//! ```
//!
//! A search goes through the segments of the address once, with the set of all nodes reached so
//! far. Patterns whose first segments differ from the address cost nothing, however many there are.

use super::super::limits;
use crate::clasp::wire::{ByteSet, Glob, Pattern, Segment};

type Id = u32;

const ROOT: Id = 0;

/// A tree of patterns with values.
#[derive(Debug)]
pub struct Tree<T> {
    nodes: Vec<Node<T>>,
    free: Vec<Id>,
    /// The nodes reached by the segments so far, and those reached by the next segment.
    active: Vec<Id>,
    next: Vec<Id>,
    /// The number of the present step: a node is entered only once per step.
    steps: u64,
}

#[derive(Debug)]
struct Node<T> {
    parent: Id,
    /// The edge from its parent.
    edge: Edge,
    /// Sorted by text.
    literals: Vec<(Box<str>, Id)>,
    any: Option<Id>,
    deep: Option<Id>,
    globs: Vec<(Glob, Id)>,
    values: Vec<T>,
    entered: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Edge {
    Root,
    Literal(Box<str>),
    Any,
    Globstar,
    Glob(Glob),
}

impl<T> Node<T> {
    fn new(parent: Id, edge: Edge) -> Node<T> {
        Node {
            parent,
            edge,
            literals: Vec::new(),
            any: None,
            deep: None,
            globs: Vec::new(),
            values: Vec::new(),
            entered: 0,
        }
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.literals.is_empty()
            && self.globs.is_empty()
            && self.any.is_none()
            && self.deep.is_none()
    }

    fn literal(&self, segment: &str) -> Result<usize, usize> {
        self.literals
            .binary_search_by(|(text, _)| (**text).cmp(segment))
    }

    fn child(&self, edge: &Edge) -> Option<Id> {
        match edge {
            Edge::Root => None,
            Edge::Literal(text) => self.literal(text).ok().map(|place| self.literals[place].1),
            Edge::Any => self.any,
            Edge::Globstar => self.deep,
            Edge::Glob(glob) => self
                .globs
                .iter()
                .find(|(known, _)| known == glob)
                .map(|(_, id)| *id),
        }
    }

    fn set_child(&mut self, edge: &Edge, child: Option<Id>) {
        match edge {
            Edge::Root => {}
            Edge::Any => self.any = child,
            Edge::Globstar => self.deep = child,
            Edge::Literal(text) => match (self.literal(text), child) {
                (Err(place), Some(id)) => {
                    if self.literals.is_empty() {
                        // Most nodes have one child.
                        self.literals.reserve_exact(1);
                    }
                    self.literals.insert(place, (text.clone(), id));
                }
                (Ok(place), None) => drop(self.literals.remove(place)),
                (Ok(place), Some(id)) => self.literals[place].1 = id,
                (Err(_), None) => {}
            },
            Edge::Glob(glob) => {
                self.globs.retain(|(known, _)| known != glob);
                self.globs.extend(child.map(|id| (glob.clone(), id)));
            }
        }
    }
}

fn edges(pattern: &Pattern) -> impl Iterator<Item = Edge> {
    let mut was_deep = false;
    pattern.as_str()[1..].split('/').filter_map(move |segment| {
        let edge = match Segment::new(segment) {
            Segment::Literal(text) => Edge::Literal(text),
            Segment::Any => Edge::Any,
            Segment::Globstar => Edge::Globstar,
            Segment::Glob(glob) => Edge::Glob(glob),
        };
        // `**/**` matches the same as `**`.
        let again = was_deep && edge == Edge::Globstar;
        was_deep = edge == Edge::Globstar;
        (!again).then_some(edge)
    })
}

/// The estimated memory of a pattern that shares no nodes with others, in bytes.
pub fn cost(pattern: &Pattern) -> usize {
    let segments = pattern.as_str().matches('/').count();
    pattern.as_str().len() + limits::SUBSCRIPTION_BYTES + segments * limits::SEGMENT_BYTES
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Tree {
            nodes: vec![Node::new(ROOT, Edge::Root)],
            free: Vec::new(),
            active: Vec::new(),
            next: Vec::new(),
            steps: 0,
        }
    }
}

impl<T> Tree<T> {
    /// The values of a pattern, for adding to.
    pub fn values_mut(&mut self, pattern: &Pattern) -> &mut Vec<T> {
        let mut at = ROOT;
        for edge in edges(pattern) {
            at = match self.nodes[at as usize].child(&edge) {
                Some(child) => child,
                None => self.grow(at, edge),
            };
        }
        &mut self.nodes[at as usize].values
    }

    fn grow(&mut self, parent: Id, edge: Edge) -> Id {
        let node = Node::new(parent, edge.clone());
        let id = match self.free.pop() {
            Some(id) => {
                self.nodes[id as usize] = node;
                id
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as Id
            }
        };
        self.nodes[parent as usize].set_child(&edge, Some(id));
        id
    }

    /// Removes the values of a pattern for which `keep` gives false, and the nodes that are then
    /// empty.
    pub fn retain(&mut self, pattern: &Pattern, keep: impl FnMut(&T) -> bool) {
        let mut at = ROOT;
        for edge in edges(pattern) {
            match self.nodes[at as usize].child(&edge) {
                Some(child) => at = child,
                None => return,
            }
        }
        self.nodes[at as usize].values.retain(keep);
        while at != ROOT && self.nodes[at as usize].is_empty() {
            let parent = self.nodes[at as usize].parent;
            let edge = std::mem::replace(&mut self.nodes[at as usize].edge, Edge::Root);
            self.nodes[parent as usize].set_child(&edge, None);
            self.nodes[at as usize] = Node::new(ROOT, Edge::Root);
            self.free.push(at);
            at = parent;
        }
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.nodes[ROOT as usize].is_empty()
    }

    /// Passes the values of every pattern that matches this address to `found`.
    pub fn find(&mut self, address: &str, mut found: impl FnMut(&[T])) {
        let Some(segments) = address.strip_prefix('/') else {
            return;
        };
        self.active.clear();
        self.steps += 1;
        enter(&mut self.nodes, ROOT, self.steps, &mut self.active);
        for segment in segments.split('/') {
            self.steps += 1;
            self.next.clear();
            let bytes = ByteSet::of(segment);
            for &id in &self.active {
                let node = &self.nodes[id as usize];
                let stays = (node.edge == Edge::Globstar).then_some(id);
                let literal = node.literal(segment).ok().map(|at| node.literals[at].1);
                let entered = [stays, literal, node.any];
                let globs = self.nodes[id as usize].globs.len();
                for id in entered.into_iter().flatten() {
                    enter(&mut self.nodes, id, self.steps, &mut self.next);
                }
                for place in 0..globs {
                    let (glob, child) = &self.nodes[id as usize].globs[place];
                    let child = *child;
                    if glob.may_match(bytes) && glob.matches(segment) {
                        enter(&mut self.nodes, child, self.steps, &mut self.next);
                    }
                }
            }
            std::mem::swap(&mut self.active, &mut self.next);
            if self.active.is_empty() {
                return;
            }
        }
        for &id in &self.active {
            let values = &self.nodes[id as usize].values;
            if !values.is_empty() {
                found(values);
            }
        }
    }
}

/// Enters a node, and its `**` child, which also matches zero segments.
fn enter<T>(nodes: &mut [Node<T>], id: Id, step: u64, into: &mut Vec<Id>) {
    let mut id = Some(id);
    while let Some(at) = id {
        let node = &mut nodes[at as usize];
        if node.entered == step {
            return;
        }
        node.entered = step;
        into.push(at);
        id = node.deep;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(patterns: &[String]) -> Tree<usize> {
        let mut tree = Tree::default();
        for (number, text) in patterns.iter().enumerate() {
            let pattern = Pattern::new(text).expect("a pattern");
            tree.values_mut(&pattern).push(number);
        }
        tree
    }

    fn found(tree: &mut Tree<usize>, address: &str) -> Vec<usize> {
        let mut found = Vec::new();
        tree.find(address, |values| found.extend_from_slice(values));
        found.sort_unstable();
        found
    }

    /// Every word of up to three of these.
    fn words(segments: &[&str]) -> Vec<String> {
        let mut all = vec![String::new()];
        for _ in 0..3 {
            for word in all.clone() {
                all.extend(segments.iter().map(|s| format!("{word}/{s}")));
            }
            all.sort();
            all.dedup();
        }
        all.retain(|word| !word.is_empty());
        all
    }

    #[test]
    fn it_finds_what_the_patterns_themselves_match() {
        let patterns = words(&["a", "b", "*", "**", "a*", "*b"]);
        let mut tree = tree(&patterns);
        for address in words(&["a", "b", "ab"]) {
            let expected: Vec<usize> = (0..patterns.len())
                .filter(|i| {
                    Pattern::new(&patterns[*i])
                        .expect("a pattern")
                        .matches(&address)
                })
                .collect();
            assert_eq!(found(&mut tree, &address), expected, "{address}");
        }
    }

    #[test]
    fn what_is_removed_leaves_no_node() {
        let patterns = words(&["a", "*", "**", "a*"]);
        let mut tree = tree(&patterns);
        for (number, text) in patterns.iter().enumerate() {
            let pattern = Pattern::new(text).expect("a pattern");
            tree.retain(&pattern, |value| *value != number);
            assert!(!found(&mut tree, "/a/a").contains(&number));
        }
        assert!(tree.is_empty());
        assert_eq!(tree.nodes.len(), tree.free.len() + 1);
    }

    #[test]
    fn idle_patterns_cost_nothing() {
        let idle: Vec<String> = (0..3_000).map(|i| format!("/*/none{i}")).collect();
        let mut tree = tree(&idle);
        tree.find("/a/b", |_| panic!("none matches"));
        assert_eq!(tree.active.len(), 0);
    }
}
