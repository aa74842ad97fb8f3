//! Scheduling. Takes items with a time, gives them when they are due. Pure.
//!
//! - [`timeline`]: plays keyframes, 60 values a second
//! - [`gesture`]: limits moves to 60 a second
//!
//! Time is in µs since the epoch.

pub mod gesture;
pub mod timeline;

pub use crate::clasp::due_queue::DueQueue;

use super::limits::FRAME_RATE;

/// The start of the first frame after `now`, when frames are counted from `start`.
fn next_frame(start: u64, now: u64) -> u64 {
    match now.checked_sub(start) {
        None => start,
        // Always counted from the start, so that rounding (60 does not divide a million) does not
        // add up.
        Some(passed) => {
            start + ((passed * FRAME_RATE / 1_000_000 + 1) * 1_000_000).div_ceil(FRAME_RATE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_frames_are_a_second_and_none_drifts() {
        let start = 1_795_166_091_829_000;
        let mut at = start;
        for _ in 0..60 * 60 {
            at = next_frame(start, at);
        }
        assert_eq!(at, start + 60 * 1_000_000);
        assert_eq!(next_frame(start, start - 7), start);
    }
}
