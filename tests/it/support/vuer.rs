//! The Vuer server as a process, with the handlers of tests/python/vuer_server.py.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use rmpv::Value as Pack;
use serde_json::Value;

use super::dir::Dir;
use super::port::free_port;
use super::{PATIENCE, eventually, python};

/// A running server on a port of its own, killed when dropped.
pub struct VuerServer {
    port: u16,
    child: Child,
    heard: Receiver<String>,
    log: Arc<Mutex<String>>,
    certificate: Option<PathBuf>,
    _dir: Dir,
}

impl VuerServer {
    /// A server; None without python3, then it prints what is skipped.
    pub fn start_or_skip(what: &str) -> Option<VuerServer> {
        python::vuer_or_skip(what).map(|python| VuerServer::launch(python, false, false))
    }

    /// A server without its library's limit of 4 MiB for messages of clients.
    pub fn start_lifted_or_skip(what: &str) -> Option<VuerServer> {
        python::vuer_or_skip(what).map(|python| VuerServer::launch(python, false, true))
    }

    /// A server with TLS and a self-signed certificate for `localhost`.
    pub fn start_tls_or_skip(what: &str) -> Option<VuerServer> {
        python::vuer_or_skip(what).map(|python| VuerServer::launch(python, true, false))
    }

    fn launch(python: &Path, tls: bool, lifted: bool) -> VuerServer {
        let dir = Dir::new();
        let port = free_port();
        let mut command = Command::new(python);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/vuer_server.py");
        command
            .env_clear()
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("HOME", dir.path())
            .current_dir(dir.path())
            .arg(script)
            .arg(port.to_string());
        if lifted {
            command.env("LIFT", "1");
        }
        let certificate = tls.then(|| {
            let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
            let issued = issued.expect("a key");
            let key = dir.file("key.pem", issued.signing_key.serialize_pem());
            let certificate = dir.file("ca.pem", issued.cert.pem());
            command.arg(&certificate).arg(key);
            certificate
        });
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python runs");
        let (send, heard) = channel();
        let log = Arc::new(Mutex::new(String::new()));
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let stderr = BufReader::new(child.stderr.take().expect("piped"));
        let sink = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // The server's own log lines are not JSON.
                if !line.starts_with('{') {
                    note(&sink, &line);
                } else if send.send(line).is_err() {
                    return;
                }
            }
        });
        let sink = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                note(&sink, &line);
            }
        });
        let mut server = VuerServer {
            port,
            child,
            heard,
            log,
            certificate,
            _dir: dir,
        };
        eventually("the Vuer server", || {
            if let Some(status) = server.child.try_wait().expect("our own child") {
                panic!("the Vuer server ended: {status}\n{}", server.log());
            }
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        server
    }

    pub fn url(&self) -> String {
        match self.certificate {
            None => format!("ws://127.0.0.1:{}", self.port),
            Some(_) => format!("wss://localhost:{}", self.port),
        }
    }

    pub fn certificate(&self) -> &str {
        let certificate = self.certificate.as_ref().expect("started with TLS");
        certificate.to_str().expect("ASCII")
    }

    /// The next event of this type that a handler got.
    #[track_caller]
    pub fn heard(&self, etype: &str) -> Value {
        self.heard_where(|event| event["etype"] == etype)
    }

    /// The next line of the script that fulfils a condition.
    #[track_caller]
    pub fn heard_where(&self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            match self.heard.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let event: Value = serde_json::from_str(&line).expect("the script's JSON");
                    if fits(&event) {
                        return event;
                    }
                }
                Err(_) => panic!("the server heard nothing of it\n{}", self.log()),
            }
        }
    }

    fn log(&self) -> String {
        self.log.lock().expect("no panic while logging").clone()
    }
}

impl Drop for VuerServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn note(log: &Arc<Mutex<String>>, line: &str) {
    let mut log = log.lock().expect("no panic while logging");
    log.push_str(line);
    log.push('\n');
}

/// An event as a server sends it, packed independently of our encoder.
pub fn event(etype: &str, data: Pack) -> Vec<u8> {
    packed(&Pack::Map(vec![
        ("ts".into(), 1.into()),
        ("data".into(), data),
        ("etype".into(), etype.into()),
    ]))
}

pub fn packed(value: &Pack) -> Vec<u8> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, value).expect("a Vec takes everything");
    bytes
}

/// A field of a message that a client sent.
pub fn field(message: &[u8], name: &str) -> Pack {
    let message = rmpv::decode::read_value(&mut &message[..]).expect("MessagePack");
    let entries = message.as_map().expect("a map");
    let found = entries.iter().find(|(key, _)| key.as_str() == Some(name));
    found.map_or(Pack::Nil, |(_, value)| value.clone())
}
