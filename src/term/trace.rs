//! `-v` and `--trace FILE`: sightings enter; lines on stderr and in the file leave.
//!
//! Each line of the file is one write, so that whatever ends the process, a `kill -9` included,
//! finds all of it there. It is one object:
//!
//! | key | |
//! |---|---|
//! | `time` | when, in µs since the epoch |
//! | `service` | clasp, vuer, … |
//! | `connection` | which conversation of the process, from 1 |
//! | `direction` | `sent` (that is: given to the socket), `received`, or `event` |
//! | `bytes` | the size of the message, without the frame of WebSocket around it |
//! | `message` | what it says, in the terms of the service's documentation |
//! | `error`, `hex` | instead, of one that cannot be read: why, and its bytes |
//! | `control` | instead, of WebSocket's own: ping, pong, or close with `code` and `reason` |
//! | `event` | of an event: its name; what else it has is drawn in [`crate::trace::Step`] |

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
use crate::trace::{Control, Direction, Seen, Sighting, Step, Trace, Watch, What};

/// The columns of a line for people where no terminal sets them.
const WIDTH: usize = 120;

/// The columns of a message's kind: CLASP's longest is SUBSCRIBE.
const KIND: usize = 9;

/// What of a line is for the rest of a message, however narrow it is.
const LEAST: usize = 20;

/// Begins to watch, if that was asked for.
///
/// # Errors
/// A usage failure when the file cannot be written.
pub(super) fn begin(
    args: &OutputArgs,
    environment: &Environment,
    console: &Console,
) -> Result<Trace, Failure> {
    let file = match &args.trace {
        Some(path) => Some(Mutex::new(Record::create(path)?)),
        None if args.verbose == 0 => return Ok(Trace::default()),
        None => None,
    };
    Ok(Trace::to(Arc::new(Scribe {
        console: console.clone(),
        verbose: args.verbose,
        is_terminal: environment.stderr_is_terminal,
        clock: OnceLock::new(),
        numbered: AtomicBool::new(false),
        file,
    })))
}

/// Writes down what it sees.
struct Scribe {
    console: Console,
    verbose: u8,
    is_terminal: bool,
    clock: OnceLock<Clock>,
    /// Whether each line says of which conversation it is: as soon as there is a second, and where
    /// others connect.
    numbered: AtomicBool,
    file: Option<Mutex<Record>>,
}

impl Watch for Scribe {
    fn saw(&self, sighting: &Sighting<'_>) {
        if let Some(file) = &self.file {
            let mut line = Vec::new();
            sighting.put_line(&mut line);
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(why) = file.write(&line) {
                self.console.warn(why);
            }
        }
        if self.verbose > 0 && (self.verbose > 1 || is_for_all(&sighting.what)) {
            self.console.went_by(|words| self.line(words, sighting));
        }
    }
}

/// Whether one `-v` shows it: pings are WebSocket's own business.
fn is_for_all(what: &What<'_>) -> bool {
    !matches!(
        what,
        What::Control {
            control: Control::Ping | Control::Pong,
            ..
        }
    )
}

impl Scribe {
    fn line(&self, words: &mut Words, sighting: &Sighting<'_>) {
        let time = self
            .clock
            .get_or_init(Clock::local)
            .time_of_day(sighting.time)
            .to_string();
        let mut used = time.chars().count();
        words.dim(time);
        let mut plain = |words: &mut Words, text: &str| {
            used += text.chars().count();
            words.plain(text);
        };
        let accepted = matches!(sighting.what, What::Step(Step::Accepted { .. }));
        if accepted || sighting.connection > 1 {
            self.numbered.store(true, Ordering::Relaxed);
        }
        if self.numbered.load(Ordering::Relaxed) {
            plain(words, &format!("  #{}", sighting.connection));
        }
        match &sighting.what {
            What::Step(step) => {
                plain(words, "    ");
                self.step(words, step);
            }
            What::Control {
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
            What::Message(seen) => {
                plain(words, arrow(seen.direction));
                let mut kind = seen.kind();
                if self.verbose == 1 {
                    kind = format!("{kind:<KIND$}");
                }
                used += kind.chars().count();
                if seen.is_failure() {
                    words.bad(kind)
                } else {
                    words.plain(kind)
                };
                match self.verbose {
                    1 => self.brief(words, seen, used),
                    _ => whole(words, seen),
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
        }
    }

    /// Where it goes or what it is about, and as much of the rest as the line has room for.
    fn brief(&self, words: &mut Words, seen: &Seen<'_>, mut used: usize) {
        if let Some(address) = seen.address() {
            used += 2 + address.chars().count();
            words.plain("  ").address(address);
        }
        let room = self.width().saturating_sub(used + 2).max(LEAST);
        // The longest character has four bytes.
        let text = seen.brief(room * 4);
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
        // Asked each time: a window changes.
        match rustix::termios::tcgetwinsize(rustix::stdio::stderr()) {
            Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
            _ => WIDTH,
        }
    }
}

fn whole(words: &mut Words, seen: &Seen<'_>) {
    words.dim(format_args!("  {} bytes", seen.size));
    let document = seen.document();
    words.plain("  ").plain(String::from_utf8_lossy(&document));
}

fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent => "  → ",
        Direction::Received => "  ← ",
    }
}

/// The file of `--trace`.
struct Record {
    path: PathBuf,
    /// None once it could not be written.
    file: Option<File>,
    /// How much of it are whole lines.
    length: u64,
}

/// Lets only the owner read a file that may have been there before. A pipe or a device is somebody
/// else's, and stays as it is.
fn only_for_owner(file: &File) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

impl Record {
    /// Only its owner may read it: values are not for everybody either.
    fn create(path: &Path) -> Result<Record, Failure> {
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
        Ok(Record {
            path: path.to_owned(),
            file: Some(file),
            length: 0,
        })
    }

    /// Writes a line. One that cannot be written is the last, and the reason is given once.
    fn write(&mut self, line: &[u8]) -> Result<(), String> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        if let Err(error) = file.write_all(line) {
            // Half a line is no JSON. What is no plain file keeps it.
            let _ = file.set_len(self.length);
            self.file = None;
            let path = self.path.display();
            return Err(format!("--trace {path}: {error}; it ends here"));
        }
        self.length += line.len() as u64;
        Ok(())
    }
}
