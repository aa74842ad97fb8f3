//! Sessions. Opens, closes and forgets them, and gives each turn its process.
//!
//! A session's process stays while there is memory for it, because a new one costs 0.35 s and half a
//! second of processor time. A turn that was not answered must leave no trace, but `claude` keeps its
//! prompt in the transcript and would send it again with the next one: the process is
//! stopped, and the transcript is cut back to where the last answered turn ended before another
//! process resumes it. Other agents keep what was said where nobody else can cut it, so the service has
//! a transcript of its own ([`Transcript`]) to begin their conversation anew with.

use std::fs;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::agents::acp::Acp;
use super::agents::drive::discard_pending;
use super::agents::launch::{Conversation, Launch};
use super::agents::process::Process;
use super::limits::ACP_OPEN_TIME;
use super::refusal::Refusal;
use super::service::{CLAUDE, Service, to_its_end};
use super::state::{Due, SessionRow, StateError};
use super::transcript::Transcript;
use super::warm::{Waiting, Warm};
use crate::ids::{hex, random, uuid};
use crate::net::now_micros;

/// What a new session is to be.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose.
    pub token: String,
    /// Who answers.
    pub agent: String,
    /// The model.
    pub model: String,
    /// What the model is told beforehand, and whether that replaces what it knows.
    pub system: Option<(String, bool)>,
    /// How much it is to think.
    pub effort: Option<String>,
    /// What the caller wants to be remembered.
    pub meta: Value,
    /// The tools that its token may use.
    pub tools: Vec<String>,
}

impl Service {
    /// Opens a session. Its process is started at once if there is room, so that it is ready when
    /// the first prompt comes.
    ///
    /// # Errors
    /// The state's.
    pub async fn open_session(self: &Rc<Service>, new: NewSession) -> Result<SessionRow, Refusal> {
        let now = now_micros();
        let mut row = SessionRow {
            id: format!("sess_{now:014x}{}", hex(&random::<8>()?)),
            token: new.token,
            agent: new.agent,
            model: new.model,
            system: new.system,
            effort: new.effort,
            meta: new.meta,
            created: now,
            last_turn: None,
            turns: 0,
            closed: None,
            conversation: String::new(),
            transcript_bytes: 0,
            instance: self.state.instance().map(str::to_owned),
        };
        let folder = self.state.folder().session(&row.id);
        let failed = |error: std::io::Error| Refusal::new(500, error.to_string());
        fs::create_dir_all(folder.join("work")).map_err(failed)?;
        if let Some((text, _)) = &row.system {
            fs::write(folder.join("system"), text).map_err(failed)?;
        }
        self.state.put_session(&row).await?;
        let room = self.sessions.warm.borrow().len() < self.settings.warm;
        let is_claude = row.agent == CLAUDE;
        if room && is_claude && self.has_agent(CLAUDE) && !self.is_stopping() {
            // If it fails, the first turn reports why.
            if let Ok((process, total_usd)) = self.process_of(&mut row, &new.tools).await {
                let conversation = row.conversation.clone();
                let kept = Waiting::Claude {
                    process,
                    total_usd,
                    conversation,
                };
                drop(self.keep_warm(&row.id, kept));
            }
        }
        Ok(row)
    }

    /// The process for a session's next turn, and what its conversation has cost before.
    pub(super) async fn process_of(
        &self,
        row: &mut SessionRow,
        tools: &[String],
    ) -> Result<(Process, f64), String> {
        let warm = self.sessions.warm.borrow_mut().remove(&row.id);
        if let Some(warm) = warm
            && let Waiting::Claude {
                mut process,
                total_usd,
                conversation,
            } = warm.process
            && process.is_alive()
        {
            row.conversation = conversation;
            match discard_pending(&mut process) {
                Ok(reports) => {
                    if reports > 0 {
                        let id = &row.id;
                        let why = "more results than prompts; they were discarded";
                        self.report(format!("session {id}: its agent has printed {why}"));
                    }
                    process.forget_stderr();
                    if row.turns > 0 {
                        // No turn is under way, so the whole transcript was answered.
                        row.transcript_bytes = self.transcript_bytes(row);
                    }
                    return Ok((process, total_usd));
                }
                Err(why) => {
                    let id = &row.id;
                    self.report(format!("session {id}: its agent is ended, because {why}"));
                    // Before its transcript is cut.
                    process.stop().await;
                }
            }
        }
        let folder = self.state.folder().session(&row.id);
        let system = folder.join("system");
        let conversation = match row.turns {
            // A UUID that was used by a first turn that failed cannot be used again.
            0 => {
                self.remove_transcript(&row.conversation);
                row.conversation = uuid().map_err(|error| error.to_string())?;
                Conversation::New(&row.conversation)
            }
            _ => {
                self.cut_transcript(row)?;
                Conversation::Resumed(&row.conversation)
            }
        };
        let launch = Launch {
            model: &row.model,
            system: row
                .system
                .as_ref()
                .map(|(_, replaces)| (system.as_path(), *replaces)),
            effort: row.effort.as_deref(),
            tools,
            schema: None,
            budget_usd: None,
            partial: true,
            conversation,
        };
        let process = Process::start(self.claude(), &launch.arguments(), &folder.join("work"));
        let process = process.map_err(|error| format!("cannot start claude: {error}"))?;
        Ok((process, 0.0))
    }

    /// Keeps the process of a session for the next turn; returns one that has to end for it, or this
    /// one.
    pub(super) fn keep_warm(&self, id: &str, process: Waiting) -> Option<Process> {
        if self.is_stopping() {
            return Some(process.into_process());
        }
        let mut warm = self.sessions.warm.borrow_mut();
        let mut ending = None;
        if warm.len() >= self.settings.warm {
            let oldest = warm.iter().min_by_key(|(_, warm)| warm.since);
            let oldest = oldest.map(|(id, _)| id.clone());
            ending = oldest.and_then(|id| warm.remove(&id));
            if ending.is_none() {
                return Some(process.into_process());
            }
        }
        let since = Instant::now();
        warm.insert(id.to_owned(), Warm { process, since });
        ending.map(|warm| warm.process.into_process())
    }

    /// The agent for a session's next turn, and what it has to be told of the turns before: nothing if
    /// it is the one that was kept, or a new one that can load the conversation.
    pub(super) async fn acp_of(
        &self,
        row: &mut SessionRow,
    ) -> Result<(Acp, Option<String>), String> {
        let warm = self.sessions.warm.borrow_mut().remove(&row.id);
        if let Some(Waiting::Acp(mut acp)) = warm.map(|warm| warm.process)
            && acp.is_alive()
        {
            return Ok((acp, None));
        }
        let transcript = self.transcript(row);
        let is_sound = transcript.bytes() == row.transcript_bytes;
        let resumed = (row.turns > 0 && is_sound).then_some(row.conversation.as_str());
        let acp = self.new_acp(row, resumed).await?;
        acp.session().clone_into(&mut row.conversation);
        if acp.is_resumed() {
            return Ok((acp, None));
        }
        let lost = |error| format!("what was said in this session is lost: {error}");
        transcript.cut(row.transcript_bytes).map_err(lost)?;
        let told = match row.turns {
            0 => None,
            _ => Some(transcript.told().map_err(lost)?),
        };
        Ok((acp, told))
    }

    /// What was said in a session with an ACP agent.
    pub(super) fn transcript(&self, row: &SessionRow) -> Transcript {
        Transcript::of(&self.state.folder().session(&row.id))
    }

    /// Starts an agent for a session; it goes on with a conversation if it can.
    async fn new_acp(&self, row: &SessionRow, resumed: Option<&str>) -> Result<Acp, String> {
        let name = &row.agent;
        let program = self.programs.get(name);
        let program = program.ok_or_else(|| format!("there is no agent '{name}' any more"))?;
        let folder = self.state.folder().session(&row.id).join("work");
        let process = Process::start(program, &[], &folder);
        let process = process.map_err(|error| format!("cannot start {name}: {error}"))?;
        let folder = folder.to_string_lossy();
        let acp = timeout(ACP_OPEN_TIME, Acp::open(process, &folder, resumed)).await;
        let acp = acp.unwrap_or_else(|_| Err("it does not answer".to_owned()));
        acp.map_err(|why| format!("{name} cannot open a session: {why}"))
    }

    /// How long the transcript of a session is.
    pub(super) fn transcript_bytes(&self, row: &SessionRow) -> u64 {
        let path = self.claude().environment.transcript(&row.conversation);
        let length = path.and_then(|path| path.metadata().ok());
        length.map_or(row.transcript_bytes, |found| found.len())
    }

    /// Removes from the transcript what a turn without an answer has left.
    fn cut_transcript(&self, row: &SessionRow) -> Result<(), String> {
        let lost = "what was said in this session is lost: claude's transcript is not there";
        let path = self.claude().environment.transcript(&row.conversation);
        let path = path.ok_or(lost)?;
        let cut = || -> std::io::Result<()> {
            let file = fs::OpenOptions::new().write(true).open(&path)?;
            if file.metadata()?.len() > row.transcript_bytes {
                file.set_len(row.transcript_bytes)?;
            }
            Ok(())
        };
        cut().map_err(|error| format!("cannot put the transcript in order: {error}"))
    }

    /// Removes the transcript of a conversation.
    pub(super) fn remove_transcript(&self, conversation: &str) {
        if let Some(path) = self.claude().environment.transcript(conversation) {
            let _ = fs::remove_file(&path);
            // Only if nothing else is in it.
            let _ = path.parent().map(fs::remove_dir);
        }
    }

    /// Closes a session and stops what runs of it: whether it was open. None if it is not there.
    ///
    /// # Errors
    /// The state's.
    pub async fn close_session(self: &Rc<Service>, id: &str) -> Result<Option<bool>, Refusal> {
        let (service, id) = (Rc::clone(self), id.to_owned());
        let closing = async move { service.close_and_stop(&id).await };
        Ok(to_its_end(closing).await?)
    }

    async fn close_and_stop(&self, id: &str) -> Result<Option<bool>, StateError> {
        let closed = self.state.close_session(id, now_micros()).await?;
        self.stop_session(id);
        Ok(closed.map(|(was_open, _)| was_open))
    }

    /// Stops what runs of a session.
    fn stop_session(&self, id: &str) {
        for live in self.live.borrow().values() {
            if live.row.borrow().session.as_deref() == Some(id) {
                live.cancel();
            }
        }
        if let Some(process) = self.sessions.take_warm(id) {
            tokio::task::spawn_local(process.stop());
        }
    }

    /// Closes what has been idle for too long, and forgets what was closed long ago.
    ///
    /// # Errors
    /// The state's.
    pub(super) async fn sweep_sessions(&self) -> Result<(), StateError> {
        let now = now_micros();
        let before = |limit: Duration| {
            now.saturating_sub(u64::try_from(limit.as_micros()).unwrap_or(u64::MAX))
        };
        let closed_before = before(self.settings.keep);
        let due = Due {
            idle_since: before(self.settings.session_ttl),
            closed_before,
            live: self.sessions.live(),
        };
        for row in self.state.sessions_due(due).await? {
            match row.closed {
                None if self.sessions.is_busy(&row.id) => {}
                None => {
                    self.close_and_stop(&row.id).await?;
                }
                Some(closed) if closed < closed_before => {
                    if row.agent == CLAUDE {
                        self.remove_transcript(&row.conversation);
                    }
                    let _ = fs::remove_dir_all(self.state.folder().session(&row.id));
                    self.state.forget_session(&row.id).await?;
                }
                // Another instance was asked to close it.
                Some(_) => self.stop_session(&row.id),
            }
        }
        Ok(())
    }

    /// Stops the processes that wait for a turn.
    pub(super) async fn stop_warm(&self) {
        let warm: Vec<Warm> = self
            .sessions
            .warm
            .borrow_mut()
            .drain()
            .map(|(_, warm)| warm)
            .collect();
        let stops = warm
            .into_iter()
            .map(|warm| warm.process.into_process().stop());
        futures_util::future::join_all(stops).await;
    }
}
