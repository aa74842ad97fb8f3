//! The only module that talks to the user: everything that is printed goes through it.
//!
//! [`Printer`] takes data and writes it to stdout. [`Console`] takes notes, warnings, errors and
//! progress and writes them to stderr. The options in [`OutputArgs`] and the [`Environment`] decide
//! the form of both. [`screen`] is a full-screen view: it takes frames and gives keys.

pub mod child;
mod console;
mod editor;
mod filter;
mod fit;
mod interrupt;
mod output;
pub mod picture;
mod predicate;
mod printer;
mod progress;
mod progress_line;
mod prompt;
mod report;
mod sanitize;
pub mod screen;
pub mod stdio;
mod styled;
mod table;
#[cfg(test)]
mod test_output;
mod time_limits;
mod trace;

pub use console::Console;
pub use editor::{Editor, Typed};
pub use interrupt::{Interrupt, end_as_first_process};
pub use output::{Color, Environment, Errors, Form, Output, OutputArgs, OutputError};
pub use predicate::Predicate;
pub use printer::Printer;
pub use progress::Progress;
pub use report::Report;
pub use stdio::{Stdin, reader_gone};
pub use styled::Words;
pub use table::{Align, Cells, Column, Row, TooWide};
pub use time_limits::{TimeLimits, TimeUp};

use crate::error::Failure;

/// Both sides of the user's terminal.
#[derive(Debug)]
pub struct Terminal {
    /// Data, on stdout.
    pub printer: Printer,
    /// Everything else, on stderr.
    pub console: Console,
}

impl Terminal {
    /// Sets up both sides. Fails when the `--jq` filter does not compile, when an option needs
    /// another one, or when the file of `--trace` cannot be written. Print that failure with a new
    /// [`Console`], which cannot fail.
    pub fn new(args: &OutputArgs, environment: &Environment) -> Result<Self, Failure> {
        let printer = Printer::new(args, environment)?;
        let console = Console::new(args, environment);
        let trace = trace::begin(args, environment, &console)?;
        Ok(Terminal {
            printer,
            console: console.with_trace(trace),
        })
    }
}
