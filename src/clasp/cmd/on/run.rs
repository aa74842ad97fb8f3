//! Runs the command once. Takes a message, gives how the run ended.

use std::ffi::OsString;
use std::future::pending;
use std::pin::Pin;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::broadcast;

use crate::clasp::record::Record;
use crate::config::child::Environment;
use crate::error::{Failure, Kind};
use crate::term::child::{self, CannotRun};

/// The longest value that is put into the environment, in bytes: Linux allows 128 KiB per variable.
const LONGEST: usize = 96 * 1024;

/// How many signals are buffered for a run; of more, the oldest are lost.
const SIGNALS: usize = 4;

/// Passes signals to all runs.
pub struct Signals(broadcast::Sender<Kind>);

impl Signals {
    /// Signals without receivers.
    pub fn new() -> Signals {
        Signals(broadcast::Sender::new(SIGNALS))
    }

    /// Passes a signal to all runs.
    pub fn send(&self, kind: Kind) {
        // Without runs there is no receiver, which is no error.
        let _ = self.0.send(kind);
    }
}

/// The result of a run.
pub struct RunResult {
    /// The address of its message.
    pub address: Box<str>,
    /// How it ended.
    pub outcome: RunOutcome,
}

/// How a run ended.
pub enum RunOutcome {
    /// It exited with this status.
    Ended(u8),
    /// It could not be started.
    NotRun(CannotRun),
    /// Its exit status could not be read.
    Unknown(Failure),
}

/// Prepares the run for a record; the caller awaits the future.
pub fn run(
    argv: &[OsString],
    environment: &Environment,
    record: &Record<'_>,
    signals: &Signals,
) -> Pin<Box<dyn Future<Output = RunResult>>> {
    let address = Box::from(record.address);
    let command = child::command(argv).map(|mut command| {
        child::set(&mut command, environment);
        describe(&mut command, record);
        command
    });
    let mut line = serde_json::to_vec(record).unwrap_or_default();
    line.push(b'\n');
    let signals = signals.0.subscribe();
    Box::pin(async move {
        let outcome = match command {
            Ok(command) => run_to_end(command, &line, signals).await,
            Err(error) => RunOutcome::NotRun(error),
        };
        RunResult { address, outcome }
    })
}

/// Sets the variables for a record.
fn describe(command: &mut Command, record: &Record<'_>) {
    command
        .env("TREFOIL_ADDRESS", record.address)
        .env("TREFOIL_TYPE", record.kind)
        // It may be inherited from an outer run.
        .env_remove("TREFOIL_VALUE");
    if let Some(value) = record.value
        && let Ok(json) = serde_json::to_string(value)
        && json.len() <= LONGEST
    {
        command.env("TREFOIL_VALUE", json);
    }
}

async fn run_to_end(
    mut command: Command,
    line: &[u8],
    mut signals: broadcast::Receiver<Kind>,
) -> RunOutcome {
    let mut child = match child::start(command.stdin(Stdio::piped())) {
        Ok(child) => child,
        Err(error) => return RunOutcome::NotRun(error),
    };
    let stdin = child.stdin.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            // The command may not read its stdin.
            let _ = stdin.write_all(line).await;
        }
        pending().await
    };
    let next = async || match signals.recv().await {
        Ok(kind) => kind,
        Err(_) => pending().await,
    };
    let ended = tokio::select! {
        ended = child::wait(&mut child, next) => ended,
        ended = feed => ended,
    };
    match ended {
        Ok(status) => RunOutcome::Ended(status),
        Err(failure) => RunOutcome::Unknown(failure),
    }
}
