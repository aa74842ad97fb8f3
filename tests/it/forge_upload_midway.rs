//! `forge upload` during the transfer: the file grows, shrinks or is very large, or one side stops.
//! The service gets exactly the announced length, or no complete file.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, forge, kept};
use crate::support::multipart::upload;
use crate::support::{Forge, PATIENCE};

const MIB: u64 = 1 << 20;

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
    let peak = run.peak_memory();
    assert!(peak < 8 * 1024, "{peak} KiB");
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
