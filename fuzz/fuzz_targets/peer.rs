//! Any bytes of a client behind its upgrade: the server's WebSocket parser says what they are and
//! does not fall over, and it says the same however TCP has cut them. Each message then goes to
//! the decoder, as in the router.
//!
//! `cargo +nightly fuzz run peer`. The first byte says how long the pieces are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trefoil::clasp::wire::decode;
use trefoil::net::peer::read_all;

/// Small, so that the fuzzer finds it.
const MESSAGE_MOST: usize = 1_000;

fuzz_target!(|bytes: &[u8]| {
    let Some((piece, bytes)) = bytes.split_first() else {
        return;
    };
    let whole = read_all(bytes, usize::MAX, MESSAGE_MOST);
    assert_eq!(whole, read_all(bytes, usize::from(*piece), MESSAGE_MOST));
    assert!(whole.messages.iter().all(|message| message.len() <= MESSAGE_MOST));
    for message in &whole.messages {
        let _ = decode(message);
    }
});
