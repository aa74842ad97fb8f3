//! The server's side of HTTP, for servers that mostly use WebSocket. Takes a TCP stream; gives an
//! [`HttpConnection`] with its request, which then gets a response or becomes a [`Peer`].
//!
//! One request per connection, without a request body; every response has `Connection: close`.
//! tungstenite is not used for the upgrade, because it reads the request itself and can send no
//! other response.

use std::io::{self, Read};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::error::AcceptError;
use super::peer::Peer;
use super::tls::Acceptor;
use super::transport::Transport;
use super::ws::{SUBPROTOCOL, accept_key};

/// The longest request head that is accepted, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// The most header lines that are accepted.
const MAX_HEADERS: usize = 64;

/// How many bytes of a file are read at a time.
const CHUNK: usize = 64 * 1024;

/// An HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// The part of the target before the question mark, percent-encoded as it was sent.
    pub path: String,
    /// The part after the question mark; empty if there is none.
    pub query: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// The first header of this name, in any case. Bytes that are not UTF-8 are replaced.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All headers of this name, in their order.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let headers = self.headers.iter();
        headers
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| &**value)
    }

    /// The value of a query parameter, as it was sent.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Whether it requests a WebSocket upgrade.
    pub fn is_upgrade(&self) -> bool {
        let has = |name: &str, word: &str| {
            let value = self.header(name).unwrap_or_default();
            value
                .split(',')
                .any(|part| part.trim().eq_ignore_ascii_case(word))
        };
        self.method == "GET" && has("Upgrade", "websocket") && has("Connection", "upgrade")
    }

    /// Parses a request head without its blank line, for tests of responses.
    #[cfg(test)]
    pub fn read(head: &str) -> Request {
        let parsed = Request::parse(format!("{head}\r\n").as_bytes());
        parsed.expect("a request").expect("a whole one").0
    }

    /// Parses a request head and gives its length; None while it is incomplete.
    fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, AcceptError> {
        let bad = |why: &dyn std::fmt::Display| AcceptError::Handshake(why.to_string());
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let length = match request.parse(bytes).map_err(|error| bad(&error))? {
            httparse::Status::Complete(length) => length,
            httparse::Status::Partial => return Ok(None),
        };
        let target = request.path.unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = request.headers.iter().map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_owned(), value)
        });
        let request = Request {
            method: request.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.collect(),
        };
        Ok(Some((request, length)))
    }
}

/// An HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status, such as 200.
    pub status: u16,
    /// Its headers, without Content-Length and `Connection: close`.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Response {
    /// A response with a line of text.
    pub fn text(status: u16, text: impl Into<String>) -> Response {
        let body: String = text.into();
        Response {
            status,
            headers: vec![("Content-Type", "text/plain; charset=utf-8".to_owned())],
            body: format!("{body}\n").into_bytes(),
        }
    }

    /// Adds a header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.headers.push((name, value.into()));
        self
    }

    fn head(&self, length: u64) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            // A value may come from a request; without control characters it cannot add another
            // header.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "Content-Length: {length}\r\nConnection: close\r\n\r\n"
        ));
        head
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        421 => "Misdirected Request",
        426 => "Upgrade Required",
        503 => "Service Unavailable",
        _ => "",
    }
}

/// A connection whose request has been read.
#[derive(Debug)]
pub struct HttpConnection {
    /// The request.
    pub request: Request,
    transport: Transport,
    /// Bytes that were read beyond the request's head.
    rest: Vec<u8>,
}

impl HttpConnection {
    /// Accepts a connection, with TLS if there is an acceptor, and reads its request. The caller
    /// sets the deadline.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub async fn read_request(
        stream: TcpStream,
        tls: Option<&Acceptor>,
    ) -> Result<HttpConnection, AcceptError> {
        let mut transport = Transport::accept(stream, tls).await?;
        let mut bytes = Vec::with_capacity(1024);
        loop {
            if transport
                .read_buf(&mut bytes)
                .await
                .map_err(AcceptError::Gone)?
                == 0
            {
                return Err(AcceptError::Gone(io::ErrorKind::UnexpectedEof.into()));
            }
            match Request::parse(&bytes) {
                Ok(Some((request, length))) => {
                    return Ok(HttpConnection {
                        request,
                        transport,
                        rest: bytes.split_off(length),
                    });
                }
                Ok(None) if bytes.len() < MAX_HEAD => {}
                Ok(None) => {
                    let response = Response::text(400, "the head of the request is too long");
                    send(&mut transport, &response, false).await;
                    return Err(AcceptError::Handshake("its head is too long".into()));
                }
                Err(error) => {
                    let response = Response::text(400, "this is not an HTTP/1.1 request");
                    send(&mut transport, &response, false).await;
                    return Err(error);
                }
            }
        }
    }

    /// Upgrades the connection to WebSocket, with this one of the offered subprotocols. A message
    /// longer than `max_message` bytes ends the connection.
    ///
    /// # Errors
    /// [`AcceptError::Handshake`] when the request is not a valid upgrade; the client has got a
    /// response.
    pub async fn upgrade(
        mut self,
        subprotocol: Option<&str>,
        max_message: usize,
    ) -> Result<Peer, AcceptError> {
        let version = self.request.header("Sec-WebSocket-Version");
        let key = self.request.header("Sec-WebSocket-Key");
        let (Some(key), Some("13")) = (key, version) else {
            let why = "it speaks another version of WebSocket than 13";
            let response = Response::text(426, why).with("Sec-WebSocket-Version", "13");
            self.respond(&response).await;
            return Err(AcceptError::Handshake(why.into()));
        };
        let subprotocol = subprotocol.map(|name| format!("{SUBPROTOCOL}: {name}\r\n"));
        let response = format!(
            "HTTP/1.1 101 {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n{}\r\n",
            reason(101),
            accept_key(key.as_bytes()),
            subprotocol.unwrap_or_default()
        );
        let written = self.transport.write_all(response.as_bytes()).await;
        written.map_err(AcceptError::Gone)?;
        self.transport.flush().await.map_err(AcceptError::Gone)?;
        Ok(Peer::with_read(self.transport, max_message, &self.rest))
    }

    /// Sends a response and ends the connection.
    pub async fn respond(mut self, response: &Response) {
        let is_head = self.request.method == "HEAD";
        send(&mut self.transport, response, is_head).await;
    }

    /// Sends a response with a file of this length as its body, and ends the connection.
    pub async fn respond_with_file(
        mut self,
        response: &Response,
        mut file: impl Read,
        length: u64,
    ) {
        let head = response.head(length);
        if self.transport.write_all(head.as_bytes()).await.is_err() {
            return;
        }
        let mut chunk = vec![0; CHUNK];
        let mut left = length;
        while left > 0 && self.request.method != "HEAD" {
            let room = CHUNK.min(usize::try_from(left).unwrap_or(CHUNK));
            // The file has become shorter meanwhile. The connection is closed before Content-Length
            // is reached, so the client notices it.
            let Ok(count @ 1..) = file.read(&mut chunk[..room]) else {
                return;
            };
            if self.transport.write_all(&chunk[..count]).await.is_err() {
                return;
            }
            left -= count as u64;
        }
        end(&mut self.transport).await;
    }
}

async fn send(
    transport: &mut (impl AsyncRead + AsyncWrite + Unpin),
    response: &Response,
    head: bool,
) {
    let mut bytes = response.head(response.body.len() as u64).into_bytes();
    if !head {
        bytes.extend_from_slice(&response.body);
    }
    if transport.write_all(&bytes).await.is_ok() {
        end(transport).await;
    }
}

/// Shuts the sending half down and discards what still arrives, so that the response is not lost:
/// see [`Peer::finish`].
async fn end(transport: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    let mut away = [0; 1024];
    if transport.flush().await.is_ok() && transport.shutdown().await.is_ok() {
        while matches!(transport.read(&mut away).await, Ok(1..)) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Request {
        let (request, length) = Request::parse(text.as_bytes())
            .expect("a request")
            .expect("a whole one");
        assert_eq!(length, text.len());
        request
    }

    #[test]
    fn a_request_is_read_and_an_upgrade_is_known() {
        let request = parsed(
            "GET /a%20b?x=1&token=t HTTP/1.1\r\nHost: h:1\r\nupgrade: WebSocket\r\n\
             Connection: keep-alive, Upgrade\r\n\r\n",
        );
        assert_eq!((&*request.path, &*request.query), ("/a%20b", "x=1&token=t"));
        assert_eq!(request.header("host"), Some("h:1"));
        assert_eq!(request.parameter("token"), Some("t"));
        assert_eq!(request.parameter("y"), None);
        assert!(request.is_upgrade());
        for plain in [
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
            "POST / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        ] {
            assert!(!parsed(plain).is_upgrade(), "{plain:?}");
        }
        assert!(
            Request::parse(b"GET / HTTP/1.1\r\n")
                .expect("so far")
                .is_none()
        );
        assert!(
            Request::parse(b"\x16\x03\x01\x02").is_err(),
            "TLS is no HTTP"
        );
    }

    #[test]
    fn no_header_is_added_by_what_was_asked_for() {
        let response = Response::text(302, "").with("Location", "/x\r\nSet-Cookie: a=b");
        let head = response.head(0);
        assert!(head.contains("Location: /xSet-Cookie: a=b\r\n"), "{head}");
    }
}
