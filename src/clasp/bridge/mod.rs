//! Bridges: other protocols that speak with a CLASP router.
//!
//! Each is a pure mapping (a packet and the time in, messages out, and back) and a thin socket:
//!
//! ```text
//! a router ──▶ cmd/bridge ──▶ map ──▶ codec ──▶ socket ──▶ devices
//!          ◀──            ◀──     ◀──       ◀──        ◀──
//! ```
//!
//! - [`artnet`]: Art-Net 4, unicast and broadcast
//! - [`mqtt`]: MQTT 3.1.1 and 5, as a client of a broker
//! - [`osc`]: Open Sound Control over UDP and TCP
//! - [`sacn`]: sACN (E1.31), multicast and unicast
//! - [`dmx`]: universes of DMX, however they are carried
//! - [`echo`]: which of what comes is what was sent
//! - [`newest`]: the newest item of each key, for a receiver that is too slow
//! - [`route`]: what passes, other addresses, other ranges of numbers
//! - [`counts`]: how much went by, and what was wrong with the rest
//! - [`host`]: which hosts may be typed
//! - [`unit`]: messages to frames, several in one if they belong together
//!
//! `docs/bridges.md` has the mappings, and what each of them loses.

pub mod artnet;
pub mod counts;
pub mod dmx;
pub mod echo;
pub mod host;
pub mod mqtt;
pub mod newest;
pub mod osc;
pub mod route;
pub mod sacn;
pub mod unit;
