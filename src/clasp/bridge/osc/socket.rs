//! Sends and receives packets over UDP and TCP.
//!
//! ```text
//! UDP socket ──▶ task ─┐
//! TCP listener ─▶ task ├──▶ one bounded channel ──▶ Sockets::next
//! TCP connection ─ task┘
//! Sockets::send ──▶ UDP socket, or the bounded channel of a TCP connection
//! ```
//! When the reader of the channel is too slow, the operating system drops UDP datagrams, and TCP
//! senders wait.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::framing::{Framing, Unframer, framed};
use crate::clasp::bridge::host::check_host;
use crate::error::{Failure, Kind};
use crate::net::addresses;
use crate::net::backoff::Backoff;
use crate::net::udp::enlarge_buffers;

/// How many received packets may wait.
const WAITING: usize = 1_024;

/// How many packets may wait for a TCP peer that reads slowly; more are dropped.
const WAITING_FOR_PEER: usize = 1_024;

/// The limit of TCP peers at a time.
pub const CONNECTIONS_MAX: usize = 256;

/// The largest datagram of UDP over IPv4.
pub const DATAGRAM_MAX: usize = 65_507;

/// The first wait before reconnecting.
const RECONNECT: Duration = Duration::from_millis(500);

/// The time limit for making a TCP connection.
const CONNECT: Duration = Duration::from_secs(5);

/// The transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Each datagram is a packet.
    Udp,
    /// A stream of packets.
    Tcp,
}

/// An address to listen at or send to, as the user types it: `8000`, `HOST:PORT`, `tcp:HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The transport protocol.
    pub transport: Transport,
    /// The host; `None` means all addresses of this machine.
    pub host: Option<String>,
    /// The port; when listening, 0 means any free port.
    pub port: u16,
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Place, Self::Err> {
        const WHY: &str = "an address is PORT or HOST:PORT, with tcp: before it for TCP";
        let (transport, rest) = match text.split_once(':') {
            Some(("udp", rest)) => (Transport::Udp, rest),
            Some(("tcp", rest)) => (Transport::Tcp, rest),
            _ => (Transport::Udp, text),
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (Some(host), port),
            None => (None, rest),
        };
        let host = match host {
            Some("") => return Err(WHY),
            Some(host) => {
                let inside = host
                    .strip_prefix('[')
                    .and_then(|host| host.strip_suffix(']'));
                let host = inside.unwrap_or(host);
                check_host(host)?;
                Some(host.to_owned())
            }
            None => None,
        };
        Ok(Place {
            transport,
            host,
            port: port.parse().map_err(|_| WHY)?,
        })
    }
}

impl Place {
    async fn resolve(&self) -> Result<SocketAddr, Failure> {
        let Some(host) = &self.host else {
            return Ok(SocketAddr::from((Ipv4Addr::UNSPECIFIED, self.port)));
        };
        let found = addresses(host, self.port).await;
        let found = found.and_then(|found| {
            let first = found.first().copied();
            first.ok_or_else(|| io::Error::other("the name has no address"))
        });
        found
            .map_err(|error| Failure::new(Kind::Connection, format!("cannot find {host}: {error}")))
    }
}

/// What the sockets report.
#[derive(Debug)]
pub enum Incoming {
    /// A packet and its sender.
    Packet(Vec<u8>, SocketAddr),
    /// A TCP peer has connected.
    Connected(SocketAddr),
    /// A TCP peer has disconnected; with the reason, unless it is the usual one.
    Disconnected(SocketAddr, Option<String>),
    /// A TCP peer was disconnected at once, because there are [`CONNECTIONS_MAX`].
    Refused(SocketAddr),
    /// A datagram from a host that is not sent to has arrived where only answers are expected.
    Unexpected(SocketAddr),
}

/// The result of sending a packet.
#[derive(Debug, PartialEq, Eq)]
pub enum SendResult {
    /// The packet was handed to the operating system.
    Sent,
    /// The packet was not sent: the reason under which it is counted, and a description.
    Dropped(&'static str, String),
}

/// All sockets of a bridge.
pub struct Sockets {
    udp: Vec<Arc<UdpSocket>>,
    /// The queues for sending to TCP peers.
    streams: HashMap<SocketAddr, mpsc::Sender<Bytes>>,
    incoming: mpsc::Receiver<Event>,
    /// Keeps the channel open, and is cloned for new tasks.
    events: mpsc::Sender<Event>,
    /// The addresses where it listens, for display: `udp 0.0.0.0:8000`.
    pub listening: Vec<String>,
    /// The targets of `--send`, resolved.
    pub targets: Vec<SocketAddr>,
}

/// A report from the task of a socket.
enum Event {
    Packet(Vec<u8>, SocketAddr),
    Connected(SocketAddr, mpsc::Sender<Bytes>),
    Disconnected(SocketAddr, Option<String>),
    Refused(SocketAddr),
    Unexpected(SocketAddr),
}

/// The hosts from which a socket takes datagrams.
#[derive(Clone)]
enum Senders {
    /// Everybody: the user has asked to listen there.
    All,
    /// These, to which the socket sends. Its port is any free one, and somebody else may still send to whoever
    /// had it before.
    Targets(Arc<[IpAddr]>),
}

impl Senders {
    fn include(&self, host: IpAddr) -> bool {
        match self {
            Senders::All => true,
            Senders::Targets(hosts) => hosts.contains(&host),
        }
    }
}

impl Sockets {
    /// Starts listening and connecting.
    ///
    /// # Errors
    /// An address that is not available, or a host that is not found.
    pub async fn open(
        listen: &[Place],
        send: &[Place],
        framing: Option<Framing>,
    ) -> Result<Sockets, Failure> {
        let (events, incoming) = mpsc::channel(WAITING);
        let mut sockets = Sockets {
            udp: Vec::new(),
            streams: HashMap::new(),
            incoming,
            events,
            listening: Vec::new(),
            targets: Vec::new(),
        };
        for place in listen {
            let address = place.resolve().await?;
            let bound = match place.transport {
                Transport::Udp => sockets.open_udp(address, Senders::All).await,
                Transport::Tcp => sockets.listen_tcp(address, framing).await,
            };
            let (name, bound) = match place.transport {
                Transport::Udp => ("udp", bound),
                Transport::Tcp => ("tcp", bound),
            };
            let bound = bound.map_err(|error| {
                let message = format!("cannot listen at {name} {address}: {error}");
                let failure = Failure::new(Kind::Connection, message);
                match error.kind() {
                    io::ErrorKind::AddrInUse => failure.with_hint(
                        "Another program is listening there; port 0 means any free port",
                    ),
                    _ => failure,
                }
            })?;
            sockets.listening.push(format!("{name} {bound}"));
        }
        let mut datagrams = Vec::new();
        for place in send {
            let address = place.resolve().await?;
            match place.transport {
                Transport::Udp => datagrams.push(address),
                Transport::Tcp => sockets.connect(address, framing.unwrap_or(Framing::Size)),
            }
            sockets.targets.push(address);
        }
        let from = answering(&datagrams).await;
        for address in datagrams {
            let ready = sockets.have_udp_for(address, &from).await;
            ready.map_err(|error| {
                let message = format!("cannot send to {address}: {error}");
                Failure::new(Kind::Connection, message)
            })?;
        }
        Ok(sockets)
    }

    async fn open_udp(&mut self, address: SocketAddr, from: Senders) -> io::Result<SocketAddr> {
        let socket = Arc::new(UdpSocket::bind(address).await?);
        // A target may be a broadcast address. An error matters only in that case, and sending will
        // report it.
        let _ = socket.set_broadcast(true);
        enlarge_buffers(&*socket);
        let bound = socket.local_addr()?;
        self.udp.push(Arc::clone(&socket));
        tokio::spawn(read_udp(socket, from, self.events.clone()));
        Ok(bound)
    }

    /// Makes sure that there is a socket that can send to this address and receive answers.
    async fn have_udp_for(&mut self, address: SocketAddr, from: &Senders) -> io::Result<()> {
        if self.udp_for(address).is_none() {
            let any = if address.is_ipv4() {
                IpAddr::from(Ipv4Addr::UNSPECIFIED)
            } else {
                IpAddr::from(Ipv6Addr::UNSPECIFIED)
            };
            self.open_udp(SocketAddr::new(any, 0), from.clone()).await?;
        }
        Ok(())
    }

    fn udp_for(&self, address: SocketAddr) -> Option<&Arc<UdpSocket>> {
        let fits = |socket: &&Arc<UdpSocket>| {
            let local = socket.local_addr();
            local.is_ok_and(|local| local.is_ipv4() == address.is_ipv4())
        };
        self.udp.iter().find(fits)
    }

    async fn listen_tcp(
        &mut self,
        address: SocketAddr,
        framing: Option<Framing>,
    ) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        let events = self.events.clone();
        tokio::spawn(async move {
            let connections = Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
            loop {
                match listener.accept().await {
                    Ok((stream, peer)) => {
                        let Ok(permit) = Arc::clone(&connections).try_acquire_owned() else {
                            drop(stream);
                            if events.send(Event::Refused(peer)).await.is_err() {
                                return;
                            }
                            continue;
                        };
                        let events = events.clone();
                        tokio::spawn(async move {
                            converse(stream, peer, framing, &events).await;
                            drop(permit);
                        });
                    }
                    // The peer has already disconnected, or no file descriptor is free.
                    Err(_) => sleep(Duration::from_millis(50)).await,
                }
            }
        });
        Ok(bound)
    }

    /// Connects, and reconnects whenever the connection is lost.
    fn connect(&self, address: SocketAddr, framing: Framing) {
        let events = self.events.clone();
        tokio::spawn(async move {
            let seed = u64::from(std::process::id()) << 16 | u64::from(address.port());
            let mut backoff = Backoff::new(RECONNECT, seed);
            let mut said = false;
            while !events.is_closed() {
                match timeout(CONNECT, TcpStream::connect(address)).await {
                    Ok(Ok(stream)) => {
                        backoff.reset();
                        said = false;
                        converse(stream, address, Some(framing), &events).await;
                    }
                    failed => {
                        let why = match failed {
                            Ok(Err(error)) => error.to_string(),
                            _ => "no answer".to_owned(),
                        };
                        if !std::mem::replace(&mut said, true) {
                            let _ = events.send(Event::Disconnected(address, Some(why))).await;
                        }
                    }
                }
                sleep(backoff.wait()).await;
            }
        });
    }

    /// Waits for the next report. Cancel-safe.
    pub async fn next(&mut self) -> Incoming {
        match self.incoming.recv().await {
            Some(event) => self.take(event),
            // Cannot happen: `self.events` keeps the channel open.
            None => std::future::pending().await,
        }
    }

    /// The next report, if one has already arrived.
    pub fn try_next(&mut self) -> Option<Incoming> {
        let event = self.incoming.try_recv().ok()?;
        Some(self.take(event))
    }

    fn take(&mut self, event: Event) -> Incoming {
        match event {
            Event::Packet(bytes, from) => Incoming::Packet(bytes, from),
            Event::Connected(peer, writer) => {
                self.streams.insert(peer, writer);
                Incoming::Connected(peer)
            }
            Event::Disconnected(peer, why) => {
                self.streams.remove(&peer);
                Incoming::Disconnected(peer, why)
            }
            Event::Refused(peer) => Incoming::Refused(peer),
            Event::Unexpected(peer) => Incoming::Unexpected(peer),
        }
    }

    /// The TCP peers that are connected.
    pub fn connected(&self) -> impl Iterator<Item = SocketAddr> {
        self.streams.keys().copied()
    }

    /// Sends a packet without waiting.
    pub fn send(&self, packet: &[u8], to: SocketAddr) -> SendResult {
        if let Some(stream) = self.streams.get(&to) {
            return match stream.try_send(Bytes::copy_from_slice(packet)) {
                Ok(()) => SendResult::Sent,
                Err(_) => SendResult::Dropped(
                    "for peers that read too slowly",
                    format!("{to} does not read"),
                ),
            };
        }
        if packet.len() > DATAGRAM_MAX {
            let detail = format!("{} bytes do not fit in a datagram", packet.len());
            return SendResult::Dropped("too large for a datagram", detail);
        }
        let Some(socket) = self.udp_for(to) else {
            return SendResult::Dropped(
                "for peers that are not connected",
                format!("{to} is not connected"),
            );
        };
        match socket.try_send_to(packet, to) {
            Ok(_) => SendResult::Sent,
            Err(error) => SendResult::Dropped("that could not be sent", format!("{to}: {error}")),
        }
    }
}

/// From where a socket that sends to these addresses takes datagrams. At a broadcast or multicast address anybody may
/// answer.
async fn answering(targets: &[SocketAddr]) -> Senders {
    let mut hosts = Vec::new();
    for target in targets {
        if target.ip().is_multicast() || is_broadcast(*target).await {
            return Senders::All;
        }
        let host = target.ip();
        // Who sends to "any address" reaches this machine, and is answered from its loopback address.
        hosts.push(match host {
            _ if !host.is_unspecified() => host,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Senders::Targets(hosts.into())
}

/// Whether this is a broadcast address: the system refuses them to a socket that has not asked for broadcasts.
async fn is_broadcast(target: SocketAddr) -> bool {
    let connected = async {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        socket.connect(target).await
    };
    target.is_ipv4()
        && matches!(connected.await, Err(error) if error.kind() == io::ErrorKind::PermissionDenied)
}

async fn read_udp(socket: Arc<UdpSocket>, senders: Senders, events: mpsc::Sender<Event>) {
    let mut buffer = vec![0; DATAGRAM_MAX + 1];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((size, from)) => {
                let event = if senders.include(from.ip()) {
                    Event::Packet(buffer[..size].to_vec(), from)
                } else {
                    Event::Unexpected(from)
                };
                if events.send(event).await.is_err() {
                    return;
                }
            }
            // The error of an earlier datagram, for example because nobody listens at the port.
            Err(_) => sleep(Duration::from_millis(1)).await,
        }
    }
}

/// Serves one TCP connection until it ends.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    framing: Option<Framing>,
    events: &mpsc::Sender<Event>,
) {
    // Send each packet without delay.
    let _ = stream.set_nodelay(true);
    let (mut reader, mut writer) = stream.into_split();
    let (sender, mut packets) = mpsc::channel::<Bytes>(WAITING_FOR_PEER);
    if events.send(Event::Connected(peer, sender)).await.is_err() {
        return;
    }
    let mut unframer = Unframer::new(framing);
    let mut buffer = vec![0; 16 * 1024];
    let why = loop {
        tokio::select! {
            read = reader.read(&mut buffer) => match read {
                Ok(0) => break None,
                Ok(size) => unframer.push(&buffer[..size]),
                Err(error) => break Some(error.to_string()),
            },
            packet = packets.recv() => {
                let Some(packet) = packet else { break None };
                // If the peer has not sent anything yet, use sizes.
                let framing = unframer.framing().unwrap_or(Framing::Size);
                let framed = framed(&packet, framing);
                match timeout(CONNECT, writer.write_all(&framed)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => break Some(error.to_string()),
                    Err(_) => break Some("it does not read".to_owned()),
                }
                continue;
            }
        }
        let broken = loop {
            match unframer.next_packet() {
                Ok(Some(packet)) => {
                    if events.send(Event::Packet(packet, peer)).await.is_err() {
                        return;
                    }
                }
                Ok(None) => break None,
                Err(broken) => break Some(broken.to_string()),
            }
        };
        if broken.is_some() {
            break broken;
        }
    };
    let _ = events.send(Event::Disconnected(peer, why)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_as_they_are_typed() {
        let place = |transport, host: Option<&str>, port| {
            Ok(Place {
                transport,
                host: host.map(str::to_owned),
                port,
            })
        };
        let why = Err("an address is PORT or HOST:PORT, with tcp: before it for TCP");
        let table = [
            ("8000", place(Transport::Udp, None, 8000)),
            ("udp:8000", place(Transport::Udp, None, 8000)),
            ("tcp:8000", place(Transport::Tcp, None, 8000)),
            (
                "desk.local:9000",
                place(Transport::Udp, Some("desk.local"), 9000),
            ),
            (
                "tcp:10.0.0.5:9000",
                place(Transport::Tcp, Some("10.0.0.5"), 9000),
            ),
            ("[::1]:9000", place(Transport::Udp, Some("::1"), 9000)),
            ("", why.clone()),
            (":8000", why.clone()),
            ("desk", why.clone()),
            ("70000", why),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Place>(), expected, "{text}");
        }
    }
}
