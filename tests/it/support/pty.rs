//! trefoil on a terminal: the test types, reads the screen, resizes it and sends signals.
//!
//! A pseudo-terminal is its stdin, stdout, stderr and controlling terminal, so that Ctrl-C and
//! Ctrl-Z work as for a user. `vt100` draws its output, which is also kept as bytes.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use super::dir::Dir;
use super::memory;
use super::trefoil::{Output, Trefoil};
use super::{PATIENCE, eventually};

/// A command on a terminal; killed when dropped.
pub struct Pty {
    child: Child,
    line: String,
    terminal: File,
    /// Its side of the terminal, kept open to ask for its modes.
    inner: Option<File>,
    found: Modes,
    seen: Arc<Mutex<Seen>>,
    reader: Option<JoinHandle<()>>,
    _home: Dir,
}

/// The output so far.
struct Seen {
    drawn: vt100::Parser,
    raw: Vec<u8>,
}

/// A terminal's modes, for comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modes(String);

impl Modes {
    fn of(terminal: &File) -> Modes {
        let Termios {
            input_modes,
            output_modes,
            control_modes,
            local_modes,
            ..
        } = tcgetattr(terminal).expect("a terminal has modes");
        Modes(format!(
            "{input_modes:?} {output_modes:?} {control_modes:?} {local_modes:?}"
        ))
    }
}

impl Trefoil {
    /// Runs it on a terminal; each answer is typed once its question is on the screen. Answers end
    /// in `\r`, the Enter key; Ctrl-C is `\x03`.
    pub fn answering(self, answers: &[(&str, &str)]) -> Trefoil {
        let answers = serde_json::to_string(answers).expect("strings are JSON");
        self.on_terminal().env("ANSWERS", answers)
    }

    /// Starts it on a terminal of this size.
    #[track_caller]
    pub fn on_pty(mut self, columns: u16, rows: u16) -> Pty {
        self.complete();
        let line = self.line();
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        unlockpt(&terminal).expect("ours");
        let name = ptsname(&terminal, Vec::new()).expect("it has a name");
        let inner = File::options()
            .read(true)
            .write(true)
            .open(name.to_str().expect("ASCII"))
            .expect("its other side");
        let terminal = File::from(terminal);
        set_size(&terminal, columns, rows);
        let found = Modes::of(&inner);
        let side = || Stdio::from(OwnedFd::from(inner.try_clone().expect("a descriptor")));
        // `setsid` makes this its controlling terminal, and keeps the process id.
        let mut command = Command::new("setsid");
        command
            .arg("--ctty")
            .arg(self.command.get_program())
            .args(self.command.get_args())
            .env_clear()
            .env("TERM", "xterm-256color")
            .current_dir(self.home.path())
            .stdin(side())
            .stdout(side())
            .stderr(side());
        for (name, value) in self.command.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let child = command.spawn().expect("setsid, of util-linux");
        // The command holds the other side, which would then never be closed.
        drop(command);
        let seen = Arc::new(Mutex::new(Seen {
            drawn: vt100::Parser::new(some(rows), some(columns), 0),
            raw: Vec::new(),
        }));
        let (mut from, sink) = (
            terminal.try_clone().expect("a descriptor"),
            Arc::clone(&seen),
        );
        let reader = std::thread::spawn(move || {
            let mut room = [0; 4096];
            // Linux returns EIO when the other side is closed everywhere.
            while let Ok(count @ 1..) = from.read(&mut room) {
                let mut seen = sink.lock().expect("no panic while drawing");
                seen.drawn.process(&room[..count]);
                seen.raw.extend_from_slice(&room[..count]);
            }
        });
        Pty {
            child,
            line,
            terminal,
            inner: Some(inner),
            found,
            seen,
            reader: Some(reader),
            _home: self.home,
        }
    }
}

fn some(size: u16) -> NonZero<u16> {
    NonZero::new(size).expect("a terminal of some size")
}

fn set_size(terminal: &File, columns: u16, rows: u16) {
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(terminal, size).expect("a terminal has a size");
}

impl Pty {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic while drawing")
    }

    /// Presses keys.
    #[track_caller]
    pub fn types(&mut self, keys: &str) {
        self.terminal
            .write_all(keys.as_bytes())
            .expect("a terminal takes keys");
    }

    /// Makes the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen()
            .drawn
            .screen_mut()
            .set_size(some(rows), some(columns));
        set_size(&self.terminal, columns, rows);
    }

    /// The text on the screen.
    pub fn text(&self) -> String {
        self.seen().drawn.screen().contents()
    }

    /// Every byte it wrote.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen().raw).into_owned()
    }

    /// Waits until the screen fulfils a condition.
    #[track_caller]
    pub fn until(&mut self, what: &str, fits: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !fits(self.seen().drawn.screen()) {
            assert!(Instant::now() < deadline, "never {what}\n{self}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until one line of the screen contains all of these texts.
    #[track_caller]
    pub fn shows(&mut self, parts: &[&str]) {
        self.until(&format!("{parts:?} in a line"), |screen| {
            screen
                .contents()
                .lines()
                .any(|line| parts.iter().all(|part| line.contains(part)))
        });
    }

    /// Waits until no line of the screen contains this text.
    #[track_caller]
    pub fn hides(&mut self, text: &str) {
        self.until(&format!("gone: {text:?}"), |screen| {
            !screen.contents().contains(text)
        });
    }

    /// Waits until it has entered or left the alternate screen.
    #[track_caller]
    pub fn has_screen(&mut self, wanted: bool) {
        self.until(&format!("on a screen of its own: {wanted}"), |screen| {
            screen.alternate_screen() == wanted && screen.hide_cursor() == wanted
        });
    }

    pub fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).expect("it is ours");
    }

    /// Waits until the process is stopped, as by Ctrl-Z.
    #[track_caller]
    pub fn is_stopped(&mut self) {
        let path = format!("/proc/{}/stat", self.child.id());
        eventually("it to be stopped", || {
            let stat = std::fs::read_to_string(&path).expect("it runs");
            let state = stat.rsplit(") ").next().expect("a state");
            state.starts_with('T').then_some(())
        });
    }

    /// Checks that the modes of the terminal are the ones from before.
    #[track_caller]
    pub fn has_modes_as_found(&self) -> bool {
        Modes::of(self.inner.as_ref().expect("open until it ends")) == self.found
    }

    /// The most memory that it has allocated, in KiB.
    #[track_caller]
    pub fn peak_memory(&self) -> u64 {
        memory::peak(self.child.id())
    }

    /// Waits for its end with this exit status, and checks that the terminal's modes are restored.
    /// Returns the text on the screen.
    #[track_caller]
    pub fn ends(mut self, code: i32) -> String {
        let status = eventually("its end", || self.child.try_wait().expect("our own child"));
        assert!(
            self.has_modes_as_found(),
            "the terminal's modes are not as before\n{self}"
        );
        self.inner = None;
        self.reader
            .take()
            .expect("it ends once")
            .join()
            .expect("no panic while drawing");
        assert_eq!(Output::code_of(status), code, "exit status\n{self}");
        let seen = self.seen();
        let screen = seen.drawn.screen();
        assert!(
            !screen.alternate_screen(),
            "it never left the alternate screen"
        );
        assert!(!screen.hide_cursor(), "it never showed the cursor again");
        screen.contents()
    }
}

impl std::fmt::Display for Pty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "$ {}\n--- on the screen\n{}", self.line, self.text())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
