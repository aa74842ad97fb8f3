//! What the routers of a cluster do later, pure: what the stream has of timed bundles and timelines
//! enters, and what this router has to do about them leaves.
//!
//! Every router knows all of them. The router that accepted one is its owner and does it; the others
//! only when the owner does not renew its lease any more. Two routers that do the same do no harm:
//! executing a bundle also removes it, in one atomic batch, so one of the two is refused.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::grants::Share;
use super::super::schedule::DueQueue;
use super::text;

/// How long after its last lease a router is taken for dead, in µs. Leases come each second.
const DEAD: u64 = 2_500_000;

/// How much later than the one before it each of the other routers tries, in µs.
const STAGGER: u64 = 100_000;

/// How late a bundle may be executed, in µs: a later cue could do harm. As after a restart.
const LATE: u64 = 10_000_000;

/// All that is planned.
#[derive(Debug, Default)]
pub struct Plan {
    /// The timed bundles, by their keys.
    pub held: HashMap<Rc<str>, Held>,
    /// The timelines, by their addresses.
    pub timelines: HashMap<Rc<str>, Played>,
    /// The addresses of timelines with a step under way.
    pub stepping: HashSet<Rc<str>>,
    due: DueQueue<Rc<str>>,
    /// When the last lease of each router came.
    alive: HashMap<u64, u64>,
    /// The numbers of this router's bundles that are free, and the first that was never used.
    free: Vec<u64>,
    next: u64,
}

/// A bundle that waits for its time.
#[derive(Debug)]
pub struct Held {
    /// The router that accepted it.
    pub owner: u64,
    /// The session that sent it.
    pub sender: Rc<str>,
    /// The BUNDLE, as it was received.
    pub frame: Rc<[u8]>,
    /// Its share of the quotas.
    pub share: Share,
    /// When it is due, in µs since the epoch.
    pub due: u64,
    /// Whether this router tries to execute it.
    pub is_tried: bool,
}

/// A timeline.
#[derive(Debug)]
pub struct Played {
    /// The router that plays it.
    pub owner: u64,
    /// The session that sent it.
    pub writer: Rc<str>,
    /// What stands in the stream.
    pub entry: Rc<[u8]>,
    /// Its share of the quotas, while another router plays it.
    pub share: Option<Share>,
    /// Whether it has to be ended: its address was written, or its token was revoked.
    pub is_over: bool,
    /// Whether this router tries to take it over or to end it.
    pub is_tried: bool,
}

/// What this router has to do about a timeline that it does not play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// To play it.
    TakeOver(Rc<str>),
    /// To end it.
    End(Rc<str>),
}

impl Plan {
    /// The key of a new bundle of this router.
    pub fn new_key(&mut self, own: u64) -> Rc<str> {
        let number = self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            self.next
        });
        format!("h/{}/{number}", text(own)).into()
    }

    /// The key of a bundle may be used again.
    pub fn free_key(&mut self, key: &str, own: u64) {
        let number = key.strip_prefix(&format!("h/{}/", text(own)));
        self.free
            .extend(number.and_then(|number| number.parse::<u64>().ok()));
    }

    /// A bundle stands in the stream.
    pub fn hold(&mut self, key: Rc<str>, held: Held) {
        self.due.push(held.due, key.clone());
        self.held.insert(key, held);
    }

    /// A lease of a router has come.
    pub fn is_heard(&mut self, router: u64, now: u64) {
        self.alive.insert(router, now);
    }

    /// The lease of a router has expired.
    pub fn is_gone(&mut self, router: u64) {
        self.alive.remove(&router);
    }

    /// When [`due`](Self::due) has something.
    pub fn next_due(&self) -> Option<u64> {
        self.due.due()
    }

    /// A bundle that this router has to execute now.
    pub fn due(&mut self, own: u64, now: u64) -> Option<Rc<str>> {
        while let Some(key) = self.due.pop(now) {
            let Some(held) = self.held.get(&key).filter(|held| !held.is_tried) else {
                continue;
            };
            // The key may belong to a later bundle by now.
            if held.due > now {
                continue;
            }
            let late = now - held.due;
            match self.turn(held.owner, own, now) {
                Some(wait) if late >= wait => {
                    if let Some(held) = self.held.get_mut(&key) {
                        held.is_tried = true;
                    }
                    return Some(key);
                }
                _ => self.due.push(now + STAGGER, key),
            }
        }
        None
    }

    /// An attempt to execute a bundle has ended. If it is still there, there is another.
    pub fn is_tried(&mut self, key: &Rc<str>, now: u64) {
        if let Some(held) = self.held.get_mut(key) {
            held.is_tried = false;
            self.due.push(now + STAGGER, key.clone());
        }
    }

    /// Whether it is too late for a bundle.
    pub fn is_late(held: &Held, now: u64) -> bool {
        now.saturating_sub(held.due) > LATE
    }

    /// What is to be done about timelines that this router does not play.
    pub fn tasks(&mut self, own: u64, now: u64) -> Vec<Task> {
        let mut tasks = Vec::new();
        if self.timelines.is_empty() {
            return tasks;
        }
        let turns: HashMap<u64, bool> = self
            .timelines
            .values()
            .map(|played| played.owner)
            .map(|owner| (owner, self.turn(owner, own, now) == Some(0)))
            .collect();
        for (address, played) in &mut self.timelines {
            let is_turn = turns.get(&played.owner) == Some(&true);
            if played.is_tried || !is_turn || (played.owner == own && !played.is_over) {
                continue;
            }
            played.is_tried = true;
            tasks.push(if played.is_over {
                Task::End(address.clone())
            } else {
                Task::TakeOver(address.clone())
            });
        }
        tasks
    }

    /// How long this router waits, in µs, before it does what `owner` should have done. None: the
    /// owner is there and does it.
    fn turn(&self, owner: u64, own: u64, now: u64) -> Option<u64> {
        let is_alive = |at: u64| now.saturating_sub(at) <= DEAD;
        if owner == own {
            return Some(0);
        }
        if self.alive.get(&owner).is_some_and(|at| is_alive(*at)) {
            return None;
        }
        let others = self.alive.iter();
        let before = others.filter(|(router, at)| **router < own && is_alive(**at));
        Some(before.count() as u64 * STAGGER)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::grants::{Counts, Grant, Resource};
    use super::*;

    fn held(owner: u64, due: u64) -> Held {
        let (grant, counts) = (Rc::<Grant>::default(), Rc::<Counts>::default());
        Held {
            owner,
            sender: "s".into(),
            frame: Rc::from(&b"frame"[..]),
            share: Share::restore(&grant, &counts, Resource::TimedBundle, 1),
            due,
            is_tried: false,
        }
    }

    #[test]
    fn the_owner_executes_and_another_when_it_is_dead() {
        let mut plan = Plan::default();
        plan.hold("h/1/1".into(), held(1, 1_000));
        assert_eq!(plan.due(1, 999), None);
        assert_eq!(plan.due(1, 1_000).as_deref(), Some("h/1/1"));
        assert_eq!(plan.due(1, 1_000), None, "once");

        let mut other = Plan::default();
        other.is_heard(1, 0);
        other.is_heard(2, 0);
        other.hold("h/1/1".into(), held(1, 1_000));
        assert_eq!(other.due(2, 1_000), None, "the owner is there");
        other.is_heard(2, DEAD);
        let next = other.next_due().unwrap();
        assert_eq!(next, 1_000 + STAGGER);
        assert_eq!(other.due(2, DEAD + 1).as_deref(), Some("h/1/1"));
        other.is_tried(&"h/1/1".into(), DEAD + 1);
        assert!(other.next_due().is_some(), "it is tried again");
        other.held.clear();
        assert_eq!(other.due(2, u64::MAX), None);
    }

    #[test]
    fn those_who_live_try_one_after_the_other() {
        let mut plan = Plan::default();
        for router in [2, 3] {
            plan.is_heard(router, 0);
        }
        assert_eq!(plan.turn(1, 2, 5), Some(0));
        assert_eq!(plan.turn(1, 3, 5), Some(STAGGER));
        plan.is_gone(2);
        assert_eq!(plan.turn(1, 3, 5), Some(0));
        assert_eq!(plan.turn(3, 2, 5), None);
    }

    #[test]
    fn numbers_are_used_again() {
        let mut plan = Plan::default();
        let first = plan.new_key(7);
        let second = plan.new_key(7);
        assert_ne!(first, second);
        plan.free_key(&first, 7);
        plan.free_key("h/other/9", 7);
        assert_eq!(plan.new_key(7), first);
    }
}
