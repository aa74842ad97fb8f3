//! The properties of packets in version 5.
//!
//! ```text
//! properties    varint length, { u8 name, value }…
//!
//! 0x02 message expiry      u32    0x21 receive maximum     u16
//! 0x03 content type        text   0x26 user property       text name, text value; may be repeated
//! 0x08 response topic      text   0x27 maximum packet size u32
//! 0x09 correlation data    u16 length, bytes
//! ```
//! Others are skipped: a broker uses a topic alias or a subscription identifier only when asked to,
//! and the payload format follows from the payload.

use std::fmt;

use super::{Malformed, Reader, put_bytes, put_text};
use crate::text::count::Counted;

const EXPIRY: u8 = 0x02;
const CONTENT_TYPE: u8 = 0x03;
const RESPONSE_TOPIC: u8 = 0x08;
const CORRELATION_DATA: u8 = 0x09;
const RECEIVE_MAXIMUM: u8 = 0x21;
const USER: u8 = 0x26;
const PACKET_MAXIMUM: u8 = 0x27;

/// What a publication says of its payload, for those who understand it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Properties {
    /// What the payload is, such as a MIME type.
    pub content_type: Option<String>,
    /// The topic for the response to a request.
    pub response_topic: Option<String>,
    /// Which request this is, or which one it responds to.
    pub correlation_data: Option<Vec<u8>>,
    /// Names and values in the order of the packet. A name may occur several times.
    pub user: Vec<(String, String)>,
}

impl Properties {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Properties::default()
    }

    /// How many bytes they have in a packet.
    pub fn size(&self) -> usize {
        let texts = [&self.content_type, &self.response_topic].into_iter();
        let texts = texts.flatten().map(String::len);
        let data = self.correlation_data.as_ref().map(Vec::len);
        let user = self
            .user
            .iter()
            .map(|(name, value)| 5 + name.len() + value.len());
        texts.chain(data).map(|size| 3 + size).chain(user).sum()
    }

    /// Writes them.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        if let Some(text) = &self.content_type {
            out.push(CONTENT_TYPE);
            put_text(text, out);
        }
        if let Some(text) = &self.response_topic {
            out.push(RESPONSE_TOPIC);
            put_text(text, out);
        }
        if let Some(data) = &self.correlation_data {
            out.push(CORRELATION_DATA);
            put_bytes(data, out);
        }
        for (name, value) in &self.user {
            out.push(USER);
            put_text(name, out);
            put_text(value, out);
        }
    }
}

impl fmt::Display for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.len();
        let parts = [
            self.content_type
                .as_ref()
                .map(|_| "content type".to_owned()),
            self.response_topic
                .as_ref()
                .map(|_| "response topic".to_owned()),
            self.correlation_data
                .as_ref()
                .map(|_| "correlation data".to_owned()),
            (user > 0).then(|| {
                let user = Counted {
                    count: user as u64,
                    one: "user property",
                    more: "user properties",
                };
                user.to_string()
            }),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

/// Writes the expiry of a message.
pub(super) fn put_expiry(seconds: u32, out: &mut Vec<u8>) {
    out.push(EXPIRY);
    out.extend(seconds.to_be_bytes());
}

/// The properties of any packet.
#[derive(Default)]
pub(super) struct PacketProperties {
    pub expiry: Option<u32>,
    pub receive_maximum: Option<u16>,
    pub packet_maximum: Option<u32>,
    /// Those that a publication is passed on with.
    pub kept: Properties,
}

impl PacketProperties {
    /// Reads the properties of a packet; earlier versions have none.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        is_v5: bool,
    ) -> Result<PacketProperties, Malformed> {
        let mut properties = PacketProperties::default();
        if !is_v5 {
            return Ok(properties);
        }
        let what = "its properties";
        let size = reader.varint(what)?;
        let mut rest = Reader(reader.take(size, what)?);
        let kept = &mut properties.kept;
        while !rest.0.is_empty() {
            match rest.u8(what)? {
                EXPIRY => properties.expiry = Some(rest.u32(what)?),
                RECEIVE_MAXIMUM => properties.receive_maximum = Some(rest.u16(what)?),
                PACKET_MAXIMUM => properties.packet_maximum = Some(rest.u32(what)?),
                CONTENT_TYPE => kept.content_type = Some(rest.text("a content type")?.to_owned()),
                RESPONSE_TOPIC => {
                    kept.response_topic = Some(rest.text("a response topic")?.to_owned());
                }
                CORRELATION_DATA => kept.correlation_data = Some(rest.bytes(what)?.to_vec()),
                USER => {
                    let name = rest.text("a user property")?.to_owned();
                    let value = rest.text("a user property")?.to_owned();
                    kept.user.push((name, value));
                }
                // One byte, two, four, a varint, a text or bytes.
                0x01 | 0x17 | 0x19 | 0x24 | 0x25 | 0x28 | 0x29 | 0x2A => {
                    rest.take(1, what)?;
                }
                0x13 | 0x22 | 0x23 => {
                    rest.take(2, what)?;
                }
                0x11 | 0x18 => {
                    rest.take(4, what)?;
                }
                0x0B => {
                    rest.varint(what)?;
                }
                0x12 | 0x15 | 0x16 | 0x1A | 0x1C | 0x1F => {
                    rest.bytes(what)?;
                }
                name => return Err(Malformed::Property(name)),
            }
        }
        Ok(properties)
    }
}
