//! What waits for a time: a time that was typed enters, and what ends the waiting leaves.

use std::future::Future;
use std::time::Duration;

use super::connection::ConnectionArgs;
use crate::clasp::client::timed::Timed;
use crate::error::{Failure, Kind};
use crate::term::Interrupt;
use crate::text::duration::InWords;
use crate::text::time::When;

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
        kind = interrupt.wait() => Err(Failure::new(kind, "interrupted: nothing was sent")),
        limit = deadline => Err(Failure::new(
            Kind::Deadline,
            format!("not within {}: nothing was sent", InWords(limit)),
        )),
    }
}
