//! The byte stream below WebSocket or HTTP: TCP, or TLS over TCP.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsStream;

use super::error::AcceptError;
use super::tcp::Tcp;
use super::tls::Acceptor;

/// TCP, or TLS over TCP.
#[derive(Debug)]
pub enum Transport {
    /// TCP without encryption.
    Plain(Tcp),
    /// TLS over TCP.
    Tls(Box<TlsStream<Tcp>>),
}

impl Transport {
    /// The accepting side: takes a TCP connection, and completes the TLS handshake if there is an
    /// acceptor. The caller sets the deadline.
    ///
    /// # Errors
    /// [`AcceptError::Gone`] when the client has closed the connection, [`AcceptError::Tls`] when
    /// the handshake fails.
    pub async fn accept(
        stream: TcpStream,
        tls: Option<&Acceptor>,
    ) -> Result<Transport, AcceptError> {
        let tcp = Tcp::accepted(stream).map_err(AcceptError::Gone)?;
        let Some(acceptor) = tls else {
            return Ok(Transport::Plain(tcp));
        };
        let stream = acceptor.accept(tcp).await.map_err(AcceptError::Tls)?;
        Ok(Transport::Tls(Box::new(stream.into())))
    }

    /// The TCP stream below.
    pub fn tcp(&mut self) -> &mut Tcp {
        match self {
            Transport::Plain(tcp) => tcp,
            Transport::Tls(stream) => match &mut **stream {
                TlsStream::Client(stream) => stream.get_mut().0,
                TlsStream::Server(stream) => stream.get_mut().0,
            },
        }
    }
}

macro_rules! either {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Transport::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Transport::Tls($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
        }
    };
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}
