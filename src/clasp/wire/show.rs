//! Shows messages in traces. Takes a frame, and gives a short text for people, or JSON with the
//! field names of the specification. Tokens are hidden.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::decode;
use super::frame::Frame;
use super::message::*;
use super::value::Value;
use crate::trace::{Content, HIDDEN, Language};

/// How traces show CLASP.
pub const LANGUAGE: Language = Language {
    service: "clasp",
    read: |bytes| match decode(bytes) {
        Ok(frame) => Ok(Box::new(frame)),
        Err(error) => Err(error.to_string()),
    },
};

impl Content for Frame<'_> {
    fn kind(&self) -> &str {
        kind(&self.message)
    }

    fn address(&self) -> Option<&str> {
        address(&self.message)
    }

    fn is_failure(&self) -> bool {
        matches!(self.message, Message::Error(_))
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        brief(&self.message, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &FrameJson(self))?)
    }
}

fn kind(message: &Message<'_>) -> &'static str {
    match message {
        Message::Hello(_) => "HELLO",
        Message::Welcome(_) => "WELCOME",
        Message::Announce(_) => "ANNOUNCE",
        Message::Subscribe(_) => "SUBSCRIBE",
        Message::Unsubscribe { .. } => "UNSUBSCRIBE",
        Message::Publish(_) => "PUBLISH",
        Message::Set(_) => "SET",
        Message::Get { .. } => "GET",
        Message::Snapshot(_) => "SNAPSHOT",
        Message::Replay(_) => "REPLAY",
        Message::Bundle(_) => "BUNDLE",
        Message::Sync(_) => "SYNC",
        Message::Ping => "PING",
        Message::Pong => "PONG",
        Message::Ack(_) => "ACK",
        Message::Error(_) => "ERROR",
        Message::Query { .. } => "QUERY",
        Message::Result(_) => "RESULT",
    }
}

fn address<'m>(message: &'m Message<'_>) -> Option<&'m str> {
    match message {
        Message::Announce(announce) => Some(&announce.namespace),
        Message::Subscribe(subscribe) => Some(&subscribe.pattern),
        Message::Publish(publish) => Some(&publish.address),
        Message::Set(set) => Some(&set.address),
        Message::Get { address } => Some(address),
        Message::Replay(replay) => Some(&replay.pattern),
        Message::Ack(ack) => ack.address.as_deref(),
        Message::Error(error) => error.address.as_deref(),
        Message::Query { pattern } => Some(pattern),
        _ => None,
    }
}

/// Writes the rest of the short text, after `kind` and `address`.
fn brief(message: &Message<'_>, out: &mut dyn Write) -> io::Result<()> {
    match message {
        Message::Hello(hello) => {
            write!(out, "\"{}\"", hello.name)?;
            if hello.token.is_some() {
                write!(out, " token {HIDDEN}")?;
            }
        }
        Message::Welcome(welcome) => {
            write!(out, "\"{}\" session {}", welcome.name, welcome.session)?;
        }
        Message::Announce(announce) => count(out, announce.signals.len(), "signal")?,
        Message::Subscribe(subscribe) => {
            write!(out, "#{}", subscribe.id)?;
            if let Some(rate) = subscribe.max_rate {
                write!(out, " at most {rate}/s")?;
            }
        }
        Message::Unsubscribe { id } => write!(out, "#{id}")?,
        Message::Publish(publish) => {
            out.write_all(publish.signal.name().as_bytes())?;
            if let Some(phase) = publish.phase {
                write!(out, " {}", phase.name())?;
            }
            if let Some(value) = &publish.value {
                out.write_all(b" ")?;
                put(value, out)?;
            }
            if let Some(samples) = &publish.samples {
                out.write_all(b" ")?;
                count(out, samples.len(), "sample")?;
            }
        }
        Message::Set(set) => {
            put(&set.value, out)?;
            if let Some(revision) = set.revision {
                write!(out, " revision {revision}")?;
            }
        }
        Message::Snapshot(params) => {
            count(out, params.len(), "param")?;
            for (n, param) in params.iter().enumerate() {
                write!(out, "{} {} ", if n == 0 { ":" } else { "," }, param.address)?;
                put(&param.value, out)?;
            }
        }
        Message::Bundle(bundle) => {
            count(out, bundle.messages.len(), "message")?;
            if let Some(timestamp) = bundle.timestamp {
                write!(out, " at {timestamp}")?;
            }
            for (n, message) in bundle.messages.iter().enumerate() {
                write!(out, "{} {} ", if n == 0 { ":" } else { "," }, kind(message))?;
                if let Some(address) = address(message) {
                    write!(out, "{address} ")?;
                }
                brief(message, out)?;
            }
        }
        Message::Sync(sync) => {
            for (name, time) in [("t1", Some(sync.t1)), ("t2", sync.t2), ("t3", sync.t3)] {
                if let Some(time) = time {
                    write!(out, "{name} {time} ")?;
                }
            }
        }
        Message::Ack(ack) => {
            if let Some(revision) = ack.revision {
                write!(out, "revision {revision}")?;
            }
        }
        Message::Error(error) => write!(out, "{} {}", error.code, error.message)?,
        Message::Result(signals) => {
            count(out, signals.len(), "signal")?;
            for (n, signal) in signals.iter().enumerate() {
                let between = if n == 0 { ":" } else { "," };
                write!(out, "{between} {}", signal.address)?;
            }
        }
        Message::Get { .. }
        | Message::Replay(_)
        | Message::Query { .. }
        | Message::Ping
        | Message::Pong => {}
    }
    Ok(())
}

fn count(out: &mut dyn Write, count: usize, what: &str) -> io::Result<()> {
    write!(out, "{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn put(value: &Value<'_>, out: &mut dyn Write) -> io::Result<()> {
    Ok(serde_json::to_writer(out, value)?)
}

/// A frame as JSON: the fields of its message, then those of its header.
struct FrameJson<'f, 'a>(&'f Frame<'a>);

impl Serialize for FrameJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entries(&self.0.message, &mut map)?;
        match self.0.qos {
            Qos::Fire => {}
            Qos::Confirm => map.serialize_entry("qos", "confirm")?,
            Qos::Commit => map.serialize_entry("qos", "commit")?,
        }
        some(&mut map, "frame_timestamp", &self.0.timestamp)?;
        map.end()
    }
}

/// A message in a bundle as JSON.
struct MessageJson<'m, 'a>(&'m Message<'a>);

impl Serialize for MessageJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entries(self.0, &mut map)?;
        map.end()
    }
}

struct ParamJson<'m, 'a>(&'m Param<'a>);

impl Serialize for ParamJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("address", &self.0.address)?;
        map.serialize_entry("value", &self.0.value)?;
        map.serialize_entry("revision", &self.0.revision)?;
        some(&mut map, "writer", &self.0.writer)?;
        some(&mut map, "timestamp", &self.0.timestamp)?;
        map.end()
    }
}

struct SignalJson<'m, 'a>(&'m Signal<'a>);

impl Serialize for SignalJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("address", &self.0.address)?;
        map.serialize_entry("type", self.0.signal.name())?;
        some(&mut map, "datatype", &self.0.datatype)?;
        some(&mut map, "access", &self.0.access)?;
        some(&mut map, "meta", &self.0.meta.as_ref().map(MetaJson))?;
        map.end()
    }
}

struct MetaJson<'m, 'a>(&'m Meta<'a>);

impl Serialize for MetaJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        some(&mut map, "unit", &self.0.unit)?;
        let range = self.0.range.map(|(least, most)| floats(&[least, most]));
        some(&mut map, "range", &range)?;
        some(&mut map, "default", &self.0.default)?;
        some(&mut map, "description", &self.0.description)?;
        map.end()
    }
}

/// Writes a field unless it is absent.
fn some<M: SerializeMap>(
    map: &mut M,
    name: &'static str,
    field: &Option<impl Serialize>,
) -> Result<(), M::Error> {
    match field {
        Some(field) => map.serialize_entry(name, field),
        None => Ok(()),
    }
}

fn each<'i, T, U>(items: &'i [T], shown: fn(&'i T) -> U) -> Vec<U> {
    items.iter().map(shown).collect()
}

fn ttl_of(kind: &'static str, seconds: u32) -> Value<'static> {
    Value::Map(vec![(kind.into(), Value::Int(seconds.into()))])
}

/// Floats as values, whose JSON also covers NaN and the infinities.
fn floats(numbers: &[f64]) -> Vec<Value<'static>> {
    numbers.iter().map(|number| Value::Float(*number)).collect()
}

fn types<M: SerializeMap>(map: &mut M, mask: TypeMask) -> Result<(), M::Error> {
    if mask == TypeMask::ALL {
        return Ok(());
    }
    let all = [
        SignalType::Param,
        SignalType::Event,
        SignalType::Stream,
        SignalType::Gesture,
        SignalType::Timeline,
    ];
    let named = all.into_iter().filter(|signal| mask.has(*signal));
    map.serialize_entry("types", &named.map(SignalType::name).collect::<Vec<_>>())
}

/// Writes the fields of a message, beginning with its type.
fn entries<M: SerializeMap>(message: &Message<'_>, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("type", kind(message))?;
    let features = |features: &Features| features.names().collect::<Vec<_>>();
    match message {
        Message::Hello(hello) => {
            map.serialize_entry("version", &hello.version)?;
            map.serialize_entry("name", &hello.name)?;
            map.serialize_entry("features", &features(&hello.features))?;
            some(map, "token", &hello.token.as_ref().map(|_| HIDDEN))
        }
        Message::Welcome(welcome) => {
            map.serialize_entry("version", &welcome.version)?;
            map.serialize_entry("session", &welcome.session)?;
            map.serialize_entry("name", &welcome.name)?;
            map.serialize_entry("features", &features(&welcome.features))?;
            map.serialize_entry("time", &welcome.time)?;
            let kept: Vec<&str> = Capability::ALL
                .into_iter()
                .filter(|capability| welcome.has(*capability))
                .map(Capability::name)
                .collect();
            if !kept.is_empty() {
                map.serialize_entry("capabilities", &kept)?;
            }
            some(map, "token", &welcome.token.as_ref().map(|_| HIDDEN))
        }
        Message::Announce(announce) => {
            map.serialize_entry("namespace", &announce.namespace)?;
            map.serialize_entry("signals", &each(&announce.signals, SignalJson))
        }
        Message::Subscribe(subscribe) => {
            map.serialize_entry("id", &subscribe.id)?;
            map.serialize_entry("pattern", &subscribe.pattern)?;
            types(map, subscribe.types)?;
            let number = |number: Option<u32>| number.map(|number| Value::Int(number.into()));
            let options = [
                ("max_rate", number(subscribe.max_rate)),
                ("epsilon", subscribe.epsilon.map(Value::Float)),
                ("history", number(subscribe.history)),
                ("window", number(subscribe.window)),
            ];
            let given = options
                .into_iter()
                .filter_map(|(name, value)| Some((name.into(), value?)));
            let given: Vec<_> = given.collect();
            if given.is_empty() {
                Ok(())
            } else {
                map.serialize_entry("options", &Value::Map(given))
            }
        }
        Message::Unsubscribe { id } => map.serialize_entry("id", id),
        Message::Publish(publish) => {
            map.serialize_entry("address", &publish.address)?;
            map.serialize_entry("signal", publish.signal.name())?;
            some(map, "value", &publish.value)?;
            some(map, "samples", &publish.samples.as_deref().map(floats))?;
            some(map, "timestamp", &publish.timestamp)?;
            some(map, "id", &publish.id)?;
            some(map, "phase", &publish.phase.map(Phase::name))?;
            some(map, "rate", &publish.rate)
        }
        Message::Set(set) => {
            map.serialize_entry("address", &set.address)?;
            map.serialize_entry("value", &set.value)?;
            some(map, "revision", &set.revision)?;
            some(map, "lock", &set.lock.then_some(true))?;
            some(map, "unlock", &set.unlock.then_some(true))?;
            let ttl = set.ttl.map(|ttl| match ttl {
                Ttl::Never => Value::String("Never".into()),
                Ttl::Sliding(seconds) => ttl_of("Sliding", seconds),
                Ttl::Absolute(seconds) => ttl_of("Absolute", seconds),
            });
            some(map, "ttl", &ttl)
        }
        Message::Get { address } => map.serialize_entry("address", address),
        Message::Snapshot(params) => map.serialize_entry("params", &each(params, ParamJson)),
        Message::Replay(replay) => {
            map.serialize_entry("pattern", &replay.pattern)?;
            some(map, "from", &replay.from)?;
            some(map, "to", &replay.to)?;
            some(map, "limit", &replay.limit)?;
            types(map, replay.types)
        }
        Message::Bundle(bundle) => {
            some(map, "timestamp", &bundle.timestamp)?;
            map.serialize_entry("messages", &each(&bundle.messages, MessageJson))
        }
        Message::Sync(sync) => {
            map.serialize_entry("t1", &sync.t1)?;
            some(map, "t2", &sync.t2)?;
            some(map, "t3", &sync.t3)
        }
        Message::Ping | Message::Pong => Ok(()),
        Message::Ack(ack) => {
            some(map, "address", &ack.address)?;
            some(map, "revision", &ack.revision)?;
            some(map, "locked", &ack.locked)?;
            some(map, "holder", &ack.holder)?;
            some(map, "correlation_id", &ack.correlation_id)
        }
        Message::Error(error) => {
            map.serialize_entry("code", &error.code)?;
            map.serialize_entry("message", &error.message)?;
            some(map, "address", &error.address)?;
            some(map, "correlation_id", &error.correlation_id)
        }
        Message::Query { pattern } => map.serialize_entry("pattern", pattern),
        Message::Result(signals) => map.serialize_entry("signals", &each(signals, SignalJson)),
    }
}
