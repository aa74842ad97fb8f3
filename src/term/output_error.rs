//! Why output could not be written, or is not what was asked for. Takes what the system or the
//! filter reports, gives the kind of failure that decides the exit code.

use std::io;

use crate::error::{Failing, Kind};

/// Why the output is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// Whoever read the output has gone.
    #[error("the reader of the output has gone")]
    Closed,
    /// The filter of `--jq` called `halt`: the user has seen enough.
    #[error("the filter has called halt")]
    Halted,
    /// The output cannot be written: a full disk, for one. What the command did is done, but what
    /// it had to say is not all said, which is what [`Kind::Partial`] tells.
    #[error("cannot write the output: {0}")]
    Write(#[source] io::Error),
    /// The filter failed on some documents of many.
    #[error("--jq failed on {failed} of {} documents", .failed + .passed)]
    Filter {
        /// How many it failed on.
        failed: u64,
        /// How many it did its work on.
        passed: u64,
    },
    /// A document has no JSON form. That is a mistake in this program.
    #[error("a document cannot be written as JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// `--exit-status`, and the last output of the filter was not true. Scripts ask this in an
    /// `if`, so as text it is not printed.
    #[error("--jq gave {0}")]
    NotTrue(&'static str),
}

impl Failing for OutputError {
    fn kind(&self) -> Kind {
        match self {
            OutputError::Closed | OutputError::Halted => Kind::PipeClosed,
            OutputError::Write(_) => Kind::Partial,
            OutputError::Filter { passed: 0, .. } => Kind::Usage,
            OutputError::Filter { .. } => Kind::Partial,
            OutputError::NotJson(_) => Kind::Service,
            OutputError::NotTrue(_) => Kind::Negative,
        }
    }
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => OutputError::Closed,
            _ => OutputError::Write(error),
        }
    }
}
