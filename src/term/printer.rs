//! Data on stdout.
//!
//! Documents enter, as whatever serde can write and as words for people; bytes leave in the form
//! the user asked for. Nothing is flushed before [`Printer::flush`] is called or 64 KiB have
//! gathered: who prints a stream knows whether more is waiting, and flushes when nothing is.

use std::collections::VecDeque;
use std::fmt;
use std::io::Write;

use serde::Serialize;

use super::console::Console;
use super::filter::{Filter, FilterError, Parsed, Ran};
use super::output::{Environment, Form, Output, OutputArgs};
use super::output_error::OutputError;
use super::sanitize::{Keep, sanitize};
use super::stdout::Stdout;
use super::styled::{Style, Words};
use super::table::{Row, table, tabs};
use crate::error::Failure;
use crate::text::transcribe::Transcribed;

/// How much is gathered before it is written: as much as a pipe takes at once.
const FULL: usize = 64 * 1024;

/// Prints data on stdout, or on whatever a test gives it.
pub struct Printer {
    out: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    form: Form,
    /// Whether JSON was asked for in so many words.
    typed_json: bool,
    raw: bool,
    style: Style,
    /// How wide tables may be, if there is a limit.
    columns: Option<usize>,
    /// Whether lines can be drawn over.
    movable: bool,
    query: Option<Box<Query>>,
}

/// `--jq` and what belongs to it.
#[derive(Debug)]
struct Query {
    filter: Filter,
    /// Documents that came while a filter with `input` waits for all of them.
    waiting: VecDeque<Vec<u8>>,
    /// Whether `--exit-status` asks for the verdict.
    judged: bool,
    /// Whether the last output was true, once there is one.
    last: Option<bool>,
    /// Who is warned of documents that the filter fails on, where that is not the end.
    lenient: Option<Console>,
    /// How many documents the filter did its work on, and failed on.
    passed: u64,
    failed: u64,
}

/// How many documents that the filter fails on are named one by one.
const NAMED: u64 = 20;

impl Query {
    /// What a document comes to that the filter has run on, or tried to.
    fn judge(&mut self, run: Result<Ran, Failure>) -> Result<Ran, Failure> {
        let is_filter = |failure: &Failure| failure.error.is::<FilterError>();
        match (&self.lenient, run) {
            (Some(console), Err(failure)) if is_filter(&failure) => {
                self.failed += 1;
                match self.failed {
                    ..NAMED => console.warn(failure.message()),
                    NAMED => console.warn(format_args!(
                        "{} (more are only counted)",
                        failure.message()
                    )),
                    _ => {}
                }
                Ok(Ran::Through)
            }
            (_, run) => {
                self.passed += u64::from(run.is_ok());
                run
            }
        }
    }
}

impl Printer {
    /// A printer on stdout. Fails when the `--jq` filter does not compile, or `--exit-status` has
    /// no filter to ask.
    pub fn new(args: &OutputArgs, environment: &Environment) -> Result<Self, Failure> {
        Printer::on(Box::new(Stdout), args, environment)
    }

    /// A printer on something else than stdout.
    pub fn on(
        out: Box<dyn Write + Send>,
        args: &OutputArgs,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        // Not left to clap: of global options, it checks only those typed beside each other.
        if args.exit_status && args.jq.is_none() {
            return Err(Failure::usage(
                "--exit-status needs a filter: add --jq FILTER",
            ));
        }
        let query = match &args.jq {
            None => None,
            Some(code) => Some(Box::new(Query {
                filter: Filter::compile("--jq", code)?,
                waiting: VecDeque::new(),
                judged: args.exit_status,
                last: None,
                lenient: None,
                passed: 0,
                failed: 0,
            })),
        };
        Ok(Printer {
            out,
            buffer: Vec::new(),
            form: args.form(environment),
            typed_json: matches!(args.asked(), Output::Json | Output::Ndjson),
            raw: args.raw,
            style: args.stdout_style(environment),
            columns: environment.columns,
            movable: environment.stdout_is_terminal && !environment.dumb,
            query,
        })
    }

    /// From now on a document that `--jq` fails on is warned of and left out, and [`finish`]
    /// counts it: one odd message is not the end of a stream.
    ///
    /// [`finish`]: Self::finish
    pub fn be_lenient(&mut self, console: &Console) {
        if let Some(query) = &mut self.query {
            query.lenient = Some(console.clone());
        }
    }

    /// The form of the output.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether people look at it on a screen that can be drawn over, rather than at lines.
    pub fn is_screen(&self) -> bool {
        self.movable && self.form == Form::Table && self.query.is_none()
    }

    /// Whether stdout is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.style.sanitize
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }

    /// Whether JSON was asked for in so many words, for what otherwise goes to stderr alone.
    pub fn is_json_typed(&self) -> bool {
        self.typed_json
    }

    /// Whether `--raw` was given, for commands that have a text in their document to print alone.
    pub fn is_raw(&self) -> bool {
        self.raw
    }

    /// Whether `--jq` makes something else of every document.
    pub fn is_filtered(&self) -> bool {
        self.query.is_some()
    }

    /// Prints one document: a JSON line, or the words. A record of a stream is a document, too.
    pub fn document(
        &mut self,
        data: &impl Serialize,
        human: impl FnOnce(&mut Words),
    ) -> Result<(), Failure> {
        if self.query.is_some() || self.is_json() {
            return self.value(data);
        }
        self.words(human)
    }

    /// Prints words whatever the form, for what was asked for by name: a tree, a curve.
    pub fn words(&mut self, human: impl FnOnce(&mut Words)) -> Result<(), Failure> {
        let start = self.buffer.len();
        human(&mut Words::new(&mut self.buffer, self.style));
        if self.buffer.len() > start && !self.buffer.ends_with(b"\n") {
            self.buffer.push(b'\n');
        }
        self.spill()
    }

    /// Prints one JSON line whatever the form, for what is the same to people and programs.
    pub fn value(&mut self, data: &impl Serialize) -> Result<(), Failure> {
        let Some(query) = &mut self.query else {
            let start = self.buffer.len();
            if let Err(error) = serde_json::to_writer(&mut self.buffer, data) {
                self.buffer.truncate(start);
                return Err(OutputError::NotJson(error).into());
            }
            end_json(&mut self.buffer, start, self.raw, self.style);
            return self.spill();
        };
        if query.filter.reads_inputs() {
            let document = serde_json::to_vec(data).map_err(OutputError::NotJson)?;
            query.waiting.push_back(document);
            return Ok(());
        }
        let document = Filter::take(data).map_err(OutputError::NotJson)?;
        self.filter(Ok(document))
    }

    /// Prints a document that is JSON text already, without another copy of it; `human` is the
    /// words.
    pub fn json(&mut self, text: &str, human: impl FnOnce(&mut Words)) -> Result<(), Failure> {
        let is_json = self.is_json();
        match &mut self.query {
            Some(query) if query.filter.reads_inputs() => {
                query.waiting.push_back(text.as_bytes().to_vec());
                Ok(())
            }
            Some(_) => {
                let document = Filter::take(&Transcribed(text)).map_err(OutputError::NotJson)?;
                self.filter(Ok(document))
            }
            None if is_json => {
                let start = self.buffer.len();
                compact(&mut self.buffer, text);
                end_json(&mut self.buffer, start, self.raw, self.style);
                self.spill()
            }
            None => self.words(human),
        }
    }

    /// Runs the filter on a document, and prints its outputs.
    fn filter(&mut self, document: Result<Parsed, FilterError>) -> Result<(), Failure> {
        let Some(query) = &mut self.query else {
            return Ok(());
        };
        let query = &mut **query;
        let (buffer, out) = (&mut self.buffer, &mut self.out);
        let mut rest = std::iter::from_fn(|| query.waiting.pop_front());
        let ran = document.map_err(Failure::from).and_then(|document| {
            (query.filter).run(document, &mut rest, |output| {
                query.last = Some(output.is_true());
                let start = buffer.len();
                output.write(buffer);
                end_json(buffer, start, self.raw, self.style);
                // A filter may be endless (`repeat(.)`).
                if buffer.len() < FULL {
                    Ok(())
                } else {
                    write_out(out, buffer)
                }
            })
        });
        match query.judge(ran)? {
            Ran::Through => Ok(()),
            Ran::Halted => {
                self.flush()?;
                Err(OutputError::Halted.into())
            }
        }
    }

    /// Runs a filter with `input` or `inputs`, now that all documents are there.
    fn filter_waiting(&mut self) -> Result<(), Failure> {
        while let Some(query) = &mut self.query
            && let Some(document) = query.waiting.pop_front()
        {
            let parsed = query.filter.parse_owned(document);
            self.filter(parsed)?;
        }
        Ok(())
    }

    /// Prints what is one list: a JSON array, a JSON line a row, a table, or tab-separated lines.
    /// An empty table prints nothing.
    pub fn list<T: Serialize + Row>(&mut self, rows: &[T]) -> Result<(), Failure> {
        match self.form {
            Form::Ndjson => self.values(rows),
            _ if self.query.is_some() => self.value(&rows),
            Form::Json => self.value(&rows),
            Form::Table | Form::Text => self.rows(rows),
        }
    }

    /// Prints what is many documents: a JSON line a row, a table, or tab-separated lines.
    pub fn records<T: Serialize + Row>(&mut self, rows: &[T]) -> Result<(), Failure> {
        if self.query.is_some() || self.is_json() {
            self.values(rows)
        } else {
            self.rows(rows)
        }
    }

    /// Prints a line as it is, without what `--jq` or the form would make of it: what a template
    /// gave, for one.
    pub fn line(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        if self.style.sanitize {
            sanitize(&mut self.buffer, start, Keep::Lines);
        }
        self.buffer.push(b'\n');
        self.spill()
    }

    /// Prints a piece of a text that goes on; `before` is the character before it, where a terminal
    /// shows both as one.
    pub fn piece(&mut self, text: &str, before: Option<char>) -> Result<(), Failure> {
        let start = self.buffer.len();
        let before = before.filter(|_| self.style.sanitize).map(String::from);
        let before = before.unwrap_or_default();
        self.buffer.extend_from_slice(before.as_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
        if self.style.sanitize {
            sanitize(&mut self.buffer, start, Keep::Lines);
            // It was printed with the piece before, in as many bytes as it is now.
            let mut alone = before.into_bytes();
            sanitize(&mut alone, 0, Keep::Lines);
            self.buffer.drain(start..start + alone.len());
        }
        self.spill()
    }

    /// Prints a text of several lines as it is: help, a script, a manual page.
    pub fn text(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.buffer.extend_from_slice(bytes);
        self.spill()
    }

    /// Begins anew at the top of an empty screen, where there is one and people read it; elsewhere
    /// what follows is printed behind what was.
    pub fn clear(&mut self) {
        let on_screen = self.style.sanitize && self.query.is_none() && !self.is_json();
        if on_screen {
            self.buffer.extend_from_slice(b"\x1b[H\x1b[2J");
        }
    }

    /// Writes what has gathered.
    pub fn flush(&mut self) -> Result<(), Failure> {
        write_out(&mut self.out, &mut self.buffer)?;
        self.out
            .flush()
            .map_err(|error| OutputError::from(error).into())
    }

    /// Writes what has gathered, and says what `--exit-status` makes of it. To be called at the end
    /// of every command: dropping the printer could not tell anyone that the disk is full.
    pub fn finish(&mut self) -> Result<(), Failure> {
        self.filter_waiting()?;
        self.flush()?;
        match &self.query {
            Some(query) if query.failed > 0 => {
                let (failed, passed) = (query.failed, query.passed);
                Err(OutputError::Filter { failed, passed }.into())
            }
            Some(query) if query.judged => match query.last {
                Some(true) => Ok(()),
                Some(false) => Err(OutputError::NotTrue("false or null last").into()),
                None => Err(OutputError::NotTrue("no output").into()),
            },
            _ => Ok(()),
        }
    }

    fn is_json(&self) -> bool {
        matches!(self.form, Form::Json | Form::Ndjson)
    }

    fn values(&mut self, rows: &[impl Serialize]) -> Result<(), Failure> {
        rows.iter().try_for_each(|row| self.value(row))
    }

    fn rows<T: Row>(&mut self, rows: &[T]) -> Result<(), Failure> {
        if self.form == Form::Table {
            table(&mut self.buffer, self.style, self.columns, rows);
            return self.spill();
        }
        for row in rows {
            tabs(&mut self.buffer, self.style, row);
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> Result<(), Failure> {
        if self.buffer.len() < FULL {
            Ok(())
        } else {
            write_out(&mut self.out, &mut self.buffer)
        }
    }
}

impl fmt::Debug for Printer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printer")
            .field("form", &self.form)
            .field("raw", &self.raw)
            .field("style", &self.style)
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

/// Appends JSON text without the blanks between its parts.
fn compact(out: &mut Vec<u8>, json: &str) {
    let (mut in_string, mut escaped) = (false, false);
    out.extend(json.bytes().filter(|byte| {
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            return true;
        }
        in_string = *byte == b'"';
        !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
    }));
}

/// Makes a printed line of the JSON document that begins at `start`.
fn end_json(buffer: &mut Vec<u8>, start: usize, raw: bool, style: Style) {
    let mut keep = Keep::Line;
    if raw
        && buffer[start..].starts_with(b"\"")
        && let Ok(text) = serde_json::from_slice::<String>(&buffer[start..])
    {
        buffer.truncate(start);
        buffer.extend_from_slice(text.as_bytes());
        keep = Keep::Lines;
    }
    if style.sanitize {
        sanitize(buffer, start, keep);
    }
    buffer.push(b'\n');
}

fn write_out(out: &mut impl Write, buffer: &mut Vec<u8>) -> Result<(), Failure> {
    let written = out.write_all(buffer);
    // Also after a failure, so that a last flush does not print the half of it twice.
    buffer.clear();
    written.map_err(|error| OutputError::from(error).into())
}

#[cfg(test)]
mod tests;
