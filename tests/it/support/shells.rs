//! Shells on a terminal. Debian has them all; `.ci/run` installs what is missing.

use std::path::PathBuf;

use super::dir::Dir;
use super::skip::skip;
use super::trefoil::{Trefoil, program};

/// The path of a shell; None if it is missing, then it prints what is skipped.
pub fn shell_or_skip(name: &str) -> Option<PathBuf> {
    let found = ["/usr/bin", "/bin", "/usr/local/bin"]
        .map(|room| PathBuf::from(room).join(name))
        .into_iter()
        .find(|path| path.is_file());
    if found.is_none() {
        skip(name, &format!("no {name}: apt-get install {name}"));
    }
    found
}

/// A shell that is ready to be started in a home directory.
pub fn start(shell: &std::path::Path, args: &[&str], home: &Dir) -> Trefoil {
    program(shell, args).in_home(home)
}
