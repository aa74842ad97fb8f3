//! One test, both servers: what a test does against the test server it does again against `forge
//! serve`, behind the same check of the contract. A test and what both servers are to answer enter.
//!
//! Names that a service makes up (a session's id, a file's token, an app's token) are shown to the
//! test as the test server has them, so that one test can speak of both.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use serde_json::{Value, json};

use super::forge::{
    ADMIN, Answer, MADE, Request, SESSION, TOKEN, file_token, kept, made, ok, result,
};
use super::forge_service::{exchange, fake_acp, fake_claude};
use super::multipart::upload;
use super::{Forge, Service};

/// Runs a test against both servers, which answer every prompt with this result.
pub fn on_both(answer: &Value, test: impl Fn(&Forge)) {
    let scripted = answer.clone();
    test(&Forge::new(move |request| match request.path.as_str() {
        "/healthz" => ok(json!({"ok": true, "claude_present": true, "claude_version": "9.9.9"})),
        "/files" => kept(request),
        "/admin/tokens" => made(request),
        _ => result(scripted.clone()),
    }));
    let says = answer
        .as_str()
        .map_or_else(|| answer.to_string(), str::to_owned);
    test(&Relayed::start(&says).forge);
}

/// Runs a test against both servers, which say every prompt of a session back.
pub fn sessions_on_both(test: impl Fn(&Forge)) {
    test(&super::forge::sessions(|_| None));
    test(&Relayed::start("you said: {}").forge);
}

/// `forge serve` behind the check of the contract; both end with the test.
pub struct Relayed {
    pub forge: Forge,
    service: Arc<Mutex<Service>>,
}

impl Relayed {
    /// `forge serve` over a `claude` that says this.
    pub fn start(says: &str) -> Relayed {
        let codex = format!("codex={}", fake_acp().display());
        let mut service = Service::over(
            &fake_claude(),
            &[("FAKE_CLAUDE_SAYS", says)],
            &["--env", "FAKE_CLAUDE_SAYS", "--agent-command", &codex],
        );
        service.token = service.mint("relay", json!({}));
        let gone = service.as_admin("DELETE", "/admin/tokens/ci", None);
        assert_eq!(gone.status, 200, "{}", gone.body);
        let address = service.address.clone();
        let tokens = [
            (TOKEN, service.token.clone()),
            (ADMIN, service.admin.clone()),
        ];
        let service = Arc::new(Mutex::new(service));
        let relay = Relay {
            address,
            tokens,
            service: Arc::downgrade(&service),
            names: Mutex::default(),
        };
        Relayed {
            forge: Forge::new(move |request| relay.answer(request)),
            service,
        }
    }

    /// The process id of the service.
    pub fn id(&self) -> u32 {
        self.service.lock().expect("no panic").running().id()
    }
}

struct Relay {
    address: String,
    /// As tests have them, and as the service has them.
    tokens: [(&'static str, String); 2],
    /// The threads of the check of the contract outlive the test, and the service must not.
    service: Weak<Mutex<Service>>,
    /// What the service has made up, and what the test knows it by.
    names: Mutex<HashMap<String, String>>,
}

impl Relay {
    fn answer(&self, request: &Request) -> Answer {
        let path = self.real(&request.path);
        let path = if path.starts_with("/sessions/sess_1") {
            // The test server has a session that nobody opened.
            let service = self.service.upgrade().expect("the test goes on");
            let opened = service.lock().expect("no panic").session();
            self.learn(opened, SESSION.to_owned());
            self.real(&request.path)
        } else {
            path
        };
        let is_json = request.header("content-type") == Some("application/json");
        let body = if is_json {
            self.real(&String::from_utf8_lossy(&request.body))
                .into_bytes()
        } else {
            request.body.clone()
        };
        let mut head = format!(
            "{} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n",
            request.method
        );
        for name in ["content-type", "accept", "idempotency-key"] {
            if let Some(value) = request.header(name) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        if let Some(bearer) = request.header("authorization") {
            let known = self
                .tokens
                .iter()
                .find(|(shown, _)| bearer.ends_with(shown));
            let bearer = known.map_or(bearer.to_owned(), |(_, real)| format!("Bearer {real}"));
            head.push_str(&format!("authorization: {bearer}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        let bytes = [head.as_bytes(), &body].concat();
        let reply = exchange(&self.address, &bytes).reply();
        let parsed: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let text = |name: &str| parsed[name].as_str().map(str::to_owned);
        match (request.line().as_str(), reply.status) {
            ("POST /sessions", 200) => {
                self.learn(text("session_id").expect("an id"), SESSION.into())
            }
            ("POST /files", 200) => {
                let sent = upload(request).expect("the contract was checked");
                self.learn(
                    text("file_token").expect("a token"),
                    file_token(&sent.filename),
                );
            }
            ("POST /admin/tokens", 200) => self.learn(text("token").expect("a token"), MADE.into()),
            _ => {}
        }
        let body = self.shown(&reply.body);
        match reply.header("content-type") {
            Some("text/event-stream") => Answer::Stream(vec![body], None),
            _ => Answer::Text(reply.status, "application/json", body),
        }
    }

    fn learn(&self, real: String, shown: String) {
        let mut names = self.names.lock().expect("no panic");
        // The last one of a name is what is meant by it.
        names.retain(|_, other| *other != shown);
        names.insert(real, shown);
    }

    /// What the service calls what the test speaks of.
    fn real(&self, text: &str) -> String {
        let names = self.names.lock().expect("no panic");
        let pairs: Vec<_> = names
            .iter()
            .map(|(real, shown)| (&**shown, &**real))
            .collect();
        replace_once(text, &pairs)
    }

    /// What the test knows it by.
    fn shown(&self, text: &str) -> String {
        let names = self.names.lock().expect("no panic");
        let pairs: Vec<_> = names
            .iter()
            .map(|(real, shown)| (&**real, &**shown))
            .collect();
        replace_once(text, &pairs)
    }
}

/// Replaces every name by its other one, in one pass: an id that the service has made up may begin with a name that
/// the test uses.
fn replace_once(text: &str, pairs: &[(&str, &str)]) -> String {
    let (mut rest, mut replaced) = (text, String::new());
    while let Some(first) = rest.chars().next() {
        match pairs.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => {
                replaced.push_str(to);
                rest = &rest[from.len()..];
            }
            None => {
                replaced.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    replaced
}
