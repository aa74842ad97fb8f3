//! The names of a cluster in the engine, pure: an address enters and a subject leaves, and back.
//!
//! ```text
//! clasp.SHOW.s.p.ADDRESS   a param, in the stream          clasp.SHOW.r.p.ADDRESS   republished
//! clasp.SHOW.s.r.ROUTER    a router's lease, in the stream  clasp.SHOW.r.r.ROUTER    republished
//! clasp.SHOW.e             events, streams and gestures: not in the stream
//! clasp.SHOW.i.ROUTER.…    replies to one router
//! ```
//!
//! Of an address, `/` becomes `.`, and every byte outside `[A-Za-z0-9_-]` becomes `=XX`. Three bytes
//! for each of an address's 1,024 at most stay below NATS's longest subject of about 4,000 bytes.

/// The names of one show.
#[derive(Debug, Clone)]
pub struct Names {
    show: String,
    events: String,
}

/// What a subject of the stream is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic<'a> {
    /// A param, by its address.
    Param(String),
    /// The lease of a router, by its id.
    Router(&'a str),
}

impl Names {
    /// The names of the show of this name, which is made of letters, digits, `_` and `-`.
    pub fn new(show: &str) -> Names {
        Names {
            show: show.to_owned(),
            events: format!("clasp.{show}.e"),
        }
    }

    /// The stream.
    pub fn stream(&self) -> String {
        format!("CLASP_{}", self.show)
    }

    /// Everything in the stream.
    pub fn stored(&self) -> String {
        format!("clasp.{}.s.>", self.show)
    }

    /// Everything that is republished.
    pub fn republished(&self) -> String {
        format!("clasp.{}.r.>", self.show)
    }

    /// The leases in the stream.
    pub fn leases(&self) -> String {
        format!("clasp.{}.s.r.>", self.show)
    }

    /// Where the lease of a router stands.
    pub fn lease(&self, router: &str) -> String {
        format!("clasp.{}.s.r.{router}", self.show)
    }

    /// Where events go.
    pub fn events(&self) -> &str {
        &self.events
    }

    /// Where the replies to a router go: this, and one token more.
    pub fn inbox(&self, router: &str) -> String {
        format!("clasp.{}.i.{router}.", self.show)
    }

    /// Appends the subject of a param.
    pub fn put_param(&self, address: &str, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        out.extend_from_slice(b"clasp.");
        out.extend_from_slice(self.show.as_bytes());
        out.extend_from_slice(b".s.p.");
        for byte in address.bytes().skip(1) {
            match byte {
                b'/' => out.push(b'.'),
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => out.push(byte),
                _ => {
                    let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
                    out.extend_from_slice(&[b'=', DIGITS[high], DIGITS[low]]);
                }
            }
        }
    }

    /// What a subject is about, stored or republished. None: it is none of this show.
    pub fn topic<'a>(&self, subject: &'a str) -> Option<Topic<'a>> {
        let rest = subject.strip_prefix("clasp.")?.strip_prefix(&*self.show)?;
        let rest = rest.strip_prefix(".s.").or(rest.strip_prefix(".r."))?;
        let (kind, rest) = rest.split_once('.')?;
        match kind {
            "p" => address(rest).map(Topic::Param),
            "r" => Some(Topic::Router(rest)),
            _ => None,
        }
    }
}

/// The address that a subject stands for.
fn address(subject: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(subject.len() + 1);
    bytes.push(b'/');
    let mut rest = subject.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'.' => bytes.push(b'/'),
            b'=' => {
                let digits = std::str::from_utf8(after.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &after[2..];
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_comes_back() {
        let names = Names::new("show");
        for text in ["/a", "/a/b-c_D9", "/é x/a.b/>/*?", "/=3D", "/a=/\u{7f}\n"] {
            let mut subject = Vec::new();
            names.put_param(text, &mut subject);
            let subject = String::from_utf8(subject).unwrap();
            let after = subject.strip_prefix("clasp.show.s.p.").unwrap();
            assert!(!after.contains(['*', '>', ' ', '\n']), "{subject}");
            assert_eq!(
                after.split('.').count(),
                text.split('/').count() - 1,
                "{subject}"
            );
            let republished = subject.replacen(".s.", ".r.", 1);
            for subject in [subject, republished] {
                assert_eq!(names.topic(&subject), Some(Topic::Param(text.into())));
            }
        }
    }

    #[test]
    fn what_belongs_to_others_is_nobodys() {
        let names = Names::new("show");
        assert_eq!(names.topic("clasp.show.s.r.12"), Some(Topic::Router("12")));
        for other in [
            "clasp.shows.s.p.a",
            "clasp.show.e",
            "clasp.show.s.x.a",
            "clasp.show.s.p.=X",
            "other",
        ] {
            assert_eq!(names.topic(other), None, "{other}");
        }
    }

    #[test]
    fn the_longest_address_fits_a_subject() {
        let mut subject = Vec::new();
        let address = format!("/{}", "é".repeat(511));
        Names::new(&"x".repeat(32)).put_param(&address, &mut subject);
        assert!(subject.len() < 3_900, "{}", subject.len());
    }
}
