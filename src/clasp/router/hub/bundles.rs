//! Bundles. Takes a BUNDLE, validates it as a whole, and executes it as a whole, now or at its
//! time.

use std::rc::Rc;

use super::super::grants::{self, Grant, Resource, Share};
use super::super::schedule::timeline::Timeline;
use super::super::state::Refusal;
use super::super::subscriptions::Key;
use super::super::{Notice, limits};
use super::publishes::Sender;
use super::{Hub, Now};
use crate::clasp::wire::{self, Ack, Bundle, Message, Qos, SignalType, encoded_size};

/// The estimated memory of a held bundle without its frame.
const TIMED_BYTES: usize = 100;

/// A held bundle. It is kept as the received frame, which is smaller than its decoded messages.
#[derive(Debug)]
pub struct Timed {
    frame: Box<[u8]>,
    sender: Rc<str>,
    pub share: Share,
    /// Its id in the store, if there is one.
    pub id: u64,
}

impl Timed {
    /// The memory of a held bundle.
    pub fn bytes(frame: &[u8]) -> usize {
        frame.len() + TIMED_BYTES
    }

    /// A bundle restored from the store.
    pub fn restored(frame: &[u8], sender: &str, share: Share, id: u64) -> Timed {
        Timed {
            frame: frame.into(),
            sender: sender.into(),
            share,
            id,
        }
    }

    /// The cost of executing it, in steps: about one per message.
    pub fn size(&self) -> u32 {
        (self.frame.len() / 32) as u32
    }
}

/// Why a bundle is refused: code, text, address.
pub type Refused<'m> = (u16, String, Option<&'m str>);

impl Hub {
    pub(super) fn bundle(
        &mut self,
        key: Key,
        bundle: &Bundle<'_>,
        qos: Qos,
        frame: &[u8],
        now: Now,
    ) {
        let Some(sender) = self.sender(key) else {
            return;
        };
        let checked = self
            .check_rights(key, bundle)
            .and_then(|()| self.check_bundle(bundle, &sender, now));
        if let Err((code, why, address)) = checked {
            let why = format!("refused bundle: {why}");
            return self.refuse(key, code, &why, address);
        }
        let ack = match bundle.timestamp {
            Some(at) if at > now.micros => {
                if let Err((code, why)) = self.hold(at, frame, &sender, now) {
                    return self.refuse(key, code, &why, None);
                }
                // No revision: it shows that the bundle was accepted but not executed.
                Ack::default()
            }
            _ => Ack {
                revision: self.run_bundle(bundle, &sender, now),
                ..Ack::default()
            },
        };
        if qos != Qos::Fire {
            self.reply(key, &Message::Ack(ack));
        }
    }

    /// Checks the sender's rights. Only on receipt: an accepted cue is not refused at its time.
    pub(super) fn check_rights<'m>(
        &self,
        key: Key,
        bundle: &'m Bundle<'_>,
    ) -> Result<(), Refused<'m>> {
        for message in &bundle.messages {
            let address = match message {
                Message::Set(set) => &*set.address,
                Message::Publish(publish) => &*publish.address,
                _ => {
                    let why = "a bundle holds SETs and PUBLISHes".to_owned();
                    return Err((403, why, None));
                }
            };
            self.check_target(key, address)
                .map_err(|(code, why)| (code, why, Some(address)))?;
        }
        Ok(())
    }

    /// Checks that the whole bundle can be executed now, by the same rules as for single messages.
    pub(super) fn check_bundle<'m>(
        &self,
        bundle: &'m Bundle<'_>,
        sender: &Sender,
        now: Now,
    ) -> Result<(), Refused<'m>> {
        if let Some(why) = self.cannot_keep() {
            let why = Refusal::Disk(why);
            return Err((why.code(), why.to_string(), None));
        }
        let sets = bundle.messages.iter().filter_map(|message| match message {
            Message::Set(set) => Some(set),
            _ => None,
        });
        let checked = self.state.check_all(sets.clone(), &sender.name, now.micros);
        if let Err((place, refusal)) = checked {
            let address = sets.clone().nth(place).map(|set| &*set.address);
            return Err((refusal.code(), refusal.to_string(), address));
        }
        for message in &bundle.messages {
            if let Message::Publish(publish) = message {
                self.check_played(publish, &sender.name, now)
                    .map_err(|(code, why)| (code, why, Some(&*publish.address)))?;
            }
        }
        self.check_publishes(bundle, &sender.grant, now)
    }

    pub(super) fn check_publishes<'m>(
        &self,
        bundle: &'m Bundle<'_>,
        grant: &Grant,
        now: Now,
    ) -> Result<(), Refused<'m>> {
        let (mut timelines, mut bytes) = (0, 0);
        for message in &bundle.messages {
            let Message::Publish(publish) = message else {
                continue;
            };
            let address = Some(&*publish.address);
            self.check_publish(publish, now)
                .map_err(|(code, why)| (code, why, address))?;
            if publish.signal == SignalType::Timeline
                && let Some(value) = &publish.value
                && let Some(Ok(timeline)) = Timeline::read(value, now.micros)
            {
                timelines += 1;
                bytes += timeline.bytes(encoded_size(value).unwrap_or_default());
            }
        }
        if timelines == 0 {
            return Ok(());
        }
        grants::check(grant, &self.counts, Resource::Timeline, timelines, bytes)
            .map_err(|why| (503, why.to_string(), None))
    }

    fn hold(
        &mut self,
        at: u64,
        frame: &[u8],
        sender: &Sender,
        now: Now,
    ) -> Result<(), (u16, String)> {
        self.check_ahead(at, now).map_err(|why| (403, why))?;
        let bytes = Timed::bytes(frame);
        let share = Share::take(&sender.grant, &self.counts, Resource::TimedBundle, bytes)
            .map_err(|why| (403, why.to_string()))?;
        let id = self.keep_held(at, &sender.name, &sender.grant, frame);
        let timed = Timed {
            frame: frame.into(),
            sender: sender.name.clone(),
            share,
            id,
        };
        self.timed.push(at, timed);
        Ok(())
    }

    /// Checks that the time of a bundle is not too far ahead.
    pub(super) fn check_ahead(&self, at: u64, now: Now) -> Result<(), String> {
        let ahead = limits::TIMED_AHEAD;
        if at.saturating_sub(now.micros) > ahead.as_micros() as u64 {
            let hours = ahead.as_secs() / 3_600;
            return Err(format!("its time is more than {hours} hours ahead"));
        }
        Ok(())
    }

    /// Executes a held bundle at its time. Writes or locks since may have made it impossible: then
    /// nothing of it is executed, and the sender gets an ERROR if it is still connected.
    pub(super) fn run_timed(&mut self, timed: Timed, now: Now) {
        self.end_held(timed.id);
        let Ok(frame) = wire::decode(&timed.frame) else {
            return;
        };
        let Message::Bundle(bundle) = &frame.message else {
            return;
        };
        let sender = Sender {
            key: self.names.get(&timed.sender).copied(),
            name: timed.sender.clone(),
            grant: timed.share.grant().clone(),
        };
        match self.check_bundle(bundle, &sender, now) {
            Ok(()) => {
                self.run_bundle(bundle, &sender, now);
            }
            Err((code, why, address)) => self.refuse_timed(&sender, code, &why, address, now),
        }
    }

    /// Tells the sender, if it is still connected, and the operator that a held bundle was refused at its time: the
    /// sender was told that the router has it, and may have left.
    pub(super) fn refuse_timed(
        &mut self,
        sender: &Sender,
        code: u16,
        why: &str,
        address: Option<&str>,
        now: Now,
    ) {
        /// How often the operator is told, in µs.
        const EVERY: u64 = 1_000_000;
        match sender.key {
            Some(key) => {
                let why = format!("refused bundle, at its time: {why}");
                self.refuse(key, code, &why, address);
            }
            None => self.counters.errors += 1,
        }
        let (told, more) = self.refused_bundles;
        if now.micros < told + EVERY {
            self.refused_bundles.1 += 1;
            return;
        }
        self.refused_bundles = (now.micros, 0);
        if let Some(notices) = &self.settings.notices {
            let why = match address {
                Some(address) => format!("{address}: {why}"),
                None => why.to_owned(),
            };
            // Without a receiver the router is about to end.
            let _ = notices.send(Notice::BundleRefused(why, more));
        }
    }

    /// Executes all messages in order; gives the revision of the last SET.
    fn run_bundle(&mut self, bundle: &Bundle<'_>, sender: &Sender, now: Now) -> Option<u64> {
        let mut revision = None;
        for message in &bundle.messages {
            match message {
                Message::Set(set) => {
                    if let Ok(written) = self.write(set, &sender.name, now) {
                        self.end_timeline(&set.address);
                        revision = Some(written.revision);
                    }
                }
                Message::Publish(publish) => {
                    self.publish_allowed(sender, message, publish, now);
                }
                _ => {}
            }
        }
        revision
    }
}
