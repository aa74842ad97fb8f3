//! `serve --history`: a client can ask later for what has happened.

use std::fs;
use std::time::Duration;

use crate::support::dir::Dir;
use crate::support::msg::{Msg, Publish};
use crate::support::{Driver, Router, Val, trefoil, wire};

fn keeping(dir: &Dir, history: &[&str]) -> Router {
    let data = dir.path().join("data");
    let mut args = vec!["--data", data.to_str().expect("UTF-8")];
    for limit in history {
        args.extend(["--history", limit]);
    }
    Router::own(&args)
}

/// REPLAY of a pattern: from, to, at most so many, these types.
fn replay(pattern: &str, limit: Option<u32>, types: u8) -> Vec<u8> {
    let mut body = vec![0x24, if limit.is_some() { 0x20 } else { 0 }];
    body.extend(u16::try_from(pattern.len()).expect("short").to_be_bytes());
    body.extend(pattern.bytes());
    body.extend(limit.into_iter().flat_map(u32::to_be_bytes));
    body.push(types);
    body
}

/// Address and number of each message up to the fence.
fn until_fence(driver: &mut Driver) -> Vec<(String, i64)> {
    driver.send(wire::PING);
    let mut all = Vec::new();
    loop {
        let message = driver.receive(Duration::from_secs(10)).expect("an answer");
        let (address, value) = match message {
            Msg::Set {
                address,
                value,
                revision,
                ..
            } => {
                assert!(revision.is_some(), "{address} has no revision");
                (address, value)
            }
            Msg::Publish(Publish {
                address,
                value: Some(value),
                ..
            }) => (address, value),
            Msg::Pong => return all,
            other => panic!("{other:?}"),
        };
        let Val::Int(number) = value else {
            panic!("{value:?}");
        };
        all.push((address, number));
    }
}

fn named(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    let owned = expected
        .iter()
        .map(|(address, number)| ((*address).to_owned(), *number));
    owned.collect()
}

#[test]
fn replay_is_answered_in_order_and_a_kill_loses_nothing_that_was_told() {
    let dir = Dir::new();
    let mut router = keeping(&dir, &["24h", "/secret/**=none"]);
    let mut driver = Driver::connect(&router);
    for number in 0..3_i64 {
        driver.set("/h/a", number);
        driver.emit("/h/e", number);
        driver.set("/secret/a", number);
    }
    for _ in 0..2 {
        let mut asking = Driver::connect(&router);
        let mut ask = |pattern, limit, types| {
            asking.send(&replay(pattern, limit, types));
            until_fence(&mut asking)
        };
        // As the reference router answers it: params as SETs, and at most so many from the beginning.
        let all = [
            ("/h/a", 0),
            ("/h/e", 0),
            ("/h/a", 1),
            ("/h/e", 1),
            ("/h/a", 2),
            ("/h/e", 2),
        ];
        assert_eq!(ask("/**", None, 0xff), named(&all));
        assert_eq!(ask("/h/**", Some(2), 0xff), named(&all[..2]));
        assert_eq!(
            ask("/h/**", None, 2),
            named(&[("/h/e", 0), ("/h/e", 1), ("/h/e", 2)])
        );
        assert_eq!(ask("/h/a", None, 2), []);
        router.kill();
        router.restart();
    }
    // Only what was asked for: history and subscriptions are one conversation.
    let mut driver = Driver::connect(&router);
    let mut subscribe = wire::subscribe(1, "/h/**");
    *subscribe.last_mut().expect("flags") = 4;
    subscribe.extend(3_u32.to_be_bytes());
    driver.send(&subscribe);
    let mut came = Vec::new();
    for _ in 0..4 {
        came.push(driver.receive(Duration::from_secs(10)).expect("a message"));
    }
    let numbers: Vec<_> = came.iter().take(3).collect();
    assert!(
        matches!(&numbers[..], [
            Msg::Publish(first), Msg::Set { .. }, Msg::Publish(last),
        ] if first.value == Some(Val::Int(1)) && last.value == Some(Val::Int(2))),
        "{came:?}"
    );
    assert!(matches!(&came[3], Msg::Snapshot(params) if params.len() == 1));
}

#[test]
fn a_token_is_told_only_what_it_may_read() {
    let dir = Dir::new();
    let data = dir.path().join("data");
    let args = ["--data", data.to_str().expect("UTF-8"), "--history", "1h"];
    let tokens = "cpsk_all=admin:/**;cpsk_a=read:/a/**";
    let router = Router::own_with(Router::with().tokens(tokens), &args);
    let mut driver = Driver::connect_as(&router, "cpsk_all");
    driver.set("/a/1", 1_i64);
    driver.set("/b/1", 1_i64);
    let mut reader = Driver::connect_as(&router, "cpsk_a");
    reader.send(&replay("/**", None, 0xff));
    assert_eq!(until_fence(&mut reader), named(&[("/a/1", 1)]));
    reader.send(&replay("/b/**", None, 0xff));
    assert!(matches!(reader.reply(), Msg::Error { code: 301, .. }));
}

#[test]
fn history_prints_what_was_and_says_when_nothing_was() {
    let dir = Dir::new();
    let router = keeping(&dir, &["24h"]);
    let mut driver = Driver::connect(&router);
    for number in 1..=5_i64 {
        driver.set("/a", number);
    }
    driver.emit("/cue", 6_i64);
    let history = |args: &[&str]| {
        let args = [&["history", "/**", "--jq", ".value"], args].concat();
        router.clasp(&args).run()
    };
    history(&[]).done().prints("1\n2\n3\n4\n5\n6\n");
    history(&["--limit", "2"]).done().prints("1\n2\n");
    history(&["--last", "2"]).done().prints("5\n6\n");
    history(&["--type", "event"]).done().prints("6\n");
    history(&["--since", "1h", "--type", "param", "--last", "1"])
        .done()
        .prints("5\n");
    let nothing = history(&["--until", "1h"]).exits(6);
    nothing.says(&["nothing of /** was recorded in that time"]);
    history(&["--since", "+1h"])
        .exits(2)
        .says(&["1h means an hour ago"]);
    let record = router.clasp(&["history", "/cue"]).run().done().json();
    assert_eq!(record["type"], "event");
    assert!(
        record["timestamp"]
            .as_u64()
            .is_some_and(|at| at > 1_700_000_000_000_000)
    );
    let head = format!(
        "{} clasp history '/**' --url {} | head -1",
        env!("CARGO_BIN_EXE_trefoil"),
        router.url()
    );
    let shell = std::process::Command::new("sh")
        .args(["-c", &head])
        .output();
    let shell = shell.expect("a shell");
    assert!(
        shell.stderr.is_empty() && shell.stdout.ends_with(b"\n"),
        "{shell:?}"
    );
    Router::own(&[])
        .clasp(&["history", "/**"])
        .run()
        .exits(5)
        .says(&["nothing is recorded here (--history)"]);
}

#[test]
fn get_at_a_time_is_what_was_then() {
    let dir = Dir::new();
    let mut router = keeping(&dir, &["24h"]);
    let mut driver = Driver::connect(&router);
    driver.set("/still", 1_i64);
    driver.set("/moved", 1_i64);
    driver.set("/moved", 2_i64);
    let meta = router
        .clasp(&["get", "/moved", "--meta"])
        .run()
        .done()
        .json();
    let then = meta["timestamp"].as_u64().expect("a time").to_string();
    driver.set("/moved", 3_i64);
    driver.set("/new", 1_i64);
    for _ in 0..2 {
        let at = |what: &str| router.clasp(&["get", what, "--at", &then]).run();
        at("/moved").done().prints("2\n");
        at("/still").done().prints("1\n");
        at("/new").exits(6).says(&["no value at /new at that time"]);
        let all = at("/**").done();
        let values: Vec<_> = all
            .records()
            .iter()
            .map(|record| record["value"].clone())
            .collect();
        assert_eq!(values, [2, 1]);
        assert_eq!(all.records()[0]["revision"], 2);
        router.kill();
        router.restart();
    }
}

#[test]
fn of_too_much_the_oldest_goes() {
    let dir = Dir::new();
    let router = keeping(&dir, &["1MiB"]);
    let mut driver = Driver::connect(&router);
    let text = "x".repeat(10_000);
    for number in 0..400_i64 {
        let value = Val::Array(vec![Val::Int(number), Val::Str(text.clone())]);
        driver.set("/a", value);
    }
    let output = router
        .clasp(&["history", "/a", "--jq", ".value[0]"])
        .run()
        .done();
    let numbers: Vec<i64> = output
        .stdout
        .lines()
        .map(|line| line.parse().expect("a number"))
        .collect();
    assert!(
        numbers.is_sorted() && numbers.last() == Some(&399),
        "{numbers:?}"
    );
    assert!(
        (60..=110).contains(&numbers.len()),
        "{} of them",
        numbers.len()
    );
    let folder = dir.path().join("data/history");
    let files = fs::read_dir(folder).expect("it is there");
    let bytes: u64 = files
        .map(|file| {
            file.and_then(|file| file.metadata())
                .expect("it is there")
                .len()
        })
        .sum();
    assert!(bytes < 1_300_000, "{bytes}");
}

#[test]
fn a_limit_that_is_none_is_named() {
    let serve = |limit| {
        let args = ["clasp", "serve", "--data", "d", "--history", limit];
        trefoil(&args).run().exits(2)
    };
    serve("lots").says(&["lots", "a time such as 24h, a size such as 1GiB, or none"]);
    serve("1kB").says(&["the least is 1MiB"]);
    serve("/a/**=1GiB").says(&["a size is for all of it"]);
    trefoil(&["clasp", "serve", "--history", "1h"])
        .run()
        .exits(2)
        .says(&["--data"]);
}

#[test]
fn a_damaged_file_is_told_of() {
    let dir = Dir::new();
    let mut router = keeping(&dir, &["1h"]);
    let mut driver = Driver::connect(&router);
    for number in 0..100_i64 {
        driver.set("/a", number);
    }
    drop(driver);
    router.kill();
    let folder = dir.path().join("data/history");
    let mut files = fs::read_dir(folder).expect("it is there");
    let path = files.next().expect("a file").expect("it is there").path();
    let bytes = fs::read(&path).expect("it can be read");
    fs::write(&path, &bytes[..bytes.len() / 2 + 1]).expect("room");
    router.restart();
    router.clasp(&["history", "/a"]).run().done();
    router.wait_log("is damaged: ");
    let log = router.log();
    assert!(log.contains(path.to_str().expect("UTF-8")), "{log}");
    router.clasp(&["history", "/a"]).run().done();
    assert_eq!(router.log().matches("is damaged").count(), 1);
}

#[test]
fn a_time_that_has_not_come_is_refused() {
    let dir = Dir::new();
    let router = keeping(&dir, &["1h"]);
    let future = "2099-01-01T00:00:00Z";
    let lines: [&[&str]; 4] = [
        &["get", "/a", "--at", future],
        &["history", "/a", "--since", future],
        &["history", "/a", "--until", "+5s"],
        &["history", "/a", "--since", "5m", "--until", "1h"],
    ];
    for line in lines {
        router.clasp(line).run().exits(2);
    }
}
