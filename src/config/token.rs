//! Reads a token. Takes its [`Source`] (the token itself, a file, a command); gives a [`Secret`].
//!
//! No message of this file contains a token or the output of a token command.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal};

use super::chosen::Chosen;
use super::keys::TokenKeys;
use super::origin::{Origin, Setting};
use super::profile::Value;
use super::secret::Secret;
use crate::error::{Failing, Failure, Kind};
use crate::processes::{descendants, signal_all};
use crate::text::duration::InWords;
use crate::text::whole::too_large;

/// The longest line that is read, in bytes. No header could carry a longer token.
const LONGEST: u64 = 64 * 1024;

/// The options by which a token is given.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct TokenArgs {
    /// Authenticate with this token; other users of this machine can see it in
    /// the process list, and the shell keeps it in its history: prefer a file
    #[arg(
        long,
        value_name = "TOKEN",
        group = "token-source",
        hide_short_help = true
    )]
    pub token: Option<Secret>,

    /// Authenticate with the token on the first line of this file
    #[arg(long, value_name = "PATH", group = "token-source")]
    pub token_file: Option<PathBuf>,

    /// Authenticate with the token that this shell command prints first
    #[arg(
        long,
        value_name = "COMMAND",
        group = "token-source",
        hide_short_help = true
    )]
    pub token_command: Option<String>,
}

/// A token that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub secret: Secret,
    /// A warning about the place where it is kept.
    pub warning: Option<String>,
}

/// Why a token cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// `--token ''`, an empty file, a command that printed nothing.
    #[error("{0} holds no token")]
    Empty(String),
    /// The command did not end in time.
    #[error("the token command '{command}' took longer than {}", InWords(*limit))]
    TooSlow {
        /// The command.
        command: String,
        /// The limit.
        limit: Duration,
    },
    /// `--token-file -`: stdin belongs to the values.
    #[error("--token-file does not read stdin: give a path, or use --token-command")]
    Stdin,
    /// The file cannot be read.
    #[error("cannot read the token file {}: {source}", path.display())]
    File {
        /// The path that was given.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The shell could not be started, or its output could not be read.
    #[error("cannot run the token command '{command}': {source}")]
    Run {
        /// The command that was given.
        command: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// The command failed.
    #[error("the token command '{command}' failed ({status})")]
    Status {
        /// The command that was given.
        command: String,
        /// Its exit status.
        status: ExitStatus,
    },
    /// It has a control character, or is not UTF-8.
    #[error("{0} holds something that is not a token")]
    NotText(String),
}

impl Failing for TokenError {
    fn kind(&self) -> Kind {
        match self {
            TokenError::Empty(_) | TokenError::Run { .. } | TokenError::Status { .. } => {
                Kind::TokenMissing
            }
            TokenError::TooSlow { .. } => Kind::Deadline,
            TokenError::Stdin | TokenError::File { .. } | TokenError::NotText(_) => Kind::Usage,
        }
    }
}

impl TokenArgs {
    /// The source that an option names, if one does.
    pub fn source(&self) -> Option<Setting<Source>> {
        let flag = |value, name| {
            let origin = Origin::Flag(name);
            Some(Setting { value, origin })
        };
        if let Some(secret) = &self.token {
            return flag(Source::Token(secret.clone()), "--token");
        }
        if let Some(path) = &self.token_file {
            return flag(Source::File(path.clone()), "--token-file");
        }
        let command = self.token_command.as_ref()?;
        flag(Source::Command(command.clone()), "--token-command")
    }
}

/// Where a token is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The token itself.
    Token(Secret),
    /// The first line of this file.
    File(PathBuf),
    /// The first line that this shell command prints.
    Command(String),
}

impl Source {
    /// The source that a profile names.
    pub(super) fn of_profile(chosen: &'static Chosen, keys: &TokenKeys) -> Option<Setting<Source>> {
        [&keys.token, &keys.file, &keys.command]
            .into_iter()
            .find_map(|key| {
                let value = match chosen.profile.value(key)? {
                    Value::Secret(secret) => Source::Token(secret.clone()),
                    Value::Text(path) if *key == keys.file => Source::File(path.into()),
                    Value::Text(command) => Source::Command(command.clone()),
                    Value::Secrets(_) => return None,
                };
                let origin = chosen.origin(key);
                Some(Setting { value, origin })
            })
    }
}

impl Setting<Source> {
    /// Reads the token. `limit` is the timeout of a command; without one it may run for ever.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn read(&self, limit: Option<Duration>) -> Result<Token, Failure> {
        let token = match &self.value {
            Source::Token(secret) => {
                checked(secret.expose(), &self.origin.to_string()).map(Token::from)
            }
            Source::File(path) => from_file(path),
            Source::Command(command) => from_command(command, limit).map(Token::from),
        };
        token.map_err(|error| match (&self.value, self.origin) {
            // These messages name the place already.
            (Source::Token(_), _) | (_, Origin::Flag(_)) => error.into(),
            (_, origin) => Failure::from(error).context(origin),
        })
    }
}

impl From<Secret> for Token {
    fn from(secret: Secret) -> Self {
        Token {
            secret,
            warning: None,
        }
    }
}

fn from_file(path: &Path) -> Result<Token, TokenError> {
    if path == Path::new("-") {
        return Err(TokenError::Stdin);
    }
    let failed = |source| TokenError::File {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let line = first_line(file).map_err(failed)?;
    let secret = checked_bytes(&line, &format!("the token file {}", path.display()))?;
    // The permissions of a pipe, such as `<(pass show cauldron)`, mean nothing.
    let exposed = metadata.is_file() && metadata.permissions().mode() & 0o077 != 0;
    let warning = exposed.then(|| {
        format!(
            "others on this machine can read the token file {0}: chmod 600 {0}",
            path.display()
        )
    });
    Ok(Token { secret, warning })
}

fn from_command(command: &str, limit: Option<Duration>) -> Result<Secret, TokenError> {
    let failed = |source| TokenError::Run {
        command: command.to_owned(),
        source,
    };
    // stderr stays open, because a password manager may ask for a passphrase there. stdin does not,
    // because it may have the values that are to be sent.
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let line = match child.stdout.take() {
        Some(stdout) => match read_all(stdout, limit) {
            Some(line) => line.map_err(failed)?,
            None => {
                end(&mut child);
                return Err(TokenError::TooSlow {
                    command: command.to_owned(),
                    limit: limit.unwrap_or_default(),
                });
            }
        },
        None => Vec::new(),
    };
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err(TokenError::Status {
            command: command.to_owned(),
            status,
        });
    }
    checked_bytes(
        &line,
        &format!("the output of the token command '{command}'"),
    )
}

/// Ends a command and what it has started, which may hold our stderr open. It may have ended by itself
/// meanwhile.
fn end(child: &mut Child) {
    let shell = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let below = shell.map(descendants).unwrap_or_default();
    let _ = child.kill();
    signal_all(&below, Signal::TERM);
}

/// The first line that a command prints, after it has closed stdout; `None` after the timeout.
fn read_all(mut stdout: ChildStdout, limit: Option<Duration>) -> Option<std::io::Result<Vec<u8>>> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let line = first_line(&mut stdout).and_then(|line| {
            // Read to the end: otherwise the command could fail with a broken pipe.
            std::io::copy(&mut stdout, &mut std::io::sink()).map(|_| line)
        });
        // The receiver is gone after a timeout.
        let _ = tell.send(line);
    });
    match limit {
        Some(limit) => told.recv_timeout(limit).ok(),
        None => told.recv().ok(),
    }
}

fn first_line(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut reader = BufReader::new(reader.take(LONGEST + 1));
    reader.read_until(b'\n', &mut line)?;
    if line.len() as u64 > LONGEST {
        return Err(too_large(LONGEST));
    }
    Ok(line)
}

fn checked_bytes(line: &[u8], place: &str) -> Result<Secret, TokenError> {
    match std::str::from_utf8(line) {
        Ok(text) => checked(text, place),
        Err(_) => Err(TokenError::NotText(place.to_owned())),
    }
}

fn checked(text: &str, place: &str) -> Result<Secret, TokenError> {
    let text = text.trim();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    if text.is_empty() {
        return Err(TokenError::Empty(place.to_owned()));
    }
    if text.chars().any(char::is_control) {
        return Err(TokenError::NotText(place.to_owned()));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests;
