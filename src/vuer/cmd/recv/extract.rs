//! `--extract data.nodes.0.image --to 'frame-%06d.jpg'`: events enter, files leave.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Failure, Kind};
use crate::term::Words;
use crate::vuer::event::{Event, Value};

/// What to write, and where.
#[derive(Debug)]
pub struct Extract {
    path: Vec<String>,
    name: Name,
    written: u64,
}

/// A file that was written, as it is printed.
#[derive(Debug, Serialize)]
pub struct Saved<'e> {
    etype: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<Value<'e>>,
    file: String,
    bytes: usize,
}

impl Saved<'_> {
    /// In words.
    pub fn describe(&self, words: &mut Words) {
        words.plain(&self.file).plain("  ");
        words.dim(format_args!("{} bytes of {}", self.bytes, self.etype));
    }
}

impl Extract {
    /// Reads the path and the template of the names.
    ///
    /// # Errors
    /// A usage failure: an empty step, a `%` that is no number, a name that would be written more
    /// than once.
    pub fn new(path: &str, to: &Path, count: Option<u64>) -> Result<Extract, Failure> {
        let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
        if steps.iter().any(String::is_empty) {
            return Err(Failure::usage(format!(
                "'{path}' is no path: write keys and positions with dots between, such as \
                 data.nodes.0.image"
            )));
        }
        let to = to
            .to_str()
            .ok_or_else(|| Failure::usage("--to is not valid UTF-8"))?;
        let name = Name::parse(to).map_err(|why| Failure::usage(format!("--to {to}: {why}")))?;
        if name.number.is_none() && count != Some(1) {
            return Err(Failure::usage(format!(
                "--to {to} names one file for all: add a number, or take one with --count 1"
            ))
            .with_hint("A number is written %d, or %06d with zeros, as in 'frame-%06d.jpg'"));
        }
        Ok(Extract {
            path: steps,
            name,
            written: 0,
        })
    }

    /// Writes what the event has at the path; none if there is nothing binary.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn save<'e>(&mut self, event: &Event<'e>) -> Result<Option<Saved<'e>>, Failure> {
        let Some(bytes) = event.message().at(&self.path).and_then(Value::as_bin) else {
            return Ok(None);
        };
        let file = self.name.fill(self.written + 1);
        fs::write(PathBuf::from(&file), bytes).map_err(|error| {
            let kind = match self.written {
                0 => Kind::Usage,
                _ => Kind::Partial,
            };
            Failure::new(kind, format!("cannot write {file}: {error}"))
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

/// A template of names.
#[derive(Debug, PartialEq, Eq)]
pub struct Name {
    before: String,
    /// How many digits at least.
    number: Option<usize>,
    after: String,
}

impl Name {
    /// `%d` or `%0Nd` once, `%%` for a percent sign.
    ///
    /// # Errors
    /// Why it is no template.
    pub fn parse(text: &str) -> Result<Name, String> {
        const WIDEST: usize = 20;
        let mut name = Name {
            before: String::new(),
            number: None,
            after: String::new(),
        };
        let mut rest = text;
        while let Some((plain, behind)) = rest.split_once('%') {
            name.tail().push_str(plain);
            if let Some(behind) = behind.strip_prefix('%') {
                name.tail().push('%');
                rest = behind;
                continue;
            }
            let (digits, behind) = behind
                .split_once('d')
                .ok_or("a % is followed by d, such as %06d, or by another %")?;
            let width = match digits {
                "" => 1,
                digits => digits
                    .strip_prefix('0')
                    .and_then(|width| width.parse().ok())
                    .filter(|width| (1..=WIDEST).contains(width))
                    .ok_or("a number is written %d, or %06d with zeros")?,
            };
            if name.number.replace(width).is_some() {
                return Err("it has two numbers, and there is only one to write".to_owned());
            }
            rest = behind;
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

    /// Whether it names more than one file.
    pub fn has_number(&self) -> bool {
        self.number.is_some()
    }

    /// The name with this number.
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
        assert!(Extract::new("data.png", to, Some(1)).is_ok());
        for (path, count) in [("data.png", None), ("data..png", Some(1)), ("", Some(1))] {
            let failure = Extract::new(path, to, count).expect_err(path);
            assert_eq!(failure.kind, Kind::Usage);
        }
    }
}
