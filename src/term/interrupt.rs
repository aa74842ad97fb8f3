//! Ctrl-C and SIGTERM: a signal enters, the [`Kind`] of end leaves.
//!
//! Only for what has something to finish or to report; everything else ends by the signal itself,
//! which a shell shows as the same 130 and 143.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Failure, Kind};

/// Waits for the user's patience to end.
#[derive(Debug)]
pub struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupt {
    /// From now on the signals do not end the process by themselves.
    ///
    /// # Errors
    /// When the system refuses to deliver signals.
    pub fn listen() -> Result<Interrupt, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::new(Kind::Service, format!("cannot listen for signals: {error}"))
            })
        };
        Ok(Interrupt {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// The next signal.
    pub async fn wait(&mut self) -> Kind {
        tokio::select! {
            _ = self.interrupt.recv() => Kind::Interrupted,
            _ = self.terminate.recv() => Kind::Terminated,
        }
    }
}
