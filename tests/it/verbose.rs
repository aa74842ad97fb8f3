//! `-v`, `-vv` and `--trace FILE`: show what was sent and received, but not on stdout and without
//! secrets.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::python::python3_or_skip;
use crate::support::trefoil::{clasp, vuer};
use crate::support::vuer::event;
use crate::support::{Fake, Msg, Output, Router, VuerServer, wire};

const TOKEN: &str = "cpsk_5ecret0123456789abcdefghijklmnop";

/// A place for a trace, and what was written there.
struct Traced(Dir);

impl Traced {
    fn new() -> Traced {
        Traced(Dir::new())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("trace.ndjson")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).expect("a trace was written")
    }

    /// Its lines, each of which is an object with what every line has.
    #[track_caller]
    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        assert!(text.is_empty() || text.ends_with('\n'), "half a line");
        let parse = |line: &str| -> Value {
            let object: Value = serde_json::from_str(line).expect(line);
            assert!(
                object["time"].as_u64() > Some(1_700_000_000_000_000),
                "{line}"
            );
            assert!(object["connection"].as_u64() > Some(0), "{line}");
            assert!(object["service"].is_string(), "{line}");
            object
        };
        text.lines().map(parse).collect()
    }

    /// The messages of one direction.
    #[track_caller]
    fn messages(&self, direction: &str) -> Vec<Value> {
        let lines = self.lines();
        let those = lines.iter().filter(|line| line["direction"] == direction);
        let messages = those.map(|line| line["message"].clone());
        messages.filter(|message| !message.is_null()).collect()
    }

    /// The names of what happened to connections.
    #[track_caller]
    fn events(&self) -> Vec<String> {
        let lines = self.lines();
        let names = lines.iter().filter_map(|line| line["event"].as_str());
        names.map(str::to_owned).collect()
    }
}

fn of_type<'m>(messages: &'m [Value], kind: &str) -> &'m Value {
    let found = messages.iter().find(|message| message["type"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {messages:#?}"))
}

/// Nothing of these stands in any of the texts.
#[track_caller]
fn hidden(secrets: &[&str], texts: &[&str]) {
    for text in texts {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is shown:\n{text}");
        }
    }
}

#[test]
fn a_set_is_told_a_line_a_message_and_stdout_does_not_change() {
    let router = Router::with().tokens(&format!("{TOKEN}=admin:/**")).start();
    let set = ["set", "/lights/front", "0.8"];
    let plain = router.clasp(&set).token(TOKEN).run().done().quietly();
    let told = router.clasp(&set).arg("-v").token(TOKEN).run().done();
    let revision = |text: &str| text.replace("\"revision\":2", "\"revision\":1");
    assert_eq!(revision(&told.stdout), plain.stdout);
    told.says(&[
        "connected to 127.0.0.1:",
        "upgraded to WebSocket at /",
        "→ HELLO      \"trefoil\" token …",
        "→ SET        /lights/front  0.8",
        "← WELCOME    \"Clasp Router\"",
        "← ACK        /lights/front  revision 2",
    ]);
}

#[test]
fn twice_it_is_whole_messages_with_their_sizes_and_headers() {
    let router = Router::start();
    let told = router.clasp(&["set", "/a", "1", "-vv"]).run().done();
    told.says(&[
        "→ sec-websocket-protocol: clasp",
        "← SNAPSHOT  ",
        r#"→ SET  18 bytes  {"type":"SET","address":"/a","value":1,"qos":"confirm"}"#,
    ]);
}

#[test]
fn a_file_that_others_could_read_is_the_owner_s_once_a_trace_is_in_it() {
    let (router, traced) = (Router::start(), Traced::new());
    fs::write(traced.path(), "old").expect("a fresh directory is writable");
    let mode = |mode| fs::set_permissions(traced.path(), fs::Permissions::from_mode(mode));
    mode(0o644).expect("the file is ours");
    let set = router.clasp(&["set", "/a", "1", "--trace"]);
    set.arg(traced.path()).run().done();
    let metadata = fs::metadata(traced.path()).expect("it is there");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert!(!traced.messages("sent").is_empty());
    // What is no file is left as it is.
    let set = router.clasp(&["set", "/a", "1", "--trace", "/dev/null"]);
    set.run().done();
}

#[test]
fn a_trace_holds_the_set_and_its_ack_and_belongs_to_its_owner() {
    let (router, traced) = (Router::start(), Traced::new());
    let set = router.clasp(&["set", "/a", "[1.5,\"x\"]", "--trace"]);
    set.arg(traced.path()).run().done().quietly();
    assert_eq!(traced.events(), ["connected", "upgraded"]);
    let (sent, received) = (traced.messages("sent"), traced.messages("received"));
    let set = json!({"type": "SET", "address": "/a", "value": [1.5, "x"], "qos": "confirm"});
    assert_eq!(of_type(&sent, "SET"), &set);
    let ack = json!({"type": "ACK", "address": "/a", "revision": 1});
    assert_eq!(of_type(&received, "ACK"), &ack);
    let line = traced
        .lines()
        .into_iter()
        .find(|line| line["message"] == ack);
    assert_eq!(line.expect("the ACK")["bytes"], 18);
    let mode = fs::metadata(traced.path()).expect("it is there");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_token_is_seen_nowhere_even_if_the_router_quotes_it() {
    let fake = Fake::websocket(|_, peer| {
        while let Some(message) = peer.receive() {
            match message {
                Msg::Hello { .. } => {
                    // Bytes that are no frame, a name, an address and a value, all of it quoted.
                    peer.greet_as("s-1", &format!("router of {TOKEN}"), 0xf8);
                    peer.send_frame(&[b"\x00\xff", TOKEN.as_bytes()].concat());
                    peer.send(&wire::error(400, &format!("'{TOKEN}' is odd")));
                }
                message => peer.answer(&message),
            }
        }
    });
    let traced = Traced::new();
    let get = fake.clasp(&["set", "/a", TOKEN, "-vv", "--trace"]);
    let output = get.arg(traced.path()).token(TOKEN).run();
    let text = traced.text();
    let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
    hidden(&[TOKEN, "5ecret", &hex], &[&output.stderr, &text]);
    let sent = traced.messages("sent");
    assert_eq!(of_type(&sent, "HELLO")["token"], "…");
    assert_eq!(of_type(&sent, "SET")["value"], "…");
    let received = traced.messages("received");
    assert_eq!(of_type(&received, "WELCOME")["name"], "router of …");
    let lines = traced.lines();
    let stray = lines.iter().find(|line| line["hex"].is_string());
    let stray = stray.expect("what is no frame is in the trace, too");
    assert_eq!(stray["hex"], "00ffe280a6");
    assert!(stray["error"].is_string(), "{stray}");
}

#[test]
fn a_query_of_the_url_may_hold_one_as_well() {
    let fake = Fake::router(|_, _| false);
    let traced = Traced::new();
    let url = format!("{}/clasp?access_token=qs_5ecret", fake.url());
    let set = clasp(&url, &["set", "/a", "1", "-vv", "--trace"]);
    let output = set.arg(traced.path()).run().done();
    hidden(&["5ecret"], &[&output.stderr, &traced.text()]);
    output.says(&["upgraded to WebSocket at /clasp?…"]);
}

#[test]
fn tls_is_told_with_its_version() {
    let (fake, certificate) = Fake::tls(|_, peer| {
        while let Some(message) = peer.receive() {
            peer.answer(&message);
        }
    });
    let url = fake.url().replace("ws://127.0.0.1", "wss://localhost");
    let traced = Traced::new();
    let set = clasp(&url, &["set", "/a", "1", "-v", "--ca"]).arg(&certificate.file);
    let output = set.arg("--trace").arg(traced.path()).run().done();
    output.says(&["TLSv1.3  "]);
    assert_eq!(traced.events(), ["connected", "secured", "upgraded"]);
    let lines = traced.lines();
    let secured = lines.iter().find(|line| line["event"] == "secured");
    let secured = secured.expect("it is there");
    assert_eq!(secured["version"], "TLSv1.3");
    assert!(secured["took"].as_u64() > Some(0), "{secured}");
}

#[test]
fn a_refused_connection_is_told_to_its_last_try() {
    let traced = Traced::new();
    let nobody = "ws://127.0.0.1:1";
    let get = clasp(nobody, &["get", "/a", "-v", "--connect-retry", "60ms"]);
    let output = get.arg("--trace").arg(traced.path()).run().exits(1);
    output.says(&[
        "no connection to 127.0.0.1:1: connection refused",
        "trying again in ",
        "error: nothing listens at",
    ]);
    let events = traced.events();
    assert_eq!(events[..3], ["unreachable", "failed", "retrying"]);
    assert_eq!(events.last().map(String::as_str), Some("failed"));
}

#[test]
fn a_subscription_is_told_as_it_lives_and_its_trace_is_there_at_once() {
    let (router, traced) = (Router::start(), Traced::new());
    let subscribe = router.clasp(&["subscribe", "/a/**", "-v", "--trace"]);
    let mut running = subscribe.arg(traced.path()).live();
    router.clasp(&["set", "/a/b", "7"]).run().done();
    assert_eq!(running.record()["value"], 7);
    // It has not ended, and need not: what it has printed it has traced before.
    let received = traced.messages("received");
    assert_eq!(of_type(&received, "SET")["value"], 7);
    running.interrupt();
    let output = running.finish();
    output.says(&["→ SUBSCRIBE  /a/**  #1", "← SET        /a/b  7"]);
    assert!(!traced.lines().is_empty());
}

#[test]
fn bulk_is_traced_to_the_last_line_and_says_the_same() {
    let router = Router::with().no_rate_limit().start();
    let line = |n: u32| format!("{{\"address\":\"/bulk/{}\",\"value\":{n}}}\n", n % 10);
    let input: String = (0..20_000).map(line).collect();
    let set = || {
        router
            .clasp(&["set", "-", "-o", "json"])
            .stdin(input.clone())
    };
    let plain = set().run().done();
    let traced = Traced::new();
    let told = set()
        .arg("-v")
        .arg("--trace")
        .arg(traced.path())
        .run()
        .done();
    assert_eq!(told.stdout, plain.stdout);
    let sent = traced.messages("sent");
    let bundles = sent.iter().filter(|message| message["type"] == "BUNDLE");
    let sets = bundles.flat_map(|bundle| bundle["messages"].as_array().expect("messages"));
    let values: Vec<u64> = sets.filter_map(|set| set["value"].as_u64()).collect();
    assert_eq!(values, (0..20_000).collect::<Vec<_>>());
    // The second connection, which reads the values again, is another.
    assert!(traced.lines().iter().any(|line| line["connection"] == 2));
    told.says(&["#2  → GET        /bulk/0"]);
}

#[test]
fn vuer_is_told_like_clasp_and_hides_what_was_given_in_confidence() {
    let Some(server) = VuerServer::start_or_skip("-v of vuer") else {
        return;
    };
    let traced = Traced::new();
    let args = [
        "send",
        "HELLO",
        r#"{"message":"Hi Zm9v5ecret!"}"#,
        "--header",
        "Authorization=Bearer Zm9v5ecret",
        "--header",
        "X-Robot=h1dden",
        "--init",
        r#"{"auth":{"token":"init_5ecret","pin":1}}"#,
        "-vv",
        "--trace",
    ];
    let output = server.vuer(&args).arg(traced.path()).run().done();
    hidden(&["5ecret", "h1dden"], &[&output.stderr, &traced.text()]);
    assert_eq!(server.heard("HELLO")["value"]["message"], "Hi Zm9v5ecret!");
    let sent = traced.messages("sent");
    let init = &sent[0];
    assert_eq!(init["etype"], "INIT");
    assert_eq!(init["value"]["auth"], json!({"token": "…", "pin": 1}));
    assert_eq!(init["value"]["client"], "trefoil");
    assert_eq!(sent[1]["value"]["message"], "Hi …!");
    let lines = traced.lines();
    assert!(lines.iter().all(|line| line["service"] == "vuer"));
    let upgraded = lines.iter().find(|line| line["event"] == "upgraded");
    let request = &upgraded.expect("an upgrade")["request"];
    assert_eq!(request["authorization"], "…");
    assert_eq!(request["x-robot"], "…");
    output.says(&["→ authorization: …", "→ ping", "← pong", "← close  1000"]);
}

#[test]
fn of_a_long_message_a_line_shows_the_beginning() {
    let fake = Fake::websocket(|_, peer| {
        let _ = peer.receive_frame();
        let long = "x".repeat(100_000);
        peer.send_frame(&event("LONG", rmpv::Value::from(long)));
        while peer.receive_frame().is_some() {}
    });
    let recv = vuer(&fake.url(), &["recv", "--count", "1", "-v"]);
    let output = recv.run().done();
    let line = output.stderr.lines().find(|line| line.contains("← LONG"));
    let line = line.expect("the event is told");
    assert_eq!(line.chars().count(), 120, "{line}");
    assert!(line.ends_with('…'), "{line}");
    assert!(output.stdout.len() > 100_000);
}

#[test]
fn a_server_cannot_write_lines_of_its_own() {
    let hostile = "x\n13:00:00.000  → SET  /forged\u{1b}[2J";
    let fake = Fake::router(move |peer, message| match message {
        Msg::Get { .. } => {
            peer.send(&wire::error_at(404, hostile, hostile));
            true
        }
        _ => false,
    });
    for verbose in ["-v", "-vv"] {
        let output = fake.clasp(&["get", "/a", verbose]).run();
        let forged = |line: &str| line.contains("/forged") && !line.contains("ERROR");
        let (told, _) = output.stderr.split_once("error:").expect("it fails");
        assert!(!told.lines().any(forged), "{output}");
        assert!(!told.contains('\u{1b}'), "{output}");
        assert!(told.contains("\\u001b[2J"), "{output}");
    }
}

#[test]
fn quiet_does_not_silence_what_was_asked_for() {
    let router = Router::start();
    let output = router.clasp(&["set", "/a", "1", "-q", "-v"]).run().done();
    output.says(&["→ SET        /a  1"]);
}

#[test]
fn a_trace_that_cannot_be_begun_is_exit_2_before_anything_is_sent() {
    let fake = Fake::router(|_, _| false);
    for path in ["/nonexistent/trace", "/", "-"] {
        let set = fake.clasp(&["set", "/a", "1", "--trace", path]);
        set.run().exits(2).prints("").says(&["--trace"]);
    }
    assert_eq!(fake.connections(), 0);
}

#[test]
fn a_full_disk_ends_the_trace_with_one_warning_and_not_the_command() {
    if !PathBuf::from("/dev/full").exists() {
        eprintln!("skipped: a full disk: there is no /dev/full");
        return;
    }
    let router = Router::start();
    let set = router.clasp(&["set", "/a", "1", "--trace", "/dev/full"]);
    let Output { stderr, .. } = set
        .run()
        .done()
        .prints("{\"address\":\"/a\",\"revision\":1}\n");
    let warnings = stderr.matches("warning: --trace /dev/full").count();
    assert_eq!(warnings, 1, "{stderr}");
}

#[test]
fn on_a_terminal_the_progress_steps_aside_and_lines_fit() {
    if !python3_or_skip("-v on a terminal") {
        return;
    }
    let router = Router::start();
    let long = "y".repeat(500);
    let set = router.clasp(&["set", "/a", &long, "-v", "--color", "never"]);
    let shown = set.on_terminal().run().done().stdout;
    let line = shown.lines().find(|line| line.contains("→ SET"));
    let line = line.expect("it is told").trim_end();
    assert_eq!(line.chars().count(), 80, "{line}");
    assert!(line.ends_with('…'), "{line}");
}

#[test]
fn a_router_tells_who_comes_and_what_is_said() {
    let router = Router::own(&["-v"]);
    router.clasp(&["set", "/a", "1"]).run().done();
    for text in [
        "#1    127.0.0.1:",
        "has connected",
        "#1  ← HELLO      \"trefoil\"",
        "#1  ← SET        /a  1",
        "#1  → ACK        /a  revision 1",
        "#1    gone: closed by the other side",
    ] {
        router.wait_log(text);
    }
    assert!(!router.log().contains("#2"), "{}", router.log());
    router.clasp(&["get", "/a"]).run().done();
    router.wait_log("#2  → SNAPSHOT");
}
