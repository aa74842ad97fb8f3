//! One message: what it does, and what it is answered.
//!
//! | message | answer |
//! |---|---|
//! | HELLO | WELCOME, and the SNAPSHOT of everything to who names the feature param |
//! | SET, BUNDLE, ANNOUNCE | ACK if it was sent with QoS confirm or commit |
//! | PUBLISH, UNSUBSCRIBE | none |
//! | SUBSCRIBE, GET | SNAPSHOTs, an empty one for nothing |
//! | QUERY, SYNC, PING | RESULT, SYNC, PONG |
//!
//! What is refused is always answered with an ERROR that names the address. Without QoS there is no
//! ACK because the Python SDK, which never asks for one, cannot read it either.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::limits;
use super::super::subscriptions::{Key, SubscribeError};
use super::{Hub, Next, Now};
use crate::clasp::wire::{
    self, Ack, Announce, DecodeError, Features, Hello, Message, Pattern, Promises, Qos, Set,
    Signal, SignalType, Subscribe, Sync, TypeMask, Welcome, check_address,
};
use crate::net::peer::close;

/// What the router deals in: everything but federation, and it keeps time.
const FEATURES: Features = Features(
    Features::PARAM
        | Features::EVENT
        | Features::STREAM
        | Features::GESTURE
        | Features::TIMELINE
        | Features::KEEPS_TIME,
);

/// What clients can rely on beyond that.
const PROMISES: Promises = Promises(Promises::WHOLE_SNAPSHOTS);

/// Signals of one RESULT are closed before they are this many bytes.
const RESULT_BYTES: usize = 60_000;

impl Hub {
    /// Takes a frame of a session.
    pub fn handle(&mut self, key: Key, bytes: &[u8], now: Now) -> Next {
        match wire::decode(bytes) {
            Ok(frame) => self.message(key, &frame.message, frame.qos, bytes, now),
            Err(error) => self.bad_frame(key, &error, now),
        }
        let held = !self.congested.is_empty() || self.is_behind(key);
        if held { Next::Hold } else { Next::Go }
    }

    /// A connection that has said nothing for too long.
    pub fn late(&mut self, key: Key) {
        if self.session(key).is_some_and(|session| !session.greeted) {
            self.end(key, 100, "no HELLO came in time", close::POLICY);
        }
    }

    fn bad_frame(&mut self, key: Key, error: &DecodeError, now: Now) {
        let code = match error {
            DecodeError::UnknownMessage(_)
            | DecodeError::Federation
            | DecodeError::Unsupported { .. } => 101,
            DecodeError::Truncated { .. }
            | DecodeError::BadMagic(_)
            | DecodeError::TooDeep
            | DecodeError::Malformed { .. } => 100,
        };
        self.refuse(key, code, &error.to_string(), None, now);
        // A router that asks for federation has made no mistake; it is only in the wrong place.
        if *error != DecodeError::Federation {
            self.strike(key);
        }
    }

    fn strike(&mut self, key: Key) {
        let Some(session) = self.session_mut(key) else {
            return;
        };
        session.bad_frames += 1;
        if session.bad_frames >= limits::BAD_FRAMES {
            self.end(key, 100, "too many bad frames", close::PROTOCOL);
        }
    }

    #[inline]
    fn message(&mut self, key: Key, message: &Message<'_>, qos: Qos, bytes: &[u8], now: Now) {
        let Some(session) = self.session(key) else {
            return;
        };
        if session.outbox.is_closed() {
            return;
        }
        if !session.greeted {
            match message {
                Message::Hello(hello) => self.hello(key, hello, now),
                _ => self.end(key, 100, "HELLO comes first", close::PROTOCOL),
            }
            return;
        }
        if self.settings.rate_limit.is_some() && self.is_too_fast(key, message, now) {
            return;
        }
        match message {
            Message::Set(set) => self.set(key, set, qos, now),
            Message::Publish(publish) => self.publish(key, message, publish, now),
            Message::Bundle(bundle) => self.bundle(key, bundle, qos, bytes, now),
            Message::Get { address } => self.get(key, address, now),
            Message::Subscribe(subscribe) => self.subscribe(key, subscribe, now),
            Message::Unsubscribe { id } => self.subscriptions.remove(key, *id),
            Message::Ping => self.reply(key, &Message::Pong, now),
            Message::Sync(sync) => self.sync(key, sync, now),
            Message::Query { pattern } => self.query(key, pattern, now),
            Message::Announce(announce) => self.announce(key, announce, qos, now),
            Message::Replay(replay) => self.refuse(
                key,
                101,
                "REPLAY is not supported: nothing is recorded here",
                Some(&replay.pattern),
                now,
            ),
            // What a client says of a router's messages is its own affair.
            Message::Pong | Message::Ack(_) | Message::Error(_) => {}
            Message::Hello(_) | Message::Welcome(_) | Message::Snapshot(_) | Message::Result(_) => {
                self.refuse(key, 101, "this message has no place here", None, now);
                self.strike(key);
            }
        }
    }

    /// A PING is never too fast: whoever slows down must be able to fence.
    fn is_too_fast(&mut self, key: Key, message: &Message<'_>, now: Now) -> bool {
        let (Some(limit), false) = (self.settings.rate_limit, *message == Message::Ping) else {
            return false;
        };
        let Some(session) = self.session_mut(key) else {
            return false;
        };
        let second = now.micros / 1_000_000;
        if session.rate.0 != second {
            session.rate = (second, 0);
        }
        session.rate.1 = session.rate.1.saturating_add(1);
        if session.rate.1 <= limit {
            return false;
        }
        let address = match message {
            Message::Set(set) => Some(&*set.address),
            Message::Publish(publish) => Some(&*publish.address),
            Message::Get { address } => Some(&**address),
            Message::Subscribe(subscribe) => Some(&*subscribe.pattern),
            Message::Query { pattern } => Some(&**pattern),
            Message::Bundle(bundle) => bundle.messages.first().and_then(|first| match first {
                Message::Set(set) => Some(&*set.address),
                Message::Publish(publish) => Some(&*publish.address),
                _ => None,
            }),
            _ => None,
        };
        let why = format!("more than {limit} messages a second");
        self.refuse(key, 429, &why, address, now);
        true
    }

    fn hello(&mut self, key: Key, hello: &Hello<'_>, now: Now) {
        if hello.version != 1 {
            let why = format!("version {} is not spoken here, 1 is", hello.version);
            return self.end(key, 102, &why, close::PROTOCOL);
        }
        let checked = match &self.tokens {
            None => Ok(None),
            Some(tokens) => tokens
                .check(hello.token.as_deref(), now.micros)
                .map(|(rights, record)| Some((rights, record.clone()))),
        };
        let name = self.settings.name.clone();
        let mut expires = None;
        let Some(session) = self.session_mut(key) else {
            return;
        };
        match checked {
            Ok(None) => {}
            Ok(Some((rights, record))) => {
                expires = record.expires;
                session.rights = rights;
                session.record = Some(record);
            }
            Err(denied) => {
                let why = denied.to_string();
                return self.end(key, denied.code(), &why, close::POLICY);
            }
        }
        session.greeted = true;
        let welcome = Message::Welcome(Welcome {
            version: 1,
            features: FEATURES,
            time: now.micros,
            session: session.name.to_string().into(),
            name: name.into(),
            token: None,
            promises: PROMISES,
        });
        self.reply(key, &welcome, now);
        self.token_due = self.token_due.into_iter().chain(expires).min();
        // The SDKs keep a copy of everything. Who does not name params is spared it.
        if hello.features.has(Features::PARAM) {
            let all = Pattern::new("/**").expect("a pattern");
            self.send_snapshot(key, &all, now);
        }
    }

    #[inline]
    fn set(&mut self, key: Key, set: &Set<'_>, qos: Qos, now: Now) {
        let address = &*set.address;
        if let Err((code, why)) = self.check_target(key, address) {
            return self.refuse(key, code, &why, Some(address), now);
        }
        let Some(writer) = self.session(key).map(|session| session.name.clone()) else {
            return;
        };
        match self.write(set, &writer, now) {
            Ok(written) => {
                self.timelines.cancel(address);
                if qos != Qos::Fire {
                    let holder = (written.locked == Some(true)).then(|| Cow::Borrowed(&*writer));
                    let ack = Message::Ack(Ack {
                        address: Some(Cow::Borrowed(address)),
                        revision: Some(written.revision),
                        locked: written.locked,
                        holder,
                        correlation_id: None,
                    });
                    self.reply(key, &ack, now);
                }
            }
            Err(refusal) => {
                let why = refusal.to_string();
                self.refuse(key, refusal.code(), &why, Some(address), now);
            }
        }
    }

    /// Whether a session may write to an address that is one.
    #[inline]
    pub(super) fn check_target(&self, key: Key, address: &str) -> Result<(), (u16, String)> {
        check_address(address).map_err(|error| (200, error.to_string()))?;
        match self.session(key) {
            Some(session) if session.rights.may_write(address) => Ok(()),
            _ => Err((301, "the token does not allow writing there".into())),
        }
    }

    fn get(&mut self, key: Key, address: &str, now: Now) {
        if let Err(error) = check_address(address) {
            return self.refuse(key, 200, &error.to_string(), Some(address), now);
        }
        let readable = |session: &super::Session| session.rights.may_read(address);
        if !self.session(key).is_some_and(readable) {
            let why = "the token does not allow reading there";
            return self.refuse(key, 301, why, Some(address), now);
        }
        let state = &mut self.state;
        let found = state.read(address, now.micros).map(wire::Param::into_owned);
        let snapshot = Message::Snapshot(found.into_iter().collect());
        self.reply(key, &snapshot, now);
    }

    fn subscribe(&mut self, key: Key, asked: &Subscribe<'_>, now: Now) {
        let pattern = match self.subscriptions.add(key, asked) {
            Ok(pattern) => pattern.clone(),
            Err(error) => {
                let code = match error {
                    SubscribeError::Pattern(_) => 201,
                    SubscribeError::TooMany => 503,
                };
                let why = error.to_string();
                return self.refuse(key, code, &why, Some(&asked.pattern), now);
            }
        };
        let some = |session: &super::Session| session.rights.may_read_some(&pattern);
        if !self.session(key).is_some_and(some) {
            self.subscriptions.remove(key, asked.id);
            let why = "the token does not allow reading there";
            return self.refuse(key, 301, why, Some(&asked.pattern), now);
        }
        if TypeMask(asked.types.0).has(SignalType::Param) {
            self.send_snapshot(key, &pattern, now);
        } else {
            self.reply(key, &Message::Snapshot(Vec::new()), now);
        }
    }

    fn sync(&mut self, key: Key, asked: &Sync, now: Now) {
        let answer = Message::Sync(Sync {
            t1: asked.t1,
            t2: Some(now.micros),
            // When it is answered. No answer takes less than the clock can show.
            t3: Some(self.settings.clock.micros().max(now.micros + 1)),
        });
        self.reply(key, &answer, now);
    }

    fn query(&mut self, key: Key, asked: &str, now: Now) {
        let pattern = match Pattern::new(asked) {
            Ok(pattern) => pattern,
            Err(error) => return self.refuse(key, 201, &error.to_string(), Some(asked), now),
        };
        let Some(rights) = self.session(key).map(|session| session.rights.clone()) else {
            return;
        };
        let mut found: BTreeMap<Rc<str>, Signal<'static>> = BTreeMap::new();
        for address in self.state.matching(&pattern, now.micros) {
            let datatype = self.state.param(&address, now.micros);
            let datatype = datatype.map(|param| param.value.type_name().into());
            let signal = Signal {
                address: address.to_string().into(),
                signal: SignalType::Param,
                datatype,
                access: None,
                meta: None,
            };
            found.insert(address, signal);
        }
        for (address, signal) in &self.signals {
            if pattern.matches(address) {
                found.insert((**address).into(), signal.clone());
            }
        }
        let (mut chunk, mut bytes) = (Vec::new(), 0);
        for (_, signal) in found.into_iter().filter(|(at, _)| rights.may_read(at)) {
            bytes += 8
                + signal.address.len()
                + signal.datatype.as_ref().map_or(0, |text| text.len())
                + signal.access.as_ref().map_or(0, |text| text.len());
            if bytes > RESULT_BYTES && !chunk.is_empty() {
                let full = Message::Result(std::mem::take(&mut chunk));
                self.reply(key, &full, now);
                bytes = 0;
            }
            chunk.push(signal);
        }
        self.reply(key, &Message::Result(chunk), now);
    }

    fn announce(&mut self, key: Key, announce: &Announce<'_>, qos: Qos, now: Now) {
        let namespace = announce.namespace.trim_end_matches('/');
        let full = |signal: &Signal<'_>| match signal.address.starts_with('/') {
            true => signal.address.to_string(),
            false => format!("{namespace}/{}", signal.address),
        };
        for signal in &announce.signals {
            let address = full(signal);
            if let Err((code, why)) = self.check_target(key, &address) {
                return self.refuse(key, code, &why, Some(&address), now);
            }
        }
        if self.signals.len() + announce.signals.len() > limits::SIGNALS {
            let why = format!("the router holds {} signals already", limits::SIGNALS);
            return self.refuse(key, 503, &why, Some(&announce.namespace), now);
        }
        for signal in &announce.signals {
            let address = full(signal);
            let kept = Signal {
                address: address.clone().into(),
                signal: signal.signal,
                datatype: signal.datatype.clone().map(|text| text.into_owned().into()),
                access: signal.access.clone().map(|text| text.into_owned().into()),
                // A RESULT has no room for it.
                meta: None,
            };
            self.signals.insert(address.into(), kept);
        }
        if qos != Qos::Fire {
            self.reply(key, &Message::Ack(Ack::default()), now);
        }
    }
}
