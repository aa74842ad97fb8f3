//! Art-Net 4: DMX over UDP, mostly unicast, to nodes that are found by asking.
//!
//! - [`codec`]: bytes to packets and back
//! - [`nodes`]: who is sent a universe
//! - [`map`]: packets to CLASP messages and back
//! - [`show`]: packets for `-v` and `--trace`

pub mod codec;
pub mod map;
pub mod nodes;
pub mod show;
