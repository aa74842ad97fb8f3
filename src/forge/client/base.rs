//! The base URL of the service. Takes a URL as it was typed; gives the URLs of its routes, and the
//! proxy for them.

use std::fmt;
use std::sync::Arc;

use super::Error;
use crate::forge::api::route::Route;
use crate::net::endpoint::without_secrets;
use crate::net::proxy::{BadProxy, Destination, Proxy};

/// The base URL of the service: `http://` or `https://`, a host, and optionally a port and a path
/// prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(Arc<str>);

impl Base {
    /// Parses a base URL. A slash at its end is ignored. A path is kept, because the service may be
    /// below one at a reverse proxy.
    ///
    /// # Errors
    /// [`Error::BadUrl`] if it is not such a URL, or has a query, a fragment or credentials.
    pub fn parse(given: &str) -> Result<Base, Error> {
        let bad = |why: &str, suggestion: Option<String>| Error::BadUrl {
            given: without_secrets(given),
            why: why.to_owned(),
            suggestion: suggestion.as_deref().map(without_secrets),
        };
        let Some((scheme, rest)) = given.split_once("://") else {
            let plausible = !given.is_empty() && !given.contains(char::is_whitespace);
            return Err(bad(
                "it must begin with http:// or https://",
                plausible.then(|| format!("http://{given}")),
            ));
        };
        if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
            return Err(bad("it must begin with http:// or https://", None));
        }
        let url = reqwest::Url::parse(given).map_err(|error| bad(&error.to_string(), None))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("credentials belong in a token, not in the URL", None));
        }
        if let Some((before, _)) = rest.split_once(['?', '#']) {
            let why = "a query or a fragment cannot be kept";
            return Err(bad(why, Some(format!("{scheme}://{before}"))));
        }
        Ok(Base(url.as_str().trim_end_matches('/').into()))
    }

    /// Whether connections use TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// The proxy for the service; `typed` is the value of `--proxy`.
    ///
    /// # Errors
    /// [`BadProxy`].
    pub fn proxy(&self, typed: Option<&str>) -> Result<Option<Proxy>, BadProxy> {
        let (host, port) = self.host_and_port();
        let to = Destination {
            tls: self.is_tls(),
            host: &host,
            port,
        };
        Proxy::select(typed, to)
    }

    /// The host name or address (without brackets) and the port.
    pub(super) fn host_and_port(&self) -> (String, u16) {
        let url = reqwest::Url::parse(&self.0).ok();
        let host = url.as_ref().and_then(reqwest::Url::host_str);
        let port = url.as_ref().and_then(reqwest::Url::port_or_known_default);
        let host = host.unwrap_or_default().trim_matches(['[', ']']);
        (host.to_owned(), port.unwrap_or_default())
    }

    /// The whole URL of a route.
    pub fn url(&self, route: &Route) -> String {
        format!("{}{route}", self.0)
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_keeps_its_prefix_and_nothing_else() {
        let table = [
            ("http://localhost:8800", "http://localhost:8800/run"),
            ("http://localhost:8800/", "http://localhost:8800/run"),
            (
                "https://lan.example/forge//",
                "https://lan.example/forge/run",
            ),
            ("HTTP://[::1]:80/a/b", "http://[::1]/a/b/run"),
        ];
        for (given, expected) in table {
            let base = Base::parse(given).expect(given);
            assert_eq!(base.url(&Route::Run), expected, "{given}");
        }
        for given in [
            "",
            "localhost:8800",
            "ws://localhost",
            "http://",
            "http://h?x=1",
            "http://h/#f",
            "http://u:p@h",
            "http://h:99999",
            "not a url",
        ] {
            let error = Base::parse(given).expect_err(given);
            assert!(!error.to_string().contains("u:p"), "{error}");
        }
    }
}
