//! The server's side of a WebSocket, after the upgrade.
//!
//! Takes bytes of a client and gives complete binary messages, unmasked in place in the read
//! buffer. In the other direction it takes bytes that are already framed (see [`put_header`]).
//!
//! tungstenite is not used here: its stream allocates every message and gives one for each poll. A
//! router must read many messages directly from the buffer, and write one frame to a thousand
//! sessions without framing it a thousand times.

mod frame;
mod input;

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::error::Lost;
use super::plain;
use super::transport::Transport;

pub use frame::{close, first_frame, put_close, put_header, put_ping};
use frame::{op, put_head};
pub use input::{BufferPool, Read, read_all};
use input::{Input, Location, MIN_READ_BUFFER};

/// A connected client.
#[derive(Debug)]
pub struct Peer {
    transport: Transport,
    input: Input,
    /// Pongs and pings that are queued: written before anything else.
    control: Vec<u8>,
    unflushed: bool,
}

impl Peer {
    /// A peer after its upgrade. A message longer than `max_message` bytes ends the connection.
    pub(super) fn new(transport: Transport, max_message: usize) -> Peer {
        Peer {
            transport,
            input: Input::new(max_message),
            control: Vec::new(),
            unflushed: false,
        }
    }

    /// A peer after its upgrade; `read` are bytes that were read beyond the upgrade request.
    pub(super) fn with_read(transport: Transport, max_message: usize, read: &[u8]) -> Peer {
        let mut peer = Peer::new(transport, max_message);
        let room = MIN_READ_BUFFER.max(read.len());
        peer.input.bytes.resize(room, 0);
        peer.input.bytes[..read.len()].copy_from_slice(read);
        peer.input.end = read.len();
        peer
    }

    /// The payload of the last pong that [`next_message`](Self::next_message) has read, once.
    pub fn take_pong(&mut self) -> Option<Vec<u8>> {
        self.input.pong.take()
    }

    /// Reads once from the socket; [`next_message`](Self::next_message) then gives the messages.
    pub fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let room = self.input.room();
        let most = room.len();
        let mut buffer = ReadBuf::new(room);
        ready!(Pin::new(&mut self.transport).poll_read(cx, &mut buffer))
            .map_err(|error| Lost::Broken(plain(&error)))?;
        let count = buffer.filled().len();
        if count == 0 {
            return Poll::Ready(Err(Lost::Broken("connection closed".into())));
        }
        self.input.end += count;
        self.input.filled = count == most;
        Poll::Ready(Ok(()))
    }

    /// Reads once into a buffer of this pool, for a server with many peers;
    /// [`return_buffer`](Self::return_buffer) then returns it.
    pub fn poll_fill_pooled(
        &mut self,
        cx: &mut Context<'_>,
        pool: &mut BufferPool,
    ) -> Poll<Result<(), Lost>> {
        self.input.borrow_buffer(pool);
        self.poll_fill(cx)
    }

    /// Returns a pooled buffer when nothing more is read for now. Gives how many bytes the peer
    /// keeps in memory for data that was not taken yet.
    pub fn return_buffer(&mut self, pool: &mut BufferPool) -> usize {
        self.input.return_buffer(pool)
    }

    /// The next complete message in the buffer, if there is one.
    ///
    /// # Errors
    /// [`Lost::Closed`] at a Close frame, [`Lost::Protocol`] for anything that is not a binary
    /// WebSocket message.
    #[inline]
    pub fn next_message(&mut self) -> Result<Option<&[u8]>, Lost> {
        match self.input.next(&mut self.control)? {
            None => Ok(None),
            Some(Location::Buffer(range)) => Ok(Some(&self.input.bytes[range])),
            Some(Location::Fragments) => Ok(Some(&self.input.fragments)),
        }
    }

    /// Writes some of these bytes, which begin with a frame; queued control frames are written
    /// first.
    pub fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Lost>> {
        self.poll_write_on(cx, bytes, true)
    }

    /// Writes some of these bytes. If they do not begin with a frame (`begins` is false), queued
    /// control frames wait, because they must not be written inside another frame.
    pub fn poll_write_on(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        begins: bool,
    ) -> Poll<Result<usize, Lost>> {
        let broken = |error: std::io::Error| Lost::Broken(plain(&error));
        while begins && !self.control.is_empty() {
            let written = ready!(Pin::new(&mut self.transport).poll_write(cx, &self.control))
                .map_err(broken)?;
            if written == 0 {
                return Poll::Ready(Err(Lost::Broken("connection closed".into())));
            }
            self.unflushed = true;
            self.control.drain(..written);
        }
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let written =
            ready!(Pin::new(&mut self.transport).poll_write(cx, bytes)).map_err(broken)?;
        if written == 0 {
            return Poll::Ready(Err(Lost::Broken("connection closed".into())));
        }
        self.unflushed = true;
        Poll::Ready(Ok(written))
    }

    /// Flushes the TLS layer.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.transport).poll_flush(cx))
                .map_err(|error| Lost::Broken(plain(&error)))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Queues a Ping, to find out whether the peer is alive.
    pub fn ping(&mut self) {
        put_head(op::PING, 0, &mut self.control);
    }

    /// Whether a Pong or a Ping is queued.
    pub fn has_control(&self) -> bool {
        !self.control.is_empty()
    }

    /// Ends the connection: writes these last frames, shuts the sending half down, and discards
    /// what still arrives. Closing a socket that has unread data would reset the connection, and
    /// the peer might never read the last frames. The caller sets the deadline.
    pub async fn finish(&mut self, last: &[u8]) {
        let mut rest = last;
        while !rest.is_empty() || self.has_control() {
            match poll_fn(|cx| self.poll_write(cx, rest)).await {
                Ok(count) => rest = &rest[count..],
                Err(_) => return,
            }
        }
        if poll_fn(|cx| self.poll_flush(cx)).await.is_err() {
            return;
        }
        let ended = poll_fn(|cx| Pin::new(&mut self.transport).poll_shutdown(cx)).await;
        let mut away = [0; 4 * 1024];
        if ended.is_ok() {
            while poll_fn(|cx| {
                let mut buffer = ReadBuf::new(&mut away);
                let read = Pin::new(&mut self.transport).poll_read(cx, &mut buffer);
                read.map(|read| read.is_ok() && !buffer.filled().is_empty())
            })
            .await
            {}
        }
    }
}
