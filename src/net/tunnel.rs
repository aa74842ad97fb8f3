//! A tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6): takes a proxy and a host, gives a
//! connection that leads to that host, or why there is none.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::proxy::{Proxy, authority};
use super::resolve::resolve;
use super::tcp::Tcp;
use super::wording::plain;
use crate::text::duration::InWords;
use crate::trace::Tap;

/// The longest head of a proxy's answer.
const LONGEST_HEAD: usize = 16 * 1024;

/// Why there is no tunnel.
#[derive(Debug)]
pub struct NoTunnel {
    /// What follows "the proxy http://p:3128 (HTTPS_PROXY) …".
    pub why: String,
    /// The HTTP status, if it answered with one.
    pub status: Option<u16>,
}

impl NoTunnel {
    /// Whether the proxy itself said no (HTTP 4xx): it wants other credentials, or does not let this
    /// client connect there. Otherwise the connection did not come about.
    pub fn is_refusal(&self) -> bool {
        matches!(self.status, Some(400..=499)) && !self.may_heal()
    }

    /// Whether waiting may help.
    pub fn may_heal(&self) -> bool {
        matches!(self.status, None | Some(408 | 429 | 502..=504))
    }

    /// What to type next.
    pub fn hint(&self, proxy: &Proxy) -> String {
        match self.status {
            Some(407) => format!(
                "Name them: {}=http://USER:PASSWORD@HOST:PORT",
                proxy.origin()
            ),
            _ => "Connect directly with --proxy none, or list the host in NO_PROXY".to_owned(),
        }
    }

    /// The proxy wants a user name and a password.
    pub fn login() -> NoTunnel {
        NoTunnel {
            why: "wants a user name and a password (HTTP 407)".to_owned(),
            status: Some(407),
        }
    }

    /// The limit for connecting has passed.
    pub fn late(limit: Duration) -> NoTunnel {
        NoTunnel {
            why: format!("did not connect within {}", InWords(limit)),
            status: None,
        }
    }

    /// A failure before the proxy has answered.
    pub fn io(error: &io::Error) -> NoTunnel {
        NoTunnel {
            why: match error.kind() {
                io::ErrorKind::ConnectionRefused => "is not there (connection refused)".to_owned(),
                _ => format!("cannot be used: {}", plain(error)),
            },
            status: None,
        }
    }
}

/// Connects to the proxy and asks it for a tunnel to the host.
///
/// # Errors
/// [`NoTunnel`], in words that blame the proxy.
pub async fn connect(proxy: &Proxy, host: &str, port: u16, tap: &Tap) -> Result<Tcp, NoTunnel> {
    let io = |error| NoTunnel::io(&error);
    let addresses = resolve(proxy.host(), proxy.port(), tap).await.map_err(io)?;
    let mut tcp = Tcp::connect(addresses, tap).await.map_err(io)?;
    open(&mut tcp, proxy, host, port).await?;
    Ok(tcp)
}

/// Asks the proxy for a tunnel to the host.
///
/// # Errors
/// [`NoTunnel`], in words that blame the proxy.
async fn open(tcp: &mut Tcp, proxy: &Proxy, host: &str, port: u16) -> Result<(), NoTunnel> {
    let to = authority(host, port);
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some(authorization) = proxy.authorization() {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    let failed = |error: io::Error| NoTunnel::io(&error);
    tcp.write_all(request.as_bytes()).await.map_err(failed)?;
    let head = read_head(tcp).await.map_err(failed)?;
    let status = status(&head).ok_or_else(|| NoTunnel {
        why: "does not answer in HTTP".to_owned(),
        status: None,
    })?;
    let why = match status {
        200..=299 => return Ok(()),
        407 => return Err(NoTunnel::login()),
        502..=504 => format!("did not reach {to} (HTTP {status})"),
        _ => format!("refuses a connection to {to} (HTTP {status})"),
    };
    Err(NoTunnel {
        why,
        status: Some(status),
    })
}

/// Everything up to the blank line. Nothing follows it before the client speaks, so reading a byte
/// at a time is only for a proxy that does not keep to that: what follows belongs to the service.
async fn read_head(tcp: &mut Tcp) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            return Err(io::Error::other("its answer is too long"));
        }
        head.push(tcp.read_u8().await?);
    }
    Ok(head)
}

fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?.strip_prefix("HTTP/1.")?;
    line.split(' ').nth(1)?.parse().ok()
}
