//! Splits a stream of bytes into OSC packets. No I/O.
//!
//! ```text
//! size   u32 size, packet              OSC 1.0
//! SLIP   END, packet, END              OSC 1.1, RFC 1055: END is C0, and in a packet DB DC is C0
//!                                      and DB DD is DB
//! ```
//! The first byte tells which framing a peer uses: the size of a packet below 16 MiB starts with 0,
//! and END is not 0.

use std::str::FromStr;

/// The size limit of a packet.
pub const PACKET_MAX: usize = 1 << 20;

const END: u8 = 0xC0;
const ESC: u8 = 0xDB;
const ESC_END: u8 = 0xDC;
const ESC_ESC: u8 = 0xDD;

/// How packets are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// With the size before each packet.
    Size,
    /// With an END before and after each packet.
    Slip,
}

impl FromStr for Framing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Framing, Self::Err> {
        match text {
            "size" => Ok(Framing::Size),
            "slip" => Ok(Framing::Slip),
            _ => Err("the framing must be size or slip"),
        }
    }
}

/// Why the rest of a stream cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A packet larger than [`PACKET_MAX`].
    #[error("a packet of the stream is larger than 1 MiB")]
    TooLong,
    /// An escape sequence that SLIP does not define.
    #[error("{0:#04x} is not an escape sequence of SLIP")]
    Escape(u8),
}

/// Splits a stream into packets.
#[derive(Debug, Default)]
pub struct Unframer {
    framing: Option<Framing>,
    bytes: Vec<u8>,
    /// How many of them have been handled.
    done: usize,
}

impl Unframer {
    /// For a stream with this framing; with `None`, the framing is detected.
    pub fn new(framing: Option<Framing>) -> Unframer {
        Unframer {
            framing,
            ..Unframer::default()
        }
    }

    /// The framing of the peer, once it is known.
    pub fn framing(&self) -> Option<Framing> {
        self.framing
    }

    /// Adds more bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.done);
        self.done = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next packet, if it is complete.
    ///
    /// # Errors
    /// When the start of the next packet cannot be found.
    pub fn next_packet(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let rest = &self.bytes[self.done..];
        let Some(first) = rest.first() else {
            return Ok(None);
        };
        let framing = *self.framing.get_or_insert(match first {
            0 => Framing::Size,
            _ => Framing::Slip,
        });
        match framing {
            Framing::Size => {
                let Some((size, behind)) = rest.split_first_chunk() else {
                    return Ok(None);
                };
                let size = u32::from_be_bytes(*size) as usize;
                if size > PACKET_MAX {
                    return Err(Broken::TooLong);
                }
                let Some(packet) = behind.get(..size) else {
                    return Ok(None);
                };
                let packet = packet.to_vec();
                self.done += 4 + size;
                Ok(Some(packet))
            }
            Framing::Slip => loop {
                let rest = &self.bytes[self.done..];
                let Some(end) = memchr::memchr(END, rest) else {
                    // Escaping at most doubles the size.
                    return if rest.len() > 2 * PACKET_MAX {
                        Err(Broken::TooLong)
                    } else {
                        Ok(None)
                    };
                };
                let packet = unescaped(&rest[..end])?;
                self.done += end + 1;
                // There may be nothing between two ENDs.
                if !packet.is_empty() {
                    return Ok(Some(packet));
                }
            },
        }
    }
}

fn unescaped(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut packet = Vec::with_capacity(bytes.len());
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        packet.push(match byte {
            &ESC => match bytes.next() {
                Some(&ESC_END) => END,
                Some(&ESC_ESC) => ESC,
                other => return Err(Broken::Escape(other.copied().unwrap_or(END))),
            },
            byte => *byte,
        });
    }
    Ok(packet)
}

/// A packet with its framing.
pub fn framed(packet: &[u8], framing: Framing) -> Vec<u8> {
    let mut out = Vec::with_capacity(packet.len() + 8);
    match framing {
        Framing::Size => {
            out.extend_from_slice(&(packet.len() as u32).to_be_bytes());
            out.extend_from_slice(packet);
        }
        Framing::Slip => {
            out.push(END);
            for byte in packet {
                match *byte {
                    END => out.extend_from_slice(&[ESC, ESC_END]),
                    ESC => out.extend_from_slice(&[ESC, ESC_ESC]),
                    byte => out.push(byte),
                }
            }
            out.push(END);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bytes_of_both_framings() {
        let packet = [b'/', END, ESC, 1];
        assert_eq!(
            framed(&packet, Framing::Size),
            [0, 0, 0, 4, b'/', END, ESC, 1]
        );
        assert_eq!(
            framed(&packet, Framing::Slip),
            [END, b'/', ESC, ESC_END, ESC, ESC_ESC, 1, END]
        );
    }

    #[test]
    fn a_stream_that_cannot_be_followed_says_why() {
        let broken = |bytes: &[u8]| {
            let mut unframer = Unframer::default();
            unframer.push(bytes);
            unframer.next_packet()
        };
        assert_eq!(broken(&[0, 0x20, 0, 0]), Err(Broken::TooLong));
        assert_eq!(broken(&vec![b'/'; 3 * PACKET_MAX]), Err(Broken::TooLong));
        assert_eq!(broken(&[END, ESC, 7, END]), Err(Broken::Escape(7)));
        assert_eq!(broken(&[0, 0]), Ok(None));
        assert_eq!(broken(&[END, END]), Ok(None));
    }

    proptest! {
        #[test]
        fn packets_come_out_as_they_went_in_however_they_are_cut(
            packets in proptest::collection::vec("/[\\x00-\\u{ff}]{0,40}", 1..5),
            slip in any::<bool>(),
            step in 1_usize..20,
        ) {
            let framing = if slip { Framing::Slip } else { Framing::Size };
            let packets: Vec<Vec<u8>> = packets
                .iter()
                .map(|text| text.chars().map(|char| char as u32 as u8).collect())
                .collect();
            let stream: Vec<u8> =
                packets.iter().flat_map(|packet| framed(packet, framing)).collect();
            let mut unframer = Unframer::default();
            let mut out = Vec::new();
            for piece in stream.chunks(step) {
                unframer.push(piece);
                while let Some(packet) = unframer.next_packet().expect("sound") {
                    out.push(packet);
                }
            }
            prop_assert_eq!(out, packets);
            prop_assert_eq!(unframer.framing(), Some(framing));
        }
    }
}
