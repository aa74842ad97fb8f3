//! `token`: manages the app tokens. Every request carries the admin token; an app token is never
//! used instead.

mod create;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::connection::{Auth, ConnectionArgs, LimitArgs, affirmed, ask};
use crate::config::guard::Intent;
use crate::config::token::TokenArgs;
use crate::error::{Failure, Kind};
use crate::forge::api::moment::micros;
use crate::forge::api::names::TokenName;
use crate::forge::api::reply::{Body, list};
use crate::forge::api::route::Route;
use crate::forge::client::{Client, block_on};
use crate::forge::ledger::now_micros;
use crate::outcome::Outcome;
use crate::term::{Cells, Column, Row, Terminal};
use crate::text::time::Age;

const EXAMPLES: &str = "\
Examples:
  trefoil forge token create cauldron --ip-cidr 172.24.0.0/16
  trefoil forge token create ci --out ~/.config/ci.token
  trefoil forge token list
  trefoil forge token revoke cauldron

Every request carries the admin token: CLAWDFORGE_ADMIN_TOKEN, --token-file or
--token-command. An app's token does not do.";

const LIST_EXAMPLES: &str = "\
Examples:
  trefoil forge token list
  trefoil forge token list --token-file /etc/clawdforge/admin.token
  trefoil forge token list --jq '.[] | select(.last_used == null) | .name' -r

Every request carries the admin token: CLAWDFORGE_ADMIN_TOKEN, --token-file or
--token-command. An app's token does not do.";

const REVOKE_EXAMPLES: &str = "\
Examples:
  trefoil forge token revoke cauldron
  trefoil forge token revoke cauldron --yes

Every request carries the admin token: CLAWDFORGE_ADMIN_TOKEN, --token-file or
--token-command. An app's token does not do.";

/// What may be typed after `token`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct TokenGroup {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create an app token and print it once
    Create(create::CreateArgs),
    /// List the app tokens
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArgs),
    /// Revoke an app token
    #[command(after_help = REVOKE_EXAMPLES)]
    Revoke(RevokeArgs),
}

/// Options of every verb.
#[derive(Debug, clap::Args)]
struct AdminArgs {
    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    token: TokenArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl AdminArgs {
    fn client(&self, terminal: &Terminal, intent: Intent<'_>) -> Result<Client, Failure> {
        self.connection
            .client(&terminal.console, &self.token, Auth::Admin, intent)
    }
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    admin: AdminArgs,
}

#[derive(Debug, clap::Args)]
struct RevokeArgs {
    /// The name of the token
    name: TokenName,

    #[command(flatten)]
    admin: AdminArgs,
}

/// A token as the service lists it, its networks as a list.
#[derive(Debug)]
struct Listed {
    fields: Map<String, Value>,
    now: u64,
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

impl Listed {
    fn of(row: &Value, now: u64) -> Option<Listed> {
        let mut fields = row.as_object()?.clone();
        let networks = networks(&fields).into_iter().map(Value::String).collect();
        fields.insert("ip_cidrs".to_owned(), Value::Array(networks));
        Some(Listed { fields, now })
    }

    fn text(&self, field: &str) -> String {
        match self.fields.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    /// How long ago a time was; a time that cannot be parsed is shown as it is.
    fn age(&self, field: &str, never: &str) -> String {
        match self.fields.get(field) {
            None | Some(Value::Null) => never.to_owned(),
            Some(value) => match micros(value) {
                Some(at) => Age { at, now: self.now }.to_string(),
                None => self.text(field),
            },
        }
    }

    fn is_enabled(&self) -> Option<bool> {
        match self.fields.get("enabled")? {
            Value::Bool(enabled) => Some(*enabled),
            // The form of SQLite.
            Value::Number(number) => Some(number.as_f64() != Some(0.0)),
            _ => None,
        }
    }
}

impl Row for Listed {
    const COLUMNS: &'static [Column] = &[
        Column::left("NAME"),
        Column::left("ALLOWED FROM"),
        Column::left("LIMITS"),
        Column::left("LAST USED"),
        Column::left("CREATED"),
        Column::left("STATE"),
    ];

    fn cells(&self, cells: &mut Cells) {
        cells
            .plain(self.text("name"))
            .plain(allowed_from(&networks(&self.fields)))
            .plain(limits(self.fields.get("policy")))
            .dim(self.age("last_used", "never"))
            .dim(self.age("created_at", ""));
        match self.is_enabled() {
            Some(true) => cells.plain("enabled"),
            Some(false) => cells.bad("disabled"),
            None => cells.plain(""),
        };
    }
}

/// The networks of a token: a list, or a text with commas, as in the service's database.
fn networks(fields: &Map<String, Value>) -> Vec<String> {
    let trimmed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    match fields.get("ip_cidrs") {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| trimmed(item.as_str()?))
            .collect(),
        Some(Value::String(text)) => text.split(',').filter_map(trimmed).collect(),
        _ => Vec::new(),
    }
}

/// A policy in short: `5 USD/day, opus, 60 s`. A limit that is not known here is its JSON.
fn limits(policy: Option<&Value>) -> String {
    let Some(Value::Object(policy)) = policy else {
        return String::new();
    };
    let names = |value: &Value| {
        let names = value.as_array().into_iter().flatten();
        let names: Vec<&str> = names.filter_map(Value::as_str).collect();
        names.join("|")
    };
    let limits = policy.iter().map(|(name, value)| match name.as_str() {
        "usd_per_day" => format!("{} USD/day", value.as_f64().unwrap_or_default()),
        "models" => names(value),
        "tools" => format!("tools {}", names(value)),
        "running" => format!("{value} at a time"),
        "per_minute" => format!("{value}/min"),
        "max_timeout_secs" => format!("{value} s"),
        name => format!("{name} {value}"),
    });
    limits.collect::<Vec<_>>().join(", ")
}

fn allowed_from(networks: &[String]) -> String {
    match networks {
        [] => "everywhere".to_owned(),
        networks => networks.join(", "),
    }
}

/// The tokens in the service's reply.
///
/// # Errors
/// [`Kind::Service`] with the reply, if it is not a list.
fn listed(body: &Body) -> Result<Vec<Listed>, Failure> {
    let now = now_micros();
    let rows = list(body, "tokens").and_then(|rows| {
        let rows = rows.iter().map(|row| Listed::of(row, now));
        rows.collect::<Option<Vec<_>>>()
    });
    rows.ok_or_else(|| {
        Failure::new(
            Kind::Service,
            "the reply is not what the contract says: it is no list of tokens",
        )
    })
}

impl TokenGroup {
    /// Runs the verb.
    ///
    /// # Errors
    /// The errors of the service; a usage failure if a question cannot be asked without a terminal.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Create(args) => args.run(terminal),
            Verb::List(args) => args.run(terminal),
            Verb::Revoke(args) => args.run(terminal),
        }
    }
}

impl ListArgs {
    fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let client = self.admin.client(&terminal, Intent::Read)?;
        let limit = Some(self.admin.limit.timeout);
        let reply = ask(client.ask(&Route::Tokens, limit))?;
        match listed(&reply.body) {
            Ok(rows) => terminal.printer.list(&rows)?,
            Err(failure) => {
                terminal.printer.value(&reply.body)?;
                terminal.printer.flush()?;
                return Err(failure);
            }
        }
        terminal.printer.finish()
    }
}

impl RevokeArgs {
    fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let console = &terminal.console;
        if !console.can_ask() {
            // Asked before the admin token is read: without a yes nothing is done.
            console.agree(&format!("revoke '{}'?", self.name))?;
        }
        let client = self.admin.client(&terminal, Intent::Write(&[]))?;
        let limit = Some(self.admin.limit.timeout);
        if console.can_ask() && !console.is_agreed() {
            let last_used = block_on(async {
                let reply = client.ask(&Route::Tokens, limit).await.ok()?;
                let rows = listed(&reply.body).ok()?;
                let row = rows
                    .iter()
                    .find(|row| row.text("name") == self.name.as_str())?;
                Some(match row.age("last_used", "") {
                    age if age.is_empty() => ", never used".to_owned(),
                    age => format!(", last used {age}"),
                })
            })?;
            let last_used = last_used.unwrap_or_default();
            console.agree(&format!("Revoke '{}'{last_used}?", self.name))?;
        }
        let route = Route::RevokeToken(self.name.clone());
        let reply = ask(client.ask(&route, limit))?;
        affirmed(
            &reply,
            &format!("the token '{}' was not revoked", self.name),
        )?;
        // The contract defines only the status 200. A web page as a reply comes from another
        // server.
        if reply.body.object().is_none() && !reply.body.is_empty() {
            let flaw = reply.body.flaw();
            let failure = Failure::new(
                Kind::Partial,
                format!(
                    "the reply is not what the contract says: {flaw}; whether '{}' is revoked is \
                     unknown",
                    self.name
                ),
            )
            .with_hint("What there is: trefoil forge token list");
            return Err(failure.with_outcome(Outcome::Unknown));
        }
        let mut fields = reply.body.object().cloned().unwrap_or_default();
        fields
            .entry("name")
            .or_insert_with(|| Value::String(self.name.to_string()));
        let mut report = terminal.report(format_args!("the token '{}' is revoked", self.name));
        report.print(|printer| {
            printer.document(&fields, |words| {
                words.plain(&self.name).dim("  revoked");
            })
        });
        report.finish(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn networks_are_a_list_however_they_come() {
        for (given, expected) in [
            (
                json!(["10.0.0.0/8", " ::1/128"]),
                &["10.0.0.0/8", "::1/128"][..],
            ),
            (json!("10.0.0.0/8, ::1/128"), &["10.0.0.0/8", "::1/128"]),
            (json!(""), &[]),
            (json!(null), &[]),
            (json!(7), &[]),
        ] {
            let row = json!({"name": "x", "ip_cidrs": given});
            let listed = Listed::of(&row, 0).expect("an object");
            assert_eq!(networks(&listed.fields), expected, "{row}");
            assert_eq!(listed.fields["ip_cidrs"], json!(expected), "{row}");
        }
        assert_eq!(
            Listed::of(&json!({}), 0).expect("one").fields["ip_cidrs"],
            json!([])
        );
        assert!(Listed::of(&json!("x"), 0).is_none());
    }
}
