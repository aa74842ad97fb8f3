//! Lines of operations enter, batches of MessagePack leave; runs on a thread of its own, because
//! reading blocks.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::thread;

use tokio::sync::mpsc;

use crate::term::{Console, Stdin};
use crate::text::lines::Lines;
use crate::vuer::cmd::feed::STACK;
use crate::vuer::event::{Floats, Value, from_json};
use crate::vuer::hub::operation::Operation;
use crate::vuer::hub::run::{Handle, breathe};

/// How many bytes of operations go to the hub at a time.
const FULL: usize = 64 * 1024;

/// How many batches wait between the two threads.
const WAITING: usize = 2;

/// The longest line: a mesh of 256 MiB in base64.
const LINE_MAX: usize = 360 << 20;

/// How many lines that could not be used are named; of the rest, only how many they were.
const NAMED: u64 = 10;

/// Where operations come from.
#[derive(Debug)]
pub enum Source {
    /// stdin.
    Stdin,
    /// A file; a FIFO is opened again when its writer has gone.
    File(PathBuf),
    /// The stdout of a command.
    Pipe(io::PipeReader),
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// An operation.
    Operation,
    /// Joint values of the robot of this key: `{"arm":0.7}`, or the operation that says so.
    Joints(String),
}

/// Operations in one piece of memory, and lines that are none.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    operations: Vec<(u64, Range<usize>)>,
    bad: Vec<(u64, String)>,
}

/// Starts to read. Nothing more comes when the source has ended.
pub fn read(source: Source, form: Form) -> mpsc::Receiver<Batch> {
    let (batches, receiver) = mpsc::channel(WAITING);
    let reading = move || match source {
        Source::Stdin => _ = run(Stdin, &form, &batches),
        Source::Pipe(pipe) => _ = run(pipe, &form, &batches),
        Source::File(path) => file(&path, &form, &batches),
    };
    // Without a thread nothing comes, which is what the end of the input looks like.
    let _ = thread::Builder::new().stack_size(STACK).spawn(reading);
    receiver
}

fn file(path: &Path, form: &Form, batches: &mpsc::Sender<Batch>) {
    loop {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                let why = format!("cannot read {}: {error}", path.display());
                let _ = batches.blocking_send(Batch {
                    bad: vec![(0, why)],
                    ..Batch::default()
                });
                return;
            }
        };
        let is_fifo = file.metadata().is_ok_and(|meta| meta.file_type().is_fifo());
        if run(file, form, batches).is_err() || !is_fifo {
            return;
        }
    }
}

/// Reads to the end; Err when nobody takes it any more.
fn run(source: impl Read, form: &Form, batches: &mpsc::Sender<Batch>) -> Result<(), ()> {
    let mut lines = Lines::new(source, LINE_MAX);
    let mut batch = Batch::default();
    loop {
        // Whatever has gathered goes out before a read that may block.
        if (batch.bytes.len() >= FULL || !lines.has_line()) && !batch.is_empty() {
            let full = std::mem::take(&mut batch);
            batches.blocking_send(full).map_err(drop)?;
        }
        match lines.next_line() {
            Ok(Some(line)) => batch.add(line.number, line.bytes, form),
            Ok(None) => return Ok(()),
            Err(error) => {
                batch.bad.push((0, error.to_string()));
                return batches.blocking_send(batch).map_err(drop);
            }
        }
    }
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.bad.is_empty()
    }

    fn add(&mut self, number: u64, line: &[u8], form: &Form) {
        let start = self.bytes.len();
        match self.parse(line, form) {
            Ok(()) => self.operations.push((number, start..self.bytes.len())),
            Err(why) => {
                self.bytes.truncate(start);
                self.bad.push((number, why));
            }
        }
    }

    fn parse(&mut self, line: &[u8], form: &Form) -> Result<(), String> {
        let start = self.bytes.len();
        let text =
            std::str::from_utf8(line).map_err(|error| format!("it is not UTF-8: {error}"))?;
        match form {
            Form::Joints(key) if !text.contains("\"joints\"") => {
                let key = serde_json::Value::from(&**key);
                let text = format!(r#"{{"joints":{text},"key":{key}}}"#);
                from_json(&text, Floats::Double, &mut self.bytes)
            }
            _ => from_json(text, Floats::Double, &mut self.bytes),
        }
        .map_err(|error| error.to_string())?;
        let value = Value::check(&self.bytes[start..]).map_err(|error| error.to_string())?;
        Operation::read(value).map_err(|error| error.to_string())?;
        Ok(())
    }
}

/// What became of an input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fed {
    /// Operations that were done.
    pub done: u64,
    /// Lines that could not be used.
    pub bad: u64,
}

/// Gives operations to the hub as they come. `fed` tells how far it is, at any time.
pub async fn feed(
    hub: &Handle,
    mut batches: mpsc::Receiver<Batch>,
    console: &Console,
    fed: &std::cell::Cell<Fed>,
) {
    while let Some(batch) = batches.recv().await {
        let mut count = fed.get();
        let mut bad = batch.bad;
        hub.with(|hub| {
            for (number, range) in batch.operations {
                let applied = Value::check(&batch.bytes[range])
                    .map_err(|error| error.to_string())
                    .and_then(|value| Operation::read(value).map_err(|error| error.to_string()))
                    .and_then(|operation| hub.apply(&operation).map_err(|error| error.to_string()));
                match applied {
                    Ok(()) => count.done += 1,
                    Err(why) => bad.push((number, why)),
                }
            }
        });
        bad.sort_unstable_by_key(|(number, _)| *number);
        for (number, why) in bad {
            count.bad += 1;
            match count.bad {
                NAMED.. if count.bad > NAMED => {}
                _ if number == 0 => console.warn(why),
                _ => console.warn(format_args!("line {number}: {why}; it was passed over")),
            }
            if count.bad == NAMED {
                console.warn("further lines that cannot be used are only counted");
            }
        }
        fed.set(count);
        breathe().await;
    }
}
