//! `history`: prints what a router has recorded, one record per line, in the form of `subscribe`.

use std::collections::VecDeque;
use std::time::Duration;

use super::complete;
use super::connection::ConnectionArgs;
use super::signal::content;
use crate::clasp::client::clock::now_micros;
use crate::clasp::client::history::replay;
use crate::clasp::client::pipeline::Wait;
use crate::clasp::note_wildcards;
use crate::clasp::record::{Record, type_named};
use crate::clasp::wire::{self, Message, Pattern, Replay, SignalType, TypeMask};
use crate::error::{Failure, Kind};
use crate::term::{Printer, Terminal, Words};
use crate::text::duration::duration;
use crate::text::time::{Clock, TimeError, When};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp history '/sensors/**' --since 1h
  trefoil clasp history /lights/front --last 10
  trefoil clasp history '/**' --type event --since 2026-07-01T20:00:00Z
  trefoil clasp history '/cue/**' --until 5m --limit 100 --jq .value

The router must keep a history: trefoil clasp serve --data DIR --history 24h";

/// The default deadline of the reply: a history may be long.
const WHOLE: Duration = Duration::from_secs(24 * 60 * 60);

/// The arguments of `history`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct HistoryArgs {
    /// What to match: * is one segment, ** any number of them
    #[arg(value_name = "PATTERN", add = complete::addresses())]
    pattern: String,

    /// From this time on: a duration ago (1h), RFC 3339, or µs since the epoch
    #[arg(long, value_name = "TIME", value_parser = past)]
    since: Option<u64>,

    /// Up to this time, in the same forms
    #[arg(long, value_name = "TIME", value_parser = past)]
    until: Option<u64>,

    /// Print at most this many, the oldest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// Print at most this many, the latest
    #[arg(long, value_name = "N", conflicts_with = "limit", value_parser = clap::value_parser!(u32).range(1..))]
    last: Option<u32>,

    /// Print only these types: param, event, stream, gesture, timeline
    #[arg(long = "type", value_name = "TYPES", value_delimiter = ',', value_parser = signal)]
    types: Vec<SignalType>,

    #[command(flatten)]
    connection: ConnectionArgs,
}

fn signal(name: &str) -> Result<SignalType, String> {
    type_named(name)
        .ok_or_else(|| "a type is one of param, event, stream, gesture, timeline".to_owned())
}

/// How far ahead of this machine's clock a past time may be, in µs.
const CLOCK_DIFFERENCE: u64 = 60_000_000;

/// Parses a past time into µs since the epoch; a duration counts back from now.
///
/// # Errors
/// When the text is not a past time.
pub(super) fn past(text: &str) -> Result<u64, String> {
    let now = now_micros();
    if let Ok(ago) = duration(text) {
        let ago = u64::try_from(ago.as_micros()).unwrap_or(u64::MAX);
        return Ok(now.saturating_sub(ago));
    }
    match text.parse::<When>() {
        // The router's clock may be ahead of this one.
        Ok(When::Absolute(micros)) if micros <= now + CLOCK_DIFFERENCE => Ok(micros),
        Ok(_) => Err("it is in the future: 1h means an hour ago".into()),
        Err(TimeError::Unknown) => {
            Err("not a time: use RFC 3339 (2026-07-01T20:00:00Z), 1h for an hour ago, or µs since the epoch".into())
        }
        Err(error) => Err(format!("{error}; 1h means an hour ago")),
    }
}

impl HistoryArgs {
    /// Requests the history and prints it.
    ///
    /// # Errors
    /// [`Kind::Negative`] when nothing that matches was recorded; the router's refusal.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        note_wildcards(&terminal.console, [self.pattern.as_str()]);
        Pattern::new(&self.pattern)?;
        if let (Some(since), Some(until)) = (self.since, self.until)
            && since > until
        {
            return Err(Failure::usage("--since is later than --until")
                .with_hint("Both are times or durations ago: --since 1h --until 5m"));
        }
        let target = self.connection.target(&terminal.console)?;
        let types = match self.types.as_slice() {
            [] => TypeMask::ALL,
            types => TypeMask::of(types.iter().copied()),
        };
        let asked = Replay {
            pattern: self.pattern.as_str().into(),
            from: self.since,
            to: self.until,
            limit: self.limit,
            types,
        };
        let clock = Clock::local();
        let (mut count, mut failure) = (0, None);
        let mut last: VecDeque<Vec<u8>> = VecDeque::new();
        let keep = self
            .last
            .map(|last| usize::try_from(last).unwrap_or(usize::MAX));
        let printer = &mut terminal.printer;
        let request = replay(&target, asked, |frame| {
            count += 1;
            if let Some(keep) = keep {
                if last.len() == keep {
                    last.pop_front();
                }
                let mut bytes = Vec::new();
                // It was decoded, so it can be encoded.
                let _ = wire::encode_with(&frame.message, frame.qos, frame.timestamp, &mut bytes);
                last.push_back(bytes);
                return Wait::More;
            }
            match print(printer, frame, &clock) {
                Ok(()) => Wait::More,
                Err(error) => {
                    failure = Some(error);
                    Wait::Done
                }
            }
        });
        self.connection.ask_within(&target, WHOLE, request)?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        for bytes in &last {
            print(&mut terminal.printer, &wire::decode(bytes)?, &clock)?;
        }
        if count == 0 {
            terminal.printer.flush()?;
            let why = format!("nothing of {} was recorded in that time", self.pattern);
            return Err(Failure::new(Kind::Negative, why));
        }
        terminal.printer.finish()
    }
}

fn print(printer: &mut Printer, frame: &wire::Frame<'_>, clock: &Clock) -> Result<(), Failure> {
    let Some(mut record) = Record::of(frame) else {
        return Ok(());
    };
    // The router's time of recording counts, not the sender's timestamp.
    if let Message::Publish(_) = &frame.message {
        record.timestamp = frame.timestamp.or(record.timestamp);
    }
    printer.document(&record, |words| describe(&record, clock, words))
}

fn describe(record: &Record<'_>, clock: &Clock, words: &mut Words) {
    if let Some(at) = record.timestamp {
        words.dim(clock.date_and_time(at)).plain("  ");
    }
    words.address(record.address);
    content(record, words);
    if let Some(revision) = record.revision {
        words.dim(format_args!("  (revision {revision})"));
    }
}
