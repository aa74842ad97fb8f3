//! trefoil in namespaces of its own (`unshare`): as process 1 of a container, or with a resolver
//! that never answers.

use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::Trefoil;
use super::dir::Dir;
use super::skip::skip;

/// Whether this user may create namespaces; if not, prints what is skipped, and fails in CI.
pub fn unshare_or_skip(what: &str) -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "--pid", "--fork", "true"])
        .output();
    if tried.as_ref().is_ok_and(|tried| tried.status.success()) {
        return true;
    }
    skip(
        what,
        &format!("no unshare or no right to make namespaces: {tried:?}"),
    );
    false
}

impl Trefoil {
    /// As the first process of its PID namespace, as in a container.
    pub fn in_pid_namespace(self) -> Trefoil {
        self.within("unshare", &["-r", "--pid", "--fork", "--kill-child"])
    }

    /// With name lookups that never end: /etc/hosts is a FIFO without a writer.
    pub fn with_a_hanging_resolver(self) -> (Trefoil, Dir) {
        let dir = Dir::new();
        let fifo: PathBuf = dir.path().join("hosts");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::from_raw_mode(0o644), 0).expect("a FIFO");
        let script = format!("mount --bind {} /etc/hosts && exec \"$@\"", fifo.display());
        let args = ["-rm", "sh", "-c", &script, "sh"];
        (self.within("unshare", &args), dir)
    }

    /// With `folder` as a file system of one megabyte, most of which is filled by `filler`.
    pub fn on_a_small_disk(self, folder: &Path) -> Trefoil {
        let folder = folder.display();
        let script = format!(
            "mount -t tmpfs -o size=1m tmpfs {folder} && head -c 700000 /dev/zero >{folder}/filler && exec \"$@\""
        );
        self.within("unshare", &["-rm", "sh", "-c", &script, "sh"])
    }

    /// With `folder` as a read-only file system.
    pub fn with_read_only(self, folder: &Path) -> Trefoil {
        let folder = folder.display();
        let script = format!(
            "mount --bind {folder} {folder} && mount -o remount,bind,ro {folder} && exec \"$@\""
        );
        self.within("unshare", &["-rm", "sh", "-c", &script, "sh"])
    }

    pub(super) fn within(mut self, program: &str, args: &[&str]) -> Trefoil {
        let mut command = Command::new(program);
        command
            .args(args)
            .arg(self.command.get_program())
            .args(self.command.get_args());
        command.env_clear().current_dir(self.home.path());
        for (name, value) in self.command.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        self.command = command;
        self
    }
}
