//! sACN (ANSI E1.31): DMX over UDP, mostly multicast, from consoles to nodes.
//!
//! - [`codec`]: encodes and decodes packets
//! - [`map`]: maps packets to CLASP messages and back
//! - [`show`]: prints packets for `-v` and `--trace`

pub mod codec;
pub mod map;
pub mod show;
