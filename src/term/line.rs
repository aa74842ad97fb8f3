//! The line on stderr that a progress bar is drawn on: what indicatif wants to show enters, escape
//! sequences leave.
//!
//! It is a little narrower than the terminal. indicatif fills its line up to the end, and the `^C`
//! that a terminal echoes would then stand on the next one, where nobody takes the bar away.

use std::io::{self, Write, stderr};

use indicatif::{ProgressDrawTarget, TermLike};

/// Room for `^C`, and for the column in which a terminal waits to wrap.
const ROOM: u16 = 3;

/// How often a line is drawn at most, a second.
const DRAWN: u8 = 20;

/// The columns where no terminal tells them.
const WIDTH: u16 = 80;

/// Where bars are drawn.
pub(super) fn target() -> ProgressDrawTarget {
    ProgressDrawTarget::term_like_with_hz(Box::new(Line), DRAWN)
}

#[derive(Debug)]
struct Line;

/// Moves the cursor, unless it is by nothing: that would be by one.
fn moved(by: usize, way: char) -> io::Result<()> {
    match by {
        0 => Ok(()),
        by => write!(stderr(), "\x1b[{by}{way}"),
    }
}

impl TermLike for Line {
    fn width(&self) -> u16 {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr());
        let columns = size.map_or(0, |size| size.ws_col);
        let columns = if columns == 0 { WIDTH } else { columns };
        columns.saturating_sub(ROOM).max(1)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        moved(lines, 'A')
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        moved(lines, 'B')
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        moved(columns, 'C')
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        moved(columns, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        stderr().write_all(format!("{text}\n").as_bytes())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        stderr().write_all(text.as_bytes())
    }

    fn clear_line(&self) -> io::Result<()> {
        stderr().write_all(b"\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        stderr().flush()
    }
}
