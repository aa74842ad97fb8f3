//! Input: lines with operations. Output: batches of MessagePack. It runs on its own thread, because
//! reading blocks.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::thread;

use tokio::sync::mpsc;

use crate::term::{Console, Stdin};
use crate::text::count::Count;
use crate::text::lines::{LineError, Lines};
use crate::vuer::cmd::feed::STACK;
use crate::vuer::event::{Floats, Values};
use crate::vuer::hub::operation::Operation;
use crate::vuer::hub::run::{Handle, yield_to_clients};

/// A batch with this many bytes is handed to the hub.
const BATCH_BYTES: usize = 64 * 1024;

/// How many batches may wait between the two threads.
const WAITING: usize = 2;

/// The longest line: large enough for a mesh of 256 MiB in base64.
const LINE_MAX: usize = 360 << 20;

/// How many unusable lines are reported one by one. Further ones are only counted.
const REPORTED: u64 = 10;

/// Where operations come from.
#[derive(Debug)]
pub enum Source {
    /// stdin.
    Stdin,
    /// A file. A FIFO is opened again after its writer has closed it.
    File(PathBuf),
    /// The stdout of a command.
    Pipe(io::PipeReader),
}

/// What a line contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// An operation.
    Operation,
    /// Joint values of the robot with this key, such as `{"arm":0.7}`, or a whole `joints`
    /// operation.
    Joints(String),
}

/// The values of lines, with the numbers of the lines, and the lines that are not JSON.
#[derive(Debug, Default)]
pub struct Batch {
    numbers: Vec<u64>,
    values: Values,
    bad: Vec<(u64, String)>,
}

/// Starts the reading thread. The channel is closed when the source has ended.
pub fn read(source: Source, form: Form) -> mpsc::Receiver<Batch> {
    let (batches, receiver) = mpsc::channel(WAITING);
    let reading = move || match source {
        Source::Stdin => _ = run(Stdin, LINE_MAX, &form, &batches),
        Source::Pipe(pipe) => _ = run(pipe, LINE_MAX, &form, &batches),
        Source::File(path) => file(&path, &form, &batches),
    };
    // If the thread cannot start, the channel is closed, as at the end of the input.
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
        if run(file, LINE_MAX, form, batches).is_err() || !is_fifo {
            return;
        }
    }
}

/// Reads to the end. Returns an error when the receiver is gone.
fn run(
    source: impl Read,
    line_max: usize,
    form: &Form,
    batches: &mpsc::Sender<Batch>,
) -> Result<(), ()> {
    let mut lines = Lines::new(source, line_max);
    let mut batch = Batch::default();
    loop {
        // Hand on what we have before a read that may block.
        if (batch.values.size() >= BATCH_BYTES || !lines.has_line()) && !batch.is_empty() {
            let full = std::mem::take(&mut batch);
            batches.blocking_send(full).map_err(drop)?;
        }
        match lines.next_line() {
            Ok(Some(line)) => batch.add(line.number, line.bytes, form),
            Ok(None) => return Ok(()),
            Err(LineError::TooLong { number, limit }) => {
                batch.bad.push((
                    number,
                    format!("it is longer than {} bytes", Count(limit as u64)),
                ));
                // The rest of the line may come late, or never.
                let told = std::mem::take(&mut batch);
                batches.blocking_send(told).map_err(drop)?;
                if let Err(error) = lines.skip_line() {
                    return failed(batch, &error, batches);
                }
            }
            Err(error) => return failed(batch, &error, batches),
        }
    }
}

fn failed(mut batch: Batch, error: &LineError, batches: &mpsc::Sender<Batch>) -> Result<(), ()> {
    batch.bad.push((0, error.to_string()));
    batches.blocking_send(batch).map_err(drop)
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.bad.is_empty()
    }

    fn add(&mut self, number: u64, line: &[u8], form: &Form) {
        match self.parse(line, form) {
            Ok(()) => self.numbers.push(number),
            Err(why) => self.bad.push((number, why)),
        }
    }

    fn parse(&mut self, line: &[u8], form: &Form) -> Result<(), String> {
        let text =
            std::str::from_utf8(line).map_err(|error| format!("the line is not UTF-8: {error}"))?;
        match form {
            Form::Joints(key) if !text.contains("\"joints\"") => {
                let key = serde_json::Value::from(&**key);
                let text = format!(r#"{{"joints":{text},"key":{key}}}"#);
                self.values.push_json(&text, Floats::Double)
            }
            _ => self.values.push_json(text, Floats::Double),
        }
        .map_err(|error| error.to_string())
    }
}

/// How many lines of the inputs could be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InputCounts {
    /// Operations that were applied.
    pub done: u64,
    /// Lines that could not be used.
    pub bad: u64,
}

/// Gives operations to the hub as they arrive. `counts` is kept up to date.
pub async fn feed(
    hub: &Handle,
    mut batches: mpsc::Receiver<Batch>,
    console: &Console,
    counts: &std::cell::Cell<InputCounts>,
) {
    while let Some(batch) = batches.recv().await {
        let mut count = counts.get();
        let mut bad = batch.bad;
        hub.with(|hub| {
            for (number, value) in batch.numbers.into_iter().zip(batch.values.iter()) {
                let applied = Operation::read(value)
                    .map_err(|error| error.to_string())
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
                REPORTED.. if count.bad > REPORTED => {}
                _ if number == 0 => console.warn(why),
                _ => console.warn(format_args!("line {number}: {why}; the line was skipped")),
            }
            if count.bad == REPORTED {
                console.warn("further unusable lines are only counted");
            }
        }
        counts.set(count);
        yield_to_clients().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a smaller limit than that of the binary, which would need a line of 360 MiB.
    #[test]
    fn a_line_that_is_too_long_is_named_and_the_next_ones_are_read() {
        let long = "x".repeat(200_000);
        let input = format!("{{\"key\":1}}\n{long}\n{{\"key\":2}}\n{long}");
        let (batches, mut receiver) = mpsc::channel(16);
        run(input.as_bytes(), 100, &Form::Operation, &batches).expect("a receiver");
        drop(batches);
        let (mut numbers, mut bad) = (Vec::new(), Vec::new());
        while let Some(batch) = receiver.blocking_recv() {
            numbers.extend(batch.numbers);
            bad.extend(batch.bad);
        }
        assert_eq!(numbers, [1, 3]);
        let why = "it is longer than 100 bytes".to_owned();
        assert_eq!(bad, [(2, why.clone()), (4, why)]);
    }
}
