//! Keeps the connection to the engine. Takes the hub's output and writes it; gives what is received to the
//! hub; reconnects when the connection is lost.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::time::{Instant, sleep, timeout};

use super::super::Notice;
use super::super::clock::Clock;
use super::super::session::Shared;
use super::connection::{Connection, OpenError, open};
use super::nats::{self, Op};
use super::server::Server;
use super::{Cluster, text};
use crate::net::Transport;

/// How often leases, copies and timeouts are checked.
const TICK: Duration = Duration::from_millis(100);

/// The interval of PINGs, and after how long without an answer the connection counts as lost: the two
/// minutes of the usual libraries are too long for a show.
const PING: Duration = Duration::from_millis(1_500);
const SILENCE: Duration = Duration::from_secs(4);

/// The timeout of a write.
const WRITE: Duration = Duration::from_secs(5);

/// The first and the longest wait before a reconnect.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// The size of a read.
const READ: usize = 64 * 1024;

/// What a router needs to join a cluster.
#[derive(Debug)]
pub struct Membership {
    /// The state for the hub.
    pub cluster: Cluster,
    /// The servers of the engine.
    pub servers: Vec<Server>,
    /// The first connection.
    pub connection: Connection,
}

/// Keeps the connection; never returns.
pub async fn keep(
    servers: Vec<Server>,
    first: Connection,
    hub: Shared,
    clock: Clock,
    tell: impl Fn(Notice),
) {
    let tick = async {
        loop {
            let notice = hub.borrow_mut().engine_tick(clock.now());
            if let Some(notice) = notice {
                tell(notice);
            }
            sleep(TICK).await;
        }
    };
    let connect = async {
        let mut connection = Some(first);
        let mut pause = PAUSE;
        loop {
            if let Some(connection) = connection.take() {
                pause = PAUSE;
                let why = drive(connection, &hub, &clock, &tell).await;
                hub.borrow_mut().engine_gone(clock.now());
                tell(Notice::EngineLost(why));
            }
            let Some((names, id)) = hub
                .borrow_mut()
                .link()
                .map(|cluster| (cluster.names.clone(), text(cluster.id)))
            else {
                return;
            };
            match open(&servers, &names, &id, false).await {
                Ok(opened) => connection = Some(opened),
                Err(error) => {
                    if let OpenError::NoStream(_) | OpenError::Unfit { .. } = error {
                        tell(Notice::EngineUnfit(error.to_string()));
                    }
                    sleep(pause).await;
                    pause = (2 * pause).min(PAUSE_MAX);
                }
            }
        }
    };
    tokio::join!(tick, connect);
}

/// Uses a connection until it is lost. Gives the reason.
async fn drive(
    mut connection: Connection,
    hub: &Shared,
    clock: &Clock,
    tell: &impl Fn(Notice),
) -> String {
    // nats-server sets TCP_NODELAY, so that it never waits for an acknowledgement.
    connection.transport.tcp().acknowledge_later();
    let (reader, writer) = split(connection.transport);
    hub.borrow_mut().engine_found(clock.now());
    let heard = Cell::new(Instant::now());
    tokio::select! {
        why = read(reader, connection.bytes, hub, clock, tell, &heard) => why,
        why = write(writer, hub) => why,
        why = ping(hub, &heard) => why,
    }
}

async fn read(
    mut reader: ReadHalf<Transport>,
    mut bytes: Vec<u8>,
    hub: &Shared,
    clock: &Clock,
    tell: &impl Fn(Notice),
    heard: &Cell<Instant>,
) -> String {
    loop {
        let mut done = 0;
        {
            let mut hub = hub.borrow_mut();
            let now = clock.now();
            loop {
                match nats::read(&bytes[done..]) {
                    Ok(None) => break,
                    Ok(Some((op, length))) => {
                        done += length;
                        match op {
                            Op::Message(message) => {
                                if let Some(notice) = hub.engine_message(&message, now) {
                                    tell(notice);
                                }
                            }
                            Op::Ping => {
                                if let Some(cluster) = hub.link() {
                                    cluster.pong();
                                }
                            }
                            Op::Error(why) => return why.to_owned(),
                            Op::Info(_) | Op::Pong | Op::Ok => {}
                        }
                    }
                    Err(error) => return error.to_string(),
                }
            }
            hub.engine_turn(now);
        }
        bytes.drain(..done);
        bytes.reserve(READ);
        match reader.read_buf(&mut bytes).await {
            Ok(0) => return "it was closed".into(),
            Ok(_) => heard.set(Instant::now()),
            Err(error) => return error.to_string(),
        }
    }
}

async fn write(mut writer: WriteHalf<Transport>, hub: &Shared) -> String {
    let mut bytes = Vec::new();
    loop {
        poll_fn(|cx| {
            let mut hub = hub.borrow_mut();
            match hub.link() {
                Some(cluster) if cluster.has_out() => Poll::Ready(()),
                Some(cluster) => {
                    cluster.listen(cx.waker());
                    Poll::Pending
                }
                None => Poll::Pending,
            }
        })
        .await;
        bytes.clear();
        bytes = hub.borrow_mut().take_engine_out(bytes);
        match timeout(WRITE, writer.write_all(&bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error.to_string(),
            Err(_) => return "it takes nothing".into(),
        }
    }
}

async fn ping(hub: &Shared, heard: &Cell<Instant>) -> String {
    loop {
        sleep(PING).await;
        if heard.get().elapsed() > SILENCE {
            return "it says nothing".into();
        }
        if let Some(cluster) = hub.borrow_mut().link() {
            cluster.ping();
        }
    }
}
