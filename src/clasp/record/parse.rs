//! Parses a line of NDJSON into an operation.
//!
//! Bulk input runs through it, at some millions of lines a second: the value is converted directly
//! from JSON to encoded bytes, the address is borrowed from the line, and neither is allocated.

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

/// The operation in a line.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedRecord<'l> {
    /// The type of the signal; a param if the line has no `type`.
    pub signal: SignalType,
    /// The address.
    pub address: Cow<'l, str>,
    /// The type code of the value; its encoded data is in the [`Parser`].
    pub value: Option<u8>,
    /// Several samples of a stream.
    pub samples: Option<Vec<f64>>,
    /// How long a param lives.
    pub ttl: Option<Ttl>,
    /// Write only if this is the current revision.
    pub if_revision: Option<u64>,
    /// The id of the gesture.
    pub id: Option<u32>,
    /// The phase of the gesture.
    pub phase: Option<Phase>,
    /// The sample rate, in Hz.
    pub rate: Option<u32>,
}

/// Why a line is not a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is not JSON. The text is the JSON parser's, with the column.
    #[error("this is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but not a record: a field is missing, unknown, or of the wrong type.
    #[error("{0}")]
    Field(String),
    /// The address is invalid.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// CLASP cannot represent the value.
    #[error(transparent)]
    Value(#[from] JsonError),
    /// A field is missing, or does not fit the type.
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

/// Parses lines; holds the encoded value of the last line.
#[derive(Debug, Default)]
pub struct Parser {
    value: Vec<u8>,
}

impl Parser {
    /// Parses one line. Gives `None` for a lifecycle record (`connected`, `disconnected`, `error`),
    /// which `subscribe --lifecycle` prints and which has nothing to publish.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn parse<'l>(&mut self, line: &'l [u8]) -> Result<Option<ParsedRecord<'l>>, RecordError> {
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

    /// The encoded data of the last line's value, without its type code.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The PUBLISH for a line of another type than param (a param is sent as a SET).
    ///
    /// # Errors
    /// None if `parsed` is the last result of [`parse`](Self::parse).
    pub fn publish<'p>(&'p self, parsed: &'p ParsedRecord<'_>) -> Result<Message<'p>, RecordError> {
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

fn check(parsed: &ParsedRecord<'_>) -> Result<(), RecordError> {
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
    type Value = Option<(ParsedRecord<'de>, Option<Encoded>)>;

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
    type Value = Option<(ParsedRecord<'de>, Option<Encoded>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"a record, such as {"address":"/lights/front","value":0.8}"#)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut address, mut value) = (None, None);
        let mut parsed = ParsedRecord {
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
                "revision" | "writer" | "timestamp" | "snapshot" | "received" => {
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

/// A key, borrowed from the line unless it has escapes in it.
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

/// Parses a TTL as users type it: `never`, or a duration of whole seconds, which is sliding.
///
/// # Errors
/// A text that says what is wrong.
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
