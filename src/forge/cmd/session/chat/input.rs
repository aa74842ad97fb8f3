//! Parses what was typed in a chat. Takes text; gives a prompt or a command.
//!
//! ```text
//! hello                      says hello
//! hello \                    goes on in the next line
//! """                        … until the next """, everything as it is
//! /state                     a command
//! //state                    says /state
//! ```

/// The delimiter of a text of several lines.
const BLOCK: &str = "\"\"\"";

/// The commands, for suggestions after a typing mistake.
pub const COMMANDS: [&str; 4] = ["/file", "/state", "/help", "/quit"];

/// The input of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Nothing.
    Nothing,
    /// A prompt for the session.
    Prompt(String),
    /// A file for the next prompt.
    File(String),
    /// Show the session's state.
    State,
    /// Show the commands.
    Help,
    /// End the chat.
    Quit,
    /// An unknown command.
    Unknown(String),
}

/// Whether the text is complete, so that Enter ends it.
pub fn is_complete(text: &str) -> bool {
    match text.trim().strip_prefix(BLOCK) {
        Some(block) => block.ends_with(BLOCK),
        None => !continues(text),
    }
}

/// Parses the text.
pub fn read(typed: &str) -> Input {
    let text = typed.trim();
    if let Some(block) = text.strip_prefix(BLOCK) {
        let block = block.strip_suffix(BLOCK).unwrap_or(block);
        let block = block.strip_prefix('\n').unwrap_or(block);
        let block = block.strip_suffix('\n').unwrap_or(block);
        return if block.trim().is_empty() {
            Input::Nothing
        } else {
            Input::Prompt(block.to_owned())
        };
    }
    let text = joined(text);
    if text.is_empty() {
        return Input::Nothing;
    }
    if text.starts_with("//") {
        return Input::Prompt(text[1..].to_owned());
    }
    if !text.starts_with('/') {
        return Input::Prompt(text);
    }
    let (command, rest) = match text.split_once(char::is_whitespace) {
        Some((command, rest)) => (command, rest.trim()),
        None => (text.as_str(), ""),
    };
    match (command, rest) {
        ("/file", path) => Input::File(path.to_owned()),
        ("/state", "") => Input::State,
        ("/help", "") => Input::Help,
        ("/quit" | "/exit", "") => Input::Quit,
        _ => Input::Unknown(command.to_owned()),
    }
}

/// Whether a line continues in the next one: it ends with an odd number of backslashes.
fn continues(line: &str) -> bool {
    let backslashes = line.bytes().rev().take_while(|b| *b == b'\\').count();
    backslashes % 2 == 1
}

/// Joins the lines and removes the backslashes at their ends.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.split('\n') {
        if !joined.is_empty() {
            joined.push('\n');
        }
        let line = if continues(line) {
            &line[..line.len() - 1]
        } else {
            line
        };
        joined.push_str(line);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_said_unless_it_is_a_command() {
        let prompt = |text: &str| Input::Prompt(text.to_owned());
        for (typed, meant) in [
            ("hello", prompt("hello")),
            (" hello \n", prompt("hello")),
            ("one \\\ntwo\\\n\nthree", prompt("one \ntwo\n\nthree")),
            ("C:\\\\", prompt("C:\\\\")),
            ("\"\"\"\na \\\n /quit\n\"\"\"", prompt("a \\\n /quit")),
            ("\"\"\"x\"\"\"", prompt("x")),
            ("\"\"\"\n\"\"\"", Input::Nothing),
            ("//etc/hosts is what?", prompt("/etc/hosts is what?")),
            ("/", Input::Unknown("/".to_owned())),
            (
                "/etc/hosts is what?",
                Input::Unknown("/etc/hosts".to_owned()),
            ),
            ("/state now", Input::Unknown("/state".to_owned())),
            ("/state", Input::State),
            ("/help", Input::Help),
            ("/quit", Input::Quit),
            ("/exit", Input::Quit),
            ("/file a b.png ", Input::File("a b.png".to_owned())),
            ("/file", Input::File(String::new())),
            ("", Input::Nothing),
            (" \n ", Input::Nothing),
        ] {
            assert_eq!(read(typed), meant, "{typed:?}");
        }
    }

    #[test]
    fn enter_ends_a_text_or_a_line_of_it() {
        for (text, complete) in [
            ("", true),
            ("hello", true),
            ("hello\\", false),
            ("hello\\\\", true),
            ("hello\\\nworld", true),
            ("\"\"\"", false),
            ("\"\"\"\nhello", false),
            ("\"\"\"\nhello\n\"\"\"", true),
            ("\"\"\"\"\"\"", true),
            ("say \"\"\"", true),
        ] {
            assert_eq!(is_complete(text), complete, "{text:?}");
        }
    }
}
