//! sACN and Art-Net as the tests write and read them: bytes by hand, after ANSI E1.31 and Art-Net 4,
//! and peers in Python.

use std::io::Write;
use std::net::Ipv4Addr;
use std::ops::Deref;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use serde_json::Value;

use super::osc::Peer;
use super::{Msg, PATIENCE, Val, lines_of, python};

/// An address of loopback that no other test has: peers of both protocols want their usual port.
pub fn loopback() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let next = NEXT.fetch_add(1, Ordering::Relaxed) as u8;
    let [_, _, high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 32 | high, low, next)
}

/// A packet of a source.
#[derive(Debug, Clone)]
pub struct Sacn {
    /// Each byte of the CID.
    pub cid: u8,
    pub name: String,
    pub priority: u8,
    pub sync: u16,
    pub sequence: u8,
    pub options: u8,
    pub universe: u16,
    pub start_code: u8,
    pub slots: Vec<u8>,
}

/// Bits of [`Sacn::options`].
pub const PREVIEW: u8 = 0x80;
pub const TERMINATED: u8 = 0x40;

impl Sacn {
    /// Levels of universe 1.
    pub fn levels(cid: u8, sequence: u8, slots: &[u8]) -> Sacn {
        Sacn {
            cid,
            name: "desk".into(),
            priority: 100,
            sync: 0,
            sequence,
            options: 0,
            universe: 1,
            start_code: 0,
            slots: slots.to_vec(),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let count = 1 + self.slots.len() as u16;
        let length = |rest: u16| (0x7000 | (rest + count)).to_be_bytes();
        let mut name = self.name.clone().into_bytes();
        name.resize(64, 0);
        let mut bytes = b"\0\x10\0\0ASC-E1.17\0\0\0".to_vec();
        bytes.extend(length(109));
        bytes.extend([0, 0, 0, 4]);
        bytes.extend([self.cid; 16]);
        bytes.extend(length(87));
        bytes.extend([0, 0, 0, 2]);
        bytes.extend(name);
        bytes.push(self.priority);
        bytes.extend(self.sync.to_be_bytes());
        bytes.extend([self.sequence, self.options]);
        bytes.extend(self.universe.to_be_bytes());
        bytes.extend(length(10));
        bytes.extend([2, 0xA1, 0, 0, 0, 1]);
        bytes.extend(count.to_be_bytes());
        bytes.push(self.start_code);
        bytes.extend(&self.slots);
        bytes
    }

    /// Reads a data packet; none if it is another kind.
    #[track_caller]
    pub fn read(bytes: &[u8]) -> Option<Sacn> {
        let u16_at = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        assert_eq!(bytes[..16], *b"\0\x10\0\0ASC-E1.17\0\0\0");
        if bytes[18..22] != [0, 0, 0, 4] {
            return None;
        }
        let name = bytes[44..108].split(|byte| *byte == 0).next();
        let sacn = Sacn {
            cid: bytes[22],
            name: String::from_utf8(name.expect("a first part").to_vec()).expect("UTF-8"),
            priority: bytes[108],
            sync: u16_at(109),
            sequence: bytes[111],
            options: bytes[112],
            universe: u16_at(113),
            start_code: bytes[125],
            slots: bytes[126..].to_vec(),
        };
        // Every length and constant is as it would be written here; but for the CID, which is random.
        let mut same = sacn.bytes();
        same[22..38].copy_from_slice(&bytes[22..38]);
        assert_eq!(bytes, same);
        Some(sacn)
    }
}

/// A sync packet.
pub fn sync(cid: u8, universe: u16) -> Vec<u8> {
    let mut bytes = b"\0\x10\0\0ASC-E1.17\0\0\0\x70\x21\0\0\0\x08".to_vec();
    bytes.extend([cid; 16]);
    bytes.extend([0x70, 11, 0, 0, 0, 1, 0]);
    bytes.extend(universe.to_be_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// The universe of a sync packet, if it is one.
pub fn sync_universe(bytes: &[u8]) -> Option<u16> {
    let is = bytes.len() == 49 && bytes[18..22] == [0, 0, 0, 8] && bytes[40..44] == [0, 0, 0, 1];
    is.then(|| u16::from_be_bytes([bytes[45], bytes[46]]))
}

/// A node or a console.
pub struct Node(pub Peer);

impl Deref for Node {
    type Target = Peer;

    fn deref(&self) -> &Peer {
        &self.0
    }
}

impl Node {
    /// At any free port of this address.
    pub fn at(address: Ipv4Addr) -> Node {
        Node::bound((address, 0))
    }

    pub fn bound(address: (Ipv4Addr, u16)) -> Node {
        Node(Peer::bound(address))
    }

    /// The next datagram that is wanted.
    #[track_caller]
    pub fn hear<T>(&self, wanted: impl Fn(&[u8]) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.hear_within(left).expect("a datagram");
            if let Some(wanted) = wanted(&bytes) {
                return wanted;
            }
        }
    }
}

/// The SETs of a message that a router got: address and value.
pub fn sets(message: &Msg) -> Vec<(String, Val)> {
    match message {
        Msg::Set { address, value, .. } => vec![(address.clone(), value.clone())],
        Msg::Bundle { messages, .. } => messages.iter().flat_map(sets).collect(),
        _ => Vec::new(),
    }
}

/// An ArtDmx.
pub fn art_dmx(universe: u16, sequence: u8, slots: &[u8]) -> Vec<u8> {
    let [high, low] = universe.to_be_bytes();
    let mut bytes = b"Art-Net\0\0\x50\0\x0E".to_vec();
    bytes.extend([sequence, 0, low, high]);
    bytes.extend((slots.len() as u16).to_be_bytes());
    bytes.extend(slots);
    bytes
}

/// The universe, the sequence number and the levels of an ArtDmx, if it is one.
pub fn read_art_dmx(bytes: &[u8]) -> Option<(u16, u8, Vec<u8>)> {
    let is = bytes.starts_with(b"Art-Net\0\0\x50\0\x0E");
    is.then(|| {
        let universe = u16::from_be_bytes([bytes[15], bytes[14]]);
        assert_eq!(art_dmx(universe, bytes[12], &bytes[18..]), bytes);
        (universe, bytes[12], bytes[18..].to_vec())
    })
}

/// An ArtPoll to everybody, an ArtSync.
pub const ART_POLL: &[u8] = b"Art-Net\0\0\x20\0\x0E\0\0";
pub const ART_SYNC: &[u8] = b"Art-Net\0\0\x52\0\x0E\0\0";

/// An ArtPollReply of a node that puts out one universe.
pub fn art_reply(universe: u16) -> Vec<u8> {
    let mut bytes = b"Art-Net\0\0\x21".to_vec();
    bytes.resize(239, 0);
    bytes[18] = (universe >> 8) as u8;
    bytes[19] = (universe >> 4 & 0x0F) as u8;
    bytes[26..30].copy_from_slice(b"node");
    bytes[173] = 1;
    bytes[174] = 0x80;
    bytes[190] = (universe & 0x0F) as u8;
    bytes
}

/// A peer in Python, and the lines that it prints.
pub struct PythonPeer {
    child: Child,
    lines: Receiver<String>,
}

impl PythonPeer {
    /// `tests/python/SCRIPT ARGS`; none without Python, after saying what is skipped.
    pub fn start(script: &str, args: &[&str]) -> Option<PythonPeer> {
        let python = python::dmx_or_skip("Python's sACN and Art-Net and the bridge")?;
        let script = format!("{}/tests/python/{script}", env!("CARGO_MANIFEST_DIR"));
        let mut child = Command::new(python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(script)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python runs");
        let lines = lines_of(child.stdout.take().expect("piped"));
        Some(PythonPeer { child, lines })
    }

    pub fn tell(&mut self, line: &Value) {
        let stdin = self.child.stdin.as_mut().expect("piped");
        writeln!(stdin, "{line}").expect("it reads");
    }

    #[track_caller]
    pub fn says(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("a line");
        serde_json::from_str(&line).unwrap_or(Value::String(line))
    }

    /// Waits until it says this.
    #[track_caller]
    pub fn wait(&self, expected: &Value) {
        while self.says() != *expected {}
    }

    #[track_caller]
    pub fn finish(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().expect("ours").success());
    }
}

impl Drop for PythonPeer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
