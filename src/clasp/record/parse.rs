//! A line of NDJSON enters, an operation leaves.
//!
//! This is the bulk path, at some millions of lines a second: the value goes straight from JSON to
//! wire bytes, the address is borrowed from the line, and nothing is allocated for either.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};

use super::{phase_named, type_named};
use crate::clasp::wire::json::{Encoded, JsonError, ToWire};
use crate::clasp::wire::{
    self, AddressError, Message, Phase, Publish, SignalType, TTL_MAX_SECONDS, Ttl, Value,
};
use crate::error::{Failing, Kind};
use crate::text::{duration, json};

/// An operation as a line says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<'l> {
    /// What kind of signal; without a `type`, a param.
    pub signal: SignalType,
    /// Where.
    pub address: Cow<'l, str>,
    /// The wire's type code of the value; its bytes are in the [`Parser`].
    pub value: Option<u8>,
    /// Several samples of a stream.
    pub samples: Option<Vec<f64>>,
    /// How long a param lives.
    pub ttl: Option<Ttl>,
    /// Write only if this is the revision now.
    pub if_revision: Option<u64>,
    /// Which gesture.
    pub id: Option<u32>,
    /// Where the gesture stands.
    pub phase: Option<Phase>,
    /// The sample rate, in Hz.
    pub rate: Option<u32>,
}

/// Why a line is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is not JSON. The words are the JSON parser's, with the column.
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but no record: a field is missing, unknown, or of the wrong type.
    #[error("{0}")]
    Field(String),
    /// The address is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A value that CLASP has no room for.
    #[error(transparent)]
    Value(#[from] JsonError),
    /// A field is missing, or does not go with the type.
    #[error("{0}")]
    Shape(String),
}

impl RecordError {
    /// What serde_json says of one line. It counts lines within that one, so only the column is kept.
    pub(super) fn of_json(error: &serde_json::Error) -> Self {
        let message = error.to_string().replace(" at line 1 column", " at column");
        if error.is_data() {
            RecordError::Field(message)
        } else {
            RecordError::NotJson(message)
        }
    }
}

impl Failing for RecordError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            RecordError::Address(error) => error.hint(),
            RecordError::Value(error) => error.hint(),
            RecordError::NotJson(_) => Some(
                r#"a line is an object, such as {"address":"/lights/front","value":0.8}"#.into(),
            ),
            _ => None,
        }
    }
}

/// Reads lines; owns the bytes of the last one's value.
#[derive(Debug, Default)]
pub struct Parser {
    value: Vec<u8>,
}

impl Parser {
    /// Reads one line. `None` for a record of the connection's life (`connected`, `disconnected`,
    /// `error`): `subscribe --lifecycle` prints them, and there is nothing in them to publish.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn parse<'l>(&mut self, line: &'l [u8]) -> Result<Option<Parsed<'l>>, RecordError> {
        self.value.clear();
        let text = std::str::from_utf8(line)
            .map_err(|error| RecordError::NotJson(format!("it is not UTF-8: {error}")))?;
        let seed = RecordSeed {
            value: &mut self.value,
        };
        let read = json::read(seed, text).map_err(|error| RecordError::of_json(&error))?;
        let Some((mut parsed, encoded)) = read else {
            return Ok(None);
        };
        if let Some(encoded) = encoded {
            parsed.value = Some(encoded.code(text)?);
        }
        wire::check_address(&parsed.address)?;
        check(&parsed)?;
        Ok(Some(parsed))
    }

    /// The wire bytes of the last line's value, without their type code.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The PUBLISH that a line says. A param has none: it is a SET.
    ///
    /// # Errors
    /// Never for what [`parse`](Self::parse) has just read.
    pub fn publish<'p>(&'p self, parsed: &'p Parsed<'_>) -> Result<Message<'p>, RecordError> {
        let value = match parsed.value {
            None => None,
            Some(code) => Some(self.decoded(code)?),
        };
        Ok(Message::Publish(Publish {
            address: Cow::Borrowed(&parsed.address),
            signal: parsed.signal,
            value,
            samples: parsed.samples.clone(),
            timestamp: None,
            id: parsed.id,
            phase: parsed.phase,
            rate: parsed.rate,
        }))
    }

    fn decoded(&self, code: u8) -> Result<Value<'_>, RecordError> {
        wire::decode_value(code, &self.value).map_err(|error| RecordError::Shape(error.to_string()))
    }
}

fn check(parsed: &Parsed<'_>) -> Result<(), RecordError> {
    let wrong = |why: &str| Err(RecordError::Shape(why.to_owned()));
    if parsed.signal == SignalType::Param {
        if parsed.value.is_none() {
            return wrong("a param needs a 'value'");
        }
        if parsed.samples.is_some() || parsed.phase.is_some() || parsed.id.is_some() {
            return wrong("'samples', 'id' and 'phase' do not go with a param");
        }
        return Ok(());
    }
    if parsed.if_revision.is_some() || parsed.ttl.is_some() {
        return wrong("'if_revision' and 'ttl' go with a param only");
    }
    match parsed.signal {
        SignalType::Gesture if parsed.id.is_none() || parsed.phase.is_none() => {
            wrong("a gesture needs an 'id' and a 'phase'")
        }
        SignalType::Gesture => Ok(()),
        _ if parsed.phase.is_some() => wrong("a 'phase' goes with a gesture only"),
        _ if parsed.value.is_some() && parsed.samples.is_some() => {
            wrong("'value' and 'samples' do not go together")
        }
        _ => Ok(()),
    }
}

struct RecordSeed<'v> {
    value: &'v mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for RecordSeed<'_> {
    type Value = Option<(Parsed<'de>, Option<Encoded>)>;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

const FIELDS: [&str; 14] = [
    "type",
    "address",
    "value",
    "ttl",
    "ttl_absolute",
    "if_revision",
    "id",
    "phase",
    "samples",
    "rate",
    "revision",
    "timestamp",
    "snapshot",
    "received",
];

impl<'de> Visitor<'de> for RecordSeed<'_> {
    type Value = Option<(Parsed<'de>, Option<Encoded>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"a record, such as {"address":"/lights/front","value":0.8}"#)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut address, mut value) = (None, None);
        let mut parsed = Parsed {
            signal: SignalType::Param,
            address: Cow::Borrowed(""),
            value: None,
            samples: None,
            ttl: None,
            if_revision: None,
            id: None,
            phase: None,
            rate: None,
        };
        let mut absolute = false;
        let mut lifecycle = false;
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "address" => address = Some(map.next_value::<Text<'de>>()?.0),
                "value" | "payload" => {
                    self.value.clear();
                    value = Some(map.next_value_seed(ToWire(self.value))?);
                }
                "type" => match &*map.next_value::<Text<'de>>()?.0 {
                    "connected" | "disconnected" | "error" => lifecycle = true,
                    name => {
                        parsed.signal = type_named(name).ok_or_else(|| {
                            A::Error::custom(format_args!(
                                "'{name}' is no type: param, event, stream, gesture or timeline"
                            ))
                        })?;
                    }
                },
                "ttl" => parsed.ttl = map.next_value::<TtlText>()?.0,
                "ttl_absolute" => absolute = map.next_value()?,
                "if_revision" => parsed.if_revision = map.next_value()?,
                "id" => parsed.id = map.next_value()?,
                "phase" => {
                    let name = map.next_value::<Text<'de>>()?.0;
                    parsed.phase = Some(phase_named(&name).ok_or_else(|| {
                        A::Error::custom(format_args!(
                            "'{name}' is no phase: start, move, end or cancel"
                        ))
                    })?);
                }
                "samples" => parsed.samples = map.next_value()?,
                "rate" => parsed.rate = map.next_value()?,
                "revision" | "timestamp" | "snapshot" | "received" => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ if lifecycle => {
                    map.next_value::<IgnoredAny>()?;
                }
                address if address.starts_with('/') => {
                    return Err(A::Error::custom(format_args!(
                        "'{address}' is an address, not a key of a record; what `dump` prints \
                         is written with: trefoil clasp apply FILE"
                    )));
                }
                unknown => {
                    let nearest = crate::text::nearest(unknown, &FIELDS)
                        .map(|name| format!(": did you mean '{name}'?"))
                        .unwrap_or_default();
                    return Err(A::Error::custom(format_args!(
                        "unknown key '{unknown}'{nearest}"
                    )));
                }
            }
        }
        if lifecycle {
            return Ok(None);
        }
        parsed.address = address.ok_or_else(|| A::Error::missing_field("address"))?;
        if let (true, Some(Ttl::Sliding(seconds))) = (absolute, parsed.ttl) {
            parsed.ttl = Some(Ttl::Absolute(seconds));
        }
        Ok(Some((parsed, value)))
    }
}

/// A string, borrowed from the line unless it has escapes in it. (`Cow` itself always copies.)
struct Text<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Text<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_str(TextVisitor).map(Text)
    }
}

/// A key, likewise.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_identifier(TextVisitor).map(Key)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct TtlText(Option<Ttl>);

impl<'de> serde::Deserialize<'de> for TtlText {
    fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        match Option::<String>::deserialize(json)? {
            None => Ok(TtlText(None)),
            Some(text) => ttl(&text)
                .map(|ttl| TtlText(Some(ttl)))
                .map_err(D::Error::custom),
        }
    }
}

/// A time to live as people write it: `never`, or a duration of whole seconds, sliding.
///
/// # Errors
/// Says what is wrong with it.
pub fn ttl(text: &str) -> Result<Ttl, String> {
    if text == "never" {
        return Ok(Ttl::Never);
    }
    let duration = duration::duration(text).map_err(|error| error.to_string())?;
    if duration.subsec_nanos() != 0 || duration.is_zero() {
        return Err(format!(
            "'{text}' is no time to live: whole seconds, 1s or more, or never"
        ));
    }
    match u32::try_from(duration.as_secs()) {
        Ok(seconds) if seconds <= TTL_MAX_SECONDS => Ok(Ttl::Sliding(seconds)),
        _ => Err(format!(
            "'{text}' is too long to live: at most {TTL_MAX_SECONDS} s, or never"
        )),
    }
}
