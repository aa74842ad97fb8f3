//! In a cluster: the entries of the stream for timed bundles, timelines and announced signals. Takes messages
//! of sessions; gives what is written to the stream for them.

use std::rc::Rc;

use super::super::cluster::entry::Entry;
use super::super::cluster::envelope::Envelope;
use super::super::cluster::writes::Write;
use super::super::cluster::{Cluster, Outgoing};
use super::super::schedule::timeline::Timeline;
use super::super::store::record::{HeldRecord, SignalRecord, TimelineRecord};
use super::Now;
use crate::clasp::wire::{Message, Signal, SignalType, encode_value};

/// How long the engine remembers how something ended, in seconds. The routers hear of it at once; one
/// that comes later finds nothing there, which means the same.
pub(super) const ENDED_SECONDS: u64 = 10;

/// How long after its time the engine forgets a bundle that nobody could execute, in µs.
const FORGOTTEN: u64 = 60_000_000;

/// An entry that is to be written.
#[derive(Debug)]
pub(super) struct NewEntry {
    key: Rc<str>,
    value: Vec<u8>,
    /// After how many seconds the engine removes it.
    seconds: Option<u64>,
}

impl NewEntry {
    pub(super) fn new(key: Rc<str>, entry: &Entry<'_>) -> NewEntry {
        NewEntry {
            key,
            value: entry.to_bytes(),
            seconds: matches!(entry, Entry::Ended(_)).then_some(ENDED_SECONDS),
        }
    }

    /// The message for the engine.
    pub(super) fn outgoing<'a>(
        &'a self,
        cluster: &Cluster,
        writer: &'a str,
        now: Now,
    ) -> Outgoing<'a> {
        Outgoing {
            address: &self.key,
            expected: cluster.sequence(&self.key, 0),
            seconds: self.seconds,
            envelope: entry_envelope(&self.value, writer, now),
        }
    }
}

/// The entries for the timelines in these messages. A SET behind one ends it at once.
pub(super) fn timeline_entries(
    messages: &[Message<'_>],
    writer: &str,
    grant: &str,
    now: Now,
) -> Vec<NewEntry> {
    let mut entries: Vec<NewEntry> = Vec::new();
    for message in messages {
        let address = match message {
            Message::Set(set) => &*set.address,
            Message::Publish(publish) if is_played(message) => &*publish.address,
            _ => continue,
        };
        let key = timeline_key(address);
        entries.retain(|known| known.key != key);
        if let Message::Publish(publish) = message
            && let Some(value) = &publish.value
            && let Some(Ok(timeline)) = Timeline::read(value, now.micros)
        {
            let mut bytes = vec![0];
            // It came in a frame, so it can be encoded.
            bytes[0] = encode_value(value, &mut bytes).unwrap_or_default();
            let entry = Entry::Timeline(TimelineRecord {
                address,
                start: timeline.start(),
                writer,
                grant,
                value: &bytes,
            });
            entries.push(NewEntry::new(key, &entry));
        }
    }
    entries
}

/// The entries for announced signals.
pub(super) fn signal_entries(signals: &[Signal<'_>], grant: &str) -> Vec<NewEntry> {
    let mut entries: Vec<NewEntry> = Vec::with_capacity(signals.len());
    for signal in signals {
        let key: Rc<str> = format!("a{}", signal.address).into();
        let entry = Entry::Signal(SignalRecord {
            address: &signal.address,
            signal: signal.signal,
            datatype: signal.datatype.as_deref(),
            access: signal.access.as_deref(),
            grant,
        });
        // The engine takes one message for each subject in a batch; the last one counts.
        entries.retain(|known| known.key != key);
        entries.push(NewEntry::new(key, &entry));
    }
    entries
}

/// Router, write, place and count are filled in later.
pub(super) fn entry_envelope<'a>(value: &'a [u8], writer: &'a str, now: Now) -> Envelope<'a> {
    Envelope {
        router: 0,
        write: 0,
        revision: 0,
        timestamp: now.micros,
        place: 0,
        count: 1,
        ttl: None,
        is_step: false,
        writer,
        holder: None,
        value,
    }
}

pub(super) fn signal_of(record: &SignalRecord<'_>) -> Signal<'static> {
    Signal {
        address: record.address.to_owned().into(),
        signal: record.signal,
        datatype: record.datatype.map(|text| text.to_owned().into()),
        access: record.access.map(|text| text.to_owned().into()),
        meta: None,
    }
}

/// The key of the timeline at an address.
pub(super) fn timeline_key(address: &str) -> Rc<str> {
    format!("t{address}").into()
}

/// The keys of the timelines in these messages that stay.
pub(super) fn timeline_keys(messages: &[Message<'_>]) -> Vec<Rc<str>> {
    let mut keys: Vec<Rc<str>> = Vec::new();
    for message in messages {
        let address = match message {
            Message::Set(set) => &*set.address,
            Message::Publish(publish) if is_played(message) => &*publish.address,
            _ => continue,
        };
        let key = timeline_key(address);
        keys.retain(|known| *known != key);
        if matches!(message, Message::Publish(_)) {
            keys.push(key);
        }
    }
    keys
}

/// The entry for the bundle of a frame, which waits for its time.
pub(super) fn held_entry(
    key: &Rc<str>,
    at: u64,
    write: &Write,
    frame: &[u8],
    now: Now,
) -> NewEntry {
    let entry = Entry::Held(HeldRecord {
        id: 0,
        due: at,
        sender: &write.writer,
        grant: &write.grant.hash(),
        frame,
    });
    let rest = (at + FORGOTTEN).saturating_sub(now.micros);
    NewEntry {
        seconds: Some(rest.div_ceil(1_000_000)),
        ..NewEntry::new(key.clone(), &entry)
    }
}

/// Whether a message is a timeline that a router plays. One without keyframes is a message between
/// clients.
pub(super) fn is_played(message: &Message<'_>) -> bool {
    match message {
        Message::Publish(publish) if publish.signal == SignalType::Timeline => publish
            .value
            .as_ref()
            .is_some_and(|value| Timeline::read(value, 0).is_some()),
        _ => false,
    }
}
