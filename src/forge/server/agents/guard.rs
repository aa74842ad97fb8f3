//! The guard: a small process between the service and one agent. Takes the agent's command line; gives
//! its exit status, once every process that it has started has ended.
//!
//! Killing a process group is not enough: every tool that `claude` starts is a session of its own. So
//! the guard is the subreaper of its descendants: a process that loses its parent becomes a child of
//! the guard, and can be found. It uses the service's pipes as they are and never reads or writes them.
//!
//! ```text
//! SIGTERM, or the service dies   SIGINT to the agent           2 s
//!                                SIGTERM to every descendant   2 s
//!                                SIGKILL to every descendant   until none is left
//! the agent ends by itself       as above, from SIGTERM on, for what it has left running
//! ```

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpid, getppid, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

use crate::processes::{descendants, signal_all};

/// How long SIGINT and SIGTERM each have to take effect.
const GRACE: Duration = Duration::from_secs(2);

/// How often the remaining processes are checked.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Runs an agent to its end, and returns its exit status as a shell has it. `service` is the process
/// that wants it.
///
/// # Errors
/// When it cannot be started.
pub async fn guard(service: i32, command: &[OsString]) -> io::Result<u8> {
    let mut terminate = signal(SignalKind::terminate())?;
    // Ctrl-C is for the service; see `Process::start`.
    let mut interrupt = signal(SignalKind::interrupt())?;
    bind_to_parent()?;
    if getppid() != Pid::from_raw(service) {
        // The service died before it could be watched.
        return Ok(1);
    }
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| io::Error::other("there is nothing to run"))?;
    let mut child = Command::new(program).args(arguments).spawn()?;
    let ended = tokio::select! {
        status = child.wait() => Some(status?),
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
    };
    let ended = match ended {
        Some(status) => Some(status),
        None => interrupted(&mut child).await?,
    };
    stop_descendants().await;
    let status = match ended {
        Some(status) => status,
        None => child.wait().await?,
    };
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Arranges to be told when the service dies, and to inherit the descendants.
#[cfg(target_os = "linux")]
fn bind_to_parent() -> io::Result<()> {
    use rustix::process::{set_child_subreaper, set_parent_process_death_signal};
    set_parent_process_death_signal(Some(Signal::TERM))?;
    Ok(set_child_subreaper(Some(getpid()))?)
}

/// On other systems, descendants that lose their parent cannot be found.
#[cfg(not(target_os = "linux"))]
fn bind_to_parent() -> io::Result<()> {
    Ok(())
}

async fn interrupted(child: &mut Child) -> io::Result<Option<std::process::ExitStatus>> {
    let pid = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(pid) = pid.and_then(Pid::from_raw) {
        // It may have ended in this moment; then `wait` returns.
        let _ = kill_process(pid, Signal::INT);
    }
    match timeout(GRACE, child.wait()).await {
        Ok(status) => status.map(Some),
        Err(_) => Ok(None),
    }
}

/// Stops every process below this one.
async fn stop_descendants() {
    let mut left = descendants(getpid());
    signal_all(&left, Signal::TERM);
    let deadline = Instant::now() + GRACE;
    while !left.is_empty() && Instant::now() < deadline {
        sleep(LOOK_EVERY).await;
        left = descendants(getpid());
    }
    // In a loop: a process may have started another one between the check and the signal.
    while !left.is_empty() {
        signal_all(&left, Signal::KILL);
        sleep(LOOK_EVERY).await;
        left = descendants(getpid());
    }
}
