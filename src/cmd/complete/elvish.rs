//! elvish: words without their quotes enter, a candidate a line leaves. elvish quotes what it
//! inserts.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

use super::{candidates, unquoted};

/// elvish.
pub struct Elvish;

impl EnvCompleter for Elvish {
    fn name(&self) -> &'static str {
        "elvish"
    }

    fn is(&self, name: &str) -> bool {
        name == "elvish"
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        env::Elvish.write_registration(variable, name, program, completer, out)
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let candidates = candidates(command, unquoted(args), directory)?;
        candidates
            .iter()
            .try_for_each(|candidate| writeln!(out, "{}", candidate.word))
    }
}
