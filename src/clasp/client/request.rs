//! One question, one answer: a request enters, what the router did leaves.
//!
//! Every request is followed by a PING: a router answers in order, so the PONG says that nothing
//! more will come for the request (fact 2). That replaces every waiting time: an absent value is
//! known in one round trip, and an acknowledgement that never comes is known to be missing.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::pace::{BURST, RATE_WINDOW};
use super::reader::{Params, Reader};
use super::session::{Load, Session};
use super::{Error, Refusal, Target};
use crate::clasp::wire::{self, Message, Param, Pattern, Publish, Set, Signal};

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

/// What [`get`] has read for one thing that was wanted.
#[derive(Debug, Default)]
pub struct Found {
    /// The params, in address order.
    pub params: Vec<Param<'static>>,
    /// The router has left some out, and there may be more than these; see
    /// [`super::reader::whole`].
    pub cut: bool,
}

/// How long so many messages take by themselves, to a router with a rate limit.
pub fn patience(messages: usize) -> Duration {
    RATE_WINDOW * u32::try_from(messages / BURST).unwrap_or(u32::MAX)
}

/// Reads params: for each thing that is wanted, in the order asked, what there is of it. What is
/// absent is simply missing.
///
/// # Errors
/// [`Error::Refused`].
pub async fn get(target: &Target, wanted: &[Wanted]) -> Result<Vec<Found>, Error> {
    let load = match wanted {
        [Wanted::Address(_)] => Load::Conversation,
        _ => Load::Flood,
    };
    let mut reader = Reader::connect(target, load).await?;
    let addresses: Vec<&str> = wanted
        .iter()
        .filter_map(|wanted| match wanted {
            Wanted::Address(address) => Some(address.as_str()),
            Wanted::Pattern(_) => None,
        })
        .collect();
    let values: Params = match addresses.as_slice() {
        [] => BTreeMap::new(),
        addresses => reader.addresses(addresses).await?,
    };
    let mut found = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        found.push(match wanted {
            Wanted::Address(address) => Found {
                params: values.get(address).cloned().into_iter().collect(),
                cut: false,
            },
            Wanted::Pattern(pattern) => reader.pattern(pattern).await?,
        });
    }
    reader.close().await;
    Ok(found)
}

/// Reads what there is: the params that exist and the signals that somebody announced.
///
/// # Errors
/// [`Error::Refused`].
pub async fn query(
    target: &Target,
    pattern: &Pattern,
) -> Result<(Found, Vec<Signal<'static>>), Error> {
    let mut reader = Reader::connect(target, Load::Flood).await?;
    // First, while no subscription makes the router talk in between.
    let signals = reader.announced(pattern).await?;
    let params = reader.pattern(pattern).await?;
    reader.close().await;
    Ok((params, signals))
}
