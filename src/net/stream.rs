//! TCP or TLS for protocols that are not WebSocket: an [`Endpoint`] enters, a [`Transport`] leaves.

use std::time::{Duration, Instant as Began};

use tokio::time::{Instant, timeout_at};

use super::endpoint::Endpoint;
use super::error::ConnectError;
use super::resolve::resolve;
use super::tcp::Tcp;
use super::tls::{self, Trust};
use super::transport::Transport;
use crate::trace::{Step, Tap};

/// Connects, within a limit.
///
/// # Errors
/// [`ConnectError`], by how far it came.
pub async fn connect(
    endpoint: &Endpoint,
    trust: &Trust,
    limit: Duration,
    tap: &Tap,
) -> Result<Transport, ConnectError> {
    let deadline = Instant::now() + limit;
    let late = |stage| ConnectError::TimedOut {
        endpoint: endpoint.clone(),
        stage,
        limit,
    };
    let (host, port) = (endpoint.host(), endpoint.port());
    let addresses = timeout_at(deadline, resolve(host, port, tap))
        .await
        .map_err(|_| late("name lookup"))?
        .map_err(|source| ConnectError::Resolve {
            host: host.to_owned(),
            source,
        })?;
    let tcp = timeout_at(deadline, Tcp::connect(addresses, tap))
        .await
        .map_err(|_| late("TCP connection"))?
        .map_err(|source| ConnectError::tcp(endpoint, source))?;
    if !endpoint.tls() {
        return Ok(Transport::Plain(tcp));
    }
    let began = Began::now();
    let stream = timeout_at(deadline, tls::connect(endpoint, tcp, trust))
        .await
        .map_err(|_| late("TLS handshake"))??;
    tap.step(|| Step::Secured {
        version: tls::version(&stream),
        took: began.elapsed(),
    });
    Ok(Transport::Tls(Box::new(stream.into())))
}
