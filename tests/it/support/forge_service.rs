//! `trefoil forge serve` as a process, over a scripted `claude` (tests/python/fake_claude.py), and
//! plain HTTP requests to it, written byte by byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::dir::Dir;
use super::{PATIENCE, Postgres, Running, Trefoil, eventually, postgres, trefoil};

/// The scripted `claude`.
pub fn fake_claude() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/fake_claude.py")
}

/// The scripted agent that speaks ACP.
pub fn fake_acp() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/fake_acp.py")
}

/// A running service with an app token.
pub struct Service {
    running: Option<Running>,
    pub address: String,
    pub token: String,
    pub admin: String,
    pub state: PathBuf,
    /// The URL of a shared database; else the state is all in its folder.
    database: Option<String>,
    args: Vec<String>,
    claude: PathBuf,
    environment: Vec<(String, String)>,
    home: Dir,
}

impl Service {
    /// A service with these options.
    pub fn start(args: &[&str]) -> Service {
        Service::over(&fake_claude(), &[], args)
    }

    /// A service that runs another `claude`, with these environment variables.
    pub fn over(claude: &Path, environment: &[(&str, &str)], args: &[&str]) -> Service {
        let mut service = Service::launched(claude, environment, args, None);
        service.token = service.mint("ci", json!({}));
        service
    }

    /// An instance of a service whose instances share this database. It has no app token: one made at
    /// any instance is good for all.
    pub fn sharing(database: &Postgres, args: &[&str]) -> Service {
        Service::sharing_at(&database.url(), args)
    }

    /// The same, with this URL of the database.
    pub fn sharing_at(url: &str, args: &[&str]) -> Service {
        let environment = [("PGPASSWORD", postgres::PASSWORD)];
        Service::launched(&fake_claude(), &environment, args, Some(url.to_owned()))
    }

    fn launched(
        claude: &Path,
        environment: &[(&str, &str)],
        args: &[&str],
        database: Option<String>,
    ) -> Service {
        let home = Dir::new();
        let mut service = Service {
            running: None,
            address: String::new(),
            token: String::new(),
            admin: String::new(),
            state: home.path().join("forge"),
            database,
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            claude: claude.to_owned(),
            environment: environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            home,
        };
        service.launch();
        service
    }

    fn launch(&mut self) {
        let folder = self.state.to_str().expect("UTF-8").to_owned();
        let state = match &self.database {
            None => vec!["--state", &folder],
            Some(url) => vec!["--state", url, "--folder", &folder],
        };
        let claude = self.claude.to_str().expect("UTF-8").to_owned();
        let log = self.home.path().join("starts");
        let mut command = trefoil(&["forge", "serve", "-o", "json", "--bind", "127.0.0.1:0"])
            .args(&state)
            .args(&["--claude", &claude])
            .args(&["--env", "FAKE_CLAUDE_LOG"])
            .env("FAKE_CLAUDE_LOG", log)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("ANTHROPIC_API_KEY", "sk-dummy");
        for arg in &self.args {
            command = command.arg(arg);
        }
        for (name, value) in &self.environment {
            command = command.env(name, value);
        }
        let mut running = command.start();
        let ready = running.record();
        let url = ready["url"].as_str().expect("a URL");
        let address = url.split_once("//").expect("a scheme").1;
        self.address = address.to_owned();
        self.running = Some(running);
        let admin = std::fs::read_to_string(self.state.join("admin-token"));
        self.admin = admin.expect("it was made").trim().to_owned();
    }

    /// Kills it with SIGKILL and starts it again with the same state.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.launch();
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        drop(self.running.take());
    }

    pub fn running(&mut self) -> &mut Running {
        self.running.as_mut().expect("it runs")
    }

    /// Waits until the process has ended.
    pub fn take_running(&mut self) -> Running {
        self.running.take().expect("it runs")
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A new app token with this policy.
    #[track_caller]
    pub fn mint(&self, name: &str, policy: Value) -> String {
        let body = json!({"name": name, "policy": policy});
        let made = self.as_admin("POST", "/admin/tokens", Some(&body));
        assert_eq!(made.status, 200, "{}", made.body);
        made.json()["token"].as_str().expect("a token").to_owned()
    }

    /// `trefoil forge ARGS` against this service.
    pub fn forge(&self, args: &[&str]) -> Trefoil {
        super::forge::forge(&self.url(), args)
            .env("CLAWDFORGE_TOKEN", &self.token)
            .env("CLAWDFORGE_ADMIN_TOKEN", &self.admin)
    }

    /// Sends a request with the app token.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> HttpReply {
        self.ask_as(&self.token, method, path, body)
    }

    #[track_caller]
    pub fn as_admin(&self, method: &str, path: &str, body: Option<&Value>) -> HttpReply {
        self.ask_as(&self.admin, method, path, body)
    }

    #[track_caller]
    pub fn ask_as(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> HttpReply {
        self.send(token, method, path, body, &[]).reply()
    }

    /// `POST /run` with this prompt and these other fields.
    #[track_caller]
    pub fn run(&self, prompt: &str, more: &Value) -> HttpReply {
        self.ask("POST", "/run", Some(&run_body(prompt, more)))
    }

    /// A new session's id.
    #[track_caller]
    pub fn session(&self) -> String {
        let made = self.ask("POST", "/sessions", Some(&json!({}))).json();
        made["session_id"].as_str().expect("an id").to_owned()
    }

    /// A turn of this session that goes well.
    #[track_caller]
    pub fn turn(&self, session: &str, prompt: &str) -> Value {
        let body = json!({"prompt": prompt, "timeout_secs": 60});
        let turn = self.ask("POST", &format!("/sessions/{session}/turn"), Some(&body));
        assert_eq!(turn.status, 200, "{}", turn.body);
        turn.json()
    }

    /// A run with an `Idempotency-Key`.
    #[track_caller]
    pub fn run_with_key(&self, key: &str, prompt: &str) -> HttpReply {
        let headers = [("Idempotency-Key", key)];
        let body = run_body(prompt, &json!({}));
        self.send(&self.token, "POST", "/run", Some(&body), &headers)
            .reply()
    }

    /// Sends a request; its reply can be read later.
    #[track_caller]
    pub fn send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Exchange {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        self.send_bytes(format!("{head}\r\n{body}").as_bytes())
    }

    /// Sends these bytes.
    #[track_caller]
    pub fn send_bytes(&self, bytes: &[u8]) -> Exchange {
        exchange(&self.address, bytes)
    }

    /// The name of this instance.
    pub fn instance(&self) -> String {
        let health = self.ask("GET", "/healthz", None).json();
        health["instance"].as_str().expect("a name").to_owned()
    }

    /// How often `claude` was started.
    pub fn starts(&self) -> usize {
        let log = std::fs::read_to_string(self.home.path().join("starts"));
        log.unwrap_or_default().lines().count()
    }

    /// Waits until a run has left the queue, and returns its id.
    #[track_caller]
    pub fn running_run(&self) -> String {
        eventually("a run that runs", || {
            let runs = self.ask("GET", "/runs", None).json();
            let runs = runs["runs"].as_array()?.clone();
            let run = runs.into_iter().find(|run| run["status"] == "running")?;
            Some(run["run_id"].as_str()?.to_owned())
        })
    }

    /// The audit log.
    pub fn audit(&self) -> Vec<Value> {
        let log = std::fs::read_to_string(self.state.join("audit.ndjson")).expect("there");
        let lines = log.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    /// A directory for files, removed with the service.
    pub fn home(&self) -> &Dir {
        &self.home
    }
}

fn run_body(prompt: &str, more: &Value) -> Value {
    let mut body = json!({"prompt": prompt, "model": "sonnet", "timeout_secs": 60});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

/// Sends these bytes to a service, whose reply is still to be read.
#[track_caller]
pub fn exchange(address: &str, bytes: &[u8]) -> Exchange {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(bytes).expect("it reads");
    Exchange(BufReader::new(stream))
}

/// A request that was sent, and whose reply can be read.
pub struct Exchange(BufReader<TcpStream>);

/// A reply.
#[derive(Debug)]
pub struct HttpReply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl HttpReply {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines();
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let mut found = pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    /// The result of a successful run.
    #[track_caller]
    pub fn result(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()["result"].clone()
    }
}

impl Exchange {
    /// Waits for the reply.
    #[track_caller]
    pub fn reply(mut self) -> HttpReply {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).expect("a reply in time");
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let chunked = head
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked");
        HttpReply {
            status: status.unwrap_or_else(|| panic!("no status: {text:?}")),
            head: head.to_owned(),
            body: if chunked {
                unchunked(body)
            } else {
                body.to_owned()
            },
        }
    }

    /// The next line that is not empty.
    #[track_caller]
    pub fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("a line in time");
            assert!(read > 0, "it ended");
            if !line.trim().is_empty() {
                return line.trim_end().to_owned();
            }
        }
    }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap_or(0);
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
        if size == 0 {
            break;
        }
    }
    whole
}
