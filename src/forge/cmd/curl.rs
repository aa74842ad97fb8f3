//! `--dry-run`: a request enters, a curl command that does the same leaves.
//!
//! The token is named, not shown: `$CLAWDFORGE_TOKEN`. What is printed can be pasted into a shell.

use std::fmt::Write;
use std::time::Duration;

use super::connection::{Auth, ConnectionArgs};
use crate::error::Failure;
use crate::forge::api::route::{Method, Route};

/// How long an argument may be; Linux takes no more than 128 KiB.
const LONGEST_ARGUMENT: usize = 100 * 1024;

/// The curl command of a request.
///
/// # Errors
/// A usage failure for a URL that is none.
pub fn command(
    connection: &ConnectionArgs,
    auth: Auth,
    route: &Route,
    body: Option<&str>,
    limit: Option<Duration>,
) -> Result<String, Failure> {
    let mut line = String::from("curl -sS");
    let mut add = |part: std::fmt::Arguments<'_>| {
        // A String takes everything.
        let _ = line.write_fmt(part);
    };
    match route.method() {
        Method::Get => {}
        Method::Post if body.is_some() => {}
        method => add(format_args!(" -X {}", method.name())),
    }
    if let Some(limit) = limit {
        add(format_args!(" --max-time {}", limit.as_secs()));
    }
    let trust = connection.trust()?;
    if let Some(ca) = &trust.ca {
        add(format_args!(" --cacert {}", quoted(&ca.to_string_lossy())));
    }
    if trust.insecure {
        add(format_args!(" --insecure"));
    }
    if auth != Auth::Nobody {
        let variable = auth.variable();
        add(format_args!(" -H \"Authorization: Bearer ${variable}\""));
    }
    let url = quoted(&connection.base()?.url(route));
    match body {
        None => add(format_args!(" {url}")),
        Some(body) if body.len() <= LONGEST_ARGUMENT => add(format_args!(
            " -H 'Content-Type: application/json' --data-raw {} {url}",
            quoted(body)
        )),
        // JSON has no line of its own that could end it early.
        Some(body) => add(format_args!(
            " -H 'Content-Type: application/json' --data-binary @- {url} <<'END'\n{body}\nEND"
        )),
    }
    Ok(line)
}

/// A word as a POSIX shell reads it back.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-=,@%+[]".contains(c);
    if !word.is_empty() && word.chars().all(|c| plain(c) && !"[]".contains(c)) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        for (word, expected) in [
            ("http://localhost:8800/run", "http://localhost:8800/run"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("x[1]", "'x[1]'"),
            ("a?b", "'a?b'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
