//! Any bytes: the decoder says what they are and does not fall over; and what it takes for a
//! frame can be written again and then reads the same.
//!
//! `cargo +nightly fuzz run decode` (needs `cargo install cargo-fuzz`). `fuzz/seeds.py` writes
//! its seeds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trefoil::clasp::wire::{EncodeError, decode, encode_with};

fuzz_target!(|bytes: &[u8]| {
    let Ok(frame) = decode(bytes) else { return };
    let mut out = Vec::new();
    match encode_with(&frame.message, frame.qos, frame.timestamp, &mut out) {
        Ok(()) => {}
        // A legacy message can hold more than fits a binary frame.
        Err(EncodeError::TooLong { .. }) => return,
        Err(error) => panic!("{error}: {frame:?}"),
    }
    let read = decode(&out).expect("what was written");
    let mut again = Vec::new();
    encode_with(&read.message, read.qos, read.timestamp, &mut again).expect("what was read");
    // By the bytes: a NaN among samples does not equal itself.
    assert_eq!(again, out);
});
