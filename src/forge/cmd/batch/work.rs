//! Processes one line of a batch. Takes a [`Job`] and what the journal knows of it; gives its
//! outcome, after that was recorded in the journal. A run that may have been paid for is never sent
//! with another key unless `--retry-unknown` is given.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::input::Job;
use super::journal::{Begin, End, Journal};
use crate::error::{Failing, Failure, Kind};
use crate::forge::api::reply::{Verdict, judge_run};
use crate::forge::api::route::{MARGIN, Route};
use crate::forge::client::{Client, Error, Exchange, Payload, Refusal, Reply};
use crate::forge::cmd::settle::{EndedRun, RunState, run_state};
use crate::forge::ledger::now_micros;
use crate::outcome::Outcome;
use crate::term::Console;
use crate::text::duration::InWords;

/// The time limit of a request for the state of a run, which costs nothing.
const QUESTION: Duration = Duration::from_secs(30);

/// The first and the longest pause between two such requests.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));

/// How often the service is asked for a run that it does not have yet: the request may still
/// arrive.
const LOOKS: u32 = 5;

/// For how long after sending a missing run certainly never existed. Our service keeps answers for
/// a day, and 20,000 of them.
const KEPT: Duration = Duration::from_secs(12 * 3600);

/// The longest `Retry-After` that a line waits for, and the wait without one. If it is longer (for
/// example until tomorrow's budget), the batch ends and can be resumed.
const BUSY: (Duration, Duration) = (Duration::from_secs(120), Duration::from_secs(5));

/// How many times a line waits for a busy service.
const BUSY_TIMES: u32 = 100;

/// After how many unknown outcomes in a row nothing more is sent.
const UNKNOWN_IN_A_ROW: u32 = 3;

/// What the lines of a batch share.
#[derive(Debug)]
pub struct Worker<'a> {
    /// The service.
    pub client: &'a Client,
    /// The console for notes about waiting.
    pub console: &'a Console,
    /// The journal.
    pub journal: RefCell<Journal>,
    /// Whether runs that may have been paid for are sent again.
    pub retry_unknown: bool,
    /// How many runs may still be started.
    pub budget: Cell<u64>,
    /// How many outcomes in a row are unknown, of the lines that were sent in this run.
    unknown: Cell<u32>,
    /// Why nothing more is sent.
    stopped: RefCell<Option<Failure>>,
}

/// The result of processing a line.
#[derive(Debug)]
pub enum Worked {
    /// The line has this outcome.
    Ended(End),
    /// The line has this outcome for a reason that concerns all lines: nothing more is sent, and the
    /// reason is printed at the end.
    Stopped(End),
    /// The line was not sent in this run.
    Left,
}

impl<'a> Worker<'a> {
    /// A worker that sends at most `budget` runs.
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

    /// Stops sending; the first reason is kept.
    pub fn stop(&self, why: Failure) {
        self.stopped.borrow_mut().get_or_insert(why);
    }

    /// Stops sending because of this error; whether it is the reason that is kept.
    fn stop_for(&self, error: Error) -> bool {
        // The sentence about a budget has an amount, which may differ from line to line.
        let code = |failure: &Failure| {
            let body = failure.detail.as_ref()?.body.as_ref()?;
            body["code"].as_str().map(str::to_owned)
        };
        let failure = Failure::from(error);
        let (message, own) = (failure.message(), code(&failure));
        let mut stopped = self.stopped.borrow_mut();
        let kept = stopped.get_or_insert(failure);
        kept.message() == message || own.is_some() && own == code(kept)
    }

    /// Why nothing more was sent.
    pub fn take_stopped(&self) -> Option<Failure> {
        self.stopped.take()
    }

    /// Processes a line.
    pub async fn work(&self, job: &Job) -> Worked {
        let known = self.journal.borrow().entry(job.line).cloned();
        let Some(entry) = known else {
            return self.send(job, false).await;
        };
        match entry.outcome {
            // It was paid for, and its result is known.
            Some(Outcome::Done | Outcome::Failed) => match self.journal.borrow().end(&entry) {
                Ok(end) => Worked::Ended(end),
                Err(failure) => {
                    self.stop(failure);
                    Worked::Left
                }
            },
            // It was not sent, or the service did not begin it.
            Some(Outcome::Refused | Outcome::NotSent) => self.send(job, false).await,
            Some(Outcome::Unknown) | None => self.settle(job, &entry.begin).await,
        }
    }

    /// Asks for the outcome of a line that may have been sent and has no reply.
    async fn settle(&self, job: &Job, begin: &Begin) -> Worked {
        if self.is_stopped() {
            return Worked::Ended(unknown(None, "nobody was asked about it".to_owned()));
        }
        let run_state = match self.follow(job, &begin.key, 1).await {
            Ok(RunState::Ended(over)) => return self.record(job, ended(*over)),
            Ok(run_state) => run_state,
            Err(error) => {
                let end = unknown(None, format!("nobody can be asked about it: {error}"));
                self.stop(error.into());
                return self.record(job, end);
            }
        };
        let age = Duration::from_micros(now_micros().saturating_sub(begin.at));
        let why = match run_state {
            // With the same key it is one run, even if the first request still arrives.
            RunState::NoRun if self.journal.borrow().is_same_token() && age < KEPT => {
                return self.send(job, false).await;
            }
            RunState::NoRun if age >= KEPT => "the service may have forgotten it",
            RunState::NoRun => "it was sent under another token",
            RunState::NotKept => "the service keeps no answers by their key",
            RunState::Lost(_) => "the service was killed while it ran",
            RunState::UnderWay { .. } | RunState::Ended(_) => "it is still under way",
        };
        if self.retry_unknown && !matches!(run_state, RunState::UnderWay { .. }) {
            return self.send(job, true).await;
        }
        self.record(job, unknown(None, format!("it was sent before, and {why}")))
    }

    /// Sends a line; with a new key if it may be paid for again (`anew`).
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
        let begun = self.journal.borrow_mut().sending(job.line, &begin);
        if let Err(failure) = begun {
            self.stop(failure);
            return Worked::Left;
        }
        let mut waits = 0;
        let mut is_told_at_end = false;
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
                // The service is already running it, from an earlier request.
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
                outcome => {
                    let end;
                    (end, is_told_at_end) = self.without_reply(outcome, error);
                    end
                }
            };
        };
        if matches!(end.outcome, Outcome::Refused | Outcome::NotSent) {
            self.budget.set(self.budget.get().saturating_add(1));
        }
        self.count(&end);
        match self.record(job, end) {
            Worked::Ended(end) if is_told_at_end => Worked::Stopped(end),
            worked => worked,
        }
    }

    /// The outcome of a line that was not begun or failed, and whether the reason is printed at the
    /// end.
    fn without_reply(&self, outcome: Outcome, error: Error) -> (End, bool) {
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
        let stops = outcome != Outcome::Failed && !is_about_the_line;
        (end, stops && self.stop_for(error))
    }

    /// Asks the service for the outcome of a line whose reply was lost.
    async fn lost_track(&self, job: &Job, key: &str, error: &Error) -> End {
        if let Ok(RunState::Ended(over)) = self.follow(job, key, LOOKS).await {
            return ended(*over);
        }
        let status = match error {
            Error::Refused(refusal) => Some(refusal.status),
            _ => None,
        };
        unknown(status, error.to_string())
    }

    /// Asks for the state of a run until it has ended or cannot be found.
    async fn follow(&self, job: &Job, key: &str, mut looks: u32) -> Result<RunState, Error> {
        let deadline = Instant::now() + job.timeout + MARGIN;
        let (mut pause, longest) = PAUSES;
        loop {
            let run_state = run_state(self.client, key, QUESTION).await?;
            match &run_state {
                RunState::UnderWay { .. } if Instant::now() < deadline => {}
                RunState::NoRun if looks > 1 => looks -= 1,
                _ => return Ok(run_state),
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(longest);
        }
    }

    /// Stops when too many of the lines that were sent in this run have an unknown outcome. What became
    /// of lines of an earlier run says nothing about the service as it is now.
    fn count(&self, end: &End) {
        if end.outcome == Outcome::Unknown {
            self.unknown.set(self.unknown.get() + 1);
        } else {
            self.unknown.set(0);
        }
        if self.unknown.get() == UNKNOWN_IN_A_ROW {
            let why = format!("{UNKNOWN_IN_A_ROW} runs in a row were lost track of");
            self.stop(Failure::new(Kind::Partial, why));
        }
    }

    /// Records the outcome of a line, and returns it even if it cannot be written.
    fn record(&self, job: &Job, end: End) -> Worked {
        if let Err(failure) = self.journal.borrow_mut().ended(job.line, &end) {
            self.stop(failure);
        }
        Worked::Ended(end)
    }
}

/// The outcome of a reply with status 200.
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

/// The outcome of a run that the service has stored.
fn ended(over: EndedRun) -> End {
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

/// How long to wait for a busy service; `None` if it is not busy, or if the wait is too long.
fn pause(refusal: &Refusal) -> Option<Duration> {
    if !refusal.is_busy() {
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
