//! Writes frames on a thread of its own, because a terminal may stop taking them (a connection that
//! hangs, a multiplexer that is stopped): frames enter, and who draws them never waits.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::modes::write_all;

/// How long a frame that is under way may take to be written, once the screen is to be left.
const LAST_WORDS: Duration = Duration::from_millis(300);

pub(super) struct Pen {
    frames: SyncSender<Vec<u8>>,
    ended: Receiver<()>,
}

impl Pen {
    pub fn new() -> Pen {
        // One is written, one waits.
        let (frames, waiting) = sync_channel::<Vec<u8>>(1);
        let (end, ended) = channel();
        thread::spawn(move || {
            // Dropped with the thread: that is the news.
            let _end = end;
            for frame in waiting {
                if write_all(&frame).is_err() {
                    return;
                }
            }
        });
        Pen { frames, ended }
    }

    /// Takes a frame to be written; false, and it is not, while two others are still under way.
    pub fn write(&self, frame: Vec<u8>) -> bool {
        self.frames.try_send(frame).is_ok()
    }

    /// Writes what it has taken; false when the terminal does not take it in time.
    pub fn finish(self) -> bool {
        drop(self.frames);
        self.ended.recv_timeout(LAST_WORDS) == Err(RecvTimeoutError::Disconnected)
    }
}
