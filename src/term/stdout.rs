//! stdout as it was given to this process. Takes bytes; gives what the system says of them.
//!
//! A shell's `>&-` gives no stdout at all. Rust's runtime opens /dev/null in its place before `main`
//! begins, and `std::io::Stdout` takes the error of a missing one for success, so that `get >&-`
//! would print nothing and exit with 0. What was there before is therefore looked at before the
//! runtime is, and written to without it.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;

static IS_MISSING: AtomicBool = AtomicBool::new(false);

/// Looks whether there is a stdout. To be called before the runtime begins: it makes one system call
/// and needs nothing of the standard library.
pub fn look_before_runtime() {
    let found = rustix::io::fcntl_getfd(rustix::stdio::stdout());
    IS_MISSING.store(found == Err(Errno::BADF), Ordering::Relaxed);
}

/// Writes to stdout without a buffer: whoever prints has one.
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
