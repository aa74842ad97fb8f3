//! `apply`: writes what differs from a file, as one bundle, and reads it again.
//!
//! A router should execute a bundle as a whole or not at all, and a bundle cannot be larger than a
//! frame. So values that do not fit one bundle are refused, unless `--split` allows several. A
//! router may acknowledge a bundle and drop a SET in it (quirk 15): so all addresses are read
//! again.

use std::convert::Infallible;
use std::future::pending;

use serde::Serialize;
use tokio::sync::mpsc;

use super::bulk::{Verified, dropped};
use super::bundle::last_values;
use super::connection::ConnectionArgs;
use super::diff::{Change, DesiredArgs, held};
use crate::clasp::client::bulk::unit::{Packer, Unit};
use crate::clasp::client::bulk::{self, Ended, Event, IN_FLIGHT, Options};
use crate::clasp::client::{Error, Reconnect, Target, request, timed};
use crate::clasp::record::StateDocument;
use crate::clasp::wire::{self, Bundle, Message, SHARED_BUNDLE_MAX, Set};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::{Terminal, Words};
use crate::text::count::Count;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp apply show.json
  trefoil clasp apply show.json --dry-run       what would be written
  trefoil clasp dump | trefoil clasp apply - --url ws://spare:7330

Only the addresses in FILE are touched. The changes are sent as one bundle; if
they do not fit into one, nothing is sent without --split. Afterwards all these
addresses are read again; the exit code is 7 if one does not hold its value.";

/// The arguments of `apply`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ApplyArgs {
    #[command(flatten)]
    desired: DesiredArgs,

    /// Print what would be written, as diff does, write nothing, and exit with 0
    #[arg(long)]
    dry_run: bool,

    /// Write every address, also where it holds its value already
    #[arg(long)]
    all: bool,

    /// Send several bundles, one after the other, if it does not fit into one
    #[arg(long)]
    split: bool,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The output of `apply`.
#[derive(Debug, Serialize)]
struct Applied {
    /// Addresses that were written.
    set: usize,
    /// Addresses that were left as they are.
    unchanged: usize,
    /// How many addresses hold the wanted value; false if they could not be read.
    verified: Verified,
}

impl Applied {
    fn describe(&self, words: &mut Words) {
        words.plain(format_args!("{} set", Count(self.set as u64)));
        if self.unchanged > 0 {
            words.plain(format_args!(", {} unchanged", Count(self.unchanged as u64)));
        }
        self.verified.describe(words);
    }
}

impl ApplyArgs {
    /// Compares, writes the differences, and reads all values again.
    ///
    /// # Errors
    /// A usage failure if the values do not fit one bundle; a refusal; [`Kind::Partial`] if an
    /// address does not hold its value afterwards.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let wanted = self.desired.read()?;
        let addresses: Vec<&str> = wanted.0.keys().map(|address| &**address).collect();
        let intent = if self.dry_run {
            Intent::Read
        } else {
            Intent::Write(&addresses)
        };
        let target = self.connection.target_for(&terminal.console, intent)?;
        let held = held(&self.connection, &target, &terminal.console, &wanted)?;
        let changes: Vec<Change<'_>> = Change::all(&wanted, &held)
            .filter(|change| self.all || change.differs())
            .collect();
        let units = units(&changes)?;
        if units.len() > 1 && !self.split {
            return Err(Failure::usage(format!(
                "{} values do not fit into one bundle, but into {}: nothing was sent",
                Count(changes.len() as u64),
                Count(units.len() as u64)
            ))
            .with_hint("Send them one after the other with --split, or apply smaller files"));
        }
        if self.dry_run {
            terminal.printer.records(&changes)?;
            return terminal.printer.finish();
        }
        let mut applied = Applied {
            set: changes.len(),
            unchanged: wanted.0.len() - changes.len(),
            verified: Verified::Addresses(wanted.0.len()),
        };
        let failure = match units.len() {
            0 => None,
            // With --split, what a cluster does not take as one bundle is split on the way.
            1 if !self.split || changes.len() <= SHARED_BUNDLE_MAX => {
                self.at_once(&target, &changes)?;
                self.verify(&target, &wanted, &mut applied)?
            }
            count => {
                if count > 1 {
                    terminal.console.note(format_args!(
                        "sent as {} bundles: each is applied as a whole, but not all of them together",
                        Count(count as u64)
                    ));
                }
                let (set, refused) = self.in_parts(&target, units)?;
                applied.set = set;
                match refused {
                    Some(failure) => {
                        applied.verified = Verified::NO;
                        Some(failure)
                    }
                    None => self.verify(&target, &wanted, &mut applied)?,
                }
            }
        };
        let mut report = terminal.report("the state is applied");
        report.print(|printer| printer.document(&applied, |words| applied.describe(words)));
        report.finish(failure.map_or(Ok(()), Err))
    }

    fn at_once(&self, target: &Target, changes: &[Change<'_>]) -> Result<(), Failure> {
        let bundle = Bundle {
            timestamp: None,
            messages: changes
                .iter()
                .map(|change| set(change.address, change.wanted))
                .collect(),
        };
        self.connection.effect(target, "the bundle", async |sent| {
            timed::at_once(target, bundle, sent).await
        })?;
        Ok(())
    }

    /// Sends one bundle after the other, until one is refused. Gives how many values were
    /// acknowledged, and the failure if not all were.
    fn in_parts(
        &self,
        target: &Target,
        units: Vec<Unit>,
    ) -> Result<(usize, Option<Failure>), Failure> {
        let send_time = request::time_at_rate_limit(units.len());
        let (sender, receiver) = mpsc::channel(units.len());
        for unit in units {
            sender.try_send(unit).expect("there is room for each");
        }
        drop(sender);
        let options = Options {
            stop_on_refusal: true,
            in_flight: IN_FLIGHT,
            keeps_bundles: true,
            reconnect: Reconnect::never(),
        };
        let mut refusal = None;
        let observe = |event: Event<'_>| {
            if let Event::Refused { refusal: first, .. } = event {
                refusal.get_or_insert(first);
            }
        };
        let sending = async {
            let never = pending::<Infallible>();
            Ok::<_, Failure>(bulk::run(target, &options, receiver, never, observe).await)
        };
        let (report, ended) = self
            .connection
            .ask_within(target, send_time, sending)
            .map_err(|late| late.with_outcome(Outcome::Unknown))?;
        let error = match ended {
            Ended::Failed(error) => Some(error),
            Ended::Drained => refusal.map(Error::Refused),
            Ended::Stopped(never) => match never {},
        };
        let failure = error.map(|error| {
            let mut failure = Failure::from(error);
            if report.sent > report.refused {
                failure.kind = Kind::Partial;
            }
            failure
        });
        Ok((report.acknowledged as usize, failure))
    }

    /// Reads all addresses again.
    fn verify(
        &self,
        target: &Target,
        wanted: &StateDocument,
        applied: &mut Applied,
    ) -> Result<Option<Failure>, Failure> {
        let all: Vec<Message<'_>> = wanted
            .0
            .iter()
            .map(|(address, value)| set(address, value))
            .collect();
        let last_values = last_values(&all)?;
        let send_time = request::time_at_rate_limit(all.len());
        let read = self
            .connection
            .ask_within(target, send_time, last_values.verify(target));
        match read {
            Ok(differences) => {
                applied.verified = Verified::Addresses(all.len() - differences.len());
                Ok(dropped(
                    &differences,
                    None,
                    "It is locked, or somebody else has written it since: the router \
                     acknowledges the bundle all the same",
                ))
            }
            Err(failure) => {
                applied.verified = Verified::NO;
                let mut failure = failure.context("cannot read the values again");
                failure.kind = Kind::Partial;
                Ok(Some(failure))
            }
        }
    }
}

/// Packs the values into bundles, in order.
fn units(changes: &[Change<'_>]) -> Result<Vec<Unit>, Failure> {
    let mut packer = Packer::new(false);
    let mut units = Vec::new();
    let mut data = Vec::new();
    for (n, change) in changes.iter().enumerate() {
        data.clear();
        wire::encode_value(change.wanted, &mut data)
            .and_then(|code| {
                let value = (code, data.as_slice());
                packer.set(n as u64 + 1, change.address, value, None, |unit| {
                    units.push(unit);
                })
            })
            .map_err(|error| Failure::from(error).context(change.address.to_owned()))?;
    }
    packer.flush(|unit| units.push(unit));
    Ok(units)
}

fn set<'a>(address: &'a str, value: &wire::Value<'static>) -> Message<'a> {
    Message::Set(Set {
        address: address.into(),
        value: value.clone(),
        revision: None,
        lock: false,
        unlock: false,
        ttl: None,
    })
}
