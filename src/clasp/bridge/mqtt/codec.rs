//! MQTT packets as a client sends and reads them: bytes to a [`Packet`] and back, without I/O.
//!
//! ```text
//! packet    u8 type << 4 | flags   varint length   rest
//! text      u16 length, UTF-8      varint  7 bits a byte, least first, at most 4 bytes
//!
//! 1 CONNECT     text "MQTT", u8 level, u8 flags, u16 keepalive, properties⁵, text client id,
//!               will { properties⁵, text topic, u16 length, payload }?, text user?, text password?
//! 2 CONNACK     u8 session present, u8 code, properties⁵
//! 3 PUBLISH     flags: 8 dup, 6 QoS, 1 retain; text topic, u16 id if QoS > 0, properties⁵, payload
//! 4 PUBACK · 5 PUBREC · 6 PUBREL · 7 PUBCOMP    u16 id, u8 code?⁵, properties?⁵
//! 8 SUBSCRIBE   u16 id, properties⁵, { text filter, u8 options }…
//! 9 SUBACK      u16 id, properties⁵, u8 code…
//! 12 PINGREQ · 13 PINGRESP · 14 DISCONNECT      u8 code?⁵, properties?⁵
//!
//! ⁵ only in version 5; properties: varint length, { u8 name, value }…
//! ```
//! `properties` has the list of properties. Every length is checked, and never more memory is
//! allocated than the size of the input justifies.

mod properties;

use properties::PacketProperties;
pub use properties::Properties;

/// The version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 3.1.1
    V3,
    /// 5.0
    V5,
}

/// The content of CONNECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// The client's id; if it is empty, the broker chooses one.
    pub client_id: String,
    /// In seconds; 0 turns it off.
    pub keepalive: u16,
    /// The user's name.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The last will, which the broker publishes when the connection is lost.
    pub will: Option<Publish>,
}

/// A publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// The topic.
    pub topic: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// 0 at most once, 1 at least once, 2 exactly once.
    pub qos: u8,
    /// When sending: the broker must retain it. When received: it was retained before, or, in
    /// version 5, it is retained.
    pub retain: bool,
    /// It may be a repetition of an earlier publication.
    pub dup: bool,
    /// The packet id, if the QoS is not 0.
    pub id: u16,
    /// In how many seconds it expires; version 5.
    pub expiry: Option<u32>,
    /// Its other properties; version 5.
    pub properties: Properties,
}

impl Publish {
    /// How many bytes its packet has at most.
    pub fn size(&self) -> usize {
        PACKET_OVERHEAD + self.topic.len() + self.payload.len() + self.properties.size()
    }
}

/// The bytes of a PUBLISH beside topic, payload and properties: the head, the length of the topic,
/// the packet id, the length of the properties, and the expiry.
const PACKET_OVERHEAD: usize = 5 + 2 + 2 + 4 + 5;

/// The steps of acknowledging a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// PUBACK: of QoS 1, done.
    Ack = 4,
    /// PUBREC: of QoS 2, received.
    Rec = 5,
    /// PUBREL: of QoS 2, the packet id is free again.
    Rel = 6,
    /// PUBCOMP: of QoS 2, done.
    Comp = 7,
}

/// A packet that a broker sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// The answer to CONNECT.
    ConnAck {
        /// 0 means accepted; for other codes see [`connect_refusal`].
        code: u8,
        /// The limit of unacknowledged publications.
        receive_maximum: u16,
        /// The size limit of a packet to the broker, in bytes.
        packet_maximum: Option<u32>,
    },
    /// A publication.
    Publish(Publish),
    /// A step of acknowledging.
    Acknowledge {
        /// The step.
        step: Step,
        /// The packet id of the publication.
        id: u16,
        /// Codes from 0x80 are refusals; version 5.
        code: u8,
    },
    /// The answer to SUBSCRIBE, with a code for each filter. Codes from 0x80 are refusals.
    SubAck {
        /// The packet id of the SUBSCRIBE.
        id: u16,
        /// In the order of the filters.
        codes: Vec<u8>,
    },
    /// The answer to PINGREQ.
    PingResp,
    /// The broker ends the connection; version 5.
    Disconnect {
        /// The reason.
        code: u8,
    },
}

/// Why bytes are not a packet that a broker may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It ends too early.
    #[error("a packet ends within {0}")]
    Truncated(&'static str),
    /// A length of more than four bytes.
    #[error("a packet's length has more than four bytes")]
    Length,
    /// A type that no broker sends.
    #[error("a broker does not send packets of type {0}")]
    Type(u8),
    /// QoS 3.
    #[error("there is no QoS 3")]
    Qos,
    /// A topic or property that is not UTF-8.
    #[error("{0} is not UTF-8")]
    Text(&'static str),
    /// A property that version 5 does not have.
    #[error("there is no property {0:#04x}")]
    Property(u8),
}

/// What the start of a stream of packets contains.
#[derive(Debug, PartialEq, Eq)]
pub enum Head {
    /// More bytes are needed.
    Incomplete,
    /// A packet with these sizes.
    Packet {
        /// The number of bytes of its head.
        head: usize,
        /// The number of bytes after the head.
        rest: usize,
    },
}

/// Reads the length of the first packet.
///
/// # Errors
/// [`Malformed::Length`].
pub fn head(bytes: &[u8]) -> Result<Head, Malformed> {
    let mut rest = 0;
    for (at, byte) in bytes.iter().skip(1).take(4).enumerate() {
        rest |= usize::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            let head = at + 2;
            return Ok(Head::Packet { head, rest });
        }
    }
    if bytes.len() > 4 {
        return Err(Malformed::Length);
    }
    Ok(Head::Incomplete)
}

/// The topic, QoS and id of a PUBLISH from its first bytes, of which `head` are its fixed header; `None` if there
/// are too few. Of another packet the topic is empty and the QoS 0.
pub fn publish_head(bytes: &[u8], head: usize) -> Option<(String, u8, u16)> {
    if bytes.first()? >> 4 != 3 {
        return Some((String::new(), 0, 0));
    }
    let qos = bytes[0] >> 1 & 3;
    let number = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    let end = head + 2 + usize::from(number(head)?);
    let topic = String::from_utf8_lossy(bytes.get(head + 2..end)?).into_owned();
    let id = if qos > 0 { number(end)? } else { 0 };
    Some((topic, qos, id))
}

/// Whether a packet is a PUBLISH that is marked as retained, from its first byte.
pub fn is_retained(bytes: &[u8]) -> bool {
    bytes
        .first()
        .is_some_and(|byte| byte >> 4 == 3 && byte & 1 != 0)
}

/// Decodes a complete packet.
///
/// # Errors
/// Why the bytes are not a packet.
pub fn decode(bytes: &[u8], version: Version) -> Result<Packet, Malformed> {
    let Head::Packet { head, rest } = head(bytes)? else {
        return Err(Malformed::Truncated("its head"));
    };
    let body = bytes.get(head..head + rest);
    let mut reader = Reader(body.ok_or(Malformed::Truncated("its body"))?);
    let (kind, flags) = (bytes[0] >> 4, bytes[0] & 0x0F);
    let is_v5 = version == Version::V5;
    Ok(match kind {
        2 => {
            reader.u8("CONNACK")?;
            let code = reader.u8("CONNACK")?;
            let properties = PacketProperties::read(&mut reader, is_v5)?;
            Packet::ConnAck {
                code,
                receive_maximum: properties.receive_maximum.unwrap_or(u16::MAX),
                packet_maximum: properties.packet_maximum,
            }
        }
        3 => {
            let qos = flags >> 1 & 3;
            if qos == 3 {
                return Err(Malformed::Qos);
            }
            let topic = reader.text("a topic")?.to_owned();
            let id = match qos {
                0 => 0,
                _ => reader.u16("PUBLISH")?,
            };
            let properties = PacketProperties::read(&mut reader, is_v5)?;
            Packet::Publish(Publish {
                topic,
                payload: reader.0.to_vec(),
                qos,
                retain: flags & 1 != 0,
                dup: flags & 8 != 0,
                id,
                expiry: properties.expiry,
                properties: properties.kept,
            })
        }
        4..=7 => {
            let step = match kind {
                4 => Step::Ack,
                5 => Step::Rec,
                6 => Step::Rel,
                _ => Step::Comp,
            };
            let id = reader.u16("an acknowledgement")?;
            // The code is left out if the step was successful.
            let code = reader.0.first().copied().unwrap_or(0);
            Packet::Acknowledge { step, id, code }
        }
        9 => {
            let id = reader.u16("SUBACK")?;
            PacketProperties::read(&mut reader, is_v5)?;
            Packet::SubAck {
                id,
                codes: reader.0.to_vec(),
            }
        }
        13 => Packet::PingResp,
        14 if is_v5 => Packet::Disconnect {
            code: reader.0.first().copied().unwrap_or(0),
        },
        kind => return Err(Malformed::Type(kind)),
    })
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

    fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        Ok(self.take(1, what)?[0])
    }

    fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        let bytes = self.take(2, what)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        let bytes = self.take(4, what)?;
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let size = self.u16(what)?.into();
        self.take(size, what)
    }

    fn text(&mut self, what: &'static str) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes(what)?).map_err(|_| Malformed::Text(what))
    }

    fn varint(&mut self, what: &'static str) -> Result<usize, Malformed> {
        let mut number = 0;
        for at in 0..4 {
            let byte = self.u8(what)?;
            number |= usize::from(byte & 0x7F) << (7 * at);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed::Length)
    }
}

/// CONNECT.
pub fn connect(connect: &Connect, version: Version) -> Vec<u8> {
    let is_v5 = version == Version::V5;
    let mut body = Vec::new();
    put_text("MQTT", &mut body);
    body.push(if is_v5 { 5 } else { 4 });
    let will = connect.will.as_ref().map_or(0, |will| {
        4 | will.qos << 3 | if will.retain { 0x20 } else { 0 }
    });
    let clean = 2;
    body.push(
        will | clean
            | if connect.user.is_some() { 0x80 } else { 0 }
            | if connect.password.is_some() { 0x40 } else { 0 },
    );
    body.extend(connect.keepalive.to_be_bytes());
    if is_v5 {
        // No limit for the size of packets to us: the broker would not tell what it does not send.
        body.push(0);
    }
    put_text(&connect.client_id, &mut body);
    if let Some(will) = &connect.will {
        if is_v5 {
            body.push(0);
        }
        put_text(&will.topic, &mut body);
        put_bytes(&will.payload, &mut body);
    }
    for text in [&connect.user, &connect.password].into_iter().flatten() {
        put_text(text, &mut body);
    }
    packet(0x10, &body)
}

/// PUBLISH.
pub fn publish(publish: &Publish, version: Version) -> Vec<u8> {
    let mut body = Vec::with_capacity(publish.size());
    put_text(&publish.topic, &mut body);
    if publish.qos > 0 {
        body.extend(publish.id.to_be_bytes());
    }
    if version == Version::V5 {
        let mut properties = Vec::new();
        if let Some(seconds) = publish.expiry {
            properties::put_expiry(seconds, &mut properties);
        }
        publish.properties.put(&mut properties);
        put_varint(properties.len(), &mut body);
        body.extend(properties);
    }
    body.extend_from_slice(&publish.payload);
    let flags = u8::from(publish.dup) << 3 | publish.qos << 1 | u8::from(publish.retain);
    packet(0x30 | flags, &body)
}

/// A step of acknowledging.
pub fn acknowledge(step: Step, id: u16) -> Vec<u8> {
    let flags = if step == Step::Rel { 2 } else { 0 };
    packet((step as u8) << 4 | flags, &id.to_be_bytes())
}

/// What a subscription is for, which a broker of version 5 is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Everything. Live messages tell, too, whether they are retained.
    All,
    /// The same, but what is retained was sent before.
    Live,
    /// What is retained. Live messages are not marked as retained.
    Retained,
}

/// SUBSCRIBE to these filters. In version 5, the broker does not send us our own messages.
pub fn subscribe(
    id: u16,
    filters: &[String],
    qos: u8,
    version: Version,
    wanted: Wanted,
) -> Vec<u8> {
    const NO_LOCAL: u8 = 4;
    const RETAIN_AS_PUBLISHED: u8 = 8;
    const NO_RETAINED: u8 = 0x20;
    let mut body = id.to_be_bytes().to_vec();
    let options = match version {
        Version::V3 => qos,
        Version::V5 => {
            body.push(0);
            qos | NO_LOCAL
                | match wanted {
                    Wanted::All => RETAIN_AS_PUBLISHED,
                    Wanted::Live => RETAIN_AS_PUBLISHED | NO_RETAINED,
                    Wanted::Retained => 0,
                }
        }
    };
    for filter in filters {
        put_text(filter, &mut body);
        body.push(options);
    }
    packet(0x82, &body)
}

/// PINGREQ.
pub const PING: [u8; 2] = [0xC0, 0];

/// DISCONNECT: the last will is not published.
pub const DISCONNECT: [u8; 2] = [0xE0, 0];

fn packet(head: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(5 + body.len());
    packet.push(head);
    put_varint(body.len(), &mut packet);
    packet.extend_from_slice(body);
    packet
}

fn put_varint(mut rest: usize, out: &mut Vec<u8>) {
    loop {
        let byte = (rest & 0x7F) as u8;
        rest >>= 7;
        out.push(if rest > 0 { byte | 0x80 } else { byte });
        if rest == 0 {
            break;
        }
    }
}

/// Writes a text of at most 65,535 bytes. Callers have refused longer ones.
fn put_text(text: &str, out: &mut Vec<u8>) {
    put_bytes(text.as_bytes(), out);
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let size = bytes.len().min(u16::MAX.into());
    out.extend((size as u16).to_be_bytes());
    out.extend_from_slice(&bytes[..size]);
}

/// The meaning of a refusal code in CONNACK.
pub fn connect_refusal(code: u8) -> &'static str {
    match code {
        1 | 0x84 => "it does not support this version of MQTT",
        2 | 0x85 => "it does not accept this client id",
        3 | 0x88 => "it is not available",
        4 | 0x86 => "the user name or password is wrong",
        5 | 0x87 => "not authorized",
        0x89 => "it is busy",
        0x8A => "this client is banned",
        _ => "the reason is unknown",
    }
}

#[cfg(test)]
mod tests;
