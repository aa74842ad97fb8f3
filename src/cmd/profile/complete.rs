//! Completes profile names from the configuration.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::config::file::ConfigFile;

/// Completes the name of a profile, with the URLs that it has.
pub fn profiles() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| known(&current.to_string_lossy()).unwrap_or_default())
}

fn known(typed: &str) -> Option<Vec<CompletionCandidate>> {
    let config = ConfigFile::usual().ok()?.peek().ok()?;
    let names = config
        .names()
        .into_iter()
        .filter(|name| name.starts_with(typed));
    let described = names.map(|name| {
        let urls = config
            .profile(&name)
            .map(|profile| profile.urls())
            .unwrap_or_default();
        let urls: Vec<String> = urls.into_iter().flatten().collect();
        CompletionCandidate::new(name).help(Some(urls.join("  ").into()))
    });
    Some(described.collect())
}
