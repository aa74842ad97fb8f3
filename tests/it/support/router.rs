//! A router as a process: started, killed without warning, started again.
//!
//! It is the reference router, or our own with `TREFOIL_TEST_ROUTER=trefoil`: `serve_suite.rs` runs
//! the tests of the verbs a second time with that.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use rustix::process::{Pid, Signal, kill_process};

use super::dir::Dir;
use super::eventually;
use super::memory;
use super::running::PANIC;

/// Whether the tests run against our own router.
pub fn is_own() -> bool {
    std::env::var("TREFOIL_TEST_ROUTER").as_deref() == Ok("trefoil")
}

/// A running router on a port of its own, killed when dropped.
pub struct Router {
    settings: Settings,
    port: u16,
    child: Child,
    log: Arc<Mutex<String>>,
}

/// The settings of a router; the names are those of tests/reference-router.
#[derive(Clone, Default)]
pub struct Settings {
    env: Vec<(&'static str, String)>,
    /// If set, our own router with these arguments, even if the tests run against the reference
    /// router.
    own: Option<Vec<String>>,
}

impl Settings {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Settings {
        self.env.push((name, value.into()));
        self
    }

    /// Without a rate limit.
    pub fn no_rate_limit(self) -> Settings {
        self.with("NO_RATE_LIMIT", "1")
    }

    /// Allows more than 10,000 params. By default the reference router silently drops the least
    /// used ones.
    pub fn unlimited(self) -> Settings {
        self.with("UNLIMITED", "1")
    }

    /// Requires one of these tokens: `cpsk_a=read:/**,write:/a/**;cpsk_b=admin:/**`.
    pub fn tokens(self, tokens: &str) -> Settings {
        self.with("TOKENS", tokens)
    }

    /// Adds a token that has expired.
    pub fn expired(self, token: &str) -> Settings {
        self.with("EXPIRED", token)
    }

    /// After how many seconds without a broadcast a session is removed; the router checks every 10
    /// s.
    pub fn session_timeout(self, seconds: u32) -> Settings {
        self.with("SESSION_TIMEOUT", seconds.to_string())
    }

    pub fn name(self, name: &str) -> Settings {
        self.with("NAME", name)
    }

    pub fn start(self) -> Router {
        let (child, port, log) = launch(&self, 0).expect("a free port");
        Router {
            settings: self,
            port,
            child,
            log,
        }
    }
}

impl Router {
    /// A router with the usual defaults: rate limit, 10,000 params, no token.
    pub fn start() -> Router {
        Router::with().start()
    }

    /// Settings to start a router with.
    pub fn with() -> Settings {
        Settings::default()
    }

    /// Our own router, started with `trefoil clasp serve ARGS`; without a rate limit unless ARGS
    /// set one.
    pub fn own(args: &[&str]) -> Router {
        Router::own_with(Settings::default(), args)
    }

    /// Settings to start our own router with.
    pub fn own_with(settings: Settings, args: &[&str]) -> Router {
        let mut settings = settings.no_rate_limit();
        settings.own = Some(args.iter().map(|arg| (*arg).to_owned()).collect());
        settings.start()
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("ws://{}", self.address())
    }

    /// It stands still, with its connections open, or goes on.
    pub fn freeze(&self, is_frozen: bool) {
        let signal = if is_frozen {
            Signal::STOP
        } else {
            Signal::CONT
        };
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Kills it with SIGKILL: no Close frame is sent, and every connection is reset.
    pub fn kill(&mut self) {
        self.child.kill().expect("the router was running");
        self.child.wait().expect("a killed child can be waited for");
    }

    /// Ends the command that our own router runs, so that the router stops normally.
    pub fn stop(&mut self) {
        drop(self.child.stdin.take());
    }

    /// The memory that it has allocated now, in KiB.
    pub fn memory(&self) -> u64 {
        memory::allocated(self.child.id())
    }

    /// Starts a new process on the same port, without the old state.
    pub fn restart(&mut self) {
        // For a moment the port may be the local end of another connection.
        let port = self.port;
        let (child, _, log) = eventually("the router's old port", || launch(&self.settings, port));
        (self.child, self.log) = (child, log);
    }

    /// Waits for a line in the router's log, for events that no client sees.
    #[track_caller]
    pub fn wait_log(&self, text: &str) {
        eventually(&format!("{text:?} in the router's log"), || {
            self.log().contains(text).then_some(())
        });
    }

    pub fn log(&self) -> String {
        self.log.lock().expect("no panic while logging").clone()
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // A task that panics does not end the process, so its test may not notice.
        let has_panicked = self.log().contains(PANIC);
        assert!(
            !has_panicked || std::thread::panicking(),
            "the router has panicked: {}",
            self.log()
        );
    }
}

/// None when the port is taken.
fn launch(settings: &Settings, port: u16) -> Option<(Child, u16, Arc<Mutex<String>>)> {
    let (mut command, _tokens) = if is_own() || settings.own.is_some() {
        own(settings, port)
    } else {
        (reference(settings, port), None)
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the router was built");
    let log = Arc::new(Mutex::new(String::new()));
    let stderr = BufReader::new(child.stderr.take().expect("piped"));
    let sink = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            let mut log = sink.lock().expect("no panic while logging");
            log.push_str(&line);
            log.push('\n');
        }
    });
    let mut address = String::new();
    let stdout = child.stdout.take().expect("piped");
    BufReader::new(stdout)
        .read_line(&mut address)
        .expect("the router prints UTF-8");
    match address.trim().rsplit_once(':') {
        Some((_, port)) => Some((child, port.parse().expect("a port"), log)),
        None => {
            child
                .wait()
                .expect("a router that printed nothing has ended");
            None
        }
    }
}

fn reference(settings: &Settings, port: u16) -> Command {
    let mut command = Command::new(binary());
    command
        .arg(format!("127.0.0.1:{port}"))
        .env_clear()
        .env("RUST_LOG", "clasp_router=info")
        // The router ends when its stdin is closed, so a killed test run leaves no router behind.
        .env("EXIT_WITH_STDIN", "1")
        .envs(settings.env.iter().map(|(name, value)| (name, value)));
    command
}

/// Our own router, with a command that prints its address as the reference router does and ends
/// when stdin is closed. The directory has its token file, which is read once.
fn own(settings: &Settings, port: u16) -> (Command, Option<Dir>) {
    let setting = |name| {
        let found = settings.env.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_trefoil"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .args(["clasp", "serve", "--bind"])
        .arg(format!("127.0.0.1:{port}"))
        .args(["--name", setting("NAME").unwrap_or("Clasp Router")]);
    if setting("NO_RATE_LIMIT").is_none() {
        command.args(["--rate-limit", "1000"]);
    }
    command.args(settings.own.iter().flatten());
    let tokens = setting("TOKENS").into_iter().flat_map(|all| all.split(';'));
    let mut records: Vec<serde_json::Value> = tokens
        .map(|pair| {
            let (token, scopes) = pair.split_once('=').expect("token=scopes");
            record(token, scopes, None)
        })
        .collect();
    records.extend(setting("EXPIRED").map(|token| record(token, "admin:/**", Some(1))));
    let mut dir = None;
    if !records.is_empty() {
        let kept = dir.insert(Dir::new());
        let text = serde_json::json!({ "tokens": records }).to_string();
        kept.file("tokens.json", text);
        command.arg("--tokens").arg(kept.path().join("tokens.json"));
    }
    command.args([
        "--",
        "sh",
        "-c",
        "echo ${CLASP_URL#ws://}; exec cat >/dev/null",
    ]);
    (command, dir)
}

/// A token in the form of the token file.
pub fn record(token: &str, scopes: &str, expires: Option<u64>) -> serde_json::Value {
    let hash = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    let hash: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let scopes: Vec<&str> = scopes.split(',').collect();
    serde_json::json!({
        "id": token, "hash": hash, "scopes": scopes, "created": 0, "expires": expires,
    })
}

/// The reference router, built once in a test run; cargo's lock on the target directory protects
/// it.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = super::target_dir().join("reference-router");
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--release",
                "--locked",
                "--quiet",
                "--manifest-path",
            ])
            .arg(root.join("tests/reference-router/Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            // What the outer cargo set for our package must not reach the other one, nor must
            // .cargo/config.toml, which cargo looks for from the working folder upwards.
            .current_dir("/")
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .status()
            .expect("cargo runs");
        assert!(built.success(), "tests/reference-router does not build");
        target.join("release/reference-router")
    })
}
