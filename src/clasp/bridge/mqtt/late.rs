//! Holds back values of the router for a moment. Takes values and the time; gives those for which no newer one has come
//! meanwhile. No I/O.
//!
//! Another bridge has probably brought such a value from the same broker, late: then a newer one follows.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::clasp::wire::{Ttl, Value};

/// How long a value is held back.
pub const LATE: Duration = Duration::from_secs(1);

/// How many values are held back at most.
const LATE_MAX: usize = 10_000;

/// A value that is held back.
#[derive(Debug, PartialEq)]
pub struct LateValue {
    /// The value.
    pub value: Value<'static>,
    /// Its time to live.
    pub ttl: Option<Ttl>,
    /// The QoS to publish it with.
    pub qos: u8,
}

/// The values that are held back, by their addresses.
#[derive(Debug, Default)]
pub struct LateValues {
    by_address: HashMap<Box<str>, (Instant, LateValue)>,
    /// In the order in which they are due. All wait for the same time, so the newest is always last.
    order: VecDeque<(Instant, Box<str>)>,
}

impl LateValues {
    /// Holds a value back, instead of an older one of its address. Returns false if too many wait.
    pub fn hold(
        &mut self,
        address: &str,
        value: &Value<'_>,
        ttl: Option<Ttl>,
        qos: u8,
        now: Instant,
    ) -> bool {
        if self.order.len() >= LATE_MAX {
            return false;
        }
        let due = now + LATE;
        let value = LateValue {
            value: value.clone().into_owned(),
            ttl,
            qos,
        };
        self.by_address.insert(address.into(), (due, value));
        self.order.push_back((due, address.into()));
        true
    }

    /// A newer value has come.
    pub fn forget(&mut self, address: &str) {
        self.by_address.remove(address);
    }

    /// When to call [`take`](Self::take).
    pub fn due(&self) -> Option<Instant> {
        self.order.front().map(|(due, _)| *due)
    }

    /// The next value that is due, and its address.
    pub fn take(&mut self, now: Instant) -> Option<(Box<str>, LateValue)> {
        loop {
            let (due, address) = self.order.pop_front_if(|(due, _)| *due <= now)?;
            // Another one of this address may be due later.
            let is_this = |(at, _): &(Instant, LateValue)| *at == due;
            if self.by_address.get(&address).is_some_and(is_this) {
                let (_, value) = self.by_address.remove(&address)?;
                return Some((address, value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_given_when_it_is_due_and_nothing_that_was_forgotten() {
        let mut late = LateValues::default();
        let now = Instant::now();
        let later = now + LATE / 2;
        for (address, value, at) in [("/a", 1, now), ("/b", 2, now), ("/a", 3, later)] {
            assert!(late.hold(address, &Value::Int(value), None, 1, at));
        }
        late.forget("/b");
        assert_eq!((late.due(), late.take(later)), (Some(now + LATE), None));
        assert_eq!(late.take(now + LATE), None);
        let (address, value) = late.take(later + LATE).expect("it is due");
        assert_eq!(
            (&*address, value.value, value.qos),
            ("/a", Value::Int(3), 1)
        );
        assert_eq!(late.due(), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut late = LateValues::default();
        let now = Instant::now();
        for n in 0..LATE_MAX {
            assert!(late.hold(&format!("/{n}"), &Value::Null, None, 0, now));
        }
        assert!(!late.hold("/more", &Value::Null, None, 0, now));
    }
}
