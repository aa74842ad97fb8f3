//! Runs trefoil as a shell would, but without the developer's own environment.
//!
//! Takes arguments and settings; gives an [`Output`], whose assertions print the whole run when
//! they fail, or a [`Running`] for a command that stays connected.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::dir::Dir;
use super::{PATIENCE, Running};

/// A command that is ready to be run.
pub struct Trefoil {
    pub(super) command: Command,
    pub(super) home: Dir,
    pub(super) patience: Duration,
    stdin: Option<Vec<u8>>,
    /// What comes after `--`.
    around: Vec<String>,
}

/// The XDG directories, which are all in the test's home.
const ROOMS: [&str; 4] = ["CONFIG", "CACHE", "DATA", "STATE"];

/// `trefoil ARGS`, with an empty home, an empty environment and UTC.
pub fn trefoil(args: &[&str]) -> Trefoil {
    program(Path::new(env!("CARGO_BIN_EXE_trefoil")), args)
}

/// Another program, run in the same way.
pub(super) fn program(path: &Path, args: &[&str]) -> Trefoil {
    let home = Dir::new();
    let mut command = Command::new(path);
    command
        .args(args)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TZ", "UTC")
        .env("HOME", home.path())
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let here = home.path().to_owned();
    for room in ROOMS {
        command.env(format!("XDG_{room}_HOME"), here.join(room.to_lowercase()));
    }
    Trefoil {
        command,
        home,
        patience: PATIENCE,
        stdin: None,
        around: Vec::new(),
    }
}

/// `trefoil clasp ARGS` against a router.
pub fn clasp(url: &str, args: &[&str]) -> Trefoil {
    let mut trefoil = trefoil(&["clasp"]);
    trefoil.command.args(args).env("CLASP_URL", url);
    trefoil
}

/// `trefoil vuer ARGS` against a server.
pub fn vuer(url: &str, args: &[&str]) -> Trefoil {
    let mut trefoil = trefoil(&["vuer"]);
    trefoil.command.args(args).env("VUER_CLIENT_URI", url);
    trefoil
}

impl super::Router {
    /// `trefoil clasp ARGS` against this router.
    pub fn clasp(&self, args: &[&str]) -> Trefoil {
        clasp(&self.url(), args)
    }
}

impl super::VuerServer {
    /// `trefoil vuer ARGS` against this server.
    pub fn vuer(&self, args: &[&str]) -> Trefoil {
        vuer(&self.url(), args)
    }
}

impl super::Fake {
    /// `trefoil vuer ARGS` against this server.
    pub fn vuer(&self, args: &[&str]) -> Trefoil {
        vuer(&self.url(), args)
    }

    /// `trefoil clasp ARGS` against this server.
    pub fn clasp(&self, args: &[&str]) -> Trefoil {
        clasp(&self.url(), args)
    }
}

impl Trefoil {
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Trefoil {
        self.command.arg(arg);
        self
    }

    pub fn args(mut self, args: &[&str]) -> Trefoil {
        self.command.args(args);
        self
    }

    /// Uses this home, so that several commands share their files.
    pub fn in_home(mut self, home: &Dir) -> Trefoil {
        self.command
            .env("HOME", home.path())
            .current_dir(home.path());
        for room in ROOMS {
            let path = home.path().join(room.to_lowercase());
            self.command.env(format!("XDG_{room}_HOME"), path);
        }
        self
    }

    /// Sets the command that it runs: `-- COMMAND`, after all other arguments.
    pub fn around(mut self, command: &[&str]) -> Trefoil {
        self.around = command.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Appends `-- COMMAND`, when no more arguments follow.
    pub(super) fn complete(&mut self) {
        if !self.around.is_empty() {
            self.command.arg("--").args(self.around.drain(..));
        }
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Trefoil {
        self.command.env(name, value);
        self
    }

    pub fn token(self, token: &str) -> Trefoil {
        self.env("CLASP_TOKEN", token)
    }

    /// Runs it on a terminal of 80 columns, which is both its stdout and its stderr. Call
    /// [`super::python::python3_or_skip`] first.
    pub fn on_terminal(mut self) -> Trefoil {
        let [python3, script] = super::python::terminal();
        let mut command = Command::new(python3);
        command
            .arg(script)
            .arg(self.command.get_program())
            .args(self.command.get_args());
        command
            .env_clear()
            .env("TERM", "xterm-256color")
            .current_dir(self.home.path());
        for (name, value) in self.command.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.command = command;
        self
    }

    /// The input of a pipe on stdin; without it, stdin is empty.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Trefoil {
        self.stdin = Some(input.into());
        self
    }

    /// Redirects stdout to a file, as the shell's `>`; [`Output::stdout`] is then empty.
    pub fn stdout_to(mut self, path: &str) -> Trefoil {
        let file = std::fs::OpenOptions::new().write(true).open(path);
        self.command.stdout(file.expect("a file to write to"));
        self
    }

    /// Writes stdout to a pipe whose reader has gone.
    pub fn stdout_unread(mut self) -> Trefoil {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        self.command.stdout(writer);
        self
    }

    /// Closes stdout, as the shell's `>&-`.
    pub fn stdout_closed(self) -> Trefoil {
        self.in_shell("exec \"$0\" \"$@\" >&-")
    }

    /// Limits its files to 4 KiB, as on a full disk.
    pub fn on_a_full_disk(self) -> Trefoil {
        self.in_shell("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"")
    }

    fn in_shell(mut self, script: &str) -> Trefoil {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", script])
            .arg(self.command.get_program())
            .args(self.command.get_args())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, value) in self.command.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        if let Some(directory) = self.command.get_current_dir() {
            command.current_dir(directory);
        }
        self.command = command;
        self
    }

    /// Reads from another command's stdout, as with the shell's `|`.
    pub fn stdin_from(mut self, producer: &mut Running) -> Trefoil {
        self.command.stdin(producer.take_stdout());
        self
    }

    /// Sets a longer time limit, for example for a million lines in a debug build.
    pub fn patience(mut self, patience: Duration) -> Trefoil {
        self.patience = patience;
        self
    }

    /// The command line to run it by hand; only with the variables of the services.
    pub(super) fn line(&self) -> String {
        let quoted = |text: &OsStr| {
            let text = text.to_string_lossy();
            let plain = !text.is_empty() && !text.contains([' ', '"', '\'', '$', '*', '|', '(']);
            if plain {
                text.into_owned()
            } else {
                format!("'{text}'")
            }
        };
        let set = self.command.get_envs().filter_map(|(name, value)| {
            let name = name.to_str().filter(|name| {
                ["CLASP_", "VUER_", "CLAWDFORGE_"]
                    .iter()
                    .any(|service| name.starts_with(service))
            })?;
            Some(format!("{name}={}", quoted(value?)))
        });
        let typed = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        set.chain(typed.map(quoted)).collect::<Vec<_>>().join(" ")
    }

    /// A file in the command's home and working directory.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Trefoil {
        self.home.file(name, content);
        self
    }

    /// Runs it to its end, or fails the test with what it printed so far.
    #[track_caller]
    pub fn run(mut self) -> Output {
        let input = self.stdin.take();
        if input.is_some() {
            self.command.stdin(Stdio::piped());
        }
        let mut running = Running::spawn(self);
        if let (Some(input), Some(mut stdin)) = (input, running.take_stdin()) {
            // On a thread, because it may print before it has read everything. It may also end
            // before that, so errors are ignored.
            std::thread::spawn(move || {
                let _ = stdin.write_all(&input);
            });
        }
        running.finish()
    }

    /// Starts a command that stays connected; stdin is open for [`Running::write`].
    #[track_caller]
    pub fn start(mut self) -> Running {
        self.command.stdin(Stdio::piped());
        Running::spawn(self)
    }

    /// Starts a command that reads from another command.
    #[track_caller]
    pub fn start_piped(self) -> Running {
        Running::spawn(self)
    }

    /// Starts a subscriber and waits until it reports (`--ready-fd`) that it is live.
    #[track_caller]
    pub fn live(self) -> Running {
        Running::spawn_live(self)
    }
}

/// A finished run.
pub struct Output {
    pub line: String,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Output {
    /// The exit status as a shell shows it: for a signal 128 and its number.
    pub(super) fn code_of(status: ExitStatus) -> i32 {
        use std::os::unix::process::ExitStatusExt;
        status
            .code()
            .unwrap_or_else(|| 128 + status.signal().expect("ended by exit or signal"))
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Output {
        assert!(self.code == code, "expected exit status {code}\n{self}");
        self
    }

    /// Exit status 0.
    #[track_caller]
    pub fn done(self) -> Output {
        self.exits(0)
    }

    #[track_caller]
    pub fn prints(self, stdout: &str) -> Output {
        assert!(
            self.stdout == stdout,
            "expected on stdout {stdout:?}\n{self}"
        );
        self
    }

    /// stderr contains every one of these texts, in any case.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Output {
        let said = self.stderr.to_lowercase();
        for part in parts {
            let there = said.contains(&part.to_lowercase());
            assert!(there, "expected on stderr {part:?}\n{self}");
        }
        self
    }

    /// stderr is empty.
    #[track_caller]
    pub fn quietly(self) -> Output {
        assert!(self.stderr.is_empty(), "expected nothing on stderr\n{self}");
        self
    }

    #[track_caller]
    pub fn within(self, limit: Duration) -> Output {
        assert!(
            self.took < limit,
            "expected to end within {limit:?}\n{self}"
        );
        self
    }

    /// The only document on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        let records = self.records();
        assert!(
            records.len() == 1,
            "expected one document on stdout\n{self}"
        );
        records.into_iter().next().expect("one")
    }

    /// One document a line.
    #[track_caller]
    pub fn records(&self) -> Vec<Value> {
        let parse = |line: &str| match serde_json::from_str(line) {
            Ok(value) => value,
            Err(error) => panic!("expected JSON lines on stdout, not {line:?} ({error})\n{self}"),
        };
        self.stdout.lines().map(parse).collect()
    }

    /// The error that `--errors json` printed.
    #[track_caller]
    pub fn error(&self) -> Value {
        let last = self.stderr.lines().last().unwrap_or_default();
        match serde_json::from_str(last) {
            Ok(value) => value,
            Err(error) => panic!("expected a JSON error on stderr ({error})\n{self}"),
        }
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "$ {}", self.line)?;
        writeln!(f, "--- exit status {} after {:?}", self.code, self.took)?;
        writeln!(f, "--- stdout\n{}", shortened(&self.stdout))?;
        writeln!(f, "--- stderr\n{}", shortened(&self.stderr))
    }
}

/// The beginning and the end of a text, which may have a hundred thousand lines.
pub(super) fn shortened(text: &str) -> String {
    const KEEP: usize = 4_000;
    if text.len() <= 2 * KEEP {
        return text.to_owned();
    }
    let cut = |at| {
        (at..)
            .find(|&at| text.is_char_boundary(at))
            .expect("the end is a boundary")
    };
    let (head, tail) = (cut(KEEP), cut(text.len() - KEEP));
    format!(
        "{}\n[… {} bytes …]\n{}",
        &text[..head],
        tail - head,
        &text[tail..]
    )
}
