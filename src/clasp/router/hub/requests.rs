//! Executes one message and replies to it.
//!
//! | message | reply |
//! |---|---|
//! | HELLO | WELCOME, and a SNAPSHOT of all params unless the client opts out |
//! | SET, BUNDLE, ANNOUNCE | ACK if it was sent with QoS confirm or commit |
//! | PUBLISH, UNSUBSCRIBE | none |
//! | SUBSCRIBE | SNAPSHOTs of what matches; none if nothing matches |
//! | GET | SNAPSHOT; an empty one if there is no param |
//! | QUERY, SYNC, PING | RESULT, SYNC, PONG |
//!
//! A refused message always gets an ERROR that names the address. Without QoS there is no ACK,
//! because the Python SDK, which never requests one, cannot read it.

use std::borrow::Cow;
use std::rc::{Rc, Weak};

use super::super::grants::{self, Grant, NoRoom, Resource, Share};
use super::super::limits;
use super::super::state::Refusal;
use super::super::subscriptions::Key;
use super::{Announced, Hub, Next, Now};
use crate::clasp::wire::{
    self, Ack, Announce, DecodeError, Features, Hello, Message, Pattern, Promises, Qos, Set,
    Signal, SignalType, Subscribe, Sync, TypeMask, Welcome, check_address,
};
use crate::net::peer::close;

/// The features of the router: everything except federation, and it holds timed bundles.
const FEATURES: Features = Features(
    Features::PARAM
        | Features::EVENT
        | Features::STREAM
        | Features::GESTURE
        | Features::TIMELINE
        | Features::KEEPS_TIME,
);

/// The router's promises to clients.
const PROMISES: Promises =
    Promises(Promises::WHOLE_SNAPSHOTS | Promises::HONEST_BUNDLES | Promises::KEEPS_SESSIONS);

/// The estimated memory of an announced signal without its texts.
const SIGNAL_BYTES: usize = 150;

/// The greatest total length of a signal's texts, so that they fit a RESULT.
const SIGNAL_TEXT: usize = 2_048;

impl Hub {
    /// Handles a frame of a session.
    pub fn handle(&mut self, key: Key, bytes: &[u8], now: Now) -> Next {
        self.counters.bytes_received += bytes.len() as u64;
        match wire::decode(bytes) {
            Ok(frame) => {
                self.counters.received(&frame.message);
                self.message(key, &frame.message, frame.qos, bytes, now);
            }
            Err(error) => self.bad_frame(key, &error),
        }
        if self.is_behind(key) {
            Next::Hold
        } else {
            Next::Go
        }
    }

    fn bad_frame(&mut self, key: Key, error: &DecodeError) {
        self.counters.bad_frames += 1;
        let code = match error {
            // The code of the reference router for clients without a token for it.
            DecodeError::Federation => 300,
            DecodeError::UnknownMessage(_) | DecodeError::Unsupported { .. } => 101,
            DecodeError::Truncated { .. }
            | DecodeError::BadMagic(_)
            | DecodeError::TooDeep
            | DecodeError::Malformed { .. } => 100,
        };
        self.refuse(key, code, &error.to_string(), None);
        // A request for federation is not a malformed frame.
        if *error != DecodeError::Federation {
            self.count_bad_frame(key);
        }
    }

    fn count_bad_frame(&mut self, key: Key) {
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
        self.dispatch(key, message, qos, bytes, now);
    }

    #[inline]
    pub(super) fn dispatch(
        &mut self,
        key: Key,
        message: &Message<'_>,
        qos: Qos,
        bytes: &[u8],
        now: Now,
    ) {
        if self.cluster.is_some() && self.clustered(key, message, qos, bytes, now) {
            return;
        }
        match message {
            Message::Set(set) => self.set(key, set, qos, now),
            Message::Publish(publish) => self.publish(key, message, publish, now),
            Message::Bundle(bundle) => self.bundle(key, bundle, qos, bytes, now),
            Message::Get { address } => self.get(key, address, now),
            Message::Subscribe(subscribe) => self.subscribe(key, subscribe, now),
            Message::Unsubscribe { id } => self.subscriptions.remove(key, *id),
            Message::Ping => self.reply(key, &Message::Pong),
            Message::Sync(sync) => self.sync(key, sync, now),
            Message::Query { pattern } => self.asked_query(key, pattern, now),
            Message::Announce(announce) => self.announce(key, announce, qos),
            Message::Replay(replay) => self.asked_replay(key, replay, now),
            // A client's replies to our messages are ignored.
            Message::Pong | Message::Ack(_) | Message::Error(_) => {}
            Message::Hello(_) | Message::Welcome(_) | Message::Snapshot(_) | Message::Result(_) => {
                self.refuse(key, 101, "a router does not accept this message", None);
                self.count_bad_frame(key);
            }
        }
    }

    /// Checks the rate limit. A PING is never refused, so that a client can always fence.
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
        self.refuse(key, 429, &why, address);
        true
    }

    /// Handles HELLO. Any version is accepted, as by the reference router: clients in use send 2
    /// and 3 and use the same messages.
    fn hello(&mut self, key: Key, hello: &Hello<'_>, now: Now) {
        let granted = match &self.tokens {
            None => None,
            Some(tokens) => match tokens.check(hello.token.as_deref(), now.micros) {
                Ok((rights, record)) => Some((rights, record.clone())),
                Err(denied) => {
                    let why = denied.to_string();
                    return self.end(key, denied.code(), &why, close::POLICY);
                }
            },
        };
        if let Some((rights, record)) = granted {
            let expires = record.expires;
            let known = self.grants.get(&record.hash).and_then(Weak::upgrade);
            let grant = known.unwrap_or_else(|| {
                let hash = record.hash.clone();
                let grant = Rc::new(Grant::of_token(rights, record));
                self.grants.insert(hash, Rc::downgrade(&grant));
                grant
            });
            self.token_due = self.token_due.into_iter().chain(expires).min();
            if let Some(session) = self.session_mut(key) {
                grant.join();
                session.grant = grant;
            }
        }
        let name = self.settings.name.clone();
        let (features, promises) = self.offered();
        let Some(session) = self.session_mut(key) else {
            return;
        };
        session.greeted = true;
        let welcome = Message::Welcome(Welcome {
            version: 1,
            features,
            time: now.micros,
            session: session.name.to_string().into(),
            name: name.into(),
            token: None,
            promises,
        });
        self.reply(key, &welcome);
        self.session_began(key);
        // The SDKs keep a copy of all params, whatever features they name.
        if !hello.features.has(Features::NO_SNAPSHOT) {
            let all = Pattern::new("/**").expect("a pattern");
            self.begin_snapshot(key, all, true, now);
        }
    }

    /// What a client can rely on here.
    fn offered(&self) -> (Features, Promises) {
        let Some(cluster) = &self.cluster else {
            return (FEATURES, PROMISES);
        };
        let stale = if cluster.is_live() {
            0
        } else {
            Promises::STALE
        };
        let promises = Promises(PROMISES.0 | Promises::SHARED_REVISIONS | stale);
        (FEATURES, promises)
    }

    #[inline]
    fn set(&mut self, key: Key, set: &Set<'_>, qos: Qos, now: Now) {
        let address = &*set.address;
        if let Err((code, why)) = self.check_target(key, address) {
            return self.refuse(key, code, &why, Some(address));
        }
        let Some(writer) = self.session(key).map(|session| session.name.clone()) else {
            return;
        };
        match self.write(set, &writer, now) {
            Ok(written) => {
                self.end_timeline(address);
                if qos != Qos::Fire {
                    let holder = (written.locked == Some(true)).then(|| Cow::Borrowed(&*writer));
                    let ack = Message::Ack(Ack {
                        address: Some(Cow::Borrowed(address)),
                        revision: Some(written.revision),
                        locked: written.locked,
                        holder,
                        correlation_id: None,
                    });
                    self.reply(key, &ack);
                }
            }
            Err(refusal) => {
                let why = refusal.to_string();
                self.refuse(key, refusal.code(), &why, Some(address));
            }
        }
    }

    /// Checks that an address is valid and that the session may write to it.
    #[inline]
    pub(super) fn check_target(&self, key: Key, address: &str) -> Result<(), (u16, String)> {
        check_address(address).map_err(|error| (200, error.to_string()))?;
        match self.session(key) {
            Some(session) if session.grant.rights().may_write(address) => Ok(()),
            _ => Err((301, "the token does not allow writing there".into())),
        }
    }

    pub(super) fn get(&mut self, key: Key, address: &str, now: Now) {
        if let Err(error) = check_address(address) {
            return self.refuse(key, 200, &error.to_string(), Some(address));
        }
        let readable = |session: &super::Session| session.grant.rights().may_read(address);
        if !self.session(key).is_some_and(readable) {
            let why = "the token does not allow reading there";
            return self.refuse(key, 301, why, Some(address));
        }
        self.frame.clear();
        let before = self.expires_if_kept(address);
        let found = self.state.read(address, now.micros);
        let snapshot = Message::Snapshot(found.into_iter().collect());
        if wire::encode_with(&snapshot, Qos::Fire, None, &mut self.frame).is_ok() {
            drop(snapshot);
            self.keep_touch(address, before);
            self.reply_frame(key);
        }
    }

    /// Subscribes. If it is refused, an existing subscription with the same id stays.
    fn subscribe(&mut self, key: Key, asked: &Subscribe<'_>, now: Now) {
        let refused = |hub: &mut Hub, code, why: &str| {
            hub.refuse(key, code, why, Some(&asked.pattern));
        };
        let pattern = match Pattern::new(&asked.pattern) {
            Ok(pattern) => pattern,
            Err(error) => return refused(self, 201, &error.to_string()),
        };
        let some = |session: &super::Session| session.grant.rights().may_read_some(&pattern);
        if !self.session(key).is_some_and(some) {
            return refused(self, 301, "the token does not allow reading there");
        }
        if let Err(error) = self.subscriptions.add(key, asked, pattern.clone()) {
            return refused(self, 503, &error.to_string());
        }
        self.subscribed_history(key, asked, &pattern, now);
        // Without matches no empty SNAPSHOT is sent, because clients expect the first value in the
        // next frame.
        if TypeMask(asked.types.0).has(SignalType::Param) {
            self.begin_snapshot(key, pattern, false, now);
        }
    }

    fn sync(&mut self, key: Key, asked: &Sync, now: Now) {
        let answer = Message::Sync(Sync {
            t1: asked.t1,
            t2: Some(now.micros),
            // At least 1 µs later, because a reply cannot take no time.
            t3: Some(self.settings.clock.micros().max(now.micros + 1)),
        });
        self.reply(key, &answer);
    }

    fn asked_query(&mut self, key: Key, asked: &str, now: Now) {
        match Pattern::new(asked) {
            Ok(pattern) => self.begin_query(key, pattern, now),
            Err(error) => self.refuse(key, 201, &error.to_string(), Some(asked)),
        }
    }

    fn announce(&mut self, key: Key, announce: &Announce<'_>, qos: Qos) {
        let signals = signals_of(announce);
        if let Err((code, why, address)) = self.check_announce(key, &signals) {
            return self.refuse(key, code, &why, Some(&address));
        }
        let Some(grant) = self.session(key).map(|session| session.grant.clone()) else {
            return;
        };
        if let Some(why) = self.cannot_keep() {
            let why = Refusal::Disk(why);
            return self.refuse(key, why.code(), &why.to_string(), Some(&announce.namespace));
        }
        if let Err(why) = self.keep_signals(&grant, signals) {
            return self.refuse(key, 503, &why.to_string(), Some(&announce.namespace));
        }
        self.announced(key, announce, qos);
    }

    /// Acknowledges an ANNOUNCE.
    pub(super) fn announced(&mut self, key: Key, announce: &Announce<'_>, qos: Qos) {
        if qos != Qos::Fire {
            let ack = Ack {
                address: Some(Cow::Borrowed(&*announce.namespace)),
                ..Ack::default()
            };
            self.reply(key, &Message::Ack(ack));
        }
    }

    /// Checks that a session may announce these signals. A refusal has a code, a text, and the address.
    pub(super) fn check_announce(
        &self,
        key: Key,
        signals: &[Signal<'_>],
    ) -> Result<(), (u16, String, String)> {
        for signal in signals {
            let address = &*signal.address;
            let checked = self.check_announced(key, address).and_then(|()| {
                let is_long = signal_bytes(signal) > SIGNAL_BYTES + SIGNAL_TEXT;
                let why = || format!("a signal's texts may have {SIGNAL_TEXT} bytes");
                if is_long { Err((402, why())) } else { Ok(()) }
            });
            checked.map_err(|(code, why)| (code, why, address.to_owned()))?;
        }
        Ok(())
    }

    /// Checks that a session may announce this. It may be a pattern for many signals; then a scope
    /// has to match its text.
    fn check_announced(&self, key: Key, address: &str) -> Result<(), (u16, String)> {
        if !address.contains('*') {
            return self.check_target(key, address);
        }
        Pattern::new(address).map_err(|error| (201, error.to_string()))?;
        match self.session(key) {
            Some(session) if session.grant.rights().may_write(address) => Ok(()),
            _ => Err((301, "the token does not allow writing there".into())),
        }
    }

    /// Stores announced signals, all or none. If there is no room, the signals of disconnected
    /// sessions are removed first.
    fn keep_signals(
        &mut self,
        grant: &Rc<Grant>,
        signals: Vec<Signal<'static>>,
    ) -> Result<(), NoRoom> {
        let new = signals.iter().filter(|signal| {
            let known = self.signals.get(&*signal.address);
            known.is_none_or(|known| !Rc::ptr_eq(known.share.grant(), grant))
        });
        let (count, bytes) = new.fold((0, 0), |(count, bytes), signal| {
            (count + 1, bytes + signal_bytes(signal))
        });
        let check = |hub: &Hub| grants::check(grant, &hub.counts, Resource::Signal, count, bytes);
        if let Err(NoRoom::Router(_)) = check(self) {
            self.end_signals(|announced| !announced.share.grant().is_present());
        }
        check(self)?;
        for signal in signals {
            let address: Rc<str> = Rc::from(&*signal.address);
            self.signals.remove(&address);
            let bytes = signal_bytes(&signal);
            let share = Share::take(grant, &self.counts, Resource::Signal, bytes)?;
            self.keep_signal(&signal, grant);
            self.signals.insert(address, Announced { signal, share });
        }
        Ok(())
    }
}

/// The signals of an ANNOUNCE, with their whole addresses and without what a RESULT has no field for.
pub(super) fn signals_of(announce: &Announce<'_>) -> Vec<Signal<'static>> {
    let namespace = announce.namespace.trim_end_matches('/');
    let text = |text: &Option<Cow<'_, str>>| {
        text.as_ref()
            .map(|text| Cow::Owned(text.as_ref().to_owned()))
    };
    let signals = announce.signals.iter().map(|signal| Signal {
        address: if signal.address.starts_with('/') {
            signal.address.to_string().into()
        } else {
            format!("{namespace}/{}", signal.address).into()
        },
        signal: signal.signal,
        datatype: text(&signal.datatype),
        access: text(&signal.access),
        meta: None,
    });
    signals.collect()
}

/// The estimated memory of an announced signal.
pub(super) fn signal_bytes(signal: &Signal<'_>) -> usize {
    let text = |text: &Option<Cow<'_, str>>| text.as_ref().map_or(0, |text| text.len());
    SIGNAL_BYTES + 2 * signal.address.len() + text(&signal.datatype) + text(&signal.access)
}
