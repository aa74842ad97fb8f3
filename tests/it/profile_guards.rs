//! Guards of a profile, which forbid a write before anything is sent; and the questions at a
//! terminal.

use crate::help::commands;
use crate::profile::Desk;
use crate::support::python::python3_or_skip;
use crate::support::{Fake, Forge, Output, Router};

/// Every verb of CLASP's that writes, all of it to `/in/a` or below.
const WRITES: [&[&str]; 15] = [
    &["set", "/in/a", "1"],
    &["set", "-"],
    &["emit", "/in/a"],
    &["stream", "/in/a", "1"],
    &["stream", "/in/a", "-"],
    &["gesture", "/in/a", "1", "begin"],
    &["gesture", "/in/a", "1", "-"],
    &["timeline", "/in/a", "0s:0", "1ms:1"],
    &["timeline", "/in/a", "0s:0", "1ms:1", "--publish"],
    &["bundle", "--set", "/in/a=1", "--emit", "/in/b"],
    &["publish", "{\"type\":\"event\",\"address\":\"/in/a\"}"],
    &["publish", "-"],
    &["apply", "-"],
    &["lock", "/in/a", "--", "true"],
    &["replay", "-"],
];

const LINE: &str =
    "{\"type\":\"param\",\"address\":\"/in/a\",\"value\":1,\"received\":1795166091829000}\n";

/// Every verb that changes nothing on the other side.
const READS: [&str; 25] = [
    "clasp cluster",
    "clasp get",
    "clasp history",
    "clasp subscribe",
    "clasp wait",
    "clasp query",
    "clasp time",
    "clasp ping",
    "clasp serve",
    "clasp token",
    "clasp watch",
    "clasp record",
    "clasp on",
    "clasp dump",
    "clasp diff",
    "forge health",
    "forge ledger",
    "forge usage",
    "forge serve",
    "vuer recv",
    "vuer serve",
    "vuer grab",
    "vuer load",
    "vuer page",
    "vuer scene",
];

/// A profile in use with these guards, for a server at this URL.
fn desk(url: &str, guards: &str) -> Desk {
    Desk::with(&format!(
        "default = 'stage'\n[profiles.stage]\n{guards}\n\
         clasp.url = '{url}'\nvuer.url = '{url}'\n"
    ))
}

fn write(desk: &Desk, args: &[&str]) -> Output {
    let input = if args.contains(&"apply") {
        "{\"/in/a\":1}"
    } else {
        LINE
    };
    desk.run(&[&["clasp"], args].concat()).stdin(input).run()
}

/// A new verb without a check of the guards would not be noticed, so every verb must be listed
/// here.
#[test]
fn every_verb_is_known_to_write_or_not() {
    let writes = WRITES.map(|args| format!("clasp {}", args[0]));
    let others = [
        "clasp bridge",
        "vuer send",
        "vuer call",
        "forge run",
        "forge batch",
        "forge cancel",
        "forge upload",
        "forge token",
        "forge session",
    ]
    .map(str::to_owned);
    let known: Vec<String> = READS
        .map(str::to_owned)
        .into_iter()
        .chain(writes)
        .chain(others)
        .collect();
    for path in commands() {
        let [service @ ("clasp" | "vuer" | "forge"), verb] =
            path.iter().map(String::as_str).collect::<Vec<_>>()[..]
        else {
            continue;
        };
        let verb = format!("{service} {verb}");
        assert!(
            known.contains(&verb),
            "{verb} is neither among the writes of this file nor among its reads"
        );
    }
}

#[test]
fn read_only_refuses_every_write_before_a_connection() {
    let fake = Fake::router(|_, _| false);
    let desk = desk(&fake.url(), "read_only = true");
    for args in WRITES {
        let refused = write(&desk, args).exits(4).prints("");
        refused.says(&[
            "'stage'",
            "read-only",
            "profile show stage",
            "--profile none",
        ]);
    }
    for args in [
        &["send", "X"][..],
        &["send", "-"],
        &["call", "X", "--reply", "Y"],
    ] {
        let args = [&["vuer"], args].concat();
        let refused = desk.run(&args).stdin("{\"etype\":\"X\"}\n").run().exits(4);
        refused.says(&["'stage'", "read-only"]);
    }
    // Not even when asked for in so many words, elsewhere or with a yes.
    let set = ["set", "/in/a", "1", "--url", &fake.url(), "--yes"];
    write(&desk, &set).exits(4);
    assert_eq!(fake.connections(), 0);
}

#[test]
fn read_only_refuses_what_forge_would_be_paid_for_or_keep() {
    let forge = Forge::unasked();
    let desk = Desk::with(&format!(
        "default = 'stage'\n[profiles.stage]\nread_only = true\n\
         [profiles.stage.forge]\nurl = '{}'\ntoken_command = 'echo cf_x'\n\
         admin_token_command = 'echo x'\n",
        forge.url()
    ));
    for args in [
        &["run", "x"][..],
        &["session", "new"],
        &["session", "turn", "s", "x"],
        &["session", "close", "s"],
        &["session", "exec", "--", "true"],
        &["upload", "/etc/hostname"],
        &["token", "create", "n"],
        &["token", "revoke", "n", "--yes"],
        &["cancel", "run_1"],
    ] {
        let refused = desk.run(&[&["forge"], args].concat()).run().exits(4);
        refused.prints("").says(&["'stage'", "read-only"]);
    }
}

#[test]
fn reads_are_never_refused_nor_asked() {
    let router = Router::start();
    router.clasp(&["set", "/in/a", "1"]).run().done();
    let guards = "read_only = true\nconfirm = true\nallow = ['/x']";
    let desk = desk(&router.url(), guards);
    for args in [
        &["get", "/in/a"][..],
        &["sub", "/in/**", "--retained-only"],
        &["wait", "/in/a"],
        &["ping", "--count", "1"],
        &["time"],
        &["query"],
        &["timeline", "/in/a", "0s:0", "1s:1", "--preview"],
    ] {
        let done = desk.run(&[&["clasp"], args].concat()).run();
        done.done();
    }
    for verb in ["recv", "scene"] {
        // It gets as far as the connection that nobody takes.
        let args = ["vuer", verb, "--url", "ws://127.0.0.1:1"];
        desk.run(&args).run().exits(1);
    }
}

#[test]
fn allow_refuses_what_no_pattern_matches() {
    let fake = Fake::router(|_, _| false);
    let outside = desk(&fake.url(), "allow = ['/out/**', '/in/*/c']");
    for args in WRITES.into_iter().filter(|args| {
        ![["set", "-"], ["publish", "-"], ["replay", "-"]].contains(&[args[0], args[1]])
    }) {
        let refused = write(&outside, args).exits(4).prints("");
        refused.says(&["'stage'", "/in/a", "/out/**, /in/*/c", "--profile none"]);
    }
    assert_eq!(fake.connections(), 0);
    // One address of several is enough.
    let one = desk(&fake.url(), "allow = ['/in/a']");
    let args = ["bundle", "--set", "/in/a=1", "--emit", "/in/b"];
    write(&one, &args).exits(4).says(&["/in/b"]);
    assert_eq!(fake.connections(), 0);

    let router = Router::start();
    let inside = desk(&router.url(), "allow = ['/in/**']");
    for args in WRITES {
        write(&inside, args).done();
    }
    let bad = desk(&fake.url(), "allow = ['in']");
    write(&bad, &["set", "/in/a", "1"])
        .exits(2)
        .says(&["'allow'", "'in'"]);
}

#[test]
fn the_first_line_outside_ends_it_with_what_was_done_told() {
    let (fake, told) = Fake::telling();
    let desk = desk(&fake.url(), "allow = ['/in/**']");
    let line = |address: &str| format!("{{\"address\":\"{address}\",\"value\":1}}\n");
    let input = ["/in/a", "/in/b", "/out", "/in/c"].map(line).concat();
    let run = |args: &[&str]| {
        desk.run(&[&["clasp"], args].concat())
            .stdin(input.clone())
            .run()
    };
    let stopped = run(&["set", "-"]);
    let stopped = stopped.exits(7);
    assert_eq!(stopped.json()["acknowledged"], 2, "{stopped}");
    stopped.says(&["line 3", "/out", "'stage'"]);
    let skipped = run(&["set", "-", "--on-error", "skip"]).exits(7);
    assert_eq!(skipped.json()["acknowledged"], 3, "{skipped}");
    skipped.says(&["line 3", "/out"]);
    // Nothing sent, nothing done: simply refused.
    let first = line("/out");
    let args = ["clasp", "set", "-"];
    desk.run(&args)
        .stdin(first)
        .run()
        .exits(4)
        .says(&["line 1"]);
    drop(fake);
    for message in told {
        let crate::support::Msg::Set { address, .. } = &message else {
            panic!("only SETs were asked for: {message:?}");
        };
        assert!(address.starts_with("/in/"), "{message:?}");
    }
}

#[test]
fn confirm_needs_a_yes_where_nobody_can_be_asked() {
    let fake = Fake::router(|_, _| false);
    let desk = desk(&fake.url(), "confirm = true");
    for args in WRITES {
        let refused = write(&desk, args).exits(2).prints("");
        refused.says(&[&fake.url(), "'stage'", "--yes"]);
    }
    let vuer = desk.run(&["vuer", "send", "X"]).run();
    vuer.exits(2).says(&["'stage'", "--yes"]);
    assert_eq!(fake.connections(), 0);
    let router = Router::start();
    let url = router.url();
    for args in WRITES {
        let answered = [&["--yes"], &args[..1], &["--url", &url], &args[1..]].concat();
        write(&desk, &answered).done();
    }
}

#[test]
fn confirm_asks_once_at_a_terminal() {
    if !python3_or_skip("questions at a terminal") {
        return;
    }
    let router = Router::start();
    let guarded = desk(&router.url(), "confirm = true");
    let set = ["clasp", "timeline", "/in/a", "0s:0", "1ms:1"];
    let question = format!("Write to {} as profile 'stage'?", router.url());
    let asked = guarded
        .run(&set)
        .answering(&[(&question, "y\r")])
        .run()
        .done();
    assert!(asked.stdout.contains("writes in"), "{asked}");

    let fake = Fake::router(|_, _| false);
    let guarded = desk(&fake.url(), "confirm = true");
    for (answer, code) in [("n\r", 4), ("\r", 4), ("\x03", 130)] {
        let run = guarded.run(&set).answering(&[("[y/N]", answer)]).run();
        let run = run.exits(code);
        // The cursor is not left hidden.
        assert!(!run.stdout.contains("\x1b[?25l"), "{run}");
    }
    // What is neither is asked again.
    let odd = guarded
        .run(&set)
        .answering(&[("[y/N]", "x\r"), ("y or n", "n\r")]);
    odd.run().exits(4);
    assert_eq!(fake.connections(), 0);
}

#[test]
fn add_and_remove_ask_at_a_terminal() {
    if !python3_or_skip("questions at a terminal") {
        return;
    }
    let desk = Desk::new();
    let add = ["profile", "add", "stage"];
    let answers = [
        ("CLASP URL", "stage:7330\r"),
        ("ws://", "ws://stage:7330\r"),
        ("CLASP token", "/no/such\r"),
        ("no file", "~/stage.token\r"),
        ("forge URL", "\r"),
        ("Vuer URL", "ws://stage:8012\r"),
        ("Refuse every change", "\r"),
        ("Ask before", "y\r"),
    ];
    desk.run(&add).answering(&answers).run().done();
    assert_eq!(
        desk.text(),
        "[profiles.stage]\nconfirm = true\n\n[profiles.stage.clasp]\n\
         url = \"ws://stage:7330\"\ntoken_file = \"~/stage.token\"\n\n\
         [profiles.stage.vuer]\nurl = \"ws://stage:8012\"\n"
    );
    let other = ["profile", "add", "other"];
    let interrupted = desk
        .run(&other)
        .answering(&[("CLASP URL", "ws://a\x03")])
        .run();
    interrupted.exits(130);
    assert!(!desk.text().contains("other"), "{}", desk.text());

    let remove = ["profile", "remove", "stage"];
    let question = "Remove profile 'stage'?";
    desk.run(&remove)
        .answering(&[(question, "n\r")])
        .run()
        .exits(4);
    assert!(desk.text().contains("stage"));
    desk.run(&remove)
        .answering(&[(question, "y\r")])
        .run()
        .done();
    assert!(!desk.text().contains("stage"), "{}", desk.text());
}
