//! Grants: the rights of a token, and the quota of what was started with them.
//!
//! A [`Grant`] belongs to a token and is shared by all sessions with that token; without tokens
//! each session has its own. Whatever a session starts that outlives the request (a timed bundle, a
//! timeline, an announced signal) holds a [`Share`] of the grant: it counts against the quota until
//! it is dropped, and it ends when the grant is revoked. The end of a session revokes nothing: what
//! it has scheduled is executed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::auth::{Record, Rights};
use super::limits;

/// The kinds of what can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A held bundle.
    TimedBundle = 0,
    /// A running timeline.
    Timeline = 1,
    /// An announced signal.
    Signal = 2,
}

const RESOURCES: usize = 3;

impl Resource {
    /// The router's limits: their number and their bytes.
    fn limit(self) -> (usize, usize) {
        match self {
            Resource::TimedBundle => (limits::TIMED_BUNDLES, limits::TIMED_BYTES),
            Resource::Timeline => (limits::TIMELINES, limits::TIMELINES_BYTES),
            Resource::Signal => (limits::SIGNALS, limits::SIGNALS_BYTES),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Resource::TimedBundle => "timed bundles",
            Resource::Timeline => "timelines",
            Resource::Signal => "announced signals",
        }
    }
}

/// The number and the bytes of each kind.
#[derive(Debug, Default)]
pub struct Counts([Cell<(usize, usize)>; RESOURCES]);

impl Counts {
    fn has_room(&self, resource: Resource, more: (usize, usize), most: (usize, usize)) -> bool {
        let (count, bytes) = self.0[resource as usize].get();
        count + more.0 <= most.0 && bytes + more.1 <= most.1
    }

    fn add(&self, resource: Resource, bytes: usize) {
        let cell = &self.0[resource as usize];
        let (count, sum) = cell.get();
        cell.set((count + 1, sum + bytes));
    }

    fn take(&self, resource: Resource, bytes: usize) {
        let cell = &self.0[resource as usize];
        let (count, sum) = cell.get();
        cell.set((count - 1, sum - bytes));
    }
}

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// The router's limit is reached.
    #[error("the router's limit of {} is reached", .0.name())]
    Router(Resource),
    /// The quota of the token or session is reached.
    #[error("one token or session may use at most 1/{} of the router's limit of {}", limits::SHARE, .0.name())]
    Quota(Resource),
}

/// The rights of a token or session, and what was started with them.
#[derive(Debug, Default)]
pub struct Grant {
    rights: Rights,
    /// The present record of the token.
    record: RefCell<Option<Record>>,
    revoked: Cell<bool>,
    /// How many sessions use it.
    sessions: Cell<usize>,
    counts: Counts,
}

impl Grant {
    /// The grant of a token.
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

    /// The rights to read and write.
    #[inline]
    pub fn rights(&self) -> &Rights {
        &self.rights
    }

    /// The token's record, if there is a token.
    pub fn record(&self) -> Option<Record> {
        self.record.borrow().clone()
    }

    /// When the token expires, in µs since the epoch.
    pub fn expires(&self) -> Option<u64> {
        self.record.borrow().as_ref()?.expires
    }

    /// Sets the changed record of the token.
    pub fn update(&self, record: Record) {
        *self.record.borrow_mut() = Some(record);
    }

    /// Records that a session uses it.
    pub fn join(&self) {
        self.sessions.set(self.sessions.get() + 1);
    }

    /// Records that a session no longer uses it.
    pub fn leave(&self) {
        self.sessions.set(self.sessions.get() - 1);
    }

    /// Whether a session uses it.
    pub fn is_present(&self) -> bool {
        self.sessions.get() > 0
    }

    /// Revokes the grant.
    pub fn revoke(&self) {
        self.revoked.set(true);
    }

    /// Whether the grant is revoked.
    pub fn is_revoked(&self) -> bool {
        self.revoked.get()
    }
}

/// The share of the quotas of one started resource.
#[derive(Debug)]
pub struct Share {
    grant: Rc<Grant>,
    router: Rc<Counts>,
    resource: Resource,
    bytes: usize,
}

impl Share {
    /// Takes a share of the grant's and of the router's quota.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn take(
        grant: &Rc<Grant>,
        router: &Rc<Counts>,
        resource: Resource,
        bytes: usize,
    ) -> Result<Share, NoRoom> {
        check(grant, router, resource, 1, bytes)?;
        grant.counts.add(resource, bytes);
        router.add(resource, bytes);
        Ok(Share {
            grant: grant.clone(),
            router: router.clone(),
            resource,
            bytes,
        })
    }

    /// Takes a share for something restored from disk, without a check.
    pub fn restore(
        grant: &Rc<Grant>,
        router: &Rc<Counts>,
        resource: Resource,
        bytes: usize,
    ) -> Share {
        grant.counts.add(resource, bytes);
        router.add(resource, bytes);
        Share {
            grant: grant.clone(),
            router: router.clone(),
            resource,
            bytes,
        }
    }

    /// Whether its grant is revoked.
    pub fn is_revoked(&self) -> bool {
        self.grant.is_revoked()
    }

    /// Its grant.
    pub fn grant(&self) -> &Rc<Grant> {
        &self.grant
    }
}

/// Checks that `count` things of `bytes` in all could be started.
///
/// # Errors
/// [`NoRoom`].
pub fn check(
    grant: &Grant,
    router: &Counts,
    resource: Resource,
    count: usize,
    bytes: usize,
) -> Result<(), NoRoom> {
    let most = resource.limit();
    let share = (most.0 / limits::SHARE, most.1 / limits::SHARE);
    if !grant.counts.has_room(resource, (count, bytes), share) {
        return Err(NoRoom::Quota(resource));
    }
    if !router.has_room(resource, (count, bytes), most) {
        return Err(NoRoom::Router(resource));
    }
    Ok(())
}

impl Drop for Share {
    fn drop(&mut self) {
        self.grant.counts.take(self.resource, self.bytes);
        self.router.take(self.resource, self.bytes);
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
                match Share::take(grant, &router, Resource::Timeline, 10) {
                    Ok(share) => shares.push(share),
                    Err(why) => return (shares, why),
                }
            }
        };
        let grants: Vec<Rc<Grant>> = (0..=limits::SHARE).map(|_| Rc::default()).collect();
        let mut held: Vec<_> = grants[..limits::SHARE].iter().map(all).collect();
        for (shares, why) in &held {
            assert_eq!(shares.len(), limits::TIMELINES / limits::SHARE);
            assert_eq!(*why, NoRoom::Quota(Resource::Timeline));
        }
        let (none, why) = all(&grants[limits::SHARE]);
        assert!(none.is_empty());
        assert_eq!(why, NoRoom::Router(Resource::Timeline));
        held.clear();
        let bytes = limits::TIMELINES_BYTES / limits::SHARE;
        let large = Share::take(&grants[0], &router, Resource::Timeline, bytes);
        assert!(large.is_ok(), "as at the beginning");
        let more = Share::take(&grants[0], &router, Resource::Timeline, 1).err();
        assert_eq!(more, Some(NoRoom::Quota(Resource::Timeline)));
    }
}
