//! The life of a run or a turn. Takes an [`Order`]; gives an [`Answer`], which is kept.
//!
//! ```text
//! submit    refused by policy, queue or state   nothing was started, nothing is kept
//!           claimed on disk
//! wait      for a slot; cancelled or late       nothing was started, the claim is given back
//! work      a process, until it reports, fails or is cut off
//! finish    the answer, the cost and the session's new state, on disk in one commit
//! ```

use std::fs;
use std::rc::Rc;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::agents::drive::Cut;
use super::live::{Answer, Live, Watch, WhenGone};
use super::prompt::Prompt;
use super::refusal::Refusal;
use super::service::{CLAUDE, Place, Service, to_its_end};
use super::state::{Claim, Claims, RunRow, SessionRow, Stage, Started, StateError, TokenRow};
use crate::forge::api::moment::InWords;
use crate::ids::{hex, random};
use crate::net::now_micros;

/// The options of a run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The model.
    pub model: String,
    /// The system prompt, and whether it replaces the usual one.
    pub system: Option<(String, bool)>,
    /// The effort.
    pub effort: Option<String>,
    /// A JSON Schema of the answer.
    pub schema: Option<Value>,
}

/// A run or a turn that was asked for. It costs money.
#[derive(Debug, Clone)]
pub struct Order {
    /// The token of the caller.
    pub token: TokenRow,
    /// The prompt.
    pub prompt: Prompt,
    /// The run's options, or the turn's session.
    pub work: Work,
    /// The `Idempotency-Key`.
    pub key: Option<String>,
    /// SHA-256 of the path and the body.
    pub request_sha256: String,
    /// What happens when the client is gone.
    pub when_gone: WhenGone,
    /// Whether text is to be sent as it is written.
    pub deltas: bool,
}

/// The kind of work.
#[derive(Debug, Clone)]
pub enum Work {
    /// A run of its own.
    Run(RunOptions),
    /// A turn of this session.
    Turn(Box<SessionRow>),
}

impl Work {
    /// The model that answers.
    pub fn model(&self) -> &str {
        match self {
            Work::Run(options) => &options.model,
            Work::Turn(session) => &session.model,
        }
    }

    /// The agent that answers.
    pub fn agent(&self) -> &str {
        match self {
            Work::Run(_) => CLAUDE,
            Work::Turn(session) => &session.agent,
        }
    }

    /// The session of a turn.
    pub fn session(&self) -> Option<&SessionRow> {
        match self {
            Work::Run(_) => None,
            Work::Turn(session) => Some(session),
        }
    }

    /// The JSON Schema that the answer has to fit.
    pub fn schema(&self) -> Option<&Value> {
        match self {
            Work::Run(options) => options.schema.as_ref(),
            Work::Turn(_) => None,
        }
    }
}

/// What became of an order.
#[derive(Debug)]
pub enum Submitted {
    /// It is under way.
    Watch(Watch),
    /// It was answered before: the stored status and body.
    Stored(u16, Vec<u8>),
}

impl From<StateError> for Refusal {
    fn from(error: StateError) -> Refusal {
        match &error {
            StateError::Away(_) | StateError::Replaced(_) => {
                Refusal::unavailable(error.to_string())
            }
            _ => Refusal::new(500, error.to_string()),
        }
    }
}

impl Service {
    /// Takes an order.
    ///
    /// # Errors
    /// Why it was not taken: then nothing was started.
    pub async fn submit(self: &Rc<Service>, order: Order) -> Result<Submitted, Refusal> {
        let service = Rc::clone(self);
        to_its_end(async move { service.take(order).await }).await
    }

    async fn take(self: &Rc<Service>, order: Order) -> Result<Submitted, Refusal> {
        if let Some(known) = self.answered_before(&order).await? {
            return Ok(known);
        }
        self.check(&order).await?;
        let policy = &order.token.policy;
        let mut place = self
            .enqueue(&order.token.name, policy.running)
            .map_err(|_| Claims::queue_is_full())?;
        let now = now_micros();
        let row = RunRow {
            id: format!("run_{now:014x}{}", hex(&random::<6>()?)),
            token: order.token.name.clone(),
            session: order.work.session().map(|session| session.id.clone()),
            model: order.work.model().to_owned(),
            key: order.key.clone(),
            request_sha256: order.request_sha256.clone(),
            created: now,
            ended: None,
            stage: if place.is_first() {
                Stage::Running
            } else {
                Stage::Queued
            },
            outcome: None,
            status: None,
            cost_usd: None,
            instance: self.state.instance().map(str::to_owned),
        };
        if let Some(session) = order.work.session() {
            self.sessions.occupy(&session.id)?;
        }
        let live = Live::new(row.clone(), order.when_gone, order.deltas);
        // Before the claim is written, so that a second request with the same key finds either.
        self.live
            .borrow_mut()
            .insert(row.id.clone(), Rc::clone(&live));
        let claimed = self.state.claim(&row, self.claims(&order)).await;
        if !matches!(claimed, Ok(Claim::New(_))) {
            self.forget(&live);
        }
        match claimed {
            Ok(Claim::New(stage)) => {
                live.row.borrow_mut().stage = stage;
                if stage == Stage::Queued && place.is_first() {
                    place.put_back();
                }
                let watch = live.watch();
                tokio::task::spawn_local(Rc::clone(self).live_through(live, place, order));
                Ok(Submitted::Watch(watch))
            }
            Ok(Claim::Known(known)) => self.known(&order, &known).await,
            Ok(Claim::Refused(refusal)) => Err(refusal),
            Err(error) => {
                // It may have been written all the same.
                if let StateError::Away(_) = &error
                    && let Err(error) = self.state.release(&row).await
                {
                    self.report(error);
                }
                Err(error.into())
            }
        }
    }

    /// What an order is checked against when it is claimed and when it starts.
    fn claims(&self, order: &Order) -> Claims {
        Claims {
            policy: order.token.policy.clone(),
            queue_depth: self.settings.queue_depth as u64,
            tells_cost: order.work.agent() == CLAUDE,
        }
    }

    /// The run that has this order's key, if there is one.
    async fn answered_before(&self, order: &Order) -> Result<Option<Submitted>, Refusal> {
        let Some(key) = &order.key else {
            return Ok(None);
        };
        match self.state.run_of_key(&order.token.name, key).await? {
            Some(row) => self.known(order, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn known(&self, order: &Order, row: &RunRow) -> Result<Submitted, Refusal> {
        let conflict = |why: &str| {
            let mut refusal = Refusal::new(409, why);
            refusal.body["run_id"] = json!(row.id);
            refusal
        };
        if row.request_sha256 != order.request_sha256 {
            let why = "this Idempotency-Key was used for another request";
            return Err(conflict(why));
        }
        if row.stage == Stage::Ended
            && let Some(answer) = self.state.answer(&row.id).await?
        {
            return Ok(Submitted::Stored(row.status.unwrap_or(502), answer));
        }
        let mut refusal = conflict("the run of this Idempotency-Key is still under way");
        refusal.retry_after = Some(2);
        self.show_instance(&mut refusal.body, row.instance.as_deref())
            .await?;
        Err(refusal)
    }

    /// Checks what forbids an order without asking for other runs.
    async fn check(&self, order: &Order) -> Result<(), Refusal> {
        if self.is_stopping() {
            return Err(Refusal::unavailable("the service is about to stop"));
        }
        let agent = order.work.agent();
        if !self.has_agent(agent) {
            let path = self.path_of(agent).to_string_lossy();
            return Err(Refusal::agent_missing(agent, &path));
        }
        if let Some(session) = order.work.session() {
            self.open_session_row(&session.id).await?;
        }
        let policy = &order.token.policy;
        policy.allows(order.work.model(), order.prompt.timeout)
    }

    /// From the claim to the answer.
    async fn live_through(self: Rc<Service>, live: Rc<Live>, mut place: Place, order: Order) {
        let began = Instant::now();
        let deadline = began + order.prompt.timeout;
        self.note(&live, &order);
        let limit = InWords(order.prompt.timeout);
        let late = format!("its time of {limit} was up before it could be started");
        let refusal = loop {
            let waited = tokio::select! {
                () = place.slot() => Ok(()),
                () = live.cancelled() => Err("it was cancelled before it was started"),
                () = sleep_until(deadline) => Err(late.as_str()),
            };
            let started = match waited {
                Ok(()) => self.started(&live, &order).await,
                Err(why) => Err(Refusal::unavailable(format!("{why}; nothing was spent"))),
            };
            match started {
                Ok(true) => {
                    place.started();
                    break None;
                }
                Ok(false) => place.put_back(),
                Err(refusal) => break Some(refusal),
            }
        };
        if let Some(refusal) = refusal {
            self.not_started(&live, refusal).await;
            return;
        }
        live.start();
        let cut = async {
            tokio::select! {
                () = live.cancelled() => Cut::Cancelled,
                () = sleep_until(deadline) => Cut::Timeout(order.prompt.timeout),
            }
        };
        let (worked, process) = self.work(&live, &order, cut).await;
        let discard = worked.discard.clone();
        self.finish(&live, &order, worked, began.elapsed()).await;
        // The slot is given back when the memory is.
        if let Some(process) = process {
            process.stop().await;
        }
        if let Some(conversation) = discard {
            self.remove_transcript(&conversation);
        }
        let folder = self.work_folder(&live.row.borrow().id);
        let _ = fs::remove_dir_all(folder);
        drop(place);
    }

    /// Records that it may cost from here on; false if it has to wait for runs at other instances.
    async fn started(&self, live: &Live, order: &Order) -> Result<bool, Refusal> {
        if let Some(session) = order.work.session() {
            // It may have been closed while the turn waited.
            self.open_session_row(&session.id).await?;
        }
        let mut row = live.row.borrow().clone();
        if row.stage == Stage::Running {
            return Ok(true);
        }
        row.stage = Stage::Running;
        match self.state.start(&row, &self.claims(order)).await? {
            Started::Now => {
                *live.row.borrow_mut() = row;
                Ok(true)
            }
            Started::Refused(refusal) => Err(refusal),
            Started::Waits => Ok(false),
            Started::Gone => Err(Refusal::unavailable(
                "this instance was cut off from the others while the run waited; nothing was spent",
            )),
        }
    }

    /// A session that takes turns.
    pub(super) async fn open_session_row(&self, id: &str) -> Result<SessionRow, Refusal> {
        let row = self.state.session(id).await?;
        let row = row.ok_or_else(|| Refusal::unknown("session"))?;
        match row.closed {
            None => Ok(row),
            Some(_) => Err(Refusal::new(410, "this session is closed")),
        }
    }

    /// Nothing was spent: the claim is given back, so that the key may be used again.
    async fn not_started(&self, live: &Rc<Live>, refusal: Refusal) {
        let row = live.row.borrow().clone();
        let why = refusal.sentence();
        self.audit_line("end", &row, json!({"outcome": "not_started", "error": why}));
        if let Err(error) = self.state.release(&row).await {
            self.report(error);
        }
        self.forget(live);
        live.finish(Answer {
            status: refusal.status,
            body: refusal.body.to_string().into(),
            retry_after: refusal.retry_after,
            text: None,
            stop_reason: "error".to_owned(),
            usage: None,
            error: Some(why),
        });
    }

    pub(super) fn forget(&self, live: &Live) {
        let row = live.row.borrow();
        self.live.borrow_mut().remove(&row.id);
        if let Some(session) = &row.session {
            self.sessions.release(session);
        }
    }
}
