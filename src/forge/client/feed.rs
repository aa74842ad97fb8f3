//! A file as the body of a request: a reader and what stands around it enter; pieces leave as fast
//! as the connection takes them, and an account of how far it came.
//!
//! A thread of its own reads, because a disk or a pipe may make it wait and the connection must not.
//! It has few pieces of memory, which come back when the connection is done with them: however long
//! the file is, no more is held than that.

use std::io::{self, Read};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc as std_mpsc};
use std::task::{Context, Poll};
use std::thread;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// How many pieces there are: one being read, one being sent, one between them.
const PIECES: usize = 3;

/// Where the bytes come from.
pub struct Origin {
    /// What is read.
    pub reader: Box<dyn Read + Send>,
    /// How many bytes it has; exactly so many are sent. Without it, everything is.
    pub length: Option<u64>,
}

/// Why the origin did not give what it promised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It ended early: somebody cut it meanwhile.
    #[error("it shrank while it was read: {read} of {length} bytes were there")]
    Shrank {
        /// How much of it there was.
        read: u64,
        /// How much there should have been.
        length: u64,
    },
    /// It could not be read.
    #[error("it cannot be read: {0}")]
    Read(String),
}

/// How far a file came; shared with whoever shows it.
#[derive(Debug, Clone, Default)]
pub struct Account(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    sent: AtomicU64,
    end: Mutex<End>,
}

/// What is known when the origin has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum End {
    /// It has not.
    #[default]
    Open,
    /// All of it was read.
    Whole,
    /// All that was promised was read, and there was more.
    Grew,
    Failed(Trouble),
}

impl Account {
    /// How many bytes of the file have been handed to the connection.
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// Whether all of it was.
    pub fn is_whole(&self) -> bool {
        matches!(*self.end(), End::Whole | End::Grew)
    }

    /// Whether there was more in the end than in the beginning.
    pub fn grew(&self) -> bool {
        *self.end() == End::Grew
    }

    /// Why it could not be read to its end.
    pub fn trouble(&self) -> Option<Trouble> {
        match &*self.end() {
            End::Failed(trouble) => Some(trouble.clone()),
            _ => None,
        }
    }

    fn end(&self) -> std::sync::MutexGuard<'_, End> {
        self.0.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body.
pub struct Feed {
    head: Option<Bytes>,
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    tail: Option<Bytes>,
    length: Option<u64>,
    account: Account,
    /// Whether the connection has had a look at what came since the last piece.
    looked: bool,
}

impl Feed {
    /// Begins to read.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn new(head: Vec<u8>, origin: Origin, tail: Vec<u8>) -> io::Result<(Feed, Account)> {
        let (filled, pieces) = mpsc::channel(PIECES);
        let account = Account::default();
        let (length, told) = (origin.length, account.clone());
        thread::Builder::new()
            .name("file".to_owned())
            .spawn(move || {
                // That the body is gone is no news to whoever dropped it.
                if let Some(end) = read(origin, &filled) {
                    let trouble = match &end {
                        End::Failed(trouble) => Some(io::Error::other(trouble.clone())),
                        _ => None,
                    };
                    *told.end() = end;
                    if let Some(error) = trouble {
                        let _ = filled.blocking_send(Err(error));
                    }
                }
            })?;
        let feed = Feed {
            head: Some(head.into()),
            pieces,
            tail: Some(tail.into()),
            length,
            account: account.clone(),
            looked: false,
        };
        Ok((feed, account))
    }
}

/// Reads to the end, or to the promised length; nothing if nobody wants any more.
fn read(mut origin: Origin, filled: &mpsc::Sender<io::Result<Bytes>>) -> Option<End> {
    let (give_back, empty) = std_mpsc::channel();
    for _ in 0..PIECES {
        let _ = give_back.send(vec![0; PIECE].into_boxed_slice());
    }
    let mut total = 0;
    // A piece comes back from a body that is dropped as well, and finds its channel closed.
    while let Ok(mut memory) = empty.recv() {
        let left = origin.length.map_or(u64::MAX, |length| length - total);
        let room = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        // One byte beyond the end tells whether there is any.
        let count = match read_some(&mut origin.reader, &mut memory[..room.max(1)]) {
            Ok(count) => count,
            // All that was promised is there.
            Err(_) if left == 0 => 0,
            Err(error) => return Some(End::Failed(Trouble::Read(error.to_string()))),
        };
        match (count, origin.length) {
            (0, Some(length)) if total < length => {
                let read = total;
                return Some(End::Failed(Trouble::Shrank { read, length }));
            }
            (0, _) => return Some(End::Whole),
            (_, Some(length)) if total == length => return Some(End::Grew),
            _ => {}
        }
        total += count as u64;
        let piece = Bytes::from_owner(Piece {
            memory,
            count,
            give_back: give_back.clone(),
        });
        filled.blocking_send(Ok(piece)).ok()?;
    }
    None
}

fn read_some(reader: &mut dyn Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Memory on its way to the connection.
struct Piece {
    memory: Box<[u8]>,
    count: usize,
    give_back: std_mpsc::Sender<Box<[u8]>>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.memory[..self.count]
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        // The reader has gone when it has read everything.
        let _ = self.give_back.send(std::mem::take(&mut self.memory));
    }
}

impl Body for Feed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        // A service that wants no more (413) answers and closes; whoever goes on writing meets the
        // reset before the answer. So it is looked for before every piece.
        self.looked = !self.looked;
        if self.looked {
            // Not a plain wake, after which the runtime would not ask the system what has come.
            if pin!(tokio::task::yield_now()).poll(context).is_pending() {
                return Poll::Pending;
            }
        }
        match self.pieces.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(piece))) => {
                let sent = &self.account.0.sent;
                sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Poll::Ready(Some(Err(error))) => {
                self.tail = None;
                Poll::Ready(Some(Err(error)))
            }
            Poll::Ready(None) => Poll::Ready(self.tail.take().map(|tail| Ok(Frame::data(tail)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.tail.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let around = [&self.head, &self.tail].into_iter().flatten();
        let around: u64 = around.map(|bytes| bytes.len() as u64).sum();
        match self.length {
            Some(length) => SizeHint::with_exact(around + length - self.account.sent()),
            None => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::super::block_on;
    use super::*;

    fn origin(reader: impl Read + Send + 'static, length: Option<u64>) -> Origin {
        let reader = Box::new(reader);
        Origin { reader, length }
    }

    /// Everything that the body gives, or why it gives no more.
    fn collect(origin: Origin) -> (Result<Vec<u8>, String>, Account) {
        let (mut feed, account) =
            Feed::new(b"<".to_vec(), origin, b">".to_vec()).expect("a thread");
        let announced = feed.size_hint().exact();
        let whole = block_on(async {
            let mut whole = Vec::new();
            while let Some(frame) =
                std::future::poll_fn(|context| Pin::new(&mut feed).poll_frame(context)).await
            {
                let frame = frame.map_err(|error| error.to_string())?;
                whole.extend_from_slice(&frame.into_data().expect("data"));
            }
            Ok(whole)
        });
        let whole: Result<Vec<u8>, String> = whole.expect("a runtime");
        if let (Ok(whole), Some(announced)) = (&whole, announced) {
            assert_eq!(whole.len() as u64, announced);
        }
        assert!(feed.is_end_stream());
        (whole, account)
    }

    #[test]
    fn a_file_comes_whole_between_head_and_tail() {
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 10 * PIECE] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            for length in [Some(size as u64), None] {
                let (whole, account) = collect(origin(Cursor::new(bytes.clone()), length));
                let expected = [b"<", bytes.as_slice(), b">"].concat();
                assert!(whole == Ok(expected), "{size} {length:?}");
                assert_eq!(account.sent(), size as u64);
                assert!(account.is_whole() && !account.grew(), "{size}");
            }
        }
    }

    #[test]
    fn exactly_what_was_announced_is_sent() {
        let (whole, account) = collect(origin(Cursor::new(vec![b'x'; 20]), Some(10)));
        assert_eq!(whole, Ok(b"<xxxxxxxxxx>".to_vec()));
        assert!(account.grew() && account.is_whole());
        let (whole, account) = collect(origin(Cursor::new(vec![b'x'; 5]), Some(10)));
        assert_eq!(
            whole,
            Err("it shrank while it was read: 5 of 10 bytes were there".to_owned())
        );
        let (read, length) = (5, 10);
        assert_eq!(account.trouble(), Some(Trouble::Shrank { read, length }));
        assert!(!account.is_whole());
    }

    #[test]
    fn what_cannot_be_read_ends_the_body() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("bad sector"))
            }
        }
        let (whole, account) = collect(origin(Cursor::new(b"ab").chain(Broken), Some(10)));
        assert_eq!(whole, Err("it cannot be read: bad sector".to_owned()));
        assert_eq!(
            account.trouble(),
            Some(Trouble::Read("bad sector".to_owned()))
        );
        // Beyond what was promised nothing matters.
        let (whole, account) = collect(origin(Cursor::new(b"ab").chain(Broken), Some(2)));
        assert_eq!(whole, Ok(b"<ab>".to_vec()));
        assert!(account.is_whole());
    }

    #[test]
    fn a_body_that_is_dropped_stops_the_reader() {
        let (from, mut to) = io::pipe().expect("a pipe");
        let (feed, _) = Feed::new(Vec::new(), origin(from, None), Vec::new()).expect("a thread");
        drop(feed);
        // Until the other end of the pipe is closed, which only the reader's end can do.
        while to.write_all(&[0; 4096]).is_ok() {}
    }
}
