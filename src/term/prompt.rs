//! Questions to whoever sits at the terminal: a question enters, the answer leaves.
//!
//! Only where stdin and stderr are terminals; elsewhere the failure names the option that answers.
//! A line is asked for and not a key: the cursor is never hidden, and the terminal is in its usual
//! mode except while a key is read, so that Ctrl-C ends the command there and then (130) and leaves
//! nothing to be mended.

use std::io::{IsTerminal, stdin};

use dialoguer::Input;

use super::console::Console;
use crate::error::{Failure, Kind};

impl Console {
    /// Whether there is somebody to ask.
    pub fn can_ask(&self) -> bool {
        self.is_terminal() && stdin().is_terminal()
    }

    /// Asks a question that `--yes` answers; anything but a yes is a no.
    ///
    /// # Errors
    /// [`Kind::Refused`] for a no; [`Kind::Usage`] where nobody can be asked.
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

    /// Asks a question whose answer is no unless it is yes.
    ///
    /// # Errors
    /// When the terminal goes away.
    pub fn is_yes(&self, question: &str) -> Result<bool, Failure> {
        let answer = self.ask(&format!("{question} [y/N]"), |text| {
            match text.to_ascii_lowercase().as_str() {
                "" | "y" | "yes" | "n" | "no" => Ok(()),
                _ => Err("y or n".to_owned()),
            }
        })?;
        Ok(answer.starts_with(['y', 'Y']))
    }

    /// Asks for a line, again until `check` has nothing to say against it. Ask
    /// [`can_ask`](Self::can_ask) first.
    ///
    /// # Errors
    /// When the terminal goes away.
    pub fn ask(
        &self,
        question: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Failure> {
        let input = Input::<String>::new()
            .with_prompt(question)
            .allow_empty(true)
            .validate_with(|text: &String| check(text.trim()));
        // Not a mistake of the user's, and nothing that would go better the next time.
        let answer = input.interact_text().map_err(|error| {
            Failure::new(
                Kind::Service,
                format!("cannot ask on this terminal: {error}"),
            )
        })?;
        Ok(answer.trim().to_owned())
    }
}
