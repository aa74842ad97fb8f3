//! Connects to one of several addresses of a host. Takes the addresses in the resolver's order;
//! gives the connection that is established first (RFC 8305, "happy eyeballs").
//!
//! Otherwise, on a network without IPv6, a host that has an IPv6 address would cost the whole
//! connect timeout before its IPv4 address is tried.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::wording::plain;
use crate::trace::{Step, Tap};

/// How long after an attempt the next address is tried in parallel.
pub const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to the address that answers first. The next attempt starts when one fails, or after
/// [`ATTEMPT_DELAY`]. Once one succeeds, the others are dropped.
///
/// # Errors
/// When all attempts failed. The error is a refusal if there is one, because that shows that the
/// host is up; otherwise the last error.
pub async fn connect(addresses: Vec<SocketAddr>, tap: &Tap) -> io::Result<TcpStream> {
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
    use crate::net::runtime::block_on;
    use tokio::net::{TcpListener, TcpSocket};

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
            let stream = connect(vec![silent, there], &Tap::default()).await;
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
            let stream = connect(vec![refuses, there], &Tap::default()).await;
            stream.expect("the second one answers");
            assert!(began.elapsed() < ATTEMPT_DELAY, "{:?}", began.elapsed());
            // TCP has no multicast.
            let unroutable = addresses(&["224.0.0.1:1"]);
            let all = [vec![refuses], unroutable].concat();
            let error = connect(all, &Tap::default())
                .await
                .expect_err("none of them");
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
            let none = connect(Vec::new(), &Tap::default()).await;
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
