//! Any bytes: the MQTT decoder says what they are and does not fall over, in both versions; and the
//! mapping takes what it reads.
//!
//! `cargo +nightly fuzz run mqtt`. `fuzz/seeds.py` writes its seeds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tokio::time::Instant;
use trefoil::clasp::bridge::mqtt::codec::{Packet, Version, decode, publish};
use trefoil::clasp::bridge::mqtt::map::{Mapping, Rules};
use trefoil::clasp::bridge::mqtt::payload::Form;

fuzz_target!(|bytes: &[u8]| {
    for version in [Version::V3, Version::V5] {
        let Ok(Packet::Publish(read)) = decode(bytes, version) else {
            continue;
        };
        let written = decode(&publish(&read, version), version);
        assert_eq!(written, Ok(Packet::Publish(read.clone())));
        let mut mapping = Mapping::new(Rules {
            namespace: "/mqtt".into(),
            params: Vec::new(),
            form: Form::Auto,
            qos: 1,
            retained: true,
            version,
        });
        mapping.receive(&read, Instant::now());
    }
});
