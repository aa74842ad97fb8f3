//! The only room that sees the user: everything printed goes through it.
//!
//! Data enters and bytes on stdout leave ([`Printer`]); notes, warnings, errors and progress enter
//! and lines on stderr leave ([`Console`]). What the user asked for in [`OutputArgs`] decides the
//! form of both, together with the [`Environment`]. A [`screen`] is for what moves: frames enter it
//! and keys leave.

pub mod child;
mod console;
mod editor;
mod filter;
mod fit;
mod hangup;
mod interrupt;
mod line;
mod output;
mod output_error;
#[cfg(test)]
mod paper;
pub mod picture;
mod predicate;
mod printer;
mod progress;
mod prompt;
mod report;
mod sanitize;
pub mod screen;
mod stdin;
pub mod stdout;
mod styled;
mod table;
mod trace;

pub use console::Console;
pub use editor::{Editor, Typed};
pub use hangup::reader_gone;
pub use interrupt::{Interrupt, end_as_first_process};
pub use output::{Color, Environment, Errors, Form, Output, OutputArgs};
pub use output_error::OutputError;
pub use predicate::Predicate;
pub use printer::Printer;
pub use progress::Progress;
pub use report::Report;
pub use stdin::Stdin;
pub use styled::Words;
pub use table::{Align, Cells, Column, Row};

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
    /// Sets up both sides. Fails when the `--jq` filter does not compile, or an option needs
    /// another, or the file of `--trace` cannot be written; print that with a [`Console`] of its own, which cannot fail.
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
