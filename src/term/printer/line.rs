//! The parts of a line of JSON. Takes what serde writes, or JSON text; gives bytes in a buffer.

use std::io::{self, Write};

use crate::term::sanitize::{Keep, sanitize};
use crate::term::styled::Style;

/// A buffer that fails when a document makes it longer than its limit.
pub(super) struct Limited<'a> {
    pub buffer: &'a mut Vec<u8>,
    pub limit: usize,
}

impl Write for Limited<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes the white space between its tokens out of JSON text that is passed in pieces.
#[derive(Default)]
pub(super) struct Compact {
    in_string: bool,
    escaped: bool,
}

impl Compact {
    /// Appends the next piece of the text.
    pub fn append(&mut self, out: &mut Vec<u8>, piece: &[u8]) {
        let (mut in_string, mut escaped) = (self.in_string, self.escaped);
        out.extend(piece.iter().copied().filter(|byte| {
            if in_string {
                in_string = escaped || *byte != b'"';
                escaped = !escaped && *byte == b'\\';
                return true;
            }
            in_string = *byte == b'"';
            !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
        }));
        (self.in_string, self.escaped) = (in_string, escaped);
    }
}

/// Turns the JSON document that begins at `start` into a printed line.
pub(super) fn end_json(buffer: &mut Vec<u8>, start: usize, raw: bool, style: Style) {
    let mut keep = Keep::Line;
    if raw
        && buffer[start..].starts_with(b"\"")
        && let Ok(text) = serde_json::from_slice::<String>(&buffer[start..])
    {
        buffer.truncate(start);
        buffer.extend_from_slice(text.as_bytes());
        keep = Keep::Lines;
    }
    if style.sanitize {
        sanitize(buffer, start, keep);
    }
    buffer.push(b'\n');
}
