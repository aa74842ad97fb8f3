//! Recognises echoes: messages that come back because we have sent them. No I/O, and the time is a
//! parameter. A router sends a changed param to every subscriber, including the one that has set
//! it, and many devices send back what they receive. If a bridge passed these messages on, they
//! would go round for ever. So every sent message is stored here, with a tag (its source), until it
//! has come back or is too old to be an echo.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::clasp::wire::{Value, encoded_size};

/// How long the router may take to send back a written value.
pub const ROUTER_WINDOW: Duration = Duration::from_secs(5);

/// The limit of stored entries; the oldest are removed first.
const ENTRIES_MAX: usize = 50_000;

/// The limit of stored bytes of addresses and values; the oldest are removed first.
const BYTES_MAX: usize = 16 << 20;

/// Messages that were sent and may come back.
#[derive(Debug)]
pub struct Sent<T> {
    /// How long after sending a message its echo may arrive.
    window: Duration,
    by_address: HashMap<Box<str>, VecDeque<Entry<T>>>,
    /// All entries in the order of sending, including those whose echo has already arrived.
    order: VecDeque<(u64, Instant, Box<str>)>,
    bytes: usize,
    next: u64,
    /// Whether the other side is disconnected, see [`Self::hold`].
    held: bool,
    /// Whether the other side does not read, see [`Self::stall`].
    stalled: bool,
}

#[derive(Debug)]
struct Entry<T> {
    number: u64,
    value: Value<'static>,
    size: usize,
    tag: T,
}

impl<T: Clone> Sent<T> {
    /// An empty set. A message that comes back later than `window` is not taken for an echo.
    pub fn new(window: Duration) -> Sent<T> {
        Sent {
            window,
            by_address: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
            next: 0,
            held: false,
            stalled: false,
        }
    }

    /// Stores a message that is being sent.
    pub fn note(&mut self, address: &str, value: &Value<'_>, tag: T, now: Instant) {
        if self.window.is_zero() {
            return;
        }
        self.expire(now);
        if self.held {
            self.forget(address);
        }
        let size = address.len() + encoded_size(value).unwrap_or_default() + 64;
        let entry = Entry {
            number: self.next,
            value: value.clone().into_owned(),
            size,
            tag,
        };
        self.next += 1;
        self.bytes += size;
        self.order.push_back((entry.number, now, address.into()));
        self.by_address
            .entry(address.into())
            .or_default()
            .push_back(entry);
        while self.order.len() > ENTRIES_MAX || self.bytes > BYTES_MAX {
            self.forget_oldest();
        }
    }

    /// Checks a message that has arrived. If it is an echo, returns the tag of the sent message, and
    /// removes that message and all earlier ones to the same address: echoes arrive in order, but
    /// some may be missing.
    pub fn take(&mut self, address: &str, value: &Value<'_>, now: Instant) -> Option<T> {
        self.expire(now);
        let entries = self.by_address.get_mut(address)?;
        let at = entries.iter().position(|entry| entry.value == *value)?;
        let mut tag = None;
        for entry in entries.drain(..=at) {
            self.bytes -= entry.size;
            tag = Some(entry.tag);
        }
        if entries.is_empty() {
            self.by_address.remove(address);
        }
        tag
    }

    /// Whether this message was sent within the window, with a matching tag. The sent message stays
    /// stored: if several receivers got it, each of them may send it back.
    pub fn is_echo(
        &mut self,
        address: &str,
        value: &Value<'_>,
        fits: impl Fn(&T) -> bool,
        now: Instant,
    ) -> bool {
        self.expire(now);
        self.by_address.get(address).is_some_and(|entries| {
            entries
                .iter()
                .any(|entry| fits(&entry.tag) && entry.value == *value)
        })
    }

    /// The other side has disconnected. Until [`again`](Self::again), no entry expires, and only the
    /// newest value of each address is stored.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// The other side does not read, or reads again. While it does not read, its echoes are late, so
    /// no entry expires; when it reads again, they are still to come.
    pub fn stall(&mut self, stalled: bool, now: Instant) {
        if self.stalled && !stalled {
            for (_, sent, _) in &mut self.order {
                *sent = now;
            }
        }
        self.stalled = stalled;
    }

    /// The other side has reconnected. Returns the newest value of each address whose echo has not
    /// arrived. The caller must send them again; they are already stored as sent.
    pub fn again(&mut self, now: Instant) -> Vec<(Box<str>, Value<'static>, T)> {
        self.held = false;
        self.order.clear();
        self.bytes = 0;
        let unconfirmed: Vec<_> = self
            .by_address
            .drain()
            .filter_map(|(address, mut entries)| Some((address, entries.pop_back()?)))
            .collect();
        unconfirmed
            .into_iter()
            .map(|(address, Entry { value, tag, .. })| {
                self.note(&address, &value, tag.clone(), now);
                (address, value, tag)
            })
            .collect()
    }

    /// The newest message that was sent to an address within the window.
    pub fn newest(&mut self, address: &str, now: Instant) -> Option<&Value<'static>> {
        self.expire(now);
        let entry = self.by_address.get(address)?.back()?;
        Some(&entry.value)
    }

    /// Removes everything that was sent to an address.
    pub fn forget(&mut self, address: &str) {
        for entry in self.by_address.remove(address).unwrap_or_default() {
            self.bytes -= entry.size;
        }
    }

    fn expire(&mut self, now: Instant) {
        while !self.held
            && !self.stalled
            && self
                .order
                .front()
                .is_some_and(|(_, at, _)| *at + self.window <= now)
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((number, _, address)) = self.order.pop_front() else {
            return;
        };
        let Some(entries) = self.by_address.get_mut(&address) else {
            return;
        };
        // Its echo may already have arrived.
        if entries.front().is_some_and(|entry| entry.number == number)
            && let Some(entry) = entries.pop_front()
        {
            self.bytes -= entry.size;
        }
        if entries.is_empty() {
            self.by_address.remove(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_millis(100);

    fn int(i: i64) -> Value<'static> {
        Value::Int(i)
    }

    #[test]
    fn an_echo_is_heard_once_and_what_others_write_is_none() {
        let now = Instant::now();
        let mut sent = Sent::new(WINDOW);
        sent.note("/a", &int(1), 'x', now);
        sent.note("/a", &int(2), 'y', now);
        assert_eq!(sent.take("/a", &int(3), now), None);
        assert_eq!(sent.take("/b", &int(1), now), None);
        assert_eq!(sent.take("/a", &int(1), now), Some('x'));
        assert_eq!(sent.take("/a", &int(1), now), None);
        assert_eq!(sent.take("/a", &int(2), now), Some('y'));
        assert_eq!(sent.bytes, 0);
    }

    #[test]
    fn echoes_may_be_left_out_but_do_not_come_late() {
        let now = Instant::now();
        let mut sent = Sent::new(WINDOW);
        for i in 0..3 {
            sent.note("/a", &int(i), (), now);
        }
        assert_eq!(sent.take("/a", &int(2), now), Some(()));
        assert_eq!(sent.take("/a", &int(1), now), None, "it was before");
        sent.note("/a", &int(5), (), now);
        assert_eq!(sent.take("/a", &int(5), now + WINDOW), None);
        assert_eq!(sent.order.len(), 0);
    }

    #[test]
    fn where_several_hear_it_each_may_send_it_back() {
        let now = Instant::now();
        let mut sent = Sent::new(WINDOW);
        sent.note("/a", &int(1), Some('x'), now);
        for _ in 0..2 {
            assert!(sent.is_echo("/a", &int(1), |from| *from != Some('y'), now));
        }
        assert!(!sent.is_echo("/a", &int(1), |from| *from != Some('x'), now));
        assert!(!sent.is_echo("/a", &int(1), |_| true, now + WINDOW));
    }

    #[test]
    fn while_nobody_hears_the_newest_values_are_kept_to_be_sent_again() {
        let now = Instant::now();
        let mut sent = Sent::new(WINDOW);
        sent.note("/a", &int(1), 'x', now);
        sent.hold();
        for i in 2..5 {
            sent.note("/a", &int(i), 'x', now);
            sent.note("/b", &int(i), 'y', now);
        }
        let later = now + 10 * WINDOW;
        assert_eq!(sent.take("/b", &int(4), later), Some('y'), "it has arrived");
        let again = sent.again(later);
        assert_eq!(again, [("/a".into(), int(4), 'x')]);
        assert_eq!(sent.take("/a", &int(4), later), Some('x'));
        assert_eq!((sent.bytes, sent.again(later)), (0, vec![]));
    }

    #[test]
    fn while_the_other_side_does_not_read_echoes_may_be_late() {
        let now = Instant::now();
        let mut sent = Sent::new(WINDOW);
        sent.note("/a", &int(1), (), now);
        sent.stall(true, now);
        assert_eq!(sent.take("/a", &int(1), now + 10 * WINDOW), Some(()));
        sent.note("/a", &int(2), (), now);
        sent.stall(false, now);
        assert_eq!(sent.take("/a", &int(2), now + WINDOW), None);
        // It reads again long after the value was sent; the echo is on its way only now.
        sent.note("/a", &int(3), (), now);
        sent.stall(true, now);
        let later = now + 10 * WINDOW;
        sent.stall(false, later);
        assert_eq!(sent.take("/a", &int(3), later + WINDOW / 2), Some(()));
    }

    #[test]
    fn memory_is_bounded() {
        let now = Instant::now();
        let mut sent = Sent::new(WINDOW);
        let large = Value::String("x".repeat(60_000).into());
        for n in 0..1_000 {
            sent.note(&format!("/a/{n}"), &large, (), now);
            assert!(sent.bytes <= BYTES_MAX);
        }
        for n in 0..ENTRIES_MAX + 10 {
            sent.note("/a", &int(n as i64), (), now);
        }
        assert_eq!(sent.order.len(), ENTRIES_MAX);
        // A window of nothing keeps nothing.
        let mut none = Sent::new(Duration::ZERO);
        none.note("/a", &int(1), (), now);
        assert!(!none.is_echo("/a", &int(1), |()| true, now));
    }
}
