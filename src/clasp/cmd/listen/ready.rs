//! `--ready-fd`: takes a file descriptor, and writes a line to it once the subscription is live.

use std::fs::{File, OpenOptions};
use std::io::Write;

use crate::error::Failure;

/// A file descriptor that the caller has opened to be told through.
#[derive(Debug)]
pub struct ReadyFd(File);

impl ReadyFd {
    /// Opens it.
    ///
    /// # Errors
    /// A usage failure when it is not open.
    pub fn open(fd: u32) -> Result<ReadyFd, Failure> {
        // By its name in /dev/fd: making a file of a bare number would be unsafe.
        OpenOptions::new()
            .write(true)
            .open(format!("/dev/fd/{fd}"))
            .map(ReadyFd)
            .map_err(|error| {
                Failure::usage(format!("--ready-fd {fd}: {error}"))
                    .with_hint(format!("Open it first, such as {fd}>ready.pipe"))
            })
    }

    /// Tells that it is live, and closes it.
    pub fn say(mut self) {
        // Who asked to be told and went away is told nothing.
        let _ = self.0.write_all(b"ready\n");
    }
}
