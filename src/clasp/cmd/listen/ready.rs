//! `--ready-fd`: takes a file descriptor and writes a line to it when the subscription is live.

use std::fs::{File, OpenOptions};
use std::io::Write;

use crate::error::Failure;

/// A file descriptor that the calling process has opened for this.
#[derive(Debug)]
pub struct ReadyFd(File);

impl ReadyFd {
    /// Opens it.
    ///
    /// # Errors
    /// A usage failure when it is not open.
    pub fn open(fd: u32) -> Result<ReadyFd, Failure> {
        // By its name in /dev/fd: to make a file from the bare number needs unsafe code.
        OpenOptions::new()
            .write(true)
            .open(format!("/dev/fd/{fd}"))
            .map(ReadyFd)
            .map_err(|error| {
                Failure::usage(format!("--ready-fd {fd}: {error}"))
                    .with_hint(format!("Open it first, such as {fd}>ready.pipe"))
            })
    }

    /// Writes the line, and closes the descriptor.
    pub fn say(mut self) {
        // An error means that the reader is gone, which does not matter.
        let _ = self.0.write_all(b"ready\n");
    }
}
