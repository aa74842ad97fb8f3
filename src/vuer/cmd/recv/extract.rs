//! `--extract data.nodes.0.image --to 'frame-%06d.jpg'`: writes binary parts of events to files.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::error::Failure;
use crate::term::Words;
use crate::vuer::event::{Event, Value};

/// Which part of an event to write, and to which files.
#[derive(Debug)]
pub struct Extract {
    path: Vec<String>,
    name: Name,
    force: bool,
    written: u64,
}

/// A written file, as it is printed.
#[derive(Debug, Serialize)]
pub struct Saved<'e> {
    etype: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<Value<'e>>,
    file: String,
    bytes: usize,
}

impl Saved<'_> {
    /// Describes the file for people.
    pub fn describe(&self, words: &mut Words) {
        words.plain(&self.file).plain("  ");
        words.dim(format_args!("{} bytes of {}", self.bytes, self.etype));
    }
}

impl Extract {
    /// Parses the path and the template for file names.
    ///
    /// # Errors
    /// A usage failure: an empty step in the path, a `%` that is not part of a number, a single file
    /// name for more than one event, or, without `force`, a first file that exists.
    pub fn new(path: &str, to: &Path, count: Option<u64>, force: bool) -> Result<Extract, Failure> {
        let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
        if steps.iter().any(String::is_empty) {
            return Err(Failure::usage(format!(
                "'{path}' is not a path: write keys and positions separated by dots, such as \
                 data.nodes.0.image"
            )));
        }
        let to = to
            .to_str()
            .ok_or_else(|| Failure::usage("--to is not valid UTF-8"))?;
        let name = Name::parse(to).map_err(|why| Failure::usage(format!("--to {to}: {why}")))?;
        if name.number.is_none() && count != Some(1) {
            return Err(Failure::usage(format!(
                "--to {to} names one file for all events: add a number such as %d, or use --count 1"
            ))
            .with_hint(
                "Write the number as %d, or as %06d for leading zeros, as in 'frame-%06d.jpg'",
            ));
        }
        refuse_existing(Path::new(&name.fill(1)), force)?;
        Ok(Extract {
            path: steps,
            name,
            force,
            written: 0,
        })
    }

    /// Writes the bytes at the path to the next file. Returns `None` if the event has no binary
    /// value there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save<'e>(&mut self, event: &Event<'e>) -> Result<Option<Saved<'e>>, Failure> {
        let Some(bytes) = event.message().at(&self.path).and_then(Value::as_bin) else {
            return Ok(None);
        };
        let file = self.name.fill(self.written + 1);
        write_file(Path::new(&file), bytes, self.force).map_err(|failure| match self.written {
            0 => failure,
            _ => failure.partly_done(),
        })?;
        self.written += 1;
        Ok(Some(Saved {
            etype: event.etype(),
            ts: event.message().get("ts"),
            file,
            bytes: bytes.len(),
        }))
    }
}

/// Refuses a file that exists, unless `force` is set.
///
/// # Errors
/// A usage failure that names the file.
pub fn refuse_existing(path: &Path, force: bool) -> Result<(), Failure> {
    if force || is_device(path) || !path.exists() {
        Ok(())
    } else {
        Err(exists(path))
    }
}

/// Writes a file. One that exists is overwritten only with `force`.
///
/// # Errors
/// A usage failure that names the file.
pub fn write_file(path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true);
    if force || is_device(path) {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Failure::usage(format!("cannot write {}: {error}", path.display())),
    })
}

fn exists(path: &Path) -> Failure {
    Failure::usage(format!("{} exists already", path.display()))
        .with_hint("Overwrite such files with --force, or name others")
}

/// Whether nothing can be overwritten: a pipe, a terminal, /dev/null.
pub fn is_device(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// A template for file names: text, a number, text.
#[derive(Debug, PartialEq, Eq)]
pub struct Name {
    before: String,
    /// The minimum number of digits; `None` if the template has no number.
    number: Option<usize>,
    after: String,
}

impl Name {
    /// Parses a template: at most one `%d` or `%0Nd`, and `%%` for a percent sign.
    ///
    /// # Errors
    /// Why the text is not a valid template.
    pub fn parse(text: &str) -> Result<Name, String> {
        const WIDEST: usize = 20;
        let mut name = Name {
            before: String::new(),
            number: None,
            after: String::new(),
        };
        let mut rest = text;
        while let Some((plain, after_percent)) = rest.split_once('%') {
            name.tail().push_str(plain);
            if let Some(after_percent) = after_percent.strip_prefix('%') {
                name.tail().push('%');
                rest = after_percent;
                continue;
            }
            let (digits, after_percent) = after_percent.split_once('d').ok_or(
                "after a % there must be a number format, such as %d or %06d, or another %",
            )?;
            let width = match digits {
                "" => 1,
                digits => digits
                    .strip_prefix('0')
                    .and_then(|width| width.parse().ok())
                    .filter(|width| (1..=WIDEST).contains(width))
                    .ok_or("a number is written as %d, or as %06d for leading zeros")?,
            };
            if name.number.replace(width).is_some() {
                return Err("it has two numbers, but only one is allowed".to_owned());
            }
            rest = after_percent;
        }
        name.tail().push_str(rest);
        Ok(name)
    }

    fn tail(&mut self) -> &mut String {
        match self.number {
            None => &mut self.before,
            Some(_) => &mut self.after,
        }
    }

    /// Whether the template has a number, so that it names more than one file.
    pub fn has_number(&self) -> bool {
        self.number.is_some()
    }

    /// The file name with this number.
    pub fn fill(&self, number: u64) -> String {
        match self.number {
            None => self.before.clone(),
            Some(width) => format!("{}{number:0width$}{}", self.before, self.after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn names_are_numbered() {
        let table = [
            ("frame-%06d.jpg", "frame-000007.jpg"),
            ("%d", "7"),
            ("100%%/%03d%%", "100%/007%"),
            ("plain.jpg", "plain.jpg"),
        ];
        for (template, expected) in table {
            assert_eq!(Name::parse(template).expect(template).fill(7), expected);
        }
        for template in ["%", "%6d", "%0d", "%099d", "%d-%d", "%s"] {
            Name::parse(template).expect_err(template);
        }
    }

    #[test]
    fn one_name_is_for_one_file() {
        let to = Path::new("frame.jpg");
        assert!(Extract::new("data.png", to, Some(1), false).is_ok());
        for (path, count) in [("data.png", None), ("data..png", Some(1)), ("", Some(1))] {
            let failure = Extract::new(path, to, count, false).expect_err(path);
            assert_eq!(failure.kind, Kind::Usage);
        }
    }
}
