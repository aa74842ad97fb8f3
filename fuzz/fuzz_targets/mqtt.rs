//! Any bytes: the MQTT decoder says what they are and does not fall over, in both versions; what it
//! reads is written and read the same; and with `--properties` the mapping loses nothing of it from
//! one broker to another.
//!
//! `cargo +nightly fuzz run mqtt`. `fuzz/seeds.py` writes its seeds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tokio::time::Instant;
use trefoil::clasp::bridge::mqtt::codec::{Packet, Version, decode, publish};
use trefoil::clasp::bridge::mqtt::map::{Mapping, Received, Rules};
use trefoil::clasp::bridge::mqtt::origin::MARK;
use trefoil::clasp::bridge::mqtt::payload::Form;
use trefoil::clasp::wire::{self, Message};

fuzz_target!(|bytes: &[u8]| {
    for version in [Version::V3, Version::V5] {
        let Ok(Packet::Publish(read)) = decode(bytes, version) else {
            continue;
        };
        let written = decode(&publish(&read, version), version);
        assert_eq!(written, Ok(Packet::Publish(read.clone())));
        let mapping = |form, properties| {
            Mapping::new(Rules {
                namespace: "/mqtt".into(),
                params: Vec::new(),
                form,
                qos: 2,
                retained: true,
                properties,
                version,
                number: 1,
            })
        };
        let now = Instant::now();
        mapping(Form::Auto, false).receive(&read, now);
        // As bytes the payload stays exactly as it is.
        let received = mapping(Form::Bytes, version == Version::V5).receive(&read, now);
        let Received::Unit { unit, .. } = received else {
            continue;
        };
        let mut frame = Vec::new();
        if wire::encode(&unit.messages[0], &mut frame).is_err() {
            // Larger than a frame.
            continue;
        }
        let told = wire::decode(&frame).expect("it was encoded here");
        // What is not a text that brokers accept is refused with the reason.
        let Ok(sent) = mapping(Form::Bytes, version == Version::V5).deliver(&told, false, now) else {
            continue;
        };
        let sent = sent.expect("it is below the namespace");
        let is_deletion = matches!(&unit.messages[0], Message::Set(set) if set.value == wire::Value::Null);
        assert_eq!((&sent.topic, &sent.payload), (&read.topic, &read.payload));
        assert_eq!(sent.retain, read.retain || is_deletion);
        if !is_deletion {
            let mut expected = read.properties.clone();
            expected.user.retain(|(name, _)| name != MARK);
            let first = |name: &String| read.properties.user.iter().position(|(other, _)| other == name);
            expected.user.sort_by_cached_key(|(name, _)| first(name));
            assert_eq!(sent.properties, expected);
        }
    }
});
