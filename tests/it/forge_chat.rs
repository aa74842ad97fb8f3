//! `forge session chat` on a terminal: what is typed, what is printed, and how the session ends.

use serde_json::json;

use crate::support::dir::Dir;
use crate::support::forge::{Answer, SESSION, TOKEN, ok, sessions};
use crate::support::pty::Pty;
use crate::support::{Forge, Trefoil, eventually, sessions_on_both};
use rustix::process::Signal;

const OPEN: &str = "POST /sessions";
const TURN: &str = "POST /sessions/sess_1/turn";
const STATE: &str = "GET /sessions/sess_1";
const CLOSE: &str = "DELETE /sessions/sess_1";

fn chat(forge: &Forge, args: &[&str]) -> Trefoil {
    forge.forge(&[&["session", "chat"], args].concat())
}

/// At its first prompt.
fn at_prompt(chat: Trefoil) -> Pty {
    let mut pty = chat.on_pty(80, 24);
    prompts(&mut pty, 1);
    pty
}

/// Waits for so many prompts of which none is hidden yet, the last of them without an answer.
fn prompts(pty: &mut Pty, count: usize) {
    pty.until("at a prompt", |screen| {
        let text = screen.contents();
        let lines: Vec<&str> = text.lines().collect();
        let prompts = lines
            .iter()
            .filter(|line| line.contains("> ") || line.ends_with('>'));
        let waits = lines
            .last()
            .is_some_and(|line| line.trim_end().ends_with('>'));
        prompts.count() >= count && waits
    });
}

/// The prompts that came.
fn said(forge: &Forge) -> Vec<String> {
    let turns = forge.requests().into_iter().filter(|r| r.line() == TURN);
    turns
        .map(|turn| turn.json()["prompt"].as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn a_conversation_from_the_first_word_to_quit() {
    sessions_on_both(|forge| {
        let home = Dir::new();
        let mut pty = at_prompt(chat(forge, &["--agent", "codex"]).in_home(&home));
        pty.types("hello\r");
        pty.shows(&["you said: hello"]);
        prompts(&mut pty, 2);
        pty.types("and \u{fc}\r");
        pty.shows(&["you said: and \u{fc}"]);
        prompts(&mut pty, 3);
        pty.types("/quit\r");
        let screen = pty.ends(0);
        assert!(screen.contains("sess_1 · codex · /help"), "{screen}");
        assert!(screen.contains(" s · end_turn · ledger 2"), "{screen}");
        assert!(screen.contains("2 turns · "), "{screen}");
        assert!(screen.contains("session closed"), "{screen}");
        assert!(!screen.contains(TOKEN), "{screen}");
        assert_eq!(forge.lines(), [OPEN, TURN, TURN, CLOSE]);
        assert_eq!(forge.requests()[1].json(), json!({"prompt": "hello"}));
        let list = forge.forge(&["ledger", "list"]).in_home(&home).run().done();
        assert_eq!(list.json()[1]["session"], SESSION);
    });
}

#[test]
fn every_way_out_closes_the_session() {
    type Leave = fn(&mut Pty);
    let ways: [(&str, Leave, i32); 5] = [
        ("Ctrl-D", |pty| pty.types("\x04"), 0),
        ("Ctrl-C", |pty| pty.types("\x03"), 0),
        ("SIGINT", |pty| pty.signal(Signal::INT), 130),
        ("SIGTERM", |pty| pty.signal(Signal::TERM), 143),
        ("SIGHUP", |pty| pty.signal(Signal::HUP), 143),
    ];
    for (way, leave, code) in ways {
        sessions_on_both(|forge| {
            let mut pty = at_prompt(chat(forge, &[]));
            leave(&mut pty);
            // Which also looks whether the terminal is as it was found.
            let screen = pty.ends(code);
            assert!(screen.contains("session closed"), "{way}: {screen}");
            assert_eq!(forge.lines(), [OPEN, CLOSE], "{way}");
        });
    }
}

#[test]
fn ctrl_c_takes_a_line_away_first() {
    sessions_on_both(|forge| {
        let mut pty = at_prompt(chat(forge, &[]));
        pty.types("half a thou");
        pty.shows(&["half a thou"]);
        pty.types("\x03");
        prompts(&mut pty, 2);
        pty.types("whole\r");
        pty.shows(&["you said: whole"]);
        prompts(&mut pty, 3);
        pty.types("x\x03");
        prompts(&mut pty, 4);
        pty.types("\x03");
        pty.ends(0);
        assert_eq!(said(forge), ["whole"]);
        assert_eq!(forge.lines(), [OPEN, TURN, CLOSE]);
    });
}

#[test]
fn a_prompt_may_have_many_lines() {
    sessions_on_both(|forge| {
        let mut pty = at_prompt(chat(forge, &[]));
        for (count, typed) in [
            "one\\\rtwo\r",
            "\"\"\"\r /quit \\\rthree\r\"\"\"\r",
            "four\x1b\rfive\r",
            // Pasted.
            "\x1b[200~six\nseven\x1b[201~\r",
            "//eight\r",
        ]
        .into_iter()
        .enumerate()
        {
            pty.types(typed);
            eventually("the turn", || {
                (said(forge).len() == count + 1).then_some(())
            });
            prompts(&mut pty, 2);
        }
        pty.types("/quit\r");
        pty.ends(0);
        assert_eq!(
            said(forge),
            [
                "one\ntwo",
                " /quit \\\nthree",
                "four\nfive",
                "six\nseven",
                "/eight"
            ]
        );
    });
}

#[test]
fn a_command_that_there_is_not_is_said_and_not_sent() {
    sessions_on_both(|forge| {
        let mut pty = at_prompt(chat(forge, &[]));
        pty.types("/stat\r");
        pty.shows(&["did you mean /state?"]);
        pty.types("/etc/hosts is what?\r");
        pty.shows(&["there is no /etc/hosts here; it was not sent"]);
        pty.types("/help\r");
        pty.shows(&["/file PATH", "with the next prompt"]);
        pty.types("/state\r");
        pty.shows(&["state", "open"]);
        pty.types("\r  \r/quit\r");
        pty.ends(0);
        assert_eq!(forge.lines(), [OPEN, STATE, CLOSE]);
    });
}

#[test]
fn a_file_goes_with_the_next_prompt_only() {
    sessions_on_both(|forge| {
        let home = Dir::new();
        home.file("8c1", "uploaded before");
        let upload = forge.forge(&["upload", "8c1"]).in_home(&home);
        upload.run().done();
        home.file("a b.txt", "text");
        let mut pty = at_prompt(chat(forge, &[]).in_home(&home));
        pty.types("/file nowhere.txt\r");
        pty.shows(&["cannot read nowhere.txt"]);
        pty.types("/file\r");
        pty.shows(&["which one?"]);
        pty.types("/file ff_../x\r");
        pty.shows(&["error:", "ff_../x"]);
        pty.types("/file ~/a b.txt\r");
        pty.shows(&["(1 file) >"]);
        pty.types("/file ff_8c1\r");
        pty.shows(&["(2 files) >"]);
        pty.types("look\r");
        pty.shows(&["you said: look"]);
        pty.types("again\r");
        pty.shows(&["you said: again"]);
        pty.types("/quit\r");
        pty.ends(0);
        let turns: Vec<_> = forge
            .requests()
            .into_iter()
            .filter(|r| r.line() == TURN)
            .collect();
        assert_eq!(turns[0].json()["files"], json!(["ff_abtxt", "ff_8c1"]));
        assert_eq!(turns[1].json().get("files"), None);
    });
}

#[test]
fn a_turn_that_fails_is_said_and_the_conversation_goes_on() {
    let forge = sessions(|prompt| match prompt {
        "fail" => Some(Answer::Json(
            502,
            json!({"error": "acpx died", "stderr": "boom"}),
        )),
        "lose" => Some(Answer::Close),
        "empty" => Some(ok(
            json!({"ok": true, "events": [], "stop_reason": "end_turn"}),
        )),
        _ => None,
    });
    let mut pty = at_prompt(chat(&forge, &[]));
    pty.types("fail\r");
    pty.shows(&["error: the turn failed (HTTP 502): acpx died"]);
    pty.types("lose\r");
    pty.shows(&["connection was lost after the prompt was sent"]);
    pty.shows(&["It was not sent again"]);
    pty.types("empty\r");
    pty.shows(&["warning: the result is empty"]);
    pty.types("hello\r");
    pty.shows(&["you said: hello"]);
    pty.types("/quit\r");
    pty.ends(7);
    assert_eq!(said(&forge), ["fail", "lose", "empty", "hello"]);
    assert_eq!(forge.lines().last().map(String::as_str), Some(CLOSE));
}

#[test]
fn a_session_that_is_gone_ends_the_conversation() {
    for (status, what) in [(410, "is closed"), (404, "there is no session sess_1")] {
        let forge = sessions(move |_| Some(Answer::Json(status, json!({"detail": "gone"}))));
        let mut pty = at_prompt(chat(&forge, &[]));
        pty.types("hello\r");
        let screen = pty.ends(4);
        assert!(screen.contains(what), "{screen}");
        assert!(screen.contains("session over"), "{screen}");
        assert_eq!(forge.lines(), [OPEN, TURN]);
    }
}

#[test]
fn ctrl_c_gives_a_turn_up_and_a_signal_both() {
    let forge = sessions(|prompt| (prompt == "wait").then_some(Answer::Silence));
    let mut pty = at_prompt(chat(&forge, &[]));
    pty.types("wait\r");
    pty.shows(&["waiting for sess_1"]);
    forge.wait_for(2);
    pty.types("\x03");
    pty.shows(&["interrupted after the prompt was sent"]);
    pty.types("hello\r");
    pty.shows(&["you said: hello"]);
    prompts(&mut pty, 2);
    pty.types("wait\r");
    forge.wait_for(4);
    pty.signal(Signal::TERM);
    let screen = pty.ends(7);
    assert!(screen.contains("charged"), "{screen}");
    assert!(screen.contains("session closed"), "{screen}");
    assert_eq!(forge.lines(), [OPEN, TURN, TURN, TURN, CLOSE]);
}

#[test]
fn a_session_that_was_there_before_stays_open() {
    sessions_on_both(|forge| {
        let mut pty = at_prompt(chat(forge, &[SESSION]));
        pty.types("hello\r");
        pty.shows(&["you said: hello"]);
        prompts(&mut pty, 2);
        pty.types("\x04");
        let screen = pty.ends(0);
        assert!(screen.contains("session left open"), "{screen}");
        assert_eq!(forge.lines(), [STATE, TURN]);
        let screen = chat(forge, &["other"]).on_pty(80, 24).ends(4);
        assert!(screen.contains("there is no session other"), "{screen}");
    });
    let closed = Forge::new(|_| ok(json!({"session_id": SESSION, "closed_at": 1795166091})));
    let screen = chat(&closed, &[SESSION]).on_pty(80, 24).ends(4);
    assert!(screen.contains("sess_1 is closed"), "{screen}");
    let agent = chat(&closed, &[SESSION, "--agent", "codex"]);
    agent.run().exits(2).says(&["--agent"]);
}

/// Every byte of every file below a directory.
fn all_files(directory: &std::path::Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => all.extend(all_files(&entry.path())),
            _ => all.extend(std::fs::read(entry.path()).unwrap_or_default()),
        }
    }
    all
}

#[test]
fn a_chat_that_keeps_nothing_keeps_no_prompt_anywhere() {
    let forge = sessions(|_| None);
    for (option, has_ledger) in [("--no-ledger", false), ("--no-history", true)] {
        let home = Dir::new();
        let mut pty = at_prompt(chat(&forge, &[option]).in_home(&home));
        pty.types("unforgettable\r");
        pty.shows(&["you said: unforgettable"]);
        // While it goes on, the arrow keys still know.
        prompts(&mut pty, 2);
        pty.types("\x1b[A again\r");
        pty.shows(&["you said: unforgettable again"]);
        pty.types("/quit\r");
        pty.ends(0);
        let kept = String::from_utf8_lossy(&all_files(home.path())).into_owned();
        assert!(!home.path().join("state/trefoil/chat_history").exists());
        // The ledger has the answers, and of a prompt its hash.
        assert_eq!(
            kept.contains("prompt_sha256"),
            has_ledger,
            "{option}: {kept}"
        );
        assert!(has_ledger || kept.is_empty(), "{option}: {kept}");
    }
    let help = crate::support::trefoil(&["forge", "session", "chat", "--help"]);
    let help = help.run().done().stdout;
    assert!(
        help.contains("chat_history") && help.contains("--no-history"),
        "{help}"
    );
}

#[test]
fn what_was_typed_is_remembered_for_its_owner_alone() {
    sessions_on_both(|forge| {
        let home = Dir::new();
        let mut pty = at_prompt(chat(forge, &[]).in_home(&home));
        pty.types("first\r");
        pty.shows(&["you said: first"]);
        pty.types(" secret\r");
        pty.shows(&["you said: secret"]);
        pty.types("a\\\rb\r");
        pty.shows(&["you said: a"]);
        pty.types("/quit\r");
        pty.ends(0);
        let history = home.path().join("state/trefoil/chat_history");
        assert_eq!(home.mode(&history), 0o600);
        let kept = std::fs::read_to_string(&history).expect("kept");
        assert!(!kept.contains("secret"), "{kept}");
        // Up past /quit, to the prompt of two lines; and by a search.
        let mut pty = at_prompt(chat(forge, &[]).in_home(&home));
        pty.types("\x1b[A\x1b[A\r");
        pty.shows(&["you said: a"]);
        prompts(&mut pty, 2);
        pty.types("\x12firs\r");
        pty.shows(&["you said: first"]);
        prompts(&mut pty, 3);
        pty.types("\x04");
        pty.ends(0);
        assert_eq!(said(forge), ["first", "secret", "a\nb", "a\nb", "first"]);
    });
}

#[test]
fn an_answer_cannot_take_over_the_terminal() {
    let forge = sessions(|_| {
        Some(crate::support::forge::turn(
            1,
            "\u{1b}]0;owned\u{7}\u{1b}[2Jx",
        ))
    });
    let mut pty = at_prompt(chat(&forge, &[]));
    pty.types("hello\r");
    pty.shows(&["\\u001b]0;owned\\u0007\\u001b[2Jx"]);
    prompts(&mut pty, 2);
    pty.types("\x04");
    pty.ends(0);
}
