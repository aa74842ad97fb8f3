//! trefoil under strace, which makes calls of the system fail.

use std::path::Path;
use std::process::Command;

use super::Trefoil;
use super::skip::skip;

/// Whether strace can make calls fail; if not, prints what is skipped, and fails in CI.
pub fn strace_or_skip(what: &str) -> bool {
    let inject = "inject=exit_group:delay_enter=1";
    let tried = Command::new("strace")
        .args([
            "-f",
            "-o",
            "/dev/null",
            "-e",
            "trace=exit_group",
            "-e",
            inject,
            "true",
        ])
        .output();
    if tried.as_ref().is_ok_and(|tried| tried.status.success()) {
        return true;
    }
    skip(
        what,
        &format!("no strace of Debian or no right to trace: {tried:?}"),
    );
    false
}

impl Trefoil {
    /// This call of the system fails with EIO, at these of the calls of each thread: `4`, or `2+` from the
    /// second on. With a file, at the calls for that.
    pub fn failing(self, call: &str, when: &str, file: Option<&Path>) -> Trefoil {
        let inject = format!("inject={call}:error=EIO:when={when}");
        let trace = format!("trace={call}");
        // -D: trefoil is the child, and not strace.
        let mut args = vec!["-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"];
        args.extend(["-e", &trace, "-e", &inject]);
        if let Some(file) = file {
            args.extend(["-P", file.to_str().expect("UTF-8")]);
        }
        self.within("strace", &args)
    }
}
