//! Makes text from the network safe to show on a terminal.
//!
//! Takes any bytes; gives text that cannot move the cursor, and cannot hide, reorder or imitate
//! other text. Dangerous characters are escaped as in JSON (`\u001b`), so that a JSON document
//! stays the same document.

use std::fmt::Write;

/// Which control characters are not escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// None: the text is part of a line.
    Line,
    /// Line feeds and tabs: the text has lines of its own.
    Lines,
}

/// Escapes dangerous characters in `buffer` from `start` on.
pub(super) fn sanitize(buffer: &mut Vec<u8>, start: usize, keep: Keep) {
    let harmless = |byte: &u8| matches!(byte, 0x20..0x7f) || kept(*byte, keep);
    // Nearly all text is plain ASCII, which is not copied.
    let Some(first) = buffer[start..].iter().position(|byte| !harmless(byte)) else {
        return;
    };
    let tail = buffer.split_off(start + first);
    let mut safe = String::with_capacity(tail.len() * 2);
    for chunk in tail.utf8_chunks() {
        // The character before, within this valid chunk.
        let mut last = None;
        for c in chunk.valid().chars() {
            let is_kept = u8::try_from(c).is_ok_and(|byte| kept(byte, keep)) || joins(last, c);
            if is_dangerous(c) && !is_kept {
                escape(&mut safe, c);
            } else {
                safe.push(c);
            }
            last = Some(c);
        }
        for byte in chunk.invalid() {
            // An 8-bit terminal may take 0x9b for the start of a control sequence.
            let _ = write!(safe, "\\x{byte:02x}");
        }
    }
    buffer.extend_from_slice(safe.as_bytes());
}

fn kept(byte: u8, keep: Keep) -> bool {
    keep == Keep::Lines && matches!(byte, b'\n' | b'\t')
}

/// Whether a character is a joiner or non-joiner (ZWJ, ZWNJ) that has a meaning here: after a
/// letter of a script that uses them (these scripts begin with Arabic, U+0600), or after an emoji.
/// Between Latin, Greek or Cyrillic letters it would only be invisible.
fn joins(last: Option<char>, c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}') && last.is_some_and(|c| c >= '\u{600}' && !is_dangerous(c))
}

fn escape(safe: &mut String, c: char) {
    match c {
        '\n' => safe.push_str("\\n"),
        '\r' => safe.push_str("\\r"),
        '\t' => safe.push_str("\\t"),
        c => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
}

fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Invisible: soft hyphen, Mongolian vowel separator, zero-width space and joiners,
            // word joiner and invisible operators, byte order mark, interlinear annotations.
            '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}'
            | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            // Reordering: the marks, embeddings, overrides and isolates of bidirectional text.
            | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            // Line and paragraph separators.
            | '\u{2028}' | '\u{2029}'
            // Tags, in which a whole invisible text can be written.
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], keep: Keep) -> String {
        let mut buffer = b"before ".to_vec();
        let start = buffer.len();
        buffer.extend_from_slice(bytes);
        sanitize(&mut buffer, start, keep);
        String::from_utf8(buffer[start..].to_vec()).expect("what is shown is UTF-8")
    }

    fn line(text: &str) -> String {
        shown(text.as_bytes(), Keep::Line)
    }

    #[test]
    fn honest_text_is_left_alone() {
        for text in ["", "/lights/front", "{\"r\":255}", "größe 光 🎭 é", "a\\nb"] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn text_of_every_script_is_text() {
        for text in [
            "مرحبا بالعالم",
            // Persian with ZWNJ, Hindi with ZWJ and ZWNJ, Sinhala, emoji joined to one.
            "می\u{200c}خواهم",
            "क्\u{200d}ष और क्\u{200c}ष",
            "ශ්\u{200d}රී",
            "👩\u{200d}💻 🏳\u{fe0f}\u{200d}🌈 👨\u{200d}👩\u{200d}👧",
            "שלום",
        ] {
            assert_eq!(line(text), text);
        }
        // Elsewhere they are invisible and only hide something.
        assert_eq!(line("ad\u{200d}min"), "ad\\u200dmin");
        assert_eq!(line("\u{200c}می"), "\\u200cمی");
        assert_eq!(
            line("م\u{200c}\u{200c}\u{200c}ی"),
            "م\u{200c}\\u200c\\u200cی"
        );
        assert_eq!(line("م\u{202e}\u{200d}x"), "م\\u202e\\u200dx");
    }

    #[test]
    fn clearing_the_screen() {
        assert_eq!(line("\x1b[2J\x1b[H"), "\\u001b[2J\\u001b[H");
    }

    #[test]
    fn retitling_the_window() {
        assert_eq!(line("\x1b]0;root\x07"), "\\u001b]0;root\\u0007");
    }

    #[test]
    fn writing_the_clipboard() {
        assert_eq!(
            line("\x1b]52;c;cm0gLXJm\x1b\\"),
            "\\u001b]52;c;cm0gLXJm\\u001b\\"
        );
    }

    #[test]
    fn eight_bit_control_sequences() {
        assert_eq!(line("\u{9b}31m\u{85}"), "\\u009b31m\\u0085");
        assert_eq!(shown(b"a\x9b31m\xff", Keep::Line), "a\\x9b31m\\xff");
    }

    #[test]
    fn overwriting_the_line() {
        assert_eq!(line("bad\rgood"), "bad\\rgood");
        assert_eq!(
            line("bad\x08\x08\x08\x7f"),
            "bad\\u0008\\u0008\\u0008\\u007f"
        );
        assert_eq!(shown(b"bad\rgood", Keep::Lines), "bad\\rgood");
    }

    #[test]
    fn forging_a_second_line() {
        assert_eq!(line("1\nerror: \t2"), "1\\nerror: \\t2");
        assert_eq!(line("1\u{2028}2\u{2029}3"), "1\\u20282\\u20293");
        assert_eq!(shown(b"1\n\t2", Keep::Lines), "1\n\t2");
    }

    #[test]
    fn reversing_the_text() {
        assert_eq!(line("/a/\u{202e}dlo"), "/a/\\u202edlo");
        assert_eq!(line("\u{2066}x\u{2069}\u{200f}"), "\\u2066x\\u2069\\u200f");
    }

    #[test]
    fn hiding_in_plain_sight() {
        assert_eq!(line("ad\u{200b}min\u{feff}"), "ad\\u200bmin\\ufeff");
        assert_eq!(line("\u{e0041}"), "\\udb40\\udc41");
    }

    #[test]
    fn a_json_document_stays_the_same_document() {
        let text = "é\u{7f}\u{202e}\u{9b}\u{e0041}\u{feff}";
        let json = serde_json::to_string(text).expect("a string");
        let back: String = serde_json::from_str(&line(&json)).expect("still JSON");
        assert_eq!(back, text);
    }
}
