//! One-shot requests: each function takes one request, connects, and gives what the router did.
//!
//! [`Pipeline`] matches the replies. A PING follows every request, so that no timeout is needed to
//! learn that a value is absent or that no acknowledgement will come: the PONG tells it after one
//! round trip (quirk 2).

use std::collections::BTreeMap;
use std::time::Duration;

use super::connection::Load;
use super::pace::{BURST, RATE_WINDOW};
use super::pipeline::{Incoming, Pipeline, Sent, Wait};
use super::reader::{Found, ParamReader, Params};
use super::{Error, Target};
use crate::clasp::wire::{Message, Pattern, Publish, Set, Signal};

/// The result of a SET.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The address written to.
    pub address: String,
    /// The new revision, if the router told it.
    pub revision: Option<u64>,
}

/// Writes one param and waits for its acknowledgement. `sent` tells a caller whose deadline passes
/// whether the write may have left.
///
/// # Errors
/// [`Error::Refused`]; [`Error::Unacknowledged`] when the router handled a later message without
/// answering this one; [`Error::Unknown`].
pub async fn set(target: &Target, set: Set<'_>, sent: &Sent) -> Result<Written, Error> {
    let address = set.address.clone().into_owned();
    let what = format!("the write to {address}");
    let mut pipeline = Pipeline::connect(target, Load::OneShot).await?;
    let revision = acknowledged(&mut pipeline, &what, sent, Message::Set(set)).await?;
    pipeline.close().await;
    Ok(Written { address, revision })
}

/// Sends a SET or a BUNDLE, and gives the revision that its ACK names.
/// # Errors
/// The same as [`set`].
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
            Ok(Wait::Done)
        }
        Incoming::Refused(ticket, refusal) | Incoming::RateLimited(Some((ticket, _)), refusal)
            if ticket == own =>
        {
            Err(Error::Refused(refusal))
        }
        _ => Ok(Wait::More),
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
    let mut pipeline = Pipeline::connect(target, Load::OneShot).await?;
    let request = [Message::Publish(publish)];
    let exchange = pipeline.effect(&what, sent, request, |incoming| match incoming {
        Incoming::Refused(_, refusal) => Err(Error::Refused(refusal)),
        _ => Ok(Wait::More),
    });
    let done = exchange.await?;
    pipeline.close().await;
    match done.refusal {
        Some(refusal) if done.dropped > 0 => Err(Error::Refused(refusal)),
        _ => Ok(()),
    }
}

/// What [`get`] reads.
#[derive(Debug, Clone)]
pub enum Selector {
    /// The param at one address.
    Address(String),
    /// Every param that matches.
    Pattern(Pattern),
}

/// The shortest time in which this many messages can be sent to a router with a rate limit.
pub fn time_at_rate_limit(messages: usize) -> Duration {
    RATE_WINDOW * u32::try_from(messages / BURST).unwrap_or(u32::MAX)
}

/// Reads params. Gives one [`Found`] per selector, in the same order; an absent param is missing
/// from it.
///
/// # Errors
/// [`Error::Refused`].
pub async fn get(target: &Target, wanted: &[Selector]) -> Result<Vec<Found>, Error> {
    let load = match wanted {
        [Selector::Address(_)] => Load::OneShot,
        _ => Load::Bulk,
    };
    let mut reader = ParamReader::connect(target, load).await?;
    let addresses: Vec<&str> = wanted
        .iter()
        .filter_map(|wanted| match wanted {
            Selector::Address(address) => Some(address.as_str()),
            Selector::Pattern(_) => None,
        })
        .collect();
    let values: Params = match addresses.as_slice() {
        [] => BTreeMap::new(),
        addresses => reader.addresses(addresses).await?,
    };
    let mut found = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        found.push(match wanted {
            Selector::Address(address) => Found {
                params: values.get(address).cloned().into_iter().collect(),
                cut: false,
            },
            Selector::Pattern(pattern) => reader.pattern(pattern).await?,
        });
    }
    reader.close().await;
    Ok(found)
}

/// Reads which addresses exist: the params that have a value and the signals that were announced.
///
/// # Errors
/// [`Error::Refused`].
pub async fn query(
    target: &Target,
    pattern: &Pattern,
) -> Result<(Found, Vec<Signal<'static>>), Error> {
    let mut reader = ParamReader::connect(target, Load::Bulk).await?;
    // Before `pattern`, whose subscriptions make the router send other messages in between.
    let signals = reader.announced(pattern).await?;
    let params = reader.pattern(pattern).await?;
    reader.close().await;
    Ok((params, signals))
}
