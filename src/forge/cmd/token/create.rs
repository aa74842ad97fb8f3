//! `token create`: creates an app token. Takes a name and networks; prints the plaintext once, or
//! writes it to one file that only its owner can read.

use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde_json::Value;

use super::{AdminArgs, allowed_from, networks};
use crate::config::guard::Intent;
use crate::config::secret::Secret;
use crate::error::{Failure, Kind};
use crate::forge::api::cidr::Cidr;
use crate::forge::api::names::TokenName;
use crate::forge::api::reply::Body;
use crate::forge::api::route::{CreateToken, Route};
use crate::forge::client::{Client, Exchange, Payload, Reply, block_on};
use crate::forge::cmd::connection::affirmed;
use crate::forge::cmd::prompt::text;
use crate::outcome::Outcome;
use crate::term::{Console, Interrupt, Printer, Terminal};

const EXAMPLES: &str = "\
Examples:
  trefoil forge token create cauldron --ip-cidr 172.24.0.0/16
  trefoil forge token create ci --ip-cidr 10.0.0.7 --ip-cidr fd00::/8
  trefoil forge token create ci --out ~/.config/ci.token
  trefoil forge token create ci --policy '{\"usd_per_day\":5}'
  trefoil forge token create ci -r | ssh build 'umask 77; cat > forge.token'

Every request carries the admin token: CLAWDFORGE_ADMIN_TOKEN, --token-file or
--token-command. An app's token does not do.";

/// What may be typed after `token create`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct CreateArgs {
    /// The name of the token: lower-case letters, digits, _ and -; asked for on a terminal
    name: Option<TokenName>,

    /// Allow it from this network or address only; may be repeated
    #[arg(long = "ip-cidr", value_name = "CIDR")]
    ip_cidrs: Vec<Cidr>,

    /// Limit what it may do, as JSON or @FILE; trefoil forge serve knows running,
    /// per_minute, usd_per_day, models, tools and max_timeout_secs
    #[arg(long, value_name = "JSON")]
    policy: Option<String>,

    /// Write the token into this new file, which only its owner can read
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Overwrite FILE
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    admin: AdminArgs,
}

/// Parses a policy.
fn policy(given: &str) -> Result<Value, Failure> {
    let text = text("policy", given)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("--policy is not JSON: {error}")))
}

/// The token to create.
struct Wanted {
    name: TokenName,
    ip_cidrs: Vec<Cidr>,
    policy: Option<Value>,
}

impl CreateArgs {
    /// Creates the token and prints it or writes it to a file.
    ///
    /// # Errors
    /// [`Kind::Partial`] when the token may have been created but its plaintext is lost, or when it
    /// cannot be written to the file and is printed instead; the errors of the service.
    pub fn run(mut self, mut terminal: Terminal) -> Result<(), Failure> {
        if self.name.is_none() && !terminal.console.can_ask() {
            return Err(Failure::usage("a NAME is needed, and nobody can be asked")
                .with_hint("trefoil forge token create NAME"));
        }
        let policy = match &self.policy {
            Some(given) => Some(policy(given)?),
            None => None,
        };
        let client = self.admin.client(&terminal, Intent::Write(&[]))?;
        let wanted = match self.name.take() {
            Some(name) => Wanted {
                name,
                ip_cidrs: std::mem::take(&mut self.ip_cidrs),
                policy,
            },
            None => Wanted {
                policy,
                ..self.asked(&terminal.console)?
            },
        };
        let keep = match &self.out {
            Some(path) => Some(TokenFile::at(path, self.force)?),
            None => None,
        };
        let reply = block_on(self.made(&client, &wanted))??;
        affirmed(&reply, "the token was not made")?;
        let Some(token) = reply.body.text("token").filter(|token| !token.is_empty()) else {
            // The body is not shown, because it may contain the token.
            return Err(Failure::new(
                Kind::Service,
                "the reply is not what the contract says: it has no 'token'",
            )
            .with_outcome(Outcome::Unknown)
            .with_hint(begin_again(&wanted.name)));
        };
        let token = Secret::new(token);
        let kept = keep.map(|keep| keep.put(&token));
        let done = format!("the token '{}' is made", wanted.name);
        let mut report = terminal.report(done);
        if let (Some(path), Some(Ok(()))) = (&self.out, &kept) {
            let path = path.to_string_lossy();
            report.print(|printer| print(printer, &reply.body, &wanted, Ok(&path)));
            return report.finish(Ok(()));
        }
        // The plaintext cannot be read again later, so a failure to print it is an error.
        let mut report = report.essential().or_else(|| lost(&wanted.name));
        report.print(|printer| print(printer, &reply.body, &wanted, Err(&token)));
        report.finish(match (&self.out, kept) {
            (Some(path), Some(Err(error))) => Err(Failure::new(
                Kind::Partial,
                format!(
                    "the token was made, and is printed because {} cannot be written: {error}",
                    path.display()
                ),
            )
            .with_outcome(Outcome::Done)),
            _ => Ok(()),
        })
    }

    /// Asks for the values that were not typed.
    fn asked(&self, console: &Console) -> Result<Wanted, Failure> {
        let name = console.ask("Name", |text| read::<TokenName>(text).map(drop))?;
        let ip_cidrs = match self.ip_cidrs.as_slice() {
            [] => {
                let question = "Allowed from (networks, none for everywhere)";
                let typed = console.ask(question, |text| read_networks(text).map(drop))?;
                read_networks(&typed).map_err(Failure::usage)?
            }
            typed => typed.to_vec(),
        };
        let name = read(&name).map_err(Failure::usage)?;
        Ok(Wanted {
            name,
            ip_cidrs,
            policy: None,
        })
    }

    async fn made(&self, client: &Client, wanted: &Wanted) -> Result<Reply, Failure> {
        let mut interrupt = Interrupt::listen_to_all()?;
        let request = CreateToken {
            name: &wanted.name,
            ip_cidrs: &wanted.ip_cidrs,
            policy: wanted.policy.as_ref(),
        };
        let (payload, exchange) = (Payload::json(&request), Exchange::default());
        let limit = Some(self.admin.limit.timeout);
        let reply = tokio::select! {
            reply = client.send(&Route::CreateToken, payload, limit, &exchange) => reply,
            kind = interrupt.wait() => {
                if !exchange.is_sent() {
                    let failure = Failure::new(kind, "interrupted: nothing was sent");
                    return Err(failure.with_outcome(Outcome::NotSent));
                }
                return Err(Failure::new(
                    Kind::Partial,
                    "interrupted after the request was sent; whether it was done is unknown",
                )
                .with_outcome(Outcome::Unknown)
                .with_hint(begin_again(&wanted.name)));
            }
        };
        reply.map_err(|error| {
            let unknown = error.is_unknown();
            let failure = Failure::from(error);
            if unknown {
                return failure.with_hint(begin_again(&wanted.name));
            }
            failure
        })
    }
}

/// The hint for a token that may have been created and whose plaintext is lost.
fn begin_again(name: &TokenName) -> String {
    format!(
        "Look for it: trefoil forge token list\n\
         If it is there: trefoil forge token revoke {name}, and create it again"
    )
}

/// The hint for a token that was created but could not be printed.
fn lost(name: &TokenName) -> String {
    format!("Nobody has it now: trefoil forge token revoke {name}, and create another")
}

fn read<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Parses networks with spaces or commas between them.
fn read_networks(text: &str) -> Result<Vec<Cidr>, String> {
    text.split([',', ' '])
        .filter(|word| !word.is_empty())
        .map(|word| read(word).map_err(|why| format!("'{word}': {why}")))
        .collect()
}

/// Prints the token: its plaintext, or the file that has it.
fn print(
    printer: &mut Printer,
    body: &Body,
    wanted: &Wanted,
    place: Result<&str, &Secret>,
) -> Result<(), Failure> {
    if let Err(token) = place
        && printer.is_raw()
        && !printer.is_filtered()
    {
        return printer.line(token.expose().as_bytes());
    }
    let mut fields = body.object().cloned().unwrap_or_default();
    if let Ok(path) = place {
        fields.shift_remove("token");
        fields.insert("token_file".to_owned(), Value::String(path.to_owned()));
    }
    let allowed = match fields.get("ip_cidrs") {
        Some(_) => networks(&fields),
        None => wanted.ip_cidrs.iter().map(Cidr::to_string).collect(),
    };
    let listed = allowed.iter().cloned().map(Value::String).collect();
    fields.insert("ip_cidrs".to_owned(), Value::Array(listed));
    printer.document(&fields, |words| {
        match place {
            Ok(path) => words
                .plain(path)
                .dim("     holds the token, for its owner alone"),
            Err(token) => words
                .plain(token.expose())
                .dim("     shown once, the service keeps only a hash"),
        };
        let (name, allowed) = (&wanted.name, allowed_from(&allowed));
        words
            .end_line()
            .plain(format_args!("  name {name} · allowed from {allowed}"));
    })
}

/// The file of `--out`, for the token. It is created empty before the token is requested, and removed
/// again if there is no token.
#[derive(Debug)]
struct TokenFile {
    /// The target file.
    target: PathBuf,
    /// The file that is written first.
    path: PathBuf,
    file: Option<File>,
}

impl TokenFile {
    /// Creates the file. If an existing file is to be overwritten, a new file is created next to it
    /// and replaces it later.
    ///
    /// # Errors
    /// A usage failure if the file exists or cannot be written.
    pub fn at(target: &Path, force: bool) -> Result<TokenFile, Failure> {
        let shown = target.display();
        let found = fs::symlink_metadata(target).ok();
        let path = match &found {
            Some(_) if !force => {
                return Err(Failure::usage(format!("{shown} is there already"))
                    .with_hint("To overwrite it, add --force"));
            }
            Some(found) if !found.is_file() => {
                return Err(Failure::usage(format!("{shown} is not a plain file")));
            }
            Some(_) => {
                let mut path = target.to_owned().into_os_string();
                path.push(format!(".{}.new", std::process::id()));
                path.into()
            }
            None => target.to_owned(),
        };
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| Failure::usage(format!("cannot write {shown}: {error}")))?;
        Ok(TokenFile {
            target: target.to_owned(),
            path,
            file: Some(file),
        })
    }

    /// Writes the token in the form that `--token-file` reads.
    ///
    /// # Errors
    /// The system's error; the file is then removed.
    pub fn put(mut self, token: &Secret) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            let written = writeln!(file, "{}", token.expose())
                .and_then(|()| file.sync_all())
                .and_then(|()| {
                    if self.path == self.target {
                        Ok(())
                    } else {
                        fs::rename(&self.path, &self.target)
                    }
                });
            if written.is_err() {
                self.file = Some(file);
            }
            return written;
        }
        Ok(())
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            // An error is ignored: the file is empty or incomplete, and there is nowhere to report
            // it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_typed_with_blanks_or_commas_between_them() {
        let read = |text: &str| {
            let networks = read_networks(text)?;
            Ok::<_, String>(networks.iter().map(Cidr::to_string).collect::<Vec<_>>())
        };
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(
            read("10.0.0.0/8, ::1"),
            Ok(vec!["10.0.0.0/8".to_owned(), "::1/128".to_owned()])
        );
        assert!(read("10.0.0.0/8 everywhere").is_err_and(|why| why.contains("'everywhere'")));
    }
}
