//! The client side of the NATS protocol, pure. Takes bytes from a server and gives [`Op`]s; appends the
//! operations of a client to a buffer.
//!
//! ```text
//! INFO {json}                                    ◀ who the server is
//! CONNECT {json}   PING   PONG                   ▶
//! SUB subject id   UNSUB id                      ▶
//! PUB subject [reply] length ⏎ body              ▶
//! HPUB subject [reply] head total ⏎ head body    ▶
//! MSG subject id [reply] length ⏎ body           ◀
//! HMSG subject id [reply] head total ⏎ head body ◀
//! +OK   -ERR 'why'   PING   PONG                 ◀
//! ```

use std::io::Write;

/// The longest line of a server: its INFO names the other servers.
const LINE_MAX: usize = 64 * 1024;

/// The longest message that is read: NATS allows 64 MiB, and nothing here has 1 MiB.
const MESSAGE_MAX: usize = 8 * 1024 * 1024;

/// An operation of a server.
#[derive(Debug, PartialEq, Eq)]
pub enum Op<'a> {
    /// INFO: facts about the server, as JSON.
    Info(&'a [u8]),
    /// A message.
    Message(Message<'a>),
    /// PING.
    Ping,
    /// PONG.
    Pong,
    /// An error message.
    Error(&'a str),
    /// OK.
    Ok,
}

/// A message of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// The id of the subscription.
    pub subscription: u64,
    /// Where a reply goes, or empty.
    pub reply: &'a str,
    /// `NATS/1.0 …` and the header lines, or empty.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

/// The bytes are not NATS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it does not speak NATS: {0}")]
pub struct BadOp(String);

impl Message<'_> {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(self.head).ok()?;
        let mut lines = head.split("\r\n").skip(1);
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
    }

    /// The status after `NATS/1.0`, if there is one; 503: there are no responders.
    pub fn status(&self) -> Option<u16> {
        let head = std::str::from_utf8(self.head).ok()?;
        let line = head.split("\r\n").next()?;
        let status = line.strip_prefix("NATS/1.0")?.trim();
        status.split(' ').next()?.parse().ok()
    }
}

/// Reads one operation from the front of `bytes`. Gives it and its length; `None` if it is incomplete.
///
/// # Errors
/// [`BadOp`] for invalid bytes.
pub fn read(bytes: &[u8]) -> Result<Option<(Op<'_>, usize)>, BadOp> {
    let Some(end) = memchr::memchr(b'\n', bytes) else {
        if bytes.len() > LINE_MAX {
            return Err(BadOp(format!("a line of more than {LINE_MAX} bytes")));
        }
        return Ok(None);
    };
    let line = bytes[..end].trim_ascii_end();
    let bad = || BadOp(String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned());
    let text = std::str::from_utf8(line).map_err(|_| bad())?;
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    let op = match verb {
        "MSG" | "HMSG" => return message(bytes, end + 1, verb == "HMSG", rest).ok_or_else(bad)?,
        "PING" => Op::Ping,
        "PONG" => Op::Pong,
        "+OK" => Op::Ok,
        "-ERR" => Op::Error(rest.trim_matches('\'')),
        "INFO" => Op::Info(rest.as_bytes()),
        _ => return Err(bad()),
    };
    Ok(Some((op, end + 1)))
}

type Read<'a> = Result<Option<(Op<'a>, usize)>, BadOp>;

/// The message with the line `rest`, whose body begins at `begin`; `None` if the line is invalid.
fn message<'a>(bytes: &'a [u8], begin: usize, has_head: bool, rest: &'a str) -> Option<Read<'a>> {
    let mut words = rest.split_ascii_whitespace();
    let subject = words.next()?;
    let subscription = words.next()?.parse().ok()?;
    let rest = [words.next(), words.next(), words.next(), words.next()];
    let (reply, head, total) = match (has_head, rest) {
        (false, [Some(total), None, ..]) => ("", "0", total),
        (false, [Some(reply), Some(total), None, _]) => (reply, "0", total),
        (true, [Some(head), Some(total), None, _]) => ("", head, total),
        (true, [Some(reply), Some(head), Some(total), None]) => (reply, head, total),
        _ => return None,
    };
    let (head, total): (usize, usize) = (head.parse().ok()?, total.parse().ok()?);
    if head > total || total > MESSAGE_MAX {
        return None;
    }
    if bytes.len() < begin + total + 2 {
        return Some(Ok(None));
    }
    let message = Message {
        subject,
        subscription,
        reply,
        head: &bytes[begin..begin + head],
        body: &bytes[begin + head..begin + total],
    };
    Some(Ok(Some((Op::Message(message), begin + total + 2))))
}

/// Appends SUB.
pub fn put_subscribe(subject: &str, id: u64, out: &mut Vec<u8>) {
    put(out, format_args!("SUB {subject} {id}\r\n"));
}

/// Appends UNSUB.
pub fn put_unsubscribe(id: u64, out: &mut Vec<u8>) {
    put(out, format_args!("UNSUB {id}\r\n"));
}

/// Appends PUB.
pub fn put_publish(subject: &str, reply: &str, body: &[u8], out: &mut Vec<u8>) {
    put(
        out,
        format_args!("PUB {subject} {reply} {}\r\n", body.len()),
    );
    out.extend_from_slice(body);
    out.extend_from_slice(b"\r\n");
}

/// Appends text. Writing to a Vec does not fail.
pub fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        let bytes = b"MSG a.b 7 2\r\nhi\r\nHMSG a 1 r.1 12 14\r\nNATS/1.0\r\n\r\nhi\r\nPING\r\n";
        let (op, length) = read(bytes).unwrap().unwrap();
        let plain = Message {
            subject: "a.b",
            subscription: 7,
            reply: "",
            head: b"",
            body: b"hi",
        };
        assert_eq!(op, Op::Message(plain));
        let rest = &bytes[length..];
        let (op, length) = read(rest).unwrap().unwrap();
        let Op::Message(message) = op else {
            panic!("a message")
        };
        assert_eq!((message.reply, message.body), ("r.1", &b"hi"[..]));
        assert_eq!(message.status(), None);
        assert_eq!(read(&rest[length..]), Ok(Some((Op::Ping, 6))));
        for cut in 0..length {
            assert_eq!(read(&rest[..cut]), Ok(None), "{cut}");
        }
    }

    #[test]
    fn headers_and_statuses() {
        let message = |head| Message {
            subject: "a",
            subscription: 1,
            reply: "",
            head,
            body: b"",
        };
        let found = message(b"NATS/1.0\r\nNats-Sequence: 12\r\nNats-Stream: S\r\n\r\n");
        assert_eq!(found.header("Nats-Sequence"), Some("12"));
        assert_eq!(found.header("Nats-Seq"), None);
        assert_eq!(message(b"NATS/1.0 503\r\n\r\n").status(), Some(503));
        let beat = b"NATS/1.0 100 Idle Heartbeat\r\n\r\n";
        assert_eq!(message(beat).status(), Some(100));
    }

    #[test]
    fn what_is_no_nats_is_an_error() {
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            b"MSG a\r\n",
            b"MSG a 1 x\r\n",
            b"HMSG a 1 9 2\r\nabcdefgh",
            b"MSG a 1 99999999\r\n",
        ] {
            assert!(read(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
        assert!(read(&[b'x'; LINE_MAX + 1]).is_err());
    }
}
