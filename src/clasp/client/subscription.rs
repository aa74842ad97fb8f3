//! Everything that matches, for as long as wanted. Takes patterns, gives [`Event`]s.
//!
//! A subscription is only as good as its liveness. The reference router forgets a session that has
//! been sent nothing for 300 s, and leaves its socket open (quirk 11), so silence is probed end to
//! end; where that is not allowed, a second connection takes over before the time is up. A lost
//! connection is made anew, the patterns subscribed again, and what may have been missed is told
//! from the revisions.
//!
//! ```text
//!   HELLO PING SUBSCRIBE… PING        one write
//!   WELCOME  SNAPSHOT of all  PONG    the first PONG ends what nobody asked for (quirk 1)
//!            SNAPSHOT…        PONG    the second ends the patterns' own snapshot: live (quirk 4)
//! ```
//!
//! It counts its PONGs itself and does not use [`super::pipeline`]: nothing that a subscription is
//! sent is a reply. What the pipeline would match, SETs, events and snapshots, comes unasked and at
//! the speed of a flood, and each frame is passed on as the bytes that came. A PONG here does not
//! end a wait but a stage, also of a connection that is being replaced.

mod gaps;
mod hand_over;
mod probe;

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::connection::{Connection, Load};
use super::reader::whole::Weight;
use super::reader::{Reader, asked_for, is_beside};
use super::{Error, Reconnect, Refusal, Target};
use crate::clasp::rate_limiter::{Limits, RateLimiter};
use crate::clasp::wire::{
    self, Capability, Message, Pattern, SignalType, Subscribe, TypeMask, Welcome,
};
use crate::net::Lost;
use crate::net::backoff::Backoff;

pub use gaps::Missed;
use gaps::Revisions;
use probe::{Probe, Verdict};

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Request {
    /// What to match; at least one.
    pub patterns: Vec<Pattern>,
    /// Which types of signal.
    pub types: TypeMask,
    /// Max rate and epsilon.
    pub limits: Limits,
    /// Whether the values that are there already are wanted, before the live ones.
    pub retained: bool,
    /// How long a silence lasts before it is probed.
    pub probe_interval: Duration,
    /// How to come back.
    pub reconnect: Reconnect,
}

/// What a subscription yields.
#[derive(Debug)]
pub enum Event {
    /// A SET or a PUBLISH, as a frame.
    Message(Bytes),
    /// A value that was there already: a frame with a SNAPSHOT of this one param.
    Retained(Bytes),
    /// Connected, and from here on everything that matches will come. Retained values come before.
    Live {
        /// The router's answer to HELLO.
        welcome: Welcome<'static>,
        /// How it is to be back, unless this is the first time.
        back: Option<Back>,
    },
    /// The connection is gone; it is being made anew.
    Gone {
        /// How it went.
        cause: String,
    },
    /// The router says that it dropped messages because this side read too slowly.
    Dropped(Refusal),
    /// The router complains about something else.
    Complaint(Refusal),
    /// The router has left out part of a large snapshot: values that are there already may never
    /// have been yielded.
    Cut,
}

/// A connection has been made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// How long there was none.
    pub after: Duration,
    /// What may have been missed meanwhile.
    pub missed: Missed,
}

/// How many frames of others are queued before what has come is looked at.
const WRITES_AT_ONCE: usize = 256;

/// What a connection is to do next.
enum Next {
    /// A frame has come.
    Heard(Bytes),
    /// A frame is to be sent.
    Write(Bytes),
}

/// A live subscription. Dropping it ends it.
pub struct Subscription {
    target: Target,
    request: Request,
    session: Option<Connection>,
    welcome: Welcome<'static>,
    stage: Stage,
    limiter: Option<RateLimiter>,
    revisions: Revisions,
    probe: Probe,
    backoff: Backoff,
    tries: u32,
    gone_since: Option<Instant>,
    next_try: watch::Sender<Option<Instant>>,
    /// What a session that is being replaced has delivered already, see [`Self::hand_over`].
    delivered: HashMap<Bytes, usize>,
    ready: VecDeque<Event>,
    weight: Weight,
    /// The snapshot may have been cut, and is to be looked at again before this is said.
    in_doubt: Option<Event>,
    /// Frames that others want sent, see [`Self::with_writes`].
    writes: Option<mpsc::Receiver<Bytes>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The snapshot of all state may still come.
    Hello,
    /// The patterns' own snapshot may still come.
    Snapshot,
    Live,
}

impl Subscription {
    /// Connects and subscribes. A first connection that fails is not tried again.
    ///
    /// # Errors
    /// [`Error::Connect`], [`Error::Unwelcome`].
    pub async fn open(target: Target, request: Request) -> Result<Subscription, Error> {
        let (session, welcome) = subscribe(&target, &request).await?;
        Ok(Subscription {
            session: Some(session),
            welcome,
            stage: Stage::Hello,
            limiter: RateLimiter::new(request.limits),
            revisions: Revisions::default(),
            probe: Probe::new(request.probe_interval, Instant::now()),
            backoff: request.reconnect.backoff(),
            tries: 0,
            gone_since: None,
            next_try: watch::Sender::new(None),
            delivered: HashMap::new(),
            ready: VecDeque::new(),
            weight: Weight::default(),
            in_doubt: None,
            writes: None,
            target,
            request,
        })
    }

    /// Sends these frames, too, while the subscription is live: a router does not send a session what
    /// it has published itself. Nothing is matched with them: an ERROR is a [`Event::Complaint`],
    /// and what waits when the connection is lost is dropped, because it would come late.
    pub fn with_writes(mut self, writes: mpsc::Receiver<Bytes>) -> Subscription {
        self.writes = Some(writes);
        self
    }

    /// Sends the frames that wait, and a Close frame.
    pub async fn close(mut self) {
        let Some(mut session) = self.session.take() else {
            return;
        };
        if self.stage == Stage::Live
            && let Some(writes) = &mut self.writes
        {
            while let Ok(frame) = writes.try_recv() {
                if session.send_frame(frame).is_err() {
                    return;
                }
            }
        }
        session.close().await;
    }

    /// When the next attempt to reconnect is due, or under way since; none while there is a
    /// connection. For who shows it while [`next`](Self::next) waits.
    pub fn next_try(&self) -> watch::Receiver<Option<Instant>> {
        self.next_try.subscribe()
    }

    /// The next event. Cancel-safe, but for a reconnection under way, which then begins anew.
    ///
    /// # Errors
    /// Whatever cannot heal: a refusal, or a lost connection that is not to be made anew or could
    /// not be in as many tries as allowed.
    pub async fn next(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            if let Some(live) = self.in_doubt.take() {
                self.look_again().await;
                self.ready.push_back(live);
                continue;
            }
            let Some(session) = &mut self.session else {
                self.come_back().await?;
                continue;
            };
            let wake = match self.limiter.as_ref().and_then(RateLimiter::due) {
                Some(due) => due.min(self.probe.due()),
                None => self.probe.due(),
            };
            let is_live = self.stage == Stage::Live;
            let next = async {
                // In no fixed order: a flood on one side must not keep the other from its turn.
                tokio::select! {
                    frame = session.next() => frame.map(Next::Heard),
                    frame = next_write(&mut self.writes), if is_live => Ok(Next::Write(frame)),
                }
            };
            let heard = tokio::select! {
                biased;
                next = next => match next {
                    Ok(Next::Heard(frame)) => self.accept(frame),
                    Ok(Next::Write(frame)) => self.write(frame).map(|()| None),
                    Err(error) => Err(error),
                },
                () = sleep_until(wake) => self.tick().await,
            };
            match heard {
                Ok(Some(event)) => return Ok(event),
                Ok(None) => {}
                Err(error) => self.lose(error)?,
            }
        }
    }

    /// Queues a frame, and those that wait behind it: they leave in one write.
    fn write(&mut self, first: Bytes) -> Result<(), Error> {
        let (Some(session), Some(writes)) = (&mut self.session, &mut self.writes) else {
            return Ok(());
        };
        session.send_frame(first)?;
        for _ in 0..WRITES_AT_ONCE {
            match writes.try_recv() {
                Ok(frame) => session.send_frame(frame)?,
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// What is still held back by max rate, when the subscription ends.
    pub fn drain(&mut self) -> Vec<Bytes> {
        self.limiter
            .as_mut()
            .map(RateLimiter::drain)
            .unwrap_or_default()
    }

    fn accept(&mut self, bytes: Bytes) -> Result<Option<Event>, Error> {
        let frame = match wire::decode(&bytes) {
            Ok(frame) => frame,
            Err(error) => return Err(Error::Garbled(error)),
        };
        match &frame.message {
            Message::Set(set) => {
                self.probe.heard();
                if self.is_repeat(&bytes) || !self.wants(SignalType::Param, &set.address) {
                    return Ok(None);
                }
                self.revisions.write(&set.address, set.revision, &set.value);
                Ok(self.limit(&frame.message, &bytes))
            }
            Message::Publish(publish) => {
                self.probe.heard();
                if probe::is_echo(&publish.address, &self.welcome.session) {
                    self.probe.echoed();
                    return Ok(None);
                }
                if self.is_repeat(&bytes) || !self.wants(publish.signal, &publish.address) {
                    return Ok(None);
                }
                Ok(self.limit(&frame.message, &bytes))
            }
            Message::Snapshot(params) => {
                self.probe.heard();
                if self.stage == Stage::Snapshot && self.request.types.has(SignalType::Param) {
                    self.retain(params, self.gone_since.is_some())?;
                }
                Ok(None)
            }
            Message::Pong => self.fence().map(|()| None),
            Message::Error(error) => self.complain(Refusal::from(error.clone())),
            _ => Ok(None),
        }
    }

    fn wants(&self, signal: SignalType, address: &str) -> bool {
        self.request.types.has(signal)
            && self
                .request
                .patterns
                .iter()
                .any(|pattern| pattern.matches(address))
    }

    fn limit(&mut self, message: &Message<'_>, bytes: &Bytes) -> Option<Event> {
        let passes = match &mut self.limiter {
            Some(limiter) => limiter.passes(message, bytes, Instant::now()),
            None => true,
        };
        passes.then(|| Event::Message(bytes.clone()))
    }

    /// A PONG: the end of a stage, or a probe's fence.
    fn fence(&mut self) -> Result<(), Error> {
        match self.stage {
            Stage::Hello => {
                self.stage = Stage::Snapshot;
                self.probe.heard();
            }
            Stage::Snapshot => {
                self.stage = Stage::Live;
                self.probe.fenced(Instant::now());
                self.tries = 0;
                self.backoff.reset();
                let keeps_all = self.welcome.has(Capability::WholeSnapshots);
                let in_doubt = std::mem::take(&mut self.weight).may_be_cut() && !keeps_all;
                if self.gone_since.is_some() && !in_doubt {
                    self.revisions.forget_absent();
                }
                let missed = self.revisions.settle();
                let back = self.gone_since.take().map(|since| Back {
                    after: since.elapsed(),
                    missed: missed.beside_transients(self.request.types),
                });
                let live = Event::Live {
                    welcome: self.welcome.clone(),
                    back,
                };
                if in_doubt {
                    self.in_doubt = Some(live);
                } else {
                    self.ready.push_back(live);
                }
            }
            Stage::Live => self.probe.fenced(Instant::now()),
        }
        Ok(())
    }

    /// Yields what a snapshot holds and was not seen before: patterns that overlap each bring their
    /// own snapshot, and patterns that are subscribed `again` bring what is known.
    fn retain(&mut self, params: &[wire::Param<'_>], again: bool) -> Result<(), Error> {
        let mut encoded = Vec::new();
        for param in params {
            if !self.wants(SignalType::Param, &param.address) {
                continue;
            }
            let news = self.revisions.retained(param);
            if news && (again || self.request.retained) {
                encoded.clear();
                wire::encode(&Message::Snapshot(vec![param.clone()]), &mut encoded)?;
                self.weight.add(encoded.len());
                self.ready
                    .push_back(Event::Retained(Bytes::copy_from_slice(&encoded)));
            }
        }
        Ok(())
    }

    /// Reads the snapshot once more, in a way that shows whether the router has cut it; a second
    /// connection does, because this one is live. That it fails is no reason to end.
    async fn look_again(&mut self) {
        let Ok(mut reader) = Reader::connect(&self.target, Load::Flood).await else {
            return;
        };
        let mut cut = false;
        for pattern in self.request.patterns.clone() {
            let Ok(found) = reader.pattern(&pattern).await else {
                return;
            };
            cut |= found.cut;
            // What is live by now is newer: only what was never seen is retained.
            if self.retain(&found.params, false).is_err() {
                return;
            }
        }
        reader.close().await;
        // The second connection's view is no evidence of what the first has missed.
        self.revisions.settle();
        if cut {
            self.ready.push_back(Event::Cut);
        }
    }

    fn complain(&mut self, refusal: Refusal) -> Result<Option<Event>, Error> {
        if self.stage != Stage::Live {
            let mut patterns = self.request.patterns.iter();
            return if patterns.any(|pattern| is_beside(&refusal, pattern)) {
                Ok(None)
            } else {
                Err(Error::Refused(refusal))
            };
        }
        match self.probe.refused(&refusal) {
            Verdict::Forgotten => Err(self.cut("the router had forgotten this session")),
            Verdict::Heard => Ok(None),
            Verdict::Unrelated if refusal.code == Refusal::DROPPED => {
                Ok(Some(Event::Dropped(refusal)))
            }
            Verdict::Unrelated => Ok(Some(Event::Complaint(refusal))),
        }
    }

    /// A timer: something held is due, or it has been silent for long.
    async fn tick(&mut self) -> Result<Option<Event>, Error> {
        let now = Instant::now();
        if let Some(limiter) = &mut self.limiter {
            self.ready
                .extend(limiter.release(now).into_iter().map(Event::Message));
        }
        match self.probe.tick(now) {
            probe::Action::Wait => {}
            probe::Action::Send => {
                if let Some(session) = &mut self.session {
                    session.send(&probe::message(&self.welcome.session))?;
                    session.send(&Message::Ping)?;
                }
            }
            // It forgets nobody: all that is to be known is whether it is still there.
            probe::Action::HandOver if self.welcome.has(Capability::KeepsSessions) => {
                if let Some(session) = &mut self.session {
                    session.send(&Message::Ping)?;
                    self.probe.fence_sent(now);
                }
            }
            probe::Action::HandOver => self.hand_over().await?,
            probe::Action::GiveUp => return Err(self.cut("no answer to a probe")),
        }
        Ok(None)
    }

    fn cut(&self, why: &str) -> Error {
        Error::Lost {
            endpoint: self.target.endpoint.clone(),
            cause: Lost::Broken(why.to_owned()),
        }
    }

    /// The connection is gone: for good, or to be made anew.
    fn lose(&mut self, error: Error) -> Result<(), Error> {
        let heals =
            error.is_temporary() || matches!(&error, Error::Refused(refusal) if refusal.too_fast());
        let spent = self.request.reconnect.max_tries == Some(self.tries);
        if !self.request.reconnect.enabled || !heals || spent {
            return Err(error);
        }
        self.session = None;
        self.gone_since.get_or_insert_with(Instant::now);
        if self.stage == Stage::Live {
            let cause = match error {
                Error::Lost { cause, .. } => cause.to_string(),
                error => error.to_string(),
            };
            self.ready.push_back(Event::Gone { cause });
        }
        self.stage = Stage::Hello;
        self.delivered.clear();
        if let Some(writes) = &mut self.writes {
            while writes.try_recv().is_ok() {}
        }
        Ok(())
    }

    /// Waits its turn and connects again, once.
    async fn come_back(&mut self) -> Result<(), Error> {
        let wait = self.backoff.wait();
        self.tries += 1;
        self.next_try.send_replace(Some(Instant::now() + wait));
        sleep(wait).await;
        match subscribe(&self.target, &self.request).await {
            Ok((session, welcome)) => {
                self.next_try.send_replace(None);
                self.session = Some(session);
                self.welcome = welcome;
                self.revisions.reconnected();
                self.stage = Stage::Hello;
                self.probe = Probe::new(self.request.probe_interval, Instant::now());
                Ok(())
            }
            Err(error) => self.lose(error),
        }
    }
}

/// The next frame that others want sent; none for ever once they are gone.
async fn next_write(writes: &mut Option<mpsc::Receiver<Bytes>>) -> Bytes {
    if let Some(receiver) = writes {
        if let Some(frame) = receiver.recv().await {
            return frame;
        }
        *writes = None;
    }
    pending().await
}

/// Connects and asks for everything, see the drawing above.
async fn subscribe(
    target: &Target,
    request: &Request,
) -> Result<(Connection, Welcome<'static>), Error> {
    let mut session = Connection::connect(target, Load::Flood).await?;
    session.send(&Message::Ping)?;
    let patterns = request.patterns.iter().flat_map(asked_for);
    for (id, pattern) in (1..).zip(patterns) {
        session.send(&Message::Subscribe(Subscribe {
            id,
            pattern: pattern.into(),
            types: request.types,
            max_rate: request.limits.max_rate,
            epsilon: request.limits.epsilon,
            history: None,
            window: None,
        }))?;
    }
    session.send(&Message::Ping)?;
    let welcome = session.welcomed().await?.clone();
    Ok((session, welcome))
}
