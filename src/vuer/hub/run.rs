//! Runs the hub: it accepts connections, serves clients, and hands out their events.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout, timeout_at};

pub use super::complaints::Complaints;
use super::core::{ClientEvent, Hub, Rules};
use super::session::{self, Shared};
use super::site::{Reply, Site};
pub use crate::net::Listener;
use crate::net::http_server::HttpConnection;
use crate::net::now_millis;
use crate::net::peer::close;
use crate::net::tls::Acceptor;
use crate::trace::{Step, Trace};
use crate::vuer::event::LANGUAGE;

/// The time limit for reading a request.
const REQUEST_TIME: Duration = Duration::from_secs(10);
const ANSWER_TIME: Duration = Duration::from_secs(120);

/// The size limit of a message from a client: a picture, or a mesh from a program that changes the
/// scene.
const MESSAGE_MAX: usize = 64 << 20;

/// The limit of connections that have not become clients yet.
const VISITORS_MAX: usize = 256;

/// How long clients have to read their last messages when the hub ends.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// How long to wait when the system has no more file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A hub that several tasks of one thread share.
#[derive(Debug, Clone)]
pub struct Handle(Shared);

impl Handle {
    /// A hub with an empty scene.
    pub fn new(rules: Rules) -> Handle {
        Handle(Rc::new(RefCell::new(Hub::new(rules))))
    }

    /// Calls a function with the hub.
    pub fn with<T>(&self, act: impl FnOnce(&mut Hub) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }

    /// Waits for events of clients.
    pub async fn client_events(&self) -> Vec<ClientEvent> {
        poll_fn(|cx| {
            let client_events = self.0.borrow_mut().client_events(cx.waker());
            if client_events.is_empty() {
                Poll::Pending
            } else {
                Poll::Ready(client_events.into())
            }
        })
        .await
    }

    /// Sends all clients the current scene and closes their connections. Returns how many clients
    /// did not read it in time.
    pub async fn drain(&self) -> usize {
        self.close(false).await
    }

    /// Closes all connections without sending the scene. Returns how many did not close in time.
    pub async fn stop(&self) -> usize {
        self.close(true).await
    }

    async fn close(&self, at_once: bool) -> usize {
        let (code, why) = (close::AWAY, "the server is shutting down");
        self.with(|hub| hub.dismiss_all(code, why, at_once));
        let gone = async {
            while self.with(|hub| hub.connected()) > 0 {
                sleep(Duration::from_millis(2)).await;
            }
        };
        let _ = timeout(DRAIN_TIME, gone).await;
        self.with(|hub| hub.connected())
    }
}

/// Accepts and serves clients until this future is dropped. It must run inside a
/// [`tokio::task::LocalSet`].
pub async fn run(
    listener: Listener,
    hub: Handle,
    site: Rc<Site>,
    tls: Option<Acceptor>,
    trace: Trace,
    complaints: Complaints,
) {
    let complaints = Rc::new(complaints);
    let visitors = Rc::new(());
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if Rc::strong_count(&visitors) > VISITORS_MAX {
                    continue;
                }
                let tap = trace.open(LANGUAGE);
                tap.step(|| Step::Accepted { peer });
                let (hub, site, tls) = (hub.0.clone(), site.clone(), tls.clone());
                let complaints = Rc::clone(&complaints);
                let visit = visitors.clone();
                tokio::task::spawn_local(async move {
                    let peer = receive(stream, &site, tls.as_ref(), &tap).await;
                    drop(visit);
                    let Some(peer) = peer else {
                        return;
                    };
                    let joined = hub.borrow_mut().join(std::time::Instant::now());
                    match joined {
                        Some(number) => session::serve(peer, hub, number, tap, &complaints).await,
                        None => session::turn_away(peer, &complaints).await,
                    }
                });
            }
            // The client has already disconnected, or no file descriptor is free. Try again later.
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// Turns a TCP connection into a WebSocket. Returns `None` if the request got another answer or
/// failed.
async fn receive(
    stream: TcpStream,
    site: &Site,
    tls: Option<&Acceptor>,
    tap: &crate::trace::Tap,
) -> Option<crate::net::peer::Peer> {
    let deadline = Instant::now() + REQUEST_TIME;
    let failed = |why: String| tap.step(|| Step::Failed { why });
    let connection = match timeout_at(deadline, HttpConnection::read_request(stream, tls)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            failed(error.to_string());
            return None;
        }
        Err(_) => {
            failed("the client did not send a request in time".into());
            return None;
        }
    };
    let answered = async {
        match site.reply(&connection.request) {
            Reply::Upgrade => return Some(connection.upgrade(None, MESSAGE_MAX).await),
            Reply::Response(response) => {
                if response.status >= 400 {
                    failed(format!(
                        "HTTP {} to {}",
                        response.status, connection.request.path
                    ));
                }
                connection.respond(&response).await;
            }
            Reply::File(response, file, length) => {
                connection.respond_with_file(&response, file, length).await
            }
        }
        None
    };
    let mut answered = pin!(answered);
    match timeout(ANSWER_TIME, &mut answered).await {
        Ok(Some(Ok(peer))) => Some(peer),
        Ok(Some(Err(error))) => {
            failed(error.to_string());
            None
        }
        Ok(None) | Err(_) => None,
    }
}

/// Runs a server on this thread until it ends.
///
/// # Errors
/// When the system has too few file descriptors.
pub fn block_on<F: Future>(serving: F) -> Result<F::Output, crate::error::Failure> {
    crate::net::block_on(async { tokio::task::LocalSet::new().run_until(serving).await })
}

/// Lets the tasks of the clients run between two batches of operations.
pub async fn yield_to_clients() {
    tokio::task::yield_now().await;
}

/// Milliseconds since the epoch.
pub fn now() -> u64 {
    now_millis()
}
