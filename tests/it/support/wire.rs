//! Encodes CLASP messages by hand, from the protocol's description.
//!
//! It does not use the crate's codec, because the tests must notice when that is wrong. Takes the
//! fields of a message; gives its body ([`frame`] adds the four header bytes). [`super::msg`]
//! decodes.

/// A value of the protocol: integers and floats of any width become these two.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Bytes(Vec<u8>),
    Array(Vec<Val>),
    Map(Vec<(String, Val)>),
}

impl From<f64> for Val {
    fn from(value: f64) -> Val {
        Val::Float(value)
    }
}

impl From<i64> for Val {
    fn from(value: i64) -> Val {
        Val::Int(value)
    }
}

impl From<&str> for Val {
    fn from(value: &str) -> Val {
        Val::Str(value.into())
    }
}

impl Val {
    fn code(&self) -> u8 {
        match self {
            Val::Null => 0x00,
            Val::Bool(_) => 0x01,
            Val::Int(_) => 0x05,
            Val::Float(_) => 0x07,
            Val::Str(_) => 0x08,
            Val::Bytes(_) => 0x09,
            Val::Array(_) => 0x0a,
            Val::Map(_) => 0x0b,
        }
    }

    fn data(&self, out: &mut Vec<u8>) {
        match self {
            Val::Null => {}
            Val::Bool(value) => out.push(u8::from(*value)),
            Val::Int(value) => out.extend(value.to_be_bytes()),
            Val::Float(value) => out.extend(value.to_be_bytes()),
            Val::Str(value) => string(out, value),
            Val::Bytes(value) => {
                out.extend(length(value.len()));
                out.extend(value);
            }
            Val::Array(items) => {
                out.extend(length(items.len()));
                items.iter().for_each(|item| item.coded(out));
            }
            Val::Map(entries) => {
                out.extend(length(entries.len()));
                for (key, value) in entries {
                    string(out, key);
                    value.coded(out);
                }
            }
        }
    }

    /// The encoding of a value everywhere but in a SET: type code, then data.
    fn coded(&self, out: &mut Vec<u8>) {
        out.push(self.code());
        self.data(out);
    }
}

fn length(n: usize) -> [u8; 2] {
    u16::try_from(n)
        .expect("the wire stops at 65,535")
        .to_be_bytes()
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.extend(length(text.len()));
    out.extend(text.as_bytes());
}

/// `53`, flags (QoS confirm, binary), payload length, payload.
pub fn frame(body: &[u8]) -> Vec<u8> {
    let mut out = vec![0x53, 0x41];
    out.extend(length(body.len()));
    out.extend(body);
    out
}

pub const PING: &[u8] = &[0x41];
pub const PONG: &[u8] = &[0x42];
/// An ACK without an address, the reply to a bundle of events.
pub const ACK: &[u8] = &[0x50, 0x00];

/// Version 1, all five features.
pub fn hello(name: &str, token: &str) -> Vec<u8> {
    let mut out = vec![0x01, 1, 0xf8];
    string(&mut out, name);
    string(&mut out, token);
    out
}

pub fn welcome(session: &str, name: &str, features: u8, time: u64) -> Vec<u8> {
    let mut out = vec![0x02, 1, features];
    out.extend(time.to_be_bytes());
    string(&mut out, session);
    string(&mut out, name);
    string(&mut out, "");
    out
}

pub fn set(address: &str, value: &Val) -> Vec<u8> {
    set_flagged(0, address, value)
}

/// SET that takes the lock (flag `40`).
pub fn set_lock(address: &str, value: &Val) -> Vec<u8> {
    set_flagged(0x40, address, value)
}

pub fn set_unlock(address: &str, value: &Val) -> Vec<u8> {
    set_flagged(0x20, address, value)
}

/// SET that is done only where this is the revision.
pub fn set_if(address: &str, value: &Val, revision: u64) -> Vec<u8> {
    let mut out = set_flagged(0x80, address, value);
    out.extend_from_slice(&revision.to_be_bytes());
    out
}

fn set_flagged(flags: u8, address: &str, value: &Val) -> Vec<u8> {
    let mut out = vec![0x21, flags | value.code()];
    string(&mut out, address);
    value.data(&mut out);
    out
}

pub fn get(address: &str) -> Vec<u8> {
    let mut out = vec![0x22];
    string(&mut out, address);
    out
}

pub fn event(address: &str, payload: Option<&Val>) -> Vec<u8> {
    publish(0x20, address, payload)
}

pub fn stream(address: &str, value: &Val) -> Vec<u8> {
    publish(0x40, address, Some(value))
}

/// Phase 0 start, 1 move, 2 end, 3 cancel.
pub fn gesture(address: &str, id: u32, phase: u8, payload: &Val) -> Vec<u8> {
    let mut out = publish(0x60 | 0x08 | phase, address, Some(payload));
    out.extend(id.to_be_bytes());
    out
}

pub fn samples(address: &str, samples: &[f64], rate: u32) -> Vec<u8> {
    let mut out = vec![0x20, 0x40];
    string(&mut out, address);
    out.push(2);
    out.extend(length(samples.len()));
    samples
        .iter()
        .for_each(|sample| out.extend(sample.to_be_bytes()));
    out.extend(rate.to_be_bytes());
    out
}

fn publish(flags: u8, address: &str, value: Option<&Val>) -> Vec<u8> {
    let mut out = vec![0x20, flags];
    string(&mut out, address);
    match value {
        None => out.push(0),
        Some(value) => {
            out.push(1);
            value.coded(&mut out);
        }
    }
    out
}

/// All types.
pub fn subscribe(id: u32, pattern: &str) -> Vec<u8> {
    let mut out = vec![0x10];
    out.extend(id.to_be_bytes());
    string(&mut out, pattern);
    out.extend([0xff, 0]);
    out
}

/// To these types alone: bit 0 is params, bit 1 events.
pub fn subscribe_to(id: u32, pattern: &str, types: u8) -> Vec<u8> {
    let mut out = subscribe(id, pattern);
    let types_at = out.len() - 2;
    out[types_at] = types;
    out
}

pub fn snapshot(params: &[(&str, Val, u64)]) -> Vec<u8> {
    let mut out = vec![0x23];
    out.extend(length(params.len()));
    for (address, value, revision) in params {
        string(&mut out, address);
        value.coded(&mut out);
        out.extend(revision.to_be_bytes());
        out.push(0);
    }
    out
}

pub fn bundle(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0x30, 0];
    out.extend(length(messages.len()));
    for message in messages {
        out.extend(length(message.len()));
        out.extend(message);
    }
    out
}

/// A bundle with its time, in µs since the epoch.
pub fn timed(at: u64, messages: &[Vec<u8>]) -> Vec<u8> {
    let plain = bundle(messages);
    let mut out = vec![0x30, 0x80];
    out.extend(&plain[2..4]);
    out.extend(at.to_be_bytes());
    out.extend(&plain[4..]);
    out
}

fn map(entries: Vec<(&str, Val)>) -> Val {
    Val::Map(
        entries
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect(),
    )
}

/// A timeline: times in µs, and values.
pub fn timeline(address: &str, keyframes: &[(i64, f64)]) -> Vec<u8> {
    let frames = keyframes.iter().map(|(time, value)| {
        map(vec![
            ("time", Val::Int(*time)),
            ("value", Val::Float(*value)),
        ])
    });
    let value = map(vec![
        ("keyframes", Val::Array(frames.collect())),
        ("loop", Val::Bool(false)),
    ]);
    let mut body = stream(address, &value);
    body[1] = 0x80;
    body
}

pub fn ack(address: &str, revision: u64) -> Vec<u8> {
    let mut out = vec![0x50, 0x03];
    string(&mut out, address);
    out.extend(revision.to_be_bytes());
    out
}

/// An ERROR without an address, as of the rate limit.
pub fn error(code: u16, message: &str) -> Vec<u8> {
    let mut out = vec![0x51];
    out.extend(code.to_be_bytes());
    string(&mut out, message);
    out.push(0);
    out
}

pub fn error_at(code: u16, message: &str, address: &str) -> Vec<u8> {
    let mut out = error(code, message);
    *out.last_mut().expect("flags") = 1;
    string(&mut out, address);
    out
}
