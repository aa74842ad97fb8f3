//! Reads a TOML file as a plain tree in which every value knows its line, for files that a command
//! reads itself. Takes the text; gives a [`Table`], or a [`Mistake`] with its line.

use toml_edit::{Document, Item, TableLike};

use super::error::ConfigError;
use crate::text::nearest;

/// The entries of a table, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The line of its header, counted from 1.
    pub line: usize,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// The value.
    pub value: Node,
}

impl Entry {
    /// The mistake of this key: it is none of the known ones.
    pub fn unknown(&self, known: &[&str]) -> Mistake {
        Mistake::unknown(self.line, &self.key, known)
    }
}

/// A value.
#[derive(Debug, Clone)]
pub enum Node {
    /// A string.
    Text(String),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// An array.
    List(Vec<Node>),
    /// A table, also an inline one.
    Table(Table),
    /// The tables with a header in double brackets.
    Tables(Vec<Table>),
    /// A date or a time.
    Other,
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Mistake {
    /// A mistake without a hint.
    pub fn new(line: usize, why: impl Into<String>) -> Mistake {
        Mistake {
            line,
            why: why.into(),
            hint: None,
        }
    }

    /// The mistake of a key that is none of the known ones.
    pub(super) fn unknown(line: usize, key: &str, known: &[&str]) -> Mistake {
        Mistake {
            line,
            why: format!("'{key}' is no setting"),
            hint: Some(match nearest(key, known) {
                Some(meant) => format!("did you mean {meant}?"),
                None => format!("There are: {}", known.join(", ")),
            }),
        }
    }

    /// The error about the file at this path.
    pub fn at(self, path: &str) -> ConfigError {
        ConfigError::Mistake {
            path: path.to_owned(),
            line: self.line,
            why: self.why,
            hint: self.hint,
        }
    }
}

impl Table {
    /// Reads a file's text.
    ///
    /// # Errors
    /// A text that is not TOML.
    pub fn parse(text: &str) -> Result<Table, Mistake> {
        Ok(table(parse(text)?.as_table(), text, 1))
    }
}

/// Parses a file's text.
pub(super) fn parse(text: &str) -> Result<Document<&str>, Mistake> {
    Document::parse(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        Mistake::new(line_at(text, start), error.message())
    })
}

fn table(from: &dyn TableLike, text: &str, line: usize) -> Table {
    let entries = from.iter().map(|(key, item)| {
        let span = from.key(key).and_then(|key| key.span());
        let line = span.map_or(line, |span| line_at(text, span.start));
        Entry {
            key: key.to_owned(),
            line,
            value: item_node(item, text, line),
        }
    });
    Table {
        line,
        entries: entries.collect(),
    }
}

fn item_node(item: &Item, text: &str, line: usize) -> Node {
    let own_line =
        |span: Option<std::ops::Range<usize>>| span.map_or(line, |span| line_at(text, span.start));
    match item {
        Item::Value(value) => node(value, text, line),
        Item::Table(inner) => Node::Table(table(inner, text, own_line(inner.span()))),
        Item::ArrayOfTables(inner) => {
            let tables = inner.iter();
            Node::Tables(
                tables
                    .map(|one| table(one, text, own_line(one.span())))
                    .collect(),
            )
        }
        Item::None => Node::Other,
    }
}

fn node(value: &toml_edit::Value, text: &str, line: usize) -> Node {
    match value {
        toml_edit::Value::String(string) => Node::Text(string.value().clone()),
        toml_edit::Value::Integer(int) => Node::Int(*int.value()),
        toml_edit::Value::Float(float) => Node::Float(*float.value()),
        toml_edit::Value::Boolean(bool) => Node::Bool(*bool.value()),
        toml_edit::Value::Array(items) => {
            Node::List(items.iter().map(|item| node(item, text, line)).collect())
        }
        toml_edit::Value::InlineTable(inner) => Node::Table(table(inner, text, line)),
        toml_edit::Value::Datetime(_) => Node::Other,
    }
}

/// The line of a place in a text, counted from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_line() {
        let text = "a = 1\n\n[[osc]]\nlisten = [\"x\", true]\n[osc.remap]\n\"/a\" = 1.5\n[[osc]]\n";
        let table = Table::parse(text).expect("TOML");
        let [a, osc] = &table.entries[..] else {
            panic!("{table:?}")
        };
        assert!(matches!((a.line, &a.value), (1, Node::Int(1))));
        let Node::Tables(tables) = &osc.value else {
            panic!("{osc:?}")
        };
        let lines: Vec<_> = tables.iter().map(|table| table.line).collect();
        assert_eq!(lines, [3, 7]);
        let [listen, remap] = &tables[0].entries[..] else {
            panic!("{tables:?}")
        };
        assert_eq!((listen.line, remap.line), (4, 5));
        let Node::Table(remap) = &remap.value else {
            panic!("{remap:?}")
        };
        assert!(matches!(remap.entries[0].value, Node::Float(_)));
        assert_eq!(remap.entries[0].line, 6);
        let mistake = Table::parse("a = 1\na = 2\n").expect_err("twice");
        assert_eq!(mistake.line, 2, "{mistake:?}");
    }
}
