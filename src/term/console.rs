//! Prints everything that goes to stderr.
//!
//! Takes notes, warnings and failures; gives lines for people, or one JSON object for a failure. A
//! progress bar that is shown is removed while a line is printed.

use std::fmt::{self, Display};
use std::io::{self, Write, stderr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;
use serde::Serialize;

use super::output::{Environment, Errors, OutputArgs, OutputError};
use super::sanitize::{Keep, sanitize};
use super::styled::{Style, Words};
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::trace::{Secrets, Trace};

/// Prints messages on stderr. Clones print to the same console: a task that reconnects in the
/// background has a clone of its own.
#[derive(Clone)]
pub struct Console {
    quiet: bool,
    /// Whether every question is answered with yes.
    agreed: bool,
    /// Whether stderr is a terminal.
    terminal: bool,
    errors: Errors,
    style: Style,
    /// Whether a progress bar can be drawn.
    animated: bool,
    shared: Arc<Mutex<Shared>>,
    trace: Trace,
}

struct Shared {
    out: Box<dyn Write + Send>,
    bar: Option<ProgressBar>,
    /// Texts that are replaced in everything that is printed.
    secrets: Secrets,
}

/// A failure, as `--errors json` prints it.
#[derive(Serialize)]
struct ErrorObject<'a> {
    /// None if the command continues after the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u8>,
    kind: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
    retryable: bool,
    /// Only for a command that was to have an effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_secs: Option<u64>,
}

impl Console {
    /// A console on stderr.
    pub fn new(args: &OutputArgs, environment: &Environment) -> Self {
        Console::on(Box::new(stderr()), args, environment)
    }

    /// A console that prints nothing.
    pub fn mute() -> Self {
        let (args, environment) = (OutputArgs::default(), Environment::default());
        Console::on(Box::new(io::sink()), &args, &environment)
    }

    /// A console that prints to `out` instead of stderr.
    pub fn on(out: Box<dyn Write + Send>, args: &OutputArgs, environment: &Environment) -> Self {
        Console {
            quiet: args.quiet,
            agreed: args.yes,
            terminal: environment.stderr_is_terminal,
            errors: args.errors,
            style: args.stderr_style(environment),
            animated: environment.stderr_is_terminal && !environment.dumb && !args.quiet,
            shared: Arc::new(Mutex::new(Shared {
                out,
                bar: None,
                secrets: Secrets::default(),
            })),
            trace: Trace::default(),
        }
    }

    /// Sets which traffic is shown (`-v`, `--trace`).
    pub(super) fn with_trace(mut self, trace: Trace) -> Self {
        self.trace = trace;
        self
    }

    /// The trace that shows the traffic (`-v`, `--trace`). It hides the secrets that are known by
    /// now.
    pub fn trace(&self) -> Trace {
        self.trace.hiding_all(&self.lock().secrets)
    }

    /// Hides these texts from now on, in errors and in traces, no matter which side quotes them.
    pub fn hide(&self, secrets: impl IntoIterator<Item = impl AsRef<str>>) {
        self.lock().secrets.add(secrets);
    }

    /// The text with every known secret replaced.
    pub fn without_secrets(&self, text: &str) -> String {
        let shown = self.lock().secrets.hide_bytes(text.as_bytes()).into_owned();
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// Prints a line of the trace. Line feeds in it are escaped, also when stderr is no terminal,
    /// so that nothing that a server sends can look like another line.
    pub(super) fn trace_line(&self, build: impl FnOnce(&mut Words)) {
        let style = Style {
            sanitize: true,
            ..self.style
        };
        let mut line = Vec::new();
        build(&mut Words::new(&mut line, style));
        self.write(line);
    }

    /// A callback for a background task: `Ok` is printed as a note, `Err` as a warning.
    pub fn background(&self) -> impl Fn(Result<&str, String>) + Send + Sync + 'static {
        let console = self.clone();
        move |news| match news {
            Ok(text) => console.note(text),
            Err(text) => console.warn(text),
        }
    }

    /// Prints a note, unless `--quiet` is given.
    pub fn note(&self, text: impl Display) {
        if !self.quiet {
            self.say(|words| _ = words.dim(text));
        }
    }

    /// Prints a warning, also with `--quiet`.
    pub fn warn(&self, text: impl Display) {
        self.say(|words| _ = words.plain("warning: ").plain(text));
    }

    /// Prints why the command failed. `code` is the exit code that follows.
    ///
    /// A closed pipe is not reported, because nobody reads the output any more. Nor is the failure
    /// of a command that was run: it has printed its own errors. A negative answer is printed
    /// without `error:`, because it is not an error.
    pub fn error(&self, failure: &Failure, code: u8) {
        if matches!(failure.kind(), Kind::PipeClosed | Kind::Command(_)) {
            return;
        }
        match self.errors {
            Errors::Text => self.error_text(failure),
            Errors::Json => self.error_json(failure, Some(code)),
        }
    }

    /// Prints why something failed in a command that continues.
    pub fn trouble(&self, failure: &Failure) {
        match self.errors {
            Errors::Text => self.error_text(failure),
            Errors::Json => self.error_json(failure, None),
        }
    }

    fn error_text(&self, failure: &Failure) {
        // The user pressed Ctrl-C: no message is needed.
        if failure.is_plain_signal() {
            return;
        }
        let cause = failure.error.downcast_ref::<OutputError>();
        if matches!(cause, Some(OutputError::NotTrue(_))) {
            return;
        }
        self.say(|words| {
            if failure.kind() != Kind::Negative {
                words.bad("error:").plain(" ");
            }
            // A message may quote several lines of a service. They are indented, so that none of
            // them looks like a message of trefoil.
            let message = failure.message();
            let mut lines = message.lines();
            words.plain(lines.next().unwrap_or_default());
            for line in lines {
                words.end_line().plain("  ").plain(line);
            }
            for line in failure.hint.iter().flat_map(|hint| hint.lines()) {
                words.end_line().dim(format_args!("  {line}"));
            }
        });
    }

    fn error_json(&self, failure: &Failure, code: Option<u8>) {
        let detail = failure.detail.as_deref();
        let object = ErrorObject {
            code,
            kind: detail.map_or(failure.kind().name(), |detail| detail.kind),
            message: &failure.message(),
            hint: failure.hint.as_deref(),
            retryable: failure.is_retryable(),
            outcome: failure.outcome(),
            status: detail.and_then(|detail| detail.status),
            body: detail.and_then(|detail| detail.body.as_ref()),
            retry_after_secs: detail.and_then(|detail| detail.retry_after_secs),
        };
        let mut line = Vec::new();
        let written = serde_json::to_writer(&mut line, &object);
        debug_assert!(written.is_ok(), "strings and numbers are always JSON");
        self.lock().secrets.hide_json(&mut line, 0);
        if self.style.sanitize {
            sanitize(&mut line, 0, Keep::Line);
        }
        self.write(line);
    }

    fn say(&self, build: impl FnOnce(&mut Words)) {
        let mut line = Vec::new();
        build(&mut Words::new(&mut line, self.style));
        let shown = self.lock().secrets.hide_bytes(&line).into_owned();
        self.write(shown);
    }

    /// Writes a line with one system call, so that the lines of two processes do not mix.
    fn write(&self, mut line: Vec<u8>) {
        line.push(b'\n');
        let mut shared = self.lock();
        let Shared { out, bar, .. } = &mut *shared;
        // An error of stderr is ignored: it is no reason to fail, and there is nowhere to report
        // it.
        let mut write = || drop(out.write_all(&line).and_then(|()| out.flush()));
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Runs `write`, which prints on the same screen; a progress bar is removed meanwhile.
    pub fn beside_bar<T>(&self, write: impl FnOnce() -> T) -> T {
        let shared = self.lock();
        match &shared.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Whether `--yes` answers every question.
    pub fn is_agreed(&self) -> bool {
        self.agreed
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.terminal
    }

    pub(super) fn is_animated(&self) -> bool {
        self.animated
    }

    /// Sets the progress bar that is removed while a line is printed; None if there is none any
    /// more.
    pub(super) fn set_bar(&self, bar: Option<ProgressBar>) {
        self.lock().bar = bar;
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // A panic of another thread while it printed has left nothing in a bad state here.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("quiet", &self.quiet)
            .field("errors", &self.errors)
            .field("style", &self.style)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_output::TestOutput;
    use super::*;

    fn said(args: &OutputArgs, environment: Environment, say: impl FnOnce(&Console)) -> String {
        let output = TestOutput::default();
        say(&Console::on(Box::new(output.clone()), args, &environment));
        output.text()
    }

    fn plain(say: impl FnOnce(&Console)) -> String {
        said(&OutputArgs::default(), Environment::default(), say)
    }

    const TERMINAL: Environment = Environment {
        stdout_is_terminal: false,
        stderr_is_terminal: true,
        columns: None,
        no_color: false,
        force_color: false,
        dumb: false,
    };

    fn failure() -> Failure {
        Failure::usage("'lights' is not an address: it must begin with '/'")
            .with_hint("did you mean /lights?")
    }

    #[test]
    fn quiet_silences_notes_and_nothing_else() {
        let quiet = OutputArgs {
            quiet: true,
            ..OutputArgs::default()
        };
        let say = |console: &Console| {
            console.note("held here");
            console.warn("others can read it");
            console.error(&Failure::usage("no"), 2);
        };
        let loud = plain(say);
        assert_eq!(loud, "held here\nwarning: others can read it\nerror: no\n");
        let silenced = said(&quiet, Environment::default(), say);
        assert_eq!(silenced, "warning: others can read it\nerror: no\n");
    }

    #[test]
    fn an_error_is_a_line_and_what_to_type_next() {
        assert_eq!(
            plain(|console| console.error(&failure(), 2)),
            "error: 'lights' is not an address: it must begin with '/'\n  did you mean /lights?\n"
        );
        let two = Failure::usage("bad").with_hint("one\ntwo");
        let text = plain(|console| console.error(&two, 2));
        assert_eq!(text, "error: bad\n  one\n  two\n");
    }

    #[test]
    fn only_what_is_wrong_is_red_and_hints_are_dim() {
        let text = said(&OutputArgs::default(), TERMINAL, |console| {
            console.error(&Failure::usage("bad").with_hint("try"), 2);
        });
        assert_eq!(text, "\x1b[31merror:\x1b[0m bad\n\x1b[2m  try\x1b[0m\n");
    }

    #[test]
    fn a_no_is_no_error() {
        let none = Failure::new(Kind::Negative, "no value at /lights/none");
        let text = plain(|console| console.error(&none, 6));
        assert_eq!(text, "no value at /lights/none\n");
        let verdict = Failure::from(OutputError::NotTrue("no output"));
        assert_eq!(plain(|console| console.error(&verdict, 6)), "");
    }

    #[test]
    fn a_closed_pipe_is_not_mentioned() {
        for errors in [Errors::Text, Errors::Json] {
            let args = OutputArgs {
                errors,
                ..OutputArgs::default()
            };
            let closed = Failure::from(OutputError::Closed);
            let text = said(&args, Environment::default(), |c| c.error(&closed, 0));
            assert_eq!(text, "");
        }
    }

    #[test]
    fn errors_as_json_are_one_object() {
        let args = OutputArgs {
            errors: Errors::Json,
            ..OutputArgs::default()
        };
        let text = said(&args, Environment::default(), |c| c.error(&failure(), 2));
        assert_eq!(
            text,
            "{\"code\":2,\"kind\":\"usage\",\
             \"message\":\"'lights' is not an address: it must begin with '/'\",\
             \"hint\":\"did you mean /lights?\",\"retryable\":false}\n"
        );
        let lost = Failure::new(Kind::Connection, "lost");
        let text = said(&args, Environment::default(), |c| c.error(&lost, 1));
        assert!(
            text.ends_with("\"hint\":null,\"retryable\":true}\n"),
            "{text}"
        );
    }

    #[test]
    fn what_a_server_says_cannot_take_over_the_terminal() {
        let hostile =
            Failure::new(Kind::Refused, "\x1b]0;owned\x07\nerror: 2").with_hint("\x1b[2J");
        for errors in [Errors::Text, Errors::Json] {
            let args = OutputArgs {
                errors,
                color: super::super::Color::Never,
                ..OutputArgs::default()
            };
            let text = said(&args, TERMINAL, |console| console.error(&hostile, 4));
            assert!(!text.contains('\x1b'), "{text:?}");
            assert!(text.contains("\\u001b]0;owned"), "{text:?}");
            assert!(!text.contains("\nerror: 2"), "{text:?}");
        }
    }
}
