//! Parses the lines of a batch. Takes NDJSON; gives one [`Job`] for each line, ready to be sent.
//! Lines that cannot be sent are reported before anything is sent.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::error::Failure;
use crate::forge::api::names::FileToken;
use crate::forge::api::route::{DEFAULT_LIMIT, RUN_LIMITS, Run, json};
use crate::forge::cmd::transfer::unique;
use crate::ids::sha256;
use crate::term::Stdin;
use crate::text::lines::{LineError, Lines};

/// The longest line, in bytes: more than any service accepts.
const LONGEST: usize = 64 * 1024 * 1024;

/// How many bad lines are listed.
const NAMED: usize = 20;

/// The levels of `effort`.
pub const EFFORTS: [&str; 5] = ["low", "medium", "high", "xhigh", "max"];

/// The values for fields that a line does not have.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The model.
    pub model: String,
    /// The system prompt, and how it is used.
    pub system: Option<String>,
    /// `append` or `replace`.
    pub system_mode: Option<String>,
    /// One of [`EFFORTS`].
    pub effort: Option<String>,
    /// The time limit of a run, in seconds.
    pub timeout_secs: Option<u64>,
}

/// A run to send.
#[derive(Debug)]
pub struct Job {
    /// Its line in the input, from 1.
    pub line: u64,
    /// The body of the request.
    pub request: Vec<u8>,
    /// SHA-256 of the body.
    pub sha256: String,
    /// Its time limit.
    pub timeout: Duration,
}

/// A line that is an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    prompt: String,
    model: Option<String>,
    system: Option<String>,
    system_mode: Option<String>,
    effort: Option<String>,
    #[serde(default)]
    files: Vec<String>,
    timeout_secs: Option<u64>,
}

/// The input, which is read twice: first to check every line, then to send them. The lines are never all
/// in memory.
#[derive(Debug)]
pub struct Input {
    file: File,
    defaults: Defaults,
}

impl Input {
    /// Opens a file, or stdin for `-`. An input that can be read only once, such as a pipe, is first copied
    /// to an unnamed temporary file.
    ///
    /// # Errors
    /// A usage failure if it cannot be read.
    pub fn open(path: &Path, defaults: Defaults) -> Result<Input, Failure> {
        let shown = path.display();
        let unreadable = |error| Failure::usage(format!("cannot read {shown}: {error}"));
        if path.as_os_str() == "-" {
            let file = spooled(&mut Stdin).map_err(|error| {
                Failure::usage(format!("cannot copy stdin to a temporary file: {error}"))
            })?;
            return Ok(Input { file, defaults });
        }
        let mut file = File::open(path).map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            file = spooled(&mut file).map_err(unreadable)?;
        }
        Ok(Input { file, defaults })
    }

    /// Checks every line, and calls `seen` for each one that can be sent. Returns how many there are.
    ///
    /// # Errors
    /// A usage failure that lists the lines that cannot be sent, or the error of `seen`.
    pub fn look(&self, mut seen: impl FnMut(&Job) -> Result<(), Failure>) -> Result<u64, Failure> {
        let (mut count, mut bad, mut bad_count) = (0, Vec::new(), 0);
        for job in self.jobs()? {
            match job {
                Ok(job) => {
                    count += 1;
                    if bad.is_empty() {
                        seen(&job)?;
                    }
                }
                Err(BadLine::Unreadable(why)) => {
                    return Err(Failure::usage(format!("{why}; nothing was sent")));
                }
                Err(why) => {
                    bad_count += 1;
                    if bad.len() < NAMED {
                        bad.push(why.to_string());
                    }
                }
            }
        }
        if bad.is_empty() {
            return Ok(count);
        }
        if bad_count > NAMED {
            bad.push(format!("and {} more", bad_count - NAMED));
        }
        let hint = "A line is a prompt as a JSON string, or an object such as \
                    {\"prompt\":\"…\",\"model\":\"opus\"}; nothing was sent";
        Err(Failure::usage(bad.join("\n")).with_hint(hint))
    }

    /// Reads the jobs from the first line on, one at a time.
    ///
    /// # Errors
    /// When the file cannot be read again.
    pub fn jobs(&self) -> Result<Jobs<'_>, Failure> {
        let mut file = &self.file;
        let begin = file.seek(SeekFrom::Start(0));
        begin.map_err(|error| Failure::usage(format!("cannot read the input: {error}")))?;
        Ok(Jobs {
            lines: Lines::new(file, LONGEST),
            defaults: &self.defaults,
        })
    }
}

/// Copies an input that can be read only once to an unnamed temporary file.
fn spooled(source: &mut impl Read) -> io::Result<File> {
    let folder = std::env::temp_dir();
    let name = format!("trefoil-batch-{:032x}", unique().map_err(io::Error::other)?);
    let path = folder.join(name);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    // No other process can open it now, and it is gone when this process ends.
    std::fs::remove_file(&path)?;
    io::copy(source, &mut file)?;
    Ok(file)
}

/// Why a line is no [`Job`].
#[derive(Debug, thiserror::Error)]
pub enum BadLine {
    /// The input ends here.
    #[error("{0}")]
    Unreadable(#[from] LineError),
    /// It cannot be sent.
    #[error("line {0}: {1}")]
    Unsound(u64, String),
}

/// The jobs of an input, one at a time.
#[derive(Debug)]
pub struct Jobs<'a> {
    lines: Lines<&'a File>,
    defaults: &'a Defaults,
}

impl Iterator for Jobs<'_> {
    type Item = Result<Job, BadLine>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.lines.next_line() {
            Ok(line) => line?,
            Err(error) => return Some(Err(error.into())),
        };
        let job = job(line.number, line.bytes, self.defaults);
        Some(job.map_err(|why| BadLine::Unsound(line.number, why)))
    }
}

fn job(line: u64, bytes: &[u8], defaults: &Defaults) -> Result<Job, String> {
    let fields = match serde_json::from_slice(bytes) {
        Ok(Value::String(prompt)) => Fields {
            prompt,
            model: None,
            system: None,
            system_mode: None,
            effort: None,
            files: Vec::new(),
            timeout_secs: None,
        },
        Ok(value @ Value::Object(_)) => {
            serde_json::from_value(value).map_err(|error| error.to_string())?
        }
        Ok(_) => return Err("it is neither a string nor an object".to_owned()),
        Err(error) => return Err(format!("it is not JSON (column {})", error.column())),
    };
    if fields.prompt.trim().is_empty() {
        return Err("prompt: it is empty".to_owned());
    }
    if fields.prompt.contains('\0') {
        return Err("prompt: it has a NUL character in it".to_owned());
    }
    let files = fields.files.iter().map(|file| {
        let token: Result<FileToken, _> = file.parse();
        token.map_err(|why| format!("files: '{file}': {why}"))
    });
    let files: Vec<FileToken> = files.collect::<Result<_, _>>()?;
    let word = |name: &str, given: &Option<String>, words: &[&str]| match given {
        Some(word) if !words.contains(&word.as_str()) => {
            Err(format!("{name}: '{word}' is none of {}", words.join(", ")))
        }
        _ => Ok(()),
    };
    word("effort", &fields.effort, &EFFORTS)?;
    word("system_mode", &fields.system_mode, &["append", "replace"])?;
    let system = fields.system.as_ref().or(defaults.system.as_ref());
    let system_mode = fields
        .system_mode
        .as_ref()
        .or(defaults.system_mode.as_ref());
    if fields.system_mode.is_some() && system.is_none() {
        return Err("system_mode: there is no system prompt".to_owned());
    }
    let timeout_secs = fields.timeout_secs.or(defaults.timeout_secs);
    let timeout = timeout_secs.map_or(DEFAULT_LIMIT, Duration::from_secs);
    if !RUN_LIMITS.contains(&timeout) {
        let (least, most) = (RUN_LIMITS.start().as_secs(), RUN_LIMITS.end().as_secs());
        return Err(format!(
            "timeout_secs: it must be between {least} and {most}"
        ));
    }
    let request = json(&Run {
        prompt: &fields.prompt,
        model: fields.model.as_ref().unwrap_or(&defaults.model),
        system: system.map(String::as_str),
        system_mode: system.and(system_mode).map(String::as_str),
        effort: fields
            .effort
            .as_ref()
            .or(defaults.effort.as_ref())
            .map(String::as_str),
        files: &files,
        timeout_secs,
    });
    Ok(Job {
        line,
        sha256: sha256(request.as_bytes()),
        request: request.into_bytes(),
        timeout,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Defaults {
        Defaults {
            model: "sonnet".to_owned(),
            system: None,
            system_mode: None,
            effort: Some("low".to_owned()),
            timeout_secs: None,
        }
    }

    /// The jobs of this text.
    fn read(text: &[u8]) -> Result<Vec<Job>, Failure> {
        let file = spooled(&mut &text[..]).expect("a temporary file");
        let defaults = defaults();
        let input = Input { file, defaults };
        let count = input.look(|_| Ok(()))?;
        let jobs: Result<Vec<Job>, BadLine> = input.jobs()?.collect();
        let jobs = jobs.expect("they were looked at");
        assert_eq!(jobs.len() as u64, count);
        Ok(jobs)
    }

    #[test]
    fn a_line_is_a_prompt_or_the_fields_of_a_run() {
        let input = "\"one\"\n\n{\"prompt\":\"two\",\"model\":\"opus\",\"effort\":\"max\",\
                     \"files\":[\"ff_a\"],\"timeout_secs\":5}";
        let jobs = read(input.as_bytes()).expect("sound lines");
        let jobs: Vec<_> = jobs
            .iter()
            .map(|job| (job.line, String::from_utf8_lossy(&job.request).into_owned()))
            .collect();
        let one = r#"{"prompt":"one","model":"sonnet","effort":"low"}"#;
        let two =
            r#"{"prompt":"two","model":"opus","effort":"max","files":["ff_a"],"timeout_secs":5}"#;
        assert_eq!(jobs, [(1, one.to_owned()), (3, two.to_owned())]);
        assert_eq!(read(b"").expect("no lines").len(), 0);
    }

    #[test]
    fn bad_lines_are_all_named() {
        for (line, why) in [
            ("one", "line 1: it is not JSON"),
            ("7", "line 1: it is neither"),
            ("[]", "line 1: it is neither"),
            ("\" \"", "line 1: prompt: it is empty"),
            ("\"a\\u0000\"", "line 1: prompt: it has a NUL"),
            ("{}", "line 1: missing field `prompt`"),
            (r#"{"prompt":7}"#, "line 1: invalid type"),
            (
                r#"{"prompt":"x","promt":"y"}"#,
                "line 1: unknown field `promt`",
            ),
            (
                r#"{"prompt":"x","effort":"some"}"#,
                "line 1: effort: 'some'",
            ),
            (
                r#"{"prompt":"x","system_mode":"append"}"#,
                "line 1: system_mode: there",
            ),
            (
                r#"{"prompt":"x","files":["a.png"]}"#,
                "line 1: files: 'a.png'",
            ),
            (
                r#"{"prompt":"x","timeout_secs":4}"#,
                "line 1: timeout_secs:",
            ),
        ] {
            let failure = read(line.as_bytes()).expect_err(line);
            let message = failure.message();
            assert!(message.starts_with(why), "{line}: {message}");
        }
        let many = "7\n".repeat(30);
        let message = read(many.as_bytes()).expect_err("30 bad lines").message();
        assert_eq!(message.lines().count(), NAMED + 1);
        assert!(message.ends_with("and 10 more"), "{message}");
    }
}
