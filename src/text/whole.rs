//! Reads whole files into memory. Takes a path or a reader; gives all its bytes or text up to a limit,
//! without a byte order mark. Streams of lines are in [`super::lines`].

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::count::ExactSize;

/// The byte order mark that some editors write at the beginning of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The size limit for files that people write by hand or get from an administrator: settings,
/// tokens, certificates, templates.
pub const SMALL: u64 = 16 * 1024 * 1024;

/// The bytes without a byte order mark at the beginning.
pub fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// Reads all bytes, exactly as they are.
///
/// # Errors
/// The errors of the reader; [`io::ErrorKind::FileTooLarge`] for more than `limit` bytes, which are
/// not read.
pub fn read_exactly(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

/// The error for input of more than `limit` bytes.
pub fn too_large(limit: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {}", ExactSize(limit)),
    )
}

/// Reads all bytes, without a byte order mark.
///
/// # Errors
/// The errors of [`read_exactly`].
pub fn read_bytes(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = read_exactly(reader, limit)?;
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(bytes)
}

/// Reads a file, without a byte order mark.
///
/// # Errors
/// The errors of opening it and of [`read_bytes`].
pub fn file_bytes(path: impl AsRef<Path>, limit: u64) -> io::Result<Vec<u8>> {
    read_bytes(File::open(path)?, limit)
}

/// Reads a file of text, without a byte order mark.
///
/// # Errors
/// The errors of opening it and of [`read_text`].
pub fn file_text(path: impl AsRef<Path>, limit: u64) -> io::Result<String> {
    read_text(File::open(path)?, limit)
}

/// Reads text, without a byte order mark.
///
/// # Errors
/// The errors of [`read_bytes`]; [`io::ErrorKind::InvalidData`] for bytes that are not UTF-8.
pub fn read_text(reader: impl Read, limit: u64) -> io::Result<String> {
    let bytes = read_bytes(reader, limit)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not valid UTF-8"))
}

/// Reads text, without a byte order mark and without the line end that `echo` adds.
///
/// # Errors
/// The errors of [`read_text`].
pub fn read_without_line_end(reader: impl Read, limit: u64) -> io::Result<String> {
    let mut text = read_text(reader, limit)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_kept_and_named() {
        assert_eq!(read_bytes(&b"12345"[..], 5).expect("just fits"), b"12345");
        let error = read_bytes(&b"123456"[..], 5).expect_err("one too many");
        assert_eq!(error.to_string(), "it is larger than 5 bytes");
        for (limit, name) in [
            (64 << 10, "64 KiB"),
            (1 << 20, "1 MiB"),
            (1025, "1025 bytes"),
        ] {
            let endless = read_text(io::repeat(b'x'), limit).expect_err("it never ends");
            assert_eq!(endless.to_string(), format!("it is larger than {name}"));
        }
        assert_eq!(too_large(4 << 30).to_string(), "it is larger than 4 GiB");
    }

    #[test]
    fn the_line_end_of_echo_is_not_part_of_the_text() {
        for (given, expected) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("", ""),
            ("\u{feff}a\n", "a"),
        ] {
            let read = read_without_line_end(given.as_bytes(), 100).expect("text");
            assert_eq!(read, expected);
        }
        read_without_line_end(&b"abc"[..], 2).expect_err("too long");
    }

    #[test]
    fn a_byte_order_mark_is_left_out_and_other_text_kept() {
        assert_eq!(
            read_text(&b"\xEF\xBB\xBFa\xEF\xBB\xBF"[..], 99).expect("text"),
            "a\u{feff}"
        );
        assert_eq!(without_bom(b"\xEF\xBB"), b"\xEF\xBB");
        read_text(&b"\xFF"[..], 99).expect_err("not UTF-8");
    }
}
