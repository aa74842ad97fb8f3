//! The options of a subscription. Takes options, gives a [`Request`] and the [`Ends`].

use std::time::Duration;

use super::super::complete;
use super::{Ends, ReadyFd};
use crate::clasp::client::Reconnect;
use crate::clasp::client::subscription::Request;
use crate::clasp::note_wildcards;
use crate::clasp::rate_limiter::Limits;
use crate::clasp::record::type_named;
use crate::clasp::wire::{Pattern, SignalType, TypeMask};
use crate::error::Failure;
use crate::term::Console;
use crate::text::duration::duration;

/// Options of every verb that subscribes.
#[derive(Debug, clap::Args)]
pub struct SourceArgs {
    /// Patterns: * is one segment or a part of one, ** any number of segments
    #[arg(
        required = true,
        value_name = "PATTERN",
        add = complete::addresses()
    )]
    patterns: Vec<String>,

    /// Only signals of these types: param, event, stream, gesture, timeline
    #[arg(long = "type", value_name = "TYPES", value_delimiter = ',', value_parser = signal_type)]
    types: Vec<SignalType>,

    /// At most this many messages a second for each address; the last of a burst is always
    /// delivered (params and streams)
    #[arg(long, value_name = "N")]
    max_rate: Option<u32>,

    /// Only numbers that changed by as much as this (params and streams)
    #[arg(long, value_name = "X", value_parser = epsilon)]
    epsilon: Option<f64>,

    /// Exit after this long
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    span: Option<Duration>,

    /// Exit when nothing came for this long
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle: Option<Duration>,

    /// Write a line to this file descriptor when the subscription is live
    #[arg(long, value_name = "FD")]
    ready_fd: Option<u32>,

    /// Probe the connection after this long a silence
    #[arg(long, value_name = "DURATION", value_parser = probe_interval, default_value = "80s")]
    probe_interval: Duration,
}

/// After how long a silence a connection is probed, unless --probe-interval says otherwise. The same as
/// its default.
pub const PROBE_INTERVAL: Duration = Duration::from_secs(80);

/// Options of verbs that print or store messages.
#[derive(Debug, clap::Args)]
pub struct ListenArgs {
    #[command(flatten)]
    source: SourceArgs,

    /// Exit after this many records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Leave out the present values
    #[arg(long)]
    new: bool,
}

fn signal_type(name: &str) -> Result<SignalType, String> {
    type_named(name)
        .ok_or_else(|| "a type is one of param, event, stream, gesture, timeline".to_owned())
}

fn epsilon(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("it is the smallest change to deliver, such as 0.1".to_owned()),
    }
}

/// Parses `--probe-interval`.
///
/// # Errors
/// Not a duration, or zero.
pub fn probe_interval(text: &str) -> Result<Duration, String> {
    match duration(text).map_err(|error| error.to_string())? {
        Duration::ZERO => Err("it cannot be zero; such as 80s".to_owned()),
        interval => Ok(interval),
    }
}

impl SourceArgs {
    /// The request of the subscription; `retained` includes the present values.
    ///
    /// # Errors
    /// A usage failure for an invalid pattern.
    pub fn request(
        &self,
        retained: bool,
        reconnect: Reconnect,
        console: &Console,
    ) -> Result<Request, Failure> {
        note_wildcards(console, self.patterns.iter().map(String::as_str));
        let patterns = self
            .patterns
            .iter()
            .map(|text| Pattern::new(text))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Request {
            patterns,
            types: match self.types.as_slice() {
                [] => TypeMask::ALL,
                types => TypeMask::of(types.iter().copied()),
            },
            limits: Limits {
                max_rate: self.max_rate,
                epsilon: self.epsilon,
            },
            retained,
            probe_interval: self.probe_interval,
            reconnect,
        })
    }

    /// When to end; `timeout` is the value of `--timeout`, if given.
    pub fn ends(&self, timeout: Option<Duration>) -> Ends {
        let limit = timeout.map(|limit| ("--timeout", limit));
        Ends {
            span: self.span.map(|span| ("--for", span)).or(limit),
            idle: self.idle,
            ..Ends::default()
        }
    }

    /// The file descriptor of `--ready-fd`, if given.
    ///
    /// # Errors
    /// A usage failure for a descriptor that is not open.
    pub fn ready(&self) -> Result<Option<ReadyFd>, Failure> {
        self.ready_fd.map(ReadyFd::open).transpose()
    }
}

impl ListenArgs {
    /// The same as [`SourceArgs::request`], with present values unless `--new` was given.
    ///
    /// # Errors
    /// A usage failure for an invalid pattern.
    pub fn request(&self, reconnect: Reconnect, console: &Console) -> Result<Request, Failure> {
        self.source.request(!self.new, reconnect, console)
    }

    /// The same as [`SourceArgs::ends`], with the limit of `--count`.
    pub fn ends(&self, timeout: Option<Duration>) -> Ends {
        Ends {
            count: self.count,
            ..self.source.ends(timeout)
        }
    }

    /// The same as [`SourceArgs::ready`].
    ///
    /// # Errors
    /// A usage failure for a descriptor that is not open.
    pub fn ready(&self) -> Result<Option<ReadyFd>, Failure> {
        self.source.ready()
    }
}
