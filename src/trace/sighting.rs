//! What was seen: typed facts and, of messages, text in which nothing secret is left.

use std::io::{self, Write};

use super::secrets::Secrets;
use super::{Content, Control, Direction, Step};

/// Something that happened in a conversation.
pub struct Sighting<'a> {
    /// When, in µs since the epoch.
    pub time: u64,
    /// The service, as the command line knows it.
    pub service: &'static str,
    /// Which conversation of this process, from 1.
    pub connection: u32,
    /// What.
    pub what: What<'a>,
}

/// What happened.
pub enum What<'a> {
    /// The connection came or went.
    Step(Step),
    /// WebSocket said something for itself.
    Control {
        /// Who.
        direction: Direction,
        /// How many bytes.
        size: usize,
        /// What.
        control: Control,
    },
    /// A message went by.
    Message(Seen<'a>),
}

/// A message. Its text is only had without secrets.
pub struct Seen<'a> {
    /// Who said it.
    pub direction: Direction,
    /// How many bytes it has.
    pub size: usize,
    content: Result<Box<dyn Content + 'a>, (String, &'a [u8])>,
    secrets: &'a Secrets,
}

impl<'a> Seen<'a> {
    pub(super) fn new(
        direction: Direction,
        size: usize,
        content: Result<Box<dyn Content + 'a>, (String, &'a [u8])>,
        secrets: &'a Secrets,
    ) -> Self {
        Seen {
            direction,
            size,
            content,
            secrets,
        }
    }

    /// What kind of message it is; `?` if it cannot be read.
    pub fn kind(&self) -> String {
        let kind = self.content.as_ref().map_or("?", |content| content.kind());
        self.hidden(kind)
    }

    /// What it is about.
    pub fn address(&self) -> Option<String> {
        let content = self.content.as_ref().ok()?;
        content.address().map(|address| self.hidden(address))
    }

    /// Whether it says that something went wrong, or cannot be read.
    pub fn is_failure(&self) -> bool {
        let content = self.content.as_ref();
        content.map_or(true, |content| content.is_failure())
    }

    /// The rest of it, in about `limit` bytes; more is cut off.
    pub fn brief(&self, limit: usize) -> String {
        match &self.content {
            Ok(content) => {
                let longest = self.secrets.longest();
                let mut line = Bounded {
                    bytes: Vec::new(),
                    limit: limit + longest,
                    full: false,
                };
                // That it is full, or has no JSON, ends the line and no more.
                let _ = content.brief(&mut line);
                let Bounded { bytes, full, .. } = line;
                let mut text = String::from_utf8_lossy(&bytes).into_owned();
                self.secrets.hide(&mut text);
                if full {
                    // The last of it may be the beginning of a secret.
                    let whole = text.len().saturating_sub(longest.max(3));
                    text.truncate(text.floor_char_boundary(whole));
                    text.push('…');
                }
                text
            }
            Err((why, bytes)) => {
                let mut text = format!("{why}: ");
                self.secrets.hide(&mut text);
                let shown = self.secrets.hide_bytes(bytes);
                for byte in shown.iter().take(limit / 2) {
                    push_hex(&mut text, *byte);
                }
                text
            }
        }
    }

    /// All of it: `"message":…`, or `"error":…,"hex":…` if it cannot be read.
    pub fn put_json(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let (why, bytes) = match &self.content {
            Ok(content) => {
                out.extend_from_slice(b"\"message\":");
                let document = out.len();
                match content.json(&mut *out) {
                    Ok(()) => {
                        self.secrets.hide_json(out, document);
                        return;
                    }
                    Err(error) => {
                        out.truncate(start);
                        (error.to_string(), &[][..])
                    }
                }
            }
            Err((why, bytes)) => (why.clone(), *bytes),
        };
        let mut hex = String::with_capacity(bytes.len() * 2);
        for byte in self.secrets.hide_bytes(bytes).iter() {
            push_hex(&mut hex, *byte);
        }
        out.extend_from_slice(b"\"error\":");
        put_string(out, &self.hidden(&why));
        out.extend_from_slice(b",\"hex\":");
        put_string(out, &hex);
    }

    /// The message alone, as JSON; of one that cannot be read, why, and its bytes.
    pub fn document(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match &self.content {
            Ok(_) => {
                self.put_json(&mut out);
                if let Some(rest) = out.strip_prefix(b"\"message\":") {
                    return rest.to_vec();
                }
            }
            Err(_) => out = self.brief(usize::MAX / 4).into_bytes(),
        }
        out
    }

    fn hidden(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.secrets.hide(&mut text);
        text
    }
}

impl Sighting<'_> {
    /// All of it, as one JSON object on one line, which is ended.
    pub fn put_line(&self, out: &mut Vec<u8>) {
        let Sighting {
            time,
            service,
            connection,
            ..
        } = self;
        put(
            out,
            format_args!(
                "{{\"time\":{time},\"service\":\"{service}\",\"connection\":{connection},"
            ),
        );
        match &self.what {
            What::Step(step) => {
                out.extend_from_slice(b"\"direction\":\"event\",");
                let mut object = Vec::new();
                let written = serde_json::to_writer(&mut object, step);
                debug_assert!(written.is_ok(), "texts and numbers are always JSON");
                // Its fields are ours.
                out.extend_from_slice(object.strip_prefix(b"{").unwrap_or(&object));
                out.push(b'\n');
                return;
            }
            What::Control {
                direction,
                size,
                control,
            } => {
                put_direction(out, *direction, *size);
                match control {
                    Control::Ping => out.extend_from_slice(b"\"control\":\"ping\""),
                    Control::Pong => out.extend_from_slice(b"\"control\":\"pong\""),
                    Control::Close { code, reason } => {
                        out.extend_from_slice(b"\"control\":\"close\"");
                        if let Some(code) = code {
                            put(out, format_args!(",\"code\":{code},\"reason\":"));
                            put_string(out, reason);
                        }
                    }
                }
            }
            What::Message(seen) => {
                put_direction(out, seen.direction, seen.size);
                seen.put_json(out);
            }
        }
        out.extend_from_slice(b"}\n");
    }
}

fn put_direction(out: &mut Vec<u8>, direction: Direction, size: usize) {
    let name = match direction {
        Direction::Sent => "sent",
        Direction::Received => "received",
    };
    put(
        out,
        format_args!("\"direction\":\"{name}\",\"bytes\":{size},"),
    );
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "memory takes everything");
}

fn put_string(out: &mut Vec<u8>, text: &str) {
    let written = serde_json::to_writer(out, text);
    debug_assert!(written.is_ok(), "a text is always JSON");
}

fn push_hex(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 15] {
        text.extend(char::from_digit(digit.into(), 16));
    }
}

/// Takes so many bytes, and then no more.
struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.limit - self.bytes.len();
        if bytes.len() > room {
            self.bytes.extend_from_slice(&bytes[..room]);
            self.full = true;
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
