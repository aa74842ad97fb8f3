//! Completion in a shell. Takes the line that is being typed; gives candidates, quoted so that the
//! shell reads each one as one word.
//!
//! Candidates come from the network (addresses of a router, ids of a service), so they may contain
//! any characters and must still be inserted as one word. A candidate with a control character is
//! left out, because it could not be typed or seen.
//!
//! `TREFOIL_COMPLETE=SHELL trefoil` prints the script to be sourced; with words after `--`, the
//! candidates for the last of them. The usual variable `COMPLETE` is not used, because other
//! programs use it.

mod bash;
mod elvish;
mod fish;
mod zsh;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{EnvCompleter, Shells};

use crate::config::chosen::choose;
use crate::config::profile::ChosenBy;
use crate::text::command_line;

/// The variable that asks for completion.
pub const VARIABLE: &str = "TREFOIL_COMPLETE";

/// The shells with dynamic completion. PowerShell has only a static script, because it does not
/// quote what it inserts.
pub const SHELLS: Shells<'static> = Shells(&[&bash::BASH, &elvish::ELVISH, &fish::FISH, &zsh::ZSH]);

/// A shell with dynamic completion: its script, and how it gets candidates.
struct Shell {
    name: &'static str,
    /// Writes the script to be sourced.
    register: fn(&Registration<'_>, &mut dyn Write) -> io::Result<()>,
    /// Takes the words after `--` and writes the candidates in the form of that shell.
    answer: fn(Vec<OsString>, &mut Find<'_>, &mut dyn Write) -> io::Result<()>,
}

/// The variable parts of a script.
struct Registration<'a> {
    /// The variable that asks for completion.
    variable: &'a str,
    /// The program's name.
    name: &'a str,
    /// The command that is completed.
    program: &'a str,
    /// The command that the script runs to get candidates.
    completer: &'a str,
}

/// Finds the [`candidates`] for the last of these words.
type Find<'a> = dyn FnMut(Vec<String>) -> io::Result<Vec<Candidate>> + 'a;

impl EnvCompleter for Shell {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is(&self, name: &str) -> bool {
        name == self.name
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let registration = Registration {
            variable,
            name,
            program,
            completer,
        };
        (self.register)(&registration, out)
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut find = |words| candidates(command, words, directory);
        (self.answer)(args, &mut find, out)
    }
}

/// A candidate for the word at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    /// The whole word, not quoted.
    word: String,
    /// A description in a few words; may be empty.
    description: String,
}

impl Candidate {
    /// Whether the word continues after the candidate, so that no space is inserted.
    fn is_beginning(&self) -> bool {
        self.word.ends_with(['/', '=', ':'])
    }

    /// Writes a line: the word, a tab, and the description.
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\t{}", self.word, self.description)
    }
}

/// The candidates for the last of these words, which are without quotes and begin with the program.
/// A profile in the line is used.
fn candidates(
    command: &mut Command,
    line: Vec<String>,
    directory: Option<&Path>,
) -> io::Result<Vec<Candidate>> {
    if let Some(name) = command_line::option(line.iter().cloned(), "--profile") {
        choose(name, ChosenBy::Flag);
    }
    let last = line.len().saturating_sub(1);
    let args = line.iter().map(OsString::from).collect();
    command_line::complete(line);
    let found = clap_complete::engine::complete(command, args, last, directory)?;
    let candidates = found.iter().map(|candidate| Candidate {
        word: candidate.get_value().to_string_lossy().into_owned(),
        description: candidate
            .get_help()
            .map(|help| first_line(&help.to_string()))
            .unwrap_or_default(),
    });
    Ok(candidates
        .filter(|candidate| !candidate.word.chars().any(char::is_control))
        .collect())
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).collect()
}

/// The words of a command line, for a shell that has removed their quotes.
fn unquoted(args: Vec<OsString>) -> Vec<String> {
    let text = |arg: OsString| arg.to_string_lossy().into_owned();
    args.into_iter().map(text).collect()
}
