//! One prompt to `claude`. Takes its line; gives events, and at the end a report or the reason why
//! there is none.

use std::future::Future;
use std::io;
use std::pin::pin;

use tokio::time::{Instant, timeout_at};

use super::content::interrupt_line;
use super::line::{Event, Line, Report, read};
use super::process::Process;
use crate::forge::server::limits::{FIRST_LINE_TIME, INTERRUPT_TIME};

/// Why a run was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Its time is up.
    Timeout,
    /// It was cancelled.
    Cancelled,
    /// Its events are larger than the limit.
    TooLong,
}

/// How a prompt ended.
#[derive(Debug, Default)]
pub struct Driven {
    /// The report. A run that was cut off mostly has one, too: it contains the cost.
    pub report: Option<Box<Report>>,
    /// Why it was cut off, if it was.
    pub cut: Option<Cut>,
    /// What went wrong with the pipes.
    pub broken: Option<io::Error>,
    /// Whether the prompt was sent to a process: only then may it have cost something.
    pub sent: bool,
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
    // A process that does not read any more may have printed why.
    driven.broken = sent.err();
    let mut has_begun = false;
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
                match read(&line) {
                    Line::Report(report) => {
                        driven.report = Some(report);
                        return driven;
                    }
                    Line::Events(events) => {
                        if !events.into_iter().all(&mut take) {
                            driven.cut = Some(Cut::TooLong);
                            break;
                        }
                    }
                    Line::Other => {}
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
async fn interrupted(process: &mut Process, mut has_begun: bool) -> Option<Box<Report>> {
    let after = |limit| Instant::now() + limit;
    let mut deadline = after(if has_begun {
        INTERRUPT_TIME
    } else {
        FIRST_LINE_TIME
    });
    let sent = timeout_at(deadline, process.send(&interrupt_line())).await;
    sent.ok()?.ok()?;
    while let Ok(Ok(Some(line))) = timeout_at(deadline, process.next_line()).await {
        if let Line::Report(report) = read(&line) {
            return Some(report);
        }
        if !has_begun {
            has_begun = true;
            deadline = after(INTERRUPT_TIME);
        }
    }
    None
}
