//! Why output could not be written, or is not what was asked for. Takes errors of the system and of
//! the filter; gives the kind of failure that decides the exit code.

use std::io;

use crate::error::{Failing, Kind};

/// Why the output is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader of the output has closed its end.
    #[error("the reader of the output has gone")]
    Closed,
    /// The filter of `--jq` called `halt`: no more output is wanted.
    #[error("the filter has called halt")]
    Halted,
    /// The output cannot be written, for example because the disk is full. The command has done its
    /// work, but not all of its output was printed; so it is [`Kind::Partial`].
    #[error("cannot write the output: {0}")]
    Write(#[source] io::Error),
    /// The filter failed on some documents of many.
    #[error("--jq failed on {failed} of {} documents", .failed + .passed)]
    Filter {
        /// How many it failed on.
        failed: u64,
        /// How many it succeeded on.
        passed: u64,
    },
    /// A document has no JSON form. That is a bug in trefoil.
    #[error("a document cannot be written as JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// With `--exit-status`, the last output of the filter was not true. It is not printed as text,
    /// because scripts ask this in an `if`.
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
