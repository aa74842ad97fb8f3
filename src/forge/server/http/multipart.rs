//! `multipart/form-data`. Takes pieces of a body as they come; gives parts, in constant memory. Pure.
//!
//! ```text
//! --boundary CRLF  headers CRLF CRLF  content  CRLF --boundary CRLF  …  CRLF --boundary--
//! ```
//!
//! The crates that do this bring the tables of every character set (encoding_rs) for field
//! names; here they are UTF-8.

use bytes::{Bytes, BytesMut};
use memchr::memmem::Finder;

/// The longest headers of a part, in bytes.
const HEADERS_BYTES: usize = 16 * 1024;

/// An element of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A part begins.
    Part(Part),
    /// Some of its content.
    Content(Bytes),
    /// The body is over.
    End,
}

/// The headers of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// The name of the field.
    pub name: String,
    /// What the file is called, if it is one.
    pub filename: Option<String>,
    /// What it is.
    pub content_type: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadState {
    /// Before the first boundary.
    Preamble,
    /// Behind a boundary.
    Boundary,
    Headers,
    Content,
    /// Behind the last boundary.
    Epilogue,
}

/// Reads a body piece by piece.
#[derive(Debug)]
pub struct Multipart {
    delimiter: Finder<'static>,
    /// What has come and was not taken yet. Content is taken from it without being copied.
    buffer: Bytes,
    state: ReadState,
}

impl Multipart {
    /// A reader for a body of this content type; none if that is no `multipart/form-data`.
    pub fn new(content_type: &str) -> Option<Multipart> {
        let (essence, parameters) = content_type.split_once(';')?;
        if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parameters.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let is_it = name.trim().eq_ignore_ascii_case("boundary");
            is_it.then(|| value.trim().trim_matches('"'))
        })?;
        if boundary.is_empty() || boundary.len() > 200 {
            return None;
        }
        let delimiter = format!("\r\n--{boundary}");
        Some(Multipart {
            delimiter: Finder::new(delimiter.as_bytes()).into_owned(),
            // So that the first boundary is found like the others.
            buffer: Bytes::from_static(b"\r\n"),
            state: ReadState::Preamble,
        })
    }

    /// Takes a piece of the body.
    pub fn feed(&mut self, piece: Bytes) {
        if self.buffer.is_empty() {
            self.buffer = piece;
            return;
        }
        // Headers, or the beginning of what may be a delimiter: both are rare among pieces of content.
        let mut joined = BytesMut::with_capacity(self.buffer.len() + piece.len());
        joined.extend_from_slice(&self.buffer);
        joined.extend_from_slice(&piece);
        self.buffer = joined.freeze();
    }

    /// What has come; none until more is fed.
    ///
    /// # Errors
    /// What is wrong with the body.
    pub fn next(&mut self) -> Result<Option<Token>, &'static str> {
        loop {
            match self.state {
                ReadState::Epilogue => {
                    self.buffer.clear();
                    return Ok(None);
                }
                ReadState::Preamble | ReadState::Content => {
                    let content = match self.delimiter.find(&self.buffer) {
                        Some(0) => {
                            self.take(self.delimiter.needle().len());
                            self.state = ReadState::Boundary;
                            continue;
                        }
                        Some(at) => self.take(at),
                        None => match self.buffer.len() - self.begun() {
                            0 => return Ok(None),
                            sure => self.take(sure),
                        },
                    };
                    if self.state == ReadState::Content {
                        return Ok(Some(Token::Content(content)));
                    }
                }
                ReadState::Boundary => match self.buffer.get(..2) {
                    None => return Ok(None),
                    Some(b"--") => {
                        self.state = ReadState::Epilogue;
                        return Ok(Some(Token::End));
                    }
                    Some(b"\r\n") => {
                        // The line end stays: it ends the headers if there are none.
                        self.state = ReadState::Headers;
                    }
                    Some(_) => return Err("something stands behind a boundary"),
                },
                ReadState::Headers => {
                    let Some(end) = memchr::memmem::find(&self.buffer, b"\r\n\r\n") else {
                        if self.buffer.len() > HEADERS_BYTES {
                            return Err("the headers of a part are too long");
                        }
                        return Ok(None);
                    };
                    let headers = self.take(end + 4);
                    self.state = ReadState::Content;
                    return part(&headers).map(|part| Some(Token::Part(part)));
                }
            }
        }
    }

    fn take(&mut self, length: usize) -> Bytes {
        self.buffer.split_to(length)
    }

    /// How many bytes at the end of the buffer may be the beginning of the delimiter.
    fn begun(&self) -> usize {
        let delimiter = self.delimiter.needle();
        let most = self.buffer.len().min(delimiter.len() - 1);
        let mut lengths = (1..=most).rev();
        let begun = lengths.find(|length| self.buffer.ends_with(&delimiter[..*length]));
        begun.unwrap_or(0)
    }
}

fn part(headers: &[u8]) -> Result<Part, &'static str> {
    let headers = std::str::from_utf8(headers).map_err(|_| "a part's headers are not UTF-8")?;
    let mut part = Part::default();
    for line in headers.split("\r\n") {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-disposition") {
            part.name = parameter(value, "name").unwrap_or_default();
            part.filename = parameter(value, "filename");
        } else if name.eq_ignore_ascii_case("content-type") {
            part.content_type = Some(value.trim().to_owned());
        }
    }
    Ok(part)
}

/// A parameter such as `name="file"`, as browsers and Python quote it: `%22` is a quote, as is `\"`.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (text, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => match after.split_once(';') {
                Some((text, after)) => (text.trim().to_owned(), after),
                None => (after.trim().to_owned(), ""),
            },
        };
        if name.trim().trim_start_matches(';').trim() == wanted {
            return Some(text);
        }
        rest = after;
    }
}

/// The text up to the quote, and what is behind it.
fn unquote(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text.replace("%22", "\""), &quoted[at + 1..]),
            '\\' if quoted[at + 1..].starts_with(['"', '\\']) => {
                text.extend(chars.next().map(|(_, c)| c));
            }
            c => text.push(c),
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--b\r\nContent-Disposition: form-data; name=\"ttl_secs\"\r\n\r\n60\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\" %22.txt\"\r\n\
        Content-Type: text/plain\r\n\r\none\r\n--not\r\n--b-\r\n\r\n--b--\r\n";

    fn read(pieces: impl Iterator<Item = Vec<u8>>) -> Result<Vec<(Part, Vec<u8>)>, &'static str> {
        let mut reader = Multipart::new("multipart/form-data; boundary=b").expect("multipart");
        let mut parts: Vec<(Part, Vec<u8>)> = vec![];
        let mut ended = false;
        for piece in pieces {
            reader.feed(Bytes::copy_from_slice(&piece));
            while let Some(token) = reader.next()? {
                match token {
                    Token::Part(part) => parts.push((part, vec![])),
                    Token::Content(bytes) => parts.last_mut().expect("a part").1.extend(bytes),
                    Token::End => ended = true,
                }
            }
        }
        ended.then_some(parts).ok_or("it has no end")
    }

    #[test]
    fn it_is_the_same_however_it_comes() {
        let body = BODY.replace("--b-\r\n", "--c\r\n");
        for size in [1, 2, 3, 7, 64, body.len()] {
            let pieces = body.as_bytes().chunks(size).map(<[u8]>::to_vec);
            let parts = read(pieces).expect("sound");
            assert_eq!(parts.len(), 2, "{size}");
            assert_eq!(parts[0].0.name, "ttl_secs");
            assert_eq!(parts[0].1, b"60");
            assert_eq!(parts[1].0.filename.as_deref(), Some("a \"b\" \".txt"));
            assert_eq!(parts[1].0.content_type.as_deref(), Some("text/plain"));
            assert_eq!(parts[1].1, b"one\r\n--not\r\n--c\r\n");
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for kind in [
            "application/json",
            "multipart/form-data",
            "multipart/mixed; boundary=b",
        ] {
            assert!(Multipart::new(kind).is_none(), "{kind}");
        }
        let quoted = Multipart::new("Multipart/Form-Data; charset=utf-8; boundary=\"b\"");
        assert!(quoted.is_some());
        let whole = |text: &str| read(std::iter::once(text.as_bytes().to_vec()));
        assert!(
            whole(BODY).is_err(),
            "--b- is neither a boundary nor the last one"
        );
        assert!(whole("--b\r\n").is_err());
        let endless = format!("--b\r\n{}", "x".repeat(HEADERS_BYTES + 1));
        assert!(whole(&endless).is_err());
    }
}
