//! State in chunks: addresses enter, SNAPSHOTs of bounded size leave, as fast as they are read.

use std::collections::VecDeque;
use std::rc::Rc;

use super::super::auth::Rights;
use super::super::limits::SNAPSHOT_BYTES;
use super::super::state::State;
use super::super::subscriptions::Key;
use super::{Hub, Now};
use crate::clasp::wire::{Message, Pattern};

/// What a session has asked for and not been sent yet. Until it has, it is read no further, so
/// that a fence comes after all of it.
#[derive(Debug, Default)]
pub struct Pending {
    addresses: VecDeque<Rc<str>>,
}

impl Pending {
    /// Whether all has been sent.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }
}

impl Hub {
    /// Sends what matches and may be read; an empty SNAPSHOT when that is nothing.
    pub(super) fn send_snapshot(&mut self, key: Key, pattern: &Pattern, now: Now) {
        let rights = self.session(key).map(|session| session.rights.clone());
        let rights = rights.unwrap_or_else(|| Rights::of([]));
        let mut found = self.state.matching(pattern, now.micros);
        found.retain(|address| rights.may_read(address));
        // In an order that people can follow, and the same each time.
        found.sort_unstable();
        if found.is_empty() {
            self.reply(key, &Message::Snapshot(Vec::new()), now);
        } else if let Some(session) = self.session_mut(key) {
            session.pending.addresses.extend(found);
        }
        self.continue_snapshot(key, now);
    }

    /// Sends more of a snapshot while there is room; whether anything was sent.
    pub fn continue_snapshot(&mut self, key: Key, now: Now) -> bool {
        let mut sent = false;
        while let Some(session) = self.session_mut(key)
            && !session.pending.is_empty()
            && !session.outbox.is_behind()
        {
            let mut addresses = std::mem::take(&mut session.pending.addresses);
            let state = std::mem::take(&mut self.state);
            let chunk = chunk(&state, &mut addresses, now);
            if !chunk.is_empty() {
                self.reply(key, &Message::Snapshot(chunk), now);
                sent = true;
            }
            self.state = state;
            if let Some(session) = self.session_mut(key) {
                session.pending.addresses = addresses;
            }
        }
        sent
    }
}

/// The next params, as many as fit.
fn chunk<'s>(
    state: &'s State,
    addresses: &mut VecDeque<Rc<str>>,
    now: Now,
) -> Vec<crate::clasp::wire::Param<'s>> {
    let (mut params, mut bytes) = (Vec::new(), 0);
    while let Some(address) = addresses.front() {
        if let Some(param) = state.param(address, now.micros) {
            bytes += State::snapshot_size(&param, state.value_size(address));
            if bytes > SNAPSHOT_BYTES && !params.is_empty() {
                break;
            }
            params.push(param);
        }
        addresses.pop_front();
    }
    params
}
