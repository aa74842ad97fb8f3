//! Snapshots and queries. Takes a pattern, gives SNAPSHOTs or RESULTs of limited size, in slices of
//! work and no faster than the session reads.

use std::collections::VecDeque;
use std::ops::Bound;
use std::rc::Rc;

use super::super::limits::SNAPSHOT_BYTES;
use super::super::state::{Scan, State};
use super::super::subscriptions::Key;
use super::super::work::{STEPS, Slice};
use super::replays::{Progress, Replay};
use super::{Hub, Now};
use crate::clasp::wire::{self, Message, Pattern, Qos, Signal, SignalType};

/// The greatest size of the signals in one RESULT, in bytes.
const RESULT_BYTES: usize = 60_000;

/// The requests of a session whose replies are not complete. Until they are, the session is not
/// read, so that the PONG of a fence comes after all replies.
#[derive(Debug, Default)]
pub struct Pending {
    requests: VecDeque<Request>,
    /// Whether the first request waits for the history.
    waiting: bool,
    /// Whether the session is in the queue of scans that can continue.
    pub queued: bool,
}

#[derive(Debug)]
enum Request {
    Snapshot {
        scan: Scan,
        /// Whether something was sent, or need not be.
        answered: bool,
    },
    Query {
        scan: Scan,
        /// The position among the announced signals, which are searched after the params.
        signal: Option<Rc<str>>,
        /// Whether something was sent.
        answered: bool,
    },
    Replay(Replay),
}

impl Pending {
    /// Whether everything has been sent.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// The first request, if it waits for the history; it no longer waits then.
    pub(super) fn waiting_replay(&mut self) -> Option<&mut Replay> {
        if !std::mem::take(&mut self.waiting) {
            return None;
        }
        match self.requests.front_mut() {
            Some(Request::Replay(replay)) => Some(replay),
            _ => None,
        }
    }

    /// Removes all requests.
    pub fn clear(&mut self) {
        self.waiting = false;
        self.requests = VecDeque::new();
    }
}

impl Hub {
    /// Begins to send the params that match and may be read. If there are none and `or_empty` is
    /// set, sends an empty SNAPSHOT.
    pub(super) fn begin_snapshot(&mut self, key: Key, pattern: Pattern, or_empty: bool, now: Now) {
        let request = Request::Snapshot {
            scan: Scan::new(pattern),
            answered: !or_empty,
        };
        self.begin(key, request, now);
    }

    /// Begins to send the signals that match.
    pub(super) fn begin_query(&mut self, key: Key, pattern: Pattern, now: Now) {
        let request = Request::Query {
            scan: Scan::new(pattern),
            signal: None,
            answered: false,
        };
        self.begin(key, request, now);
    }

    /// Begins to send entries of the history.
    pub(super) fn begin_replay(&mut self, key: Key, replay: Replay, now: Now) {
        self.begin(key, Request::Replay(replay), now);
    }

    fn begin(&mut self, key: Key, request: Request, now: Now) {
        let Some(session) = self.session_mut(key) else {
            return;
        };
        session.pending.requests.push_back(request);
        if session.pending.requests.len() == 1 && !session.outbox.is_behind() {
            // Started at once: most scans are short, and later writes are then not in the snapshot.
            self.scan(key, now, &mut Slice::begin());
            // Makes the caller check the clock.
            self.steps += STEPS;
        } else {
            self.resume_scan(key);
        }
    }

    /// Queues the scans of a session to continue, if it has some and reads its replies.
    pub(super) fn resume_scan(&mut self, key: Key) {
        if let Some(session) = self.session_mut(key)
            && !session.pending.is_empty()
            && !session.pending.waiting
            && !session.pending.queued
            && !session.outbox.is_behind()
        {
            session.pending.queued = true;
            self.scanning.push_back(key);
            self.wake_worker();
        }
    }

    /// Continues the scans of a session, until the slice is over or its outbox is full.
    pub(super) fn scan(&mut self, key: Key, now: Now, slice: &mut Slice) {
        let Some(session) = self.session_mut(key) else {
            return;
        };
        let mut pending = std::mem::take(&mut session.pending);
        pending.queued = false;
        while let Some(request) = pending.requests.front_mut() {
            let is_done = match request {
                Request::Snapshot { scan, answered } => {
                    self.snapshot(key, scan, answered, now, slice)
                }
                Request::Query {
                    scan,
                    signal,
                    answered,
                } => self.query(key, scan, signal, answered, now, slice),
                Request::Replay(replay) => match self.replay(key, replay) {
                    Progress::Done => true,
                    Progress::Waiting => {
                        pending.waiting = true;
                        break;
                    }
                },
            };
            if is_done {
                pending.requests.pop_front();
            }
            let behind = self.session(key).is_none_or(|s| s.outbox.is_behind());
            if behind || slice.is_over() {
                break;
            }
        }
        let Some(session) = self.session_mut(key) else {
            return;
        };
        // If it was ended meanwhile, its requests are dropped.
        if !session.outbox.is_closed() {
            session.pending = pending;
        }
        if session.pending.is_empty() {
            // It can be read again.
            session.wake();
        }
        self.resume_scan(key);
    }

    /// Sends one SNAPSHOT; gives whether it was the last.
    fn snapshot(
        &mut self,
        key: Key,
        scan: &mut Scan,
        answered: &mut bool,
        now: Now,
        slice: &mut Slice,
    ) -> bool {
        let Some(grant) = self.session(key).map(|session| session.grant.clone()) else {
            return true;
        };
        let (mut params, mut bytes) = (Vec::new(), 0);
        self.state.scan(scan, now.micros, slice, |param, size| {
            if !grant.rights().may_read(&param.address) {
                return true;
            }
            bytes += State::snapshot_size(&param, size);
            let fits = bytes <= SNAPSHOT_BYTES || params.is_empty();
            if fits {
                params.push(param);
            }
            fits
        });
        if !params.is_empty() || (scan.is_done() && !*answered) {
            *answered = true;
            self.frame.clear();
            let snapshot = Message::Snapshot(params);
            if wire::encode_with(&snapshot, Qos::Fire, None, &mut self.frame).is_ok() {
                drop(snapshot);
                self.reply_frame(key);
            }
        }
        scan.is_done()
    }

    /// Sends one RESULT; gives whether it was the last.
    fn query(
        &mut self,
        key: Key,
        scan: &mut Scan,
        signal: &mut Option<Rc<str>>,
        answered: &mut bool,
        now: Now,
        slice: &mut Slice,
    ) -> bool {
        let Some(grant) = self.session(key).map(|session| session.grant.clone()) else {
            return true;
        };
        let (mut found, mut bytes) = (Vec::new(), 0);
        if !scan.is_done() {
            let signals = &self.signals;
            self.state.scan(scan, now.micros, slice, |param, _| {
                // An announced signal has more information.
                if !grant.rights().may_read(&param.address) || signals.contains_key(&*param.address)
                {
                    return true;
                }
                let signal = Signal {
                    signal: SignalType::Param,
                    datatype: Some(param.value.type_name().into()),
                    access: None,
                    meta: None,
                    address: param.address,
                };
                bytes += result_size(&signal);
                let fits = bytes <= RESULT_BYTES || found.is_empty();
                if fits {
                    found.push(signal);
                }
                fits
            });
        }
        let mut is_done = false;
        if scan.is_done() {
            is_done = true;
            let from = match signal.as_deref() {
                Some(last) => Bound::Excluded(last),
                None => Bound::Included(scan.pattern().literal_prefix()),
            };
            let mut visited = None;
            for (address, announced) in self.signals.range::<str, _>((from, Bound::Unbounded)) {
                if !address.starts_with(scan.pattern().literal_prefix()) {
                    break;
                }
                if slice.is_over() {
                    is_done = false;
                    break;
                }
                if scan.pattern().matches(address) && grant.rights().may_read(address) {
                    bytes += result_size(&announced.signal);
                    if bytes > RESULT_BYTES && !found.is_empty() {
                        is_done = false;
                        break;
                    }
                    found.push(announced.signal.clone());
                }
                visited = Some(address);
            }
            if let Some(address) = visited {
                *signal = Some(address.clone());
            }
        }
        if !found.is_empty() || (is_done && !*answered) {
            *answered = true;
            self.frame.clear();
            let result = Message::Result(found);
            if wire::encode_with(&result, Qos::Fire, None, &mut self.frame).is_ok() {
                drop(result);
                self.reply_frame(key);
            }
        }
        is_done
    }
}

fn result_size(signal: &Signal<'_>) -> usize {
    8 + signal.address.len()
        + signal.datatype.as_ref().map_or(0, |text| text.len())
        + signal.access.as_ref().map_or(0, |text| text.len())
}
