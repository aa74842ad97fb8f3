//! Encodes messages.
//!
//! Takes a [`Message`]. Gives a complete frame (the header is drawn in [`super::frame`], values in
//! `value_codec.rs`), or an [`EncodeError`] and no bytes.
//!
//! `str` is a u16 length and UTF-8; `?` marks a field that is present if its flag is set; all
//! big-endian.
//!
//! ```text
//! 01 HELLO        u8 version, u8 features, str name, str token (empty: none)
//! 02 WELCOME      u8 version, u8 features, u64 time µs, str session, str name, str token
//! 03 ANNOUNCE     str namespace, u16 n, n × signal
//! 10 SUBSCRIBE    u32 id, str pattern, u8 types, u8 flags, u32 max rate?, f64 epsilon?,
//!                 u32 history?, u32 window?
//! 11 UNSUBSCRIBE  u32 id
//! 20 PUBLISH      u8 flags (7-5 signal, 4 timestamp, 3 id, 2-0 phase), str address, u8 kind
//!                 (0 –, 1 value: code + data, 2 samples: u16 n, n × f64), u64 timestamp µs?,
//!                 u32 id?, u32 rate if 4 bytes are left
//! 21 SET          u8 flags (80 revision, 40 lock, 20 unlock, 10 ttl, low nibble: value code),
//!                 str address, data, u64 revision?, u32 ttl?
//! 22 GET          str address
//! 23 SNAPSHOT     u16 n, n × { str address, code + data, u64 revision, u8 flags, str writer?,
//!                 u64 timestamp µs? }
//! 24 REPLAY       u8 flags, str pattern, u64 from µs?, u64 to µs?, u32 limit?, u8 types
//! 30 BUNDLE       u8 flags, u16 n, u64 timestamp µs?, n × { u16 length, message }
//! 40 SYNC         u8 flags, u64 t1, u64 t2?, u64 t3?
//! 41 PING · 42 PONG
//! 50 ACK          u8 flags, str address?, u64 revision?, u8 locked?, str holder?,
//!                 u32 correlation?
//! 51 ERROR        u16 code, str message, u8 flags, str address?, u32 correlation?
//! 60 QUERY        str pattern
//! 61 RESULT       u16 n, n × signal (without meta)
//!
//! signal          str address, u8 type, u8 flags, str datatype?, str access?, meta?
//! meta            u8 flags, str unit?, f64 least? f64 greatest?, code + data default?,
//!                 str description?
//! ttl             0 for ever; top bit set: absolute; else sliding; seconds
//! ```

use super::code::{
    DEPTH_MAX, ack, bundle, error, msg, param, publish, replay, set, signal, subscribe, sync,
};
use super::error::EncodeError;
use super::frame;
use super::message::*;
use super::value_codec::{code, length, put_bytes, put_count, write, write_coded};

impl Message<'_> {
    /// The quality of service that the reference implementations use for this message.
    pub fn default_qos(&self) -> Qos {
        match self {
            Message::Set(_)
            | Message::Subscribe(_)
            | Message::Unsubscribe { .. }
            | Message::Replay(_) => Qos::Confirm,
            Message::Bundle(_) => Qos::Commit,
            Message::Publish(publish) => match publish.signal {
                SignalType::Param | SignalType::Event => Qos::Confirm,
                SignalType::Stream | SignalType::Gesture => Qos::Fire,
                SignalType::Timeline => Qos::Commit,
            },
            _ => Qos::Fire,
        }
    }
}

/// Appends the frame of `message`, with its default quality of service and no timestamp.
///
/// On error `out` is unchanged.
pub fn encode(message: &Message<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    encode_with(message, message.default_qos(), None, out)
}

/// Appends the frame of `message`; `timestamp` is the header's, in µs since the epoch.
///
/// On error `out` is unchanged.
pub fn encode_with(
    message: &Message<'_>,
    qos: Qos,
    timestamp: Option<u64>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let start = out.len();
    // Enough for any message without long text, so that the buffer grows only once.
    out.reserve(64);
    frame::begin(qos, timestamp, out);
    let result =
        write_message(message, out, 0).and_then(|()| frame::end(start, timestamp.is_some(), out));
    if result.is_err() {
        out.truncate(start);
    }
    result
}

/// Writes a message nested in `depth` bundles, without a frame.
pub(super) fn write_message(
    message: &Message<'_>,
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), EncodeError> {
    match message {
        Message::Set(set) => write_set(set, out),
        Message::Publish(publish) => write_publish(publish, out),
        Message::Bundle(bundle) => write_bundle(bundle, out, depth),
        Message::Ack(ack) => write_ack(ack, out),
        Message::Ping => {
            out.push(msg::PING);
            Ok(())
        }
        Message::Pong => {
            out.push(msg::PONG);
            Ok(())
        }
        Message::Hello(m) => {
            out.extend_from_slice(&[msg::HELLO, m.version, m.features.0]);
            put_text(&m.name, "bytes of name", out)?;
            put_text(m.token.as_deref().unwrap_or(""), "bytes of token", out)
        }
        Message::Welcome(m) => {
            out.extend_from_slice(&[msg::WELCOME, m.version, m.features.0]);
            put_u64(Some(m.time), out);
            put_text(&m.session, "bytes of session", out)?;
            put_text(&m.name, "bytes of name", out)?;
            put_text(m.token.as_deref().unwrap_or(""), "bytes of token", out)?;
            if m.promises != Promises::default() {
                out.push(m.promises.0);
            }
            Ok(())
        }
        Message::Announce(m) => {
            out.push(msg::ANNOUNCE);
            put_text(&m.namespace, "bytes of namespace", out)?;
            put_count(m.signals.len(), "signals", out)?;
            m.signals
                .iter()
                .try_for_each(|s| write_signal(s, s.meta.as_ref(), out))
        }
        Message::Result(signals) => {
            out.push(msg::RESULT);
            put_count(signals.len(), "signals", out)?;
            signals.iter().try_for_each(|s| write_signal(s, None, out))
        }
        Message::Subscribe(m) => write_subscribe(m, out),
        Message::Unsubscribe { id } => {
            out.push(msg::UNSUBSCRIBE);
            put_u32(Some(*id), out);
            Ok(())
        }
        Message::Get { address } => {
            out.push(msg::GET);
            put_address(address, out)
        }
        Message::Snapshot(params) => {
            out.push(msg::SNAPSHOT);
            put_count(params.len(), "params", out)?;
            params.iter().try_for_each(|p| write_param(p, out))
        }
        Message::Replay(m) => write_replay(m, out),
        Message::Sync(m) => {
            let flags = flag(m.t2.is_some(), sync::T2) | flag(m.t3.is_some(), sync::T3);
            out.extend_from_slice(&[msg::SYNC, flags]);
            put_u64(Some(m.t1), out);
            put_u64(m.t2, out);
            put_u64(m.t3, out);
            Ok(())
        }
        Message::Error(m) => {
            out.push(msg::ERROR);
            out.extend_from_slice(&m.code.to_be_bytes());
            put_text(&m.message, "bytes of message", out)?;
            out.push(
                flag(m.address.is_some(), error::ADDRESS)
                    | flag(m.correlation_id.is_some(), error::CORRELATION),
            );
            put_str(m.address.as_deref(), "bytes of address", out)?;
            put_u32(m.correlation_id, out);
            Ok(())
        }
        Message::Query { pattern } => {
            out.push(msg::QUERY);
            put_text(pattern, "bytes of pattern", out)
        }
    }
}

fn write_set(m: &Set<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let flags = code(&m.value)
        | flag(m.revision.is_some(), set::REVISION)
        | flag(m.lock, set::LOCK)
        | flag(m.unlock, set::UNLOCK)
        | flag(m.ttl.is_some(), set::TTL);
    let [high, low] = length(m.address.len(), "bytes of address")?;
    out.extend_from_slice(&[msg::SET, flags, high, low]);
    out.extend_from_slice(m.address.as_bytes());
    write(&m.value, out, 0)?;
    put_u64(m.revision, out);
    if let Some(ttl) = m.ttl {
        put_u32(Some(ttl_bits(ttl)?), out);
    }
    Ok(())
}

/// Encodes a TTL. A sliding TTL of 0 seconds is an error: it would be read as "for ever".
#[inline]
pub(super) fn ttl_bits(ttl: Ttl) -> Result<u32, EncodeError> {
    match ttl {
        Ttl::Sliding(0) => Err(EncodeError::Contradiction(
            "a time to live of 0 seconds would be sent as 'for ever'",
        )),
        Ttl::Sliding(s) | Ttl::Absolute(s) if s > TTL_MAX_SECONDS => Err(EncodeError::TooLong {
            what: "seconds to live",
            size: s as usize,
            limit: TTL_MAX_SECONDS as usize,
        }),
        ttl => Ok(ttl.to_bits()),
    }
}

fn write_publish(m: &Publish<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if m.phase.is_some() && m.signal != SignalType::Gesture {
        return Err(EncodeError::Contradiction("only a gesture has a phase"));
    }
    let flags = (m.signal as u8) << publish::SIGNAL_SHIFT
        | flag(m.timestamp.is_some(), publish::TIMESTAMP)
        | flag(m.id.is_some(), publish::ID)
        // These bits are always present: 0, for no phase, is also the code of a start.
        | m.phase.map_or(0, |phase| phase as u8);
    out.extend_from_slice(&[msg::PUBLISH, flags]);
    put_address(&m.address, out)?;
    match (&m.value, &m.samples) {
        (None, None) => out.push(publish::KIND_NONE),
        (Some(value), None) => {
            out.push(publish::KIND_VALUE);
            write_coded(value, out, 0)?;
        }
        (None, Some(samples)) => {
            out.push(publish::KIND_SAMPLES);
            put_count(samples.len(), "samples", out)?;
            out.reserve(8 * samples.len());
            for sample in samples {
                out.extend_from_slice(&sample.to_be_bytes());
            }
        }
        (Some(_), Some(_)) => {
            return Err(EncodeError::Contradiction(
                "a message has room for a value or for samples, not for both",
            ));
        }
    }
    put_u64(m.timestamp, out);
    put_u32(m.id, out);
    put_u32(m.rate, out);
    Ok(())
}

fn write_bundle(m: &Bundle<'_>, out: &mut Vec<u8>, depth: usize) -> Result<(), EncodeError> {
    if depth >= DEPTH_MAX {
        return Err(EncodeError::TooDeep);
    }
    bundle_head(m.timestamp, m.messages.len(), out)?;
    for message in &m.messages {
        let start = out.len();
        out.extend_from_slice(&[0, 0]);
        write_message(message, out, depth + 1)?;
        patch_length(start, out)?;
    }
    Ok(())
}

/// Writes the part of a bundle before its messages.
pub(super) fn bundle_head(
    timestamp: Option<u64>,
    count: usize,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    out.extend_from_slice(&[msg::BUNDLE, flag(timestamp.is_some(), bundle::TIMESTAMP)]);
    put_count(count, "messages in a bundle", out)?;
    put_u64(timestamp, out);
    Ok(())
}

/// Fills in the u16 at `start` with the number of bytes that follow it.
#[inline]
pub(super) fn patch_length(start: usize, out: &mut [u8]) -> Result<(), EncodeError> {
    let size = out.len() - start - 2;
    let size = length(size, "bytes of message")?;
    out[start..start + 2].copy_from_slice(&size);
    Ok(())
}

fn write_ack(m: &Ack<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let flags = flag(m.address.is_some(), ack::ADDRESS)
        | flag(m.revision.is_some(), ack::REVISION)
        | flag(m.locked.is_some(), ack::LOCKED)
        | flag(m.holder.is_some(), ack::HOLDER)
        | flag(m.correlation_id.is_some(), ack::CORRELATION);
    out.extend_from_slice(&[msg::ACK, flags]);
    put_str(m.address.as_deref(), "bytes of address", out)?;
    put_u64(m.revision, out);
    if let Some(locked) = m.locked {
        out.push(u8::from(locked));
    }
    put_str(m.holder.as_deref(), "bytes of session", out)?;
    put_u32(m.correlation_id, out);
    Ok(())
}

fn write_subscribe(m: &Subscribe<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    out.push(msg::SUBSCRIBE);
    put_u32(Some(m.id), out);
    put_text(&m.pattern, "bytes of pattern", out)?;
    let flags = flag(m.max_rate.is_some(), subscribe::MAX_RATE)
        | flag(m.epsilon.is_some(), subscribe::EPSILON)
        | flag(m.history.is_some(), subscribe::HISTORY)
        | flag(m.window.is_some(), subscribe::WINDOW);
    out.extend_from_slice(&[m.types.0, flags]);
    put_u32(m.max_rate, out);
    put_u64(m.epsilon.map(f64::to_bits), out);
    put_u32(m.history, out);
    put_u32(m.window, out);
    Ok(())
}

fn write_replay(m: &Replay<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let flags = flag(m.from.is_some(), replay::FROM)
        | flag(m.to.is_some(), replay::TO)
        | flag(m.limit.is_some(), replay::LIMIT);
    out.extend_from_slice(&[msg::REPLAY, flags]);
    put_text(&m.pattern, "bytes of pattern", out)?;
    put_u64(m.from, out);
    put_u64(m.to, out);
    put_u32(m.limit, out);
    out.push(m.types.0);
    Ok(())
}

fn write_param(p: &Param<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    put_address(&p.address, out)?;
    write_coded(&p.value, out, 0)?;
    put_u64(Some(p.revision), out);
    out.push(
        flag(p.writer.is_some(), param::WRITER) | flag(p.timestamp.is_some(), param::TIMESTAMP),
    );
    put_str(p.writer.as_deref(), "bytes of session", out)?;
    put_u64(p.timestamp, out);
    Ok(())
}

fn write_signal(
    s: &Signal<'_>,
    meta: Option<&Meta<'_>>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    put_address(&s.address, out)?;
    let flags = flag(s.datatype.is_some(), signal::DATATYPE)
        | flag(s.access.is_some(), signal::ACCESS)
        | flag(meta.is_some(), signal::META);
    out.extend_from_slice(&[s.signal as u8, flags]);
    put_str(s.datatype.as_deref(), "bytes of datatype", out)?;
    put_str(s.access.as_deref(), "bytes of access", out)?;
    let Some(meta) = meta else { return Ok(()) };
    out.push(
        flag(meta.unit.is_some(), signal::META_UNIT)
            | flag(meta.range.is_some(), signal::META_RANGE)
            | flag(meta.default.is_some(), signal::META_DEFAULT)
            | flag(meta.description.is_some(), signal::META_DESCRIPTION),
    );
    put_str(meta.unit.as_deref(), "bytes of unit", out)?;
    if let Some((least, greatest)) = meta.range {
        put_u64(Some(least.to_bits()), out);
        put_u64(Some(greatest.to_bits()), out);
    }
    if let Some(value) = &meta.default {
        write_coded(value, out, 0)?;
    }
    put_str(meta.description.as_deref(), "bytes of description", out)
}

#[inline]
fn flag(set: bool, bit: u8) -> u8 {
    if set { bit } else { 0 }
}

#[inline]
fn put_u32(number: Option<u32>, out: &mut Vec<u8>) {
    if let Some(number) = number {
        out.extend_from_slice(&number.to_be_bytes());
    }
}

#[inline]
fn put_u64(number: Option<u64>, out: &mut Vec<u8>) {
    if let Some(number) = number {
        out.extend_from_slice(&number.to_be_bytes());
    }
}

#[inline]
fn put_text(text: &str, what: &'static str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    put_bytes(text.as_bytes(), what, out)
}

#[inline]
fn put_str(text: Option<&str>, what: &'static str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    text.map_or(Ok(()), |text| put_text(text, what, out))
}

#[inline]
fn put_address(address: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    put_text(address, "bytes of address", out)
}

#[cfg(test)]
mod tests {
    use super::super::value::Value;
    use super::*;

    fn set(value: Value<'static>, ttl: Option<Ttl>) -> Message<'static> {
        Message::Set(Set {
            address: "/a".into(),
            value,
            revision: None,
            lock: false,
            unlock: false,
            ttl,
        })
    }

    #[test]
    fn a_message_that_cannot_be_encoded_leaves_no_bytes() {
        let event = Publish {
            address: "/a".into(),
            signal: SignalType::Event,
            value: Some(Value::Null),
            samples: Some(vec![1.0]),
            timestamp: None,
            id: None,
            phase: None,
            rate: None,
        };
        let phased = Publish {
            samples: None,
            phase: Some(Phase::End),
            ..event.clone()
        };
        let long = Value::Array(vec![Value::String("x".repeat(60_000).into()); 2]);
        for message in [
            Message::Publish(event),
            Message::Publish(phased),
            set(Value::Null, Some(Ttl::Sliding(0))),
            set(Value::Null, Some(Ttl::Absolute(TTL_MAX_SECONDS + 1))),
            set(long, None),
        ] {
            let mut out = vec![7];
            assert!(encode(&message, &mut out).is_err());
            assert_eq!(out, [7]);
        }
    }

    #[test]
    fn a_payload_may_have_65535_bytes_and_no_more() {
        let overhead = 2 + 2 + 2 + 2;
        let fits = Value::String("x".repeat(65_535 - overhead).into());
        let mut out = Vec::new();
        encode(&set(fits, None), &mut out).unwrap();
        assert_eq!(out.len(), 4 + 65_535);
        let over = Value::String("x".repeat(65_536 - overhead).into());
        assert_eq!(
            encode(&set(over, None), &mut out),
            Err(EncodeError::TooLong {
                what: "bytes of message",
                size: 65_536,
                limit: 65_535
            })
        );
    }
}
