//! Detects that the reader of stdout has gone while there is nothing to print. Gives a future that
//! completes then.
//!
//! A write would fail then, too. But `subscribe | head -1` on a quiet router would keep running,
//! and keep its connection, until the next message.

use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::oneshot;

/// Waits until nobody reads stdout any more. If stdout is neither a pipe nor a terminal, it waits
/// for ever.
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
