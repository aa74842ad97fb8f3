//! `forge upload`: requests, output and refusals.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;

use crate::support::dir::Dir;
use crate::support::forge::{Answer, TOKEN, forge, kept, ok};
use crate::support::multipart::upload;
use crate::support::{Forge, on_both, python};

#[test]
fn a_file_is_sent_as_the_contract_has_it_and_the_reply_printed() {
    on_both(&json!("x"), |forge| {
        let bytes: Vec<u8> = (0..600_000_u32).map(|i| (i % 251) as u8).collect();
        let out = forge
            .forge(&["upload", "scan.pdf"])
            .file("scan.pdf", &bytes);
        let out = out.run().done().quietly();
        let expected = "{\"file_token\":\"ff_scanpdf\",\"ttl_secs\":3600,\"size\":600000,\
                        \"path\":\"scan.pdf\"}\n";
        assert_eq!(out.stdout, expected);
        let request = forge.request();
        assert_eq!(request.line(), "POST /files");
        assert_eq!(
            request.header("content-length"),
            Some(request.length.to_string().as_str())
        );
        let sent = upload(&request).expect("the contract was checked");
        assert_eq!(
            (sent.ttl_secs.as_str(), sent.kind.as_str()),
            ("3600", "application/pdf")
        );
        assert!(sent.content == bytes, "{} bytes", sent.content.len());
    });
}

#[test]
fn what_a_file_is_called_and_what_it_is() {
    let home = Dir::new();
    std::fs::create_dir(home.path().join("sub")).expect("a fresh directory");
    for (path, args, filename, kind) in [
        ("photo.PNG", &[][..], "photo.PNG", "image/png"),
        ("sub/../sub/a b.rs", &[], "a b.rs", "text/plain"),
        ("Grüße 光.md", &[], "Grüße 光.md", "text/markdown"),
        (
            "a\"b\r\nX-Evil: 1",
            &[],
            "a%22b%0D%0AX-Evil: 1",
            "application/octet-stream",
        ),
        ("\u{1b}[2J\t.png", &[], "%1B[2J%09.png", "image/png"),
        ("a\\b.txt", &[], "a\\b.txt", "text/plain"),
        ("Makefile", &[], "Makefile", "application/octet-stream"),
        ("x.bin", &["--name", "y.csv"], "y.csv", "text/csv"),
        (
            "x.bin",
            &["--type", "text/plain; charset=latin1"],
            "x.bin",
            "text/plain; charset=latin1",
        ),
        (
            "x.bin",
            &["--name", "y.csv", "--type", "image/png"],
            "y.csv",
            "image/png",
        ),
    ] {
        home.file(path, "x");
        let forge = Forge::new(kept);
        let run = forge.forge(&["upload", path]).args(args).in_home(&home);
        run.run().done().quietly();
        let sent = upload(&forge.request()).expect("checked");
        assert_eq!(
            (sent.filename.as_str(), sent.kind.as_str()),
            (filename, kind)
        );
    }
}

#[test]
fn a_name_that_is_no_text_is_sent_as_well_as_it_can_be() {
    let home = Dir::new();
    let name = OsStr::from_bytes(b"caf\xe9.txt");
    std::fs::write(home.path().join(name), "x").expect("a file");
    on_both(&json!("x"), |forge| {
        let run = forge.forge(&["upload"]).arg(name).in_home(&home);
        run.run().done().says(&["not UTF-8", "caf\u{fffd}.txt"]);
        let sent = upload(&forge.request()).expect("checked");
        assert_eq!(sent.filename, "caf\u{fffd}.txt");
        let run = forge.forge(&["upload", "--name", "cafe.txt"]).arg(name);
        run.in_home(&home).run().done().quietly();
    });
}

#[test]
fn several_files_are_a_line_each() {
    on_both(&json!("x"), |forge| {
        let run = |args: &[&str]| {
            let run = forge
                .forge(&["upload", "a.txt", "empty", "a.txt"])
                .args(args);
            run.file("a.txt", "hello").file("empty", "").run().done()
        };
        let records = run(&["--ttl", "90"]).records();
        let seen: Vec<_> = records
            .iter()
            .map(|r| {
                (
                    r["path"].as_str(),
                    r["size"].as_u64(),
                    r["ttl_secs"].as_u64(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (Some("a.txt"), Some(5), Some(90)),
                (Some("empty"), Some(0), Some(90)),
                (Some("a.txt"), Some(5), Some(90)),
            ]
        );
        let tokens = "ff_atxt\nff_empty\nff_atxt\n";
        run(&["-r"]).prints(tokens);
        run(&["--jq", ".file_token", "-r"]).prints(tokens);
    });
}

#[test]
fn stdin_is_sent_as_it_comes() {
    on_both(&json!("x"), |forge| {
        let out = forge.forge(&["upload", "-"]).stdin("from a pipe").run();
        let reply = out.done().json();
        assert_eq!((&reply["path"], &reply["size"]), (&json!("-"), &json!(11)));
        let request = forge.request();
        assert_eq!(request.header("transfer-encoding"), Some("chunked"));
        let sent = upload(&request).expect("checked");
        assert_eq!(sent.content, b"from a pipe");
        assert_eq!(sent.filename, "stdin");
        let run = forge.forge(&["upload", "-", "--name", "x.tar"]).stdin("");
        assert_eq!(run.run().done().json()["size"], 0);
        let sent = upload(&forge.requests()[1]).expect("checked");
        assert_eq!(
            (sent.filename.as_str(), sent.kind.as_str()),
            ("x.tar", "application/x-tar")
        );
    });
}

#[test]
fn what_makes_no_sense_is_found_before_anything_is_sent() {
    let forge = Forge::unasked();
    for (args, said) in [
        (&["upload"][..], "PATH"),
        (&["upload", "a.txt", "nowhere.txt"], "nowhere.txt"),
        (&["upload", "a.txt", "."], "directory"),
        (&["upload", "a.txt", ""], "value is required"),
        (&["upload", "a.txt", "--ttl", "59s"], "1 min"),
        (&["upload", "a.txt", "--ttl", "59"], "1 min"),
        (&["upload", "a.txt", "--ttl", "25h"], "1 d"),
        (&["upload", "a.txt", "--ttl", "soon"], "--ttl"),
        (&["upload", "a.txt", "a.txt", "--name", "b"], "--name"),
        (
            &["upload", "a.txt", "a.txt", "--type", "text/plain"],
            "--type",
        ),
        (
            &["upload", "a.txt", "--name", "../../etc/passwd"],
            "no path",
        ),
        (&["upload", "a.txt", "--name", ".."], "no path"),
        (&["upload", "a.txt", "--name", ""], "empty"),
        (&["upload", "a.txt", "--type", "png"], "image/png"),
        (&["upload", "a.txt", "--type", "a/b\r\nX: 1"], "--type"),
        (&["upload", "-", "-"], "stdin"),
        (&["run", "x", "-f", "nowhere.txt"], "nowhere.txt"),
        (&["run", "x", "-f", "ff_../x"], "ff_"),
        (&["run", "-", "-f", "-"], "stdin"),
    ] {
        let run = forge.forge(args).file("a.txt", "x");
        run.run().exits(2).prints("").says(&[said]);
    }
    for (args, token) in [(&["upload", "a.txt"][..], ""), (&["upload", "-"], " ")] {
        let run = forge.forge(args).file("a.txt", "x");
        let run = run.env("CLAWDFORGE_TOKEN", token);
        run.run().exits(3).says(&["CLAWDFORGE_TOKEN"]);
    }
}

/// Replies, what they make of one upload, and what is said.
#[test]
fn every_reply_has_its_exit_code() {
    let table: Vec<(Answer, i32, &str, &[&str])> = vec![
        (
            Answer::Json(400, json!({"error": "bad ttl"})),
            4,
            "api",
            &["a.txt", "bad ttl"],
        ),
        (
            Answer::Json(401, json!({"detail": "no"})),
            4,
            "auth",
            &["token"],
        ),
        (
            Answer::Json(403, json!({"detail": "no"})),
            4,
            "auth",
            &["address"],
        ),
        (
            Answer::Json(404, json!({"detail": "Not Found"})),
            4,
            "api",
            &["health"],
        ),
        (
            Answer::Json(413, json!({"detail": "too large"})),
            4,
            "api",
            &["a.txt", "too large"],
        ),
        (
            Answer::Json(422, json!({"detail": []})),
            4,
            "api",
            &["a.txt", "422"],
        ),
        (
            Answer::Json(429, json!({})),
            4,
            "api",
            &["for now", "later"],
        ),
        (
            Answer::Header(503, "Retry-After", "7".into()),
            5,
            "api",
            &["Try again in 7 s"],
        ),
        (
            Answer::Text(500, "text/html", "<h1>".into()),
            5,
            "api",
            &["500", "<h1>"],
        ),
        (
            Answer::Header(307, "Location", "http://x/files".into()),
            4,
            "api",
            &["redirects"],
        ),
        (
            Answer::Cut("{\"file_token\":\"ff".into()),
            1,
            "transport",
            &["a.txt", "lost"],
        ),
        (Answer::Close, 1, "transport", &["a.txt", "lost"]),
        (ok(json!([])), 5, "api", &["contract"]),
        (
            ok(json!({"size": 5})),
            5,
            "api",
            &["contract", "file_token"],
        ),
        (
            ok(json!({"file_token": "../x", "size": 5})),
            5,
            "api",
            &["contract"],
        ),
        (
            ok(json!({"file_token": "ff_1", "size": 4})),
            5,
            "service",
            &["4 bytes", "5 were sent"],
        ),
    ];
    for (answer, code, kind, said) in table {
        let answer = Mutex::new(Some(answer));
        let forge = Forge::new(move |_| {
            let once = answer.lock().expect("no panic").take();
            once.expect("an upload is sent once")
        });
        let run = forge.forge(&["upload", "a.txt", "--errors", "json"]);
        let out = run.file("a.txt", "hello").run().exits(code).prints("");
        let error = out.error();
        let text = format!("{} {}", error["message"], error["hint"]);
        for part in said {
            assert!(text.contains(part), "{part:?} in {text}\n{out}");
        }
        assert_eq!(
            (&error["kind"], &error["code"]),
            (&json!(kind), &json!(code)),
            "{out}"
        );
        assert!(!out.stderr.contains(TOKEN), "{out}");
    }
    let out = forge("http://127.0.0.1:9", &["upload", "a.txt"]).file("a.txt", "x");
    out.run().exits(1).says(&["refused"]);
}

#[test]
fn what_fails_is_named_and_the_others_go_on() {
    let refusing = |status| {
        Forge::new(
            move |request| match upload(request).expect("checked").filename.as_str() {
                "b.txt" => Answer::Json(status, json!({"detail": "no"})),
                _ => kept(request),
            },
        )
    };
    let run = |forge: &Forge, names: &[&str]| {
        let run = forge.forge(&["upload"]).args(names);
        run.file("a.txt", "x")
            .file("b.txt", "x")
            .file("c.txt", "x")
            .run()
    };
    // About the file.
    let forge = refusing(413);
    let out = run(&forge, &["a.txt", "b.txt", "c.txt"]).exits(7);
    out.says(&[
        "warning: b.txt: ",
        "413",
        "1 of 3 files was not uploaded: b.txt",
    ]);
    assert_eq!(forge.lines().len(), 3);
    let out = run(&forge, &["b.txt", "a.txt"]).exits(7);
    assert_eq!(out.json()["path"], "a.txt");
    run(&forge, &["b.txt", "b.txt"]).exits(4).prints("");
    // About the service: the others would fare no better.
    let forge = refusing(401);
    let out = run(&forge, &["a.txt", "b.txt", "c.txt"]).exits(7);
    out.says(&["401", "2 of 3 files were not uploaded: b.txt, c.txt"]);
    assert_eq!(forge.lines().len(), 2);
    let forge = refusing(401);
    let out = run(&forge, &["b.txt", "c.txt"]).exits(4);
    out.prints("").says(&["2 of 2 files were not uploaded"]);
}

#[test]
fn a_service_that_is_still_starting_gets_the_file_once() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let url = format!("http://{address}");
    let run = forge(&url, &["upload", "-", "--connect-retry", "20s"]).stdin("once");
    let waiting = std::thread::spawn(move || run.run());
    std::thread::sleep(Duration::from_millis(200));
    let listener = TcpListener::bind(address).expect("still free");
    let forge = Forge::on(listener, kept);
    let reply = waiting.join().expect("no panic").done().json();
    assert_eq!(reply["size"], 4);
    assert_eq!(upload(&forge.request()).expect("checked").content, b"once");
}

#[test]
fn a_terminal_sees_a_line_a_file() {
    if !python::python3_or_skip("a terminal") {
        return;
    }
    let forge = Forge::new(kept);
    let run = forge.forge(&["upload", "scan.pdf", "b\u{1b}[2J"]);
    let run = run
        .file("scan.pdf", vec![0; 4_200_000])
        .file("b\u{1b}[2J", "x");
    let out = run.on_terminal().run().done();
    let screen = out.stdout.replace("\r\n", "\n");
    assert!(!screen.contains("\u{1b}[2J"), "{out}");
    for line in [
        "scan.pdf  ff_scanpdf  4.2 MB  expires in 1 h",
        "b\\u001b[2J",
        "ff_b1B2J  1 byte  expires in 1 h",
    ] {
        assert!(strip(&screen).contains(line), "{line:?} in {out}");
    }
}

/// Without colours.
fn strip(screen: &str) -> String {
    let mut text = screen.to_owned();
    for escape in ["\u{1b}[0m", "\u{1b}[2m"] {
        text = text.replace(escape, "");
    }
    text
}
