//! The wording of I/O errors in all messages about connections.

use std::io;

/// The text of an I/O error, without the number of the system.
pub fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        io::ErrorKind::ConnectionReset => "connection reset".into(),
        io::ErrorKind::BrokenPipe => "connection closed".into(),
        io::ErrorKind::UnexpectedEof => "connection cut off".into(),
        _ => error.to_string(),
    }
}
