//! A running agent. Takes lines for its stdin; gives the lines of its stdout. Dropping it stops the
//! agent and everything that it has started.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::rc::Rc;

use anstream::adapter::strip_bytes;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::launch::Environment;
use crate::forge::server::limits::{END_TIME, LINE_BYTES, STDERR_BYTES, STDERR_TIME, STOP_TIME};

/// What a process is started from.
#[derive(Debug, Clone)]
pub struct Program {
    /// The guard's command line, to which the agent's is added.
    pub guard: Vec<OsString>,
    /// The agent.
    pub path: OsString,
    /// The arguments that it always has.
    pub arguments: Vec<OsString>,
    /// Its environment.
    pub environment: Environment,
}

/// A running agent.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    stderr: Rc<RefCell<Tail>>,
    /// Whether it has said that a turn begins: then it does so for every turn.
    pub tells_begin: bool,
}

/// The end of what was written.
#[derive(Debug, Default)]
struct Tail {
    bytes: Vec<u8>,
    /// How many bytes came before.
    left_out: usize,
}

impl Tail {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let surplus = self.bytes.len().saturating_sub(STDERR_BYTES);
        self.bytes.drain(..surplus);
        self.left_out += surplus;
    }

    /// As text, from the beginning of a line, after how much is left out.
    fn text(&self) -> String {
        let cut_line = match self.left_out {
            0 => 0,
            _ => memchr::memchr(b'\n', &self.bytes).map_or(0, |end| end + 1),
        };
        // Some agents colour their log even for a pipe.
        let plain = strip_bytes(&self.bytes[cut_line..]).into_vec();
        let plain = String::from_utf8_lossy(&plain);
        match self.left_out + cut_line {
            0 => plain.trim().to_owned(),
            bytes => format!("[the first {bytes} bytes are left out]\n{}", plain.trim()),
        }
    }
}

impl Process {
    /// Starts it in this folder.
    ///
    /// # Errors
    /// The system's.
    pub fn start(program: &Program, arguments: &[OsString], folder: &Path) -> io::Result<Process> {
        let (guard, before) = program
            .guard
            .split_first()
            .ok_or_else(|| io::Error::other("there is no guard"))?;
        let mut child = Command::new(guard)
            .args(before)
            .arg(&program.path)
            .args(&program.arguments)
            .args(arguments)
            .env_clear()
            .envs(program.environment.variables())
            .current_dir(folder)
            // Ctrl-C on the service's terminal is for the service, which stops its runs itself.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let missing = || io::Error::other("a pipe is missing");
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let stderr = Rc::default();
        if let Some(pipe) = child.stderr.take() {
            tokio::task::spawn_local(keep_end(pipe, Rc::clone(&stderr)));
        }
        Ok(Process {
            child,
            stdin: Some(stdin),
            stdout: BufReader::new(stdout),
            partial: Vec::new(),
            stderr,
            tells_begin: false,
        })
    }

    /// Writes a line, which is to end with a newline.
    ///
    /// # Errors
    /// When it has closed its stdin.
    pub async fn send(&mut self, line: &[u8]) -> io::Result<()> {
        let Some(stdin) = &mut self.stdin else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        stdin.write_all(line).await?;
        stdin.flush().await
    }

    /// The next line of stdout, without its newline; none at the end. What has been read of a line
    /// is not lost when this is not waited for to its end.
    ///
    /// # Errors
    /// The system's, and a line that is too long.
    pub async fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let buffer = self.stdout.fill_buf().await?;
            if buffer.is_empty() {
                let rest = std::mem::take(&mut self.partial);
                return Ok((!rest.is_empty()).then_some(rest));
            }
            match memchr::memchr(b'\n', buffer) {
                Some(end) => {
                    self.partial.extend_from_slice(&buffer[..end]);
                    self.stdout.consume(end + 1);
                    return Ok(Some(std::mem::take(&mut self.partial)));
                }
                None => {
                    let length = buffer.len();
                    self.partial.extend_from_slice(buffer);
                    self.stdout.consume(length);
                }
            }
            if self.partial.len() > LINE_BYTES {
                return Err(io::Error::other("the agent prints a line that is too long"));
            }
        }
    }

    /// The lines of stdout that are there already, and the beginning of one whose end is not; nothing is
    /// waited for.
    ///
    /// # Errors
    /// The system's, that it has closed its stdout, and that there is too much.
    pub fn pending_lines(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut bytes = std::mem::take(&mut self.partial);
        let buffered = self.stdout.buffer().len();
        bytes.extend_from_slice(self.stdout.buffer());
        self.stdout.consume(buffered);
        let mut buffer = [0; 4096];
        loop {
            // Tokio's own reads give nothing before its reactor has seen that there is something.
            match rustix::io::read(self.stdout.get_ref(), &mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => bytes.extend_from_slice(&buffer[..length]),
                Err(rustix::io::Errno::AGAIN) => break,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if bytes.len() > LINE_BYTES {
                return Err(io::Error::other("the agent prints too much"));
            }
        }
        let lines = bytes.split(|byte| *byte == b'\n');
        Ok(lines
            .filter(|line| !line.is_empty())
            .map(<[u8]>::to_vec)
            .collect())
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Forgets what it wrote on stderr so far: that was of an earlier prompt.
    pub fn forget_stderr(&self) {
        self.stderr.take();
    }

    /// The end of what it wrote on stderr after a prompt. A process that did not report is expected to
    /// end and may still write why: it gets a moment for that.
    pub async fn stderr_after(&mut self, has_reported: bool) -> String {
        if !has_reported {
            let _ = timeout(STDERR_TIME, self.wait()).await;
            tokio::task::yield_now().await;
        }
        self.stderr.borrow().text()
    }

    /// How a process ended that has closed its stdout; none if it does not end soon.
    pub async fn ended(&mut self) -> Option<ExitStatus> {
        timeout(END_TIME, self.wait()).await.ok()?.ok()
    }

    /// Closes its stdin: it will read no more.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end of a process that ends by itself.
    ///
    /// # Errors
    /// The system's.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Stops it and all that it has started, and waits until they are gone.
    pub async fn stop(mut self) {
        self.stdin = None;
        self.ask_guard();
        if timeout(STOP_TIME, self.child.wait()).await.is_err() {
            // The guard itself hangs; its descendants cannot be stopped from here.
            let _ = self.child.start_kill();
            let _ = self.child.wait().await;
        }
    }

    fn ask_guard(&mut self) {
        if self.is_alive()
            && let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok())
            && let Some(pid) = Pid::from_raw(pid)
        {
            // It may have ended in this moment.
            let _ = kill_process(pid, Signal::TERM);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.ask_guard();
    }
}

/// Reads a pipe to its end, and keeps the end of it.
async fn keep_end(mut pipe: ChildStderr, kept: Rc<RefCell<Tail>>) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
        kept.borrow_mut().add(&buffer[..length]);
    }
}
