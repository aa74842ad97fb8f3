//! Data on stdout.
//!
//! Documents enter, as whatever serde can write and as words for people; bytes leave in the form
//! the user asked for. Nothing is flushed before [`Printer::flush`] is called or 64 KiB have
//! gathered: who prints a stream knows whether more is waiting, and flushes when nothing is.

use std::fmt;
use std::io::{self, Write, stdout};

use serde::Serialize;

use super::filter::Filter;
use super::output::{Environment, Form, OutputArgs};
use super::sanitize::{Keep, sanitize};
use super::table::{Row, table, tabs};
use super::words::{Style, Words};
use crate::error::{Failing, Failure, Kind};

/// How much is gathered before it is written: as much as a pipe takes at once.
const FULL: usize = 64 * 1024;

/// Why the output is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// Whoever read the output has gone.
    #[error("the reader of the output has gone")]
    Closed,
    /// The output cannot be written: a full disk, for one. What the command did is done, but what
    /// it had to say is not all said, which is what [`Kind::Partial`] tells.
    #[error("cannot write the output: {0}")]
    Write(#[source] io::Error),
    /// A document has no JSON form. That is a mistake in this program.
    #[error("a document cannot be written as JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// `--exit-status`, and the last output of the filter was not true. Scripts ask this in an
    /// `if`, so as text it is not printed.
    #[error("--jq gave {0}")]
    NotTrue(&'static str),
}

impl Failing for OutputError {
    fn kind(&self) -> Kind {
        match self {
            OutputError::Closed => Kind::PipeClosed,
            OutputError::Write(_) => Kind::Partial,
            OutputError::NotJson(_) => Kind::Service,
            OutputError::NotTrue(_) => Kind::Negative,
        }
    }
}

/// Prints data on stdout, or on whatever a test gives it.
pub struct Printer {
    out: Box<dyn Write + Send>,
    buffer: Vec<u8>,
    form: Form,
    raw: bool,
    style: Style,
    query: Option<Query>,
}

/// `--jq` and what belongs to it.
#[derive(Debug)]
struct Query {
    filter: Filter,
    /// The document to be filtered; kept to be reused.
    document: Vec<u8>,
    /// Whether `--exit-status` asks for the verdict.
    judged: bool,
    /// Whether the last output was true, once there is one.
    last: Option<bool>,
}

impl Printer {
    /// A printer on stdout. Fails when the `--jq` filter does not compile, or `--exit-status` has
    /// no filter to ask.
    pub fn new(args: &OutputArgs, environment: &Environment) -> Result<Self, Failure> {
        Printer::on(Box::new(stdout()), args, environment)
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
            Some(code) => Some(Query {
                filter: Filter::compile(code)?,
                document: Vec::new(),
                judged: args.exit_status,
                last: None,
            }),
        };
        Ok(Printer {
            out,
            buffer: Vec::new(),
            form: args.form(environment),
            raw: args.raw,
            style: args.stdout_style(environment),
            query,
        })
    }

    /// The form of the output.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether `--raw` was given, for commands that have a text in their document to print alone.
    pub fn is_raw(&self) -> bool {
        self.raw
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
        query.document.clear();
        serde_json::to_writer(&mut query.document, data).map_err(OutputError::NotJson)?;
        let (buffer, out) = (&mut self.buffer, &mut self.out);
        query.filter.run(&query.document, |json, truth| {
            query.last = Some(truth);
            let start = buffer.len();
            buffer.extend_from_slice(json);
            end_json(buffer, start, self.raw, self.style);
            // A filter may be endless (`repeat(.)`).
            match buffer.len() < FULL {
                true => Ok(()),
                false => write_out(out, buffer),
            }
        })
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
        match self.query.is_some() || self.is_json() {
            true => self.values(rows),
            false => self.rows(rows),
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

    /// Writes what has gathered.
    pub fn flush(&mut self) -> Result<(), Failure> {
        write_out(&mut self.out, &mut self.buffer)?;
        self.out.flush().map_err(|error| failed(error).into())
    }

    /// Writes what has gathered, and says what `--exit-status` makes of it. To be called at the end
    /// of every command: dropping the printer could not tell anyone that the disk is full.
    pub fn finish(&mut self) -> Result<(), Failure> {
        self.flush()?;
        match &self.query {
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
            table(&mut self.buffer, self.style, rows);
            return self.spill();
        }
        for row in rows {
            tabs(&mut self.buffer, self.style, row);
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> Result<(), Failure> {
        match self.buffer.len() < FULL {
            true => Ok(()),
            false => write_out(&mut self.out, &mut self.buffer),
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
    written.map_err(|error| failed(error).into())
}

fn failed(error: io::Error) -> OutputError {
    match error.kind() {
        io::ErrorKind::BrokenPipe => OutputError::Closed,
        _ => OutputError::Write(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde::ser::SerializeMap;

    use super::super::output::Output;
    use super::super::table::{Cells, Column};
    use super::*;

    /// A place to print to that a test can look into; fails like stdout when told to.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>, Option<io::ErrorKind>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Some(kind) = self.1 {
                return Err(kind.into());
            }
            self.0.lock().expect("one thread").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Paper {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("one thread").clone()).expect("text")
        }
    }

    #[derive(Serialize)]
    struct Param {
        address: &'static str,
        revision: u64,
    }

    impl Row for Param {
        const COLUMNS: &'static [Column] = &[Column::left("ADDRESS"), Column::right("REVISION")];

        fn cells(&self, cells: &mut Cells) {
            cells.address(self.address).plain(self.revision);
        }
    }

    fn param(address: &'static str, revision: u64) -> Param {
        Param { address, revision }
    }

    fn print(param: &Param) -> impl FnOnce(&mut Words) {
        let address = param.address;
        move |words| _ = words.address(address).plain(" written")
    }

    const TERMINAL: Environment = Environment {
        stdout_is_terminal: true,
        stderr_is_terminal: true,
        no_color: true,
        force_color: false,
        dumb: false,
    };

    fn printed(
        args: &OutputArgs,
        environment: Environment,
        print: impl FnOnce(&mut Printer) -> Result<(), Failure>,
    ) -> (String, Result<(), Failure>) {
        let paper = Paper::default();
        let printer = Printer::on(Box::new(paper.clone()), args, &environment);
        let mut printer = printer.expect("the options make sense");
        let result = print(&mut printer).and_then(|()| printer.finish());
        (paper.text(), result)
    }

    fn shown(args: &OutputArgs, print: impl FnOnce(&mut Printer) -> Result<(), Failure>) -> String {
        let (text, result) = printed(args, Environment::default(), print);
        result.expect("it prints");
        text
    }

    fn form(output: Output) -> OutputArgs {
        OutputArgs {
            output,
            ..OutputArgs::default()
        }
    }

    fn jq(filter: &str) -> OutputArgs {
        OutputArgs {
            jq: Some(filter.to_owned()),
            ..OutputArgs::default()
        }
    }

    #[test]
    fn each_form_prints_a_document_a_list_and_records() {
        let rows = [param("/a", u64::MAX), param("/b", 2)];
        let (a, b) = (
            "{\"address\":\"/a\",\"revision\":18446744073709551615}",
            "{\"address\":\"/b\",\"revision\":2}",
        );
        let lines = format!("{a}\n{b}\n");
        let array = format!("[{a},{b}]\n");
        let table = "ADDRESS              REVISION\n\
                     /a       18446744073709551615\n\
                     /b                          2\n";
        let tabs = "/a\t18446744073709551615\n/b\t2\n";
        for (output, document, list, records) in [
            (
                Output::Auto,
                format!("{b}\n"),
                array.as_str(),
                lines.as_str(),
            ),
            (Output::Json, format!("{b}\n"), &array, &lines),
            (Output::Ndjson, format!("{b}\n"), &lines, &lines),
            (Output::Table, "/b written\n".to_owned(), table, table),
            (Output::Text, "/b written\n".to_owned(), tabs, tabs),
        ] {
            let args = form(output);
            let printed = shown(&args, |p| p.document(&rows[1], print(&rows[1])));
            assert_eq!(printed, document, "{output:?}");
            assert_eq!(shown(&args, |p| p.list(&rows)), list, "{output:?}");
            assert_eq!(shown(&args, |p| p.records(&rows)), records, "{output:?}");
        }
        assert_eq!(shown(&form(Output::Json), |p| p.list::<Param>(&[])), "[]\n");
        assert_eq!(shown(&form(Output::Table), |p| p.list::<Param>(&[])), "");
    }

    #[test]
    fn words_end_with_one_line_end_and_nothing_is_no_line() {
        let args = form(Output::Text);
        let print = |words: &mut Words| _ = words.plain("a").end_line();
        assert_eq!(shown(&args, |p| p.document(&1, print)), "a\n");
        assert_eq!(shown(&args, |p| p.document(&1, |_| {})), "");
    }

    #[test]
    fn a_value_is_the_same_to_people_and_programs() {
        for environment in [TERMINAL, Environment::default()] {
            for (raw, expected) in [(false, "\"a\\nb\"\n"), (true, "a\nb\n")] {
                let args = OutputArgs {
                    raw,
                    ..OutputArgs::default()
                };
                let (text, result) = printed(&args, environment, |p| p.value(&"a\nb"));
                result.expect("it prints");
                assert_eq!(text, expected);
            }
        }
    }

    #[test]
    fn a_terminal_is_shown_no_foreign_escapes_and_a_pipe_gets_every_byte() {
        let hostile = "\u{9b}2J\u{202e}";
        let document = |p: &mut Printer| p.document(&hostile, |words| _ = words.plain(hostile));
        let (text, _) = printed(&form(Output::Auto), TERMINAL, document);
        assert_eq!(text, "\\u009b2J\\u202e\n");
        let (text, _) = printed(&form(Output::Json), TERMINAL, document);
        assert_eq!(text, "\"\\u009b2J\\u202e\"\n");
        let (text, _) = printed(&form(Output::Auto), TERMINAL, |p| {
            p.line(hostile.as_bytes())
        });
        assert_eq!(text, "\\u009b2J\\u202e\n");
        assert_eq!(shown(&form(Output::Text), document), format!("{hostile}\n"));
        assert_eq!(
            shown(&form(Output::Auto), document),
            format!("\"{hostile}\"\n")
        );
    }

    #[test]
    fn a_filter_gets_every_document_whatever_the_form() {
        let row = param("/a", 9_223_372_036_854_775_807);
        for environment in [TERMINAL, Environment::default()] {
            let (text, result) = printed(&jq(".revision, .address"), environment, |p| {
                p.document(&row, print(&row))
            });
            result.expect("it prints");
            assert_eq!(text, "9223372036854775807\n\"/a\"\n");
        }
        let rows = [param("/a", 1), param("/b", 2)];
        assert_eq!(shown(&jq("length"), |p| p.list(&rows)), "2\n");
        assert_eq!(shown(&jq("length"), |p| p.records(&rows)), "2\n2\n");
        let raw = OutputArgs {
            raw: true,
            output: Output::Ndjson,
            ..jq(".address")
        };
        assert_eq!(shown(&raw, |p| p.list(&rows)), "/a\n/b\n");
    }

    #[test]
    fn exit_status_judges_the_last_output() {
        for (filter, kind) in [
            (".", None),
            ("false, 0", None),
            ("1, false", Some(Kind::Negative)),
            ("null", Some(Kind::Negative)),
            ("empty", Some(Kind::Negative)),
            ("error", Some(Kind::Usage)),
        ] {
            let args = OutputArgs {
                exit_status: true,
                ..jq(filter)
            };
            let (_, result) = printed(&args, Environment::default(), |p| p.value(&1));
            assert_eq!(result.err().map(|f| f.kind), kind, "{filter}");
        }
        let unasked = printed(&jq("false"), Environment::default(), |p| p.value(&1));
        assert!(unasked.1.is_ok());

        let alone = OutputArgs {
            exit_status: true,
            ..OutputArgs::default()
        };
        let failure = Printer::new(&alone, &Environment::default()).expect_err("no filter");
        assert_eq!(failure.kind, Kind::Usage);
    }

    #[test]
    fn nothing_is_written_before_it_is_asked_for_or_much() {
        let paper = Paper::default();
        let args = OutputArgs::default();
        let printer = Printer::on(Box::new(paper.clone()), &args, &Environment::default());
        let mut printer = printer.expect("the options make sense");
        printer.value(&1).expect("it prints");
        assert_eq!(paper.text(), "");
        printer.flush().expect("it prints");
        assert_eq!(paper.text(), "1\n");
        for _ in 0..FULL {
            printer.value(&1).expect("it prints");
        }
        assert!(paper.text().len() >= FULL);
        assert!(printer.buffer.capacity() <= 2 * FULL);
    }

    #[test]
    fn an_endless_filter_does_not_fill_the_memory() {
        let paper = Paper(Arc::default(), Some(io::ErrorKind::BrokenPipe));
        let printer = Printer::on(Box::new(paper), &jq("repeat(.)"), &Environment::default());
        let failure = printer
            .expect("a filter")
            .value(&1)
            .expect_err("nobody reads");
        assert_eq!(failure.kind, Kind::PipeClosed);
    }

    #[test]
    fn a_write_that_fails_is_not_silent() {
        for (error, kind) in [
            (io::ErrorKind::BrokenPipe, Kind::PipeClosed),
            (io::ErrorKind::StorageFull, Kind::Partial),
        ] {
            let paper = Paper(Arc::default(), Some(error));
            let args = OutputArgs::default();
            let printer = Printer::on(Box::new(paper), &args, &Environment::default());
            let mut printer = printer.expect("the options make sense");
            printer.value(&1).expect("it is gathered");
            assert_eq!(printer.finish().expect_err("it fails").kind, kind);
        }
    }

    #[test]
    fn half_a_document_is_never_printed() {
        struct Broken;
        impl Serialize for Broken {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("a", &1)?;
                Err(serde::ser::Error::custom("no"))
            }
        }
        let (text, result) = printed(&OutputArgs::default(), Environment::default(), |p| {
            p.value(&1)?;
            let failure = p.value(&Broken).expect_err("it breaks off");
            assert_eq!(failure.kind, Kind::Service);
            p.value(&2)
        });
        result.expect("the others print");
        assert_eq!(text, "1\n2\n");
    }
}
