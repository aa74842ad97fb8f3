//! A right to do things, and what has been started with it.
//!
//! A [`Grant`] belongs to a token, and all sessions that came in with it share it; where no tokens
//! are asked for, each session has its own. What a session starts that outlives the request (a
//! timed bundle, a timeline, an announced signal) holds a [`Share`] of the grant: it counts against
//! the quota until it is dropped, and it ends when the grant is revoked. A session that leaves
//! revokes nothing: what it has scheduled is done.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::auth::{Record, Rights};
use super::limits;

/// What can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A bundle that waits for its time.
    TimedBundle = 0,
    /// A timeline that runs.
    Timeline = 1,
    /// A signal that is announced.
    Signal = 2,
}

const THINGS: usize = 3;

impl Thing {
    /// How many of them the router may have, and how many bytes they may take.
    fn limit(self) -> (usize, usize) {
        match self {
            Thing::TimedBundle => (limits::TIMED_BUNDLES, limits::TIMED_BYTES),
            Thing::Timeline => (limits::TIMELINES, limits::TIMELINES_BYTES),
            Thing::Signal => (limits::SIGNALS, limits::SIGNALS_BYTES),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Thing::TimedBundle => "timed bundles",
            Thing::Timeline => "timelines",
            Thing::Signal => "announced signals",
        }
    }
}

/// How many there are, and the bytes that they take.
#[derive(Debug, Default)]
pub struct Counts([Cell<(usize, usize)>; THINGS]);

impl Counts {
    fn has_room(&self, thing: Thing, more: (usize, usize), most: (usize, usize)) -> bool {
        let (count, bytes) = self.0[thing as usize].get();
        count + more.0 <= most.0 && bytes + more.1 <= most.1
    }

    fn add(&self, thing: Thing, bytes: usize) {
        let cell = &self.0[thing as usize];
        let (count, sum) = cell.get();
        cell.set((count + 1, sum + bytes));
    }

    fn take(&self, thing: Thing, bytes: usize) {
        let cell = &self.0[thing as usize];
        let (count, sum) = cell.get();
        cell.set((count - 1, sum - bytes));
    }
}

/// Why something is not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// The router has as many as it may have.
    #[error("the router has as many {} as it may have", .0.name())]
    Router(Thing),
    /// The token or session has its share.
    #[error("one token or session may have a {}th of the {} that the router may have", limits::SHARE, .0.name())]
    Quota(Thing),
}

/// A right, and how much has been started with it.
#[derive(Debug, Default)]
pub struct Grant {
    rights: Rights,
    /// The token's record, as the file of tokens has it now.
    record: RefCell<Option<Record>>,
    revoked: Cell<bool>,
    /// How many sessions have it.
    sessions: Cell<usize>,
    counts: Counts,
}

impl Grant {
    /// What a token allows.
    pub fn of_token(rights: Rights, record: Record) -> Grant {
        Grant {
            rights,
            record: RefCell::new(Some(record)),
            ..Grant::default()
        }
    }

    /// The hash of its token; empty if there is none.
    pub fn hash(&self) -> String {
        let record = self.record.borrow();
        record
            .as_ref()
            .map_or_else(String::new, |record| record.hash.clone())
    }

    /// What may be read and written.
    #[inline]
    pub fn rights(&self) -> &Rights {
        &self.rights
    }

    /// The token's record, if there is a token.
    pub fn record(&self) -> Option<Record> {
        self.record.borrow().clone()
    }

    /// When the right ends by itself, in µs since the epoch.
    pub fn expires(&self) -> Option<u64> {
        self.record.borrow().as_ref()?.expires
    }

    /// The token's record has changed: another name, or another time to expire.
    pub fn update(&self, record: Record) {
        *self.record.borrow_mut() = Some(record);
    }

    /// A session has it from now on.
    pub fn join(&self) {
        self.sessions.set(self.sessions.get() + 1);
    }

    /// A session that had it has left.
    pub fn leave(&self) {
        self.sessions.set(self.sessions.get() - 1);
    }

    /// Whether a session that has it is there.
    pub fn is_present(&self) -> bool {
        self.sessions.get() > 0
    }

    /// Ends the right.
    pub fn revoke(&self) {
        self.revoked.set(true);
    }

    /// Whether the right has ended.
    pub fn is_revoked(&self) -> bool {
        self.revoked.get()
    }
}

/// What one thing that was started counts for.
#[derive(Debug)]
pub struct Share {
    grant: Rc<Grant>,
    router: Rc<Counts>,
    thing: Thing,
    bytes: usize,
}

impl Share {
    /// Takes a share, of the grant and of what the router has.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn take(
        grant: &Rc<Grant>,
        router: &Rc<Counts>,
        thing: Thing,
        bytes: usize,
    ) -> Result<Share, NoRoom> {
        check(grant, router, thing, 1, bytes)?;
        grant.counts.add(thing, bytes);
        router.add(thing, bytes);
        Ok(Share {
            grant: grant.clone(),
            router: router.clone(),
            thing,
            bytes,
        })
    }

    /// Takes a share for what was there before the router was started again: it has had its place.
    pub fn restore(grant: &Rc<Grant>, router: &Rc<Counts>, thing: Thing, bytes: usize) -> Share {
        grant.counts.add(thing, bytes);
        router.add(thing, bytes);
        Share {
            grant: grant.clone(),
            router: router.clone(),
            thing,
            bytes,
        }
    }

    /// Whether the right it was started with has ended.
    pub fn is_revoked(&self) -> bool {
        self.grant.is_revoked()
    }

    /// With which right.
    pub fn grant(&self) -> &Rc<Grant> {
        &self.grant
    }
}

/// Whether so many things of so many bytes together could be started.
///
/// # Errors
/// [`NoRoom`].
pub fn check(
    grant: &Grant,
    router: &Counts,
    thing: Thing,
    count: usize,
    bytes: usize,
) -> Result<(), NoRoom> {
    let most = thing.limit();
    let share = (most.0 / limits::SHARE, most.1 / limits::SHARE);
    if !grant.counts.has_room(thing, (count, bytes), share) {
        return Err(NoRoom::Quota(thing));
    }
    if !router.has_room(thing, (count, bytes), most) {
        return Err(NoRoom::Router(thing));
    }
    Ok(())
}

impl Drop for Share {
    fn drop(&mut self) {
        self.grant.counts.take(self.thing, self.bytes);
        self.router.take(self.thing, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_its_share_and_what_ends_gives_it_back() {
        let router = Rc::new(Counts::default());
        let all = |grant: &Rc<Grant>| {
            let mut shares = Vec::new();
            loop {
                match Share::take(grant, &router, Thing::Timeline, 10) {
                    Ok(share) => shares.push(share),
                    Err(why) => return (shares, why),
                }
            }
        };
        let grants: Vec<Rc<Grant>> = (0..=limits::SHARE).map(|_| Rc::default()).collect();
        let mut held: Vec<_> = grants[..limits::SHARE].iter().map(all).collect();
        for (shares, why) in &held {
            assert_eq!(shares.len(), limits::TIMELINES / limits::SHARE);
            assert_eq!(*why, NoRoom::Quota(Thing::Timeline));
        }
        let (none, why) = all(&grants[limits::SHARE]);
        assert!(none.is_empty());
        assert_eq!(why, NoRoom::Router(Thing::Timeline));
        held.clear();
        let bytes = limits::TIMELINES_BYTES / limits::SHARE;
        let large = Share::take(&grants[0], &router, Thing::Timeline, bytes);
        assert!(large.is_ok(), "as at the beginning");
        let more = Share::take(&grants[0], &router, Thing::Timeline, 1).err();
        assert_eq!(more, Some(NoRoom::Quota(Thing::Timeline)));
    }
}
