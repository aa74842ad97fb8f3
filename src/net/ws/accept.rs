//! The server's side of the WebSocket upgrade. Takes a TCP connection; gives a [`Peer`]. A plain
//! HTTP request gets a response, so that health checks and tools that wait for a port see that the
//! server is up.

use std::net::IpAddr;

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::uri::Authority;

use super::SUBPROTOCOL;
use crate::net::error::AcceptError;
use crate::net::http_server::{HttpConnection, Request, Response};
use crate::net::peer::Peer;
use crate::net::tls::Acceptor;

/// How a server accepts clients.
#[derive(Debug, Clone, Default)]
pub struct AcceptOptions {
    /// The subprotocol; a client that offers none is accepted, too.
    pub subprotocol: &'static str,
    /// The origins of web pages that may connect, beside the server's own; `*` allows all.
    pub origins: Vec<String>,
    /// The certificate, if the server uses TLS.
    pub tls: Option<Acceptor>,
    /// The longest message that is accepted, in bytes.
    pub max_message: usize,
    /// The text of the response to a plain GET.
    pub greeting: &'static str,
}

/// Accepts a client: TLS handshake and upgrade. The caller sets the deadline.
///
/// # Errors
/// [`AcceptError`]; an HTTP client has already got its response.
pub async fn accept(stream: TcpStream, options: &AcceptOptions) -> Result<Peer, AcceptError> {
    let local = stream.local_addr().ok().map(|address| address.ip());
    let connection = HttpConnection::read_request(stream, options.tls.as_ref()).await?;
    let request = &connection.request;
    if !request.is_upgrade() {
        let response = plain_response(request, options.greeting);
        let asked = format!("{} {}", request.method, request.path);
        connection.respond(&response).await;
        return Err(AcceptError::Http(asked));
    }
    if let Err(origin) = check_origin(request, local, &options.origins) {
        let why = format!("pages of {origin} may not connect here; --allow-origin lets them");
        connection.respond(&Response::text(403, why)).await;
        return Err(AcceptError::Origin(origin));
    }
    let offers = request
        .headers(SUBPROTOCOL)
        .flat_map(|names| names.split(','))
        .any(|name| name.trim() == options.subprotocol);
    let subprotocol = offers.then_some(options.subprotocol);
    connection.upgrade(subprotocol, options.max_message).await
}

/// Every path answers with 200, as at the reference router; except `/metrics`, so that a scraper
/// does not believe that these are metrics.
fn plain_response(request: &Request, greeting: &str) -> Response {
    match (&*request.method, &*request.path) {
        ("GET" | "HEAD", "/metrics") => Response::text(
            404,
            "the metrics have a port of their own: --metrics ADDRESS:PORT",
        ),
        ("GET" | "HEAD", _) => Response::text(200, greeting),
        _ => Response::text(405, "only GET is answered").with("Allow", "GET, HEAD"),
    }
}

/// The value of Sec-WebSocket-Accept for a client's key.
pub(in crate::net) fn accept_key(key: &[u8]) -> String {
    tokio_tungstenite::tungstenite::handshake::derive_accept_key(key)
}

/// Checks the Origin header, which only browsers send: a web page of another origin must not use a
/// router on the machine of its reader.
fn check_origin(
    request: &Request,
    local: Option<IpAddr>,
    allowed: &[String],
) -> Result<(), String> {
    let Some(origin) = request.header("Origin") else {
        return Ok(());
    };
    // A Host that is a name is never taken for the server's own: the owner of a domain can point it
    // at any address, also at this one, after the page has been loaded (DNS rebinding).
    let own = request.header("Host").filter(|h| is_own_host(h, local));
    if may_connect(origin, own, allowed) {
        Ok(())
    } else {
        Err(origin.to_owned())
    }
}

/// Whether a page of this origin may connect: a page of the server itself (its origin is `host`),
/// or an allowed one; `*` allows all. The caller has checked that `host` is the server's own.
pub fn may_connect(origin: &str, host: Option<&str>, allowed: &[String]) -> bool {
    let own = host.is_some_and(|host| {
        origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
    });
    let known = allowed
        .iter()
        .any(|name| name == "*" || name.trim_end_matches('/').eq_ignore_ascii_case(origin));
    own || known
}

/// Whether the value of a Host header can only be this machine: loopback, or the address that the
/// connection came to.
fn is_own_host(host: &str, local: Option<IpAddr>) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = name.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok_and(|address| {
        address.is_loopback() || local.is_some_and(|l| l.to_canonical() == address.to_canonical())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_be_pointed_here_is_not_our_own() {
        let local: IpAddr = "192.168.1.5".parse().expect("an address");
        for (host, expected) in [
            ("127.0.0.1:7330", true),
            ("localhost:7330", true),
            ("[::1]:7330", true),
            ("192.168.1.5:7330", true),
            ("192.168.1.6:7330", false),
            ("evil.example:7330", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_own_host(host, Some(local)), expected, "{host}");
        }
        let allowed = ["http://show.example".to_owned()];
        assert!(may_connect("http://show.example", None, &allowed));
        assert!(may_connect("http://a:1", Some("a:1"), &[]));
        assert!(!may_connect("http://a:1", None, &[]));
        assert!(may_connect("null", None, &["*".to_owned()]));
    }
}
