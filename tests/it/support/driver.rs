//! A raw CLASP client that prepares a router for a test (state, locks, floods) and observes it.
//!
//! It uses [`super::wire`] over a blocking socket. A call returns only when the router has
//! acknowledged the message or answered a PING after it, so a test never has to wait for its own
//! preparations.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tungstenite::client::IntoClientRequest;
use tungstenite::{Error, Message, WebSocket};

use super::msg::{Msg, Param};
use super::wire::{self, Val};
use super::{PATIENCE, Router};

/// A connection after its HELLO.
pub struct Driver {
    socket: WebSocket<TcpStream>,
    /// Broadcasts that arrived while the driver waited for a reply.
    heard: VecDeque<Msg>,
    /// The session id from WELCOME.
    pub session: String,
    /// The SNAPSHOT that the router sent after WELCOME.
    pub snapshot: Vec<Param>,
}

impl Driver {
    pub fn connect(router: &Router) -> Driver {
        Driver::connect_as(router, "")
    }

    pub fn connect_as(router: &Router, token: &str) -> Driver {
        Driver::connect_to(&router.address(), token)
    }

    /// Connects to `HOST:PORT`.
    pub fn connect_to(address: &str, token: &str) -> Driver {
        let mut driver = Driver::over(upgrade(address));
        driver.send(&wire::hello("driver", token));
        driver.send(wire::PING);
        loop {
            match driver.receive(PATIENCE).expect("an answer to HELLO") {
                Msg::Welcome { session, .. } => driver.session = session,
                Msg::Snapshot(params) => driver.snapshot.extend(params),
                Msg::Pong => return driver,
                other => panic!("the router answered HELLO with {other:?}"),
            }
        }
    }

    /// At `HOST:PORT`, where a router may have been killed. None: nobody lets it in.
    pub fn try_connect_to(address: &str) -> Option<Driver> {
        let mut driver = Driver::over(try_upgrade(address).ok()?);
        if !driver.try_send(&wire::hello("driver", "")) || !driver.try_send(wire::PING) {
            return None;
        }
        loop {
            match driver.try_receive()? {
                Msg::Welcome { session, .. } => driver.session = session,
                Msg::Snapshot(params) => driver.snapshot.extend(params),
                Msg::Pong => return Some(driver),
                _ => return None,
            }
        }
    }

    /// A driver that is subscribed to a pattern.
    pub fn subscribed(router: &Router, pattern: &str) -> Driver {
        let mut driver = Driver::connect(router);
        driver.subscribe(pattern);
        driver
    }

    /// A connection that has not sent HELLO yet.
    pub fn silent(router: &Router) -> Driver {
        Driver::over(upgrade(&router.address()))
    }

    fn over(socket: WebSocket<TcpStream>) -> Driver {
        Driver {
            socket,
            heard: VecDeque::new(),
            session: String::new(),
            snapshot: Vec::new(),
        }
    }

    /// Sends a whole frame with its header, or bytes that are not a frame.
    pub fn send_frame(&mut self, frame: &[u8]) {
        let message = Message::binary(frame.to_vec());
        self.socket.send(message).expect("the router takes a frame");
    }

    /// Everything that still arrives until the router closes the connection, which it must do.
    #[track_caller]
    pub fn until_closed(&mut self) -> Vec<Msg> {
        let mut said = Vec::new();
        loop {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => said.push(Msg::decode(&bytes)),
                Ok(Message::Close(_) | Message::Ping(_)) => {}
                Ok(other) => panic!("the router sent {other:?}"),
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return said,
                Err(Error::Io(e)) if !matches!(e.kind(), std::io::ErrorKind::WouldBlock) => {
                    return said;
                }
                Err(error) => panic!("the router does not close: {error}, it said {said:?}"),
            }
        }
    }

    /// Sends a message to a router that may have been killed; false if that failed.
    pub fn try_send(&mut self, body: &[u8]) -> bool {
        let message = Message::binary(wire::frame(body));
        self.socket.send(message).is_ok()
    }

    /// The next message of a router that may have been killed; None if it was, or if it has ended
    /// this session.
    pub fn try_receive(&mut self) -> Option<Msg> {
        self.socket
            .get_ref()
            .set_read_timeout(Some(PATIENCE))
            .expect("a timeout");
        loop {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => return Some(Msg::decode(&bytes)),
                Ok(Message::Ping(_)) => {}
                _ => return None,
            }
        }
    }

    /// Sends a message and does not wait for a reply.
    pub fn send(&mut self, body: &[u8]) {
        self.socket
            .send(Message::binary(wire::frame(body)))
            .expect("the router takes a message");
    }

    /// Sets and waits for the ACK; gives the revision.
    #[track_caller]
    pub fn set(&mut self, address: &str, value: impl Into<Val>) -> u64 {
        self.send(&wire::set(address, &value.into()));
        match self.reply() {
            Msg::Ack {
                revision: Some(revision),
                ..
            } => revision,
            other => panic!("SET {address} was answered with {other:?}"),
        }
    }

    /// Sets and takes the lock, which outlives this connection.
    #[track_caller]
    pub fn lock(&mut self, address: &str, value: impl Into<Val>) {
        self.send(&wire::set_lock(address, &value.into()));
        let reply = self.reply();
        assert!(
            matches!(reply, Msg::Ack { .. }),
            "locking {address}: {reply:?}"
        );
    }

    /// Sets many params quickly: in bundles of 500, each acknowledged.
    pub fn set_many<'a>(&mut self, params: impl IntoIterator<Item = (&'a str, Val)>) {
        let sets: Vec<_> = params
            .into_iter()
            .map(|(at, value)| wire::set(at, &value))
            .collect();
        for chunk in sets.chunks(500) {
            self.send(&wire::bundle(chunk));
            let reply = self.reply();
            assert!(
                matches!(reply, Msg::Ack { .. }),
                "a bundle of SETs: {reply:?}"
            );
        }
    }

    /// `/PREFIX/0` … with the values 0, 1, …
    pub fn set_numbered(&mut self, prefix: &str, count: i64) {
        let addresses: Vec<_> = (0..count).map(|i| format!("{prefix}/{i}")).collect();
        self.set_many(
            addresses
                .iter()
                .map(String::as_str)
                .zip((0..count).map(Val::Int)),
        );
    }

    /// How many announced signals a QUERY finds.
    #[track_caller]
    pub fn announced(&mut self, pattern: &str) -> u16 {
        let mut query = wire::get(pattern);
        query[0] = 0x60;
        self.send(&query);
        match self.reply() {
            Msg::Result(count) => count,
            other => panic!("a RESULT, not {other:?}"),
        }
    }

    /// The value and its revision, or None: GET, then a fence.
    #[track_caller]
    pub fn get(&mut self, address: &str) -> Option<(Val, u64)> {
        self.send(&wire::get(address));
        self.send(wire::PING);
        let mut found = None;
        loop {
            match self.reply() {
                Msg::Snapshot(params) => {
                    found = params
                        .into_iter()
                        .next()
                        .map(|param| (param.value, param.revision));
                }
                Msg::Pong => return found,
                other => panic!("GET {address} was answered with {other:?}"),
            }
        }
    }

    /// The value at an address that must have one.
    #[track_caller]
    pub fn value(&mut self, address: &str) -> Val {
        self.get(address)
            .unwrap_or_else(|| panic!("no value at {address}"))
            .0
    }

    /// Subscribes to everything under a pattern; live when this returns.
    pub fn subscribe(&mut self, pattern: &str) {
        self.send(&wire::subscribe(1, pattern));
        self.fence();
    }

    /// Sends a PUBLISH of any type; the router has processed it when this returns.
    #[track_caller]
    pub fn publish(&mut self, body: &[u8]) {
        self.send(body);
        self.fence();
    }

    #[track_caller]
    pub fn emit(&mut self, address: &str, payload: impl Into<Val>) {
        self.publish(&wire::event(address, Some(&payload.into())));
    }

    /// Waits until everything sent so far has been processed.
    #[track_caller]
    pub fn fence(&mut self) {
        self.send(wire::PING);
        loop {
            match self.reply() {
                Msg::Pong => return,
                Msg::Snapshot(_) => {}
                other => panic!("a fence met {other:?}"),
            }
        }
    }

    /// The next broadcast (SET or PUBLISH) that this subscriber receives.
    #[track_caller]
    pub fn hear(&mut self) -> Msg {
        self.hear_within(PATIENCE).expect("a broadcast")
    }

    /// The next broadcast, or None if none arrived in time.
    pub fn hear_within(&mut self, patience: Duration) -> Option<Msg> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(message) = self.heard.pop_front() {
                return Some(message);
            }
            let message = self.receive(deadline.saturating_duration_since(Instant::now()))?;
            if matches!(message, Msg::Set { .. } | Msg::Publish(_)) {
                return Some(message);
            }
        }
    }

    /// The next message that is not a broadcast; broadcasts are queued for [`Driver::hear`].
    #[track_caller]
    pub fn reply(&mut self) -> Msg {
        loop {
            match self.receive(PATIENCE).expect("a reply") {
                message @ (Msg::Set { .. } | Msg::Publish(_)) => self.heard.push_back(message),
                message => return message,
            }
        }
    }

    /// The next message of any kind; None if none arrived in time.
    pub fn receive(&mut self, patience: Duration) -> Option<Msg> {
        let deadline = Instant::now() + patience;
        loop {
            // A timeout of zero would mean "for ever".
            let left = deadline.saturating_duration_since(Instant::now());
            self.socket
                .get_ref()
                .set_read_timeout(Some(left.max(Duration::from_millis(1))))
                .expect("a timeout");
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => return Some(Msg::decode(&bytes)),
                // tungstenite answers it.
                Ok(Message::Ping(_)) => {}
                Ok(other) => panic!("the router sent {other:?}"),
                Err(Error::Io(e)) if matches!(e.kind(), std::io::ErrorKind::WouldBlock) => {
                    return None;
                }
                Err(error) => panic!("the router hung up: {error}"),
            }
        }
    }
}

/// The WebSocket upgrade with CLASP's subprotocol.
#[track_caller]
fn upgrade(address: &str) -> WebSocket<TcpStream> {
    try_upgrade(address).unwrap_or_else(|why| panic!("no upgrade at {address}: {why}"))
}

fn try_upgrade(address: &str) -> Result<WebSocket<TcpStream>, String> {
    let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    stream.set_nodelay(true).expect("nodelay");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut request = format!("ws://{address}/")
        .into_client_request()
        .expect("a URL");
    let subprotocol = "clasp".parse().expect("a header value");
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", subprotocol);
    match tungstenite::client(request, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(error) => Err(error.to_string()),
    }
}
