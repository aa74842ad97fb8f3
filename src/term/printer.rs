//! Prints data on stdout.
//!
//! Takes documents, as data that serde can write and as words for people; gives bytes in the form
//! that the user asked for. Output is written when [`Printer::flush`] is called or 64 KiB are
//! buffered: the caller that prints a stream knows whether more is waiting, and flushes when
//! nothing is.

mod line;

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use line::{Compact, Limited, end_json};

use super::console::Console;
use super::filter::{Filter, FilterError, Parsed, RunEnd};
use super::output::{Environment, Form, Output, OutputArgs, OutputError};
use super::sanitize::{Keep, sanitize};
use super::stdio::Stdout;
use super::styled::{Style, Words};
use super::table::{Row, table, tabs};
use crate::error::Failure;
use crate::text::json::JsonText;

/// How many bytes are buffered before they are written: the capacity of a pipe.
const BUFFER_LIMIT: usize = 64 * 1024;

/// How long a JSON line may be that is put together before any of it is written.
const WHOLE_LIMIT: usize = 4 * 1024 * 1024;

/// Prints data on stdout, or on the output that a test gives it.
pub struct Printer {
    out: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    form: Form,
    /// Whether the user asked for JSON with `-o` or the profile.
    json_requested: bool,
    raw: bool,
    style: Style,
    /// How wide tables may be, if there is a limit.
    columns: Option<usize>,
    /// Whether the cursor can be moved to draw over earlier lines.
    can_redraw: bool,
    query: Option<Box<Query>>,
}

/// The filter of `--jq`, and the state that it needs.
#[derive(Debug)]
struct Query {
    filter: Filter,
    /// Documents that wait for the end of the command, because the filter uses `input` or `inputs`.
    waiting: VecDeque<Vec<u8>>,
    /// Whether `--exit-status` is given.
    exit_status: bool,
    /// Whether the filter's last output was true; None before the first.
    last: Option<bool>,
    /// If set, a document that the filter fails on is only a warning, printed here.
    lenient: Option<Console>,
    /// How many documents the filter succeeded on, and failed on.
    passed: u64,
    failed: u64,
}

/// How many warnings about documents that the filter fails on are printed.
const MAX_WARNINGS: u64 = 20;

impl Query {
    /// Counts a run of the filter. A failure of the filter itself becomes a warning if the query is
    /// lenient.
    fn record_run(&mut self, run: Result<RunEnd, Failure>) -> Result<RunEnd, Failure> {
        let is_filter = |failure: &Failure| failure.error.is::<FilterError>();
        match (&self.lenient, run) {
            (Some(console), Err(failure)) if is_filter(&failure) => {
                self.failed += 1;
                match self.failed {
                    ..MAX_WARNINGS => console.warn(failure.message()),
                    MAX_WARNINGS => console.warn(format_args!(
                        "{} (more are only counted)",
                        failure.message()
                    )),
                    _ => {}
                }
                Ok(RunEnd::Completed)
            }
            (_, run) => {
                self.passed += u64::from(run.is_ok());
                run
            }
        }
    }
}

impl Printer {
    /// A printer on stdout. Fails when the `--jq` filter does not compile, or `--exit-status` is
    /// given without a filter.
    pub fn new(args: &OutputArgs, environment: &Environment) -> Result<Self, Failure> {
        Printer::on(Box::new(Stdout), args, environment)
    }

    /// A printer that prints to `out` instead of stdout.
    pub fn on(
        out: Box<dyn Write + Send>,
        args: &OutputArgs,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        // clap cannot check this: it checks a global option only against options of the same
        // subcommand.
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
                exit_status: args.exit_status,
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
            json_requested: matches!(args.asked(), Output::Json | Output::Ndjson),
            raw: args.raw,
            style: args.stdout_style(environment),
            columns: environment.columns,
            can_redraw: environment.stdout_is_terminal && !environment.dumb,
            query,
        })
    }

    /// From now on a document that `--jq` fails on is left out with a warning, and [`finish`]
    /// counts it: one unusual message must not end a stream.
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

    /// Whether the output can be a full-screen view: a terminal that can move its cursor, and no
    /// JSON.
    pub fn is_screen(&self) -> bool {
        self.can_redraw && self.form == Form::Table && self.query.is_none()
    }

    /// Whether stdout is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.style.sanitize
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }

    /// Whether the user asked for JSON with `-o` or the profile. Some commands print a document on
    /// stdout only then, and otherwise only notes on stderr.
    pub fn is_json_requested(&self) -> bool {
        self.json_requested
    }

    /// Whether `--raw` was given. Some commands then print one text of their document alone.
    pub fn is_raw(&self) -> bool {
        self.raw
    }

    /// Whether every document goes through a `--jq` filter.
    pub fn is_filtered(&self) -> bool {
        self.query.is_some()
    }

    /// Prints one document, such as a record of a stream: as a JSON line, or as words.
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

    /// Prints words in every form, for output that the user asked for by name: a tree, a curve.
    pub fn words(&mut self, human: impl FnOnce(&mut Words)) -> Result<(), Failure> {
        let start = self.buffer.len();
        human(&mut Words::new(&mut self.buffer, self.style));
        if self.buffer.len() > start && !self.buffer.ends_with(b"\n") {
            self.buffer.push(b'\n');
        }
        self.write_if_full()
    }

    /// Prints one JSON line in every form, for output that is the same for people and programs.
    pub fn value(&mut self, data: &impl Serialize) -> Result<(), Failure> {
        let Some(query) = &mut self.query else {
            return self.json_line(data);
        };
        if query.filter.reads_inputs() {
            let document = serde_json::to_vec(data).map_err(OutputError::NotJson)?;
            query.waiting.push_back(document);
            return Ok(());
        }
        let document = Filter::take(data).map_err(OutputError::NotJson)?;
        self.filter(Ok(document))
    }

    /// Prints one JSON line without a filter. Nothing is printed of a document that has no JSON form.
    fn json_line(&mut self, data: &impl Serialize) -> Result<(), Failure> {
        let start = self.buffer.len();
        let limit = if self.prints_in_pieces() {
            start + WHOLE_LIMIT
        } else {
            usize::MAX
        };
        let buffer = Limited {
            buffer: &mut self.buffer,
            limit,
        };
        match serde_json::to_writer(buffer, data) {
            Ok(()) => {
                end_json(&mut self.buffer, start, self.raw, self.style);
                self.write_if_full()
            }
            Err(error) => {
                self.buffer.truncate(start);
                if error.is_io() {
                    return self.long_json_line(data);
                }
                Err(OutputError::NotJson(error).into())
            }
        }
    }

    /// Prints a JSON line that is too long for the memory: a Vuer message may have 256 MiB, and its
    /// JSON more.
    fn long_json_line(&mut self, data: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(io::sink(), data).map_err(OutputError::NotJson)?;
        write_out(&mut self.out, &mut self.buffer)?;
        let mut out = BufWriter::with_capacity(BUFFER_LIMIT, &mut self.out);
        let written = serde_json::to_writer(&mut out, data).map_err(io::Error::from);
        let ended = written.and_then(|()| out.write_all(b"\n"));
        let flushed = ended.and_then(|()| out.flush());
        // Dropping the writer would write the rest again.
        _ = out.into_parts();
        flushed.map_err(|error| OutputError::from(error).into())
    }

    /// Prints a document that is JSON text already, without copying it; `human` writes the words.
    pub fn json(&mut self, text: &str, human: impl FnOnce(&mut Words)) -> Result<(), Failure> {
        let is_json = self.is_json();
        match &mut self.query {
            Some(query) if query.filter.reads_inputs() => {
                query.waiting.push_back(text.as_bytes().to_vec());
                Ok(())
            }
            Some(_) => {
                let document = Filter::take(&JsonText(text)).map_err(OutputError::NotJson)?;
                self.filter(Ok(document))
            }
            None if is_json => {
                let mut start = self.buffer.len();
                let mut compact = Compact::default();
                for piece in text.as_bytes().chunks(BUFFER_LIMIT) {
                    compact.append(&mut self.buffer, piece);
                    if self.prints_in_pieces() {
                        self.write_if_full()?;
                        start = start.min(self.buffer.len());
                    }
                }
                end_json(&mut self.buffer, start, self.raw, self.style);
                self.write_if_full()
            }
            None => self.words(human),
        }
    }

    /// Runs the filter on a document and prints its outputs.
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
                // The outputs of a filter may be endless (`repeat(.)`).
                if buffer.len() < BUFFER_LIMIT {
                    Ok(())
                } else {
                    write_out(out, buffer)
                }
            })
        });
        match query.record_run(ran)? {
            RunEnd::Completed => Ok(()),
            RunEnd::Halted => {
                self.flush()?;
                Err(OutputError::Halted.into())
            }
        }
    }

    /// Runs a filter with `input` or `inputs` at the end of the command, when all documents are
    /// there.
    fn filter_waiting(&mut self) -> Result<(), Failure> {
        while let Some(query) = &mut self.query
            && let Some(document) = query.waiting.pop_front()
        {
            let parsed = query.filter.parse_owned(document);
            self.filter(parsed)?;
        }
        Ok(())
    }

    /// Prints rows that are one document: a JSON array, one JSON line a row, a table, or
    /// tab-separated lines. An empty table prints nothing.
    pub fn list<T: Serialize + Row>(&mut self, rows: &[T]) -> Result<(), Failure> {
        match self.form {
            Form::Ndjson => self.values(rows),
            _ if self.query.is_some() => self.value(&rows),
            Form::Json => self.value(&rows),
            Form::Table | Form::Text => self.rows(rows),
        }
    }

    /// Prints rows that are one document each: one JSON line a row, a table, or tab-separated
    /// lines.
    pub fn records<T: Serialize + Row>(&mut self, rows: &[T]) -> Result<(), Failure> {
        if self.query.is_some() || self.is_json() {
            self.values(rows)
        } else {
            self.rows(rows)
        }
    }

    /// Prints a line as it is, without `--jq` and in every form; for example the output of a
    /// template.
    pub fn line(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        if self.style.sanitize {
            sanitize(&mut self.buffer, start, Keep::Lines);
        }
        self.buffer.push(b'\n');
        self.write_if_full()
    }

    /// Prints a piece of a text that arrives in pieces. `before` is the last character of the piece
    /// before, if a terminal may join it with the next one.
    pub fn piece(&mut self, text: &str, before: Option<char>) -> Result<(), Failure> {
        let start = self.buffer.len();
        let before = before.filter(|_| self.style.sanitize).map(String::from);
        let before = before.unwrap_or_default();
        self.buffer.extend_from_slice(before.as_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
        if self.style.sanitize {
            sanitize(&mut self.buffer, start, Keep::Lines);
            // `before` has been printed already; here it has the same number of bytes.
            let mut alone = before.into_bytes();
            sanitize(&mut alone, 0, Keep::Lines);
            self.buffer.drain(start..start + alone.len());
        }
        self.write_if_full()
    }

    /// Prints a text of several lines as it is: help, a script, a manual page.
    pub fn text(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.buffer.extend_from_slice(bytes);
        self.write_if_full()
    }

    /// Clears the screen, if words are printed on a terminal. Otherwise it does nothing.
    pub fn clear(&mut self) {
        let on_screen = self.style.sanitize && self.query.is_none() && !self.is_json();
        if on_screen {
            self.buffer.extend_from_slice(b"\x1b[H\x1b[2J");
        }
    }

    /// Writes the buffer.
    pub fn flush(&mut self) -> Result<(), Failure> {
        write_out(&mut self.out, &mut self.buffer)?;
        self.out
            .flush()
            .map_err(|error| OutputError::from(error).into())
    }

    /// Writes the buffer and evaluates `--exit-status`. Every command calls it at its end, because
    /// dropping the printer could not report that the disk is full.
    pub fn finish(&mut self) -> Result<(), Failure> {
        self.filter_waiting()?;
        self.flush()?;
        match &self.query {
            Some(query) if query.failed > 0 => {
                let (failed, passed) = (query.failed, query.passed);
                Err(OutputError::Filter { failed, passed }.into())
            }
            Some(query) if query.exit_status => match query.last {
                Some(true) => Ok(()),
                Some(false) => Err(OutputError::NotTrue("false or null last").into()),
                None => Err(OutputError::NotTrue("no output").into()),
            },
            _ => Ok(()),
        }
    }

    /// Whether the beginning of a JSON line can be written before its end is known.
    fn prints_in_pieces(&self) -> bool {
        !self.raw && !self.style.sanitize
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
            return self.write_if_full();
        }
        for row in rows {
            tabs(&mut self.buffer, self.style, row);
            self.write_if_full()?;
        }
        Ok(())
    }

    fn write_if_full(&mut self) -> Result<(), Failure> {
        if self.buffer.len() < BUFFER_LIMIT {
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

fn write_out(out: &mut impl Write, buffer: &mut Vec<u8>) -> Result<(), Failure> {
    let written = out.write_all(buffer);
    // Also after a failure: a later flush must not print a part of it twice.
    buffer.clear();
    written.map_err(|error| OutputError::from(error).into())
}

#[cfg(test)]
mod tests;
