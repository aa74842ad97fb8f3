//! Completion in elvish. Takes words without their quotes; gives one candidate per line, which
//! elvish quotes.

use std::ffi::OsString;
use std::io::{self, Write};

use clap_complete::env::{self, EnvCompleter};

use super::{Find, Registration, Shell, unquoted};

/// elvish.
pub const ELVISH: Shell = Shell {
    name: "elvish",
    register,
    answer,
};

fn register(of: &Registration<'_>, out: &mut dyn Write) -> io::Result<()> {
    env::Elvish.write_registration(of.variable, of.name, of.program, of.completer, out)
}

fn answer(args: Vec<OsString>, find: &mut Find<'_>, out: &mut dyn Write) -> io::Result<()> {
    find(unquoted(args))?
        .iter()
        .try_for_each(|candidate| writeln!(out, "{}", candidate.word))
}
