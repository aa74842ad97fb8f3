//! Decides which units to send again after a refusal, and after a lost connection.

use std::collections::VecDeque;

use tokio::time::{Instant, sleep};

use super::{Bulk, Event, InFlight, Reply, Unit, UnitKind, open};
use crate::clasp::client::Error;
use crate::clasp::client::pace::RATE_WINDOW;

impl<F: FnMut(Event<'_>)> Bulk<'_, F> {
    /// Called when everything in flight is answered and the first reply was a refusal: decides what
    /// to send again.
    pub(super) fn recover(&mut self) {
        self.refusing = false;
        let mut redo = VecDeque::new();
        let mut rate_limited = false;
        for InFlight {
            mut unit, reply, ..
        } in std::mem::take(&mut self.in_flight)
        {
            match reply {
                Reply::Awaited => unreachable!("recover is called when all is answered"),
                Reply::Acknowledged => {
                    if !unit.settled {
                        self.report.acknowledge(&unit);
                    }
                    if redo.is_empty() {
                        // No earlier unit is sent again: it has overtaken nothing.
                    } else if unit.kind == UnitKind::Sets {
                        unit.settled = true;
                        redo.push_back(unit);
                    } else {
                        (self.observe)(Event::OutOfOrder {
                            first: unit.first_line(),
                            last: unit.last_line(),
                        });
                    }
                }
                Reply::RateLimited => {
                    rate_limited = true;
                    redo.push_back(unit);
                }
                Reply::Refused(refusal) if unit.operations() == 1 => {
                    if !unit.settled {
                        self.report.refused += 1;
                        (self.observe)(Event::Refused {
                            line: unit.first_line(),
                            refusal,
                        });
                        self.stopped |= self.options.stop_on_refusal;
                    }
                }
                Reply::Refused(_) => redo.extend(unit.split(1)),
            }
        }
        redo.append(&mut self.redo);
        if self.stopped {
            // Only acknowledged SETs are sent again, to restore their order; the others are left
            // out.
            redo.retain(|unit| unit.settled);
        }
        self.redo = redo;
        if rate_limited {
            self.pipeline.pace.enable();
            self.resume = Some(Instant::now() + RATE_WINDOW);
        }
    }

    /// Reconnects after a lost connection. SETs in flight are sent again, because only the last
    /// value counts. The outcome of other signals, and of SETs under a revision, is unknown: they
    /// may have been executed.
    pub(super) async fn reconnect(&mut self, error: Error) -> Result<(), Error> {
        if !self.options.reconnect.enabled {
            return Err(error);
        }
        (self.observe)(Event::Disconnected {
            cause: match &error {
                Error::Lost { cause, .. } => cause.to_string(),
                error => error.to_string(),
            },
        });
        self.refusing = false;
        let mut redo = VecDeque::new();
        for InFlight {
            mut unit, reply, ..
        } in std::mem::take(&mut self.in_flight)
        {
            let open = matches!(reply, Reply::Awaited);
            match (unit.kind, reply) {
                (UnitKind::Sets, Reply::Acknowledged) => {
                    if !unit.settled {
                        self.report.acknowledge(&unit);
                    }
                    unit.settled = true;
                    redo.push_back(unit);
                }
                (UnitKind::Sets, _) => redo.push_back(unit),
                (_, Reply::Acknowledged) => self.report.acknowledge(&unit),
                _ if open => self.unknown(&unit),
                _ => redo.push_back(unit),
            }
        }
        redo.append(&mut self.redo);
        self.redo = redo;
        (self.observe)(Event::Progress(&self.report));
        self.reopen(error).await
    }

    async fn reopen(&mut self, mut error: Error) -> Result<(), Error> {
        let mut backoff = self.options.reconnect.backoff();
        let mut tries = 0;
        while error.is_temporary() && self.options.reconnect.max_tries != Some(tries) {
            sleep(backoff.wait()).await;
            tries += 1;
            match open(self.target, self.options).await {
                Ok((pipeline, packing)) => {
                    let pace = std::mem::take(&mut self.pipeline.pace);
                    self.pipeline = pipeline;
                    self.packing = packing;
                    self.pipeline.pace = pace;
                    // A new connection has its own rate limit.
                    self.pipeline.pace.reset();
                    (self.observe)(Event::Reconnected);
                    return Ok(());
                }
                Err(again) => error = again,
            }
        }
        Err(error)
    }

    fn unknown(&mut self, unit: &Unit) {
        self.report.unknown += unit.operations();
        (self.observe)(Event::Unknown {
            first: unit.first_line(),
            last: unit.last_line(),
        });
    }

    /// Called when the run ends early: reports units that are in flight or wait to be sent again as
    /// unknown.
    pub(super) fn give_up(&mut self) {
        let open: Vec<Unit> = std::mem::take(&mut self.in_flight)
            .into_iter()
            .filter(|entry| !matches!(entry.reply, Reply::Acknowledged))
            .map(|entry| entry.unit)
            .chain(std::mem::take(&mut self.redo))
            .filter(|unit| !unit.settled)
            .collect();
        let first = open.iter().map(Unit::first_line).min();
        let last = open.iter().map(Unit::last_line).max();
        if let (Some(first), Some(last)) = (first, last) {
            self.report.unknown += open.iter().map(Unit::operations).sum::<u64>();
            (self.observe)(Event::Unknown { first, last });
        }
    }
}
