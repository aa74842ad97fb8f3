//! Completion in bash, zsh and fish on a terminal, with hostile names, Tab and Enter. Enter must
//! pass the name unchanged and run nothing else.

use std::os::unix::fs::symlink;

use crate::support::dir::Dir;
use crate::support::shells::{shell_or_skip, start};
use crate::support::{Pty, Router};

/// The beginnings and the rest of hostile names. If a rest were run, it would create the file
/// `pwned`.
const NAMES: [(&str, &str); 14] = [
    ("a", " two  blanks "),
    ("b", "it's"),
    ("c", "\"said\""),
    ("d", ";touch pwned;"),
    ("e", "$(touch pwned)"),
    ("f", "`touch pwned`"),
    ("g", "$HOME"),
    ("h", "back\\slash\\"),
    ("i", "!!"),
    ("j", "&&touch pwned|#x"),
    ("k", "~{x,y}<[z]?>^"),
    ("l", "größe 光"),
    ("m", ":colon:b=c@d"),
    ("n", "'\"'$'\"`\\"),
];

/// Names with control characters; their beginning is not an address by itself.
const CONTROLS: [(&str, &str); 3] = [
    ("x", "line\ntouch pwned\n"),
    ("y", "tab\there"),
    ("z", "\u{1b}[2Jescape\r"),
];

/// A router that has them all, each with a value of its own.
fn router() -> Router {
    let router = Router::own(&[]);
    let lines: String = NAMES
        .iter()
        .chain(&CONTROLS)
        .map(|(begin, rest)| {
            let address = format!("/q/{begin}{rest}");
            let line = serde_json::json!({"address": address, "value": format!("value-{begin}")});
            format!("{line}\n")
        })
        .collect();
    router.clasp(&["set", "-"]).stdin(lines).run().done();
    router
}

/// A shell in which Tab completes.
struct Session {
    pty: Pty,
    home: Dir,
}

impl Session {
    fn new(name: &str, router: &Router) -> Option<Session> {
        let program = shell_or_skip(name)?;
        let home = Dir::new();
        let binary = env!("CARGO_BIN_EXE_trefoil");
        symlink(binary, home.path().join("trefoil")).expect("a fresh directory is writable");
        let (args, begin): (&[&str], _) = match name {
            "bash" => (
                &["--norc", "--noprofile", "-i"],
                "PS1='> '; source <(TREFOIL_COMPLETE=bash trefoil)",
            ),
            "zsh" => (
                &["-f", "-i"],
                "PS1='> '; autoload -U compinit; compinit -u -D; \
                 source <(TREFOIL_COMPLETE=zsh trefoil)",
            ),
            _ => (
                &["--no-config", "-i"],
                "function fish_prompt; echo '> '; end; TREFOIL_COMPLETE=fish trefoil | source",
            ),
        };
        let path = format!("{}:/usr/bin:/bin", home.path().display());
        let mut pty = start(&program, args, &home)
            .env("PATH", path)
            .env("LANG", "C.UTF-8")
            .env("CLASP_URL", router.url())
            .on_pty(100, 40);
        pty.types(&format!("{begin}; echo re''ady\r"));
        pty.until("ready", |screen| {
            screen.contents().lines().any(|line| line.trim() == "ready")
        });
        Some(Session { pty, home })
    }

    /// Types, and waits for what that leads to on an empty screen.
    fn enters(&mut self, keys: &str, shows: &str) {
        self.pty.types("\x0c");
        self.pty.until("an empty screen", |screen| {
            !screen.contents().contains("value") && !screen.contents().contains("ready")
        });
        self.pty.types(keys);
        self.pty.types("\r");
        self.pty.until(&format!("{shows} for {keys:?}"), |screen| {
            screen
                .contents()
                .lines()
                .any(|line| line.trim().trim_matches('"').ends_with(shows))
        });
    }

    fn is_clean(&self) {
        assert!(!self.home.path().join("pwned").exists(), "{}", self.pty);
    }
}

fn names_are_data_in(name: &str) {
    let router = router();
    let Some(mut session) = Session::new(name, &router) else {
        return;
    };
    for (begin, _) in NAMES {
        for quote in ["", "'", "\""] {
            let keys = format!("trefoil clasp get {quote}/q/{begin}\t");
            session.enters(&keys, &format!("value-{begin}"));
            session.is_clean();
        }
    }
    for (begin, _) in CONTROLS {
        let keys = format!("trefoil clasp get /q/{begin}\t");
        session.enters(&keys, &format!("no value at /q/{begin}"));
    }
    session.is_clean();
}

#[test]
fn names_are_data_in_bash() {
    names_are_data_in("bash");
}

#[test]
fn names_are_data_in_zsh() {
    names_are_data_in("zsh");
}

#[test]
fn names_are_data_in_fish() {
    names_are_data_in("fish");
}

/// bash inserts what several have in common, which must not end in the middle of a quote.
#[test]
fn what_several_names_share_can_be_gone_on_with() {
    let router = Router::own(&[]);
    for (address, value) in [
        ("/q/a b", "value-1"),
        ("/q/a;c", "value-2"),
        ("/q/a'$d", "value-3"),
    ] {
        router.clasp(&["set", address, value]).run().done();
    }
    let Some(mut session) = Session::new("bash", &router) else {
        return;
    };
    for quote in ["", "'"] {
        for (next, value) in [(" ", "value-1"), (";", "value-2")] {
            let keys = format!("trefoil clasp get {quote}/q\t{next}\t");
            session.enters(&keys, value);
        }
    }
    session.enters("trefoil clasp get \"/q\t'\t", "value-3");
    // A colon ends a word in bash, but not in trefoil; a typed option is recognized in its quotes.
    router.clasp(&["set", "/c:d e:f", "value-4"]).run().done();
    session.enters("trefoil clasp get /c:\t", "value-4");
    let url = router.url();
    let keys = format!("unset CLASP_URL; trefoil clasp get --url '{url}' /c\t");
    session.enters(&keys, "value-4");
}

#[test]
fn complete_in_the_environment_is_somebody_else_s() {
    for value in ["bash", "fish", "1", "nonsense"] {
        let run = crate::support::trefoil(&["--version"])
            .env("COMPLETE", value)
            .run();
        assert!(run.done().stdout.starts_with("trefoil "), "{value}");
    }
}
