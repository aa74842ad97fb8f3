//! Requests on one connection, each with the reply that belongs to it.
//!
//! Takes requests. Gives the router's messages as [`Incoming`]: which request was acknowledged,
//! refused or dropped by the rate limit, and which requests have been handled.
//!
//! A router handles the messages of a connection strictly in order (quirk 2), so the requests that
//! wait for a reply form a queue, and four rules suffice:
//!
//! - A SET or BUNDLE gets exactly one ACK or ERROR, a PING exactly one PONG.
//! - GET, SUBSCRIBE, QUERY and PUBLISH may get no reply at all (quirks 3, 4, 14, 5). Only the reply
//!   to a later message shows that they have been handled: that is why a PING follows them as a
//!   fence.
//! - A message that the rate limit drops gets an ERROR 429, which does not name the message; the
//!   fence can be dropped as well (quirk 10). The fence is sent again in the next second; the
//!   number of 429s then tells how many requests were dropped.
//! - Once a request that changes something may have left this machine, any error other than the
//!   router's own reply leaves its outcome unknown. [`Pipeline::effect`] is the only way to send
//!   such a request and wait for it, so that no caller can forget that.

use std::cell::Cell;
use std::collections::VecDeque;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::connection::{Connection, Load};
use super::pace::{Pace, RATE_WINDOW};
use super::{Error, Refusal, Target};
use crate::clasp::wire::{self, Ack, Message, Sync, Welcome};

/// Which reply a request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// One ACK: a SET or BUNDLE.
    Ack,
    /// One SYNC: a SYNC. Some routers do not answer it.
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

/// The number of a request on its connection, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

/// What a frame from the router means for the requests that wait.
#[derive(Debug)]
pub enum Incoming<'f> {
    /// This request was acknowledged.
    Acknowledged(Ticket, Ack<'f>),
    /// This request was refused.
    Refused(Ticket, Refusal),
    /// The rate limit dropped a request: this one if it is certain, else one of those that may get
    /// no reply.
    RateLimited(Option<(Ticket, Expects)>, Refusal),
    /// The router's time, as the reply to this request.
    Time(Ticket, Sync),
    /// The PONG of this fence: every request before it has been handled.
    Fenced {
        /// The PING.
        ticket: Ticket,
        /// The first request before it that should have got an ACK and did not.
        unacknowledged: Option<Ticket>,
    },
    /// A message that may answer the oldest request.
    Data(Message<'f>),
    /// A message that answers no request: a delivery to a subscription, the snapshot that follows
    /// HELLO, or an ERROR that no request waits for.
    Unsolicited(Message<'f>),
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

    /// Removes the oldest request that expects this reply, and all before it: they have been
    /// handled. Also gives the first of those before it that expected an ACK and got none.
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
                None => Incoming::Unsolicited(Message::Ack(ack)),
            },
            Message::Pong => match self.settle(Expects::Pong) {
                Some((ticket, unacknowledged)) => Incoming::Fenced {
                    ticket,
                    unacknowledged,
                },
                None => Incoming::Unsolicited(Message::Pong),
            },
            Message::Sync(sync) => match self.settle(Expects::Time) {
                Some((ticket, _)) => Incoming::Time(ticket, sync),
                None => Incoming::Unsolicited(Message::Sync(sync)),
            },
            Message::Error(error) if error.code == Refusal::RATE_LIMITED => {
                // If the oldest request gets no reply in any case, it may have been handled
                // already, and the 429 may be about a later one.
                let certain = self.waiting.front().copied();
                let certain = certain.filter(|(_, expects)| *expects != Expects::Data);
                if certain.is_some() {
                    self.waiting.pop_front();
                }
                Incoming::RateLimited(certain, error.into())
            }
            Message::Error(error) => match self.waiting.front().copied() {
                None | Some((_, Expects::Pong)) => Incoming::Unsolicited(Message::Error(error)),
                // The ERROR may be about another such request: this one stays until a fence has
                // passed it.
                Some((ticket, Expects::Data)) => Incoming::Refused(ticket, error.into()),
                Some((ticket, _)) => {
                    self.waiting.pop_front();
                    Incoming::Refused(ticket, error.into())
                }
            },
            message => match self.waiting.front() {
                Some((_, Expects::Data)) => Incoming::Data(message),
                _ => Incoming::Unsolicited(message),
            },
        }
    }
}

/// Whether a request may have left this machine. A caller whose deadline passes needs this to
/// report the outcome.
#[derive(Debug, Default)]
pub struct Sent(Cell<bool>);

impl Sent {
    /// Whether the request may have left.
    pub fn get(&self) -> bool {
        self.0.get()
    }
}

/// Whether to go on waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Wait until the fence is back.
    More,
    /// Stop waiting: the caller has what it needs.
    Done,
}

/// What became of the requests of one [`Pipeline::exchange`], apart from refusals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exchanged {
    /// How many of them the rate limit dropped.
    pub dropped: usize,
    /// The router's ERROR for the first of these.
    pub refusal: Option<Refusal>,
    /// The first request that should have been acknowledged and was not.
    pub unacknowledged: Option<Ticket>,
}

/// A connection with the requests that wait for a reply.
#[derive(Debug)]
pub struct Pipeline {
    connection: Connection,
    queue: Queue,
    /// Limits how fast messages are sent.
    pub pace: Pace,
}

impl Pipeline {
    /// Connects and queues HELLO.
    ///
    /// # Errors
    /// The errors of [`Connection::connect`]. No request has been sent then.
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
    /// The errors of [`Connection::welcomed`].
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

    /// Queues a request that is already encoded. It counts as sent even when the connection turns
    /// out to be lost: a part of it may have left.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub fn send_frame(&mut self, frame: Bytes, expects: Expects) -> Result<Ticket, Error> {
        self.pace.sent(Instant::now());
        let ticket = self.queue.push(expects);
        self.connection.send_frame(frame)?;
        Ok(ticket)
    }

    /// The next frame from the router, for [`incoming`](Self::incoming). Writes queued messages
    /// while it waits. Cancel-safe.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub async fn next(&mut self) -> Result<Bytes, Error> {
        self.connection.next().await
    }

    /// What a frame means for the requests that wait.
    ///
    /// # Errors
    /// [`Error::Undecodable`].
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

    /// Sends requests that only read, and a fence behind them. Passes every incoming message to
    /// `take`, replies to earlier requests included, until the fence is back or `take` says
    /// [`Wait::Done`]. Waits first if the rate limit would drop the requests. Without requests it
    /// waits for the replies to what was sent before.
    ///
    /// # Errors
    /// The errors of `take`; [`Error::Lost`] and other connection errors.
    pub async fn exchange<'m>(
        &mut self,
        requests: impl IntoIterator<Item = Message<'m>>,
        mut take: impl FnMut(Incoming<'_>) -> Result<Wait, Error>,
    ) -> Result<Exchanged, Error> {
        let requests: Vec<Message<'_>> = requests.into_iter().collect();
        // The wait is here, before anything is sent: two peers that write and do not read block
        // each other.
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
                    // Every message of the last second has been answered by now: the fence itself
                    // was dropped, and one of the 429s is about it.
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
                Incoming::RateLimited(which, refusal) => {
                    let is_fence = matches!(which, Some((ticket, _)) if ticket == fence);
                    if !is_fence {
                        done.dropped += 1;
                        done.refusal.get_or_insert_with(|| refusal.clone());
                    }
                    fence_again.get_or_insert(Instant::now() + RATE_WINDOW);
                    take(Incoming::RateLimited(which, refusal))?
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
            if wait == Wait::Done {
                return Ok(done);
            }
        }
    }

    /// Sends requests that change something, and waits as [`exchange`](Self::exchange) does. Once
    /// they may have left, every error other than the router's own reply becomes
    /// [`Error::Unknown`]; `what` names the requests in it, as in "the write to /a".
    ///
    /// # Errors
    /// [`Error::Unknown`]; the errors of `take`.
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
            Incoming::RateLimited(which, _) => match which {
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
            Incoming::Unsolicited(_) => "unasked".into(),
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
