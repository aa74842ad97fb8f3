//! `watch`: shows a live table on a terminal; without a terminal it works as `subscribe`.
//!
//! ```text
//!   router ──▶ Subscription ──▶ Model ──▶ frame ──▶ Screen
//!   keys   ──▶ View ──────────────────────┘
//! ```

mod grid;
mod meter;
mod model;
mod paint;
mod spark;
mod view;

use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::listen::{ReadyFd, life};
use super::subscribe::SubscribeArgs;
use crate::clasp::client::clock::now_micros;
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Endpoint, Error, Target, block_on};
use crate::clasp::record::Record;
use crate::clasp::wire::{self, Capability};
use crate::error::Failure;
use crate::term::screen::{Screen, ScreenEvent};
use crate::term::{Interrupt, Printer, Terminal};

use grid::Grid;
use model::Model;
use paint::{Link, Status};
use view::{Effect, View};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp watch '/lights/**'
  trefoil clasp watch '/**' --type param,stream
  trefoil clasp watch '/sensors/*' --epsilon 0.1
  trefoil clasp watch '/sacn/1/**' --grid      the levels of a DMX universe
  trefoil clasp watch '/**' | grep sensors      in a pipe it is subscribe

Keys: q quits, / filters as you type, s sorts, p pauses, ? shows them all. The
bars are the latest numbers, from the lowest to the highest; for other values,
the number of messages in each of the last seconds. At most 10,000 addresses
are kept: beyond that, the longest silent ones are dropped. With -o json, --jq,
or an option about printed records (--count, --format, --stamp, --lifecycle,
--retained-only) it works as subscribe on a terminal, too.";

/// The shortest time between two frames: a reader does not notice faster changes.
const FRAME: Duration = Duration::from_millis(50);

/// How often ages and rates are updated without new messages.
const TICK: Duration = Duration::from_secs(1);

/// How long a note is shown.
const NOTE: Duration = Duration::from_secs(10);

/// The arguments of `watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct WatchArgs {
    /// Show universes of DMX as 512 cells each: addresses such as /sacn/1/5, or
    /// arrays such as /sacn/1
    #[arg(long)]
    grid: bool,

    #[command(flatten)]
    subscribe: SubscribeArgs,
}

impl WatchArgs {
    /// Shows what matches until the user quits.
    ///
    /// # Errors
    /// A refusal; a connection lost for good; a signal; the errors of `subscribe` when it works as
    /// such.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        if !terminal.printer.is_screen() || self.subscribe.is_about_records() {
            return self.subscribe.run(terminal);
        }
        let request = self.subscribe.request(&terminal.console)?;
        let target = self.subscribe.target(&terminal.console)?;
        let ready = self.subscribe.ready()?;
        block_on(self.watch(target, request, &terminal.printer, ready))?
    }

    async fn watch(
        &self,
        target: Target,
        request: Request,
        printer: &Printer,
        ready: Option<ReadyFd>,
    ) -> Result<(), Failure> {
        let endpoint = target.endpoint.clone();
        // Before the screen is opened, so that a first failure is printed normally.
        let mut interrupt = Interrupt::listen()?;
        let mut subscription = tokio::select! {
            opened = Subscription::open(target, request) => opened?,
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
        };
        let now = Instant::now();
        let enough = self.subscribe.ends();
        let mut watch = Watch {
            screen: Screen::open(printer)?,
            next_try: subscription.next_try(),
            router: endpoint.to_string(),
            endpoint,
            ready,
            model: Model::default(),
            grid: self.grid.then(Grid::default),
            view: View::default(),
            frozen: None,
            disconnected: None,
            is_stale: false,
            note: None,
            dirty: true,
            drawn: now,
            ends: enough.span.map(|(_, span)| now + span),
            idle: enough.idle,
            heard: now,
        };
        watch.run(&mut subscription).await
    }
}

/// The state of the display.
struct Watch {
    screen: Screen,
    next_try: watch::Receiver<Option<Instant>>,
    router: String,
    endpoint: Endpoint,
    ready: Option<ReadyFd>,
    model: Model,
    /// The levels of universes, if these are shown.
    grid: Option<Grid>,
    view: View,
    /// While paused: the model and the time that are shown.
    frozen: Option<(Model, Option<Grid>, u64)>,
    /// Why the connection was lost, while there is none.
    disconnected: Option<String>,
    /// Whether the router has said that its values may be old.
    is_stale: bool,
    /// The note, and until when it is shown.
    note: Option<(String, Instant)>,
    /// Whether the screen is out of date.
    dirty: bool,
    drawn: Instant,
    ends: Option<Instant>,
    idle: Option<Duration>,
    heard: Instant,
}

impl Watch {
    async fn run(&mut self, subscription: &mut Subscription) -> Result<(), Failure> {
        loop {
            let event = {
                // One future for the whole wait: a cancelled reconnection would begin again.
                let mut event = pin!(subscription.next());
                loop {
                    let (wake, ends) = (self.wake(), self.ends());
                    tokio::select! {
                        event = &mut event => break event?,
                        screen_event = self.screen.next() => match screen_event {
                            ScreenEvent::Key(key) => match self.view.key(key) {
                                Effect::Quit => return Ok(()),
                                Effect::Pause => self.pause(),
                                Effect::Stay => self.dirty = true,
                            },
                            ScreenEvent::Redraw => {
                                self.view.widest_value = 0;
                                self.dirty = true;
                            }
                            ScreenEvent::End(failure) => return Err(failure),
                        },
                        () = sleep_until(wake) => self.draw(),
                        () = sleep_until(ends.unwrap_or(wake)), if ends.is_some() => return Ok(()),
                    }
                }
            };
            self.take(event);
        }
    }

    /// When to draw next: soon if something changed, else to update the ages.
    fn wake(&self) -> Instant {
        self.drawn + if self.dirty { FRAME } else { TICK }
    }

    /// When to end without the user, if at all.
    fn ends(&self) -> Option<Instant> {
        let silent = self.idle.map(|idle| self.heard + idle);
        self.ends.into_iter().chain(silent).min()
    }

    fn pause(&mut self) {
        self.frozen = match self.frozen {
            Some(_) => None,
            None => Some((self.model.clone(), self.grid.clone(), now_micros())),
        };
        self.dirty = true;
    }

    fn take(&mut self, event: Event) {
        self.dirty = true;
        match event {
            Event::Message(frame) | Event::Retained(frame) => {
                self.heard = Instant::now();
                // The subscription has already decoded it.
                if let Ok(frame) = wire::decode(&frame)
                    && let Some(record) = Record::of(&frame)
                {
                    self.model.take(&record, now_micros());
                    if let Some(grid) = &mut self.grid {
                        grid.take(&record);
                    }
                }
            }
            Event::Live { welcome, back } => {
                let stale = welcome.has(Capability::Stale);
                self.model.synchronise(welcome.time, now_micros());
                self.router = welcome.name.into_owned();
                self.disconnected = None;
                self.is_stale = stale;
                if let Some(back) = back {
                    self.say(life::back(&back).0);
                }
                if let Some(ready) = self.ready.take() {
                    ready.say();
                }
            }
            Event::Disconnected { cause } => self.disconnected = Some(cause),
            Event::Dropped(refusal) => self.say(format!(
                "the router dropped messages, because they were read too slowly: {refusal}"
            )),
            Event::Truncated => {
                let endpoint = self.endpoint.clone();
                self.say(Failure::from(Error::Truncated { endpoint }).message());
            }
            Event::RouterError(refusal) => self.say(format!("the router says: {refusal}")),
        }
    }

    fn say(&mut self, note: String) {
        self.note = Some((note, Instant::now() + NOTE));
    }

    fn draw(&mut self) {
        let now = Instant::now();
        self.drawn = now;
        self.note.take_if(|(_, until)| *until <= now);
        let link = match &self.disconnected {
            None if self.is_stale => Link::Stale,
            None => Link::Live,
            Some(cause) => Link::Gone {
                cause,
                wait: self
                    .next_try
                    .borrow()
                    .map_or(Duration::ZERO, |due| due.saturating_duration_since(now)),
            },
        };
        let (model, grid, time) = match &self.frozen {
            Some((model, grid, time)) => (model, grid, *time),
            None => (&self.model, &self.grid, now_micros()),
        };
        let status = Status {
            router: &self.router,
            link,
            note: self.note.as_ref().map(|(note, _)| note.as_str()),
            paused: self
                .frozen
                .as_ref()
                .map(|(then, ..)| self.model.messages() - then.messages()),
            now: time,
        };
        let size = self.screen.size();
        let lines = match grid {
            Some(grid) => grid::frame(grid, model, &mut self.view, status, size),
            None => paint::frame(model, &mut self.view, status, size),
        };
        // If the terminal does not accept the output now, it is drawn with the next frame.
        self.dirty = !self.screen.draw(&lines);
    }
}
