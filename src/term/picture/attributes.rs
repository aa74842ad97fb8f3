//! Asks the terminal for its attributes (Primary Device Attributes). Gives their numbers.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

const QUESTION: &[u8] = b"\x1b[c";

/// How long an answer may take. Every terminal of today answers; this is for those that do not, and
/// long enough for one at the other end of a slow line.
const WAIT: Duration = Duration::from_millis(500);

/// An answer is shorter than this. More bytes are something that was typed.
const ANSWER_MAX: usize = 256;

/// The attributes of the controlling terminal. `None` if there is none, if this process is in its
/// background, or if it does not answer.
pub fn ask() -> Option<Vec<u16>> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let terminal = terminal.ok()?;
    // A process in the background would be stopped when it changes the modes.
    if tcgetpgrp(&terminal).ok()? != getpgrp() {
        return None;
    }
    let _restored = Quiet::new(&terminal)?;
    (&terminal).write_all(QUESTION).ok()?;
    let deadline = Instant::now() + WAIT;
    let mut answer = Vec::new();
    while answer.len() < ANSWER_MAX && is_ready(&terminal, deadline) {
        let mut room = [0; 64];
        let count = (&terminal).read(&mut room).ok()?;
        answer.extend_from_slice(&room[..count]);
        if let Some(attributes) = attributes(&answer) {
            return Some(attributes);
        }
    }
    None
}

/// Whether there is something to read before the deadline.
fn is_ready(terminal: &File, deadline: Instant) -> bool {
    let left = deadline.saturating_duration_since(Instant::now());
    let timeout = Timespec {
        tv_sec: 0,
        tv_nsec: left.subsec_nanos().into(),
    };
    let mut fds = [PollFd::new(terminal, PollFlags::IN)];
    matches!(poll(&mut fds, Some(&timeout)), Ok(1..))
}

/// Finds `ESC [ ? numbers c` in the bytes.
fn attributes(bytes: &[u8]) -> Option<Vec<u16>> {
    let text = String::from_utf8_lossy(bytes);
    let (_, answer) = text.split_once("\x1b[?")?;
    let (numbers, _) = answer.split_once('c')?;
    numbers
        .split(';')
        .map(|number| number.parse().ok())
        .collect()
}

/// A terminal that gives bytes at once and does not show them, until this is dropped.
struct Quiet<'t> {
    terminal: &'t File,
    modes: Termios,
}

impl Quiet<'_> {
    fn new(terminal: &File) -> Option<Quiet<'_>> {
        let modes = tcgetattr(terminal).ok()?;
        let mut quiet = modes.clone();
        quiet
            .local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Now, &quiet).ok()?;
        Some(Quiet { terminal, modes })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // A terminal that is gone need not be restored.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.modes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_when_it_is_complete() {
        for (bytes, expected) in [
            ("\x1b[?62;4;22c", Some(vec![62, 4, 22])),
            ("\x1b[?6c", Some(vec![6])),
            ("typed\x1b[?1;2c", Some(vec![1, 2])),
            ("\x1b[?62;4", None),
            ("\x1b[?c", None),
            ("c", None),
        ] {
            assert_eq!(attributes(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }
}
