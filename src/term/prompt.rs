//! Asks the user at the terminal. Takes a question; gives the answer.
//!
//! It asks only if stdin and stderr are terminals; otherwise the failure names the option that
//! answers. It asks for a line and not for a key. So the cursor is never hidden, and the terminal
//! is in its usual mode except while a key is read: Ctrl-C ends the command at once (130), and no
//! mode must be restored.

use std::io::{ErrorKind, IsTerminal, stdin};

use dialoguer::Input;

use super::console::Console;
use crate::error::{Failure, Kind};

impl Console {
    /// Whether stdin and stderr are terminals, so that the user can be asked.
    pub fn can_ask(&self) -> bool {
        self.is_terminal() && stdin().is_terminal()
    }

    /// Asks a question that `--yes` answers. Every answer but yes means no.
    ///
    /// # Errors
    /// [`Kind::Refused`] for no; [`Kind::Usage`] without a terminal.
    pub fn agree(&self, question: &str) -> Result<(), Failure> {
        if self.is_agreed() {
            return Ok(());
        }
        if !self.can_ask() {
            return Err(Failure::usage(format!(
                "this needs a yes, and there is no terminal to ask at: {question}"
            ))
            .with_hint("Answer beforehand with --yes"));
        }
        if self.is_yes(question)? {
            Ok(())
        } else {
            Err(Failure::new(
                Kind::Refused,
                "nothing was done: the answer was no",
            ))
        }
    }

    /// Asks a question with the answers yes and no; Enter alone means no.
    ///
    /// # Errors
    /// The errors of [`ask`](Self::ask).
    pub fn is_yes(&self, question: &str) -> Result<bool, Failure> {
        let answer = self.ask(&format!("{question} [y/N]"), |text| {
            match text.to_ascii_lowercase().as_str() {
                "" | "y" | "yes" | "n" | "no" => Ok(()),
                _ => Err("y or n".to_owned()),
            }
        })?;
        Ok(answer.starts_with(['y', 'Y']))
    }

    /// Asks for a line, until `check` accepts it. Call [`can_ask`](Self::can_ask) first.
    ///
    /// # Errors
    /// [`Kind::Interrupted`] for Ctrl-C; [`Kind::Service`] when the terminal goes away.
    pub fn ask(
        &self,
        question: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Failure> {
        let input = Input::<String>::new()
            .with_prompt(question)
            .allow_empty(true)
            .validate_with(|text: &String| check(text.trim()));
        let answer = input
            .interact_text()
            .map_err(|dialoguer::Error::IO(error)| {
                match error.kind() {
                    // Ctrl-C where the signal is ignored, as in the background of a script.
                    ErrorKind::Interrupted => Failure::new(Kind::Interrupted, "interrupted"),
                    // This is not a mistake of the user, and another attempt would fail, too.
                    _ => Failure::new(
                        Kind::Service,
                        format!("cannot ask on this terminal: {error}"),
                    ),
                }
            })?;
        Ok(answer.trim().to_owned())
    }
}
