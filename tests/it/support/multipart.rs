//! Decodes an upload. Takes the bytes of a `multipart/form-data` request; gives its parts. Written
//! from RFC 7578, independently of the encoder.

use super::forge::Request;

/// The content of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The field `ttl_secs`.
    pub ttl_secs: String,
    /// The file name, as it is quoted.
    pub filename: String,
    pub kind: String,
    /// The beginning of the file that was kept.
    pub content: Vec<u8>,
    /// The length of the file.
    pub size: u64,
}

/// Reads an upload.
pub fn upload(request: &Request) -> Result<Upload, String> {
    let kind = request.header("content-type").unwrap_or_default();
    let boundary = kind
        .strip_prefix("multipart/form-data; boundary=")
        .ok_or(format!("content-type is {kind}"))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'()+_,-./:=?".contains(c);
    if boundary.is_empty() || boundary.len() > 70 || !boundary.chars().all(allowed) {
        return Err(format!("'{boundary}' is no boundary"));
    }
    let body = request.body.as_slice();
    let (disposition, rest) = part(body, &format!("--{boundary}\r\n"))?;
    if disposition != "Content-Disposition: form-data; name=\"ttl_secs\"" {
        return Err(format!("the first part is {disposition}"));
    }
    let (ttl_secs, rest) = until(rest, "\r\n").ok_or("no end of ttl_secs")?;
    let (headers, content) = part(rest, &format!("--{boundary}\r\n"))?;
    let (disposition, kind) = headers.split_once("\r\n").ok_or("no Content-Type")?;
    let filename = disposition
        .strip_prefix("Content-Disposition: form-data; name=\"file\"; filename=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .ok_or(format!("the second part is {disposition}"))?;
    if filename.contains(['"', '\r', '\n']) || filename.contains(char::is_control) {
        return Err(format!("filename is {filename:?}"));
    }
    let kind = kind
        .strip_prefix("Content-Type: ")
        .ok_or(format!("{kind} is no Content-Type"))?;
    let end = format!("\r\n--{boundary}--\r\n");
    let before = (body.len() - content.len()) as u64;
    let size = request
        .length
        .checked_sub(before + end.len() as u64)
        .ok_or("it has no end")?;
    let content = match usize::try_from(size) {
        // The whole body was kept.
        Ok(size) if size + end.len() == content.len() => {
            let (content, found) = content.split_at(size);
            if found != end.as_bytes() {
                return Err("it does not end as it should".to_owned());
            }
            content
        }
        _ => content,
    };
    Ok(Upload {
        ttl_secs: ttl_secs.to_owned(),
        filename: filename.to_owned(),
        kind: kind.to_owned(),
        content: content.to_vec(),
        size,
    })
}

/// The headers of a part that begins with this text, and the bytes after them.
fn part<'a>(bytes: &'a [u8], delimiter: &str) -> Result<(&'a str, &'a [u8]), String> {
    let rest = bytes
        .strip_prefix(delimiter.as_bytes())
        .ok_or("a part does not begin with the boundary")?;
    until(rest, "\r\n\r\n").ok_or("a part has no end of its headers".to_owned())
}

fn until<'a>(bytes: &'a [u8], end: &str) -> Option<(&'a str, &'a [u8])> {
    let at = bytes
        .windows(end.len())
        .position(|window| window == end.as_bytes())?;
    let text = std::str::from_utf8(&bytes[..at]).ok()?;
    Some((text, &bytes[at + end.len()..]))
}
