//! Selects and changes what passes a bridge: include and exclude patterns, other addresses at the
//! router, and other ranges of numbers. Takes messages of the bridge's mapping and gives those for
//! the router, and the reverse. No I/O, and the time is a parameter.
//!
//! All patterns are about the bridge's own addresses, such as `/osc/mix/1`.

use std::borrow::Cow;

use tokio::time::Instant;

use super::echo::{ROUTER_WINDOW, Sent};
use crate::clasp::wire::{Frame, Message, Param, Pattern, Publish, Set, Value, check_address};

/// What passes, and how it is changed.
#[derive(Debug)]
pub struct Route {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    remaps: Vec<Remap>,
    scales: Vec<Scale>,
    invert: Vec<Pattern>,
    /// The range that a number is inverted in, where no scale applies.
    usual: Range,
    /// Scaled values that the router will send back, by their address there, with the value before
    /// scaling: the way back may not lead to the same number.
    written: Sent<Value<'static>>,
}

/// The parts of a [`Route`].
#[derive(Debug, Clone)]
pub struct RouteRules {
    /// If there are any, only addresses that match one of these pass.
    pub include: Vec<Pattern>,
    /// Addresses that match one of these do not pass.
    pub exclude: Vec<Pattern>,
    /// Addresses that are others at the router; the first that applies counts.
    pub remaps: Vec<Remap>,
    /// Ranges of numbers; the first that applies counts.
    pub scales: Vec<Scale>,
    /// Where numbers are mirrored in their range, and booleans negated.
    pub invert: Vec<Pattern>,
    /// The range of numbers where no scale applies.
    pub usual: Range,
}

impl Default for RouteRules {
    fn default() -> RouteRules {
        RouteRules {
            include: Vec::new(),
            exclude: Vec::new(),
            remaps: Vec::new(),
            scales: Vec::new(),
            invert: Vec::new(),
            usual: Range::UNIT,
        }
    }
}

/// Two addresses, or two trees of addresses, that are the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remap {
    /// The bridge's address, without `/**`.
    own: Box<str>,
    /// The router's address, without `/**`.
    router: Box<str>,
    /// Whether it is about everything below them, too.
    tree: bool,
}

impl Remap {
    /// A remap of `/a` to `/b`, or of `/a/**` to `/b/**`.
    ///
    /// # Errors
    /// Texts that are no addresses, or if only one of them ends with `/**`.
    pub fn new(own: &str, router: &str) -> Result<Remap, String> {
        let (own, router, tree) = match (own.strip_suffix("/**"), router.strip_suffix("/**")) {
            (Some(own), Some(router)) => (own, router, true),
            (None, None) => (own, router, false),
            _ => return Err("both addresses end with /**, or neither does".into()),
        };
        for address in [own, router] {
            check_address(address).map_err(|error| error.to_string())?;
        }
        Ok(Remap {
            own: own.into(),
            router: router.into(),
            tree,
        })
    }

    /// The address with `from` replaced by `to`, if it applies.
    fn applied(&self, address: &str, from: &str, to: &str) -> Option<String> {
        let rest = address.strip_prefix(from)?;
        let applies = rest.is_empty() || self.tree && rest.starts_with('/');
        applies.then(|| format!("{to}{rest}"))
    }

    fn to_router(&self, address: &str) -> Option<String> {
        self.applied(address, &self.own, &self.router)
    }

    fn to_own(&self, address: &str) -> Option<String> {
        self.applied(address, &self.router, &self.own)
    }
}

/// A range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The number at one end.
    pub from: f64,
    /// The number at the other end; it may be less.
    pub to: f64,
    /// Whether numbers in it are integers.
    pub is_int: bool,
}

impl Range {
    /// 0.0 to 1.0.
    pub const UNIT: Range = Range {
        from: 0.0,
        to: 1.0,
        is_int: false,
    };

    /// 0 to 255.
    pub const BYTE: Range = Range {
        from: 0.0,
        to: 255.0,
        is_int: true,
    };
}

/// A range of numbers at the bridge's side, and the same at the router's.
#[derive(Debug, Clone)]
pub struct Scale {
    /// Where it applies.
    pub addresses: Pattern,
    /// The range of the devices.
    pub device: Range,
    /// The range at the router.
    pub router: Range,
}

impl Route {
    /// A route by rules.
    pub fn new(rules: RouteRules) -> Route {
        let RouteRules {
            include,
            exclude,
            remaps,
            scales,
            invert,
            usual,
        } = rules;
        Route {
            include,
            exclude,
            remaps,
            scales,
            invert,
            usual,
            written: Sent::new(ROUTER_WINDOW),
        }
    }

    /// What to subscribe to at the router: the bridge's own pattern, and the other addresses.
    pub fn subscriptions(&self, own: String) -> Vec<String> {
        let others = self.remaps.iter().flat_map(|remap| {
            let below = remap.tree.then(|| format!("{}/**", remap.router));
            [Some(remap.router.to_string()), below]
                .into_iter()
                .flatten()
        });
        std::iter::once(own).chain(others).collect()
    }

    fn passes(&self, own: &str) -> bool {
        let has = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(own));
        (self.include.is_empty() || has(&self.include)) && !has(&self.exclude)
    }

    /// The message for the router; `None` if it does not pass.
    pub fn to_router(
        &mut self,
        message: Message<'static>,
        now: Instant,
    ) -> Option<Message<'static>> {
        if self.is_identity() {
            return Some(message);
        }
        match message {
            Message::Set(set) => {
                let (router, change) = self.outward(&set.address)?;
                let value = match change {
                    None => set.value,
                    Some(change) => {
                        let value = change.to_router(&set.value);
                        self.written.note(&router, &value, set.value, now);
                        value
                    }
                };
                Some(Message::Set(Set {
                    address: router.into(),
                    value,
                    ..set
                }))
            }
            Message::Publish(publish) => {
                let (router, change) = self.outward(&publish.address)?;
                Some(Message::Publish(changed(
                    publish,
                    router,
                    |value| match change {
                        None => value.clone().into_owned(),
                        Some(change) => change.to_router(value),
                    },
                )))
            }
            other => Some(other),
        }
    }

    /// The frame for the bridge's mapping; `None` if it does not pass.
    pub fn receive<'f>(
        &mut self,
        frame: &'f Frame<'f>,
        now: Instant,
    ) -> Option<Cow<'f, Frame<'f>>> {
        if self.is_identity() {
            return Some(Cow::Borrowed(frame));
        }
        let message = match &frame.message {
            Message::Set(set) => {
                let (address, value) = self.inward(&set.address, &set.value, now)?;
                Message::Set(Set {
                    address: address.into(),
                    value,
                    revision: set.revision,
                    lock: set.lock,
                    unlock: set.unlock,
                    ttl: set.ttl,
                })
            }
            Message::Snapshot(params) => {
                let params = params.iter().filter_map(|param| {
                    let (address, value) = self.inward(&param.address, &param.value, now)?;
                    Some(Param {
                        address: address.into(),
                        value,
                        revision: param.revision,
                        writer: param.writer.clone(),
                        timestamp: param.timestamp,
                    })
                });
                let params: Vec<_> = params.collect();
                if params.is_empty() {
                    return None;
                }
                Message::Snapshot(params)
            }
            Message::Publish(publish) => {
                let own = self.own(&publish.address)?;
                let change = self.change(&own);
                Message::Publish(changed(publish.clone(), own, |value| match change {
                    None => value.clone().into_owned(),
                    Some(change) => change.to_device(value),
                }))
            }
            other => other.clone(),
        };
        Some(Cow::Owned(Frame {
            qos: frame.qos,
            timestamp: frame.timestamp,
            message,
        }))
    }

    /// The router does not read, or reads again: until then its echoes are late.
    pub fn stall(&mut self, stalled: bool, now: Instant) {
        self.written.stall(stalled, now);
    }

    /// The router keeps no values that were written before; it has none to send back.
    pub fn reconnected(&mut self) {
        self.written = Sent::new(ROUTER_WINDOW);
    }

    fn is_identity(&self) -> bool {
        self.include.is_empty()
            && self.exclude.is_empty()
            && self.remaps.is_empty()
            && self.scales.is_empty()
            && self.invert.is_empty()
    }

    /// The router's address for a bridge's, and how numbers change on the way.
    fn outward(&self, own: &str) -> Option<(String, Option<Change>)> {
        if !self.passes(own) {
            return None;
        }
        let router = self.remaps.iter().find_map(|remap| remap.to_router(own));
        Some((router.unwrap_or_else(|| own.to_owned()), self.change(own)))
    }

    /// The bridge's address for a router's. An address that is another one at the router is not
    /// itself there.
    fn own(&self, router: &str) -> Option<String> {
        let own = match self.remaps.iter().find_map(|remap| remap.to_own(router)) {
            Some(own) => own,
            None if self
                .remaps
                .iter()
                .any(|remap| remap.to_router(router).is_some()) =>
            {
                return None;
            }
            None => router.to_owned(),
        };
        self.passes(&own).then_some(own)
    }

    fn inward(
        &mut self,
        router: &str,
        value: &Value<'_>,
        now: Instant,
    ) -> Option<(String, Value<'static>)> {
        let own = self.own(router)?;
        let value = match self.change(&own) {
            None => value.clone().into_owned(),
            Some(change) => match self.written.take(router, value, now) {
                Some(original) => original,
                None => change.to_device(value),
            },
        };
        Some((own, value))
    }

    /// How numbers of a bridge's address change; `None` if they do not.
    fn change(&self, own: &str) -> Option<Change> {
        let invert = self.invert.iter().any(|pattern| pattern.matches(own));
        let scale = self
            .scales
            .iter()
            .find(|scale| scale.addresses.matches(own));
        match scale {
            None if !invert => None,
            None => Some(Change {
                device: self.usual,
                router: self.usual,
                invert,
            }),
            Some(scale) => Some(Change {
                device: scale.device,
                router: scale.router,
                invert,
            }),
        }
    }
}

/// A publish with another address and changed values.
fn changed<'a>(
    publish: Publish<'a>,
    address: String,
    change: impl Fn(&Value<'_>) -> Value<'static>,
) -> Publish<'a> {
    let samples = publish.samples.map(|samples| {
        let changed = samples
            .into_iter()
            .map(|sample| match change(&Value::Float(sample)) {
                Value::Int(int) => int as f64,
                Value::Float(float) => float,
                _ => sample,
            });
        changed.collect()
    });
    Publish {
        address: address.into(),
        value: publish.value.as_ref().map(change),
        samples,
        ..publish
    }
}

/// How the numbers of one address change.
#[derive(Debug, Clone, Copy)]
struct Change {
    device: Range,
    router: Range,
    invert: bool,
}

impl Change {
    fn to_router(self, value: &Value<'_>) -> Value<'static> {
        self.value(value, self.device, self.router)
    }

    fn to_device(self, value: &Value<'_>) -> Value<'static> {
        self.value(value, self.router, self.device)
    }

    fn value(self, value: &Value<'_>, from: Range, to: Range) -> Value<'static> {
        match value {
            Value::Int(int) => self.number(*int as f64, from, to),
            Value::Float(float) if !float.is_nan() => self.number(*float, from, to),
            Value::Bool(bool) => Value::Bool(bool ^ self.invert),
            Value::Array(items) => {
                let items = items.iter().map(|item| self.value(item, from, to));
                Value::Array(items.collect())
            }
            other => other.clone().into_owned(),
        }
    }

    fn number(self, number: f64, from: Range, to: Range) -> Value<'static> {
        let part = ((number - from.from) / (from.to - from.from)).clamp(0.0, 1.0);
        let part = if self.invert { 1.0 - part } else { part };
        let number = to.from + part * (to.to - to.from);
        if to.is_int {
            Value::Int(number.round() as i64)
        } else {
            Value::Float(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::bridge::unit::set;
    use crate::clasp::wire::{Qos, SignalType};

    fn pattern(text: &str) -> Pattern {
        Pattern::new(text).expect("a pattern")
    }

    fn out(
        route: &mut Route,
        address: &str,
        value: Value<'static>,
    ) -> Option<(String, Value<'static>)> {
        match route.to_router(set(address.into(), value), Instant::now())? {
            Message::Set(set) => Some((set.address.into_owned(), set.value)),
            other => panic!("{other:?}"),
        }
    }

    fn back(
        route: &mut Route,
        address: &str,
        value: Value<'static>,
    ) -> Option<(String, Value<'static>)> {
        let frame = Frame {
            qos: Qos::Fire,
            timestamp: None,
            message: set(address.into(), value),
        };
        let frame = route.receive(&frame, Instant::now())?.into_owned();
        match frame.message {
            Message::Set(set) => Some((set.address.into_owned(), set.value.into_owned())),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn patterns_decide_in_both_directions() {
        let mut route = Route::new(RouteRules {
            include: vec![pattern("/osc/**")],
            exclude: vec![pattern("/osc/meters/*")],
            ..RouteRules::default()
        });
        for (address, passes) in [("/osc/a", true), ("/osc/meters/1", false), ("/x", false)] {
            let value = Value::Int(1);
            assert_eq!(
                out(&mut route, address, value.clone()).is_some(),
                passes,
                "{address}"
            );
            assert_eq!(
                back(&mut route, address, value).is_some(),
                passes,
                "{address}"
            );
        }
    }

    #[test]
    fn a_remapped_address_is_found_again_and_is_nowhere_else() {
        let remaps = [("/osc/1", "/lights/front"), ("/osc/desk/**", "/stage/**")];
        let mut route = Route::new(RouteRules {
            remaps: remaps
                .map(|(own, router)| Remap::new(own, router).expect("addresses"))
                .into(),
            ..RouteRules::default()
        });
        for (own, router) in [
            ("/osc/1", "/lights/front"),
            ("/osc/desk", "/stage"),
            ("/osc/desk/a/b", "/stage/a/b"),
            ("/osc/desktop", "/osc/desktop"),
            ("/osc/1/x", "/osc/1/x"),
        ] {
            let value = Value::Bool(true);
            let expected = Some((router.to_owned(), value.clone()));
            assert_eq!(out(&mut route, own, value.clone()), expected);
            let expected = Some((own.to_owned(), value.clone()));
            assert_eq!(back(&mut route, router, value), expected);
        }
        assert_eq!(back(&mut route, "/osc/desk/a", Value::Null), None);
        assert_eq!(
            route.subscriptions("/osc/**".into()),
            ["/osc/**", "/lights/front", "/stage", "/stage/**"]
        );
        for (own, router) in [
            ("/a/**", "/b"),
            ("/a", "b"),
            ("/a/*", "/b/*"),
            ("/**", "/**"),
        ] {
            assert!(Remap::new(own, router).is_err(), "{own} {router}");
        }
    }

    #[test]
    fn numbers_are_scaled_and_mirrored_and_the_way_back_is_exact_for_own_values() {
        let mut route = Route::new(RouteRules {
            scales: vec![Scale {
                addresses: pattern("/osc/fader/*"),
                device: Range::UNIT,
                router: Range::BYTE,
            }],
            invert: vec![pattern("/osc/fader/2"), pattern("/osc/mute/*")],
            ..RouteRules::default()
        });
        let table = [
            ("/osc/fader/1", Value::Float(0.1), Value::Int(26)),
            ("/osc/fader/1", Value::Int(7), Value::Int(255)),
            ("/osc/fader/2", Value::Float(0.0), Value::Int(255)),
            ("/osc/mute/1", Value::Bool(true), Value::Bool(false)),
            ("/osc/mute/1", Value::Float(0.25), Value::Float(0.75)),
            ("/osc/other", Value::Float(0.5), Value::Float(0.5)),
            (
                "/osc/fader/1",
                Value::String("on".into()),
                Value::String("on".into()),
            ),
        ];
        for (address, own, router) in table {
            assert_eq!(
                out(&mut route, address, own.clone()),
                Some((address.into(), router.clone())),
                "{own:?}"
            );
            assert_eq!(
                back(&mut route, address, router),
                Some((address.into(), own))
            );
        }
        // What somebody else has written.
        let expected = Some(("/osc/fader/2".into(), Value::Float(0.8)));
        assert_eq!(back(&mut route, "/osc/fader/2", Value::Int(51)), expected);
        let array = Value::Array(vec![Value::Int(0), Value::Null]);
        let expected = Value::Array(vec![Value::Float(0.0), Value::Null]);
        assert_eq!(
            back(&mut route, "/osc/fader/1", array),
            Some(("/osc/fader/1".into(), expected))
        );
    }

    #[test]
    fn streams_are_scaled_sample_by_sample() {
        let mut route = Route::new(RouteRules {
            invert: vec![pattern("/a")],
            ..RouteRules::default()
        });
        let publish = Publish {
            samples: Some(vec![0.0, 0.25]),
            ..Publish::new(SignalType::Stream, "/a")
        };
        let sent = route.to_router(Message::Publish(publish), Instant::now());
        let Some(Message::Publish(sent)) = sent else {
            panic!("{sent:?}")
        };
        assert_eq!(sent.samples, Some(vec![1.0, 0.75]));
    }
}
