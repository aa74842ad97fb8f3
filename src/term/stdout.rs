//! stdout as this process received it. Takes bytes; gives the errors of the system, also when there
//! is no stdout.
//!
//! A shell's `>&-` starts a process without a stdout. Rust's runtime opens /dev/null in its place
//! before `main` begins, and `std::io::Stdout` treats the error of a missing stdout as success. So
//! `get >&-` would print nothing and exit with 0. This file therefore checks stdout before the
//! runtime starts, and writes to it without the standard library.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;

static IS_MISSING: AtomicBool = AtomicBool::new(false);

/// Checks whether there is a stdout. To be called before the runtime starts: it makes one system
/// call and uses nothing of the standard library.
pub fn check_before_runtime() {
    let found = rustix::io::fcntl_getfd(rustix::stdio::stdout());
    IS_MISSING.store(found == Err(Errno::BADF), Ordering::Relaxed);
}

/// stdout without a buffer, because [`super::Printer`] has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if IS_MISSING.load(Ordering::Relaxed) {
            let why = "there is no stdout, it is closed";
            return Err(io::Error::new(io::ErrorKind::NotConnected, why));
        }
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
