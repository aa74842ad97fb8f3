//! A full-screen view. Takes frames and shows them; gives keys and other events of the terminal.
//!
//! ```text
//!   Line… ──▶ draw ──▶ the lines that changed ──▶ FrameWriter (a thread) ──▶ stdout
//!   ScreenEvent ◀── next ◀── keys (a thread that reads), signals
//! ```
//!
//! However the view ends (a key, a signal, an error, a panic), it leaves the alternate screen and
//! restores the terminal's modes. Ctrl-Z leaves it, too, until the process is continued.

mod keys;
mod line;
mod modes;

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal as Raise, getpid, kill_process};
use rustix::termios::Termios;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::{Instant, sleep_until};

use modes::FrameWriter;

use super::interrupt::Interrupt;
use super::output::OutputError;
use super::printer::Printer;
use crate::error::{Failure, Kind};

use keys::Keys;

pub use super::fit::{fit, fit_end, fit_middle, width};
pub use keys::Key;
pub use line::Line;

/// How long after an Escape byte the rest of an arrow key's sequence may arrive.
const ESCAPE_TIMEOUT: Duration = Duration::from_millis(30);

/// A terminal that supports them shows everything between these two sequences at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// An event of the screen.
#[derive(Debug)]
pub enum ScreenEvent {
    /// A key was pressed.
    Key(Key),
    /// The screen has another size, or the process was suspended: draw everything again.
    Redraw,
    /// The view must end: a signal arrived, or the terminal is gone.
    End(Failure),
}

/// The terminal while the full-screen view uses it. Dropping it restores the terminal.
pub struct Screen {
    color: bool,
    tty: Arc<OwnedFd>,
    found: Termios,
    /// None while it is suspended.
    writer: Option<FrameWriter>,
    size: (usize, usize),
    /// The lines that the terminal shows now, as bytes.
    shown: Vec<Vec<u8>>,
    bytes: Receiver<Vec<u8>>,
    keys: Keys,
    /// When an Escape byte without a continuation counts as the Escape key.
    escape_deadline: Option<Instant>,
    interrupt: Interrupt,
    hangup: Signal,
    quit: Signal,
    resized: Signal,
    suspend: Signal,
    resumed: Signal,
}

impl Screen {
    /// Begins a full-screen view on the terminal that a printer prints on; see
    /// [`Printer::is_screen`].
    ///
    /// # Errors
    /// A usage failure when there is no terminal to read keys from; [`OutputError::Closed`] when
    /// the terminal is gone.
    pub fn open(printer: &Printer) -> Result<Screen, Failure> {
        let tty = modes::tty().map_err(|error| {
            Failure::usage(format!("there is no terminal to read keys from: {error}"))
                .with_hint("Print records instead: -o ndjson")
        })?;
        let gone = |_| Failure::from(OutputError::Closed);
        let found = modes::modes(&tty).map_err(gone)?;
        let interrupt = Interrupt::listen()?;
        let [hangup, quit, resized, suspend, resumed] = listen([
            SignalKind::hangup(),
            SignalKind::quit(),
            SignalKind::window_change(),
            SignalKind::from_raw(Raise::TSTP.as_raw()),
            SignalKind::from_raw(Raise::CONT.as_raw()),
        ])?;
        let mut screen = Screen {
            color: printer.style().color,
            bytes: reader(&tty),
            tty,
            found,
            writer: None,
            size: modes::size(),
            shown: Vec::new(),
            keys: Keys::default(),
            escape_deadline: None,
            interrupt,
            hangup,
            quit,
            resized,
            suspend,
            resumed,
        };
        screen.enter().map_err(gone)?;
        Ok(screen)
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// Shows these lines from the top, and blank lines below them. Lines that have not changed are
    /// not written again. Returns false, and shows nothing, while earlier frames are still being
    /// written.
    pub fn draw(&mut self, lines: &[Line]) -> bool {
        let Some(writer) = &self.writer else {
            // It is suspended. Everything is drawn again when the process is continued.
            return true;
        };
        let (columns, rows) = self.size;
        let anew = self.shown.len() != rows;
        let mut frame = BEGIN.to_vec();
        if anew {
            frame.extend_from_slice(b"\x1b[2J");
        }
        let mut shown = Vec::with_capacity(rows);
        let blank = Line::default();
        for row in 0..rows {
            let mut bytes = Vec::new();
            let line = lines.get(row).unwrap_or(&blank);
            line.write(&mut bytes, self.color, columns);
            if anew || self.shown[row] != bytes {
                frame.extend_from_slice(format!("\x1b[{};1H", row + 1).as_bytes());
                frame.extend_from_slice(&bytes);
            }
            shown.push(bytes);
        }
        if frame.len() == BEGIN.len() {
            return true;
        }
        frame.extend_from_slice(END);
        let taken = writer.write(frame);
        if taken {
            self.shown = shown;
        }
        taken
    }

    /// Waits for the next event. Cancel-safe.
    pub async fn next(&mut self) -> ScreenEvent {
        loop {
            if let Some(key) = self.keys.next() {
                return match key {
                    Key::Control('l') => {
                        self.shown.clear();
                        ScreenEvent::Redraw
                    }
                    key => ScreenEvent::Key(key),
                };
            }
            let escape_deadline = self.escape_deadline;
            tokio::select! {
                bytes = self.bytes.recv() => match bytes {
                    Some(bytes) => {
                        self.keys.feed(&bytes);
                        self.escape_deadline = self.keys.is_incomplete().then(|| Instant::now() + ESCAPE_TIMEOUT);
                    }
                    None => return ScreenEvent::End(OutputError::Closed.into()),
                },
                () = sleep_until(escape_deadline.unwrap_or_else(Instant::now)), if escape_deadline.is_some() => {
                    self.escape_deadline = None;
                    self.keys.end_input();
                }
                kind = self.interrupt.wait() => return ScreenEvent::End(Failure::signal(kind)),
                _ = self.hangup.recv() => return ended(),
                _ = self.quit.recv() => return ended(),
                _ = self.resized.recv() => {
                    self.size = modes::size();
                    self.shown.clear();
                    return ScreenEvent::Redraw;
                }
                _ = self.suspend.recv() => self.stop(),
                _ = self.resumed.recv() => {
                    self.leave();
                    return match self.enter() {
                        Ok(()) => ScreenEvent::Redraw,
                        Err(_) => ScreenEvent::End(OutputError::Closed.into()),
                    };
                }
            }
        }
    }

    fn enter(&mut self) -> Result<(), rustix::io::Errno> {
        modes::enter(&self.tty, &self.found)?;
        self.size = modes::size();
        self.shown.clear();
        self.writer = Some(FrameWriter::new());
        Ok(())
    }

    /// Restores the terminal.
    pub fn leave(&mut self) {
        let can_write = self.writer.take().is_none_or(FrameWriter::finish);
        modes::leave(can_write);
    }

    /// Handles Ctrl-Z: restores the terminal and then stops the process. It continues with SIGCONT,
    /// which [`Self::next`] handles.
    fn stop(&mut self) {
        self.leave();
        // If it failed, which no system does, the process would continue without a screen.
        let _ = kill_process(getpid(), Raise::STOP);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.leave();
    }
}

fn ended() -> ScreenEvent {
    ScreenEvent::End(Failure::signal(Kind::Terminated))
}

fn listen<const N: usize>(kinds: [SignalKind; N]) -> Result<[Signal; N], Failure> {
    let signals: Result<Vec<Signal>, _> = kinds.into_iter().map(signal).collect();
    let signals = signals.map_err(|error| {
        Failure::new(Kind::Service, format!("cannot listen for signals: {error}"))
    })?;
    Ok(signals.try_into().expect("as many as were asked for"))
}

/// Reads what is typed on a thread of its own. Not every system can poll a terminal, and making it
/// non-blocking would do so for every process that shares it.
fn reader(tty: &Arc<OwnedFd>) -> Receiver<Vec<u8>> {
    let (send, receive) = channel(16);
    let tty = Arc::clone(tty);
    thread::spawn(move || {
        let mut room = [0; 256];
        loop {
            match rustix::io::read(&*tty, &mut room) {
                Ok(count @ 1..) => {
                    if send.blocking_send(room[..count].to_vec()).is_err() {
                        return;
                    }
                }
                Err(rustix::io::Errno::INTR) => {}
                Ok(0) | Err(_) => return,
            }
        }
    });
    receive
}
