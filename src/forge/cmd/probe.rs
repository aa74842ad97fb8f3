//! Probes the service for `doctor`.

use std::time::{Duration, Instant};

use super::connection::{Auth, ConnectionArgs, ask};
use super::health::illness;
use crate::config::guard::Intent;
use crate::config::probe::{Probe, TokenStatus};
use crate::config::token::TokenArgs;
use crate::error::{Failure, Kind};
use crate::forge::api::route::Route;
use crate::term::Console;
use crate::text::command_line::untyped;

/// The time limit of each request.
const LIMIT: Duration = Duration::from_secs(5);

/// Probes the service.
///
/// # Errors
/// A configuration that cannot be used. A failure of the service is stored in the probe.
pub fn probe(console: &Console) -> Result<Probe, Failure> {
    let connection: ConnectionArgs =
        untyped().map_err(|error| Failure::usage(error.to_string()))?;
    let mut probe = Probe::of("forge", &connection.access(None, Auth::App)?);
    let admin = TokenStatus::of(&connection.access(None, Auth::Admin)?);
    probe.admin_token = Some(admin).filter(|admin| *admin != TokenStatus::None);
    probe.configured |= probe.admin_token.is_some();
    Ok(probe.asked(|probe| examine(&connection, console, probe)))
}

fn examine(
    connection: &ConnectionArgs,
    console: &Console,
    probe: &mut Probe,
) -> Result<(), Failure> {
    let client = connection.anonymous(console)?;
    probe.proxy = client.proxy().map(|proxy| (proxy.url(), proxy.origin()));
    let asked = Instant::now();
    let health = ask(client.ask(&Route::Health, Some(LIMIT)))?.body;
    probe.round_trip = Some(asked.elapsed());
    let version = health.text("claude_version");
    probe.version = version.map(|version| format!("claude {version}"));
    if let Some(why) = illness(&health) {
        let base = client.base();
        return Err(Failure::new(Kind::Service, format!("{base}: {why}")));
    }
    let judge = |auth, route: Route| -> Result<TokenStatus, Failure> {
        let client = connection.client(console, &TokenArgs::default(), auth, Intent::Read)?;
        ask(client.ask(&route, Some(LIMIT))).map(|_| TokenStatus::Accepted)
    };
    let mut refused = None;
    if probe.token != TokenStatus::None {
        let judged = judge(Auth::App, Route::Sessions { closed: false });
        probe.token = token_status(judged, &mut refused)?;
    }
    if probe.admin_token.is_some() {
        let judged = judge(Auth::Admin, Route::Tokens);
        probe.admin_token = Some(token_status(judged, &mut refused)?);
    }
    refused.map_or(Ok(()), Err)
}

/// Turns a refusal, or a token that may not be sent, into a status; the first such failure becomes
/// the probe's failure.
fn token_status(
    judged: Result<TokenStatus, Failure>,
    first: &mut Option<Failure>,
) -> Result<TokenStatus, Failure> {
    match judged {
        Err(failure) if failure.kind == Kind::Refused => {
            first.get_or_insert(failure);
            Ok(TokenStatus::Refused)
        }
        Err(failure) if failure.kind == Kind::TokenMissing => {
            first.get_or_insert(failure);
            Ok(TokenStatus::Withheld)
        }
        judged => judged,
    }
}
