//! Reads params: addresses or a pattern enter, what the router holds of them leaves.

pub mod whole;

use std::collections::{BTreeMap, HashSet};

use tokio::time::{Instant, sleep_until};

use super::pace::{BURST, Pace, RATE_WINDOW};
use super::request::Found;
use super::session::{Load, Session};
use super::{Error, Refusal, Target};
use crate::clasp::wire::{
    self, Capability, Message, Param, Pattern, Signal, SignalType, Subscribe, TypeMask,
};

use whole::second_look;

/// The patterns to subscribe to, in order to see all that one matches: the reference router's
/// snapshot for `/a/**` leaves out `/a`, though its live deliveries do not (measured).
pub fn asked_for(pattern: &Pattern) -> impl Iterator<Item = &str> {
    [Some(pattern.as_str()), pattern.stem()]
        .into_iter()
        .flatten()
}

/// Whether a refusal is about an address that nobody asked for by name, see [`asked_for`]: a token
/// for `read:/a/**` does not reach `/a` at the reference router (measured).
pub fn is_beside(refusal: &Refusal, pattern: &Pattern) -> bool {
    refusal.code == Refusal::FORBIDDEN
        && refusal.address.is_some()
        && refusal.address.as_deref() == pattern.stem()
}

/// Params by address.
pub type Params = BTreeMap<String, Param<'static>>;

/// A connection that reads params, within the router's rate limit.
pub struct Reader {
    session: Session,
    /// Whether a token says what may be read: what it does not reach is missing from a snapshot,
    /// where a GET is refused.
    restricted: bool,
    settled: bool,
    subscriptions: u32,
    pace: Pace,
}

impl Reader {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Connect`].
    pub async fn connect(target: &Target, load: Load) -> Result<Reader, Error> {
        let mut pace = Pace::default();
        pace.enable();
        Ok(Reader {
            session: Session::connect(target, load).await?,
            restricted: target.token.is_some(),
            settled: false,
            subscriptions: 0,
            pace,
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

    /// Sends requests and a fence, and hands over what comes before the fence does. Whether all of
    /// it was answered: if some fell to the rate limit, which a 429 does without naming it, and the
    /// fence itself may (fact 10), then the next second has begun and it may be asked again.
    async fn ask<'m>(
        &mut self,
        requests: impl IntoIterator<Item = Message<'m>>,
        mut answer: impl FnMut(Message<'_>) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let requests: Vec<Message<'_>> = requests.into_iter().collect();
        let mut skip = self.fence_hello()?;
        // Here, where nothing is under way: two peers that write and do not read block each other.
        if let Some(free) = self.pace.until_all(requests.len(), Instant::now()) {
            sleep_until(free).await;
        }
        for request in &requests {
            self.session.send(request)?;
            self.pace.sent(Instant::now());
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
                    () = sleep_until(until) => return Ok(false),
                },
            };
            match wire::decode(&frame)?.message {
                Message::Pong if skip > 0 => skip -= 1,
                Message::Pong if too_fast.is_none() => return Ok(true),
                Message::Error(error) if error.code == Refusal::TOO_FAST => {
                    too_fast.get_or_insert(Instant::now() + RATE_WINDOW);
                }
                message @ Message::Error(_) => answer(message)?,
                message if skip == 0 => answer(message)?,
                _ => {}
            }
        }
    }

    /// Reads addresses, any number of them. More than a burst would take a second each 900: what a
    /// snapshot of all of them brings, which may be cut, need not be asked for by name.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn addresses(&mut self, addresses: &[&str]) -> Result<Params, Error> {
        let (mut found, whole) = match addresses.len() {
            0..=BURST => (Params::new(), false),
            _ => self.in_one_look(addresses).await?,
        };
        let rest: Vec<&str> = addresses
            .iter()
            .copied()
            .filter(|address| !whole && !found.contains_key(*address))
            .collect();
        for burst in rest.chunks(BURST) {
            let mut open: Vec<&str> = burst.to_vec();
            loop {
                let gets = open.iter().map(|address| Message::Get {
                    address: (*address).into(),
                });
                let answered = self.ask(gets, |message| match message {
                    Message::Snapshot(params) => {
                        for param in params {
                            let param = param.into_owned();
                            found.insert(param.address.clone().into_owned(), param);
                        }
                        Ok(())
                    }
                    Message::Error(error) => Err(Error::Refused(error.into())),
                    _ => Ok(()),
                });
                if answered.await? {
                    break;
                }
                open.retain(|address| !found.contains_key(*address));
            }
        }
        Ok(found)
    }

    /// What one snapshot brings of these addresses, if the token reaches so far; and whether that is
    /// all that there is.
    async fn in_one_look(&mut self, addresses: &[&str]) -> Result<(Params, bool), Error> {
        let mut found = Params::new();
        let (Some(first), Some(last)) = (addresses.iter().min(), addresses.iter().max()) else {
            return Ok((found, true));
        };
        let Ok(pattern) = Pattern::new(&format!("{}/**", common_segments(first, last))) else {
            return Ok((found, false));
        };
        let asked = [pattern.as_str().to_owned()];
        let whole = match self.snapshot(&asked, &pattern, &mut found).await {
            Ok(_) => !self.restricted && self.sends_all().await?,
            Err(Error::Refused(refusal)) if refusal.code == Refusal::FORBIDDEN => false,
            Err(error) => return Err(error),
        };
        let wanted: HashSet<&str> = addresses.iter().copied().collect();
        found.retain(|address, _| wanted.contains(address.as_str()));
        Ok((found, whole))
    }

    /// Whether the router leaves nothing out of a snapshot.
    async fn sends_all(&mut self) -> Result<bool, Error> {
        let welcome = self.session.welcomed().await?;
        Ok(welcome.has(Capability::WholeSnapshots))
    }

    /// Reads what was announced and matches. The params that exist are not in it (fact 14).
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn announced(&mut self, pattern: &Pattern) -> Result<Vec<Signal<'static>>, Error> {
        loop {
            let mut found = Vec::new();
            let query = Message::Query {
                pattern: pattern.as_str().into(),
            };
            let answered = self.ask([query], |message| match message {
                Message::Result(signals) => {
                    found.extend(
                        signals
                            .into_iter()
                            .filter(|signal| pattern.matches(&signal.address))
                            .map(Signal::into_owned),
                    );
                    Ok(())
                }
                Message::Error(error) => Err(Error::Refused(error.into())),
                _ => Ok(()),
            });
            if answered.await? {
                return Ok(found);
            }
        }
    }

    /// Reads every param that matches, by subscribing for as long as the snapshot takes; and looks
    /// again where the router may have cut it, see [`whole`].
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn pattern(&mut self, pattern: &Pattern) -> Result<Found, Error> {
        let mut found = Params::new();
        let asked: Vec<String> = asked_for(pattern).map(str::to_owned).collect();
        self.snapshot(&asked, pattern, &mut found).await?;
        let since = self.session.welcomed().await?.time;
        let mut cut = false;
        if !self.sends_all().await?
            && let Some(narrower) = second_look(pattern, &found)
        {
            let unseen = self.snapshot(&narrower, pattern, &mut found).await?;
            cut = unseen.iter().any(|first| !first.is_younger_than(since));
        }
        Ok(Found {
            cut,
            params: found.into_values().collect(),
        })
    }

    /// Adds the snapshots of some patterns to what is found of one. Gives how each param came that
    /// had not been found before.
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
                let answered = self.ask(subscribes, |message| match message {
                    Message::Snapshot(params) => {
                        params
                            .into_iter()
                            .filter(|param| pattern.matches(&param.address))
                            .for_each(|param| take(param, false));
                        Ok(())
                    }
                    // Written while the snapshot was on its way: the newer value counts.
                    Message::Set(set) if pattern.matches(&set.address) => {
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
                    Message::Error(error) => {
                        let refusal = Refusal::from(error);
                        // What was asked beside the pattern itself may be out of the token's reach.
                        let beside = refusal.code == Refusal::FORBIDDEN
                            && refusal.address.as_deref() != Some(pattern.as_str());
                        match beside {
                            true => Ok(()),
                            false => Err(Error::Refused(refusal)),
                        }
                    }
                    _ => Ok(()),
                });
                if answered.await? {
                    break;
                }
            }
        }
        Ok(unseen)
    }
}

/// The whole segments that both begin with, without the last slash.
fn common_segments<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let slash = a.as_bytes()[..same].iter().rposition(|byte| *byte == b'/');
    &a[..slash.unwrap_or(0)]
}

/// How a param came for the first time.
struct First {
    revision: u64,
    timestamp: Option<u64>,
    /// As a SET, and not in a snapshot.
    live: bool,
}

impl First {
    /// Whether it has been created since this time (in µs by the router's clock), when the
    /// connection was already there: a first look that has not seen it was not cut for that. Only
    /// its first revision tells: of a later one it may be that all of what a cut has hidden is
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
