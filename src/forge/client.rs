//! Sends one request and reads its reply. Only this module uses reqwest.
//!
//! Takes a [`Route`] and a body; gives a [`Reply`], or an [`Error`] with the outcome of the
//! request. No layer below repeats a request: reqwest's retries, its redirects and its reuse of
//! connections are off, because a run that is sent twice is paid for twice. (A reused connection
//! may be dead, which is noticed only after sending.)

mod base;
mod body;
mod error;
mod exchange;
pub mod feed;
mod incoming;
mod seen;

use std::io;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::api::event_stream::Event;
use super::api::reply::Body;
use super::api::route::{Method, Route};
use crate::net::addresses;
use crate::net::backoff::Backoff;
use crate::net::proxy::Proxy;
use crate::net::tls;
use crate::net::tunnel::{self, TunnelError};
use crate::trace::{Direction, Secrets, Step, Tap, Trace};

pub use crate::net::block_on;
pub use crate::net::header::Header;
pub use crate::net::tls::{Identity, Trust};
pub use base::Base;
pub use body::{Payload, Streamed};
pub use error::{Attempt, Error, Refusal};
pub use exchange::Exchange;

use body::{Ready, Stream, Whole};
use incoming::Incoming;

/// The first wait between two attempts to connect to a service that is still starting.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The header in which our service gives the id of a run.
const RUN_ID: HeaderName = HeaderName::from_static("x-run-id");

/// How a record of TLS begins that says what was wrong: its type, and the version's first byte.
const TLS_ALERT: [u8; 2] = [0x15, 0x03];

/// Within which time a server with TLS has refused plain text. A connection that is lost later was
/// understood until then.
const ANSWERS_PLAIN_TEXT: Duration = Duration::from_secs(10);

/// The service to send requests to, and the credentials.
#[derive(Clone)]
pub struct Target {
    /// The service.
    pub base: Base,
    /// The bearer token.
    pub token: Option<String>,
    /// Additional headers of every request.
    pub headers: Vec<Header>,
    /// Which certificates to trust, for `https://`.
    pub trust: Trust,
    /// The HTTP proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// The limit for DNS, TCP and TLS together.
    pub connect_timeout: Duration,
    /// How long to try again when nothing listens yet.
    pub connect_retry: Duration,
    /// The trace.
    pub trace: Trace,
}

/// Receives the events of a stream as they arrive, except the last one.
pub type Listener<'a> = &'a mut dyn FnMut(&Event);

/// A reply.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// The body as bytes.
    pub raw: Bytes,
}

/// Sends requests to one service.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Base,
    bearer: Option<HeaderValue>,
    proxy: Option<Proxy>,
    connect_timeout: Duration,
    connect_retry: Duration,
    /// The token and secret headers, which are hidden where the service quotes them.
    secrets: Secrets,
    tap: Tap,
}

/// Resolves host names in the same way as the other services.
struct Names;

impl reqwest::dns::Resolve for Names {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let addresses = addresses(name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

impl Client {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Setup`] when the root certificates cannot be read, or when the token is not valid
    /// in a header.
    pub fn new(target: &Target) -> Result<Client, Error> {
        // The root certificates are read from disk only if they are needed.
        let tls = if target.base.is_tls() {
            tls::client_config(&target.trust)
        } else {
            tls::without_roots()
        };
        // reqwest has other rules for the proxy variables, so it must not read them.
        let mut builder = reqwest::Client::builder().no_proxy();
        if let Some(proxy) = &target.proxy {
            builder = builder.proxy(proxied(proxy)?);
        }
        let headers = target.headers.iter();
        let headers: HeaderMap = headers
            .map(|header| (header.name().clone(), header.value().clone()))
            .collect();
        let http = builder
            .default_headers(headers)
            .tls_backend_preconfigured(tls.map_err(Error::setup)?)
            .http1_only()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .tcp_nodelay(true)
            .dns_resolver(Names)
            .connect_timeout(target.connect_timeout)
            .user_agent(concat!("trefoil/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Error::setup)?;
        let mut secrets = Secrets::default();
        secrets.add(&target.token);
        for header in &target.headers {
            secrets.add(header.secrets());
        }
        let bearer = target.token.as_ref().map(|token| {
            HeaderValue::from_str(&format!("Bearer {token}")).map(|mut value| {
                value.set_sensitive(true);
                value
            })
        });
        Ok(Client {
            http,
            base: target.base.clone(),
            proxy: target.proxy.clone(),
            bearer: bearer.transpose().map_err(|_| {
                Error::setup("the token has characters that a header cannot contain")
            })?,
            connect_timeout: target.connect_timeout,
            connect_retry: target.connect_retry,
            secrets,
            tap: target.trace.open(seen::LANGUAGE),
        })
    }

    /// The service.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The bearer token. It must not be shown.
    pub fn token(&self) -> Option<&str> {
        self.bearer.as_ref()?.to_str().ok()?.strip_prefix("Bearer ")
    }

    /// The HTTP proxy, if there is one.
    pub fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    /// Sends a request without a body.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub async fn ask(&self, route: &Route, limit: Option<Duration>) -> Result<Reply, Error> {
        self.send(route, Payload::None, limit, &Exchange::default())
            .await
    }

    /// Sends a request once and returns the reply if its status is 2xx. `limit` is the time for the
    /// reply after the connection is established (without a body: from the start). `exchange` must be new; it shows how far the
    /// request came after an error, or if the caller drops this future.
    ///
    /// # Errors
    /// [`Error::Connect`]; after that [`Error::Lost`], [`Error::TimedOut`], [`Error::TooLong`],
    /// [`Error::Redirected`] or [`Error::Refused`].
    pub async fn send(
        &self,
        route: &Route,
        payload: Payload,
        limit: Option<Duration>,
        exchange: &Exchange,
    ) -> Result<Reply, Error> {
        self.send_heard(route, payload, limit, exchange, None).await
    }

    /// Sends a request once; with a listener, the service is asked for an event stream. Its last
    /// event is the reply; a stream that ends without it is [`Error::Lost`]. A service without
    /// streams sends a normal reply.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub async fn send_heard(
        &self,
        route: &Route,
        payload: Payload,
        limit: Option<Duration>,
        exchange: &Exchange,
        mut listener: Option<Listener<'_>>,
    ) -> Result<Reply, Error> {
        let payload = Ready::from(payload);
        let deadline = Instant::now() + self.connect_retry;
        let mut backoff = Backoff::new(FIRST_WAIT, u64::from(std::process::id()));
        loop {
            let once = self.once(route, payload.clone(), limit, exchange, &mut listener);
            let error = match once.await {
                Err(error @ Error::Connect { .. }) => error,
                other => return other,
            };
            let wait = backoff.wait();
            if !error.is_temporary() || Instant::now() + wait > deadline {
                return Err(error);
            }
            sleep(wait).await;
        }
    }

    async fn once(
        &self,
        route: &Route,
        payload: Ready,
        limit: Option<Duration>,
        exchange: &Exchange,
        listener: &mut Option<Listener<'_>>,
    ) -> Result<Reply, Error> {
        let reply = self.request(route, payload, exchange, listener);
        let Some(limit) = limit else {
            return reply.await;
        };
        // The connection has its own limit, which is added.
        let connecting = Instant::now() + self.connect_timeout;
        let late = async {
            tokio::select! {
                () = exchange.sending() => {}
                () = sleep_until(connecting) => {}
            }
            sleep(limit).await;
        };
        tokio::select! {
            reply = reply => reply,
            () = late => Err(Error::TimedOut {
                base: self.base.clone(),
                limit,
                attempt: Attempt::of(route, exchange),
            }),
        }
    }

    async fn request(
        &self,
        route: &Route,
        payload: Ready,
        exchange: &Exchange,
        listener: &mut Option<Listener<'_>>,
    ) -> Result<Reply, Error> {
        let mut request = self
            .http
            .request(method(route.method()), self.base.url(route));
        if let Some(proxy) = &self.proxy {
            self.tap.step(|| Step::Proxy {
                url: proxy.url(),
                origin: proxy.origin(),
            });
        }
        let length = payload.length();
        self.tap.message(Direction::Sent, length, || {
            Box::new(seen::Request::new(route, &payload))
        });
        if let Some(bearer) = &self.bearer {
            request = request.header(AUTHORIZATION, bearer.clone());
        }
        if let Some(key) = exchange.key() {
            request = request.header("idempotency-key", key);
        }
        if listener.is_some() {
            request = request.header(ACCEPT, "text/event-stream, application/json;q=0.9");
        }
        request = match payload {
            Ready::None => {
                // For a request without a body nothing shows when it is sent; none of them costs
                // money.
                exchange.mark_sent();
                request
            }
            Ready::Json(bytes) => {
                request
                    .header(CONTENT_TYPE, "application/json")
                    .body(reqwest::Body::wrap(Whole {
                        bytes: Some(bytes),
                        exchange: exchange.clone(),
                    }))
            }
            Ready::Stream { content_type, body } => request
                .header(CONTENT_TYPE, content_type)
                .body(reqwest::Body::wrap(Stream {
                    body,
                    exchange: exchange.clone(),
                })),
        };
        let began = Instant::now();
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                let late = error.is_timeout();
                let attempt = Attempt::of(route, exchange);
                let limit = late.then_some(self.connect_timeout);
                if let Some((proxy, tunnel_error)) = self.tunnel_error(&error).await {
                    return Err(Error::proxy(&self.base, proxy, route, tunnel_error));
                }
                let proxy = self.proxy.as_ref();
                return Err(Error::connect(&self.base, proxy, attempt, limit, &error));
            }
            Err(error) => {
                let early = began.elapsed() < ANSWERS_PLAIN_TEXT;
                if early && is_as_of_tls(&error) && self.speaks_tls().await {
                    return Err(Error::speaks_tls(&self.base, route));
                }
                return Err(Error::Lost {
                    base: self.base.clone(),
                    why: error::innermost(&error),
                    attempt: Attempt::of(route, exchange),
                });
            }
        };
        let status = response.status().as_u16();
        if let (407, Some(proxy)) = (status, &self.proxy) {
            let tunnel_error = TunnelError::login();
            return Err(Error::proxy(&self.base, proxy, route, tunnel_error));
        }
        exchange.begin_reply(status);
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        let (location, retry_after) = (header(LOCATION), header(RETRY_AFTER));
        if let Some(id) = header(RUN_ID) {
            exchange.note_run(&id);
        }
        let incoming = Incoming {
            client: self,
            route,
            exchange,
        };
        let (status, mut received) = incoming.read(response, listener).await?;
        // An error body is shown and stored, and it may quote the token.
        if !(200..300).contains(&status) {
            received = self.secrets.hide_bytes(&received).into_owned();
        }
        let received = Bytes::from(received);
        let body = match route {
            Route::Run | Route::Turn(_) => Body::read_paid(&received),
            _ => Body::read(&received),
        };
        self.tap.message(Direction::Received, received.len(), || {
            Box::new(seen::Response::new(status, &body))
        });
        match status {
            200..=299 => Ok(Reply {
                status,
                body,
                raw: received,
            }),
            300..=399 => Err(Error::Redirected {
                base: self.base.clone(),
                status,
                location,
                attempt: Attempt::of(route, exchange),
            }),
            _ => Err(Error::Refused(Box::new(Refusal {
                base: self.base.clone(),
                outcome: Attempt::of(route, exchange).refused(status, &body),
                proxy: (self.proxy.clone())
                    .filter(|_| !self.base.is_tls() && !body.is_of_service(status)),
                route: route.clone(),
                status,
                body,
                retry_after,
            }))),
        }
    }
}

impl Client {
    /// Whether the server at an `http://` URL speaks TLS: asked for its health in plain text, it answers
    /// with a record of TLS. (The answer to the request itself is not at hand any more.) Such a server
    /// has not read the request, so nothing was begun.
    async fn speaks_tls(&self) -> bool {
        if self.base.is_tls() || self.proxy.is_some() {
            return false;
        }
        let asked = async {
            let (host, port) = self.base.host_and_port();
            let addresses = addresses(&host, port).await.ok()?;
            let mut stream = TcpStream::connect(&*addresses).await.ok()?;
            let url = self.base.url(&Route::Health);
            let path = reqwest::Url::parse(&url).ok()?.path().to_owned();
            let question =
                format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            stream.write_all(question.as_bytes()).await.ok()?;
            let mut first = [0; 2];
            stream.read_exact(&mut first).await.ok()?;
            Some(first == TLS_ALERT)
        };
        let asked = timeout(self.connect_timeout, asked).await;
        asked.ok().flatten() == Some(true)
    }

    /// The proxy's refusal of CONNECT, if this error is one. reqwest does not give the status, so
    /// the proxy is asked again; that request contains only the host's name.
    async fn tunnel_error(&self, error: &reqwest::Error) -> Option<(&Proxy, TunnelError)> {
        let proxy = self.proxy.as_ref().filter(|_| self.base.is_tls())?;
        let why = error::innermost(error);
        let refused = ["unsuccessful", "proxy authorization required"];
        if !refused.iter().any(|words| why.contains(words)) {
            return None;
        }
        let (host, port) = self.base.host_and_port();
        let asked = tunnel::connect(proxy, &host, port, &self.tap);
        let asked = tokio::time::timeout(self.connect_timeout, asked).await;
        let tunnel_error = match asked {
            Ok(Err(tunnel_error)) => tunnel_error,
            Err(_) => TunnelError::late(self.connect_timeout),
            Ok(Ok(_)) => TunnelError {
                why: format!("refused a connection to {host}, and allows it now"),
                status: None,
            },
        };
        Some((proxy, tunnel_error))
    }
}

/// Whether a server with TLS may have ended a connection with plain text: what came is no HTTP, or it
/// was reset while more of the request was under way. It was not if the server just closed it.
fn is_as_of_tls(error: &reqwest::Error) -> bool {
    let mut layer: Option<&dyn std::error::Error> = Some(error);
    while let Some(source) = layer {
        if let Some(error) = source.downcast_ref::<io::Error>() {
            let reset = [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
            return reset.contains(&error.kind());
        }
        layer = source.source();
    }
    // Only hyper's error has a name for it. With other words a server is asked in vain.
    error::innermost(error) != "connection closed before message completed"
}

fn proxied(proxy: &Proxy) -> Result<reqwest::Proxy, Error> {
    let mut proxied = reqwest::Proxy::all(proxy.url()).map_err(Error::setup)?;
    if let Some(authorization) = proxy.authorization() {
        let mut value = HeaderValue::from_str(authorization).map_err(Error::setup)?;
        value.set_sensitive(true);
        proxied = proxied.custom_http_auth(value);
    }
    Ok(proxied)
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    }
}
