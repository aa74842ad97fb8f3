//! stdin for commands that read a stream. Gives bytes, and whether there are any to read at once.

use std::io::{self, Read};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio::stdin;

/// stdin without a buffer, because the line splitter has its own.
#[derive(Debug, Clone, Copy)]
pub struct Stdin;

impl Stdin {
    /// Whether a read would return at once. Also true if poll fails: the read then reports why.
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
