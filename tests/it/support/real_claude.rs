//! The real `claude`, a pinned npm package under target/, and a stand-in for the API that it calls.
//!
//! Without npm a test prints that it is skipped; with CI=true it fails.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use super::dir::Dir;
use super::skip::skip;
use super::{Service, python, target_dir};

/// The version that the service was developed with.
const VERSION: &str = "2.1.332";

/// The program; None without npm, then it prints what is skipped.
pub fn claude_or_skip(what: &str) -> Option<&'static Path> {
    static CLAUDE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let npm = || Command::new("npm").arg("--version").output();
    let found = CLAUDE.get_or_init(|| {
        npm()
            .ok()
            .filter(|output| output.status.success())
            .map(|_| install())
    });
    if found.is_none() {
        skip(what, "no npm");
    }
    found.as_deref()
}

fn install() -> PathBuf {
    // Several test processes take turns.
    let lock = File::create(target_dir().join("claude.lock")).expect("target is writable");
    lock.lock().expect("a lock on a file in target");
    let home = target_dir().join("claude");
    let (stamp, program) = (home.join("stamp"), home.join("node_modules/.bin/claude"));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == VERSION) {
        return program;
    }
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("target is writable");
    let output = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(&home)
        .arg(format!("@anthropic-ai/claude-code@{VERSION}"))
        .output()
        .expect("npm was there a moment ago");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    // Written last, so that an incomplete installation is never used.
    fs::write(&stamp, VERSION).expect("target is writable");
    program
}

/// A stand-in for the Messages API, which stores its requests.
pub struct Api {
    child: Child,
    url: String,
    log: PathBuf,
    _dir: Dir,
}

impl Api {
    /// None without python3, then it prints what is skipped.
    pub fn start(what: &str) -> Option<Api> {
        if !python::python3_or_skip(what) {
            return None;
        }
        let dir = Dir::new();
        let log = dir.path().join("requests");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/messages_api.py");
        let mut child = Command::new("python3")
            .arg(script)
            .arg(&log)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 runs");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut url).expect("a URL");
        Some(Api {
            child,
            url: url.trim().to_owned(),
            log,
            _dir: dir,
        })
    }

    /// A service that runs the real `claude` with this API.
    pub fn service(&self, claude: &Path, args: &[&str]) -> Service {
        Service::over(claude, &[("ANTHROPIC_BASE_URL", &self.url)], args)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Value> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines = log.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
