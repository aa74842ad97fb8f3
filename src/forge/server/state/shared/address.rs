//! Where the shared database is. Takes `postgres://USER@HOST/DATABASE?…` and the environment; gives
//! what to connect with, as libpq's users expect it.
//!
//! The password comes from the URL (which other users of the machine can read in the list of
//! processes), from `PGPASSWORD`, or from the file that `PGPASSFILE` names, by default `~/.pgpass`.
//!
//! | `sslmode` | TLS | the server's certificate |
//! |---|---|---|
//! | `disable` | no | |
//! | `allow`, `prefer` (default) | if the server has it | any |
//! | `require` | yes | any; checked if `sslrootcert` is given |
//! | `verify-ca`, `verify-full` | yes | of an authority in `sslrootcert` or of the system, and for that host |
//!
//! `verify-ca` checks more than libpq does: the name, too.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::forge::server::state::{Result, StateError};
use crate::net::endpoint::decoded;
use crate::net::tls::{Identity, Trust};

/// How long connecting may take if `connect_timeout` does not say it.
const CONNECT_TIME: Duration = Duration::from_secs(3);

/// Where Debian's PostgreSQL has its Unix socket.
const SOCKETS: &str = "/var/run/postgresql";

/// What to connect with.
#[derive(Debug, Clone)]
pub struct Address {
    pub(super) config: Config,
    /// Which certificates are trusted; none without TLS.
    pub(super) trust: Option<Trust>,
    /// The address without the password.
    pub(super) shown: String,
    /// Whether the password was in the URL.
    pub has_password_in_url: bool,
}

impl Address {
    /// Whether the text names a shared database, and not a folder.
    pub fn is_address(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads a URL; `variable` is the environment.
    ///
    /// # Errors
    /// [`StateError::Address`], which never has the password in it.
    pub fn parse(url: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Address> {
        let bad = |why: String| StateError::Address(why);
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut tls = TlsWords::default();
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            if !tls.take(pair) {
                others.push(pair);
            }
        }
        let rest = match others.as_slice() {
            [] => base.to_owned(),
            others => format!("{base}?{}", others.join("&")),
        };
        let mut config: Config = rest
            .parse()
            .map_err(|error: tokio_postgres::Error| bad(said(&error)))?;
        let has_password_in_url = config.get_password().is_some();
        if config.get_hosts().is_empty() {
            config.host(variable("PGHOST").as_deref().unwrap_or(SOCKETS));
        }
        if config.get_user().is_none()
            && let Some(user) = variable("PGUSER").or_else(|| variable("USER"))
        {
            config.user(user);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIME);
        }
        if !has_password_in_url {
            let home = variable("HOME").map(|home| PathBuf::from(home).join(".pgpass"));
            let file = variable("PGPASSFILE").map(PathBuf::from).or(home);
            let password = match (variable("PGPASSWORD"), file) {
                (Some(password), _) => Some(password),
                (None, Some(file)) => from_file(&file, &config)?,
                (None, None) => None,
            };
            if let Some(password) = password {
                config.password(password);
            }
        }
        let (mode, trust) = tls.trust(&variable)?;
        config.ssl_mode(mode);
        Ok(Address {
            shown: shown(&config),
            config,
            trust,
            has_password_in_url,
        })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

fn shown(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().unwrap_or(&5432);
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or(user);
    format!("postgres://{user}@{host}:{port}/{database}")
}

/// An error and its cause: "invalid configuration" alone helps nobody.
fn said(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// The words about TLS in a URL. tokio-postgres knows three modes and no certificate.
#[derive(Debug, Default)]
struct TlsWords {
    mode: Option<String>,
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl TlsWords {
    /// Takes `NAME=VALUE` if it is one of them.
    fn take(&mut self, pair: &str) -> bool {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match name {
            "sslmode" => &mut self.mode,
            "sslrootcert" => &mut self.root,
            "sslcert" => &mut self.certificate,
            "sslkey" => &mut self.key,
            _ => return false,
        };
        *place = Some(decoded(value));
        true
    }

    fn trust(self, variable: &impl Fn(&str) -> Option<String>) -> Result<(SslMode, Option<Trust>)> {
        let mode = self.mode.or_else(|| variable("PGSSLMODE"));
        let root = self.root.or_else(|| variable("PGSSLROOTCERT"));
        let root = root.filter(|root| root != "system");
        let mode = mode.as_deref().unwrap_or("prefer");
        let (ssl_mode, is_checked) = match mode {
            "disable" => return Ok((SslMode::Disable, None)),
            "allow" | "prefer" => (SslMode::Prefer, false),
            "require" => (SslMode::Require, root.is_some()),
            "verify-ca" | "verify-full" => (SslMode::Require, true),
            other => {
                return Err(StateError::Address(format!(
                    "sslmode is disable, allow, prefer, require, verify-ca or verify-full, not '{other}'"
                )));
            }
        };
        let certificate = self.certificate.map(PathBuf::from);
        let key = self.key.map(PathBuf::from);
        let trust = Trust {
            ca: root.map(PathBuf::from).filter(|_| is_checked),
            insecure: !is_checked,
            identity: Identity::of(certificate.as_deref(), key.as_deref()),
        };
        Ok((ssl_mode, Some(trust)))
    }
}

/// The password that a file has for this database; none without a file.
fn from_file(path: &Path, config: &Config) -> Result<Option<String>> {
    let failed = |source| StateError::Io {
        path: path.to_owned(),
        source,
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if metadata.mode() & 0o077 != 0 {
        return Err(StateError::Address(format!(
            "others can read {}; libpq ignores it, too: chmod 600 it",
            path.display()
        )));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        _ => "localhost".to_owned(),
    };
    let port = config.get_ports().first().unwrap_or(&5432).to_string();
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or(user);
    Ok(password(&text, [&host, &port, database, user]))
}

/// The password in the first line `HOST:PORT:DATABASE:USER:PASSWORD` that fits; `*` fits anything,
/// and a backslash comes before a colon or a backslash that is meant.
fn password(text: &str, wanted: [&str; 4]) -> Option<String> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.find_map(|line| {
        let fields = fields(line);
        let (password, keys) = fields.split_last()?;
        let fits = keys.len() == wanted.len()
            && keys
                .iter()
                .zip(wanted)
                .all(|(key, wanted)| key == "*" || key == wanted);
        fits.then(|| password.clone())
    })
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        let last = fields.len() - 1;
        match c {
            '\\' => fields[last].extend(characters.next()),
            ':' => fields.push(String::new()),
            c => fields[last].push(c),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str, variables: &[(&str, &str)]) -> Result<Address> {
        Address::parse(url, |name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_password_comes_from_where_it_is_not_seen() {
        let url = "postgres://forge@db.example/team";
        let address = parse(url, &[("PGPASSWORD", "s3cret")]).expect("a URL");
        assert_eq!(address.config.get_password(), Some(&b"s3cret"[..]));
        assert!(!address.has_password_in_url);
        assert_eq!(address.to_string(), "postgres://forge@db.example:5432/team");
        assert!(!format!("{address:?}").contains("s3cret"));
        let address = parse("postgresql://forge:inurl@db/team", &[("PGPASSWORD", "x")]);
        let address = address.expect("a URL");
        assert_eq!(address.config.get_password(), Some(&b"inurl"[..]));
        assert!(address.has_password_in_url);
        assert!(!address.to_string().contains("inurl"));
    }

    #[test]
    fn a_password_file_is_read_as_libpq_reads_it() {
        let text = "# comment\nother:*:*:*:no\n*:5433:team:forge:b\\:c\\\\d\n*:*:*:*:last\n";
        let find = |port| password(text, ["db", port, "team", "forge"]);
        assert_eq!(find("5433").as_deref(), Some("b:c\\d"));
        assert_eq!(find("5432").as_deref(), Some("last"));
        assert_eq!(password("a:b:c", ["a", "b", "c", "d"]), None);
    }

    #[test]
    fn sslmode_decides_what_is_trusted() {
        let trust = |query: &str| {
            let address = parse(&format!("postgres://u@h/d{query}"), &[]).expect("a URL");
            address.trust.map(|trust| (trust.insecure, trust.ca))
        };
        let root = Some(PathBuf::from("/ca.pem"));
        assert_eq!(trust(""), Some((true, None)));
        assert_eq!(trust("?sslmode=disable"), None);
        assert_eq!(
            trust("?sslmode=require&connect_timeout=9"),
            Some((true, None))
        );
        let given = "?sslmode=require&sslrootcert=%2Fca.pem";
        assert_eq!(trust(given), Some((false, root.clone())));
        let given = "?sslrootcert=/ca.pem&sslmode=verify-full";
        assert_eq!(trust(given), Some((false, root)));
        let given = "?sslmode=verify%2Dfull&sslrootcert=%2fmy%20keys%2Fca.pem";
        let spaced = PathBuf::from("/my keys/ca.pem");
        assert_eq!(trust(given), Some((false, Some(spaced))));
        assert_eq!(trust("?sslmode=verify-full"), Some((false, None)));
        let error = parse("postgres://u:pass@h/d?sslmode=maybe", &[]).expect_err("no mode");
        assert!(error.to_string().contains("not 'maybe'"), "{error}");
        let error = parse("postgres://u:pass@h/d?nonsense=1", &[]).expect_err("no option");
        assert!(!error.to_string().contains("pass"), "{error}");
    }

    #[test]
    fn without_a_host_it_is_the_socket_of_this_machine() {
        let address = parse("postgres:///team", &[("USER", "me")]).expect("a URL");
        assert_eq!(
            address.to_string(),
            "postgres://me@/var/run/postgresql:5432/team"
        );
    }
}
