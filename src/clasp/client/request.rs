//! One-shot requests: each takes one request, connects, and gives what the router did.
//!
//! [`Pipeline`] matches the replies. The PING behind every request replaces a waiting time: an absent
//! value is known in one round trip, and so is an acknowledgement that never comes (quirk 2).

use std::collections::BTreeMap;
use std::time::Duration;

use super::connection::Load;
use super::pace::{BURST, RATE_WINDOW};
use super::pipeline::{Incoming, Pipeline, Sent, Wait};
use super::reader::{Found, Params, Reader};
use super::{Error, Target};
use crate::clasp::wire::{Message, Pattern, Publish, Set, Signal};

/// What a SET came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub address: String,
    /// The revision that it got, if the router said.
    pub revision: Option<u64>,
}

/// Writes one param and waits for its acknowledgement. `sent` says whether the write has left, to
/// who gives up waiting.
///
/// # Errors
/// [`Error::Refused`]; [`Error::Unacknowledged`] when the router moved on without an answer;
/// [`Error::Unknown`].
pub async fn set(target: &Target, set: Set<'_>, sent: &Sent) -> Result<Written, Error> {
    let address = set.address.clone().into_owned();
    let what = format!("the write to {address}");
    let mut pipeline = Pipeline::connect(target, Load::Conversation).await?;
    let revision = acknowledged(&mut pipeline, &what, sent, Message::Set(set)).await?;
    pipeline.close().await;
    Ok(Written { address, revision })
}

/// Sends a SET or a BUNDLE, and gives the revision that its ACK names.
///
/// # Errors
/// As [`set`].
pub(super) async fn acknowledged(
    pipeline: &mut Pipeline,
    what: &str,
    sent: &Sent,
    request: Message<'_>,
) -> Result<Option<u64>, Error> {
    let own = pipeline.next_ticket();
    let mut acked = None;
    let exchange = pipeline.effect(what, sent, [request], |incoming| match incoming {
        Incoming::Acknowledged(ticket, ack) if ticket == own => {
            acked = Some(ack.revision);
            Ok(Wait::Enough)
        }
        Incoming::Refused(ticket, refusal) | Incoming::TooFast(Some((ticket, _)), refusal)
            if ticket == own =>
        {
            Err(Error::Refused(refusal))
        }
        _ => Ok(Wait::On),
    });
    exchange.await?;
    acked.ok_or_else(|| Error::Unacknowledged {
        what: what.to_owned(),
    })
}

/// Publishes one message and waits until the router has handled it.
///
/// # Errors
/// [`Error::Refused`]; [`Error::Unknown`].
pub async fn publish(target: &Target, publish: Publish<'_>, sent: &Sent) -> Result<(), Error> {
    let what = format!("the message to {}", publish.address);
    let mut pipeline = Pipeline::connect(target, Load::Conversation).await?;
    let request = [Message::Publish(publish)];
    let exchange = pipeline.effect(&what, sent, request, |incoming| match incoming {
        Incoming::Refused(_, refusal) => Err(Error::Refused(refusal)),
        _ => Ok(Wait::On),
    });
    let done = exchange.await?;
    pipeline.close().await;
    match done.refusal {
        Some(refusal) if done.dropped > 0 => Err(Error::Refused(refusal)),
        _ => Ok(()),
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

/// How long sending so many messages takes by itself, to a router with a rate limit.
pub fn time_at_rate_limit(messages: usize) -> Duration {
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
