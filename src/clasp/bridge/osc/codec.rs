//! OSC 1.0 packets: bytes to a [`Packet`] and back, without I/O.
//!
//! Everything is a multiple of four bytes, integers and floats are big-endian:
//!
//! ```text
//! message   address NUL…  ',' tags NUL…  arguments
//! bundle    "#bundle" NUL  u64 time tag  { u32 size, packet }…
//!
//! i int32   f float32   s string NUL…   b u32 size, bytes, NUL…
//! h int64   d float64   S string NUL…   t u64 time tag   c char in 4 bytes
//! r 4 bytes red green blue alpha        m 4 bytes port status data1 data2
//! T true    F false     N nil           I impulse        [ ] array
//! ```
//! The decoder is safe for hostile bytes: every size is checked, arrays and bundles nest at most
//! [`DEPTH_MAX`] deep, and never more memory is allocated than the size of the input justifies.

use std::fmt;

/// How deeply arrays and bundles may nest.
pub const DEPTH_MAX: usize = 8;

/// The first bytes of a bundle.
const BUNDLE: &[u8; 8] = b"#bundle\0";

/// The seconds from 1900, where NTP starts counting, to 1970.
const UNIX_EPOCH_SECONDS: u64 = 2_208_988_800;

/// An NTP time: seconds since 1900 in the upper 32 bits, the fraction of a second in the lower 32
/// bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeTag(pub u64);

impl TimeTag {
    /// At once.
    pub const IMMEDIATELY: TimeTag = TimeTag(1);

    /// The time in µs since 1970. `None` means "at once", which is written as 1, and by some
    /// senders as 0. NTP's seconds overflow in 2036: a value without the top bit counts from that
    /// overflow (RFC 4330).
    pub fn micros(self) -> Option<u64> {
        if self.0 <= 1 {
            return None;
        }
        let (seconds, fraction) = (self.0 >> 32, self.0 & 0xFFFF_FFFF);
        let seconds = if seconds & 0x8000_0000 == 0 {
            seconds + (1 << 32)
        } else {
            seconds
        };
        let micros = (fraction * 1_000_000 + (1 << 31)) >> 32;
        Some(seconds.saturating_sub(UNIX_EPOCH_SECONDS) * 1_000_000 + micros)
    }

    /// Converts a time in µs since 1970.
    pub fn at(micros: u64) -> TimeTag {
        let seconds = (micros / 1_000_000 + UNIX_EPOCH_SECONDS) & 0xFFFF_FFFF;
        let fraction = ((micros % 1_000_000) << 32).div_ceil(1_000_000);
        TimeTag(seconds << 32 | fraction)
    }
}

/// An argument of a message, borrowing from the packet.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument<'a> {
    /// `i`
    Int(i32),
    /// `h`
    Long(i64),
    /// `f`
    Float(f32),
    /// `d`
    Double(f64),
    /// `s`
    String(&'a str),
    /// `S`
    Symbol(&'a str),
    /// `b`
    Blob(&'a [u8]),
    /// `t`
    Time(TimeTag),
    /// `c`
    Char(u32),
    /// `r`: red, green, blue, alpha
    Color([u8; 4]),
    /// `m`: port, status byte, two data bytes
    Midi([u8; 4]),
    /// `T` or `F`
    Bool(bool),
    /// `N`
    Nil,
    /// `I`
    Impulse,
    /// `[…]`
    Array(Vec<Argument<'a>>),
}

/// A message: an address and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Message<'a> {
    /// An address, or a pattern of addresses.
    pub address: &'a str,
    /// In the order of the packet.
    pub arguments: Vec<Argument<'a>>,
}

/// The content of a datagram, or of a frame of a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Packet<'a> {
    /// One message.
    Message(Message<'a>),
    /// Several packets with a common time.
    Bundle {
        /// When to execute them.
        time: TimeTag,
        /// In the order of the packet.
        packets: Vec<Packet<'a>>,
    },
}

/// Why bytes are not a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Its size is not a multiple of four, or is zero.
    #[error("its size of {0} bytes is not a multiple of four")]
    Size(usize),
    /// It ends too early.
    #[error("it ends within {0}")]
    Truncated(&'static str),
    /// A string is not UTF-8.
    #[error("{0} is not UTF-8")]
    Text(&'static str),
    /// The address does not start with a slash.
    #[error("its address does not start with '/'")]
    NoSlash,
    /// There are bytes after the address, but no type tags.
    #[error("its arguments have no type tags")]
    NoTags,
    /// A type tag that OSC 1.0 does not have: the size of its argument is unknown.
    #[error("its type tag '{}' is unknown", .0.escape_ascii())]
    Tag(u8),
    /// An array is opened but not closed, or closed but not opened.
    #[error("its arrays are not balanced")]
    Arrays,
    /// Arrays or bundles nest too deeply.
    #[error("it nests deeper than {DEPTH_MAX}")]
    TooDeep,
    /// There are bytes after the last argument.
    #[error("{0} bytes follow its last argument")]
    Trailing(usize),
}

/// Reads a packet.
///
/// # Errors
/// Why the bytes are not a packet.
pub fn decode(bytes: &[u8]) -> Result<Packet<'_>, Malformed> {
    decode_at(bytes, 0)
}

fn decode_at(bytes: &[u8], depth: usize) -> Result<Packet<'_>, Malformed> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(4) {
        return Err(Malformed::Size(bytes.len()));
    }
    let mut reader = Reader(bytes);
    if bytes.starts_with(BUNDLE) {
        if depth == DEPTH_MAX {
            return Err(Malformed::TooDeep);
        }
        reader.take(BUNDLE.len(), "a bundle")?;
        let time = TimeTag(reader.u64("the time tag of a bundle")?);
        let mut packets = Vec::new();
        while !reader.0.is_empty() {
            let size = reader.u32("the size of a bundle's element")? as usize;
            let element = reader.take(size, "a bundle's element")?;
            packets.push(decode_at(element, depth + 1)?);
        }
        return Ok(Packet::Bundle { time, packets });
    }
    let address = reader.string("its address")?;
    if !address.starts_with('/') {
        return Err(Malformed::NoSlash);
    }
    let mut arguments = Vec::new();
    if !reader.0.is_empty() {
        // Old senders leave out the type tags. If nothing follows, there are no arguments.
        let tags = reader.string("its type tags")?;
        let tags = tags.strip_prefix(',').ok_or(Malformed::NoTags)?;
        let mut tags = tags.bytes();
        arguments = reader.arguments(&mut tags, 0)?;
    }
    match reader.0.len() {
        0 => Ok(Packet::Message(Message { address, arguments })),
        left => Err(Malformed::Trailing(left)),
    }
}

/// The bytes that are left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, size: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self
            .0
            .split_at_checked(size)
            .ok_or(Malformed::Truncated(what))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self
            .0
            .split_first_chunk()
            .ok_or(Malformed::Truncated(what))?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.array(what)?))
    }

    fn u64(&mut self, what: &'static str) -> Result<u64, Malformed> {
        Ok(u64::from_be_bytes(self.array(what)?))
    }

    /// Reads a string with its NUL and the padding to a multiple of four.
    fn string(&mut self, what: &'static str) -> Result<&'a str, Malformed> {
        let end = memchr::memchr(0, self.0).ok_or(Malformed::Truncated(what))?;
        let text = std::str::from_utf8(&self.0[..end]).map_err(|_| Malformed::Text(what))?;
        self.take(padded(end + 1), what)?;
        Ok(text)
    }

    /// Reads the arguments for these type tags; inside an array, up to its end.
    fn arguments(
        &mut self,
        tags: &mut std::str::Bytes<'_>,
        depth: usize,
    ) -> Result<Vec<Argument<'a>>, Malformed> {
        let mut arguments = Vec::new();
        while let Some(tag) = tags.next() {
            let what = "an argument";
            arguments.push(match tag {
                b'i' => Argument::Int(self.u32(what)?.cast_signed()),
                b'h' => Argument::Long(self.u64(what)?.cast_signed()),
                b'f' => Argument::Float(f32::from_bits(self.u32(what)?)),
                b'd' => Argument::Double(f64::from_bits(self.u64(what)?)),
                b's' => Argument::String(self.string("a string")?),
                b'S' => Argument::Symbol(self.string("a symbol")?),
                b'b' => {
                    let size = self.u32("a blob")? as usize;
                    let blob = self.take(size, "a blob")?;
                    self.take(padded(size) - size, "a blob")?;
                    Argument::Blob(blob)
                }
                b't' => Argument::Time(TimeTag(self.u64(what)?)),
                b'c' => Argument::Char(self.u32(what)?),
                b'r' => Argument::Color(self.array(what)?),
                b'm' => Argument::Midi(self.array(what)?),
                b'T' => Argument::Bool(true),
                b'F' => Argument::Bool(false),
                b'N' => Argument::Nil,
                b'I' => Argument::Impulse,
                b'[' if depth == DEPTH_MAX => return Err(Malformed::TooDeep),
                b'[' => Argument::Array(self.arguments(tags, depth + 1)?),
                b']' if depth > 0 => return Ok(arguments),
                b']' => return Err(Malformed::Arrays),
                tag => return Err(Malformed::Tag(tag)),
            });
        }
        if depth > 0 {
            return Err(Malformed::Arrays);
        }
        Ok(arguments)
    }
}

/// The next multiple of four.
fn padded(size: usize) -> usize {
    size.next_multiple_of(4)
}

/// Appends a packet. Strings must not contain a NUL, and an element of a bundle must be smaller
/// than 4 GiB: [`super::value`], which converts values to arguments, makes sure of that.
pub fn encode(packet: &Packet<'_>, out: &mut Vec<u8>) {
    match packet {
        Packet::Message(message) => {
            put_string(message.address, out);
            put_tags(&message.arguments, out);
            for argument in &message.arguments {
                put_argument(argument, out);
            }
        }
        Packet::Bundle { time, packets } => {
            out.extend_from_slice(BUNDLE);
            out.extend_from_slice(&time.0.to_be_bytes());
            for packet in packets {
                let start = out.len();
                out.extend_from_slice(&[0; 4]);
                encode(packet, out);
                let size = (out.len() - start - 4) as u32;
                out[start..start + 4].copy_from_slice(&size.to_be_bytes());
            }
        }
    }
}

fn put_string(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    out.resize(padded(out.len()), 0);
}

fn put_tags(arguments: &[Argument<'_>], out: &mut Vec<u8>) {
    out.push(b',');
    for argument in arguments {
        argument.put_tag(out);
    }
    out.push(0);
    out.resize(padded(out.len()), 0);
}

impl Argument<'_> {
    /// Appends the type tag; for an array, the tags of all its items.
    pub fn put_tag(&self, out: &mut Vec<u8>) {
        let tag = match self {
            Argument::Int(_) => b'i',
            Argument::Long(_) => b'h',
            Argument::Float(_) => b'f',
            Argument::Double(_) => b'd',
            Argument::String(_) => b's',
            Argument::Symbol(_) => b'S',
            Argument::Blob(_) => b'b',
            Argument::Time(_) => b't',
            Argument::Char(_) => b'c',
            Argument::Color(_) => b'r',
            Argument::Midi(_) => b'm',
            Argument::Bool(true) => b'T',
            Argument::Bool(false) => b'F',
            Argument::Nil => b'N',
            Argument::Impulse => b'I',
            Argument::Array(items) => {
                out.push(b'[');
                for item in items {
                    item.put_tag(out);
                }
                b']'
            }
        };
        out.push(tag);
    }
}

fn put_argument(argument: &Argument<'_>, out: &mut Vec<u8>) {
    match argument {
        Argument::Int(i) => out.extend_from_slice(&i.to_be_bytes()),
        Argument::Long(i) => out.extend_from_slice(&i.to_be_bytes()),
        Argument::Float(f) => out.extend_from_slice(&f.to_bits().to_be_bytes()),
        Argument::Double(f) => out.extend_from_slice(&f.to_bits().to_be_bytes()),
        Argument::String(text) | Argument::Symbol(text) => put_string(text, out),
        Argument::Blob(bytes) => {
            out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
            out.extend_from_slice(bytes);
            out.resize(padded(out.len()), 0);
        }
        Argument::Time(time) => out.extend_from_slice(&time.0.to_be_bytes()),
        Argument::Char(char) => out.extend_from_slice(&char.to_be_bytes()),
        Argument::Color(bytes) | Argument::Midi(bytes) => out.extend_from_slice(bytes),
        Argument::Bool(_) | Argument::Nil | Argument::Impulse => {}
        Argument::Array(items) => items.iter().for_each(|item| put_argument(item, out)),
    }
}

/// The type tags of arguments in OSC's notation: `,ifs`.
pub fn tags(arguments: &[Argument<'_>]) -> String {
    let mut tags = vec![b','];
    for argument in arguments {
        argument.put_tag(&mut tags);
    }
    tags.into_iter().map(char::from).collect()
}

impl fmt::Display for TimeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}.{:08x}", self.0 >> 32, self.0 & 0xFFFF_FFFF)
    }
}

#[cfg(test)]
pub(super) mod tests;
