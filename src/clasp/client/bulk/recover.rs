//! What becomes of the units in flight when one is refused, or the connection goes.

use std::collections::VecDeque;

use tokio::time::{Instant, sleep};

use super::{Bulk, Event, InFlight, Reply, Unit, UnitKind, open};
use crate::clasp::client::Error;
use crate::clasp::client::pace::RATE_WINDOW;

impl<F: FnMut(Event<'_>)> Bulk<'_, F> {
    /// Everything in flight is answered, and the first answer was a refusal.
    pub(super) fn recover(&mut self) {
        self.refusing = false;
        let mut redo = VecDeque::new();
        let mut too_fast = false;
        for InFlight {
            mut unit, reply, ..
        } in std::mem::take(&mut self.in_flight)
        {
            match reply {
                Reply::Awaited => unreachable!("recover is called when all is answered"),
                Reply::Acknowledged => {
                    if !unit.settled {
                        self.report.acknowledged += unit.operations();
                    }
                    if redo.is_empty() {
                        // Nothing before it is to be sent again: it has overtaken nothing.
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
                Reply::TooFast => {
                    too_fast = true;
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
                Reply::Refused(_) => redo.extend(unit.split()),
            }
        }
        redo.append(&mut self.redo);
        if self.stopped {
            // What had been done is put back in order; what had not is left undone.
            redo.retain(|unit| unit.settled);
        }
        self.redo = redo;
        if too_fast {
            self.pipeline.pace.enable();
            self.resume = Some(Instant::now() + RATE_WINDOW);
        }
    }

    /// The connection is gone: SETs in flight are sent again on the next one, the last value
    /// decides; what is not state, or was a compare-and-set, may have been done already.
    pub(super) async fn come_back(&mut self, error: Error) -> Result<(), Error> {
        if !self.options.reconnect.enabled {
            return Err(error);
        }
        (self.observe)(Event::Gone {
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
                        self.report.acknowledged += unit.operations();
                    }
                    unit.settled = true;
                    redo.push_back(unit);
                }
                (UnitKind::Sets, _) => redo.push_back(unit),
                (_, Reply::Acknowledged) => self.report.acknowledged += unit.operations(),
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
            match open(self.target).await {
                Ok(pipeline) => {
                    let pace = std::mem::take(&mut self.pipeline.pace);
                    self.pipeline = pipeline;
                    self.pipeline.pace = pace;
                    // A new connection has a limit of its own.
                    self.pipeline.pace.reset();
                    (self.observe)(Event::Back);
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

    /// It ends here: what is in flight, or waits to be sent again, is not known to be done.
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
