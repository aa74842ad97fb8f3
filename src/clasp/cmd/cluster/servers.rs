//! An engine and a show as they are typed enter, [`Servers`] and a name leave.

use std::str::FromStr;

use crate::clasp::router::cluster::server::{Endpoint, Server};
use crate::text::url::percent_decoded;

/// The port of NATS.
const PORT: u16 = 4222;

/// All servers of an engine: `nats://[USER:PASSWORD@]HOST[:PORT]`, separated by commas.
#[derive(Debug, Clone)]
pub struct Servers(pub Vec<Server>);

impl FromStr for Servers {
    type Err = String;

    fn from_str(text: &str) -> Result<Servers, String> {
        let servers = text.split(',').map(|url| server(url.trim()));
        servers.collect::<Result<_, _>>().map(Servers)
    }
}

fn server(url: &str) -> Result<Server, String> {
    let rest = match url.split_once("://") {
        Some(("nats", rest)) => rest,
        // In a list, only the first needs the scheme.
        None if !url.is_empty() => url,
        Some(("tls", _)) => return Err("TLS to the engine is not supported yet".into()),
        _ => return Err("it is nats://HOST[:PORT], and more of them behind commas".into()),
    };
    let rest = rest.trim_end_matches('/');
    let (login, place) = match rest.rsplit_once('@') {
        None => (None, rest),
        Some((login, place)) => {
            let text = |part: &str| String::from_utf8_lossy(&percent_decoded(part)).into_owned();
            let (user, password) = match login.split_once(':') {
                Some((user, password)) => (user, Some(text(password))),
                None => (login, None),
            };
            (Some((text(user), password)), place)
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
    let endpoint = Endpoint::of("nats", false, host, port).map_err(|error| error.to_string())?;
    Ok(Server { endpoint, login })
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
        let login = Some(("u".to_owned(), Some("p@w".to_owned())));
        assert_eq!(servers[1].login, login);
        assert_eq!(servers[3].login, Some(("token".into(), None)));
        assert!(!format!("{servers:?}").contains("p@w"));
        for bad in [
            "",
            "http://a",
            "nats://",
            "nats://a:x",
            "nats://a,,b",
            "tls://a",
        ] {
            assert!(bad.parse::<Servers>().is_err(), "{bad}");
        }
        assert!(show("a.b").is_err() && show("").is_err() && show("show-2_b").is_ok());
    }
}
