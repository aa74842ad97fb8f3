//! One question, one answer: a request enters, what the router did leaves.
//!
//! Every request is followed by a PING: a router answers in order, so the PONG says that nothing
//! more will come for the request (fact 2). That replaces every waiting time: an absent value is
//! known in one round trip, and an acknowledgement that never comes is known to be missing.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::session::{Load, Session};
use super::{Error, Refusal, Target};
use crate::clasp::wire::{
    self, Message, Param, Pattern, Publish, Set, Signal, SignalType, Subscribe, TypeMask,
};

/// How many messages a connection may send in one burst: below the 1,000 in a second that the
/// reference router takes (fact 10), with room for HELLO and the fences.
pub const BURST: usize = 900;

/// How long a router that refuses for rate keeps refusing: to the end of the wall-clock second.
pub const RATE_WINDOW: Duration = Duration::from_millis(1_010);

/// What a SET came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub address: String,
    /// The revision that it got, if the router said.
    pub revision: Option<u64>,
}

/// Writes one param and waits for its acknowledgement.
///
/// # Errors
/// [`Error::Refused`]; [`Error::Unacknowledged`] when the router moved on without an answer.
pub async fn set(target: &Target, set: Set<'_>) -> Result<Written, Error> {
    let address = set.address.clone().into_owned();
    let what = || format!("the write to {address}");
    let mut session = Session::connect(target, Load::Conversation).await?;
    session.send(&Message::Set(set))?;
    session.send(&Message::Ping)?;
    session.welcomed().await?;
    let written = loop {
        let frame = session.next().await.map_err(|cut| cut.unknown(what))?;
        match wire::decode(&frame)?.message {
            Message::Ack(ack) => {
                break Written {
                    revision: ack.revision,
                    address,
                };
            }
            Message::Error(error) => return Err(Error::Refused(error.into())),
            Message::Pong => return Err(Error::Unacknowledged { what: what() }),
            _ => {}
        }
    };
    session.close().await;
    Ok(written)
}

/// Publishes one message and waits until the router has handled it.
///
/// # Errors
/// [`Error::Refused`].
pub async fn publish(target: &Target, publish: Publish<'_>) -> Result<(), Error> {
    let address = publish.address.clone().into_owned();
    let what = || format!("the message to {address}");
    let mut session = Session::connect(target, Load::Conversation).await?;
    session.send(&Message::Publish(publish))?;
    session.send(&Message::Ping)?;
    session.welcomed().await?;
    let mut dropped = Vec::new();
    let (mut fences, mut again) = (1, None);
    loop {
        let frame = tokio::select! {
            biased;
            frame = session.next() => frame.map_err(|cut| cut.unknown(what))?,
            () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => {
                again = None;
                fences += 1;
                session.send(&Message::Ping)?;
                continue;
            }
        };
        match wire::decode(&frame)?.message {
            // A 429 does not say what it dropped: the message, the PING behind it, or both. So the
            // PING is sent again in the next second; when one has come back, their numbers tell.
            Message::Error(error) if error.code == Refusal::TOO_FAST => {
                dropped.push(Refusal::from(error));
                again.get_or_insert(Instant::now() + RATE_WINDOW);
            }
            Message::Error(error) => return Err(Error::Refused(error.into())),
            Message::Pong => break,
            _ => {}
        }
    }
    session.close().await;
    match dropped.len() < fences {
        true => Ok(()),
        false => Err(Error::Refused(dropped.swap_remove(0))),
    }
}

/// What [`get`] is to read.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// The param at one address.
    Address(String),
    /// Every param that matches.
    Pattern(Pattern),
}

/// Reads params. Addresses come back in the order asked, each present one once per mention; those
/// of a pattern in address order. What is absent is simply missing.
///
/// # Errors
/// [`Error::Refused`].
pub async fn get(target: &Target, wanted: &[Wanted]) -> Result<Vec<Vec<Param<'static>>>, Error> {
    let load = if wanted.len() == 1 && matches!(wanted[0], Wanted::Address(_)) {
        Load::Conversation
    } else {
        Load::Flood
    };
    let mut reader = Reader::connect(target, load).await?;
    let mut found = Vec::with_capacity(wanted.len());
    let addresses: Vec<&str> = wanted
        .iter()
        .filter_map(|wanted| match wanted {
            Wanted::Address(address) => Some(address.as_str()),
            Wanted::Pattern(_) => None,
        })
        .collect();
    let values = if addresses.is_empty() {
        BTreeMap::new()
    } else {
        reader.addresses(&addresses).await?
    };
    for wanted in wanted {
        found.push(match wanted {
            Wanted::Address(address) => values.get(address).cloned().into_iter().collect(),
            Wanted::Pattern(pattern) => reader.pattern(pattern).await?,
        });
    }
    reader.session.close().await;
    Ok(found)
}

/// Reads what there is: the params that exist and the signals that somebody announced.
///
/// # Errors
/// [`Error::Refused`].
pub async fn query(
    target: &Target,
    pattern: &Pattern,
) -> Result<(Vec<Param<'static>>, Vec<Signal<'static>>), Error> {
    let mut reader = Reader::connect(target, Load::Flood).await?;
    // First, while no subscription makes the router talk in between.
    let signals = reader.announced(pattern).await?;
    let params = reader.pattern(pattern).await?;
    reader.close().await;
    Ok((params, signals))
}

/// The patterns to subscribe to, in order to see all that one matches: the reference router's
/// snapshot for `/a/**` leaves out `/a`, though its live deliveries do not (measured).
pub fn asked_for(pattern: &Pattern) -> impl Iterator<Item = &str> {
    [Some(pattern.as_str()), pattern.stem()]
        .into_iter()
        .flatten()
}

/// Params by address.
type Params = BTreeMap<String, Param<'static>>;

/// A connection that reads params, within the router's rate limit.
pub struct Reader {
    session: Session,
    settled: bool,
    subscriptions: u32,
}

impl Reader {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Connect`].
    pub async fn connect(target: &Target, load: Load) -> Result<Reader, Error> {
        Ok(Reader {
            session: Session::connect(target, load).await?,
            settled: false,
            subscriptions: 0,
        })
    }

    /// Says goodbye.
    pub async fn close(self) {
        self.session.close().await;
    }

    /// Puts a fence between the SNAPSHOT of all state that follows HELLO (fact 1) and the answers
    /// to come: before the first request of a connection, and in the same write.
    fn fence_hello(&mut self) -> Result<usize, Error> {
        if self.settled {
            return Ok(0);
        }
        self.settled = true;
        self.session.send(&Message::Ping)?;
        Ok(1)
    }

    /// Reads addresses, any number of them.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn addresses(&mut self, addresses: &[&str]) -> Result<Params, Error> {
        let mut found = Params::new();
        for (n, burst) in addresses.chunks(BURST).enumerate() {
            if n > 0 {
                sleep_until(Instant::now() + RATE_WINDOW).await;
            }
            self.burst(burst, &mut found).await?;
        }
        Ok(found)
    }

    /// Reads what fits one burst, again and again if the router drops some of it for rate: a 429
    /// names no address, and the fence itself may fall to it (fact 10), so everything that has no
    /// answer is asked again in the next second.
    async fn burst(&mut self, addresses: &[&str], found: &mut Params) -> Result<(), Error> {
        let mut open: Vec<&str> = addresses.to_vec();
        loop {
            let mut skip = self.fence_hello()?;
            for address in &open {
                self.session.send(&Message::Get {
                    address: (*address).into(),
                })?;
            }
            self.session.send(&Message::Ping)?;
            self.session.welcomed().await?;
            let mut too_fast: Option<Instant> = None;
            loop {
                let frame = match too_fast {
                    None => self.session.next().await?,
                    Some(until) => tokio::select! {
                        biased;
                        frame = self.session.next() => frame?,
                        () = sleep_until(until) => break,
                    },
                };
                match wire::decode(&frame)?.message {
                    Message::Pong if skip > 0 => skip -= 1,
                    Message::Pong if too_fast.is_none() => return Ok(()),
                    Message::Snapshot(params) if skip == 0 => {
                        for param in params {
                            let param = param.into_owned();
                            found.insert(param.address.clone().into_owned(), param);
                        }
                    }
                    Message::Error(error) if error.code == Refusal::TOO_FAST => {
                        too_fast.get_or_insert(Instant::now() + RATE_WINDOW);
                    }
                    Message::Error(error) => return Err(Error::Refused(error.into())),
                    _ => {}
                }
            }
            open.retain(|address| !found.contains_key(*address));
        }
    }

    /// Reads what was announced and matches. The params that exist are not in it (fact 14).
    async fn announced(&mut self, pattern: &Pattern) -> Result<Vec<Signal<'static>>, Error> {
        let mut found = Vec::new();
        loop {
            let mut skip = self.fence_hello()?;
            self.session.send(&Message::Query {
                pattern: pattern.as_str().into(),
            })?;
            self.session.send(&Message::Ping)?;
            self.session.welcomed().await?;
            let mut too_fast = false;
            while !too_fast {
                let frame = self.session.next().await?;
                match wire::decode(&frame)?.message {
                    Message::Pong if skip > 0 => skip -= 1,
                    Message::Pong => return Ok(found),
                    Message::Result(signals) => found.extend(
                        signals
                            .into_iter()
                            .filter(|signal| pattern.matches(&signal.address))
                            .map(Signal::into_owned),
                    ),
                    Message::Error(error) if error.code == Refusal::TOO_FAST => too_fast = true,
                    Message::Error(error) => return Err(Error::Refused(error.into())),
                    _ => {}
                }
            }
            sleep_until(Instant::now() + RATE_WINDOW).await;
        }
    }

    /// Reads every param that matches, by subscribing for as long as the snapshot takes.
    async fn pattern(&mut self, pattern: &Pattern) -> Result<Vec<Param<'static>>, Error> {
        let mut found = Params::new();
        loop {
            let mut skip = self.fence_hello()?;
            for pattern in asked_for(pattern) {
                self.subscriptions += 1;
                self.session.send(&Message::Subscribe(Subscribe {
                    id: self.subscriptions,
                    pattern: pattern.into(),
                    types: TypeMask::of([SignalType::Param]),
                    max_rate: None,
                    epsilon: None,
                    history: None,
                    window: None,
                }))?;
            }
            self.session.send(&Message::Ping)?;
            self.session.welcomed().await?;
            let mut too_fast = false;
            while !too_fast {
                let frame = self.session.next().await?;
                match wire::decode(&frame)?.message {
                    Message::Pong if skip > 0 => skip -= 1,
                    Message::Pong => return Ok(found.into_values().collect()),
                    Message::Snapshot(params) if skip == 0 => {
                        for param in params.into_iter().filter(|p| pattern.matches(&p.address)) {
                            let param = param.into_owned();
                            found.insert(param.address.clone().into_owned(), param);
                        }
                    }
                    // Written while the snapshot was on its way: the newer value counts.
                    Message::Set(set) if skip == 0 && pattern.matches(&set.address) => {
                        let param = Param {
                            address: set.address,
                            value: set.value,
                            revision: set.revision.unwrap_or(0),
                            writer: None,
                            timestamp: None,
                        }
                        .into_owned();
                        found.insert(param.address.clone().into_owned(), param);
                    }
                    Message::Error(error) if error.code == Refusal::TOO_FAST => too_fast = true,
                    Message::Error(error) => return Err(Error::Refused(error.into())),
                    _ => {}
                }
            }
            sleep_until(Instant::now() + RATE_WINDOW).await;
        }
    }
}
