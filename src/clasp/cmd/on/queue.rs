//! Decides what to run next. Takes messages, ended runs and the time, gives the runs to start.
//! Pure.
//!
//! ```text
//!   message ──▶ debouncing ──▶ waiting ──▶ running
//!               until quiet   in order    up to `parallel`
//! ```
//!
//! The queue counts its bytes, so that the caller can stop reading messages in time. Why it is a queue of
//! its own: see `bridge::newest`.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::clasp::due_queue::DueQueue;

/// The queue is full when it holds more bytes.
const LIMIT: usize = 4 * 1024 * 1024;

/// The estimated memory of a message without its frame and address.
const OVERHEAD: usize = 200;

/// The options of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueOptions {
    /// Wait until an address has been quiet for this long, and use its last message.
    pub debounce: Option<Duration>,
    /// How many may run at once; at least 1.
    pub parallel: usize,
    /// Keep only the newest waiting message of each address, and never run two for one address at
    /// once.
    pub latest: bool,
}

/// A message to run the command for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The address of the message.
    pub address: Box<str>,
    /// The message, as a frame.
    pub frame: Bytes,
}

impl Job {
    fn bytes(&self) -> usize {
        OVERHEAD + self.address.len() + self.frame.len()
    }
}

/// Messages from their receipt to their run.
#[derive(Debug)]
pub struct Queue {
    rules: QueueOptions,
    /// The last message of each address that is not quiet yet, and when it will be quiet.
    debouncing: HashMap<Box<str>, (Instant, Job)>,
    /// When to check which address. Entries are not updated when an address gets another message:
    /// the check finds that.
    due_times: DueQueue<Box<str>, Instant>,
    /// By position, in the order of arrival.
    waiting: BTreeMap<u64, Job>,
    /// With `latest`: the position of each address's waiting message.
    positions: HashMap<Box<str>, u64>,
    next_position: u64,
    running: HashMap<Box<str>, usize>,
    bytes: usize,
}

impl Queue {
    /// An empty queue.
    pub fn new(rules: QueueOptions) -> Queue {
        Queue {
            rules,
            debouncing: HashMap::new(),
            due_times: DueQueue::default(),
            waiting: BTreeMap::new(),
            positions: HashMap::new(),
            next_position: 0,
            running: HashMap::new(),
            bytes: 0,
        }
    }

    /// Adds a message.
    pub fn push(&mut self, job: Job, now: Instant) {
        self.bytes += job.bytes();
        let Some(quiet) = self.rules.debounce else {
            return self.enqueue(job);
        };
        let (due, address) = (now + quiet, job.address.clone());
        match self.debouncing.insert(address.clone(), (due, job)) {
            Some((_, replaced)) => self.bytes -= replaced.bytes(),
            None => self.due_times.push(due, address),
        }
    }

    /// Adds a message to the waiting ones.
    fn enqueue(&mut self, job: Job) {
        let position = if self.rules.latest {
            *self
                .positions
                .entry(job.address.clone())
                .or_insert(self.next_position)
        } else {
            self.next_position
        };
        if let Some(replaced) = self.waiting.insert(position, job) {
            self.bytes -= replaced.bytes();
        }
        self.next_position = self.next_position.max(position + 1);
    }

    /// When to call [`start`](Self::start) again, if no message comes and no run ends before.
    pub fn due(&self) -> Option<Instant> {
        self.due_times.due()
    }

    /// The next run to start now. Call it until it gives `None`.
    pub fn start(&mut self, now: Instant) -> Option<Job> {
        self.settle(|due| due <= now);
        if self.running.values().sum::<usize>() >= self.rules.parallel {
            return None;
        }
        let free = |job: &Job| !self.rules.latest || !self.running.contains_key(&job.address);
        let position = *self.waiting.iter().find(|(_, job)| free(job))?.0;
        let job = self.waiting.remove(&position)?;
        self.positions.remove(&job.address);
        self.bytes -= job.bytes();
        *self.running.entry(job.address.clone()).or_default() += 1;
        Some(job)
    }

    /// Ends the debouncing: no more messages will come.
    pub fn finish(&mut self) {
        self.settle(|_| true);
    }

    /// Moves the messages of quiet addresses to the waiting ones.
    fn settle(&mut self, over: impl Fn(Instant) -> bool) {
        while self.due().is_some_and(&over) {
            let Some((_, address)) = self.due_times.pop_next() else {
                return;
            };
            match self.debouncing.remove(&address) {
                Some((due, job)) if over(due) => self.enqueue(job),
                Some((due, job)) => {
                    self.due_times.push(due, address.clone());
                    self.debouncing.insert(address, (due, job));
                }
                None => {}
            }
        }
    }

    /// Records that a run for an address has ended.
    pub fn ended(&mut self, address: &str) {
        if let Some(count) = self.running.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                self.running.remove(address);
            }
        }
    }

    /// The number of messages that have not been started.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.debouncing.len()
    }

    /// Whether the caller should add no more messages for now.
    pub fn is_full(&self) -> bool {
        self.bytes > LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: QueueOptions = QueueOptions {
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
        fn new(rules: QueueOptions) -> Bench {
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
        assert_eq!((bench.queue.len(), bench.queue.bytes), (0, 0));
    }

    #[test]
    fn several_at_once_even_of_one_address() {
        let mut bench = Bench::new(QueueOptions {
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
        let mut bench = Bench::new(QueueOptions {
            latest: true,
            ..PLAIN
        });
        bench.push(&[("/a", "1")]);
        assert_eq!(bench.starts(), ["/a=1"]);
        bench.push(&[("/a", "2"), ("/b", "1"), ("/a", "3"), ("/a", "4")]);
        assert_eq!(bench.queue.len(), 2);
        assert_eq!(bench.ended("/a"), ["/a=4"]);
        assert_eq!(bench.ended("/a"), ["/b=1"]);
        assert_eq!(bench.queue.bytes, 0);
    }

    #[test]
    fn of_the_latest_no_two_run_at_once_for_one_address() {
        let mut bench = Bench::new(QueueOptions {
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
        let mut bench = Bench::new(QueueOptions {
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
        assert_eq!(bench.queue.bytes, 0);
    }

    #[test]
    fn when_no_more_will_come_nothing_needs_to_be_quiet() {
        let mut bench = Bench::new(QueueOptions {
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
            let mut bench = Bench::new(QueueOptions {
                debounce,
                latest,
                ..PLAIN
            });
            for _ in 0..100_000 {
                bench.push(&[("/a", "some value")]);
            }
            assert!(!bench.queue.is_full());
            assert_eq!(
                (bench.queue.len(), bench.queue.due_times.len()),
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
        assert!(bench.queue.bytes < LIMIT + 2 * OVERHEAD);
        bench.starts();
        bench.ended("/a");
        assert!(!bench.queue.is_full());
        assert!(bench.queue.len() > 10_000);
    }
}
