//! `run`: sends a prompt and prints the model's answer.

use serde_json::Value;

use super::checks::CheckArgs;
use super::connection::AppArgs;
use super::files::FilesArgs;
use super::paid::{Paid, PaidArgs};
use super::prompt::{prompt, text};
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::forge::api::large::Field;
use crate::forge::api::names::FileToken;
use crate::forge::api::reply::judge_run;
use crate::forge::api::route::{Route, Run, json};
use crate::forge::client::block_on;
use crate::forge::ledger::{Begin, now_micros};
use crate::ids::sha256;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil forge run 'three words for rain'
  git diff | trefoil forge run - --system 'Write a commit message' -r
  trefoil forge run @prompt.md --model opus --timeout 10m
  trefoil forge run 'name this colour' -f photo.png --effort low
  trefoil forge run 'and its opposite' -f ff_8c1e         uploaded before
  trefoil forge run 'list the bugs as JSON' --schema bugs.json --jq .result
  trefoil forge run 'is it sound?' --expect '.sound' --fail-on-empty
  trefoil forge run 'a long story' --stream     the text as it comes
  trefoil forge run 'hello' --dry-run           as a curl command";

/// What may be typed after `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RunArgs {
    /// The prompt; - reads stdin, @FILE a file, @@ begins a prompt with @
    prompt: String,

    /// Run it by this model
    #[arg(long, value_name = "NAME", default_value = "sonnet")]
    model: String,

    /// Use this system prompt: a text, or @FILE
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,

    /// Append --system to the model's own system prompt, or replace that
    #[arg(long, value_name = "MODE", requires = "system", value_parser = ["append", "replace"])]
    system_mode: Option<String>,

    /// Let the model think this much: low, medium, high, xhigh or max
    #[arg(
        long,
        value_name = "LEVEL",
        hide_possible_values = true,
        value_parser = ["low", "medium", "high", "xhigh", "max"]
    )]
    effort: Option<String>,

    #[command(flatten)]
    files: FilesArgs,

    #[command(flatten)]
    paid: PaidArgs,

    #[command(flatten)]
    checks: CheckArgs,

    #[command(flatten)]
    app: AppArgs,
}

impl RunArgs {
    /// Sends the prompt and prints the reply.
    ///
    /// # Errors
    /// See [`Paid::send`]; [`Kind::Negative`](crate::error::Kind::Negative) when a check fails.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let mut checks = self.checks.compile()?;
        if self.prompt == "-" && self.system.as_deref() == Some("-") {
            return Err(Failure::usage(
                "stdin can be the prompt or --system, not both",
            ));
        }
        let files = self.files.check()?;
        if files.take_stdin() && (self.prompt == "-" || self.system.as_deref() == Some("-")) {
            return Err(Failure::usage(
                "stdin can be a file or what is said of it, not both",
            ));
        }
        let prompt = prompt(&self.prompt)?;
        let system = match &self.system {
            Some(given) => Some(text("system prompt", given)?),
            None => None,
        };
        let body = |files: &[FileToken]| {
            let request = Run {
                prompt: &prompt,
                model: &self.model,
                system: system.as_deref(),
                system_mode: self.system_mode.as_deref(),
                effort: self.effort.as_deref(),
                files,
                timeout_secs: self.paid.timeout_secs(),
            };
            json(&request)
        };
        if self.paid.dry_run {
            return self.paid.print_dry_run(
                terminal,
                &self.app.connection,
                &files,
                &Route::Run,
                body,
            );
        }
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        let ledger = self.paid.ledger()?;
        let answer = block_on(async {
            let tokens = files.upload(&client, &terminal.console).await?;
            let begin = Begin {
                started: now_micros(),
                kind: "run".to_owned(),
                url: client.base().to_string(),
                session: None,
                model: Some(self.model.clone()),
                prompt_sha256: sha256(prompt.as_bytes()),
                prompt_bytes: prompt.len() as u64,
                files: tokens.len() as u64,
                timeout_secs: self.paid.longest_secs(),
                key: None,
            };
            let paid = Paid {
                client: &client,
                route: Route::Run,
                request: body(&tokens).into_bytes(),
                who: format!("claude ({})", self.model),
                limit: self.paid.http_limit(),
                ledger: ledger.map(|ledger| (ledger, begin)),
                judge: judge_run,
                stream: self.paid.stream,
            };
            paid.send(&mut terminal).await
        })??;
        let nothing = Value::Null;
        let result = answer.body.part("result");
        let result = result.unwrap_or(Field::Value(&nothing));
        answer.check(&mut checks, result, &terminal.console)?;
        let mut report = answer.report(&mut terminal);
        answer.print(&mut report, result);
        report.finish(Ok(()))
    }
}
