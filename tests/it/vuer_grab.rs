//! `vuer grab` with a browser that is none: the files that it may write, and what a killed grab leaves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, test_kill_process};

use crate::support::dir::Dir;
use crate::support::trefoil::{trefoil, vuer};
use crate::support::{Running, eventually};

const BOX: &str = "{\"tag\":\"Box\",\"key\":\"box\"}\n";

#[test]
fn a_name_says_what_picture_it_is() {
    for out in ["x.gif", "shot", "x.jpg.bak"] {
        vuer("ws://127.0.0.1:9", &["grab", "-O", out])
            .run()
            .exits(2)
            .says(&[out, ".png", ".jpg"]);
    }
    let every = ["grab", "--every", "1s", "--to"];
    vuer("ws://127.0.0.1:9", &every)
        .arg("f-%d.gif")
        .run()
        .exits(2)
        .says(&["f-%d.gif", ".png", ".jpg"]);
    vuer("ws://127.0.0.1:9", &every)
        .arg("f-%d.jpg")
        .file("f-1.jpg", "mine")
        .run()
        .exits(2)
        .says(&["f-1.jpg exists already", "--force"]);
    for fine in ["x.PNG", "x.jpeg", "/dev/null", "-"] {
        // Nobody listens there.
        vuer("ws://127.0.0.1:9", &["grab", "-O", fine])
            .run()
            .exits(1);
    }
}

/// A grab whose browser runs and never opens the page; that browser's process and profile.
#[track_caller]
fn waiting_grab(dir: &Dir) -> (Running, Pid, PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let noted = dir.path().join("noted");
    let script = format!(
        "#!/bin/sh\necho $$ > {0}.new; mv {0}.new {0}; exec sleep 600\n",
        noted.display()
    );
    let browser = dir.file("browser", script);
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("ours");
    let temporary = dir.path().join("temporary");
    std::fs::create_dir_all(&temporary).expect("ours");
    let mut grab = trefoil(&["vuer", "grab", "-", "-O", "x.png"])
        .env("TREFOIL_BROWSER", &browser)
        .env("TMPDIR", &temporary)
        .start();
    grab.write(BOX);
    drop(grab.take_stdin());
    let pid = eventually("the browser", || {
        let noted = std::fs::read_to_string(&noted).ok()?;
        Pid::from_raw(noted.trim().parse().ok()?)
    });
    (grab, pid, temporary)
}

#[track_caller]
fn leaves_nothing(browser: Pid, temporary: &Path) {
    eventually("the end of the browser", || {
        test_kill_process(browser).is_err().then_some(())
    });
    eventually("the end of its profile", || {
        let mut left = std::fs::read_dir(temporary).expect("a folder");
        left.next().is_none().then_some(())
    });
}

#[test]
fn a_grab_that_ends_early_leaves_no_browser() {
    for (signal, code) in [
        (Signal::HUP, 143),
        (Signal::TERM, 143),
        (Signal::INT, 130),
        (Signal::KILL, 137),
    ] {
        let dir = Dir::new();
        let (grab, browser, temporary) = waiting_grab(&dir);
        assert_eq!(std::fs::read_dir(&temporary).expect("a folder").count(), 1);
        grab.signal(signal);
        grab.finish().exits(code).within(Duration::from_secs(20));
        leaves_nothing(browser, &temporary);
    }
}

#[test]
fn a_browser_that_ends_is_an_error_at_once() {
    trefoil(&["vuer", "grab", "-", "-O", "x.png"])
        .env("TREFOIL_BROWSER", "/bin/false")
        .stdin(BOX)
        .run()
        .exits(5)
        .says(&["the browser ended by itself (exit status: 1)"]);
}
