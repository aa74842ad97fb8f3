//! In a cluster: the entries of the stream for timed bundles, timelines and announced signals. Takes messages
//! of sessions; gives what is written to the stream for them.

use std::rc::Rc;

use super::super::bytes::put_value;
use super::super::cluster::entry::Entry;
use super::super::cluster::envelope::Envelope;
use super::super::cluster::writes::Write;
use super::super::cluster::{Cluster, Outgoing};
use super::super::schedule::timeline::Timeline;
use super::super::store::record::{HeldRecord, SignalRecord, TimelineRecord};
use super::Now;
use crate::clasp::wire::{Message, Publish, Signal, SignalType};

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
            envelope: new_envelope(&self.value, writer, now),
        }
    }
}

/// The entries for the timelines in these messages.
pub(super) fn timeline_entries(
    messages: &[Message<'_>],
    writer: &str,
    grant: &str,
    now: Now,
) -> Vec<NewEntry> {
    let mut entries = Vec::new();
    for publish in standing_timelines(messages) {
        if let Some(value) = &publish.value
            && let Some(Ok(timeline)) = Timeline::read(value, now.micros)
        {
            let mut bytes = Vec::new();
            // It came in a frame, so it can be encoded.
            let _ = put_value(value, &mut bytes);
            let entry = Entry::Timeline(TimelineRecord {
                address: &publish.address,
                start: timeline.start(),
                writer,
                grant,
                value: &bytes,
            });
            entries.push(NewEntry::new(timeline_key(&publish.address), &entry));
        }
    }
    entries
}

/// The timelines in these messages that stay: a SET or a timeline of the same address behind one ends
/// it at once.
fn standing_timelines<'m, 'b>(messages: &'m [Message<'b>]) -> Vec<&'m Publish<'b>> {
    let mut standing: Vec<&Publish<'_>> = Vec::new();
    for message in messages {
        let (address, begun) = match message {
            Message::Set(set) => (&set.address, None),
            Message::Publish(publish) if is_played(message) => (&publish.address, Some(publish)),
            _ => continue,
        };
        standing.retain(|known| known.address != *address);
        standing.extend(begun);
    }
    standing
}

/// The entries for announced signals.
pub(super) fn signal_entries(signals: &[Signal<'_>], grant: &str) -> Vec<NewEntry> {
    let signals = standing_signals(signals).into_iter();
    signals
        .map(|signal| {
            let entry = Entry::Signal(SignalRecord {
                address: &signal.address,
                signal: signal.signal,
                datatype: signal.datatype.as_deref(),
                access: signal.access.as_deref(),
                grant,
            });
            NewEntry::new(signal_key(&signal.address), &entry)
        })
        .collect()
}

/// The keys of announced signals.
pub(super) fn signal_keys(signals: &[Signal<'_>]) -> Vec<Rc<str>> {
    let signals = standing_signals(signals).into_iter();
    signals.map(|signal| signal_key(&signal.address)).collect()
}

/// The last signal of each address: the engine takes one message for each subject in a batch.
fn standing_signals<'m, 'b>(signals: &'m [Signal<'b>]) -> Vec<&'m Signal<'b>> {
    let mut standing: Vec<&Signal<'_>> = Vec::with_capacity(signals.len());
    for signal in signals {
        standing.retain(|known| known.address != signal.address);
        standing.push(signal);
    }
    standing
}

/// An envelope for something new. Router, write, place and count are filled in later.
pub(super) fn new_envelope<'a>(value: &'a [u8], writer: &'a str, now: Now) -> Envelope<'a> {
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

/// The key of the signal that is announced for an address.
pub(super) fn signal_key(address: &str) -> Rc<str> {
    format!("a{address}").into()
}

/// The keys of the timelines in these messages that stay.
pub(super) fn timeline_keys(messages: &[Message<'_>]) -> Vec<Rc<str>> {
    let timelines = standing_timelines(messages).into_iter();
    timelines
        .map(|publish| timeline_key(&publish.address))
        .collect()
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
