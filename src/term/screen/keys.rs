//! Decodes what a terminal sends when keys are pressed. Takes bytes; gives [`Key`]s; no I/O.
//!
//! The Escape key and the beginning of an arrow key's sequence are the same byte. If nothing
//! follows for a while, it was the Escape key: the caller then calls [`Keys::end_input`].

use std::collections::VecDeque;

/// A key that a view can handle; others are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// A letter with Ctrl: `Control('u')`.
    Control(char),
    /// Enter.
    Enter,
    /// Escape alone.
    Escape,
    /// Backspace.
    Backspace,
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// The Home key.
    Home,
    /// The End key.
    End,
}

const ESCAPE: u8 = 0x1b;

/// The longest sequence of a key, in bytes. A longer one is not a key and is dropped.
const MAX_SEQUENCE: usize = 32;

/// Splits bytes into keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    bytes: Vec<u8>,
    ready: VecDeque<Key>,
}

impl Keys {
    /// Takes bytes that were read.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        while let Some((length, key)) = first(&self.bytes) {
            self.bytes.drain(..length);
            self.ready.extend(key);
        }
    }

    /// Whether the bytes so far end within a sequence, or with an Escape.
    pub fn is_incomplete(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// To be called when nothing more arrived: what looked like the beginning of a sequence was the
    /// Escape key.
    pub fn end_input(&mut self) {
        if self.bytes.first() == Some(&ESCAPE) {
            self.ready.push_back(Key::Escape);
            let rest = self.bytes.split_off(1);
            self.bytes.clear();
            // The rest was typed, too: ESC [ is then Escape and a bracket.
            self.feed(&rest);
        } else {
            self.bytes.clear();
        }
    }

    /// The next key.
    pub fn next(&mut self) -> Option<Key> {
        self.ready.pop_front()
    }
}

/// The length in bytes of the first sequence, and its key if it is one. `None` if more bytes are
/// needed.
fn first(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let (&byte, rest) = bytes.split_first()?;
    let key = match byte {
        ESCAPE => return sequence(rest).map(|(length, key)| (length + 1, key)),
        b'\r' | b'\n' => Some(Key::Enter),
        0x7f | 0x08 => Some(Key::Backspace),
        0x01..=0x1a => Some(Key::Control(char::from(byte - 1 + b'a'))),
        0x00..=0x1f => None,
        0x20..=0x7e => Some(Key::Char(char::from(byte))),
        _ => return character(bytes),
    };
    Some((1, key))
}

/// A character of several bytes, or bytes that are not valid UTF-8.
fn character(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let chunk = bytes.utf8_chunks().next()?;
    match chunk.valid().chars().next() {
        Some(c) => Some((c.len_utf8(), Some(Key::Char(c)))),
        // It may be the beginning of a character.
        None if bytes.len() < 4
            && std::str::from_utf8(bytes).is_err_and(|e| e.error_len().is_none()) =>
        {
            None
        }
        None => Some((chunk.invalid().len(), None)),
    }
}

/// Decodes what follows an ESC: `[A`, `OA`, `[5~`, `[1;5A`.
fn sequence(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    match bytes.first()? {
        b'O' => {
            let end = *bytes.get(1)?;
            Some((2, named(end, b"")))
        }
        b'[' => {
            let parameters = &bytes[1..];
            let end = parameters
                .iter()
                .position(|byte| matches!(byte, 0x40..=0x7e));
            match end {
                Some(at) => Some((at + 2, named(parameters[at], &parameters[..at]))),
                None if bytes.len() > MAX_SEQUENCE => Some((bytes.len(), None)),
                None => None,
            }
        }
        // Escape twice is Escape. Escape before another key means Alt, which has no meaning here.
        &ESCAPE => Some((0, Some(Key::Escape))),
        _ => Some((1, None)),
    }
}

fn named(end: u8, parameters: &[u8]) -> Option<Key> {
    match (end, parameters) {
        (b'A', _) => Some(Key::Up),
        (b'B', _) => Some(Key::Down),
        (b'H', _) | (b'~', b"1" | b"7") => Some(Key::Home),
        (b'F', _) | (b'~', b"4" | b"8") => Some(Key::End),
        (b'~', b"5") => Some(Key::PageUp),
        (b'~', b"6") => Some(Key::PageDown),
        (b'M', b"") => Some(Key::Enter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(keys: &mut Keys) -> Vec<Key> {
        std::iter::from_fn(|| keys.next()).collect()
    }

    fn read(bytes: &[u8]) -> Vec<Key> {
        let mut keys = Keys::default();
        keys.feed(bytes);
        all(&mut keys)
    }

    #[test]
    fn keys_of_every_kind_however_they_are_cut() {
        let typed = "q/é光\x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[H\x1b[4~\r\x7f\x15\x1b[1;5A".as_bytes();
        let expected = [
            Key::Char('q'),
            Key::Char('/'),
            Key::Char('é'),
            Key::Char('光'),
            Key::Up,
            Key::Down,
            Key::PageUp,
            Key::PageDown,
            Key::Home,
            Key::End,
            Key::Enter,
            Key::Backspace,
            Key::Control('u'),
            Key::Up,
        ];
        assert_eq!(read(typed), expected);
        let mut keys = Keys::default();
        for byte in typed {
            keys.feed(&[*byte]);
        }
        assert_eq!(all(&mut keys), expected);
        assert!(!keys.is_incomplete());
    }

    #[test]
    fn escape_alone_shows_when_nothing_follows() {
        let mut keys = Keys::default();
        keys.feed(b"\x1b");
        assert!(keys.is_incomplete() && keys.next().is_none());
        keys.end_input();
        assert_eq!(all(&mut keys), [Key::Escape]);
        assert!(!keys.is_incomplete());
        keys.feed(b"\x1b\x1b");
        keys.end_input();
        assert_eq!(all(&mut keys), [Key::Escape, Key::Escape]);
    }

    #[test]
    fn what_is_no_key_is_nothing_and_takes_nothing_with_it() {
        assert_eq!(read(b"\x1b[?1;2cq"), [Key::Char('q')]);
        assert_eq!(read(b"\xff\x80q"), [Key::Char('q')]);
        assert_eq!(read(b"\x1bxq"), [Key::Char('q')]);
        let endless = [b"\x1b[".as_slice(), &[b'1'; 2 * MAX_SEQUENCE]].concat();
        let mut keys = Keys::default();
        keys.feed(&endless);
        assert!(!keys.is_incomplete() && keys.next().is_none());
    }
}
