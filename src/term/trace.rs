//! Writes the traffic of connections for `-v` and `--trace FILE`. Takes trace events; gives lines
//! on stderr and in the file.
//!
//! Each line of the file is written with one system call, so that the file is complete however the
//! process ends, even by `kill -9`. A line is one object:
//!
//! | key | |
//! |---|---|
//! | `time` | when, in µs since the epoch |
//! | `service` | clasp, vuer, … |
//! | `connection` | the number of the connection in this process, from 1 |
//! | `direction` | `sent` (passed to the socket), `received`, or `event` |
//! | `bytes` | the size of the message, without the frame of WebSocket around it |
//! | `message` | the decoded message, in the terms of the service's documentation |
//! | `error`, `hex` | instead of `message`, if it cannot be decoded: why, and its bytes |
//! | `control` | instead of `message`, for a control frame: ping, pong, or close with `code` and `reason` |
//! | `event` | for an event: its name; its other fields are those of [`crate::trace::Step`] |

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::console::Console;
use super::output::{Environment, OutputArgs};
use super::styled::Words;
use crate::error::Failure;
use crate::text::duration::InWords;
use crate::text::time::Clock;
use crate::trace::{
    Control, Direction, EventKind, Observer, Step, Trace, TraceEvent, TracedMessage,
};

/// The width of a line on stderr if there is no terminal, in columns.
const WIDTH: usize = 120;

/// The width of a message's kind: CLASP's longest is SUBSCRIBE.
const KIND: usize = 9;

/// The least width for the rest of a message, even on a narrow terminal.
const LEAST: usize = 20;

/// Sets up the trace that `-v` and `--trace` ask for; it is off without them.
///
/// # Errors
/// A usage failure when the file cannot be written.
pub(super) fn begin(
    args: &OutputArgs,
    environment: &Environment,
    console: &Console,
) -> Result<Trace, Failure> {
    let file = match &args.trace {
        Some(path) => Some(Mutex::new(TraceFile::create(path)?)),
        None if args.verbose == 0 => return Ok(Trace::default()),
        None => None,
    };
    Ok(Trace::to(Arc::new(TraceWriter {
        console: console.clone(),
        verbose: args.verbose,
        is_terminal: environment.stderr_is_terminal,
        clock: OnceLock::new(),
        numbered: AtomicBool::new(false),
        file,
    })))
}

/// Writes trace events to stderr and to the file.
struct TraceWriter {
    console: Console,
    verbose: u8,
    is_terminal: bool,
    clock: OnceLock<Clock>,
    /// Whether each line shows the number of its connection: as soon as there is a second one, and
    /// in a server.
    numbered: AtomicBool,
    file: Option<Mutex<TraceFile>>,
}

impl Observer for TraceWriter {
    fn observe(&self, event: &TraceEvent<'_>) {
        if let Some(file) = &self.file {
            let mut line = Vec::new();
            event.put_line(&mut line);
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(why) = file.write(&line) {
                self.console.warn(why);
            }
        }
        if self.verbose > 0 && (self.verbose > 1 || is_in_summary(&event.kind)) {
            self.console.trace_line(|words| self.line(words, event));
        }
    }
}

/// Whether a single `-v` shows the event: everything but pings and pongs.
fn is_in_summary(kind: &EventKind<'_>) -> bool {
    !matches!(
        kind,
        EventKind::Control {
            control: Control::Ping | Control::Pong,
            ..
        }
    )
}

impl TraceWriter {
    fn line(&self, words: &mut Words, event: &TraceEvent<'_>) {
        let time = self
            .clock
            .get_or_init(Clock::local)
            .time_of_day(event.time)
            .to_string();
        let mut used = time.chars().count();
        words.dim(time);
        let mut plain = |words: &mut Words, text: &str| {
            used += text.chars().count();
            words.plain(text);
        };
        let accepted = matches!(event.kind, EventKind::Step(Step::Accepted { .. }));
        if accepted || event.connection > 1 {
            self.numbered.store(true, Ordering::Relaxed);
        }
        if self.numbered.load(Ordering::Relaxed) {
            plain(words, &format!("  #{}", event.connection));
        }
        match &event.kind {
            EventKind::Step(step) => {
                plain(words, "    ");
                self.step(words, step);
            }
            EventKind::Control {
                direction,
                size,
                control,
            } => {
                plain(words, arrow(*direction));
                match control {
                    Control::Ping => words.plain(format_args!("ping  {size} bytes")),
                    Control::Pong => words.plain(format_args!("pong  {size} bytes")),
                    Control::Close { code: None, .. } => words.plain("close"),
                    Control::Close {
                        code: Some(code),
                        reason,
                    } => words.plain(format_args!("close  {code} {reason}")),
                };
            }
            EventKind::Message(message) => {
                plain(words, arrow(message.direction));
                let mut kind = message.kind();
                if self.verbose == 1 {
                    kind = format!("{kind:<KIND$}");
                }
                used += kind.chars().count();
                if message.is_failure() {
                    words.bad(kind)
                } else {
                    words.plain(kind)
                };
                match self.verbose {
                    1 => self.write_summary(words, message, used),
                    _ => write_document(words, message),
                }
            }
        }
    }

    fn step(&self, words: &mut Words, step: &Step) {
        match step {
            Step::Resolved {
                host,
                addresses,
                took,
            } => {
                words.plain(format_args!("resolved {host}:"));
                for address in addresses {
                    words.plain(format_args!(" {}", address.ip()));
                }
                words.dim(format_args!("  {}", InWords(*took)));
            }
            Step::Proxy { url, origin } => {
                words.plain(format_args!("through the proxy {url} ({origin})"));
            }
            Step::Unreachable { peer, why } => {
                words.plain(format_args!("no connection to {peer}: {why}"));
            }
            Step::Accepted { peer } => _ = words.plain(format_args!("{peer} has connected")),
            Step::Connected { peer, took } => {
                words.plain(format_args!("connected to {peer}"));
                words.dim(format_args!("  {}", InWords(*took)));
            }
            Step::Secured { version, took } => {
                words.plain(version);
                words.dim(format_args!("  {}", InWords(*took)));
            }
            Step::Upgraded {
                path,
                request,
                response,
                took,
            } => {
                words.plain(format_args!("upgraded to WebSocket at {path}"));
                words.dim(format_args!("  {}", InWords(*took)));
                if self.verbose > 1 {
                    for (arrow, headers) in [("→", request), ("←", response)] {
                        for (name, value) in headers {
                            words.end_line();
                            words.plain(format_args!("  {arrow} {name}: {value}"));
                        }
                    }
                }
            }
            Step::Failed { why } => _ = words.plain(why),
            Step::Retrying { after } => {
                words.plain(format_args!("trying again in {}", InWords(*after)));
            }
            Step::Lost { why } => _ = words.plain(format_args!("gone: {why}")),
            Step::Noted { what } => _ = words.plain(what),
        }
    }

    /// Writes the address of a message, and as much of the rest as fits into the line.
    fn write_summary(&self, words: &mut Words, message: &TracedMessage<'_>, mut used: usize) {
        if let Some(address) = message.address() {
            used += 2 + address.chars().count();
            words.plain("  ").address(address);
        }
        let room = self.width().saturating_sub(used + 2).max(LEAST);
        // A character has at most four bytes.
        let text = message.brief(room * 4);
        if text.is_empty() {
            return;
        }
        words.plain("  ");
        match text.char_indices().nth(room) {
            None => words.plain(text),
            Some(_) => {
                let kept: String = text.chars().take(room - 1).collect();
                words.plain(kept).plain("…")
            }
        };
    }

    fn width(&self) -> usize {
        if !self.is_terminal {
            return WIDTH;
        }
        // Read each time, because the size of a window changes.
        match rustix::termios::tcgetwinsize(rustix::stdio::stderr()) {
            Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
            _ => WIDTH,
        }
    }
}

fn write_document(words: &mut Words, message: &TracedMessage<'_>) {
    words.dim(format_args!("  {} bytes", message.size));
    let document = message.document();
    words.plain("  ").plain(String::from_utf8_lossy(&document));
}

fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent => "  → ",
        Direction::Received => "  ← ",
    }
}

/// The file of `--trace`.
struct TraceFile {
    path: PathBuf,
    /// None after a write failed.
    file: Option<File>,
    /// The length of the complete lines, in bytes.
    length: u64,
}

/// Lets only the owner read the file, which may have existed before. The permissions of a pipe or a
/// device are not changed.
fn only_for_owner(file: &File) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

impl TraceFile {
    /// Creates the file. Only its owner may read it, because values may be confidential, too.
    fn create(path: &Path) -> Result<TraceFile, Failure> {
        if path == Path::new("-") {
            return Err(Failure::usage("--trace takes a file")
                .with_hint("-vv shows all on stderr; ./- is a file of that name"));
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .and_then(|file| only_for_owner(&file).map(|()| file))
            .map_err(|error| Failure::usage(format!("--trace {}: {error}", path.display())))?;
        Ok(TraceFile {
            path: path.to_owned(),
            file: Some(file),
            length: 0,
        })
    }

    /// Writes a line. After a failed write nothing more is written, and the reason is returned
    /// once.
    fn write(&mut self, line: &[u8]) -> Result<(), String> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        if let Err(error) = file.write_all(line) {
            // Removes the incomplete line, which is not JSON. It stays if this is not a plain file.
            let _ = file.set_len(self.length);
            self.file = None;
            let path = self.path.display();
            return Err(format!("--trace {path}: {error}; it ends here"));
        }
        self.length += line.len() as u64;
        Ok(())
    }
}
