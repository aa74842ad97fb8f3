//! Completes addresses in the shell. Takes the text typed so far, gives the matching addresses of
//! the router.
//!
//! It prints no errors and takes at most [`LIMIT`]: a user who presses Tab expects a list or
//! nothing.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::time::Duration;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::connection::ConnectionArgs;
use crate::clasp::client::{block_on, request};
use crate::clasp::record::type_name;
use crate::clasp::wire::Pattern;
use crate::config::guard::Intent;
use crate::term::Console;
use crate::text::command_line::typed_so_far;

/// How long the router may take.
const LIMIT: Duration = Duration::from_millis(250);

/// More addresses than this are offered a segment at a time.
const MANY: usize = 60;

/// The length to which a shown value is cut.
const SHOWN: usize = 40;

/// Completes an argument that is an address or a pattern.
pub fn addresses() -> ArgValueCompleter {
    ArgValueCompleter::new(address)
}

/// The addresses that begin with the typed text, each with its value (or with its type, if it is a
/// signal). If there are many, the next segments instead.
fn address(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else {
        return Vec::new();
    };
    known(typed).map_or_else(Vec::new, |found| offer(typed, &found))
}

/// The addresses below the last complete typed segment, with a description each.
fn known(typed: &str) -> Option<BTreeMap<String, String>> {
    if !(typed.is_empty() || typed.starts_with('/')) || typed.contains('*') {
        return None;
    }
    let parent = typed.rfind('/').map_or("", |slash| &typed[..slash]);
    let pattern = Pattern::new(&format!("{parent}/**")).ok()?;
    let connection: ConnectionArgs = typed_so_far().ok()?;
    let access = connection.access().ok()?;
    if !access.is_usable_for_completion() {
        return None;
    }
    let mut target = connection
        .target_at(&access, &Console::mute(), Intent::Read)
        .ok()?;
    target.connect_timeout = LIMIT;
    target.connect_retry = Duration::ZERO;
    let question = async { tokio::time::timeout(LIMIT, request::query(&target, &pattern)).await };
    let (params, signals) = block_on(question).ok()?.ok()?.ok()?;
    let signals = signals.iter().map(|signal| {
        let kind = type_name(signal.signal);
        (signal.address.to_string(), kind.to_owned())
    });
    // The value of a param replaces the type of an announced signal.
    let params = params.params.iter().map(|param| {
        let value = serde_json::to_string(&param.value).unwrap_or_default();
        (param.address.to_string(), shortened(&value))
    });
    Some(signals.chain(params).collect())
}

/// Chooses what to offer.
fn offer(typed: &str, found: &BTreeMap<String, String>) -> Vec<CompletionCandidate> {
    let fitting = || {
        found
            .iter()
            .filter(|(address, _)| address.starts_with(typed))
    };
    if fitting().count() <= MANY {
        return fitting()
            .map(|(address, value)| {
                CompletionCandidate::new(address).help(Some(value.clone().into()))
            })
            .collect();
    }
    let mut next: BTreeMap<&str, usize> = BTreeMap::new();
    for (address, _) in fitting() {
        let end = address[typed.len()..]
            .find('/')
            // A slash at this position begins the segment; the next one ends it.
            .filter(|at| *at > 0 || !typed.is_empty())
            .or_else(|| address[typed.len() + 1..].find('/').map(|at| at + 1));
        let segment = end.map_or(address.as_str(), |end| &address[..=typed.len() + end]);
        *next.entry(segment).or_default() += 1;
    }
    next.into_iter()
        .map(|(segment, count)| {
            CompletionCandidate::new(segment).help(Some(format!("{count} addresses").into()))
        })
        .collect()
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(typed: &str, addresses: &[String]) -> Vec<String> {
        let found = addresses
            .iter()
            .map(|a| (a.clone(), "1".to_owned()))
            .collect();
        offer(typed, &found)
            .iter()
            .map(|candidate| candidate.get_value().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn few_are_offered_whole_and_many_by_segment() {
        let few = ["/lights/1", "/lights/2", "/sound"].map(str::to_owned);
        assert_eq!(offered("/li", &few), ["/lights/1", "/lights/2"]);
        assert_eq!(offered("", &few).len(), 3);
        let mut many: Vec<String> = (0..100).map(|n| format!("/lights/{n}/level")).collect();
        many.push("/sound".to_owned());
        assert_eq!(offered("", &many), ["/lights/", "/sound"]);
        assert_eq!(offered("/", &many), ["/lights/", "/sound"]);
        assert_eq!(offered("/li", &many), ["/lights/"]);
        assert_eq!(offered("/lights/", &many).len(), 100);
        assert_eq!(offered("/lights/77", &many), ["/lights/77/level"]);
    }
}
