//! The same flood in the protocols of nats-server and redis-server: one publisher, subscribers that
//! count, eight bytes of payload, a hundred subjects.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Instant;
use std::{thread, vec::Vec};

use super::{ADDRESSES, CHUNK, SILENCE};

/// What a message begins with, as a subscriber gets it.
fn mark(kind: &str) -> &'static [u8] {
    match kind {
        "nats" => b"MSG ",
        _ => b"$8\r\npmessage\r\n",
    }
}

fn subscribe(kind: &str, stream: &mut TcpStream) -> io::Result<()> {
    let (ask, answer): (&[u8], &[u8]) = match kind {
        "nats" => (
            b"CONNECT {\"verbose\":false}\r\nSUB flood.> 1\r\nPING\r\n",
            b"PONG\r\n",
        ),
        _ => (b"PSUBSCRIBE flood.*\r\n", b":1\r\n"),
    };
    stream.write_all(ask)?;
    let (mut got, mut byte) = (Vec::new(), [0]);
    while !got.ends_with(answer) {
        stream.read_exact(&mut byte)?;
        got.push(byte[0]);
    }
    Ok(())
}

/// How many messages begin in these bytes; what may be the beginning of one is left for the next.
fn count(mark: &[u8], bytes: &[u8], left: &mut Vec<u8>) -> u64 {
    left.extend_from_slice(bytes);
    let (mut found, mut from) = (0, 0);
    while let Some(at) = left[from..]
        .windows(mark.len())
        .position(|window| window == mark)
    {
        found += 1;
        from += at + mark.len();
    }
    let keep = (left.len() - from).min(mark.len() - 1);
    left.drain(..left.len() - keep);
    found
}

/// Prints `delivered lost seconds`.
pub fn deliver(kind: &str, address: &str, messages: u64, subscribers: u64) -> io::Result<()> {
    let ready = Arc::new(Barrier::new(usize::try_from(subscribers).expect("few") + 1));
    let delivered = Arc::new(AtomicU64::new(0));
    let last = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut threads = Vec::new();
    for _ in 0..subscribers {
        let (ready, delivered, last) = (ready.clone(), delivered.clone(), last.clone());
        let (address, kind) = (address.to_owned(), kind.to_owned());
        let read = move || -> io::Result<()> {
            let mut stream = TcpStream::connect(address)?;
            subscribe(&kind, &mut stream)?;
            stream.set_read_timeout(Some(SILENCE))?;
            ready.wait();
            let chunk = if subscribers == 1 { CHUNK } else { 16 * 1024 };
            let (mut buffer, mut left, mut own) = (vec![0; chunk], Vec::new(), 0);
            while own < messages {
                let Ok(length @ 1..) = stream.read(&mut buffer) else {
                    break;
                };
                own += count(mark(&kind), &buffer[..length], &mut left);
                let at = u64::try_from(started.elapsed().as_micros()).expect("soon");
                last.fetch_max(at, Ordering::Relaxed);
            }
            delivered.fetch_add(own, Ordering::Relaxed);
            Ok(())
        };
        threads.push(thread::Builder::new().stack_size(128 * 1024).spawn(read)?);
    }
    let mut publisher = TcpStream::connect(address)?;
    if kind == "nats" {
        publisher.write_all(b"CONNECT {\"verbose\":false}\r\n")?;
    }
    let mut answers = publisher.try_clone()?;
    thread::spawn(move || {
        let mut buffer = [0; 64 * 1024];
        while answers.read(&mut buffer).is_ok_and(|length| length > 0) {}
    });
    ready.wait();
    let began = u64::try_from(started.elapsed().as_micros()).expect("soon");
    let mut chunk = Vec::with_capacity(CHUNK + 128);
    for i in 0..messages {
        let subject = format!("flood.{}", i % ADDRESSES);
        match kind {
            "nats" => write!(chunk, "PUB {subject} 8\r\n12345678\r\n")?,
            _ => write!(
                chunk,
                "*3\r\n$7\r\nPUBLISH\r\n${}\r\n{subject}\r\n$8\r\n12345678\r\n",
                subject.len()
            )?,
        }
        if chunk.len() >= CHUNK {
            publisher.write_all(&chunk)?;
            chunk.clear();
        }
    }
    publisher.write_all(&chunk)?;
    for thread in threads {
        thread.join().expect("no panic")?;
    }
    let delivered = delivered.load(Ordering::Relaxed);
    let micros = last.load(Ordering::Relaxed).saturating_sub(began).max(1);
    #[allow(clippy::cast_precision_loss)]
    let seconds = micros as f64 / 1e6;
    println!(
        "{delivered} {} {seconds}",
        messages * subscribers - delivered
    );
    Ok(())
}
