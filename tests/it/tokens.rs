//! Tokens: their sources, the errors for a refusal, and that they are never shown.

use std::time::{Duration, Instant};

use crate::support::{Driver, Fake, Msg, Output, Router, wire};

const TOKEN: &str = "cpsk_5ecret0123456789abcdefghijklmnop";

fn guarded() -> Router {
    let tokens = format!("{TOKEN}=admin:/**;cpsk_reader=read:/**");
    Router::with().tokens(&tokens).expired("cpsk_old").start()
}

/// Neither stream shows the secret.
#[track_caller]
fn hidden(output: Output) -> Output {
    let shown = output.stdout.contains("5ecret") || output.stderr.contains("5ecret");
    assert!(!shown, "the token is shown\n{output}");
    output
}

#[test]
fn without_one_it_is_exit_3_and_says_where_one_may_come_from() {
    let router = guarded();
    // The router leaves the socket open and silent after its ERROR.
    for args in [
        &["set", "/a", "1"][..],
        &["get", "/a"],
        &["sub", "/a"],
        &["ping"],
        &["emit", "/a"],
    ] {
        let refused = router
            .clasp(args)
            .run()
            .exits(3)
            .within(Duration::from_secs(3));
        refused.says(&["--token", "CLASP_TOKEN"]);
    }
}

#[test]
fn a_refused_or_expired_one_is_exit_4_and_does_not_hang() {
    let router = guarded();
    for token in ["cpsk_wrong", "cpsk_old", "nonsense"] {
        for args in [
            &["set", "/a", "1"][..],
            &["get", "/a"],
            &["sub", "/a"],
            &["ping"],
        ] {
            let refused = router.clasp(args).token(token).run();
            refused.exits(4).prints("").within(Duration::from_secs(3));
        }
    }
    let bulk = router.clasp(&["set", "-"]).token("cpsk_wrong");
    bulk.stdin("{\"address\":\"/a\",\"value\":1}")
        .run()
        .exits(4)
        .within(Duration::from_secs(3));
    router
        .clasp(&["get", "/a"])
        .token("cpsk_old")
        .run()
        .exits(4)
        .says(&["expired"]);
}

#[test]
fn it_comes_from_a_flag_a_file_a_command_or_the_environment() {
    let router = guarded();
    let set = |args: &[&str]| router.clasp(&[&["set", "/a", "1"], args].concat());
    hidden(set(&["--token", TOKEN]).run().done());
    hidden(set(&[]).token(TOKEN).run().done());
    hidden(
        set(&["--token-file", "t"])
            .file("t", format!("{TOKEN}\n"))
            .run()
            .done(),
    );
    hidden(
        set(&["--token-command", "cat t"])
            .file("t", format!("{TOKEN}\n"))
            .run()
            .done(),
    );
    // The nearer one wins.
    hidden(set(&["--token", TOKEN]).token("cpsk_wrong").run().done());
    hidden(set(&["--token", "cpsk_wrong"]).token(TOKEN).run().exits(4));
    // An empty variable is an unset one.
    set(&[]).token("").run().exits(3);
}

#[test]
fn a_source_that_fails_is_not_an_empty_token() {
    let router = guarded();
    let set = |args: &[&str]| router.clasp(&[&["set", "/a", "1"], args].concat()).run();
    for (args, named) in [
        (["--token-file", "/no/such/file"], "/no/such/file"),
        (["--token-command", "false"], "false"),
    ] {
        let failed = set(&args);
        assert!([2, 3].contains(&failed.code), "{failed}");
        failed.says(&[named]);
    }
}

#[test]
fn it_is_never_shown_not_even_in_an_error() {
    let router = guarded();
    let wrong = format!("{TOKEN}x");
    for args in [
        &["get", "/a"][..],
        &["get", "/a", "--errors", "json"],
        &["get", "not an address"],
    ] {
        hidden(router.clasp(args).token(&wrong).run());
    }
    // A router that quotes it back.
    let fake = Fake::websocket(|_, peer| {
        if let Some(Msg::Hello { token, .. }) = peer.receive() {
            peer.send(&wire::error(300, &format!("Invalid token {token}")));
        }
        while peer.receive().is_some() {}
    });
    hidden(fake.clasp(&["get", "/a"]).token(TOKEN).run().exits(4));
}

#[test]
fn a_scope_decides_what_is_refused() {
    let router = guarded();
    Driver::connect_as(&router, TOKEN).set("/a", 1.0);
    let run = |args: &[&str]| router.clasp(args).token("cpsk_reader").run();
    run(&["get", "/a"]).done().prints("1.0\n");
    run(&["sub", "/a", "--retained-only"]).done();
    run(&["set", "/a", "2"]).exits(4).says(&["/a"]);
    run(&["emit", "/a"]).exits(4).says(&["/a"]);
}

#[test]
fn a_subscription_outside_the_scope_is_refused_and_not_silently_empty() {
    let router = Router::with().tokens("cpsk_a=read:/a/**").start();
    let run = |args: &[&str]| router.clasp(args).token("cpsk_a").run();
    run(&["sub", "/b/**", "--for", "5s"])
        .exits(4)
        .within(Duration::from_secs(3));
    run(&["get", "/b/x"]).exits(4);
}

#[test]
fn a_scope_of_exactly_the_pattern_suffices() {
    // The reference router does not count /a itself as within the scope read:/a/**.
    let router = Router::with()
        .tokens("cpsk_a=read:/a/**,write:/a/**")
        .start();
    Driver::connect_as(&router, "cpsk_a").set("/a/x", 1.0);
    let run = |args: &[&str]| router.clasp(args).token("cpsk_a").run().done();
    assert_eq!(
        run(&["sub", "/a/**", "--retained-only"]).json()["address"],
        "/a/x"
    );
    assert_eq!(run(&["get", "/a/**"]).json()["address"], "/a/x");
}

#[test]
fn one_of_several_patterns_outside_the_scope_is_named() {
    let router = Router::with().tokens("cpsk_a=read:/a/**").start();
    let args = ["sub", "/a/**", "/b/**", "--for", "5s"];
    let refused = router.clasp(&args).token("cpsk_a").run().exits(4);
    refused.within(Duration::from_secs(3)).says(&["/b/**"]);
}

#[test]
fn a_command_that_hangs_is_part_of_the_deadline() {
    let router = guarded();
    let args = [
        "get",
        "/a",
        "--token-command",
        "sleep 60",
        "--timeout",
        "500ms",
    ];
    let began = Instant::now();
    router
        .clasp(&args)
        .run()
        .exits(124)
        .within(Duration::from_secs(3));
    // A shell's child would hold stderr open, and `trefoil … 2>&1 | cat` would wait for that.
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "the command has ended, too"
    );
}
