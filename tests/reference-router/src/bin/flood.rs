//! Floods a subscriber, for benches/compare.py.
//!
//! `flood serve COUNT`: a router with one subscriber. Prints its address; once the subscription is
//! fenced, writes COUNT stream messages straight into the socket, as fast as that takes them.
//!
//! `flood publish ADDRESS COUNT`: a client that writes COUNT stream messages into a real router,
//! and ends when the router has processed them all.
//!
//! `flood tap ADDRESS`: stands between a subscriber and a router. Prints its address, passes on
//! every byte, and when the subscriber has gone prints how many PUBLISHes were delivered to it:
//! what a slow router dropped before the socket is not the subscriber's loss.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::{env, process, thread};

use tungstenite::handshake::server::{Request, Response};
use tungstenite::{Message, WebSocket};

/// As many addresses as a show might have faders.
const ADDRESSES: u64 = 100;
/// Written at once: large enough that the system calls do not count.
const CHUNK: usize = 256 * 1024;

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["serve", count] => serve(number(count)),
        ["publish", address, count] => publish(address, number(count)),
        ["tap", upstream] => tap(upstream),
        _ => {
            eprintln!("usage: flood serve COUNT | flood publish ADDRESS COUNT | flood tap ADDRESS");
            process::exit(2);
        }
    };
    done.expect("the connection holds");
}

fn number(text: &str) -> u64 {
    text.parse().expect("COUNT is a number")
}

fn listen() -> io::Result<TcpStream> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let (stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn serve(count: u64) -> io::Result<()> {
    let stream = listen()?;
    let mut raw = stream.try_clone()?;
    let mut socket = tungstenite::accept_hdr(stream, echo_subprotocol).expect("an upgrade");
    let mut subscribed = false;
    while let Ok(message) = socket.read() {
        let Message::Binary(frame) = message else {
            continue;
        };
        match frame.get(4) {
            Some(0x01) => {
                send(
                    &mut socket,
                    b"\x02\x01\xf8\0\0\0\0\0\0\0\0\0\x03s-1\0\x05flood\0\0",
                );
                send(&mut socket, b"\x23\0\0");
            }
            Some(0x10) => subscribed = true,
            Some(0x41) => {
                send(&mut socket, b"\x42");
                if std::mem::take(&mut subscribed) {
                    write_stream_messages(&mut raw, count, false)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The reference router wants it, and a client may insist on it.
#[allow(clippy::result_large_err)]
fn echo_subprotocol(
    request: &Request,
    mut response: Response,
) -> Result<Response, tungstenite::handshake::server::ErrorResponse> {
    let name = "Sec-WebSocket-Protocol";
    if let Some(offered) = request.headers().get(name) {
        response.headers_mut().insert(name, offered.clone());
    }
    Ok(response)
}

fn send(socket: &mut WebSocket<TcpStream>, body: &[u8]) {
    socket
        .send(Message::Binary(framed(body)))
        .expect("the client listens");
}

fn framed(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len())
        .expect("a short body")
        .to_be_bytes();
    [&[0x53, 0x01], &length, body].concat()
}

/// `20 40`, address, `01 07`, an f64: a stream message with one value, in its WebSocket frame.
/// A client must mask; a mask of zeros changes no byte.
fn write_stream_messages(raw: &mut TcpStream, count: u64, masked: bool) -> io::Result<()> {
    let mut chunk = Vec::with_capacity(CHUNK + 128);
    for i in 0..count {
        let address = format!("/flood/{}", i % ADDRESSES);
        let mut body = vec![0x20, 0x40];
        body.extend(u16::try_from(address.len()).expect("short").to_be_bytes());
        body.extend(address.as_bytes());
        body.extend([0x01, 0x07]);
        #[allow(clippy::cast_precision_loss)]
        body.extend((i as f64).to_be_bytes());
        let frame = framed(&body);
        let length = u8::try_from(frame.len()).expect("below 126");
        chunk.extend([0x82, length | if masked { 0x80 } else { 0 }]);
        if masked {
            chunk.extend([0; 4]);
        }
        chunk.extend(frame);
        if chunk.len() >= CHUNK {
            raw.write_all(&chunk)?;
            chunk.clear();
        }
    }
    raw.write_all(&chunk)
}

fn publish(address: &str, count: u64) -> io::Result<()> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut raw = stream.try_clone()?;
    let url = format!("ws://{address}/");
    let (mut socket, _) = tungstenite::client(url, stream).expect("an upgrade");
    send(&mut socket, b"\x01\x01\xf8\0\x05flood\0\0");
    write_stream_messages(&mut raw, count, true)?;
    send(&mut socket, b"\x41");
    // Its own messages are not echoed: all that comes is WELCOME, a SNAPSHOT and the PONG.
    while let Ok(message) = socket.read() {
        if matches!(message, Message::Binary(frame) if frame.get(4) == Some(&0x42)) {
            return Ok(());
        }
    }
    Err(io::Error::other("the router hung up"))
}

fn tap(upstream: &str) -> io::Result<()> {
    let client = listen()?;
    let router = TcpStream::connect(upstream)?;
    router.set_nodelay(true)?;
    let (mut from_client, mut to_router) = (client.try_clone()?, router.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_router);
        let _ = to_router.shutdown(Shutdown::Both);
    });
    let mut delivered = 0_u64;
    // The subscriber that goes ends this with an error, which is what it waits for.
    let _ = count_publishes(router, client, &mut delivered);
    println!("{delivered}");
    Ok(())
}

/// Counts what has been written on, not what was read.
fn count_publishes(router: TcpStream, client: TcpStream, delivered: &mut u64) -> io::Result<()> {
    let mut router = BufReader::with_capacity(CHUNK, router);
    let mut client = BufWriter::with_capacity(CHUNK, client);
    let mut byte = [0];
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        router.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    client.write_all(&head)?;
    client.flush()?;
    let mut waiting = 0;
    let mut frame = vec![0; 2];
    loop {
        frame.resize(2, 0);
        router.read_exact(&mut frame)?;
        let length = match frame[1] & 0x7f {
            126 => {
                frame.resize(4, 0);
                router.read_exact(&mut frame[2..])?;
                usize::from(u16::from_be_bytes([frame[2], frame[3]]))
            }
            127 => return Err(io::Error::other("a frame longer than CLASP has any")),
            length => usize::from(length),
        };
        let header = frame.len();
        frame.resize(header + length, 0);
        router.read_exact(&mut frame[header..])?;
        client.write_all(&frame)?;
        waiting += u64::from(frame.get(header + 4) == Some(&0x20));
        if router.buffer().is_empty() {
            client.flush()?;
            *delivered += std::mem::take(&mut waiting);
        }
    }
}
