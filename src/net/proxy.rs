//! Chooses the HTTP proxy for a connection. Takes the destination, the option `--proxy` and the
//! environment; gives a [`Proxy`] or none. All three services use these rules; the first that
//! applies decides:
//!
//! | rule | proxy |
//! |---|---|
//! | `--proxy URL`, `--proxy none` | that one, or none; the environment is ignored |
//! | a host on this machine (`localhost`, 127.0.0.0/8, ::1) | none |
//! | a host that `NO_PROXY` lists | none |
//! | `https`, `wss` | `HTTPS_PROXY`, else `ALL_PROXY` |
//! | `http`, `ws` | `HTTP_PROXY`, else `ALL_PROXY` |
//!
//! Each variable may be written in lower case; that one wins if both are set.

use std::fmt;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::endpoint::Endpoint;
use crate::error::{Failing, Kind};
use crate::text::url::percent_decoded;

/// A proxy that is reached over plain HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    host: String,
    port: u16,
    /// The value of Proxy-Authorization.
    authorization: Option<String>,
    /// The option or the variable that sets it.
    origin: &'static str,
}

/// Why the proxy that was set cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{origin} {why}")]
pub struct BadProxy {
    origin: &'static str,
    why: String,
}

impl Failing for BadProxy {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("Write it as http://HOST:PORT, or connect directly with --proxy none".into())
    }
}

/// The option that sets a proxy.
const FLAG: &str = "--proxy";

/// The destination of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// Whether the connection uses TLS.
    pub tls: bool,
    /// The host name or address, without brackets.
    pub host: &'a str,
    /// The port.
    pub port: u16,
}

impl<'a> From<&'a Endpoint> for Destination<'a> {
    fn from(endpoint: &'a Endpoint) -> Destination<'a> {
        Destination {
            tls: endpoint.tls(),
            host: endpoint.host(),
            port: endpoint.port(),
        }
    }
}

impl Proxy {
    /// The proxy for a connection, if there is one; `typed` is the value of `--proxy`.
    ///
    /// # Errors
    /// [`BadProxy`] with the option or the variable.
    pub fn select(typed: Option<&str>, to: Destination<'_>) -> Result<Option<Proxy>, BadProxy> {
        choose(typed, to, |name| std::env::var(name).ok())
    }

    /// The option or the variable that sets it.
    pub fn origin(&self) -> &'static str {
        self.origin
    }

    /// The proxy's host name or address.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The proxy's port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The proxy's URL, without credentials.
    pub fn url(&self) -> String {
        format!("http://{}", authority(&self.host, self.port))
    }

    /// The value of the Proxy-Authorization header, which is a secret.
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    fn parse(given: &str, origin: &'static str) -> Result<Proxy, BadProxy> {
        let bad = |why: &str| BadProxy {
            origin,
            why: why.to_owned(),
        };
        let rest = match given.split_once("://") {
            None => given,
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) => {
                return Err(bad(&format!(
                    "names a {scheme} proxy, and only http:// ones can be used"
                )));
            }
        };
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (credentials, rest) = match rest.rsplit_once('@') {
            Some((credentials, rest)) => (Some(credentials), rest),
            None => (None, rest),
        };
        let (host, port) = match rest.strip_prefix('[') {
            Some(rest) => rest.split_once(']').ok_or_else(|| bad("is not a URL"))?,
            None => match rest.find(':') {
                Some(colon) => rest.split_at(colon),
                None => (rest, ""),
            },
        };
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => 80,
            Some(port) => port.parse().map_err(|_| bad("has no port number"))?,
            None => return Err(bad("is not a URL")),
        };
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err(bad("names no host"));
        }
        let authorization = credentials.map(|credentials| {
            let credentials = percent_decoded(credentials);
            format!("Basic {}", STANDARD.encode(credentials))
        });
        Ok(Proxy {
            host: host.to_owned(),
            port,
            authorization,
            origin,
        })
    }
}

/// The proxy as messages name it.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.url(), self.origin)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

/// `host:port`; an IPv6 address is in brackets.
pub(super) fn authority(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

fn choose(
    typed: Option<&str>,
    to: Destination<'_>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, BadProxy> {
    match typed {
        Some("none") => return Ok(None),
        Some(typed) => return Proxy::parse(typed, FLAG).map(Some),
        None => {}
    }
    let set = |name: &str| {
        let value = variable(name)?.trim().to_owned();
        (!value.is_empty()).then_some(value)
    };
    if is_loopback(to.host) {
        return Ok(None);
    }
    let exempt = ["no_proxy", "NO_PROXY"].into_iter().find_map(set);
    if exempt.is_some_and(|list| is_listed(&list, to)) {
        return Ok(None);
    }
    let names = if to.tls {
        ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
    };
    for name in names {
        // In a CGI program HTTP_PROXY may come from the header "Proxy" of a request.
        if name == "HTTP_PROXY" && set("REQUEST_METHOD").is_some() {
            continue;
        }
        if let Some(value) = set(name) {
            return Proxy::parse(&value, name).map(Some);
        }
    }
    Ok(None)
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().map(|address| address.to_canonical());
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

/// Whether NO_PROXY lists the host: by its name or a parent domain, address, network, or `*`.
fn is_listed(list: &str, to: Destination<'_>) -> bool {
    let host = to.host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
    let entries = list.split([',', ' ', '\t']).map(str::trim);
    entries.filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        let (name, port) = match entry.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
                (name, port.parse::<u16>().ok())
            }
            _ => (entry.as_str(), None),
        };
        if port.is_some_and(|port| port != to.port) {
            return false;
        }
        let name = name.trim_start_matches('[').trim_end_matches(']');
        if name == "*" {
            return true;
        }
        match address {
            Some(address) => is_in(name, address),
            None => {
                let name = name.trim_start_matches('*').trim_matches('.');
                let below = host.strip_suffix(name);
                !name.is_empty()
                    && below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
            }
        }
    })
}

/// Whether `entry` is this address, or a network that contains it.
fn is_in(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = entry.split_once('/').unwrap_or((entry, ""));
    let Ok(network) = network.parse::<IpAddr>() else {
        return false;
    };
    let whole = if network.is_ipv4() { 32 } else { 128 };
    let bits = if bits.is_empty() {
        Some(whole)
    } else {
        bits.parse().ok()
    };
    let Some(bits) = bits.filter(|bits| *bits <= whole) else {
        return false;
    };
    let number = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    };
    let differ = number(network) ^ number(address);
    network.is_ipv4() == address.is_ipv4() && differ.checked_shr(whole - bits).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Destination<'_> = Destination {
        tls: false,
        host: "show.example",
        port: 7330,
    };

    fn chosen(typed: Option<&str>, to: Destination<'_>, set: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        choose(typed, to, variable)
            .expect("a proxy that can be used")
            .map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_variable_of_the_scheme_counts_and_then_the_one_for_all() {
        let tls = Destination { tls: true, ..PLAIN };
        let both = [("HTTP_PROXY", "http://p:1"), ("https_proxy", "q:2")];
        let all = [("ALL_PROXY", "HTTP://[::1]:3/")];
        let cgi = [("HTTP_PROXY", "http://p:1"), ("REQUEST_METHOD", "GET")];
        for (to, set, expected) in [
            (PLAIN, &both[..], Some("http://p:1 (HTTP_PROXY)")),
            (tls, &both, Some("http://q:2 (https_proxy)")),
            (tls, &all, Some("http://[::1]:3 (ALL_PROXY)")),
            (PLAIN, &[("http_proxy", " ")], None),
            (PLAIN, &[("HTTPS_PROXY", "http://p:1")], None),
            (PLAIN, &cgi, None),
        ] {
            assert_eq!(chosen(None, to, set).as_deref(), expected, "{set:?}");
        }
    }

    #[test]
    fn this_machine_is_reached_directly_unless_a_proxy_is_typed() {
        let set = [("ALL_PROXY", "http://p:1")];
        for host in [
            "localhost",
            "a.localhost",
            "127.1.2.3",
            "::1",
            "LOCALHOST",
            "localhost.",
            "::ffff:127.0.0.1",
        ] {
            let to = Destination { host, ..PLAIN };
            assert_eq!(chosen(None, to, &set), None, "{host}");
            let typed = chosen(Some("http://q:2"), to, &set);
            assert_eq!(typed.as_deref(), Some("http://q:2 (--proxy)"));
        }
        assert_eq!(chosen(Some("none"), PLAIN, &set), None);
    }

    #[test]
    fn no_proxy_lists_names_addresses_and_networks() {
        for (list, host, direct) in [
            ("*", "show.example", true),
            ("example", "show.example", true),
            (".show.example", "show.example", true),
            ("*.example", "show.example", true),
            ("how.example", "show.example", false),
            ("other, SHOW.example", "show.example.", true),
            ("show.example:7330", "show.example", true),
            ("show.example:80", "show.example", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("0.0.0.0/0", "10.1.2.3", true),
            ("fd00::/8", "fd00::7", true),
            ("[fd00::7]:7330", "fd00::7", true),
            ("fd00::7", "fe00::7", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.0.0.0/99", "10.0.0.0", false),
            ("", "show.example", false),
        ] {
            let set = [("ALL_PROXY", "http://p:1"), ("NO_PROXY", list)];
            let to = Destination { host, ..PLAIN };
            assert_eq!(chosen(None, to, &set).is_none(), direct, "{list} {host}");
        }
    }

    #[test]
    fn credentials_are_sent_and_never_shown() {
        let proxy = Proxy::parse("http://us%40er:p%3ass@p:1", FLAG).expect("a proxy");
        assert_eq!(proxy.authorization(), Some("Basic dXNAZXI6cDpzcw=="));
        assert_eq!(format!("{proxy} {proxy:?}").matches("ss").count(), 0);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (given, why) in [
            ("socks5://p:1", "HTTPS_PROXY names a socks5 proxy"),
            ("https://p:1", "names a https proxy"),
            ("http://p:x", "port"),
            ("http://", "no host"),
            ("http://[::1:1", "not a URL"),
        ] {
            let error = Proxy::parse(given, "HTTPS_PROXY").expect_err(given);
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
