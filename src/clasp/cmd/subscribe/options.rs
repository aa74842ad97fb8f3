//! What `subscribe` and `on` listen to, and for how long: options enter, a [`Request`] and an end
//! leave.

use std::fs::OpenOptions;
use std::future::pending;
use std::io::Write;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::clasp::client::subscription::Request;
use crate::clasp::cmd::connection::{ConnectionArgs, ReconnectArgs};
use crate::clasp::record::type_named;
use crate::clasp::thin::Limits;
use crate::clasp::wire::{Pattern, SignalType, TypeMask};
use crate::error::{Failure, Kind};
use crate::text::count::Count;
use crate::text::duration::{InWords, duration};

/// Options of every verb that listens.
#[derive(Debug, clap::Args)]
pub struct ListenArgs {
    /// Patterns: * is one segment or a part of one, ** any number of segments
    #[arg(required = true, value_name = "PATTERN")]
    patterns: Vec<String>,

    /// Only signals of these types: param, event, stream, gesture, timeline
    #[arg(long = "type", value_name = "TYPES", value_delimiter = ',', value_parser = signal_type)]
    types: Vec<SignalType>,

    /// At most so many messages a second for each address; the last of a burst
    /// always comes (params and streams)
    #[arg(long, value_name = "N")]
    max_rate: Option<u32>,

    /// Only numbers that changed by as much as this (params and streams)
    #[arg(long, value_name = "X", value_parser = epsilon)]
    epsilon: Option<f64>,

    /// Exit after so long
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    span: Option<Duration>,

    /// Exit when nothing came for so long
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle: Option<Duration>,

    /// Write a line to this file descriptor when the subscription is live
    #[arg(long, value_name = "FD")]
    ready_fd: Option<u32>,

    /// Ask the router for a sign of life after so long a silence
    #[arg(long, value_name = "DURATION", value_parser = probe_interval, default_value = "80s")]
    probe_interval: Duration,

    /// How to reach the router.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

fn signal_type(name: &str) -> Result<SignalType, String> {
    type_named(name)
        .ok_or_else(|| "a type is one of param, event, stream, gesture, timeline".to_owned())
}

fn epsilon(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("it is the least change that matters, such as 0.1".to_owned()),
    }
}

/// A silence to be probed, as it is typed.
///
/// # Errors
/// Not a duration, or none at all.
pub fn probe_interval(text: &str) -> Result<Duration, String> {
    match duration(text).map_err(|error| error.to_string())? {
        Duration::ZERO => Err("a probe needs some silence, such as 80s".to_owned()),
        interval => Ok(interval),
    }
}

impl ListenArgs {
    /// What to subscribe to, with the values that are there already or without them.
    ///
    /// # Errors
    /// A pattern that is none.
    pub fn request(&self, retained: bool) -> Result<Request, Failure> {
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
            reconnect: self.reconnect.policy(),
        })
    }

    /// Whom to tell that the subscription is live.
    ///
    /// # Errors
    /// A file descriptor that cannot be written to.
    pub fn ready(&self) -> Result<Option<ReadyFd>, Failure> {
        self.ready_fd.map(ReadyFd::open).transpose()
    }

    /// When it is over by itself, if it begins now.
    pub fn term(&self) -> Term {
        let now = Instant::now();
        let limit = self.connection.timeout();
        let span = self.span.map(|span| ("--for", span));
        let deadline = span.or(limit.map(|limit| ("--timeout", limit)));
        Term {
            deadline: deadline.map(|(what, span)| (now + span, TimeUp { what, span })),
            idle: self.idle,
            heard: now,
        }
    }
}

/// When listening is over by itself.
#[derive(Debug)]
pub struct Term {
    deadline: Option<(Instant, TimeUp)>,
    idle: Option<Duration>,
    heard: Instant,
}

/// A span or a silence that is over.
#[derive(Debug, Clone, Copy)]
pub struct TimeUp {
    /// The option that asked for it.
    what: &'static str,
    span: Duration,
}

impl Term {
    /// Something came.
    pub fn heard(&mut self) {
        if self.idle.is_some() {
            self.heard = Instant::now();
        }
    }

    /// Waits until it is over; for ever, if nobody asked for an end.
    pub async fn over(&self) -> TimeUp {
        let silence = self.idle.map(|span| {
            let what = "--idle";
            (self.heard + span, TimeUp { what, span })
        });
        let ends = [self.deadline, silence];
        let Some((at, end)) = ends.into_iter().flatten().min_by_key(|(at, _)| *at) else {
            return pending().await;
        };
        sleep_until(at).await;
        end
    }
}

impl TimeUp {
    /// The failure of what has seen fewer things than it was to wait for.
    pub fn too_few(self, count: u64, wanted: u64, things: &str) -> Failure {
        let (count, wanted) = (Count(count), Count(wanted));
        let TimeUp { what, span } = self;
        Failure::new(
            Kind::Deadline,
            format!(
                "{count} of {wanted} {things} within {what} {}",
                InWords(span)
            ),
        )
    }
}

/// A file descriptor that the caller has opened to be told through.
pub struct ReadyFd(std::fs::File);

impl ReadyFd {
    fn open(fd: u32) -> Result<ReadyFd, Failure> {
        // By its name in /dev/fd: making a file of a bare number would be unsafe.
        OpenOptions::new()
            .write(true)
            .open(format!("/dev/fd/{fd}"))
            .map(ReadyFd)
            .map_err(|error| {
                Failure::usage(format!("--ready-fd {fd}: {error}"))
                    .with_hint(format!("Open it first, such as {fd}>ready.pipe"))
            })
    }

    /// Tells it.
    pub fn say(mut self) {
        // Who asked to be told and went away is told nothing.
        let _ = self.0.write_all(b"ready\n");
    }
}
