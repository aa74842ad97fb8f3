//! `session turn`: sends a prompt in a session and prints the answer.

use std::path::PathBuf;

use serde_json::Value;

use super::super::checks::CheckArgs;
use super::super::connection::AppArgs;
use super::super::files::FilesArgs;
use super::super::paid::{Paid, PaidArgs};
use super::super::prompt::prompt;
use super::events::EventsFile;
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::forge::api::large::Field;
use crate::forge::api::names::{FileToken, SessionId};
use crate::forge::api::reply::{judge_turn, text_of, value_of};
use crate::forge::api::route::{Route, Turn, json};
use crate::forge::client::{Client, block_on};
use crate::forge::cmd::complete;
use crate::forge::ledger::{Begin, now_micros};
use crate::ids::sha256;
use crate::outcome::Outcome;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil forge session turn sess_abc 'Read README.md and summarize it'
  git diff | trefoil forge session turn sess_abc - -r
  trefoil forge session turn sess_abc @next.md --timeout 10m
  trefoil forge session turn sess_abc 'look at this' -f photo.png
  trefoil forge session turn sess_abc 'go on' --stream    the text as it comes
  trefoil forge session turn sess_abc 'go on' --events events.ndjson
  trefoil forge session turn sess_abc 'as JSON' --expect .bugs --jq .ok
  trefoil forge session turn sess_abc 'go on' --dry-run   as a curl command";

/// What may be typed after `turn`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct TurnArgs {
    /// The session
    #[arg(add = complete::sessions())]
    id: SessionId,

    /// The prompt; - reads stdin, @FILE a file, @@ begins a prompt with @
    prompt: String,

    #[command(flatten)]
    files: FilesArgs,

    /// Write the turn's events to this file, one JSON line each
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,

    #[command(flatten)]
    paid: PaidArgs,

    #[command(flatten)]
    checks: CheckArgs,

    #[command(flatten)]
    app: AppArgs,
}

impl TurnArgs {
    /// Sends the prompt and prints the reply.
    ///
    /// # Errors
    /// See [`Paid::send`]; [`Kind::Negative`](crate::error::Kind::Negative) when a check fails;
    /// [`Kind::Partial`](crate::error::Kind::Partial) when the events cannot be written.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let mut checks = self.checks.compile()?;
        let files = self.files.check()?;
        if files.take_stdin() && self.prompt == "-" {
            return Err(Failure::usage(
                "stdin can be a file or what is said of it, not both",
            ));
        }
        let prompt = prompt(&self.prompt)?;
        if self.paid.dry_run {
            let body = |tokens: &[FileToken]| json(&turn(&prompt, tokens, &self.paid));
            let route = Route::Turn(self.id);
            return self
                .paid
                .print_dry_run(terminal, &self.app.connection, &files, &route, body);
        }
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        let events = match &self.events {
            Some(path) => Some(EventsFile::open(path)?),
            None => None,
        };
        let sent = block_on(async {
            let tokens = files.upload(&client, &terminal.console).await?;
            let request = turn(&prompt, &tokens, &self.paid);
            let paid = paid(&client, &self.id, &request, &self.paid)?;
            paid.send(&mut terminal).await
        })?;
        let kept = match events {
            Some(file) => file.keep(&match &sent {
                Ok(answer) => answer.body.to_json(),
                Err(failure) => reply_of(failure),
            }),
            None => Ok(()),
        };
        let mut text = String::new();
        let checked = sent.and_then(|answer| {
            text = text_of(&answer.body);
            answer.check(
                &mut checks,
                Field::Value(&value_of(&text)),
                &terminal.console,
            )?;
            Ok(answer)
        });
        let answer = checked.inspect_err(|_| {
            if let Err(unkept) = &kept {
                terminal.console.trouble(unkept);
            }
        })?;
        let mut report = answer.report(&mut terminal);
        answer.print(&mut report, Field::Value(&Value::String(text)));
        report.finish(kept.map_err(|unkept| unkept.with_outcome(Outcome::Done)))
    }
}

/// The reply in a failure.
fn reply_of(failure: &Failure) -> Value {
    let detail = failure.detail.as_deref();
    detail
        .and_then(|detail| detail.body.clone())
        .unwrap_or(Value::Null)
}

/// The body of a turn.
pub fn turn<'a>(prompt: &'a str, files: &'a [FileToken], args: &PaidArgs) -> Turn<'a> {
    Turn {
        prompt,
        files,
        timeout_secs: args.timeout_secs(),
    }
}

/// A turn, ready to be sent.
///
/// # Errors
/// When the directory for the ledger is not known.
pub fn paid<'a>(
    client: &'a Client,
    id: &SessionId,
    request: &Turn,
    args: &PaidArgs,
) -> Result<Paid<'a>, Failure> {
    let begin = Begin {
        started: now_micros(),
        kind: "turn".to_owned(),
        url: client.base().to_string(),
        session: Some(id.to_string()),
        model: None,
        prompt_sha256: sha256(request.prompt.as_bytes()),
        prompt_bytes: request.prompt.len() as u64,
        files: request.files.len() as u64,
        timeout_secs: args.longest_secs(),
        key: None,
    };
    Ok(Paid {
        client,
        route: Route::Turn(id.clone()),
        request: json(request).into_bytes(),
        who: id.to_string(),
        limit: args.http_limit(),
        ledger: args.ledger()?.map(|ledger| (ledger, begin)),
        judge: judge_turn,
        stream: args.stream,
    })
}
