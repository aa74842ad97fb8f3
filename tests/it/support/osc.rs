//! OSC messages written and read by hand, and a peer with a UDP socket.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::msg::Publish;
use super::{Driver, Msg, PATIENCE, Router, Running, Val};

/// Options of a bridge that listens at any free port.
pub const ANY: &[&str] = &["--listen", "127.0.0.1:0"];

/// The next SET that a driver receives: its address and value.
#[track_caller]
pub fn heard_set(driver: &mut Driver) -> (String, Val) {
    match driver.hear() {
        Msg::Set { address, value, .. } => (address, value),
        other => panic!("no SET: {other:?}"),
    }
}

/// The next PUBLISH that a driver receives.
#[track_caller]
pub fn heard_publish(driver: &mut Driver) -> Publish {
    match driver.hear() {
        Msg::Publish(publish) => publish,
        other => panic!("no PUBLISH: {other:?}"),
    }
}

/// A message: address, type tags with their comma, and the arguments' bytes.
pub fn message(address: &str, tags: &str, arguments: &[u8]) -> Vec<u8> {
    let mut bytes = text(address);
    bytes.extend(text(tags));
    bytes.extend_from_slice(arguments);
    bytes
}

/// A message with one float.
pub fn float(address: &str, value: f32) -> Vec<u8> {
    message(address, ",f", &value.to_be_bytes())
}

/// A message with one integer.
pub fn int(address: &str, value: i32) -> Vec<u8> {
    message(address, ",i", &value.to_be_bytes())
}

/// A bundle for a time in µs since 1970, or for at once.
pub fn bundle(at: Option<u64>, packets: &[Vec<u8>]) -> Vec<u8> {
    let time = at.map_or(1, |micros| {
        let seconds = micros / 1_000_000 + 2_208_988_800;
        (seconds << 32) | (((micros % 1_000_000) << 32) / 1_000_000)
    });
    let mut bytes = [&b"#bundle\0"[..], &time.to_be_bytes()].concat();
    for packet in packets {
        bytes.extend((packet.len() as u32).to_be_bytes());
        bytes.extend(packet);
    }
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// An OSC device, or another program that sends and hears datagrams.
pub struct Peer {
    pub socket: UdpSocket,
}

impl Peer {
    /// At an address of loopback that no other test has: a bridge of another test may still send to a port
    /// that is used again.
    pub fn new() -> Peer {
        Peer::at_port(0)
    }

    /// At an address that no other test has, and this port.
    pub fn at_port(port: u16) -> Peer {
        static COUNT: AtomicU16 = AtomicU16::new(0);
        let [high, low] = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        // Linux has all of 127.0.0.0/8.
        let address = if cfg!(target_os = "linux") {
            Ipv4Addr::new(127, 1, high, low)
        } else {
            Ipv4Addr::LOCALHOST
        };
        Peer::bound((address, port))
    }

    /// At this address.
    pub fn bound(address: impl ToSocketAddrs) -> Peer {
        let socket = UdpSocket::bind(address).expect("an address of its own");
        // The default holds 277 small datagrams, and a test may be held up for that long.
        rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 4 << 20).expect("a buffer");
        Peer { socket }
    }

    pub fn address(&self) -> String {
        self.socket.local_addr().expect("bound").to_string()
    }

    pub fn port(&self) -> u16 {
        self.socket.local_addr().expect("bound").port()
    }

    pub fn send(&self, packet: &[u8], to: SocketAddr) {
        self.socket.send_to(packet, to).expect("loopback takes it");
    }

    /// The next packet.
    #[track_caller]
    pub fn hear(&self) -> Vec<u8> {
        self.hear_within(PATIENCE).expect("a packet")
    }

    /// The next packet, and who has sent it.
    #[track_caller]
    pub fn hear_from(&self) -> (Vec<u8>, SocketAddr) {
        self.receive(PATIENCE).expect("a packet")
    }

    /// The next packet, or None if none arrived in time.
    pub fn hear_within(&self, patience: Duration) -> Option<Vec<u8>> {
        Some(self.receive(patience)?.0)
    }

    fn receive(&self, patience: Duration) -> Option<(Vec<u8>, SocketAddr)> {
        let patience = patience.max(Duration::from_millis(1));
        self.socket.set_read_timeout(Some(patience)).expect("one");
        let mut buffer = vec![0; 65_536];
        let (size, from) = self.socket.recv_from(&mut buffer).ok()?;
        buffer.truncate(size);
        Some((buffer, from))
    }
}

/// A running bridge.
pub struct Bridge {
    pub running: Running,
    /// The addresses at which it listens, in the order of its options.
    pub listening: Vec<SocketAddr>,
}

impl Bridge {
    /// `trefoil clasp bridge osc ARGS`, ready.
    #[track_caller]
    pub fn osc(router: &Router, args: &[&str]) -> Bridge {
        Bridge::ready(
            router
                .clasp(&["bridge", "osc", "-o", "json"])
                .args(args)
                .start(),
        )
    }

    /// A bridge that was started with `-o json`, once it is ready.
    #[track_caller]
    pub fn ready(mut running: Running) -> Bridge {
        let ready = running.record();
        let listening = ready["listening"].as_array().expect("a list").iter();
        let address = |text: &Value| {
            let (kind, address) = text.as_str().expect("a text").split_once(' ')?;
            // What only sends says what it sends.
            let listens = ["udp", "tcp"].contains(&kind);
            listens.then(|| address.parse().expect("an address"))
        };
        Bridge {
            listening: listening.filter_map(address).collect(),
            running,
        }
    }

    /// The first address at which it listens.
    pub fn at(&self) -> SocketAddr {
        self.listening[0]
    }

    /// Ends it and returns its counts.
    #[track_caller]
    pub fn finish(self) -> Value {
        self.running.interrupt();
        let output = self.running.finish().exits(0);
        let last = output.stdout.lines().last().expect("its counts");
        serde_json::from_str(last).expect("JSON")
    }
}
