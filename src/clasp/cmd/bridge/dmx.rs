//! What the bridges of sACN and Art-Net share: options, and the side of a bridge that has universes.

use std::net::SocketAddrV4;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::report::Report;
use crate::clasp::bridge::dmx::address::{Scale, Universes, check_namespace};
use crate::clasp::bridge::dmx::map::{Mode, Rules};
use crate::clasp::bridge::dmx::merge::Rule;
use crate::clasp::bridge::dmx::socket::Datagrams;
use crate::clasp::cmd::connection::{ConnectionArgs, ReconnectArgs};
use crate::clasp::cmd::listen::probe_interval;
use crate::text::count::Counted;
use crate::trace::Step;

/// So many times the router has its turn before a frame is sent, so that what belongs together
/// leaves together …
const TURNS: usize = 3;

/// … unless the frame is so late.
const LATE: Duration = Duration::from_millis(1);

/// Options of both protocols.
#[derive(Debug, clap::Args)]
pub struct DmxArgs {
    /// Write each channel, or each universe as one stream of 512 levels: channel,
    /// universe
    #[arg(long, value_name = "MODE", default_value = "channel", value_parser = mode, help_heading = "Mapping")]
    mode: Mode,

    /// Levels are 0.0 to 1.0 instead of 0 to 255
    #[arg(long, help_heading = "Mapping")]
    normalize: bool,

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

    /// Print what would be sent to either side, and send nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Ask the router for a sign of life after so long a silence
    #[arg(long, value_name = "DURATION", value_parser = probe_interval, default_value = "80s")]
    pub probe_interval: Duration,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub reconnect: ReconnectArgs,
}

impl DmxArgs {
    /// How the mapping is to be done. `timeout` is how long a source may be silent; `keepalive`, how
    /// often what does not change is sent.
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

/// What universes are below; `/` is nothing.
pub fn namespace(text: &str) -> Result<Box<str>, String> {
    let namespace = super::namespace(text)?;
    check_namespace(&namespace)?;
    Ok(namespace)
}

/// What comes to such a bridge.
#[derive(Debug)]
pub enum Input {
    /// A datagram, and who sent it.
    Datagram(Vec<u8>, SocketAddrV4),
    /// Something is due.
    Tick,
}

/// The next that comes, or that `due` has come. Cancel-safe.
pub async fn next(datagrams: &mut Datagrams, due: Option<Instant>) -> Input {
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

/// What we are called by other consoles: `trefoil on stage-left`.
pub fn source_name() -> String {
    let system = rustix::system::uname();
    format!("trefoil on {}", system.nodename().to_string_lossy())
}

/// Says that levels of the router are not sent, because it was not asked for.
pub fn say_unsent(unsent: usize, report: &Report) {
    if unsent > 0 {
        let levels = Counted {
            count: unsent as u64,
            one: "level",
            more: "levels",
        };
        report.console.note(format_args!(
            "{levels} other than 0 that the router has already: --retained sends what is there"
        ));
    }
}

/// Says that a source has come or is gone, to who watches.
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
