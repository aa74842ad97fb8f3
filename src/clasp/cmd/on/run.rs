//! One run of the command. Takes a message, gives how it ended.

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

/// The longest value that goes into the environment, in bytes: Linux has room for 128 KiB a
/// variable.
const LONGEST: usize = 96 * 1024;

/// How many signals a run may be behind: who sends more than that means the last.
const SIGNALS: usize = 4;

/// Hands a signal to every run there is.
pub struct Signals(broadcast::Sender<Kind>);

impl Signals {
    /// No run hears of it yet.
    pub fn new() -> Signals {
        Signals(broadcast::Sender::new(SIGNALS))
    }

    /// Tells all runs.
    pub fn send(&self, kind: Kind) {
        // Nobody listens when nothing runs.
        let _ = self.0.send(kind);
    }
}

/// A run that is over.
pub struct Ran {
    /// What it was for.
    pub address: Box<str>,
    /// How it ended.
    pub how: How,
}

/// How a run ended.
pub enum How {
    /// With this exit status.
    Ended(u8),
    /// It did not begin.
    NotRun(CannotRun),
    /// Nobody knows.
    Unknown(Failure),
}

/// Makes a run of a record, to be awaited elsewhere.
pub fn run(
    argv: &[OsString],
    environment: &Environment,
    record: &Record<'_>,
    signals: &Signals,
) -> Pin<Box<dyn Future<Output = Ran>>> {
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
        let how = match command {
            Ok(command) => whole(command, &line, signals).await,
            Err(error) => How::NotRun(error),
        };
        Ran { address, how }
    })
}

/// What the environment says of a record.
fn describe(command: &mut Command, record: &Record<'_>) {
    command
        .env("TREFOIL_ADDRESS", record.address)
        .env("TREFOIL_TYPE", record.kind)
        // That of a run around this one.
        .env_remove("TREFOIL_VALUE");
    if let Some(value) = record.value
        && let Ok(json) = serde_json::to_string(value)
        && json.len() <= LONGEST
    {
        command.env("TREFOIL_VALUE", json);
    }
}

async fn whole(mut command: Command, line: &[u8], mut signals: broadcast::Receiver<Kind>) -> How {
    let mut child = match child::start(command.stdin(Stdio::piped())) {
        Ok(child) => child,
        Err(error) => return How::NotRun(error),
    };
    let stdin = child.stdin.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A command need not read what it does not want.
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
        Ok(status) => How::Ended(status),
        Err(failure) => How::Unknown(failure),
    }
}
