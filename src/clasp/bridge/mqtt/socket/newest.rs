//! Keeps the newest retained publication of each topic while the broker cannot take it.

use std::collections::{HashMap, VecDeque};

use super::super::codec::Publish;

/// The limit of topics.
const KEPT_MAX: usize = 50_000;

/// The limit of bytes.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// The newest retained publication of each topic, in the order in which the topics arrived.
#[derive(Debug, Default)]
pub struct Newest {
    by_topic: HashMap<String, Publish>,
    order: VecDeque<String>,
    bytes: usize,
}

impl Newest {
    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.by_topic.is_empty()
    }

    /// Whether it has a publication with this topic.
    pub fn has(&self, topic: &str) -> bool {
        self.by_topic.contains_key(topic)
    }

    /// Adds a publication. Gives it back if it is not retained or there is no room.
    pub fn push(&mut self, publish: Publish) -> Result<(), Publish> {
        let size = publish.topic.len() + publish.payload.len();
        let known = self.by_topic.get(&publish.topic);
        let before = known.map_or(0, |known| known.topic.len() + known.payload.len());
        let has_room = known.is_some() || self.by_topic.len() < KEPT_MAX;
        let bytes = self.bytes - before + size;
        if !publish.retain || !has_room || bytes > KEPT_BYTES_MAX {
            return Err(publish);
        }
        self.bytes = bytes;
        if known.is_none() {
            self.order.push_back(publish.topic.clone());
        }
        self.by_topic.insert(publish.topic.clone(), publish);
        Ok(())
    }

    /// Takes the publication whose topic has waited longest.
    pub fn pop(&mut self) -> Option<Publish> {
        let publish = self.by_topic.remove(&self.order.pop_front()?)?;
        self.bytes -= publish.topic.len() + publish.payload.len();
        Some(publish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_waits_for_a_slow_broker_the_newest_is_kept() {
        let publish = |topic: String, payload: usize, retain| Publish {
            topic,
            payload: vec![0; payload],
            qos: 1,
            retain,
            dup: false,
            id: 0,
            expiry: None,
        };
        let mut newest = Newest::default();
        for (topic, size) in [("a", 1), ("b", 2), ("a", 3)] {
            assert_eq!(newest.push(publish(topic.into(), size, true)), Ok(()));
        }
        assert!(
            newest.push(publish("c".into(), 1, false)).is_err(),
            "an event"
        );
        let popped = [newest.pop(), newest.pop(), newest.pop()];
        let sizes = popped.map(|publish| publish.map(|publish| publish.payload.len()));
        assert_eq!((sizes, newest.bytes), ([Some(3), Some(2), None], 0));
        let mut taken = 0;
        while newest
            .push(publish(taken.to_string(), 60_000, true))
            .is_ok()
        {
            taken += 1;
        }
        assert!(newest.bytes <= KEPT_BYTES_MAX && taken > 1_000);
    }
}
