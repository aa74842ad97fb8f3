//! The names of a show in the engine, pure: maps addresses to NATS subjects, and back.
//!
//! ```text
//! clasp.SHOW.s.p.ADDRESS   a param, in the stream          clasp.SHOW.r.p.ADDRESS   republished
//! clasp.SHOW.s.h.ROUTER.N  a timed bundle, in the stream
//! clasp.SHOW.s.t.ADDRESS   a timeline, in the stream
//! clasp.SHOW.s.a.ADDRESS   an announced signal, in the stream
//! clasp.SHOW.s.r.LEASE     a router's lease, in the stream  clasp.SHOW.r.r.LEASE     republished
//! clasp.SHOW.e.PARTITION   events, streams and gestures: not in the stream
//! clasp.SHOW.c             how many events each router has sent, and questions for that
//! clasp.SHOW.n.SESSION     messages to one session, for its router
//! clasp.SHOW.i.ROUTER.…    replies to one router
//! ```
//!
//! Everything in the stream except leases has a key: the address of a param, or one of the letters above
//! and an address (`t/lights/front`).
//!
//! Of an address, `/` becomes `.`, and every byte outside `[A-Za-z0-9_-]` becomes `=XX`. Three bytes
//! for each of an address's 1,024 at most stay below NATS's longest subject of about 4,000 bytes.

/// The names of one show.
#[derive(Debug, Clone)]
pub struct Names {
    show: String,
    events: String,
    counts: String,
}

/// The meaning of a subject in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic<'a> {
    /// A param, by its address.
    Param(String),
    /// A timed bundle, a timeline or a signal, by its key.
    Entry(String),
    /// The lease of a router, by its id.
    Router(&'a str),
}

impl Names {
    /// The names of the show of this name, which is made of letters, digits, `_` and `-`.
    pub fn new(show: &str) -> Names {
        Names {
            show: show.to_owned(),
            events: format!("clasp.{show}.e."),
            counts: format!("clasp.{show}.c"),
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

    /// Where the events of a partition go.
    pub fn events(&self, partition: u16) -> String {
        format!("{}{partition}", self.events)
    }

    /// The partition whose events go there.
    pub fn partition(&self, subject: &str) -> Option<u16> {
        subject.strip_prefix(&*self.events)?.parse().ok()
    }

    /// Where the counts of events go.
    pub fn counts(&self) -> &str {
        &self.counts
    }

    /// Where the replies to a router go: this, and one token more.
    pub fn inbox(&self, router: &str) -> String {
        format!("clasp.{}.i.{router}.", self.show)
    }

    /// Where messages to one session go.
    pub fn session(&self, session: &str) -> String {
        format!("clasp.{}.n.{session}", self.show)
    }

    /// Appends the subject of a key.
    pub fn put_key(&self, key: &str, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        let (letter, address) = match key.split_once('/') {
            Some(("", address)) => ("p", address),
            Some((letter, address)) => (letter, address),
            None => ("p", ""),
        };
        out.extend_from_slice(b"clasp.");
        out.extend_from_slice(self.show.as_bytes());
        out.extend_from_slice(b".s.");
        out.extend_from_slice(letter.as_bytes());
        out.push(b'.');
        for byte in address.bytes() {
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

    /// The meaning of a subject, stored or republished; `None` if it does not belong to this show.
    pub fn topic<'a>(&self, subject: &'a str) -> Option<Topic<'a>> {
        let rest = subject.strip_prefix("clasp.")?.strip_prefix(&*self.show)?;
        let rest = rest.strip_prefix(".s.").or(rest.strip_prefix(".r."))?;
        let (kind, rest) = rest.split_once('.')?;
        match kind {
            "p" => address(rest).map(Topic::Param),
            "h" | "t" | "a" => Some(Topic::Entry(format!("{kind}{}", address(rest)?))),
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
            names.put_key(text, &mut subject);
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
    fn keys_of_entries_come_back() {
        let names = Names::new("show");
        for (key, subject) in [
            ("h/00ff/3", "clasp.show.s.h.00ff.3"),
            ("t/lights/a", "clasp.show.s.t.lights.a"),
            ("a/lights/*", "clasp.show.s.a.lights.=2A"),
        ] {
            let mut bytes = Vec::new();
            names.put_key(key, &mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), subject);
            assert_eq!(names.topic(subject), Some(Topic::Entry(key.into())));
        }
    }

    #[test]
    fn other_subjects_have_no_meaning() {
        let names = Names::new("show");
        assert_eq!(names.topic("clasp.show.s.r.12"), Some(Topic::Router("12")));
        for other in [
            "clasp.shows.s.p.a",
            "clasp.show.e.1",
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
        Names::new(&"x".repeat(32)).put_key(&address, &mut subject);
        assert!(subject.len() < 3_900, "{}", subject.len());
    }
}
