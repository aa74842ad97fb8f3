//! Draws the scene as a tree. Takes a node, gives lines.

use std::io;

use serde::Serialize as _;
use serde_json::ser::Formatter;

use super::Element;
use crate::vuer::event::Value;

/// The longest value that is shown; longer ones are shown as `…`.
const LONGEST: usize = 48;

/// The other lists of nodes, with their displayed names. Children come first, without a name.
const GROUPS: [(&str, &str); 3] = [
    ("bgChildren", "background"),
    ("htmlChildren", "html"),
    ("rawChildren", "raw"),
];

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeLine {
    /// The branches that lead to it: `│  └─ `.
    pub branches: String,
    /// The node's key, or the name of a list.
    pub name: String,
    /// The node's tag; empty for a list.
    pub tag: String,
    /// Its fields.
    pub facts: Vec<Fact>,
}

/// A field that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The name of the field.
    pub name: String,
    /// Its value, as JSON.
    pub value: String,
}

/// The lines of a node and everything below it.
pub fn tree(root: &Element) -> Vec<TreeLine> {
    let mut lines = vec![line(root, String::new())];
    below(root, "", &mut lines);
    lines
}

fn line(element: &Element, branches: String) -> TreeLine {
    let tag = element.tag().unwrap_or_default().to_owned();
    // The scene's own key is a number that counts its SETs.
    let (name, tag) = match element.key() {
        Some(key) if tag != "Scene" => (key.to_owned(), tag),
        _ => (tag, String::new()),
    };
    TreeLine {
        branches,
        name,
        tag,
        facts: facts(element),
    }
}

fn below(element: &Element, indent: &str, lines: &mut Vec<TreeLine>) {
    let groups: Vec<_> = GROUPS
        .iter()
        .map(|(list, name)| (element.nodes(list), *name))
        .filter(|(nodes, _)| !nodes.is_empty())
        .collect();
    let children = element.nodes("children");
    let total = children.len() + groups.len();
    for (position, child) in children.iter().enumerate() {
        let (branch, deeper) = branch(indent, position + 1 == total);
        lines.push(line(child, branch));
        below(child, &deeper, lines);
    }
    for (position, (nodes, name)) in groups.into_iter().enumerate() {
        let (own, deeper) = branch(indent, children.len() + position + 1 == total);
        lines.push(TreeLine {
            branches: own,
            name: name.to_owned(),
            ..TreeLine::default()
        });
        for (position, node) in nodes.iter().enumerate() {
            let (own, deepest) = branch(&deeper, position + 1 == nodes.len());
            lines.push(line(node, own));
            below(node, &deepest, lines);
        }
    }
}

/// The branch of a node, and the indentation of everything below it.
fn branch(indent: &str, last: bool) -> (String, String) {
    if last {
        (format!("{indent}└─ "), format!("{indent}   "))
    } else {
        (format!("{indent}├─ "), format!("{indent}│  "))
    }
}

/// The fields: position, rotation and scale first, then the rest in the order received.
fn facts(element: &Element) -> Vec<Fact> {
    const FIRST: [&str; 3] = ["position", "rotation", "scale"];
    let is_first = |name: &str| FIRST.contains(&name);
    let fields = element
        .plain()
        .filter(|(name, value)| !["key", "tag"].contains(name) && !value.is_nil());
    let (first, rest): (Vec<_>, Vec<_>) = fields.partition(|(name, _)| is_first(name));
    first
        .into_iter()
        .chain(rest)
        .map(|(name, value)| Fact {
            name: name.to_owned(),
            value: short(value),
        })
        .collect()
}

fn short(value: Value<'_>) -> String {
    if value.bytes().len() > 2 * LONGEST {
        return "…".to_owned();
    }
    let mut json = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut json, Spaced);
    let written = value.serialize(&mut serializer);
    match (written, String::from_utf8(json)) {
        (Ok(()), Ok(json)) if json.chars().count() <= LONGEST => json,
        _ => "…".to_owned(),
    }
}

/// JSON on one line with a space after each comma and colon.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
