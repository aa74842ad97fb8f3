//! Whoever reads stdout may go away while there is nothing to print: nothing enters, the news
//! leaves.
//!
//! A write would tell, but `subscribe | head -1` on a quiet router would then sit there until the
//! next message, and hold its connection meanwhile.

use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::oneshot;

/// Waits until nobody reads stdout any more: for ever, if it is no pipe or terminal.
pub async fn reader_gone() {
    let (tell, gone) = oneshot::channel::<()>();
    // A thread and not the runtime's own poller, which refuses plain files and would set the
    // descriptor, shared with others, to not block.
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
        // No event is asked for: errors and hang-ups are always reported.
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
