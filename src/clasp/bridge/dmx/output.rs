//! Decides when to send a universe. Takes levels, gives the time at which to send. No I/O, and the
//! time is a parameter.
//!
//! A change is sent at once, but at most 44 times a second; then three times more, because datagrams
//! get lost (E1.31, 6.6.1); then as often as the keepalive says. The repetitions are far apart: behind
//! each of them the next change has to wait for a frame.

use std::time::Duration;

use tokio::time::Instant;

use super::{CHANNELS, Levels};

/// The shortest time between two frames: 44 a second.
pub const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 44 + 1);

/// How late a timer may be without delaying the next frame.
const SLACK: Duration = Duration::from_millis(2);

/// How many times a change is sent again.
const REPEATS: u8 = 3;

/// When a change is sent again. A fader that moves all the time changes sooner, and so is never
/// behind a repetition.
pub const REPEAT_EVERY: Duration = Duration::from_millis(100);

/// The levels of a universe that is sent.
#[derive(Debug)]
pub struct Output {
    /// The levels to send.
    pub levels: Levels,
    keepalive: Duration,
    is_changed: bool,
    /// Whether there is a receiver that does not have it yet.
    is_wanted: bool,
    repeats: u8,
    /// When it was sent last, and when it may be sent again.
    sent: Option<(Instant, Instant)>,
    sequence: u64,
}

impl Output {
    /// A universe that was not sent yet. Unchanged levels are sent again after `keepalive`.
    pub fn new(keepalive: Duration) -> Output {
        Output {
            levels: [0; CHANNELS],
            keepalive,
            is_changed: true,
            is_wanted: false,
            repeats: 0,
            sent: None,
            sequence: 0,
        }
    }

    /// Sets the level of a channel.
    pub fn set(&mut self, channel: usize, level: u8) {
        if self.levels[channel] != level {
            self.levels[channel] = level;
            self.is_changed = true;
        }
    }

    /// When to send it.
    pub fn due(&self, now: Instant) -> Instant {
        match self.sent {
            None => now,
            Some((_, free)) if self.is_changed || self.is_wanted => free,
            Some((sent, free)) if self.repeats > 0 => free.max(sent + REPEAT_EVERY),
            Some((sent, free)) => free.max(sent + self.keepalive),
        }
    }

    /// Whether a level has changed since it was sent.
    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Records that it is being sent, and gives the number of the packet.
    pub fn sent(&mut self, now: Instant) -> u64 {
        self.repeats = if self.is_changed {
            REPEATS
        } else {
            self.repeats.saturating_sub(1)
        };
        self.is_changed = false;
        self.is_wanted = false;
        // Counted from when it was due, so that a late timer does not lower the rate.
        let due = match self.sent {
            Some((_, free)) if free + SLACK > now => free,
            _ => now,
        };
        self.sent = Some((now, due + FRAME));
        self.next_sequence()
    }

    /// There is a new receiver: send it again.
    pub fn again(&mut self) {
        self.is_wanted = true;
    }

    /// The number of one more packet, from 0.
    pub fn next_sequence(&mut self) -> u64 {
        let sequence = self.sequence;
        self.sequence += 1;
        sequence
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEEPALIVE: Duration = Duration::from_millis(900);

    /// Runs it for this long with a change at these times. Gives when it was sent, in ms.
    fn run(output: &mut Output, changes: &[u64], until: u64) -> Vec<u64> {
        let begin = Instant::now();
        let mut sent = Vec::new();
        for at in 0..until {
            let now = begin + Duration::from_millis(at);
            if changes.contains(&at) {
                output.set(0, output.levels[0].wrapping_add(1));
            }
            if output.due(now) <= now {
                output.sent(now);
                sent.push(at);
            }
        }
        sent
    }

    #[test]
    fn a_change_leaves_at_once_and_is_repeated_and_kept_alive() {
        let mut output = Output::new(KEEPALIVE);
        let sent = run(&mut output, &[2_000], 3_000);
        assert_eq!(sent, [0, 100, 200, 300, 1_200, 2_000, 2_100, 2_200, 2_300]);
    }

    #[test]
    fn a_moving_fader_never_waits_for_a_repetition() {
        let mut output = Output::new(KEEPALIVE);
        let changes: Vec<u64> = (0..40).map(|n| n * 25).collect();
        assert_eq!(run(&mut output, &changes, 1_000), changes);
    }

    #[test]
    fn the_sequence_numbers_have_no_gap() {
        let mut output = Output::new(KEEPALIVE);
        let now = Instant::now();
        let numbers: Vec<u64> = (0..300).map(|_| output.sent(now)).collect();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
    }

    #[test]
    fn changes_all_the_time_are_44_frames_a_second() {
        let mut output = Output::new(KEEPALIVE);
        let changes: Vec<u64> = (0..10_000).collect();
        let sent = run(&mut output, &changes, 10_000);
        assert!((438..=441).contains(&sent.len()), "{}", sent.len());
    }

    proptest! {
        #[test]
        fn never_more_than_44_in_a_second_nor_silent_for_longer_than_the_keepalive(
            changes in prop::collection::vec(0u64..3_000, 0..200)
        ) {
            let mut output = Output::new(KEEPALIVE);
            let sent = run(&mut output, &changes, 4_000);
            for (position, from) in sent.iter().enumerate() {
                let within = sent[position..].iter().take_while(|at| **at < from + 1_000).count();
                // One more, because a timer may be late.
                prop_assert!(within <= 45, "{} from {}", within, from);
            }
            prop_assert!(sent.windows(2).all(|pair| pair[1] - pair[0] <= 901));
        }
    }
}
