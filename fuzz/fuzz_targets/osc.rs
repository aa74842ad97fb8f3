//! Any bytes: the OSC decoder says what they are and does not fall over; what it reads is written and
//! read the same; and the mapping takes it, and a stream of such bytes, in bounded time.
//!
//! `cargo +nightly fuzz run osc`. `fuzz/seeds.py` writes its seeds.

#![no_main]

use std::net::SocketAddr;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tokio::time::Instant;
use trefoil::clasp::bridge::osc::codec::{decode, encode};
use trefoil::clasp::bridge::osc::framing::Unframer;
use trefoil::clasp::bridge::osc::map::{Mapping, Rules};
use trefoil::clasp::bridge::osc::value::As;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(packet) = decode(bytes) {
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        encode(&packet, &mut once);
        encode(&decode(&once).expect("what was written"), &mut twice);
        // By the bytes: one NaN does not equal another.
        assert_eq!(once, twice);
    }
    let mut mapping = Mapping::new(Rules {
        namespace: "/osc".into(),
        params: Vec::new(),
        touch: Some("z".into()),
        form: As::Auto,
        retained: true,
        echo_window: Duration::from_millis(250),
    });
    let (from, now) = (SocketAddr::from(([127, 0, 0, 1], 1)), Instant::now());
    for _ in 0..2 {
        for unit in mapping.receive(bytes, from, now, 1 << 50).units {
            for message in &unit.messages {
                // What came from OSC has a form in OSC.
                mapping.deliver(message, false, now).expect("a form");
            }
        }
    }
    let mut stream = Unframer::default();
    stream.push(bytes);
    while let Ok(Some(packet)) = stream.next_packet() {
        let _ = decode(&packet);
    }
});
