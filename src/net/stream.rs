//! Connects to a service with TCP or TLS, directly or through a proxy. Takes an [`Endpoint`]; gives
//! a [`Transport`].

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::endpoint::Endpoint;
use super::error::ConnectError;
use super::proxy::Proxy;
use super::resolve::resolve;
use super::tcp::Tcp;
use super::tls::{self, Trust};
use super::transport::Transport;
use super::tunnel::{self, TunnelError};
use crate::trace::{Step, Tap};

/// Where to connect, how, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Dial<'a> {
    /// The endpoint.
    pub endpoint: &'a Endpoint,
    /// Which certificates to trust, if the endpoint uses TLS.
    pub trust: &'a Trust,
    /// The proxy, if there is one.
    pub proxy: Option<&'a Proxy>,
    /// When to give up.
    pub deadline: Instant,
    /// The time limit that the deadline was computed from, for the error.
    pub limit: Duration,
    /// The trace of the connection.
    pub tap: &'a Tap,
}

impl Dial<'_> {
    /// Connects with TCP, and TLS over it if the endpoint uses it.
    ///
    /// # Errors
    /// [`ConnectError`] for the step that failed.
    pub async fn connect(&self) -> Result<Transport, ConnectError> {
        let tcp = match self.proxy {
            Some(proxy) => self.through(proxy).await?,
            None => self.directly().await?,
        };
        if self.endpoint.tls() {
            self.secure(tcp).await
        } else {
            Ok(Transport::Plain(tcp))
        }
    }

    /// Starts TLS on an established connection, for protocols that begin without it.
    ///
    /// # Errors
    /// [`ConnectError`] for the handshake, or a file that cannot be used.
    pub async fn secure(&self, tcp: Tcp) -> Result<Transport, ConnectError> {
        let began = Instant::now();
        let stream = timeout_at(self.deadline, tls::connect(self.endpoint, tcp, self.trust))
            .await
            .map_err(|_| self.late("TLS handshake"))??;
        self.tap.step(|| Step::Secured {
            version: tls::version(&stream),
            took: began.elapsed(),
        });
        Ok(Transport::Tls(Box::new(stream.into())))
    }

    /// A TCP connection to the service.
    async fn directly(&self) -> Result<Tcp, ConnectError> {
        let (host, port) = (self.endpoint.host(), self.endpoint.port());
        let addresses = timeout_at(self.deadline, resolve(host, port, self.tap))
            .await
            .map_err(|_| self.late("name lookup"))?
            .map_err(|source| ConnectError::Resolve {
                host: host.to_owned(),
                source,
            })?;
        timeout_at(self.deadline, Tcp::connect(addresses, self.tap))
            .await
            .map_err(|_| self.late("TCP connection"))?
            .map_err(|source| ConnectError::tcp(self.endpoint, source))
    }

    /// A TCP connection to the proxy, and a tunnel through it to the service.
    async fn through(&self, proxy: &Proxy) -> Result<Tcp, ConnectError> {
        self.tap.step(|| Step::Proxy {
            url: proxy.url(),
            origin: proxy.origin(),
        });
        let (host, port) = (self.endpoint.host(), self.endpoint.port());
        let tunnel = tunnel::connect(proxy, host, port, self.tap);
        let tunnel = timeout_at(self.deadline, tunnel).await;
        tunnel
            .unwrap_or_else(|_| Err(TunnelError::late(self.limit)))
            .map_err(|tunnel_error| ConnectError::proxy(proxy, tunnel_error))
    }

    fn late(&self, stage: &'static str) -> ConnectError {
        ConnectError::late(self.endpoint, stage, self.limit)
    }
}
