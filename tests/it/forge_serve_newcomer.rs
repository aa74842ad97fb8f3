//! `forge serve` for somebody who tries it: a relative path, programs that are no `claude`, and what
//! the client says then.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::json;

use crate::support::dir::Dir;
use crate::support::forge_service::{fake_acp, fake_claude};
use crate::support::{Service, Trefoil, trefoil};

/// `forge serve ARGS -- sh -c SCRIPT`, in which `$0` is trefoil.
fn around(args: &[&str], script: &str) -> Trefoil {
    let trefoil_path = env!("CARGO_BIN_EXE_trefoil");
    trefoil(&["forge", "serve"])
        .args(args)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("ANTHROPIC_API_KEY", "sk-dummy")
        .env("TMPDIR", std::env::temp_dir())
        .around(&["sh", "-c", script, trefoil_path])
}

/// A script that stands in for `claude`.
fn script(home: &Dir, name: &str, text: &str) {
    let path = home.file(name, text);
    fs::set_permissions(path, Permissions::from_mode(0o755)).expect("ours");
}

#[test]
fn a_relative_path_of_an_agent_is_of_the_folder_of_the_service() {
    let home = Dir::new();
    for (program, name) in [(fake_claude(), "my-claude"), (fake_acp(), "my-agent")] {
        symlink(program, home.path().join(name)).expect("a fresh directory");
    }
    let script = "$0 forge run hello -r && \
                  $0 forge session exec --agent mine -- \
                  sh -c '\"$0\" forge session turn \"$FORGE_SESSION\" hello -r' \"$0\"";
    let args = [
        "--claude",
        "./my-claude",
        "--agent-command",
        "mine=./my-agent",
    ];
    around(&args, script)
        .in_home(&home)
        .run()
        .done()
        .prints("1: hello\n1: hello\n");
}

#[test]
fn a_run_without_claude_says_what_to_do_and_not_to_wait() {
    let out = around(&["--claude", "no-such-claude"], "$0 forge run x").run();
    let out = out.exits(5).says(&[
        "error: there is no 'no-such-claude' on the service's machine (HTTP 503 from http://",
        "trefoil forge serve --claude PATH",
    ]);
    for wrong in ["busy", "Try again"] {
        assert!(!out.stderr.contains(wrong), "{out}");
    }
}

#[test]
fn an_agent_that_ends_without_a_result_is_described() {
    let home = Dir::new();
    for (name, text, said) in [
        (
            "nothing",
            "exit 3",
            "it printed nothing; its exit status is 3",
        ),
        (
            "words",
            "read -r line; printf '\\033[1mhello\\033[0m\\tworld\\n'; echo more",
            "it printed 'hello world'; its exit status is 0",
        ),
        (
            "other-json",
            "echo; echo '{\"result\": \"hello\"}'; exit 1",
            "it printed '{\"result\": \"hello\"}'; its exit status is 1",
        ),
        (
            "long",
            "printf '%0300d\\n' 7",
            "000000…'; its exit status is 0",
        ),
        (
            "system",
            "echo '{\"type\": \"system\"}'; kill -9 $$",
            "without a result: its exit status is 137",
        ),
    ] {
        script(&home, name, &format!("#!/bin/sh\n{text}\n"));
        let claude = format!("./{name}");
        let run = around(&["--claude", &claude], "$0 forge run x").in_home(&home);
        let out = run.run().exits(5);
        let out = out.says(&["the agent ended without a result: ", said]);
        assert!(!out.stderr.contains("there is no"), "{out}");
    }
    // One that hangs is described when its time is up.
    let hangs = "#!/bin/sh\n[ $1 = --version ] || { echo hello; exec sleep 60; }\n";
    script(&home, "hangs", hangs);
    let args = ["--claude", "./hangs"];
    let run = around(&args, "$0 forge run x --timeout 5s").in_home(&home);
    run.run()
        .exits(5)
        .says(&["its time of 5 s was up; it printed 'hello'"]);
}

#[test]
fn a_run_whose_time_is_up_names_the_limit_and_the_cost() {
    let service = Service::start(&[]);
    let reply = service.run("sleep 10", &json!({"timeout_secs": 5}));
    assert_eq!(reply.status, 502, "{}", reply.body);
    let body = reply.json();
    assert_eq!(body["error"], "its time of 5 s was up");
    assert_eq!(
        (&body["stop_reason"], &body["cost_usd"]),
        (&json!("timeout"), &json!(0.01))
    );
}

#[test]
fn the_command_that_makes_a_token_can_be_pasted() {
    let home = Dir::new();
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    home.file("my cert.pem", certificate.pem());
    home.file("key.pem", key.serialize_pem());
    let tls = ["--tls-cert", "my cert.pem", "--tls-key", "key.pem"];
    for (state, args) in [("plain", &[][..]), ("with tls", &tls)] {
        let mut service = trefoil(&["forge", "serve", "--bind", "127.0.0.1:0", "-o", "json"])
            .args(&["--state", state])
            .args(args)
            .in_home(&home)
            .start();
        service.record();
        service.wait_says("trefoil forge token create");
        let told = service.stderr();
        let (_, command) = told.split_once("a token for an app: ").expect("a command");
        let command = command.lines().next().expect("a line").trim();
        let command = command.replace(" trefoil ", " \"$TREFOIL\" ");
        let pasted = std::process::Command::new("sh")
            .args(["-c", &command])
            .env("TREFOIL", env!("CARGO_BIN_EXE_trefoil"))
            .env("XDG_STATE_HOME", home.path())
            .current_dir("/")
            .output()
            .expect("sh");
        let made = String::from_utf8_lossy(&pasted.stdout);
        assert!(made.contains("cf_"), "{command}\n{pasted:?}");
        service.interrupt();
        service.finish().exits(0);
    }
}

/// The stand-in of docs/forge-agents.md, as it is printed there.
#[test]
fn the_stand_in_of_the_documentation_works() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/forge-agents.md");
    let docs = fs::read_to_string(docs).expect("docs/forge-agents.md");
    let (_, after) = docs.split_once("```sh\n").expect("a script");
    let (text, _) = after.split_once("```").expect("its end");
    assert!(text.lines().count() <= 10, "{text}");
    let home = Dir::new();
    script(&home, "claude-stand-in", text);
    let asked = "$0 forge health --jq .claude_version -r && $0 forge run hello -r && \
                 $0 forge session exec -- \
                 sh -c '\"$0\" forge session turn \"$FORGE_SESSION\" hello -r' \"$0\"";
    let out = around(&["--claude", "./claude-stand-in"], asked).in_home(&home);
    let answer = "the stand-in has read your prompt\n";
    let out = out.run().done();
    out.prints(&format!("0.0.0\n{answer}{answer}")).quietly();
    let help = trefoil(&["forge", "serve", "--help"]).run().done();
    for pointer in ["without claude", "docs/forge-agents.md"] {
        assert!(help.stdout.contains(pointer), "{help}");
    }
}
