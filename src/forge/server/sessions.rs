//! Sessions. Opens, closes and forgets them, and gives each turn its process.
//!
//! A session's process stays while there is memory for it, because a new one costs 0.35 s and half a
//! second of processor time. A turn that was not answered must leave no trace, but `claude` keeps its
//! prompt in the transcript and would send it again with the next one: the process is
//! stopped, and the transcript is cut back to where the last answered turn ended before another
//! process resumes it.

use std::fs;
use std::rc::Rc;

use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::agents::acp::Acp;
use super::agents::launch::{Conversation, Launch};
use super::agents::process::Process;
use super::limits::{ACP_OPEN_TIME, LEAST_PINNED};
use super::refusal::Refusal;
use super::service::{CLAUDE, Service, to_its_end};
use super::state::{SessionRow, hex, random};
use super::warm::{Waiting, Warm};
use crate::net::now_micros;

/// A random UUID (version 4).
fn uuid() -> Result<String, super::state::StateError> {
    let mut bytes = random::<16>()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    Ok(parts.join("-"))
}

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
            if let Ok((process, total_usd)) = self.process_of(&mut row, &new.tools) {
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
    pub(super) fn process_of(
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
            process.forget_stderr();
            row.conversation = conversation;
            if row.turns > 0 {
                // No turn is under way, so the whole transcript was answered.
                row.transcript_bytes = self.transcript_bytes(row);
            }
            return Ok((process, total_usd));
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
            let replaceable = warm
                .iter()
                .filter(|(_, warm)| warm.process.is_replaceable());
            let oldest = replaceable.min_by_key(|(_, warm)| warm.since);
            let oldest = oldest.map(|(id, _)| id.clone());
            ending = oldest.and_then(|id| warm.remove(&id));
            if ending.is_none() && process.is_replaceable() {
                return Some(process.into_process());
            }
        }
        let since = Instant::now();
        warm.insert(id.to_owned(), Warm { process, since });
        ending.map(|warm| warm.process.into_process())
    }

    /// The agent for a session's next turn: the one that it kept, or a new one, which goes on with the
    /// conversation if it can.
    pub(super) async fn acp_of(&self, row: &mut SessionRow) -> Result<Acp, String> {
        let warm = self.sessions.warm.borrow_mut().remove(&row.id);
        let kept = match warm.map(|warm| warm.process) {
            Some(Waiting::Acp(mut acp)) => acp.is_alive().then_some(acp),
            _ => None,
        };
        let acp = match kept {
            Some(acp) => acp,
            None => self.new_acp(row).await?,
        };
        // Also for a kept agent: while no turn was answered, the row on disk does not name the
        // conversation.
        acp.session().clone_into(&mut row.conversation);
        Ok(acp)
    }

    /// Starts an agent for a session.
    async fn new_acp(&self, row: &SessionRow) -> Result<Acp, String> {
        if self.sessions.pinned() >= self.settings.warm.max(LEAST_PINNED) {
            return Err(
                "too many sessions keep an agent that cannot be started again: close some".into(),
            );
        }
        let name = &row.agent;
        let program = self.programs.get(name);
        let program = program.ok_or_else(|| format!("there is no agent '{name}' any more"))?;
        let folder = self.state.folder().session(&row.id).join("work");
        let process = Process::start(program, &[], &folder);
        let process = process.map_err(|error| format!("cannot start {name}: {error}"))?;
        let resumed = Some(row.conversation.as_str()).filter(|_| row.turns > 0);
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
        to_its_end(closing).await
    }

    async fn close_and_stop(&self, id: &str) -> Result<Option<bool>, Refusal> {
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
    pub(super) async fn sweep_sessions(self: &Rc<Service>) {
        let rows = match self.state.sessions_here().await {
            Ok(rows) => rows,
            Err(error) => return self.report_error(error),
        };
        let now = now_micros();
        let micros = |limit: std::time::Duration| u64::try_from(limit.as_micros()).unwrap_or(0);
        let ttl = micros(self.settings.session_ttl);
        let keep = micros(self.settings.keep);
        for row in rows {
            let idle = now.saturating_sub(row.last_activity()) > ttl;
            match row.closed {
                None if idle && !self.sessions.is_busy(&row.id) => {
                    if let Err(refusal) = self.close_session(&row.id).await {
                        self.report(refusal.sentence());
                    }
                }
                Some(closed) if now.saturating_sub(closed) > keep => {
                    if row.agent == CLAUDE {
                        self.remove_transcript(&row.conversation);
                    }
                    let _ = fs::remove_dir_all(self.state.folder().session(&row.id));
                    if let Err(error) = self.state.forget_session(&row.id).await {
                        self.report_error(error);
                    }
                }
                // Another instance was asked to close it.
                Some(_) if self.sessions.is_live(&row.id) => self.stop_session(&row.id),
                _ => {}
            }
        }
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
