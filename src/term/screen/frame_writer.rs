//! Writes frames to the terminal on a thread of its own. A terminal may stop reading (a connection
//! that hangs, a multiplexer that is stopped), and the drawing task must not wait for it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::modes::write_all;

/// How long to wait for the current frame to be written when the screen is left.
const FINISH_TIMEOUT: Duration = Duration::from_millis(300);

pub(super) struct FrameWriter {
    frames: SyncSender<Vec<u8>>,
    ended: Receiver<()>,
}

impl FrameWriter {
    pub fn new() -> FrameWriter {
        // One frame is being written, and one waits.
        let (frames, waiting) = sync_channel::<Vec<u8>>(1);
        let (end, ended) = channel();
        thread::spawn(move || {
            // Dropping the sender tells the receiver that the thread has ended.
            let _end = end;
            for frame in waiting {
                if write_all(&frame).is_err() {
                    return;
                }
            }
        });
        FrameWriter { frames, ended }
    }

    /// Takes a frame to write. Returns false, and drops the frame, while two others are not yet
    /// written.
    pub fn write(&self, frame: Vec<u8>) -> bool {
        self.frames.try_send(frame).is_ok()
    }

    /// Waits until the frames are written; false if the terminal does not take them in time.
    pub fn finish(self) -> bool {
        drop(self.frames);
        self.ended.recv_timeout(FINISH_TIMEOUT) == Err(RecvTimeoutError::Disconnected)
    }
}
