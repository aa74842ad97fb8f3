//! Applies max rate and epsilon. Takes messages and the time, gives the messages to deliver now.
//! Pure.
//!
//! The reference router ignores both options (quirk 7), so the client applies them itself, and the
//! embedded router does so for its subscribers. Only params and streams are limited, and the last
//! value of a burst is always delivered, when max rate allows it.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::due_queue::DueQueue;
use crate::clasp::wire::{Message, SignalType};

/// For how many addresses the last delivery is remembered. Beyond that, addresses that may be
/// delivered again by now are forgotten, so that a publisher that keeps using new addresses does
/// not use more and more memory.
const FLOWS_MAX: usize = 65_536;

/// The estimated memory of an address, in bytes, without its text, which is stored twice: in a map
/// and in the heap.
const FLOW_BYTES: usize = 200;

/// The limits of a subscription.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// At most this many messages per second and address.
    pub max_rate: Option<u32>,
    /// The smallest change of a number, compared to the last one delivered, that is delivered.
    pub epsilon: Option<f64>,
}

/// Limits the messages of one subscription.
#[derive(Debug)]
pub struct RateLimiter {
    epsilon: Option<f64>,
    spacing: Option<Duration>,
    params: HashMap<Box<str>, Flow>,
    streams: HashMap<Box<str>, Flow>,
    /// When held messages are due, and whether they are streams. Entries are not removed when their
    /// message is replaced or dropped; they are skipped when they become due.
    due: DueQueue<(bool, Box<str>), Instant>,
    /// The estimated memory in bytes.
    bytes: usize,
}

#[derive(Debug, Default)]
struct Flow {
    number: Option<f64>,
    delivered: Option<Instant>,
    held: Option<Bytes>,
    /// The time of its newest entry in the heap, if there is one.
    queued: Option<Instant>,
}

impl Flow {
    /// Replaces the held message; `bytes` is the memory of all flows.
    fn hold(&mut self, frame: Option<Bytes>, bytes: &mut usize) {
        *bytes += frame.as_ref().map_or(0, Bytes::len);
        *bytes -= self.held.as_ref().map_or(0, Bytes::len);
        self.held = frame;
    }
}

fn flow_bytes(address: &str) -> usize {
    FLOW_BYTES + 2 * address.len()
}

impl RateLimiter {
    /// A limiter; `None` if there is no limit. As in the protocol, a rate of 0 means no limit.
    pub fn new(limits: Limits) -> Option<RateLimiter> {
        let spacing = limits
            .max_rate
            .filter(|rate| *rate > 0)
            .map(|rate| Duration::from_secs(1) / rate);
        (spacing.is_some() || limits.epsilon.is_some()).then(|| RateLimiter {
            epsilon: limits.epsilon,
            spacing,
            params: HashMap::new(),
            streams: HashMap::new(),
            due: DueQueue::default(),
            bytes: 0,
        })
    }

    /// The estimated memory in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many bytes of memory this message may add.
    pub fn growth(message: &Message<'_>, frame: &[u8]) -> usize {
        flow_of(message).map_or(0, |(_, address, _)| flow_bytes(address) + frame.len())
    }

    /// Whether to deliver this message now. Otherwise it is dropped if its change is too small, or
    /// held if it comes too soon; it then replaces the held message of its address.
    pub fn passes(&mut self, message: &Message<'_>, frame: &Bytes, now: Instant) -> bool {
        let Some((signal, address, number)) = flow_of(message) else {
            return true;
        };
        let stream = signal == SignalType::Stream;
        let (epsilon, spacing) = (self.epsilon, self.spacing);
        let flows = if stream {
            &mut self.streams
        } else {
            &mut self.params
        };
        if !flows.contains_key(address) {
            if flows.len() >= FLOWS_MAX {
                self.bytes -= forget(flows, spacing, now);
            }
            self.bytes += flow_bytes(address);
            flows.insert(address.into(), Flow::default());
        }
        let flow = flows.get_mut(address).expect("it is there");
        if let (Some(epsilon), Some(last), Some(new)) = (epsilon, flow.number, number)
            && (new - last).abs() < epsilon
        {
            // The number is back at the delivered one, so the held message is obsolete.
            flow.hold(None, &mut self.bytes);
            return false;
        }
        if let (Some(spacing), Some(delivered)) = (spacing, flow.delivered)
            && now < delivered + spacing
        {
            flow.hold(Some(frame.clone()), &mut self.bytes);
            let due = delivered + spacing;
            if flow.queued != Some(due) {
                flow.queued = Some(due);
                self.due.push(due, (stream, address.into()));
            }
            return false;
        }
        flow.hold(None, &mut self.bytes);
        flow.delivered = Some(now);
        flow.number = number;
        true
    }

    /// Records that this message was delivered in another way: drops the older message held for its
    /// address.
    pub fn overtake(&mut self, message: &Message<'_>) {
        let Some((signal, address, _)) = flow_of(message) else {
            return;
        };
        let flows = match signal {
            SignalType::Stream => &mut self.streams,
            _ => &mut self.params,
        };
        if let Some(flow) = flows.get_mut(address) {
            flow.hold(None, &mut self.bytes);
        }
    }

    /// When to call [`release`](Self::release) next.
    pub fn due(&self) -> Option<Instant> {
        self.due.due()
    }

    /// The held messages that are due.
    pub fn release(&mut self, now: Instant) -> Vec<Bytes> {
        std::iter::from_fn(|| self.release_next(now)).collect()
    }

    /// The next held message that is due.
    pub fn release_next(&mut self, now: Instant) -> Option<Bytes> {
        let spacing = self.spacing.unwrap_or_default();
        while let Some(due) = self.due()
            && due <= now
        {
            let Some(flow) = self.pop_due() else { continue };
            // A message that was held later has its own entry, later in the heap.
            let is_early = flow.delivered.is_some_and(|last| now < last + spacing);
            if !is_early && let Some(held) = flow.held.take() {
                flow.number = number_in(&held);
                flow.delivered = Some(now);
                self.bytes -= held.len();
                return Some(held);
            }
        }
        None
    }

    /// All held messages, due or not, for the end of the subscription.
    pub fn drain(&mut self) -> Vec<Bytes> {
        let mut released = Vec::new();
        while self.due().is_some() {
            released.extend(self.pop_due().and_then(|flow| flow.held.take()));
        }
        self.bytes -= released.iter().map(Bytes::len).sum::<usize>();
        released
    }

    /// Removes the earliest entry of the heap, and gives its flow unless that was forgotten.
    fn pop_due(&mut self) -> Option<&mut Flow> {
        let (due, (stream, address)) = self.due.pop_next()?;
        let flows = if stream {
            &mut self.streams
        } else {
            &mut self.params
        };
        let flow = flows.get_mut(&address)?;
        if flow.queued == Some(due) {
            flow.queued = None;
        }
        Some(flow)
    }
}

/// Forgets the flows that hold nothing and may deliver again; if there are none, all that hold
/// nothing. Gives the number of bytes freed.
fn forget(flows: &mut HashMap<Box<str>, Flow>, spacing: Option<Duration>, now: Instant) -> usize {
    let resting = |flow: &Flow| {
        let due = flow.delivered.zip(spacing).map(|(last, gap)| last + gap);
        flow.held.is_none() && due.is_none_or(|due| due <= now)
    };
    let mut freed = 0;
    let mut keep = |address: &str, kept: bool| {
        if !kept {
            freed += flow_bytes(address);
        }
        kept
    };
    flows.retain(|address, flow| keep(address, !resting(flow)));
    if flows.len() >= FLOWS_MAX {
        flows.retain(|address, flow| keep(address, flow.held.is_some()));
    }
    freed
}

fn flow_of<'m>(message: &'m Message<'_>) -> Option<(SignalType, &'m str, Option<f64>)> {
    match message {
        Message::Set(set) => Some((SignalType::Param, &set.address, set.value.as_f64())),
        Message::Publish(publish) if publish.signal == SignalType::Stream => {
            let number = match (&publish.value, &publish.samples) {
                (Some(value), _) => value.as_f64(),
                (None, Some(samples)) => samples.last().copied(),
                (None, None) => None,
            };
            Some((SignalType::Stream, &publish.address, number))
        }
        _ => None,
    }
}

fn number_in(frame: &Bytes) -> Option<f64> {
    let frame = crate::clasp::wire::decode(frame).ok()?;
    flow_of(&frame.message).and_then(|(_, _, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::wire::{self, Phase, Publish, Set, Value};

    fn param(address: &'static str, value: f64) -> (Message<'static>, Bytes) {
        framed(Message::Set(Set {
            address: address.into(),
            value: Value::Float(value),
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        }))
    }

    fn publish(signal: SignalType, value: f64) -> (Message<'static>, Bytes) {
        framed(Message::Publish(Publish {
            value: Some(Value::Float(value)),
            phase: (signal == SignalType::Gesture).then_some(Phase::Move),
            ..Publish::new(signal, "/x")
        }))
    }

    fn framed(message: Message<'static>) -> (Message<'static>, Bytes) {
        let mut frame = Vec::new();
        wire::encode(&message, &mut frame).expect("it fits");
        (message, frame.into())
    }

    fn limits(max_rate: Option<u32>, epsilon: Option<f64>) -> RateLimiter {
        RateLimiter::new(Limits { max_rate, epsilon }).expect("something to limit")
    }

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn nothing_asked_nothing_limited() {
        assert!(RateLimiter::new(Limits::default()).is_none());
        assert!(
            RateLimiter::new(Limits {
                max_rate: Some(0),
                epsilon: None
            })
            .is_none(),
            "a rate of 0 is no limit, as on the wire"
        );
    }

    #[test]
    fn the_last_value_of_a_burst_comes_when_its_time_has_come() {
        let mut limiter = limits(Some(10), None);
        let start = Instant::now();
        let mut delivered = Vec::new();
        for i in 0..50 {
            let (message, frame) = param("/x", f64::from(i));
            if limiter.passes(&message, &frame, start + MS * i) {
                delivered.push(i);
            }
        }
        assert_eq!(delivered, [0], "50 values in 50 ms at 10 per second");
        assert_eq!(limiter.due(), Some(start + MS * 100));
        assert!(limiter.release(start + MS * 99).is_empty());
        assert_eq!(limiter.release(start + MS * 100), [param("/x", 49.0).1]);
        assert_eq!(limiter.due(), None, "and nothing more is due");
    }

    #[test]
    fn each_address_has_its_own_rate() {
        let mut limiter = limits(Some(1), None);
        let now = Instant::now();
        for address in ["/a", "/b"] {
            let (message, frame) = param(address, 0.0);
            assert!(limiter.passes(&message, &frame, now), "{address}");
            assert!(!limiter.passes(&message, &frame, now), "{address} again");
        }
        assert_eq!(limiter.drain().len(), 2);
    }

    #[test]
    fn epsilon_counts_from_the_last_delivered_value() {
        let mut limiter = limits(None, Some(0.1));
        let now = Instant::now();
        let delivered: Vec<f64> = [0.0, 0.05, 0.09, 0.11, 0.15, 0.3]
            .into_iter()
            .filter(|value| {
                let (message, frame) = param("/x", *value);
                limiter.passes(&message, &frame, now)
            })
            .collect();
        assert_eq!(delivered, [0.0, 0.11, 0.3], "a slow drift is not lost");
    }

    #[test]
    fn a_value_that_returns_cancels_what_was_held() {
        let mut limiter = limits(Some(10), Some(0.1));
        let now = Instant::now();
        for value in [0.0, 1.0, 0.01] {
            let (message, frame) = param("/x", value);
            limiter.passes(&message, &frame, now);
        }
        assert!(limiter.release(now + MS * 200).is_empty());
    }

    #[test]
    fn an_address_that_comes_and_goes_stands_in_the_heap_once() {
        let mut limiter = limits(Some(1), Some(0.5));
        let now = Instant::now();
        for i in 0..1_000 {
            let (message, frame) = param("/x", f64::from(i % 2));
            limiter.passes(&message, &frame, now);
        }
        assert_eq!(limiter.due.len(), 1);
        let one = limiter.bytes();
        assert_eq!(limiter.drain().len(), 1);
        assert!(limiter.bytes() < one);
    }

    #[test]
    fn what_another_way_delivered_is_not_released_again() {
        let mut limiter = limits(Some(10), None);
        let now = Instant::now();
        let (message, frame) = param("/x", 1.0);
        assert!(limiter.passes(&message, &frame, now));
        assert!(!limiter.passes(&message, &frame, now));
        limiter.overtake(&message);
        assert!(limiter.release(now + MS * 200).is_empty());
    }

    #[test]
    fn ever_new_addresses_cost_no_ever_new_memory() {
        let mut limiter = limits(Some(1_000), None);
        let start = Instant::now();
        for i in 0..200_000_u32 {
            let (mut message, frame) = publish(SignalType::Stream, 1.0);
            if let Message::Publish(publish) = &mut message {
                publish.address = format!("/{i}").into();
            }
            limiter.passes(&message, &frame, start + MS * i);
        }
        assert!(limiter.streams.len() <= FLOWS_MAX);
        assert!(limiter.bytes() < FLOWS_MAX * (FLOW_BYTES + 100));
    }

    #[test]
    fn events_and_gestures_are_never_limited() {
        let mut limiter = limits(Some(1), Some(10.0));
        let now = Instant::now();
        for signal in [SignalType::Event, SignalType::Gesture, SignalType::Timeline] {
            for _ in 0..5 {
                let (message, frame) = publish(signal, 1.0);
                assert!(limiter.passes(&message, &frame, now), "{signal:?}");
            }
        }
        let (message, frame) = publish(SignalType::Stream, 1.0);
        assert!(limiter.passes(&message, &frame, now));
        assert!(!limiter.passes(&message, &frame, now), "streams are");
    }
}
