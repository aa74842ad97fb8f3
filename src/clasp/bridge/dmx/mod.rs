//! DMX512 as sACN and Art-Net carry it: universes of 512 levels, each 0 to 255. Pure, but for the
//! sockets.
//!
//! ```text
//! frames of sources ──▶ merge ──▶ universe ──▶ map ──▶ SETs, in one bundle a frame
//! frames to send    ◀── output ◀──         ◀──     ◀── what the router says
//! ```
//!
//! - [`address`]: universes and channels to addresses and back, levels to values and back
//! - [`merge`]: the frames of several sources to one: priority, then HTP or LTP
//! - [`output`]: when a universe is sent: on change, at most 44 times a second, and to keep it alive
//! - [`syncs`]: whose sync packets come
//! - [`universe`]: what the router has of a universe, and which of what it says is an echo
//! - [`map`]: all universes of a bridge, without a protocol
//! - [`show`]: levels for `-v`
//! - [`socket`]: UDP, multicast and broadcast included

pub mod address;
pub mod map;
pub mod merge;
pub mod output;
pub mod show;
pub mod socket;
pub mod syncs;
pub mod universe;

/// The channels of a universe.
pub const CHANNELS: usize = 512;

/// What all channels of a universe are at.
pub type Levels = [u8; CHANNELS];
