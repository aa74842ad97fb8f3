//! Reads params. Takes addresses or a pattern, and gives what the router holds of them.

pub mod truncation;

use std::collections::{BTreeMap, HashSet};

use super::connection::Load;
use super::pace::BURST;
use super::pipeline::{Incoming, Pipeline, Wait};
use super::{Error, Refusal, Target};
use crate::clasp::wire::{
    Capability, Message, Param, Pattern, Signal, SignalType, Subscribe, TypeMask,
};

use truncation::narrower_patterns;

/// The patterns to subscribe to in order to receive all that one pattern matches: the reference
/// router's snapshot for `/a/**` leaves out `/a`, though its live deliveries include it (measured).
pub fn subscribed_patterns(pattern: &Pattern) -> impl Iterator<Item = &str> {
    [Some(pattern.as_str()), pattern.stem()]
        .into_iter()
        .flatten()
}

/// Whether a refusal is about a pattern that the user did not name, see [`subscribed_patterns`]: at
/// the reference router a token for `read:/a/**` does not allow `/a` (measured).
pub fn is_about_extra_pattern(refusal: &Refusal, pattern: &Pattern) -> bool {
    refusal.code == Refusal::FORBIDDEN
        && refusal.address.is_some()
        && refusal.address.as_deref() == pattern.stem()
}

/// Params by address.
pub type Params = BTreeMap<String, Param<'static>>;

/// The params that were read for a pattern or an address.
#[derive(Debug, Default)]
pub struct Found {
    /// The params, in address order.
    pub params: Vec<Param<'static>>,
    /// The router left out some params, see [`truncation`].
    pub cut: bool,
}

/// A connection that reads params, within the router's rate limit.
pub struct ParamReader {
    pipeline: Pipeline,
    /// Whether a token may limit what can be read: a snapshot leaves out what the token does not
    /// allow, while a GET is refused.
    restricted: bool,
    /// Whether a fence has been sent behind the snapshot that follows HELLO.
    fenced: bool,
    subscriptions: u32,
}

impl ParamReader {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Connect`].
    pub async fn connect(target: &Target, load: Load) -> Result<ParamReader, Error> {
        let mut pipeline = Pipeline::connect(target, load).await?;
        pipeline.pace.enable();
        Ok(ParamReader {
            pipeline,
            restricted: target.token.is_some(),
            fenced: false,
            subscriptions: 0,
        })
    }

    /// Sends a Close frame.
    pub async fn close(self) {
        self.pipeline.close().await;
    }

    /// Sends requests, and passes the replies to `answer`. Gives whether the rate limit dropped
    /// none of them; if it did, they may be sent again at once.
    async fn ask<'m>(
        &mut self,
        requests: impl IntoIterator<Item = Message<'m>>,
        mut answer: impl FnMut(Result<Message<'_>, Refusal>) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        if !self.fenced {
            // Separates the SNAPSHOT of all state that follows HELLO (quirk 1) from the replies, in
            // the same write.
            self.fenced = true;
            self.pipeline.send(&Message::Ping)?;
        }
        let exchange = self.pipeline.exchange(requests, |incoming| {
            match incoming {
                Incoming::Data(message) => answer(Ok(message))?,
                Incoming::Refused(_, refusal) => answer(Err(refusal))?,
                Incoming::Unsolicited(Message::Error(error)) => answer(Err(error.into()))?,
                _ => {}
            }
            Ok(Wait::More)
        });
        Ok(exchange.await?.dropped == 0)
    }

    /// Reads any number of addresses. With single GETs every 900 would take a second, so for more
    /// than one burst a snapshot that covers all of them comes first; only the addresses missing
    /// from it, which may be truncated, are read by GET.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn addresses(&mut self, addresses: &[&str]) -> Result<Params, Error> {
        let (mut found, complete) = match addresses.len() {
            0..=BURST => (Params::new(), false),
            _ => self.by_snapshot(addresses).await?,
        };
        let rest: Vec<&str> = addresses
            .iter()
            .copied()
            .filter(|address| !complete && !found.contains_key(*address))
            .collect();
        for burst in rest.chunks(BURST) {
            let mut open: Vec<&str> = burst.to_vec();
            loop {
                let gets = open.iter().map(|address| Message::Get {
                    address: (*address).into(),
                });
                let answered = self.ask(gets, |answer| match answer {
                    Ok(Message::Snapshot(params)) => {
                        for param in params {
                            let param = param.into_owned();
                            found.insert(param.address.clone().into_owned(), param);
                        }
                        Ok(())
                    }
                    Ok(_) => Ok(()),
                    Err(refusal) => Err(Error::Refused(refusal)),
                });
                if answered.await? {
                    break;
                }
                open.retain(|address| !found.contains_key(*address));
            }
        }
        Ok(found)
    }

    /// Reads these addresses by one snapshot, if the token allows it. Also gives whether that
    /// snapshot is complete.
    async fn by_snapshot(&mut self, addresses: &[&str]) -> Result<(Params, bool), Error> {
        let mut found = Params::new();
        let (Some(first), Some(last)) = (addresses.iter().min(), addresses.iter().max()) else {
            return Ok((found, true));
        };
        let Ok(pattern) = Pattern::new(&format!("{}/**", common_segments(first, last))) else {
            return Ok((found, false));
        };
        let asked = [pattern.as_str().to_owned()];
        let complete = match self.snapshot(&asked, &pattern, &mut found).await {
            Ok(_) => !self.restricted && self.sends_all().await?,
            Err(Error::Refused(refusal)) if refusal.code == Refusal::FORBIDDEN => false,
            Err(error) => return Err(error),
        };
        let wanted: HashSet<&str> = addresses.iter().copied().collect();
        found.retain(|address, _| wanted.contains(address.as_str()));
        Ok((found, complete))
    }

    /// Whether the router promises complete snapshots.
    async fn sends_all(&mut self) -> Result<bool, Error> {
        let welcome = self.pipeline.welcomed().await?;
        Ok(welcome.has(Capability::WholeSnapshots))
    }

    /// Reads the announced signals that match. Existing params are not among them (quirk 14).
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn announced(&mut self, pattern: &Pattern) -> Result<Vec<Signal<'static>>, Error> {
        loop {
            let mut found = Vec::new();
            let query = Message::Query {
                pattern: pattern.as_str().into(),
            };
            let answered = self.ask([query], |answer| match answer {
                Ok(Message::Result(signals)) => {
                    found.extend(
                        signals
                            .into_iter()
                            .filter(|signal| pattern.matches(&signal.address))
                            .map(Signal::into_owned),
                    );
                    Ok(())
                }
                Ok(_) => Ok(()),
                Err(refusal) => Err(Error::Refused(refusal)),
            });
            if answered.await? {
                return Ok(found);
            }
        }
    }

    /// Reads every param that matches, from the snapshot of a subscription. If the snapshot may be
    /// truncated, asks again with narrower patterns, see [`truncation`].
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn pattern(&mut self, pattern: &Pattern) -> Result<Found, Error> {
        let mut found = Params::new();
        let asked: Vec<String> = subscribed_patterns(pattern).map(str::to_owned).collect();
        self.snapshot(&asked, pattern, &mut found).await?;
        let since = self.pipeline.welcomed().await?.time;
        let mut cut = false;
        if !self.sends_all().await?
            && let Some(narrower) = narrower_patterns(pattern, &found)
        {
            let unseen = self.snapshot(&narrower, pattern, &mut found).await?;
            cut = unseen.iter().any(|first| !first.is_younger_than(since));
        }
        Ok(Found {
            cut,
            params: found.into_values().collect(),
        })
    }

    /// Adds the snapshots of the patterns `asked` to `found`, as far as they match `pattern`. Gives
    /// a [`First`] for each param that is new.
    async fn snapshot(
        &mut self,
        asked: &[String],
        pattern: &Pattern,
        found: &mut Params,
    ) -> Result<Vec<First>, Error> {
        let mut unseen = Vec::new();
        let mut take = |param: Param<'_>, live: bool| {
            let first = First {
                revision: param.revision,
                timestamp: param.timestamp,
                live,
            };
            let param = param.into_owned();
            if found
                .insert(param.address.clone().into_owned(), param)
                .is_none()
            {
                unseen.push(first);
            }
        };
        for burst in asked.chunks(BURST / 2) {
            loop {
                let first = self.subscriptions + 1;
                self.subscriptions += burst.len() as u32;
                let subscribes = burst.iter().zip(first..).map(|(pattern, id)| {
                    Message::Subscribe(Subscribe {
                        id,
                        pattern: pattern.as_str().into(),
                        types: TypeMask::of([SignalType::Param]),
                        max_rate: None,
                        epsilon: None,
                        history: None,
                        window: None,
                    })
                });
                let answered = self.ask(subscribes, |answer| match answer {
                    Ok(Message::Snapshot(params)) => {
                        params
                            .into_iter()
                            .filter(|param| pattern.matches(&param.address))
                            .for_each(|param| take(param, false));
                        Ok(())
                    }
                    // Written while the snapshot was being sent: the newer value counts.
                    Ok(Message::Set(set)) if pattern.matches(&set.address) => {
                        let param = Param {
                            address: set.address,
                            value: set.value,
                            revision: set.revision.unwrap_or(0),
                            writer: None,
                            timestamp: None,
                        };
                        take(param, true);
                        Ok(())
                    }
                    Ok(_) => Ok(()),
                    // The token may not allow the patterns that were added to the user's pattern.
                    Err(refusal)
                        if refusal.code == Refusal::FORBIDDEN
                            && refusal.address.as_deref() != Some(pattern.as_str()) =>
                    {
                        Ok(())
                    }
                    Err(refusal) => Err(Error::Refused(refusal)),
                });
                if answered.await? {
                    break;
                }
            }
        }
        Ok(unseen)
    }
}

/// The path segments with which both addresses begin, without the last slash.
fn common_segments<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let slash = a.as_bytes()[..same].iter().rposition(|byte| *byte == b'/');
    &a[..slash.unwrap_or(0)]
}

/// How a param was received for the first time.
struct First {
    revision: u64,
    timestamp: Option<u64>,
    /// Received as a SET, not in a snapshot.
    live: bool,
}

impl First {
    /// Whether the param was created after this time (in µs by the router's clock), when the
    /// connection was already made: then its absence from the first snapshot does not show that the
    /// snapshot was truncated. Only revision 1 proves it: params that a truncation hides may be
    /// written all the time.
    fn is_younger_than(&self, since: u64) -> bool {
        let later = self.timestamp.is_some_and(|at| at > since);
        self.revision == 1 && (self.live || later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_addresses_share_ends_with_a_segment() {
        for (a, b, shared) in [
            ("/a/b/1", "/a/b/2", "/a/b"),
            ("/a/b/é", "/a/b/è", "/a/b"),
            ("/a/b", "/a/b/c", "/a"),
            ("/a", "/a", ""),
            ("/a", "/b", ""),
        ] {
            assert_eq!(common_segments(a, b), shared, "{a} {b}");
        }
    }
}
