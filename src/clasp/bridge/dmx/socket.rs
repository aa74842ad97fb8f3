//! UDP over IPv4. Gives received datagrams with their senders; takes datagrams with their receivers.
//!
//! ```text
//! socket ──▶ task ──▶ one bounded channel ──▶ Datagrams::next
//! Datagrams::send ──▶ first socket
//! ```
//!
//! When the reader of the channel falls behind, the system drops datagrams.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::clasp::bridge::host::check_host;
use crate::error::{Failure, Kind};
use crate::net::addresses;
use crate::net::udp::enlarge_buffers;

/// How many received datagrams may be queued.
const WAITING: usize = 1_024;

/// The longest datagram that is read. A longer one is cut, and so is malformed.
const DATAGRAM_MAX: usize = 2_048;

/// How many groups one socket joins: Linux allows 20 (`igmp_max_memberships`).
const GROUPS: usize = 20;

/// How many routers a multicast datagram may pass.
const HOPS: u32 = 8;

/// A host and a port, as the user types them: `HOST` or `HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A name or an IPv4 address.
    pub host: String,
    /// The port; `None` means the usual port of the protocol.
    pub port: Option<u16>,
}

impl Target {
    /// Parses `HOST` or `HOST:PORT`.
    ///
    /// # Errors
    /// The expected form.
    pub fn parse(text: &str) -> Result<Target, &'static str> {
        const WHY: &str = "it is HOST or HOST:PORT";
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| WHY)?)),
            None => (text, None),
        };
        if host.is_empty() || port == Some(0) {
            return Err(WHY);
        }
        check_host(host)?;
        Ok(Target {
            host: host.to_owned(),
            port,
        })
    }

    /// Parses an address to listen on: `PORT`, `HOST` or `HOST:PORT`. Port 0 means any free port.
    ///
    /// # Errors
    /// The expected form.
    pub fn to_listen(text: &str) -> Result<Target, &'static str> {
        const WHY: &str = "it is PORT, HOST or HOST:PORT";
        let any = Ipv4Addr::UNSPECIFIED.to_string();
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => (any, Some(text)),
            None => (text.to_owned(), None),
        };
        let port = port.map(str::parse).transpose().map_err(|_| WHY)?;
        if host.is_empty() {
            return Err(WHY);
        }
        check_host(&host)?;
        Ok(Target { host, port })
    }

    /// Resolves the host to its first IPv4 address.
    ///
    /// # Errors
    /// A host without an IPv4 address.
    pub async fn resolve(&self, port: u16) -> Result<SocketAddrV4, Failure> {
        let Target { host, .. } = self;
        let port = self.port.unwrap_or(port);
        let found = addresses(host, port).await.and_then(|found| {
            let mut found = found.into_iter().filter_map(|address| match address {
                SocketAddr::V4(address) => Some(address),
                SocketAddr::V6(_) => None,
            });
            let none = || io::Error::other("it has no IPv4 address");
            found.next().ok_or_else(none)
        });
        found
            .map_err(|error| Failure::new(Kind::Connection, format!("cannot find {host}: {error}")))
    }
}

/// The sockets of a bridge.
pub struct Datagrams {
    /// The first sends; all receive.
    sockets: Vec<Arc<UdpSocket>>,
    /// How many groups the last socket has joined.
    joined: usize,
    interface: Ipv4Addr,
    local: SocketAddrV4,
    incoming: mpsc::Receiver<(Vec<u8>, SocketAddrV4)>,
    /// Keeps the channel open; new tasks get a copy.
    events: mpsc::Sender<(Vec<u8>, SocketAddrV4)>,
}

impl Datagrams {
    /// Opens a socket that listens. Multicast is sent by the interface with this address.
    ///
    /// # Errors
    /// An address that cannot be bound.
    pub fn open(listen: SocketAddrV4, interface: Ipv4Addr) -> Result<Datagrams, Failure> {
        let failed = |error: io::Error| {
            let message = format!("cannot listen at udp {listen}: {error}");
            let failure = Failure::new(Kind::Connection, message);
            match error.kind() {
                io::ErrorKind::AddrInUse => {
                    failure.with_hint("Another program listens there and does not share the port")
                }
                _ => failure,
            }
        };
        let (events, incoming) = mpsc::channel(WAITING);
        let mut datagrams = Datagrams {
            sockets: Vec::new(),
            joined: 0,
            interface,
            local: listen,
            incoming,
            events,
        };
        datagrams.add().map_err(failed)?;
        Ok(datagrams)
    }

    /// The address that it is bound to.
    pub fn local(&self) -> SocketAddrV4 {
        self.local
    }

    /// Opens another socket with the same address.
    fn add(&mut self) -> io::Result<()> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        // Several programs of one machine may listen on the same port, as is usual for both protocols.
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.set_broadcast(true)?;
        enlarge_buffers(&socket);
        socket.set_multicast_ttl_v4(HOPS)?;
        if !self.interface.is_unspecified() {
            let interface = self.interface;
            socket.set_multicast_if_v4(&interface).map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("no interface has {interface} ({error})"),
                )
            })?;
        }
        // Otherwise each socket would receive the groups that other sockets have joined.
        #[cfg(target_os = "linux")]
        socket.set_multicast_all_v4(false)?;
        socket.bind(&self.local.into())?;
        let socket = Arc::new(UdpSocket::from_std(socket.into())?);
        if let SocketAddr::V4(local) = socket.local_addr()? {
            self.local = local;
        }
        self.joined = 0;
        tokio::spawn(read(Arc::clone(&socket), self.events.clone()));
        self.sockets.push(socket);
        Ok(())
    }

    /// Joins a multicast group.
    ///
    /// # Errors
    /// The error of the system.
    pub fn join(&mut self, group: Ipv4Addr) -> io::Result<()> {
        if self.joined >= GROUPS {
            self.add()?;
        }
        if let Some(socket) = self.sockets.last() {
            SockRef::from(&**socket).join_multicast_v4(&group, &self.interface)?;
        }
        self.joined += 1;
        Ok(())
    }

    /// Waits for the next datagram. Cancel-safe.
    pub async fn next(&mut self) -> (Vec<u8>, SocketAddrV4) {
        match self.incoming.recv().await {
            Some(datagram) => datagram,
            // The channel cannot close: this struct has a sender.
            None => std::future::pending().await,
        }
    }

    /// The next datagram, if one has already arrived.
    pub fn try_next(&mut self) -> Option<(Vec<u8>, SocketAddrV4)> {
        self.incoming.try_recv().ok()
    }

    /// Sends a datagram, without waiting.
    ///
    /// # Errors
    /// The error of the system.
    pub fn send(&self, bytes: &[u8], to: SocketAddrV4) -> io::Result<()> {
        let socket = self.sockets.first();
        let socket = socket.ok_or(io::ErrorKind::NotConnected)?;
        socket.try_send_to(bytes, to.into()).map(|_| ())
    }
}

async fn read(socket: Arc<UdpSocket>, events: mpsc::Sender<(Vec<u8>, SocketAddrV4)>) {
    let mut buffer = vec![0; DATAGRAM_MAX];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((size, SocketAddr::V4(from))) => {
                if events.send((buffer[..size].to_vec(), from)).await.is_err() {
                    return;
                }
            }
            Ok(_) => {}
            Err(_) => sleep(Duration::from_millis(1)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_as_they_are_typed() {
        let target = |host: &str, port| {
            Ok(Target {
                host: host.to_owned(),
                port,
            })
        };
        let why = Err("it is HOST or HOST:PORT");
        for (text, expected) in [
            ("node", target("node", None)),
            ("10.0.0.5:6454", target("10.0.0.5", Some(6454))),
            ("", why.clone()),
            (":1", why.clone()),
            ("node:x", why.clone()),
            ("node:0", why),
        ] {
            assert_eq!(Target::parse(text), expected, "{text}");
        }
        let why = Err("it is PORT, HOST or HOST:PORT");
        for (text, expected) in [
            ("6454", target("0.0.0.0", Some(6454))),
            ("127.0.0.1", target("127.0.0.1", None)),
            ("127.0.0.1:0", target("127.0.0.1", Some(0))),
            ("70000", why.clone()),
            ("", why),
        ] {
            assert_eq!(Target::to_listen(text), expected, "{text}");
        }
    }
}
