//! A router as a process: started, killed without warning, started again.
//!
//! The reference router, or with `TREFOIL_TEST_ROUTER=trefoil` our own: `serve_suite.rs` runs the
//! tests of the verbs a second time that way.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use super::dir::Dir;
use super::eventually;

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

/// What a router is started with; the names are tests/reference-router's.
#[derive(Clone, Default)]
pub struct Settings {
    env: Vec<(&'static str, String)>,
    /// Ours, whatever the tests otherwise run against, with these arguments.
    own: Option<Vec<String>>,
}

impl Settings {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Settings {
        self.env.push((name, value.into()));
        self
    }

    /// As many messages a second as it can take.
    pub fn no_rate_limit(self) -> Settings {
        self.with("NO_RATE_LIMIT", "1")
    }

    /// More than 10,000 params: by default it silently drops the least used.
    pub fn unlimited(self) -> Settings {
        self.with("UNLIMITED", "1")
    }

    /// Demands one of these tokens: `cpsk_a=read:/**,write:/a/**;cpsk_b=admin:/**`.
    pub fn tokens(self, tokens: &str) -> Settings {
        self.with("TOKENS", tokens)
    }

    /// A token whose time is over.
    pub fn expired(self, token: &str) -> Settings {
        self.with("EXPIRED", token)
    }

    /// Seconds without a broadcast after which a session is removed; it looks every 10 s.
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
    /// With the defaults that people run: rate limit, 10,000 params, no token.
    pub fn start() -> Router {
        Router::with().start()
    }

    /// With settings.
    pub fn with() -> Settings {
        Settings::default()
    }

    /// Our own, as `trefoil clasp serve ARGS` starts it; no rate limit unless they say so.
    pub fn own(args: &[&str]) -> Router {
        Router::own_with(Settings::default(), args)
    }

    /// … with settings.
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

    /// SIGKILL: no close frame, no goodbye; every connection is reset.
    pub fn kill(&mut self) {
        self.child.kill().expect("the router was running");
        self.child.wait().expect("a killed child can be waited for");
    }

    /// Ends the command that our own router runs around, and so the router: gently.
    pub fn stop(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Kilobytes of memory that it has resident.
    pub fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.and_then(|n| n.parse().ok()).expect("a number")
    }

    /// A new process on the same port, with nothing of the old state.
    pub fn restart(&mut self) {
        // The port may for a moment be the local end of somebody else's connection.
        let port = self.port;
        let (child, _, log) = eventually("the router's old port", || launch(&self.settings, port));
        (self.child, self.log) = (child, log);
    }

    /// Waits for a line in the router's log, for what it tells no client.
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
        // Its end of stdin closes with ours: a killed test run leaves no router behind.
        .env("EXIT_WITH_STDIN", "1")
        .envs(settings.env.iter().map(|(name, value)| (name, value)));
    command
}

/// Our own, around a command that prints the address as the reference router does, and ends with
/// our stdin. The directory holds its tokens, which it reads once.
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

/// A token as the file of tokens has it.
pub fn record(token: &str, scopes: &str, expires: Option<u64>) -> serde_json::Value {
    let hash = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    let hash: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let scopes: Vec<&str> = scopes.split(',').collect();
    serde_json::json!({
        "id": token, "hash": hash, "scopes": scopes, "created": 0, "expires": expires,
    })
}

/// Built once a test run; cargo's own lock on the target directory makes that safe to race.
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
