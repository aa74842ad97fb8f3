//! TCP that does not dawdle: a host and port enter, a stream leaves.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::ConnectError;
use super::endpoint::Endpoint;
use super::error::plain;
use crate::trace::{Step, Tap};

/// A TCP stream with Nagle's algorithm off and acknowledgements sent at once.
///
/// A peer that leaves Nagle on and answers in several small writes holds the later ones back until
/// the first is acknowledged, which a kernel delays by 40 ms: the reference router does (fact 18).
/// TCP_QUICKACK does not stick, so it is set again before each read; beside a read that fills a
/// buffer of a flood it costs nothing that can be measured.
#[derive(Debug)]
pub struct Tcp {
    stream: TcpStream,
    /// Whether to acknowledge at once: who asks is waiting, who serves is not.
    quick: bool,
}

impl Tcp {
    /// Connects to the first address of the host that answers.
    ///
    /// # Errors
    /// [`ConnectError::Resolve`], or the last address's failure.
    pub async fn connect(endpoint: &Endpoint, tap: &Tap) -> Result<Tcp, ConnectError> {
        let addresses = resolve(endpoint, tap)
            .await
            .map_err(|source| ConnectError::Resolve {
                host: endpoint.host().to_owned(),
                source,
            })?;
        let mut last = None;
        for address in addresses {
            let began = Instant::now();
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    tap.step(|| Step::Connected {
                        peer: address,
                        took: began.elapsed(),
                    });
                    stream
                        .set_nodelay(true)
                        .map_err(|source| ConnectError::Io {
                            endpoint: endpoint.clone(),
                            source,
                        })?;
                    return Ok(Tcp {
                        stream,
                        quick: true,
                    });
                }
                Err(error) => {
                    tap.step(|| Step::Unreachable {
                        peer: address,
                        why: plain(&error),
                    });
                    last = Some(error);
                }
            }
        }
        Err(match last {
            Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                ConnectError::Refused {
                    endpoint: endpoint.clone(),
                }
            }
            Some(source) => ConnectError::Io {
                endpoint: endpoint.clone(),
                source,
            },
            None => ConnectError::Resolve {
                host: endpoint.host().to_owned(),
                source: io::Error::other("the name has no address"),
            },
        })
    }
}

impl Tcp {
    /// Takes a connection that somebody else made.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn accepted(stream: TcpStream) -> io::Result<Tcp> {
        stream.set_nodelay(true)?;
        Ok(Tcp {
            stream,
            quick: false,
        })
    }
}

/// The addresses of the host. `localhost` is this machine whatever a resolver says (RFC 6761), which
/// also spares a one-shot the thread and the files that asking takes.
async fn resolve(endpoint: &Endpoint, tap: &Tap) -> io::Result<Vec<SocketAddr>> {
    let port = endpoint.port();
    if endpoint.host().eq_ignore_ascii_case("localhost") {
        return Ok(vec![
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        ]);
    }
    let began = Instant::now();
    let found = tokio::net::lookup_host((endpoint.host(), port)).await?;
    let addresses: Vec<SocketAddr> = found.collect();
    // Nobody needs to be told what an address stands for.
    if endpoint.host().parse::<IpAddr>().is_err() {
        tap.step(|| Step::Resolved {
            host: endpoint.host().to_owned(),
            addresses: addresses.clone(),
            took: began.elapsed(),
        });
    }
    Ok(addresses)
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        #[cfg(target_os = "linux")]
        if self.quick {
            // Should it be refused, the answer is late, not wrong.
            let _ = self.stream.set_quickack(true);
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
