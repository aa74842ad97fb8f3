//! The error type of commands, and the trait of every typed error.
//!
//! Takes a typed error of any module (the CLASP client, a parser, the token reader). Gives a
//! [`Failure`]: the error, its [`Kind`], the [`Outcome`] of the request, and what to type next.
//! [`crate::exit`] turns the kind into an exit code; [`crate::term`] prints the rest.

use std::fmt;

use crate::outcome::Outcome;

/// The kind of a failure, which decides the exit code.
///
/// Only [`crate::exit::code`] gives each kind its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No connection could be made, or it was lost for good.
    Connection,
    /// The arguments, the settings or the input are wrong.
    Usage,
    /// A token is needed and none was given.
    TokenMissing,
    /// The service refused: HTTP 4xx, CLASP 2xx to 4xx, a bad token.
    Refused,
    /// The service failed: HTTP or CLASP 5xx, a failed run, a server that breaks its protocol.
    Service,
    /// The answer is no: no value, no match, a filter whose result is false.
    Negative,
    /// Only some of it was done, or it is not known whether it was.
    Partial,
    /// The deadline passed, or fewer messages arrived than were requested.
    Deadline,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// A command that was run on the user's behalf ended with this status; it has printed its own
    /// errors.
    Command(u8),
    /// A command to run on the user's behalf does not exist.
    CommandNotFound,
    /// A command to run on the user's behalf exists, but cannot be run.
    CommandNotRunnable,
    /// The reader of stdout has gone (`| head`). This is not a failure, but nothing more can be
    /// printed.
    PipeClosed,
}

impl Kind {
    /// The name of this kind in `--errors json`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Connection => "connection",
            Kind::Usage => "usage",
            Kind::TokenMissing => "token_missing",
            Kind::Refused => "refused",
            Kind::Service => "service",
            Kind::Negative => "negative",
            Kind::Partial => "partial",
            Kind::Deadline => "deadline",
            Kind::Interrupted => "interrupted",
            Kind::Terminated => "terminated",
            Kind::Command(_) => "command",
            Kind::CommandNotFound => "command_not_found",
            Kind::CommandNotRunnable => "command_not_runnable",
            Kind::PipeClosed => "pipe_closed",
        }
    }
}

/// A typed error that can become a [`Failure`].
pub trait Failing: std::error::Error + Send + Sync + 'static {
    /// Its kind, which decides the exit code.
    fn kind(&self) -> Kind;

    /// The hint: what to type next, if anything would help.
    fn hint(&self) -> Option<String> {
        None
    }

    /// Whether the same command may succeed if it is run again. If the outcome may be done, the
    /// failure is never retryable.
    fn retryable(&self) -> bool {
        matches!(self.kind(), Kind::Connection | Kind::Deadline)
    }

    /// The outcome of the effect that was requested; `None` for a request that only reads, or if
    /// there was no request. It limits [`kind`](Self::kind) and [`retryable`](Self::retryable): see
    /// [`Failure::kind`].
    fn outcome(&self) -> Option<Outcome> {
        None
    }

    /// More fields for programs.
    fn detail(&self) -> Option<Detail> {
        None
    }
}

/// More fields of a service's failure, for programs: `--errors json` prints them, too.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The service's own name for the kind of failure, instead of [`Kind::name`].
    pub kind: &'static str,
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// The body of the reply, if there was one: JSON as it is, other text as a string.
    pub body: Option<serde_json::Value>,
    /// After how many seconds to try again, if the service says it.
    pub retry_after_secs: Option<u64>,
}

const INTERRUPTED: &str = "interrupted";

/// The failure of a command, ready to be printed and to become an exit code.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong. The exit code follows from it and from the outcome: [`Failure::kind`].
    pub kind: Kind,
    /// What was given and why it fails, with the context that callers have added.
    pub error: anyhow::Error,
    /// The hint: what to type next.
    pub hint: Option<String>,
    /// Whether running the same command again may help; the outcome can forbid it, see
    /// [`Failure::is_retryable`].
    pub retryable: bool,
    /// More fields for programs.
    pub detail: Option<Box<Detail>>,
    /// The outcome of the effect. Private, so that it can be made more exact but not overwritten.
    outcome: Option<Outcome>,
}

impl Failure {
    /// A failure that has no error type.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Failure {
            kind,
            error: anyhow::Error::msg(message.into()),
            hint: None,
            retryable: matches!(kind, Kind::Connection | Kind::Deadline),
            detail: None,
            outcome: None,
        }
    }

    /// Sets the outcome of the effect that was requested. An outcome that is known already stays:
    /// see [`Outcome::narrowed_to`].
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(match self.outcome {
            Some(before) => before.narrowed_to(outcome),
            None => outcome,
        });
        self
    }

    /// The outcome of the effect; `None` if none was requested.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// The kind for the exit code, limited by the outcome. If the effect may have been done, the
    /// exit code never means a mistake in the input, a refusal or a failure of the service, because
    /// scripts try again after those.
    pub fn kind(&self) -> Kind {
        match (self.outcome, self.kind) {
            (
                Some(Outcome::Done | Outcome::Unknown),
                Kind::Connection | Kind::Usage | Kind::TokenMissing | Kind::Refused | Kind::Service,
            )
            | (Some(Outcome::Unknown), Kind::Negative | Kind::PipeClosed) => Kind::Partial,
            (_, kind) => kind,
        }
    }

    /// Whether running the same command again may help and cannot do anything twice.
    pub fn is_retryable(&self) -> bool {
        self.retryable && !self.outcome.is_some_and(Outcome::may_be_done)
    }

    /// Marks that some of the work is done already, so that the same command would do that twice.
    /// The kind of a signal and of a deadline stays.
    pub fn partly_done(mut self) -> Self {
        let ended_by_user = matches!(
            self.kind,
            Kind::Interrupted | Kind::Terminated | Kind::Deadline
        );
        if !ended_by_user {
            self.kind = Kind::Partial;
        }
        self.retryable = false;
        self
    }

    /// The failure for a signal; no message is printed for it.
    pub fn signal(kind: Kind) -> Self {
        Failure::new(kind, INTERRUPTED)
    }

    /// Whether it is a signal without further information, for which no message is needed.
    pub fn is_plain_signal(&self) -> bool {
        matches!(self.kind, Kind::Interrupted | Kind::Terminated) && self.message() == INTERRUPTED
    }

    /// A mistake in what was typed.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(Kind::Usage, message)
    }

    /// Sets the hint: what to type next.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a sentence to the hint.
    pub fn with_more_hint(mut self, more: &str) -> Self {
        let before = self.hint.take().map(|hint| hint + "\n");
        self.hint = Some(before.unwrap_or_default() + more);
        self
    }

    /// Adds more fields for programs.
    pub fn with_detail(mut self, detail: Detail) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// Adds what was being attempted; the cause stays attached.
    pub fn context(mut self, context: impl fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(context);
        self
    }

    /// Whether the user has ended the command (a signal, a closed pipe), so that nobody waits for
    /// further output.
    pub fn ends_for_user(&self) -> bool {
        matches!(
            self.kind,
            Kind::Interrupted | Kind::Terminated | Kind::PipeClosed
        )
    }

    /// The whole message on one line, outermost context first. Most error types include the text of
    /// their source; such a text is not repeated.
    pub fn message(&self) -> String {
        let mut message = self.error.to_string();
        for cause in self.error.chain().skip(1) {
            let cause = cause.to_string();
            if !message.contains(&cause) {
                message.push_str(": ");
                message.push_str(&cause);
            }
        }
        message
    }
}

impl<E: Failing> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure {
            kind: error.kind(),
            hint: error.hint(),
            retryable: error.retryable(),
            detail: error.detail().map(Box::new),
            outcome: error.outcome(),
            error: anyhow::Error::new(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read /a: {source}")]
    struct Unreadable {
        source: std::io::Error,
    }

    impl Failing for Unreadable {
        fn kind(&self) -> Kind {
            Kind::Usage
        }
    }

    #[test]
    fn a_cause_is_said_once() {
        let source = std::io::Error::other("disk on fire");
        let failure = Failure::from(Unreadable { source });
        assert_eq!(failure.message(), "cannot read /a: disk on fire");
        let failure = failure.context("line 3").context("stdin");
        let expected = "stdin: line 3: cannot read /a: disk on fire";
        assert_eq!(failure.message(), expected);
    }

    #[test]
    fn what_is_partly_done_is_not_worth_another_try() {
        for (kind, expected) in [
            (Kind::Connection, Kind::Partial),
            (Kind::Deadline, Kind::Deadline),
            (Kind::Interrupted, Kind::Interrupted),
        ] {
            let failure = Failure::new(kind, "x").partly_done();
            assert_eq!(failure.kind(), expected, "{kind:?}");
            assert!(!failure.is_retryable(), "{kind:?}");
        }
    }

    #[test]
    fn what_may_have_been_done_is_never_an_invitation_to_try_again() {
        let kind = |kind, outcome| Failure::new(kind, "x").with_outcome(outcome).kind();
        for ours in [
            Kind::Connection,
            Kind::Usage,
            Kind::TokenMissing,
            Kind::Refused,
            Kind::Service,
        ] {
            assert_eq!(kind(ours, Outcome::Unknown), Kind::Partial, "{ours:?}");
            assert_eq!(kind(ours, Outcome::Done), Kind::Partial, "{ours:?}");
            for told in [Outcome::NotSent, Outcome::Refused, Outcome::Failed] {
                assert_eq!(kind(ours, told), ours, "{told}");
            }
        }
        // A signal or a deadline stays; only the kinds that say something about the service change.
        for ours in [Kind::Deadline, Kind::Interrupted, Kind::Terminated] {
            assert_eq!(kind(ours, Outcome::Unknown), ours, "{ours:?}");
        }
        assert_eq!(kind(Kind::PipeClosed, Outcome::Unknown), Kind::Partial);
        assert_eq!(kind(Kind::PipeClosed, Outcome::Done), Kind::PipeClosed);

        let late = || Failure::new(Kind::Deadline, "late");
        assert!(late().is_retryable());
        assert!(late().with_outcome(Outcome::NotSent).is_retryable());
        assert!(!late().with_outcome(Outcome::Unknown).is_retryable());
        assert!(!late().with_outcome(Outcome::Done).is_retryable());
    }

    #[test]
    fn a_known_outcome_is_not_overwritten() {
        let failed = Failure::new(Kind::Service, "x").with_outcome(Outcome::Failed);
        let failed = failed
            .with_outcome(Outcome::Done)
            .with_outcome(Outcome::Unknown);
        assert_eq!(failed.outcome(), Some(Outcome::Failed));
        let unknown = Failure::new(Kind::Connection, "x").with_outcome(Outcome::Unknown);
        let verified = unknown.with_outcome(Outcome::Done);
        assert_eq!(verified.outcome(), Some(Outcome::Done));
    }
}
