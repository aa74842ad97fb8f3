//! `token`: manages the tokens that `serve --tokens` accepts.

pub mod file;

use std::time::Duration;

use serde::Serialize;

use crate::clasp::client::clock::now_micros;
use crate::clasp::note_wildcards;
use crate::clasp::router::auth::{Record, Scope, hash, mint, unguessable};
use crate::error::{Failure, Kind};
use crate::term::{Cells, Column, Row, Terminal};
use crate::text::duration::{InWords, duration};
use file::TokensArgs;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp token create --scope 'read:/**' --scope 'write:/lights/**'
  trefoil clasp token create --scope 'admin:/**' --expires 7d --jq .token -r
  trefoil clasp token list
  trefoil clasp token revoke 3f9a61c0d2e4b875
  trefoil clasp serve --tokens ~/.config/trefoil/clasp-tokens.json";

const LIST_EXAMPLES: &str = "\
Examples:
  trefoil clasp token list
  trefoil clasp token list --jq '.[] | select(.expired) | .id' -r";

const SHOW_EXAMPLES: &str = "\
Examples:
  trefoil clasp token show 3f9a61c0d2e4b875
  trefoil clasp token show 3f9a --jq .scopes";

const REVOKE_EXAMPLES: &str = "\
Examples:
  trefoil clasp token revoke 3f9a61c0d2e4b875
  trefoil clasp token revoke 3f9a --tokens /etc/clasp/tokens.json";

const PRUNE_EXAMPLES: &str = "\
Examples:
  trefoil clasp token prune
  trefoil clasp token prune --tokens /etc/clasp/tokens.json";

/// The arguments of `token`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct TokenGroup {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a token and print it, once
    Create(CreateArgs),
    /// List the tokens
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArgs),
    /// Show one token's scopes and times
    #[command(after_help = SHOW_EXAMPLES)]
    Show(OneArgs),
    /// Remove a token; its sessions end
    #[command(after_help = REVOKE_EXAMPLES)]
    Revoke(OneArgs),
    /// Remove the tokens that have expired
    #[command(after_help = PRUNE_EXAMPLES)]
    Prune(ListArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trefoil clasp token create --scope 'read:/**'
  trefoil clasp token create --scope 'write:/a/**' --subject desk --expires 8h")]
struct CreateArgs {
    /// Allow this: read, write or admin, a colon, and a pattern; may be repeated.
    /// write includes read, admin both
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<Scope>,

    /// Let the token expire after this long [default: never]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    expires: Option<Duration>,

    /// Note whose it is
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,

    #[command(flatten)]
    tokens: TokensArgs,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    tokens: TokensArgs,
}

#[derive(Debug, clap::Args)]
struct OneArgs {
    /// The token's id, or a unique beginning of it
    id: String,

    #[command(flatten)]
    tokens: TokensArgs,
}

/// A token as it is listed.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    scopes: Vec<Scope>,
    subject: Option<String>,
    created: u64,
    expires: Option<u64>,
    expired: bool,
}

/// A new token: the only time that it is printed.
#[derive(Debug, Serialize)]
struct Created {
    id: String,
    token: String,
    scopes: Vec<Scope>,
    subject: Option<String>,
    expires: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Removed {
    removed: Vec<String>,
}

impl Shown {
    fn of(record: &Record, now: u64) -> Shown {
        Shown {
            id: record.id.clone(),
            scopes: record.scopes.clone(),
            subject: record.subject.clone(),
            created: record.created,
            expires: record.expires,
            expired: record.is_expired(now),
        }
    }

    fn until(&self) -> String {
        match self.expires {
            None => "never".into(),
            Some(_) if self.expired => "expired".into(),
            Some(at) => {
                let left = Duration::from_micros(at.saturating_sub(now_micros()));
                format!("in {}", InWords(Duration::from_secs(left.as_secs())))
            }
        }
    }
}

impl Row for Shown {
    const COLUMNS: &'static [Column] = &[
        Column::left("ID"),
        Column::left("SCOPES"),
        Column::left("EXPIRES"),
        Column::left("SUBJECT"),
    ];

    fn cells(&self, cells: &mut Cells) {
        cells.plain(&self.id).address(joined(&self.scopes));
        if self.expired {
            cells.bad(self.until())
        } else {
            cells.plain(self.until())
        };
        cells.plain(self.subject.as_deref().unwrap_or_default());
    }
}

fn joined(scopes: &[Scope]) -> String {
    let scopes: Vec<String> = scopes.iter().map(Scope::to_string).collect();
    scopes.join(" ")
}

impl TokenGroup {
    /// Runs the verb.
    ///
    /// # Errors
    /// A file that cannot be used, an unknown token.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Create(args) => return args.run(terminal),
            Verb::List(args) => {
                let records = args.tokens.file()?.read()?;
                let now = now_micros();
                let shown: Vec<Shown> = records.iter().map(|r| Shown::of(r, now)).collect();
                terminal.printer.list(&shown)?;
            }
            Verb::Show(args) => {
                let records = args.tokens.file()?.read()?;
                let record = &records[find(&records, &args.id)?];
                let shown = Shown::of(record, now_micros());
                terminal.printer.document(&shown, |words| {
                    words.plain(&shown.id).end_line();
                    words
                        .dim("  scopes   ")
                        .address(joined(&shown.scopes))
                        .end_line();
                    words.dim("  expires  ").plain(shown.until());
                    if let Some(subject) = &shown.subject {
                        words.end_line().dim("  subject  ").plain(subject);
                    }
                })?;
            }
            Verb::Revoke(args) => {
                let file = args.tokens.file()?;
                // Checked first, so that a wrong id does not create the file.
                find(&file.read()?, &args.id)?;
                let id = file.change(|records| {
                    let place = find(records, &args.id)?;
                    Ok(records.remove(place).id)
                })?;
                return print_removed(terminal, vec![id]);
            }
            Verb::Prune(args) => {
                let file = args.tokens.file()?;
                file.read()?;
                let now = now_micros();
                let removed = file.change(|records| {
                    let gone = records.extract_if(.., |record| record.is_expired(now));
                    Ok(gone.map(|record| record.id).collect())
                })?;
                return print_removed(terminal, removed);
            }
        }
        terminal.printer.finish()
    }
}

impl CreateArgs {
    fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        // A scope is ACTION:PATTERN.
        let scopes: Vec<String> = self.scopes.iter().map(Scope::to_string).collect();
        let patterns = scopes.iter().filter_map(|scope| scope.split_once(':'));
        note_wildcards(&terminal.console, patterns.map(|(_, pattern)| pattern));
        let token = mint()?;
        let created = now_micros();
        let expires = self.expires.map(|after| created + after.as_micros() as u64);
        let record = Record {
            id: unguessable()?,
            hash: hash(&token),
            scopes: self.scopes,
            subject: self.subject,
            created,
            expires,
        };
        self.tokens.file()?.change(|records| {
            records.push(record.clone());
            Ok(())
        })?;
        let made = Created {
            id: record.id,
            token,
            scopes: record.scopes,
            subject: record.subject,
            expires,
        };
        // The token cannot be shown again, so failing to print it matters.
        let report = terminal.report(format_args!("the token {} is made", made.id));
        let mut report = report.essential().or_else(|| {
            format!(
                "The token is lost: trefoil clasp token revoke {}, and create another",
                made.id
            )
        });
        report.print(|printer| {
            printer.document(&made, |words| {
                words.plain(&made.token);
                words
                    .dim("     shown once, the file keeps only a hash")
                    .end_line();
                words.plain(format_args!("  id {} · {}", made.id, joined(&made.scopes)));
            })
        });
        report.finish(Ok(()))
    }
}

fn print_removed(mut terminal: Terminal, removed: Vec<String>) -> Result<(), Failure> {
    let removed = Removed { removed };
    let mut report = terminal.report(match removed.removed.as_slice() {
        [] => "no token has expired".to_owned(),
        ids => format!("removed {}", ids.join(", ")),
    });
    report.print(|printer| {
        printer.document(&removed, |words| {
            match removed.removed.as_slice() {
                [] => words.plain("no token has expired"),
                ids => words.plain(format_args!("removed {}", ids.join(", "))),
            };
        })
    });
    report.finish(Ok(()))
}

/// The index of the token with this id or unique beginning of an id.
fn find(records: &[Record], id: &str) -> Result<usize, Failure> {
    let found: Vec<usize> = (0..records.len())
        .filter(|&place| !id.is_empty() && records[place].id.starts_with(id))
        .collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::new(Kind::Negative, format!("no token '{id}'"))
            .with_hint("trefoil clasp token list shows them all")),
        many => Err(Failure::usage(format!(
            "'{id}' begins the id of {} tokens",
            many.len()
        ))),
    }
}
