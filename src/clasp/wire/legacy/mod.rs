//! Decodes messages in the legacy encoding: MessagePack maps with a `type`.
//!
//! Takes a payload that begins with the byte of a map. Gives the same [`Message`] as the binary
//! encoding.
//!
//! Still in use: Python SDK 4.2.0 sends BUNDLE and QUERY this way, with the flag for binary.
//! Captured from it:
//!
//! ```text
//! {"type": "BUNDLE", "timestamp": None | µs, "messages": [
//!    {"type": "SET", "address": "/a", "value": 1},
//!    {"type": "PUBLISH", "address": "/b", "signal": "event", "payload": {"x": 1.5}}]}
//! {"type": "QUERY", "pattern": "/**"}
//! ```
//!
//! The field names are those of the messages' JSON. Keys may come in any order, unknown keys are
//! ignored, and a nil means an absent field (except in a SET's value, where it is null).

mod fields;
mod msgpack;

use super::cursor::Cursor;
use super::error::DecodeError;
use super::message::*;
use super::value::Value;
use fields::Fields;

/// Whether a payload's first byte is a MessagePack map and not the code of a message.
#[inline]
pub(super) fn is_map(first: u8) -> bool {
    matches!(first, 0x80..=0x8F | 0xDE | 0xDF)
}

/// Reads a payload. Bytes after the map are ignored, as they are after a binary message.
pub(super) fn decode(payload: &[u8]) -> Result<Message<'_>, DecodeError> {
    message(msgpack::read(&mut Cursor::new(payload), 0)?)
}

/// Converts a map to a message. Recursion is bounded, because the depth of the maps is.
fn message(value: Value<'_>) -> Result<Message<'_>, DecodeError> {
    let mut f = Fields::of(value, "legacy message")?;
    let kind = f.text("type")?;
    // `what` needs a static string, so the name comes from our table.
    f.what = name(&kind).ok_or_else(|| {
        DecodeError::malformed("legacy message", format!("unknown type {kind:?}"))
    })?;
    Ok(match f.what {
        "HELLO" => Message::Hello(Hello {
            version: f.int("version")?.unwrap_or(1),
            features: f.features()?,
            name: f.text("name")?,
            token: f.token()?,
        }),
        "WELCOME" => Message::Welcome(Welcome {
            version: f.int("version")?.unwrap_or(1),
            features: f.features()?,
            time: f.need("time", Fields::int)?,
            session: f.text("session")?,
            name: f.text("name")?,
            token: f.token()?,
            promises: Promises::default(),
        }),
        "ANNOUNCE" => Message::Announce(Announce {
            namespace: f.text("namespace")?,
            signals: f.list("signals", signal)?,
        }),
        "SUBSCRIBE" => subscribe(f)?,
        "UNSUBSCRIBE" => Message::Unsubscribe {
            id: f.need("id", Fields::int)?,
        },
        "PUBLISH" => publish(f)?,
        "SET" => Message::Set(Set {
            address: f.text("address")?,
            value: f.take("value").ok_or_else(|| f.missing("value"))?,
            revision: f.int("revision")?,
            lock: f.bool("lock")?.unwrap_or(false),
            unlock: f.bool("unlock")?.unwrap_or(false),
            ttl: f.ttl()?,
        }),
        "GET" => Message::Get {
            address: f.text("address")?,
        },
        "SNAPSHOT" => Message::Snapshot(f.list("params", param)?),
        "REPLAY" => Message::Replay(Replay {
            pattern: f.text("pattern")?,
            from: f.int("from")?,
            to: f.int("to")?,
            limit: f.int("limit")?,
            types: f.types()?,
        }),
        "BUNDLE" => Message::Bundle(Bundle {
            timestamp: f.int("timestamp")?,
            messages: f.list("messages", message)?,
        }),
        "SYNC" => Message::Sync(Sync {
            t1: f.need("t1", Fields::int)?,
            t2: f.int("t2")?,
            t3: f.int("t3")?,
        }),
        "PING" => Message::Ping,
        "PONG" => Message::Pong,
        "ACK" => Message::Ack(Ack {
            address: f.optional_text("address")?,
            revision: f.int("revision")?,
            locked: f.bool("locked")?,
            holder: f.optional_text("holder")?,
            correlation_id: f.int("correlation_id")?,
        }),
        "ERROR" => Message::Error(ErrorReply {
            code: f.need("code", Fields::int)?,
            message: f.text("message")?,
            address: f.optional_text("address")?,
            correlation_id: f.int("correlation_id")?,
        }),
        "QUERY" => Message::Query {
            pattern: f.text("pattern")?,
        },
        "RESULT" => Message::Result(f.list("signals", signal)?),
        _ => return Err(DecodeError::Federation),
    })
}

/// The name of a message as a constant.
fn name(kind: &str) -> Option<&'static str> {
    const NAMES: [&str; 19] = [
        "HELLO",
        "WELCOME",
        "ANNOUNCE",
        "FEDERATION_SYNC",
        "SUBSCRIBE",
        "UNSUBSCRIBE",
        "PUBLISH",
        "SET",
        "GET",
        "SNAPSHOT",
        "REPLAY",
        "BUNDLE",
        "SYNC",
        "PING",
        "PONG",
        "ACK",
        "ERROR",
        "QUERY",
        "RESULT",
    ];
    NAMES.into_iter().find(|name| *name == kind)
}

fn subscribe(mut f: Fields<'_>) -> Result<Message<'_>, DecodeError> {
    let mut options = match f.present("options") {
        Some(options) => Fields::of(options, f.what)?,
        None => Fields::none(f.what),
    };
    let max_rate = options.int("max_rate")?;
    Ok(Message::Subscribe(Subscribe {
        id: f.need("id", Fields::int)?,
        pattern: f.text("pattern")?,
        types: f.types()?,
        max_rate: match max_rate {
            Some(rate) => Some(rate),
            // The SDKs' name for it.
            None => options.int("maxRate")?,
        },
        epsilon: options.float("epsilon")?,
        history: options.int("history")?,
        window: options.int("window")?,
    }))
}

fn publish(mut f: Fields<'_>) -> Result<Message<'_>, DecodeError> {
    let signal = match f.optional_text("signal")? {
        Some(name) => signal_type(&name, f.what)?,
        None => SignalType::Event,
    };
    let phase = match f.optional_text("phase")?.as_deref() {
        _ if signal != SignalType::Gesture => None,
        None | Some("start") => Some(Phase::Start),
        Some("move") => Some(Phase::Move),
        Some("end") => Some(Phase::End),
        Some("cancel") => Some(Phase::Cancel),
        Some(other) => {
            return Err(DecodeError::malformed(
                f.what,
                format!("unknown phase {other:?}"),
            ));
        }
    };
    let value = f.present("value");
    let payload = f.present("payload");
    let samples = match f.present("samples") {
        None => None,
        Some(Value::Array(items)) => Some(
            items
                .iter()
                .map(Value::as_f64)
                .collect::<Option<Vec<f64>>>()
                .ok_or_else(|| f.wrong("samples"))?,
        ),
        Some(_) => return Err(f.wrong("samples")),
    };
    Ok(Message::Publish(Publish {
        address: f.text("address")?,
        signal,
        // A message holds only one of them; the value has precedence, as in binary.
        samples: samples.filter(|_| value.is_none() && payload.is_none()),
        value: value.or(payload),
        timestamp: f.int("timestamp")?,
        id: f.int("id")?,
        phase,
        rate: f.int("rate")?,
    }))
}

fn param(value: Value<'_>) -> Result<Param<'_>, DecodeError> {
    let mut f = Fields::of(value, "SNAPSHOT")?;
    Ok(Param {
        address: f.text("address")?,
        value: f.take("value").ok_or_else(|| f.missing("value"))?,
        revision: f.need("revision", Fields::int)?,
        writer: f.optional_text("writer")?,
        timestamp: f.int("timestamp")?,
    })
}

fn signal(value: Value<'_>) -> Result<Signal<'_>, DecodeError> {
    let mut f = Fields::of(value, "signal")?;
    let kind = f.text("type")?;
    Ok(Signal {
        address: f.text("address")?,
        signal: signal_type(&kind, f.what)?,
        datatype: f.optional_text("datatype")?,
        access: f.optional_text("access")?,
        meta: f.present("meta").map(meta).transpose()?,
    })
}

fn meta(value: Value<'_>) -> Result<Meta<'_>, DecodeError> {
    let mut f = Fields::of(value, "meta")?;
    let range = match f.present("range") {
        None => None,
        Some(Value::Array(ends)) => match ends.as_slice() {
            [least, greatest] => least.as_f64().zip(greatest.as_f64()),
            _ => return Err(f.wrong("range")),
        },
        Some(_) => return Err(f.wrong("range")),
    };
    Ok(Meta {
        unit: f.optional_text("unit")?,
        range,
        default: f.present("default"),
        description: f.optional_text("description")?,
    })
}

fn signal_type(name: &str, what: &'static str) -> Result<SignalType, DecodeError> {
    Ok(match name {
        "param" => SignalType::Param,
        "event" => SignalType::Event,
        "stream" => SignalType::Stream,
        "gesture" => SignalType::Gesture,
        "timeline" => SignalType::Timeline,
        other => {
            return Err(DecodeError::malformed(
                what,
                format!("unknown signal type {other:?}"),
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::frame::open;
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digits).collect()
    }

    /// The first two frames as Python SDK 4.2.0 sent them; the third put together from others.
    #[test]
    fn what_the_python_sdk_sends() {
        let bundle = hex(concat!(
            "5301007883a474797065a642554e444c45a974696d657374616d70c0a86d65737361676573",
            "9283a474797065a3534554a761646472657373a22f61a576616c75650184a474797065a750",
            "55424c495348a761646472657373a22f62a67369676e616ca56576656e74a77061796c6f61",
            "6481a178cb3ff8000000000000",
        ));
        let frame = open(&bundle).unwrap();
        assert_eq!(frame.qos, Qos::Fire);
        assert!(is_map(frame.payload[0]));
        let set = Message::Set(Set {
            address: "/a".into(),
            value: Value::Int(1),
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        });
        let event = Message::Publish(Publish {
            address: "/b".into(),
            signal: SignalType::Event,
            value: Some(Value::Map(vec![("x".into(), Value::Float(1.5))])),
            samples: None,
            timestamp: None,
            id: None,
            phase: None,
            rate: None,
        });
        let expected = Message::Bundle(Bundle {
            timestamp: None,
            messages: vec![set, event],
        });
        assert_eq!(decode(frame.payload).unwrap(), expected);

        // As in the binary encoding, 0 is for ever, whichever kind of TTL it is.
        for (kind, expected) in [("Sliding", Ttl::Never), ("Absolute", Ttl::Never)] {
            let mut body = vec![0x84, 0xa4];
            body.extend(b"type\xa3SET\xa7address\xa2/a\xa5value\x01\xa3ttl\x81");
            body.push(0xa0 | u8::try_from(kind.len()).unwrap());
            body.extend(kind.as_bytes());
            body.push(0);
            let mut set = vec![0x53, 0x01, 0x00, u8::try_from(body.len()).unwrap()];
            set.extend(body);
            let Message::Set(set) = decode(open(&set).unwrap().payload).unwrap() else {
                panic!("a SET");
            };
            assert_eq!(set.ttl, Some(expected), "{kind}");
        }

        let query = hex("5301001882a474797065a55155455259a77061747465726ea32f2a2a");
        assert_eq!(
            decode(open(&query).unwrap().payload).unwrap(),
            Message::Query {
                pattern: "/**".into()
            }
        );

        // A timed one, and an event without a payload.
        let mut timed = hex(concat!(
            "5301000083a474797065a642554e444c45a974696d657374616d70cf000660b1ad55e388a8",
            "6d657373616765739184a474797065a75055424c495348a761646472657373a22f62a67369",
            "676e616ca56576656e74a77061796c6f6164c0",
        ));
        timed[3] = u8::try_from(timed.len() - 4).unwrap();
        let Message::Bundle(bundle) = decode(open(&timed).unwrap().payload).unwrap() else {
            panic!("a BUNDLE");
        };
        assert_eq!(bundle.timestamp, Some(1_795_166_093_829_000));
        assert!(matches!(
            &bundle.messages[..],
            [Message::Publish(Publish { value: None, .. })]
        ));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let why = |payload: &[u8]| super::decode(payload).unwrap_err().to_string();
        assert_eq!(
            why(b"\x81\xA4type\xA3SET"),
            "malformed SET: it has no address"
        );
        assert_eq!(
            why(b"\x82\xA4type\xA3GET\xA7address\x01"),
            "malformed GET: its address makes no sense"
        );
        assert_eq!(
            why(b"\x81\xA4type\xA3FOO"),
            "malformed legacy message: unknown type \"FOO\""
        );
        assert_eq!(why(b"\x80"), "malformed legacy message: it has no type");
        assert_eq!(
            super::decode(b"\x81\xA4type\xAFFEDERATION_SYNC"),
            Err(DecodeError::Federation)
        );
    }
}
