//! The layout of the design, kept by a test: which room may use which.
//!
//! Every `crate::…` path in src/ is read (and every `super::…`, which is one in disguise), in code
//! but not in comments. Enters: source text; leaves: a list of breaches, each with file and line.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of the design's table.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Room {
    /// text, error: nothing of the crate.
    Ground(&'static str),
    /// net, config, term: text and error.
    Shared(&'static str),
    /// Bytes and pure cores of a service: text, error, and each other in that service.
    Core(String),
    /// client, router, server, hub of a service: its cores, net and error; never each other.
    Conversation(String, String),
    /// A service's verbs and the mod.rs that lists them.
    Verbs(String),
    /// cli, main, lib, exit, cmd: any; a service only through its mod.rs.
    Top,
}

const SERVICES: [&str; 3] = ["clasp", "forge", "vuer"];
/// What is pure although it is not bytes, by service.
const CORES: [(&str, &[&str]); 3] = [
    ("clasp", &["wire", "timeline"]),
    ("forge", &["api"]),
    ("vuer", &["event", "scene"]),
];
/// Pure cores inside the router's folder.
const ROUTER_CORES: [&str; 3] = ["state", "subscriptions", "schedule"];

/// The room of a module path below the crate, such as `clasp::wire::value`.
fn room(path: &[&str]) -> Room {
    match *path {
        ["text", ..] => Room::Ground("text"),
        ["error", ..] => Room::Ground("error"),
        ["net", ..] => Room::Shared("net"),
        ["config", ..] => Room::Shared("config"),
        ["term", ..] => Room::Shared("term"),
        [service, "router", core, ..] if ROUTER_CORES.contains(&core) => Room::Core(service.into()),
        [service, module, ..] if is_core(service, module) => Room::Core(service.into()),
        [
            service,
            "client" | "router" | "server" | "hub" | "ledger",
            ..,
        ] if SERVICES.contains(&service) => Room::Conversation(service.into(), path[1].into()),
        [service, ..] if SERVICES.contains(&service) => Room::Verbs(service.into()),
        _ => Room::Top,
    }
}

fn is_core(service: &str, module: &str) -> bool {
    CORES
        .iter()
        .any(|(name, cores)| *name == service && cores.contains(&module))
}

/// Whether code in one room may name something at a path; the reason why not.
fn breach(from: &Room, path: &[&str]) -> Option<String> {
    let to = room(path);
    let ground = matches!(to, Room::Ground(_));
    let allowed = match from {
        Room::Ground(name) => to == Room::Ground(name),
        Room::Shared(name) => ground || to == Room::Shared(name),
        Room::Core(service) => ground || to == Room::Core(service.clone()),
        Room::Conversation(service, _) => {
            let error_or_net = [Room::Ground("error"), Room::Shared("net")].contains(&to);
            error_or_net || to == *from || to == Room::Core(service.clone())
        }
        Room::Verbs(service) => match &to {
            Room::Ground(_) | Room::Shared("term" | "config") => true,
            Room::Core(other) | Room::Conversation(other, _) | Room::Verbs(other) => {
                other == service
            }
            _ => false,
        },
        Room::Top => {
            // A service's folder may only be entered by its front door.
            let inside = SERVICES.contains(&path[0])
                && path
                    .get(1)
                    .is_some_and(|name| module_exists(&[path[0], name]));
            !inside
        }
    };
    (!allowed).then(|| format!("{from:?} may not use {to:?}"))
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn module_exists(path: &[&str]) -> bool {
    let base = path.iter().fold(src(), |base, name| base.join(name));
    base.is_dir() || base.with_extension("rs").is_file()
}

/// Every source file with its module path and its text without comments and strings.
fn sources() -> Vec<(PathBuf, Vec<String>, String)> {
    let mut found = vec![];
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .expect("src is there")
            .map(|entry| entry.expect("a file"))
        {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path
                    .strip_prefix(src())
                    .expect("below src")
                    .with_extension("");
                let mut module: Vec<String> = relative
                    .iter()
                    .map(|part| part.to_str().expect("an ASCII name").to_owned())
                    .collect();
                if module
                    .last()
                    .is_some_and(|last| last == "mod" || last == "lib")
                {
                    module.pop();
                }
                let text = fs::read_to_string(&path).expect("UTF-8");
                let shown = path
                    .strip_prefix(src().parent().expect("the package"))
                    .expect("below");
                found.push((shown.to_owned(), module, code_of(&text)));
            }
        }
    }
    assert!(
        found.len() > 5,
        "the sources of the crate are not where this test looks"
    );
    found
}

/// The text with comments, strings and characters blanked out; lines stay where they are.
fn code_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = raw_string(rest) {
            raw
        } else if next == '"' {
            quoted(rest, '"')
        } else if let Some(character) = character(rest) {
            character
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let (blanked, after) = rest.split_at(skipped);
        out.push(' ');
        out.extend(blanked.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    out
}

/// The length of a raw string that begins here.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.chars().take_while(|c| *c == '#').count();
    after[hashes..].starts_with('"').then(|| {
        let open = text.len() - after.len() + hashes + 1;
        let close = format!("\"{}", "#".repeat(hashes));
        text[open..]
            .find(&close)
            .map_or(text.len(), |at| open + at + close.len())
    })
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal that begins here; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.strip_prefix('\'')?.chars();
    match (chars.next()?, chars.next()?) {
        ('\\', _) => Some(quoted(text, '\'')),
        (c, '\'') => Some(1 + c.len_utf8() + 1),
        _ => None,
    }
}

/// Every path that begins with `crate` or `super`, resolved, groups unfolded, with its line.
fn paths(module: &[String], code: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = vec![];
    for start in ["crate", "super"] {
        for (at, _) in code.match_indices(&format!("{start}::")) {
            let before = code[..at].chars().next_back();
            let part_of_a_path =
                before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
            if part_of_a_path || code[..at].ends_with("pub(in ") {
                continue;
            }
            let mut base: Vec<String> = if start == "crate" {
                vec![]
            } else {
                module.to_vec()
            };
            let mut rest = &code[at..];
            // A test module inside a file is one step deeper than the file; climbing one step too
            // few there only makes this test milder towards tests.
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
            rest = rest.strip_prefix("crate::").unwrap_or(rest);
            let line = code[..at].matches('\n').count() + 1;
            unfold(&base, rest, &mut |path| found.push((line, path)));
        }
    }
    found
}

/// `a::{b, c::d}` is two paths; `a::b` is one. Gives what stands behind.
fn unfold<'a>(base: &[String], text: &'a str, found: &mut dyn FnMut(Vec<String>)) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = unfold(base, rest, found).trim_start();
            match rest.strip_prefix(',') {
                Some(after) => rest = after,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let mut path = base.to_vec();
    if !name.is_empty() && name != "self" {
        path.push(name.to_owned());
    }
    match rest.strip_prefix("::") {
        Some(after) => unfold(&path, after, found),
        None => {
            if path.len() > base.len() || name == "self" {
                found(path);
            }
            let renamed = rest.trim_start().strip_prefix("as ");
            renamed.map_or(rest, |after| {
                after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
            })
        }
    }
}

#[test]
fn every_room_uses_only_what_the_design_allows() {
    let mut breaches = vec![];
    for (file, module, code) in sources() {
        let names: Vec<&str> = module.iter().map(String::as_str).collect();
        let from = room(&names);
        for (line, path) in paths(&module, &code) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if path.is_empty() {
                continue;
            }
            if let Some(why) = breach(&from, &path) {
                breaches.push(format!(
                    "{}:{line}: crate::{}: {why}",
                    file.display(),
                    path.join("::")
                ));
            }
        }
    }
    breaches.sort();
    assert!(
        breaches.is_empty(),
        "the design's table is broken:\n{}",
        breaches.join("\n")
    );
}

#[test]
fn one_dependency_one_door() {
    // What, where it may stand, and what the design says of it.
    let doors: [(&str, &[&str]); 8] = [
        ("tungstenite::", &["src/net/ws.rs"]),
        ("jaq_", &["src/term/"]),
        ("reqwest::", &["src/forge/client.rs"]),
        ("rmp", &["src/vuer/event.rs", "src/clasp/wire/"]),
        ("tabled::", &["src/term/"]),
        ("indicatif::", &["src/term/"]),
        ("rustls", &["src/net/"]),
        ("std::process::exit", &["src/main.rs"]),
    ];
    let printing = [
        "println!",
        "print!",
        "eprintln!",
        "eprint!",
        "io::stdout",
        "io::stderr",
    ];
    let rules = doors
        .into_iter()
        .chain(printing.map(|what| (what, &["src/term/"][..])));
    let mut breaches = vec![];
    let sources = sources();
    for (what, allowed) in rules {
        for (file, _, code) in &sources {
            let shown = file.to_str().expect("ASCII");
            if allowed.iter().any(|door| shown.starts_with(door)) {
                continue;
            }
            for (at, _) in code.match_indices(what) {
                let before = code[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let line = code[..at].matches('\n').count() + 1;
                breaches.push(format!(
                    "{shown}:{line}: `{what}` belongs into {}",
                    allowed.join(" or ")
                ));
            }
        }
    }
    assert!(
        breaches.is_empty(),
        "one dependency, one door:\n{}",
        breaches.join("\n")
    );
}

#[test]
fn this_test_can_fail() {
    let code =
        code_of("// crate::no\nuse crate::{text, net::{ws, tls}}; \"crate::no\"; super::b::C;");
    let module = ["a".to_owned(), "c".to_owned()];
    let found = paths(&module, &code);
    let found: Vec<String> = found
        .iter()
        .map(|(line, path)| format!("{line} {}", path.join("::")))
        .collect();
    assert_eq!(found, ["2 text", "2 net::ws", "2 net::tls", "2 a::b::C"]);
    let breaks = |from: &str, to: &str| {
        let split = |path: &'static str| path.split("::").collect::<Vec<_>>();
        let (from, to) = (from.to_owned().leak(), to.to_owned().leak());
        breach(&room(&split(from)), &split(to)).is_some()
    };
    assert!(breaks("clasp::wire::value", "net::ws"));
    assert!(breaks("clasp::client", "forge::api"));
    assert!(breaks("clasp::client", "clasp::router"));
    assert!(breaks("clasp::client::bulk", "term"));
    assert!(breaks("clasp::cmd::set", "net::ws"));
    assert!(breaks("term::table", "config"));
    assert!(breaks("error", "text"));
    assert!(!breaks("clasp::cmd::set", "clasp::client"));
    assert!(!breaks("clasp::client", "clasp::wire::Message"));
    assert!(!breaks("clasp::wire::value", "clasp::timeline"));
    assert!(!breaks("cli", "clasp::Verb"));
}
