//! Prints the result of something that has been done.
//!
//! Takes what was done, its output, and the command's result. Gives that result back: a filter that
//! fails, a closed pipe or a full disk cannot change it. That is why [`Report::print`] returns
//! nothing that a caller could return early with `?`.

use std::fmt::{self, Display};

use super::{Console, OutputError, Printer, Terminal};
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;

/// The hint if the output cannot be printed; built only then.
type Hint<'a> = Box<dyn FnOnce() -> String + 'a>;

/// Prints the output of a command whose effect has taken place.
#[must_use = "only `finish` tells the user what could not be printed"]
pub struct Report<'a> {
    printer: &'a mut Printer,
    console: &'a Console,
    done: String,
    hint: Option<Hint<'a>>,
    essential: bool,
    command_continues: bool,
    trouble: Option<Failure>,
}

impl Terminal {
    /// Begins a report. `done` says what was done, such as `the run is done`; it begins the error
    /// if the output cannot be printed.
    pub fn report(&mut self, done: impl Display) -> Report<'_> {
        Report::new(&mut self.printer, &self.console, done)
    }
}

impl<'a> Report<'a> {
    /// Begins a report. `done` says what was done, such as `the run is done`; it begins the error
    /// if the output cannot be printed.
    pub fn new(printer: &'a mut Printer, console: &'a Console, done: impl Display) -> Report<'a> {
        Report {
            printer,
            console,
            done: done.to_string(),
            hint: None,
            essential: false,
            command_continues: false,
            trouble: None,
        }
    }

    /// Sets the hint for output that could not be printed: where to find it, or what to do.
    pub fn or_else(mut self, hint: impl FnOnce() -> String + 'a) -> Self {
        self.hint = Some(Box::new(hint));
        self
    }

    /// Replaces what was done, for a command that does several things.
    pub fn now(&mut self, done: impl Display) {
        self.done = done.to_string();
    }

    /// The output cannot be printed again later. So a closed pipe is a failure, too.
    pub fn essential(mut self) -> Self {
        self.essential = true;
        self
    }

    /// The command continues after this report, so `--exit-status` is not evaluated yet.
    pub fn command_continues(mut self) -> Self {
        self.command_continues = true;
        self
    }

    /// The console, for notes and warnings.
    pub fn console(&self) -> &Console {
        self.console
    }

    /// The printer, to ask for the form of the output.
    pub fn printer(&self) -> &Printer {
        self.printer
    }

    /// Prints something. The first failure is kept until [`finish`](Self::finish). What follows is
    /// still printed, because a filter that fails on one document may succeed on the next.
    pub fn print(&mut self, print: impl FnOnce(&mut Printer) -> Result<(), Failure>) {
        if let Err(trouble) = print(self.printer) {
            self.trouble.get_or_insert(trouble);
        }
    }

    /// The end of the command: gives its result back, and reports what could not be printed.
    ///
    /// # Errors
    /// The failure of `result`. If it is `Ok`: [`Kind::Partial`] if output could not be printed,
    /// [`Kind::PipeClosed`] if the reader has gone, [`Kind::Negative`] for `--exit-status`.
    pub fn finish(mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        if let Err(failure) = result {
            return Err(self.failed(failure));
        }
        let asked = if self.command_continues {
            self.printer.flush()
        } else {
            self.printer.finish()
        };
        match self.trouble.take().map_or(asked, Err) {
            Ok(()) => Ok(()),
            Err(answer) if answer.kind == Kind::Negative => Err(answer.with_outcome(Outcome::Done)),
            Err(trouble) => Err(self.unprinted(trouble)),
        }
    }

    /// The end of a command that has failed: gives that failure back, and warns of output that
    /// could not be printed.
    pub fn failed(mut self, failure: Failure) -> Failure {
        let flushed = self.printer.flush();
        let Err(trouble) = self.trouble.take().map_or(flushed, Err) else {
            return failure;
        };
        let why = self.why(&trouble);
        self.console
            .warn(format_args!("what came of it cannot be printed: {why}"));
        let hint = self.hint.map(|hint| hint()).unwrap_or_default();
        let own = failure.hint.as_deref().unwrap_or_default();
        // The failure's own hint may say the same.
        if !hint.is_empty() && !hint.split(": ").any(|part| own.contains(part)) {
            self.console.warn(hint);
        }
        failure
    }

    /// Why the output cannot be printed. A filter's error quotes its input, and essential output
    /// may be a secret; so that error is not shown.
    fn why(&self, trouble: &Failure) -> String {
        if self.essential && trouble.error.downcast_ref::<OutputError>().is_none() {
            return "--jq does not fit it".to_owned();
        }
        trouble.message()
    }

    /// The failure of a command whose effect is done, but whose output could not be printed.
    fn unprinted(self, trouble: Failure) -> Failure {
        let why = self.why(&trouble);
        let done = self.done;
        let hint = self.hint.map(|hint| hint());
        let halted = trouble.error.downcast_ref::<OutputError>();
        if matches!(halted, Some(OutputError::Halted)) && !self.essential {
            return trouble.with_outcome(Outcome::Done);
        }
        if trouble.kind == Kind::PipeClosed && !self.essential {
            self.console.note(format_args!("{done}, but {why}"));
            if let Some(hint) = hint {
                self.console.note(hint);
            }
            return trouble.with_outcome(Outcome::Done);
        }
        let message = format!("{done}, but it cannot be printed: {why}");
        let mut failure = Failure::new(Kind::Partial, message).with_outcome(Outcome::Done);
        failure.hint = hint.or(trouble.hint);
        failure
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("done", &self.done)
            .field("essential", &self.essential)
            .field("trouble", &self.trouble)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::super::test_output::TestOutput;
    use super::super::{Environment, OutputArgs};
    use super::*;

    /// The result of a report that prints to `out`, and what it prints on stderr.
    fn reported(
        out: TestOutput,
        jq: Option<&str>,
        result: Result<(), Failure>,
        set_up: impl FnOnce(Report<'_>) -> Report<'_>,
    ) -> (Result<(), Failure>, String) {
        let args = OutputArgs {
            jq: jq.map(str::to_owned),
            exit_status: jq.is_some(),
            ..OutputArgs::default()
        };
        let (said, environment) = (TestOutput::default(), Environment::default());
        let printer = Printer::on(Box::new(out), &args, &environment);
        let mut terminal = Terminal {
            printer: printer.expect("the filter compiles"),
            console: Console::on(Box::new(said.clone()), &args, &environment),
        };
        let mut report = set_up(
            terminal
                .report("the run is done")
                .or_else(|| "look there".into()),
        );
        report.print(|printer| printer.value(&serde_json::json!({"ok": true})));
        (report.finish(result), said.text())
    }

    fn failed() -> Failure {
        Failure::new(Kind::Service, "the run failed").with_outcome(Outcome::Failed)
    }

    #[test]
    fn what_can_be_printed_changes_nothing() {
        let (end, said) = reported(TestOutput::default(), None, Ok(()), |report| report);
        assert!(end.is_ok() && said.is_empty(), "{said}");
        let (end, said) = reported(TestOutput::default(), None, Err(failed()), |report| report);
        assert_eq!(end.expect_err("it failed").kind(), Kind::Service);
        assert_eq!(said, "");
    }

    #[test]
    fn a_failed_effect_stays_one_whatever_becomes_of_its_output() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::BrokenPipe] {
            let (end, said) = reported(TestOutput::failing(kind), None, Err(failed()), |r| r);
            let end = end.expect_err("it failed");
            assert_eq!(
                (end.kind(), end.message()),
                (Kind::Service, "the run failed".into())
            );
            assert!(
                said.contains("cannot be printed") && said.contains("look there"),
                "{said}"
            );
        }
        let (end, _) = reported(TestOutput::default(), Some("error"), Err(failed()), |r| r);
        assert_eq!(end.expect_err("it failed").kind(), Kind::Service);
    }

    #[test]
    fn a_done_effect_without_its_output_is_partial_and_says_where_to_look() {
        let full = TestOutput::failing(io::ErrorKind::StorageFull);
        for (out, jq) in [(full, None), (TestOutput::default(), Some("error"))] {
            let (end, _) = reported(out, jq, Ok(()), |report| report);
            let end = end.expect_err("it was not printed");
            assert_eq!(end.kind(), Kind::Partial);
            assert_eq!(end.outcome(), Some(Outcome::Done));
            assert!(!end.is_retryable());
            assert!(
                end.message()
                    .starts_with("the run is done, but it cannot be printed: ")
            );
            assert_eq!(end.hint.as_deref(), Some("look there"));
        }
    }

    #[test]
    fn a_reader_who_has_gone_is_told_of_what_was_done() {
        let gone = || TestOutput::failing(io::ErrorKind::BrokenPipe);
        let (end, said) = reported(gone(), None, Ok(()), |report| report);
        assert_eq!(end.expect_err("a closed pipe").kind(), Kind::PipeClosed);
        assert!(said.starts_with("the run is done, but "), "{said}");
        let (end, _) = reported(gone(), None, Ok(()), |report| report.essential());
        assert_eq!(
            end.expect_err("it cannot be had again").kind(),
            Kind::Partial
        );
    }

    #[test]
    fn the_filter_answers_for_itself_only_where_it_was_asked_to() {
        let (end, _) = reported(TestOutput::default(), Some(".ok | not"), Ok(()), |r| r);
        let end = end.expect_err("not true");
        assert_eq!(
            (end.kind(), end.outcome()),
            (Kind::Negative, Some(Outcome::Done))
        );
        let (end, said) = reported(
            TestOutput::default(),
            Some(".ok | not"),
            Err(failed()),
            |r| r,
        );
        assert_eq!(end.expect_err("it failed").kind(), Kind::Service);
        assert_eq!(said, "");
    }
}
