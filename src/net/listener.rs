//! Listening sockets: `HOST:PORT` enters, a socket that accepts connections leaves.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use super::resolve::addresses;

/// Where a server listens.
#[derive(Debug)]
pub struct Listener(TcpListener);

impl Listener {
    /// Listens at the first address of `HOST:PORT` that can be had; port 0 is any free one.
    ///
    /// # Errors
    /// An address without a port; the resolver's words; what the system says of the last address.
    pub async fn bind(address: &str) -> io::Result<Listener> {
        if let Ok(address) = address.parse::<SocketAddr>() {
            return TcpListener::bind(address).await.map(Listener);
        }
        let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "it must be HOST:PORT");
        let (host, port) = address.rsplit_once(':').ok_or_else(invalid)?;
        let port = port.parse().map_err(|_| invalid())?;
        let addresses = addresses(host, port).await?;
        TcpListener::bind(&addresses[..]).await.map(Listener)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The next connection and its peer.
    ///
    /// # Errors
    /// A connection that was gone at once; no descriptor left.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.0.accept().await
    }
}
