//! `session chat`: a conversation on the terminal. Each input is one turn, whose text is printed.
//!
//! A session that this command opened is always closed: at `/quit`, Ctrl-D, Ctrl-C, a signal, an
//! error. A session that existed before stays open.

mod input;

use std::env;
use std::io::{IsTerminal, stdin};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use self::input::{COMMANDS, Input};
use super::open::{LIMIT, OpenArgs, close, open};
use super::show::{show, state};
use super::turn::{paid, turn};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::large::Field;
use crate::forge::api::names::{FileToken, SessionId};
use crate::forge::api::reply::{text_of, value_of};
use crate::forge::api::route::OpenSession;
use crate::forge::api::session::{SessionState, Standing};
use crate::forge::client::{Client, block_on};
use crate::forge::cmd::checks::{CheckArgs, Checks};
use crate::forge::cmd::complete;
use crate::forge::cmd::connection::AppArgs;
use crate::forge::cmd::files::upload_one;
use crate::forge::cmd::paid::{PaidArgs, run_timeout};
use crate::forge::ledger::Ledger;
use crate::outcome::Outcome;
use crate::term::{Editor, Interrupt, Terminal, Typed};
use crate::text::nearest::nearest;

/// The input of the chat, for `--help` and `/help`.
macro_rules! keys {
    () => {
        "  /file PATH    show this file with the next prompt
  /state        show the session's state
  /quit         end; so do Ctrl-D, and Ctrl-C on an empty line
  Ctrl-C        stop an answer, if the service can; again: no longer wait for it
  A line that ends with \\ goes on in the next, and Alt-Enter begins another;
  between two \"\"\" everything is as it is. // begins a prompt with /."
    };
}

const EXAMPLES: &str = concat!(
    "\
Examples:
  trefoil forge session chat
  trefoil forge session chat --agent codex
  trefoil forge session chat sess_abc           go on, and leave it open

At its prompt:
",
    keys!(),
    "

The last 1,000 prompts are remembered for the arrow keys, in
$XDG_STATE_HOME/trefoil/chat_history (0600); not those that begin with a space,
and none with --no-history."
);

/// The file of the history, beside the ledger.
const HISTORY: &str = "chat_history";

/// What may be typed after `chat`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ChatArgs {
    /// Continue this session, and leave it open
    #[arg(conflicts_with_all = ["agent", "model", "meta"], add = complete::sessions())]
    id: Option<SessionId>,

    #[command(flatten)]
    open: OpenArgs,

    /// Limit a turn to this time, 5s to 30m, a bare number is seconds; the reply
    /// may come 30 s later [default: 120s, or what the token may use]
    #[arg(long, value_name = "DURATION", value_parser = run_timeout)]
    timeout: Option<Duration>,

    /// Record nothing: no entries in the ledger, and no history
    #[arg(long)]
    no_ledger: bool,

    /// Do not store what is typed in the history
    #[arg(long)]
    no_history: bool,

    #[command(flatten)]
    app: AppArgs,
}

impl ChatArgs {
    /// Runs the chat.
    ///
    /// # Errors
    /// A usage failure without a terminal; [`Kind::Refused`] if the session is closed or gone;
    /// signals. A failed turn is reported, and the chat goes on.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        if !stdin().is_terminal() {
            return Err(
                Failure::usage("a chat needs a terminal to type at, and stdin is none")
                    .with_hint("For a prompt of a script: trefoil forge session turn ID PROMPT"),
            );
        }
        let meta = self.open.meta()?;
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        let is_kept = !(self.no_ledger || self.no_history);
        let ledger = Ledger::of_user().ok().filter(|_| is_kept);
        let history = ledger.map(|ledger| ledger.directory().join(HISTORY));
        let mut editor = Editor::open(history, input::is_complete)?;
        block_on(async {
            let mut signals = Interrupt::listen_to_all()?;
            let (console, agent) = (&terminal.console, &self.open.agent);
            let id = match &self.id {
                Some(id) => resume(&client, id, &terminal).await?,
                None => {
                    let meta = meta.as_ref();
                    let model = self.open.model.as_deref();
                    let request = OpenSession { agent, model, meta };
                    let id = open(&client, &request, &mut signals, console).await?.id;
                    console.note(format_args!(
                        "{id} · {agent} · /help says what can be typed, /quit ends"
                    ));
                    id
                }
            };
            let mut chat = Chat {
                client: &client,
                id,
                paid: PaidArgs {
                    timeout: self.timeout,
                    stream: true,
                    dry_run: false,
                    no_ledger: self.no_ledger,
                },
                checks: CheckArgs::default().compile()?,
                files: Vec::new(),
                turns: 0,
                unknown: 0,
                took: Duration::ZERO,
                over: false,
            };
            let end = chat.talk(&mut editor, &mut terminal, &mut signals).await;
            // The terminal's modes are restored before anything else is printed.
            editor.restore();
            let ending = match (&self.id, &end) {
                (Some(_), _) => "session left open",
                (None, Err(failure)) if is_over(failure) => "session over",
                (None, _) => {
                    if close(&client, &chat.id, &mut signals, &terminal.console).await {
                        "session closed"
                    } else {
                        "session perhaps open"
                    }
                }
            };
            terminal.console.note(chat.account(ending));
            end.and_then(|()| chat.known())?;
            terminal.printer.finish()
        })?
    }
}

/// Checks the session of `--session` before the chat continues it.
async fn resume(
    client: &Client,
    id: &SessionId,
    terminal: &Terminal,
) -> Result<SessionId, Failure> {
    let body = state(client, id, LIMIT).await?.to_json();
    let state = SessionState(&body);
    if state.standing() == Standing::Closed {
        return Err(
            Failure::new(Kind::Refused, format!("the session {id} is closed"))
                .with_hint("Open another one with: trefoil forge session chat"),
        );
    }
    let turns = match state.turns() {
        Some(1) => " · 1 turn so far".to_owned(),
        Some(turns) => format!(" · {turns} turns so far"),
        None => String::new(),
    };
    terminal.console.note(format_args!(
        "{id}{turns} · /help says what can be typed, /quit leaves it open"
    ));
    Ok(id.clone())
}

/// Whether the failure means that the session does not exist any more.
fn is_over(failure: &Failure) -> bool {
    let status = failure.detail.as_ref().and_then(|detail| detail.status);
    matches!(status, Some(404 | 410))
}

/// A running chat.
struct Chat<'a> {
    client: &'a Client,
    id: SessionId,
    paid: PaidArgs,
    /// The check of every answer: it must not be empty.
    checks: Checks,
    /// The files for the next prompt.
    files: Vec<FileToken>,
    turns: u64,
    /// How many turns have an unknown outcome.
    unknown: u64,
    took: Duration,
    /// Whether a signal has ended it.
    over: bool,
}

impl Chat<'_> {
    /// Reads inputs and runs them until the chat ends.
    async fn talk(
        &mut self,
        editor: &mut Editor,
        terminal: &mut Terminal,
        signals: &mut Interrupt,
    ) -> Result<(), Failure> {
        loop {
            let prompt = match self.files.len() {
                0 => "> ".to_owned(),
                1 => "(1 file) > ".to_owned(),
                files => format!("({files} files) > "),
            };
            let typed = tokio::select! {
                typed = editor.line(&prompt) => typed?,
                kind = signals.wait() => return Err(Failure::signal(kind)),
            };
            if let Some(trouble) = editor.trouble() {
                let console = &terminal.console;
                console.warn(format_args!("what is typed is not remembered: {trouble}"));
            }
            let text = match typed {
                Typed::Text(text) => text,
                Typed::Cancelled { empty: false } => continue,
                Typed::Cancelled { empty: true } | Typed::End => return Ok(()),
            };
            let done = match input::read(&text) {
                Input::Nothing => continue,
                Input::Quit => return Ok(()),
                Input::Prompt(prompt) => self.say(&prompt, terminal, signals).await,
                Input::File(path) => self.attach(&path, terminal, signals).await,
                Input::State => self.show(terminal, signals).await,
                Input::Help => {
                    for line in keys!().lines() {
                        terminal.console.note(line);
                    }
                    Ok(())
                }
                Input::Unknown(command) => Err(unknown(&command)),
            };
            if let Err(failure) = done {
                if self.over || is_over(&failure) || failure.ends_for_user() {
                    return Err(failure);
                }
                terminal.console.trouble(&failure);
            }
        }
    }

    /// Runs one turn. Ctrl-C cancels the turn but not the chat; other signals end both.
    async fn say(
        &mut self,
        prompt: &str,
        terminal: &mut Terminal,
        signals: &mut Interrupt,
    ) -> Result<(), Failure> {
        let request = turn(prompt, &self.files, &self.paid);
        let paid = paid(self.client, &self.id, &request, &self.paid)?;
        let mut by = None;
        let sent = paid
            .send_until(terminal, async || *by.insert(signals.wait().await))
            .await;
        if let Err(failure) = &sent
            && failure.outcome() == Some(Outcome::Unknown)
        {
            self.unknown += 1;
        }
        let answer = match (sent, by) {
            (Ok(answer), _) => answer,
            (Err(failure), Some(Kind::Interrupted)) => {
                terminal.console.trouble(&failure);
                return Ok(());
            }
            (Err(failure), by) => {
                self.over |= by.is_some();
                return Err(failure);
            }
        };
        self.files.clear();
        self.turns += 1;
        self.took += answer.elapsed;
        let text = text_of(&answer.body);
        answer.check(
            &mut self.checks,
            Field::Value(&value_of(&text)),
            &terminal.console,
        )?;
        let mut report = answer.report(terminal).command_continues();
        answer.print(&mut report, Field::Value(&Value::String(text)));
        report.finish(Ok(()))
    }

    /// Uploads a file for the next prompt, unless it is a token.
    async fn attach(
        &mut self,
        given: &str,
        terminal: &Terminal,
        signals: &mut Interrupt,
    ) -> Result<(), Failure> {
        let console = &terminal.console;
        let token = match given {
            "" | "-" => return Err(Failure::usage("/file: which one? Such as /file photo.png")),
            token if token.starts_with(FileToken::PREFIX) => token
                .parse()
                .map_err(|why| Failure::usage(format!("'{token}': {why}")))?,
            path => {
                let path = at_home(path);
                tokio::select! {
                token = upload_one(self.client, console, &path) => token?,
                kind = signals.wait() => {
                    self.over |= kind != Kind::Interrupted;
                    return Err(if self.over {
                        Failure::signal(kind)
                    } else {
                        Failure::new(Kind::Partial, "interrupted: it was not uploaded")
                    });
                }
                }
            }
        };
        self.files.push(token);
        Ok(())
    }

    async fn show(&self, terminal: &mut Terminal, signals: &mut Interrupt) -> Result<(), Failure> {
        let body = tokio::select! {
            body = state(self.client, &self.id, LIMIT) => body?,
            kind = signals.wait() => match kind {
                Kind::Interrupted => return Ok(()),
                kind => return Err(Failure::signal(kind)),
            },
        };
        show(&body, &mut terminal.printer)?;
        terminal.printer.flush()
    }

    /// A summary in one line: `3 turns · 12.4 s · session closed`.
    fn account(&self, ending: &str) -> String {
        let turns = match self.turns {
            1 => "1 turn".to_owned(),
            turns => format!("{turns} turns"),
        };
        let unknown = match self.unknown {
            0 => String::new(),
            unknown => format!(", {unknown} of unknown outcome"),
        };
        let took = self.took.as_secs_f64();
        format!("{turns}{unknown} · {took:.1} s · {ending}")
    }

    /// Whether the outcome of every turn is known.
    fn known(&self) -> Result<(), Failure> {
        let what = match self.unknown {
            0 => return Ok(()),
            1 => "a turn is".to_owned(),
            unknown => format!("{unknown} turns are"),
        };
        let why = format!("{what} of unknown outcome and may be charged");
        let failure = Failure::new(Kind::Partial, why).with_outcome(Outcome::Unknown);
        Err(if self.paid.no_ledger {
            failure
        } else {
            failure.with_hint("Ask the service: trefoil forge ledger settle")
        })
    }
}

/// Expands `~` in a path, because no shell has done it.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}

fn unknown(command: &str) -> Failure {
    let failure = Failure::usage(format!("there is no {command} here; it was not sent"));
    let meant = nearest(command, &COMMANDS);
    failure.with_hint(match meant {
        Some(meant) => format!("did you mean {meant}?"),
        None => "/help says what there is; // begins a prompt with /".to_owned(),
    })
}
