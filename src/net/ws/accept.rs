//! The upgrade of a client: a TCP connection enters, a [`Peer`] leaves. A plain HTTP request is
//! answered, so that health checks and tools that wait for a port see that somebody is there.

use std::net::IpAddr;

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::uri::Authority;

use super::SUBPROTOCOL;
use crate::net::error::AcceptError;
use crate::net::peer::Peer;
use crate::net::tls::Acceptor;
use crate::net::visitor::{Answer, Request, Visitor};

/// What is asked of a client that wants to come in.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// The subprotocol that is spoken; a client that offers none is taken as well.
    pub subprotocol: &'static str,
    /// The origins of web pages that may connect, beside our own; `*` lets all in.
    pub origins: Vec<String>,
    /// TLS, if it is to be spoken.
    pub tls: Option<Acceptor>,
    /// The largest message taken, in bytes.
    pub max_message: usize,
    /// What a plain GET is answered.
    pub greeting: &'static str,
}

/// Lets a client in, through TLS and the upgrade. The caller sets the deadline.
///
/// # Errors
/// [`AcceptError`]; an HTTP client has been answered.
pub async fn accept(stream: TcpStream, door: &Door) -> Result<Peer, AcceptError> {
    let local = stream.local_addr().ok().map(|address| address.ip());
    let visitor = Visitor::meet(stream, door.tls.as_ref()).await?;
    let request = &visitor.request;
    if !request.is_upgrade() {
        let answer = answer_plain(request, door.greeting);
        let asked = format!("{} {}", request.method, request.path);
        visitor.answer(&answer).await;
        return Err(AcceptError::Http(asked));
    }
    if let Err(origin) = check_origin(request, local, &door.origins) {
        let why = format!("pages of {origin} may not connect here; --allow-origin lets them");
        visitor.answer(&Answer::text(403, why)).await;
        return Err(AcceptError::Origin(origin));
    }
    let offers = request
        .headers(SUBPROTOCOL)
        .flat_map(|names| names.split(','))
        .any(|name| name.trim() == door.subprotocol);
    let subprotocol = offers.then_some(door.subprotocol);
    visitor.upgrade(subprotocol, door.max_message).await
}

/// Every path is there, as at the reference router; but a scraper is not told that it has metrics.
fn answer_plain(request: &Request, greeting: &str) -> Answer {
    match (&*request.method, &*request.path) {
        ("GET" | "HEAD", "/metrics") => Answer::text(
            404,
            "the metrics have a port of their own: --metrics ADDRESS:PORT",
        ),
        ("GET" | "HEAD", _) => Answer::text(200, greeting),
        _ => Answer::text(405, "only GET is answered").with("Allow", "GET, HEAD"),
    }
}

/// What a server answers to a client's key, to show that it speaks WebSocket.
pub(in crate::net) fn accept_key(key: &[u8]) -> String {
    tokio_tungstenite::tungstenite::handshake::derive_accept_key(key)
}

/// A browser says which page it connects for, and nothing else does: so a page of another origin
/// cannot use a router on its reader's machine.
fn check_origin(
    request: &Request,
    local: Option<IpAddr>,
    allowed: &[String],
) -> Result<(), String> {
    let Some(origin) = request.header("Origin") else {
        return Ok(());
    };
    // A name is not taken for the server's own, however well it fits: whoever has a name can point
    // it at any address, also at this one, once their page is loaded (DNS rebinding).
    let own = request.header("Host").filter(|h| is_own_host(h, local));
    if may_connect(origin, own, allowed) {
        Ok(())
    } else {
        Err(origin.to_owned())
    }
}

/// Whether a page of this origin may connect to a server that it calls by this Host: a page of the
/// server itself, or one that is allowed; `*` allows all. The caller has checked that the Host is
/// one of the server's own.
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

/// Whether a host, as in a Host header, is this machine and cannot be another: loopback, or the
/// address that the connection came to.
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
