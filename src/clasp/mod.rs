//! CLASP: shared state and signals, over a binary WebSocket protocol.
//!
//! - [`wire`]: encodes and decodes messages, without I/O
//! - [`record`]: the JSON records that commands print and read, without I/O
//! - [`timeline`]: keyframes over time, without I/O or a clock
//! - [`due_queue`]: a queue by time, without I/O or a clock
//! - [`rate_limiter`]: max rate and epsilon, without I/O
//! - [`client`]: the client's side of a connection
//! - [`router`]: the router that `serve` runs
//! - [`bridge`]: other protocols, each with a mapping and a socket
//! - [`cmd`]: the commands, one file per verb

pub mod bridge;
pub mod client;
pub mod cmd;
pub mod due_queue;
pub mod rate_limiter;
pub mod record;
pub mod router;
pub mod timeline;
pub mod wire;

pub use cmd::probe::probe;

use crate::error::Failure;
use crate::term::{Console, Terminal};
use crate::text::deferred::Deferred;
use wire::address::clasp_pattern_for;

/// Checks that a text is a pattern; usable as a value parser of clap.
/// # Errors
/// Why it is not a pattern.
pub fn pattern(text: &str) -> Result<String, wire::AddressError> {
    wire::Pattern::new(text).map(|_| text.to_owned())
}

/// The arguments after `clasp`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Group {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Write a value and wait until the router has it
    Set(Deferred<cmd::set::SetArgs>),
    /// Print values; exit with 6 if there are none
    Get(Deferred<cmd::get::GetArgs>),
    /// Print what a router has recorded, one record a line
    History(Deferred<cmd::history::HistoryArgs>),
    /// Print what matches as it happens, one record a line
    #[command(visible_alias = "sub")]
    Subscribe(Deferred<cmd::subscribe::SubscribeArgs>),
    /// Show what matches in a live table: value, age, rate and history
    Watch(Deferred<cmd::watch::WatchArgs>),
    /// Send an event, and wait until the router has handled it
    Emit(Deferred<cmd::emit::EmitArgs>),
    /// Send samples of a stream
    Stream(Deferred<cmd::stream::StreamArgs>),
    /// Send a gesture: one phase, or all of it from stdin
    Gesture(Deferred<cmd::gesture::GestureArgs>),
    /// Play keyframes: write values that change over time
    Timeline(Deferred<cmd::timeline::TimelineArgs>),
    /// Send several operations as one, now or at a time
    Bundle(Deferred<cmd::bundle::BundleArgs>),
    /// Send records as subscribe prints them, one a line
    #[command(visible_alias = "pub")]
    Publish(Deferred<cmd::publish::PublishArgs>),
    /// Keep what matches in a file, with the time it came, to be replayed
    Record(Deferred<cmd::record::RecordArgs>),
    /// Play a recording, in its time
    Replay(Deferred<cmd::replay::ReplayArgs>),
    /// Wait until an address holds what is wanted, and print it
    Wait(Deferred<cmd::wait::WaitArgs>),
    /// Run a command for each message
    On(Deferred<cmd::on::OnArgs>),
    /// Hold locks while a command runs
    Lock(Deferred<cmd::lock::LockArgs>),
    /// List the params that exist and the signals that were announced
    Query(Deferred<cmd::query::QueryArgs>),
    /// Print state as one JSON object, for diff and apply
    Dump(Deferred<cmd::dump::DumpArgs>),
    /// Compare a file with what the router holds; exit with 6 if they differ
    Diff(Deferred<cmd::diff::DiffArgs>),
    /// Write what differs from a file, as one bundle, and read it again
    Apply(Deferred<cmd::apply::ApplyArgs>),
    /// Print the router's time, in µs since the epoch
    Time(Deferred<cmd::time::TimeArgs>),
    /// Measure the round trip to the router and the offset of its clock
    Ping(Deferred<cmd::ping::PingArgs>),
    /// Bridge other protocols (OSC, MQTT, sACN, Art-Net) and a router
    Bridge(Deferred<cmd::bridge::BridgeGroup>),
    /// Serve a CLASP router, alone or around a command
    Serve(Deferred<cmd::serve::ServeArgs>),
    /// Show the routers of a cluster
    Cluster(Deferred<cmd::cluster::ClusterGroup>),
    /// Manage the tokens of a router served with --tokens
    Token(Deferred<cmd::token::TokenGroup>),
}

impl Group {
    /// Runs the verb.
    ///
    /// # Errors
    /// The errors of the verb.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Set(Deferred(args)) => args.run(terminal),
            Verb::Get(Deferred(args)) => args.run(terminal),
            Verb::History(Deferred(args)) => args.run(terminal),
            Verb::Subscribe(Deferred(args)) => args.run(terminal),
            Verb::Watch(Deferred(args)) => args.run(terminal),
            Verb::Emit(Deferred(args)) => args.run(terminal),
            Verb::Stream(Deferred(args)) => args.run(terminal),
            Verb::Gesture(Deferred(args)) => args.run(terminal),
            Verb::Timeline(Deferred(args)) => args.run(terminal),
            Verb::Bundle(Deferred(args)) => args.run(terminal),
            Verb::Publish(Deferred(args)) => args.run(terminal),
            Verb::Record(Deferred(args)) => args.run(terminal),
            Verb::Replay(Deferred(args)) => args.run(terminal),
            Verb::Wait(Deferred(args)) => args.run(terminal),
            Verb::On(Deferred(args)) => args.run(terminal),
            Verb::Lock(Deferred(args)) => args.run(terminal),
            Verb::Query(Deferred(args)) => args.run(terminal),
            Verb::Dump(Deferred(args)) => args.run(terminal),
            Verb::Diff(Deferred(args)) => args.run(terminal),
            Verb::Apply(Deferred(args)) => args.run(terminal),
            Verb::Time(Deferred(args)) => args.run(terminal),
            Verb::Ping(Deferred(args)) => args.run(terminal),
            Verb::Bridge(Deferred(group)) => group.run(terminal),
            Verb::Serve(Deferred(args)) => args.run(terminal),
            Verb::Cluster(Deferred(group)) => group.run(terminal),
            Verb::Token(Deferred(group)) => group.run(terminal),
        }
    }
}

/// Prints that these wildcards are ordinary characters in CLASP, and what to type instead. Text
/// that does not begin with `/` is skipped: its error already says so.
pub fn note_wildcards<'t>(console: &Console, typed: impl IntoIterator<Item = &'t str>) {
    for text in typed.into_iter().filter(|text| text.starts_with('/')) {
        if let Some(meant) = clasp_pattern_for(text) {
            console.note(format_args!(
                "'{text}' has wildcards of MQTT or NATS, which are ordinary characters in CLASP \
                 ('*' is one segment, '**' any number): did you mean '{meant}'?"
            ));
        }
    }
}
