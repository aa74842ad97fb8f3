//! HTTP/1.1. Takes a listener and a stop signal; answers requests until the signal.
//!
//! hyper does the protocol, as it does for the client, so that it is in the binary once. axum would
//! add a router, extractors and a multipart reader for the dozen paths of [`route`].

mod admin;
mod caller;
mod input;
mod multipart;
mod openai;
mod reply;
mod route;
mod session;
mod upload;

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::hint::black_box;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::{sleep, timeout};

use super::limits::{CONNECTIONS, DRAIN_TIME, HEAD_TIME};
use super::service::Service;
use crate::net::{Listener, Transport};

/// The most that is read from a connection at once, in bytes: so much of an upload stays in the
/// processor's cache until it is written.
const READ_BYTES: usize = 256 * 1024;

/// How much freed memory the process keeps, in bytes: the buffers of a few uploads.
const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// How long to wait when the system has no more descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long runs that were stopped have to put their end on disk.
const STOP_TIME: Duration = Duration::from_secs(12);

/// How a service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every run had its end.
    Drained,
    /// So many were stopped.
    Stopped(usize),
}

/// Serves until `shutdown` is ready: then it takes no more runs and waits for those under way, until
/// `hurry` is ready or 30 s have passed, when it stops them. `draining` is told how many there are.
pub async fn serve(
    service: Rc<Service>,
    listener: Listener,
    shutdown: impl Future<Output = ()>,
    draining: impl FnOnce(usize),
    hurry: impl Future<Output = ()>,
) -> Ended {
    keep_freed_memory();
    let local = LocalSet::new();
    let ended = local
        .run_until(async {
            let sweeping = {
                let service = Rc::clone(&service);
                tokio::task::spawn_local(async move { service.sweep().await })
            };
            let beating = {
                let service = Rc::clone(&service);
                tokio::task::spawn_local(async move { service.beat().await })
            };
            let open = Rc::new(Cell::new(0));
            let accepting = accept_all(&service, &listener, &open);
            tokio::select! {
                () = accepting => {}
                () = shutdown => {}
            }
            drop(listener);
            sweeping.abort();
            let ended = drain(&service, &open, draining, hurry).await;
            // Runs that are drained need the lease.
            beating.abort();
            if let Err(error) = service.state.leave().await {
                service.report_error(error);
            }
            ended
        })
        .await;
    // The remaining connections are of clients that do not read.
    drop(local);
    ended
}

/// Makes glibc keep freed memory for the next buffers.
///
/// Otherwise it returns what is free at the top of the heap to the system as soon as that is 128 KiB, and every
/// buffer is made of new pages, which the system fills with zeros first: 75,000 of them in an upload of 1 GiB, a third
/// of the service's processor time. glibc keeps twice the size of the largest block that was freed (mallopt(3),
/// `M_MMAP_THRESHOLD`). The block is not touched, so it takes no memory.
fn keep_freed_memory() {
    drop(black_box(Vec::<u8>::with_capacity(KEPT_BYTES / 2)));
}

async fn accept_all(service: &Rc<Service>, listener: &Listener, open: &Rc<Cell<usize>>) {
    loop {
        if open.get() >= CONNECTIONS {
            sleep(ACCEPT_PAUSE).await;
            continue;
        }
        match listener.accept().await {
            Ok((stream, peer)) => {
                open.set(open.get() + 1);
                let (service, open) = (Rc::clone(service), Rc::clone(open));
                tokio::task::spawn_local(async move {
                    serve_connection(service, stream, peer).await;
                    open.set(open.get() - 1);
                });
            }
            // One that was gone at once, or no descriptor left: others will come and go.
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// One connection, to its end.
async fn serve_connection(service: Rc<Service>, stream: TcpStream, peer: SocketAddr) {
    let accepted = Transport::accept(stream, service.settings.tls.as_ref());
    let Ok(Ok(stream)) = timeout(HEAD_TIME, accepted).await else {
        return;
    };
    let answering = Rc::clone(&service);
    let answer = service_fn(move |request| {
        let service = Rc::clone(&answering);
        async move { Ok::<_, Infallible>(route::answer(service, peer, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(READ_BYTES)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = pin!(connection);
    tokio::select! {
        // The client broke the protocol, or is gone.
        _ = connection.as_mut() => return,
        () = service.stopped() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn drain(
    service: &Rc<Service>,
    open: &Rc<Cell<usize>>,
    draining: impl FnOnce(usize),
    hurry: impl Future<Output = ()>,
) -> Ended {
    service.stop(false);
    let idle = async |service: &Service| {
        while !service.is_idle() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let (_, running) = service.load();
    if running > 0 {
        draining(running);
    }
    let drained = tokio::select! {
        () = idle(service) => true,
        () = hurry => false,
        () = sleep(DRAIN_TIME) => false,
    };
    let mut stopped = 0;
    if !drained {
        stopped = service.load().1;
        service.stop(true);
        let _ = timeout(STOP_TIME, idle(service)).await;
    }
    service.stop_warm().await;
    let quiet = async {
        while open.get() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = timeout(Duration::from_secs(1), quiet).await;
    match stopped {
        0 => Ended::Drained,
        stopped => Ended::Stopped(stopped),
    }
}
