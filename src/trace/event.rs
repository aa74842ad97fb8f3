//! An event of a traced connection. Its message can be read only as text in which secrets are
//! hidden.

use std::io::{self, Write};

use super::secrets::Secrets;
use super::{Content, Control, Direction, Step};

/// Something that happened on a connection.
pub struct TraceEvent<'a> {
    /// The time, in µs since the epoch.
    pub time: u64,
    /// The name of the service on the command line.
    pub service: &'static str,
    /// The number of the connection in this process, from 1.
    pub connection: u32,
    /// What happened.
    pub kind: EventKind<'a>,
}

/// What happened on a connection.
pub enum EventKind<'a> {
    /// The connection was opened, changed or closed.
    Step(Step),
    /// A control frame of WebSocket.
    Control {
        /// The direction.
        direction: Direction,
        /// The size of the payload, in bytes.
        size: usize,
        /// The frame.
        control: Control,
    },
    /// A message was sent or received.
    Message(TracedMessage<'a>),
}

/// A message. Secrets are hidden in every text that it gives.
pub struct TracedMessage<'a> {
    /// The direction.
    pub direction: Direction,
    /// The size in bytes.
    pub size: usize,
    content: Result<Box<dyn Content + 'a>, (String, &'a [u8])>,
    secrets: &'a Secrets,
}

impl<'a> TracedMessage<'a> {
    pub(super) fn new(
        direction: Direction,
        size: usize,
        content: Result<Box<dyn Content + 'a>, (String, &'a [u8])>,
        secrets: &'a Secrets,
    ) -> Self {
        TracedMessage {
            direction,
            size,
            content,
            secrets,
        }
    }

    /// The kind of message; `?` if it cannot be decoded.
    pub fn kind(&self) -> String {
        let kind = self.content.as_ref().map_or("?", |content| content.kind());
        self.hidden(kind)
    }

    /// The address that the message is about.
    pub fn address(&self) -> Option<String> {
        let content = self.content.as_ref().ok()?;
        content.address().map(|address| self.hidden(address))
    }

    /// Whether the message reports an error or cannot be decoded.
    pub fn is_failure(&self) -> bool {
        let content = self.content.as_ref();
        content.map_or(true, |content| content.is_failure())
    }

    /// The rest of the message, cut after about `limit` bytes.
    pub fn brief(&self, limit: usize) -> String {
        match &self.content {
            Ok(content) => {
                let longest = self.secrets.longest();
                let mut line = Bounded {
                    bytes: Vec::new(),
                    limit: limit + longest,
                    full: false,
                };
                // An error only ends the line: it is full, or a value has no JSON form.
                let _ = content.brief(&mut line);
                let Bounded { bytes, full, .. } = line;
                let mut text = String::from_utf8_lossy(&bytes).into_owned();
                self.secrets.hide(&mut text);
                if full {
                    // The last bytes may be the beginning of a secret.
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

    /// Writes the whole message: `"message":…`, or `"error":…,"hex":…` if it cannot be decoded.
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

    /// The message as JSON. If it cannot be decoded: why, and its bytes in hexadecimal.
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

impl TraceEvent<'_> {
    /// Writes the event as one JSON object on one line, with its line feed.
    pub fn put_line(&self, out: &mut Vec<u8>) {
        let TraceEvent {
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
        match &self.kind {
            EventKind::Step(step) => {
                out.extend_from_slice(b"\"direction\":\"event\",");
                let mut object = Vec::new();
                let written = serde_json::to_writer(&mut object, step);
                debug_assert!(written.is_ok(), "texts and numbers are always JSON");
                // The fields of the step become fields of this object.
                out.extend_from_slice(object.strip_prefix(b"{").unwrap_or(&object));
                out.push(b'\n');
                return;
            }
            EventKind::Control {
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
            EventKind::Message(message) => {
                put_direction(out, message.direction, message.size);
                message.put_json(out);
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

/// A writer that fails after `limit` bytes.
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
