//! `wait`: waits until the value of an address satisfies conditions. Takes the present value and
//! then every message to the address; prints the value that satisfied the [`Conditions`].

mod condition;

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::connection::{ConnectionArgs, ReconnectArgs, STALE};
use super::value::ValueForm;
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Target, block_on};
use crate::clasp::cmd::complete;
use crate::clasp::cmd::listen::PROBE_INTERVAL;
use crate::clasp::rate_limiter::Limits;
use crate::clasp::record::Record;
use crate::clasp::wire::{self, Capability, Pattern, TypeMask, Value, check_address};
use crate::error::{Failure, Kind};
use crate::term::{Console, Predicate, Terminal};
use crate::text::duration::{InWords, duration};

use condition::{Condition, Conditions, is_ordered};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp wait /door                      until there is a value
  trefoil clasp wait /door --eq open --timeout 30s
  trefoil clasp wait /temp --ge 20 --lt 22 --stable 1m
  trefoil clasp wait /mode --eq day --eq night --any
  trefoil clasp wait /lights/color --until '.r > 200'
  trefoil clasp wait /cues/go && ./next-scene   an event counts, too

The value that satisfied the conditions is printed. Numbers compare as numbers
(1 equals 1.0), strings as strings; other values are neither greater nor less.";

/// The arguments of `wait`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct WaitArgs {
    /// The address to watch
    #[arg(add = complete::addresses())]
    address: String,

    /// Until it is this
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    eq: Vec<String>,

    /// Until it has another value than this
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    ne: Vec<String>,

    /// Until it is greater than this
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    gt: Vec<String>,

    /// Until it is this or greater
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    ge: Vec<String>,

    /// Until it is less than this
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    lt: Vec<String>,

    /// Until it is this or less
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    le: Vec<String>,

    /// Until this jq filter gives true for the value
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    until: Vec<String>,

    /// Exit when one of several conditions holds, instead of all
    #[arg(long)]
    any: bool,

    /// The conditions must hold this long without interruption
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    stable: Option<Duration>,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

impl WaitArgs {
    /// Waits and prints.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when the deadline passes; a refusal; a connection lost for good.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        check_address(&self.address)?;
        let mut watch = Watch {
            conditions: self.conditions(&terminal.console)?,
            stable: self.stable.unwrap_or_default(),
            last: None,
            is_state: false,
            since: None,
            said_misfit: false,
            said_stale: false,
        };
        let target = self.connection.target(&terminal.console)?;
        let request = Request {
            patterns: vec![Pattern::new(&self.address)?],
            types: TypeMask::ALL,
            limits: Limits::default(),
            retained: true,
            probe_interval: PROBE_INTERVAL,
            reconnect: self.reconnect.policy(),
        };
        let limit = self.connection.timeout();
        let value = block_on(async {
            let watched = watch.run(target.clone(), request, &terminal.console);
            let Some(limit) = limit else {
                return watched.await;
            };
            match timeout(limit, watched).await {
                Ok(watched) => watched,
                Err(_) => Err(watch.out_of_time(&self.address, limit)),
            }
        });
        if !watch.said_stale {
            ConnectionArgs::warn_if_stale(&target, &terminal.console);
        }
        let value = value??;
        terminal.printer.value(&value)?;
        terminal.printer.finish()
    }

    fn conditions(&self, console: &Console) -> Result<Conditions, Failure> {
        let mut all = Vec::new();
        for text in &self.eq {
            all.push(Condition::Eq(ValueForm::default().interpret(text)?));
        }
        for text in &self.ne {
            all.push(Condition::Ne(ValueForm::default().interpret(text)?));
        }
        type Bound = fn(Value<'static>) -> Condition;
        let bounds: [(&str, &[String], Bound); 4] = [
            ("--gt", &self.gt, Condition::Gt),
            ("--ge", &self.ge, Condition::Ge),
            ("--lt", &self.lt, Condition::Lt),
            ("--le", &self.le, Condition::Le),
        ];
        for (option, texts, condition) in bounds {
            for text in texts {
                let bound = ValueForm::default().interpret(text)?;
                if !is_ordered(&bound) {
                    return Err(Failure::usage(format!(
                        "{option} {text}: only numbers and strings can be greater or less"
                    )));
                }
                // Who quotes it means text.
                if matches!(bound, Value::String(_)) && !text.starts_with('"') {
                    console.note(format_args!(
                        "{option} {text}: it is not a number, so it is compared as text"
                    ));
                }
                all.push(condition(bound));
            }
        }
        for filter in &self.until {
            all.push(Condition::Until(Predicate::compile("--until", filter)?));
        }
        Ok(Conditions { all, any: self.any })
    }
}

/// The state of the wait.
struct Watch {
    conditions: Conditions,
    stable: Duration,
    last: Option<Value<'static>>,
    /// Whether the last value is a param's: the router keeps it, and after a reconnection tells
    /// whether it still exists.
    is_state: bool,
    /// The time since which the conditions hold.
    since: Option<Instant>,
    /// Whether the note about a failing filter was printed.
    said_misfit: bool,
    /// Whether the present router has been named as one whose values may be old.
    said_stale: bool,
}

impl Watch {
    async fn run(
        &mut self,
        target: Target,
        request: Request,
        console: &Console,
    ) -> Result<Value<'static>, Failure> {
        let mut subscription = Subscription::open(target, request).await?;
        loop {
            let due = self.since.map(|since| since + self.stable);
            let event = tokio::select! {
                biased;
                event = subscription.next(), if due.is_none_or(|due| due > Instant::now()) => event?,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    return Ok(self.last.take().unwrap_or(Value::Null));
                }
            };
            match event {
                Event::Message(frame) | Event::Retained(frame) => self.receive(&frame, console),
                // Changes during the interruption are not seen, so the time of --stable starts
                // again.
                Event::Disconnected { cause } => {
                    console.note(format_args!("router gone ({cause}); reconnecting"));
                    self.since = None;
                    if !self.is_state {
                        self.last = None;
                    }
                }
                // The snapshot of a single address cannot be truncated.
                Event::Truncated => {}
                Event::Live { welcome, back } => {
                    self.said_stale = welcome.has(Capability::Stale);
                    if self.said_stale {
                        console.warn(STALE);
                    }
                    if let Some(back) = back {
                        if back.missed.absent > 0 {
                            self.last = None;
                        }
                        self.check(console);
                    }
                }
                Event::Dropped(refusal) | Event::RouterError(refusal) => console.warn(refusal),
            }
        }
    }

    fn receive(&mut self, frame: &[u8], console: &Console) {
        // The subscription has already decoded it.
        let Ok(frame) = wire::decode(frame) else {
            return;
        };
        let Some(record) = Record::of(&frame) else {
            return;
        };
        // The last of several samples is the latest; an event without a payload counts as null.
        let value = match (record.value, record.samples.and_then(<[f64]>::last)) {
            (Some(value), _) => value.clone().into_owned(),
            (None, Some(sample)) => Value::Float(*sample),
            (None, None) => Value::Null,
        };
        self.last = Some(value);
        self.is_state = record.revision.is_some();
        self.check(console);
    }

    fn check(&mut self, console: &Console) {
        let said = &mut self.said_misfit;
        let misfit = |failure: Failure| {
            // Printed only once: a wrong filter would fail on every value.
            if !std::mem::replace(said, true) {
                console.note(format_args!("{}; waiting on", failure.message()));
            }
        };
        let holds = match &self.last {
            Some(value) => self.conditions.hold(value, misfit),
            None => false,
        };
        if holds {
            self.since.get_or_insert_with(Instant::now);
        } else {
            self.since = None;
        }
    }

    fn out_of_time(&self, address: &str, limit: Duration) -> Failure {
        let last = match &self.last {
            Some(value) => format!(
                "the last value was {}",
                serde_json::to_string(value).unwrap_or_default()
            ),
            None => "no value came".to_owned(),
        };
        Failure::new(
            Kind::Deadline,
            format!("{address}: not within {}; {last}", InWords(limit)),
        )
    }
}
