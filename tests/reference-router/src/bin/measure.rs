//! Measures a router, ours or the reference, for benches/router.py: the same bytes to both.
//!
//! `measure deliver ADDRESS stream|event|set COUNT SUBSCRIBERS`: one publisher floods, subscribers
//! count. Prints `delivered lost seconds`; seconds to the last message delivered.
//!
//! `measure latency ADDRESS COUNT RATE`: SETs at a rate, and when a subscriber has them. Prints
//! `p50 p99` in µs.
//!
//! `measure beside ADDRESS EVENTS RATES`: one publisher floods with events, one subscriber reads as
//! fast as it can, and beside it one for each of the RATES (MB/s, comma-separated; 0 is stalled).
//! Prints `delivered lost seconds` of the fast one.
//!
//! `measure bystander ADDRESS SECONDS LOAD`: PINGs of a bystander while something happens: `idle`,
//! `snapshot`, `queries`, `subscriptions`, `timed` (24 MB due at once), `connects` (1,000 a second),
//! `loris` (1,000 upgrades that never end) or `longest` (patterns and addresses of the greatest
//! length). Prints `p50 p99 worst` in µs.
//!
//! `measure mutated ADDRESS COUNT`: so many damaged frames through sockets, and a PING of a bystander
//! meanwhile. Prints `frames p99 worst`.
//!
//! `measure idle ADDRESS COUNT`: opens so many sessions without subscriptions, prints `open`, and
//! keeps them until stdin ends.
//!
//! `measure stalled ADDRESS READERS COUNT`: readers that never read under a flood of events of 1 kB.
//! Prints `done`, and keeps them until stdin ends.
//!
//! `measure nats|redis ADDRESS COUNT SUBSCRIBERS`: `deliver event` in the protocol of that server,
//! as bare as ours.
//!
//! `measure fill ADDRESS COUNT`: so many params in bundles. Prints nothing.
//!
//! `measure snapshot ADDRESS`: subscribes to everything. Prints `params seconds`.
//!
//! `measure sessions ADDRESS COUNT`: opens so many sessions, subscribes each, prints `open`, and
//! keeps them until stdin ends.

#[path = "measure/hard.rs"]
mod hard;
#[path = "measure/others.rs"]
mod others;

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use std::{env, process, thread};

/// As many addresses as a show might have faders.
const ADDRESSES: u64 = 100;
/// Written and read at once.
const CHUNK: usize = 256 * 1024;
/// When nothing has come for so long, nothing more will.
const SILENCE: Duration = Duration::from_secs(2);

const SET: u8 = 0x21;
const PUBLISH: u8 = 0x20;
const SNAPSHOT: u8 = 0x23;
const PING: u8 = 0x41;
const PONG: u8 = 0x42;

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["deliver", address, kind, count, subscribers] => {
            deliver(address, kind, number(count), number(subscribers))
        }
        ["beside", address, count, rates] => hard::beside(address, number(count), rates),
        ["bystander", address, seconds, load] => hard::bystander(address, number(seconds), load),
        ["mutated", address, count] => hard::mutated(address, number(count)),
        ["idle", address, count] => hard::idle(address, number(count)),
        ["stalled", address, readers, count] => {
            hard::stalled(address, number(readers), number(count))
        }
        [kind @ ("nats" | "redis"), address, count, subscribers] => {
            others::deliver(kind, address, number(count), number(subscribers))
        }
        ["latency", address, count, rate] => latency(address, number(count), number(rate)),
        ["fill", address, count] => fill(address, number(count)),
        ["snapshot", address] => snapshot(address),
        ["sessions", address, count] => sessions(address, number(count)),
        _ => {
            eprintln!("usage: see the head of {}", file!());
            process::exit(2);
        }
    };
    done.expect("the connection holds");
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

/// A connection that reads frames.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
}

impl Client {
    /// Says HELLO with these features and waits for the first answer.
    fn connect(address: &str, features: u8, chunk: usize) -> io::Result<Client> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: clasp\r\n\r\n"
        )?;
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "an upgrade");
        let mut client = Client {
            stream,
            buffer: vec![0; chunk],
            begin: 0,
            end: 0,
        };
        client.send(&[&[1, 1, features], &b"\0\x07measure\0\0"[..]].concat(), 0)?;
        client.fence()?;
        Ok(client)
    }

    fn send(&mut self, body: &[u8], qos: u8) -> io::Result<()> {
        let mut out = Vec::new();
        put(&mut out, body, qos);
        self.stream.write_all(&out)
    }

    /// Waits until everything asked so far has been answered.
    fn fence(&mut self) -> io::Result<()> {
        self.send(&[PING], 0)?;
        while self.next()?[0] != PONG {}
        Ok(())
    }

    fn subscribe(&mut self, pattern: &str) -> io::Result<()> {
        let mut body = vec![0x10, 0, 0, 0, 1];
        put_text(&mut body, pattern);
        body.extend([0xFF, 0]);
        self.send(&body, 1)?;
        Ok(())
    }

    /// The next message, without its headers.
    fn next(&mut self) -> io::Result<&[u8]> {
        loop {
            if let Some((from, to)) = self.whole() {
                self.begin = to;
                return Ok(&self.buffer[from..to]);
            }
            self.buffer.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
            if self.end == self.buffer.len() {
                self.buffer.resize(2 * self.end, 0);
            }
            let count = self.stream.read(&mut self.buffer[self.end..])?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.end += count;
        }
    }

    fn whole(&self) -> Option<(usize, usize)> {
        let bytes = &self.buffer[self.begin..self.end];
        let (head, length) = match *bytes {
            [_, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
            [_, 127, _, _, _, _, _, a, b, c, ..] => (
                10,
                usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c),
            ),
            [_, length @ 0..126, ..] => (2, usize::from(length)),
            _ => return None,
        };
        let payload = bytes.get(head..head + length)?;
        let clasp = if payload.get(1)? & 0x20 == 0 { 4 } else { 12 };
        let from = self.begin + head + clasp;
        Some((from, self.begin + head + length))
    }
}

/// A frame in a masked WebSocket message; a mask of zeros changes no byte.
fn put(out: &mut Vec<u8>, body: &[u8], qos: u8) {
    let length = 4 + body.len();
    match u8::try_from(length) {
        Ok(length @ 0..126) => out.extend([0x82, 0x80 | length]),
        _ => {
            out.extend([0x82, 0xFE]);
            out.extend(u16::try_from(length).expect("short").to_be_bytes());
        }
    }
    out.extend([0, 0, 0, 0, 0x53, qos << 6 | 1]);
    out.extend(u16::try_from(body.len()).expect("short").to_be_bytes());
    out.extend(body);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend(u16::try_from(text.len()).expect("short").to_be_bytes());
    out.extend(text.as_bytes());
}

#[allow(clippy::cast_precision_loss)]
fn body(kind: &str, address: &str, value: u64) -> Vec<u8> {
    let mut body = match kind {
        "set" => vec![SET, 7],
        "event" => vec![PUBLISH, 0x20],
        _ => vec![PUBLISH, 0x40],
    };
    put_text(&mut body, address);
    if kind != "set" {
        body.extend([1, 7]);
    }
    body.extend((value as f64).to_be_bytes());
    body
}

fn deliver(address: &str, kind: &str, count: u64, subscribers: u64) -> io::Result<()> {
    let ready = Arc::new(Barrier::new(usize::try_from(subscribers).expect("few") + 1));
    let delivered = Arc::new(AtomicU64::new(0));
    let last = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut threads = Vec::new();
    for _ in 0..subscribers {
        let (ready, delivered, last) = (ready.clone(), delivered.clone(), last.clone());
        // One after the other: a router need not take a thousand handshakes at once.
        let chunk = if subscribers == 1 { CHUNK } else { 16 * 1024 };
        let mut client = Client::connect(address, 0x79, chunk)?;
        client.subscribe("/flood/**")?;
        client.fence()?;
        client.stream.set_read_timeout(Some(SILENCE))?;
        let read = move || -> io::Result<()> {
            ready.wait();
            let mut own = 0;
            while own < count {
                // Silence, or the end: whatever is missing is lost.
                let Ok(message) = client.next() else { break };
                own += u64::from(matches!(message[0], SET | PUBLISH));
                if own == count || own % 64 == 0 {
                    let at = u64::try_from(started.elapsed().as_micros()).expect("soon");
                    last.fetch_max(at, Ordering::Relaxed);
                }
            }
            delivered.fetch_add(own, Ordering::Relaxed);
            Ok(())
        };
        let builder = thread::Builder::new().stack_size(128 * 1024);
        threads.push(builder.spawn(read)?);
    }
    let mut publisher = Client::connect(address, 0x79, CHUNK)?;
    let mut raw = publisher.stream.try_clone()?;
    // The reference router may lose the PONG as well.
    publisher.stream.set_read_timeout(Some(3 * SILENCE))?;
    ready.wait();
    let began = u64::try_from(started.elapsed().as_micros()).expect("soon");
    let drain = thread::spawn(move || while publisher.next().is_ok_and(|m| m[0] != PONG) {});
    let addresses: Vec<String> = (0..ADDRESSES).map(|i| format!("/flood/{i}")).collect();
    let mut chunk = Vec::with_capacity(CHUNK + 128);
    for i in 0..count {
        let at = &addresses[usize::try_from(i % ADDRESSES).expect("small")];
        put(&mut chunk, &body(kind, at, i), 0);
        if chunk.len() >= CHUNK {
            raw.write_all(&chunk)?;
            chunk.clear();
        }
    }
    put(&mut chunk, &[PING], 0);
    raw.write_all(&chunk)?;
    drain.join().expect("no panic");
    for thread in threads {
        thread.join().expect("no panic")?;
    }
    let delivered = delivered.load(Ordering::Relaxed);
    let micros = last.load(Ordering::Relaxed).saturating_sub(began).max(1);
    #[allow(clippy::cast_precision_loss)]
    let seconds = micros as f64 / 1e6;
    println!("{delivered} {} {seconds}", count * subscribers - delivered);
    Ok(())
}

fn latency(address: &str, count: u64, rate: u64) -> io::Result<()> {
    let mut subscriber = Client::connect(address, 0x79, 16 * 1024)?;
    subscriber.subscribe("/latency")?;
    subscriber.fence()?;
    let mut publisher = Client::connect(address, 0x79, 16 * 1024)?;
    let mut raw = publisher.stream.try_clone()?;
    thread::spawn(move || while publisher.next().is_ok() {});
    let started = Instant::now();
    let gap = Duration::from_secs(1) / u32::try_from(rate).expect("small");
    let reader = thread::spawn(move || -> io::Result<Vec<u128>> {
        let mut times = Vec::new();
        while times.len() < usize::try_from(count).expect("small") {
            let message = subscriber.next()?;
            if message[0] != SET {
                continue;
            }
            let at = started.elapsed().as_nanos();
            let data = &message[4 + "/latency".len()..];
            let sent = f64::from_be_bytes(data[..8].try_into().expect("eight"));
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            times.push(at - sent as u128);
        }
        Ok(times)
    });
    for i in 0..count {
        let due = gap * u32::try_from(i).expect("small");
        thread::sleep(due.saturating_sub(started.elapsed()));
        let now = u64::try_from(started.elapsed().as_nanos()).expect("soon");
        let mut out = Vec::new();
        put(&mut out, &body("set", "/latency", now), 0);
        raw.write_all(&out)?;
    }
    let mut times = reader.join().expect("no panic")?;
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100] / 1_000;
    println!("{} {}", at(50), at(99));
    Ok(())
}

fn fill(address: &str, count: u64) -> io::Result<()> {
    let mut client = Client::connect(address, 0x79, CHUNK)?;
    let (mut sets, mut size) = (Vec::new(), 0);
    for i in 0..count {
        let set = body(
            "set",
            &format!("/filled/with/params/of/forty/bytes/{i:06}"),
            i,
        );
        size += 2 + set.len();
        sets.push(set);
        if size > 50_000 || i + 1 == count {
            let mut bundle = vec![0x30, 0];
            bundle.extend(u16::try_from(sets.len()).expect("few").to_be_bytes());
            for set in sets.drain(..) {
                bundle.extend(u16::try_from(set.len()).expect("short").to_be_bytes());
                bundle.extend(set);
            }
            client.send(&bundle, 0)?;
            client.fence()?;
            size = 0;
        }
    }
    Ok(())
}

fn snapshot(address: &str) -> io::Result<()> {
    let mut client = Client::connect(address, 0x79, CHUNK)?;
    let started = Instant::now();
    client.subscribe("/filled/**")?;
    client.send(&[PING], 0)?;
    client.stream.set_read_timeout(Some(SILENCE))?;
    let mut params = 0;
    loop {
        let message = client.next()?;
        match message[0] {
            SNAPSHOT => params += u64::from(u16::from_be_bytes([message[1], message[2]])),
            PONG => break,
            _ => {}
        }
    }
    println!("{params} {}", started.elapsed().as_secs_f64());
    Ok(())
}

fn sessions(address: &str, count: u64) -> io::Result<()> {
    let mut open = Vec::new();
    for i in 0..count {
        let mut client = Client::connect(address, 0x79, 1024)?;
        client.subscribe(&format!("/session/{i}/**"))?;
        client.fence()?;
        open.push(client);
    }
    println!("open");
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
