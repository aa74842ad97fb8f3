//! stdin for commands that read a stream: bytes leave, and whether there are any to be had at once.

use std::io::{self, Read};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio::stdin;

/// stdin, unbuffered: the line splitter has a buffer of its own.
#[derive(Debug, Clone, Copy)]
pub struct Stdin;

impl Stdin {
    /// Whether a read would not block. What cannot be asked is taken for ready: it is then read.
    pub fn is_ready() -> bool {
        let stdin = stdin();
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        !matches!(poll(&mut fds, Some(&at_once)), Ok(0))
    }
}

impl Read for Stdin {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        rustix::io::read(stdin(), room).map_err(Into::into)
    }
}
