//! TCP without delays. Takes addresses; gives a stream.

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
    /// The errors of [`race::connect`].
    pub async fn connect(addresses: Vec<SocketAddr>, tap: &Tap) -> io::Result<Tcp> {
        Tcp::new(race::connect(addresses, tap).await?, true)
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
