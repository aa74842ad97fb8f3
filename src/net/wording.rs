//! What the system says of a failed connection, in the words that all messages use.

use std::io;

/// What the system calls a failure, without its number.
pub fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        io::ErrorKind::ConnectionReset => "connection reset".into(),
        io::ErrorKind::BrokenPipe => "connection closed".into(),
        io::ErrorKind::UnexpectedEof => "connection cut off".into(),
        _ => error.to_string(),
    }
}
