//! Ctrl-C and SIGTERM: a signal enters, the [`Kind`] of end leaves.
//!
//! Only for what has something to finish or to report; everything else ends by the signal itself,
//! which a shell shows as the same 130 and 143.

use std::fs;
use std::future::poll_fn;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Failure, Kind};

/// Waits for the user's patience to end.
#[derive(Debug)]
pub struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
    /// SIGHUP and SIGQUIT, where they are listened for.
    others: Vec<Signal>,
}

impl Interrupt {
    /// From now on the signals do not end the process by themselves.
    ///
    /// # Errors
    /// When the system refuses to deliver signals.
    pub fn listen() -> Result<Interrupt, Failure> {
        Ok(Interrupt {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            others: Vec::new(),
        })
    }

    /// The same for every signal that asks a process to end: SIGHUP and SIGQUIT count as SIGTERM.
    /// For what would otherwise leave something behind that nobody can put right.
    ///
    /// # Errors
    /// As [`listen`](Self::listen).
    pub fn listen_to_all() -> Result<Interrupt, Failure> {
        let mut all = Interrupt::listen()?;
        all.others.push(listen(SignalKind::quit())?);
        // Whoever says nohup wants it to have no effect, here and in what is run.
        if !is_ignored(SignalKind::hangup()) {
            all.others.push(listen(SignalKind::hangup())?);
        }
        Ok(all)
    }

    /// The next signal.
    pub async fn wait(&mut self) -> Kind {
        let others = poll_fn(|context| {
            let mut others = self.others.iter_mut();
            match others.any(|signal| signal.poll_recv(context).is_ready()) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        });
        tokio::select! {
            _ = self.interrupt.recv() => Kind::Interrupted,
            _ = self.terminate.recv() => Kind::Terminated,
            () = others => Kind::Terminated,
        }
    }
}

fn listen(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind)
        .map_err(|error| Failure::new(Kind::Service, format!("cannot listen for signals: {error}")))
}

/// Whether a signal was ignored when this process began, as far as the system tells (Linux does).
fn is_ignored(kind: SignalKind) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
