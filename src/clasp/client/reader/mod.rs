//! Reads params: addresses or a pattern enter, what the router holds of them leaves.

pub mod whole;

use std::collections::BTreeMap;

use tokio::time::{Instant, sleep_until};

use super::pace::{BURST, Pace, RATE_WINDOW};
use super::request::Found;
use super::session::{Load, Session};
use super::{Error, Refusal, Target};
use crate::clasp::wire::{
    self, Features, Message, Param, Pattern, Signal, SignalType, Subscribe, TypeMask,
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
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn announced(&mut self, pattern: &Pattern) -> Result<Vec<Signal<'static>>, Error> {
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

    /// Reads every param that matches, by subscribing for as long as the snapshot takes; and looks
    /// again where the router may have cut it, see [`whole`].
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn pattern(&mut self, pattern: &Pattern) -> Result<Found, Error> {
        let mut found = Params::new();
        let asked: Vec<String> = asked_for(pattern).map(str::to_owned).collect();
        self.snapshot(&asked, pattern, &mut found).await?;
        let first = found.len();
        let features = self.session.welcomed().await?.features;
        // Ours, which says so, sends all that there is.
        if !features.has(Features::KEEPS_TIME)
            && let Some(narrower) = second_look(pattern, &found)
        {
            self.snapshot(&narrower, pattern, &mut found).await?;
        }
        Ok(Found {
            cut: found.len() > first,
            params: found.into_values().collect(),
        })
    }

    /// Adds the snapshots of some patterns to what is found of one.
    async fn snapshot(
        &mut self,
        asked: &[String],
        pattern: &Pattern,
        found: &mut Params,
    ) -> Result<(), Error> {
        for burst in asked.chunks(BURST / 2) {
            while self.burst_of_patterns(burst, pattern, found).await? {
                sleep_until(Instant::now() + RATE_WINDOW).await;
            }
        }
        Ok(())
    }

    /// Subscribes to what fits one burst, and reads up to the fence. Whether some of it fell to the
    /// rate limit.
    async fn burst_of_patterns(
        &mut self,
        asked: &[String],
        pattern: &Pattern,
        found: &mut Params,
    ) -> Result<bool, Error> {
        let mut skip = self.fence_hello()?;
        // Here, where nothing is under way: two peers that write and do not read block each other.
        if let Some(free) = self.pace.until_all(asked.len(), Instant::now()) {
            sleep_until(free).await;
        }
        for pattern in asked {
            self.subscriptions += 1;
            self.session.send(&Message::Subscribe(Subscribe {
                id: self.subscriptions,
                pattern: pattern.as_str().into(),
                types: TypeMask::of([SignalType::Param]),
                max_rate: None,
                epsilon: None,
                history: None,
                window: None,
            }))?;
            self.pace.sent(Instant::now());
        }
        self.session.send(&Message::Ping)?;
        self.session.welcomed().await?;
        loop {
            let frame = self.session.next().await?;
            match wire::decode(&frame)?.message {
                Message::Pong if skip > 0 => skip -= 1,
                Message::Pong => return Ok(false),
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
                Message::Error(error) => {
                    let refusal = Refusal::from(error);
                    if refusal.too_fast() {
                        return Ok(true);
                    }
                    // What was asked beside the pattern itself may be out of the token's reach.
                    let beside = refusal.code == Refusal::FORBIDDEN
                        && refusal.address.as_deref() != Some(pattern.as_str());
                    if !beside {
                        return Err(Error::Refused(refusal));
                    }
                }
                _ => {}
            }
        }
    }
}
