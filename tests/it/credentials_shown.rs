//! A token in a URL, or one that a service quotes back, is not shown.

use serde_json::json;

use super::credentials::*;
use crate::profile::Desk;
use crate::support::forge::{ADMIN, Answer, TOKEN};
use crate::support::{Fake, Forge, Msg, trefoil};

#[test]
fn a_token_in_a_url_is_not_shown() {
    let router = Fake::http_404();
    let at = router.url().replacen("ws://", "", 1);
    for (args, url) in [
        (
            &["clasp", "get", "/a"][..],
            format!("ws://{at}/?token=5ecret&room=1"),
        ),
        (
            &["clasp", "get", "/a"],
            format!("http://{at}/?token=5ecret"),
        ),
        (&["clasp", "get", "/a"], format!("ws://user:5ecret@{at}/")),
        (&["clasp", "get", "/a"], format!("user:5ecret@{at}")),
        (
            &["clasp", "sub", "/a"],
            "ws://127.0.0.1:9/?access_token=5ecret".to_owned(),
        ),
        (&["vuer", "send", "X"], format!("ws://{at}/?api_key=5ecret")),
        (&["vuer", "recv"], "ws://u:5ecret@h".to_owned()),
        (&["forge", "health"], format!("http://user:5ecret@{at}")),
        (&["forge", "health"], format!("http://{at}/?token=5ecret")),
        (
            &["forge", "run", "x", "--dry-run"],
            format!("http://u:5ecret@{at}"),
        ),
    ] {
        for extra in [&[][..], &["--errors", "json"], &["-vv"]] {
            let run = trefoil(args).args(&["--url", &url]).args(extra).run();
            let run = shows_no_secret(run);
            assert_ne!(run.code, 0, "{run}");
        }
    }
    let desk = Desk::new();
    let url = format!("ws://{at}/?token=5ecret");
    desk.run(&["profile", "add", "p", "--clasp-url", &url])
        .run()
        .done();
    for args in [
        &["profile", "show", "p"][..],
        &["profile", "list"],
        &["doctor", "--profile", "p"],
        &["clasp", "get", "/a", "--profile", "p"],
    ] {
        shows_no_secret(desk.run(args).run());
    }
}

#[test]
fn a_token_that_a_service_quotes_back_is_not_shown() {
    let forge = Forge::new(|request| {
        let quoted = request.header("authorization").unwrap_or_default();
        match request.path.as_str() {
            "/run" => Answer::Json(500, json!({"detail": format!("cannot log {quoted}")})),
            path if path.starts_with("/admin") => {
                Answer::Text(403, "text/plain", quoted.to_owned())
            }
            _ => Answer::Json(401, json!({"detail": {"given": quoted, "ok": false}})),
        }
    });
    for args in [
        &["run", "x"][..],
        &["session", "list"],
        &["session", "close", "sess_1"],
        &["token", "list"],
        &["token", "revoke", "n", "--yes"],
    ] {
        for extra in [&[][..], &["--errors", "json"], &["-o", "json"], &["-vv"]] {
            let run = forge.forge(args).args(extra).run();
            assert_ne!(run.code, 0, "{run}");
            let said = format!("{}{}", run.stdout, run.stderr);
            assert!(!said.contains(TOKEN) && !said.contains(ADMIN), "{run}");
            assert!(
                said.contains('…'),
                "what was quoted is left out, not all of it\n{run}"
            );
        }
    }
    // Nor is it kept.
    let home = crate::support::dir::Dir::new();
    forge.forge(&["run", "x"]).in_home(&home).run().exits(5);
    let shown = trefoil(&["forge", "ledger", "show", "1"])
        .in_home(&home)
        .run()
        .done();
    assert!(!shown.stdout.contains(TOKEN), "{shown}");

    let router = Fake::router(|peer, message| {
        let Msg::Hello { token, .. } = message else {
            return false;
        };
        peer.send(&crate::support::wire::error(
            300,
            &format!("no {token} here"),
        ));
        true
    });
    for extra in [&[][..], &["--errors", "json"]] {
        let run = router.clasp(&["get", "/a"]).args(extra).token(SECRET).run();
        shows_no_secret(run).exits(4).says(&["no … here"]);
    }
    let doctor = trefoil(&["doctor"]).env("CLASP_URL", router.url());
    shows_no_secret(doctor.token(SECRET).run()).exits(4);
}
