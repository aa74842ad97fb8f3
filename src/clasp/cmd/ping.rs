//! `ping`: measures the round trip to the router and the offset of its clock.

use std::time::Duration;

use serde::Serialize;

use super::connection::ConnectionArgs;
use crate::clasp::client::clock::{self, Sample};
use crate::clasp::wire::Welcome;
use crate::error::Failure;
use crate::term::{Terminal, Words};
use crate::text::duration::{InWords, Signed, duration};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp ping
  trefoil clasp ping --count 100 --interval 50ms
  trefoil clasp ping --connect-retry 30s      wait for a router to start
  trefoil clasp ping --jq .round_trip_us.min";

/// The arguments of `ping`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct PingArgs {
    /// Measure this many times
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 5,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    count: u32,

    /// Wait this long in between
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10ms")]
    interval: Duration,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The output of `ping`.
#[derive(Debug, Serialize)]
struct Pinged {
    url: String,
    router: String,
    session: String,
    features: Vec<&'static str>,
    count: usize,
    round_trip_us: Spread,
    /// The router's clock minus ours, from the fastest exchange; null if it does not answer SYNC.
    clock_offset_us: Option<i64>,
}

/// Statistics of the round trips, in µs. The jitter is the mean difference between consecutive
/// ones.
#[derive(Debug, Serialize)]
struct Spread {
    min: f64,
    mean: f64,
    max: f64,
    jitter: f64,
}

impl Spread {
    fn of(samples: &[Sample]) -> Spread {
        let micros: Vec<f64> = samples
            .iter()
            .map(|sample| sample.round_trip.as_nanos() as f64 / 1_000.0)
            .collect();
        let count = micros.len().max(1) as f64;
        let steps = micros.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let tenth = |micros: f64| (micros * 10.0).round() / 10.0;
        Spread {
            min: tenth(micros.iter().copied().fold(f64::INFINITY, f64::min)),
            mean: tenth(micros.iter().sum::<f64>() / count),
            max: tenth(micros.iter().copied().fold(0.0, f64::max)),
            // `0.0 +`, because an empty sum is -0.0.
            jitter: tenth(0.0 + steps.sum::<f64>() / (count - 1.0).max(1.0)),
        }
    }
}

/// A round trip as text: below 1 ms in µs, because tenths of a ms would hide differences.
fn time(micros: f64) -> String {
    match micros {
        micros if micros < 1_000.0 => format!("{micros:.0} µs"),
        micros => InWords(Duration::from_nanos((micros * 1_000.0) as u64)).to_string(),
    }
}

impl Pinged {
    fn of(url: String, welcome: Welcome<'_>, samples: &[Sample]) -> Pinged {
        Pinged {
            url,
            router: welcome.name.into_owned(),
            session: welcome.session.into_owned(),
            features: welcome.features.names().collect(),
            count: samples.len(),
            round_trip_us: Spread::of(samples),
            clock_offset_us: clock::fastest(samples).and_then(|sample| sample.offset),
        }
    }

    fn describe(&self, words: &mut Words) {
        let trip = &self.round_trip_us;
        words.plain(&self.router).plain(" at ").plain(&self.url);
        words.end_line();
        words.dim("round trip    ").plain(time(trip.min));
        words.dim(format_args!(
            "  (mean {}, max {}, jitter {}, of {})",
            time(trip.mean),
            time(trip.max),
            time(trip.jitter),
            self.count
        ));
        words.end_line().dim("clock offset  ");
        match self.clock_offset_us {
            Some(offset) => words.plain(Signed(offset)),
            None => words.dim("the router does not tell"),
        };
        words.end_line().dim("features      ");
        words.plain(self.features.join(", "));
        words.end_line().dim("session       ");
        words.plain(&self.session);
    }
}

impl PingArgs {
    /// Measures and prints.
    ///
    /// # Errors
    /// No connection, a refused token.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self.connection.target(&terminal.console)?;
        let pauses = self.interval.saturating_mul(self.count);
        let (welcome, samples) = self.connection.ask_within(
            &target,
            pauses,
            clock::measure(&target, self.count, self.interval),
        )?;
        let pinged = Pinged::of(target.endpoint.to_string(), welcome, &samples);
        terminal
            .printer
            .document(&pinged, |words| pinged.describe(words))?;
        terminal.printer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_that_of_the_round_trips() {
        let sample = |micros| Sample {
            round_trip: Duration::from_micros(micros),
            offset: None,
        };
        let spread = Spread::of(&[sample(100), sample(300), sample(200)]);
        assert_eq!(
            (spread.min, spread.mean, spread.max, spread.jitter),
            (100.0, 200.0, 300.0, 150.0)
        );
        assert_eq!(Spread::of(&[sample(100)]).jitter, 0.0);
    }
}
