//! Connections between a client and a server in the same process: a queue of messages in each
//! direction, without a socket.
//!
//! A [`Dialer`] opens a connection; the server takes its end from [`Arrivals`]. Both ends are a
//! [`LocalSocket`].

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::error::Lost;

/// A queue with more bytes than this is full.
const ROOM: usize = 256 * 1024;

/// The memory of a queued message beside its bytes, so that empty messages count, too.
const MESSAGE_BYTES: usize = 64;

/// Opens connections to a server in this process.
#[derive(Debug, Clone)]
pub struct Dialer(UnboundedSender<LocalSocket>);

/// The connections that clients in this process have opened.
#[derive(Debug)]
pub struct Arrivals(UnboundedReceiver<LocalSocket>);

/// The two sides of a server in this process.
pub fn local() -> (Dialer, Arrivals) {
    let (dialer, arrivals) = unbounded_channel();
    (Dialer(dialer), Arrivals(arrivals))
}

impl Dialer {
    /// Opens a connection; `None` if the server has stopped.
    pub fn connect(&self) -> Option<LocalSocket> {
        let (ours, theirs) = LocalSocket::pair();
        self.0.send(theirs).ok().map(|()| ours)
    }
}

impl Arrivals {
    /// The next connection; `None` if there is no [`Dialer`] any more.
    pub async fn next(&mut self) -> Option<LocalSocket> {
        self.0.recv().await
    }
}

/// The messages of one direction.
#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Bytes>,
    bytes: usize,
    closed: bool,
    receiver: Option<Waker>,
    sender: Option<Waker>,
}

type Shared = Arc<Mutex<Queue>>;

fn lock(queue: &Shared) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One end of a connection within the process. Dropping it closes the connection; the other end
/// still receives what was sent before.
#[derive(Debug)]
pub struct LocalSocket {
    outgoing: Shared,
    incoming: Shared,
}

impl LocalSocket {
    fn pair() -> (LocalSocket, LocalSocket) {
        let (one, other) = (Shared::default(), Shared::default());
        let first = LocalSocket {
            outgoing: one.clone(),
            incoming: other.clone(),
        };
        let second = LocalSocket {
            outgoing: other,
            incoming: one,
        };
        (first, second)
    }

    /// Queues a message. The caller limits how much it queues, see [`has_room`](Self::has_room).
    ///
    /// # Errors
    /// [`Lost`] when the other end is closed.
    pub fn send(&self, message: Bytes) -> Result<(), Lost> {
        let mut queue = lock(&self.outgoing);
        if queue.closed {
            return Err(lost());
        }
        queue.bytes += message.len() + MESSAGE_BYTES;
        queue.messages.push_back(message);
        if let Some(receiver) = queue.receiver.take() {
            receiver.wake();
        }
        Ok(())
    }

    /// Whether the other end has taken most of what was sent.
    pub fn has_room(&self) -> bool {
        lock(&self.outgoing).bytes < ROOM
    }

    /// Waits until there is room for a message.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut queue = lock(&self.outgoing);
        if queue.bytes < ROOM {
            return Poll::Ready(());
        }
        queue.sender = Some(cx.waker().clone());
        Poll::Pending
    }

    /// The next message.
    ///
    /// # Errors
    /// [`Lost`] when the other end is closed and everything that it sent was received.
    pub fn poll_receive(&self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Lost>> {
        let mut queue = lock(&self.incoming);
        let Some(message) = queue.messages.pop_front() else {
            if queue.closed {
                return Poll::Ready(Err(lost()));
            }
            queue.receiver = Some(cx.waker().clone());
            return Poll::Pending;
        };
        queue.bytes -= message.len() + MESSAGE_BYTES;
        if queue.bytes < ROOM
            && let Some(sender) = queue.sender.take()
        {
            sender.wake();
        }
        Poll::Ready(Ok(message))
    }

    /// Waits until there is room or the other end is closed.
    ///
    /// # Errors
    /// [`Lost`] when the other end is closed.
    pub async fn flush(&self) -> Result<(), Lost> {
        poll_fn(|cx| self.poll_room(cx)).await;
        if lock(&self.outgoing).closed {
            return Err(lost());
        }
        Ok(())
    }
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        for queue in [&self.outgoing, &self.incoming] {
            let mut queue = lock(queue);
            queue.closed = true;
            let wakers = [queue.receiver.take(), queue.sender.take()];
            wakers.into_iter().flatten().for_each(Waker::wake);
        }
        // Nobody will receive these.
        let mut unread = lock(&self.incoming);
        unread.messages = VecDeque::new();
        unread.bytes = 0;
    }
}

fn lost() -> Lost {
    Lost::Broken("closed by the other side".into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::net::block_on;

    async fn receive(socket: &LocalSocket) -> Result<Bytes, Lost> {
        poll_fn(|cx| socket.poll_receive(cx)).await
    }

    #[test]
    fn messages_come_in_order_and_the_end_comes_last() {
        block_on(async {
            let (dialer, mut arrivals) = local();
            let client = dialer.connect().expect("the server is there");
            let server = arrivals.next().await.expect("a client");
            for text in ["a", "b"] {
                client.send(Bytes::from(text)).expect("open");
            }
            drop(client);
            assert_eq!(receive(&server).await.expect("the first"), "a");
            assert_eq!(receive(&server).await.expect("the second"), "b");
            assert_eq!(receive(&server).await, Err(lost()));
            assert_eq!(server.send(Bytes::new()), Err(lost()));
            drop(arrivals);
            assert!(dialer.connect().is_none());
        })
        .expect("a runtime");
    }

    #[test]
    fn a_full_queue_has_room_again_when_it_is_read() {
        block_on(async {
            let (one, other) = LocalSocket::pair();
            while one.has_room() {
                one.send(Bytes::new()).expect("open");
            }
            let room = poll_fn(|cx| one.poll_room(cx));
            let mut room = std::pin::pin!(room);
            let soon = Duration::from_millis(10);
            assert!(timeout(soon, &mut room).await.is_err(), "nothing was read");
            receive(&other).await.expect("a message");
            room.await;
            drop(other);
            assert!(one.has_room());
        })
        .expect("a runtime");
    }
}
