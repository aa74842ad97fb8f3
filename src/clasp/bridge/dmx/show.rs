//! Levels for whoever watches: levels enter, the end of a line leaves.

use std::io::{self, Write};

/// The levels that are not 0, by their channels, as far as a line has room: `1=255 5=10`.
///
/// # Errors
/// The writer's own.
pub fn brief(levels: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let lit = levels.iter().enumerate().filter(|(_, level)| **level > 0);
    let mut is_dark = true;
    for (channel, level) in lit {
        let space = if is_dark { "" } else { " " };
        write!(out, "{space}{}={level}", channel + 1)?;
        is_dark = false;
    }
    if is_dark {
        write!(out, "all {} at 0", levels.len())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_lit_is_shown() {
        let shown = |levels: &[u8]| {
            let mut line = Vec::new();
            brief(levels, &mut line).expect("memory takes it");
            String::from_utf8(line).expect("it is text")
        };
        assert_eq!(shown(&[255, 0, 7]), "1=255 3=7");
        assert_eq!(shown(&[0, 0]), "all 2 at 0");
    }
}
