//! What came of a request that costs money: a reply, an error or a signal enters; the ledger's second
//! line and what the user is told leave.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::Answer;
use crate::error::{Detail, Failing, Failure, Kind};
use crate::forge::api::reply::{Body, Verdict};
use crate::forge::client::{Error, Reply, Sent};
use crate::forge::ledger::{End, Ledger, Outcome};
use crate::term::{Console, Printer};

/// What the ledger is told, and the user.
pub(super) struct Account<'a> {
    pub ledger: Option<&'a Ledger>,
    pub entry: Option<u64>,
    pub elapsed: Duration,
    /// "run" or "turn".
    pub deed: &'static str,
    pub console: &'a Console,
}

impl Account<'_> {
    fn end(&self, outcome: Outcome) -> End {
        End {
            outcome,
            elapsed_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            duration_ms: None,
            stop_reason: None,
            status: None,
            error: None,
        }
    }

    /// Completes the entry. What was paid for is worth more than a ledger that cannot be written.
    fn enter(&self, end: &End, raw: &[u8]) -> Option<PathBuf> {
        let (ledger, id) = (self.ledger?, self.entry?);
        let kept = match raw.is_empty() {
            true => Ok(None),
            false => ledger.keep(&id.to_string(), raw).map(Some),
        };
        match kept.and_then(|kept| ledger.end(id, end).map(|()| kept)) {
            Ok(kept) => kept,
            Err(error) => {
                self.console.warn(error);
                None
            }
        }
    }

    pub fn replied(
        &self,
        judge: fn(&Body) -> Verdict,
        reply: Reply,
        printer: &mut Printer,
    ) -> Result<Answer, Failure> {
        let Reply { status, body, raw } = reply;
        let verdict = judge(&body);
        let end = End {
            duration_ms: body.field("duration_ms").and_then(Value::as_u64),
            stop_reason: body.text("stop_reason").map(str::to_owned),
            status: Some(status),
            error: match &verdict {
                Verdict::Done => None,
                Verdict::Failed { why, .. } => Some(why.clone()),
                Verdict::Broken(why) => Some(format!("breaks the contract: {why}")),
            },
            ..self.end(match verdict {
                Verdict::Done => Outcome::Ok,
                Verdict::Failed { .. } | Verdict::Broken(_) => Outcome::Failed,
            })
        };
        let kept = self.enter(&end, &raw);
        let answer = Answer {
            body,
            raw,
            elapsed: self.elapsed,
            entry: self.entry,
            kept,
        };
        let deed = self.deed;
        match verdict {
            Verdict::Done => Ok(answer),
            Verdict::Failed { why, stderr } => {
                let stderr = stderr.map(|text| format!("\n{text}")).unwrap_or_default();
                let detail = Detail {
                    kind: "api",
                    status: Some(status),
                    body: Some(answer.body.to_json()),
                };
                let failure =
                    Failure::new(Kind::Service, format!("the {deed} failed: {why}{stderr}"))
                        .with_detail(detail);
                Err(self.with_entry(failure, "The whole reply"))
            }
            Verdict::Broken(why) => {
                // It has been paid for, whatever it is.
                printer.value(&answer.body)?;
                printer.flush()?;
                let failure = Failure::new(
                    Kind::Service,
                    format!("the reply is not what the contract says: {why}"),
                );
                Err(self.with_entry(failure, "It is kept"))
            }
        }
    }

    pub fn failed(&self, error: Error) -> Failure {
        let (outcome, status, received) = match &error {
            Error::Refused(refusal) if refusal.status >= 500 && refusal.status != 503 => {
                (Outcome::Failed, Some(refusal.status), &[][..])
            }
            Error::Refused(refusal) => (Outcome::Refused, Some(refusal.status), &[][..]),
            Error::Redirected { status, .. } => (Outcome::Refused, Some(*status), &[][..]),
            Error::Lost { received, .. } if error.is_unknown() => {
                (Outcome::Unknown, None, received.as_slice())
            }
            error if error.is_unknown() => (Outcome::Unknown, None, &[][..]),
            Error::TooLong { .. } => (Outcome::Failed, None, &[][..]),
            _ => (Outcome::NotSent, None, &[][..]),
        };
        let end = End {
            status,
            error: Some(error.to_string()),
            ..self.end(outcome)
        };
        let kept = self.enter(&end, received);
        let unknown = error.is_unknown();
        let hint = error.hint();
        let mut failure = Failure::from(error);
        if unknown {
            failure = failure.with_hint("It was not sent again.");
            failure = self.with_entry(failure, "Look for it with");
            if let Some(path) = kept {
                let hint = failure.hint.take().unwrap_or_default();
                let path = path.display();
                failure = failure.with_hint(format!("{hint}\nWhat came of the answer: {path}"));
            }
        } else if hint.is_none() && outcome == Outcome::Failed {
            failure = self.with_entry(failure, "In the ledger");
        }
        failure
    }

    pub fn interrupted(&self, kind: Kind, sent: &Sent) -> Failure {
        if !sent.is() {
            let error = Some("interrupted".to_owned());
            self.enter(
                &End {
                    error,
                    ..self.end(Outcome::NotSent)
                },
                &[],
            );
            return Failure::new(kind, "interrupted: nothing was sent");
        }
        let error = Some("interrupted after the prompt was sent".to_owned());
        self.enter(
            &End {
                error,
                ..self.end(Outcome::Unknown)
            },
            &[],
        );
        let failure = Failure::new(
            Kind::Partial,
            "interrupted after the prompt was sent; the run may still finish and be charged",
        )
        .with_detail(Detail {
            kind: "transport",
            status: None,
            body: None,
        });
        self.with_entry(failure, "Look for it with")
    }

    /// Says where in the ledger it is.
    fn with_entry(&self, mut failure: Failure, label: &str) -> Failure {
        let Some(id) = self.entry else {
            return failure;
        };
        let before = failure
            .hint
            .take()
            .map(|hint| format!("{hint} "))
            .unwrap_or_default();
        failure.with_hint(format!("{before}{label}: trefoil forge ledger show {id}"))
    }
}
