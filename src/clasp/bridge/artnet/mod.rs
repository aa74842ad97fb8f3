//! Art-Net 4: DMX over UDP, mostly unicast, to nodes that are found by polling.
//!
//! - [`codec`]: encodes and decodes packets
//! - [`nodes`]: the receivers of each universe
//! - [`map`]: maps packets to CLASP messages and back
//! - [`show`]: prints packets for `-v` and `--trace`

pub mod codec;
pub mod map;
pub mod nodes;
pub mod show;
