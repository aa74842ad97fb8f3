//! Runs a command on the user's behalf. Takes its argv and its environment; gives its exit status.
//!
//! The command is started directly, not through a shell. A user who wants a shell types `sh -c`.

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

/// The directories that are searched for a command when PATH is not set.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

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

    /// Whether another attempt would fail in the same way.
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

/// A command that is ready to be given its environment. It is killed when its [`Child`] is dropped.
///
/// # Errors
/// [`CannotRun`] when there is no such command. This is checked here, so that the caller knows it
/// before it does anything else.
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

/// Sets the variables that have a value in a command's environment, and removes the others.
pub fn set(command: &mut Command, environment: &[(&'static str, Option<String>)]) {
    for (name, value) in environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Searches PATH for a command in the same way as the system does when it starts it.
fn find(program: &OsStr) -> io::Result<()> {
    let path = Path::new(program);
    if program.is_empty() {
        return Err(Errno::NOENT.into());
    }
    if program.as_bytes().contains(&b'/') {
        return runnable(path);
    }
    let mut error = io::Error::from(Errno::NOENT);
    let directories = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    for directory in env::split_paths(&directories) {
        match runnable(&directory.join(path)) {
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

/// Waits until a command has ended, and forwards the signals that this process receives to it.
///
/// # Errors
/// When the system does not report how the command ended.
pub async fn wait(
    child: &mut Child,
    mut signals: impl AsyncFnMut() -> Kind,
) -> Result<u8, Failure> {
    loop {
        tokio::select! {
            status = child.wait() => return code(status),
            kind = signals() => forward(child, kind),
        }
    }
}

/// Sends SIGTERM to a command, and SIGKILL if it still runs after `grace`.
///
/// # Errors
/// The errors of [`wait`].
pub async fn stop(child: &mut Child, grace: Duration) -> Result<u8, Failure> {
    send(child, Signal::TERM);
    if let Ok(status) = timeout(grace, child.wait()).await {
        return code(status);
    }
    // It fails if the command has just ended; then `wait` reports that.
    let _ = child.start_kill();
    code(child.wait().await)
}

/// Fails if the exit status of a command is not 0; the exit status of trefoil is then the same.
///
/// # Errors
/// [`Kind::Command`] with the exit status.
pub fn check_status(status: u8) -> Result<(), Failure> {
    match status {
        0 => Ok(()),
        status => Err(Failure::new(
            Kind::Command(status),
            format!("the command ended with {status}"),
        )),
    }
}

fn forward(child: &Child, kind: Kind) {
    match kind {
        // The terminal has sent the signal to the command, too. A second one would mean "stop at
        // once".
        Kind::Interrupted if stdin().is_terminal() => {}
        Kind::Interrupted => send(child, Signal::INT),
        _ => send(child, Signal::TERM),
    }
}

fn send(child: &Child, signal: Signal) {
    let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    if let Some(pid) = pid {
        // It fails if the command has just ended; then `wait` reports that.
        let _ = kill_process(pid, signal);
    }
}

/// The exit status; for a command that was ended by a signal 128 and its number, as in a shell.
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
