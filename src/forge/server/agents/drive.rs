//! One prompt to `claude`. Takes its line; gives events, and at the end a report or the reason why
//! there is none.

use std::fmt::Write;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::time::Duration;

use anstream::adapter::strip_bytes;
use tokio::time::{Instant, timeout_at};

use super::content::interrupt_line;
use super::line::{AgentLine, AgentReport, Event, read};
use super::process::Process;
use crate::forge::server::limits::{FIRST_LINE_TIME, INTERRUPT_TIME};

/// Why a run was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Its time, which was this, is up.
    Timeout(Duration),
    /// It was cancelled.
    Cancelled,
    /// Its events are larger than the limit.
    TooLong,
}

/// How a prompt ended.
#[derive(Debug, Default)]
pub struct Driven {
    /// The report. A run that was cut off mostly has one, too: it contains the cost.
    pub report: Option<Box<AgentReport>>,
    /// Why it was cut off, if it was.
    pub cut: Option<Cut>,
    /// What went wrong with the pipes.
    pub broken: Option<io::Error>,
    /// Whether the prompt was sent to a process: only then may it have cost something.
    pub sent: bool,
    /// Whether the process has printed something of a turn that this prompt did not ask for. It takes no
    /// other prompt, which might get that turn's answer.
    pub out_of_step: bool,
    /// What the process printed.
    pub printed: Printed,
    /// How the process ended, if it ended without a report.
    pub status: Option<ExitStatus>,
}

/// What a process printed, as far as it explains that there is no report.
#[derive(Debug, Default, PartialEq)]
pub enum Printed {
    /// Nothing, or blank lines.
    #[default]
    Nothing,
    /// Lines of stream-json.
    Usable,
    /// Something else: the beginning of the first such line.
    Unusable(String),
}

impl Printed {
    /// How many characters of an unusable line are kept.
    const SHOWN: usize = 100;

    fn add(&mut self, line: &[u8], read: &AgentLine) {
        match (&self, read) {
            (Printed::Unusable(_), _) => {}
            (_, AgentLine::Unusable) => {
                // Only the beginning, because a line may have 64 MiB.
                let beginning = &line[..line.len().min(16 * Printed::SHOWN)];
                let plain = strip_bytes(beginning).into_vec();
                let text = String::from_utf8_lossy(&plain).replace(char::is_control, " ");
                let text = text.trim();
                *self = Printed::Unusable(match text.char_indices().nth(Printed::SHOWN) {
                    Some((end, _)) => format!("{}…", &text[..end]),
                    None => text.to_owned(),
                });
            }
            _ => *self = Printed::Usable,
        }
    }
}

impl Driven {
    /// Whether the process ended by itself, without a report.
    pub fn is_ended(&self) -> bool {
        self.report.is_none() && self.cut.is_none() && self.broken.is_none()
    }

    /// Why there is no report, from what is known of the process: `: it printed nothing; its exit status
    /// is 3`.
    pub fn traces(&self) -> String {
        let mut traces = match &self.printed {
            Printed::Nothing => ": it printed nothing".to_owned(),
            Printed::Usable => String::new(),
            Printed::Unusable(line) => format!(": it printed '{line}'"),
        };
        if let Some(code) = self.status.and_then(|status| status.code()) {
            let before = if traces.is_empty() { ':' } else { ';' };
            // Writing to a String does not fail.
            let _ = write!(traces, "{before} its exit status is {code}");
        }
        traces
    }
}

/// Discards what a process has printed since its last report: how many more reports were among it. Not when
/// it is at work without having been asked: it is to be ended then, and this says why.
///
/// # Errors
/// Why it can take no other prompt.
pub fn discard_pending(process: &mut Process) -> Result<usize, String> {
    let lines = process.pending_lines().map_err(|error| error.to_string())?;
    let mut reports = 0;
    for line in lines {
        match read(&line) {
            AgentLine::Report(_) => reports += 1,
            AgentLine::Begin | AgentLine::Events(_) => {
                return Err("it began a turn that no prompt asked for".to_owned());
            }
            AgentLine::Other | AgentLine::Unusable => {}
        }
    }
    Ok(reports)
}

/// Sends a line, and reads events until the report. `cut` is ready when the run is to be stopped; `take`
/// takes an event, and returns whether there is room for more.
pub async fn drive(
    process: &mut Process,
    line: &[u8],
    cut: impl Future<Output = Cut>,
    mut take: impl FnMut(Event) -> bool,
) -> Driven {
    let mut cut = pin!(cut);
    let mut driven = Driven::default();
    let sent = tokio::select! {
        sent = process.send(line) => sent,
        cut = &mut cut => {
            // What is not a whole line is no prompt.
            driven.cut = Some(cut);
            return driven;
        }
    };
    driven.sent = true;
    // A process that does not read any more may have printed why, or ends.
    driven.broken = sent
        .err()
        .filter(|error| error.kind() != io::ErrorKind::BrokenPipe);
    let mut has_begun = false;
    // A process that says when a turn begins has said it before anything that belongs to this prompt.
    let mut is_ours = !process.tells_begin;
    loop {
        let next = tokio::select! {
            next = process.next_line() => next,
            cut = &mut cut => {
                driven.cut = Some(cut);
                break;
            }
        };
        match next {
            Ok(Some(line)) => {
                has_begun = true;
                if line.trim_ascii().is_empty() {
                    continue;
                }
                let read = read(&line);
                driven.printed.add(&line, &read);
                match read {
                    AgentLine::Begin => {
                        process.tells_begin = true;
                        is_ours = true;
                    }
                    AgentLine::Report(_) | AgentLine::Events(_) if !is_ours => {
                        driven.out_of_step = true
                    }
                    AgentLine::Report(report) if report.is_of_background() => {
                        // Its events may have been taken for this prompt's.
                        let why = "the agent answered a task in the background, not the prompt";
                        driven.broken = Some(io::Error::other(why));
                        return driven;
                    }
                    AgentLine::Report(report) => {
                        driven.report = Some(report);
                        return driven;
                    }
                    AgentLine::Events(events) => {
                        if !events.into_iter().all(&mut take) {
                            driven.cut = Some(Cut::TooLong);
                            break;
                        }
                    }
                    AgentLine::Other | AgentLine::Unusable => {}
                }
            }
            Ok(None) => return driven,
            Err(error) => {
                driven.broken = Some(error);
                return driven;
            }
        }
    }
    driven.report = interrupted(process, has_begun).await;
    driven
}

/// Asks it to stop, and waits a moment for the report. One that has not begun to answer is perhaps being
/// started, and cannot hear it yet.
async fn interrupted(process: &mut Process, mut has_begun: bool) -> Option<Box<AgentReport>> {
    let after = |limit| Instant::now() + limit;
    let mut deadline = after(if has_begun {
        INTERRUPT_TIME
    } else {
        FIRST_LINE_TIME
    });
    let sent = timeout_at(deadline, process.send(&interrupt_line())).await;
    sent.ok()?.ok()?;
    while let Ok(Ok(Some(line))) = timeout_at(deadline, process.next_line()).await {
        if let AgentLine::Report(report) = read(&line) {
            return Some(report);
        }
        if !has_begun {
            has_begun = true;
            deadline = after(INTERRUPT_TIME);
        }
    }
    None
}
