//! Exit codes. Takes a [`Kind`] of failure, as [`Failure::kind`](crate::error::Failure::kind) gives
//! it; gives the number for the shell. Nothing else decides.

use crate::error::Kind;

/// The service has done what was requested, as far as its protocol can tell.
pub const DONE: u8 = 0;

/// The exit code of a failure. Scripts depend on these: they are part of the interface.
pub fn code(kind: Kind) -> u8 {
    match kind {
        Kind::PipeClosed => DONE,
        Kind::Connection => 1,
        Kind::Usage => 2,
        Kind::TokenMissing => 3,
        Kind::Refused => 4,
        Kind::Service => 5,
        Kind::Negative => 6,
        Kind::Partial => 7,
        Kind::Deadline => 124,
        // The same numbers as in a shell.
        Kind::CommandNotRunnable => 126,
        Kind::CommandNotFound => 127,
        Kind::Interrupted => 130,
        Kind::Terminated => 143,
        Kind::Command(status) => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_documented_code() {
        let table = [
            (Kind::PipeClosed, 0),
            (Kind::Connection, 1),
            (Kind::Usage, 2),
            (Kind::TokenMissing, 3),
            (Kind::Refused, 4),
            (Kind::Service, 5),
            (Kind::Negative, 6),
            (Kind::Partial, 7),
            (Kind::Deadline, 124),
            (Kind::CommandNotRunnable, 126),
            (Kind::CommandNotFound, 127),
            (Kind::Interrupted, 130),
            (Kind::Terminated, 143),
            (Kind::Command(42), 42),
        ];
        for (kind, expected) in table {
            assert_eq!(code(kind), expected, "{kind:?}");
        }
    }
}
