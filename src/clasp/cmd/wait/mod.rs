//! `wait`: sleeps until an address holds what is wanted. Takes what the router holds and then every
//! message to the address; prints the value that satisfied the [`Conditions`].

mod condition;

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::connection::{ConnectionArgs, ReconnectArgs};
use super::value::ValueForm;
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Target, block_on};
use crate::clasp::cmd::complete;
use crate::clasp::rate_limiter::Limits;
use crate::clasp::record::Record;
use crate::clasp::wire::{self, Pattern, TypeMask, Value, check_address};
use crate::error::{Failure, Kind};
use crate::term::{Console, Predicate, Terminal};
use crate::text::duration::{InWords, duration};

use condition::{Condition, Conditions, is_ordered};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp wait /door                      until there is any value
  trefoil clasp wait /door --eq open --timeout 30s
  trefoil clasp wait /temp --ge 20 --lt 22 --stable 1m
  trefoil clasp wait /mode --eq day --eq night --any
  trefoil clasp wait /lights/color --until '.r > 200'
  trefoil clasp wait /cues/go && ./next-scene   an event counts, too

The value that satisfied is printed. Numbers compare as numbers (1 equals 1.0),
strings as strings; a value that does not compare is neither more nor less.";

/// How long a silence lasts before the router is asked for a sign of life.
const PROBE_INTERVAL: Duration = Duration::from_secs(80);

/// What may be typed after `wait`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct WaitArgs {
    /// The address to watch
    #[arg(add = complete::addresses())]
    address: String,

    /// Until it is this
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    eq: Vec<String>,

    /// Until it is anything but this; no value at all does not count
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

    /// Let one of several conditions be enough; otherwise all must hold
    #[arg(long)]
    any: bool,

    /// The conditions must hold so long without interruption
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
    /// [`Kind::Deadline`] when the time is up; a refusal; a connection lost for good.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        check_address(&self.address)?;
        let mut watch = Watch {
            conditions: self.conditions(&terminal.console)?,
            stable: self.stable.unwrap_or_default(),
            last: None,
            is_state: false,
            since: None,
            said_misfit: false,
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
            let watched = watch.run(target, request, &terminal.console);
            let Some(limit) = limit else {
                return watched.await;
            };
            match timeout(limit, watched).await {
                Ok(watched) => watched,
                Err(_) => Err(watch.out_of_time(&self.address, limit)),
            }
        })??;
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
                        "{option} {text}: only numbers and strings are more or less than others"
                    )));
                }
                if matches!(bound, Value::String(_))
                    && text
                        .starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
                {
                    console.note(format_args!(
                        "{option} {text}: it is no number, so it is compared as text"
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

/// What is known of the address.
struct Watch {
    conditions: Conditions,
    stable: Duration,
    last: Option<Value<'static>>,
    /// Whether the router keeps the last value, and so tells after a reconnection whether it is there
    /// still.
    is_state: bool,
    /// Since when the conditions hold.
    since: Option<Instant>,
    /// It was said that a filter does not fit a value.
    said_misfit: bool,
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
                Event::Message(frame) | Event::Retained(frame) => self.hear(&frame, console),
                // What happens meanwhile is not seen: nothing holds without interruption.
                Event::Gone { cause } => {
                    console.note(format_args!("router gone ({cause}); reconnecting"));
                    self.since = None;
                    if !self.is_state {
                        self.last = None;
                    }
                }
                // A single address has no snapshot that could be cut.
                Event::Live { back: None, .. } | Event::Cut => {}
                Event::Live {
                    back: Some(back), ..
                } => {
                    if back.missed.absent > 0 {
                        self.last = None;
                    }
                    self.judge(console);
                }
                Event::Dropped(refusal) | Event::Complaint(refusal) => console.warn(refusal),
            }
        }
    }

    fn hear(&mut self, frame: &[u8], console: &Console) {
        // The subscription has decoded it before: it is sound.
        let Ok(frame) = wire::decode(frame) else {
            return;
        };
        let Some(record) = Record::of(&frame) else {
            return;
        };
        // Of several samples the last is the latest; an event without a payload has happened.
        let value = match (record.value, record.samples.and_then(<[f64]>::last)) {
            (Some(value), _) => value.clone().into_owned(),
            (None, Some(sample)) => Value::Float(*sample),
            (None, None) => Value::Null,
        };
        self.last = Some(value);
        self.is_state = record.revision.is_some();
        self.judge(console);
    }

    fn judge(&mut self, console: &Console) {
        let said = &mut self.said_misfit;
        let misfit = |failure: Failure| {
            // Once: a filter with a mistake fits no value, and one that is right will fit the next.
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
