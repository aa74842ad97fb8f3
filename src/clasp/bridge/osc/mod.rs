//! Open Sound Control: what consoles, phones and sound programs speak.
//!
//! - [`codec`]: bytes to packets and back
//! - [`value`]: arguments to CLASP values and back
//! - [`pattern`]: address patterns
//! - [`framing`]: packets on a TCP stream
//! - [`map`]: packets to CLASP messages and back
//! - [`peers`]: which peers receive the router's messages
//! - [`show`]: packets for `-v` and `--trace`
//! - [`socket`]: UDP and TCP

pub mod codec;
pub mod framing;
pub mod map;
pub mod pattern;
pub mod peers;
pub mod show;
pub mod socket;
pub mod value;
