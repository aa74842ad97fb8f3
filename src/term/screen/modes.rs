//! Sets the terminal's modes for a full-screen view, and restores them however the view ends. Writes
//! the frames of the view.
//!
//! Keys are read one at a time and are not echoed. Ctrl-C and Ctrl-Z still send signals, which
//! reach a program even when it is too busy to read keys.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::panic;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, Once, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{
    LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr,
};

/// Switches to the alternate screen, hides the cursor, turns line wrapping off, and clears the
/// screen.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";

/// Undoes [`ENTER`], and ends the synchronized update and the colour of a frame that was cut off.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

/// The modes to restore. They are global because a panic can happen anywhere, and in a release
/// build it ends the process without dropping anything.
static SAVED: Mutex<Option<Saved>> = Mutex::new(None);

struct Saved {
    tty: Arc<OwnedFd>,
    modes: Termios,
}

/// The terminal to read keys from: stdin, or the controlling terminal if stdin is something else.
pub(super) fn tty() -> Result<Arc<OwnedFd>, std::io::Error> {
    if isatty(stdin()) {
        return Ok(Arc::new(stdin().try_clone_to_owned()?));
    }
    Ok(Arc::new(File::open("/dev/tty")?.into()))
}

/// Switches to the alternate screen and to reading keys. `first` are the modes before the first
/// call. They are read only once, because a shell that continues a stopped process may have changed
/// them.
pub(super) fn enter(tty: &Arc<OwnedFd>, first: &Termios) -> Result<(), Errno> {
    hook();
    let mut modes = first.clone();
    modes.make_raw();
    modes.local_modes |= LocalModes::ISIG;
    let saved = Saved {
        tty: Arc::clone(tty),
        modes: first.clone(),
    };
    *SAVED.lock().unwrap_or_else(PoisonError::into_inner) = Some(saved);
    tcsetattr(tty.as_fd(), OptionalActions::Now, &modes)?;
    write_all(ENTER)
}

/// The terminal's current modes.
pub(super) fn modes(tty: &OwnedFd) -> Result<Termios, Errno> {
    tcgetattr(tty)
}

/// Restores the terminal, once. Pass `write` = false if writing would block: then only the modes
/// are restored, and nothing is written.
pub(super) fn leave(write: bool) {
    let saved = match SAVED.try_lock() {
        Ok(mut saved) => saved.take(),
        Err(TryLockError::Poisoned(saved)) => saved.into_inner().take(),
        // This thread panicked while it held the lock.
        Err(TryLockError::WouldBlock) => None,
    };
    let Some(saved) = saved else {
        return;
    };
    // Errors are ignored: a terminal that is gone need not be restored.
    if write {
        let _ = write_all(LEAVE);
    }
    let _ = tcsetattr(saved.tty.as_fd(), OptionalActions::Now, &saved.modes);
}

/// Restores the terminal before a panic message is printed, so that it can be read afterwards.
fn hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            leave(true);
            usual(info);
        }));
    });
}

/// Columns and rows; 80 and 24 if the terminal does not report its size.
pub(super) fn size() -> (usize, usize) {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => (80, 24),
    }
}

/// Writes to stdout without Rust's lock, which a thread that panicked may hold.
pub(super) fn write_all(mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match rustix::io::write(stdout(), bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// How long to wait for the current frame to be written when the screen is left.
const FINISH_TIMEOUT: Duration = Duration::from_millis(300);

/// Writes frames to the terminal on a thread of its own. A terminal may stop reading (a connection
/// that hangs, a multiplexer that is stopped), and the drawing task must not wait for it.
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
