//! An engine and a show as they are typed enter, [`Server`]s and a name leave.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use crate::clasp::router::cluster::server::{Endpoint, Identity, Login, Server, Trust};
use crate::error::Failure;
use crate::text::url::percent_decoded;
use crate::text::whole::{SMALL, file_text};

/// The port of NATS.
const PORT: u16 = 4222;

/// All servers of an engine: `nats://[USER:PASSWORD@]HOST[:PORT]`, or `tls://` to demand TLS, separated by
/// commas.
#[derive(Debug, Clone)]
pub struct Servers(Vec<Server>);

/// How to reach the servers of an engine, and as whom.
#[derive(Debug, Clone, clap::Args)]
pub struct EngineArgs {
    /// Log in to the engine with what this file holds: USER:PASSWORD, a token, an
    /// nkey seed, or a .creds file
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    cluster_credentials: Option<PathBuf>,

    /// Trust the certificates in this PEM file for the engine, beside the system's
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    cluster_ca: Option<PathBuf>,

    /// Show this certificate (PEM) to an engine that asks for one
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    cluster_cert: Option<PathBuf>,

    /// The key of --cluster-cert (PEM) [default: it is in the same file]
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster_cert",
        help_heading = "Cluster"
    )]
    cluster_key: Option<PathBuf>,
}

impl EngineArgs {
    /// The servers, with these options.
    ///
    /// # Errors
    /// A file of credentials that cannot be read or used.
    pub fn servers(&self, servers: &Servers) -> Result<Vec<Server>, Failure> {
        let login = self.login()?;
        let trust = Arc::new(Trust {
            ca: self.cluster_ca.clone(),
            insecure: false,
            identity: Identity::of(self.cluster_cert.as_deref(), self.cluster_key.as_deref()),
        });
        let servers = servers.0.iter().map(|server| Server {
            // What stands in a URL is for that server.
            login: server.login.clone().or_else(|| login.clone()),
            trust: trust.clone(),
            ..server.clone()
        });
        Ok(servers.collect())
    }

    fn login(&self) -> Result<Option<Login>, Failure> {
        let Some(path) = &self.cluster_credentials else {
            return Ok(None);
        };
        let failed = |why: &dyn std::fmt::Display| {
            Failure::usage(format!("--cluster-credentials {}: {why}", path.display()))
        };
        let text = file_text(path, SMALL).map_err(|error| failed(&error))?;
        Login::read(&text).map(Some).map_err(|error| failed(&error))
    }
}

impl FromStr for Servers {
    type Err = String;

    fn from_str(text: &str) -> Result<Servers, String> {
        let mut servers: Vec<Server> = Vec::new();
        for url in text.split(',') {
            let needs_tls = servers.last().is_some_and(|before| before.needs_tls);
            servers.push(server(url.trim(), needs_tls)?);
        }
        Ok(Servers(servers))
    }
}

fn server(url: &str, needs_tls: bool) -> Result<Server, String> {
    let (needs_tls, rest) = match url.split_once("://") {
        Some(("nats", rest)) => (false, rest),
        Some(("tls", rest)) => (true, rest),
        // In a list, only the first needs the scheme.
        None if !url.is_empty() => (needs_tls, url),
        _ => {
            let why =
                "it is nats://HOST[:PORT] or tls://HOST[:PORT], and more of them behind commas";
            return Err(why.into());
        }
    };
    let rest = rest.trim_end_matches('/');
    let (login, place) = match rest.rsplit_once('@') {
        None => (None, rest),
        Some((login, place)) => {
            let text = |part: &str| String::from_utf8_lossy(&percent_decoded(part)).into_owned();
            let login = match login.split_once(':') {
                Some((user, password)) => Login::Password(text(user), text(password)),
                None => Login::Token(text(login)),
            };
            (Some(login), place)
        }
    };
    // An IPv6 address has brackets when a port follows.
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let bad = |_| format!("'{port}' is no port: it is a number from 1 to 65535");
            (host, port.parse().map_err(bad)?)
        }
        _ => (place, PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err("it names no host".into());
    }
    let scheme = if needs_tls { "tls" } else { "nats" };
    // TLS begins behind the server's first line.
    let endpoint = Endpoint::of(scheme, false, host, port).map_err(|error| error.to_string())?;
    Ok(Server {
        endpoint,
        needs_tls,
        trust: Arc::default(),
        login,
    })
}

/// The name of a show, as a part of subjects.
///
/// # Errors
/// Why it is none.
pub fn show(text: &str) -> Result<String, String> {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if text.is_empty() || text.len() > 32 || !text.bytes().all(is_fit) {
        return Err("it has 1 to 32 letters, digits, '_' and '-'".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        let text = "nats://a, nats://u:p%40w@b:5000,[::1]:7,nats://token@c/";
        let Servers(servers) = text.parse().unwrap();
        let places: Vec<_> = servers
            .iter()
            .map(|server| (server.endpoint.host(), server.endpoint.port()))
            .collect();
        assert_eq!(places, [("a", 4222), ("b", 5000), ("::1", 7), ("c", 4222)]);
        let login = Login::Password("u".to_owned(), "p@w".to_owned());
        assert_eq!(servers[1].login, Some(login));
        assert_eq!(servers[3].login, Some(Login::Token("token".into())));
        assert!(!format!("{servers:?}").contains("p@w"));
        let Servers(servers) = "tls://a,b,nats://c".parse().unwrap();
        let tls: Vec<bool> = servers.iter().map(|server| server.needs_tls).collect();
        assert_eq!(tls, [true, true, false]);
        for bad in ["", "http://a", "nats://", "nats://a:x", "nats://a,,b"] {
            assert!(bad.parse::<Servers>().is_err(), "{bad}");
        }
        assert!(show("a.b").is_err() && show("").is_err() && show("show-2_b").is_ok());
    }
}
