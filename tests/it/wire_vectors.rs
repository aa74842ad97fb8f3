//! Encodes and decodes every reference frame, byte for byte.
//!
//! The vectors give each message as JSON and as a frame. The JSON becomes a [`Message`] by way of
//! the legacy encoding, whose maps are that JSON in MessagePack: so all messages are tried there,
//! too.

use rmpv::Value as Pack;
use serde_json::Value as Json;
use trefoil::clasp::wire::{self, Message, Qos, Value};

/// One entry of the file.
struct Vector {
    name: String,
    message: Json,
    frame: Vec<u8>,
}

fn vectors() -> Vec<Vector> {
    let file: Vec<Json> =
        serde_json::from_str(include_str!("../data/clasp_vectors.json")).expect("the vectors");
    let text = |json: &Json| json.as_str().expect("a string").to_owned();
    file.iter()
        .map(|entry| Vector {
            name: text(&entry["name"]),
            message: entry["message"].clone(),
            frame: hex(&text(&entry["frame"])),
        })
        .collect()
}

/// The frames alone: the hostile tests begin with them.
pub fn frames() -> Vec<Vec<u8>> {
    vectors().into_iter().map(|vector| vector.frame).collect()
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex");
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// A frame that says the same in the legacy encoding, with the encoding bits of the header as
/// the Python SDK has them: wrong.
pub fn legacy_frame(message: &Json) -> Vec<u8> {
    let mut payload = Vec::new();
    rmpv::encode::write_value(&mut payload, &pack(message)).expect("a Vec takes everything");
    let length = u16::try_from(payload.len()).expect("a short message");
    let mut frame = vec![0x53, 0x01];
    frame.extend_from_slice(&length.to_be_bytes());
    frame.append(&mut payload);
    frame
}

/// All messages of the vectors as legacy frames.
pub fn legacy_frames() -> Vec<Vec<u8>> {
    let vectors = vectors();
    vectors.iter().map(|v| legacy_frame(&v.message)).collect()
}

fn pack(json: &Json) -> Pack {
    match json {
        Json::Object(map) if map.contains_key("$bytes") || map.contains_key("$float") => {
            match wire::from_json(&json.to_string()).expect("a special value") {
                Value::Bytes(bytes) => Pack::Binary(bytes.into_owned()),
                Value::Float(float) => Pack::F64(float),
                other => panic!("{other:?} is not special"),
            }
        }
        Json::Null => Pack::Nil,
        Json::Bool(flag) => Pack::Boolean(*flag),
        Json::Number(n) => match n.as_i64() {
            Some(int) => Pack::from(int),
            None => Pack::F64(n.as_f64().expect("a number")),
        },
        Json::String(text) => Pack::from(text.as_str()),
        Json::Array(items) => Pack::Array(items.iter().map(pack).collect()),
        Json::Object(map) => Pack::Map(
            map.iter()
                .map(|(key, value)| (Pack::from(key.as_str()), pack(value)))
                .collect(),
        ),
    }
}

#[test]
fn every_vector_is_encoded_and_decoded() {
    let vectors = vectors();
    assert!(vectors.len() > 50);
    for Vector {
        name,
        message,
        frame,
    } in &vectors
    {
        let legacy = legacy_frame(message);
        let message = wire::decode(&legacy).expect(name).message;
        let decoded = wire::decode(frame).expect(name);
        assert_eq!(decoded.message, message, "{name}");

        let mut out = Vec::new();
        if name == "ping_frame_timestamp" {
            assert_eq!(decoded.timestamp, Some(77));
            wire::encode_with(&message, Qos::Fire, Some(77), &mut out).expect(name);
        } else {
            assert_eq!(decoded.timestamp, None);
            assert_eq!(decoded.qos, message.default_qos(), "{name}");
            wire::encode(&message, &mut out).expect(name);
        }
        assert_eq!(&out, frame, "{name}");
    }
}

/// The drawing in `encode.rs` names every message; so must the vectors.
#[test]
fn every_message_has_a_vector() {
    let mut seen = std::collections::BTreeSet::new();
    for frame in frames() {
        let message = wire::decode(&frame).expect("a frame").message;
        let name = format!("{message:?}");
        let end = name.find(['(', ' ']).unwrap_or(name.len());
        seen.insert(name[..end].to_owned());
    }
    assert_eq!(seen.len(), 18, "{seen:?}");
}

/// A decoded value borrows from its frame; nothing is copied that need not be.
#[test]
fn decoding_borrows() {
    let frame = hex("53410012210900092f6c69676874732f7800030102ff");
    let Message::Set(set) = wire::decode(&frame).expect("a frame").message else {
        panic!("a SET");
    };
    assert!(matches!(set.address, std::borrow::Cow::Borrowed(_)));
    assert!(matches!(
        set.value,
        Value::Bytes(std::borrow::Cow::Borrowed(_))
    ));
}

/// `--trace` writes messages as the vectors do, but for what is the default, and for tokens.
#[test]
fn what_is_shown_of_a_frame_is_its_json() {
    for Vector {
        name,
        mut message,
        frame,
    } in vectors()
    {
        let mut shown = Vec::new();
        let content = (wire::LANGUAGE.read)(&frame).expect("a sound frame");
        content.json(&mut shown).expect("all of it has JSON");
        let mut shown: Json = serde_json::from_slice(&shown).expect("JSON");
        for json in [&mut message, &mut shown] {
            simplify(json);
        }
        if let Some(token) = message.get_mut("token") {
            *token = "…".into();
        }
        assert_eq!(shown, message, "{name}");
        assert_eq!(content.kind(), message["type"], "{name}");
        assert_eq!(content.address(), address(&message), "{name}");
    }
}

fn address(message: &Json) -> Option<&str> {
    let fields = ["address", "pattern", "namespace"];
    fields.into_iter().find_map(|field| message[field].as_str())
}

/// Takes out what either side may leave out, and the order of what is a set.
fn simplify(json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(simplify),
        Json::Object(fields) => {
            // The frame's own.
            fields.remove("qos");
            fields.remove("frame_timestamp");
            // The wire has one place for both.
            if fields.get("type").is_some_and(|kind| kind == "PUBLISH")
                && let Some(payload) = fields.remove("payload")
            {
                fields.insert("value".into(), payload);
            }
            fields.retain(|_, field| *field != Json::Bool(false));
            fields.values_mut().for_each(simplify);
            for set in ["features", "types"] {
                if let Some(Json::Array(names)) = fields.get_mut(set) {
                    names.sort_by_key(Json::to_string);
                }
            }
        }
        _ => {}
    }
}
