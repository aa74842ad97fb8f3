//! A file as the body of a request. Takes a reader, and the bytes before and after its content;
//! gives pieces as fast as the connection accepts them, and an [`Account`] of the progress.
//!
//! A thread of its own reads the file, because a disk or a pipe may block and the connection must
//! not. It uses a few buffers, which are returned when the connection has sent them; so the memory
//! does not grow with the file.

use std::io::{self, Read};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc as std_mpsc};
use std::task::{Context, Poll};
use std::thread;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// The size of a piece, in bytes.
const PIECE: usize = 256 * 1024;

/// The number of buffers: one being read, one being sent, and one between them.
const PIECES: usize = 3;

/// The source of the file's bytes.
pub struct Origin {
    /// The reader.
    pub reader: Box<dyn Read + Send>,
    /// How many bytes it has; exactly this many are sent. None: everything is sent.
    pub length: Option<u64>,
}

/// Why the file could not be read completely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It became shorter while it was read.
    #[error("it shrank while it was read: {read} of {length} bytes were there")]
    Shrank {
        /// How many bytes were read.
        read: u64,
        /// How many bytes were expected.
        length: u64,
    },
    /// It could not be read.
    #[error("it cannot be read: {0}")]
    Read(String),
}

/// The progress of a file; shared with the caller that shows it.
#[derive(Debug, Clone, Default)]
pub struct Account(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    sent: AtomicU64,
    end: Mutex<End>,
}

/// How reading ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum End {
    /// It has not ended.
    #[default]
    Open,
    /// All of it was read.
    Whole,
    /// The expected length was read, and there was more.
    Grew,
    Failed(Trouble),
}

impl Account {
    /// How many bytes of the file have been passed to the connection.
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// Whether the whole file was read.
    pub fn is_whole(&self) -> bool {
        matches!(*self.end(), End::Whole | End::Grew)
    }

    /// Whether the file became longer while it was read.
    pub fn grew(&self) -> bool {
        *self.end() == End::Grew
    }

    /// Why it could not be read completely.
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

/// The body of a request with a file.
pub struct FileFeed {
    head: Option<Bytes>,
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    tail: Option<Bytes>,
    length: Option<u64>,
    account: Account,
    /// Whether the connection has checked for a reply since the last piece.
    looked: bool,
}

impl FileFeed {
    /// Starts the thread that reads.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn new(head: Vec<u8>, origin: Origin, tail: Vec<u8>) -> io::Result<(FileFeed, Account)> {
        let (filled, pieces) = mpsc::channel(PIECES);
        let account = Account::default();
        let (length, told) = (origin.length, account.clone());
        thread::Builder::new()
            .name("file".to_owned())
            .spawn(move || {
                // Nothing is reported if the body was dropped.
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
        let feed = FileFeed {
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

/// Reads to the end, or to the expected length; None if the body was dropped.
fn read(mut origin: Origin, filled: &mpsc::Sender<io::Result<Bytes>>) -> Option<End> {
    let (give_back, empty) = std_mpsc::channel();
    for _ in 0..PIECES {
        let _ = give_back.send(vec![0; PIECE].into_boxed_slice());
    }
    let mut total = 0;
    // When the body is dropped, its pieces are returned, too, and sending the next one fails.
    while let Ok(mut memory) = empty.recv() {
        let left = origin.length.map_or(u64::MAX, |length| length - total);
        let room = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        // One byte beyond the expected length shows whether the file is longer.
        let count = match read_some(&mut origin.reader, &mut memory[..room.max(1)]) {
            Ok(count) => count,
            // The expected length has been read.
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

/// A buffer that is being sent. Dropping it returns the memory to the reader.
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
        // The reader's thread may have ended.
        let _ = self.give_back.send(std::mem::take(&mut self.memory));
    }
}

impl Body for FileFeed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        // A service that refuses the body (413) replies and closes the connection. If the client
        // continued to write, it would get a reset before it reads the reply. So it checks for a
        // reply before every piece, once: while it waits for a slow file, it sleeps.
        if !self.looked {
            self.looked = true;
            // After a plain wake the runtime would not poll the socket.
            if pin!(tokio::task::yield_now()).poll(context).is_pending() {
                return Poll::Pending;
            }
        }
        match self.pieces.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(piece))) => {
                self.looked = false;
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
    use std::task::{Wake, Waker};

    use super::super::block_on;
    use super::*;

    fn origin(reader: impl Read + Send + 'static, length: Option<u64>) -> Origin {
        let reader = Box::new(reader);
        Origin { reader, length }
    }

    /// The whole content of the body, or its error.
    fn collect(origin: Origin) -> (Result<Vec<u8>, String>, Account) {
        let (mut feed, account) =
            FileFeed::new(b"<".to_vec(), origin, b">".to_vec()).expect("a thread");
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
        // Errors after the expected length are ignored.
        let (whole, account) = collect(origin(Cursor::new(b"ab").chain(Broken), Some(2)));
        assert_eq!(whole, Ok(b"<ab>".to_vec()));
        assert!(account.is_whole());
    }

    #[test]
    fn a_body_that_waits_for_the_file_sleeps() {
        #[derive(Default)]
        struct Wakes(AtomicU64);
        impl Wake for Wakes {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (from, to) = io::pipe().expect("a pipe");
        let (mut feed, _) =
            FileFeed::new(b"<".to_vec(), origin(from, None), b">".to_vec()).expect("a thread");
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let mut context = Context::from_waker(&waker);
        let mut poll = || Pin::new(&mut feed).poll_frame(&mut context);
        assert!(poll().is_ready(), "the head");
        for _ in 0..9 {
            assert!(poll().is_pending());
        }
        assert_eq!(wakes.0.load(Ordering::Relaxed), 1, "a reply was looked for");
        drop(to);
    }

    #[test]
    fn a_body_that_is_dropped_stops_the_reader() {
        let (from, mut to) = io::pipe().expect("a pipe");
        let (feed, _) =
            FileFeed::new(Vec::new(), origin(from, None), Vec::new()).expect("a thread");
        drop(feed);
        // It blocks until the other end of the pipe is closed, which happens only when the reader
        // ends.
        while to.write_all(&[0; 4096]).is_ok() {}
    }
}
