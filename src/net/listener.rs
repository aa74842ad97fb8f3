//! Opens listening sockets. Takes `HOST:PORT`; gives a socket that accepts connections.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::resolve::addresses;
use crate::error::{Failure, Kind};

/// How many connections may wait to be accepted. The kernel has a limit, too, often the same. With
/// the usual 128, some of a thousand clients that connect at once wait one to three seconds, until
/// TCP tries again.
const BACKLOG: u32 = 4_096;

/// A listening socket of a server.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Listens at the first address of `HOST:PORT` that is available; port 0 means any free port.
    /// `server` and `usual` are for the hint of an error: what the server is called, and an example
    /// of an address.
    ///
    /// # Errors
    /// [`Kind::Usage`] when the address is not `HOST:PORT`; [`Kind::Connection`] with the error of
    /// the resolver, or of the system for the last address.
    pub async fn bind(address: &str, server: &str, usual: &str) -> Result<Listener, Failure> {
        let listener = async {
            let socket = Listener::socket(address).await?;
            let address = socket.local_addr()?;
            Ok(Listener { socket, address })
        };
        listener.await.map_err(|error: io::Error| {
            let kind = match error.kind() {
                io::ErrorKind::InvalidInput => Kind::Usage,
                _ => Kind::Connection,
            };
            let failure = Failure::new(kind, format!("cannot listen at {address}: {error}"));
            match error.kind() {
                io::ErrorKind::AddrInUse => failure.with_hint(format!(
                    "Another {server} may run there; --bind 127.0.0.1:0 takes any free port"
                )),
                io::ErrorKind::InvalidInput => failure.with_hint(format!("For example {usual}")),
                _ => failure,
            }
        })
    }

    async fn socket(address: &str) -> io::Result<TcpListener> {
        if let Ok(address) = address.parse() {
            return listen(address);
        }
        let wrong = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
        let invalid = || wrong("it must be HOST:PORT");
        let (host, port) = address.rsplit_once(':').ok_or_else(invalid)?;
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().map_err(|_| {
            if is_number {
                wrong("a port is at most 65535")
            } else {
                invalid()
            }
        })?;
        let mut last = None;
        for address in addresses(host, port).await? {
            match listen(address) {
                Ok(socket) => return Ok(socket),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(invalid))
    }

    /// The address that it listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for clients on this machine: loopback if it listens on all addresses.
    pub fn reachable(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            _ => return self.address,
        };
        SocketAddr::new(ip, self.address.port())
    }

    /// Accepts the next connection; gives it with the peer's address.
    ///
    /// # Errors
    /// When the client has already closed the connection, or no file descriptor is left.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.socket.accept().await
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // As the standard library does, so that a port can be used again right after a server has
    // stopped.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
