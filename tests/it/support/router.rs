//! The reference router as a process: started, killed without warning, started again.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use super::eventually;

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
    let mut child = Command::new(binary())
        .arg(format!("127.0.0.1:{port}"))
        .env_clear()
        .env("RUST_LOG", "clasp_router=info")
        // Its end of stdin closes with ours: a killed test run leaves no router behind.
        .env("EXIT_WITH_STDIN", "1")
        .envs(settings.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the reference router was built");
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
            // What the outer cargo set for our package must not reach the other one.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .status()
            .expect("cargo runs");
        assert!(built.success(), "tests/reference-router does not build");
        target.join("release/reference-router")
    })
}
