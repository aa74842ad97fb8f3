//! Decodes messages.
//!
//! Takes one untrusted WebSocket message. Gives a [`Frame`] that borrows its text and bytes from
//! it, or a [`DecodeError`]. It never panics, and never allocates more than a fixed multiple of the
//! input (see `cursor.rs`). The layouts are drawn in [`super::encode`](mod@super::encode).
//!
//! Where the specification does not say, the decoder does what the reference decoder does, unless
//! that loses data (measured with `clasp-core` 4.5.0):
//!
//! - Bytes after a message, or after the payload, are ignored: a later version may add fields.
//! - The payload's first byte decides the encoding, not the header's bits (Python SDK 4.2.0 sends
//!   MessagePack with the flag for binary).
//! - A type mask without any known type means all types.
//! - Unknown flag bits are ignored. So are the phase bits of anything but a gesture.
//!
//! Where the reference decoder guesses, this one refuses: signal types 5 to 7 (it reads events),
//! phases 4 to 7 (it reads a start), body kinds above 2 (it drops the body).

use super::code::{
    DEPTH_MAX, ack, bundle, error, msg, param, publish, replay, set, signal, subscribe, sync,
};
use super::cursor::Cursor;
use super::error::DecodeError;
use super::frame::{Frame, open};
use super::legacy;
use super::message::*;
use super::value::Value;
use super::value_codec::{read, read_coded};

/// The smallest message of a bundle, in bytes: length and code.
const MESSAGE_MIN: usize = 3;
/// The smallest signal, in bytes: an empty address, type and flags.
const SIGNAL_MIN: usize = 4;
/// The smallest param, in bytes: an empty address, a null, revision and flags.
const PARAM_MIN: usize = 12;

/// Reads one frame.
pub fn decode(bytes: &[u8]) -> Result<Frame<'_>, DecodeError> {
    let envelope = open(bytes)?;
    let mut message = Message::Ping;
    match envelope.payload.first() {
        Some(&first) if legacy::is_map(first) => message = legacy::decode(envelope.payload)?,
        _ => read_message(envelope.payload, 0, &mut message)?,
    }
    Ok(Frame {
        qos: envelope.qos,
        timestamp: envelope.timestamp,
        message,
    })
}

/// Reads a message nested in `depth` bundles directly into `slot`; for the reason see
/// [`super::value_codec::read`].
fn read_message<'a>(
    bytes: &'a [u8],
    depth: usize,
    slot: &mut Message<'a>,
) -> Result<(), DecodeError> {
    let mut cursor = Cursor::new(bytes);
    match cursor.u8("message")? {
        msg::SET => read_set(&mut cursor, slot),
        msg::PUBLISH => read_publish(&mut cursor, slot),
        code => {
            *slot = read_other(&mut cursor, code, depth)?;
            Ok(())
        }
    }
}

/// Reads all other messages, which are less frequent.
fn read_other<'a>(r: &mut Cursor<'a>, code: u8, depth: usize) -> Result<Message<'a>, DecodeError> {
    Ok(match code {
        msg::BUNDLE => Message::Bundle(read_bundle(r, depth)?),
        msg::ACK => Message::Ack(read_ack(r)?),
        msg::PING => Message::Ping,
        msg::PONG => Message::Pong,
        msg::SNAPSHOT => Message::Snapshot(read_snapshot(r)?),
        msg::HELLO => Message::Hello(Hello {
            version: r.u8("HELLO")?,
            features: Features(r.u8("HELLO")?),
            name: r.text("name")?,
            token: token(r)?,
        }),
        msg::WELCOME => Message::Welcome(Welcome {
            version: r.u8("WELCOME")?,
            features: Features(r.u8("WELCOME")?),
            time: r.u64("WELCOME")?,
            session: r.text("session")?,
            name: r.text("name")?,
            token: token(r)?,
            promises: Promises(if r.left() > 0 { r.u8("WELCOME")? } else { 0 }),
        }),
        msg::ANNOUNCE => Message::Announce(Announce {
            namespace: r.text("namespace")?,
            signals: read_signals(r)?,
        }),
        msg::SUBSCRIBE => Message::Subscribe(read_subscribe(r)?),
        msg::UNSUBSCRIBE => Message::Unsubscribe {
            id: r.u32("UNSUBSCRIBE")?,
        },
        msg::GET => Message::Get {
            address: r.text("address")?,
        },
        msg::REPLAY => Message::Replay(read_replay(r)?),
        msg::SYNC => {
            let flags = r.u8("SYNC")?;
            Message::Sync(Sync {
                t1: r.u64("SYNC")?,
                t2: when(flags & sync::T2, || r.u64("SYNC"))?,
                t3: when(flags & sync::T3, || r.u64("SYNC"))?,
            })
        }
        msg::ERROR => {
            let code = r.u16("ERROR")?;
            let message = r.text("error message")?;
            let flags = r.u8("ERROR")?;
            Message::Error(ErrorReply {
                code,
                message,
                address: when(flags & error::ADDRESS, || r.text("address"))?,
                correlation_id: when(flags & error::CORRELATION, || r.u32("ERROR"))?,
            })
        }
        msg::QUERY => Message::Query {
            pattern: r.text("pattern")?,
        },
        msg::RESULT => Message::Result(read_signals(r)?),
        msg::FEDERATION_SYNC => return Err(DecodeError::Federation),
        code => return Err(DecodeError::UnknownMessage(code)),
    })
}

#[inline]
fn read_set<'a>(r: &mut Cursor<'a>, slot: &mut Message<'a>) -> Result<(), DecodeError> {
    let flags = r.u8("SET")?;
    *slot = Message::Set(Set {
        address: r.text("address")?,
        value: Value::Null,
        revision: None,
        lock: flags & set::LOCK != 0,
        unlock: flags & set::UNLOCK != 0,
        ttl: None,
    });
    if let Message::Set(m) = slot {
        read(r, flags & set::VALUE, 0, &mut m.value)?;
        m.revision = when(flags & set::REVISION, || r.u64("revision"))?;
        m.ttl = when(flags & set::TTL, || Ok(Ttl::from_bits(r.u32("ttl")?)))?;
    }
    Ok(())
}

#[inline]
fn read_publish<'a>(r: &mut Cursor<'a>, slot: &mut Message<'a>) -> Result<(), DecodeError> {
    let flags = r.u8("PUBLISH")?;
    let signal = signal_type(flags >> publish::SIGNAL_SHIFT)?;
    let phase = match signal {
        SignalType::Gesture => Some(phase(flags & publish::PHASE)?),
        _ => None,
    };
    *slot = Message::Publish(Publish {
        address: r.text("address")?,
        signal,
        value: None,
        samples: None,
        timestamp: None,
        id: None,
        phase,
        rate: None,
    });
    let Message::Publish(m) = slot else {
        return Ok(());
    };
    match r.u8("PUBLISH")? {
        publish::KIND_NONE => {}
        publish::KIND_VALUE => read_coded(r, 0, m.value.insert(Value::Null))?,
        publish::KIND_SAMPLES => m.samples = Some(read_samples(r)?),
        n => {
            return Err(DecodeError::malformed(
                "PUBLISH",
                format!("unknown body kind {n}"),
            ));
        }
    }
    m.timestamp = when(flags & publish::TIMESTAMP, || r.u64("timestamp"))?;
    m.id = when(flags & publish::ID, || r.u32("gesture id"))?;
    // The only optional field without a flag: it is present if its bytes are.
    m.rate = when(u8::from(r.left() >= 4), || r.u32("rate"))?;
    Ok(())
}

fn phase(number: u8) -> Result<Phase, DecodeError> {
    Ok(match number {
        0 => Phase::Start,
        1 => Phase::Move,
        2 => Phase::End,
        3 => Phase::Cancel,
        n => {
            return Err(DecodeError::malformed(
                "gesture",
                format!("unknown phase {n}"),
            ));
        }
    })
}

fn read_samples(r: &mut Cursor<'_>) -> Result<Vec<f64>, DecodeError> {
    let count = usize::from(r.u16("samples")?);
    let bytes = r.take(8 * count, "samples")?;
    let (samples, _) = bytes.as_chunks::<8>();
    Ok(samples.iter().copied().map(f64::from_be_bytes).collect())
}

fn read_bundle<'a>(r: &mut Cursor<'a>, depth: usize) -> Result<Bundle<'a>, DecodeError> {
    if depth >= DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    let flags = r.u8("BUNDLE")?;
    let count = usize::from(r.u16("BUNDLE")?);
    let timestamp = when(flags & bundle::TIMESTAMP, || r.u64("timestamp"))?;
    r.claim(count, MESSAGE_MIN, "bundle")?;
    let mut messages = Vec::with_capacity(count);
    for _ in 0..count {
        r.redeem(MESSAGE_MIN);
        let length = r.u16("bundle")?;
        let message = r.part(usize::from(length), "bundle")?;
        read_message(message, depth + 1, messages.push_mut(Message::Ping))?;
    }
    Ok(Bundle {
        timestamp,
        messages,
    })
}

#[inline]
fn read_ack<'a>(r: &mut Cursor<'a>) -> Result<Ack<'a>, DecodeError> {
    let flags = r.u8("ACK")?;
    Ok(Ack {
        address: when(flags & ack::ADDRESS, || r.text("address"))?,
        revision: when(flags & ack::REVISION, || r.u64("revision"))?,
        locked: when(flags & ack::LOCKED, || Ok(r.u8("ACK")? != 0))?,
        holder: when(flags & ack::HOLDER, || r.text("lock holder"))?,
        correlation_id: when(flags & ack::CORRELATION, || r.u32("ACK"))?,
    })
}

fn read_snapshot<'a>(r: &mut Cursor<'a>) -> Result<Vec<Param<'a>>, DecodeError> {
    let count = usize::from(r.u16("SNAPSHOT")?);
    r.claim(count, PARAM_MIN, "SNAPSHOT")?;
    let mut params = Vec::with_capacity(count);
    for _ in 0..count {
        r.redeem(PARAM_MIN);
        let param = params.push_mut(Param {
            address: r.text("address")?,
            value: Value::Null,
            revision: 0,
            writer: None,
            timestamp: None,
        });
        read_coded(r, 0, &mut param.value)?;
        param.revision = r.u64("revision")?;
        let flags = r.u8("SNAPSHOT")?;
        param.writer = when(flags & param::WRITER, || r.text("writer"))?;
        param.timestamp = when(flags & param::TIMESTAMP, || r.u64("timestamp"))?;
    }
    Ok(params)
}

fn read_subscribe<'a>(r: &mut Cursor<'a>) -> Result<Subscribe<'a>, DecodeError> {
    let id = r.u32("SUBSCRIBE")?;
    let pattern = r.text("pattern")?;
    let types = type_mask(r.u8("SUBSCRIBE")?);
    let flags = r.u8("SUBSCRIBE")?;
    Ok(Subscribe {
        id,
        pattern,
        types,
        max_rate: when(flags & subscribe::MAX_RATE, || r.u32("max rate"))?,
        epsilon: when(flags & subscribe::EPSILON, || r.f64("epsilon"))?,
        history: when(flags & subscribe::HISTORY, || r.u32("history"))?,
        window: when(flags & subscribe::WINDOW, || r.u32("window"))?,
    })
}

fn read_replay<'a>(r: &mut Cursor<'a>) -> Result<Replay<'a>, DecodeError> {
    let flags = r.u8("REPLAY")?;
    Ok(Replay {
        pattern: r.text("pattern")?,
        from: when(flags & replay::FROM, || r.u64("REPLAY"))?,
        to: when(flags & replay::TO, || r.u64("REPLAY"))?,
        limit: when(flags & replay::LIMIT, || r.u32("REPLAY"))?,
        types: type_mask(r.u8("REPLAY")?),
    })
}

fn read_signals<'a>(r: &mut Cursor<'a>) -> Result<Vec<Signal<'a>>, DecodeError> {
    let count = usize::from(r.u16("signals")?);
    r.claim(count, SIGNAL_MIN, "signals")?;
    let mut signals = Vec::with_capacity(count);
    for _ in 0..count {
        r.redeem(SIGNAL_MIN);
        let address = r.text("address")?;
        let signal = signal_type(r.u8("signal")?)?;
        let flags = r.u8("signal")?;
        signals.push(Signal {
            address,
            signal,
            datatype: when(flags & signal::DATATYPE, || r.text("datatype"))?,
            access: when(flags & signal::ACCESS, || r.text("access"))?,
            meta: when(flags & signal::META, || read_meta(r))?,
        });
    }
    Ok(signals)
}

fn read_meta<'a>(r: &mut Cursor<'a>) -> Result<Meta<'a>, DecodeError> {
    let flags = r.u8("meta")?;
    Ok(Meta {
        unit: when(flags & signal::META_UNIT, || r.text("unit"))?,
        range: when(flags & signal::META_RANGE, || {
            Ok((r.f64("range")?, r.f64("range")?))
        })?,
        default: when(flags & signal::META_DEFAULT, || {
            let mut value = Value::Null;
            read_coded(r, 0, &mut value)?;
            Ok(value)
        })?,
        description: when(flags & signal::META_DESCRIPTION, || r.text("description"))?,
    })
}

/// Reads a field if its flag is set.
#[inline]
fn when<T>(
    flag: u8,
    read: impl FnOnce() -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    if flag != 0 {
        read().map(Some)
    } else {
        Ok(None)
    }
}

/// An empty token means no token.
fn token<'a>(r: &mut Cursor<'a>) -> Result<Option<std::borrow::Cow<'a, str>>, DecodeError> {
    Ok(Some(r.text("token")?).filter(|token| !token.is_empty()))
}

fn type_mask(bits: u8) -> TypeMask {
    if bits & subscribe::TYPES == 0 {
        TypeMask::ALL
    } else {
        TypeMask(bits)
    }
}

#[inline]
fn signal_type(number: u8) -> Result<SignalType, DecodeError> {
    Ok(match number {
        0 => SignalType::Param,
        1 => SignalType::Event,
        2 => SignalType::Stream,
        3 => SignalType::Gesture,
        4 => SignalType::Timeline,
        n => {
            return Err(DecodeError::malformed(
                "signal",
                format!("unknown type {n}"),
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x53, 1];
        bytes.extend_from_slice(&(payload.len() as u16).to_be_bytes());
        bytes.extend_from_slice(payload);
        bytes
    }

    fn error(payload: &[u8]) -> DecodeError {
        decode(&frame(payload)).unwrap_err()
    }

    #[test]
    fn unknown_refused_and_malformed_messages_have_different_errors() {
        assert_eq!(error(&[]), DecodeError::Truncated { what: "message" });
        assert_eq!(error(&[0x99]), DecodeError::UnknownMessage(0x99));
        assert_eq!(error(&[0x04, 1]), DecodeError::Federation);
        assert_eq!(
            error(&[0x21, 0x0C, 0, 0]).to_string(),
            "malformed value: unknown type 0x0c"
        );
        assert!(matches!(
            error(&[0x22, 0, 1, 0xFF]),
            DecodeError::Malformed {
                what: "address",
                ..
            }
        ));
    }

    #[test]
    fn trailing_bytes_are_ignored() {
        let bytes = frame(&[0x41, 1, 2, 3]);
        assert_eq!(decode(&bytes).unwrap().message, Message::Ping);
        // Three bytes after a PUBLISH are no rate.
        let bytes = frame(&[0x20, 0x20, 0, 0, 0, 1, 2, 3]);
        let Message::Publish(publish) = decode(&bytes).unwrap().message else {
            panic!("a PUBLISH");
        };
        assert_eq!(publish.rate, None);
    }

    #[test]
    fn bundles_nest_to_the_limit() {
        let nest = |depth: usize| {
            (0..depth).fold(vec![msg::PING], |inner, _| {
                let mut outer = vec![msg::BUNDLE, 0, 0, 1];
                outer.extend_from_slice(&(inner.len() as u16).to_be_bytes());
                outer.extend_from_slice(&inner);
                outer
            })
        };
        assert!(decode(&frame(&nest(DEPTH_MAX))).is_ok());
        assert_eq!(error(&nest(DEPTH_MAX + 1)), DecodeError::TooDeep);
    }

    #[test]
    fn a_mask_without_types_means_all() {
        let bytes = frame(&[0x10, 0, 0, 0, 1, 0, 0, 0xE0, 0]);
        let Message::Subscribe(subscribe) = decode(&bytes).unwrap().message else {
            panic!("a SUBSCRIBE");
        };
        assert_eq!(subscribe.types, TypeMask::ALL);
    }
}
