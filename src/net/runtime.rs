//! Runs a future on this thread; reads the clock in the unit of the messages, and this machine's name.

use std::future::Future;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Failure, Kind};

/// The time of this machine's clock, in µs since the epoch.
pub fn now_micros() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
        })
}

/// The name of this machine.
pub fn host_name() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}

/// Runs a future to its end on this thread: a one-shot command needs no thread pool.
///
/// # Errors
/// When no file descriptors are left for the runtime.
pub fn block_on<F: Future>(conversation: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Connection, format!("cannot begin: {error}")))?;
    let output = runtime.block_on(conversation);
    // The system's resolver runs on a thread that cannot be stopped. Dropping the runtime would
    // wait for it, half a minute if the name server does not answer.
    runtime.shutdown_background();
    Ok(output)
}
