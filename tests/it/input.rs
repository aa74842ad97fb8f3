//! Files that are read into memory: every reader skips a byte order mark and has a limit that its
//! error names.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::dir::Dir;
use crate::support::{Driver, Router, Val, trefoil};

const MARK: &str = "\u{feff}";

#[test]
fn a_byte_order_mark_is_skipped_by_every_reader() {
    let router = Router::start();
    let dir = Dir::new();
    let run = |args: &[&str], input: &str| {
        let input = format!("{MARK}{input}");
        router.clasp(args).stdin(input).run().done();
    };
    run(&["set", "-"], "{\"address\":\"/lines\",\"value\":1}\r\n");
    run(&["set", "/value", "-"], "2\r\n");
    run(&["apply", "-"], "{\"/state\":3}");
    run(
        &["bundle", "-"],
        "{\"type\":\"param\",\"address\":\"/bundle\",\"value\":4}",
    );
    let mut driver = Driver::connect(&router);
    for (address, value) in [("/lines", 1), ("/value", 2), ("/state", 3), ("/bundle", 4)] {
        assert_eq!(driver.value(address), Val::Int(value), "{address}");
    }
    let token = dir.file("token", format!("{MARK}abc\r\n"));
    fs::set_permissions(&token, Permissions::from_mode(0o600)).expect("ours");
    let token = token.to_str().expect("UTF-8");
    router
        .clasp(&["get", "/value", "--token-file", token])
        .run()
        .done();
    let settings = dir.path().join("config/trefoil");
    fs::create_dir_all(&settings).expect("a folder");
    let settings = settings.join("config.toml");
    let text = format!("{MARK}[profiles.stage.clasp]\nurl = \"{}\"\n", router.url());
    fs::write(&settings, text).expect("written");
    fs::set_permissions(&settings, Permissions::from_mode(0o600)).expect("ours");
    trefoil(&["clasp", "get", "/value", "--profile", "stage"])
        .in_home(&dir)
        .run()
        .done()
        .prints("2\n");
}

#[test]
fn an_endless_input_is_refused_with_the_limit() {
    let router = Router::start();
    for (args, limit) in [
        (
            &["clasp", "timeline", "/a", "@/dev/zero"][..],
            "larger than 4 MiB",
        ),
        (
            &[
                "forge",
                "health",
                "--url",
                "https://127.0.0.1:1",
                "--ca",
                "/dev/zero",
            ],
            "larger than 16 MiB",
        ),
        (
            &["forge", "run", "x", "--token", "t", "--schema", "/dev/zero"],
            "larger than 16 MiB",
        ),
        (
            &["forge", "run", "@/dev/zero", "--token", "t"],
            "larger than 64 MiB",
        ),
        (
            &["clasp", "get", "/a", "--token-file", "/dev/zero"],
            "larger than 64 KiB",
        ),
        (
            &["clasp", "token", "list", "--tokens", "/dev/zero"],
            "larger than 16 MiB",
        ),
    ] {
        trefoil(args).run().exits(2).says(&[limit]);
    }
    let long = "x".repeat(1024 * 1024 + 1);
    router
        .clasp(&["set", "/a", "-"])
        .stdin(long.clone())
        .run()
        .exits(2)
        .says(&["cannot read the value from stdin", "larger than 1 MiB"]);
    router
        .clasp(&["set", "-"])
        .stdin(long)
        .run()
        .exits(2)
        .says(&["line 1", "1048576 bytes"]);
}

#[test]
fn a_line_that_is_no_record_is_told_apart_from_one_that_is_not_json() {
    let router = Router::start();
    for (line, told) in [
        (
            "/a: 1",
            "line 1: this is not JSON: expected value at column 1",
        ),
        (
            "{\"address\":\"/a\",\"value\":}",
            "line 1: this is not JSON: expected value at column 25",
        ),
        (
            "{\"adress\":\"/a\"}",
            "line 1: unknown key 'adress': did you mean 'address'?",
        ),
        // What `dump` prints.
        ("{\"/a\":1}", "is written with: trefoil clasp apply FILE"),
    ] {
        router
            .clasp(&["set", "-"])
            .stdin(line)
            .run()
            .exits(2)
            .says(&[told]);
    }
}
