//! Reads the values of options of `serve`.

use std::time::Duration;

use crate::clasp::router::history::rules::Rule;
use crate::clasp::router::store::Sync;
use crate::clasp::wire::Pattern;
use crate::text::count::Size;
use crate::text::duration::duration;

/// Parses a rule of `--history`.
pub(super) fn rule(text: &str) -> Result<Rule, String> {
    if let Some((pattern, limit)) = text.split_once('=') {
        let pattern = Pattern::new(pattern).map_err(|error| error.to_string())?;
        let age = match limit {
            "none" => None,
            limit => Some(duration(limit).map_err(
                |_| "a pattern's limit is a time, such as 24h, or none: a size is for all of it",
            )?),
        };
        return Ok(Rule::Matching(pattern, age));
    }
    if text == "none" {
        return Ok(Rule::Nothing);
    }
    if let Some(bytes) = size(text)? {
        return Ok(Rule::Bytes(bytes));
    }
    duration(text)
        .map(Rule::Age)
        .map_err(|error| format!("{error}; it is a time such as 24h, a size such as 1GiB, or none"))
}

/// Parses a size into bytes; `None` if the text has no unit of bytes: it may be a duration.
fn size(text: &str) -> Result<Option<u64>, String> {
    /// A smaller limit would be less than one file, and only whole files are removed.
    const LEAST: u64 = 1 << 20;
    if !text.ends_with(['B', 'K', 'M', 'G']) {
        return Ok(None);
    }
    match text.parse::<Size>() {
        Ok(Size(bytes)) if bytes >= LEAST => Ok(Some(bytes)),
        Ok(_) => Err("the least is 1MiB".into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Parses `--sync`: 10 ms to 10 s, or always.
pub(super) fn sync(text: &str) -> Result<Sync, String> {
    if text == "always" {
        return Ok(Sync::Always);
    }
    let given = duration(text).map_err(|error| error.to_string())?;
    if given < Duration::from_millis(10) || given > Duration::from_secs(10) {
        return Err("it is from 10ms to 10s, or always".into());
    }
    Ok(Sync::Every(given))
}

/// Parses `--ping-interval`: from half a second to a day.
pub(super) fn ping_interval(text: &str) -> Result<Duration, String> {
    let given = duration(text).map_err(|error| error.to_string())?;
    let least = Duration::from_millis(500);
    if given < least || given > Duration::from_secs(24 * 60 * 60) {
        return Err("it is from 500ms to 24h".into());
    }
    Ok(given)
}
