//! Splits bytes into lines, for NDJSON input of any length.
//!
//! Takes chunks of any size; gives lines with their numbers (from 1; blank lines are counted and
//! skipped), without a byte order mark at the beginning. Memory is bounded: a line over the limit
//! is an error.
//!
//! [`LineBuffer`] does no I/O, so an event loop can fill it; [`Lines`] reads from a blocking reader.

use std::io::{self, Read};
use std::ops::Range;

use memchr::memchr;

use super::whole::without_bom;

/// How many bytes one read requests: the capacity of a pipe.
const CHUNK: usize = 64 * 1024;

/// The default limit for one line, in bytes.
pub const LINE_LIMIT: usize = 1024 * 1024;

/// One line, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number in the input, from 1.
    pub number: u64,
    /// Its text; never blank.
    pub bytes: &'a [u8],
}

/// Why there is no next line.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// A line is longer than the limit. [`Lines::skip_line`] goes on behind it.
    #[error("line {number} is longer than {limit} bytes")]
    TooLong {
        /// The line, from 1.
        number: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The reader failed.
    #[error("cannot read the input after line {number}: {source}")]
    Read {
        /// The last line that was read whole.
        number: u64,
        /// The reader's error.
        source: io::Error,
    },
}

/// Splits the bytes that it is given into lines.
#[derive(Debug)]
pub struct LineBuffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// There is no line end between `start` and this position.
    searched: usize,
    number: u64,
    limit: usize,
    /// Whether a byte order mark may still come, because nothing was taken yet.
    at_beginning: bool,
    finished: bool,
}

impl LineBuffer {
    /// A buffer for lines of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        LineBuffer {
            bytes: Vec::new(),
            start: 0,
            end: 0,
            searched: 0,
            number: 0,
            limit,
            at_beginning: true,
            finished: false,
        }
    }

    /// Space to read into; never empty. Call [`filled`](Self::filled) with the number of bytes read.
    pub fn room(&mut self) -> &mut [u8] {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.searched -= self.start;
            self.start = 0;
        }
        if self.bytes.len() - self.end < CHUNK {
            self.bytes.resize(self.end + CHUNK, 0);
        }
        &mut self.bytes[self.end..]
    }

    /// To be called with the number of bytes that were read into [`room`](Self::room); 0 means that
    /// the input has ended.
    pub fn filled(&mut self, count: usize) {
        self.finished = count == 0;
        self.end += count;
        // A byte order mark has three bytes.
        if self.at_beginning && self.end >= 3 {
            self.at_beginning = false;
            self.start = self.end - without_bom(&self.bytes[..self.end]).len();
            self.searched = self.searched.max(self.start);
        }
    }

    /// Whether the input has ended. Lines may still be waiting.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// The next line that is not blank. `None` means that more input is needed or, at the end of the
    /// input, that there are no more lines.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, LineError> {
        let line = self.take()?;
        Ok(line.map(|range| self.line(range)))
    }

    /// Whether [`next_line`](Self::next_line) has a line without more input. If not, flush all output
    /// first: the next read may block for ever.
    pub fn has_line(&mut self) -> bool {
        self.peek().is_some()
    }

    /// Discards the next line, or what there is of it. Gives false if more of it has to be read.
    fn skip(&mut self) -> bool {
        if let Some(end) = self.line_end() {
            self.consume(end);
            return true;
        }
        // The memory of a long line is not needed for the next one.
        self.bytes = Vec::new();
        (self.start, self.end, self.searched) = (0, 0, 0);
        self.at_beginning = false;
        if self.finished {
            self.number += 1;
        }
        self.finished
    }

    fn line(&self, range: Range<usize>) -> Line<'_> {
        let bytes = &self.bytes[range];
        Line {
            number: self.number,
            bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes),
        }
    }

    fn take(&mut self) -> Result<Option<Range<usize>>, LineError> {
        let line = self.peek();
        let length = line.as_ref().map_or(self.end - self.start, Range::len);
        if length > self.limit {
            return Err(LineError::TooLong {
                number: self.number + 1,
                limit: self.limit,
            });
        }
        if let Some(line) = &line {
            self.consume(line.end);
        }
        Ok(line)
    }

    /// The range of the next line. Blank lines before it are counted and skipped.
    fn peek(&mut self) -> Option<Range<usize>> {
        while let Some(end) = self.line_end() {
            let line = self.start..end;
            if !self.bytes[line.clone()].iter().all(u8::is_ascii_whitespace) {
                return Some(line);
            }
            self.consume(end);
        }
        None
    }

    fn consume(&mut self, end: usize) {
        self.at_beginning = false;
        self.number += 1;
        self.start = self.end.min(end + 1);
        self.searched = self.start;
    }

    fn line_end(&mut self) -> Option<usize> {
        match memchr(b'\n', &self.bytes[self.searched..self.end]) {
            Some(offset) => {
                // It stays before the line end, so that the next search finds it at once.
                self.searched += offset;
                Some(self.searched)
            }
            None => {
                self.searched = self.end;
                (self.finished && self.start < self.end).then_some(self.end)
            }
        }
    }
}

/// The lines of a blocking reader.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    buffer: LineBuffer,
}

impl<R: Read> Lines<R> {
    /// Lines of at most `limit` bytes.
    pub fn new(reader: R, limit: usize) -> Self {
        Lines {
            reader,
            buffer: LineBuffer::new(limit),
        }
    }

    /// The next line that is not blank, or none at the end; blocks when none is buffered.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, LineError> {
        loop {
            if let Some(range) = self.buffer.take()? {
                return Ok(Some(self.buffer.line(range)));
            }
            if self.buffer.finished {
                return Ok(None);
            }
            self.read()?;
        }
    }

    /// Reads to the end of the next line, which was too long, and forgets it. What is kept in memory
    /// meanwhile is bounded.
    pub fn skip_line(&mut self) -> Result<(), LineError> {
        while !self.buffer.skip() {
            self.read()?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), LineError> {
        loop {
            match self.reader.read(self.buffer.room()) {
                Ok(count) => {
                    self.buffer.filled(count);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    let number = self.buffer.number;
                    return Err(LineError::Read { number, source });
                }
            }
        }
    }

    /// How many lines have been read so far.
    pub fn number(&self) -> u64 {
        self.buffer.number
    }

    /// Whether there is a line without reading more; see [`LineBuffer::has_line`].
    pub fn has_line(&mut self) -> bool {
        self.buffer.has_line()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives this many bytes at a time, so that line ends are everywhere in a chunk.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(room.len());
            room[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn all(input: &[u8], step: usize) -> Vec<(u64, String)> {
        let mut lines = Lines::new(Dribble(input, step), LINE_LIMIT);
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().expect("the input is fine") {
            let text = String::from_utf8_lossy(line.bytes).into_owned();
            found.push((line.number, text));
        }
        found
    }

    #[test]
    fn lines_come_out_whole_whatever_the_chunks() {
        let cases: [(&str, &[(u64, &str)]); 12] = [
            // A byte order mark at the beginning is no part of the first line.
            ("\u{feff}a\n\u{feff}b", &[(1, "a"), (2, "\u{feff}b")]),
            ("\u{feff}\u{feff}a", &[(1, "\u{feff}a")]),
            ("\u{feff}", &[]),
            ("\n\u{feff}a", &[(2, "\u{feff}a")]),
            ("", &[]),
            ("\n\n", &[]),
            ("a\nb\n", &[(1, "a"), (2, "b")]),
            ("a\nb", &[(1, "a"), (2, "b")]),
            ("a\r\nb\r\n", &[(1, "a"), (2, "b")]),
            ("a\n\n \t\r\nb\n\n", &[(1, "a"), (4, "b")]),
            ("  a  \n", &[(1, "  a  ")]),
            ("a\n   ", &[(1, "a")]),
        ];
        for (input, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(n, t)| (*n, t.to_string())).collect();
            for step in [1, 2, 3, usize::MAX] {
                assert_eq!(all(input.as_bytes(), step), expected, "{input:?} by {step}");
            }
        }
    }

    #[test]
    fn behind_a_long_line_reading_can_go_on() {
        let long = "x".repeat(25);
        for (input, expected) in [
            (format!("a\n{long}\nb\n"), vec![(1, "a"), (3, "b")]),
            (format!("{long}\n\n{long}\nb"), vec![(4, "b")]),
            (format!("a\n{long}"), vec![(1, "a")]),
        ] {
            for step in [1, 7, usize::MAX] {
                let mut lines = Lines::new(Dribble(input.as_bytes(), step), 10);
                let mut found = Vec::new();
                loop {
                    match lines.next_line() {
                        Ok(Some(line)) => found.push((line.number, line.bytes.to_vec())),
                        Ok(None) => break,
                        Err(LineError::TooLong { .. }) => lines.skip_line().expect("it reads"),
                        Err(error) => panic!("{error}"),
                    }
                }
                let expected: Vec<_> = expected
                    .iter()
                    .map(|(number, text)| (*number, text.as_bytes().to_vec()))
                    .collect();
                assert_eq!(found, expected, "{input:?} by {step}");
            }
        }
    }

    #[test]
    fn a_long_line_is_named_and_memory_stays_bounded() {
        for (input, number) in [
            (format!("a\n\n{}\n", "x".repeat(11)), 3),
            ("x".repeat(11), 1),
        ] {
            let mut lines = Lines::new(input.as_bytes(), 10);
            let error = loop {
                match lines.next_line() {
                    Ok(line) => assert!(line.is_some(), "the long line was passed over"),
                    Err(error) => break error,
                }
            };
            assert_eq!(
                error.to_string(),
                format!("line {number} is longer than 10 bytes")
            );
        }

        let mut endless = Lines::new(io::repeat(b'x'), 1_000_000);
        endless.next_line().expect_err("it never ends");
        assert!(endless.buffer.bytes.len() <= 1_000_000 + 2 * CHUNK);

        let input = b"0123456789\n".repeat(50_000);
        let mut many = Lines::new(Dribble(&input, 7_001), 10);
        while many.next_line().expect("short lines").is_some() {}
        assert!(many.buffer.bytes.len() <= 2 * CHUNK);
    }

    #[test]
    fn who_asks_knows_when_the_next_read_may_block() {
        let mut buffer = LineBuffer::new(LINE_LIMIT);
        assert!(!buffer.has_line());
        for (fed, has_line) in [("a\nb", true), ("\n", true), ("\n \n", false), ("c", false)] {
            buffer.room()[..fed.len()].copy_from_slice(fed.as_bytes());
            buffer.filled(fed.len());
            assert_eq!(buffer.has_line(), has_line, "after {fed:?}");
            if has_line {
                assert!(buffer.next_line().expect("a short line").is_some());
            }
        }
        buffer.filled(0);
        assert!(buffer.has_line(), "the last line needs no line end");
        let last = buffer.next_line().expect("a short line");
        assert_eq!(
            last,
            Some(Line {
                number: 5,
                bytes: b"c"
            })
        );
        assert!(!buffer.has_line());
    }

    #[test]
    fn a_failing_reader_is_named() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("disk on fire"))
            }
        }
        let error = Lines::new(Broken, 10).next_line().expect_err("it fails");
        assert_eq!(
            error.to_string(),
            "cannot read the input after line 0: disk on fire"
        );
    }
}
