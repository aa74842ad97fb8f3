//! Prints levels for `-v`: takes levels, writes the end of a line.

use std::io::{self, Write};

/// Writes the levels other than 0 with their channels, as many as fit a line: `1=255 5=10`.
///
/// # Errors
/// The errors of the writer.
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
