//! A line that is typed on a terminal: a prompt enters, the text leaves, or that there is none.
//!
//! The only place that knows rustyline. Its editor blocks, so it has a thread of its own, which the
//! caller waits for beside signals. One that is no longer waited for still sits there and holds the
//! terminal in raw mode: [`Editor::restore`] gives it back. (Its features `buffer-redux` keeps what is
//! typed ahead, and `signal-hook` leaves SIGINT to who listens for it.)

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

/// How many lines are remembered.
const REMEMBERED: usize = 1_000;

/// Ends bracketed paste, which rustyline begins with every line.
const PASTE_OFF: &[u8] = b"\x1b[?2004l";

/// What came of asking for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A text, perhaps of several lines.
    Text(String),
    /// Ctrl-C, which takes the line away.
    Cancelled {
        /// Whether there was nothing to take away.
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
    /// The terminal and its modes as they were found.
    found: Option<(File, Termios)>,
    /// Whether the other thread is at it.
    asking: bool,
    trouble: Option<String>,
}

#[derive(Debug)]
struct Answer {
    typed: Typed,
    /// Why the line will not be remembered.
    trouble: Option<String>,
}

impl Editor {
    /// An editor, with its history in a file that only its owner reads, if there is one. A text is `complete` when
    /// Enter ends it; until then it begins another line.
    ///
    /// # Errors
    /// When there is no terminal to be had.
    pub fn open(history: Option<PathBuf>, complete: fn(&str) -> bool) -> Result<Editor, Failure> {
        let empty = Arc::new(AtomicBool::new(true));
        let editor = editor(&empty, complete).map_err(|error| unreadable(&error))?;
        let (prompts, asked) = mpsc::channel();
        let (answer, answers) = unbounded_channel();
        thread::spawn(move || serve(editor, history.as_deref(), &empty, &asked, &answer));
        Ok(Editor {
            prompts,
            answers,
            found: found(),
            asking: false,
            trouble: None,
        })
    }

    /// Asks for a line. When the future is dropped, [`restore`](Self::restore) is due.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub async fn line(&mut self, prompt: &str) -> Result<Typed, Failure> {
        self.asking = true;
        // The thread ends only when this side does.
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

    /// Why lines are not remembered, if something is wrong with the history; told once a failure.
    pub fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Gives the terminal back as it was found, if a line was given up.
    pub fn restore(&mut self) {
        let asking = std::mem::replace(&mut self.asking, false);
        if let (true, Some((terminal, modes))) = (asking, &self.found) {
            // A terminal that is gone needs nothing any more.
            let _ = tcsetattr(terminal, OptionalActions::Now, modes);
            let _ = (&*terminal).write_all(PASTE_OFF);
            let _ = (&*terminal).write_all(b"\r\n");
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.restore();
    }
}

/// The terminal that rustyline takes: the one of this session, whatever was redirected.
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
        .max_history_size(REMEMBERED)?
        .history_ignore_space(true)
        .behavior(Behavior::PreferTerm)
        .build();
    let mut editor = Rustyline::with_config(config)?;
    editor.set_helper(Some(Enter { complete }));
    let look = EventHandler::Conditional(Box::new(Look(Arc::clone(empty))));
    editor.bind_sequence(KeyEvent::ctrl('C'), look);
    let alt_enter = KeyEvent(KeyCode::Enter, Modifiers::ALT);
    editor.bind_sequence(alt_enter, Cmd::Newline);
    Ok(editor)
}

/// Asks whenever it is told to, until nobody wants to know any more.
fn serve(
    mut editor: Rustyline,
    history: Option<&Path>,
    empty: &AtomicBool,
    asked: &mpsc::Receiver<String>,
    answer: &UnboundedSender<Result<Answer, Failure>>,
) {
    if let Some(path) = history {
        // None yet, or none that can be read: the first line that is remembered will tell.
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

/// Remembers a line for as long as the editor is there, and in the history's file if there is one.
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

/// Says whether Enter ends a text.
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

/// Looks, at Ctrl-C, whether there is anything that it takes away.
struct Look(Arc<AtomicBool>);

impl ConditionalEventHandler for Look {
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
