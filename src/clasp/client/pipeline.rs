//! Requests on one connection, each with the reply that belongs to it.
//!
//! Takes requests and what answers each of them. Gives the router's messages as [`Incoming`]: which
//! request was acknowledged, refused or dropped for rate, and how far the router has come.
//!
//! A router handles the messages of a connection strictly in order (quirk 2), so the requests that
//! wait for a reply are a queue, and four rules are enough:
//!
//! - A SET or BUNDLE gets exactly one ACK or ERROR, a PING exactly one PONG.
//! - GET, SUBSCRIBE, QUERY and PUBLISH may get no reply at all (quirks 3, 4, 14, 5). Only a later
//!   reply tells that they have been handled: that is why a PING follows them as a fence.
//! - What the rate limit drops gets an ERROR 429, which does not say what it is about, and the fence
//!   can be dropped as well (quirk 10). It is sent again in the next second; then the number of 429s
//!   tells how many requests were dropped.
//! - Once a request that changes something may have left this machine, any end but the router's own
//!   reply leaves its outcome unknown. [`Pipeline::effect`] is the only way to send one and wait for
//!   it, so that no caller can forget that.

use std::cell::Cell;
use std::collections::VecDeque;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::connection::{Connection, Load};
use super::pace::{Pace, RATE_WINDOW};
use super::{Error, Refusal, Target};
use crate::clasp::wire::{self, Ack, Message, Sync, Welcome};

/// What answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// One ACK: a SET or BUNDLE.
    Ack,
    /// One SYNC: a SYNC. Some routers send none.
    Time,
    /// One PONG: a PING.
    Pong,
    /// Any number of messages, or none: GET, SUBSCRIBE, QUERY, PUBLISH, UNSUBSCRIBE.
    Data,
}

impl Expects {
    fn of(message: &Message<'_>) -> Expects {
        match message {
            Message::Set(_) | Message::Bundle(_) | Message::Announce(_) => Expects::Ack,
            Message::Sync(_) => Expects::Time,
            Message::Ping => Expects::Pong,
            _ => Expects::Data,
        }
    }
}

/// The number of a request, counted from the connection's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

/// What a frame of the router means to the requests that wait.
#[derive(Debug)]
pub enum Incoming<'f> {
    /// This request was acknowledged.
    Acknowledged(Ticket, Ack<'f>),
    /// This request was refused.
    Refused(Ticket, Refusal),
    /// A request was dropped for rate: this one if it is certain, else one of those that may be
    /// answered by silence.
    TooFast(Option<(Ticket, Expects)>, Refusal),
    /// The router's time, as the reply to this request.
    Time(Ticket, Sync),
    /// This fence came back: everything before it has been handled. `unacknowledged` is a request
    /// before it that should have been acknowledged and was not.
    Fenced {
        /// The PING.
        ticket: Ticket,
        /// The first request before it that should have got an ACK.
        unacknowledged: Option<Ticket>,
    },
    /// A message that may answer the oldest request.
    Data(Message<'f>),
    /// A message that answers nothing: what was subscribed to, what follows HELLO unasked, or an
    /// ERROR that no request waits for.
    Unasked(Message<'f>),
}

/// The requests that have not been answered, oldest first. Pure.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(Ticket, Expects)>,
    sent: u64,
}

impl Queue {
    fn push(&mut self, expects: Expects) -> Ticket {
        let ticket = Ticket(self.sent);
        self.sent += 1;
        self.waiting.push_back((ticket, expects));
        ticket
    }

    /// The oldest request that expects this, with the first one before it that expected an ACK and
    /// has now been passed over. All of these have been handled.
    fn settle(&mut self, expects: Expects) -> Option<(Ticket, Option<Ticket>)> {
        let index = self.waiting.iter().position(|(_, e)| *e == expects)?;
        let mut unacknowledged = None;
        for (ticket, passed) in self.waiting.drain(..index) {
            if passed == Expects::Ack {
                unacknowledged = unacknowledged.or(Some(ticket));
            }
        }
        let (ticket, _) = self.waiting.pop_front()?;
        Some((ticket, unacknowledged))
    }

    /// What a decoded message means.
    fn incoming<'f>(&mut self, message: Message<'f>) -> Incoming<'f> {
        match message {
            Message::Ack(ack) => match self.settle(Expects::Ack) {
                Some((ticket, _)) => Incoming::Acknowledged(ticket, ack),
                None => Incoming::Unasked(Message::Ack(ack)),
            },
            Message::Pong => match self.settle(Expects::Pong) {
                Some((ticket, unacknowledged)) => Incoming::Fenced {
                    ticket,
                    unacknowledged,
                },
                None => Incoming::Unasked(Message::Pong),
            },
            Message::Sync(sync) => match self.settle(Expects::Time) {
                Some((ticket, _)) => Incoming::Time(ticket, sync),
                None => Incoming::Unasked(Message::Sync(sync)),
            },
            Message::Error(error) if error.code == Refusal::TOO_FAST => {
                // Silence may have answered the oldest already: then it is about a later one.
                let certain = self.waiting.front().copied();
                let certain = certain.filter(|(_, expects)| *expects != Expects::Data);
                if certain.is_some() {
                    self.waiting.pop_front();
                }
                Incoming::TooFast(certain, error.into())
            }
            Message::Error(error) => match self.waiting.front().copied() {
                None | Some((_, Expects::Pong)) => Incoming::Unasked(Message::Error(error)),
                // Another of its kind may be meant: it stays until a fence has passed it.
                Some((ticket, Expects::Data)) => Incoming::Refused(ticket, error.into()),
                Some((ticket, _)) => {
                    self.waiting.pop_front();
                    Incoming::Refused(ticket, error.into())
                }
            },
            message => match self.waiting.front() {
                Some((_, Expects::Data)) => Incoming::Data(message),
                _ => Incoming::Unasked(message),
            },
        }
    }
}

/// Whether a request may have left this machine: what a deadline that passes has to know.
#[derive(Debug, Default)]
pub struct Sent(Cell<bool>);

impl Sent {
    /// Whether it may have.
    pub fn get(&self) -> bool {
        self.0.get()
    }
}

/// Whether there is more to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Until the fence is back.
    On,
    /// No longer: what was wanted is known.
    Enough,
}

/// What became of the requests of one [`Pipeline::exchange`], beside what was refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exchanged {
    /// How many of them the router dropped for rate.
    pub dropped: usize,
    /// What it said to the first of these.
    pub refusal: Option<Refusal>,
    /// One that should have been acknowledged and was not.
    pub unacknowledged: Option<Ticket>,
}

/// A connection with its requests.
#[derive(Debug)]
pub struct Pipeline {
    connection: Connection,
    queue: Queue,
    /// What the router's rate limit allows.
    pub pace: Pace,
}

impl Pipeline {
    /// Connects and queues HELLO.
    ///
    /// # Errors
    /// As [`Connection::connect`]. Nothing has been asked for then.
    pub async fn connect(target: &Target, load: Load) -> Result<Pipeline, Error> {
        Ok(Pipeline {
            connection: Connection::connect(target, load).await?,
            queue: Queue::default(),
            pace: Pace::default(),
        })
    }

    /// The router's answer to HELLO; waits for it within the connection's timeout.
    ///
    /// # Errors
    /// As [`Connection::welcomed`].
    pub async fn welcomed(&mut self) -> Result<&Welcome<'static>, Error> {
        self.connection.welcomed().await
    }

    /// Queues a request.
    ///
    /// # Errors
    /// [`Error::Unsendable`], [`Error::Lost`].
    pub fn send(&mut self, message: &Message<'_>) -> Result<Ticket, Error> {
        let mut frame = Vec::with_capacity(128);
        wire::encode(message, &mut frame)?;
        self.send_frame(frame.into(), Expects::of(message))
    }

    /// Queues a request that is encoded already. It counts as sent even when the connection turns
    /// out to be gone: a part of it may have left.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub fn send_frame(&mut self, frame: Bytes, expects: Expects) -> Result<Ticket, Error> {
        self.pace.sent(Instant::now());
        let ticket = self.queue.push(expects);
        self.connection.send_frame(frame)?;
        Ok(ticket)
    }

    /// The next frame of the router, to be given to [`incoming`](Self::incoming). Writes what is
    /// queued meanwhile. Cancel-safe.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub async fn next(&mut self) -> Result<Bytes, Error> {
        self.connection.next().await
    }

    /// What a frame means to the requests that wait.
    ///
    /// # Errors
    /// [`Error::Garbled`].
    pub fn incoming<'f>(&mut self, frame: &'f [u8]) -> Result<Incoming<'f>, Error> {
        Ok(self.queue.incoming(wire::decode(frame)?.message))
    }

    /// The ticket that the next request will get.
    pub fn next_ticket(&self) -> Ticket {
        Ticket(self.queue.sent)
    }

    /// How many requests wait for an answer.
    pub fn waiting(&self) -> usize {
        self.queue.waiting.len()
    }

    /// Writes out what is queued.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub async fn flush(&mut self) -> Result<(), Error> {
        self.connection.flush().await
    }

    /// Sends requests that only read, and a fence behind them; hands over what comes until the fence
    /// is back or `take` has enough, replies to earlier requests included. Waits first if the rate
    /// limit would drop them. No requests at all wait for what was sent before.
    ///
    /// # Errors
    /// What `take` gives; [`Error::Lost`] and the like.
    pub async fn exchange<'m>(
        &mut self,
        requests: impl IntoIterator<Item = Message<'m>>,
        mut take: impl FnMut(Incoming<'_>) -> Result<Wait, Error>,
    ) -> Result<Exchanged, Error> {
        let requests: Vec<Message<'_>> = requests.into_iter().collect();
        // Here, where nothing is under way: two peers that write and do not read block each other.
        if let Some(free) = self.pace.until_all(requests.len(), Instant::now()) {
            sleep_until(free).await;
        }
        for request in &requests {
            self.send(request)?;
        }
        let mut fence = self.send(&Message::Ping)?;
        self.connection.welcomed().await?;
        let mut done = Exchanged::default();
        let mut fence_again: Option<Instant> = None;
        loop {
            let frame = tokio::select! {
                biased;
                frame = self.connection.next() => frame?,
                () = sleep_until(fence_again.unwrap_or_else(Instant::now)), if fence_again.is_some() => {
                    // All of the last second has been answered by now, so the fence was dropped, and
                    // one of the 429s is about it.
                    fence_again = None;
                    if self.queue.waiting.back().is_some_and(|(ticket, _)| *ticket == fence) {
                        self.queue.waiting.pop_back();
                        done.dropped = done.dropped.saturating_sub(1);
                    }
                    fence = self.send(&Message::Ping)?;
                    continue;
                }
            };
            let wait = match self.queue.incoming(wire::decode(&frame)?.message) {
                Incoming::TooFast(which, refusal) => {
                    let is_fence = matches!(which, Some((ticket, _)) if ticket == fence);
                    if !is_fence {
                        done.dropped += 1;
                        done.refusal.get_or_insert_with(|| refusal.clone());
                    }
                    fence_again.get_or_insert(Instant::now() + RATE_WINDOW);
                    take(Incoming::TooFast(which, refusal))?
                }
                Incoming::Fenced {
                    ticket,
                    unacknowledged,
                } if ticket == fence => {
                    done.unacknowledged = unacknowledged;
                    return Ok(done);
                }
                incoming => take(incoming)?,
            };
            if wait == Wait::Enough {
                return Ok(done);
            }
        }
    }

    /// Sends requests that change something, and waits as [`exchange`](Self::exchange) does. From
    /// the moment at which they may have left, every error but the router's own word is
    /// [`Error::Unknown`]; `what` names them there, as in "the write to /a".
    ///
    /// # Errors
    /// [`Error::Unknown`]; what `take` gives.
    pub async fn effect<'m>(
        &mut self,
        what: &str,
        sent: &Sent,
        requests: impl IntoIterator<Item = Message<'m>>,
        take: impl FnMut(Incoming<'_>) -> Result<Wait, Error>,
    ) -> Result<Exchanged, Error> {
        sent.0.set(true);
        let exchanged = self.exchange(requests, take).await;
        exchanged.map_err(|error| error.after_sending(what))
    }

    /// Sends a Close frame, without waiting for the answer.
    pub async fn close(self) {
        self.connection.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::wire::ErrorReply;

    fn error(code: u16) -> Message<'static> {
        Message::Error(ErrorReply {
            code,
            message: "no".into(),
            address: None,
            correlation_id: None,
        })
    }

    fn ack() -> Message<'static> {
        Message::Ack(Ack::default())
    }

    /// What each message of the router means, as a line.
    fn told(asked: &[Expects], messages: Vec<Message<'static>>) -> Vec<String> {
        let mut queue = Queue::default();
        for expects in asked {
            queue.push(*expects);
        }
        let tell = |message| match queue.incoming(message) {
            Incoming::Acknowledged(Ticket(n), _) => format!("{n} acknowledged"),
            Incoming::Refused(Ticket(n), refusal) => format!("{n} refused {}", refusal.code),
            Incoming::TooFast(which, _) => match which {
                Some((Ticket(n), _)) => format!("{n} dropped"),
                None => "one dropped".into(),
            },
            Incoming::Time(Ticket(n), _) => format!("{n} time"),
            Incoming::Fenced {
                ticket: Ticket(n),
                unacknowledged,
            } => match unacknowledged {
                Some(Ticket(missing)) => format!("{n} fenced, {missing} unacknowledged"),
                None => format!("{n} fenced"),
            },
            Incoming::Data(_) => "data".into(),
            Incoming::Unasked(_) => "unasked".into(),
        };
        messages.into_iter().map(tell).collect()
    }

    #[test]
    fn replies_come_in_the_order_of_the_requests() {
        use Expects::{Ack, Data, Pong};
        let snapshot = || Message::Snapshot(Vec::new());
        assert_eq!(
            told(
                &[Pong, Ack, Data, Data, Pong],
                vec![
                    snapshot(),
                    Message::Pong,
                    ack(),
                    snapshot(),
                    Message::Pong,
                    ack()
                ]
            ),
            [
                "unasked",
                "0 fenced",
                "1 acknowledged",
                "data",
                "4 fenced",
                "unasked"
            ]
        );
        assert_eq!(
            told(&[Ack, Ack, Ack], vec![ack(), error(400), ack()]),
            ["0 acknowledged", "1 refused 400", "2 acknowledged"]
        );
    }

    #[test]
    fn a_fence_that_overtakes_an_acknowledgement_says_so() {
        use Expects::{Ack, Data, Pong};
        assert_eq!(
            told(
                &[Ack, Pong, Ack, Pong],
                vec![ack(), Message::Pong, Message::Pong]
            ),
            ["0 acknowledged", "1 fenced", "3 fenced, 2 unacknowledged"]
        );
        assert_eq!(told(&[Data, Pong], vec![Message::Pong]), ["1 fenced"]);
    }

    #[test]
    fn what_a_429_is_about_is_certain_only_where_silence_is_no_answer() {
        use Expects::{Ack, Data, Pong};
        assert_eq!(
            told(&[Ack, Ack, Pong], vec![ack(), error(429), error(429)]),
            ["0 acknowledged", "1 dropped", "2 dropped"]
        );
        assert_eq!(
            told(&[Data, Pong], vec![error(429), Message::Pong]),
            ["one dropped", "1 fenced"]
        );
    }

    #[test]
    fn an_error_that_no_request_waits_for_is_nobodys_reply() {
        use Expects::{Ack, Pong};
        assert_eq!(told(&[], vec![error(503)]), ["unasked"]);
        assert_eq!(
            told(&[Pong, Ack], vec![error(404), Message::Pong, ack()]),
            ["unasked", "0 fenced", "1 acknowledged"]
        );
    }
}
