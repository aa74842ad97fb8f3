//! Handles Ctrl-C, SIGTERM and SIGHUP. Takes signals; gives the [`Kind`] with which the command ends.
//!
//! Only a command that must finish or report something listens for signals. Every other command is
//! ended by the signal itself, which a shell shows as the same exit codes, 130 and 143. A signal
//! always ends the process:
//!
//! | listener | what a signal does |
//! |---|---|
//! | none yet | the system's default, which ends the process |
//! | an [`Interrupt`] | the command receives it and ends |
//! | none any more | exit with 128 and its number, because the default cannot be set again |
//! | none, as process 1 of a container | exit with 128 and its number, because the default there is to ignore it |

use std::fs;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;

use signal_hook::flag::register_conditional_shutdown;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Failure, Kind};

/// Receives the signals that ask the process to end.
#[derive(Debug)]
pub struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
    /// SIGHUP, if it is not ignored, and SIGQUIT for [`Interrupt::listen_to_all`]: they count as SIGTERM.
    others: Vec<Signal>,
    _listener: Listener,
}

/// As long as one of these exists, signals are delivered to it and do not end the process by
/// themselves.
#[derive(Debug)]
struct Listener;

/// How many [`Listener`]s there are. `none` is what the signal handlers read: whether there is no
/// listener.
struct Listeners {
    count: Mutex<usize>,
    none: Arc<AtomicBool>,
}

static LISTENERS: OnceLock<Listeners> = OnceLock::new();

impl Listeners {
    fn add(&self, one: isize) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = count.saturating_add_signed(one);
        self.none.store(*count == 0, Ordering::SeqCst);
    }
}

impl Listener {
    fn new() -> Listener {
        listeners().add(1);
        Listener
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        listeners().add(-1);
    }
}

/// The listeners of this process. From the first call on, a signal without a listener ends the
/// process.
fn listeners() -> &'static Listeners {
    LISTENERS.get_or_init(|| {
        let none = Arc::new(AtomicBool::new(true));
        end_by([SignalKind::interrupt(), SignalKind::terminate()], &none);
        Listeners {
            count: Mutex::new(0),
            none,
        }
    })
}

/// Makes these signals end the process with 128 and their number while the condition is true.
fn end_by(signals: impl IntoIterator<Item = SignalKind>, condition: &Arc<AtomicBool>) {
    for kind in signals {
        let number = kind.as_raw_value();
        // An error is ignored: such a signal keeps its default.
        let _ = register_conditional_shutdown(number, 128 + number, Arc::clone(condition));
    }
}

/// Lets signals end process 1 of a container, too; the system ignores them for that process unless
/// it has a handler. To be called once, before anything else runs.
pub fn end_as_first_process() {
    if std::process::id() != 1 {
        return;
    }
    let others = hangup().into_iter().chain([SignalKind::quit()]);
    end_by(others, &listeners().none);
}

/// SIGHUP, which says that the terminal is gone. None if it was ignored at the start: a user of nohup wants it to
/// have no effect, here and in the commands that are run.
fn hangup() -> Option<SignalKind> {
    Some(SignalKind::hangup()).filter(|kind| !is_ignored(*kind))
}

impl Interrupt {
    /// Listens for SIGINT, SIGTERM and SIGHUP; from now on they do not end the process by themselves.
    ///
    /// # Errors
    /// When the system refuses to deliver signals.
    pub fn listen() -> Result<Interrupt, Failure> {
        let mut interrupt = Interrupt {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            others: Vec::new(),
            _listener: Listener::new(),
        };
        if let Some(hangup) = hangup() {
            interrupt.also(hangup)?;
        }
        Ok(interrupt)
    }

    /// Listens for SIGQUIT, too. For a command that must clean up, because nobody else can.
    ///
    /// # Errors
    /// The errors of [`listen`](Self::listen).
    pub fn listen_to_all() -> Result<Interrupt, Failure> {
        let mut all = Interrupt::listen()?;
        all.also(SignalKind::quit())?;
        Ok(all)
    }

    fn also(&mut self, kind: SignalKind) -> Result<(), Failure> {
        self.others.push(listen(kind)?);
        end_by([kind], &listeners().none);
        Ok(())
    }

    /// Waits for the next signal.
    pub async fn wait(&mut self) -> Kind {
        let others = poll_fn(|context| {
            let mut others = self.others.iter_mut();
            if others.any(|signal| signal.poll_recv(context).is_ready()) {
                Poll::Ready(())
            } else {
                Poll::Pending
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

/// Whether a signal was ignored when this process began. Only Linux tells it; elsewhere false.
fn is_ignored(kind: SignalKind) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
