//! `timeline`: plays keyframes by SETs, because routers do not play them.

use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use super::complete;
use super::connection::ConnectionArgs;
use super::hold::{answered, future, held};
use super::signal::{self, signal};
use super::value::{ValueForm, from_stdin};
use crate::clasp::client::clock::now_micros;
use crate::clasp::client::play::{Playback, Played, Player};
use crate::clasp::client::timed::TimedConnection;
use crate::clasp::client::{Target, block_on};
use crate::clasp::timeline::draw::draw;
use crate::clasp::timeline::read::{self, TimeUnit, unknown_easing};
use crate::clasp::timeline::{Easing, Keyframe, Timeline, TimelineError};
use crate::clasp::wire::{Capability, SignalType, check_address};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::term::{Console, Interrupt, Terminal};
use crate::text::count::Count;
use crate::text::duration::{InWords, Signed, duration};
use crate::text::time::{Clock, When};
use crate::text::whole::file_text;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp timeline /lights/front 0s:0 1s:1 3s:1 4s:0
  trefoil clasp timeline /lights/front 0s:0:ease-in-out 2s:1 --loop
  trefoil clasp timeline /pan '0s:0:cubic-bezier(0.4,0,0.2,1)' 8s:90 --at +5s
  trefoil clasp timeline /rgb '0s:[0,0,0]' '2s:[255,100,0]'
  trefoil clasp timeline /lights/front - --time-unit ms < keyframes.json
  trefoil clasp timeline /lights/front 0s:0 1s:1 4s:0 --preview

A keyframe's easing (linear, ease-in, ease-out, ease-in-out, step,
cubic-bezier) applies up to the next keyframe. Numbers are interpolated, arrays
of the same length item by item; other values jump. JSON input is an array or
one object a line: {\"time\",\"value\",\"easing\"?,\"bezier\"?}; a time is a duration:
\"1.5s\".";

/// The largest input of keyframes, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// How long to wait for outstanding replies when the playback is stopped.
const LAST_REPLIES: Duration = Duration::from_secs(2);

/// Width and height of a preview: with its labels it fits 80 columns.
const PREVIEW: (usize, usize) = (60, 9);

/// The arguments of `timeline`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct TimelineArgs {
    /// The address to write to
    #[arg(add = complete::addresses())]
    address: String,

    /// Keyframes as TIME:VALUE[:EASING], or - or @FILE to read JSON
    #[arg(required = true, value_name = "KEYFRAME")]
    keyframes: Vec<String>,

    /// The unit of times in JSON that are numbers
    #[arg(long, value_enum, value_name = "UNIT")]
    time_unit: Option<TimeUnit>,

    /// Play in a loop, until Ctrl-C
    #[arg(long = "loop")]
    looped: bool,

    /// Begin at this time by the router's clock: +2s, RFC 3339, or µs since the
    /// epoch
    #[arg(long, value_name = "TIME")]
    at: Option<When>,

    /// Write this many values a second
    #[arg(long, value_name = "N", default_value_t = 60,
        value_parser = clap::value_parser!(u32).range(1..=900))]
    fps: u32,

    /// Send it once, as a timeline signal, for the router to play
    #[arg(long, conflicts_with = "fps")]
    publish: bool,

    /// Draw the curve, and send nothing
    #[arg(long, conflicts_with_all = ["publish", "jq"])]
    preview: bool,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The output of `timeline`.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    address: &'a str,
    duration_us: u64,
    #[serde(flatten)]
    played: Played,
}

impl TimelineArgs {
    /// Plays the timeline, sends it as a signal, or draws it.
    ///
    /// # Errors
    /// A bad keyframe, a refusal, a lost connection; [`Kind::Interrupted`] when it was stopped.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        check_address(&self.address)?;
        let timeline = Timeline::new(self.keyframes()?)?;
        if self.looped && timeline.duration() == 0 {
            return Err(Failure::usage("--loop needs a keyframe later than 0s"));
        }
        if self.preview {
            let (width, height) = PREVIEW;
            let lines = draw(&timeline, width, height)
                .ok_or_else(|| Failure::usage("--preview draws numbers only"))?;
            terminal
                .printer
                .words(|words| _ = words.lines(lines.join("\n")))?;
            return terminal.printer.finish();
        }
        if self.publish {
            self.publish(&timeline, terminal)
        } else {
            self.play(&timeline, terminal)
        }
    }

    fn keyframes(&self) -> Result<Vec<Keyframe>, Failure> {
        let file = match self.keyframes.as_slice() {
            [one] if one == "-" => Some(from_stdin("keyframes", LONGEST)?),
            [one] => match one.strip_prefix('@') {
                Some(path) => Some(
                    file_text(path, LONGEST)
                        .map_err(|error| Failure::usage(format!("cannot read {path}: {error}")))?,
                ),
                None => None,
            },
            _ => None,
        };
        if let Some(text) = file {
            return Ok(read::keyframes(&text, self.time_unit)?);
        }
        self.keyframes
            .iter()
            .map(|text| keyframe(text).map_err(|f| f.context(format!("keyframe '{text}'"))))
            .collect()
    }

    fn publish(&self, timeline: &Timeline, terminal: Terminal) -> Result<(), Failure> {
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&[&self.address]))?;
        let timed = self
            .connection
            .ask(&target, TimedConnection::connect(&target))?;
        let start = match self.at {
            Some(at) => future(at, &timed)?,
            None => timed.clock.now(),
        };
        if !timed.welcome.has(Capability::KeepsTime) {
            terminal.console.warn(format_args!(
                "\"{}\" does not play timelines: it only forwards the signal",
                timed.welcome.name
            ));
        }
        let value = timeline.signal(self.looped, start);
        let publish = signal(SignalType::Timeline, &self.address, Some(value));
        signal::send_to(&target, terminal, &self.connection, publish)
    }

    fn play(&self, timeline: &Timeline, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&[&self.address]))?;
        let (played, failure) = block_on(self.perform(timeline, &target, &terminal.console))??;
        let summary = Summary {
            address: &self.address,
            duration_us: timeline.duration(),
            played,
        };
        let mut report = terminal.report(format_args!("{} was played", self.address));
        report.print(|printer| {
            printer.document(&summary, |words| {
                words.address(summary.address);
                if let Some(value) = &summary.played.value {
                    words.plain(" = ");
                    words.plain(serde_json::to_string(value).unwrap_or_default());
                }
                words.dim(format_args!(
                    "  ({} writes in {}",
                    Count(summary.played.acknowledged),
                    InWords(Duration::from_micros(summary.played.position_us))
                ));
                if let Some(drift) = summary.played.drift_us {
                    words.dim(format_args!(", the last {}", Signed(drift)));
                }
                words.dim(")");
            })
        });
        report.finish(failure.map_or(Ok(()), Err))
    }

    /// Plays; gives what was played, and the failure if it ended early.
    async fn perform(
        &self,
        timeline: &Timeline,
        target: &Target,
        console: &Console,
    ) -> Result<(Played, Option<Failure>), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let began = now_micros();
        let ready = held(&self.connection, &mut interrupt, async {
            let timed = TimedConnection::connect(target).await?;
            let Some(at) = self.at else {
                let start = timed.clock.now();
                return Ok((timed, start));
            };
            let start = future(at, &timed)?;
            console.note(format_args!(
                "begins at {}",
                Clock::local().time_of_day(start)
            ));
            Ok((timed.arrive(target, start).await?, start))
        });
        let (timed, start) = ready.await?;
        let mut player = Player::new(
            timed,
            Playback {
                address: &self.address,
                timeline,
                fps: self.fps,
                looped: self.looped,
                start,
            },
        );
        let left = self.connection.timeout().map(|limit| {
            limit.saturating_sub(Duration::from_micros(now_micros().saturating_sub(began)))
        });
        let ended = tokio::select! {
            ended = player.run() => ended.map_err(Failure::from),
            kind = interrupt.wait() => Err(Failure::new(kind, "interrupted")),
            () = tokio::time::sleep(left.unwrap_or_default()), if left.is_some() => {
                Err(Failure::new(Kind::Deadline, "the deadline passed"))
            }
        };
        let stopped = |mut failure: Failure, played: &Played| {
            if played.acknowledged > 0 {
                failure = failure.partly_done();
            }
            let words = |micros| InWords(Duration::from_micros(micros));
            let (at, of) = (words(played.position_us), words(timeline.duration()));
            failure.context(if self.looped {
                format!("stopped after {at}, looping over {of}")
            } else {
                format!("stopped at {at} of {of}")
            })
        };
        let so_far = player.played().clone();
        match ended {
            Ok(()) => match answered(player.finish()).await {
                Ok(played) => Ok((played, None)),
                Err(failure) => Ok((so_far.clone(), Some(stopped(failure, &so_far)))),
            },
            Err(failure) => {
                let signal = !matches!(failure.kind, Kind::Connection | Kind::Refused);
                // The value stays where it is. The reply to the last write is awaited for a short
                // time.
                let played = if signal {
                    timeout(LAST_REPLIES, player.finish()).await
                } else {
                    Ok(Ok(so_far.clone()))
                };
                let played = played.ok().and_then(Result::ok).unwrap_or(so_far);
                let failure = stopped(failure, &played);
                Ok((played, Some(failure)))
            }
        }
    }
}

/// Parses `1s:0.5:ease-in`. The value may contain colons: the text after the last colon is the
/// easing only if it is the name of one.
fn keyframe(text: &str) -> Result<Keyframe, Failure> {
    let (time, rest) = text
        .split_once(':')
        .ok_or_else(|| Failure::usage("it should be TIME:VALUE, such as 1s:0.5"))?;
    let at = duration(time).map_err(|error| Failure::usage(format!("'{time}': {error}")))?;
    let at = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
    let (value, easing) = match rest.rsplit_once(':') {
        Some((value, name)) => match Easing::parse(name) {
            Some(easing) => (value, easing),
            // A number followed by an unknown name is a mistyped easing, not a string.
            None if value.parse::<f64>().is_ok() => {
                return Err(TimelineError::Json(unknown_easing(name)).into());
            }
            None => (rest, Easing::Linear),
        },
        None => (rest, Easing::Linear),
    };
    let value = ValueForm::default().interpret(value)?;
    Ok(Keyframe { at, value, easing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyframes_as_typed() {
        for (text, at, json, easing) in [
            ("0s:0", 0, "0", Easing::Linear),
            ("1.5s:-1:ease-in", 1_500_000, "-1", Easing::EaseIn),
            ("1m:{\"r\":1}", 60_000_000, "{\"r\":1}", Easing::Linear),
            ("1s:{\"r\":1}:step", 1_000_000, "{\"r\":1}", Easing::Step),
            ("1s:12:30", 1_000_000, "", Easing::Linear),
            ("1s:at 12:30", 1_000_000, "\"at 12:30\"", Easing::Linear),
        ] {
            let Ok(keyframe) = keyframe(text) else {
                assert_eq!(json, "", "{text}");
                continue;
            };
            let value = serde_json::to_string(&keyframe.value).unwrap();
            assert_eq!((keyframe.at, &*value, keyframe.easing), (at, json, easing));
        }
        for (text, says) in [
            ("1s", "TIME:VALUE"),
            ("1:0", "did you mean 1s?"),
            ("1s:0:ease-inn", "did you mean ease-in?"),
        ] {
            let message = keyframe(text).expect_err(text).message();
            assert!(message.contains(says), "{text}: {message}");
        }
    }
}
