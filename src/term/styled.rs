//! Builds styled text piece by piece.
//!
//! Takes text with a [`Tone`]; gives bytes. They have colours if those are on, and foreign escape
//! sequences are escaped if a terminal reads them.

use std::fmt::Display;
use std::io::Write;

use super::sanitize::{Keep, sanitize};

/// How text is written to one stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Whether a terminal reads it, so that dangerous characters are escaped.
    pub sanitize: bool,
}

/// The meaning of a piece of text, which decides its colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// Text that does not stand out.
    #[default]
    Plain,
    /// An address.
    Address,
    /// Text that is less important than the rest.
    Dim,
    /// An error.
    Bad,
}

impl Tone {
    fn on(self) -> &'static [u8] {
        match self {
            Tone::Plain => b"",
            Tone::Address => b"\x1b[36m",
            Tone::Dim => b"\x1b[2m",
            Tone::Bad => b"\x1b[31m",
        }
    }
}

const OFF: &[u8] = b"\x1b[0m";

/// Text for people, written straight into the output's buffer.
#[derive(Debug)]
pub struct Words<'a> {
    buffer: &'a mut Vec<u8>,
    style: Style,
}

impl<'a> Words<'a> {
    pub(super) fn new(buffer: &'a mut Vec<u8>, style: Style) -> Self {
        Words { buffer, style }
    }

    /// Text that does not stand out.
    pub fn plain(&mut self, text: impl Display) -> &mut Self {
        self.write(Tone::Plain, text, Keep::Line)
    }

    /// An address.
    pub fn address(&mut self, text: impl Display) -> &mut Self {
        self.write(Tone::Address, text, Keep::Line)
    }

    /// Text that is less important than the rest.
    pub fn dim(&mut self, text: impl Display) -> &mut Self {
        self.write(Tone::Dim, text, Keep::Line)
    }

    /// Text that reports an error.
    pub fn bad(&mut self, text: impl Display) -> &mut Self {
        self.write(Tone::Bad, text, Keep::Line)
    }

    /// Text of several lines, such as an answer; its line feeds and tabs stay.
    pub fn lines(&mut self, text: impl Display) -> &mut Self {
        self.write(Tone::Plain, text, Keep::Lines)
    }

    /// Ends a line. The last one of a document is ended by the printer.
    pub fn end_line(&mut self) -> &mut Self {
        self.buffer.push(b'\n');
        self
    }

    pub(super) fn write(&mut self, tone: Tone, text: impl Display, keep: Keep) -> &mut Self {
        let colored = self.style.color && tone != Tone::Plain;
        if colored {
            self.buffer.extend_from_slice(tone.on());
        }
        let start = self.buffer.len();
        let written = write!(self.buffer, "{text}");
        debug_assert!(written.is_ok(), "a Display failed, and a Vec never does");
        if self.style.sanitize {
            sanitize(self.buffer, start, keep);
        }
        if colored {
            self.buffer.extend_from_slice(OFF);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(style: Style, build: impl FnOnce(&mut Words)) -> String {
        let mut buffer = Vec::new();
        build(&mut Words::new(&mut buffer, style));
        String::from_utf8(buffer).expect("words are text")
    }

    fn sentence(words: &mut Words) {
        words.address("/a").plain(" = ").plain(0.8);
        words.dim("  (revision 12)").end_line().bad("wrong");
    }

    #[test]
    fn colour_is_only_added_when_it_is_on() {
        let off = built(Style::default(), sentence);
        assert_eq!(off, "/a = 0.8  (revision 12)\nwrong");
        let style = Style {
            color: true,
            sanitize: true,
        };
        assert_eq!(
            built(style, sentence),
            "\x1b[36m/a\x1b[0m = 0.8\x1b[2m  (revision 12)\x1b[0m\n\x1b[31mwrong\x1b[0m"
        );
    }

    #[test]
    fn text_of_others_cannot_add_its_own() {
        let hostile = "\x1b[2J\n";
        let terminal = Style {
            color: false,
            sanitize: true,
        };
        let shown = |style| built(style, |words| _ = words.plain(hostile));
        assert_eq!(shown(terminal), "\\u001b[2J\\n");
        assert_eq!(shown(Style::default()), hostile);
        let shown = built(terminal, |words| _ = words.lines(hostile));
        assert_eq!(shown, "\\u001b[2J\n");
    }
}
