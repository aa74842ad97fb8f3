//! Decodes CLASP messages by hand; [`super::wire`] encodes them.
//!
//! Takes bytes that a peer sent; gives a [`Msg`]. Panics at anything that breaks the protocol.

use super::wire::Val;

/// A message of a peer, with the fields that tests use.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Hello {
        features: u8,
        name: String,
        token: String,
    },
    Welcome {
        features: u8,
        session: String,
        name: String,
        /// The byte after the token, which only our client sends.
        promises: u8,
    },
    Subscribe {
        id: u32,
        pattern: String,
        types: u8,
        flags: u8,
    },
    Unsubscribe(u32),
    Publish(Publish),
    Set {
        address: String,
        value: Val,
        revision: Option<u64>,
        ttl: Option<u32>,
    },
    Get(String),
    Snapshot(Vec<Param>),
    Bundle {
        timestamp: Option<u64>,
        messages: Vec<Msg>,
    },
    Sync {
        t1: u64,
    },
    Ping,
    Pong,
    Ack {
        address: Option<String>,
        revision: Option<u64>,
    },
    Error {
        code: u16,
        message: String,
        address: Option<String>,
    },
    /// The number of signals in a RESULT.
    Result(u16),
    Other(u8),
}

/// One entry of a SNAPSHOT.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub address: String,
    pub value: Val,
    pub revision: u64,
}

/// Signal is the wire's number: 1 event, 2 stream, 3 gesture, 4 timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish {
    pub signal: u8,
    pub address: String,
    pub value: Option<Val>,
    pub samples: Option<Vec<f64>>,
    pub id: Option<u32>,
    pub phase: u8,
    pub rate: Option<u32>,
}

impl Msg {
    /// A whole WebSocket message: header and payload.
    pub fn decode(frame: &[u8]) -> Msg {
        assert_eq!(frame[0], 0x53, "magic: {frame:02x?}");
        let header = if frame[1] & 0x20 == 0 { 4 } else { 12 };
        let declared = usize::from(u16::from_be_bytes([frame[2], frame[3]]));
        assert_eq!(
            declared,
            frame.len() - header,
            "declared length: {:02x?}",
            &frame[..header]
        );
        Msg::body(&frame[header..])
    }

    fn body(body: &[u8]) -> Msg {
        let mut r = Reader(body);
        let message = match r.u8() {
            0x01 => {
                r.u8();
                Msg::Hello {
                    features: r.u8(),
                    name: r.string(),
                    token: r.string(),
                }
            }
            0x02 => {
                r.u8();
                let features = r.u8();
                r.u64();
                let (session, name) = (r.string(), r.string());
                r.string();
                let promises = if r.0.is_empty() { 0 } else { r.u8() };
                Msg::Welcome {
                    features,
                    session,
                    name,
                    promises,
                }
            }
            0x10 => {
                let message = Msg::Subscribe {
                    id: r.u32(),
                    pattern: r.string(),
                    types: r.u8(),
                    flags: r.u8(),
                };
                r.0 = &[];
                message
            }
            0x11 => Msg::Unsubscribe(r.u32()),
            0x20 => Msg::Publish(r.publish()),
            0x21 => r.set(),
            0x22 => Msg::Get(r.string()),
            0x23 => Msg::Snapshot((0..r.u16()).map(|_| r.param()).collect()),
            0x30 => {
                let flags = r.u8();
                let count = r.u16();
                let timestamp = (flags & 0x80 != 0).then(|| r.u64());
                let messages = (0..count).map(|_| {
                    let length = usize::from(r.u16());
                    Msg::body(r.take(length))
                });
                Msg::Bundle {
                    messages: messages.collect(),
                    timestamp,
                }
            }
            0x40 => {
                let flags = r.u8();
                let t1 = r.u64();
                r.take(8 * usize::try_from((flags & 3).count_ones()).expect("two at most"));
                Msg::Sync { t1 }
            }
            0x41 => Msg::Ping,
            0x42 => Msg::Pong,
            0x50 => {
                let flags = r.u8();
                let address = (flags & 1 != 0).then(|| r.string());
                let revision = (flags & 2 != 0).then(|| r.u64());
                r.0 = &[];
                Msg::Ack { address, revision }
            }
            0x51 => {
                let (code, message) = (r.u16(), r.string());
                let address = (r.u8() & 1 != 0).then(|| r.string());
                r.0 = &[];
                Msg::Error {
                    code,
                    message,
                    address,
                }
            }
            0x61 => {
                let count = r.u16();
                r.0 = &[];
                Msg::Result(count)
            }
            code => {
                r.0 = &[];
                Msg::Other(code)
            }
        };
        assert!(
            r.0.is_empty(),
            "{} bytes too many after {message:?}",
            r.0.len()
        );
        message
    }
}

/// The rest of a body.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(n);
        self.0 = rest;
        taken
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().expect("take took N")
    }

    fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.array())
    }

    fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.array())
    }

    fn string(&mut self) -> String {
        let length = usize::from(self.u16());
        String::from_utf8(self.take(length).to_vec()).expect("a string is UTF-8")
    }

    fn coded(&mut self) -> Val {
        let code = self.u8();
        self.value(code)
    }

    fn value(&mut self, code: u8) -> Val {
        match code {
            0x00 => Val::Null,
            0x01 => Val::Bool(self.u8() != 0),
            0x02 => Val::Int(i8::from_be_bytes(self.array()).into()),
            0x03 => Val::Int(i16::from_be_bytes(self.array()).into()),
            0x04 => Val::Int(i32::from_be_bytes(self.array()).into()),
            0x05 => Val::Int(i64::from_be_bytes(self.array())),
            0x06 => Val::Float(f32::from_be_bytes(self.array()).into()),
            0x07 => Val::Float(f64::from_be_bytes(self.array())),
            0x08 => Val::Str(self.string()),
            0x09 => {
                let length = usize::from(self.u16());
                Val::Bytes(self.take(length).to_vec())
            }
            0x0a => Val::Array((0..self.u16()).map(|_| self.coded()).collect()),
            0x0b => Val::Map(
                (0..self.u16())
                    .map(|_| (self.string(), self.coded()))
                    .collect(),
            ),
            code => panic!("no value has the code {code:#04x}"),
        }
    }

    fn set(&mut self) -> Msg {
        let flags = self.u8();
        Msg::Set {
            address: self.string(),
            value: self.value(flags & 0x0f),
            revision: (flags & 0x80 != 0).then(|| self.u64()),
            ttl: (flags & 0x10 != 0).then(|| self.u32()),
        }
    }

    fn param(&mut self) -> Param {
        let (address, value, revision) = (self.string(), self.coded(), self.u64());
        let flags = self.u8();
        if flags & 1 != 0 {
            self.string();
        }
        if flags & 2 != 0 {
            self.u64();
        }
        Param {
            address,
            value,
            revision,
        }
    }

    fn publish(&mut self) -> Publish {
        let flags = self.u8();
        let address = self.string();
        let (mut value, mut samples) = (None, None);
        match self.u8() {
            0 => {}
            1 => value = Some(self.coded()),
            2 => {
                samples = Some(
                    (0..self.u16())
                        .map(|_| f64::from_be_bytes(self.array()))
                        .collect(),
                )
            }
            kind => panic!("no payload is of kind {kind}"),
        }
        if flags & 0x10 != 0 {
            self.u64();
        }
        let id = (flags & 0x08 != 0).then(|| self.u32());
        let rate = (self.0.len() == 4).then(|| self.u32());
        Publish {
            signal: flags >> 5,
            address,
            value,
            samples,
            id,
            phase: flags & 7,
            rate,
        }
    }
}
