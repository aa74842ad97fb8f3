//! What the bridges of sACN and Art-Net share: options, sockets, and the loop of their side.

use std::hash::Hash;
use std::net::SocketAddrV4;
use std::time::Duration;

use serde_json::Value;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::report::Report;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::dmx::address::{Scale, Universes, check_namespace};
use crate::clasp::bridge::dmx::map::{Dmx, Mode, Outgoing, Rules};
use crate::clasp::bridge::dmx::merge::Rule;
use crate::clasp::bridge::dmx::socket::Datagrams;
use crate::clasp::client::host_name;
use crate::clasp::wire::Frame;
use crate::text::count::Counted;
use crate::trace::{Direction, Step};

/// How many times the router's messages are handled before a frame is sent, so that levels that
/// belong together are sent together.
const TURNS: usize = 3;

/// A frame that is later than this is sent at once.
const LATE: Duration = Duration::from_millis(1);

/// Options of both protocols.
#[derive(Debug, clap::Args)]
pub struct DmxOptions {
    /// Write each channel, or each universe as one stream of 512 levels: channel,
    /// universe
    #[arg(long, value_name = "MODE", default_value = "channel", value_parser = mode, help_heading = "Mapping")]
    mode: Mode,

    /// Levels are 0.0 to 1.0 instead of 0 to 255
    #[arg(long, help_heading = "Mapping")]
    pub normalize: bool,

    /// Of several sources of the same priority take the highest level, or the
    /// latest change: htp, ltp
    #[arg(long, value_name = "RULE", default_value = "htp", value_parser = merge, help_heading = "Mapping")]
    merge: Rule,

    /// Send the values that are there already, too, when it begins
    #[arg(long, help_heading = "Mapping")]
    retained: bool,

    /// Only write what sources send; send nothing
    #[arg(long, conflicts_with_all = ["send_only", "retained"])]
    pub receive_only: bool,

    /// Only send what the router says; write nothing
    #[arg(long)]
    pub send_only: bool,
}

impl DmxOptions {
    /// The rules of the mapping. `timeout` is how long a source may be silent; `keepalive`, how often
    /// an unchanged universe is sent.
    pub fn rules(
        &self,
        namespace: Box<str>,
        universes: Universes,
        timeout: Duration,
        keepalive: Duration,
        together: bool,
    ) -> Rules {
        Rules {
            namespace,
            universes,
            mode: self.mode,
            scale: if self.normalize {
                Scale::Normalized
            } else {
                Scale::Steps
            },
            merge: self.merge,
            sends: !self.receive_only,
            retained: self.retained,
            timeout,
            keepalive,
            together,
        }
    }
}

fn mode(text: &str) -> Result<Mode, &'static str> {
    match text {
        "channel" => Ok(Mode::Channel),
        "universe" => Ok(Mode::Universe),
        _ => Err("it is channel or universe"),
    }
}

fn merge(text: &str) -> Result<Rule, &'static str> {
    match text {
        "htp" => Ok(Rule::Htp),
        "ltp" => Ok(Rule::Ltp),
        _ => Err("it is htp or ltp"),
    }
}

/// Parses `--namespace`; `/` means none.
pub fn namespace(text: &str) -> Result<Box<str>, String> {
    let namespace = super::namespace(text)?;
    check_namespace(&namespace)?;
    Ok(namespace)
}

/// An input of such a bridge.
#[derive(Debug)]
pub enum Input {
    /// A datagram and its sender.
    Datagram(Vec<u8>, SocketAddrV4),
    /// A timer of the mapping is due.
    Tick,
}

/// The sockets of a side.
pub struct Ports {
    /// The sockets.
    pub datagrams: Datagrams,
    has_begun: bool,
}

impl Ports {
    /// Sockets from which nothing was received yet.
    pub fn new(datagrams: Datagrams) -> Ports {
        Ports {
            datagrams,
            has_begun: false,
        }
    }

    /// The next input. The first one is a tick. Cancel-safe.
    pub async fn next(&mut self, due: Option<Instant>) -> Input {
        if !self.has_begun {
            return Input::Tick;
        }
        next(&mut self.datagrams, due).await
    }

    /// The next datagram, without waiting.
    pub fn try_next(&mut self) -> Option<Input> {
        let (bytes, from) = self.datagrams.try_next()?;
        Some(Input::Datagram(bytes, from))
    }

    /// Records a tick. The first one prints how many levels of the router are not sent.
    pub fn ticked(&mut self, unsent: usize, report: &Report) {
        if !std::mem::replace(&mut self.has_begun, true) {
            say_unsent(unsent, report);
        }
    }

    /// Sends a datagram; in a dry run, prints it as this document if it has new levels.
    pub fn send(
        &self,
        packet: &Outgoing,
        to: SocketAddrV4,
        document: impl FnOnce(&[u8]) -> Option<Value>,
        report: &mut Report,
    ) {
        if report.is_dry() {
            if packet.is_new
                && let Some(document) = document(&packet.bytes)
            {
                report.would_send(to, document);
                report.counts.from_router += 1;
            }
            return;
        }
        match self.datagrams.send(&packet.bytes, to) {
            Ok(()) => {
                report.tap.frame(Direction::Sent, &packet.bytes);
                report.counts.from_router += u64::from(packet.is_new);
            }
            Err(error) => report.dropped(Dropped {
                reason: "that could not be sent",
                detail: format!("{to}: {error}"),
            }),
        }
    }
}

/// Passes a message of the router on to the universes.
pub fn deliver<S: Eq + Hash + Clone>(
    dmx: &mut Dmx<S>,
    frame: &Frame<'_>,
    initial: bool,
    report: &mut Report,
) {
    if let Err(dropped) = dmx.deliver(&frame.message, initial, Instant::now()) {
        report.dropped(dropped);
    }
}

/// Checks a name for `--source-name`, of at most so many bytes.
///
/// # Errors
/// A name that is too long.
pub fn checked_name(text: &str, most: usize) -> Result<String, String> {
    if text.len() > most {
        return Err(format!("it has {} bytes; {most} is most", text.len()));
    }
    Ok(text.to_owned())
}

/// Waits for the next datagram, or until `due`. Cancel-safe.
async fn next(datagrams: &mut Datagrams, due: Option<Instant>) -> Input {
    let now = Instant::now();
    match due {
        Some(due) if due <= now => {
            if due + LATE > now {
                for _ in 0..TURNS {
                    yield_now().await;
                }
            }
            Input::Tick
        }
        Some(due) => tokio::select! {
            (bytes, from) = datagrams.next() => Input::Datagram(bytes, from),
            () = sleep_until(due) => Input::Tick,
        },
        None => {
            let (bytes, from) = datagrams.next().await;
            Input::Datagram(bytes, from)
        }
    }
}

/// The default name of the bridge for other consoles: `trefoil on stage-left`.
pub fn source_name() -> String {
    format!("trefoil on {}", host_name())
}

/// Prints that levels which the router has already are not sent without `--retained`.
fn say_unsent(unsent: usize, report: &Report) {
    if unsent > 0 {
        let levels = Counted {
            count: unsent as u64,
            one: "level",
            more: "levels",
        };
        report.note(format_args!(
            "{levels} other than 0 that the router has already: --retained sends what is there"
        ));
    }
}

/// Traces that a source has appeared or disappeared.
pub fn say_news(news: impl IntoIterator<Item = String>, report: &Report) {
    for what in news {
        report.tap.step(|| Step::Noted { what });
    }
}

/// `2 sources, 1 universe sent`.
pub fn about(sources: usize, sent: usize) -> String {
    let counted = |count: usize, one, more| Counted {
        count: count as u64,
        one,
        more,
    };
    let sources = counted(sources, "source", "sources");
    let sent = counted(sent, "universe", "universes");
    format!("{sources}, {sent} sent")
}
