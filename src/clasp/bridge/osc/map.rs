//! Maps OSC packets to CLASP messages and back: packets of peers to [`Unit`]s for the router, and
//! messages of the router to packets for the peers. No I/O, and the time is a parameter. `/x/y` is
//! `/osc/x/y`. A message with arguments is a param, or, depending on the rules, an event; one
//! without arguments is an event. The messages of a bundle stay together: see [`Unit`]. An address
//! pattern is replaced by the known addresses that match it.

mod known;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::codec::{self, Argument, Packet, TimeTag};
use super::pattern::{self, is_pattern};
use super::value::{self, As};
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::echo::{ROUTER_WINDOW, Sent};
use crate::clasp::bridge::unit::{Unit, set};
use crate::clasp::wire::{
    ADDRESS_MAX, Message, Pattern, Phase, Publish, SignalType, Value, check_address,
};
use known::Known;

/// How far in the future a bundle's time may be.
const AHEAD_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The limit of touches in progress at the same time.
const TOUCHES_MAX: usize = 1_000;

/// The rules of the mapping.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The CLASP address below which all OSC addresses are, such as `/osc`; may be empty.
    pub namespace: Box<str>,
    /// Which CLASP addresses are params, if they have a value; empty means all.
    pub params: Vec<Pattern>,
    /// The last segment of addresses that tell whether their parent is being touched.
    pub touch: Option<Box<str>>,
    /// The OSC types in which numbers are sent.
    pub form: As,
    /// Whether to send the values that exist when the bridge starts.
    pub retained: bool,
    /// How long after sending a message to a peer its echo may arrive.
    pub echo_window: Duration,
}

/// The result of a packet.
#[derive(Debug, Default, PartialEq)]
pub struct Received {
    /// Messages for the router, in order.
    pub units: Vec<Unit>,
    /// Packets for the other peers, because the router does not send events back to their
    /// publisher.
    pub to_others: Vec<Vec<u8>>,
    /// Messages that were not passed on.
    pub dropped: Vec<Dropped>,
    /// How many messages were echoes.
    pub echoes: u64,
    /// How late a bundle was, if it was late.
    pub late: Option<Duration>,
}

/// Packets for the peers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// In order.
    pub packets: Vec<Vec<u8>>,
    /// The peer that must not get them, because they came from it.
    pub not_to: Option<SocketAddr>,
}

/// The mapping and its memory.
#[derive(Debug)]
pub struct Mapping {
    rules: Rules,
    /// Known addresses, with the type tags that a peer used last.
    known: Known,
    /// Messages that were written to the router, with the peer from which they came.
    written: Sent<SocketAddr>,
    /// Messages that were sent to the peers, with the peer that was left out.
    sent: Sent<Option<SocketAddr>>,
    touches: HashMap<(Box<str>, SocketAddr), Touch>,
    next_touch: u32,
}

/// A gesture in progress.
#[derive(Debug)]
struct Touch {
    id: u32,
    last: Option<Value<'static>>,
}

impl Mapping {
    /// A mapping with an empty memory.
    pub fn new(rules: Rules) -> Mapping {
        Mapping {
            known: Known::default(),
            written: Sent::new(ROUTER_WINDOW),
            sent: Sent::new(rules.echo_window),
            touches: HashMap::new(),
            next_touch: 1,
            rules,
        }
    }

    /// The pattern to subscribe to.
    pub fn subscription(&self) -> String {
        format!("{}/**", self.rules.namespace)
    }

    /// Handles a packet from a peer. `wall` is the time in µs since the epoch.
    pub fn receive(&mut self, bytes: &[u8], from: SocketAddr, now: Instant, wall: u64) -> Received {
        let mut received = Received::default();
        let packet = match codec::decode(bytes) {
            Ok(packet) => packet,
            Err(why) => {
                received.drop("malformed", why.to_string());
                return received;
            }
        };
        let mut groups = Vec::new();
        flatten(&packet, TimeTag::IMMEDIATELY, &mut groups);
        for (time, messages) in groups {
            let at = match time.micros() {
                None => None,
                Some(at) if at <= wall => {
                    let late = Duration::from_micros(wall - at);
                    received.late = received.late.max(Some(late));
                    None
                }
                Some(at) if Duration::from_micros(at - wall) > AHEAD_MAX => {
                    let detail = "the time of a bundle is more than a day ahead";
                    received.drop("too far ahead", detail.into());
                    continue;
                }
                Some(at) => Some(at),
            };
            let mut unit = Unit {
                at,
                ..Unit::now(Vec::new())
            };
            for message in messages {
                self.message(message, from, now, &mut unit.messages, &mut received);
            }
            if !unit.messages.is_empty() {
                received.units.push(unit);
            }
        }
        received
    }

    /// Handles one message of a packet.
    fn message(
        &mut self,
        message: &codec::Message<'_>,
        from: SocketAddr,
        now: Instant,
        out: &mut Vec<Message<'static>>,
        received: &mut Received,
    ) {
        let address = message.address;
        if address.len() > ADDRESS_MAX {
            let detail = format!("an address of {} bytes is too long", address.len());
            return received.drop("addresses that CLASP does not have", detail);
        }
        if !is_pattern(address) {
            return self.one(address, message, from, now, out, received);
        }
        let pattern = match pattern::Pattern::new(address) {
            Ok(pattern) => pattern,
            Err(why) => return received.drop("malformed", format!("{address}: {why}")),
        };
        let matching = self.known.matching(&pattern);
        if matching.is_empty() {
            let detail = format!("{address}: no known address matches");
            return received.drop("patterns that match nothing", detail);
        }
        for address in matching {
            self.one(&address, message, from, now, out, received);
        }
    }

    /// Handles a message for one address.
    fn one(
        &mut self,
        address: &str,
        message: &codec::Message<'_>,
        from: SocketAddr,
        now: Instant,
        out: &mut Vec<Message<'static>>,
        received: &mut Received,
    ) {
        let target = format!("{}{address}", self.rules.namespace);
        if let Err(why) = check_address(&target) {
            return received.drop("addresses that CLASP does not have", why.to_string());
        }
        let value = value::value_of(&message.arguments).map(Value::into_owned);
        if let Some(base) = self.touched(address) {
            return self.touch(base, value.as_ref(), from, out, received, message);
        }
        self.known.learn(address, Some(&message.arguments));
        if let Some(touch) = self.touches.get_mut(&(address.into(), from)) {
            touch.last.clone_from(&value);
            out.push(gesture(target, touch.id, Phase::Move, value));
            received.to_others.push(packet(address, &message.arguments));
            return;
        }
        match value {
            Some(value) if self.is_param(&target) => {
                let others = |not_to: &Option<SocketAddr>| *not_to != Some(from);
                if self.sent.is_echo(address, &value, others, now) {
                    received.echoes += 1;
                    return;
                }
                self.written.note(&target, &value, from, now);
                out.push(set(target, value));
            }
            value => {
                out.push(Message::Publish(Publish {
                    value,
                    ..Publish::new(SignalType::Event, target)
                }));
                received.to_others.push(packet(address, &message.arguments));
            }
        }
    }

    fn is_param(&self, address: &str) -> bool {
        let params = &self.rules.params;
        params.is_empty() || params.iter().any(|pattern| pattern.matches(address))
    }

    /// The address that is being touched, if this address tells that.
    fn touched<'a>(&self, address: &'a str) -> Option<&'a str> {
        let touch = self.rules.touch.as_deref()?;
        let base = address.strip_suffix(touch)?.strip_suffix('/')?;
        (!base.is_empty()).then_some(base)
    }

    /// Starts or ends a touch.
    fn touch(
        &mut self,
        base: &str,
        value: Option<&Value<'_>>,
        from: SocketAddr,
        out: &mut Vec<Message<'static>>,
        received: &mut Received,
        message: &codec::Message<'_>,
    ) {
        let target = format!("{}{base}", self.rules.namespace);
        let key = (Box::from(base), from);
        let begins = match value {
            Some(Value::Bool(touched)) => *touched,
            Some(number) => number.as_f64().is_some_and(|number| number != 0.0),
            None => false,
        };
        if begins {
            if self.touches.len() >= TOUCHES_MAX && !self.touches.contains_key(&key) {
                return received.drop(
                    "touches",
                    format!("{base}: too many touches at the same time"),
                );
            }
            let id = self.next_touch;
            self.next_touch = self.next_touch.wrapping_add(1);
            if let Some(before) = self.touches.insert(key, Touch { id, last: None }) {
                out.push(gesture(target.clone(), before.id, Phase::Cancel, None));
            }
            out.push(gesture(target, id, Phase::Start, None));
        } else if let Some(touch) = self.touches.remove(&key) {
            out.push(gesture(target, touch.id, Phase::End, touch.last));
        } else {
            return received.drop(
                "touches",
                format!("{base}: a touch ended that had not started"),
            );
        }
        received
            .to_others
            .push(packet(message.address, &message.arguments));
    }

    /// Cancels the gestures of a peer that has disconnected, or of all peers.
    pub fn gone(&mut self, peer: Option<SocketAddr>) -> Vec<Message<'static>> {
        let namespace = &self.rules.namespace;
        let is_gone = |from| peer.is_none_or(|peer| peer == from);
        let gone = self.touches.extract_if(|(_, from), _| is_gone(*from));
        gone.map(|((base, _), touch)| {
            gesture(format!("{namespace}{base}"), touch.id, Phase::Cancel, None)
        })
        .collect()
    }

    /// The router does not read, or reads again: until then its echoes are late.
    pub fn stall(&mut self, stalled: bool, now: Instant) {
        self.written.stall(stalled, now);
    }

    /// The connection to the router is lost: from now on, the newest values are kept.
    pub fn hold(&mut self) {
        self.written.hold();
    }

    /// The values that the router has not confirmed. They must be written again after a lost
    /// connection, or when the router has refused some of them.
    pub fn again(&mut self, now: Instant) -> Vec<Message<'static>> {
        let unconfirmed = self.written.again(now).into_iter();
        unconfirmed
            .map(|(address, value, _)| set(address.into(), value))
            .collect()
    }

    /// Handles a message of the router. `initial` tells that it is a value from before the bridge
    /// started.
    ///
    /// # Errors
    /// A message that cannot be sent as OSC, and why.
    pub fn deliver(
        &mut self,
        message: &Message<'_>,
        initial: bool,
        now: Instant,
    ) -> Result<Option<Outgoing>, Dropped> {
        match message {
            Message::Set(set) => self.state(&set.address, &set.value, false, now),
            Message::Snapshot(params) => match params.first() {
                Some(param) => {
                    let quietly = initial && !self.rules.retained;
                    self.state(&param.address, &param.value, quietly, now)
                }
                None => Ok(None),
            },
            Message::Publish(publish) => self.publish(publish),
            _ => Ok(None),
        }
    }

    /// Handles the value of a param. With `quietly`, it is only stored.
    fn state(
        &mut self,
        target: &str,
        value: &Value<'_>,
        quietly: bool,
        now: Instant,
    ) -> Result<Option<Outgoing>, Dropped> {
        let not_to = self.written.take(target, value, now);
        let Some(address) = self.address(target)? else {
            return Ok(None);
        };
        if quietly {
            self.known.learn(address, None);
            return Ok(None);
        }
        let arguments = value::arguments(value, self.rules.form, self.known.tags(address));
        let arguments = arguments.map_err(|why| no_form(target, why))?;
        // Store the value as a device would send it back: it may be rounded.
        if let Some(sent) = value::value_of(&arguments) {
            self.sent.note(address, &sent, not_to, now);
        }
        let packets = vec![packet(address, &arguments)];
        self.known.learn(address, None);
        Ok(Some(Outgoing { packets, not_to }))
    }

    /// Handles an event, gesture or stream.
    fn publish(&mut self, publish: &Publish<'_>) -> Result<Option<Outgoing>, Dropped> {
        let target = &*publish.address;
        let Some(address) = self.address(target)? else {
            return Ok(None);
        };
        if publish.signal == SignalType::Timeline {
            return Err(Dropped {
                reason: "timelines",
                detail: format!("{target}: a timeline cannot be sent as OSC"),
            });
        }
        let samples;
        let value = match (&publish.value, &publish.samples) {
            (Some(value), _) => Some(value),
            (None, Some(list)) => {
                samples = Value::Array(list.iter().copied().map(Value::Float).collect());
                Some(&samples)
            }
            (None, None) => None,
        };
        let arguments = match value {
            Some(value) => value::arguments(value, self.rules.form, self.known.tags(address))
                .map_err(|why| no_form(target, why))?,
            None => Vec::new(),
        };
        let mut packets = Vec::new();
        let touch = self
            .rules
            .touch
            .as_deref()
            .filter(|_| publish.phase.is_some());
        let touched = |is: bool| {
            let touched = match self.rules.form {
                As::Int => Argument::Int(is.into()),
                _ => Argument::Float(f32::from(u8::from(is))),
            };
            touch.map(|touch| packet(&format!("{address}/{touch}"), &[touched]))
        };
        if publish.phase == Some(Phase::Start) {
            packets.extend(touched(true));
        }
        if publish.phase.is_none() || value.is_some() {
            packets.push(packet(address, &arguments));
        }
        if matches!(publish.phase, Some(Phase::End | Phase::Cancel)) {
            packets.extend(touched(false));
        }
        self.known.learn(address, None);
        Ok(Some(Outgoing {
            packets,
            not_to: None,
        }))
    }

    /// The OSC address of a CLASP address; `None` if it is not below the namespace.
    fn address<'a>(&self, target: &'a str) -> Result<Option<&'a str>, Dropped> {
        let Some(address) = target.strip_prefix(&*self.rules.namespace) else {
            return Ok(None);
        };
        // Refuse addresses that a receiver would understand differently.
        let why = if address.is_empty() {
            "the OSC address would be empty"
        } else if is_pattern(address) {
            "it would be a pattern in OSC"
        } else if address.contains('\0') {
            "it has a NUL"
        } else if !address.starts_with('/') {
            return Ok(None);
        } else {
            return Ok(Some(address));
        };
        Err(Dropped {
            reason: "addresses that OSC does not have",
            detail: format!("{target}: {why}"),
        })
    }
}

impl Received {
    fn drop(&mut self, reason: &'static str, detail: String) {
        self.dropped.push(Dropped { reason, detail });
    }
}

fn no_form(target: &str, why: value::NoForm) -> Dropped {
    Dropped {
        reason: "values that OSC does not have",
        detail: format!("{target}: {why}"),
    }
}

fn gesture(
    address: String,
    id: u32,
    phase: Phase,
    value: Option<Value<'static>>,
) -> Message<'static> {
    Message::Publish(Publish {
        id: Some(id),
        phase: Some(phase),
        value,
        ..Publish::new(SignalType::Gesture, address)
    })
}

/// Encodes a message.
fn packet(address: &str, arguments: &[Argument<'_>]) -> Vec<u8> {
    let packet = Packet::Message(codec::Message {
        address,
        arguments: arguments.to_vec(),
    });
    let mut bytes = Vec::with_capacity(64);
    codec::encode(&packet, &mut bytes);
    bytes
}

/// The messages of a packet in order, grouped by time. A bundle inside another one is never
/// executed before the outer one.
fn flatten<'p, 'a>(
    packet: &'p Packet<'a>,
    outer: TimeTag,
    groups: &mut Vec<(TimeTag, Vec<&'p codec::Message<'a>>)>,
) {
    match packet {
        Packet::Message(message) => match groups.last_mut() {
            Some((time, messages)) if *time == outer => messages.push(message),
            _ => groups.push((outer, vec![message])),
        },
        Packet::Bundle { time, packets } => {
            let inner = outer.max(*time);
            for packet in packets {
                flatten(packet, inner, groups);
            }
        }
    }
}

#[cfg(test)]
mod tests;
