//! The end of a request that costs money. Takes the reply, the error or the signal that ended the
//! wait; writes the ledger's second line, stores the received part of the reply, and gives the
//! answer or the failure.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::live::{Live, wants_events};
use super::{Answer, print_last};
use crate::error::{Detail, Failing, Failure, Kind};
use crate::forge::api::reply::{Body, Verdict};
use crate::forge::client::{Error, Exchange, Reply};
use crate::forge::ledger::{End, Ledger};
use crate::outcome::Outcome;
use crate::term::{Console, Terminal};

/// A paid request that has ended.
pub(super) struct Ended<'a> {
    pub ledger: Option<&'a Ledger>,
    pub entry: Option<u64>,
    pub elapsed: Duration,
    /// "run" or "turn".
    pub noun: &'static str,
    pub exchange: Exchange,
    /// Whether the answer was to be printed while it arrived.
    pub is_streamed: bool,
}

impl Ended<'_> {
    /// Ends a request with a reply of status 200.
    pub fn by_reply(
        &self,
        judge: fn(&Body) -> Verdict,
        reply: Reply,
        live: Option<Live>,
        terminal: &mut Terminal,
    ) -> Result<Answer, Failure> {
        let Reply { status, body, raw } = reply;
        let verdict = judge(&body);
        let end = End {
            duration_ms: body.field("duration_ms").and_then(Value::as_u64),
            cost_usd: cost_of(&body),
            stop_reason: body.text("stop_reason").map(str::to_owned),
            error: match &verdict {
                Verdict::Done => None,
                Verdict::Failed { why, .. } => Some(why.clone()),
                Verdict::Broken(why) => Some(format!("breaks the contract: {why}")),
            },
            ..self.end(match verdict {
                Verdict::Done => Outcome::Done,
                Verdict::Failed { .. } => Outcome::Failed,
                // It may have been paid for, no matter which server replied.
                Verdict::Broken(_) => Outcome::Unknown,
            })
        };
        let kept = self.enter(&end, &raw, &terminal.console);
        let answer = Answer {
            body,
            raw,
            noun: self.noun,
            elapsed: self.elapsed,
            entry: self.entry,
            kept,
            live,
        };
        let failure = match verdict {
            Verdict::Done => return Ok(answer),
            Verdict::Failed { why, stderr } => {
                let stderr = stderr.map(|text| format!("\n{text}")).unwrap_or_default();
                let why = format!("the {} failed: {why}{stderr}", self.noun);
                let failure = Failure::new(Kind::Service, why).with_detail(Detail {
                    kind: "api",
                    status: Some(status),
                    body: Some(answer.body.to_json()),
                    retry_after_secs: None,
                });
                return Err(self
                    .with_entry(failure, "The whole reply")
                    .with_outcome(end.outcome));
            }
            Verdict::Broken(why) => Failure::new(
                Kind::Service,
                format!(
                    "the reply is not what the contract says: {why}; the {} may be charged",
                    self.noun
                ),
            )
            .with_outcome(end.outcome),
        };
        let mut report = answer.report(terminal);
        report.print(|printer| printer.value(&answer.body));
        Err(report.failed(self.with_entry(failure, "It is kept")))
    }

    /// Ends a request that failed or whose outcome is unknown. `is_stopped`: by Ctrl-C, which is then
    /// how the command ends, with the service's word about it.
    pub fn by_error(&self, error: Error, is_stopped: bool, terminal: &mut Terminal) -> Failure {
        let streamed = match &error {
            Error::Refused(refusal) if self.is_streamed && wants_events(&terminal.printer) => {
                Some((refusal.status, refusal.body.clone()))
            }
            _ => None,
        };
        let mut failure = self.without_answer(error, &terminal.console);
        if is_stopped && failure.outcome() != Some(Outcome::Unknown) {
            failure.kind = Kind::Interrupted;
            failure.retryable = false;
        }
        let Some((status, body)) = streamed else {
            return failure;
        };
        let mut report = terminal.report(format_args!("the {} has failed", self.noun));
        report.print(|printer| print_last(printer, "error", Some(status), &body));
        report.failed(failure)
    }

    fn without_answer(&self, error: Error, console: &Console) -> Failure {
        let outcome = error.outcome().unwrap_or(Outcome::NotSent);
        let end = End {
            cost_usd: match &error {
                Error::Refused(refusal) => cost_of(&refusal.body),
                _ => None,
            },
            error: Some(error.to_string()),
            ..self.end(outcome)
        };
        let hinted = error.hint().is_some();
        let failure = Failure::from(error);
        if outcome == Outcome::Unknown {
            let failure = failure.with_hint("It was not sent again.");
            return self.unknown(failure, &end, console);
        }
        self.enter(&end, &[], console);
        if outcome == Outcome::Failed && !hinted {
            return self.with_entry(failure, "In the ledger");
        }
        failure
    }

    /// Ends a request because of a signal.
    pub fn by_signal(&self, kind: Kind, console: &Console) -> Failure {
        let end = |outcome, error: &str| End {
            error: Some(error.to_owned()),
            ..self.end(outcome)
        };
        if !self.exchange.is_sent() {
            let message = "interrupted: nothing was sent";
            self.enter(&end(Outcome::NotSent, message), &[], console);
            return Failure::new(kind, message).with_outcome(Outcome::NotSent);
        }
        let message = "interrupted after the prompt was sent";
        let failure = Failure::new(
            Kind::Partial,
            format!("{message}; the run may still finish and be charged"),
        )
        .with_outcome(Outcome::Unknown)
        .with_detail(Detail {
            kind: "transport",
            status: None,
            body: None,
            retry_after_secs: None,
        });
        let failure = self.unknown(failure, &end(Outcome::Unknown, message), console);
        match self.entry {
            Some(id) => failure.with_more_hint(&format!("To stop it: trefoil forge cancel {id}")),
            None => failure,
        }
    }

    fn end(&self, outcome: Outcome) -> End {
        End {
            outcome,
            elapsed_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            duration_ms: None,
            cost_usd: None,
            stop_reason: None,
            status: self.exchange.status(),
            error: None,
        }
    }

    /// Records an unknown outcome, stores the received part of the reply, and adds to the hint
    /// where to find both.
    fn unknown(&self, failure: Failure, end: &End, console: &Console) -> Failure {
        let kept = self.enter(end, &self.exchange.take_received(), console);
        let failure = self.with_ways_to_know(failure);
        let Some(path) = kept else {
            return failure;
        };
        let before = failure.hint.clone().unwrap_or_default();
        let path = path.display();
        failure.with_hint(format!("{before}\nWhat came of the answer: {path}"))
    }

    /// Writes the entry's second line and stores the reply. If one of them fails, the other is
    /// still done, and the command goes on with a warning.
    fn enter(&self, end: &End, reply: &[u8], console: &Console) -> Option<PathBuf> {
        let (ledger, id) = (self.ledger?, self.entry?);
        let mut kept = None;
        if !reply.is_empty() {
            match ledger.keep(&id.to_string(), reply) {
                Ok(path) => kept = Some(path),
                Err(error) => console.warn(format_args!(
                    "the reply is not kept ({error}); what is known of it: trefoil forge ledger \
                     show {id}"
                )),
            }
        }
        if let Err(error) = ledger.end(id, end) {
            console.warn(format_args!(
                "the ledger does not say how entry {id} ended, '{}': {error}",
                end.outcome
            ));
        }
        kept
    }

    /// Adds to the hint how an unknown outcome can be found out: the ledger alone does not know it.
    fn with_ways_to_know(&self, failure: Failure) -> Failure {
        let Some(id) = self.entry else {
            return failure;
        };
        let before = failure.hint.as_ref().map(|hint| format!("{hint} "));
        let before = before.unwrap_or_default();
        failure.with_hint(format!(
            "{before}Ask the service what came of it: trefoil forge ledger settle {id}\n\
             What is known of it here: trefoil forge ledger show {id}"
        ))
    }

    /// Adds to the hint where it is in the ledger.
    fn with_entry(&self, mut failure: Failure, label: &str) -> Failure {
        let Some(id) = self.entry else {
            return failure;
        };
        let before = failure.hint.take().map(|hint| format!("{hint} "));
        let before = before.unwrap_or_default();
        failure.with_hint(format!("{before}{label}: trefoil forge ledger show {id}"))
    }
}

/// What a run cost in USD, if the reply says it.
fn cost_of(body: &Body) -> Option<f64> {
    body.field("cost_usd")?.as_f64()
}
