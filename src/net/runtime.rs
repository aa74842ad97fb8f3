//! Runs a conversation on this thread, and tells the time as messages carry it.

use std::future::Future;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Failure, Kind};

/// The time by this machine's clock, in µs since the epoch, as messages carry it.
pub fn now_micros() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
        })
}

/// Runs a conversation to its end on this thread: a one-shot has no use for a pool of them.
///
/// # Errors
/// When the system has no room for the descriptors that it takes.
pub fn block_on<F: Future>(conversation: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Connection, format!("cannot begin: {error}")))?;
    let output = runtime.block_on(conversation);
    // The system's resolver runs on a thread that cannot be stopped, and dropping the runtime would
    // wait for it: with a name server that does not answer, for half a minute.
    runtime.shutdown_background();
    Ok(output)
}
