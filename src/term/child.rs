//! A command that is run on the user's behalf: its argv enters, its exit status leaves.
//!
//! There is no shell in between; whoever wants one says `sh -c`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, IsTerminal, stdin};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::fs::{Access, access};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::error::{Failing, Failure, Kind};

/// Where a command is looked for when the environment has no PATH.
const PATH: &str = "/bin:/usr/bin";

/// Why a command cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("cannot run '{program}': {cause}")]
pub struct CannotRun {
    program: String,
    cause: io::Error,
}

impl CannotRun {
    fn new(program: &OsStr, cause: io::Error) -> CannotRun {
        CannotRun {
            program: program.to_string_lossy().into_owned(),
            cause,
        }
    }

    /// Whether the next try would fail in the same way.
    pub fn is_final(&self) -> bool {
        matches!(
            self.cause.kind(),
            ErrorKind::NotFound | ErrorKind::PermissionDenied
        )
    }
}

impl Failing for CannotRun {
    fn kind(&self) -> Kind {
        match self.cause.kind() {
            ErrorKind::NotFound => Kind::CommandNotFound,
            _ => Kind::CommandNotRunnable,
        }
    }

    fn hint(&self) -> Option<String> {
        let line = self.program.contains(' ') && self.kind() == Kind::CommandNotFound;
        line.then(|| format!("For a shell's line: -- sh -c '{}'", self.program))
    }
}

/// A command, ready to be given its environment. It is killed when whoever waits for it stops.
///
/// # Errors
/// [`CannotRun`] when there is no such command: known before anything is done for it.
pub fn command(argv: &[OsString]) -> Result<Command, CannotRun> {
    let (program, args) = match argv {
        [program, args @ ..] => (program.as_os_str(), args),
        [] => (OsStr::new(""), argv),
    };
    find(program).map_err(|cause| CannotRun::new(program, cause))?;
    let mut command = Command::new(program);
    command.args(args).kill_on_drop(true);
    Ok(command)
}

/// Sets variables of a command's environment, and removes those that have no value.
pub fn set(command: &mut Command, environment: &[(&'static str, Option<String>)]) {
    for (name, value) in environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Looks for a command as the system will.
fn find(program: &OsStr) -> io::Result<()> {
    let path = Path::new(program);
    if program.is_empty() {
        return Err(Errno::NOENT.into());
    }
    if program.as_bytes().contains(&b'/') {
        return runnable(path);
    }
    let mut error = io::Error::from(Errno::NOENT);
    let rooms = env::var_os("PATH").unwrap_or_else(|| PATH.into());
    for room in env::split_paths(&rooms) {
        match runnable(&room.join(path)) {
            Ok(()) => return Ok(()),
            Err(found) if found.kind() == ErrorKind::PermissionDenied => error = found,
            Err(_) => {}
        }
    }
    Err(error)
}

fn runnable(path: &Path) -> io::Result<()> {
    if path.metadata()?.is_dir() {
        return Err(Errno::ACCESS.into());
    }
    Ok(access(path, Access::EXEC_OK)?)
}

/// Starts a command.
///
/// # Errors
/// [`CannotRun`].
pub fn start(command: &mut Command) -> Result<Child, CannotRun> {
    let spawned = command.spawn();
    spawned.map_err(|cause| CannotRun::new(command.as_std().get_program(), cause))
}

/// Waits for a command, and hands on the signals that are meant for it, as they come.
///
/// # Errors
/// When the system does not say how it ended.
pub async fn attend(
    child: &mut Child,
    mut signals: impl AsyncFnMut() -> Kind,
) -> Result<u8, Failure> {
    loop {
        tokio::select! {
            status = child.wait() => return code(status),
            kind = signals() => hand_on(child, kind),
        }
    }
}

/// Asks a command to end, and makes it when it has not after so long.
///
/// # Errors
/// As [`attend`].
pub async fn stop(child: &mut Child, grace: Duration) -> Result<u8, Failure> {
    send(child, Signal::TERM);
    if let Ok(status) = timeout(grace, child.wait()).await {
        return code(status);
    }
    // It may have ended this moment; then `wait` says so.
    let _ = child.start_kill();
    code(child.wait().await)
}

/// What the exit status of a command means for ours.
///
/// # Errors
/// [`Kind::Command`] when it is not 0.
pub fn verdict(status: u8) -> Result<(), Failure> {
    match status {
        0 => Ok(()),
        status => Err(Failure::new(
            Kind::Command(status),
            format!("the command ended with {status}"),
        )),
    }
}

fn hand_on(child: &Child, kind: Kind) {
    match kind {
        // The terminal has told the command already: twice would mean "at once".
        Kind::Interrupted if stdin().is_terminal() => {}
        Kind::Interrupted => send(child, Signal::INT),
        _ => send(child, Signal::TERM),
    }
}

fn send(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    if let Some(pid) = pid {
        // It may have ended this moment; then `wait` says so.
        let _ = kill_process(pid, signal);
    }
}

/// A shell's 128 and the signal's number stand for a command that was ended by a signal.
fn code(status: io::Result<ExitStatus>) -> Result<u8, Failure> {
    let status = status.map_err(|error| {
        Failure::new(
            Kind::Service,
            format!("cannot wait for the command: {error}"),
        )
    })?;
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_run_is_known_before_it_is() {
        let kind = |program: &str| {
            let argv = [OsString::from(program)];
            command(&argv).err().map(|error| error.kind())
        };
        assert_eq!(kind("sh"), None);
        assert_eq!(kind("/bin/sh"), None);
        for missing in ["", "no-such-command", "/no/such/command", "echo hello"] {
            assert_eq!(kind(missing), Some(Kind::CommandNotFound), "{missing:?}");
        }
        for useless in ["/", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
            assert_eq!(kind(useless), Some(Kind::CommandNotRunnable), "{useless:?}");
        }
    }

    #[test]
    fn a_line_that_wants_a_shell_is_told_so() {
        let argv = [OsString::from("echo hello")];
        let error = command(&argv).expect_err("no such command");
        let hint = error.hint().expect("what to type");
        assert!(hint.contains("sh -c 'echo hello'"), "{hint}");
    }
}
