//! TCP without delays. Takes the addresses of a host in the resolver's order; gives a stream to the one
//! that answers first (RFC 8305, "happy eyeballs").
//!
//! Otherwise, on a network without IPv6, a host that has an IPv6 address would cost the whole
//! connect timeout before its IPv4 address is tried.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::plain;
use crate::trace::{Step, Tap};

/// How long after an attempt the next address is tried in parallel.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// A TCP stream with Nagle's algorithm off and acknowledgements sent at once.
///
/// A peer that uses Nagle's algorithm and answers in several small writes, such as the reference
/// router (quirk 18), holds the later ones back until the first is acknowledged, and a kernel
/// delays that by 40 ms. The kernel resets TCP_QUICKACK by itself, so it is set again before each
/// read; next to a read that fills a large buffer its cost cannot be measured.
#[derive(Debug)]
pub struct Tcp {
    stream: TcpStream,
    /// Whether to acknowledge at once: a client waits for replies, a server does not.
    quick: bool,
    /// Whether the peer has sent or acknowledged anything since [`take_heard`](Self::take_heard).
    heard: bool,
    /// Whether the last write found the send buffer full. If the next one does not, the peer has
    /// acknowledged something.
    full: bool,
}

impl Tcp {
    /// Connects to the first of these addresses that answers.
    ///
    /// # Errors
    /// When all attempts failed. The error is a refusal if there is one, because that shows that the
    /// host is up; otherwise the last error.
    pub async fn connect(addresses: Vec<SocketAddr>, tap: &Tap) -> io::Result<Tcp> {
        Tcp::new(first_to_answer(addresses, tap).await?, true)
    }

    /// A connection that a listener has accepted.
    ///
    /// # Errors
    /// When the client has already closed it.
    pub fn accepted(stream: TcpStream) -> io::Result<Tcp> {
        Tcp::new(stream, false)
    }

    fn new(stream: TcpStream, quick: bool) -> io::Result<Tcp> {
        stream.set_nodelay(true)?;
        Ok(Tcp {
            stream,
            quick,
            heard: false,
            full: false,
        })
    }

    /// Leaves the acknowledgements to the kernel from now on: for a peer that does not wait for them. Each
    /// acknowledgement is a packet, sent between the read and what is done with it.
    pub fn acknowledge_later(&mut self) {
        self.quick = false;
    }

    /// Whether the peer has shown that it is alive since the last call: bytes arrived, or it
    /// acknowledged bytes of a full send buffer.
    pub fn take_heard(&mut self) -> bool {
        std::mem::take(&mut self.heard)
    }
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        #[cfg(target_os = "linux")]
        if self.quick {
            // An error is ignored: the reply is then only later.
            let _ = self.stream.set_quickack(true);
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.heard |= buf.filled().len() > before;
        read
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if written.is_pending() {
            self.full = true;
        } else if std::mem::take(&mut self.full) {
            self.heard = true;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Connects to the address that answers first. The next attempt starts when one fails, or after
/// [`ATTEMPT_DELAY`]. Once one succeeds, the others are dropped.
async fn first_to_answer(addresses: Vec<SocketAddr>, tap: &Tap) -> io::Result<TcpStream> {
    let mut waiting = alternating(addresses);
    let mut attempts = FuturesUnordered::new();
    let mut failure: Option<io::Error> = None;
    loop {
        match waiting.pop_front() {
            Some(address) => attempts.push(attempt(address, tap)),
            None if attempts.is_empty() => {
                return Err(
                    failure.unwrap_or_else(|| io::Error::other("the host name has no address"))
                );
            }
            None => {}
        }
        tokio::select! {
            biased;
            ended = attempts.next() => match ended {
                Some(Ok(stream)) => return Ok(stream),
                Some(Err(error)) => {
                    let refused = |error: &io::Error| {
                        error.kind() == io::ErrorKind::ConnectionRefused
                    };
                    if !failure.as_ref().is_some_and(refused) {
                        failure = Some(error);
                    }
                }
                None => {}
            },
            () = sleep(ATTEMPT_DELAY), if !waiting.is_empty() => {}
        }
    }
}

async fn attempt(address: SocketAddr, tap: &Tap) -> io::Result<TcpStream> {
    let began = Instant::now();
    let connected = TcpStream::connect(address).await;
    match &connected {
        Ok(_) => tap.step(|| Step::Connected {
            peer: address,
            took: began.elapsed(),
        }),
        Err(error) => tap.step(|| Step::Unreachable {
            peer: address,
            why: plain(error),
        }),
    }
    connected
}

/// Alternates between the address families, beginning with the family of the first address. The
/// resolver has sorted the addresses by preference, but several addresses of a family that does not
/// work must not delay the other family.
fn alternating(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let prefers_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (preferred, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == prefers_v6);
    let mut turns = VecDeque::with_capacity(preferred.len() + other.len());
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    loop {
        let pair = [preferred.next(), other.next()];
        if pair == [None, None] {
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpSocket};

    use crate::net::block_on;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        let parse = |text: &&str| text.parse().expect("an address");
        texts.iter().map(parse).collect()
    }

    #[test]
    fn families_take_turns() {
        let sorted = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let expected = addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(alternating(sorted), expected);
        let localhost = addresses(&["127.0.0.1:1", "[::1]:1"]);
        assert_eq!(alternating(localhost.clone()), localhost);
        assert_eq!(alternating(Vec::new()), addresses(&[]));
    }

    #[test]
    fn an_address_that_says_nothing_costs_a_quarter_of_a_second() {
        block_on(async {
            let (silent, _full) = silent().await;
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let there = listener.local_addr().expect("bound");
            let began = Instant::now();
            let stream = first_to_answer(vec![silent, there], &Tap::default()).await;
            assert_eq!(stream.expect("it answers").peer_addr().ok(), Some(there));
            let took = began.elapsed();
            assert!(
                took >= ATTEMPT_DELAY && took < ATTEMPT_DELAY * 8,
                "{took:?}"
            );
        })
        .expect("a runtime");
    }

    #[test]
    fn an_address_that_refuses_costs_nothing_and_is_what_is_told() {
        block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let there = listener.local_addr().expect("bound");
            let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let refuses = gone.local_addr().expect("bound");
            drop(gone);
            let began = Instant::now();
            let stream = first_to_answer(vec![refuses, there], &Tap::default()).await;
            stream.expect("the second one answers");
            assert!(began.elapsed() < ATTEMPT_DELAY, "{:?}", began.elapsed());
            // TCP has no multicast.
            let unroutable = addresses(&["224.0.0.1:1"]);
            let all = [vec![refuses], unroutable].concat();
            let error = first_to_answer(all, &Tap::default())
                .await
                .expect_err("none of them");
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
            let none = first_to_answer(Vec::new(), &Tap::default()).await;
            none.expect_err("there is nothing to connect to");
        })
        .expect("a runtime");
    }

    /// An address at which a connection attempt neither fails nor succeeds, while the other values
    /// are kept: a listener whose backlog is full.
    async fn silent() -> (SocketAddr, (tokio::net::TcpListener, Vec<TcpStream>)) {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind("127.0.0.1:0".parse().expect("an address"))
            .expect("a port");
        let listener = socket.listen(0).expect("a backlog of none");
        let address = listener.local_addr().expect("bound");
        let mut full = Vec::new();
        loop {
            let limit = Duration::from_millis(200);
            match tokio::time::timeout(limit, TcpStream::connect(address)).await {
                Ok(stream) => full.push(stream.expect("room in the backlog")),
                Err(_) => return (address, (listener, full)),
            }
        }
    }
}
