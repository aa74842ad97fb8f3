//! What to run next. Takes messages, ended runs and the time, gives what to start. Pure.
//!
//! ```text
//!   message ──▶ restless ──▶ waiting ──▶ running
//!               an address    in order    so many at once
//!               that is not
//!               quiet yet
//! ```
//!
//! What waits is counted in bytes, so that whoever fills the queue can stop in time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

/// How many bytes may wait before no more should come.
const LIMIT: usize = 4 * 1024 * 1024;

/// What a message takes beside its frame and its address, roughly.
const OVERHEAD: usize = 200;

/// How a queue behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Wait until an address has been quiet for so long, and take its last message.
    pub debounce: Option<Duration>,
    /// How many may run at once; at least 1.
    pub parallel: usize,
    /// Of what waits, keep only the newest of each address, and never run two of one at once.
    pub latest: bool,
}

/// Something to run for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Where it happened.
    pub address: Box<str>,
    /// The message, as a frame.
    pub frame: Bytes,
}

impl Job {
    fn weight(&self) -> usize {
        OVERHEAD + self.address.len() + self.frame.len()
    }
}

/// Messages between their arrival and their run.
#[derive(Debug)]
pub struct Queue {
    rules: Rules,
    /// The last message of each address that is not quiet yet, and when it will be.
    restless: HashMap<Box<str>, (Instant, Job)>,
    /// When to look at which address: it may have been heard of again meanwhile.
    dues: BinaryHeap<Reverse<(Instant, Box<str>)>>,
    /// By the order of arrival.
    waiting: BTreeMap<u64, Job>,
    /// Where the waiting message of an address stands, if only the newest is kept.
    places: HashMap<Box<str>, u64>,
    next_place: u64,
    running: HashMap<Box<str>, usize>,
    weight: usize,
}

impl Queue {
    /// Nothing waits yet.
    pub fn new(rules: Rules) -> Queue {
        Queue {
            rules,
            restless: HashMap::new(),
            dues: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            places: HashMap::new(),
            next_place: 0,
            running: HashMap::new(),
            weight: 0,
        }
    }

    /// A message has come.
    pub fn push(&mut self, job: Job, now: Instant) {
        self.weight += job.weight();
        let Some(quiet) = self.rules.debounce else {
            return self.wait(job);
        };
        let (due, address) = (now + quiet, job.address.clone());
        match self.restless.insert(address.clone(), (due, job)) {
            Some((_, replaced)) => self.weight -= replaced.weight(),
            None => self.dues.push(Reverse((due, address))),
        }
    }

    /// A message stands in line.
    fn wait(&mut self, job: Job) {
        let place = if self.rules.latest {
            *self
                .places
                .entry(job.address.clone())
                .or_insert(self.next_place)
        } else {
            self.next_place
        };
        if let Some(replaced) = self.waiting.insert(place, job) {
            self.weight -= replaced.weight();
        }
        self.next_place = self.next_place.max(place + 1);
    }

    /// When [`start`](Self::start) may have something that it has not now, if nothing comes or ends.
    pub fn due(&self) -> Option<Instant> {
        self.dues.peek().map(|Reverse((due, _))| *due)
    }

    /// What is to be started now; to be called until there is nothing.
    pub fn start(&mut self, now: Instant) -> Option<Job> {
        self.settle(|due| due <= now);
        if self.running.values().sum::<usize>() >= self.rules.parallel {
            return None;
        }
        let free = |job: &Job| !self.rules.latest || !self.running.contains_key(&job.address);
        let place = *self.waiting.iter().find(|(_, job)| free(job))?.0;
        let job = self.waiting.remove(&place)?;
        self.places.remove(&job.address);
        self.weight -= job.weight();
        *self.running.entry(job.address.clone()).or_default() += 1;
        Some(job)
    }

    /// No more will come: nothing needs to be quiet any more.
    pub fn finish(&mut self) {
        self.settle(|_| true);
    }

    /// Moves what is quiet by now into the line.
    fn settle(&mut self, over: impl Fn(Instant) -> bool) {
        while self.due().is_some_and(&over) {
            let Some(Reverse((_, address))) = self.dues.pop() else {
                return;
            };
            match self.restless.remove(&address) {
                Some((due, job)) if over(due) => self.wait(job),
                Some((due, job)) => {
                    self.dues.push(Reverse((due, address.clone())));
                    self.restless.insert(address, (due, job));
                }
                None => {}
            }
        }
    }

    /// A run for an address has ended.
    pub fn ended(&mut self, address: &str) {
        if let Some(count) = self.running.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                self.running.remove(address);
            }
        }
    }

    /// How many messages have not been started.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.restless.len()
    }

    /// Whether no more should come for the moment.
    pub fn is_full(&self) -> bool {
        self.weight > LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Rules = Rules {
        debounce: None,
        parallel: 1,
        latest: false,
    };

    fn job(address: &str, value: &str) -> Job {
        Job {
            address: address.into(),
            frame: Bytes::copy_from_slice(value.as_bytes()),
        }
    }

    /// A queue, and a clock that is wound by hand.
    struct Bench {
        queue: Queue,
        begun: Instant,
        now: Instant,
    }

    impl Bench {
        fn new(rules: Rules) -> Bench {
            let now = Instant::now();
            Bench {
                queue: Queue::new(rules),
                begun: now,
                now,
            }
        }

        fn at(&mut self, millis: u64) -> &mut Bench {
            self.now = self.begun + Duration::from_millis(millis);
            self
        }

        fn push(&mut self, messages: &[(&str, &str)]) -> &mut Bench {
            for (address, value) in messages {
                self.queue.push(job(address, value), self.now);
            }
            self
        }

        /// What is started now, as `address=value`.
        fn starts(&mut self) -> Vec<String> {
            let mut started = Vec::new();
            while let Some(job) = self.queue.start(self.now) {
                let value = String::from_utf8_lossy(&job.frame).into_owned();
                started.push(format!("{}={value}", job.address));
            }
            started
        }

        fn ended(&mut self, address: &str) -> Vec<String> {
            self.queue.ended(address);
            self.starts()
        }
    }

    #[test]
    fn one_after_the_other_in_the_order_they_came() {
        let mut bench = Bench::new(PLAIN);
        bench.push(&[("/a", "1"), ("/b", "1"), ("/a", "2")]);
        assert_eq!(bench.starts(), ["/a=1"]);
        assert_eq!(bench.ended("/a"), ["/b=1"]);
        assert_eq!(bench.ended("/b"), ["/a=2"]);
        assert!(bench.ended("/a").is_empty());
        assert_eq!((bench.queue.len(), bench.queue.weight), (0, 0));
    }

    #[test]
    fn several_at_once_even_of_one_address() {
        let mut bench = Bench::new(Rules {
            parallel: 2,
            ..PLAIN
        });
        bench.push(&[("/a", "1"), ("/a", "2"), ("/a", "3")]);
        assert_eq!(bench.starts(), ["/a=1", "/a=2"]);
        assert_eq!(bench.ended("/a"), ["/a=3"]);
        assert!(bench.ended("/a").is_empty(), "one still runs");
    }

    #[test]
    fn the_latest_keeps_the_place_of_what_it_replaces() {
        let mut bench = Bench::new(Rules {
            latest: true,
            ..PLAIN
        });
        bench.push(&[("/a", "1")]);
        assert_eq!(bench.starts(), ["/a=1"]);
        bench.push(&[("/a", "2"), ("/b", "1"), ("/a", "3"), ("/a", "4")]);
        assert_eq!(bench.queue.len(), 2);
        assert_eq!(bench.ended("/a"), ["/a=4"]);
        assert_eq!(bench.ended("/a"), ["/b=1"]);
        assert_eq!(bench.queue.weight, 0);
    }

    #[test]
    fn of_the_latest_no_two_run_at_once_for_one_address() {
        let mut bench = Bench::new(Rules {
            latest: true,
            parallel: 3,
            ..PLAIN
        });
        bench.push(&[("/a", "1")]);
        assert_eq!(bench.starts(), ["/a=1"]);
        bench.push(&[("/a", "2"), ("/b", "1")]);
        assert_eq!(bench.starts(), ["/b=1"], "it passes what cannot run yet");
        assert_eq!(bench.ended("/a"), ["/a=2"]);
    }

    #[test]
    fn an_address_that_is_not_quiet_waits_until_it_is() {
        let mut bench = Bench::new(Rules {
            debounce: Some(Duration::from_millis(100)),
            parallel: 9,
            latest: false,
        });
        bench.push(&[("/a", "1"), ("/b", "1")]);
        assert!(bench.starts().is_empty());
        bench.at(60).push(&[("/a", "2")]);
        assert_eq!(bench.at(100).starts(), ["/b=1"], "/a was heard at 60");
        let due = bench.queue.due().expect("/a is due");
        assert_eq!(due, bench.begun + Duration::from_millis(160));
        assert!(bench.at(159).starts().is_empty());
        assert_eq!(bench.at(160).starts(), ["/a=2"], "and only the last");
        assert_eq!(bench.queue.due(), None);
        assert_eq!(bench.queue.weight, 0);
    }

    #[test]
    fn when_no_more_will_come_nothing_needs_to_be_quiet() {
        let mut bench = Bench::new(Rules {
            debounce: Some(Duration::from_secs(60)),
            ..PLAIN
        });
        bench.push(&[("/a", "1")]);
        assert!(bench.starts().is_empty());
        bench.queue.finish();
        assert_eq!(bench.starts(), ["/a=1"]);
    }

    #[test]
    fn a_flood_of_one_address_costs_one_place_where_only_the_last_matters() {
        for (debounce, latest) in [(Some(Duration::from_secs(1)), false), (None, true)] {
            let mut bench = Bench::new(Rules {
                debounce,
                latest,
                ..PLAIN
            });
            for _ in 0..100_000 {
                bench.push(&[("/a", "some value")]);
            }
            assert!(!bench.queue.is_full());
            assert_eq!(
                (bench.queue.len(), bench.queue.dues.len()),
                (1, usize::from(!latest))
            );
        }
    }

    #[test]
    fn a_flood_that_must_all_be_run_fills_it_until_some_of_it_is() {
        let mut bench = Bench::new(PLAIN);
        while !bench.queue.is_full() {
            bench.push(&[("/a", "some value")]);
        }
        assert!(bench.queue.weight < LIMIT + 2 * OVERHEAD);
        bench.starts();
        bench.ended("/a");
        assert!(!bench.queue.is_full());
        assert!(bench.queue.len() > 10_000);
    }
}
