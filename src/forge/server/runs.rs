//! The life of a run or a turn: an [`Order`] enters, an [`Answer`] leaves and is kept.
//!
//! ```text
//! submit    refused by policy, queue or state   nothing was started, nothing is kept
//!           claimed on disk
//! wait      for a slot; cancelled or late       nothing was started, the claim is given back
//! work      a process, until it reports, fails or is cut off
//! finish    the answer, the cost and the session's new state, on disk in one commit
//! ```

use std::fs;
use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant as StdInstant};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep_until};

use super::agents::content::{Shown, acp_blocks, user_line};
use super::agents::drive::{Cut, Driven, drive};
use super::agents::launch::{Conversation, Launch};
use super::agents::process::{Process, last_words};
use super::live::{Answer, Live, Watch, WhenGone};
use super::refusal::Refusal;
use super::result;
use super::service::{CLAUDE, Place, Service, to_its_end};
use super::state::{
    Claim, FileRow, Outcome, RunRow, SessionRow, Spent, Stage, StateError, Store, TokenRow, day,
    hex, random, sha256,
};
use super::warm::Waiting;
use crate::net::now_micros;

/// What is to be said.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The words.
    pub text: String,
    /// What to look at.
    pub files: Vec<FileRow>,
    /// How long it may take, waiting included.
    pub timeout: Duration,
}

/// How it is to be answered.
#[derive(Debug, Clone)]
pub struct Manner {
    /// By which model.
    pub model: String,
    /// What the model is told beforehand, and whether that replaces what it knows.
    pub system: Option<(String, bool)>,
    /// How much it is to think.
    pub effort: Option<String>,
    /// A JSON Schema of the answer.
    pub schema: Option<Value>,
}

/// Something that costs money.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who wants it.
    pub token: TokenRow,
    /// What is to be said.
    pub prompt: Prompt,
    /// How, or in which session.
    pub work: Work,
    /// The `Idempotency-Key`.
    pub key: Option<String>,
    /// SHA-256 of the path and the body.
    pub request_sha256: String,
    /// What happens when nobody waits for it any more.
    pub when_gone: WhenGone,
    /// Whether pieces of text are wanted as they are written.
    pub deltas: bool,
}

/// What kind of work.
#[derive(Debug, Clone)]
pub enum Work {
    /// A run of its own.
    Run(Manner),
    /// A turn of this session.
    Turn(Box<SessionRow>),
}

/// What became of an order.
#[derive(Debug)]
pub enum Submitted {
    /// It is under way.
    Watch(Watch),
    /// It was answered before: the status and the body.
    Stored(u16, Vec<u8>),
}

/// What came of a process.
struct Worked {
    driven: Driven,
    stderr: String,
    /// The total cost of the turns before, in US dollars.
    before_usd: f64,
    /// The session after a turn that was answered.
    session: Option<SessionRow>,
    /// Whether a process was started at all.
    began: bool,
    /// A conversation that never had an answer, to be forgotten when its process has ended.
    discard: Option<String>,
}

impl From<StateError> for Refusal {
    fn from(error: StateError) -> Refusal {
        Refusal::new(500, error.to_string())
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
        if let Some(known) = self.answered_before(&order)? {
            return Ok(known);
        }
        self.check(&order)?;
        let policy = &order.token.policy;
        let mut place = self
            .line_up(&order.token.name, policy.running)
            .map_err(|_| Refusal::busy("too many runs of this token wait already", 5))?;
        let now = now_micros();
        let model = match &order.work {
            Work::Run(manner) => manner.model.clone(),
            Work::Turn(session) => session.model.clone(),
        };
        let row = RunRow {
            id: format!("run_{now:014x}{}", hex(&random::<6>()?)),
            token: order.token.name.clone(),
            session: match &order.work {
                Work::Run(_) => None,
                Work::Turn(session) => Some(session.id.clone()),
            },
            model,
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
        };
        if let Work::Turn(session) = &order.work {
            self.sessions.occupy(&session.id)?;
        }
        let live = Live::new(row.clone(), order.when_gone, order.deltas);
        // Before the claim is written, so that a second request with the same key finds one of both.
        self.live
            .borrow_mut()
            .insert(row.id.clone(), Rc::clone(&live));
        let claimed = self.store.call(move |store| store.claim(&row)).await;
        match claimed {
            Ok(Claim::New) => {}
            other => {
                self.forget(&live);
                return match other {
                    Ok(Claim::Known(known)) => self.known(&order, &known),
                    Ok(Claim::New) => unreachable!("it is handled above"),
                    Err(error) => Err(error.into()),
                };
            }
        }
        let watch = live.watch();
        tokio::task::spawn_local(Rc::clone(self).live_through(live, place, order));
        Ok(Submitted::Watch(watch))
    }

    /// What an order's key stands for, if it was used before.
    fn answered_before(&self, order: &Order) -> Result<Option<Submitted>, Refusal> {
        let Some(key) = &order.key else {
            return Ok(None);
        };
        let runs = self.store.runs_of(&order.token.name, Some(key), 1)?;
        match runs.first() {
            Some(row) => self.known(order, row).map(Some),
            None => Ok(None),
        }
    }

    fn known(&self, order: &Order, row: &RunRow) -> Result<Submitted, Refusal> {
        let conflict = |why: &str| {
            let mut refusal = Refusal::new(409, why);
            refusal.body["run_id"] = json!(row.id);
            refusal
        };
        if row.request_sha256 != order.request_sha256 {
            let why = "this Idempotency-Key was used for another request";
            return Err(conflict(why));
        }
        match (row.stage, self.store.answer(&row.id)?) {
            (Stage::Ended, Some(answer)) => {
                Ok(Submitted::Stored(row.status.unwrap_or(502), answer))
            }
            _ => Err(Refusal {
                retry_after: Some(2),
                ..conflict("the run of this Idempotency-Key is still under way")
            }),
        }
    }

    /// Whether it may be started at all.
    fn check(&self, order: &Order) -> Result<(), Refusal> {
        if self.is_stopping() {
            return Err(Refusal::unavailable("the service is about to stop"));
        }
        let agent = match &order.work {
            Work::Run(_) => CLAUDE,
            Work::Turn(session) => &session.agent,
        };
        if !self.has_agent(agent) {
            let path = self.path_of(agent).to_string_lossy();
            let why = format!("there is no '{path}' on this machine to run it");
            return Err(Refusal::unavailable(why));
        }
        if let Work::Turn(session) = &order.work {
            self.open_session_row(&session.id)?;
        }
        let policy = &order.token.policy;
        let model = match &order.work {
            Work::Run(manner) => &manner.model,
            Work::Turn(session) => &session.model,
        };
        policy.allows(model, order.prompt.timeout)?;
        let now = now_micros();
        let spent = self.store.spent(&day(now), &order.token.name)?;
        let second = now / 1_000_000;
        policy.affords(spent.cost_usd, 86_400 - second % 86_400)?;
        self.rates
            .borrow_mut()
            .count(&order.token.name, policy.per_minute, StdInstant::now())
    }

    /// From the claim to the answer.
    async fn live_through(self: Rc<Service>, live: Rc<Live>, mut place: Place, order: Order) {
        let began = Instant::now();
        let deadline = began + order.prompt.timeout;
        self.note(&live, &order);
        let waited = tokio::select! {
            () = place.slot() => Ok(()),
            () = live.cancelled() => Err("it was cancelled before it was started"),
            () = sleep_until(deadline) => Err("its time was up before it could be started"),
        };
        let started = match waited {
            Ok(()) => self.started(&live, &order).await,
            Err(why) => Err(Refusal::unavailable(format!("{why}; nothing was spent"))),
        };
        if let Err(refusal) = started {
            self.not_started(&live, refusal).await;
            return;
        }
        live.start();
        let cut = async {
            tokio::select! {
                () = live.cancelled() => Cut::Cancelled,
                () = sleep_until(deadline) => Cut::Timeout,
            }
        };
        let worked = match &order.work {
            Work::Run(manner) => self.run_once(&live, &order, manner, cut).await,
            Work::Turn(session) if session.agent == CLAUDE => {
                self.take_turn(&live, &order, session, cut).await
            }
            Work::Turn(session) => self.take_acp_turn(&live, &order, session, cut).await,
        };
        match worked {
            Ok((worked, ending)) => {
                let discard = worked.discard.clone();
                self.finish(&live, &order, worked, began.elapsed()).await;
                // The slot is given back when the memory is.
                if let Some(process) = ending {
                    process.stop().await;
                }
                if let Some(conversation) = discard {
                    self.remove_transcript(&conversation);
                }
            }
            Err(why) => {
                let worked = Worked {
                    driven: Driven {
                        report: None,
                        cut: None,
                        broken: Some(std::io::Error::other(why)),
                    },
                    stderr: String::new(),
                    before_usd: 0.0,
                    session: None,
                    began: false,
                    discard: None,
                };
                self.finish(&live, &order, worked, began.elapsed()).await;
            }
        }
        let folder = self.work_folder(&live.row.borrow().id);
        let _ = fs::remove_dir_all(folder);
        drop(place);
    }

    /// From here on it may cost, and the disk knows.
    async fn started(&self, live: &Live, order: &Order) -> Result<(), Refusal> {
        if let Work::Turn(session) = &order.work {
            // It may have been closed while the turn waited.
            self.open_session_row(&session.id)?;
        }
        let row = {
            let mut row = live.row.borrow_mut();
            if row.stage == Stage::Running {
                return Ok(());
            }
            row.stage = Stage::Running;
            row.clone()
        };
        Ok(self.store.call(move |store| store.start(&row)).await?)
    }

    /// A session that takes turns.
    fn open_session_row(&self, id: &str) -> Result<SessionRow, Refusal> {
        let row = self.store.session(id)?;
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
        if let Err(error) = self.store.call(move |store| store.release(&row)).await {
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

    fn forget(&self, live: &Live) {
        let row = live.row.borrow();
        self.live.borrow_mut().remove(&row.id);
        if let Some(session) = &row.session {
            self.sessions.release(session);
        }
    }

    /// A run of its own: a new process in an empty folder.
    async fn run_once(
        &self,
        live: &Live,
        order: &Order,
        manner: &Manner,
        cut: impl Future<Output = Cut>,
    ) -> Result<(Worked, Option<Process>), String> {
        let line = self.line_of(&order.prompt).await?;
        let folder = self.work_folder(&live.row.borrow().id);
        let empty = folder.join("empty");
        let broken = |error: std::io::Error| format!("cannot prepare the run: {error}");
        fs::create_dir_all(&empty).map_err(broken)?;
        let system = folder.join("system");
        if let Some((text, _)) = &manner.system {
            fs::write(&system, text).map_err(broken)?;
        }
        let schema = manner.schema.as_ref().map(Value::to_string);
        let spent = self.store.spent(&day(now_micros()), &order.token.name);
        let spent = spent.map_err(|error| error.to_string())?.cost_usd;
        let launch = Launch {
            model: &manner.model,
            system: manner
                .system
                .as_ref()
                .map(|(_, replaces)| (system.as_path(), *replaces)),
            effort: manner.effort.as_deref(),
            tools: &order.token.policy.tools,
            schema: schema.as_deref(),
            budget_usd: order.token.policy.usd_per_day.map(|most| most - spent),
            partial: order.deltas,
            conversation: Conversation::Once,
        };
        let process = Process::start(self.claude(), &launch.arguments(), &empty);
        let mut process = process.map_err(|error| format!("cannot start claude: {error}"))?;
        let driven = drive(&mut process, &line, cut, |event| live.take(event)).await;
        process.close_stdin();
        let stderr = match driven.report {
            Some(_) => process.stderr(),
            None => last_words(&mut process).await,
        };
        let worked = Worked {
            driven,
            stderr,
            before_usd: 0.0,
            session: None,
            began: true,
            discard: None,
        };
        Ok((worked, Some(process)))
    }

    /// A turn of a session: by the process that it kept, or by one that resumes it.
    async fn take_turn(
        &self,
        live: &Live,
        order: &Order,
        session: &SessionRow,
        cut: impl Future<Output = Cut>,
    ) -> Result<(Worked, Option<Process>), String> {
        // It may have changed while the turn waited.
        let row = self.open_session_row(&session.id);
        let mut row = row.map_err(|refusal| refusal.sentence())?;
        let line = self.line_of(&order.prompt).await?;
        let tools = &order.token.policy.tools;
        let (mut process, before_usd) = self.process_of(&mut row, tools)?;
        let driven = drive(&mut process, &line, cut, |event| live.take(event)).await;
        let answered = driven.cut.is_none()
            && driven
                .report
                .as_ref()
                .is_some_and(|report| report.answer(false).is_ok());
        let stderr = match driven.report {
            Some(_) => process.stderr(),
            None => last_words(&mut process).await,
        };
        let mut worked = Worked {
            driven,
            stderr,
            before_usd,
            session: None,
            began: true,
            discard: None,
        };
        if !answered {
            if row.turns == 0 {
                worked.discard = Some(row.conversation);
            } else {
                let (id, bytes) = (row.id, row.transcript_bytes);
                let noted = self
                    .store
                    .call(move |store| store.note_transcript(&id, bytes));
                noted.await.map_err(|error| error.to_string())?;
            }
            return Ok((worked, Some(process)));
        }
        row.turns += 1;
        row.last_turn = Some(now_micros());
        row.transcript_bytes = self.transcript_bytes(&row);
        let total = worked.driven.report.as_ref().and_then(|r| r.total_usd());
        let process = Waiting::Claude(process);
        let ending = self.keep_warm(&row, process, total.unwrap_or(before_usd));
        worked.session = Some(row);
        Ok((worked, ending))
    }

    /// A turn of a session of another agent. What such an agent remembers of a turn that failed is its
    /// own affair: ACP has no way to take it back.
    async fn take_acp_turn(
        &self,
        live: &Live,
        order: &Order,
        session: &SessionRow,
        cut: impl Future<Output = Cut>,
    ) -> Result<(Worked, Option<Process>), String> {
        let row = self.open_session_row(&session.id);
        let mut row = row.map_err(|refusal| refusal.sentence())?;
        let mut cut = pin!(cut);
        let not_begun = |cut| Worked {
            driven: Driven {
                report: None,
                cut: Some(cut),
                broken: None,
            },
            stderr: String::new(),
            before_usd: 0.0,
            session: None,
            began: false,
            discard: None,
        };
        let mut acp = tokio::select! {
            acp = self.acp_of(&mut row) => acp?,
            cut = &mut cut => return Ok((not_begun(cut), None)),
        };
        let (text, files) = (order.prompt.text.clone(), order.prompt.files.clone());
        let takes = acp.takes();
        let read = self.store.call(move |store| {
            Ok(read_files(store, &files).and_then(|files| acp_blocks(&text, &files, takes)))
        });
        let blocks = match read.await.map_err(|error| error.to_string()).flatten() {
            Ok(blocks) => blocks,
            Err(why) => {
                let ending = self.keep_warm(&row, Waiting::Acp(acp), 0.0);
                drop(ending);
                return Err(why);
            }
        };
        let tools = &order.token.policy.tools;
        let driven = acp
            .prompt(blocks, tools, cut, |event| live.take(event))
            .await;
        let answered = driven.cut.is_none()
            && driven
                .report
                .as_ref()
                .is_some_and(|report| report.answer(false).is_ok());
        let mut worked = Worked {
            driven,
            stderr: acp.stderr().await,
            before_usd: 0.0,
            session: None,
            began: true,
            discard: None,
        };
        let usable = acp.is_usable();
        let ending = if usable {
            self.keep_warm(&row, Waiting::Acp(acp), 0.0)
        } else {
            Some(acp.into_process())
        };
        if answered {
            row.turns += 1;
            row.last_turn = Some(now_micros());
            worked.session = Some(row);
        }
        Ok((worked, ending))
    }

    /// What is written to the agent's stdin.
    async fn line_of(&self, prompt: &Prompt) -> Result<Vec<u8>, String> {
        let (text, files) = (prompt.text.clone(), prompt.files.clone());
        let read = self
            .store
            .call(move |store| Ok(read_line(store, &text, &files)));
        read.await.map_err(|error| error.to_string())?
    }

    /// Where a run's own files are.
    fn work_folder(&self, id: &str) -> std::path::PathBuf {
        self.settings.folder.join("work").join(id)
    }

    /// Judges what came of it, puts that on disk, and tells whoever watches.
    async fn finish(&self, live: &Rc<Live>, order: &Order, worked: Worked, took: Duration) {
        let mut row = live.row.borrow().clone();
        let Worked {
            driven,
            stderr,
            before_usd,
            session,
            began,
            ..
        } = worked;
        let report = driven.report.as_deref();
        let schema = match &order.work {
            Work::Run(manner) => manner.schema.as_ref(),
            Work::Turn(_) => None,
        };
        let verdict = judge(&driven, schema);
        let now = now_micros();
        row.ended = Some(now);
        row.stage = Stage::Ended;
        row.cost_usd = match report {
            Some(report) => report.cost_usd(before_usd),
            None if !began => Some(0.0),
            None => None,
        };
        row.outcome = Some(match (&verdict, driven.cut) {
            (Ok(_), _) => Outcome::Ok,
            (Err(_), Some(Cut::Timeout)) => Outcome::Timeout,
            (Err(_), Some(Cut::Cancelled)) => Outcome::Cancelled,
            (Err(_), _) => Outcome::Failed,
        });
        let stop_reason = match (&verdict, driven.cut) {
            (Ok(_), _) => report.and_then(|r| r.stop_reason()).unwrap_or("end_turn"),
            (Err(_), Some(Cut::Timeout)) => "timeout",
            (Err(_), Some(Cut::Cancelled)) => "cancelled",
            (Err(_), _) => "error",
        }
        .to_owned();
        let usage = report.and_then(|report| report.usage()).cloned();
        let mut body = Map::new();
        let (status, text, error) = match verdict {
            Ok(answer) => {
                let text = answer
                    .as_str()
                    .map_or_else(|| answer.to_string(), str::to_owned);
                if let Value::String(text) = &answer {
                    live.complete(text);
                }
                body.insert("ok".into(), json!(true));
                match &session {
                    None => {
                        body.insert("result".into(), result::of(answer));
                    }
                    Some(session) => {
                        body.insert("session_id".into(), json!(session.id));
                        body.insert("turn_index".into(), json!(session.turns));
                        let events = live.events();
                        let events = events.iter().filter(|event| event.name() != "delta");
                        let events: Vec<Value> = events.map(|event| event.json()).collect();
                        body.insert("events".into(), Value::Array(events));
                    }
                }
                (200, Some(text), None)
            }
            Err(why) => {
                body.insert("error".into(), json!(why));
                body.insert("stderr".into(), json!(stderr));
                (502, None, Some(why))
            }
        };
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        body.insert("duration_ms".into(), json!(ms));
        body.insert("stop_reason".into(), json!(stop_reason));
        body.insert("run_id".into(), json!(row.id));
        body.insert("cost_usd".into(), json!(row.cost_usd));
        body.insert("usage".into(), usage.clone().unwrap_or(Value::Null));
        row.status = Some(status);
        let bytes = Value::Object(body).to_string().into_bytes();
        let spent = Spent::of(&row, usage.as_ref());
        self.audit_line(
            "end",
            &row,
            json!({"outcome": row.outcome, "stop_reason": stop_reason, "status": status,
                   "cost_usd": row.cost_usd, "duration_ms": ms, "error": error}),
        );
        let stored = {
            let (row, bytes) = (row.clone(), bytes.clone());
            let write = move |store: &Store| {
                store.finish(&row, &bytes, &day(now), &spent, session.as_ref())
            };
            self.store.call(write).await
        };
        if let Err(error) = stored {
            // The client gets what it paid for all the same.
            self.report(error);
        }
        *live.row.borrow_mut() = row;
        self.forget(live);
        live.finish(Answer {
            status,
            body: Bytes::from(bytes),
            retry_after: None,
            text,
            stop_reason,
            usage,
            error,
        });
    }

    /// The audit log's line before.
    fn note(&self, live: &Live, order: &Order) {
        let mut fields = json!({
            "model": live.row.borrow().model,
            "prompt_sha256": sha256(order.prompt.text.as_bytes()),
            "prompt_bytes": order.prompt.text.len(),
            "files": order.prompt.files.len(),
        });
        if self.settings.audit_prompts {
            fields["prompt"] = json!(order.prompt.text);
        }
        self.audit_line("start", &live.row.borrow(), fields);
    }

    fn audit_line(&self, event: &str, row: &RunRow, mut fields: Value) {
        let mut record = json!({"run": row.id, "kind": row.kind(), "token": row.token,
                                "session": row.session});
        if let (Some(record), Some(fields)) = (record.as_object_mut(), fields.as_object_mut()) {
            record.append(fields);
        }
        if let Err(error) = self.audit.record(now_micros(), event, record) {
            self.report(format!("the audit log cannot be written: {error}"));
        }
    }
}

/// The answer, or why there is none.
fn judge(driven: &Driven, schema: Option<&Value>) -> Result<Value, String> {
    let why = match (driven.cut, &driven.report, &driven.broken) {
        (Some(Cut::Timeout), ..) => "its time was up",
        (Some(Cut::Cancelled), ..) => "it was cancelled",
        (Some(Cut::TooLong), ..) => "it said more than is kept",
        (None, Some(report), _) => {
            let answer = report.answer(schema.is_some())?;
            return match schema {
                Some(schema) => result::fitting(answer, schema),
                None => Ok(answer),
            };
        }
        (None, None, Some(error)) => return Err(error.to_string()),
        (None, None, None) => "the agent ended without a result",
    };
    Err(why.to_owned())
}

/// Whether files can be shown to this agent. What an ACP agent takes is known only once it runs: here
/// it is assumed to take all that ACP can carry.
///
/// # Errors
/// 422.
pub async fn check_files(service: &Service, agent: &str, files: &[FileRow]) -> Result<(), Refusal> {
    if files.is_empty() {
        return Ok(());
    }
    let (is_claude, files) = (agent == CLAUDE, files.to_vec());
    let checked = service.store.call(move |store| {
        Ok(read_files(store, &files).and_then(|files| {
            if is_claude {
                user_line("", &files).map(drop)
            } else {
                acp_blocks("", &files, (true, true)).map(drop)
            }
        }))
    });
    checked.await?.map_err(|why| Refusal::field("files", why))
}

fn read_line(store: &Store, text: &str, files: &[FileRow]) -> Result<Vec<u8>, String> {
    user_line(text, &read_files(store, files)?)
}

fn read_files(store: &Store, files: &[FileRow]) -> Result<Vec<Shown>, String> {
    let mut shown = Vec::with_capacity(files.len());
    for file in files {
        let bytes = fs::read(store.file_path(&file.id));
        shown.push(Shown {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: bytes.map_err(|error| format!("cannot read '{}': {error}", file.name))?,
        });
    }
    Ok(shown)
}
