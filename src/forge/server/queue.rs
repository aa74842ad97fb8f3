//! The queue of runs. Takes tickets; gives them back in the order in which they may start. Pure.
//!
//! Every token has a lane of its own; the lanes take turns, so a token with a thousand runs waiting
//! delays a run of another token by no more than one run. A lane limits how many may wait, and may
//! limit how many run at a time.
//!
//! Turns are counted in rounds: a lane that was served belongs to the next round, and a new lane joins
//! the present one. A lane is remembered as long as it is ahead of the present round, so that a token
//! which returns again and again does not go before those that wait.

use std::collections::VecDeque;

/// What stands for a run in the queue.
pub type Ticket = u64;

/// A token's lane is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Waiting and running runs.
#[derive(Debug)]
pub struct Queue {
    /// Of lanes in the same round, the one in front goes first.
    lanes: VecDeque<Lane>,
    round: u64,
    running: usize,
    most: usize,
    depth: usize,
    holds: u64,
}

/// Whether a lane waits for something outside this queue, of which nobody says when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// It does not.
    Free,
    /// It is passed over, until the hold of this number is released or one of its runs ends.
    Held(u64),
    /// Its next run may ask, alone: what holds it holds the others as well.
    Asks,
    /// That one is asking.
    Asking,
}

#[derive(Debug)]
struct Lane {
    token: String,
    waiting: VecDeque<Ticket>,
    running: usize,
    most: usize,
    hold: Hold,
    /// In which round it is served next.
    round: u64,
}

impl Queue {
    /// `most` may run at a time, and `depth` may wait for each token.
    pub fn new(most: usize, depth: usize) -> Queue {
        Queue {
            lanes: VecDeque::new(),
            round: 0,
            running: 0,
            most,
            depth,
            holds: 0,
        }
    }

    /// Adds a ticket; `most` of this token may run at a time.
    ///
    /// # Errors
    /// [`Full`], when as many wait as may.
    pub fn push(&mut self, token: &str, most: Option<u32>, ticket: Ticket) -> Result<(), Full> {
        let most = most.map_or(usize::MAX, |most| most as usize);
        let free = self.running < self.most;
        let lane = match self.lanes.iter_mut().find(|lane| lane.token == token) {
            Some(lane) => lane,
            None => {
                self.lanes.push_back(Lane {
                    token: token.to_owned(),
                    waiting: VecDeque::new(),
                    running: 0,
                    most,
                    hold: Hold::Free,
                    round: self.round,
                });
                let last = self.lanes.len() - 1;
                &mut self.lanes[last]
            }
        };
        lane.most = most;
        lane.round = lane.round.max(self.round);
        let starts = free && lane.is_open() && lane.waiting.is_empty() && lane.running < most;
        if lane.waiting.len() >= self.depth && !starts {
            return Err(Full);
        }
        lane.waiting.push_back(ticket);
        Ok(())
    }

    /// The next ticket that may start, which counts as running from here on.
    pub fn next(&mut self) -> Option<Ticket> {
        if self.running >= self.most {
            return None;
        }
        let ready =
            |lane: &Lane| lane.is_open() && !lane.waiting.is_empty() && lane.running < lane.most;
        let lanes = self.lanes.iter().enumerate();
        let (at, _) = lanes
            .filter(|(_, lane)| ready(lane))
            .min_by_key(|(_, lane)| lane.round)?;
        let mut lane = self.lanes.remove(at)?;
        self.round = self.round.max(lane.round);
        lane.round = self.round + 1;
        let ticket = lane.waiting.pop_front();
        if lane.hold == Hold::Asks {
            lane.hold = Hold::Asking;
        }
        lane.running += 1;
        self.running += 1;
        self.lanes.push_back(lane);
        ticket
    }

    fn lane(&mut self, token: &str) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.token == token)
    }

    /// One of this token that was let in has started: if it had to ask, the next one may.
    pub fn started(&mut self, token: &str) {
        if let Some(lane) = self.lane(token)
            && lane.hold == Hold::Asking
        {
            lane.ask();
        }
    }

    /// One of this token has ended.
    pub fn ended(&mut self, token: &str) {
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.token == token) {
            lane.running = lane.running.saturating_sub(1);
            if lane.hold != Hold::Free {
                lane.ask();
            }
            self.running = self.running.saturating_sub(1);
        }
        self.forget_empty();
    }

    /// A ticket that was let in cannot start yet: it waits again, before the later ones of its token,
    /// and the token is passed over until [`Queue::release`] of the number that this returns. Only the
    /// last hold of a token counts, or every one that waits would add to how often it asks.
    pub fn put_back(&mut self, token: &str, ticket: Ticket) -> u64 {
        self.holds += 1;
        let hold = self.holds;
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.token == token) {
            lane.running = lane.running.saturating_sub(1);
            // Of several that were let in at once, the first to come back need not be the oldest.
            let at = lane.waiting.partition_point(|other| *other < ticket);
            lane.waiting.insert(at, ticket);
            lane.hold = Hold::Held(hold);
            self.running = self.running.saturating_sub(1);
        }
        hold
    }

    /// The next run of a token may ask again, if this is what held it.
    pub fn release(&mut self, token: &str, hold: u64) {
        if let Some(lane) = self.lane(token)
            && lane.hold == Hold::Held(hold)
        {
            lane.ask();
        }
    }

    /// One that waits gives up; false if it does not wait.
    pub fn leave(&mut self, ticket: Ticket) -> bool {
        let mut found = false;
        for lane in &mut self.lanes {
            let before = lane.waiting.len();
            lane.waiting.retain(|waiting| *waiting != ticket);
            found |= lane.waiting.len() < before;
        }
        self.forget_empty();
        found
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.lanes.iter().map(|lane| lane.waiting.len()).sum()
    }

    /// How many run.
    pub fn running(&self) -> usize {
        self.running
    }

    fn forget_empty(&mut self) {
        let round = self.round;
        self.lanes
            .retain(|lane| lane.running > 0 || !lane.waiting.is_empty() || lane.round > round);
    }
}

impl Lane {
    fn is_open(&self) -> bool {
        matches!(self.hold, Hold::Free | Hold::Asks)
    }

    fn ask(&mut self) {
        self.hold = if self.waiting.is_empty() {
            Hold::Free
        } else {
            Hold::Asks
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_take_turns() {
        let mut queue = Queue::new(1, 10);
        for ticket in 1..=3 {
            queue.push("a", None, ticket).expect("room");
        }
        assert_eq!(queue.next(), Some(1));
        queue.push("b", None, 11).expect("room");
        queue.push("c", None, 21).expect("room");
        assert_eq!(queue.next(), None);
        let mut order = vec![];
        for token in ["a", "b", "c", "a"] {
            queue.ended(token);
            order.push(queue.next().expect("another"));
        }
        assert_eq!(order, [11, 21, 2, 3]);
    }

    #[test]
    fn who_comes_back_at_once_does_not_go_first() {
        let mut queue = Queue::new(1, 10);
        for ticket in 1..=3 {
            queue.push("waits", None, ticket).expect("room");
        }
        assert_eq!(queue.next(), Some(1));
        let mut order = vec![];
        let mut token = "waits";
        for ticket in 10..14 {
            queue.push("returns", None, ticket).expect("room");
            queue.ended(token);
            let next = queue.next().expect("another");
            token = if next < 10 { "waits" } else { "returns" };
            order.push(token);
        }
        assert_eq!(order, ["returns", "waits", "returns", "waits"]);
    }

    #[test]
    fn a_token_has_limits_of_its_own() {
        let mut queue = Queue::new(4, 2);
        for ticket in 1..=3 {
            queue.push("a", Some(1), ticket).expect("room");
            // The first starts at once, and then counts as running.
            if ticket == 1 {
                assert_eq!(queue.next(), Some(1));
            }
        }
        assert_eq!(queue.push("a", Some(1), 4), Err(Full));
        assert_eq!(queue.next(), None);
        queue.push("b", None, 5).expect("room");
        assert_eq!(queue.next(), Some(5));
        assert!(queue.leave(2));
        assert!(!queue.leave(2));
        queue.ended("a");
        assert_eq!(queue.next(), Some(3));
        assert_eq!((queue.waiting(), queue.running()), (0, 2));
        queue.ended("a");
        queue.ended("b");
        // A lane that is ahead is remembered until the others have caught up.
        for ticket in 6..9 {
            queue.push("c", None, ticket).expect("room");
            assert_eq!(queue.next(), Some(ticket));
            queue.ended("c");
        }
        assert_eq!(queue.lanes.len(), 1);
    }

    #[test]
    fn a_token_that_waits_for_something_else_holds_up_nobody() {
        let mut queue = Queue::new(1, 10);
        queue.push("a", None, 1).expect("room");
        queue.push("a", None, 2).expect("room");
        assert_eq!(queue.next(), Some(1));
        let hold = queue.put_back("a", 1);
        assert_eq!(
            (queue.next(), queue.running(), queue.waiting()),
            (None, 0, 2)
        );
        queue.push("b", None, 3).expect("room");
        assert_eq!(queue.next(), Some(3));
        queue.ended("b");
        queue.release("a", hold);
        assert_eq!(queue.next(), Some(1));
    }

    #[test]
    fn one_that_was_held_asks_alone() {
        let mut queue = Queue::new(4, 10);
        for ticket in 1..=3 {
            queue.push("a", None, ticket).expect("room");
            assert_eq!(queue.next(), Some(ticket));
        }
        let holds = [1, 2, 3].map(|ticket| queue.put_back("a", ticket));
        assert_eq!(queue.next(), None);
        // Only the last hold counts, however many have waited for theirs to pass.
        queue.release("a", holds[0]);
        assert_eq!(queue.next(), None);
        queue.release("a", holds[2]);
        assert_eq!((queue.next(), queue.next()), (Some(1), None));
        queue.started("a");
        assert_eq!((queue.next(), queue.next()), (Some(2), None));
        let hold = queue.put_back("a", 2);
        assert_eq!(queue.next(), None);
        // The end of another one is worth asking again, and so is that of the one that asked.
        queue.ended("a");
        assert_eq!((queue.next(), queue.next()), (Some(2), None));
        queue.release("a", hold);
        assert_eq!(queue.next(), None, "one is asking");
        queue.ended("a");
        assert_eq!(queue.next(), Some(3));
        queue.started("a");
        for ticket in 4..=5 {
            queue.push("a", None, ticket).expect("room");
            assert_eq!(queue.next(), Some(ticket), "nobody waits any more");
        }
    }

    #[test]
    fn those_that_come_back_keep_their_order() {
        let mut queue = Queue::new(2, 10);
        for ticket in 1..=3 {
            queue.push("a", None, ticket).expect("room");
        }
        assert_eq!((queue.next(), queue.next()), (Some(1), Some(2)));
        queue.put_back("a", 1);
        let hold = queue.put_back("a", 2);
        queue.release("a", hold);
        assert_eq!(queue.next(), Some(1));
        queue.started("a");
        assert_eq!(queue.next(), Some(2));
    }

    #[test]
    fn nothing_may_wait_where_the_depth_is_zero() {
        let mut queue = Queue::new(1, 0);
        queue.push("a", None, 1).expect("it starts at once");
        assert_eq!(queue.next(), Some(1));
        assert_eq!(queue.push("a", None, 2), Err(Full));
        assert_eq!(queue.push("b", None, 3), Err(Full));
    }
}
