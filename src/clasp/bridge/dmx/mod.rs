//! DMX512, as sACN and Art-Net carry it: universes of 512 levels, each 0 to 255. Only `socket` does
//! I/O.
//!
//! ```text
//! frames of sources ──▶ merge ──▶ universe ──▶ map ──▶ SETs, in one bundle a frame
//! frames to send    ◀── output ◀──         ◀──     ◀── messages of the router
//! ```
//!
//! - [`address`]: converts universes and channels to addresses, levels to values, and back
//! - [`merge`]: merges the frames of several sources: by priority, then HTP or LTP
//! - [`output`]: decides when to send a universe: on change, at most 44 times a second, and as keepalive
//! - [`syncs`]: remembers which sources send sync packets
//! - [`universe`]: the levels that the router has of a universe, and which deliveries are echoes
//! - [`map`]: all universes of a bridge, for both protocols
//! - [`show`]: prints levels for `-v`
//! - [`socket`]: UDP, with multicast and broadcast

pub mod address;
pub mod map;
pub mod merge;
pub mod output;
pub mod show;
pub mod socket;
pub mod syncs;
pub mod universe;

/// The number of channels in a universe.
pub const CHANNELS: usize = 512;

/// The levels of all channels of a universe.
pub type Levels = [u8; CHANNELS];
