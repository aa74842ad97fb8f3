//! Headless Chromium (Debian's package), and the colours of a screenshot.
//!
//! Without a browser a test prints that it is skipped; with CI=true it fails. `.ci/run` installs
//! one.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::dir::Dir;
use super::python;
use super::skip::skip;

/// A browser that shows one page; killed when dropped.
pub struct Chromium {
    child: Child,
    _profile: Dir,
}

/// Whether there is a browser; if not, prints what is skipped.
pub fn chromium_or_skip(what: &str) -> bool {
    let asked = Command::new("chromium").arg("--version").output();
    let there = asked.is_ok_and(|output| output.status.success());
    if !there {
        skip(what, "no chromium");
    }
    there
}

impl Chromium {
    pub fn open(link: &str) -> Chromium {
        let profile = Dir::new();
        let child = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--no-first-run",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--disable-background-networking",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--ignore-gpu-blocklist",
                "--window-size=400,400",
            ])
            // The tests' certificates are nobody's but their own.
            .arg("--ignore-certificate-errors")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(link)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("asked chromium_or_skip before");
        Chromium {
            child,
            _profile: profile,
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

/// The size of a picture, and how many of a thousand of its pixels are nearly red, green, blue:
/// `{"width","height","red","green","blue"}`. Decoded by the Pillow of the tests' own environment.
#[track_caller]
pub fn colours(picture: &Path) -> Value {
    let python = python::vuer_or_skip("pixels").expect("asked before");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/pixels.py");
    let output = Command::new(python)
        .arg(script)
        .arg(picture)
        .output()
        .expect("python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
