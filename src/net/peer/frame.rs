//! Frames of the WebSocket protocol (RFC 6455). Takes lengths and payloads; gives the bytes of frames.
//!
//! ```text
//!   0        1            2 (or 4, or 10)   +4
//! ┌────────┬────────────┬─────────────────┬─────────┐
//! │ fin op │ mask length│ u32 mask        │ payload │   from client to server; frames from the
//! └────────┴────────────┴─────────────────┴─────────┘   server have no mask
//!            │
//!            └ 126: a u16 follows, 127: a u64 follows
//! ```

/// The longest header of a frame.
pub(super) const MAX_HEADER: usize = 14;
/// The longest payload of a control frame.
pub(super) const MAX_CONTROL_PAYLOAD: usize = 125;

pub(super) const FIN: u8 = 0x80;
pub(super) const RESERVED: u8 = 0x70;
pub(super) const MASKED: u8 = 0x80;

pub(super) mod op {
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
pub(super) fn put_head(op: u8, length: usize, out: &mut Vec<u8>) {
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

/// XORs the payload with the mask, eight bytes at a time.
#[inline]
pub(super) fn unmask(payload: &mut [u8], mask: [u8; 4]) {
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
