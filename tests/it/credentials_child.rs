//! A command that trefoil runs gets the URL, the profile and its guards, and no token that is not meant.

use super::credentials::*;
use crate::profile::Desk;
use crate::support::forge::TOKEN;

/// The environment of a command that trefoil runs: `NAME=value` of these, a line each.
const PRINT: &str =
    "env | grep -E '^(CLASP|CLAWDFORGE|VUER|TREFOIL)_(URL|TOKEN|PROFILE|CLIENT_URI)' | sort";

#[test]
fn a_command_gets_the_url_and_the_profile_and_no_token_that_is_not_meant() {
    let (fake, tokens) = asking();
    let url = fake.url();
    let desk = Desk::with(&format!(
        "[profiles.p.clasp]\nurl = '{url}'\ntoken = '{SECRET}'\n\
         [profiles.p.vuer]\nurl = 'ws://127.0.0.1:8'\n"
    ));
    let lock = |extra: &[&str], script: &str| {
        let run = desk.run(&["clasp", "lock", "/l"]).args(extra);
        run.around(&["sh", "-c", script])
    };
    // A profile by its name, in an environment that is for another service.
    let run = lock(&["--profile", "p"], PRINT)
        .env("CLASP_URL", "ws://127.0.0.1:7")
        .token("of another")
        .run();
    run.done().prints(&format!(
        "CLASP_URL={url}\nTREFOIL_PROFILE=p\nVUER_CLIENT_URI=ws://127.0.0.1:8\n"
    ));
    // A typed URL, with the token of the environment, which may go there.
    let run = lock(&["--url", &url], PRINT).token("env").run();
    run.done()
        .prints(&format!("CLASP_TOKEN=env\nCLASP_URL={url}\n"));
    // … and with a typed token: the one of the environment is then not used.
    let typed = ["--url", &url, "--token", "typed", "--profile", "none"];
    let run = lock(&typed, PRINT).token("env").run();
    run.done()
        .prints(&format!("CLASP_URL={url}\nTREFOIL_PROFILE=none\n"));
    tokens.lock().expect("no panic").clear();
    // Its own trefoil finds the token of the profile.
    let nested = format!(
        "{} clasp get /a --no-token; ",
        env!("CARGO_BIN_EXE_trefoil")
    );
    let nested = format!("{nested} {} clasp set /a 1", env!("CARGO_BIN_EXE_trefoil"));
    let run = lock(&["--profile", "p"], &nested).token("of another").run();
    run.done();
    let told = tokens.lock().expect("no panic").clone();
    assert_eq!(told, [SECRET, "", SECRET]);
}

#[test]
fn on_and_exec_tell_their_command_the_same() {
    let router = crate::support::Router::start();
    router.clasp(&["set", "/a", "1"]).run().done();
    let desk = Desk::with("[profiles.p.clasp]\nname = 'x'\n[profiles.p.forge]\ntoken = 'x'\n");
    let on = ["clasp", "on", "/a", "--retained", "--count", "1"];
    let on = desk
        .run(&on)
        .args(&["--url", &router.url(), "--profile", "p"]);
    let run = on.around(&["sh", "-c", PRINT]).run().done();
    assert!(
        run.stdout
            .contains(&format!("CLASP_URL={}\n", router.url())),
        "{run}"
    );
    assert!(run.stdout.contains("TREFOIL_PROFILE=p\n"), "{run}");

    let forge = crate::support::forge::sessions(|_| None);
    let desk = Desk::with(&format!(
        "[profiles.p.forge]\nurl = '{}'\ntoken = '{TOKEN}'\n",
        forge.url()
    ));
    let exec = desk.run(&["forge", "session", "exec", "--profile", "p"]);
    let exec = exec
        .env("CLAWDFORGE_TOKEN", "of another")
        .env("CLAWDFORGE_ADMIN_TOKEN", "of another");
    let run = exec.around(&["sh", "-c", PRINT]).run().done();
    run.prints(&format!(
        "CLAWDFORGE_URL={}\nTREFOIL_PROFILE=p\n",
        forge.url()
    ));
    // In a command that `serve` runs, the profile's own router is not used.
    let desk = stage();
    let set = format!(
        "{} clasp set /a 1 && echo $TREFOIL_PROFILE",
        env!("CARGO_BIN_EXE_trefoil")
    );
    let served = desk
        .run(&["clasp", "serve"])
        .around(&["sh", "-c", &set])
        .run();
    assert!(served.done().stdout.ends_with("stage\n"));
}

#[test]
fn no_nesting_loses_a_guard() {
    let (fake, _) = asking();
    let url = fake.url();
    let trefoil = env!("CARGO_BIN_EXE_trefoil");
    let guarded = |guard: &str| {
        Desk::with(&format!(
            "default = 'stage'\n[profiles.stage]\n{guard}\n[profiles.stage.clasp]\nurl = '{url}'\n\
             [profiles.desk]\nconfirm = true\n"
        ))
    };
    let inner = |extra: &str| format!("{trefoil} clasp set /in/a 1 {extra}");
    let read_only = guarded("allow = ['/l', '/x/**']");
    // However the inner command chooses another profile or none.
    for extra in [
        "",
        "--profile none",
        "--profile desk --yes",
        &format!("--url {url}"),
        &format!("--profile none --url {url}"),
    ] {
        for args in [
            &["lock", "/l"][..],
            &["lock", "/l", "--url", &url],
            &["serve"],
        ] {
            let outer = read_only.run(&[&["clasp"], args].concat());
            let run = outer.around(&["sh", "-c", &inner(extra)]).run();
            run.exits(4).says(&["/in/a", "'stage'", "TREFOIL_GUARDS"]);
        }
        // Also from the commands of the other services: the server is theirs, and the guard stays.
        for serve in [
            &[
                "vuer",
                "serve",
                "--bind",
                "127.0.0.1:0",
                "--page",
                "builtin",
            ][..],
            &["forge", "serve"],
        ] {
            let run = read_only.run(serve).around(&["sh", "-c", &inner(extra)]);
            run.run()
                .exits(4)
                .says(&["/in/a", "'stage'", "TREFOIL_GUARDS"]);
        }
        // With two levels of nesting, and from a command that only reads.
        let serve = format!("{trefoil} clasp serve --profile none -- {}", inner(extra));
        let outer = read_only.run(&["clasp", "lock", "/l"]);
        let run = outer.around(&["sh", "-c", &serve]).run();
        run.exits(4).says(&["/in/a", "'stage'"]);
    }
    // A guard of the inner profile comes on top of it.
    let run = read_only.run(&["clasp", "lock", "/l"]);
    let both = format!("{trefoil} clasp set /x/a 1 --profile desk");
    let run = run.around(&["sh", "-c", &both]).run();
    run.exits(2).says(&["'desk'", "--yes"]);
    // A variable that cannot be read forbids all.
    let odd = read_only.run(&["clasp", "get", "/a"]);
    let odd = odd.env("TREFOIL_GUARDS", "[{\"readonly\":true}]").run();
    odd.exits(2).says(&["TREFOIL_GUARDS"]);
    assert!(fake.connections() > 0);
}

#[test]
fn a_read_only_profile_is_so_for_what_reads_run() {
    let router = crate::support::Router::start();
    router.clasp(&["set", "/a", "1"]).run().done();
    let desk = Desk::with(&format!(
        "default = 'stage'\n[profiles.stage]\nread_only = true\n[profiles.stage.clasp]\nurl = '{}'\n",
        router.url()
    ));
    let on = ["clasp", "on", "/a", "--retained", "--count", "1"];
    let set = format!(
        "{} clasp set /b 1 --profile none",
        env!("CARGO_BIN_EXE_trefoil")
    );
    let run = desk.run(&on).around(&["sh", "-c", &set]).run();
    run.exits(7).says(&["read-only", "'stage'"]);
    router.clasp(&["get", "/b"]).run().exits(6);
    let send = format!(
        "{} vuer send X --profile none",
        env!("CARGO_BIN_EXE_trefoil")
    );
    let run = desk.run(&on).around(&["sh", "-c", &send]).run();
    run.exits(7).says(&["read-only"]);
}
