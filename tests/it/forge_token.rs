//! `forge token`: manages who may use the service. A plaintext token is shown once, in one place.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::profile::Desk;
use crate::support::dir::Dir;
use crate::support::forge::{ADMIN, Answer, MADE, TOKEN, made, ok};
use crate::support::{Forge, on_both, python};

#[test]
fn a_token_is_printed_once() {
    on_both(&json!("x"), |forge| {
        let line = ["token", "create", "cauldron", "--ip-cidr", "172.24.0.0/16"];
        let out = forge.forge(&line).args(&["--ip-cidr", "FD00::7"]).run();
        let networks = json!(["172.24.0.0/16", "fd00::7/128"]);
        let out = out.done().quietly();
        assert_eq!(
            out.json(),
            json!({"name": "cauldron", "token": MADE, "ip_cidrs": networks})
        );
        let request = forge.request();
        assert_eq!(request.line(), "POST /admin/tokens");
        assert_eq!(
            request.json(),
            json!({"name": "cauldron", "ip_cidrs": networks})
        );
        // Without networks the field is missing.
        let out = forge.forge(&["token", "create", "ci", "-r"]).run();
        out.done().prints(&format!("{MADE}\n"));
        assert_eq!(forge.requests()[1].json(), json!({"name": "ci"}));
    });
}

#[test]
fn words_say_that_it_is_shown_once() {
    on_both(&json!("x"), |forge| {
        let line = ["token", "create", "cauldron", "--ip-cidr", "172.24.0.0/16"];
        let out = forge.forge(&line).args(&["-o", "table"]).run().done();
        out.prints(&format!(
            "{MADE}     shown once, the service keeps only a hash\n  \
             name cauldron · allowed from 172.24.0.0/16\n"
        ));
        let out = forge.forge(&["token", "create", "ci", "-o", "table"]).run();
        assert!(out.done().stdout.ends_with("allowed from everywhere\n"));
    });
}

#[test]
fn a_token_for_a_file_is_there_and_nowhere_else() {
    let home = Dir::new();
    let path = home.path().join("ci.token");
    let seen = path.clone();
    // The place is there before anything is sent.
    let forge = Forge::new(move |request| {
        assert_eq!(std::fs::read(&seen).expect("it is there"), b"");
        made(request)
    });
    let line = ["token", "create", "ci", "--out", "ci.token"];
    let out = forge.forge(&line).in_home(&home).run().done().quietly();
    assert_eq!(
        out.json(),
        json!({"name": "ci", "ip_cidrs": [], "token_file": "ci.token"})
    );
    assert_eq!(
        std::fs::read_to_string(&path).expect("there"),
        format!("{MADE}\n")
    );
    assert_eq!(home.mode(&path), 0o600);
    // Again, and it is not touched.
    forge
        .forge(&line)
        .in_home(&home)
        .run()
        .exits(2)
        .says(&["ci.token", "--force"]);
    assert_eq!(forge.lines().len(), 1);
}

#[test]
fn a_file_is_overwritten_only_by_a_token() {
    let home = Dir::new();
    let path = home.file("ci.token", "the old one\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("ours");
    let line = ["token", "create", "ci", "--out", "ci.token", "--force"];
    let refusing = Forge::new(|_| Answer::Json(409, json!({"detail": "exists"})));
    let out = refusing.forge(&line).in_home(&home).run().exits(4);
    out.says(&["409", "exists", "revoke"]);
    assert_eq!(
        std::fs::read_to_string(&path).expect("there"),
        "the old one\n"
    );
    let forge = Forge::new(made);
    forge.forge(&line).in_home(&home).run().done();
    assert_eq!(
        std::fs::read_to_string(&path).expect("there"),
        format!("{MADE}\n")
    );
    assert_eq!(home.mode(&path), 0o600);
    let left: Vec<_> = std::fs::read_dir(home.path())
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["ci.token"]);
}

#[test]
fn a_token_that_is_not_made_leaves_no_file() {
    let home = Dir::new();
    for answer in [
        || Answer::Json(403, json!({"detail": "no"})),
        || Answer::Close,
        || ok(json!({"name": "ci"})),
    ] {
        let forge = Forge::new(move |_| answer());
        let line = ["token", "create", "ci", "--out", "ci.token"];
        let out = forge.forge(&line).in_home(&home).run();
        assert_ne!(out.code, 0, "{out}");
        assert!(!home.path().join("ci.token").exists(), "{out}");
    }
    let forge = Forge::unasked();
    for path in ["no/such/folder", "."] {
        let line = ["token", "create", "ci", "--out", path];
        forge
            .forge(&line)
            .in_home(&home)
            .run()
            .exits(2)
            .says(&[path]);
    }
}

#[test]
fn whether_it_was_made_is_said_to_be_unknown() {
    let forge = Forge::new(|_| Answer::Close);
    let out = forge
        .forge(&["token", "create", "ci", "--errors", "json"])
        .run();
    let out = out.exits(7).prints("");
    let error = out.error();
    assert_eq!(error["kind"], "transport");
    assert_eq!(error["retryable"], false);
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("token revoke ci"), "{hint}");
    assert_eq!(forge.lines(), ["POST /admin/tokens"]);
    let forge = Forge::new(|_| Answer::Silence);
    let run = forge.forge(&["token", "create", "ci"]).start();
    forge.wait_for(1);
    run.interrupt();
    run.finish().exits(7).says(&["unknown", "token revoke ci"]);
}

#[test]
fn a_reply_without_a_token_is_not_repeated() {
    // A field of any name may contain the plaintext.
    let forge = Forge::new(|_| ok(json!({"name": "ci", "secret": MADE})));
    for errors in ["text", "json"] {
        let out = forge
            .forge(&["token", "create", "ci", "--errors", errors])
            .run();
        let out = out
            .exits(7)
            .prints("")
            .says(&["contract", "token revoke ci"]);
        assert!(!out.stderr.contains(MADE), "{out}");
    }
}

#[test]
fn whoever_watches_does_not_see_it_either() {
    let home = Dir::new();
    on_both(&json!("x"), |forge| {
        let line = ["token", "create", "ci", "-vv", "--trace", "trace.ndjson"];
        let out = forge.forge(&line).in_home(&home).run().done();
        assert!(out.stdout.contains(MADE), "{out}");
        let trace = std::fs::read_to_string(home.path().join("trace.ndjson")).expect("written");
        for seen in [&out.stderr, &trace] {
            assert!(seen.contains("/admin/tokens"), "{seen}");
            for secret in [MADE, ADMIN] {
                assert!(!seen.contains(secret), "{seen}");
            }
        }
    });
}

#[test]
fn a_profile_that_is_read_only_lets_nothing_be_changed() {
    let forge = Forge::unasked();
    let profile = |url: &str| {
        Desk::with(&format!(
            "default = 'stage'\n[profiles.stage]\nread_only = true\nforge.url = '{url}'\n"
        ))
    };
    let desk = profile(&forge.url());
    for args in [
        &["token", "create", "ci", "--out", "ci.token"][..],
        &["token", "revoke", "ci", "--yes"],
        &["upload", "-"],
    ] {
        let run = desk.run(&[&["forge"], args].concat());
        let run = run.env("CLAWDFORGE_TOKEN", TOKEN);
        let run = run.env("CLAWDFORGE_ADMIN_TOKEN", ADMIN);
        run.run().exits(4).says(&["'stage'", "read-only"]);
    }
    let forge = Forge::new(|_| ok(json!([])));
    let desk = profile(&forge.url());
    let list = ["forge", "token", "list", "--token", ADMIN];
    desk.run(&list).run().done();
}

#[test]
fn what_makes_no_sense_is_found_before_anything_is_sent() {
    let forge = Forge::unasked();
    let long = "a".repeat(65);
    for (args, said) in [
        (&["create"][..], "NAME"),
        (&["create", "Cauldron"], "small letters"),
        (&["create", "../x"], "small letters"),
        (&["create", ""], "NAME"),
        (&["create", &long], "64"),
        (
            &["create", "x", "--ip-cidr", "172.24.3.7/16"],
            "172.24.0.0/16",
        ),
        (&["create", "x", "--ip-cidr", "10.0.0.0/33"], "32"),
        (&["create", "x", "--ip-cidr", "fd00::/129"], "128"),
        (&["create", "x", "--ip-cidr", "lan"], "172.24.0.0/16"),
        (&["create", "x", "--force"], "--out"),
        (&["revoke"], "NAME"),
        (&["revoke", "../healthz", "--yes"], "small letters"),
        (&["revoke", "a%2fb", "--yes"], "small letters"),
        (&["revoke", "cauldron"], "--yes"),
        (&["frobnicate"], "frobnicate"),
    ] {
        let line = [&["token"], args].concat();
        forge.forge(&line).run().exits(2).prints("").says(&[said]);
    }
}

#[test]
fn an_app_token_never_stands_in_for_the_admin_token() {
    let forge = Forge::unasked();
    for args in [&["create", "x"][..], &["list"], &["revoke", "x", "--yes"]] {
        let line = [&["token"], args].concat();
        let out = forge.forge(&line).env("CLAWDFORGE_ADMIN_TOKEN", "").run();
        let out = out
            .exits(3)
            .says(&["admin token", "CLAWDFORGE_ADMIN_TOKEN"]);
        assert!(!out.stderr.contains(TOKEN), "{out}");
    }
    // From the same kinds of place as an app's.
    let forge = Forge::new(|_| ok(json!([])));
    for args in [
        &["--token-file", "admin"][..],
        &["--token-command", "cat admin"],
    ] {
        let run = forge.forge(&["token", "list"]).args(args);
        let run = run
            .file("admin", ADMIN)
            .env("CLAWDFORGE_ADMIN_TOKEN", "wrong");
        run.run().done().prints("[]\n");
    }
}

#[test]
fn a_list_is_one_array_with_the_networks_as_lists() {
    let rows = json!([
        {"name": "cauldron", "ip_cidrs": "172.24.0.0/16,fd00::/8", "created_at": 1.5e9,
         "last_used": null, "enabled": true, "note": {"b": 1, "a": 2}},
        {"name": "ci", "ip_cidrs": ["10.0.0.7/32"], "created_at": "2026-04-29 06:35:27",
         "last_used": "2026-04-29T06:35:27.5+00:00", "enabled": false},
        {"name": "old", "ip_cidrs": "", "enabled": 1},
    ]);
    let (bare, named) = (rows.clone(), json!({"tokens": rows}));
    for reply in [bare, named] {
        let forge = Forge::new(move |_| ok(reply.clone()));
        let out = forge.forge(&["token", "list"]).run().done().quietly();
        let listed = out.json();
        assert_eq!(
            listed[0],
            json!({"name": "cauldron", "ip_cidrs": ["172.24.0.0/16", "fd00::/8"],
                   "created_at": 1.5e9, "last_used": null, "enabled": true,
                   "note": {"b": 1, "a": 2}})
        );
        assert_eq!(listed[1]["ip_cidrs"], json!(["10.0.0.7/32"]));
        assert_eq!(listed[2]["ip_cidrs"], json!([]));
        assert_eq!(listed.as_array().map(Vec::len), Some(3));
        let table = forge
            .forge(&["token", "list", "-o", "table"])
            .run()
            .done()
            .stdout;
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 4, "{table}");
        for (line, parts) in [
            (
                0,
                &["NAME", "ALLOWED FROM", "LAST USED", "CREATED", "STATE"][..],
            ),
            (
                1,
                &[
                    "cauldron",
                    "172.24.0.0/16, fd00::/8",
                    "never",
                    " d ago",
                    "enabled",
                ],
            ),
            (2, &["ci", "10.0.0.7/32", " d ago", "disabled"]),
            (3, &["old", "everywhere", "never", "enabled"]),
        ] {
            for part in parts {
                assert!(lines[line].contains(part), "{part:?} in {table}");
            }
        }
    }
    for reply in [json!({"tokens": "x"}), json!([1]), json!({})] {
        let printed = reply.clone();
        let forge = Forge::new(move |_| ok(reply.clone()));
        let out = forge.forge(&["token", "list"]).run().exits(5);
        assert_eq!(out.says(&["contract"]).json(), printed);
    }
}

#[test]
fn revoking_says_what_was_revoked() {
    let forge = Forge::new(|_| ok(json!({"ok": true})));
    let out = forge.forge(&["token", "revoke", "cauldron", "--yes"]).run();
    let out = out.done().quietly();
    assert_eq!(out.json(), json!({"ok": true, "name": "cauldron"}));
    assert_eq!(forge.lines(), ["DELETE /admin/tokens/cauldron"]);
}

/// What the service says to each verb, as exit codes.
#[test]
fn a_page_in_place_of_the_service_has_revoked_nothing() {
    let revoke = ["token", "revoke", "app", "--yes", "--errors", "json"];
    for page in ["<html>Sign in to the Wi-Fi</html>", "[]"] {
        let forge = Forge::new(move |_| Answer::Text(200, "text/html", page.to_owned()));
        let out = forge.forge(&revoke).run().exits(7).prints("");
        assert_eq!(out.error()["outcome"], "unknown", "{out}");
        out.says(&["whether 'app' is revoked is unknown"]);
    }
    // All that the contract promises is a 200.
    let forge = Forge::new(|_| Answer::Text(200, "application/json", String::new()));
    forge.forge(&revoke).run().done();
}

#[test]
fn every_reply_has_its_exit_code() {
    for (status, code, said) in [
        (401, 4, "admin token"),
        (403, 4, "admin token"),
        (404, 4, "token list"),
        (422, 4, "422"),
        (429, 4, "so (HTTP 429 from"),
        (500, 5, "500"),
        (503, 5, "so (HTTP 503 from"),
    ] {
        let forge = Forge::new(move |_| Answer::Json(status, json!({"detail": "so"})));
        for args in [&["create", "x"][..], &["list"], &["revoke", "x", "--yes"]] {
            if status == 404 && args[0] != "revoke" {
                continue;
            }
            let line = [&["token"], args].concat();
            let out = forge.forge(&line).args(&["--errors", "json"]).run();
            let out = out.exits(code).prints("").says(&[said]);
            assert_eq!(out.error()["status"], status);
            assert!(!out.stderr.contains(ADMIN), "{out}");
        }
    }
    for args in [&["list"][..], &["revoke", "x", "-y"]] {
        let forge = Forge::new(|_| Answer::Close);
        let line = [&["token"], args].concat();
        let out = forge
            .forge(&line)
            .args(&["--errors", "json"])
            .run()
            .exits(1);
        assert_eq!(out.error()["retryable"], true);
    }
}

/// What a terminal showed, without colours and carriage returns.
fn screen(stdout: &str) -> String {
    let mut text = stdout.replace('\r', "");
    for escape in ["\u{1b}[0m", "\u{1b}[2m", "\u{1b}[2K", "\u{1b}[1A"] {
        text = text.replace(escape, "");
    }
    text
}

#[test]
fn a_terminal_is_asked_for_a_name_until_it_is_one() {
    if !python::python3_or_skip("a terminal") {
        return;
    }
    let forge = Forge::new(made);
    let out = forge
        .forge(&["token", "create"])
        .answering(&[
            ("Name", "Big Name\r"),
            (
                "small letters",
                "\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}cauldron\r",
            ),
            ("networks", "172.24.0.0/16, 10.0.0.7\r"),
        ])
        .run()
        .done();
    assert!(screen(&out.stdout).contains("shown once"), "{out}");
    assert_eq!(
        forge.request().json(),
        json!({"name": "cauldron", "ip_cidrs": ["172.24.0.0/16", "10.0.0.7/32"]})
    );
}

#[test]
fn a_terminal_is_asked_before_a_token_is_revoked() {
    if !python::python3_or_skip("a terminal") {
        return;
    }
    let used = crate::support::forge::ok;
    let forge = Forge::new(move |request| match request.method.as_str() {
        "GET" => used(json!([{"name": "cauldron", "last_used": Value::Null},
                             {"name": "ci", "last_used": 1.5e9}])),
        _ => used(json!({"ok": true})),
    });
    let revoke = |name: &str, answer: &str| {
        let question = format!("Revoke '{name}'");
        let run = forge.forge(&["token", "revoke", name]);
        run.answering(&[(&question, answer)]).run()
    };
    let out = revoke("cauldron", "\r").exits(4);
    let shown = screen(&out.stdout);
    assert!(
        shown.contains("Revoke 'cauldron', never used? [y/N]"),
        "{out}"
    );
    assert!(shown.contains("nothing was done"), "{out}");
    revoke("cauldron", "n\r").exits(4);
    revoke("cauldron", "\u{3}").exits(130);
    assert_eq!(forge.lines(), ["GET /admin/tokens"; 3]);
    let out = revoke("ci", "y\r").done();
    assert!(screen(&out.stdout).contains("', last used "), "{out}");
    assert!(screen(&out.stdout).contains("ci  revoked"), "{out}");
    assert_eq!(forge.lines()[4], "DELETE /admin/tokens/ci");
    // With --yes the user is not asked, and nothing is looked up.
    let run = forge.forge(&["token", "revoke", "ci", "--yes"]);
    run.on_terminal().run().done();
    assert_eq!(forge.lines()[5..], ["DELETE /admin/tokens/ci"]);
}
