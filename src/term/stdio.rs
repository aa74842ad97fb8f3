//! stdin and stdout as this process received them, without buffers. stdout takes bytes and gives the
//! errors of the system, also when there is no stdout, and tells when its reader has gone. stdin gives
//! bytes, and whether there are any to read at once.
//!
//! A shell's `>&-` starts a process without a stdout. Rust's runtime opens /dev/null in its place
//! before `main` begins, and `std::io::Stdout` treats the error of a missing stdout as success. So
//! `get >&-` would print nothing and exit with 0. This file therefore checks stdout before the
//! runtime starts, and writes to it without the standard library.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio::stdin;
use tokio::sync::oneshot;

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

/// stdin without a buffer, because the line splitter has its own.
#[derive(Debug, Clone, Copy)]
pub struct Stdin;

impl Stdin {
    /// Whether a read would return at once. Also true if poll fails: the read then reports why.
    pub fn is_ready() -> bool {
        let stdin = stdin();
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        !matches!(poll(&mut fds, Some(&at_once)), Ok(0))
    }
}

impl Read for Stdin {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        rustix::io::read(stdin(), room).map_err(Into::into)
    }
}

/// Waits until nobody reads stdout any more, although there is nothing to print. If stdout is neither a
/// pipe nor a terminal, it waits for ever.
///
/// A write would fail then, too. But `subscribe | head -1` on a quiet router would keep running,
/// and keep its connection, until the next message.
pub async fn reader_gone() {
    let (tell, gone) = oneshot::channel::<()>();
    // A thread and not the runtime's own poller: that refuses plain files, and it would make the
    // file descriptor non-blocking for every process that shares it.
    thread::spawn(move || {
        if wait_for_hangup() {
            let _ = tell.send(());
        }
    });
    if gone.await.is_err() {
        std::future::pending().await
    }
}

fn wait_for_hangup() -> bool {
    let stdout = rustix::stdio::stdout();
    loop {
        // No event is requested: errors and hang-ups are always reported.
        let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
        match poll(&mut fds, None) {
            Ok(_) => {
                return fds[0].revents().intersects(PollFlags::ERR | PollFlags::HUP);
            }
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}
