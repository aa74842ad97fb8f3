//! The `multipart/form-data` body of `POST /files`. Takes the file's name and its TTL; gives the
//! bytes before and after the file.
//!
//! ```text
//! --BOUNDARY
//! Content-Disposition: form-data; name="ttl_secs"
//!
//! 3600
//! --BOUNDARY
//! Content-Disposition: form-data; name="file"; filename="scan.pdf"
//! Content-Type: application/pdf
//!
//! …the file…
//! --BOUNDARY--
//! ```
//!
//! Every line ends in CR LF. `ttl_secs` is first, so that a service that reads the body as a stream
//! knows it before the file.

use std::fmt::Write;

use super::names::{FileName, MediaType};

/// The parts of the body around the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framing {
    /// The request's content type.
    pub content_type: String,
    /// What comes before the file.
    pub head: Vec<u8>,
    /// What comes after it.
    pub tail: Vec<u8>,
}

/// Makes the framing for a file. The boundary must not occur in the file; `unique` has 128 random
/// bits.
pub fn frame(unique: u128, ttl_secs: u64, name: &FileName, kind: &MediaType) -> Framing {
    let boundary = format!("trefoil-{unique:032x}");
    let name = escaped(name.as_str());
    let head = format!(
        "--{boundary}\r\n\
         Content-Disposition: form-data; name=\"ttl_secs\"\r\n\r\n\
         {ttl_secs}\r\n\
         --{boundary}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    Framing {
        content_type: format!("multipart/form-data; boundary={boundary}"),
        head: head.into_bytes(),
        tail: format!("\r\n--{boundary}--\r\n").into_bytes(),
    }
}

/// A file's name for use in quotes, as browsers write it (WHATWG: `"`, CR and LF percent-encoded,
/// UTF-8 unchanged). Other control characters are encoded, too, although WHATWG does not do so: a
/// header must not contain them, and strict servers refuse the request.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' | '\0'..='\x1f' | '\x7f' => {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "%{:02X}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> FileName {
        text.parse().expect("a name")
    }

    #[test]
    fn a_file_stands_between_head_and_tail() {
        let kind = "application/pdf".parse().expect("a type");
        let framing = frame(0xab, 60, &name("scan.pdf"), &kind);
        let boundary = "trefoil-000000000000000000000000000000ab";
        assert_eq!(
            framing.content_type,
            format!("multipart/form-data; boundary={boundary}")
        );
        assert_eq!(
            String::from_utf8(framing.head).expect("UTF-8"),
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"ttl_secs\"\r\n\r\n60\r\n\
                 --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
                 filename=\"scan.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
            )
        );
        assert_eq!(framing.tail, format!("\r\n--{boundary}--\r\n").as_bytes());
    }

    #[test]
    fn no_name_ends_its_quotes_or_its_line() {
        for (given, expected) in [
            ("a b.png", "a b.png"),
            ("Grüße 光.png", "Grüße 光.png"),
            ("a\"; name=\"ttl_secs", "a%22; name=%22ttl_secs"),
            ("a\r\nX-Evil: 1", "a%0D%0AX-Evil: 1"),
            ("a\0b\x1b[2J\x7f\t", "a%00b%1B[2J%7F%09"),
            ("100%22", "100%22"),
        ] {
            assert_eq!(escaped(given), expected);
        }
    }
}
