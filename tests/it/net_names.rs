//! Host names: every name that the system's resolver knows works, also in a statically linked
//! binary.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::support::Router;
use crate::support::dir::Dir;

/// Runs `trefoil clasp ping` with an /etc/nsswitch.conf of its own (a mount namespace) and this
/// `getent` first in the path.
fn ping(nsswitch: &str, host: &str, getent: &str, router: &Router) -> std::process::Output {
    let folder = Dir::new();
    folder.file("nsswitch.conf", nsswitch);
    let program = folder.file("getent", getent);
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, executable).expect("it was just written");
    let url = router
        .url()
        .replace("localhost", host)
        .replace("127.0.0.1", host);
    let script = "mount --bind nsswitch.conf /etc/nsswitch.conf && \
                  PATH=\"$PWD:$PATH\" exec \"$TREFOIL\" clasp ping --count 1 --url \"$URL\"";
    Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .env("TREFOIL", env!("CARGO_BIN_EXE_trefoil"))
        .env("URL", url)
        .env("HOME", folder.path())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("unshare is there")
}

const KNOWS_ROBOT: &str = "#!/bin/sh\n\
    [ \"$*\" = '-- ahosts robot.local' ] || exit 2\n\
    printf '127.0.0.1       STREAM robot.local\\n127.0.0.1       DGRAM\\n'\n";

#[test]
fn a_name_that_only_an_nss_module_knows_resolves() {
    if !cfg!(target_feature = "crt-static") {
        return; // The C library asks its modules itself.
    }
    let router = Router::start();
    let modules = "hosts: files mdns4_minimal [NOTFOUND=return] dns\n";
    let output = ping(modules, "robot.local", KNOWS_ROBOT, &router);
    assert!(output.status.success(), "{output:?}");

    let output = ping(modules, "nobody.local", KNOWS_ROBOT, &router);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("nobody.local"), "{stderr}");
}

#[test]
fn without_modules_nobody_else_is_asked() {
    let router = Router::start();
    let fails = "#!/bin/sh\necho '203.0.113.1 STREAM'\n";
    let output = ping("hosts: files dns\n", "localhost", fails, &router);
    assert!(output.status.success(), "{output:?}");
}
