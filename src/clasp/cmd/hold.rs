//! Waiting for a time that was typed. Takes the time, and gives what ended the waiting.

use std::future::Future;
use std::time::Duration;

use super::connection::ConnectionArgs;
use crate::clasp::client::Error;
use crate::clasp::client::timed::Timed;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::Interrupt;
use crate::text::duration::InWords;
use crate::text::time::When;

/// How long the router may take to answer what was sent when it was time.
const ANSWER: Duration = Duration::from_secs(5);

/// The answer to what was sent: a command without a deadline does not wait for it for ever.
///
/// # Errors
/// [`Kind::Partial`] when none comes, else the answer's own.
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

/// A time that was typed, by the router's clock.
///
/// # Errors
/// A usage failure when it is past.
pub fn future(at: When, timed: &Timed) -> Result<u64, Failure> {
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

/// Does what comes before anything is sent, so that whatever ends it can say so.
///
/// # Errors
/// A signal or the deadline, with the word that nothing was sent.
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
