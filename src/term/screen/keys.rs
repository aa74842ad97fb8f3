//! What a terminal sends when keys are pressed: bytes enter, [`Key`]s leave; pure.
//!
//! Escape alone and the beginning of an arrow key are the same byte. Which it was shows when nothing
//! follows: [`Keys::settle`] is to be called then.

use std::collections::VecDeque;

/// A key, as far as anybody here wants to know.
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
    /// A screen up.
    PageUp,
    /// A screen down.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
}

const ESCAPE: u8 = 0x1b;

/// No sequence of a key is longer. What is, is none, and is dropped.
const LONGEST: usize = 32;

/// Takes bytes apart into keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    bytes: Vec<u8>,
    ready: VecDeque<Key>,
}

impl Keys {
    /// Takes what was read.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        while let Some((length, key)) = first(&self.bytes) {
            self.bytes.drain(..length);
            self.ready.extend(key);
        }
    }

    /// Whether what was read ends within a sequence, or with an Escape.
    pub fn is_open(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Nothing more came: what looked like the beginning of a sequence was Escape.
    pub fn settle(&mut self) {
        if self.bytes.first() == Some(&ESCAPE) {
            self.ready.push_back(Key::Escape);
            let rest = self.bytes.split_off(1);
            self.bytes.clear();
            // ESC [ was Escape and a bracket, if anybody types that fast; a lone Escape is the rule.
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

/// The first key and its length in bytes; what is no key has a length all the same. `None` when
/// more must be read to know.
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

/// A character of several bytes, or a byte of none.
fn character(bytes: &[u8]) -> Option<(usize, Option<Key>)> {
    let chunk = bytes.utf8_chunks().next()?;
    match chunk.valid().chars().next() {
        Some(c) => Some((c.len_utf8(), Some(Key::Char(c)))),
        // The beginning of one, or nothing.
        None if bytes.len() < 4
            && std::str::from_utf8(bytes).is_err_and(|e| e.error_len().is_none()) =>
        {
            None
        }
        None => Some((chunk.invalid().len(), None)),
    }
}

/// What follows an ESC: `[A`, `OA`, `[5~`, `[1;5A`.
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
                None if bytes.len() > LONGEST => Some((bytes.len(), None)),
                None => None,
            }
        }
        // Escape twice is Escape; with another key it is Alt, which means nothing here.
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
        assert!(!keys.is_open());
    }

    #[test]
    fn escape_alone_shows_when_nothing_follows() {
        let mut keys = Keys::default();
        keys.feed(b"\x1b");
        assert!(keys.is_open() && keys.next().is_none());
        keys.settle();
        assert_eq!(all(&mut keys), [Key::Escape]);
        assert!(!keys.is_open());
        keys.feed(b"\x1b\x1b");
        keys.settle();
        assert_eq!(all(&mut keys), [Key::Escape, Key::Escape]);
    }

    #[test]
    fn what_is_no_key_is_nothing_and_takes_nothing_with_it() {
        assert_eq!(read(b"\x1b[?1;2cq"), [Key::Char('q')]);
        assert_eq!(read(b"\xff\x80q"), [Key::Char('q')]);
        assert_eq!(read(b"\x1bxq"), [Key::Char('q')]);
        let endless = [b"\x1b[".as_slice(), &[b'1'; 2 * LONGEST]].concat();
        let mut keys = Keys::default();
        keys.feed(&endless);
        assert!(!keys.is_open() && keys.next().is_none());
    }
}
