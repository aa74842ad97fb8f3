//! `lock`: takes addresses and a command, and runs the command while the addresses are locked.
//!
//! ```text
//!   take /a /b, in order ──▶ run ──▶ it exits, or is stopped when the locks are lost ──▶ give back
//! ```

use std::ffi::OsString;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, sleep_until};

use super::connection::ConnectionArgs;
use super::listen::probe_interval;
use crate::clasp::client::lock::{LockLost, Locks, Taken};
use crate::clasp::client::{Error, Target, block_on};
use crate::clasp::wire::check_address;
use crate::config::child::environment;
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::term::child;
use crate::term::{Console, Interrupt, Terminal};
use crate::text::duration::{InWords, duration};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp lock /locks/deploy -- ./deploy.sh
  trefoil clasp lock /locks/rig --wait 30s -- ./focus.sh
  trefoil clasp lock /stage/left /stage/right -- sh -c 'fly in && fly out'

A lock is a write: the present value is written back, under its revision, when
the lock is taken and again when it is given back; an address without a value
is created with null. While it is held nobody else can write there, and that
includes the COMMAND: lock an address that stands for the work. Several are
taken in sorted order, so that two commands that need the same addresses cannot
wait for each other.

The exit status is the command's. When the connection is lost, so is the lock:
the command gets SIGTERM, and SIGKILL after --grace, and the exit status is 7.
If trefoil itself is killed, trefoil's router gives the locks back; the
reference router keeps them until it is restarted.";

/// How often a lock that another session holds is tried again. A session that gives it back writes
/// to the address, which is noticed at once; when a session is lost, nothing is written.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The arguments of `lock`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct LockArgs {
    /// The addresses to lock: all, or none
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<String>,

    /// Wait this long for a lock that is held elsewhere [default: do not wait]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    wait: Option<Duration>,

    /// When the locks are lost, send SIGTERM, and SIGKILL after this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s")]
    grace: Duration,

    /// Check this often with the router that the locks are still held
    #[arg(long, value_name = "DURATION", value_parser = probe_interval, default_value = "10s")]
    probe_interval: Duration,

    /// The command to run, with the same CLASP_URL, profile and guards;
    /// TREFOIL_LOCKED tells it the addresses, one a line
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The hint when a lock may remain on the router.
const STUCK: &str = "trefoil's own router has given the locks back; \
                     the reference router keeps them until it is restarted";

/// How the command ended.
enum CommandEnd {
    /// It was not started.
    Not(Failure),
    /// It exited with this status.
    Ended(u8),
    /// The locks were lost; it was stopped and exited with this status.
    Lost(LockLost, u8),
    /// The deadline passed, and it was stopped.
    TimeUp(Failure),
}

impl LockArgs {
    /// Locks and runs.
    ///
    /// # Errors
    /// [`Kind::Refused`] when another session holds a lock, [`Kind::Deadline`] when the wait for it
    /// ends; [`Kind::Partial`] when the locks were lost; the command's own status.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let mut addresses = self.addresses.clone();
        addresses.sort_unstable();
        addresses.dedup();
        for address in &addresses {
            check_address(address)?;
        }
        let mut command = child::command(&self.command)?;
        command.env("TREFOIL_LOCKED", addresses.join("\n"));
        let locked: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let access = self.connection.access()?;
        child::set(&mut command, &environment(&access)?);
        let target =
            self.connection
                .target_at(&access, &terminal.console, Intent::Write(&locked))?;
        block_on(async {
            let work = Work {
                args: &self,
                addresses: &addresses,
                console: &terminal.console,
                interrupt: Interrupt::listen_to_all()?,
                deadline: Deadline::of(self.connection.timeout()),
            };
            work.run(&target, command).await
        })?
    }
}

/// The deadline of the command, and the limit it comes from.
#[derive(Clone, Copy)]
struct Deadline(Option<(Instant, Duration)>);

impl Deadline {
    fn of(limit: Option<Duration>) -> Deadline {
        Deadline(limit.map(|limit| (Instant::now() + limit, limit)))
    }

    /// Waits for the deadline; for ever if there is none.
    async fn passed(self) -> Failure {
        let Some((at, limit)) = self.0 else {
            return std::future::pending().await;
        };
        sleep_until(at).await;
        Failure::new(
            Kind::Deadline,
            format!("not done within {}", InWords(limit)),
        )
    }
}

/// One run: takes the locks, runs the command, gives the locks back.
struct Work<'a> {
    args: &'a LockArgs,
    addresses: &'a [String],
    console: &'a Console,
    interrupt: Interrupt,
    deadline: Deadline,
}

impl Work<'_> {
    async fn run(mut self, target: &Target, command: Command) -> Result<(), Failure> {
        let mut locks = tokio::select! {
            connected = Locks::connect(target) => connected?,
            kind = self.interrupt.wait() => return Err(Failure::signal(kind)),
            failure = self.deadline.passed() => return Err(failure),
        };
        let taking = take(&mut locks, self.addresses, self.args.wait, self.console);
        let taken = tokio::select! {
            taken = taking => taken,
            kind = self.interrupt.wait() => Err(Failure::signal(kind)),
            failure = self.deadline.passed() => Err(failure),
        };
        let end = match taken {
            Ok(()) => self.run_command(&mut locks, command).await,
            Err(failure) => Err(failure),
        };
        let end = end.unwrap_or_else(CommandEnd::Not);
        // On a lost connection nothing can be given back.
        let given = match &end {
            CommandEnd::Lost(LockLost::Connection(_), _) => Ok(Vec::new()),
            _ => locks.release().await,
        };
        self.result(end, given)
    }

    /// Runs the command, and stops it if the locks are lost or the deadline passes.
    async fn run_command(
        &mut self,
        locks: &mut Locks,
        mut command: Command,
    ) -> Result<CommandEnd, Failure> {
        let mut child = child::start(&mut command)?;
        let interrupt = &mut self.interrupt;
        let (gone, late) = tokio::select! {
            biased;
            status = child::wait(&mut child, async || interrupt.wait().await) => {
                return status.map(CommandEnd::Ended);
            }
            gone = locks.watch(self.args.probe_interval) => (Some(gone), None),
            late = self.deadline.passed() => (None, Some(late)),
        };
        if let Some(gone) = &gone {
            self.console
                .note(format_args!("{gone}; stopping the command"));
        }
        let status = child::stop(&mut child, self.args.grace).await?;
        Ok(match (gone, late) {
            (Some(gone), _) => CommandEnd::Lost(gone, status),
            // The command was started, so its work is partly done.
            (None, Some(late)) => CommandEnd::TimeUp(late.partly_done()),
            (None, None) => CommandEnd::Ended(status),
        })
    }

    fn result(&self, end: CommandEnd, given: Result<Vec<String>, Error>) -> Result<(), Failure> {
        let (trouble, stuck) = match given {
            Ok(lost) if lost.is_empty() => (None, false),
            Ok(lost) => {
                let lost = lost.join(", ");
                let trouble = format!("no longer locked, since when is unknown: {lost}");
                (Some(trouble), false)
            }
            Err(error) => (Some(error.to_string()), true),
        };
        let (failure, stuck) = match (end, trouble) {
            (CommandEnd::Ended(status), None) => return child::check_status(status),
            (CommandEnd::Ended(status), Some(trouble)) => {
                let what = format!("the command ended with {status}, but {trouble}");
                (Failure::new(Kind::Partial, what), stuck)
            }
            (CommandEnd::Lost(gone, status), _) => {
                let what = format!(
                    "the locks were lost, and the command was stopped: it ended with {status} ({gone})"
                );
                let stuck = matches!(gone, LockLost::Connection(_));
                (Failure::new(Kind::Partial, what), stuck)
            }
            (CommandEnd::Not(failure) | CommandEnd::TimeUp(failure), trouble) => {
                if let Some(trouble) = trouble {
                    self.console.warn(trouble);
                }
                return Err(failure);
            }
        };
        Err(if stuck {
            failure.with_hint(STUCK)
        } else {
            failure
        })
    }
}

/// Takes all locks, in order. With `wait` it waits for locks that other sessions hold.
async fn take(
    locks: &mut Locks,
    addresses: &[String],
    wait: Option<Duration>,
    console: &Console,
) -> Result<(), Failure> {
    let begun = Instant::now();
    for address in addresses {
        let mut told = false;
        let taken = loop {
            let (held, wait) = match (locks.take(address).await, wait) {
                (Err(held @ Error::Locked { .. }), Some(wait)) => (held, wait),
                (taken, _) => break taken?,
            };
            let until = begun + wait;
            if Instant::now() >= until {
                return Err(Failure::new(
                    Kind::Deadline,
                    format!("{held}, and was for {}", InWords(wait)),
                ));
            }
            if !std::mem::replace(&mut told, true) {
                console.note(format_args!("{held}; waiting"));
            }
            locks
                .wait_for_write(address, until.min(Instant::now() + RETRY_INTERVAL))
                .await?;
        };
        if taken == Taken::Created {
            console.note(format_args!("{address} had no value: created with null"));
        }
    }
    Ok(())
}
