//! Pictures on a terminal. Takes the bytes of an image file; gives the escape sequence that shows
//! it.
//!
//! Two protocols take the file as it is: iTerm2's takes any format, kitty's takes PNG. (Sixel takes
//! pixels, so it would need a decoder for each format.)

use std::env;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How a terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Iterm,
    Kitty,
}

/// The longest chunk of kitty's protocol, in bytes of base64.
const CHUNK: usize = 4096;

/// Whether this terminal is known to show pictures.
pub fn is_shown_here() -> bool {
    protocol(|name| env::var(name).ok()).is_some()
}

/// The escape sequence that shows a picture on this terminal; None if it cannot show this format.
pub fn inline(bytes: &[u8]) -> Option<Vec<u8>> {
    shown(protocol(|name| env::var(name).ok())?, bytes)
}

fn protocol(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let has = |name: &str, values: &[&str]| {
        variable(name).is_some_and(|value| values.contains(&value.as_str()))
    };
    // Inside tmux or screen the sequences do not get through.
    if variable("TMUX").is_some() || variable("STY").is_some() {
        return None;
    }
    if has("TERM_PROGRAM", &["iTerm.app", "WezTerm"]) {
        return Some(Protocol::Iterm);
    }
    let kitty = variable("KITTY_WINDOW_ID").is_some()
        || has("TERM", &["xterm-kitty", "xterm-ghostty"])
        || has("TERM_PROGRAM", &["ghostty"]);
    kitty.then_some(Protocol::Kitty)
}

fn shown(protocol: Protocol, bytes: &[u8]) -> Option<Vec<u8>> {
    let text = STANDARD.encode(bytes);
    match protocol {
        Protocol::Iterm => {
            let size = bytes.len();
            Some(format!("\x1b]1337;File=inline=1;size={size}:{text}\x07\n").into_bytes())
        }
        Protocol::Kitty if bytes.starts_with(b"\x89PNG") => {
            let mut out = Vec::with_capacity(text.len() + text.len() / 100 + 64);
            let mut chunks = text.as_bytes().chunks(CHUNK).peekable();
            let mut head = "a=T,f=100,";
            while let Some(chunk) = chunks.next() {
                let more = u8::from(chunks.peek().is_some());
                out.extend_from_slice(format!("\x1b_G{head}m={more};").as_bytes());
                out.extend_from_slice(chunk);
                out.extend_from_slice(b"\x1b\\");
                head = "";
            }
            out.push(b'\n');
            Some(out)
        }
        Protocol::Kitty => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_known_by_its_variables() {
        type Variables<'v> = &'v [(&'v str, &'v str)];
        let table: [(Variables<'_>, Option<Protocol>); 6] = [
            (&[], None),
            (&[("TERM", "xterm-256color")], None),
            (&[("TERM_PROGRAM", "iTerm.app")], Some(Protocol::Iterm)),
            (&[("TERM", "xterm-kitty")], Some(Protocol::Kitty)),
            (&[("KITTY_WINDOW_ID", "1")], Some(Protocol::Kitty)),
            (&[("KITTY_WINDOW_ID", "1"), ("TMUX", "x")], None),
        ];
        for (variables, expected) in table {
            let found = protocol(|name| {
                let mut variables = variables.iter();
                variables
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found, expected, "{variables:?}");
        }
    }

    #[test]
    fn pictures_are_sent_in_chunks_that_the_terminal_takes() {
        let png = [b"\x89PNG".as_slice(), &[7; 10_000]].concat();
        let sequence = shown(Protocol::Kitty, &png).expect("a PNG");
        let text = String::from_utf8(sequence).expect("ASCII");
        let chunks: Vec<&str> = text.split("\x1b_G").skip(1).collect();
        assert_eq!(chunks.len(), 4);
        assert!(chunks[0].starts_with("a=T,f=100,m=1;") && chunks[3].starts_with("m=0;"));
        assert_eq!(shown(Protocol::Kitty, b"\xff\xd8jpeg"), None);
        let sequence = shown(Protocol::Iterm, b"\xff\xd8jpeg").expect("any format");
        assert!(sequence.starts_with(b"\x1b]1337;File=inline=1;size=6:/9hq"));
    }
}
