//! The line on stderr that a progress bar is drawn on. Takes the drawing commands of indicatif;
//! gives escape sequences.
//!
//! The line is three columns narrower than the terminal. indicatif fills its line up to the end;
//! the `^C` that a terminal echoes would then go to the next line, and the bar would not be
//! removed.

use std::io::{self, Write, stderr};

use indicatif::{ProgressDrawTarget, TermLike};

/// Columns that are left free: two for `^C`, and one because a cursor in the last column wraps.
const RESERVED: u16 = 3;

/// How often the line is drawn at most.
const REDRAWS_PER_SECOND: u8 = 20;

/// The width when the terminal does not report one.
const DEFAULT_WIDTH: u16 = 80;

/// The target that every progress bar draws on.
pub(super) fn draw_target() -> ProgressDrawTarget {
    ProgressDrawTarget::term_like_with_hz(Box::new(ProgressLine), REDRAWS_PER_SECOND)
}

#[derive(Debug)]
struct ProgressLine;

/// Moves the cursor. Nothing is written for 0, which a terminal would take for 1.
fn moved(by: usize, way: char) -> io::Result<()> {
    match by {
        0 => Ok(()),
        by => write!(stderr(), "\x1b[{by}{way}"),
    }
}

impl TermLike for ProgressLine {
    fn width(&self) -> u16 {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr());
        let columns = size.map_or(0, |size| size.ws_col);
        let columns = if columns == 0 { DEFAULT_WIDTH } else { columns };
        columns.saturating_sub(RESERVED).max(1)
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
