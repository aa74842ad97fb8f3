//! `serve` and `token` as commands.

use std::net::TcpStream;
use std::time::Duration;

use tungstenite::client::IntoClientRequest;

use crate::support::dir::Dir;
use crate::support::trefoil::clasp;
use crate::support::{Driver, PATIENCE, Router, Running, trefoil};

fn serve(args: &[&str]) -> Running {
    let args = [
        &["clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"],
        args,
    ]
    .concat();
    trefoil(&args).start()
}

fn url(serving: &mut Running) -> String {
    serving.record()["url"].as_str().expect("a URL").to_owned()
}

#[test]
fn around_a_command_it_is_there_as_long_as_that_runs() {
    let script = "trefoil=$0; $trefoil clasp set /a 1 && $trefoil clasp get /a && exit 42";
    trefoil(&[
        "clasp",
        "serve",
        "--",
        "sh",
        "-c",
        script,
        env!("CARGO_BIN_EXE_trefoil"),
    ])
    .run()
    .exits(42)
    .prints("{\"address\":\"/a\",\"revision\":1}\n1\n")
    .quietly();
    trefoil(&["clasp", "serve", "--", "true"])
        .run()
        .done()
        .prints("");
}

#[test]
fn a_command_that_cannot_be_run_is_named() {
    trefoil(&["clasp", "serve", "--", "/no/such/command"])
        .run()
        .exits(127)
        .says(&["/no/such/command"]);
    trefoil(&["clasp", "serve", "--", "/etc"])
        .run()
        .exits(126)
        .says(&["/etc"]);
}

#[test]
fn the_command_gets_the_signal_and_its_status_is_ours() {
    let script = "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done";
    // A closed terminal asks for the end as well.
    for end in [Running::terminate, Running::hang_up] {
        let mut serving = trefoil(&["clasp", "serve", "--", "sh", "-c", script]).start();
        assert_eq!(serving.next_line(), "up");
        end(&serving);
        serving.finish().exits(9);
    }
}

#[test]
fn it_says_when_it_is_ready_and_a_signal_ends_it_with_0() {
    for end in [Running::interrupt, Running::terminate, Running::hang_up] {
        let mut serving = serve(&[]);
        let url = url(&mut serving);
        serving.wait_says(&format!("ready at {url}"));
        clasp(&url, &["set", "/a", "1"]).run().done();
        let mut sub = clasp(&url, &["sub", "/a", "--no-reconnect"]).live();
        assert_eq!(sub.record()["value"], 1);
        end(&serving);
        serving.finish().done().within(Duration::from_secs(5));
        sub.finish().exits(1);
    }
}

#[test]
fn an_address_that_is_none_says_why() {
    for (address, why) in [
        ("127.0.0.1:99999", "a port is at most 65535"),
        ("127.0.0.1", "it must be HOST:PORT"),
        ("127.0.0.1:http", "it must be HOST:PORT"),
    ] {
        let line = ["clasp", "serve", "--bind", address];
        trefoil(&line).run().exits(2).says(&[why, "127.0.0.1:7330"]);
    }
}

#[test]
fn a_port_that_is_taken_says_what_to_do() {
    let mut serving = serve(&[]);
    let address = url(&mut serving).replace("ws://", "");
    trefoil(&["clasp", "serve", "--bind", &address])
        .run()
        .exits(1)
        .says(&[&address, "--bind"]);
}

#[test]
fn open_to_the_network_without_tokens_is_warned_of() {
    let args = ["clasp", "serve", "--bind", "0.0.0.0:0", "--", "true"];
    trefoil(&args).run().done().says(&["warning", "--tokens"]);
}

#[test]
fn a_token_opens_what_its_scopes_say_until_it_is_revoked() {
    let dir = Dir::new();
    let file = dir.path().join("deep/tokens.json");
    let file = file.to_str().expect("UTF-8");
    let token = |args: &[&str]| {
        let args = [&["clasp", "token"], args, &["--tokens", file]].concat();
        trefoil(&args).run()
    };
    let made = token(&["create", "--scope", "read:/**", "--scope", "write:/a/**"]).done();
    let made = made.json();
    let (id, secret) = (made["id"].as_str(), made["token"].as_str());
    let (id, secret) = (id.expect("an id"), secret.expect("a token"));
    assert!(secret.starts_with("cpsk_"), "{made}");
    let kept = std::fs::read_to_string(file).expect("a file");
    assert!(!kept.contains(secret), "hashes only");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(file).expect("a file").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);

    let mut serving = serve(&["--tokens", file]);
    let url = url(&mut serving);
    clasp(&url, &["set", "/a/x", "1"])
        .token(secret)
        .run()
        .done();
    clasp(&url, &["set", "/b", "1"])
        .token(secret)
        .run()
        .exits(4)
        .says(&["301", "/b"]);
    clasp(&url, &["get", "/a/x"])
        .token("cpsk_wrong")
        .run()
        .exits(4);
    clasp(&url, &["get", "/a/x"]).run().exits(3);

    let mut sub = clasp(&url, &["sub", "/a/**", "--no-reconnect"])
        .token(secret)
        .live();
    sub.record();
    assert_eq!(token(&["show", &id[..6]]).done().json()["id"], id);
    assert_eq!(token(&["list"]).done().json()[0]["id"], id);
    token(&["revoke", id]).done();
    let ended = sub.finish();
    assert!([1, 4].contains(&ended.code), "its session ends: {ended}");
    clasp(&url, &["get", "/a/x"]).token(secret).run().exits(4);
    token(&["revoke", id]).exits(6).says(&["no token"]);
}

#[test]
fn expired_tokens_are_refused_and_pruned() {
    let dir = Dir::new();
    let file = dir.path().join("tokens.json");
    let file = file.to_str().expect("UTF-8");
    let create = [
        "clasp",
        "token",
        "create",
        "--tokens",
        file,
        "--scope",
        "admin:/**",
    ];
    let made = trefoil(&create).arg("--expires").arg("1ms").run().done();
    let secret = made.json()["token"].as_str().expect("a token").to_owned();
    trefoil(&create).run().done();
    let mut serving = serve(&["--tokens", file]);
    let url = url(&mut serving);
    clasp(&url, &["get", "/a"])
        .token(&secret)
        .run()
        .exits(4)
        .says(&["expired"]);
    let pruned = trefoil(&["clasp", "token", "prune", "--tokens", file])
        .run()
        .done();
    assert_eq!(pruned.json()["removed"].as_array().map(Vec::len), Some(1));
    let left = trefoil(&["clasp", "token", "list", "--tokens", file])
        .run()
        .done();
    assert_eq!(left.json().as_array().map(Vec::len), Some(1));
}

#[test]
fn a_command_gets_a_token_of_its_own() {
    let dir = Dir::new();
    let file = dir.file("tokens.json", "{\"tokens\":[]}");
    let file = file.to_str().expect("UTF-8");
    let script = "$0 clasp set /a 1 -q && ! grep -q hash $1";
    let trefoil_binary = env!("CARGO_BIN_EXE_trefoil");
    trefoil(&[
        "clasp",
        "serve",
        "--tokens",
        file,
        "--",
        "sh",
        "-c",
        script,
        trefoil_binary,
        file,
    ])
    .run()
    .done();
}

#[test]
fn bad_files_are_named() {
    let dir = Dir::new();
    let bad = dir.file("bad.json", "[]");
    let bad = bad.to_str().expect("UTF-8");
    trefoil(&["clasp", "serve", "--tokens", bad])
        .run()
        .exits(2)
        .says(&["bad.json"]);
    trefoil(&["clasp", "serve", "--tokens", "/no/file"])
        .run()
        .exits(2)
        .says(&["token create"]);
    trefoil(&["clasp", "serve", "--tls-cert", bad, "--tls-key", bad])
        .run()
        .exits(2)
        .says(&["bad.json"]);
}

#[test]
fn tls_is_spoken_with_the_given_certificate() {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
    let dir = Dir::new();
    let certificate = dir.file("cert.pem", issued.cert.pem());
    let key = dir.file("key.pem", issued.signing_key.serialize_pem());
    let (certificate, key) = (
        certificate.to_str().expect("UTF-8"),
        key.to_str().expect("UTF-8"),
    );
    let mut serving = serve(&["--tls-cert", certificate, "--tls-key", key]);
    let url = url(&mut serving).replace("127.0.0.1", "localhost");
    assert!(url.starts_with("wss://"), "{url}");
    clasp(&url, &["set", "/a", "1", "--ca", certificate])
        .run()
        .done();
    clasp(&url, &["get", "/a", "--ca", certificate])
        .run()
        .done()
        .prints("1\n");
}

#[test]
fn a_page_of_another_origin_may_not_connect_unless_allowed() {
    let router = Router::own(&["--allow-origin", "http://allowed.example"]);
    let connect_to = |host: &str, path: &str, origin: Option<&str>| {
        let mut request = format!("ws://{host}{path}")
            .into_client_request()
            .expect("a URL");
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("Origin", origin.parse().expect("a value"));
        }
        let stream = TcpStream::connect(router.address()).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        tungstenite::client(request, stream).is_ok()
    };
    let connect = |path: &str, origin: Option<&str>| connect_to(&router.address(), path, origin);
    assert!(connect("/", None));
    assert!(connect("/clasp", None), "any path");
    let rebound = "evil.example:7330";
    assert!(connect_to(rebound, "/", None), "no browser");
    let page = format!("http://{rebound}");
    assert!(!connect_to(rebound, "/", Some(&page)), "DNS rebinding");
    router.wait_log(&format!("--allow-origin {page}"));
    assert!(!connect("/", Some("http://evil.example")));
    assert!(!connect("/", Some("null")));
    assert!(connect("/", Some("http://allowed.example")));
    assert!(
        connect("/", Some(&format!("http://{}", router.address()))),
        "its own"
    );
    Driver::connect(&router);
}
