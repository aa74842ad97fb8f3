//! Opens and runs the bridges of this process: one, or several of any protocol. Takes plans; gives
//! the result of the first that fails, after all have ended.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde::Serialize;
use tokio::sync::watch;

use super::BridgeArgs;
use super::plan::Plan;
use super::report::{Outputs, Report};
use super::run::{self, Running};
use super::setup::{Setup, Stop, StopCause};
use crate::clasp::bridge::route::Route;
use crate::clasp::client::{Reconnect, Target, block_on};
use crate::clasp::cmd::allow::Allow;
use crate::error::{Failure, Kind};
use crate::term::{Interrupt, Terminal, TimeLimits};
use crate::trace::Trace;

/// The bridges of this process, open.
pub struct Bridges {
    running: Vec<Running>,
    stop: watch::Sender<Option<StopCause>>,
    /// For a document: which there are, and where they listen.
    pub opened: Vec<OpenBridge>,
}

/// An open bridge, for a document.
#[derive(Debug, Clone, Serialize)]
pub struct OpenBridge {
    /// Its name.
    pub name: String,
    /// Its protocol.
    pub protocol: &'static str,
    /// The addresses at which it listens, or whom it is connected with.
    pub listening: Vec<String>,
}

/// Where the bridges of a process connect, and what they may do there.
pub struct Common {
    /// The router.
    pub target: Target,
    /// After how long a silence the router is probed.
    pub probe_interval: Duration,
    /// How to reconnect to the router.
    pub reconnect: Reconnect,
    /// Which addresses may be written.
    pub allow: Allow,
    /// Whether nothing is sent.
    pub dry_run: bool,
}

impl Bridges {
    /// Opens the sockets of all bridges.
    ///
    /// # Errors
    /// The error of the first that cannot be opened, with its name if there are several.
    pub async fn open(
        plans: Vec<Plan>,
        common: &Common,
        outputs: Outputs,
        trace: &Trace,
    ) -> Result<Bridges, Failure> {
        let (stop, stopped) = watch::channel(None);
        let mut bridges = Bridges {
            running: Vec::new(),
            stop,
            opened: Vec::new(),
        };
        for Plan {
            name,
            options,
            route,
        } in plans
        {
            let protocol = options.protocol();
            let tap = trace.open(options.language());
            let setup = Setup {
                target: common.target.clone(),
                probe_interval: common.probe_interval,
                reconnect: common.reconnect.clone(),
                allow: common.allow.clone(),
                route: Route::new(route),
                stop: Stop::new(stopped.clone()),
                report: Report::new(&outputs, name.clone(), tap, common.dry_run),
            };
            let opened = options.open(setup).await;
            let running = opened.map_err(|failure| match &name {
                Some(name) => failure.context(format!("the bridge '{name}'")),
                None => failure,
            })?;
            bridges.opened.push(OpenBridge {
                name: name.unwrap_or_else(|| protocol.to_owned()),
                protocol,
                listening: running.listening.clone(),
            });
            bridges.running.push(running);
        }
        Ok(bridges)
    }

    /// What ends the bridges.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Runs all bridges until they have ended. When one fails, the others are ended. Without
    /// bridges it waits until they would be.
    ///
    /// # Errors
    /// The error of the first that failed.
    pub async fn run(self) -> Result<(), Failure> {
        let stopper = self.stopper();
        if self.running.is_empty() {
            Stop::new(self.stop.subscribe()).wait().await;
        }
        let all = self.running.into_iter().map(|running| async {
            let result = running.until_stopped.await;
            if result.is_err() {
                stopper.stop(StopCause::Other);
            }
            result
        });
        // In the order in which they end.
        let all: FuturesUnordered<_> = all.collect();
        all.collect::<Vec<_>>().await.into_iter().collect()
    }
}

/// Ends the bridges of a process.
#[derive(Debug, Clone)]
pub struct Stopper(watch::Sender<Option<StopCause>>);

impl Stopper {
    /// Ends them, unless they are ending already.
    pub fn stop(&self, cause: StopCause) {
        self.0.send_if_modified(|stop| {
            let is_first = stop.is_none();
            stop.get_or_insert(cause);
            is_first
        });
    }
}

/// Runs bridges to a router until a signal, a deadline, or a connection that is lost for good.
///
/// # Errors
/// An address that cannot be bound; no first connection; a connection that is lost for good; a
/// refusal. Ctrl-C and SIGTERM end a bridge normally.
pub fn run(plans: Vec<Plan>, args: &BridgeArgs, terminal: Terminal) -> Result<(), Failure> {
    let common = Common {
        target: run::target(&args.connection, &terminal.console, args.dry_run)?,
        probe_interval: args.probe_interval,
        reconnect: args.reconnect.policy(),
        allow: Allow::in_force()?,
        dry_run: args.dry_run,
    };
    let deadline = args.connection.timeout();
    let trace = terminal.console.trace();
    let outputs = Outputs::new(terminal);
    block_on(async {
        let mut interrupt = Interrupt::listen()?;
        let opening = Bridges::open(plans, &common, outputs, &trace);
        let limits = TimeLimits::new(deadline.map(|limit| ("--timeout", limit)), None);
        let bridges = tokio::select! {
            opened = opening => opened?,
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
            _ = limits.over() => {
                let why = "no connection within --timeout";
                return Err(Failure::new(Kind::Deadline, why));
            }
        };
        let stopper = bridges.stopper();
        let ends = async {
            tokio::select! {
                kind = interrupt.wait() => stopper.stop(StopCause::Signal(kind)),
                _ = limits.over() => stopper.stop(StopCause::Deadline),
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = bridges.run() => ended,
            () = ends => Ok(()),
        }
    })?
}
