//! Profiles: the precedence of settings, the content of the file, and how it is written.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::trefoil::Trefoil;
use crate::support::{Fake, Msg, trefoil};

/// A place to keep profiles in, over several commands.
pub struct Desk(Dir);

impl Desk {
    pub fn new() -> Desk {
        Desk(Dir::new())
    }

    /// With this configuration, which nobody else can read.
    pub fn with(text: &str) -> Desk {
        let desk = Desk::new();
        fs::create_dir_all(desk.folder()).expect("a fresh directory is writable");
        fs::write(desk.file(), text).expect("a fresh directory is writable");
        desk.mode(0o600);
        desk
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("trefoil")
    }

    pub fn file(&self) -> PathBuf {
        self.folder().join("config.toml")
    }

    pub fn text(&self) -> String {
        fs::read_to_string(self.file()).expect("there is a configuration")
    }

    fn mode(&self, mode: u32) {
        let mode = Permissions::from_mode(mode);
        fs::set_permissions(self.file(), mode).expect("the file is ours");
    }

    /// `trefoil ARGS` with these profiles.
    pub fn run(&self, args: &[&str]) -> Trefoil {
        trefoil(args).env("XDG_CONFIG_HOME", self.0.path())
    }
}

/// Where each setting of each service comes from, as `profile show --origin` has it.
#[test]
fn what_counts_is_the_nearest() {
    let config = "default = 'in-use'\n\
        [profiles.in-use]\noutput = 'json'\nclasp.url = 'ws://in-use'\nvuer.max_size = 1\n\
        [profiles.other]\noutput = 'ndjson'\nclasp.url = 'ws://other'\n";
    let desk = Desk::with(config);
    let bare = Desk::with("");
    // --profile, CLASP_URL, TREFOIL_PROFILE, a profile in use: what counts, and because of whom.
    for (flag, url, variable, in_use, counts, origin) in [
        (
            "other",
            "ws://env",
            "in-use",
            true,
            "ws://other",
            "profile 'other'",
        ),
        ("other", "", "in-use", true, "ws://other", "profile 'other'"),
        ("none", "ws://env", "in-use", true, "ws://env", "CLASP_URL"),
        (
            "none",
            "",
            "in-use",
            true,
            "ws://localhost:7330",
            "the default",
        ),
        ("", "ws://env", "other", true, "ws://env", "CLASP_URL"),
        ("", "", "other", true, "ws://other", "profile 'other'"),
        ("", "", "", true, "ws://in-use", "profile 'in-use'"),
        ("", "", "none", true, "ws://localhost:7330", "the default"),
        ("", "ws://env", "", true, "ws://env", "CLASP_URL"),
        ("", "", "", false, "ws://localhost:7330", "the default"),
    ] {
        let mut args = vec!["profile", "show", "--origin"];
        if !flag.is_empty() {
            args.extend(["--profile", flag]);
        }
        let desk = if in_use { &desk } else { &bare };
        let run = desk.run(&args).env("CLASP_URL", url);
        let shown = run.env("TREFOIL_PROFILE", variable).run().done().json();
        let expected = json!({ "value": counts, "origin": origin });
        assert_eq!(shown["clasp"]["url"], expected, "{args:?} {url} {variable}");
    }
    // Each setting by itself: what one profile does not say, no other says for it.
    let shown = desk.run(&["profile", "show", "other"]).run().done().json();
    assert_eq!(shown["vuer"]["max_size"], "256MiB");
    assert_eq!(shown["output"], "ndjson");
}

/// The same, as the connection sees it: the flag before all of them.
#[test]
fn what_counts_is_what_is_connected_to() {
    let stage = Fake::router(|_, _| false);
    let elsewhere = Fake::router(|_, _| false);
    let desk = Desk::with(&format!(
        "default = 'stage'\n[profiles.stage.clasp]\nurl = '{}'\n",
        stage.url()
    ));
    let set = ["clasp", "set", "/a", "1"];
    let mut expected = (0, 0);
    for (extra, variable, to_stage) in [
        (&[][..], "", true),
        (&[], "elsewhere", false),
        (&["--profile", "stage"], "elsewhere", true),
        (&["--profile", "stage", "--url", "elsewhere"], "", false),
    ] {
        let url = elsewhere.url();
        let filled = |text: &&'static str| text.replace("elsewhere", &url);
        let args: Vec<String> = set.iter().chain(extra).map(filled).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let variable = variable.replace("elsewhere", &url);
        desk.run(&args).env("CLASP_URL", variable).run().done();
        if to_stage {
            expected.0 += 1
        } else {
            expected.1 += 1
        }
        let connections = (stage.connections(), elsewhere.connections());
        assert_eq!(connections, expected, "{args:?}");
    }
}

#[test]
fn what_a_profile_says_of_the_router_is_said_to_the_router() {
    let said = |profile: &str, extra: &[&str], variable: &str| {
        let (tell, told) = std::sync::mpsc::channel();
        let fake = Fake::router(move |_, message| {
            if let Msg::Hello { name, token, .. } = message {
                let _ = tell.send((name.clone(), token.clone()));
            }
            false
        });
        let desk = Desk::with(&format!(
            "[profiles.p.clasp]\nurl = '{}'\n{profile}",
            fake.url()
        ));
        let args = [&["clasp", "set", "/a", "1"], extra].concat();
        let run = desk.run(&args).file("t", "from-file\n").token(variable);
        run.run().done();
        told.recv().expect("it said HELLO")
    };
    let explicit = &["--profile", "p"][..];
    let (name, token) = said("name = 'desk'\ntoken = 'inline'", explicit, "env");
    assert_eq!((name.as_str(), token.as_str()), ("desk", "inline"));
    let (_, token) = said("token_command = 'echo printed'", explicit, "env");
    assert_eq!(token, "printed");
    let typed = [explicit, &["--token-file", "t"]].concat();
    let (_, token) = said("token_command = 'echo printed'", &typed, "env");
    assert_eq!(token, "from-file");
    let gone = Desk::with("[profiles.p.clasp]\ntoken_file = '/no/such/file'\n");
    let failed = gone.run(&["clasp", "get", "/a", "--profile", "p"]).run();
    failed
        .exits(2)
        .says(&["clasp.token_file of profile 'p'", "/no/such/file"]);
    let typed = [explicit, &["--token", "typed"]].concat();
    let (name, token) = said("", &typed, "env");
    assert_eq!((name.as_str(), token.as_str()), ("trefoil", "typed"));
}

#[test]
fn the_form_of_the_output_is_a_setting_too() {
    let desk = Desk::with("[profiles.t]\noutput = 'table'\n[profiles.u]\n");
    let header = |args: &[&str]| {
        let args = [&["profile", "list"], args].concat();
        desk.run(&args).run().done().stdout.contains("GUARDS")
    };
    assert!(header(&["--profile", "t"]));
    assert!(!header(&["--profile", "u"]));
    assert!(!header(&["--profile", "t", "-o", "json"]));
    assert!(!header(&["--profile", "t", "-o", "auto"]));
}

#[test]
fn a_profile_is_added_listed_used_shown_and_removed() {
    let desk = Desk::new();
    let run = |args: &[&str]| desk.run(&[&["profile"], args].concat()).run();
    run(&["list"]).done().prints("[]\n");
    run(&[
        "add",
        "stage",
        "--clasp-url",
        "ws://a:1",
        "--allow",
        "/stage/**",
    ])
    .done();
    run(&[
        "add",
        "desk",
        "--forge-url",
        "http://b:2",
        "--read-only",
        "-o",
        "text",
    ])
    .done();
    let meta = fs::metadata(desk.file()).expect("it was written");
    assert_eq!(meta.mode() & 0o777, 0o600);
    let folder = fs::metadata(desk.folder()).expect("it was made");
    assert_eq!(folder.mode() & 0o777, 0o700);

    run(&["use", "stage"])
        .done()
        .prints("{\"in_use\":\"stage\"}\n");
    let listed = run(&["list"]).done().json();
    let names = |listed: &Value| -> Vec<(String, bool)> {
        let all = listed.as_array().expect("an array").iter();
        all.map(|row| {
            let name = row["name"].as_str().expect("a name").to_owned();
            (name, row["in_use"].as_bool().expect("true or false"))
        })
        .collect()
    };
    let expected = [("stage".to_owned(), true), ("desk".to_owned(), false)];
    assert_eq!(names(&listed), expected);
    assert_eq!(listed[0]["allow"], json!(["/stage/**"]));
    assert_eq!(listed[1]["forge"], "http://b:2");
    let table = run(&["list", "-o", "table"]).done().stdout;
    assert!(table.contains("*  stage  ws://a:1"), "{table}");
    assert!(table.contains("read-only"), "{table}");

    let guarded = run(&["show", "desk", "--jq", "[.read_only, .output]"]);
    guarded.done().prints("[true,\"text\"]\n");

    let taken = run(&["add", "stage", "--vuer-url", "ws://c:3"]).exits(2);
    taken.says(&["'stage'", "--replace"]);
    run(&["add", "stage", "--replace", "--vuer-url", "ws://c:3"]).done();
    let shown = run(&["show", "stage"]).done().json();
    assert_eq!(shown["vuer"]["url"], "ws://c:3");
    assert_eq!(shown["clasp"]["url"], "ws://localhost:7330");

    run(&["remove", "stage"]).exits(2).says(&["--yes"]);
    run(&["remove", "stage", "--yes"]).done();
    assert_eq!(
        names(&run(&["list"]).done().json()),
        [("desk".to_owned(), false)]
    );
    run(&["use", "--none"]).done().prints("{\"in_use\":null}\n");
}

#[test]
fn what_cannot_be_printed_is_kept_all_the_same() {
    let desk = Desk::new();
    for (line, says) in [
        (
            &["profile", "add", "stage", "--clasp-url", "ws://a"][..],
            "stage is kept in",
        ),
        (&["profile", "use", "stage"], "stage is in use, but"),
        (
            &["profile", "remove", "stage", "--yes"],
            "stage is removed, but",
        ),
    ] {
        let run = desk.run(line).stdout_to("/dev/full").run().exits(7);
        run.says(&[says, "cannot be printed"]);
    }
    let rows = desk.run(&["profile", "list"]).run().done();
    rows.prints("[]\n");
}

#[test]
fn every_setting_can_be_added_and_is_shown() {
    let desk = Desk::new();
    let help = desk.run(&["profile", "add", "--help"]).run().done().stdout;
    let shown = desk.run(&["profile", "show"]).run().done().json();
    for service in ["clasp", "forge", "vuer"] {
        let settings = shown[service].as_object().expect("a table");
        assert!(settings.contains_key("url"), "{settings:?}");
        for name in settings.keys() {
            let name = name.replace('_', "-").replace("headers", "header");
            assert!(
                help.contains(&format!("--{service}-{name}")),
                "{service} {name}"
            );
        }
    }
}

#[test]
fn a_secret_is_never_shown() {
    let desk = Desk::new();
    desk.run(&["profile", "add", "p", "--clasp-token", "cpsk_5ecret"])
        .arg("--vuer-header")
        .arg("Authorization=5ecret")
        .run()
        .done();
    for args in [
        &["profile", "show", "p"][..],
        &["profile", "show", "p", "--origin", "-o", "text"],
        &["profile", "list"],
        &[
            "clasp",
            "get",
            "/a",
            "--profile",
            "p",
            "--url",
            "ws://127.0.0.1:1",
        ],
    ] {
        let run = desk.run(args).run();
        let shown = format!("{}{}", run.stdout, run.stderr);
        assert!(!shown.contains("5ecret"), "{run}");
    }
    let shown = desk.run(&["profile", "show", "p"]).run().done().json();
    assert_eq!(shown["clasp"]["token"], "set");
    assert_eq!(shown["vuer"]["headers"], "set");
}

#[test]
fn what_was_written_by_hand_stays() {
    let desk = Desk::with(
        "# mine\ndefault = 'a' # for now\n\n# the stage\n[profiles.a]\n\
         output = 'text' # for the log\n[profiles.a.clasp]\nurl = 'ws://a' # left\n\n\
         # the desk\n[profiles.b.vuer]\nurl = 'ws://b'\n",
    );
    let run = |args: &[&str]| desk.run(&[&["profile"], args].concat()).run().done();
    run(&["add", "c", "--clasp-url", "ws://c"]);
    run(&["use", "b"]);
    run(&[
        "add",
        "a",
        "--replace",
        "--clasp-url",
        "ws://new",
        "--confirm",
    ]);
    assert_eq!(
        desk.text(),
        "# mine\ndefault = \"b\" # for now\n\n# the stage\n[profiles.a]\nconfirm = true\n\
         [profiles.a.clasp]\nurl = \"ws://new\" # left\n\n\
         # the desk\n[profiles.b.vuer]\nurl = 'ws://b'\n\n\
         [profiles.c.clasp]\nurl = \"ws://c\"\n"
    );
    run(&["remove", "a", "--yes"]);
    assert!(desk.text().contains("# the desk"), "{}", desk.text());
    assert!(!desk.text().contains("profiles.a"), "{}", desk.text());
}

#[test]
fn a_link_to_the_file_stays_a_link() {
    let desk = Desk::new();
    let dotfiles = Dir::new();
    fs::create_dir_all(desk.folder()).expect("writable");
    let target = dotfiles.path().join("trefoil.toml");
    symlink(&target, desk.file()).expect("writable");
    let add = |name| {
        desk.run(&["profile", "add", name, "--confirm"])
            .run()
            .done()
    };
    // At first it leads nowhere yet.
    add("a");
    add("b");
    assert!(
        fs::symlink_metadata(desk.file())
            .expect("there")
            .is_symlink()
    );
    let text = fs::read_to_string(target).expect("written where the link leads");
    assert!(
        text.contains("[profiles.a]") && text.contains("[profiles.b]"),
        "{text}"
    );
    let left: Vec<_> = fs::read_dir(dotfiles.path()).expect("there").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_secret_that_others_can_read_is_refused_until_it_is_mended() {
    let token = "[profiles.p.clasp]\ntoken = 'x'\n";
    let command = "[profiles.p.clasp]\ntoken_command = 'echo x'\n";
    let plain = "[profiles.p.clasp]\nurl = 'ws://a'\ntoken_file = 't'\n";
    for (text, mode, refused) in [
        (token, 0o644, true),
        (token, 0o640, true),
        (token, 0o600, false),
        (command, 0o644, false),
        (command, 0o664, true),
        (plain, 0o644, false),
        (plain, 0o666, false),
    ] {
        let desk = Desk::with(text);
        desk.mode(mode);
        let list = desk.run(&["profile", "list"]).run();
        let get = desk
            .run(&["clasp", "get", "/a", "--url", "ws://127.0.0.1:1"])
            .run();
        if refused {
            list.exits(2).says(&["chmod 600", "config.toml"]);
            get.exits(2).says(&["chmod 600"]);
            desk.run(&["profile", "add", "q", "--confirm"]).run().done();
            desk.run(&["profile", "list"]).run().done();
        } else {
            list.done();
            get.exits(1);
        }
    }
}

#[test]
fn a_mistake_is_named_with_its_line_and_the_nearest() {
    let cases = [
        ("[profiles.p]\nreadonly = true\n", "read_only"),
        ("[profiles.p]\n[profiles.p.clap]\n", "clasp"),
        ("[profiles.p]\nclasp.tokenfile = 'x'\n", "token_file"),
        ("\ndefualt = 'p'\n", "default"),
    ];
    for (text, nearest) in cases {
        let desk = Desk::with(text);
        for args in [
            &["profile", "list"][..],
            &["clasp", "get", "/a"],
            &["vuer", "recv"],
        ] {
            let failed = desk.run(args).run().exits(2);
            failed.says(&["line 2", &format!("did you mean {nearest}?")]);
        }
        // What does not need it does not ask for it.
        desk.run(&["man"]).run().done();
        desk.run(&["--help"]).run().done();
        assert_eq!(desk.text(), text);
    }
    let broken = Desk::with("[profiles.p\n");
    broken
        .run(&["profile", "list"])
        .run()
        .exits(2)
        .says(&["line 1"]);
    let add = ["profile", "add", "q", "--confirm"];
    broken.run(&add).run().exits(2).says(&["line 1"]);
    assert_eq!(broken.text(), "[profiles.p\n");
}

#[test]
fn a_name_that_nothing_has_tells_the_nearest_and_the_others() {
    let desk = Desk::with("[profiles.stage]\n[profiles.desk]\n");
    let get = ["clasp", "get", "/a"];
    let flag = desk.run(&["--profile", "stag", "clasp", "get", "/a"]).run();
    flag.exits(2)
        .says(&["--profile", "'stag'", "did you mean stage?", "stage, desk"]);
    let variable = desk.run(&get).env("TREFOIL_PROFILE", "x").run();
    variable.exits(2).says(&["TREFOIL_PROFILE", "stage, desk"]);
    for args in [
        &["use", "stag"][..],
        &["show", "stag"],
        &["remove", "stag", "--yes"],
    ] {
        let failed = desk.run(&[&["profile"], args].concat()).run();
        failed.exits(2).says(&["'stag'", "did you mean stage?"]);
    }
    let none = Desk::new();
    let failed = none.run(&["--profile", "p", "clasp", "get", "/a"]).run();
    failed.exits(2).says(&["trefoil profile add p"]);
    for name in ["none", "a b", "-x", "a.b", ""] {
        let add = ["profile", "add", "--confirm", "--", name];
        desk.run(&add).run().exits(2);
    }
}

#[test]
fn nothing_is_asked_where_nobody_sits() {
    let desk = Desk::new();
    let add = desk.run(&["profile", "add", "stage"]).run().exits(2);
    add.says(&["--clasp-url", "--forge-url", "--vuer-url", "--output"]);
    for args in [
        ["--clasp-url", "http://a"],
        ["--forge-url", "ws://a"],
        ["--vuer-max-size", "big"],
        ["--allow", "stage"],
        ["--vuer-header", "x"],
    ] {
        let args = [&["profile", "add", "stage"], &args[..]].concat();
        desk.run(&args).run().exits(2);
    }
    assert!(!desk.file().exists());
}
