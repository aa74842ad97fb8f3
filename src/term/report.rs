//! Printing after something has been done.
//!
//! Takes what was done, what there is to print of it, and the verdict. Gives the verdict back: a
//! filter that fails, a closed pipe or a full disk cannot turn it into something else. That is why
//! [`Report::print`] returns nothing that a `?` could let out.

use std::fmt::Display;

use super::{Console, Printer, Terminal};
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;

/// What is printed of an effect that has taken place.
#[derive(Debug)]
#[must_use = "only `finish` tells the user what could not be printed"]
pub struct Report<'a> {
    printer: &'a mut Printer,
    console: &'a Console,
    done: String,
    hint: Option<String>,
    essential: bool,
    trouble: Option<Failure>,
}

impl Terminal {
    /// Begins to report something that has been done, such as `the run is done`.
    pub fn report(&mut self, done: impl Display) -> Report<'_> {
        Report {
            printer: &mut self.printer,
            console: &self.console,
            done: done.to_string(),
            hint: None,
            essential: false,
            trouble: None,
        }
    }
}

impl Report<'_> {
    /// Says where to find what could not be printed, or what to do about it.
    pub fn or_else(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is printed cannot be had again, so that even a reader who has gone is no excuse.
    pub fn essential(mut self) -> Self {
        self.essential = true;
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
        let asked = match &verdict {
            Ok(()) => self.printer.finish(),
            Err(_) => self.printer.flush(),
        };
        let trouble = match (self.trouble.take(), asked) {
            (Some(first), _) => first,
            (None, Ok(())) => return verdict,
            (None, Err(trouble)) => trouble,
        };
        match verdict {
            Err(verdict) => {
                let trouble = trouble.message();
                self.console
                    .warn(format_args!("it cannot be printed: {trouble}"));
                if let Some(hint) = &self.hint
                    && !verdict.hint.as_ref().is_some_and(|own| own.contains(hint))
                {
                    self.console.warn(hint);
                }
                Err(verdict)
            }
            Ok(()) if trouble.kind == Kind::Negative => Err(trouble.with_outcome(Outcome::Done)),
            Ok(()) => Err(self.unprinted(trouble)),
        }
    }

    /// The failure of a command whose effect is done and whose output is not.
    fn unprinted(self, trouble: Failure) -> Failure {
        let (done, why) = (self.done, trouble.message());
        if trouble.kind == Kind::PipeClosed && !self.essential {
            let hint = self.hint.map(|hint| format!(". {hint}"));
            let hint = hint.unwrap_or_default();
            self.console.note(format_args!("{done}, but {why}{hint}"));
            return trouble.with_outcome(Outcome::Done);
        }
        let message = format!("{done}, but it cannot be printed: {why}");
        let mut failure = Failure::new(Kind::Partial, message).with_outcome(Outcome::Done);
        failure.hint = self.hint.or(trouble.hint);
        failure
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
        let mut report = set_up(terminal.report("the run is done").or_else("look there"));
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
