//! One line of a screen. Takes text with its tone; gives text of a known width.
//!
//! The width is counted in columns of the terminal: `光` takes two, a combining accent none.
//! Dangerous characters are escaped before the width is measured, because escaped text is longer.

use std::fmt::Display;

use unicode_width::UnicodeWidthStr;

use crate::term::fit::{fit, safe};
use crate::term::sanitize::Keep;
use crate::term::styled::{Style, Tone, Words};

/// A line of a screen, built from left to right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    words: Vec<(Tone, String)>,
    width: usize,
}

impl Line {
    /// Text that does not stand out.
    pub fn plain(&mut self, text: impl Display) -> &mut Self {
        self.push(Tone::Plain, text)
    }

    /// An address.
    pub fn address(&mut self, text: impl Display) -> &mut Self {
        self.push(Tone::Address, text)
    }

    /// Text that is less important than the rest.
    pub fn dim(&mut self, text: impl Display) -> &mut Self {
        self.push(Tone::Dim, text)
    }

    /// Text that reports an error.
    pub fn bad(&mut self, text: impl Display) -> &mut Self {
        self.push(Tone::Bad, text)
    }

    /// Continues at this column, counted from 0. Does nothing if the line is longer already.
    pub fn to(&mut self, column: usize) -> &mut Self {
        let gap = column.saturating_sub(self.width);
        if gap > 0 {
            self.push(Tone::Plain, format_args!("{:gap$}", ""));
        }
        self
    }

    /// The number of columns that the line takes.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The text without its tones.
    pub fn text(&self) -> String {
        self.words.iter().map(|(_, text)| text.as_str()).collect()
    }

    fn push(&mut self, tone: Tone, text: impl Display) -> &mut Self {
        let text = safe(&text.to_string());
        self.width += text.width();
        self.words.push((tone, text));
        self
    }

    /// Writes the line for a terminal with this number of columns; text beyond them is left out.
    pub(super) fn write(&self, buffer: &mut Vec<u8>, color: bool, columns: usize) {
        let style = Style {
            color,
            sanitize: true,
        };
        let (mut at, mut sure) = (0, true);
        for (tone, text) in &self.words {
            let text = fit(text, columns - at);
            if text.is_empty() {
                continue;
            }
            // Terminals differ in which characters are wide. After such a character the cursor is
            // therefore set to the column explicitly.
            if !sure {
                buffer.extend_from_slice(format!("\x1b[{}G", at + 1).as_bytes());
            }
            Words::new(buffer, style).write(*tone, &text, Keep::Line);
            sure &= text.is_ascii();
            at += text.width();
        }
        if at < columns {
            buffer.extend_from_slice(b"\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::fit::{fit_end, width};

    #[test]
    fn a_text_is_cut_by_what_a_terminal_shows() {
        let table = [
            ("0.5", 3, "0.5", "0.5"),
            ("abcdef", 4, "abc…", "…def"),
            ("光光光", 6, "光光光", "光光光"),
            ("光光光", 5, "光光…", "…光光"),
            ("光光光", 4, "光…", "…光"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…", "…e\u{301}"),
            ("abc", 1, "…", "…"),
            ("abc", 0, "", ""),
            ("", 0, "", ""),
        ];
        for (text, columns, head, tail) in table {
            assert_eq!(fit(text, columns), head, "{text} in {columns}");
            assert!(fit(text, columns).width() <= columns);
            assert!(fit_end(text, columns).width() <= columns);
            let tail = tail.trim_start_matches('\u{301}');
            assert_eq!(
                fit_end(text, columns).replace("…\u{301}", "…"),
                tail,
                "{text} in {columns}"
            );
        }
    }

    #[test]
    fn hostile_text_is_escaped_before_it_is_measured() {
        assert_eq!(width("\x1b[2J"), "\\u001b[2J".len());
        assert_eq!(fit("\x1b]0;owned\x07", 12), "\\u001b]0;ow…");
        assert_eq!(fit_end("/a\n/b", 8), "/a\\n/b");
        let mut line = Line::default();
        line.address("/a\x1b[2J").to(20).plain("1\r2");
        assert_eq!(line.text(), "/a\\u001b[2J         1\\r2");
        assert_eq!(line.width(), 24);
    }

    #[test]
    fn a_line_is_written_as_wide_as_the_terminal() {
        let mut line = Line::default();
        line.address("/a").to(4).plain("光").to(8).dim("end");
        let written = |color, columns| {
            let mut buffer = Vec::new();
            line.write(&mut buffer, color, columns);
            String::from_utf8(buffer).expect("text")
        };
        // After a wide character every column is set explicitly.
        assert_eq!(written(false, 20), "/a  光\x1b[7G  \x1b[9Gend\x1b[K");
        assert_eq!(written(false, 11), "/a  光\x1b[7G  \x1b[9Gend");
        assert_eq!(written(false, 10), "/a  光\x1b[7G  \x1b[9Ge…");
        assert!(written(true, 20).starts_with("\x1b[36m/a\x1b[0m"));
    }
}
