//! Parses a WebSocket URL. Takes its text; gives the host, the port, and whether to use TLS.

use std::fmt;
use std::sync::Arc;

use http::Uri;

use crate::error::{Failing, Kind};
use crate::text::url::percent_decoded;
pub use crate::text::url::without_secrets;
use crate::trace::names_secret;

/// The address of a service: `ws://host[:port][/path]`, or `wss://` for TLS. It is cheap to clone,
/// because every error has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Arc<Parts>);

#[derive(Debug, PartialEq, Eq)]
struct Parts {
    uri: Uri,
    tls: bool,
    host: String,
    port: u16,
}

/// Why a text is not a WebSocket URL.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{given}' is not a WebSocket URL: {why}")]
pub struct BadEndpoint {
    given: String,
    why: String,
    suggestion: Option<String>,
}

impl Failing for BadEndpoint {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        self.suggestion
            .as_ref()
            .map(|url| format!("did you mean {url}?"))
    }
}

impl Endpoint {
    /// Parses a URL.
    ///
    /// # Errors
    /// [`BadEndpoint`] when the scheme is neither ws nor wss, when there is no host, and for
    /// credentials or a fragment, which would be dropped silently by the handshake.
    pub fn parse(given: &str) -> Result<Endpoint, BadEndpoint> {
        let bad = |why: &str, suggestion: Option<String>| BadEndpoint {
            given: without_secrets(given),
            why: why.to_owned(),
            suggestion: suggestion.as_deref().map(without_secrets),
        };
        let Some((scheme, rest)) = given.split_once("://") else {
            let suggestion = (!given.is_empty() && !given.contains(char::is_whitespace))
                .then(|| format!("ws://{given}"));
            return Err(bad("it must begin with ws:// or wss://", suggestion));
        };
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "ws" => false,
            "wss" => true,
            "http" => return Err(bad("http is not WebSocket", Some(format!("ws://{rest}")))),
            "https" => return Err(bad("https is not WebSocket", Some(format!("wss://{rest}")))),
            _ => return Err(bad("it must begin with ws:// or wss://", None)),
        };
        if rest.contains('#') {
            return Err(bad("a fragment (#) means nothing to a server", None));
        }
        // The scheme in lower case, because the readers of this URI compare it exactly.
        let scheme = if tls { "wss" } else { "ws" };
        let uri: Uri = format!("{scheme}://{rest}")
            .parse()
            .map_err(|error| bad(&format!("{error}"), None))?;
        let authority = uri
            .authority()
            .ok_or_else(|| bad("it names no host", None))?;
        if authority.as_str().contains('@') {
            return Err(bad("credentials belong in a token, not in the URL", None));
        }
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        if host.is_empty() {
            return Err(bad("it names no host", None));
        }
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            // http::Uri ignores a port that is not a number.
            None if authority.as_str() != authority.host() => {
                return Err(bad("its port is not a number from 1 to 65535", None));
            }
            None if tls => 443,
            None => 80,
        };
        Ok(Endpoint(Arc::new(Parts {
            uri,
            tls,
            host,
            port,
        })))
    }

    /// The endpoint of another protocol, such as `mqtt`, from its parts.
    ///
    /// # Errors
    /// [`BadEndpoint`] when `host` is not a host name or address.
    pub fn of(scheme: &str, tls: bool, host: &str, port: u16) -> Result<Endpoint, BadEndpoint> {
        let bracketed = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let given = format!("{scheme}://{bracketed}:{port}");
        let uri = format!("{given}/").parse();
        let uri: Uri = uri.map_err(|error| BadEndpoint {
            given,
            why: format!("{error}"),
            suggestion: None,
        })?;
        Ok(Endpoint(Arc::new(Parts {
            uri,
            tls,
            host: host.to_owned(),
            port,
        })))
    }

    /// Whether the connection uses TLS.
    pub fn tls(&self) -> bool {
        self.0.tls
    }

    /// The host name or address, without brackets.
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// The port; the scheme's default if the URL has none.
    pub fn port(&self) -> u16 {
        self.0.port
    }

    /// The path. A query is replaced by `…`, because it may contain a token.
    pub fn path_without_query(&self) -> String {
        let path = self.0.uri.path();
        match self.0.uri.query() {
            Some(_) => format!("{path}?…"),
            None => path.to_owned(),
        }
    }

    /// The values in the query that are secrets, as the names of their fields suggest. Each is
    /// given as it is in the URL and decoded, so that it can be hidden in all output.
    pub fn secrets(&self) -> Vec<String> {
        let fields = self.0.uri.query().unwrap_or_default().split('&');
        let secret = fields
            .filter_map(|field| field.split_once('='))
            .filter(|(name, _)| names_secret(name) || names_secret_field(name));
        secret
            .flat_map(|(_, value)| [value.to_owned(), decoded(value)])
            .collect()
    }

    /// The whole URL, for the handshake.
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }
}

/// The URL as it may be shown: a query is replaced by `…`.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = without_secrets(&self.0.uri.to_string());
        // http::Uri adds the path `/`, which the user did not type.
        f.write_str(text.strip_suffix('/').unwrap_or(&text))
    }
}

/// Whether a query field of this name holds a secret, although a header of the same name would not.
fn names_secret_field(name: &str) -> bool {
    let names = [
        "key",
        "auth",
        "jwt",
        "sig",
        "signature",
        "pwd",
        "pass",
        "sid",
    ];
    names.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// A part of a URL without percent-encoding; bytes that are not UTF-8 become U+FFFD.
pub fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let table = [
            ("ws://localhost:7330", "localhost", 7330, false),
            ("ws://localhost", "localhost", 80, false),
            ("wss://show.example/clasp", "show.example", 443, true),
            ("ws://[::1]:7330/clasp", "::1", 7330, false),
            ("WS://10.0.0.1:1", "10.0.0.1", 1, false),
        ];
        for (given, host, port, tls) in table {
            let endpoint = Endpoint::parse(given).unwrap_or_else(|e| panic!("{given}: {e}"));
            assert_eq!(
                (endpoint.host(), endpoint.port(), endpoint.tls()),
                (host, port, tls),
                "{given}"
            );
        }
    }

    #[test]
    fn refuses_the_rest_and_says_what_was_meant() {
        let table = [
            ("localhost:7330", Some("did you mean ws://localhost:7330?")),
            (
                "http://localhost:7330",
                Some("did you mean ws://localhost:7330?"),
            ),
            ("https://h/clasp", Some("did you mean wss://h/clasp?")),
            ("mqtt://h", None),
            ("ws://", None),
            ("ws://user:pass@h", None),
            ("ws://h/#x", None),
            ("ws://h:99999", None),
            ("", None),
        ];
        for (given, hint) in table {
            let error = Endpoint::parse(given).expect_err(given);
            assert_eq!(error.hint().as_deref(), hint, "{given}: {error}");
        }
    }

    #[test]
    fn a_query_may_hold_a_token() {
        let path = |url| Endpoint::parse(url).expect(url).path_without_query();
        assert_eq!(path("ws://h/a?token=x"), "/a?…");
        assert_eq!(path("ws://h"), "/");
        let endpoint =
            Endpoint::parse("ws://h/a?room=1&access_token=x%2Fy&b&Key=z").expect("a URL");
        assert_eq!(endpoint.secrets(), ["x%2Fy", "x/y", "z", "z"]);
        assert_eq!(endpoint.to_string(), "ws://h/a?…");
        for url in ["ws://u:secret@h", "http://h?token=secret", "h?token=secret"] {
            let error = Endpoint::parse(url).expect_err(url);
            let said = format!("{error} {:?}", error.hint());
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn shows_itself_as_it_was_written() {
        for url in ["ws://localhost:7330", "ws://h/clasp", "wss://[::1]:7330"] {
            assert_eq!(Endpoint::parse(url).expect(url).to_string(), url);
        }
        let loud = Endpoint::parse("WSS://h/Clasp").expect("a URL");
        assert_eq!(loud.to_string(), "wss://h/Clasp");
    }
}
