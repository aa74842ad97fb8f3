//! Completion in a shell: the line that is being typed enters, candidates leave, quoted so that the
//! shell reads each back as it is.
//!
//! Candidates come from elsewhere (addresses of a router, ids of a service), so they are data: what
//! is inserted is one word, whatever characters it has. One with a control character, which could
//! not be typed or seen, is left out.
//!
//! `TREFOIL_COMPLETE=SHELL trefoil` prints the script to be sourced; with words behind `--`, the
//! candidates for the last of them. The variable is our own: others use `COMPLETE`.

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
use crate::config::profile::By;
use crate::text::command_line;

/// The variable that asks for completion.
pub const VARIABLE: &str = "TREFOIL_COMPLETE";

/// The shells that can ask. PowerShell has a static script only: it inserts what it gets as it is.
pub const SHELLS: Shells<'static> = Shells(&[&bash::BASH, &elvish::ELVISH, &fish::FISH, &zsh::ZSH]);

/// A shell that can ask: how it is taught to, and how it is answered.
struct Shell {
    name: &'static str,
    /// Writes the script to be sourced.
    register: fn(&Registration<'_>, &mut dyn Write) -> io::Result<()>,
    /// Reads the words behind `--`, and writes what the candidates for them are to that shell.
    answer: fn(Vec<OsString>, &mut Find<'_>, &mut dyn Write) -> io::Result<()>,
}

/// What a script is made of.
struct Registration<'a> {
    /// The variable that asks for completion.
    variable: &'a str,
    /// The program's name.
    name: &'a str,
    /// What is typed to run it.
    program: &'a str,
    /// What the script runs to ask.
    completer: &'a str,
}

/// [`candidates`] for the last of these words.
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

/// What may be inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    /// The whole word, not quoted.
    word: String,
    /// What it is, in a few words; may be empty.
    description: String,
}

impl Candidate {
    /// Whether more of the word is to be typed behind it.
    fn is_beginning(&self) -> bool {
        self.word.ends_with(['/', '=', ':'])
    }

    /// A line: the word, a tab, and the description.
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\t{}", self.word, self.description)
    }
}

/// The candidates for the last of these words, which are not quoted and begin with the program. The
/// profile that is typed there counts.
fn candidates(
    command: &mut Command,
    line: Vec<String>,
    directory: Option<&Path>,
) -> io::Result<Vec<Candidate>> {
    if let Some(name) = command_line::option(line.iter().cloned(), "--profile") {
        choose(name, By::Flag);
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

/// The words of a command line, for a shell that has taken the quotes off all of them.
fn unquoted(args: Vec<OsString>) -> Vec<String> {
    let text = |arg: OsString| arg.to_string_lossy().into_owned();
    args.into_iter().map(text).collect()
}

/// A word in single quotes, as POSIX shells read it.
fn in_single_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
