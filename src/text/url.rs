//! A URL as text: the server that it names, and the parts that may be shown.
//!
//! Nothing here connects. The services parse their URLs themselves, with stricter rules.

use std::fmt;
use std::net::Ipv6Addr;

/// The scheme, host and port of a URL. Every credential belongs to one server.
///
/// Two are equal only if every URL parser would connect to the same server for both. The scheme's
/// default port may be left out; the case of ASCII letters and a dot at the end of the host make no
/// difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    scheme: String,
    host: String,
    port: u16,
}

impl Server {
    /// The server of a URL. `None` if the text is not clearly a URL with a host: it then equals no
    /// other server, so that no credential is sent to it.
    pub fn of(url: &str) -> Option<Server> {
        let (scheme, rest) = url.trim().split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let (host, port) = split_authority(authority(rest))?;
        let host = match host.strip_prefix('[') {
            Some(inner) => {
                let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
                format!("[{address}]")
            }
            // Parsers differ in how they read any other character (`@`, `%`, `\`).
            None if host
                .chars()
                .all(|c| c.is_alphanumeric() || ".-_".contains(c)) =>
            {
                host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
            }
            None => return None,
        };
        let port = match port {
            Some(port) => port,
            None => usual_port(&scheme)?,
        };
        (!host.is_empty()).then_some(Server { scheme, host, port })
    }

    /// Whether connections to it use TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self.scheme.as_str(), "https" | "wss")
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        if usual_port(&self.scheme) != Some(self.port) {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "ws" | "http" => Some(80),
        "wss" | "https" => Some(443),
        _ => None,
    }
}

/// The authority of a URL: the part after `://` that names the host.
fn authority(rest: &str) -> &str {
    &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())]
}

/// The host, and the port if there is one; `None` if the text after the colon is not a port.
fn split_authority(authority: &str) -> Option<(&str, Option<u16>)> {
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let Some(colon) = authority[end..].find(':') else {
        return Some((authority, None));
    };
    let (host, port) = (&authority[..end + colon], &authority[end + colon + 1..]);
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    match port {
        "" => Some((host, None)),
        port if digits => Some((host, Some(port.parse().ok()?))),
        _ => None,
    }
}

/// A URL without its secrets, to be shown: `…` replaces user name and password, and the query, in
/// which some services have a token. If a URL is malformed, more is hidden rather than less.
pub fn without_secrets(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = url.split_at(start);
    let authority = authority(rest);
    let user_info = if authority.contains('@') {
        authority.rfind('@')
    } else if split_authority(authority).is_none() {
        // It may be a password that contains `/` or `?`.
        rest.rfind('@')
    } else {
        None
    };
    let (hidden, rest) = match user_info {
        Some(at) => ("…", &rest[at..]),
        None => ("", rest),
    };
    match rest.split_once('?') {
        Some((before, _)) => format!("{scheme}{hidden}{before}?…"),
        None => format!("{scheme}{hidden}{rest}"),
    }
}

/// Decodes percent-encoding: `%40` is `@`.
pub fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        Server::of(a).is_some_and(|server| Some(server) == Server::of(b))
    }

    #[test]
    fn one_server_has_many_urls() {
        for (a, b) in [
            ("ws://h", "ws://h:80/path"),
            ("wss://h:443?x=1", "WSS://H#y"),
            ("https://Lan.Example.", "https://lan.example:443/forge"),
            ("http://h:", "http://h:080"),
            ("ws://[::1]:7330", "ws://[0:0::1]:7330/"),
            (" ws://h\r", "ws://h"),
        ] {
            assert!(same(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn what_differs_or_is_odd_is_another_server() {
        for (a, b) in [
            ("ws://h", "wss://h"),
            ("ws://h", "ws://h:81"),
            ("ws://h", "ws://h.example"),
            ("wss://h:80", "ws://h"),
            ("ws://h", "http://h"),
            // These are not equal to any server, and not to themselves.
            ("h:7330", "h:7330"),
            ("ws://", "ws://"),
            ("ws://u@h", "ws://u@h"),
            ("http://h\\.evil", "http://h\\.evil"),
            ("http://h%2e", "http://h%2e"),
            ("ws://h:99999", "ws://h:99999"),
            ("ws://h:+80", "ws://h:+80"),
            ("ws://a:b:80", "ws://a:b:80"),
            ("mqtt://h", "mqtt://h"),
        ] {
            assert!(!same(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn a_server_is_shown_as_people_write_it() {
        for (url, shown) in [
            ("WS://H.:7330/a?b", "ws://h:7330"),
            ("https://h:443", "https://h"),
            ("ws://[::1]:7330", "ws://[::1]:7330"),
        ] {
            let server = Server::of(url).expect(url);
            assert_eq!(server.to_string(), shown);
        }
    }

    #[test]
    fn user_info_and_queries_are_not_shown() {
        for (url, shown) in [
            ("ws://h:7330/clasp", "ws://h:7330/clasp"),
            ("ws://h/a?token=x#y", "ws://h/a?…"),
            ("ws://u:p@h:1/a", "ws://…@h:1/a"),
            ("http://tok@h", "http://…@h"),
            ("ws://u:p@q@h", "ws://…@h"),
            ("ws://u:p/q@h", "ws://…@h"),
            ("ws://u:p?q@h/a?t=1", "ws://…@h/a?…"),
            ("u:p@h:1", "…@h:1"),
            ("http://h/@team", "http://h/@team"),
            ("nonsense", "nonsense"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(url), shown, "{url}");
        }
    }
}
