//! A credential is sent only to the server that it belongs to, however another server is named.
//!
//! The servers of these tests record what they receive.

use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::profile::Desk;
use crate::support::forge::{TOKEN, ok};
use crate::support::{Fake, Forge, Msg, Output, Trefoil, trefoil};

/// Secrets that must never appear anywhere.
pub const SECRET: &str = "5ecret-of-the-stage";

/// A server that no credential belongs to. It records every request and answers with 404.
pub struct Foreign {
    fake: Fake,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Foreign {
    pub fn new() -> Foreign {
        use std::io::{Read, Write};
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&heard);
        let fake = Fake::tcp(move |_, mut stream| {
            let mut room = [0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut room) {
                let mut kept = kept.lock().expect("no panic");
                kept.extend_from_slice(&room[..count]);
                if kept.ends_with(b"\r\n\r\n") {
                    let _ = stream.write_all(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n");
                }
            }
        });
        Foreign { fake, heard }
    }

    pub fn url(&self, scheme: &str) -> String {
        self.fake.url().replacen("ws", scheme, 1)
    }

    #[track_caller]
    pub fn heard_nothing(&self, what: &str) {
        let heard = self.heard.lock().expect("no panic");
        let heard = String::from_utf8_lossy(&heard);
        assert_eq!((self.fake.connections(), &*heard), (0, ""), "{what}");
    }
}

/// A profile in use that has everything: URLs where nothing listens, and credentials.
pub fn stage() -> Desk {
    Desk::with(&format!(
        "default = 'stage'\n\
         [profiles.stage.clasp]\nurl = 'ws://127.0.0.1:9'\ntoken = '{SECRET}'\ninsecure = true\n\
         [profiles.stage.forge]\nurl = 'http://127.0.0.1:9'\ntoken = '{SECRET}'\n\
         admin_token = '{SECRET}'\ninsecure = true\n\
         [profiles.stage.vuer]\nurl = 'ws://127.0.0.1:9'\ninsecure = true\n\
         headers = ['Authorization=Bearer {SECRET}']\n\
         [profiles.bare.clasp]\nname = 'x'\n"
    ))
}

/// One command of each kind, the scheme of its URL, and the variable for it.
const COMMANDS: [(&[&str], &str, &str); 8] = [
    (&["clasp", "get", "/a"], "ws", "CLASP_URL"),
    (&["clasp", "set", "/a", "1"], "ws", "CLASP_URL"),
    (&["clasp", "sub", "/a"], "ws", "CLASP_URL"),
    (&["clasp", "ping"], "ws", "CLASP_URL"),
    (&["forge", "run", "x"], "http", "CLAWDFORGE_URL"),
    (&["forge", "session", "list"], "http", "CLAWDFORGE_URL"),
    (&["forge", "token", "list"], "http", "CLAWDFORGE_URL"),
    (&["vuer", "send", "X"], "ws", "VUER_CLIENT_URI"),
];

pub fn shows_no_secret(output: Output) -> Output {
    let shown = output.stdout.contains("5ecret") || output.stderr.contains("5ecret");
    assert!(!shown, "the secret is shown\n{output}");
    output
}

#[test]
fn what_a_profile_has_goes_to_no_other_server() {
    let foreign = Foreign::new();
    let desk = stage();
    for (args, scheme, variable) in COMMANDS {
        let url = foreign.url(scheme);
        let flag = match args[0] {
            "vuer" => "--header",
            _ => "--token-file",
        };
        // The URL is typed, or from the environment, or with the profile named explicitly.
        let typed = desk.run(args).args(&["--url", &url]);
        let named = desk.run(args).args(&["--url", &url, "--profile", "stage"]);
        let set = desk.run(args).env(variable, &url);
        for run in [typed, named, set] {
            let refused = shows_no_secret(run.run()).exits(3).prints("");
            refused.says(&["profile 'stage'", "127.0.0.1:9", &url, flag]);
        }
        foreign.heard_nothing(&args.join(" "));
    }
}

#[test]
fn another_scheme_is_another_server() {
    let foreign = Foreign::new();
    for (args, scheme, _) in COMMANDS {
        let secure = foreign.url(scheme).replacen("://", "s://", 1);
        let desk = Desk::with(&format!(
            "[profiles.p.{0}]\nurl = '{secure}'\n{1}",
            args[0],
            match args[0] {
                "vuer" => format!("headers = ['Cookie={SECRET}']\n"),
                "forge" => format!("token = '{SECRET}'\nadmin_token = '{SECRET}'\n"),
                _ => format!("token = '{SECRET}'\n"),
            }
        ));
        let plain = foreign.url(scheme);
        let run = desk.run(args).args(&["--profile", "p", "--url", &plain]);
        shows_no_secret(run.run()).exits(3);
    }
    foreign.heard_nothing("in clear");
}

/// A router that reports the token of every HELLO and accepts any.
pub fn asking() -> (Fake, Arc<Mutex<Vec<String>>>) {
    let tokens = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&tokens);
    let fake = Fake::router(move |_, message| {
        if let Msg::Hello { token, .. } = message {
            kept.lock().expect("no panic").push(token.clone());
        }
        false
    });
    (fake, tokens)
}

#[test]
fn the_same_server_written_otherwise_is_the_same() {
    let (fake, tokens) = asking();
    let port = fake.url().rsplit_once(':').expect("a port").1.to_owned();
    let desk = Desk::with(&format!(
        "default = 'p'\n[profiles.p.clasp]\nurl = 'ws://LocalHost:{port}'\ntoken = '{SECRET}'\n"
    ));
    for url in [
        format!("ws://localhost:{port}"),
        format!("ws://LOCALHOST:{port}/clasp?room=1"),
    ] {
        let set = ["clasp", "set", "/a", "1", "--url", &url];
        desk.run(&set).run().done();
        let set = ["clasp", "set", "/a", "1"];
        desk.run(&set).env("CLASP_URL", &url).run().done();
    }
    assert_eq!(*tokens.lock().expect("no panic"), [SECRET; 4]);
}

#[test]
fn a_token_of_the_environment_goes_to_no_profile_s_server() {
    let foreign = Foreign::new();
    let (own, tokens) = asking();
    let desk = Desk::with(&format!(
        "[profiles.other.clasp]\nurl = '{}'\n[profiles.other.forge]\nurl = '{}'\n\
         [profiles.own.clasp]\nurl = '{}'\ntoken = 'own'\n",
        foreign.url("ws"),
        foreign.url("http"),
        own.url()
    ));
    let with_token = |run: Trefoil| {
        run.token(SECRET)
            .env("CLAWDFORGE_TOKEN", SECRET)
            .env("CLAWDFORGE_ADMIN_TOKEN", SECRET)
    };
    for (args, _, _) in COMMANDS.into_iter().filter(|(args, ..)| args[0] != "vuer") {
        let named = desk.run(args).args(&["--profile", "other"]);
        let refused = shows_no_secret(with_token(named).run()).exits(3);
        let variable = match args {
            ["clasp", ..] => "CLASP_TOKEN",
            ["forge", "token", ..] => "CLAWDFORGE_ADMIN_TOKEN",
            _ => "CLAWDFORGE_TOKEN",
        };
        refused.says(&[variable, "--token-file"]);
        let chosen = desk.run(args).env("TREFOIL_PROFILE", "other");
        with_token(chosen).run().exits(3);
    }
    foreign.heard_nothing("with another profile");
    // A profile with its own token does not need it.
    let set = ["clasp", "set", "/a", "1"];
    for run in [
        desk.run(&set).args(&["--profile", "own"]),
        desk.run(&set).env("TREFOIL_PROFILE", "own"),
    ] {
        with_token(run).run().done();
    }
    assert_eq!(*tokens.lock().expect("no panic"), ["own"; 2]);
}

#[test]
fn a_token_of_the_environment_goes_where_the_environment_or_the_line_says() {
    let (fake, tokens) = asking();
    let set = ["clasp", "set", "/a", "1"];
    trefoil(&set)
        .env("CLASP_URL", fake.url())
        .token("env")
        .run()
        .done();
    trefoil(&set)
        .args(&["--url", &fake.url()])
        .token("env")
        .run()
        .done();
    // An explicitly named profile with the URL of the same server.
    let desk = Desk::with(&format!("[profiles.p.clasp]\nurl = '{}'\n", fake.url()));
    let both = desk.run(&set).args(&["--profile", "p"]);
    both.env("CLASP_URL", fake.url()).token("env").run().done();
    assert_eq!(*tokens.lock().expect("no panic"), ["env"; 3]);
}

#[test]
fn a_typed_credential_goes_wherever_the_line_says() {
    let (fake, tokens) = asking();
    let url = fake.url();
    let desk = stage();
    let set = ["clasp", "set", "/a", "1", "--url", &url];
    for (extra, expected) in [
        (&["--token", "typed"][..], "typed"),
        (&["--token-file", "t"], "from-file"),
        (&["--token-command", "echo printed"], "printed"),
        (&["--no-token"], ""),
        (&["--profile", "none"], ""),
    ] {
        let run = desk.run(&set).args(extra).file("t", "from-file\n");
        run.run().done();
        let told = tokens.lock().expect("no panic").pop();
        assert_eq!(told.as_deref(), Some(expected), "{extra:?}");
    }
    // It checks the token itself.
    let forge = Forge::new(|_| ok(json!({"sessions": []})));
    let list = ["forge", "session", "list", "--url", &forge.url()];
    desk.run(&list).args(&["--token", TOKEN]).run().done();
    let header = "X-Key=typed";
    let foreign = Foreign::new();
    let send = ["vuer", "send", "X", "--url", &foreign.url("ws")];
    desk.run(&send).args(&["--header", header]).run().exits(4);
    let heard = foreign.heard.lock().expect("no panic").clone();
    let heard = String::from_utf8_lossy(&heard).to_lowercase();
    assert!(heard.contains("x-key: typed"), "{heard}");
    assert!(!heard.contains("5ecret"), "{heard}");
}

#[test]
fn a_header_goes_with_every_request_to_forge() {
    let forge = Forge::new(|request| {
        assert_eq!(request.header("x-gate"), Some("5ecret"));
        ok(json!({"ok": true, "claude_present": true, "claude_version": "2.0.1"}))
    });
    let health = ["forge", "health", "--url", &forge.url()];
    let typed = trefoil(&health).args(&["--header", "X-Gate=5ecret"]);
    typed.run().done();
    let profile = |url: &str| {
        Desk::with(&format!(
            "default = 'p'\n[profiles.p.forge]\nurl = '{url}'\nheaders = ['X-Gate=5ecret']\n"
        ))
    };
    profile(&forge.url()).run(&health[..2]).run().done();
    let other = profile("http://127.0.0.1:1").run(&health).run();
    other
        .exits(3)
        .says(&["forge.headers of profile 'p'", "--header"]);
    let token = trefoil(&health).args(&["--header", "Authorization=Bearer x"]);
    token.run().exits(2).says(&["--token-file"]);
}

#[test]
fn a_relaxed_check_belongs_to_its_server_too() {
    let (fake, certificate) = Fake::tls(|_, peer| {
        while let Some(message) = peer.receive() {
            peer.answer(&message);
        }
    });
    let port = fake.url().rsplit_once(':').expect("a port").1.to_owned();
    let url = format!("wss://localhost:{port}");
    let ca = certificate.file.to_str().expect("a path");
    for trust in ["insecure = true", &format!("ca = '{ca}'")] {
        let own = Desk::with(&format!(
            "default = 'p'\n[profiles.p.clasp]\nurl = '{url}'\n{trust}\n"
        ));
        let set = ["clasp", "set", "/a", "1"];
        own.run(&set).run().done();
        let other = Desk::with(&format!(
            "default = 'p'\n[profiles.p.clasp]\nurl = 'wss://localhost:9'\n{trust}\n"
        ));
        let typed = other.run(&set).args(&["--url", &url]).run();
        let (key, _) = trust.split_once(' ').expect("a key");
        let key = format!("clasp.{key} of profile 'p'");
        typed.exits(3).says(&[
            &key,
            "wss://localhost:9",
            "--ca",
            "--insecure",
            "--profile none",
        ]);
        let run = other.run(&set).env("CLASP_URL", &url).run();
        run.exits(3).says(&[&key]);
        // Typed options replace the profile's; without TLS no trust setting is used.
        let typed = other.run(&set).args(&["--url", &url, "--insecure"]);
        typed.run().done();
        let plain = other.run(&set).args(&["--url", "ws://127.0.0.1:1"]);
        plain.run().exits(1).says(&["nothing listens"]);
    }
    // The settings of the environment are not used for a profile's server, either.
    let desk = Desk::with(&format!("[profiles.p.vuer]\nurl = '{url}'\n"));
    let send = ["vuer", "send", "X", "--profile", "p"];
    let run = desk.run(&send).env("VUER_SSL_VERIFY", "false").run();
    run.exits(3).says(&["VUER_SSL_VERIFY", "--insecure"]);
    let run = desk.run(&send).env("VUER_SSL_VERIFY", "true").run();
    run.exits(1).says(&["certificate"]);
}

#[test]
fn doctor_sends_nothing_of_it_either() {
    let foreign = Foreign::new();
    let desk = stage();
    let run = desk
        .run(&["doctor"])
        .env("CLASP_URL", foreign.url("ws"))
        .env("VUER_CLIENT_URI", foreign.url("ws"));
    let run = shows_no_secret(run.run()).exits(1);
    foreign.heard_nothing("doctor");
    let rows = run.json();
    assert_eq!(rows[0]["token"], "withheld", "{run}");
    assert!(
        rows[2]["error"]
            .as_str()
            .is_some_and(|e| e.contains("headers")),
        "{run}"
    );
    let shown = desk.run(&["profile", "show"]);
    let shown = shown
        .env("CLASP_URL", foreign.url("ws"))
        .run()
        .done()
        .json();
    assert_eq!(shown["clasp"]["token"], "withheld");
    assert_eq!(shown["clasp"]["insecure"], false);
    assert_eq!(shown["forge"]["token"], "set");
    // The health check needs no token; the verbs do.
    let forge = Forge::new(|request| {
        assert_eq!(request.header("authorization"), None);
        ok(json!({"ok": true, "claude_present": true, "claude_version": "2.0.1"}))
    });
    let run = desk.run(&["doctor"]).env("CLAWDFORGE_URL", forge.url());
    let run = shows_no_secret(run.run());
    let rows = run.json();
    assert_eq!(
        (&rows[1]["token"], &rows[1]["admin_token"]),
        (&json!("withheld"), &json!("withheld")),
        "{run}"
    );
}

/// What a shell asks when Tab is pressed behind these words.
fn tab(desk: &Desk, words: &[&str]) -> Trefoil {
    let mut line = vec!["--", "trefoil"];
    line.extend(words);
    desk.run(&line).env("TREFOIL_COMPLETE", "fish")
}

#[test]
fn tab_sends_nothing_that_enter_has_not_confirmed() {
    let foreign = Foreign::new();
    let desk = stage();
    let (ws, http) = (foreign.url("ws"), foreign.url("http"));
    let turn = ["forge", "session", "turn"];
    for words in [
        &["clasp", "get", "--url", &ws, "/"][..],
        &[&turn[..], &["--url", &http, ""]].concat(),
        &[&turn[..], &["--url", &http, "--profile", "stage", ""]].concat(),
    ] {
        shows_no_secret(tab(&desk, words).run().done().quietly());
    }
    let set = tab(&desk, &["clasp", "get", "/"]).env("CLASP_URL", &ws);
    set.run().done().quietly();
    // A token of the environment may be sent to a typed URL, but not before the line is complete.
    let bare = Desk::with("");
    let get = tab(&bare, &["clasp", "get", "--url", &ws, "/"]).token(SECRET);
    get.run().done().quietly();
    let turn = tab(&bare, &[&turn[..], &["--url", &http, ""]].concat());
    turn.env("CLAWDFORGE_TOKEN", SECRET).run().done().quietly();
    foreign.heard_nothing("Tab");
}
