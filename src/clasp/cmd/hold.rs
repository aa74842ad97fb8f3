//! Helpers for commands that wait for a time given with `--at`. Takes the time or a future; gives
//! its result, or the failure that ended the wait.

use std::future::Future;
use std::time::Duration;

use super::connection::ConnectionArgs;
use crate::clasp::client::Error;
use crate::clasp::client::timed::TimedConnection;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::Interrupt;
use crate::text::duration::InWords;
use crate::text::time::When;

/// How long to wait for the reply to a request that was sent at its time.
const ANSWER: Duration = Duration::from_secs(5);

/// Waits for a reply, but not for ever, also in a command without a deadline.
///
/// # Errors
/// [`Kind::Partial`] when no reply comes, else the error of the reply.
pub async fn answered<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            let outcome = error.effect();
            Err(Failure::from(error).with_outcome(outcome))
        }
        Err(_) => Err(Failure::new(
            Kind::Partial,
            format!(
                "the router did not answer within {}: whether it was done is unknown",
                InWords(ANSWER)
            ),
        )
        .with_outcome(Outcome::Unknown)),
    }
}

/// Converts a typed time to the router's clock.
///
/// # Errors
/// A usage failure when the time is past.
pub fn future(at: When, timed: &TimedConnection) -> Result<u64, Failure> {
    let now = timed.clock.now();
    let at = at.micros(now);
    if at < now {
        let ago = Duration::from_micros(now - at);
        return Err(Failure::usage(format!(
            "--at is past: by the router's clock it was {} ago",
            InWords(ago)
        ))
        .with_hint("The router's time: trefoil clasp time"));
    }
    Ok(at)
}

/// Runs the steps before anything is sent. If a signal or the deadline ends them, the failure says
/// so.
///
/// # Errors
/// A signal or the deadline, with the information that nothing was sent.
pub async fn held<T>(
    connection: &ConnectionArgs,
    interrupt: &mut Interrupt,
    ready: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let deadline = async {
        match connection.timeout() {
            Some(limit) => {
                tokio::time::sleep(limit).await;
                limit
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ready = ready => ready,
        kind = interrupt.wait() => Err(Failure::new(kind, "interrupted: nothing was sent")
            .with_outcome(Outcome::NotSent)),
        limit = deadline => Err(Failure::new(
            Kind::Deadline,
            format!("not within {}: nothing was sent", InWords(limit)),
        )
        .with_outcome(Outcome::NotSent)),
    }
}
