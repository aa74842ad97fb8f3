//! Runs the examples of every help text in a shell, with the files that they name, against our own
//! router, a forge service and a Vuer server.
//!
//! An example that runs until Ctrl-C gets one. No example may end with a usage error, a refusal or
//! a lost connection. The few that must do so here are listed with the reason.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::help::{commands, help};
use crate::support::dir::Dir;
use crate::support::engine::Engine;
use crate::support::forge::{ADMIN, Answer, TOKEN, ok, result};
use crate::support::{Forge, Mosquitto, Postgres, Router, VuerServer, postgres};

/// How long an example may run before it gets its Ctrl-C, in seconds.
const LONG_ENOUGH: &str = "2";

/// The exit codes that an example may have: done, a negative answer, a passed deadline (its own, or
/// that of `timeout`), Ctrl-C.
const FINE: [i32; 4] = [0, 6, 124, 130];

/// Examples that end otherwise here, and why that is right.
const OTHERWISE: [(&str, i32, &str); 2] = [
    (
        "--if-revision 12",
        4,
        "somebody wrote since: it has another revision",
    ),
    ("./job", 0, "every job is done"),
];

/// Files that examples name.
const FILES: [(&str, &str); 30] = [
    ("bridges.toml", "[[osc]]\nlisten = \"127.0.0.1:0\"\n"),
    ("robot.urdf", "<robot name=\"r\"/>"),
    ("part.stl", "solid part\nendsolid part\n"),
    ("scene.ndjson", "{\"tag\":\"Box\",\"key\":\"a\"}\n"),
    ("token", "0123456789abcdef"),
    ("joints.ndjson", "{\"arm\":0.7}\n"),
    ("bugs.json", "{}"),
    ("levels.txt", "0.5\n"),
    ("values.ndjson", "{\"address\":\"/v/1\",\"value\":1}\n"),
    (
        "recorded.ndjson",
        "{\"type\":\"event\",\"address\":\"/cues/go\"}\n",
    ),
    (
        "show.ndjson",
        "{\"address\":\"/stage/a\",\"value\":1,\"received\":1795166091829000}\n{\"address\":\"/stage/a\",\"value\":2,\"received\":1795166191829000}\n",
    ),
    (
        "cues.ndjson",
        "{\"type\":\"event\",\"address\":\"/cues/go\",\"received\":1795166091829000}\n",
    ),
    ("bundle.json", "[{\"set\":[\"/lights/1\",1]}]"),
    (
        "keyframes.json",
        "[{\"time\":0,\"value\":0},{\"time\":100,\"value\":1}]",
    ),
    (
        "drag.ndjson",
        "{\"phase\":\"begin\",\"value\":0}\n{\"phase\":\"end\"}\n",
    ),
    ("show.json", "{\"/lights/front\":0.8}"),
    ("goal.json", "{\"x\":1}"),
    ("mesh.json", "[1,2,3]"),
    ("events.ndjson", "{\"etype\":\"HELLO\"}\n"),
    ("prompt.md", "three words for rain"),
    ("prompts.ndjson", "\"three words for rain\"\n"),
    // As a batch leaves it that was killed at its very beginning.
    ("night.journal", ""),
    ("question.md", "why?"),
    ("next.md", "go on"),
    ("review.sh", "true"),
    ("scan.pdf", "%PDF"),
    ("photo.png", "png"),
    ("notes.md", "notes"),
    ("ci.log", "broken"),
    ("dump.bin", "dump"),
];

/// Programs that examples run, which need do nothing.
const PROGRAMS: [&str; 21] = [
    "joint-log",
    "robot-log",
    "walk",
    "robots",
    "meter",
    "deploy.sh",
    "focus.sh",
    "next-scene",
    "reload",
    "job",
    "move-camera",
    "greet",
    "fly",
    "ssh",
    "man",
    "make",
    "git",
    "pass",
    "backup.sh",
    "notify-send",
    "pytest",
];

/// A place to run examples in.
struct Place {
    home: Dir,
    variables: Vec<(&'static str, String)>,
    /// Texts of the examples, and their replacements here.
    here: Vec<(&'static str, String)>,
}

impl Place {
    fn new() -> Place {
        let home = Dir::new();
        for directory in [
            ".zfunc",
            ".config/fish/completions",
            ".config/trefoil",
            ".local/share/bash-completion/completions",
        ] {
            std::fs::create_dir_all(home.path().join(directory)).expect("ours");
        }
        for name in PROGRAMS {
            let line = match name {
                "robot-log" | "walk" => r#"{"tag":"Box","key":"a"}"#,
                "joint-log" => r#"{"arm":0.5}"#,
                _ => "0.5",
            };
            let path = home.file(name, format!("#!/bin/sh\necho '{line}'\n"));
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(path, mode).expect("ours");
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_trefoil"), home.path().join("trefoil"))
            .expect("ours");
        Place {
            home,
            variables: Vec::new(),
            here: Vec::new(),
        }
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    /// Runs a line as a shell would, in a directory of its own with the files that it names; its
    /// status and what it said.
    fn run(&self, line: &str) -> (i32, String) {
        let mut line = line.to_owned();
        for (there, here) in &self.here {
            line = line.replace(there, here);
        }
        let directory = Dir::new();
        for (name, content) in FILES {
            // What an example makes is not there before.
            if !line.contains(&format!("-O {name}")) {
                directory.file(name, content);
            }
        }
        std::fs::create_dir_all(directory.path().join("tests")).expect("ours");
        directory.file("tests/show.sh", "true");
        directory.file("tests/prompts.sh", "true");
        for name in ["cert.pem", "key.pem"] {
            if let Ok(kept) = std::fs::read(self.path().join(name)) {
                directory.file(name, kept);
            }
        }
        for name in PROGRAMS {
            let program = self.path().join(name);
            std::os::unix::fs::symlink(program, directory.path().join(name)).expect("ours");
        }
        let path = format!("{}:/usr/bin:/bin", self.path().display());
        let out = Command::new("timeout")
            .args([
                "--signal=INT",
                "--kill-after=10",
                LONG_ENOUGH,
                "sh",
                "-c",
                &line,
            ])
            .env_clear()
            .env("PATH", path)
            .env("TZ", "UTC")
            .env("HOME", self.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .output()
            .expect("timeout, of coreutils");
        let said = [out.stderr, out.stdout].concat();
        let said = String::from_utf8_lossy(&said).chars().take(2_000).collect();
        (out.status.code().unwrap_or(130), said)
    }

    /// Runs all of them, several at once, and fails with what was wrong with any.
    fn run_all(&self, examples: &[String]) {
        let next = Mutex::new(examples.iter());
        let failed = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    loop {
                        let Some(line) = next.lock().expect("no panic").next() else {
                            break;
                        };
                        let (code, said) = self.run(line);
                        let expected = OTHERWISE.iter().find(|(part, ..)| line.contains(part));
                        let fine = match expected {
                            Some((_, code_here, _)) => code == *code_here || FINE.contains(&code),
                            None => FINE.contains(&code),
                        };
                        if !fine {
                            let mut failed = failed.lock().expect("no panic");
                            failed.push(format!("$ {line}\n{code}\n{said}"));
                        }
                    }
                });
            }
        });
        let failed = failed.into_inner().expect("no panic");
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}

/// The examples in the help of every command whose path begins so, whole.
fn examples(service: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in commands()
        .iter()
        .filter(|path| path.first().is_some_and(|name| name == service))
    {
        let help = help(path);
        let Some((_, section)) = help.split_once("Examples:\n") else {
            continue;
        };
        let mut example = String::new();
        for line in section.lines().take_while(|line| line.starts_with("  ")) {
            if example.is_empty() {
                // One that is broken off by the width of the help cannot be pasted.
                assert!(
                    !line.trim_start().starts_with(['-', '+', '.']) && line.contains(' '),
                    "the help of {} breaks an example: {line}",
                    path.join(" ")
                )
            } else {
                example.push('\n')
            }
            example.push_str(uncommented(line.trim_start()));
            let open = example.matches('\'').count() % 2 == 1 || example.ends_with(['\\', '|']);
            if !open {
                found.push(std::mem::take(&mut example));
            }
        }
        assert!(example.is_empty(), "it has no end: {example}");
    }
    assert!(!found.is_empty(), "no examples of {service}");
    found.sort();
    found.dedup();
    found
}

/// What is said about an example stands three spaces behind it.
fn uncommented(line: &str) -> &str {
    line.split_once("   ").map_or(line, |(example, _)| example)
}

#[test]
fn every_example_of_clasp() {
    let data = Dir::new();
    let folder = data.path().to_str().expect("UTF-8");
    let router = Router::own(&["--data", folder, "--history", "24h"]);
    let mut place = Place::new();
    for (address, value) in [
        ("/lights/front", "0.8"),
        ("/lights/color", "{\"r\":255,\"g\":100}"),
        ("/title", "\"x\""),
        ("/cue/next", "1"),
        ("/count", "7"),
        ("/temp", "21.5"),
        ("/mode", "day"),
        ("/door", "open"),
        ("/sensors/temp", "21"),
    ] {
        router.clasp(&["set", address, value]).run().done();
    }
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
    place.home.file("cert.pem", certified.cert.pem());
    place
        .home
        .file("key.pem", certified.signing_key.serialize_pem());
    place.variables = vec![("CLASP_URL", router.url())];
    let tokens = place.path().join("tokens.json").display().to_string();
    place.here = [
        "ws://a:7330",
        "ws://b:7330",
        "ws://spare:7330",
        "ws://stage:7330",
    ]
    .map(|there| (there, router.url()))
    .to_vec();
    let named = format!("--tokens {tokens}");
    place
        .here
        .push(("--tokens /etc/clasp/tokens.json", named.clone()));
    place.here.push(("--tokens tokens.json", named));
    place.here.push(("0.0.0.0:7330", "127.0.0.1:0".to_owned()));
    for there in ["--listen 8000", "--listen tcp:8001"] {
        let here = there
            .replace("8000", "127.0.0.1:0")
            .replace("8001", "127.0.0.1:0");
        place.here.push((there, here));
    }
    place
        .here
        .push(("--osc 8000", "--osc 127.0.0.1:0".to_owned()));
    // No interface but loopback, and no multicast.
    for (there, here) in [
        (
            "bridge sacn",
            "bridge sacn --listen 127.0.0.1:0 --send 127.0.0.1:9",
        ),
        (" --interface 10.0.0.5", ""),
        (" --send node.local", ""),
        ("bridge artnet", "bridge artnet --listen 127.0.0.1:0"),
        ("--broadcast 2.255", "--broadcast 127.255"),
    ] {
        place.here.push((there, here.to_owned()));
    }
    // A broker of its own; TLS to one has a test of its own.
    let broker = Mosquitto::start_or_skip();
    if let Some(broker) = &broker {
        let here = format!("bridge mqtt {}", broker.address());
        place.here.push(("bridge mqtt localhost", here));
    }
    // A cluster of one router.
    let engine = Engine::start_or_skip("the examples of a cluster");
    let mut member = None;
    if let Some(engine) = &engine {
        member = Some(Router::own(&["--cluster", &engine.url()]));
        place.here.push(("nats://a,nats://b", engine.url()));
        place.here.push(("nats://localhost", engine.url()));
    }
    // One that exists, and is known by its id.
    let create = "trefoil clasp token create --scope 'read:/**' --jq .id -r";
    let (code, id) = place.run(&format!("{create} && {create} --tokens tokens.json"));
    assert_eq!(code, 0, "{id}");
    let ids: Vec<String> = id.lines().map(str::to_owned).collect();
    place.here.push(("3f9a61c0d2e4b875", ids[0].clone()));
    place.here.push(("3f9a", ids[0].clone()));
    let runs = |line: &String| {
        let bridges = line.contains("bridge mqtt");
        if line.contains("nats://") && member.is_none() {
            return false;
        }
        !bridges || (broker.is_some() && !line.contains("mqtts://"))
    };
    let (alone, others): (Vec<String>, Vec<String>) = examples("clasp")
        .into_iter()
        .filter(runs)
        .map(|line| match line.strip_prefix("trefoil clasp serve") {
            // Its usual port may be somebody's.
            Some(rest) if !rest.contains("--bind") => {
                format!("trefoil clasp serve --bind 127.0.0.1:0{rest}")
            }
            _ => line,
        })
        // They take away what others need.
        .partition(|line| line.contains("revoke") || line.contains("prune"));
    place.run_all(&others);
    for line in &alone {
        let (code, said) = place.run(line);
        assert!(
            [0, 6].contains(&code) || line.contains("--tokens"),
            "$ {line}\n{code}\n{said}"
        );
    }
}

#[test]
fn every_example_of_forge() {
    let forge = Forge::new(|request| {
        let path = request.path.split('?').next().unwrap_or_default();
        let session = |id: &str| {
            json!({"session_id": id, "agent": "claude", "created_at": 1795166091.0,
                   "last_turn_at": null, "turn_count": 1, "closed_at": null, "live": true})
        };
        let last = path.rsplit('/').next().unwrap_or_default();
        match (request.method.as_str(), path) {
            ("GET", "/healthz") => {
                ok(json!({"ok": true, "claude_present": true, "claude_version": "2.0.1"}))
            }
            ("POST", "/run") => result(json!({"sound": true})),
            ("POST", "/files") => {
                let text = String::from_utf8_lossy(&request.body).into_owned();
                // Behind the headers of the file's part, before the boundary.
                let size = text
                    .split("filename=")
                    .nth(1)
                    .and_then(|part| part.split_once("\r\n\r\n"))
                    .and_then(|(_, rest)| rest.split("\r\n--").next())
                    .map_or(0, str::len);
                ok(json!({"file_token": "ff_8c1e", "ttl_secs": 3600, "size": size}))
            }
            ("POST", "/sessions") => ok(session("sess_abc")),
            ("POST", path) if path.ends_with("/cancel") => {
                ok(json!({"ok": true, "run_id": "run_1"}))
            }
            ("POST", path) if path.ends_with("/turn") => ok(json!({
                "ok": true, "session_id": "sess_abc", "turn_index": 1, "stop_reason": "end_turn",
                "events": [{"type": "text", "content": "{\"bugs\": [1]}"}], "duration_ms": 9})),
            ("GET", "/sessions") => ok(json!([session("sess_abc")])),
            ("GET", "/usage" | "/admin/usage") => {
                ok(json!({"usage": [{"day": "2026-11-20", "token": "ci", "cost_usd": 0.5}]}))
            }
            ("GET", "/runs") => ok(json!({"runs": []})),
            ("GET", "/admin/tokens") => ok(json!([{"name": "cauldron", "ip_cidrs": "10.0.0.0/8",
                "created_at": 1795166091.0, "last_used": null, "enabled": true}])),
            ("GET", _) => ok(session(last)),
            ("POST", "/admin/tokens") => {
                ok(json!({"name": request.json()["name"], "token": "cf_x", "ip_cidrs": []}))
            }
            ("DELETE", _) => ok(json!({"ok": true, "already_closed": true})),
            _ => Answer::Json(404, Value::Null),
        }
    });
    let mut place = Place::new();
    place.variables = vec![
        ("CLAWDFORGE_URL", forge.url()),
        ("CLAWDFORGE_TOKEN", TOKEN.to_owned()),
        ("CLAWDFORGE_ADMIN_TOKEN", ADMIN.to_owned()),
    ];
    let admin = place.home.file("admin.token", ADMIN).display().to_string();
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&admin, private).expect("ours");
    place.here = vec![
        ("/etc/clawdforge/admin.token", admin),
        ("1182", "1".to_owned()),
    ];
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
    place.home.file("cert.pem", certified.cert.pem());
    place
        .home
        .file("key.pem", certified.signing_key.serialize_pem());
    // In the directory of each example, for a state is one service's.
    place.here.push(("/var/lib/forge", "state".to_owned()));
    place
        .here
        .push(("0.0.0.0:8800", "127.0.0.1:0 --state state".to_owned()));
    let database = Postgres::start_or_skip();
    if let Some(database) = &database {
        let url = "postgres://forge@db.example/forge";
        place.here.push((url, database.url()));
        let password = postgres::PASSWORD.to_owned();
        place.variables.push(("PGPASSWORD", password));
    }
    assert_eq!(place.run("trefoil forge run x").0, 0);
    let lines = examples("forge").into_iter().map(|line| {
        let mut line = line;
        if line.starts_with("trefoil forge serve") && !line.contains(" -- ") {
            for (option, value) in [("--bind", "127.0.0.1:0"), ("--state", "state")] {
                if !line.contains(option) && !line.contains("0.0.0.0:8800") {
                    line = line.replacen("serve", &format!("serve {option} {value}"), 1);
                }
            }
        }
        line
    });
    let lines = lines.filter(|line| database.is_some() || !line.contains("postgres://"));
    // Those that ask somebody at a terminal have tests of their own.
    let asks = |line: &String| {
        line.starts_with("trefoil forge session chat")
            || line == "trefoil forge token revoke cauldron"
            || line == "trefoil forge token create"
    };
    // The same new file cannot be made by two.
    let (out, others): (Vec<_>, Vec<_>) = lines
        .filter(|line| !asks(line))
        .partition(|line| line.contains("--out"));
    place.run_all(&others);
    place.run_all(&out);
}

#[test]
fn every_example_of_vuer() {
    let Some(server) = VuerServer::start_or_skip("the examples of vuer") else {
        return;
    };
    let mut place = Place::new();
    place.variables = vec![("VUER_CLIENT_URI", server.url())];
    place.here = ["ws://a:8012", "ws://b:8012"]
        .map(|there| (there, server.url()))
        .to_vec();
    // Several at once: each server at a port of its own.
    place.here.extend([
        (" --bind 0.0.0.0:8012", String::new()),
        ("vuer serve", "vuer serve --bind 127.0.0.1:0".to_owned()),
        ("vuer load", "vuer load --bind 127.0.0.1:0".to_owned()),
    ]);
    // Installing downloads; there is a test for that.
    let mut lines = examples("vuer");
    lines.retain(|line| !line.contains("page install"));
    // Those are of pages and arrays, which have tests of their own.
    lines.retain(|line| !line.contains("vuer grab") && !line.contains("scan.npy"));
    place.run_all(&lines);
}

#[test]
fn every_example_of_what_is_no_service() {
    let mut place = Place::new();
    // A router for doctor; nobody listens at the others.
    let router = Router::own(&[]);
    place.variables = vec![("CLASP_URL", router.url())];
    let stage = "trefoil profile add stage --clasp-token-command 'echo x' --clasp-url";
    let (code, said) = place.run(&format!("{stage} {}", router.url()));
    assert_eq!(code, 0, "{said}");
    for service in ["completions", "man", "doctor", "profile"] {
        for line in examples(service) {
            let adds = line.starts_with("trefoil profile add");
            let asks =
                line == "trefoil profile remove stage" || line == "trefoil profile add stage";
            if asks {
                continue;
            }
            let line = if adds {
                format!("{line} --replace")
            } else {
                line
            };
            let (code, said) = place.run(&line);
            let again = line.contains("remove") || line.contains("use") || line.contains("show");
            assert!(
                FINE.contains(&code) || (again && code == 2),
                "$ {line}\n{code}\n{said}"
            );
        }
    }
}
