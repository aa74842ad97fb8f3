//! In a cluster: sends what executes timed bundles and timelines. Takes the writes that
//! [`planned`](super::planned) has offered; gives batches to the engine, or an outcome.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::bytes;
use super::super::cluster::Outgoing;
use super::super::cluster::entry::{Ended, Entry};
use super::super::cluster::envelope::Envelope;
use super::super::cluster::plan::Plan;
use super::super::cluster::writes::{Id, What, Write};
use super::bundles::Refused;
use super::entries::{ENDED_SECONDS, NewEntry, new_envelope, timeline_entries, timeline_key};
use super::publishes::Sender;
use super::upstream::{Outcome, merge};
use super::{Hub, Now};
use crate::clasp::wire::{self, Bundle, Message, Set, Value};

/// How old a step of a timeline may be when it can be sent, in µs.
const OLD_STEP: u64 = 200_000;

/// Why a bundle was not executed.
const TOO_LATE: &str = "its time had passed by more than 10 s when the cluster's engine was there";

impl Hub {
    /// Sends a bundle whose time has come, or says why it is not executed. None: it was sent, or waits.
    pub(super) fn send_execute(&mut self, id: Id, key: &Rc<str>, now: Now) -> Option<Outcome> {
        let cluster = self.cluster.as_deref_mut()?;
        let Some(held) = cluster.plan.held.get(key) else {
            // Another router has done it.
            return Some(Outcome::Done(0));
        };
        let (bytes, writer, is_late) = (
            held.frame.clone(),
            held.sender.clone(),
            Plan::is_late(held, now.micros),
        );
        let grant = held.share.grant().clone();
        let frame = wire::decode(&bytes).ok()?;
        let Message::Bundle(bundle) = &frame.message else {
            return Some(Outcome::Done(0));
        };
        let sender = self.sender_of(&writer, grant.clone());
        let refused = |code, why| Outcome::Refused(code, why, None);
        let checked = if is_late {
            Err(refused(503, TOO_LATE.to_owned()))
        } else {
            self.check_planned(id, bundle, &sender, now)?
        };
        let mut outcome = checked.and_then(|sets| {
            let hash = grant.hash();
            let mut entries = timeline_entries(&bundle.messages, &writer, &hash, now);
            let executed = Entry::Ended(Ended::Executed);
            entries.push(NewEntry::new(key.clone(), &executed));
            self.send_all(id, &sets, &entries, &writer, false, now)
        });
        if let Err(Outcome::Refused(code, why, address)) = outcome {
            let ended = Entry::Ended(Ended::Refused {
                code,
                why: why.into(),
                address: address.unwrap_or_default().into(),
            });
            let entries = [NewEntry::new(key.clone(), &ended)];
            outcome = self.send_all(id, &[], &entries, &writer, false, now);
        }
        outcome.err()
    }

    /// Checks a bundle at its time. None: what is known here may be old, and it waits for a fence.
    fn check_planned<'m, 'b>(
        &mut self,
        id: Id,
        bundle: &'m Bundle<'b>,
        sender: &Sender,
        now: Now,
    ) -> Option<Result<Vec<Cow<'m, Set<'b>>>, Outcome>> {
        let refused = |(code, why, address): Refused<'_>| {
            Some(Err(Outcome::Refused(code, why, address.map(Into::into))))
        };
        let sets = match merge(bundle) {
            Ok(sets) => sets,
            Err(why) => return refused(why),
        };
        let each = sets.iter().map(|set| &**set);
        if let Err((place, refusal)) = self.state.check_all(each, &sender.name, now.micros) {
            if self.waits_for_fence(id, &refusal) {
                return None;
            }
            let address = sets.get(place).map(|set| &*set.address);
            return refused((refusal.code(), refusal.to_string(), address));
        }
        match self.check_publishes(bundle, &sender.grant, now) {
            Ok(()) => Some(Ok(sets)),
            Err(why) => refused(why),
        }
    }

    /// Sends a step of a timeline. None: it was sent, or waits.
    pub(super) fn send_step(
        &mut self,
        id: Id,
        step: &What,
        writer: &str,
        now: Now,
    ) -> Option<Outcome> {
        let What::Step {
            address,
            value,
            is_last,
            at,
        } = step
        else {
            return Some(Outcome::Done(0));
        };
        if !is_last && now.micros.saturating_sub(*at) > OLD_STEP {
            // The engine was away; the next one says where the timeline is now.
            return Some(Outcome::Done(0));
        }
        let cluster = self.cluster.as_deref_mut()?;
        let own = cluster.id;
        let played = cluster.plan.timelines.get(address);
        if played.is_none_or(|played| played.owner != own || played.is_over) {
            return Some(Outcome::Done(0));
        }
        let set = Set {
            address: Cow::Borrowed(address),
            value: bytes::value(value).unwrap_or(Value::Null),
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        };
        let checked = self
            .state
            .check_all(std::iter::once(&set), writer, now.micros);
        if let Err((_, refusal)) = checked {
            if self.waits_for_fence(id, &refusal) {
                return None;
            }
            // As without a cluster: it ends where it cannot write.
            self.interrupt_timeline(address);
            return Some(Outcome::Done(0));
        }
        let mut entries = Vec::new();
        if *is_last {
            let executed = Entry::Ended(Ended::Executed);
            entries.push(NewEntry::new(timeline_key(address), &executed));
        }
        let sets = [Cow::Owned(set)];
        self.send_all(id, &sets, &entries, writer, true, now).err()
    }

    /// Sends the end of an entry, or takes over a timeline. None: it was sent.
    pub(super) fn send_entry(&mut self, id: Id, what: &What, now: Now) -> Option<Outcome> {
        let cluster = self.cluster.as_deref_mut()?;
        let (entry, revision, seconds) = match what {
            What::TakeOver(address) => {
                let played = cluster.plan.timelines.get(address)?;
                if played.is_over || !played.is_tried {
                    return Some(Outcome::Done(0));
                }
                let key = timeline_key(address);
                // That it keeps a revision says that it is not new.
                ((key, played.entry.to_vec(), played.writer.clone()), 1, None)
            }
            What::End(key) => {
                let is_there = match key.as_bytes().first() {
                    Some(b'h') => cluster.plan.held.contains_key(key),
                    Some(b't') => cluster.plan.timelines.contains_key(&key[1..]),
                    _ => self.signals.contains_key(&key[1..]),
                };
                if !is_there {
                    return Some(Outcome::Done(0));
                }
                let ended = Entry::Ended(Ended::Withdrawn).to_bytes();
                ((key.clone(), ended, "".into()), 0, Some(ENDED_SECONDS))
            }
            _ => return Some(Outcome::Done(0)),
        };
        let (key, value, writer) = entry;
        let message = Outgoing {
            address: &key,
            expected: cluster.sequence(&key, 0),
            seconds,
            envelope: Envelope {
                revision,
                ..new_envelope(&value, &writer, now)
            },
        };
        cluster.send(id, &[message], now.micros);
        None
    }

    /// A write that no session asked for has ended: if it was not done, it is tried again.
    pub(super) fn planned_ended(&mut self, write: &Write, outcome: &Outcome, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let is_done = matches!(outcome, Outcome::Done(_));
        let again = |what| Write::new(what, write.writer.clone(), write.addresses.clone());
        match &write.what {
            What::Execute(key) => cluster.plan.is_tried(key, now.micros),
            What::TakeOver(address) => {
                if let Some(played) = cluster.plan.timelines.get_mut(address) {
                    played.is_tried = false;
                }
            }
            What::End(key) => {
                if let Some(played) = cluster.plan.timelines.get_mut(&key[1..]) {
                    played.is_tried = false;
                }
                if !is_done && !key.starts_with('t') {
                    cluster.writes.offer(again(What::End(key.clone())));
                }
            }
            What::Step {
                address,
                value,
                is_last,
                at,
            } => {
                cluster.plan.stepping.remove(address);
                if *is_last && !is_done {
                    cluster.writes.offer(again(What::Step {
                        address: address.clone(),
                        value: value.clone(),
                        is_last: true,
                        at: *at,
                    }));
                }
            }
            What::Frame(_) | What::Release(_) | What::Touch(_) => {}
        }
    }
}
