//! Reads a line that is typed on a terminal. Takes a prompt; gives the text, or that Ctrl-C or
//! Ctrl-D was pressed.
//!
//! Only this file uses rustyline. Its editor blocks, so it runs on a thread of its own, and the
//! caller waits for the text and for signals at the same time. When the caller stops waiting, the
//! thread still waits for the line and holds the terminal in raw mode; [`Editor::restore`] restores
//! the terminal's modes. (Of rustyline's features, `buffer-redux` keeps what is typed ahead, and
//! `signal-hook` leaves SIGINT to the program.)

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write, stdin};
use std::os::fd::AsFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Behavior, Cmd, ConditionalEventHandler, Config, Event, EventContext, EventHandler, Helper,
    KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::error::{Failure, Kind};

/// How many lines the history keeps.
const HISTORY_SIZE: usize = 1_000;

/// Turns off bracketed paste, which rustyline turns on for every line.
const END_BRACKETED_PASTE: &[u8] = b"\x1b[?2004l";

/// The result of asking for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A text, perhaps of several lines.
    Text(String),
    /// Ctrl-C, which discards the line.
    Cancelled {
        /// Whether the line was empty.
        empty: bool,
    },
    /// Ctrl-D, or the terminal is gone.
    End,
}

/// Asks for lines on the terminal.
#[derive(Debug)]
pub struct Editor {
    prompts: mpsc::Sender<String>,
    answers: UnboundedReceiver<Result<Answer, Failure>>,
    /// The terminal and its modes before the editor changed them.
    found: Option<(File, Termios)>,
    /// Whether the editor's thread is reading a line.
    asking: bool,
    trouble: Option<String>,
}

#[derive(Debug)]
struct Answer {
    typed: Typed,
    /// Why the line is not stored in the history.
    trouble: Option<String>,
}

impl Editor {
    /// An editor. `history` is the file of its history, if there is one; only its owner can read
    /// it. When Enter is pressed, `complete` decides whether the text ends or another line begins.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn open(history: Option<PathBuf>, complete: fn(&str) -> bool) -> Result<Editor, Failure> {
        let empty = Arc::new(AtomicBool::new(true));
        let editor = editor(&empty, complete).map_err(|error| unreadable(&error))?;
        let (prompts, asked) = mpsc::channel();
        let (answer, answers) = unbounded_channel();
        thread::spawn(move || answer_prompts(editor, history.as_deref(), &empty, &asked, &answer));
        Ok(Editor {
            prompts,
            answers,
            found: found(),
            asking: false,
            trouble: None,
        })
    }

    /// Asks for a line. A caller that drops the future must call [`restore`](Self::restore).
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub async fn line(&mut self, prompt: &str) -> Result<Typed, Failure> {
        self.asking = true;
        // It cannot fail: the thread ends only when this editor is dropped.
        let _ = self.prompts.send(prompt.to_owned());
        let answer = self.answers.recv().await;
        self.asking = false;
        match answer {
            None => Ok(Typed::End),
            Some(answer) => {
                let Answer { typed, trouble } = answer?;
                self.trouble = self.trouble.take().or(trouble);
                Ok(typed)
            }
        }
    }

    /// Why lines are not stored in the history, if that failed. Each failure is returned once.
    pub fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Restores the terminal's modes if the caller stopped waiting for a line.
    pub fn restore(&mut self) {
        let asking = std::mem::replace(&mut self.asking, false);
        if let (true, Some((terminal, modes))) = (asking, &self.found) {
            // Errors are ignored: a terminal that is gone need not be restored.
            let _ = tcsetattr(terminal, OptionalActions::Now, modes);
            let _ = (&*terminal).write_all(END_BRACKETED_PASTE);
            let _ = (&*terminal).write_all(b"\r\n");
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.restore();
    }
}

/// The terminal that rustyline uses: the one of this session, even if stdin is redirected.
fn found() -> Option<(File, Termios)> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
    let terminal = terminal.or_else(|_| stdin().as_fd().try_clone_to_owned().map(File::from));
    let terminal = terminal.ok()?;
    let modes = tcgetattr(&terminal).ok()?;
    Some((terminal, modes))
}

type Rustyline = rustyline::Editor<Enter, DefaultHistory>;

fn editor(empty: &Arc<AtomicBool>, complete: fn(&str) -> bool) -> Result<Rustyline, ReadlineError> {
    let config = Config::builder()
        .max_history_size(HISTORY_SIZE)?
        .history_ignore_space(true)
        .behavior(Behavior::PreferTerm)
        .build();
    let mut editor = Rustyline::with_config(config)?;
    editor.set_helper(Some(Enter { complete }));
    let note_empty = EventHandler::Conditional(Box::new(NoteEmptyLine(Arc::clone(empty))));
    editor.bind_sequence(KeyEvent::ctrl('C'), note_empty);
    let alt_enter = KeyEvent(KeyCode::Enter, Modifiers::ALT);
    editor.bind_sequence(alt_enter, Cmd::Newline);
    Ok(editor)
}

/// The editor's thread: reads a line for each prompt, until the editor is dropped.
fn answer_prompts(
    mut editor: Rustyline,
    history: Option<&Path>,
    empty: &AtomicBool,
    asked: &mpsc::Receiver<String>,
    answer: &UnboundedSender<Result<Answer, Failure>>,
) {
    if let Some(path) = history {
        // The file may not exist yet. If it cannot be read, storing the first line reports why.
        let _ = editor.load_history(path);
    }
    while let Ok(prompt) = asked.recv() {
        let mut trouble = None;
        let typed = loop {
            match editor.readline(&prompt) {
                Ok(text) => {
                    if !text.trim().is_empty() {
                        trouble = remember(&mut editor, &text, history).err();
                    }
                    break Ok(Typed::Text(text));
                }
                Err(ReadlineError::Interrupted) => {
                    let empty = empty.load(Ordering::Relaxed);
                    break Ok(Typed::Cancelled { empty });
                }
                Err(ReadlineError::Eof) => break Ok(Typed::End),
                // The terminal has another size.
                Err(ReadlineError::Signal(_)) => {}
                Err(error) => break Err(unreadable(&error)),
            }
        };
        let trouble = trouble.map(|error| error.to_string());
        if answer
            .send(typed.map(|typed| Answer { typed, trouble }))
            .is_err()
        {
            return;
        }
    }
}

/// Adds a line to the history, and to its file if there is one.
fn remember(
    editor: &mut Rustyline,
    text: &str,
    history: Option<&Path>,
) -> Result<(), ReadlineError> {
    editor.add_history_entry(text)?;
    let Some(path) = history else {
        return Ok(());
    };
    if let Some(directory) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(ReadlineError::Io)?;
    }
    // rustyline makes the file 0600.
    editor.append_history(path)
}

fn unreadable(error: &ReadlineError) -> Failure {
    let why = match error {
        ReadlineError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it is gone".to_owned()
        }
        error => error.to_string(),
    };
    Failure::new(Kind::Usage, format!("cannot read from the terminal: {why}"))
}

/// Decides whether Enter ends a text.
struct Enter {
    complete: fn(&str) -> bool,
}

impl Validator for Enter {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if (self.complete)(context.input()) {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}

impl Completer for Enter {
    type Candidate = String;
}

impl Hinter for Enter {
    type Hint = String;
}

impl Highlighter for Enter {}

impl Helper for Enter {}

/// Stores, when Ctrl-C is pressed, whether the line is empty.
struct NoteEmptyLine(Arc<AtomicBool>);

impl ConditionalEventHandler for NoteEmptyLine {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        self.0.store(context.line().is_empty(), Ordering::Relaxed);
        None
    }
}
