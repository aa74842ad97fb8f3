//! TCP that does not dawdle: a host and port enter, a stream leaves.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::ConnectError;
use super::endpoint::Endpoint;

/// A TCP stream with Nagle's algorithm off and acknowledgements sent at once.
///
/// A peer that leaves Nagle on and answers in several small writes holds the later ones back until
/// the first is acknowledged, which a kernel delays by 40 ms: the reference router does (fact 18).
/// TCP_QUICKACK does not stick, so it is set again before each read; beside a read that fills a
/// buffer of a flood it costs nothing that can be measured.
#[derive(Debug)]
pub struct Tcp(TcpStream);

impl Tcp {
    /// Connects to the first address of the host that answers.
    ///
    /// # Errors
    /// [`ConnectError::Resolve`], or the last address's failure.
    pub async fn connect(endpoint: &Endpoint) -> Result<Tcp, ConnectError> {
        let addresses = resolve(endpoint)
            .await
            .map_err(|source| ConnectError::Resolve {
                host: endpoint.host().to_owned(),
                source,
            })?;
        let mut last = None;
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    stream
                        .set_nodelay(true)
                        .map_err(|source| ConnectError::Io {
                            endpoint: endpoint.clone(),
                            source,
                        })?;
                    return Ok(Tcp(stream));
                }
                Err(error) => last = Some(error),
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

/// The addresses of the host. `localhost` is this machine whatever a resolver says (RFC 6761), which
/// also spares a one-shot the thread and the files that asking takes.
async fn resolve(endpoint: &Endpoint) -> io::Result<Vec<SocketAddr>> {
    let port = endpoint.port();
    if endpoint.host().eq_ignore_ascii_case("localhost") {
        return Ok(vec![
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        ]);
    }
    Ok(tokio::net::lookup_host((endpoint.host(), port))
        .await?
        .collect())
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        #[cfg(target_os = "linux")]
        {
            // Should it be refused, the answer is late, not wrong.
            let _ = self.0.set_quickack(true);
        }
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
