//! Takes text and a number of terminal columns, gives text that is safe to show and fits.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::sanitize::{Keep, sanitize};

/// The number of columns that a text takes when everything dangerous in it is escaped.
pub fn width(text: &str) -> usize {
    if text.bytes().all(|byte| matches!(byte, 0x20..0x7f)) {
        text.len()
    } else {
        safe(text).width()
    }
}

/// The text, safe to show, cut at its end if it is too wide. An ellipsis replaces what is cut.
pub fn fit(text: &str, columns: usize) -> String {
    cut(text, columns, |room| (room, 0))
}

/// The text, safe to show, cut at its beginning if it is too wide: the end of an address says more
/// than its beginning.
pub fn fit_end(text: &str, columns: usize) -> String {
    cut(text, columns, |room| (0, room))
}

/// The text, safe to show, cut in its middle if it is too wide: of a value, both ends help to
/// recognize it.
pub fn fit_middle(text: &str, columns: usize) -> String {
    cut(text, columns, |room| (room.div_ceil(2), room / 2))
}

/// Cuts a text that is too wide. `share` takes the columns that are left beside the ellipsis, and
/// gives how many of them the beginning and the end of the text get.
fn cut(text: &str, columns: usize, share: impl Fn(usize) -> (usize, usize)) -> String {
    let text = safe(text);
    if text.width() <= columns {
        return text;
    }
    let Some(room) = columns.checked_sub(1) else {
        return String::new();
    };
    let (front, back) = share(room);
    let start = within(text.chars(), front);
    let end = text.len() - within(text.chars().rev(), back);
    format!("{}…{}", &text[..start], &text[end..])
}

/// How many bytes of these characters fit into this many columns.
fn within(chars: impl Iterator<Item = char>, mut room: usize) -> usize {
    // A combining mark has no width, but its letter is cut, so it must be cut, too.
    if room == 0 {
        return 0;
    }
    chars
        .map_while(|c| {
            room = room.checked_sub(c.width().unwrap_or(0))?;
            Some(c.len_utf8())
        })
        .sum()
}

/// The text with everything escaped that a terminal would take for a command.
pub(super) fn safe(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    sanitize(&mut bytes, 0, Keep::Line);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_is_cut_where_it_tells_least() {
        for (columns, end, beginning, middle) in [
            (10, "0123456789", "0123456789", "0123456789"),
            (9, "01234567…", "…23456789", "0123…6789"),
            (8, "0123456…", "…3456789", "0123…789"),
            (2, "0…", "…9", "0…"),
            (1, "…", "…", "…"),
            (0, "", "", ""),
        ] {
            let text = "0123456789";
            assert_eq!(fit(text, columns), end);
            assert_eq!(fit_end(text, columns), beginning);
            assert_eq!(fit_middle(text, columns), middle);
        }
        // A wide character is not cut in half.
        assert_eq!(fit_middle("光光光光", 6), "光…光");
        assert_eq!(fit_middle("a\n光光光光z", 8), "a\\n…光z");
    }
}
