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

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpid, getppid, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

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
    let mut left = descendants();
    signal_all(&left, Signal::TERM);
    let deadline = Instant::now() + GRACE;
    while !left.is_empty() && Instant::now() < deadline {
        sleep(LOOK_EVERY).await;
        left = descendants();
    }
    // In a loop: a process may have started another one between the check and the signal.
    while !left.is_empty() {
        signal_all(&left, Signal::KILL);
        sleep(LOOK_EVERY).await;
        left = descendants();
    }
}

fn signal_all(processes: &[Pid], signal: Signal) {
    for process in processes {
        // It may have ended meanwhile.
        let _ = kill_process(*process, signal);
    }
}

/// Every process below this one that has not ended, from `/proc/PID/stat`. Those that have ended and
/// were inherited are left to the system, which takes them over with the end of the guard.
fn descendants() -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    for process in processes.flatten() {
        let name = process.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        // A process that has ended meanwhile has no file any more.
        let stat = fs::read_to_string(process.path().join("stat"));
        if let Some((state, parent)) = stat.ok().as_deref().and_then(state_and_parent)
            && state != 'Z'
        {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = Vec::new();
    let mut next = vec![getpid().as_raw_nonzero().get()];
    while let Some(parent) = next.pop() {
        for pid in children.remove(&parent).unwrap_or_default() {
            found.extend(Pid::from_raw(pid));
            next.push(pid);
        }
    }
    found
}

/// From `1234 (a name) S 1 …`: the name may have spaces and parentheses itself.
fn state_and_parent(stat: &str) -> Option<(char, i32)> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_end_of_a_name() {
        assert_eq!(state_and_parent("12 (a) R 1 (b) S 7 12 12"), Some(('S', 7)));
        assert_eq!(state_and_parent("12 (a"), None);
    }
}
