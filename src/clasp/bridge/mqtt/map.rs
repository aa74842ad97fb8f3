//! Maps publications to CLASP messages and back: publications of the broker to [`Unit`]s for the
//! router, and frames of the router to publications. No I/O, and the time is a parameter. A
//! retained publication is a param, others are events. A topic that was retained once stays a
//! param, because in MQTT 3.1.1 a broker does not mark new messages as retained.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use super::codec::{Properties, Publish, Version};
use super::envelope;
use super::late::{LateValue, LateValues};
use super::origin::{Carrier, MARK, Origin};
use super::payload::{self, Form};
use super::rounds::{Direction, Rounds};
use super::topic;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::echo::{ROUTER_WINDOW, Sent};
use crate::clasp::bridge::unit::{Unit, set};
use crate::clasp::wire::{
    self, Frame, Message, Pattern, Qos, Set, SignalType, TTL_MAX_SECONDS, Ttl, Value,
};

/// How long a broker of version 3.1.1 may take to send back a publication.
const BROKER_WINDOW: Duration = Duration::from_secs(10);

/// How many topics are remembered as retained.
const RETAINED_MAX: usize = 50_000;

/// The reason for dropping a message whose properties MQTT does not have.
const INVALID_PROPERTIES: &str = "properties that MQTT does not have";

/// How long a deleted param has the value null before it is removed.
const DELETED: Ttl = Ttl::Absolute(1);

/// The rules of the mapping.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The CLASP address below which all topics are, such as `/mqtt`; may be empty.
    pub namespace: Box<str>,
    /// CLASP addresses that are params although the broker does not retain them.
    pub params: Vec<Pattern>,
    /// How payloads are interpreted.
    pub form: Form,
    /// The highest QoS to publish with.
    pub qos: u8,
    /// Whether to publish the values that the router has when the bridge starts.
    pub retained: bool,
    /// Whether properties are passed on, see [`envelope`].
    pub properties: bool,
    /// The version of the protocol.
    pub version: Version,
    /// A number that no other bridge has, see [`super::origin`].
    pub number: u32,
}

/// How a value was written to the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Written {
    ttl: Option<Ttl>,
    /// Only if the router had no value there.
    if_absent: bool,
}

/// The mapping and its memory.
#[derive(Debug)]
pub struct Mapping {
    rules: Rules,
    /// Values that were written to the router.
    written: Sent<Written>,
    /// Who else carries messages between this router and this broker.
    pub origin: Origin,
    /// Values that the broker had, while there are siblings: these write them to the router as well.
    carried: Sent<()>,
    /// Retained payloads that were published in version 3.1.1: siblings bring them back as well.
    repeated: Sent<()>,
    /// Messages that go round.
    rounds: Rounds,
    /// Values of the router that another bridge has probably brought from the same broker, late.
    late: LateValues,
    /// Publications that the broker will send back.
    published: Sent<()>,
    /// Topics that are or were retained.
    retained: HashSet<Box<str>>,
}

/// The result of a publication.
#[derive(Debug, PartialEq)]
pub enum Received {
    /// A message for the router.
    Unit {
        /// The message.
        unit: Unit,
        /// What it does not have of the publication.
        lost: Option<String>,
    },
    /// The publication was our own, or a bridge of the same router has carried it.
    Echo,
    /// It is not passed on.
    Dropped(Dropped),
}

impl Mapping {
    /// A mapping with an empty memory.
    pub fn new(rules: Rules) -> Mapping {
        Mapping {
            written: Sent::new(ROUTER_WINDOW),
            origin: Origin::new(rules.number),
            carried: Sent::new(ROUTER_WINDOW),
            repeated: Sent::new(BROKER_WINDOW),
            rounds: Rounds::new(Instant::now()),
            late: LateValues::default(),
            published: Sent::new(BROKER_WINDOW),
            retained: HashSet::new(),
            rules,
        }
    }

    /// The pattern to subscribe to.
    pub fn subscription(&self) -> String {
        format!("{}/**", self.rules.namespace)
    }

    /// Handles a publication from the broker.
    pub fn receive(&mut self, publish: &Publish, now: Instant) -> Received {
        self.receive_as(publish, false, now)
    }

    /// Handles a retained publication that was asked for again, because the router has lost its values. It
    /// is written only where the router has none.
    pub fn restore(&mut self, publish: &Publish, now: Instant) -> Received {
        self.receive_as(publish, true, now)
    }

    fn receive_as(&mut self, publish: &Publish, if_absent: bool, now: Instant) -> Received {
        let (carrier, properties) = self.origin.read(&publish.properties);
        let bytes = Value::Bytes(publish.payload.as_slice().into());
        if self.rules.version == Version::V3
            && !if_absent
            && self.published.take(&publish.topic, &bytes, now).is_some()
        {
            return Received::Echo;
        }
        let dropped = |reason, detail| Received::Dropped(Dropped { reason, detail });
        let address = match topic::address(&publish.topic, &self.rules.namespace) {
            Ok(address) => address,
            Err(why) => return dropped("topics that CLASP does not have", why),
        };
        let was_retained = self.retained.contains(&*publish.topic);
        let params = &self.rules.params;
        let is_param = publish.retain
            || was_retained
            || params.iter().any(|pattern| pattern.matches(&address));
        let is_empty = publish.payload.is_empty();
        if publish.retain && !is_empty && self.retained.len() < RETAINED_MAX {
            self.retained.insert(publish.topic.as_str().into());
        }
        if !if_absent {
            if carrier == Carrier::Sibling {
                if is_param && is_empty {
                    self.retained.remove(&*publish.topic);
                }
                self.sibling_published(publish, &address, now);
                return Received::Echo;
            }
            // The router has it already, and nothing else since.
            if is_param && self.repeated.newest(&publish.topic, now) == Some(&bytes) {
                return Received::Echo;
            }
            if let Err(dropped) =
                self.check_rounds(Direction::ToRouter, &publish.topic, &publish.payload, now)
            {
                return Received::Dropped(dropped);
            }
        }
        let is_deletion = is_param && is_empty;
        let keeps_properties = self.rules.properties && !is_deletion;
        let message = if is_deletion {
            self.retained.remove(&*publish.topic);
            let written = Written {
                ttl: Some(DELETED),
                if_absent,
            };
            self.write(address, Value::Null, written, now)
        } else {
            let value = match payload::value(&publish.payload, self.rules.form) {
                Ok(value) => (!is_empty).then_some(value),
                Err(why) => {
                    let detail = format!("{}: {why}", publish.topic);
                    return dropped("payloads of another form", detail);
                }
            };
            let value = if keeps_properties {
                envelope::wrap(value, &properties)
            } else {
                value
            };
            match value {
                Some(value) if is_param => {
                    let ttl = publish.expiry.map(ttl);
                    self.write(address, value, Written { ttl, if_absent }, now)
                }
                value => Message::Publish(wire::Publish {
                    value,
                    id: self.origin.event_id(),
                    ..wire::Publish::new(SignalType::Event, address)
                }),
            }
        };
        let unit = Unit {
            qos: Some(match publish.qos {
                0 => Qos::Fire,
                1 => Qos::Confirm,
                _ => Qos::Commit,
            }),
            ..Unit::now(vec![message])
        };
        let is_lossy = !keeps_properties && !properties.is_empty();
        Received::Unit {
            unit,
            lost: is_lossy.then(|| self.lost(&publish.topic, &properties)),
        }
    }

    /// Refuses a message that goes round.
    fn check_rounds(
        &mut self,
        direction: Direction,
        topic: &str,
        payload: &[u8],
        now: Instant,
    ) -> Result<(), Dropped> {
        if !self.rounds.goes_round(direction, topic, payload, now) {
            return Ok(());
        }
        Err(Dropped {
            reason: "going round between two bridges",
            detail: format!(
                "{topic}: the same message goes round, because another bridge carries it between this \
                 broker and this router, too. Run one of them, give them topics that do not overlap, or \
                 use version 5 with both"
            ),
        })
    }

    /// A sibling has published a value of the router. If that was an old one, because it is behind, the
    /// broker is told the newest one again.
    fn sibling_published(&mut self, publish: &Publish, address: &str, now: Instant) {
        let form = self.rules.form;
        let Some(newest) = self.carried.newest(address, now) else {
            return;
        };
        if publish.retain && payload::payload(newest, form) != publish.payload {
            self.late.hold(address, newest, None, publish.qos, now);
        }
    }

    /// When to call [`tick`](Self::tick).
    pub fn due(&self) -> Option<Instant> {
        self.late.due()
    }

    /// What is due to be published.
    pub fn tick(&mut self, now: Instant) -> Vec<Publish> {
        let mut publications = Vec::new();
        while let Some((address, LateValue { value, ttl, qos })) = self.late.take(now) {
            self.carried.forget(&address);
            // What cannot be sent was said when it came.
            publications.extend(self.param(&address, &value, ttl, qos, now).ok().flatten());
        }
        publications
    }

    /// Says which properties of a publication are not passed on.
    fn lost(&self, topic: &str, properties: &Properties) -> String {
        let hint = if self.rules.properties {
            "a deletion has none in CLASP"
        } else {
            "--properties passes them on"
        };
        format!("{topic}: without its {properties} ({hint})")
    }

    /// The router does not read, or reads again: until then its echoes are late.
    pub fn stall(&mut self, stalled: bool, now: Instant) {
        self.written.stall(stalled, now);
    }

    /// The connection to the router is lost: from now on, the newest values are kept.
    pub fn hold(&mut self) {
        self.written.hold();
    }

    /// The values that the router has not confirmed. They must be written again.
    pub fn again(&mut self, now: Instant) -> Vec<Message<'static>> {
        let unconfirmed = self.written.again(now).into_iter();
        unconfirmed
            .map(|(address, value, written)| to_write(address.into(), value, written))
            .collect()
    }

    /// Makes a SET, and remembers that the router will send it back.
    fn write(
        &mut self,
        address: String,
        value: Value<'static>,
        written: Written,
        now: Instant,
    ) -> Message<'static> {
        self.written.note(&address, &value, written, now);
        if !written.if_absent {
            // The router's newest value is this one.
            self.late.forget(&address);
            if self.origin.has_siblings() {
                self.carried.note(&address, &value, (), now);
            }
            if self.rules.version == Version::V3
                && let Ok(Some(topic)) = topic::topic(&address, &self.rules.namespace)
            {
                self.repeated.forget(topic);
            }
        }
        to_write(address, value, written)
    }

    /// Handles a frame of the router. `initial` tells that it is a value from before the bridge
    /// started.
    ///
    /// # Errors
    /// A message that cannot be sent as MQTT, and why.
    pub fn deliver(
        &mut self,
        frame: &Frame<'_>,
        initial: bool,
        now: Instant,
    ) -> Result<Option<Publish>, Dropped> {
        let qos = (frame.qos as u8).min(self.rules.qos);
        match &frame.message {
            Message::Set(set) => self.state(&set.address, &set.value, set.ttl, qos, now),
            Message::Snapshot(params) => match params.first() {
                Some(param) if !initial || self.rules.retained => {
                    let qos = self.rules.qos;
                    self.state(&param.address, &param.value, None, qos, now)
                }
                _ => Ok(None),
            },
            Message::Publish(publish) => self.publish(publish, qos, now),
            _ => Ok(None),
        }
    }

    fn state(
        &mut self,
        address: &str,
        value: &Value<'_>,
        ttl: Option<Ttl>,
        qos: u8,
        now: Instant,
    ) -> Result<Option<Publish>, Dropped> {
        self.late.forget(address);
        if self.written.take(address, value, now).is_some() {
            return Ok(None);
        }
        if self.origin.has_siblings() && self.carried.is_echo(address, value, |()| true, now) {
            // A sibling has brought it from the broker. If the broker has a newer one, the router is
            // about to get it, too; if not, somebody has set the old value again.
            let is_newest = self
                .carried
                .newest(address, now)
                .is_some_and(|newest| newest == value);
            if is_newest || self.late.hold(address, value, ttl, qos, now) {
                return Ok(None);
            }
        }
        self.carried.forget(address);
        self.param(address, value, ttl, qos, now)
    }

    /// The publication of a param.
    fn param(
        &mut self,
        address: &str,
        value: &Value<'_>,
        ttl: Option<Ttl>,
        qos: u8,
        now: Instant,
    ) -> Result<Option<Publish>, Dropped> {
        let (value, properties) = self.open(address, Some(value))?;
        let payload = match value {
            // An empty payload deletes the topic's retained value at the broker.
            Some(Value::Null) => Vec::new(),
            Some(value) => payload::payload(value, self.rules.form),
            None => {
                return Err(Dropped {
                    reason: INVALID_PROPERTIES,
                    detail: format!("{address}: a param with properties needs a \"value\", too"),
                });
            }
        };
        let expiry = match ttl {
            Some(Ttl::Absolute(seconds) | Ttl::Sliding(seconds)) => Some(seconds),
            Some(Ttl::Never) | None => None,
        };
        let publish = self.publication(address, payload, properties, qos, true, now)?;
        Ok(publish.map(|publish| Publish {
            expiry: expiry.filter(|_| self.rules.version == Version::V5),
            ..publish
        }))
    }

    /// A value and the properties to publish it with.
    fn open<'v>(
        &self,
        address: &str,
        value: Option<&'v Value<'v>>,
    ) -> Result<(Option<&'v Value<'v>>, Properties), Dropped> {
        let opened = match value.filter(|_| self.rules.properties) {
            None => None,
            Some(value) => envelope::open(value).map_err(|why| Dropped {
                reason: INVALID_PROPERTIES,
                detail: format!("{address}: {why}"),
            })?,
        };
        Ok(match opened {
            None => (value, Properties::default()),
            Some(opened) => (opened.value, opened.properties),
        })
    }

    fn publish(
        &mut self,
        publish: &wire::Publish<'_>,
        qos: u8,
        now: Instant,
    ) -> Result<Option<Publish>, Dropped> {
        if publish.signal == SignalType::Timeline {
            return Err(Dropped {
                reason: "timelines",
                detail: format!("{}: a timeline cannot be sent as MQTT", publish.address),
            });
        }
        if publish.signal == SignalType::Event && self.origin.is_sibling(publish.id) {
            // It has come from our broker.
            return Ok(None);
        }
        let (value, properties) = self.open(&publish.address, publish.value.as_ref())?;
        let payload = match (value, &publish.samples) {
            (Some(value), _) => payload::payload(value, self.rules.form),
            (None, Some(samples)) => {
                let samples = samples.iter().copied().map(Value::Float).collect();
                payload::payload(&Value::Array(samples), self.rules.form)
            }
            (None, None) => Vec::new(),
        };
        self.publication(&publish.address, payload, properties, qos, false, now)
    }

    fn publication(
        &mut self,
        address: &str,
        payload: Vec<u8>,
        mut properties: Properties,
        qos: u8,
        retain: bool,
        now: Instant,
    ) -> Result<Option<Publish>, Dropped> {
        let topic = topic::topic(address, &self.rules.namespace).map_err(|detail| Dropped {
            reason: "addresses that MQTT does not have",
            detail,
        })?;
        let Some(topic) = topic else {
            return Ok(None);
        };
        self.check_rounds(Direction::ToBroker, topic, &payload, now)?;
        if self.rules.version == Version::V3 {
            let bytes = Value::Bytes(payload.as_slice().into());
            self.published.note(topic, &bytes, (), now);
            if retain {
                self.repeated.note(topic, &bytes, (), now);
            }
        } else {
            // Nobody else's.
            properties.user.retain(|(name, _)| name != MARK);
            properties.user.extend(self.origin.mark());
        }
        if retain && payload.is_empty() {
            self.retained.remove(topic);
        } else if retain && self.retained.len() < RETAINED_MAX {
            self.retained.insert(topic.into());
        }
        Ok(Some(Publish {
            topic: topic.to_owned(),
            payload,
            qos,
            retain,
            dup: false,
            id: 0,
            expiry: None,
            properties,
        }))
    }
}

/// The SET of a param.
fn to_write(address: String, value: Value<'static>, written: Written) -> Message<'static> {
    let Written { ttl, if_absent } = written;
    match set(address, value) {
        Message::Set(set) => Message::Set(Set {
            ttl,
            // Routers take revision 0 for "only if there is none".
            revision: if_absent.then_some(0),
            ..set
        }),
        other => other,
    }
}

/// The time to live of a param whose message expires in this many seconds.
fn ttl(seconds: u32) -> Ttl {
    Ttl::Absolute(seconds.clamp(1, TTL_MAX_SECONDS))
}

#[cfg(test)]
mod tests;
