//! `watch`: a live table on a terminal; anywhere else it is `subscribe`.
//!
//! ```text
//!   router ──▶ Subscription ──▶ Model ──▶ frame ──▶ Screen
//!   keys   ──▶ View ──────────────────────┘
//! ```

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
use crate::clasp::wire;
use crate::error::Failure;
use crate::term::screen::{Screen, ScreenEvent};
use crate::term::{Interrupt, Printer, Terminal};

use model::Model;
use paint::{Link, Status};
use view::{Effect, View};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp watch '/lights/**'
  trefoil clasp watch '/**' --type param,stream
  trefoil clasp watch '/sensors/*' --epsilon 0.1
  trefoil clasp watch '/**' | grep sensors      in a pipe it is subscribe

Keys: q quits, / filters as you type, s sorts, p pauses, ? shows them all. The
bars are the latest numbers, from their lowest to their highest; of anything
else, how much came in each of the last seconds. At most 10,000 addresses are
kept: of more, those that were silent longest go.
With -o json, --jq, or an option about printed records (--count, --format,
--stamp, --lifecycle, --retained-only) it is subscribe on a terminal, too.";

/// A frame lasts at least this long: nobody reads faster.
const FRAME: Duration = Duration::from_millis(50);

/// Ages and rates move on by themselves, this often.
const TICK: Duration = Duration::from_secs(1);

/// How long a note stays.
const NOTE: Duration = Duration::from_secs(10);

/// What may be typed after `watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct WatchArgs {
    #[command(flatten)]
    subscribe: SubscribeArgs,
}

impl WatchArgs {
    /// Shows what matches until the user has seen enough.
    ///
    /// # Errors
    /// A refusal; a connection lost for good; a signal. As `subscribe` where it is that.
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
        // What fails at once needs no screen to say so.
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
            view: View::default(),
            frozen: None,
            gone: None,
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

/// All that is on the screen.
struct Watch {
    screen: Screen,
    next_try: watch::Receiver<Option<Instant>>,
    router: String,
    endpoint: Endpoint,
    ready: Option<ReadyFd>,
    model: Model,
    view: View,
    /// The picture when it was stopped, and the time on it.
    frozen: Option<(Model, u64)>,
    /// How the connection went, while there is none.
    gone: Option<String>,
    /// What is to be read, and until when it is shown.
    note: Option<(String, Instant)>,
    /// Whether there is something to show that the screen does not.
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
                // Kept until it is there: a reconnection that is cancelled begins anew.
                let mut event = pin!(subscription.next());
                loop {
                    let (wake, ends) = (self.wake(), self.ends());
                    tokio::select! {
                        event = &mut event => break event?,
                        happening = self.screen.next() => match happening {
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

    /// When to draw next: soon if there is news, else when ages move on.
    fn wake(&self) -> Instant {
        self.drawn + if self.dirty { FRAME } else { TICK }
    }

    /// When it is over, if it ends by itself.
    fn ends(&self) -> Option<Instant> {
        let silent = self.idle.map(|idle| self.heard + idle);
        self.ends.into_iter().chain(silent).min()
    }

    fn pause(&mut self) {
        self.frozen = match self.frozen {
            Some(_) => None,
            None => Some((self.model.clone(), now_micros())),
        };
        self.dirty = true;
    }

    fn take(&mut self, event: Event) {
        self.dirty = true;
        match event {
            Event::Message(frame) | Event::Retained(frame) => {
                self.heard = Instant::now();
                // The subscription has decoded it before: it is sound.
                if let Ok(frame) = wire::decode(&frame)
                    && let Some(record) = Record::of(&frame)
                {
                    self.model.take(&record, now_micros());
                }
            }
            Event::Live { welcome, back } => {
                self.model.synchronise(welcome.time, now_micros());
                self.router = welcome.name.into_owned();
                self.gone = None;
                if let Some(back) = back {
                    self.say(life::back(&back).0);
                }
                if let Some(ready) = self.ready.take() {
                    ready.say();
                }
            }
            Event::Gone { cause } => self.gone = Some(cause),
            Event::Dropped(refusal) => self.say(format!(
                "the router dropped messages, because they were read too slowly: {refusal}"
            )),
            Event::Cut => {
                let endpoint = self.endpoint.clone();
                self.say(Failure::from(Error::Cut { endpoint }).message());
            }
            Event::Complaint(refusal) => self.say(format!("the router says: {refusal}")),
        }
    }

    fn say(&mut self, note: String) {
        self.note = Some((note, Instant::now() + NOTE));
    }

    fn draw(&mut self) {
        let now = Instant::now();
        self.drawn = now;
        self.note.take_if(|(_, until)| *until <= now);
        let link = match &self.gone {
            None => Link::Live,
            Some(cause) => Link::Gone {
                cause,
                wait: self
                    .next_try
                    .borrow()
                    .map_or(Duration::ZERO, |due| due.saturating_duration_since(now)),
            },
        };
        let live = (&self.model, now_micros());
        let (model, time) = self
            .frozen
            .as_ref()
            .map_or(live, |(model, time)| (model, *time));
        let status = Status {
            router: &self.router,
            link,
            note: self.note.as_ref().map(|(note, _)| note.as_str()),
            paused: self
                .frozen
                .as_ref()
                .map(|(then, _)| self.model.messages() - then.messages()),
            now: time,
        };
        let lines = paint::frame(model, &mut self.view, status, self.screen.size());
        // What the terminal has no room for is drawn with the next frame.
        self.dirty = !self.screen.draw(&lines);
    }
}
