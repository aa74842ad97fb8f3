//! One line of a batch: a [`Job`] and what the journal knows of it enter; what came of it leaves, and
//! is in the journal before it does. A run that may have been paid for is never sent under another
//! key unless that was asked for.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::input::Job;
use super::journal::{Begin, End, Journal};
use crate::error::{Failing, Failure, Kind};
use crate::forge::api::reply::{Verdict, judge_run};
use crate::forge::api::request::MARGIN;
use crate::forge::api::route::Route;
use crate::forge::client::{Client, Error, Exchange, Payload, Refusal, Reply};
use crate::forge::cmd::fate::{Fate, Over, fate};
use crate::forge::ledger::now_micros;
use crate::outcome::Outcome;
use crate::term::Console;
use crate::text::duration::InWords;

/// How long a question about a run may take, which costs nothing.
const QUESTION: Duration = Duration::from_secs(30);

/// The first pause between two such questions, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));

/// How often it is asked for a run that the service does not have: the request may be on its way.
const LOOKS: u32 = 5;

/// For how long a service that has no run of a key surely never had one. Ours keeps answers for a
/// day, and 20,000 of them.
const KEPT: Duration = Duration::from_secs(12 * 3600);

/// The longest `Retry-After` that is waited for, and how long without one. Who is told to come back
/// later than that (when tomorrow's budget begins, for one) ends, to be resumed.
const BUSY: (Duration, Duration) = (Duration::from_secs(120), Duration::from_secs(5));

/// How many times a line waits for a busy service.
const BUSY_TIMES: u32 = 100;

/// How many runs in a row may be lost track of before nothing more is sent.
const UNKNOWN_IN_A_ROW: u32 = 3;

/// What the lines share.
#[derive(Debug)]
pub struct Worker<'a> {
    /// To whom they are sent.
    pub client: &'a Client,
    /// Who is told of a wait.
    pub console: &'a Console,
    /// What is known of them.
    pub journal: RefCell<Journal>,
    /// Whether what may have been paid for is sent again.
    pub retry_unknown: bool,
    /// How many runs may still be started.
    pub budget: Cell<u64>,
    /// How many in a row were lost track of.
    unknown: Cell<u32>,
    /// Why nothing more is sent.
    stopped: RefCell<Option<Failure>>,
}

/// What came of a line.
#[derive(Debug)]
pub enum Worked {
    /// This.
    Ended(End),
    /// Nothing: it is left for another time.
    Left,
}

impl<'a> Worker<'a> {
    /// Nothing was sent yet; at most `budget` runs will be.
    pub fn new(
        client: &'a Client,
        console: &'a Console,
        journal: Journal,
        retry_unknown: bool,
        budget: Option<u64>,
    ) -> Worker<'a> {
        Worker {
            client,
            console,
            journal: RefCell::new(journal),
            retry_unknown,
            budget: Cell::new(budget.unwrap_or(u64::MAX)),
            unknown: Cell::new(0),
            stopped: RefCell::new(None),
        }
    }

    /// Whether nothing more is sent.
    pub fn is_stopped(&self) -> bool {
        self.stopped.borrow().is_some()
    }

    /// Sends nothing more; the first reason counts.
    pub fn stop(&self, why: Failure) {
        self.stopped.borrow_mut().get_or_insert(why);
    }

    /// Why nothing more was sent.
    pub fn take_stopped(&self) -> Option<Failure> {
        self.stopped.take()
    }

    /// Does what a line still needs.
    pub async fn work(&self, job: &Job) -> Worked {
        let known = self.journal.borrow().entry(job.line).cloned();
        let Some(entry) = known else {
            return self.send(job, false).await;
        };
        match entry.end {
            Some(end) if end.is_final() => Worked::Ended(end),
            // The service said that nothing was begun, or it never left.
            Some(end) if end.outcome != Outcome::Unknown => self.send(job, false).await,
            _ => self.settle(job, &entry.begin).await,
        }
    }

    /// A line that was sent, perhaps, and whose answer was lost.
    async fn settle(&self, job: &Job, begin: &Begin) -> Worked {
        if self.is_stopped() {
            return Worked::Ended(unknown(None, "nobody was asked about it".to_owned()));
        }
        let fate = match self.follow(job, &begin.key, 1).await {
            Ok(Fate::Over(over)) => return self.ended(job, ended(*over)),
            Ok(fate) => fate,
            Err(error) => {
                let end = unknown(None, format!("nobody can be asked about it: {error}"));
                self.stop(error.into());
                return self.ended(job, end);
            }
        };
        let age = Duration::from_micros(now_micros().saturating_sub(begin.at));
        let why = match fate {
            // The key makes it one run whatever is still on its way.
            Fate::NoRun if self.journal.borrow().is_same_token() && age < KEPT => {
                return self.send(job, false).await;
            }
            Fate::NoRun if age >= KEPT => "the service may have forgotten it",
            Fate::NoRun => "it was sent under another token",
            Fate::NotKept => "the service keeps no answers by their key",
            Fate::Lost(_) => "the service was killed while it ran",
            Fate::UnderWay { .. } | Fate::Over(_) => "it is still under way",
        };
        if self.retry_unknown && !matches!(fate, Fate::UnderWay { .. }) {
            return self.send(job, true).await;
        }
        self.ended(job, unknown(None, format!("it was sent before, and {why}")))
    }

    /// Sends a line; under a new key if it is to be paid for anew.
    async fn send(&self, job: &Job, anew: bool) -> Worked {
        if self.budget.get() == 0 || self.is_stopped() {
            return Worked::Left;
        }
        self.budget.set(self.budget.get() - 1);
        let key = self.journal.borrow().key(job.line, anew);
        let begin = Begin {
            at: now_micros(),
            key: key.clone(),
            request_sha256: job.sha256.clone(),
        };
        let begun = self.journal.borrow_mut().sending(job.line, begin);
        if let Err(failure) = begun {
            self.stop(failure);
            return Worked::Left;
        }
        let mut waits = 0;
        let end = loop {
            let exchange = Exchange::keyed(key.clone());
            let payload = Payload::Json(job.request.clone());
            let limit = Some(job.timeout + MARGIN);
            let sent = self.client.send(&Route::Run, payload, limit, &exchange);
            let error = match sent.await {
                Ok(reply) => break judged(reply),
                Err(error) => error,
            };
            if let Error::Refused(refusal) = &error
                && refusal.outcome == Some(Outcome::Refused)
            {
                // The service works on it already: a request that was cut off before.
                if refusal.status == 409 && refusal.body.text("run_id").is_some() {
                    break self.lost_track(job, &key, &error).await;
                }
                if let Some(pause) = pause(refusal).filter(|_| waits < BUSY_TIMES) {
                    if waits == 0 {
                        let (line, pause) = (job.line, InWords(pause));
                        let said = format_args!("line {line}: {error}; again in {pause}");
                        self.console.note(said);
                    }
                    waits += 1;
                    sleep(pause).await;
                    if !self.is_stopped() {
                        continue;
                    }
                }
            }
            break match error.outcome().unwrap_or(Outcome::NotSent) {
                Outcome::Unknown => self.lost_track(job, &key, &error).await,
                outcome => self.without_reply(outcome, error),
            };
        };
        if matches!(end.outcome, Outcome::Refused | Outcome::NotSent) {
            self.budget.set(self.budget.get().saturating_add(1));
        }
        self.ended(job, end)
    }

    /// The end of a line that was not begun, or failed.
    fn without_reply(&self, outcome: Outcome, error: Error) -> End {
        let (status, reply) = match &error {
            Error::Refused(refusal) => (Some(refusal.status), refusal.body.to_json()),
            _ => (None, Value::Null),
        };
        let end = End {
            outcome,
            status,
            error: Some(error.to_string()),
            reply,
        };
        let is_about_the_line = match &error {
            Error::Refused(refusal) => matches!(refusal.status, 400 | 409 | 413 | 422),
            _ => false,
        };
        if outcome != Outcome::Failed && !is_about_the_line {
            self.stop(error.into());
        }
        end
    }

    /// The reply to a line was lost: the service may be asked for it.
    async fn lost_track(&self, job: &Job, key: &str, error: &Error) -> End {
        if let Ok(Fate::Over(over)) = self.follow(job, key, LOOKS).await {
            return ended(*over);
        }
        let status = match error {
            Error::Refused(refusal) => Some(refusal.status),
            _ => None,
        };
        unknown(status, error.to_string())
    }

    /// Asks about a run until it has ended, or no answer is to be had.
    async fn follow(&self, job: &Job, key: &str, mut looks: u32) -> Result<Fate, Error> {
        let deadline = Instant::now() + job.timeout + MARGIN;
        let (mut pause, longest) = PAUSES;
        loop {
            let fate = fate(self.client, key, QUESTION).await?;
            match &fate {
                Fate::UnderWay { .. } if Instant::now() < deadline => {}
                Fate::NoRun if looks > 1 => looks -= 1,
                _ => return Ok(fate),
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(longest);
        }
    }

    /// Writes what came of a line; it is told even if it cannot be written.
    fn ended(&self, job: &Job, end: End) -> Worked {
        if let Err(failure) = self.journal.borrow_mut().ended(job.line, &end) {
            self.stop(failure);
        }
        if end.outcome == Outcome::Unknown {
            self.unknown.set(self.unknown.get() + 1);
        } else {
            self.unknown.set(0);
        }
        if self.unknown.get() == UNKNOWN_IN_A_ROW {
            let why = format!("{UNKNOWN_IN_A_ROW} runs in a row were lost track of");
            self.stop(Failure::new(Kind::Partial, why));
        }
        Worked::Ended(end)
    }
}

/// What a 200 is worth.
fn judged(reply: Reply) -> End {
    let (outcome, error) = match judge_run(&reply.body) {
        Verdict::Done => (Outcome::Done, None),
        Verdict::Failed { why, .. } => (Outcome::Failed, Some(why)),
        Verdict::Broken(why) => {
            let why = format!("the reply is not what the contract says: {why}");
            (Outcome::Unknown, Some(why))
        }
    };
    End {
        outcome,
        status: Some(reply.status),
        error,
        reply: reply.body.to_json(),
    }
}

/// What the service kept of a run.
fn ended(over: Over) -> End {
    let error = over.reply["error"].as_str().map(str::to_owned);
    End {
        outcome: over.outcome,
        status: over.status(),
        error,
        reply: over.reply,
    }
}

fn unknown(status: Option<u16>, why: String) -> End {
    End {
        outcome: Outcome::Unknown,
        status,
        error: Some(why),
        reply: Value::Null,
    }
}

/// How long to wait for a service that is busy; `None` if it is not that, or for too long.
fn pause(refusal: &Refusal) -> Option<Duration> {
    if !matches!(refusal.status, 429 | 503) {
        return None;
    }
    let (longest, usual) = BUSY;
    let told = refusal.retry_after.as_deref();
    let pause = match told.map(str::parse) {
        None => usual,
        Some(seconds) => Duration::from_secs(seconds.ok()?),
    };
    (pause <= longest).then_some(pause)
}
