//! The Python SDK and the Vuer server, each in a virtual environment of the project's own.
//!
//! Built once under target/ from the requirements in tests/python, and again only when those
//! change. Without python3 a test prints that it is skipped; with CI=true it fails.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use super::skip::skip;
use super::{Driver, Router, target_dir};

/// The interpreter with the CLASP SDK; None without python3, then it prints what is skipped.
pub fn python_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    found_or_skip(&PYTHON, "python", "requirements.txt", what)
}

/// The interpreter with the Vuer server, which has other and larger requirements.
pub fn vuer_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    found_or_skip(&PYTHON, "python-vuer", "vuer-requirements.txt", what)
}

/// The interpreter with the package `openai`.
pub fn openai_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    found_or_skip(&PYTHON, "python-openai", "openai-requirements.txt", what)
}

/// The interpreter with the package `paho-mqtt`.
pub fn paho_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    found_or_skip(&PYTHON, "python-paho", "paho-requirements.txt", what)
}

/// The interpreter with the package `python-osc`.
pub fn osc_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    found_or_skip(&PYTHON, "python-osc", "osc-requirements.txt", what)
}

/// The interpreter with packages that speak sACN and Art-Net.
pub fn dmx_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    found_or_skip(&PYTHON, "python-dmx", "dmx-requirements.txt", what)
}

/// The interpreter with Prometheus's parser of its text format.
pub fn prometheus_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let requirements = "prometheus-requirements.txt";
    found_or_skip(&PYTHON, "python-prometheus", requirements, what)
}

/// The same for nats-server, which a Python package carries.
pub fn nats_or_skip(what: &str) -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    found_or_skip(&PYTHON, "python-nats", "nats-requirements.txt", what)
}

fn found_or_skip(
    once: &'static OnceLock<Option<PathBuf>>,
    home: &str,
    requirements: &str,
    what: &str,
) -> Option<&'static Path> {
    let found = once
        .get_or_init(|| python3().map(|python3| environment(&python3, home, requirements)))
        .as_deref();
    if found.is_none() {
        skip(what, "no python3");
    }
    found
}

/// Whether the system has `python3`, for scripts that need no SDK; if not, prints what is skipped.
pub fn python3_or_skip(what: &str) -> bool {
    let there = python3().is_some();
    if !there {
        skip(what, "no python3");
    }
    there
}

/// The arguments that run a command on a terminal of its own.
pub fn terminal() -> [PathBuf; 2] {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/terminal.py");
    [python3().expect("asked python3_or_skip before"), script]
}

/// The real path of the system's python3, not a shim on the PATH.
fn python3() -> Option<PathBuf> {
    let asked = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output();
    let path = String::from_utf8(asked.ok().filter(|output| output.status.success())?.stdout);
    Some(PathBuf::from(path.ok()?.trim_end()))
}

/// A script of tests/python, to be run with the SDK against a router.
pub fn script(python: &Path, name: &str, router: &Router, args: &[&str]) -> Command {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python")
        .join(name);
    let mut command = Command::new(python);
    command
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(path)
        .arg(router.url())
        .args(args);
    command
}

/// The SDK with one subscription.
pub struct SdkListener {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl SdkListener {
    /// Starts a script that receives this many messages; the subscription is live when this
    /// returns.
    #[track_caller]
    pub fn start(python: &Path, router: &Router, pattern: &str, count: usize) -> SdkListener {
        let mut child = script(python, "listen.py", router, &[pattern, &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python runs");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut listener = SdkListener { child, lines };
        assert_eq!(listener.line(), "connected");
        Driver::connect(router).set("/fence", 1.0);
        let mut stdin = listener.child.stdin.take().expect("piped");
        stdin.write_all(b"\n").expect("it reads");
        assert_eq!(listener.line(), "ready");
        listener
    }

    /// The next message that it has received, as JSON.
    #[track_caller]
    pub fn line(&mut self) -> String {
        self.lines.next().expect("a line").expect("UTF-8")
    }

    /// Waits until it has received all messages.
    #[track_caller]
    pub fn finish(mut self) {
        assert!(self.lines.next().is_none(), "it says more than it was to");
        assert!(self.child.wait().expect("our child").success());
    }
}

/// Runs a script to its end.
#[track_caller]
pub fn run(python: &Path, name: &str, router: &Router, args: &[&str]) -> String {
    let output = script(python, name, router, args)
        .output()
        .expect("python runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{name} {args:?}: {}\n{stderr}",
        output.status
    );
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}

/// The interpreter of an environment that has exactly the pinned requirements.
fn environment(python3: &Path, home: &str, requirements: &str) -> PathBuf {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python")
        .join(requirements);
    let wanted = {
        let mut hasher = DefaultHasher::new();
        fs::read(&requirements)
            .expect("the requirements are committed")
            .hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    };
    // Several test processes (cargo nextest, a benchmark beside a test run) take turns.
    let lock = target_dir().join(format!("{home}.lock"));
    let lock = File::create(lock).expect("target is writable");
    lock.lock().expect("a lock on a file in target");
    let home = target_dir().join(home);
    let (stamp, python) = (home.join("stamp"), home.join("bin/python"));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return python;
    }
    let _ = fs::remove_dir_all(&home);
    run_or_panic(Command::new(python3).args(["-m", "venv"]).arg(&home));
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ];
    run_or_panic(Command::new(&python).args(pip).arg("-r").arg(&requirements));
    // Written last, so that an incomplete environment is never used.
    fs::write(&stamp, wanted).expect("the environment is writable");
    python
}

fn run_or_panic(command: &mut Command) {
    let output = command.output().expect("python3 was there a moment ago");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{stderr}",
        output.status
    );
}
