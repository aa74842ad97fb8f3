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
    cut(text, columns, |room| (room, 0))
}

/// The same, with what is missing at its beginning: of addresses, the end tells more.
pub fn fit_end(text: &str, columns: usize) -> String {
    cut(text, columns, |room| (0, room))
}

/// The same, with what is missing in its middle: of values, both ends tell what they are.
pub fn fit_middle(text: &str, columns: usize) -> String {
    cut(text, columns, |room| (room.div_ceil(2), room / 2))
}

/// Cuts a text that is too wide; `share` divides the columns beside the ellipsis between its
/// beginning and its end.
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

/// How many bytes of these characters fit into so many columns.
fn within(chars: impl Iterator<Item = char>, mut room: usize) -> usize {
    // A mark that belongs to what is cut needs no room, and has no place.
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
