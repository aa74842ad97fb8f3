//! `--dry-run`: prints a curl command that sends the same request.
//!
//! The token is not printed: the command uses `$CLAWDFORGE_TOKEN`. It can be pasted into a shell.

use std::fmt::Write;
use std::time::Duration;

use super::connection::{Auth, ConnectionArgs, base};
use super::source::Source;
use crate::config::access::Access;
use crate::error::Failure;
use crate::forge::api::names::FileToken;
use crate::forge::api::route::{Method, Route};
use crate::text::duration::whole_seconds;
use crate::text::shell::quoted;

/// The longest argument, in bytes; Linux allows 128 KiB.
const LONGEST_ARGUMENT: usize = 100 * 1024;

/// The curl command for a request. Each of these placeholder tokens in its body is replaced by its
/// shell variable.
///
/// # Errors
/// A usage failure for a URL that is none.
pub fn command(
    connection: &ConnectionArgs,
    auth: Auth,
    route: &Route,
    body: Option<&str>,
    variables: &[(FileToken, String)],
    limit: Option<Duration>,
) -> Result<String, Failure> {
    let access = connection.access(None, Auth::Nobody)?;
    let mut line = begin(connection, &access, auth, limit)?;
    match route.method() {
        Method::Get => {}
        Method::Post if body.is_some() => {}
        method => add(&mut line, format_args!(" -X {}", method.name())),
    }
    let url = quoted(&base(&access)?.url(route));
    let Some(body) = body else {
        add(&mut line, format_args!(" {url}"));
        return Ok(line);
    };
    line.push_str(" -H 'Content-Type: application/json'");
    if body.len() <= LONGEST_ARGUMENT {
        let mut word = quoted(body);
        for (token, variable) in variables {
            word = word.replace(token.as_str(), &format!("'\"${variable}\"'"));
        }
        add(&mut line, format_args!(" --data-raw {word} {url}"));
        return Ok(line);
    }
    // JSON has no line END that could end the here-document early.
    let (end, body) = match variables {
        [] => ("'END'", body.to_owned()),
        variables => {
            let mut text = body.to_owned();
            for special in ["\\", "$", "`"] {
                text = text.replace(special, &format!("\\{special}"));
            }
            for (token, variable) in variables {
                text = text.replace(token.as_str(), &format!("${{{variable}}}"));
            }
            ("END", text)
        }
    };
    let rest = format_args!(" --data-binary @- {url} <<{end}\n{body}\nEND");
    add(&mut line, rest);
    Ok(line)
}

/// The commands that upload a file and print its token. They do not need jq: a token has no
/// character that is escaped in JSON.
///
/// # Errors
/// A usage failure for a URL that is none.
pub fn upload(
    connection: &ConnectionArgs,
    source: &Source,
    ttl: Duration,
) -> Result<String, Failure> {
    let access = connection.access(None, Auth::Nobody)?;
    let mut line = begin(connection, &access, Auth::App, None)?;
    let path = source.path().to_string_lossy();
    let word = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let name = if source.is_stdin() {
        format!(";filename={}", word(source.name.as_str()))
    } else {
        String::new()
    };
    let path = if source.is_stdin() {
        path.into_owned()
    } else {
        word(&path)
    };
    let form = quoted(&format!("file=@{path}{name};type={}", source.kind));
    let url = quoted(&base(&access)?.url(&Route::Upload));
    let ttl = whole_seconds(ttl);
    add(
        &mut line,
        format_args!(" -F ttl_secs={ttl} -F {form} {url}"),
    );
    line.push_str(r#" | sed -n 's/.*"file_token" *: *"\([^"]*\)".*/\1/p'"#);
    Ok(line)
}

fn begin(
    connection: &ConnectionArgs,
    access: &Access,
    auth: Auth,
    limit: Option<Duration>,
) -> Result<String, Failure> {
    let mut line = String::from("curl -sS");
    if let Some(limit) = limit {
        add(&mut line, format_args!(" --max-time {}", limit.as_secs()));
    }
    let trusted = access.trusted()?;
    if let Some(ca) = &trusted.ca {
        let ca = quoted(&ca.to_string_lossy());
        add(&mut line, format_args!(" --cacert {ca}"));
    }
    for (option, file) in [("--cert", &trusted.cert), ("--key", &trusted.key)] {
        if let Some(file) = file {
            let file = quoted(&file.to_string_lossy());
            add(&mut line, format_args!(" {option} {file}"));
        }
    }
    if trusted.insecure {
        line.push_str(" --insecure");
    }
    for header in connection.headers(access)? {
        let name = header.name().as_str();
        let shown = match header.value().to_str() {
            Ok(value) if header.secrets().is_empty() => quoted(&format!("{name}: {value}")),
            // The value may be a secret, so it is not printed.
            _ => {
                let variable = name.to_ascii_uppercase().replace('-', "_");
                format!("\"{name}: ${variable}\"")
            }
        };
        add(&mut line, format_args!(" -H {shown}"));
    }
    if auth != Auth::Nobody {
        let variable = auth.variable();
        let header = format_args!(" -H \"Authorization: Bearer ${variable}\"");
        add(&mut line, header);
    }
    Ok(line)
}

fn add(line: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = line.write_fmt(part);
}
