//! Ctrl-C and SIGTERM: a signal enters, the [`Kind`] of end leaves.
//!
//! Only for what has something to finish or to report; everything else ends by the signal itself,
//! which a shell shows as the same 130 and 143. A signal always ends the process:
//!
//! | who listens | what a signal does |
//! |---|---|
//! | nobody so far | the system's default, which ends the process |
//! | an [`Interrupt`] | it is handed over, and the verb ends |
//! | nobody any more | exit with 128 and its number: the default is gone for good |
//! | nobody, as process 1 of a container | the same: the system's default is to ignore it |

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
    /// SIGHUP and SIGQUIT, where they are listened for.
    others: Vec<Signal>,
    _listener: Listener,
}

/// As long as one of these lives, signals are handed over and do not end the process by themselves.
#[derive(Debug)]
struct Listener;

/// How many [`Listener`]s there are, and whether there is none, as the signal handlers see it.
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

/// From the first call on, a signal for which nobody listens ends the process.
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

/// Makes these signals end the process with 128 and their number as long as the condition holds.
fn end_by(signals: impl IntoIterator<Item = SignalKind>, condition: &Arc<AtomicBool>) {
    for kind in signals {
        let number = kind.as_raw_value();
        // A signal that cannot be listened for keeps its default, as it does without this.
        let _ = register_conditional_shutdown(number, 128 + number, Arc::clone(condition));
    }
}

/// Called once, before anything else runs: lets signals end process 1 of a container, too. The
/// system ignores them for that process unless it listens.
pub fn end_as_first_process() {
    if std::process::id() != 1 {
        return;
    }
    end_by(others(), &listeners().none);
}

/// The signals beside SIGINT and SIGTERM that ask a process to end. Whoever says nohup wants a
/// hangup to have no effect, here and in what is run.
fn others() -> impl Iterator<Item = SignalKind> {
    let hangup = Some(SignalKind::hangup()).filter(|kind| !is_ignored(*kind));
    [SignalKind::quit()].into_iter().chain(hangup)
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
            _listener: Listener::new(),
        })
    }

    /// The same for every signal that asks a process to end: SIGHUP and SIGQUIT count as SIGTERM.
    /// For what would otherwise leave something behind that nobody can put right.
    ///
    /// # Errors
    /// As [`listen`](Self::listen).
    pub fn listen_to_all() -> Result<Interrupt, Failure> {
        let mut all = Interrupt::listen()?;
        for kind in others() {
            all.others.push(listen(kind)?);
            end_by([kind], &listeners().none);
        }
        Ok(all)
    }

    /// The next signal.
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

/// Whether a signal was ignored when this process began, as far as the system tells (Linux does).
fn is_ignored(kind: SignalKind) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
