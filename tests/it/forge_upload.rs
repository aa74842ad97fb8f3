//! `forge upload`, and files for `forge run`: what the service gets is what the file is, or nothing.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, TOKEN, forge, kept, ok, result};
use crate::support::multipart::upload;
use crate::support::{Forge, PATIENCE, python};

const MIB: u64 = 1 << 20;

#[test]
fn a_file_is_sent_as_the_contract_has_it_and_the_reply_printed() {
    let forge = Forge::new(kept);
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
    let forge = Forge::new(kept);
    let run = forge.forge(&["upload"]).arg(name).in_home(&home);
    run.run().done().says(&["not UTF-8", "caf\u{fffd}.txt"]);
    let sent = upload(&forge.request()).expect("checked");
    assert_eq!(sent.filename, "caf\u{fffd}.txt");
    let run = forge.forge(&["upload", "--name", "cafe.txt"]).arg(name);
    run.in_home(&home).run().done().quietly();
}

#[test]
fn several_files_are_a_line_each() {
    let forge = Forge::new(kept);
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
}

#[test]
fn stdin_is_sent_as_it_comes() {
    let forge = Forge::new(kept);
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
        (Answer::Json(429, json!({})), 4, "api", &["busy", "later"]),
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

/// A service that reads a mebibyte of the body, lets something happen, and reads the rest. Gives its
/// URL and, in the end, how much of the body came, and of how much.
fn midway(
    happens: impl FnOnce() + Send + 'static,
) -> (String, std::thread::JoinHandle<(u64, u64)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let serving = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut reader = BufReader::new(&stream);
        let announced = announced(&mut reader);
        let mut came = std::io::copy(&mut (&mut reader).take(MIB), &mut std::io::sink())
            .expect("the beginning");
        happens();
        let rest = announced - came;
        // A connection that breaks has brought what it brought.
        came += std::io::copy(&mut reader.take(rest), &mut std::io::sink()).unwrap_or_default();
        let reply = "HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\n{\"file_token\":\"ff_1\"}";
        let _ = (&stream).write_all(reply.as_bytes());
        (came, announced)
    });
    (url, serving)
}

/// Reads the head of a request; its Content-Length.
fn announced(reader: &mut BufReader<&TcpStream>) -> u64 {
    let mut announced = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        match line.trim_end().split_once(": ") {
            Some(("content-length", length)) => announced = length.parse().expect("a number"),
            Some(_) => {}
            None if line.starts_with("POST") => {}
            None => return announced,
        }
    }
}

/// A file with nothing in it but its length.
fn sparse(path: &Path, size: u64) {
    let file = File::create(path).expect("a file");
    file.set_len(size).expect("a length");
}

#[test]
fn of_a_file_that_grows_what_was_announced_is_sent() {
    let home = Dir::new();
    let path = home.path().join("log.txt");
    sparse(&path, 64 * MIB);
    let growing = path.clone();
    let (url, serving) = midway(move || {
        let mut file = OpenOptions::new()
            .append(true)
            .open(growing)
            .expect("there");
        file.write_all(b"more").expect("room");
    });
    let out = forge(&url, &["upload", "log.txt"])
        .in_home(&home)
        .run()
        .done();
    out.says(&["warning", "log.txt grew", "67108864 bytes"]);
    let (came, announced) = serving.join().expect("no panic");
    assert_eq!(came, announced);
}

#[test]
fn a_file_that_shrinks_is_never_made_up_for() {
    let home = Dir::new();
    let path = home.path().join("log.txt");
    sparse(&path, 64 * MIB);
    let cut = path.clone();
    let (url, serving) = midway(move || {
        let file = OpenOptions::new().write(true).open(cut).expect("there");
        file.set_len(0).expect("cut");
    });
    let out = forge(&url, &["upload", "log.txt"]).in_home(&home).run();
    out.exits(2)
        .prints("")
        .says(&["log.txt", "shrank", "67108864"]);
    let (came, announced) = serving.join().expect("no panic");
    assert!(came < announced, "{came} of {announced}");
}

#[test]
fn a_file_that_is_removed_meanwhile_is_sent_whole() {
    let home = Dir::new();
    let path = home.path().join("log.txt");
    sparse(&path, 64 * MIB);
    let gone = path.clone();
    let (url, serving) = midway(move || std::fs::remove_file(gone).expect("there"));
    forge(&url, &["upload", "log.txt"])
        .in_home(&home)
        .run()
        .done()
        .quietly();
    let (came, announced) = serving.join().expect("no panic");
    assert_eq!(came, announced);
}

#[test]
fn a_file_that_vanishes_before_its_turn_is_named() {
    let home = Dir::new();
    home.file("a.txt", "x");
    let gone = home.file("b.txt", "x");
    let forge = Forge::new(move |request| {
        let _ = std::fs::remove_file(&gone);
        kept(request)
    });
    let out = forge.forge(&["upload", "a.txt", "b.txt"]).in_home(&home);
    let out = out
        .run()
        .exits(7)
        .says(&["b.txt", "No such file", "1 of 2 files"]);
    assert_eq!(out.json()["path"], "a.txt");
}

#[test]
fn a_refusal_that_does_not_wait_for_the_file_is_heard() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let serving = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut reader = BufReader::new(&stream);
        announced(&mut reader);
        let reply = "HTTP/1.1 413 X\r\ncontent-length: 18\r\nconnection: close\r\n\r\n\
                     {\"detail\":\"10 MiB\"}";
        (&stream).write_all(reply.as_bytes()).expect("it listens");
        // Held open until the other side has had enough.
        let _ = std::io::copy(&mut reader, &mut std::io::sink());
    });
    let home = Dir::new();
    sparse(&home.path().join("big"), 256 * MIB);
    let out = forge(&url, &["upload", "big"]).in_home(&home).run();
    out.exits(4).says(&["413", "10 MiB"]);
    serving.join().expect("no panic");
}

#[test]
fn a_connection_that_breaks_off_says_how_far_it_came() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let serving = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut reader = BufReader::new(&stream);
        announced(&mut reader);
        std::io::copy(&mut reader.take(MIB), &mut std::io::sink()).expect("the beginning");
    });
    let home = Dir::new();
    sparse(&home.path().join("big"), 256 * MIB);
    let out = forge(&url, &["upload", "big"]).in_home(&home).run();
    out.exits(1)
        .says(&["big: ", "lost", " MB were sent", "size"]);
    serving.join().expect("no panic");
}

#[test]
fn eight_gibibytes_take_no_more_memory_than_eight() {
    let size = 8 << 30;
    let home = Dir::new();
    sparse(&home.path().join("disk.img"), size);
    let forge = Forge::new(|_| Answer::Silence);
    let run = forge.forge(&["upload", "disk.img"]).in_home(&home);
    let run = run.start();
    // All of it is there, and the client waits for a word.
    let deadline = Instant::now() + PATIENCE * 10;
    while forge.requests().is_empty() {
        assert!(Instant::now() < deadline, "{} bytes came", forge.received());
        std::thread::sleep(Duration::from_millis(20));
    }
    let peak = run.memory("VmHWM");
    assert!(peak < 32 * 1024, "{peak} KiB");
    let request = forge.request();
    assert_eq!(upload(&request).expect("checked").size, size);
    assert_eq!(forge.received(), request.length);
    run.interrupt();
    run.finish().exits(130).says(&["interrupted", "disk.img"]);
}

#[test]
fn ctrl_c_ends_it_and_says_what_is_not_there() {
    let home = Dir::new();
    home.file("a.txt", "x");
    home.file("b.txt", "x");
    let forge = Forge::new(
        |request| match upload(request).expect("checked").filename.as_str() {
            "a.txt" => kept(request),
            _ => Answer::Silence,
        },
    );
    let run = forge
        .forge(&["upload", "a.txt", "b.txt", "a.txt"])
        .in_home(&home);
    let run = run.start();
    forge.wait_for(2);
    run.interrupt();
    let out = run
        .finish()
        .exits(130)
        .says(&["interrupted: b.txt, a.txt not uploaded"]);
    assert_eq!(out.json()["path"], "a.txt");
    let run = forge
        .forge(&["run", "x", "-f", "b.txt"])
        .in_home(&home)
        .start();
    forge.wait_for(3);
    run.interrupt();
    run.finish()
        .exits(130)
        .says(&["interrupted", "b.txt", "nothing was asked"]);
}

#[test]
fn a_deadline_is_only_there_when_it_was_asked_for() {
    let forge = Forge::new(|_| Answer::Silence);
    let run = forge.forge(&["upload", "a.txt", "--timeout", "1"]);
    let out = run.file("a.txt", "x").run().exits(124);
    out.says(&["a.txt", "within 1 s"]);
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

/// A service that takes files and runs.
fn both() -> Forge {
    Forge::new(|request| match request.path.as_str() {
        "/files" => kept(request),
        _ => result(json!("blue")),
    })
}

#[test]
fn a_run_uploads_its_files_first_and_each_once() {
    let forge = both();
    let home = Dir::new();
    home.file("a.png", "picture");
    std::os::unix::fs::symlink("a.png", home.path().join("b.png")).expect("a link");
    home.file("ff_c", "called like a token");
    let line = [
        "run", "x", "-f", "ff_7", "-f", "a.png", "-f", "./a.png", "-f", "b.png",
    ];
    let run = forge
        .forge(&line)
        .args(&["--file", "./ff_c"])
        .in_home(&home);
    let out = run
        .run()
        .done()
        .says(&["a.png is ff_apng (7 bytes, expires in 1 h)"]);
    assert_eq!(out.json()["result"], "blue");
    assert_eq!(forge.lines(), ["POST /files", "POST /files", "POST /run"]);
    assert_eq!(
        forge.requests()[2].json()["files"],
        json!(["ff_7", "ff_apng", "ff_ffc"])
    );
    let entry = forge.forge(&["ledger", "last"]).in_home(&home).run();
    assert_eq!(entry.done().json()["files"], 3);
    let quiet = forge
        .forge(&["run", "x", "-q", "-f", "a.png"])
        .in_home(&home);
    quiet.run().done().quietly();
}

#[test]
fn a_file_from_stdin_and_a_prompt_from_elsewhere() {
    let forge = both();
    forge
        .forge(&["run", "x", "-f", "-"])
        .stdin("piped")
        .run()
        .done();
    let sent = upload(&forge.requests()[0]).expect("checked");
    assert_eq!(sent.content, b"piped");
    assert_eq!(forge.requests()[1].json()["files"], json!(["ff_stdin"]));
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
        let forge = both();
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
