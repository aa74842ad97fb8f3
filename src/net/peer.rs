//! The server's side of a WebSocket, after the upgrade.
//!
//! Takes bytes of a client and gives complete binary messages, unmasked in place in the read
//! buffer. In the other direction it takes bytes that are already framed (see [`put_header`]).
//!
//! ```text
//!   0        1            2 (or 4, or 10)   +4
//! ┌────────┬────────────┬─────────────────┬─────────┐
//! │ fin op │ mask length│ u32 mask        │ payload │   from client to server; frames from the
//! └────────┴────────────┴─────────────────┴─────────┘   server have no mask
//!            │
//!            └ 126: a u16 follows, 127: a u64 follows
//! ```
//!
//! tungstenite is not used here: its stream allocates every message and gives one for each poll. A
//! router must read many messages directly from the buffer, and write one frame to a thousand
//! sessions without framing it a thousand times.

use std::future::poll_fn;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::error::Lost;
use super::plain;
use super::transport::Transport;

/// The read buffer of a session that receives little, in bytes.
const MIN_READ_BUFFER: usize = 4 * 1024;
/// The read buffer of a session that receives much, in bytes.
const MAX_READ_BUFFER: usize = 128 * 1024;
/// The longest header of a frame.
const MAX_HEADER: usize = 14;
/// The longest payload of a control frame.
const MAX_CONTROL_PAYLOAD: usize = 125;
/// How many bytes of pongs may wait to be written. If a client sends more pings, the others are not
/// answered.
const MAX_QUEUED_PONGS: usize = 4 * 1024;

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASKED: u8 = 0x80;

mod op {
    pub const CONTINUATION: u8 = 0;
    pub const TEXT: u8 = 1;
    pub const BINARY: u8 = 2;
    pub const CLOSE: u8 = 8;
    pub const PING: u8 = 9;
    pub const PONG: u8 = 10;
}

/// Close codes of RFC 6455 that a server gives.
pub mod close {
    /// The server has finished.
    pub const NORMAL: u16 = 1000;
    /// The server is stopping.
    pub const AWAY: u16 = 1001;
    /// The client broke the WebSocket protocol.
    pub const PROTOCOL: u16 = 1002;
    /// The server has failed.
    pub const ERROR: u16 = 1011;
    /// The client sent something that the server does not accept.
    pub const POLICY: u16 = 1008;
    /// The server is overloaded.
    pub const OVERLOADED: u16 = 1013;
}

/// A connected client.
#[derive(Debug)]
pub struct Peer {
    transport: Transport,
    input: Input,
    /// Pongs and pings that are queued: written before anything else.
    control: Vec<u8>,
    unflushed: bool,
}

impl Peer {
    /// A peer after its upgrade. A message longer than `max_message` bytes ends the connection.
    pub(super) fn new(transport: Transport, max_message: usize) -> Peer {
        Peer {
            transport,
            input: Input::new(max_message),
            control: Vec::new(),
            unflushed: false,
        }
    }

    /// A peer after its upgrade; `read` are bytes that were read beyond the upgrade request.
    pub(super) fn with_read(transport: Transport, max_message: usize, read: &[u8]) -> Peer {
        let mut peer = Peer::new(transport, max_message);
        let room = MIN_READ_BUFFER.max(read.len());
        peer.input.bytes.resize(room, 0);
        peer.input.bytes[..read.len()].copy_from_slice(read);
        peer.input.end = read.len();
        peer
    }

    /// The payload of the last pong that [`next_message`](Self::next_message) has read, once.
    pub fn take_pong(&mut self) -> Option<Vec<u8>> {
        self.input.pong.take()
    }

    /// Reads once from the socket; [`next_message`](Self::next_message) then gives the messages.
    pub fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let room = self.input.room();
        let most = room.len();
        let mut buffer = ReadBuf::new(room);
        ready!(Pin::new(&mut self.transport).poll_read(cx, &mut buffer))
            .map_err(|error| Lost::Broken(plain(&error)))?;
        let count = buffer.filled().len();
        if count == 0 {
            return Poll::Ready(Err(Lost::Broken("connection closed".into())));
        }
        self.input.end += count;
        self.input.filled = count == most;
        Poll::Ready(Ok(()))
    }

    /// Reads once into a buffer of this pool, for a server with many peers;
    /// [`return_buffer`](Self::return_buffer) then returns it.
    pub fn poll_fill_pooled(
        &mut self,
        cx: &mut Context<'_>,
        pool: &mut BufferPool,
    ) -> Poll<Result<(), Lost>> {
        self.input.borrow_buffer(pool);
        self.poll_fill(cx)
    }

    /// Returns a pooled buffer when nothing more is read for now. Gives how many bytes the peer
    /// keeps in memory for data that was not taken yet.
    pub fn return_buffer(&mut self, pool: &mut BufferPool) -> usize {
        self.input.return_buffer(pool)
    }

    /// The next complete message in the buffer, if there is one.
    ///
    /// # Errors
    /// [`Lost::Closed`] at a Close frame, [`Lost::Protocol`] for anything that is not a binary
    /// WebSocket message.
    #[inline]
    pub fn next_message(&mut self) -> Result<Option<&[u8]>, Lost> {
        match self.input.next(&mut self.control)? {
            None => Ok(None),
            Some(Location::Buffer(range)) => Ok(Some(&self.input.bytes[range])),
            Some(Location::Fragments) => Ok(Some(&self.input.fragments)),
        }
    }

    /// Writes some of these bytes, which begin with a frame; queued control frames are written
    /// first.
    pub fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Lost>> {
        self.poll_write_on(cx, bytes, true)
    }

    /// Writes some of these bytes. If they do not begin with a frame (`begins` is false), queued
    /// control frames wait, because they must not be written inside another frame.
    pub fn poll_write_on(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        begins: bool,
    ) -> Poll<Result<usize, Lost>> {
        let broken = |error: std::io::Error| Lost::Broken(plain(&error));
        while begins && !self.control.is_empty() {
            let written = ready!(Pin::new(&mut self.transport).poll_write(cx, &self.control))
                .map_err(broken)?;
            if written == 0 {
                return Poll::Ready(Err(Lost::Broken("connection closed".into())));
            }
            self.unflushed = true;
            self.control.drain(..written);
        }
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let written =
            ready!(Pin::new(&mut self.transport).poll_write(cx, bytes)).map_err(broken)?;
        if written == 0 {
            return Poll::Ready(Err(Lost::Broken("connection closed".into())));
        }
        self.unflushed = true;
        Poll::Ready(Ok(written))
    }

    /// Flushes the TLS layer.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.transport).poll_flush(cx))
                .map_err(|error| Lost::Broken(plain(&error)))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Queues a Ping, to find out whether the peer is alive.
    pub fn ping(&mut self) {
        put_head(op::PING, 0, &mut self.control);
    }

    /// Whether a Pong or a Ping is queued.
    pub fn has_control(&self) -> bool {
        !self.control.is_empty()
    }

    /// Ends the connection: writes these last frames, shuts the sending half down, and discards
    /// what still arrives. Closing a socket that has unread data would reset the connection, and
    /// the peer might never read the last frames. The caller sets the deadline.
    pub async fn finish(&mut self, last: &[u8]) {
        let mut rest = last;
        while !rest.is_empty() || self.has_control() {
            match poll_fn(|cx| self.poll_write(cx, rest)).await {
                Ok(count) => rest = &rest[count..],
                Err(_) => return,
            }
        }
        if poll_fn(|cx| self.poll_flush(cx)).await.is_err() {
            return;
        }
        let ended = poll_fn(|cx| Pin::new(&mut self.transport).poll_shutdown(cx)).await;
        let mut away = [0; 4 * 1024];
        if ended.is_ok() {
            while poll_fn(|cx| {
                let mut buffer = ReadBuf::new(&mut away);
                let read = Pin::new(&mut self.transport).poll_read(cx, &mut buffer);
                read.map(|read| read.is_ok() && !buffer.filled().is_empty())
            })
            .await
            {}
        }
    }
}

/// Appends the WebSocket header of a binary message of this length.
#[inline]
pub fn put_header(length: usize, out: &mut Vec<u8>) {
    put_head(op::BINARY, length, out);
}

/// The first of several frames that were written with the functions of this module: whether it is
/// a Close frame, its payload, and the bytes behind it.
pub fn first_frame(bytes: &[u8]) -> Option<(bool, &[u8], &[u8])> {
    let (first, header, length) = match *bytes {
        [first, 126, high, low, ..] => (first, 4, usize::from(u16::from_be_bytes([high, low]))),
        [first, 127, a, b, c, d, e, f, g, h, ..] => {
            let length = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
            (first, 10, usize::try_from(length).ok()?)
        }
        [first, length, ..] => (first, 2, usize::from(length)),
        _ => return None,
    };
    let (payload, rest) = bytes[header..].split_at_checked(length)?;
    Some((first == FIN | op::CLOSE, payload, rest))
}

/// Appends a Ping. The peer answers with a Pong of the same payload when it has read everything
/// before it.
pub fn put_ping(payload: &[u8; 8], out: &mut Vec<u8>) {
    put_head(op::PING, payload.len(), out);
    out.extend_from_slice(payload);
}

/// Appends a Close frame. The reason is cut to the length of a control frame.
pub fn put_close(code: u16, reason: &str, out: &mut Vec<u8>) {
    let most = MAX_CONTROL_PAYLOAD - 2;
    let end = (0..=reason.len().min(most))
        .rev()
        .find(|at| reason.is_char_boundary(*at))
        .unwrap_or(0);
    put_head(op::CLOSE, 2 + end, out);
    out.extend_from_slice(&code.to_be_bytes());
    out.extend_from_slice(&reason.as_bytes()[..end]);
}

#[inline]
fn put_head(op: u8, length: usize, out: &mut Vec<u8>) {
    let first = FIN | op;
    match length {
        0..=125 => out.extend_from_slice(&[first, length as u8]),
        126..=0xFFFF => {
            let [high, low] = (length as u16).to_be_bytes();
            out.extend_from_slice(&[first, 126, high, low]);
        }
        _ => {
            out.extend_from_slice(&[first, 127]);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

/// Read buffers for the peers of one thread. Only a peer that is being read has one, so a thousand
/// silent peers need none.
#[derive(Debug, Default)]
pub struct BufferPool {
    spare: Vec<Vec<u8>>,
}

impl BufferPool {
    /// How many unused buffers are kept.
    const SPARE: usize = 4;

    fn lend(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_else(|| vec![0; MAX_READ_BUFFER])
    }

    fn take_back(&mut self, buffer: Vec<u8>) {
        if self.spare.len() < BufferPool::SPARE {
            self.spare.push(buffer);
        }
    }
}

/// The bytes that were read and not yet taken.
#[derive(Debug)]
struct Input {
    bytes: Vec<u8>,
    begin: usize,
    end: usize,
    /// Whether the last read filled the buffer. More is waiting then, so the buffer grows.
    filled: bool,
    max_message: usize,
    /// The payload so far of a message in several frames.
    fragments: Vec<u8>,
    fragmented: bool,
    /// The payload of the last Pong.
    pong: Option<Vec<u8>>,
}

enum Location {
    Buffer(Range<usize>),
    Fragments,
}

/// A frame whose payload is in the buffer, unmasked.
struct RawFrame {
    first: u8,
    payload: Range<usize>,
}

impl Input {
    fn new(max_message: usize) -> Input {
        Input {
            bytes: Vec::new(),
            begin: 0,
            end: 0,
            filled: false,
            max_message,
            fragments: Vec::new(),
            fragmented: false,
            pong: None,
        }
    }

    /// Space for the next read. It is never empty, and grows until the longest frame fits.
    fn room(&mut self) -> &mut [u8] {
        if self.begin == self.end {
            (self.begin, self.end) = (0, 0);
        } else if self.begin > 0 {
            self.bytes.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
        }
        let most = MAX_READ_BUFFER.max(self.max_message + MAX_HEADER);
        if self.bytes.is_empty() {
            self.bytes.resize(MIN_READ_BUFFER, 0);
        } else if (self.filled || self.end == self.bytes.len()) && self.bytes.len() < most {
            let longer = (self.bytes.len() * 2).min(most);
            self.bytes.resize(longer, 0);
        }
        &mut self.bytes[self.end..]
    }

    /// Moves the remaining bytes into a buffer of the pool, unless they are in one already.
    fn borrow_buffer(&mut self, pool: &mut BufferPool) {
        if self.bytes.len() != MAX_READ_BUFFER {
            let mut buffer = pool.lend();
            let left = &self.bytes[self.begin..self.end];
            buffer[..left.len()].copy_from_slice(left);
            (self.begin, self.end) = (0, left.len());
            self.bytes = buffer;
        }
    }

    fn return_buffer(&mut self, pool: &mut BufferPool) -> usize {
        if self.bytes.len() == MAX_READ_BUFFER {
            let left = self.bytes[self.begin..self.end].to_vec();
            (self.begin, self.end) = (0, left.len());
            pool.take_back(std::mem::replace(&mut self.bytes, left));
        }
        if !self.fragmented {
            self.fragments = Vec::new();
        }
        self.bytes.len() + self.fragments.capacity()
    }

    fn next(&mut self, control: &mut Vec<u8>) -> Result<Option<Location>, Lost> {
        let protocol = |why: &str| Err(Lost::Protocol(why.to_owned()));
        while let Some(RawFrame { first, payload }) = self.frame()? {
            let whole = first & FIN != 0;
            match first & 0x0F {
                op::BINARY if whole && !self.fragmented => {
                    return Ok(Some(Location::Buffer(payload)));
                }
                op::BINARY if !self.fragmented => {
                    self.fragmented = true;
                    self.fragments.clear();
                    self.fragments.extend_from_slice(&self.bytes[payload]);
                }
                op::CONTINUATION if self.fragmented => {
                    if self.fragments.len() + payload.len() > self.max_message {
                        return protocol("a message is too long");
                    }
                    self.fragments.extend_from_slice(&self.bytes[payload]);
                    if whole {
                        self.fragmented = false;
                        return Ok(Some(Location::Fragments));
                    }
                }
                op::TEXT => {
                    return protocol("a text message, but only binary messages are supported");
                }
                code @ (op::CLOSE | op::PING | op::PONG) => {
                    if !whole || payload.len() > MAX_CONTROL_PAYLOAD {
                        return protocol("an invalid control frame");
                    }
                    let data = &self.bytes[payload];
                    match code {
                        op::PING if control.len() < MAX_QUEUED_PONGS => {
                            put_head(op::PONG, data.len(), control);
                            control.extend_from_slice(data);
                        }
                        op::CLOSE => return Err(closed_by_peer(data)),
                        op::PONG => self.pong = Some(data.to_vec()),
                        _ => {}
                    }
                }
                _ => return protocol("an unexpected frame"),
            }
        }
        Ok(None)
    }

    /// Takes a complete frame from the buffer and unmasks its payload in place.
    #[inline]
    fn frame(&mut self) -> Result<Option<RawFrame>, Lost> {
        let bytes = &self.bytes[self.begin..self.end];
        let &[first, second, ref rest @ ..] = bytes else {
            return Ok(None);
        };
        if first & RESERVED != 0 || second & MASKED == 0 {
            return Err(Lost::Protocol("a frame that breaks RFC 6455".into()));
        }
        let (length, rest) = match second & !MASKED {
            126 => match rest.split_first_chunk::<2>() {
                Some((length, rest)) => (usize::from(u16::from_be_bytes(*length)), rest),
                None => return Ok(None),
            },
            127 => match rest.split_first_chunk::<8>() {
                Some((length, rest)) => {
                    let length = u64::from_be_bytes(*length);
                    (usize::try_from(length).unwrap_or(usize::MAX), rest)
                }
                None => return Ok(None),
            },
            length => (usize::from(length), rest),
        };
        if length > self.max_message {
            return Err(Lost::Protocol("a message is too long".into()));
        }
        let Some((&mask, rest)) = rest.split_first_chunk::<4>() else {
            return Ok(None);
        };
        if rest.len() < length {
            return Ok(None);
        }
        let start = self.end - rest.len();
        let payload = start..start + length;
        unmask(&mut self.bytes[payload.clone()], mask);
        self.begin = payload.end;
        Ok(Some(RawFrame { first, payload }))
    }
}

/// The result of [`read_all`].
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// The binary messages.
    pub messages: Vec<Vec<u8>>,
    /// The pongs.
    pub answers: Vec<u8>,
    /// How the connection ended, if the bytes ended it.
    pub lost: Option<Lost>,
}

/// Reads bytes as if a client had sent them in pieces of this size. For tests and the fuzz target,
/// which have no socket.
pub fn read_all(mut bytes: &[u8], piece: usize, max_message: usize) -> Read {
    let (mut input, mut pool) = (Input::new(max_message), BufferPool::default());
    let mut read = Read {
        messages: Vec::new(),
        answers: Vec::new(),
        lost: None,
    };
    while !bytes.is_empty() {
        input.borrow_buffer(&mut pool);
        let room = input.room();
        let count = piece.clamp(1, room.len()).min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        input.end += count;
        bytes = &bytes[count..];
        loop {
            match input.next(&mut read.answers) {
                Ok(None) => break,
                Ok(Some(Location::Buffer(range))) => {
                    read.messages.push(input.bytes[range].to_vec())
                }
                Ok(Some(Location::Fragments)) => read.messages.push(input.fragments.clone()),
                Err(lost) => {
                    read.lost = Some(lost);
                    return read;
                }
            }
        }
        input.return_buffer(&mut pool);
    }
    read
}

fn closed_by_peer(data: &[u8]) -> Lost {
    let code = data.first_chunk::<2>().map(|c| u16::from_be_bytes(*c));
    let why = data.get(2..).unwrap_or_default();
    Lost::Closed {
        code,
        why: String::from_utf8_lossy(why).into_owned(),
    }
}

/// XORs the payload with the mask, eight bytes at a time.
#[inline]
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, tail) = payload.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, key) in tail.iter_mut().zip([a, b, c, d, a, b, c]) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 70_000;

    fn framed(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 250];
        let mut out = Vec::new();
        put_head(first & 0x0F, payload.len(), &mut out);
        out[0] = first;
        out[1] |= MASKED;
        out.extend(mask);
        let at = out.len();
        out.extend_from_slice(payload);
        unmask(&mut out[at..], mask);
        out
    }

    fn fed(bytes: &[u8], piece: usize) -> (Vec<Vec<u8>>, Vec<u8>, Option<Lost>) {
        let read = read_all(bytes, piece, MAX);
        (read.messages, read.answers, read.lost)
    }

    #[test]
    fn messages_of_every_length_come_out_however_they_are_cut() {
        let messages: Vec<Vec<u8>> = [0, 1, 7, 8, 125, 126, 4_096, 65_535, 65_547]
            .map(|length| (0..length).map(|i| i as u8).collect())
            .into();
        let bytes: Vec<u8> = messages.iter().flat_map(|m| framed(0x82, m)).collect();
        for piece in [1, 3, 1_000, 1 << 20] {
            let (got, _, lost) = fed(&bytes, piece);
            assert!(got == messages, "in pieces of {piece}");
            assert_eq!(lost, None);
        }
    }

    #[test]
    fn a_borrowed_buffer_goes_back_and_what_is_left_stays() {
        let (mut input, mut pool) = (Input::new(MAX), BufferPool::default());
        let long = framed(0x82, &[7; 60_000]);
        let bytes = [framed(0x82, b"one"), long.clone()].concat();
        let mut got = Vec::new();
        for piece in bytes.chunks(1_000) {
            input.borrow_buffer(&mut pool);
            input.room()[..piece.len()].copy_from_slice(piece);
            input.end += piece.len();
            while let Ok(Some(Location::Buffer(range))) = input.next(&mut Vec::new()) {
                got.push(input.bytes[range].len());
            }
            let kept = input.return_buffer(&mut pool);
            assert!(kept < long.len());
            assert_eq!(pool.spare.len(), 1, "one buffer serves all");
        }
        assert_eq!(got, [3, 60_000]);
        assert!(input.bytes.is_empty() && input.bytes.capacity() == 0);
    }

    #[test]
    fn fragments_are_joined_and_pings_between_them_answered() {
        let bytes = [
            framed(0x02, b"one "),
            framed(0x89, b"hi"),
            framed(0x00, b"two "),
            framed(0x80, b"three"),
        ]
        .concat();
        let (got, control, lost) = fed(&bytes, 5);
        assert_eq!(got, [b"one two three"]);
        assert_eq!(control, b"\x8a\x02hi");
        assert_eq!(lost, None);
    }

    #[test]
    fn a_pong_is_kept_until_it_is_taken() {
        let mut input = Input::new(MAX);
        let bytes = [framed(0x8A, b"\0\0\0\0\0\0\0\x07"), framed(0x82, b"x")].concat();
        input.room()[..bytes.len()].copy_from_slice(&bytes);
        input.end = bytes.len();
        assert!(matches!(
            input.next(&mut Vec::new()),
            Ok(Some(Location::Buffer(_)))
        ));
        assert_eq!(input.pong.take(), Some(7_u64.to_be_bytes().to_vec()));
    }

    #[test]
    fn what_breaks_the_protocol_ends_the_connection() {
        let unmasked = vec![0x82, 1, 0];
        let compressed = framed(0xC2, b"x");
        let text = framed(0x81, b"x");
        let stray = framed(0x80, b"x");
        let interrupted = [framed(0x02, b"x"), framed(0x82, b"y")].concat();
        let long_ping = framed(0x89, &[0; 126]);
        let too_long = framed(0x82, &vec![0; MAX + 1]);
        let huge = [vec![0x82, 0xFF], vec![0xFF; 12]].concat();
        let half = vec![0; 40_000];
        let long_in_parts = [framed(0x02, &half), framed(0x80, &half)].concat();
        for bytes in [
            unmasked,
            compressed,
            text,
            stray,
            interrupted,
            long_ping,
            too_long,
            huge,
            long_in_parts,
        ] {
            let (got, _, lost) = fed(&bytes, 1 << 20);
            assert!(got.is_empty());
            assert!(matches!(lost, Some(Lost::Protocol(_))), "{lost:?}");
        }
    }

    #[test]
    fn a_close_frame_is_reported_with_its_code() {
        let (_, _, lost) = fed(&framed(0x88, b"\x03\xe8bye"), 1);
        let said = Lost::Closed {
            code: Some(1000),
            why: "bye".into(),
        };
        assert_eq!(lost, Some(said));
        let mut out = Vec::new();
        put_close(close::AWAY, &"é".repeat(100), &mut out);
        assert_eq!(out.len(), 2 + 2 + 122, "cut at a character");
    }
}
