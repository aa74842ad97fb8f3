//! TCP without delays: addresses enter, a stream leaves.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::race;
use crate::trace::Tap;

/// A TCP stream with Nagle's algorithm off and acknowledgements sent at once.
///
/// A peer that leaves Nagle on and answers in several small writes holds the later ones back until
/// the first is acknowledged, which a kernel delays by 40 ms: the reference router does (quirk 18).
/// TCP_QUICKACK does not stick, so it is set again before each read; beside a read that fills a
/// large buffer it costs nothing that can be measured.
#[derive(Debug)]
pub struct Tcp {
    stream: TcpStream,
    /// Whether to acknowledge at once: a client waits for answers, a server does not.
    quick: bool,
    /// Whether the peer has shown a sign of life since [`take_heard`](Self::take_heard).
    heard: bool,
    /// Whether the last write found the send buffer full. Room in it then is a sign of life: the
    /// peer has acknowledged something.
    full: bool,
}

impl Tcp {
    /// Connects to the first of these addresses that answers.
    ///
    /// # Errors
    /// As [`race::connect`].
    pub async fn connect(addresses: Vec<SocketAddr>, tap: &Tap) -> io::Result<Tcp> {
        Tcp::new(race::connect(addresses, tap).await?, true)
    }

    /// Takes a connection that somebody else made.
    ///
    /// # Errors
    /// When it is gone already.
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

    /// Whether the peer has shown a sign of life since this was asked last: bytes came, or it
    /// acknowledged what had filled the send buffer.
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
            // Should it be refused, the answer is late, not wrong.
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
