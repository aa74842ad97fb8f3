//! A forge service in the test process, because the real one is not available.
//!
//! Every request is first checked against the contract (method, path, token, body, field by field)
//! and then passed to the test's closure, which answers it. Dropping the service fails the test if
//! a request broke the contract or if there was none.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::multipart::upload;
use super::{Trefoil, contract, eventually, trefoil};

/// The app token that requests carry.
pub const TOKEN: &str = "cf_test_Zk2";
/// The admin token that `/admin/*` requests carry.
pub const ADMIN: &str = "admin_test_Qx9";

/// A request that was received.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// The path with its query.
    pub path: String,
    headers: Vec<(String, String)>,
    /// The body; of an upload only the beginning.
    pub body: Vec<u8>,
    /// The length of the body.
    pub length: u64,
    /// The number of its connection, from 1.
    pub connection: u64,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the contract wants JSON")
    }

    /// Method and path.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A reply of the closure.
pub enum Answer {
    Json(u16, Value),
    Text(u16, &'static str, String),
    /// A status and a header.
    Header(u16, &'static str, String),
    /// A status, `Retry-After` in seconds, and a JSON body.
    Later(u16, u64, Value),
    /// Only the beginning of a body whose Content-Length is larger; then the connection ends.
    Cut(String),
    /// This beginning, repeated up to the length of the reply; then nothing more is sent.
    Begun(String, u64),
    /// Server-sent events: the pieces of a stream, after which the connection ends. With a
    /// receiver, each piece but the first waits for a signal of the test.
    Stream(Vec<String>, Option<Receiver<()>>),
    /// The connection ends without a reply.
    Close,
    /// No reply, until the client closes the connection.
    Silence,
}

/// 200 and a JSON body.
pub fn ok(body: Value) -> Answer {
    Answer::Json(200, body)
}

/// A successful upload; its token is made from the name of the file.
pub fn kept(request: &Request) -> Answer {
    match upload(request) {
        Ok(upload) => {
            let token = file_token(&upload.filename);
            let ttl: u64 = upload.ttl_secs.parse().unwrap_or_default();
            ok(json!({"file_token": token, "ttl_secs": ttl, "size": upload.size}))
        }
        Err(why) => Answer::Json(422, json!({"detail": why})),
    }
}

/// What stands for a file of this name.
pub fn file_token(filename: &str) -> String {
    let letters = filename.chars().filter(char::is_ascii_alphanumeric);
    format!("ff_{}", letters.collect::<String>())
}

/// The plaintext of the app token that is made.
pub const MADE: &str = "cf_made_Zk2x9";

/// An app token that was made.
pub fn made(request: &Request) -> Answer {
    let asked = request.json();
    let networks = asked.get("ip_cidrs").cloned().unwrap_or(json!([]));
    ok(json!({"name": asked["name"], "token": MADE, "ip_cidrs": networks}))
}

/// A successful run.
pub fn result(value: Value) -> Answer {
    ok(json!({"ok": true, "result": value, "duration_ms": 7391, "stop_reason": "end_turn"}))
}

/// An event of a stream.
pub fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// A piece of text in a stream.
pub fn delta(text: &str) -> String {
    event("delta", &json!({"type": "delta", "content": text}))
}

/// The only session.
pub const SESSION: &str = "sess_1";

/// A successful turn of that session.
pub fn turn(index: usize, text: &str) -> Answer {
    ok(
        json!({"ok": true, "session_id": SESSION, "turn_index": index, "duration_ms": 12,
               "events": [{"type": "thinking", "content": "hm"},
                          {"type": "text", "content": text}],
               "stop_reason": "end_turn"}),
    )
}

/// A service with one session whose replies repeat the prompt, unless `turn` gives another reply.
pub fn sessions(turn_of: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Forge {
    let turns = super::Counter::default();
    Forge::new(move |request| match request.line().as_str() {
        "POST /sessions" => ok(json!({"session_id": SESSION, "agent": "claude", "live": true})),
        "POST /sessions/sess_1/turn" => {
            let body = request.json();
            let prompt = body["prompt"].as_str().unwrap_or_default();
            turn_of(prompt).unwrap_or_else(|| turn(turns.next(), &format!("you said: {prompt}")))
        }
        "GET /sessions/sess_1" => ok(json!({"session_id": SESSION, "agent": "claude",
            "cwd": "/tmp/x", "created_at": 1795166091.5, "last_turn_at": null,
            "turn_count": 0, "closed_at": null, "live": true, "meta": {"caller": "ci"}})),
        "DELETE /sessions/sess_1" => ok(json!({"ok": true})),
        "POST /files" => kept(request),
        _ => Answer::Json(404, json!({"detail": "unknown session"})),
    })
}

type Closure = dyn Fn(&Request) -> Answer + Send + Sync;

/// A running service.
pub struct Forge {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answer: Box<Closure>,
    seen: Mutex<Vec<Request>>,
    breaches: Mutex<Vec<String>>,
    /// How many bytes of bodies were received so far.
    received: AtomicU64,
    expected: Mutex<Expected>,
}

#[derive(PartialEq)]
enum Expected {
    Some,
    None,
}

impl Forge {
    /// Answers every request with this closure.
    pub fn new(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Forge {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Forge::on(listener, answer)
    }

    /// Answers every request with this closure, at a port that the test chooses.
    pub fn on(
        listener: TcpListener,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Forge {
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            seen: Mutex::default(),
            breaches: Mutex::default(),
            received: AtomicU64::new(0),
            expected: Mutex::new(Expected::Some),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for (stream, number) in listener.incoming().flatten().zip(1..) {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || drop(shared.serve(&stream, number)));
            }
        });
        Forge { address, shared }
    }

    /// A service that must get no request.
    pub fn unasked() -> Forge {
        let forge = Forge::new(|request| panic!("nobody should ask, but: {}", request.line()));
        *forge.shared.expected.lock().expect("no panic") = Expected::None;
        forge
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `trefoil forge ARGS` against this service, with both tokens in the environment.
    pub fn forge(&self, args: &[&str]) -> Trefoil {
        forge(&self.url(), args)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.seen.lock().expect("no panic").clone()
    }

    /// The requests so far, as `METHOD /path`.
    pub fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }

    /// The only request so far.
    #[track_caller]
    pub fn request(&self) -> Request {
        let mut requests = self.requests();
        assert_eq!(
            requests.len(),
            1,
            "expected one request: {:?}",
            self.lines()
        );
        requests.remove(0)
    }

    /// Waits for the first requests.
    #[track_caller]
    pub fn wait_for(&self, count: usize) {
        eventually("requests", || {
            (self.requests().len() >= count).then_some(())
        });
    }

    /// How many bytes of bodies were received so far.
    pub fn received(&self) -> u64 {
        self.shared.received.load(Ordering::SeqCst)
    }
}

/// `trefoil forge ARGS` against a service, with both tokens in the environment.
pub fn forge(url: &str, args: &[&str]) -> Trefoil {
    let mut line = vec!["forge"];
    line.extend(args);
    trefoil(&line)
        .env("CLAWDFORGE_URL", url)
        .env("CLAWDFORGE_TOKEN", TOKEN)
        .env("CLAWDFORGE_ADMIN_TOKEN", ADMIN)
}

impl Drop for Forge {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let breaches = self.shared.breaches.lock().expect("no panic");
        assert!(
            breaches.is_empty(),
            "the contract was broken:\n{}",
            breaches.join("\n")
        );
        let asked = !self.shared.seen.lock().expect("no panic").is_empty();
        match *self.shared.expected.lock().expect("no panic") {
            Expected::Some => assert!(asked, "nobody asked anything"),
            Expected::None => assert!(!asked, "somebody asked something"),
        }
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream, connection: u64) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 18, stream);
        while let Some(request) = self.read(&mut reader, connection)? {
            if let Err(breach) = contract::check(&request) {
                let line = request.line();
                self.breaches
                    .lock()
                    .expect("no panic")
                    .push(format!("{line}: {breach}"));
            }
            self.seen.lock().expect("no panic").push(request.clone());
            if !self.answer(&request, stream)? {
                return stream.shutdown(Shutdown::Both);
            }
        }
        Ok(())
    }

    fn read(&self, reader: &mut impl BufRead, connection: u64) -> io::Result<Option<Request>> {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace().map(str::to_owned);
        let (method, path) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
                None => break,
            }
        }
        let mut request = Request {
            method,
            path,
            headers,
            body: Vec::new(),
            length: 0,
            connection,
        };
        let chunked = request
            .header("transfer-encoding")
            .is_some_and(|v| v == "chunked");
        if chunked {
            loop {
                let mut size = String::new();
                reader.read_line(&mut size)?;
                let size = u64::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
                self.take(reader, size, &mut request)?;
                reader.read_line(&mut String::new())?;
                if size == 0 {
                    break;
                }
            }
        } else {
            let length = request.header("content-length").map_or(Ok(0), str::parse);
            self.take(reader, length.map_err(io::Error::other)?, &mut request)?;
        }
        Ok(Some(request))
    }

    /// Reads a body of this length, and keeps as much of it as tests look at.
    fn take(&self, reader: &mut impl BufRead, size: u64, request: &mut Request) -> io::Result<()> {
        const KEPT: usize = 1 << 20;
        let mut left = size;
        let mut buffer = vec![0; 1 << 18];
        while left > 0 {
            let room = buffer
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = reader.read(&mut buffer[..room])?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let keep = KEPT.saturating_sub(request.body.len()).min(count);
            request.body.extend_from_slice(&buffer[..keep]);
            request.length += count as u64;
            left -= count as u64;
            self.received.fetch_add(count as u64, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Sends a reply; true if the connection stays open.
    fn answer(&self, request: &Request, mut stream: &TcpStream) -> io::Result<bool> {
        let (status, header, body) = match (self.answer)(request) {
            Answer::Json(status, body) => (
                status,
                "content-type: application/json".to_owned(),
                body.to_string(),
            ),
            Answer::Text(status, kind, body) => (status, format!("content-type: {kind}"), body),
            Answer::Header(status, name, value) => {
                (status, format!("{name}: {value}"), String::new())
            }
            Answer::Later(status, seconds, body) => {
                (status, format!("retry-after: {seconds}"), body.to_string())
            }
            Answer::Cut(body) => {
                let announced = body.len() + 100;
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-length: {announced}\r\n\r\n{body}"
                )?;
                return Ok(false);
            }
            Answer::Begun(part, length) => {
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                    length + 1
                )?;
                let mut left = usize::try_from(length).expect("it fits");
                while left > 0 {
                    let count = part.len().min(left);
                    stream.write_all(&part.as_bytes()[..count])?;
                    left -= count;
                }
                stream.set_read_timeout(Some(Duration::from_secs(60)))?;
                let _ = stream.read(&mut [0; 64]);
                return Ok(false);
            }
            Answer::Stream(pieces, gate) => {
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
                     connection: close\r\n\r\n"
                )?;
                for (count, piece) in pieces.iter().enumerate() {
                    if let Some(gate) = gate.as_ref().filter(|_| count > 0) {
                        let _ = gate.recv_timeout(super::PATIENCE);
                    }
                    stream.write_all(piece.as_bytes())?;
                }
                return Ok(false);
            }
            Answer::Close => return Ok(false),
            Answer::Silence => {
                // Until the client closes the connection.
                stream.set_read_timeout(Some(Duration::from_secs(60)))?;
                let _ = stream.read(&mut [0; 64]);
                return Ok(false);
            }
        };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} X\r\n{header}\r\ncontent-length: {length}\r\n\r\n{body}"
        )?;
        Ok(true)
    }
}
