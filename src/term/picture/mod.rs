//! Pictures on a terminal. Takes the bytes of a PNG or JPEG file; gives the escape sequence that
//! shows it.
//!
//! | protocol | takes | how it is detected |
//! |---|---|---|
//! | iTerm2 | the file | environment variables |
//! | kitty | PNG | environment variables |
//! | sixel | pixels in up to 256 colours | the terminal is asked for its attributes |

mod attributes;
mod pixels;
mod sixel;

use std::env;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use pixels::{BadPicture, Pixels, is_png};
use sixel::sixel;

/// How a terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// iTerm2's.
    Iterm,
    /// kitty's.
    Kitty,
    /// DEC's graphics.
    Sixel,
}

/// The attribute of a terminal that shows sixel graphics.
const SIXEL: u16 = 4;

/// The longest chunk of kitty's protocol, in bytes of base64.
const CHUNK: usize = 4096;

impl Protocol {
    /// The protocol of this terminal. `None` if it cannot show pictures, as far as we can tell.
    pub fn of_terminal() -> Option<Protocol> {
        named(|name| env::var(name).ok()).or_else(|| {
            let attributes = attributes::ask()?;
            attributes.contains(&SIXEL).then_some(Protocol::Sixel)
        })
    }

    /// The escape sequence that shows a picture.
    ///
    /// # Errors
    /// The protocol needs the pixels, and the file cannot be read.
    pub fn sequence(self, file: &[u8]) -> Result<Vec<u8>, BadPicture> {
        match self {
            Protocol::Iterm => Ok(iterm(file)),
            Protocol::Kitty if is_png(file) => Ok(kitty(file)),
            Protocol::Kitty => Ok(kitty(&Pixels::read(file)?.to_png()?)),
            Protocol::Sixel => Ok(sixel(Pixels::read(file)?)),
        }
    }
}

/// The protocol of a terminal that is known by its environment variables.
fn named(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let has = |name: &str, values: &[&str]| {
        variable(name).is_some_and(|value| values.contains(&value.as_str()))
    };
    // tmux and screen do not pass on these sequences. A tmux that shows sixel says so when asked.
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

fn iterm(file: &[u8]) -> Vec<u8> {
    let (size, text) = (file.len(), STANDARD.encode(file));
    format!("\x1b]1337;File=inline=1;size={size}:{text}\x07\n").into_bytes()
}

fn kitty(png: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(png);
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
    out
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
            let found = named(|name| {
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
        let sequence = Protocol::Kitty.sequence(&png).expect("a PNG");
        let text = String::from_utf8(sequence).expect("ASCII");
        let chunks: Vec<&str> = text.split("\x1b_G").skip(1).collect();
        assert_eq!(chunks.len(), 4);
        assert!(chunks[0].starts_with("a=T,f=100,m=1;") && chunks[3].starts_with("m=0;"));
        let sequence = Protocol::Iterm.sequence(b"\xff\xd8jpeg").expect("any file");
        assert!(sequence.starts_with(b"\x1b]1337;File=inline=1;size=6:/9hq"));
    }

    /// A JPEG of 8 × 8 red pixels.
    pub fn red_jpeg() -> Vec<u8> {
        let text = [
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4R",
            "DgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU",
            "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAA",
            "AAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABwn/xAAUEQEAAAAAAAAAAAAA",
            "AAAAAAAA/9oADAMBAAIRAxEAPwCCABRUB//Z",
        ];
        STANDARD.decode(text.concat()).expect("base64")
    }

    #[test]
    fn a_jpeg_is_converted_for_terminals_that_do_not_take_it() {
        let kitty = Protocol::Kitty.sequence(&red_jpeg()).expect("converted");
        assert!(kitty.starts_with(b"\x1b_Ga=T,f=100,m=0;iVBORw0KGgo"));
        let sixel = Protocol::Sixel.sequence(&red_jpeg()).expect("converted");
        assert!(sixel.starts_with(b"\x1bP0;1;0q\"1;1;8;8#0;2;0;0;0"));
        assert!(Protocol::Kitty.sequence(b"\xff\xd8jpeg").is_err());
    }
}
