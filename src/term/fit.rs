//! Takes text and a number of terminal columns, gives text that is safe to show and fits.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::sanitize::{Keep, sanitize};

/// The columns that a text takes, once it is safe to show.
pub fn width(text: &str) -> usize {
    if text.bytes().all(|byte| matches!(byte, 0x20..0x7f)) {
        text.len()
    } else {
        safe(text).width()
    }
}

/// The text made safe to show and cut to a width; an ellipsis stands for what is missing at its end.
pub fn fit(text: &str, columns: usize) -> String {
    let mut text = safe(text);
    if text.width() > columns {
        let keep = within(text.chars(), columns);
        let end = text.chars().take(keep).map(char::len_utf8).sum();
        text.truncate(end);
        if columns > 0 {
            text.push('…');
        }
    }
    text
}

/// The same, with what is missing at its beginning: of addresses, the end tells more.
pub fn fit_end(text: &str, columns: usize) -> String {
    let text = safe(text);
    if text.width() <= columns {
        return text;
    }
    let keep = within(text.chars().rev(), columns);
    let length: usize = text.chars().rev().take(keep).map(char::len_utf8).sum();
    match columns {
        0 => String::new(),
        _ => format!("…{}", &text[text.len() - length..]),
    }
}

/// How many of these characters leave room for an ellipsis.
fn within(chars: impl Iterator<Item = char>, columns: usize) -> usize {
    let mut room = columns.saturating_sub(1);
    chars
        .take_while(|c| {
            let wide = c.width().unwrap_or(0);
            let fits = wide <= room;
            room = room.saturating_sub(wide);
            fits
        })
        .count()
}

/// The text with everything escaped that a terminal would take for a command.
pub(super) fn safe(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    sanitize(&mut bytes, 0, Keep::Line);
    String::from_utf8_lossy(&bytes).into_owned()
}
