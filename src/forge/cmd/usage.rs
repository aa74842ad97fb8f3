//! `usage`: prints the cost of tokens for each day.

use serde::Serialize;
use serde_json::Value;

use super::connection::{Auth, ConnectionArgs, LimitArgs, ask};
use crate::config::guard::Intent;
use crate::config::token::TokenArgs;
use crate::error::{Failure, Kind};
use crate::forge::api::reply::list;
use crate::forge::api::route::Route;
use crate::term::{Cells, Column, Row, Terminal};

const EXAMPLES: &str = "\
Examples:
  trefoil forge usage
  trefoil forge usage --all --days 7            for all tokens
  trefoil forge usage --days 1 --jq 'map(.cost_usd) | add'

Days are those of UTC. A run that was cut off before it could say what it cost
is counted under cost_unknown.";

/// What may be typed after `usage`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct UsageArgs {
    /// Show this many days, including today
    #[arg(long, value_name = "N", default_value = "30", value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,

    /// Show all tokens, as the administrator
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    token: TokenArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The usage of a token on one day.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Day<'a>(&'a Value);

impl Row for Day<'_> {
    const COLUMNS: &'static [Column] = &[
        Column::left("DAY"),
        Column::left("TOKEN"),
        Column::right("RUNS"),
        Column::right("TURNS"),
        Column::right("FAILED"),
        Column::right("USD"),
        Column::right("READ"),
        Column::right("WRITTEN"),
    ];

    fn cells(&self, cells: &mut Cells) {
        let text = |name: &str| self.0[name].as_str().unwrap_or_default();
        let count = |name: &str| self.0[name].as_u64().unwrap_or_default();
        cells
            .plain(text("day"))
            .plain(text("token"))
            .plain(count("runs"))
            .plain(count("turns"));
        match count("failed") {
            0 => cells.plain(0),
            failed => cells.bad(failed),
        };
        let usd = self.0["cost_usd"].as_f64().unwrap_or_default();
        // Runs of unknown cost are added as `+`.
        match count("cost_unknown") {
            0 => cells.plain(format_args!("{usd:.4}")),
            _ => cells.plain(format_args!("{usd:.4}+")),
        };
        cells
            .plain(count("input_tokens"))
            .plain(count("output_tokens"));
    }
}

impl UsageArgs {
    /// Asks the service and prints its reply.
    ///
    /// # Errors
    /// [`Kind::Service`] if the reply is not a list; the errors of the service.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let (auth, route) = if self.all {
            (Auth::Admin, Route::AllUsage { days: self.days })
        } else {
            (Auth::App, Route::Usage { days: self.days })
        };
        let client = self
            .connection
            .client(&terminal.console, &self.token, auth, Intent::Read)
            .map_err(|failure| match failure.kind {
                Kind::TokenMissing if !self.all => failure.with_more_hint(
                    "With the admin token, for all tokens: trefoil forge usage --all",
                ),
                _ => failure,
            })?;
        let reply = ask(client.ask(&route, Some(self.limit.timeout)))?;
        let Some(days) = list(&reply.body, "usage") else {
            terminal.printer.value(&reply.body)?;
            terminal.printer.flush()?;
            return Err(Failure::new(
                Kind::Service,
                "the reply is no list of days: the service may not keep count",
            ));
        };
        let rows: Vec<Day> = days.iter().map(Day).collect();
        terminal.printer.list(&rows)?;
        terminal.printer.finish()
    }
}
