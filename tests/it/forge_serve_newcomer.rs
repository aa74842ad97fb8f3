//! `forge serve` for somebody who tries it: a relative path, programs that are no `claude`, and what
//! the client says then.

use std::os::unix::fs::symlink;

use crate::support::dir::Dir;
use crate::support::forge_service::{fake_acp, fake_claude};
use crate::support::{Trefoil, trefoil};

/// `forge serve ARGS -- sh -c SCRIPT`, in which `$0` is trefoil.
fn around(args: &[&str], script: &str) -> Trefoil {
    let trefoil_path = env!("CARGO_BIN_EXE_trefoil");
    trefoil(&["forge", "serve"])
        .args(args)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("ANTHROPIC_API_KEY", "sk-dummy")
        .env("TMPDIR", std::env::temp_dir())
        .around(&["sh", "-c", script, trefoil_path])
}

#[test]
fn a_relative_path_of_an_agent_is_of_the_folder_of_the_service() {
    let home = Dir::new();
    for (program, name) in [(fake_claude(), "my-claude"), (fake_acp(), "my-agent")] {
        symlink(program, home.path().join(name)).expect("a fresh directory");
    }
    let script = "$0 forge run hello -r && \
                  $0 forge session exec --agent mine -- \
                  sh -c '\"$0\" forge session turn \"$FORGE_SESSION\" hello -r' \"$0\"";
    let args = [
        "--claude",
        "./my-claude",
        "--agent-command",
        "mine=./my-agent",
    ];
    around(&args, script)
        .in_home(&home)
        .run()
        .done()
        .prints("1: hello\n1: hello\n");
}

/// The stand-in of docs/forge-agents.md, as it is printed there.
