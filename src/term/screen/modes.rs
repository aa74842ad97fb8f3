//! The terminal's modes: how it was enters, and whatever happens it is so again afterwards.
//!
//! Keys come one at a time, unechoed, but Ctrl-C and Ctrl-Z stay signals, which reach a program even
//! when it is too busy to read its keys.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::panic;
use std::sync::{Arc, Mutex, Once, PoisonError, TryLockError};

use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{
    LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr,
};

/// The alternate screen, empty, without a cursor; a line that is too long does not go on in the next.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";

/// All of that undone, and what a frame that was cut off may have left: its end, its colour.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

/// What to put back. It is global because a panic comes from anywhere, and in a release build ends
/// the process without dropping anything.
static SAVED: Mutex<Option<Saved>> = Mutex::new(None);

struct Saved {
    tty: Arc<OwnedFd>,
    modes: Termios,
}

/// The terminal that keys come from: stdin, or if that is something else, the one that this process
/// belongs to.
pub(super) fn tty() -> Result<Arc<OwnedFd>, std::io::Error> {
    if isatty(stdin()) {
        return Ok(Arc::new(stdin().try_clone_to_owned()?));
    }
    Ok(Arc::new(File::open("/dev/tty")?.into()))
}

/// Switches to the alternate screen and to keys. `first` is how the terminal was found: it is asked
/// only once, because whoever continues a stopped process may leave it as it pleases.
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

/// How the terminal is now.
pub(super) fn modes(tty: &OwnedFd) -> Result<Termios, Errno> {
    tcgetattr(tty)
}

/// Puts everything back, once. `speak` unless writing would block: a terminal that has stopped
/// taking anything gets its modes back all the same.
pub(super) fn leave(speak: bool) {
    let saved = match SAVED.try_lock() {
        Ok(mut saved) => saved.take(),
        Err(TryLockError::Poisoned(saved)) => saved.into_inner().take(),
        // It panicked while it held this very lock.
        Err(TryLockError::WouldBlock) => None,
    };
    let Some(saved) = saved else {
        return;
    };
    // A terminal that is gone needs nothing put back.
    if speak {
        let _ = write_all(LEAVE);
    }
    let _ = tcsetattr(saved.tty.as_fd(), OptionalActions::Now, &saved.modes);
}

/// A panic's words are to be read on the screen that stays.
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

/// Columns and rows; what a terminal without a size is taken for is what terminals always were.
pub(super) fn size() -> (usize, usize) {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => (80, 24),
    }
}

/// Writes to stdout without its lock, which a thread that panicked may hold.
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
