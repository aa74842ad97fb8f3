//! sACN (ANSI E1.31): DMX over UDP, mostly multicast. What consoles send and nodes listen to.
//!
//! - [`codec`]: bytes to packets and back
//! - [`map`]: packets to CLASP messages and back
//! - [`show`]: packets for `-v` and `--trace`

pub mod codec;
pub mod map;
pub mod show;
