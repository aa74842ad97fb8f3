//! The work of a run or a turn. Takes an order whose claim is on record; gives what the agent's
//! process reported, and the process itself if it has to be stopped.

use std::fs;
use std::pin::pin;

use serde_json::Value;

use super::agents::content::{acp_blocks, user_line};
use super::agents::drive::{Cut, Driven, drive};
use super::agents::launch::{Conversation, Launch};
use super::agents::process::Process;
use super::live::Live;
use super::prompt::message;
use super::result::judge;
use super::runs::{Order, RunOptions, Work};
use super::service::{CLAUDE, Service};
use super::state::SessionRow;
use super::transcript::Role;
use super::warm::Waiting;
use crate::net::now_micros;

/// What the work came to.
#[derive(Debug, Default)]
pub struct WorkResult {
    /// What the agent reported, or why it did not.
    pub driven: Driven,
    /// The end of what it wrote on stderr.
    pub stderr: String,
    /// The total cost of the session's turns before, in US dollars.
    pub before_usd: f64,
    /// The session's new row, after a turn that was answered.
    pub session: Option<SessionRow>,
    /// A conversation that has no answer yet; its transcript is removed once the process has ended.
    pub discard: Option<String>,
}

impl WorkResult {
    fn of(driven: Driven, stderr: String) -> WorkResult {
        WorkResult {
            driven,
            stderr,
            ..WorkResult::default()
        }
    }

    fn is_answered(&self) -> bool {
        judge(&self.driven, None).is_ok()
    }
}

impl Service {
    /// Does the work of an order, until it is done or `cut` is ready. The process, if there is one,
    /// is to be stopped by the caller.
    pub(super) async fn work(
        &self,
        live: &Live,
        order: &Order,
        cut: impl Future<Output = Cut>,
    ) -> (WorkResult, Option<Process>) {
        let worked = match &order.work {
            Work::Run(options) => self.run_once(live, order, options, cut).await,
            Work::Turn(session) if session.agent == CLAUDE => {
                self.take_turn(live, order, session, cut).await
            }
            Work::Turn(session) => self.take_acp_turn(live, order, session, cut).await,
        };
        worked.unwrap_or_else(|why| {
            let driven = Driven {
                broken: Some(std::io::Error::other(why)),
                ..Driven::default()
            };
            (WorkResult::of(driven, String::new()), None)
        })
    }

    /// A run of its own: a new process in an empty folder.
    async fn run_once(
        &self,
        live: &Live,
        order: &Order,
        options: &RunOptions,
        cut: impl Future<Output = Cut>,
    ) -> Result<(WorkResult, Option<Process>), String> {
        let line = message(self, &order.prompt.text, &order.prompt.files, user_line).await?;
        let folder = self.work_folder(&live.row.borrow().id);
        let empty = folder.join("empty");
        let broken = |error: std::io::Error| format!("cannot prepare the run: {error}");
        fs::create_dir_all(&empty).map_err(broken)?;
        let system = folder.join("system");
        if let Some((text, _)) = &options.system {
            fs::write(&system, text).map_err(broken)?;
        }
        let schema = options.schema.as_ref().map(Value::to_string);
        let token = &order.token;
        let budget_usd = match token.policy.usd_per_day {
            None => None,
            Some(most) => {
                let row = live.row.borrow().clone();
                let left = self.state.left_for(&row, most).await;
                let left = left.map_err(|error| error.to_string())?;
                if left <= 0.0 {
                    // Another run has cost more than was reserved for it.
                    return Err("the token's budget was spent before this could start".to_owned());
                }
                Some(left)
            }
        };
        let launch = Launch {
            model: &options.model,
            system: options
                .system
                .as_ref()
                .map(|(_, replaces)| (system.as_path(), *replaces)),
            effort: options.effort.as_deref(),
            tools: &token.policy.tools,
            schema: schema.as_deref(),
            budget_usd,
            partial: order.deltas,
            conversation: Conversation::Once,
        };
        let process = Process::start(self.claude(), &launch.arguments(), &empty);
        let mut process = process.map_err(|error| format!("cannot start claude: {error}"))?;
        let mut driven = drive(&mut process, &line, cut, |event| live.take(event)).await;
        process.close_stdin();
        if driven.is_ended() {
            driven.status = process.ended().await;
        }
        let stderr = process.stderr_after(driven.report.is_some()).await;
        Ok((WorkResult::of(driven, stderr), Some(process)))
    }

    /// A turn of a session: by the process that it kept, or by one that resumes it.
    async fn take_turn(
        &self,
        live: &Live,
        order: &Order,
        session: &SessionRow,
        cut: impl Future<Output = Cut>,
    ) -> Result<(WorkResult, Option<Process>), String> {
        // The session may have changed while the turn waited.
        let row = self.open_session_row(&session.id).await;
        let mut row = row.map_err(|refusal| refusal.sentence())?;
        let line = message(self, &order.prompt.text, &order.prompt.files, user_line).await?;
        let (mut process, before_usd) =
            self.process_of(&mut row, &order.token.policy.tools).await?;
        let mut driven = drive(&mut process, &line, cut, |event| live.take(event)).await;
        if driven.is_ended() {
            driven.status = process.ended().await;
        }
        let stderr = process.stderr_after(driven.report.is_some()).await;
        let mut worked = WorkResult {
            before_usd,
            ..WorkResult::of(driven, stderr)
        };
        if !worked.is_answered() {
            if row.turns == 0 {
                worked.discard = Some(row.conversation);
            } else {
                // What the turn has cost is to be recorded even if this is not.
                let noted = self.state.note_transcript(&row.id, row.transcript_bytes);
                if let Err(error) = noted.await {
                    self.report(error);
                }
            }
            return Ok((worked, Some(process)));
        }
        row.turns += 1;
        row.last_turn = Some(now_micros());
        row.transcript_bytes = self.transcript_bytes(&row);
        if worked.driven.out_of_step {
            worked.session = Some(row);
            return Ok((worked, Some(process)));
        }
        let report = worked.driven.report.as_ref();
        let total_usd = report.and_then(|report| report.total_usd());
        let kept = Waiting::Claude {
            process,
            total_usd: total_usd.unwrap_or(before_usd),
            conversation: row.conversation.clone(),
        };
        let ending = self.keep_warm(&row.id, kept);
        worked.session = Some(row);
        Ok((worked, ending))
    }

    /// A turn of a session of another agent. One whose turn failed is stopped, whatever it says: ACP has
    /// no way to take the turn back.
    async fn take_acp_turn(
        &self,
        live: &Live,
        order: &Order,
        session: &SessionRow,
        cut: impl Future<Output = Cut>,
    ) -> Result<(WorkResult, Option<Process>), String> {
        let row = self.open_session_row(&session.id).await;
        let mut row = row.map_err(|refusal| refusal.sentence())?;
        let mut cut = pin!(cut);
        let (mut acp, told) = tokio::select! {
            acp = self.acp_of(&mut row) => acp?,
            cut = &mut cut => {
                let driven = Driven { cut: Some(cut), ..Driven::default() };
                return Ok((WorkResult::of(driven, String::new()), None));
            }
        };
        let takes = acp.takes();
        let (text, files) = (&order.prompt.text, &order.prompt.files);
        let blocks = message(self, text, files, move |text, files| {
            acp_blocks(told.as_deref(), text, files, takes)
        });
        let blocks = blocks.await?;
        let transcript = self.transcript(&row);
        let unwritten = |error: std::io::Error| format!("cannot write the transcript: {error}");
        transcript.add(Role::User, text).map_err(unwritten)?;
        let tools = &order.token.policy.tools;
        let driven = acp
            .prompt(blocks, tools, cut, |event| live.take(event))
            .await;
        let stderr = acp.stderr_after(driven.report.is_some()).await;
        let mut worked = WorkResult::of(driven, stderr);
        if !worked.is_answered() {
            return Ok((worked, Some(acp.into_process())));
        }
        match transcript.add(Role::Assistant, &live.text()) {
            Ok(bytes) => row.transcript_bytes = bytes,
            // The next turn begins a new conversation, without this turn.
            Err(error) => self.report(unwritten(error)),
        }
        row.turns += 1;
        row.last_turn = Some(now_micros());
        let ending = self.keep_warm(&row.id, Waiting::Acp(acp));
        worked.session = Some(row);
        Ok((worked, ending))
    }

    /// Where a run's own files are.
    pub(super) fn work_folder(&self, id: &str) -> std::path::PathBuf {
        self.settings.folder.join("work").join(id)
    }
}
