//! Completes session ids and numbers of ledger entries.
//!
//! It prints no errors and takes little time: a user who presses Tab wants a list or nothing.

use std::ffi::OsStr;
use std::time::Duration;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::connection::AppArgs;
use crate::config::guard::Intent;
use crate::forge::api::reply::list;
use crate::forge::api::route::Route;
use crate::forge::api::session::{SessionState, Standing};
use crate::forge::client::block_on;
use crate::forge::ledger::Ledger;
use crate::term::Console;
use crate::text::command_line::typed_so_far;

/// How long the service may take.
const LIMIT: Duration = Duration::from_millis(250);

/// How many of the newest entries are candidates.
const NEWEST: usize = 20;

/// Completes the id of an open session, with its agent and its turns.
pub fn sessions() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| fitting(current, open_sessions()))
}

/// Completes the number of a ledger entry, with its model or session and its outcome.
pub fn entries() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| fitting(current, newest()))
}

fn fitting(current: &OsStr, found: Option<Vec<(String, String)>>) -> Vec<CompletionCandidate> {
    let typed = current.to_string_lossy();
    found
        .unwrap_or_default()
        .into_iter()
        // An id that begins with '-' would be parsed as an option.
        .filter(|(name, _)| name.starts_with(&*typed) && !name.starts_with('-'))
        .map(|(name, help)| CompletionCandidate::new(name).help(Some(help.into())))
        .collect()
}

fn open_sessions() -> Option<Vec<(String, String)>> {
    let app: AppArgs = typed_so_far().ok()?;
    let access = app.access().ok()?;
    if !access.is_usable_for_completion() {
        return None;
    }
    let client = app
        .client_at(&access, &Console::mute(), Intent::Read)
        .ok()?;
    let question = async {
        let asked = client.ask(&Route::Sessions { closed: false }, Some(LIMIT));
        tokio::time::timeout(LIMIT, asked).await
    };
    let reply = block_on(question).ok()?.ok()?.ok()?;
    let rows = list(&reply.body, "sessions")?.iter();
    let open = rows
        .map(SessionState)
        .filter(|state| state.standing() != Standing::Closed);
    let described = open.filter_map(|state| {
        let id = state.text("session_id")?;
        let agent = state.text("agent").unwrap_or("session");
        let turns = state.turns().unwrap_or_default();
        Some((id.to_owned(), format!("{agent}, {turns} turns")))
    });
    Some(described.collect())
}

fn newest() -> Option<Vec<(String, String)>> {
    let entries = Ledger::of_user().ok()?.entries().ok()?;
    let described = entries.iter().rev().take(NEWEST).map(|entry| {
        let what = entry
            .begin
            .model
            .as_deref()
            .or(entry.begin.session.as_deref());
        let what = what.unwrap_or(&entry.begin.kind);
        (entry.id.to_string(), format!("{what}, {}", entry.outcome()))
    });
    Some(described.collect())
}
