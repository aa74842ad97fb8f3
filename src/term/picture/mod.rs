//! Pictures on a terminal. Takes the bytes of a PNG or JPEG file; gives the escape sequence that
//! shows it.
//!
//! | protocol | takes | how it is detected |
//! |---|---|---|
//! | iTerm2 | the file | environment variables |
//! | kitty | PNG | environment variables |
//! | sixel | pixels in up to 256 colours | the terminal is asked for its attributes |

mod pixels;
mod sixel;

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use sixel::sixel;

pub use pixels::{BadPicture, Pixels, is_png};

/// How a terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// iTerm2's.
    Iterm,
    /// kitty's.
    Kitty,
    /// DEC's graphics.
    Sixel,
}

/// The attribute of a terminal that shows sixel graphics.
const SIXEL: u16 = 4;

/// The longest chunk of kitty's protocol, in bytes of base64.
const CHUNK: usize = 4096;

impl Protocol {
    /// The protocol of this terminal. `None` if it cannot show pictures, as far as we can tell.
    pub fn of_terminal() -> Option<Protocol> {
        named(|name| env::var(name).ok()).or_else(|| {
            let attributes = terminal_attributes()?;
            attributes.contains(&SIXEL).then_some(Protocol::Sixel)
        })
    }

    /// The escape sequence that shows a picture.
    ///
    /// # Errors
    /// The protocol needs the pixels, and the file cannot be read.
    pub fn sequence(self, file: &[u8]) -> Result<Vec<u8>, BadPicture> {
        match self {
            Protocol::Iterm => Ok(iterm(file)),
            Protocol::Kitty if is_png(file) => Ok(kitty(file)),
            Protocol::Kitty => Ok(kitty(&Pixels::read(file)?.to_png()?)),
            Protocol::Sixel => Ok(sixel(Pixels::read(file)?)),
        }
    }
}

/// The protocol of a terminal that is known by its environment variables.
fn named(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let has = |name: &str, values: &[&str]| {
        variable(name).is_some_and(|value| values.contains(&value.as_str()))
    };
    // tmux and screen do not pass on these sequences. A tmux that shows sixel says so when asked.
    if variable("TMUX").is_some() || variable("STY").is_some() {
        return None;
    }
    if has("TERM_PROGRAM", &["iTerm.app", "WezTerm"]) {
        return Some(Protocol::Iterm);
    }
    let kitty = variable("KITTY_WINDOW_ID").is_some()
        || has("TERM", &["xterm-kitty", "xterm-ghostty"])
        || has("TERM_PROGRAM", &["ghostty"]);
    kitty.then_some(Protocol::Kitty)
}

fn iterm(file: &[u8]) -> Vec<u8> {
    let (size, text) = (file.len(), STANDARD.encode(file));
    format!("\x1b]1337;File=inline=1;size={size}:{text}\x07\n").into_bytes()
}

fn kitty(png: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(png);
    let mut out = Vec::with_capacity(text.len() + text.len() / 100 + 64);
    let mut chunks = text.as_bytes().chunks(CHUNK).peekable();
    let mut head = "a=T,f=100,";
    while let Some(chunk) = chunks.next() {
        let more = u8::from(chunks.peek().is_some());
        out.extend_from_slice(format!("\x1b_G{head}m={more};").as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\x1b\\");
        head = "";
    }
    out.push(b'\n');
    out
}

/// The request for the terminal's attributes (Primary Device Attributes).
const QUESTION: &[u8] = b"\x1b[c";

/// How long the terminal may take to answer. Every terminal of today answers; this is for those that do not, and
/// long enough for one at the other end of a slow line.
const WAIT: Duration = Duration::from_millis(500);

/// An answer is shorter than this. More bytes are something that was typed.
const ANSWER_MAX: usize = 256;

/// The attributes of the controlling terminal. `None` if there is none, if this process is in its
/// background, or if it does not answer.
fn terminal_attributes() -> Option<Vec<u16>> {
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
    fn a_terminal_is_known_by_its_variables() {
        type Variables<'v> = &'v [(&'v str, &'v str)];
        let table: [(Variables<'_>, Option<Protocol>); 6] = [
            (&[], None),
            (&[("TERM", "xterm-256color")], None),
            (&[("TERM_PROGRAM", "iTerm.app")], Some(Protocol::Iterm)),
            (&[("TERM", "xterm-kitty")], Some(Protocol::Kitty)),
            (&[("KITTY_WINDOW_ID", "1")], Some(Protocol::Kitty)),
            (&[("KITTY_WINDOW_ID", "1"), ("TMUX", "x")], None),
        ];
        for (variables, expected) in table {
            let found = named(|name| {
                let mut variables = variables.iter();
                variables
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found, expected, "{variables:?}");
        }
    }

    #[test]
    fn pictures_are_sent_in_chunks_that_the_terminal_takes() {
        let png = [b"\x89PNG".as_slice(), &[7; 10_000]].concat();
        let sequence = Protocol::Kitty.sequence(&png).expect("a PNG");
        let text = String::from_utf8(sequence).expect("ASCII");
        let chunks: Vec<&str> = text.split("\x1b_G").skip(1).collect();
        assert_eq!(chunks.len(), 4);
        assert!(chunks[0].starts_with("a=T,f=100,m=1;") && chunks[3].starts_with("m=0;"));
        let sequence = Protocol::Iterm.sequence(b"\xff\xd8jpeg").expect("any file");
        assert!(sequence.starts_with(b"\x1b]1337;File=inline=1;size=6:/9hq"));
    }

    /// A JPEG of 8 × 8 red pixels.
    pub fn red_jpeg() -> Vec<u8> {
        let text = [
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4R",
            "DgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU",
            "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAA",
            "AAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABwn/xAAUEQEAAAAAAAAAAAAA",
            "AAAAAAAA/9oADAMBAAIRAxEAPwCCABRUB//Z",
        ];
        STANDARD.decode(text.concat()).expect("base64")
    }

    #[test]
    fn a_jpeg_is_converted_for_terminals_that_do_not_take_it() {
        let kitty = Protocol::Kitty.sequence(&red_jpeg()).expect("converted");
        assert!(kitty.starts_with(b"\x1b_Ga=T,f=100,m=0;iVBORw0KGgo"));
        let sixel = Protocol::Sixel.sequence(&red_jpeg()).expect("converted");
        assert!(sixel.starts_with(b"\x1bP0;1;0q\"1;1;8;8#0;2;0;0;0"));
        assert!(Protocol::Kitty.sequence(b"\xff\xd8jpeg").is_err());
    }

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
