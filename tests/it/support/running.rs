//! A running trefoil: the test reads its lines, writes to its stdin, sends signals, and measures
//! its memory.
//!
//! Its stdout is not read until the test first asks for a line, so a test that never asks is a
//! stalled reader.

use std::fs;
use std::io::{BufRead, BufReader, PipeReader, Read, Write};
use std::os::fd::AsRawFd;
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::io::FdFlags;
use rustix::process::{Pid, Signal};
use serde_json::Value;

use super::dir::Dir;
use super::memory;
use super::trefoil::{Output, Trefoil, shortened};

/// In the output of a process of ours that has panicked.
pub const PANIC: &str = "panicked at src/";

/// A started command; killed when dropped.
pub struct Running {
    child: Child,
    line: String,
    started: Instant,
    patience: Duration,
    stdin: Option<ChildStdin>,
    stdout: Stdout,
    seen: String,
    stderr: Arc<Mutex<String>>,
    stderr_done: Option<JoinHandle<()>>,
    // Kept as long as the command may use it.
    _home: Dir,
}

enum Stdout {
    Unread(ChildStdout),
    Read(Receiver<String>),
    Closed,
}

impl Running {
    #[track_caller]
    pub(super) fn spawn(mut trefoil: Trefoil) -> Running {
        trefoil.complete();
        let line = trefoil.line();
        let started = Instant::now();
        let mut child = trefoil.command.spawn().expect("the trefoil binary runs");
        let stderr = Arc::new(Mutex::new(String::new()));
        let (mut pipe, sink) = (child.stderr.take().expect("piped"), Arc::clone(&stderr));
        let stderr_done = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = pipe.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..n]);
                sink.lock().expect("no panic while reading").push_str(&text);
            }
        });
        Running {
            line,
            started,
            patience: trefoil.patience,
            stdin: child.stdin.take(),
            stdout: child.stdout.take().map_or(Stdout::Closed, Stdout::Unread),
            seen: String::new(),
            stderr,
            stderr_done: Some(stderr_done),
            child,
            _home: trefoil.home,
        }
    }

    #[track_caller]
    pub(super) fn spawn_live(trefoil: Trefoil) -> Running {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        // Without close-on-exec the child inherits it under the same number. A child of another
        // test may inherit it, too; that only delays the report if ours dies without writing to it.
        rustix::io::fcntl_setfd(&writer, FdFlags::empty()).expect("a pipe has flags");
        let trefoil = trefoil
            .arg("--ready-fd")
            .arg(writer.as_raw_fd().to_string());
        let running = Running::spawn(trefoil);
        drop(writer);
        running.wait_ready(reader);
        running
    }

    #[track_caller]
    fn wait_ready(&self, pipe: PipeReader) {
        let (send, receive) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(pipe).read_line(&mut line);
            let _ = send.send(line);
        });
        match receive.recv_timeout(self.patience) {
            Ok(line) if line.ends_with('\n') => {}
            _ => self.fail("it never wrote a line to --ready-fd"),
        }
    }

    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.stdin.take()
    }

    /// Its stdout, for another command to read.
    pub(super) fn take_stdout(&mut self) -> ChildStdout {
        match std::mem::replace(&mut self.stdout, Stdout::Closed) {
            Stdout::Unread(pipe) => pipe,
            _ => panic!("the next command wants to be the only reader"),
        }
    }

    /// Writes to its stdin, which stays open.
    #[track_caller]
    pub fn write(&mut self, input: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        if let Err(error) = stdin
            .write_all(input.as_bytes())
            .and_then(|()| stdin.flush())
        {
            self.fail(&format!("it does not take its input: {error}"));
        }
    }

    /// The next line of its stdout.
    #[track_caller]
    pub fn next_line(&mut self) -> String {
        match self.line_within(self.patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => self.fail("no line came"),
            Err(RecvTimeoutError::Disconnected) => self.fail("its stdout ended"),
        }
    }

    /// The next line of its stdout, as JSON.
    #[track_caller]
    pub fn record(&mut self) -> Value {
        let line = self.next_line();
        match serde_json::from_str(&line) {
            Ok(value) => value,
            Err(error) => self.fail(&format!("not JSON: {line:?} ({error})")),
        }
    }

    /// The next record that fulfils a condition.
    #[track_caller]
    pub fn record_where(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let record = self.record();
            if fits(&record) {
                return record;
            }
        }
    }

    fn line_within(&mut self, patience: Duration) -> Result<String, RecvTimeoutError> {
        let line = self.lines()?.recv_timeout(patience)?;
        self.seen.push_str(&line);
        Ok(line.trim_end_matches('\n').to_owned())
    }

    /// Starts to read its stdout.
    fn lines(&mut self) -> Result<&Receiver<String>, RecvTimeoutError> {
        if matches!(self.stdout, Stdout::Unread(_)) {
            let pipe = self.take_stdout();
            let (send, receive) = channel();
            std::thread::spawn(move || {
                let mut pipe = BufReader::with_capacity(1 << 18, pipe);
                let mut line = Vec::new();
                while let Ok(1..) = pipe.read_until(b'\n', &mut line) {
                    if send
                        .send(String::from_utf8_lossy(&line).into_owned())
                        .is_err()
                    {
                        break;
                    }
                    line.clear();
                }
            });
            self.stdout = Stdout::Read(receive);
        }
        match &self.stdout {
            Stdout::Read(receiver) => Ok(receiver),
            _ => Err(RecvTimeoutError::Disconnected),
        }
    }

    /// Reads its first line, then closes the pipe, as `| head -1` does. Call it before any other
    /// read.
    #[track_caller]
    pub fn head(&mut self) -> String {
        let pipe = self.take_stdout();
        let (send, receive) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(pipe).read_line(&mut line);
            let _ = send.send(line);
        });
        match receive.recv_timeout(self.patience) {
            Ok(line) => line,
            Err(_) => self.fail("no line came"),
        }
    }

    /// Waits until stderr has this text.
    #[track_caller]
    pub fn wait_says(&self, text: &str) {
        let deadline = Instant::now() + self.patience;
        while !self.stderr().contains(text) {
            if Instant::now() > deadline {
                self.fail(&format!("stderr never had {text:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn stderr(&self) -> String {
        self.stderr.lock().expect("no panic while reading").clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends SIGHUP, as a closed terminal does.
    pub fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("the process is ours");
    }

    /// Sends a signal to the process that it runs, if it is a wrapper such as `unshare --fork`.
    #[track_caller]
    pub fn signal_inner(&self, signal: Signal) {
        let pid = self.child.id();
        let path = format!("/proc/{pid}/task/{pid}/children");
        let inner = super::eventually("the process inside", || {
            let children = fs::read_to_string(&path).ok()?;
            Pid::from_raw(children.split_whitespace().next()?.parse().ok()?)
        });
        rustix::process::kill_process(inner, signal).expect("the process is ours");
    }

    /// The most memory that it has allocated, in KiB.
    #[track_caller]
    pub fn peak_memory(&self) -> u64 {
        memory::peak(self.child.id())
    }

    /// The memory that it has allocated now, in KiB.
    #[track_caller]
    pub fn memory(&self) -> u64 {
        memory::allocated(self.child.id())
    }

    /// Closes its stdin and waits for its end; reads everything that it still prints.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        self.stdin = None;
        let deadline = Instant::now() + self.patience;
        loop {
            match self.line_within(deadline.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.fail("it does not end"),
            }
        }
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                break status;
            }
            if Instant::now() > deadline {
                self.fail("it closed stdout and does not end");
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let took = self.started.elapsed();
        let _ = self
            .stderr_done
            .take()
            .expect("finish is called once")
            .join();
        if self.stderr().contains(PANIC) {
            self.fail("it has panicked");
        }
        Output {
            line: std::mem::take(&mut self.line),
            code: Output::code_of(status),
            stdout: std::mem::take(&mut self.seen),
            stderr: self.stderr(),
            took,
        }
    }

    /// Fails the test and prints the command and its output so far.
    #[track_caller]
    fn fail(&self, why: &str) -> ! {
        panic!(
            "{why}\n$ {}\n--- running for {:?}\n--- stdout as far as read\n{}\n--- stderr\n{}",
            self.line,
            self.started.elapsed(),
            shortened(&self.seen),
            shortened(&self.stderr()),
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
