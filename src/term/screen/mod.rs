//! A whole screen: frames enter and are shown, keys and what else happens to a terminal leave.
//!
//! ```text
//!   Line… ──▶ draw ──▶ what differs ──▶ Pen (its own thread) ──▶ stdout
//!   ScreenEvent ◀── next ◀── keys (a thread that reads), signals
//! ```
//!
//! The alternate screen is left and the terminal as it was whatever ends it: a key, a signal, an
//! error, a panic. Ctrl-Z leaves it, too, until the process is continued.

mod keys;
mod line;
mod modes;
mod pen;

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal as Raise, getpid, kill_process};
use rustix::termios::Termios;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::{Instant, sleep_until};

use super::interrupt::Interrupt;
use super::output_error::OutputError;
use super::printer::Printer;
use crate::error::{Failure, Kind};

use keys::Keys;
use pen::Pen;

pub use super::fit::{fit, fit_end, fit_middle, width};
pub use keys::Key;
pub use line::Line;

/// How long after an Escape byte the rest of an arrow key may come.
const ESCAPE: Duration = Duration::from_millis(30);

/// Everything between these two is shown at once, by terminals that know them.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// What happens to a screen.
#[derive(Debug)]
pub enum ScreenEvent {
    /// A key was pressed.
    Key(Key),
    /// It has another size, or was away: draw it anew.
    Redraw,
    /// It is over: a signal came, or nobody looks any more.
    End(Failure),
}

/// The terminal, taken over. Dropping it gives it back.
pub struct Screen {
    color: bool,
    tty: Arc<OwnedFd>,
    found: Termios,
    /// None while it is suspended.
    pen: Option<Pen>,
    size: (usize, usize),
    /// The lines that stand there.
    shown: Vec<Vec<u8>>,
    bytes: Receiver<Vec<u8>>,
    keys: Keys,
    /// When an Escape is known to be alone.
    settles: Option<Instant>,
    interrupt: Interrupt,
    hangup: Signal,
    quit: Signal,
    resized: Signal,
    suspend: Signal,
    resumed: Signal,
}

impl Screen {
    /// Takes the terminal over that a printer prints on, see [`Printer::is_screen`].
    ///
    /// # Errors
    /// A usage failure when no keys can be read from anywhere; [`OutputError::Closed`] when the
    /// terminal is gone.
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
            pen: None,
            size: modes::size(),
            shown: Vec::new(),
            keys: Keys::default(),
            settles: None,
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

    /// Shows these lines from the top, and nothing below them; what stands there already is not
    /// written again. False, and nothing is shown, while the terminal still takes earlier frames.
    pub fn draw(&mut self, lines: &[Line]) -> bool {
        let Some(pen) = &self.pen else {
            // Resuming draws it anew.
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
        let taken = pen.write(frame);
        if taken {
            self.shown = shown;
        }
        taken
    }

    /// What happens next. Cancel-safe.
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
            let settles = self.settles;
            tokio::select! {
                bytes = self.bytes.recv() => match bytes {
                    Some(bytes) => {
                        self.keys.feed(&bytes);
                        self.settles = self.keys.is_open().then(|| Instant::now() + ESCAPE);
                    }
                    None => return ScreenEvent::End(OutputError::Closed.into()),
                },
                () = sleep_until(settles.unwrap_or_else(Instant::now)), if settles.is_some() => {
                    self.settles = None;
                    self.keys.settle();
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
        self.pen = Some(Pen::new());
        Ok(())
    }

    /// Gives the terminal back.
    pub fn leave(&mut self) {
        let speak = self.pen.take().is_none_or(Pen::finish);
        modes::leave(speak);
    }

    /// Ctrl-Z: what would have stopped the process, had it not been asked to tidy up first. It goes
    /// on with SIGCONT, which [`Self::next`] hears.
    fn stop(&mut self) {
        self.leave();
        // That a process may not stop itself is unheard of; it would go on without a screen.
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

/// What is typed, read by a thread: a terminal cannot be polled everywhere, and setting it to not
/// block would set it for every process that shares it.
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
