//! Opens a tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6). Takes a proxy and a
//! host; gives a connection to that host.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::plain;
use super::proxy::{Proxy, authority};
use super::resolve::resolve;
use super::tcp::Tcp;
use crate::text::duration::InWords;
use crate::trace::Tap;

/// The longest head of a proxy's response, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// Why a proxy did not open a tunnel.
#[derive(Debug)]
pub struct TunnelError {
    /// The end of the message that begins with "the proxy http://p:3128 (HTTPS_PROXY)".
    pub why: String,
    /// The HTTP status of the proxy's response, if there was one.
    pub status: Option<u16>,
}

impl TunnelError {
    /// Whether the proxy refused (HTTP 4xx): it wants other credentials, or does not let this
    /// client connect there. Otherwise the connection failed.
    pub fn is_refusal(&self) -> bool {
        matches!(self.status, Some(400..=499)) && !self.is_temporary()
    }

    /// Whether a later attempt may succeed.
    pub fn is_temporary(&self) -> bool {
        matches!(self.status, None | Some(408 | 429 | 502..=504))
    }

    /// The hint: what to type next.
    pub fn hint(&self, proxy: &Proxy) -> String {
        match self.status {
            Some(407) => format!(
                "Name them: {}=http://USER:PASSWORD@HOST:PORT",
                proxy.origin()
            ),
            _ => "Connect directly with --proxy none, or list the host in NO_PROXY".to_owned(),
        }
    }

    /// The error for a proxy that wants a user name and a password.
    pub fn login() -> TunnelError {
        TunnelError {
            why: "wants a user name and a password (HTTP 407)".to_owned(),
            status: Some(407),
        }
    }

    /// The error for a proxy that did not connect within the limit.
    pub fn late(limit: Duration) -> TunnelError {
        TunnelError {
            why: format!("did not connect within {}", InWords(limit)),
            status: None,
        }
    }

    /// The error for a failure before the proxy has answered.
    pub fn io(error: &io::Error) -> TunnelError {
        TunnelError {
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
/// [`TunnelError`]; its message says that the proxy is the cause.
pub async fn connect(proxy: &Proxy, host: &str, port: u16, tap: &Tap) -> Result<Tcp, TunnelError> {
    let io = |error| TunnelError::io(&error);
    let addresses = resolve(proxy.host(), proxy.port(), tap).await.map_err(io)?;
    let mut tcp = Tcp::connect(addresses, tap).await.map_err(io)?;
    open(&mut tcp, proxy, host, port).await?;
    Ok(tcp)
}

/// Asks the proxy for a tunnel to the host.
///
/// # Errors
/// [`TunnelError`]; its message says that the proxy is the cause.
async fn open(tcp: &mut Tcp, proxy: &Proxy, host: &str, port: u16) -> Result<(), TunnelError> {
    let to = authority(host, port);
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some(authorization) = proxy.authorization() {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    let failed = |error: io::Error| TunnelError::io(&error);
    tcp.write_all(request.as_bytes()).await.map_err(failed)?;
    let head = read_head(tcp).await.map_err(failed)?;
    let status = status(&head).ok_or_else(|| TunnelError {
        why: "does not answer in HTTP".to_owned(),
        status: None,
    })?;
    let why = match status {
        200..=299 => return Ok(()),
        407 => return Err(TunnelError::login()),
        502..=504 => format!("did not reach {to} (HTTP {status})"),
        _ => format!("refuses a connection to {to} (HTTP {status})"),
    };
    Err(TunnelError {
        why,
        status: Some(status),
    })
}

/// Reads up to the blank line. It reads one byte at a time, so that bytes after the blank line,
/// which belong to the service, are not read here.
async fn read_head(tcp: &mut Tcp) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_HEAD {
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
