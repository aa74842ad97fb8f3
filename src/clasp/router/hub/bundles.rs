//! Bundles: validated whole, done whole, now or at their time.

use std::rc::Rc;

use super::super::limits;
use super::super::subscriptions::Key;
use super::{Hub, Now};
use crate::clasp::wire::{self, Ack, Bundle, Message, Qos};

/// A bundle that waits. Its frame is kept as it came: it is smaller than what it says.
#[derive(Debug)]
pub struct Timed {
    frame: Box<[u8]>,
    sender: Rc<str>,
}

/// Why a bundle is refused: code, words, address.
type Refused<'m> = (u16, String, Option<&'m str>);

impl Hub {
    pub(super) fn bundle(
        &mut self,
        key: Key,
        bundle: &Bundle<'_>,
        qos: Qos,
        frame: &[u8],
        now: Now,
    ) {
        let Some(sender) = self.session(key).map(|session| session.name.clone()) else {
            return;
        };
        let checked = self
            .check_rights(key, bundle)
            .and_then(|()| self.check_bundle(bundle, &sender, now));
        if let Err((code, why, address)) = checked {
            let why = format!("refused bundle: {why}");
            return self.refuse(key, code, &why, address, now);
        }
        let ack = match bundle.timestamp {
            Some(at) if at > now.micros => {
                if let Err(why) = self.hold(at, frame, sender, now) {
                    return self.refuse(key, 403, &why, None, now);
                }
                // It is accepted, not done: no revision tells the two apart.
                Ack::default()
            }
            _ => Ack {
                revision: self.run_bundle(bundle, Some(key), &sender, now),
                ..Ack::default()
            },
        };
        if qos != Qos::Fire {
            self.reply(key, &Message::Ack(ack), now);
        }
    }

    /// What the sender may do. Asked once: a cue that was accepted is not refused at its time.
    fn check_rights<'m>(&self, key: Key, bundle: &'m Bundle<'_>) -> Result<(), Refused<'m>> {
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

    /// Whether all of it can be done as things stand.
    fn check_bundle<'m>(
        &self,
        bundle: &'m Bundle<'_>,
        sender: &str,
        now: Now,
    ) -> Result<(), Refused<'m>> {
        let sets = bundle.messages.iter().filter_map(|message| match message {
            Message::Set(set) => Some(set),
            _ => None,
        });
        if let Err((place, refusal)) = self.state.check_all(sets.clone(), sender, now.micros) {
            let address = sets.clone().nth(place).map(|set| &*set.address);
            return Err((refusal.code(), refusal.to_string(), address));
        }
        for message in &bundle.messages {
            if let Message::Publish(publish) = message {
                self.check_publish(publish, now)
                    .map_err(|why| (402, why, Some(&*publish.address)))?;
            }
        }
        Ok(())
    }

    fn hold(&mut self, at: u64, frame: &[u8], sender: Rc<str>, now: Now) -> Result<(), String> {
        let ahead = limits::TIMED_AHEAD;
        if at - now.micros > ahead.as_micros() as u64 {
            return Err(format!(
                "its time is more than {} hours ahead",
                ahead.as_secs() / 3_600
            ));
        }
        if self.timed.len() >= limits::TIMED_BUNDLES
            || self.timed_bytes + frame.len() > limits::TIMED_BYTES
        {
            return Err("as many bundles wait for their time as may".into());
        }
        self.timed_bytes += frame.len();
        let frame = frame.into();
        self.timed.push(at, Timed { frame, sender });
        Ok(())
    }

    /// The time of a bundle has come. Who wrote or locked meanwhile may have made it impossible:
    /// then none of it is done, and its sender, if it is still there, is told.
    pub(super) fn run_timed(&mut self, timed: Timed, now: Now) {
        self.timed_bytes -= timed.frame.len();
        let Ok(frame) = wire::decode(&timed.frame) else {
            return;
        };
        let Message::Bundle(bundle) = &frame.message else {
            return;
        };
        let key = self.names.get(&timed.sender).copied();
        match self.check_bundle(bundle, &timed.sender, now) {
            Ok(()) => {
                self.run_bundle(bundle, key, &timed.sender, now);
            }
            Err((code, why, address)) => {
                if let Some(key) = key {
                    let why = format!("refused bundle, at its time: {why}");
                    self.refuse(key, code, &why, address, now);
                }
            }
        }
    }

    /// Does it all, in the order given; the revision of the last SET.
    fn run_bundle(
        &mut self,
        bundle: &Bundle<'_>,
        from: Option<Key>,
        sender: &Rc<str>,
        now: Now,
    ) -> Option<u64> {
        let mut revision = None;
        for message in &bundle.messages {
            match message {
                Message::Set(set) => {
                    if let Ok(written) = self.write(set, sender, now) {
                        self.timelines.cancel(&set.address);
                        revision = Some(written.revision);
                    }
                }
                Message::Publish(publish) => {
                    self.publish_allowed(from, message, publish, now);
                }
                _ => {}
            }
        }
        revision
    }
}
