//! The router as a whole: a listener and a stop signal enter; it runs until that comes.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::auth::Tokens;
use super::hub::Hub;
use super::limits::{HELLO_TIME, MESSAGE_BYTES};
use super::session::{self, Shared};
use super::{Clock, Settings};
use crate::clasp::wire::LANGUAGE;
use crate::net::ws::{self, Door};
use crate::trace::{Step, Tap};

/// How long readers have for what is queued when the router stops.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// How long to wait when the system has no more descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where a router listens.
#[derive(Debug)]
pub struct Listener(TcpListener);

impl Listener {
    /// Listens at the first of the addresses that can be had; port 0 is any free one.
    ///
    /// # Errors
    /// What the system says of the last of them.
    pub async fn bind(address: &str) -> io::Result<Listener> {
        TcpListener::bind(address).await.map(Listener)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// How a router ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everybody was sent what was queued, and a goodbye.
    Drained,
    /// Some did not read theirs in time.
    Cut(usize),
}

/// Serves until `shutdown` is ready; then says goodbye to everybody.
///
/// `tokens` is who may come in, and may change meanwhile; `None` is everybody.
pub async fn run(
    listener: Listener,
    shutdown: impl Future<Output = ()>,
    settings: Settings,
    tokens: Option<watch::Receiver<Tokens>>,
) -> Ended {
    let clock = settings.clock;
    let trace = settings.trace.clone();
    let known = tokens.as_ref().map(|tokens| tokens.borrow().clone());
    let door = Rc::new(Door {
        subprotocol: "clasp",
        origins: settings.origins.clone(),
        tls: settings.tls.clone(),
        max_message: MESSAGE_BYTES,
    });
    let hub: Shared = Rc::new(RefCell::new(Hub::new(settings, known)));
    let local = LocalSet::new();
    local
        .run_until(async {
            tokio::task::spawn_local(keep_time(hub.clone(), clock));
            if let Some(tokens) = tokens {
                tokio::task::spawn_local(follow(tokens, hub.clone(), clock));
            }
            let mut shutdown = pin!(shutdown);
            loop {
                let accepted = tokio::select! {
                    () = &mut shutdown => break,
                    accepted = listener.0.accept() => accepted,
                };
                match accepted {
                    Ok((stream, peer)) => {
                        let tap = trace.open(LANGUAGE);
                        tap.step(|| Step::Accepted { peer });
                        let welcomed = welcome(stream, hub.clone(), door.clone(), clock, tap);
                        tokio::task::spawn_local(welcomed);
                    }
                    // One that was gone at once, or no descriptor left: others will come and go.
                    Err(_) => sleep(ACCEPT_PAUSE).await,
                }
            }
            drop(listener);
            drain(&hub).await
        })
        .await
}

/// From TCP to the end of the session.
async fn welcome(stream: TcpStream, hub: Shared, door: Rc<Door>, clock: Clock, tap: Tap) {
    let deadline = Instant::now() + HELLO_TIME;
    let peer = match timeout_at(deadline, ws::accept(stream, &door)).await {
        Ok(Ok(peer)) => peer,
        // It has been told as far as it speaks HTTP, or has had its time.
        Ok(Err(error)) => {
            return tap.step(|| Step::Failed {
                why: error.to_string(),
            });
        }
        Err(_) => {
            return tap.step(|| Step::Failed {
                why: "it did not complete the WebSocket handshake in time".into(),
            });
        }
    };
    let joined = hub.borrow_mut().join(tap.clone());
    match joined {
        Some(key) => session::serve(peer, hub, key, clock, deadline, tap).await,
        None => session::turn_away(peer, tap).await,
    }
}

/// Calls the hub when something is due.
async fn keep_time(hub: Shared, clock: Clock) {
    loop {
        // Set anew at each poll: whoever schedules something earlier wakes this.
        let mut sleeping = None;
        poll_fn(|cx| {
            let now = clock.now();
            let Some(due) = hub.borrow_mut().set_timer(now, cx.waker()) else {
                return Poll::Pending;
            };
            if due <= now.micros {
                return Poll::Ready(());
            }
            let sleep = sleeping.insert(Box::pin(sleep_until(clock.instant(due))));
            sleep.as_mut().poll(cx)
        })
        .await;
        hub.borrow_mut().tick(clock.now());
    }
}

async fn follow(mut tokens: watch::Receiver<Tokens>, hub: Shared, clock: Clock) {
    while tokens.changed().await.is_ok() {
        let known = tokens.borrow_and_update().clone();
        hub.borrow_mut().set_tokens(known, clock.now());
    }
}

/// Says goodbye, and waits a moment for those who still read.
async fn drain(hub: &Shared) -> Ended {
    hub.borrow_mut().dismiss_all();
    let gone = async {
        while hub.borrow().count() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    match timeout(DRAIN_TIME, gone).await {
        Ok(()) => Ended::Drained,
        Err(_) => Ended::Cut(hub.borrow().count()),
    }
}
