//! Printing after something has been done.
//!
//! Takes what was done, what there is to print of it, and the verdict. Gives the verdict back: a
//! filter that fails, a closed pipe or a full disk cannot turn it into something else. That is why
//! [`Report::print`] returns nothing that a `?` could let out.

use std::fmt::{self, Display};

use super::{Console, OutputError, Printer, Terminal};
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;

/// What to say of something that could not be printed; asked for only then.
type Hint<'a> = Box<dyn FnOnce() -> String + 'a>;

/// What is printed of an effect that has taken place.
#[must_use = "only `finish` tells the user what could not be printed"]
pub struct Report<'a> {
    printer: &'a mut Printer,
    console: &'a Console,
    done: String,
    hint: Option<Hint<'a>>,
    essential: bool,
    among_others: bool,
    trouble: Option<Failure>,
}

impl Terminal {
    /// Begins to report something that has been done, such as `the run is done`.
    pub fn report(&mut self, done: impl Display) -> Report<'_> {
        Report::new(&mut self.printer, &self.console, done)
    }
}

impl<'a> Report<'a> {
    /// Begins to report something that has been done, such as `the run is done`.
    pub fn new(printer: &'a mut Printer, console: &'a Console, done: impl Display) -> Report<'a> {
        Report {
            printer,
            console,
            done: done.to_string(),
            hint: None,
            essential: false,
            among_others: false,
            trouble: None,
        }
    }

    /// Says where to find what could not be printed, or what to do about it.
    pub fn or_else(mut self, hint: impl FnOnce() -> String + 'a) -> Self {
        self.hint = Some(Box::new(hint));
        self
    }

    /// What the command has done by now, for one that does several things.
    pub fn now(&mut self, done: impl Display) {
        self.done = done.to_string();
    }

    /// What is printed cannot be had again, so that even a reader who has gone is no excuse.
    pub fn essential(mut self) -> Self {
        self.essential = true;
        self
    }

    /// The command goes on after it: `--exit-status` is not judged yet.
    pub fn among_others(mut self) -> Self {
        self.among_others = true;
        self
    }

    /// Where notes and warnings go.
    pub fn console(&self) -> &Console {
        self.console
    }

    /// How it is printed.
    pub fn printer(&self) -> &Printer {
        self.printer
    }

    /// Prints something. The first failure is kept until the end; what follows is tried all the
    /// same, since a filter that does not fit one document may fit the next.
    pub fn print(&mut self, print: impl FnOnce(&mut Printer) -> Result<(), Failure>) {
        if let Err(trouble) = print(self.printer) {
            self.trouble.get_or_insert(trouble);
        }
    }

    /// The end of the command: gives the verdict back, and says what could not be printed.
    ///
    /// # Errors
    /// The verdict's own. If that is good, [`Kind::Partial`] for what could not be printed,
    /// [`Kind::PipeClosed`] where the reader has gone, and what `--exit-status` says.
    pub fn finish(mut self, verdict: Result<(), Failure>) -> Result<(), Failure> {
        if let Err(failure) = verdict {
            return Err(self.failed(failure));
        }
        let asked = if self.among_others {
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

    /// The end of a command that has failed in what it was to do: gives that failure back.
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
        // The failure may have the same pointer, in words of its own.
        if !hint.is_empty() && !hint.split(": ").any(|part| own.contains(part)) {
            self.console.warn(hint);
        }
        failure
    }

    /// Why something cannot be printed. A filter quotes what it was given, which may be a secret
    /// where it cannot be had again.
    fn why(&self, trouble: &Failure) -> String {
        if self.essential && trouble.error.downcast_ref::<OutputError>().is_none() {
            return "--jq does not fit it".to_owned();
        }
        trouble.message()
    }

    /// The failure of a command whose effect is done and whose output is not.
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

    use super::super::paper::Paper;
    use super::super::{Environment, OutputArgs};
    use super::*;

    /// What a report comes to on such an output, and what stderr says.
    fn reported(
        out: Paper,
        jq: Option<&str>,
        verdict: Result<(), Failure>,
        set_up: impl FnOnce(Report<'_>) -> Report<'_>,
    ) -> (Result<(), Failure>, String) {
        let args = OutputArgs {
            jq: jq.map(str::to_owned),
            exit_status: jq.is_some(),
            ..OutputArgs::default()
        };
        let (said, environment) = (Paper::default(), Environment::default());
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
        (report.finish(verdict), said.text())
    }

    fn failed() -> Failure {
        Failure::new(Kind::Service, "the run failed").with_outcome(Outcome::Failed)
    }

    #[test]
    fn what_can_be_printed_changes_nothing() {
        let (end, said) = reported(Paper::default(), None, Ok(()), |report| report);
        assert!(end.is_ok() && said.is_empty(), "{said}");
        let (end, said) = reported(Paper::default(), None, Err(failed()), |report| report);
        assert_eq!(end.expect_err("it failed").kind(), Kind::Service);
        assert_eq!(said, "");
    }

    #[test]
    fn a_failed_effect_stays_one_whatever_becomes_of_its_output() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::BrokenPipe] {
            let (end, said) = reported(Paper::failing(kind), None, Err(failed()), |r| r);
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
        let (end, _) = reported(Paper::default(), Some("error"), Err(failed()), |r| r);
        assert_eq!(end.expect_err("it failed").kind(), Kind::Service);
    }

    #[test]
    fn a_done_effect_without_its_output_is_partial_and_says_where_to_look() {
        let full = Paper::failing(io::ErrorKind::StorageFull);
        for (out, jq) in [(full, None), (Paper::default(), Some("error"))] {
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
        let gone = || Paper::failing(io::ErrorKind::BrokenPipe);
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
        let (end, _) = reported(Paper::default(), Some(".ok | not"), Ok(()), |r| r);
        let end = end.expect_err("not true");
        assert_eq!(
            (end.kind(), end.outcome()),
            (Kind::Negative, Some(Outcome::Done))
        );
        let (end, said) = reported(Paper::default(), Some(".ok | not"), Err(failed()), |r| r);
        assert_eq!(end.expect_err("it failed").kind(), Kind::Service);
        assert_eq!(said, "");
    }
}
