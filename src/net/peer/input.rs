//! Reads frames of a client. Takes bytes as they come; gives complete binary messages, unmasked in place
//! in the read buffer, and answers to control frames.

use std::ops::Range;

use super::frame::{FIN, MASKED, MAX_CONTROL_PAYLOAD, MAX_HEADER, RESERVED, op, put_head, unmask};
use crate::net::error::Lost;

/// The read buffer of a session that receives little, in bytes.
pub(super) const MIN_READ_BUFFER: usize = 4 * 1024;
/// The read buffer of a session that receives much, in bytes.
const MAX_READ_BUFFER: usize = 128 * 1024;
/// How many bytes of pongs may wait to be written. If a client sends more pings, the others are not
/// answered.
const MAX_QUEUED_PONGS: usize = 4 * 1024;

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
pub(super) struct Input {
    pub(super) bytes: Vec<u8>,
    pub(super) begin: usize,
    pub(super) end: usize,
    /// Whether the last read filled the buffer. More is waiting then, so the buffer grows.
    pub(super) filled: bool,
    pub(super) max_message: usize,
    /// The payload so far of a message in several frames.
    pub(super) fragments: Vec<u8>,
    pub(super) fragmented: bool,
    /// The payload of the last Pong.
    pub(super) pong: Option<Vec<u8>>,
}

pub(super) enum Location {
    Buffer(Range<usize>),
    Fragments,
}

/// A frame whose payload is in the buffer, unmasked.
struct RawFrame {
    first: u8,
    payload: Range<usize>,
}

impl Input {
    pub(super) fn new(max_message: usize) -> Input {
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
    #[inline]
    pub(super) fn room(&mut self) -> &mut [u8] {
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
    #[inline]
    pub(super) fn borrow_buffer(&mut self, pool: &mut BufferPool) {
        if self.bytes.len() != MAX_READ_BUFFER {
            let mut buffer = pool.lend();
            let left = &self.bytes[self.begin..self.end];
            buffer[..left.len()].copy_from_slice(left);
            (self.begin, self.end) = (0, left.len());
            self.bytes = buffer;
        }
    }

    #[inline]
    pub(super) fn return_buffer(&mut self, pool: &mut BufferPool) -> usize {
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

    #[inline]
    pub(super) fn next(&mut self, control: &mut Vec<u8>) -> Result<Option<Location>, Lost> {
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

#[cfg(test)]
mod tests {
    use super::super::frame::{close, put_close};
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
