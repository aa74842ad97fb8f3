//! A live subscription across lost connections. Takes patterns, gives [`Event`]s.
//!
//! The reference router forgets a session to which it has sent nothing for 300 s, and leaves the
//! socket open (quirk 11). So a silent session is probed end to end; where the token does not allow
//! that, a second connection replaces it before the time is up. After a lost connection the client
//! reconnects and subscribes again, and computes from the revisions what may have been missed.
//!
//! ```text
//!   HELLO PING SUBSCRIBE… PING        one write
//!   WELCOME  SNAPSHOT of all  PONG    the first PONG ends the unrequested snapshot (quirk 1)
//!            SNAPSHOT…        PONG    the second ends the patterns' own snapshot: live (quirk 4)
//! ```
//!
//! It counts its PONGs itself and does not use [`super::pipeline`]: deliveries to a subscription
//! are not replies. They come at a high rate, and each frame is passed on as it was received. A
//! PONG here ends a [`Stage`], not a wait.

mod gaps;
mod hand_over;
mod probe;

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::connection::{Connection, Load};
use super::reader::truncation::ParamSizes;
use super::reader::{ParamReader, is_about_extra_pattern, subscribed_patterns};
use super::{Error, Reconnect, Refusal, Target};
use crate::clasp::rate_limiter::{Limits, RateLimiter};
use crate::clasp::wire::{
    self, Capability, Message, Pattern, SignalType, Subscribe, TypeMask, Welcome,
};
use crate::net::Lost;
use crate::net::backoff::Backoff;

pub use gaps::Missed;
use gaps::Revisions;
use probe::{ErrorMeaning, Probe};

/// What to subscribe to, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// The patterns; at least one.
    pub patterns: Vec<Pattern>,
    /// The types of signals.
    pub types: TypeMask,
    /// Max rate and epsilon.
    pub limits: Limits,
    /// Whether to yield the present values before the live ones.
    pub retained: bool,
    /// How long a silence may last before the session is probed.
    pub probe_interval: Duration,
    /// How to reconnect.
    pub reconnect: Reconnect,
}

/// What a subscription yields.
#[derive(Debug)]
pub enum Event {
    /// A SET or a PUBLISH, as a frame.
    Message(Bytes),
    /// A value that existed before the subscription: a frame with a SNAPSHOT of this one param.
    Retained(Bytes),
    /// Connected: from here on everything that matches is delivered. Retained values come before
    /// this event.
    Live {
        /// The router's answer to HELLO.
        welcome: Welcome<'static>,
        /// What happened while the connection was lost; `None` the first time.
        back: Option<Reconnected>,
    },
    /// The connection was lost; it is being made again.
    Disconnected {
        /// Why it was lost.
        cause: String,
    },
    /// The router says that it dropped messages because this side read too slowly.
    Dropped(Refusal),
    /// The router sent an ERROR about something else.
    RouterError(Refusal),
    /// The router left out a part of a large snapshot: some present values may not have been
    /// yielded.
    Truncated,
}

/// The connection has been made again after a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconnected {
    /// How long there was no connection.
    pub after: Duration,
    /// What may have been missed meanwhile.
    pub missed: Missed,
}

/// How many outgoing frames are queued before incoming frames are handled again.
const WRITES_AT_ONCE: usize = 256;

/// The next thing to do on a connection.
enum Next {
    /// A frame was received.
    Received(Bytes),
    /// A frame has to be sent.
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
    disconnected_at: Option<Instant>,
    next_try: watch::Sender<Option<Instant>>,
    /// The frames that the replaced session delivered, with their number, see [`Self::hand_over`].
    delivered: HashMap<Bytes, usize>,
    ready: VecDeque<Event>,
    /// What ended the connection, behind what is ready.
    failed: Option<Error>,
    param_sizes: ParamSizes,
    /// The [`Event::Live`] that is held back, because the snapshot may be truncated and is read
    /// again first.
    unconfirmed_live: Option<Event>,
    /// Outgoing frames, see [`Self::with_writes`].
    writes: Option<mpsc::Receiver<Bytes>>,
    /// Whether an outgoing frame goes before an incoming one.
    write_first: bool,
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
            disconnected_at: None,
            next_try: watch::Sender::new(None),
            delivered: HashMap::new(),
            ready: VecDeque::new(),
            failed: None,
            param_sizes: ParamSizes::default(),
            unconfirmed_live: None,
            writes: None,
            write_first: false,
            target,
            request,
        })
    }

    /// Also sends these frames while the subscription is live. They use the same session because a
    /// router does not deliver to a session what that session has published. Replies are not
    /// matched: an ERROR is an [`Event::RouterError`]. Frames that wait when the connection is lost
    /// are dropped, because they would arrive late. While the router does not read, no frames are
    /// taken from `writes`.
    pub fn with_writes(mut self, writes: mpsc::Receiver<Bytes>) -> Subscription {
        self.writes = Some(writes);
        self
    }

    /// Sends the outgoing frames that wait, then a Close frame.
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

    /// When the next attempt to reconnect begins or began; `None` while there is a connection. A
    /// display can watch it while [`next`](Self::next) waits.
    pub fn next_try(&self) -> watch::Receiver<Option<Instant>> {
        self.next_try.subscribe()
    }

    /// The next event. Cancel-safe, except that an attempt to reconnect begins again.
    ///
    /// # Errors
    /// Permanent errors: a refusal, or a lost connection when reconnecting is disabled or has
    /// failed as often as allowed.
    pub async fn next(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            if let Some(error) = self.failed.take() {
                self.connection_lost(error)?;
                continue;
            }
            if let Some(live) = self.unconfirmed_live.take() {
                self.reread_snapshots().await;
                self.ready.push_back(live);
                continue;
            }
            let Some(session) = &mut self.session else {
                self.reconnect().await?;
                continue;
            };
            let wake = match self.limiter.as_ref().and_then(RateLimiter::due) {
                Some(due) => due.min(self.probe.due()),
                None => self.probe.due(),
            };
            let is_live = self.stage == Stage::Live;
            let writes = &mut self.writes;
            // In turns: a high rate in one direction must not block the other.
            self.write_first = !self.write_first;
            let write_first = self.write_first;
            let next = poll_fn(|cx| {
                if write_first
                    && is_live
                    && let Poll::Ready(frame) = poll_write(session, writes, cx)
                {
                    return Poll::Ready(Ok(Next::Write(frame)));
                }
                if let Poll::Ready(frame) = session.poll_next(cx) {
                    return Poll::Ready(frame.map(Next::Received));
                }
                if !is_live {
                    return Poll::Pending;
                }
                // The poll above has written what was queued, so there may be room now.
                poll_write(session, writes, cx).map(|frame| Ok(Next::Write(frame)))
            });
            let heard = tokio::select! {
                biased;
                next = next => match next {
                    Ok(Next::Received(frame)) => self.accept(frame),
                    Ok(Next::Write(frame)) => self.write(frame).map(|()| None),
                    Err(error) => Err(error),
                },
                () = sleep_until(wake) => self.tick().await,
            };
            match heard {
                Ok(Some(event)) => return Ok(event),
                Ok(None) => {}
                Err(error) => self.connection_lost(error)?,
            }
        }
    }

    /// The next event if that is a message and has arrived, without waiting. At a high rate it costs far
    /// less than [`next`](Self::next), which has to be called first: it lets the rest of the program go on.
    pub fn next_message(&mut self) -> Option<Bytes> {
        loop {
            match self.ready.pop_front() {
                Some(Event::Message(frame) | Event::Retained(frame)) => return Some(frame),
                Some(other) => {
                    self.ready.push_front(other);
                    return None;
                }
                None => {}
            }
            if self.stage != Stage::Live || self.failed.is_some() {
                return None;
            }
            let session = self.session.as_mut()?;
            // Nothing is waited for: `next` polls again with the task's waker.
            let polled = session.poll_next(&mut Context::from_waker(Waker::noop()));
            let heard = match polled {
                Poll::Ready(frame) => frame.and_then(|frame| self.accept(frame)),
                Poll::Pending => return None,
            };
            match heard {
                Ok(event) => self.ready.extend(event),
                Err(error) => self.failed = Some(error),
            }
        }
    }

    /// Queues an outgoing frame and those that wait behind it: they are sent in one write.
    fn write(&mut self, first: Bytes) -> Result<(), Error> {
        let (Some(session), Some(writes)) = (&mut self.session, &mut self.writes) else {
            return Ok(());
        };
        session.send_frame(first)?;
        for _ in 0..WRITES_AT_ONCE {
            if !session.has_room() {
                break;
            }
            match writes.try_recv() {
                Ok(frame) => session.send_frame(frame)?,
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// The messages that max rate still holds back, for the end of the subscription.
    pub fn drain(&mut self) -> Vec<Bytes> {
        self.limiter
            .as_mut()
            .map(RateLimiter::drain)
            .unwrap_or_default()
    }

    fn accept(&mut self, bytes: Bytes) -> Result<Option<Event>, Error> {
        let frame = match wire::decode(&bytes) {
            Ok(frame) => frame,
            Err(error) => return Err(Error::Undecodable(error)),
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
                    self.retain(params, self.disconnected_at.is_some())?;
                }
                Ok(None)
            }
            Message::Pong => self.fence().map(|()| None),
            Message::Error(error) => self.handle_error(Refusal::from(error.clone())),
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

    /// Handles a PONG: it ends a stage, or is the fence of a probe.
    fn fence(&mut self) -> Result<(), Error> {
        match self.stage {
            Stage::Hello => {
                self.stage = Stage::Snapshot;
                self.revisions.welcomed(&self.welcome);
                self.probe.heard();
            }
            Stage::Snapshot => {
                self.stage = Stage::Live;
                self.probe.fenced(Instant::now());
                self.tries = 0;
                self.backoff.reset();
                let keeps_all = self.welcome.has(Capability::WholeSnapshots);
                let may_be_truncated =
                    std::mem::take(&mut self.param_sizes).may_be_cut() && !keeps_all;
                if self.disconnected_at.is_some() && !may_be_truncated {
                    self.revisions.forget_absent();
                }
                let missed = self.revisions.settle();
                let back = self.disconnected_at.take().map(|since| Reconnected {
                    after: since.elapsed(),
                    missed: missed.including_transients(self.request.types),
                });
                let live = Event::Live {
                    welcome: self.welcome.clone(),
                    back,
                };
                if may_be_truncated {
                    self.unconfirmed_live = Some(live);
                } else {
                    self.ready.push_back(live);
                }
            }
            Stage::Live => self.probe.fenced(Instant::now()),
        }
        Ok(())
    }

    /// Yields the params of a snapshot that are new or changed. Overlapping patterns each bring a
    /// snapshot, and after a reconnection (`again`) snapshots repeat known values.
    fn retain(&mut self, params: &[wire::Param<'_>], again: bool) -> Result<(), Error> {
        let mut encoded = Vec::new();
        for param in params {
            if !self.wants(SignalType::Param, &param.address) {
                continue;
            }
            let is_new = self.revisions.retained(param);
            if is_new && (again || self.request.retained) {
                encoded.clear();
                wire::encode(&Message::Snapshot(vec![param.clone()]), &mut encoded)?;
                self.param_sizes.add(encoded.len());
                self.ready
                    .push_back(Event::Retained(Bytes::copy_from_slice(&encoded)));
            }
        }
        Ok(())
    }

    /// Reads the snapshot once more, in a way that detects a truncation. It uses a second
    /// connection, because this one is live. Its failure does not end the subscription.
    async fn reread_snapshots(&mut self) {
        let Ok(mut reader) = ParamReader::connect(&self.target, Load::Bulk).await else {
            return;
        };
        let mut cut = false;
        for pattern in self.request.patterns.clone() {
            let Ok(found) = reader.pattern(&pattern).await else {
                return;
            };
            cut |= found.cut;
            // Live values are newer: only params that were never seen are yielded.
            if self.retain(&found.params, false).is_err() {
                return;
            }
        }
        reader.close().await;
        // The second connection's snapshot does not show what the first has missed.
        self.revisions.settle();
        if cut {
            self.ready.push_back(Event::Truncated);
        }
    }

    fn handle_error(&mut self, refusal: Refusal) -> Result<Option<Event>, Error> {
        if self.stage != Stage::Live {
            let mut patterns = self.request.patterns.iter();
            return if patterns.any(|pattern| is_about_extra_pattern(&refusal, pattern)) {
                Ok(None)
            } else {
                Err(Error::Refused(refusal))
            };
        }
        match self.probe.refused(&refusal) {
            ErrorMeaning::Forgotten => Err(self.lost("the router had forgotten this session")),
            ErrorMeaning::ProbeAnswer => Ok(None),
            ErrorMeaning::Unrelated if refusal.code == Refusal::DROPPED => {
                Ok(Some(Event::Dropped(refusal)))
            }
            ErrorMeaning::Unrelated => Ok(Some(Event::RouterError(refusal))),
        }
    }

    /// Handles the timer: a held message is due, or the session has been silent for long.
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
            // This router does not forget sessions: only check that it still answers.
            probe::Action::HandOver if self.welcome.has(Capability::KeepsSessions) => {
                if let Some(session) = &mut self.session {
                    session.send(&Message::Ping)?;
                    self.probe.fence_sent(now);
                }
            }
            probe::Action::HandOver => self.hand_over().await?,
            probe::Action::GiveUp => return Err(self.lost("no answer to a probe")),
        }
        Ok(None)
    }

    fn lost(&self, why: &str) -> Error {
        Error::Lost {
            endpoint: self.target.endpoint.clone(),
            cause: Lost::Broken(why.to_owned()),
        }
    }

    /// Handles a lost connection: gives the error if it is permanent, or prepares to reconnect.
    fn connection_lost(&mut self, error: Error) -> Result<(), Error> {
        let may_heal = error.is_temporary()
            || matches!(&error, Error::Refused(refusal) if refusal.rate_limited());
        let spent = self.request.reconnect.max_tries == Some(self.tries);
        if !self.request.reconnect.enabled || !may_heal || spent {
            return Err(error);
        }
        self.session = None;
        self.disconnected_at.get_or_insert_with(Instant::now);
        if self.stage == Stage::Live {
            let cause = match error {
                Error::Lost { cause, .. } => cause.to_string(),
                error => error.to_string(),
            };
            self.ready.push_back(Event::Disconnected { cause });
        }
        self.stage = Stage::Hello;
        self.delivered.clear();
        if let Some(writes) = &mut self.writes {
            while writes.try_recv().is_ok() {}
        }
        Ok(())
    }

    /// Waits for the backoff and tries once to connect again.
    async fn reconnect(&mut self) -> Result<(), Error> {
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
            Err(error) => self.connection_lost(error),
        }
    }
}

/// The next outgoing frame, when the session has room for it; pending for ever once the senders are
/// dropped.
fn poll_write(
    session: &Connection,
    writes: &mut Option<mpsc::Receiver<Bytes>>,
    cx: &mut Context<'_>,
) -> Poll<Bytes> {
    let Some(receiver) = writes else {
        return Poll::Pending;
    };
    ready!(session.poll_room(cx));
    match ready!(receiver.poll_recv(cx)) {
        Some(frame) => Poll::Ready(frame),
        None => {
            *writes = None;
            Poll::Pending
        }
    }
}

/// Connects and subscribes to every pattern, see the drawing above.
async fn subscribe(
    target: &Target,
    request: &Request,
) -> Result<(Connection, Welcome<'static>), Error> {
    let mut session = Connection::connect(target, Load::Bulk).await?;
    session.send(&Message::Ping)?;
    let patterns = request.patterns.iter().flat_map(subscribed_patterns);
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
