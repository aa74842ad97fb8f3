//! Servers that misbehave on purpose, and routers that follow a script frame by frame.
//!
//! The server is a closure. Dropping a [`Fake`] ends it and passes on a panic of its script, so
//! that an assertion inside a script fails the test.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tungstenite::handshake::server::{Request, Response};
use tungstenite::{Message, WebSocket};

use super::PATIENCE;
use super::dir::Dir;
use super::msg::Msg;
use super::{now_micros, wire};

/// A listening server on a port of its own.
pub struct Fake {
    address: std::net::SocketAddr,
    over: Arc<AtomicBool>,
    connections: Arc<AtomicUsize>,
    /// The open sockets. They are shut down at the end of the test, because a script may still wait
    /// for a frame.
    sockets: Arc<Mutex<Vec<TcpStream>>>,
    accepting: Option<JoinHandle<()>>,
}

impl Fake {
    /// Accepts TCP connections and never sends anything.
    pub fn silent() -> Fake {
        Fake::tcp(|_, mut stream| while let Ok(1..) = stream.read(&mut [0; 1024]) {})
    }

    /// A web server without WebSocket.
    pub fn http_404() -> Fake {
        Fake::tcp(|_, mut stream| {
            read_http_head(&mut stream);
            let body = "<h1>Not Found</h1>";
            let head = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: ";
            let _ = write!(
                stream,
                "{head}{}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        })
    }

    /// Answers the upgrade with bytes that are not HTTP.
    pub fn not_http() -> Fake {
        Fake::tcp(|_, mut stream| {
            let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
            while let Ok(1..) = stream.read(&mut [0; 1024]) {}
        })
    }

    /// Runs `script` with the raw socket of each connection, numbered from 0, each on its own
    /// thread.
    pub fn tcp(script: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (over, connections) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let sockets = Arc::<Mutex<Vec<TcpStream>>>::default();
        let shared = (
            Arc::clone(&over),
            Arc::clone(&connections),
            Arc::clone(&sockets),
        );
        let accepting = std::thread::spawn(move || {
            let (over, connections, sockets) = shared;
            let script = &script;
            std::thread::scope(|scope| {
                for stream in listener.incoming() {
                    if over.load(Ordering::SeqCst) {
                        break;
                    }
                    let stream = stream.expect("accept");
                    stream.set_nodelay(true).expect("nodelay");
                    let handle = stream.try_clone().expect("a second handle");
                    sockets.lock().expect("no panic while pushing").push(handle);
                    let number = connections.fetch_add(1, Ordering::SeqCst);
                    scope.spawn(move || script(number, stream));
                }
            });
        });
        Fake {
            address,
            over,
            connections,
            sockets,
            accepting: Some(accepting),
        }
    }

    /// Runs `script` with each WebSocket connection, numbered from 0.
    pub fn websocket(script: impl Fn(usize, &mut Peer) + Send + Sync + 'static) -> Fake {
        Fake::tcp(move |number, stream| {
            if let Some(mut peer) = Peer::accept(stream) {
                script(number, &mut peer);
            }
        })
    }

    /// Runs `script` with each WebSocket connection over TLS, with a self-signed certificate for
    /// `localhost`.
    pub fn tls(script: impl Fn(usize, &mut Peer) + Send + Sync + 'static) -> (Fake, Certificate) {
        let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
        let dir = Dir::new();
        let file = dir.file("ca.pem", issued.cert.pem());
        let key =
            rustls::pki_types::PrivateKeyDer::Pkcs8(issued.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![issued.cert.der().clone()], key)
            .expect("a certificate and its key");
        let config = Arc::new(config);
        let fake = Fake::tcp(move |number, stream| {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).expect("a session");
            let tcp = stream.try_clone().expect("a second handle");
            let encrypted = rustls::StreamOwned::new(session, stream);
            if let Some(mut peer) = Peer::accept_over(Box::new(encrypted), tcp) {
                script(number, &mut peer);
            }
        });
        (fake, Certificate { file, _dir: dir })
    }

    /// A correct router, except for messages that `script` handles itself; it then returns true.
    pub fn router(script: impl Fn(&mut Peer, &Msg) -> bool + Send + Sync + 'static) -> Fake {
        Fake::websocket(move |_, peer| {
            while let Some(message) = peer.receive() {
                if !script(peer, &message) {
                    peer.answer(&message);
                }
            }
        })
    }

    /// A router without state that forwards the messages in the bundles that it gets.
    pub fn telling() -> (Fake, std::sync::mpsc::Receiver<Msg>) {
        let (tell, told) = std::sync::mpsc::channel();
        let fake = Fake::router(move |_, message| {
            if let Msg::Bundle { messages, .. } = message {
                for message in messages {
                    tell.send(message.clone()).expect("a test that listens");
                }
            }
            false
        });
        (fake, told)
    }

    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts, then every script that still waits for a frame.
        let _ = TcpStream::connect(self.address);
        for socket in self
            .sockets
            .lock()
            .expect("no panic while pushing")
            .drain(..)
        {
            let _ = socket.shutdown(Shutdown::Both);
        }
        let ended = self.accepting.take().expect("dropped once").join();
        if ended.is_err() && !std::thread::panicking() {
            panic!("the fake server's script failed; its panic is above");
        }
    }
}

fn read_http_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
}

/// A certificate in a file, for `--ca`.
pub struct Certificate {
    pub file: PathBuf,
    _dir: Dir,
}

/// The stream below a WebSocket.
trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// The server's end of one WebSocket connection.
pub struct Peer {
    socket: WebSocket<Box<dyn Stream>>,
    tcp: TcpStream,
    revision: u64,
}

impl Peer {
    /// Does the upgrade; None if the client closed the connection instead.
    pub fn accept(stream: TcpStream) -> Option<Peer> {
        let tcp = stream.try_clone().expect("a second handle");
        Peer::accept_over(Box::new(stream), tcp)
    }

    fn accept_over(stream: Box<dyn Stream>, tcp: TcpStream) -> Option<Peer> {
        tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        // The Err type is the library's; this closure never returns one.
        #[expect(clippy::result_large_err)]
        let echo = |request: &Request, mut response: Response| {
            let name = "Sec-WebSocket-Protocol";
            if let Some(offered) = request.headers().get(name) {
                response.headers_mut().insert(name, offered.clone());
            }
            Ok(response)
        };
        let socket = tungstenite::accept_hdr(stream, echo).ok()?;
        Some(Peer {
            socket,
            tcp,
            revision: 0,
        })
    }

    /// The next message; None if the client has closed the connection.
    pub fn receive(&mut self) -> Option<Msg> {
        loop {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => return Some(Msg::decode(&bytes)),
                Ok(Message::Text(text)) => panic!("a client sent text: {text}"),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// The next binary message as bytes; None if the client has closed the connection or sent BYE.
    pub fn receive_frame(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => return Some(bytes.to_vec()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// Sends a CLASP message. A client that has gone is not a failure: the test checks what it
    /// expects.
    pub fn send(&mut self, body: &[u8]) {
        self.send_frame(&wire::frame(body));
    }

    /// Sends any bytes as one binary message.
    pub fn send_frame(&mut self, frame: &[u8]) {
        let _ = self.socket.send(Message::binary(frame.to_vec()));
    }

    /// Sends any bytes as one binary message; false if the client has gone.
    pub fn try_send_frame(&mut self, frame: &[u8]) -> bool {
        self.socket.send(Message::binary(frame.to_vec())).is_ok()
    }

    pub fn send_text(&mut self, text: &str) {
        let _ = self.socket.send(Message::text(text));
    }

    /// Closes the WebSocket with the closing handshake.
    pub fn close(&mut self) {
        let _ = self.socket.close(None);
        while self.socket.read().is_ok() {}
    }

    /// Shuts the TCP connection down without a Close frame.
    pub fn hang_up(&mut self) {
        let _ = self.tcp.shutdown(Shutdown::Both);
    }

    /// Sends WELCOME and an empty SNAPSHOT, as the reference router does.
    pub fn greet(&mut self) {
        self.greet_as("s-1", "Fake Router", 0xf8);
    }

    pub fn greet_as(&mut self, session: &str, name: &str, features: u8) {
        self.send(&wire::welcome(session, name, features, now_micros()));
        self.send(&wire::snapshot(&[]));
    }

    /// Sends WELCOME and an empty SNAPSHOT as trefoil's own router does, with these feature bits.
    pub fn greet_promising(&mut self, promises: u8) {
        let mut welcome = wire::welcome("s-1", "Ours", 0xfa, now_micros());
        welcome.push(promises);
        self.send(&welcome);
    }

    /// The replies of a router without state: WELCOME, ACK, PONG, or none.
    pub fn answer(&mut self, message: &Msg) {
        match message {
            Msg::Hello { .. } => self.greet(),
            Msg::Ping => self.send(wire::PONG),
            Msg::Set { address, .. } => {
                self.revision += 1;
                self.send(&wire::ack(address, self.revision));
            }
            Msg::Bundle { .. } => self.send(wire::ACK),
            Msg::Sync { t1 } => {
                let mut reply = vec![0x40, 0x03];
                for time in [*t1, now_micros(), now_micros()] {
                    reply.extend(time.to_be_bytes());
                }
                self.send(&reply);
            }
            _ => {}
        }
    }
}
