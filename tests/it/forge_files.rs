//! Files for `forge run`: each is uploaded once before the run, which then gets its token.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, TOKEN, kept, result};
use crate::support::multipart::upload;
use crate::support::{Forge, on_both};

/// A service that takes files and runs.
fn files() -> Forge {
    Forge::new(|request| match request.path.as_str() {
        "/files" => kept(request),
        _ => result(json!("blue")),
    })
}

#[test]
fn a_run_uploads_its_files_first_and_each_once() {
    on_both(&json!("blue"), |forge| {
        let home = Dir::new();
        home.file("7", "uploaded before");
        let upload = forge.forge(&["upload", "7"]).in_home(&home);
        upload.run().done();
        home.file("a.txt", "picture");
        std::os::unix::fs::symlink("a.txt", home.path().join("b.txt")).expect("a link");
        home.file("ff_c", "called like a token");
        let line = [
            "run", "x", "-f", "ff_7", "-f", "a.txt", "-f", "./a.txt", "-f", "b.txt",
        ];
        let run = forge.forge(&line).args(&["--file", "./ff_c"]);
        let out = run.in_home(&home).run().done();
        let out = out.says(&["a.txt is ff_atxt (7 bytes, expires in 1 h)"]);
        assert_eq!(out.json()["result"], "blue");
        assert_eq!(
            forge.lines()[1..],
            ["POST /files", "POST /files", "POST /run"]
        );
        assert_eq!(
            forge.requests()[3].json()["files"],
            json!(["ff_7", "ff_atxt", "ff_ffc"])
        );
        let entry = forge.forge(&["ledger", "last"]).in_home(&home).run();
        assert_eq!(entry.done().json()["files"], 3);
        let quiet = forge
            .forge(&["run", "x", "-q", "-f", "a.txt"])
            .in_home(&home);
        quiet.run().done().quietly();
    });
}

#[test]
fn a_file_from_stdin_and_a_prompt_from_elsewhere() {
    on_both(&json!("blue"), |forge| {
        let run = forge.forge(&["run", "x", "-f", "-"]).stdin("piped");
        run.run().done();
        let sent = upload(&forge.requests()[0]).expect("checked");
        assert_eq!(sent.content, b"piped");
        assert_eq!(forge.requests()[1].json()["files"], json!(["ff_stdin"]));
    });
}

#[test]
fn nothing_is_asked_when_a_file_is_not_there() {
    let forge = Forge::new(|_| Answer::Json(413, json!({"detail": "too large"})));
    let home = Dir::new();
    home.file("a.png", "picture");
    let run = forge.forge(&["run", "x", "-f", "a.png"]).in_home(&home);
    run.run().exits(4).prints("").says(&["a.png", "too large"]);
    assert_eq!(forge.lines(), ["POST /files"]);
    // Nothing was paid for.
    forge
        .forge(&["ledger", "last"])
        .in_home(&home)
        .run()
        .exits(6);
}

#[test]
fn a_dry_run_uploads_by_curl_too() {
    for size in [10, 200_000] {
        let prompt = format!("it's $HOME `x` \\ \"{}\"", "y".repeat(size));
        let home = Dir::new();
        home.file("a \"b\";c,d.png", "picture");
        home.file("prompt", &prompt);
        let asked = Forge::unasked();
        let dry = asked.forge(&[
            "run",
            "@prompt",
            "--dry-run",
            "-f",
            "a \"b\";c,d.png",
            "-f",
            "ff_1",
        ]);
        let dry = dry.in_home(&home).run().done().quietly();
        assert!(!dry.stdout.contains(TOKEN), "{dry}");
        if !Path::new("/usr/bin/curl").exists() {
            return;
        }
        let forge = files();
        let script = dry.stdout.replace(&asked.url(), &forge.url());
        home.file("script", &script);
        let status = std::process::Command::new("sh")
            .args(["-eu", "script"])
            .current_dir(home.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("CLAWDFORGE_TOKEN", TOKEN)
            .stdout(std::process::Stdio::null())
            .status()
            .expect("sh runs");
        assert!(status.success(), "{script}");
        let requests = forge.requests();
        let sent = upload(&requests[0]).expect("checked");
        assert_eq!(
            (sent.kind.as_str(), sent.content.as_slice()),
            ("image/png", &b"picture"[..])
        );
        assert_eq!(requests[1].json()["prompt"], Value::String(prompt));
        assert_eq!(
            requests[1].json()["files"],
            json!(["ff_a22b22cdpng", "ff_1"])
        );
    }
}
