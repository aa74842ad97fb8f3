//! What every service's error says of itself.
//!
//! Takes a typed error of some module (the CLASP client's, a parser's, the token reader's). Gives a
//! [`Failure`]: the error, its [`Kind`], the [`Outcome`] of what was asked for, and what to type
//! next. [`crate::exit`] turns the kind into an exit code; [`crate::term`] prints the rest.

use std::fmt;

use crate::outcome::Outcome;

/// What a failure means to whoever reads the exit code.
///
/// The table that gives each kind its number is [`crate::exit::code`], and nothing else is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No connection could be made, or it was lost for good.
    Connection,
    /// What was typed (or piped in) does not make sense.
    Usage,
    /// A token is needed and none was given.
    TokenMissing,
    /// The other side said no: HTTP 4xx, CLASP 2xx to 4xx, a bad token.
    Refused,
    /// The other side failed: HTTP or CLASP 5xx, a failed run, a server that breaks its protocol.
    Service,
    /// The question was answered, and the answer is no: no value, no match, a filter that said false.
    Negative,
    /// Some of it was done, or it cannot be known whether it was.
    Partial,
    /// The deadline passed first, or fewer messages came than were asked for.
    Deadline,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// A command that was run on the user's behalf ended with this status, and said why itself.
    Command(u8),
    /// A command that was to be run on the user's behalf does not exist.
    CommandNotFound,
    /// … or exists, and cannot be run.
    CommandNotRunnable,
    /// Whoever read our output has gone (`| head`): not a failure, but nothing more can be said.
    PipeClosed,
}

impl Kind {
    /// The name under which `--errors json` knows this kind.
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

/// An error that knows what it means to the command line.
pub trait Failing: std::error::Error + Send + Sync + 'static {
    /// What the exit code says of it.
    fn kind(&self) -> Kind;

    /// What to type next, if anything would help.
    fn hint(&self) -> Option<String> {
        None
    }

    /// Whether the same command may succeed if it is simply run again. An outcome that may be done
    /// overrules it.
    fn retryable(&self) -> bool {
        matches!(self.kind(), Kind::Connection | Kind::Deadline)
    }

    /// What became of the effect that was asked for; `None` for what only reads, or concerns no
    /// request at all. It bounds [`kind`](Self::kind) and [`retryable`](Self::retryable): see
    /// [`Failure::kind`].
    fn outcome(&self) -> Option<Outcome> {
        None
    }

    /// What a program may want to know beyond that.
    fn detail(&self) -> Option<Detail> {
        None
    }
}

/// What a service's failure adds for programs: `--errors json` prints it beside the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The service's own name for what kind of failure it is, in place of [`Kind::name`].
    pub kind: &'static str,
    /// The HTTP status, if it came to that.
    pub status: Option<u16>,
    /// The reply, if there was one: JSON as it came, other text as a string.
    pub body: Option<serde_json::Value>,
}

const INTERRUPTED: &str = "interrupted";

/// The failure of a command, ready to be printed and to become an exit code.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong. The exit code follows from it and from the outcome: [`Failure::kind`].
    pub kind: Kind,
    /// What was given and why it fails, with the context gathered on the way up.
    pub error: anyhow::Error,
    /// What to type next.
    pub hint: Option<String>,
    /// Whether running the same command again may help, as far as the outcome allows it:
    /// [`Failure::is_retryable`].
    pub retryable: bool,
    /// What programs may want to know beyond that.
    pub detail: Option<Box<Detail>>,
    /// What became of the effect. Private, so that it can be narrowed and not overwritten.
    outcome: Option<Outcome>,
}

impl Failure {
    /// A failure that no room has an error type for.
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

    /// Says what became of the effect that was asked for. An outcome that is known already stays:
    /// see [`Outcome::narrowed_to`].
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(match self.outcome {
            Some(before) => before.narrowed_to(outcome),
            None => outcome,
        });
        self
    }

    /// What became of the effect; `None` if none was asked for.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// What the exit code says: the kind, within the bounds of the outcome. What may have been done
    /// never passes for a mistake in the input, a refusal or a failure of the service, which scripts
    /// take as leave to try again.
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

    /// Whether running the same command again may help, and cannot do anything twice.
    pub fn is_retryable(&self) -> bool {
        self.retryable && !self.outcome.is_some_and(Outcome::may_be_done)
    }

    /// Says that some of what was asked for is done already: the same command would do that twice.
    /// A signal and a deadline stay what they are.
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

    /// A signal, and nothing that is worth a word.
    pub fn signal(kind: Kind) -> Self {
        Failure::new(kind, INTERRUPTED)
    }

    /// Whether it is a signal, and whoever sent it knows all that there is to know.
    pub fn is_plain_signal(&self) -> bool {
        matches!(self.kind, Kind::Interrupted | Kind::Terminated) && self.message() == INTERRUPTED
    }

    /// A mistake in what was typed.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(Kind::Usage, message)
    }

    /// Says what to type next.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what programs may want to know.
    pub fn with_detail(mut self, detail: Detail) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// Says what was being attempted; the cause stays attached.
    pub fn context(mut self, context: impl fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(context);
        self
    }

    /// Whether the user has gone or wants to go, so that nobody waits for what is still to be said.
    pub fn is_departure(&self) -> bool {
        matches!(
            self.kind,
            Kind::Interrupted | Kind::Terminated | Kind::PipeClosed
        )
    }

    /// The whole message on one line, outermost context first. Most error types name their source in
    /// their own words: what has been said is not said again.
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
        // How it ended here is not denied, only what it says of the other side.
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
