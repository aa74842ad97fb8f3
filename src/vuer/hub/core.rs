//! Who is connected, and what to send to each client. Input: events of clients, and operations.
//! Output: what to write next to a client. It does no I/O, and the time is a parameter. A client
//! has at most one turn in progress: messages, followed by a ping. Its next turn starts when the
//! pong has arrived and enough time for the rate limit has passed. So a client that reads slowly
//! gets the latest state less often, and does not slow down other clients.

mod pictures;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::task::Waker;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::fence::Fence;
use super::operation::Operation;
use super::plan;
use super::scene::{HubScene, NotApplied};
use crate::vuer::event::{Draft, Event, Pack, Value};

pub use pictures::{ASK_PICTURE, PICTURE, PICTURE_ASKED};

/// The number of a client, counted from 1 in the order in which they connect.
pub type Number = u32;

/// How long a client may take to send INIT before it is disconnected.
pub const INIT_TIME: Duration = Duration::from_secs(10);

/// How long a client may take to read its messages.
const READ_TIME: Duration = Duration::from_secs(60);

/// A client is pinged after this much silence. When a network fails, no FIN arrives, and without
/// the ping such a client would never be removed.
const QUIET_TIME: Duration = Duration::from_secs(20);

/// How long the client then has to answer.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// How long a page needs between a change and its picture: one frame, plus half a frame to be safe.
/// In a test, a picture that was requested directly after an UPSERT showed the old scene in 1 of 12
/// cases, and never when it was requested 16 ms later.
const FRAME_TIME: Duration = Duration::from_millis(34);

/// The limit of messages that wait for one client, not counting the scene.
const QUEUE_MAX: usize = 1_000;
/// The same in bytes.
const QUEUE_BYTES_MAX: usize = 64 << 20;

/// The etype of the event that tells that a client has disconnected.
pub const DISCONNECTED: &str = "DISCONNECT";

/// The settings of a hub.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The limit of messages per second and client.
    pub rate: f64,
    /// Whether clients that are not pages may change the scene.
    pub relay: bool,
    /// The limit of connected clients.
    pub max_clients: usize,
}

/// The kind of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A browser's page.
    Page,
    /// A program that receives the scene.
    Program,
    /// A program that only requests pictures.
    Asker,
}

/// An event from a client, or the event that it has disconnected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientEvent {
    /// The client.
    pub client: Number,
    /// When it arrived, in ms since the epoch.
    pub received: u64,
    /// The event as MessagePack.
    pub message: Bytes,
    /// Whether the hub itself says that the client has gone; a client cannot say that.
    pub gone: bool,
}

/// What to do for a client now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Write these messages, and then a ping with this number.
    Send(Vec<Bytes>, u64),
    /// Wait until this time, or until the client is woken.
    Wait(Instant),
    /// Wait until the client is woken.
    Rest,
    /// Write a Close frame, and end the session.
    Close(u16, String),
}

#[derive(Debug)]
enum Item {
    Message(Bytes),
    /// A request for a picture: the page must have drawn the earlier changes first.
    Grab(Bytes),
}

#[derive(Debug, Default)]
struct Client {
    kind: Option<Kind>,
    /// When INIT came, in ms since the epoch.
    greeted: u64,
    /// The package that the page belongs to.
    package: String,
    since: Option<Instant>,
    /// The last revision that was sent to it, if any.
    seen: Option<u64>,
    ping: u64,
    unread_since: Option<Instant>,
    /// Since when there has been no traffic that it has to answer.
    quiet_since: Option<Instant>,
    /// By when it must answer a ping that was sent because of its silence.
    answer_until: Option<Instant>,
    not_before: Option<Instant>,
    drawn_after: Option<Instant>,
    fence: Fence,
    queue: VecDeque<Item>,
    queue_bytes: usize,
    dropped: u64,
    dismissed: Option<(u16, String, bool)>,
    waker: Option<Waker>,
}

impl Client {
    /// What to do when there is nothing to send: wait, or, after a long silence, ping the client.
    fn probe(&mut self, now: Instant) -> Turn {
        if let Some(until) = self.answer_until {
            return Turn::Wait(until);
        }
        let due = *self.quiet_since.get_or_insert(now) + QUIET_TIME;
        if now < due {
            return Turn::Wait(due);
        }
        self.quiet_since = None;
        self.answer_until = Some(now + ANSWER_TIME);
        self.ping += 1;
        Turn::Send(Vec::new(), self.ping)
    }
}

/// Counters for the status line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pages that are connected.
    pub pages: usize,
    /// Programs that are connected.
    pub programs: usize,
    /// Operations on the scene.
    pub operations: u64,
    /// Nodes in the scene.
    pub nodes: usize,
    /// Messages sent to clients.
    pub sent: u64,
}

/// Messages that were made for one client. They can be sent to all clients that have seen the same
/// revision.
#[derive(Debug)]
struct CachedMessages {
    revision: u64,
    seen: u64,
    grabs: bool,
    messages: Vec<Bytes>,
}

/// The hub.
#[derive(Debug)]
pub struct Hub {
    rules: Rules,
    scene: HubScene,
    clients: BTreeMap<Number, Client>,
    last: Number,
    client_events: VecDeque<ClientEvent>,
    listener: Option<Waker>,
    /// The pending picture requests by the etype of the answer: the asker, the page, and the
    /// request's id.
    asked: HashMap<String, (Number, Number, Bytes)>,
    pictures: u64,
    cache: Vec<CachedMessages>,
    operations: u64,
    sent: u64,
    parting: usize,
}

/// Why a client is disconnected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its message is not an event.
    #[error("{0}")]
    NoEvent(String),
    /// Its first event is not INIT.
    #[error("the first event of a client must be INIT, not {0}")]
    NoInit(String),
}

impl Hub {
    /// A hub with an empty scene.
    pub fn new(rules: Rules) -> Hub {
        Hub {
            rules,
            scene: HubScene::default(),
            clients: BTreeMap::new(),
            last: 0,
            client_events: VecDeque::new(),
            listener: None,
            asked: HashMap::new(),
            pictures: 0,
            cache: Vec::new(),
            operations: 0,
            sent: 0,
            parting: 0,
        }
    }

    /// Takes a client in; none when there is no room.
    pub fn join(&mut self, now: Instant) -> Option<Number> {
        if self.clients.len() >= self.rules.max_clients {
            return None;
        }
        self.last += 1;
        let client = Client {
            since: Some(now),
            ..Client::default()
        };
        self.clients.insert(self.last, client);
        Some(self.last)
    }

    /// A client has gone.
    pub fn leave(&mut self, number: Number, received: u64) {
        let Some(client) = self.clients.remove(&number) else {
            return;
        };
        let orphaned: Vec<String> = self
            .asked
            .iter()
            .filter(|(_, (asker, page, _))| *page == number || *asker == number)
            .map(|(etype, _)| etype.clone())
            .collect();
        for etype in orphaned {
            if let Some((asker, _, id)) = self.asked.remove(&etype) {
                self.no_picture(asker, &id, "the page has gone", received);
            }
        }
        if client.kind.is_some_and(|kind| kind != Kind::Asker) {
            let message = Draft::new(DISCONNECTED, received).finish().into();
            self.report(ClientEvent {
                client: number,
                received,
                message,
                gone: true,
            });
        }
        if let Some(waker) = self.listener.take() {
            waker.wake();
        }
    }

    /// Applies an operation, or passes a message on.
    ///
    /// # Errors
    /// [`NotApplied`].
    pub fn apply(&mut self, operation: &Operation<'_>) -> Result<(), NotApplied> {
        let Operation::Message(message) = operation else {
            self.operations += 1;
            let applied = self.scene.apply(operation);
            self.wake_all();
            return applied;
        };
        let wanted = message.get("client").and_then(Value::as_integer);
        let is_grab = message.get("etype").and_then(Value::as_str) == Some("GRAB_RENDER");
        let mut bytes = Pack::default();
        bytes.value(*message);
        let bytes = Bytes::from(bytes.finish());
        let clients = self.clients.iter_mut();
        for (_, client) in clients.filter(|(number, client)| {
            client.kind.is_some_and(|kind| kind != Kind::Asker)
                && wanted.is_none_or(|wanted| wanted == i128::from(**number))
        }) {
            client.push(if is_grab {
                Item::Grab(bytes.clone())
            } else {
                Item::Message(bytes.clone())
            });
        }
        Ok(())
    }

    /// Handles a message from a client.
    ///
    /// # Errors
    /// [`Refused`]: the client must be disconnected.
    pub fn take(&mut self, number: Number, message: &[u8], received: u64) -> Result<(), Refused> {
        let event = Event::read(message).map_err(|error| {
            let why = error.to_string();
            Refused::NoEvent(why.replace("a message of it", "a message"))
        })?;
        let Some(client) = self.clients.get_mut(&number) else {
            return Ok(());
        };
        let Some(kind) = client.kind else {
            return self.greet(number, &event, received);
        };
        if kind == Kind::Page && client.fence.take(event.etype()) {
            client.drawn_after = None;
            return Ok(());
        }
        if let Some((asker, page, id)) = self.asked.get(event.etype())
            && *page == number
        {
            let (asker, id) = (*asker, id.clone());
            self.asked.remove(event.etype());
            self.picture(asker, number, &id, &event, received);
            return Ok(());
        }
        if kind != Kind::Page && event.etype() == ASK_PICTURE {
            self.ask(number, &event, received);
            return Ok(());
        }
        if kind == Kind::Program
            && self.rules.relay
            && let Ok(operation) = Operation::read(event.message())
            && operation.changes_scene()
        {
            // This protocol has no answer for failed operations, so an error is ignored, as a page
            // does.
            let _ = self.apply(&operation);
            return Ok(());
        }
        if kind != Kind::Asker {
            self.tell(number, received, Bytes::copy_from_slice(message));
        }
        Ok(())
    }

    fn greet(&mut self, number: Number, event: &Event<'_>, received: u64) -> Result<(), Refused> {
        if event.etype() != "INIT" {
            return Err(Refused::NoInit(event.etype().to_owned()));
        }
        let fact = |name: &str| {
            event
                .message()
                .get("value")
                .and_then(|value| value.get(name))
        };
        let name = fact("client").and_then(Value::as_str).unwrap_or_default();
        let package = fact("pkg").and_then(Value::as_str).unwrap_or_default();
        let kind = match name {
            "browser" => Kind::Page,
            ASKER => Kind::Asker,
            _ => Kind::Program,
        };
        if let Some(client) = self.clients.get_mut(&number) {
            client.kind = Some(kind);
            client.package = package.to_owned();
            client.greeted = received;
        }
        if kind != Kind::Asker {
            let message = Bytes::copy_from_slice(event.message().bytes());
            self.tell(number, received, message);
        }
        Ok(())
    }

    /// What to do for a client now. `ts` is the time for messages, in ms since the epoch.
    pub fn turn(&mut self, number: Number, now: Instant, ts: u64) -> Turn {
        let revision = self.scene.revision();
        let rate = self.rules.rate;
        let Some(client) = self.clients.get_mut(&number) else {
            return Turn::Close(1000, String::new());
        };
        if let Some((code, why, at_once)) = &client.dismissed
            && (*at_once || client.kind.is_none())
        {
            return Turn::Close(*code, why.clone());
        }
        let Some(kind) = client.kind else {
            let until = client.since.unwrap_or(now) + INIT_TIME;
            return if now < until {
                Turn::Wait(until)
            } else {
                Turn::Close(1008, "the client did not send INIT in time".into())
            };
        };
        if let Some(since) = client.unread_since {
            let until = since + READ_TIME;
            return if now < until {
                Turn::Wait(until)
            } else {
                Turn::Close(1008, "the client does not read its messages".into())
            };
        }
        if let Some(until) = client.answer_until
            && now >= until
        {
            return Turn::Close(1008, "the client does not answer pings".into());
        }
        let is_leaving = client.dismissed.is_some();
        if let Some(until) = client.fence.until(now)
            && !is_leaving
        {
            return Turn::Wait(until);
        }
        if let Some(not_before) = client.not_before
            && now < not_before
            && !is_leaving
        {
            return Turn::Wait(not_before);
        }
        let mut messages = Vec::new();
        if kind != Kind::Asker && client.seen.is_none_or(|seen| seen < revision) {
            let seen = client.seen.unwrap_or(0);
            let made = cached_messages(&mut self.cache, &self.scene, seen, kind == Kind::Page, ts);
            messages.extend(made);
            // A page that has just loaded is not ready to answer.
            let is_loaded = client.seen.is_some() && kind == Kind::Page;
            client.seen = Some(revision);
            if !messages.is_empty() {
                client.drawn_after = None;
                let bytes = messages.iter().map(Bytes::len).sum();
                if is_loaded
                    && let Some(request) = client.fence.ask(&client.package, bytes, now, ts)
                {
                    messages.push(request);
                }
            }
        }
        // The queued messages come after the changes of the scene.
        while let Some(item) = client.queue.front() {
            match item {
                Item::Message(_) => {}
                Item::Grab(_) if is_leaving => {}
                Item::Grab(_) if messages.is_empty() => {
                    let drawn = *client.drawn_after.get_or_insert(now + FRAME_TIME);
                    if now < drawn {
                        return Turn::Wait(drawn);
                    }
                }
                Item::Grab(_) => break,
            }
            if let Some(Item::Message(bytes) | Item::Grab(bytes)) = client.queue.pop_front() {
                client.queue_bytes -= bytes.len();
                messages.push(bytes);
            }
        }
        if messages.is_empty() {
            return match &client.dismissed {
                Some((code, why, _)) => Turn::Close(*code, why.clone()),
                None => client.probe(now),
            };
        }
        client.quiet_since = None;
        client.answer_until = None;
        self.sent += messages.len() as u64;
        let share = Duration::from_secs_f64(messages.len() as f64 / rate);
        client.not_before = Some(now + share);
        client.unread_since = Some(now);
        client.ping += 1;
        Turn::Send(messages, client.ping)
    }

    /// Handles a pong from a client.
    pub fn pong(&mut self, number: Number, payload: &[u8], now: Instant) {
        let Some(client) = self.clients.get_mut(&number) else {
            return;
        };
        if payload != client.ping.to_be_bytes() {
            return;
        }
        client.answer_until = None;
        if client.unread_since.take().is_some() {
            client.drawn_after = Some(now + FRAME_TIME);
        }
    }

    /// Registers a waker that is called when there is something to do for a client.
    pub fn listen(&mut self, number: Number, waker: &Waker) {
        if let Some(client) = self.clients.get_mut(&number) {
            client.waker = Some(waker.clone());
        }
    }

    /// Disconnects all clients: at once, or after they have been sent the current scene.
    pub fn dismiss_all(&mut self, code: u16, why: &str, at_once: bool) {
        for client in self.clients.values_mut() {
            client.dismissed = Some((code, why.to_owned(), at_once));
        }
        self.wake_all();
    }

    /// The number of clients, including those that have not sent INIT yet and those that have not
    /// answered the Close frame.
    pub fn connected(&self) -> usize {
        self.clients.len() + self.parting
    }

    /// Counts a client that has left and is being sent a Close frame.
    pub fn begin_parting(&mut self) {
        self.parting += 1;
    }

    /// The client has answered the Close frame, or did not do so in time.
    pub fn end_parting(&mut self) {
        self.parting -= 1;
    }

    /// The current counters.
    pub fn counts(&self) -> Counts {
        let count = |kind| {
            let kinds = self.clients.values().map(|client| client.kind);
            kinds.filter(|known| *known == Some(kind)).count()
        };
        Counts {
            pages: count(Kind::Page),
            programs: count(Kind::Program),
            operations: self.operations,
            nodes: self.scene.count(),
            sent: self.sent,
        }
    }

    /// Takes the events of clients since the last call. The waker is called when there are more.
    pub fn client_events(&mut self, waker: &Waker) -> VecDeque<ClientEvent> {
        self.listener = Some(waker.clone());
        std::mem::take(&mut self.client_events)
    }

    fn tell(&mut self, client: Number, received: u64, message: Bytes) {
        self.report(ClientEvent {
            client,
            received,
            message,
            gone: false,
        });
    }

    fn report(&mut self, client_event: ClientEvent) {
        self.client_events.push_back(client_event);
        if let Some(waker) = self.listener.take() {
            waker.wake();
        }
    }

    fn wake_all(&mut self) {
        for client in self.clients.values_mut() {
            if let Some(waker) = client.waker.take() {
                waker.wake();
            }
        }
    }
}

/// The client name of a program that only requests pictures and does not want the scene.
pub const ASKER: &str = "trefoil-ask";

impl Client {
    fn push(&mut self, item: Item) {
        let (Item::Message(bytes) | Item::Grab(bytes)) = &item;
        self.queue_bytes += bytes.len();
        self.queue.push_back(item);
        while self.queue.len() > QUEUE_MAX || self.queue_bytes > QUEUE_BYTES_MAX {
            if let Some(Item::Message(bytes) | Item::Grab(bytes)) = self.queue.pop_front() {
                self.queue_bytes -= bytes.len();
                self.dropped += 1;
            }
        }
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// The messages from a revision to the current one. They are made once for all clients that need
/// them.
fn cached_messages(
    known: &mut Vec<CachedMessages>,
    scene: &HubScene,
    seen: u64,
    grabs: bool,
    ts: u64,
) -> Vec<Bytes> {
    let revision = scene.revision();
    known.retain(|made| made.revision == revision);
    if let Some(made) = known
        .iter()
        .find(|made| made.seen == seen && made.grabs == grabs)
    {
        return made.messages.clone();
    }
    let messages: Vec<Bytes> = plan::messages(scene, seen, grabs, ts)
        .into_iter()
        .map(Bytes::from)
        .collect();
    known.push(CachedMessages {
        revision,
        seen,
        grabs,
        messages: messages.clone(),
    });
    messages
}

#[cfg(test)]
mod tests;
