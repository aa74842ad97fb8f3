//! Checks the layers of the design: which module may use which.
//!
//! Takes the source text of src/; gives a list of violations, each with file and line. It reads
//! every `crate::…` and `super::…` path in code, but not in comments ([`crate::support::source`]
//! parses it).

use std::collections::{BTreeMap, BTreeSet};

use crate::support::source::{code_of, paths, sources, src};

/// The layers of the design's table.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Room {
    /// text, outcome, error, trace, file_lock, ids: nothing of the crate, but that an error names an outcome and a
    /// failure of `ids` has a kind.
    Ground(&'static str),
    /// net, config, term: text, outcome, error and trace.
    Shared(&'static str),
    /// Bytes and pure cores of a service: text, error, trace, and each other in that service.
    Core(String),
    /// client, router, server, hub of a service: its cores, net and error; never each other.
    Conversation(String, String),
    /// A service's verbs and the mod.rs that lists them.
    Verbs(String),
    /// cli, main, lib, exit, cmd: any; a service only through its mod.rs.
    Top,
}

const SERVICES: [&str; 3] = ["clasp", "forge", "vuer"];
/// Pure cores that are not encodings, by service.
const CORES: [(&str, &[&str]); 3] = [
    (
        "clasp",
        &["wire", "record", "timeline", "due_queue", "rate_limiter"],
    ),
    ("forge", &["api"]),
    ("vuer", &["event", "scene"]),
];
/// Pure cores inside the router's folder.
const ROUTER_CORES: [&str; 8] = [
    "bytes",
    "state",
    "subscriptions",
    "schedule",
    "work",
    "grants",
    "auth",
    "limits",
];

/// The layer of a module path, such as `clasp::wire::value`.
fn room(path: &[&str]) -> Room {
    match *path {
        ["text", ..] => Room::Ground("text"),
        ["outcome", ..] => Room::Ground("outcome"),
        ["error", ..] => Room::Ground("error"),
        ["trace", ..] => Room::Ground("trace"),
        ["home", ..] => Room::Ground("home"),
        ["processes", ..] => Room::Ground("processes"),
        ["ids", ..] => Room::Ground("ids"),
        ["file_lock", ..] => Room::Ground("file_lock"),
        ["net", ..] => Room::Shared("net"),
        ["config", ..] => Room::Shared("config"),
        ["term", ..] => Room::Shared("term"),
        [service, "router", core, ..] if ROUTER_CORES.contains(&core) => Room::Core(service.into()),
        [service, module, ..] if is_core(service, module) => Room::Core(service.into()),
        [service, "bridge", _, "socket", ..] => Room::Conversation(service.into(), "bridge".into()),
        [service, "bridge", ..] => Room::Core(service.into()),
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
        Room::Ground("error") if to == Room::Ground("outcome") => true,
        // The failure of a random number generator has a kind.
        Room::Ground("ids") if to == Room::Ground("error") => true,
        Room::Ground(name) => to == Room::Ground(name),
        Room::Shared(name) => ground || to == Room::Shared(name),
        Room::Core(service) => ground || to == Room::Core(service.clone()),
        Room::Conversation(service, _) => {
            let shared = [
                Room::Ground("outcome"),
                Room::Ground("error"),
                Room::Ground("trace"),
                Room::Ground("home"),
                Room::Ground("processes"),
                Room::Ground("ids"),
                Room::Ground("file_lock"),
                Room::Shared("net"),
            ];
            shared.contains(&to) || to == *from || to == Room::Core(service.clone())
        }
        Room::Verbs(service) => match &to {
            Room::Ground(_) | Room::Shared("term" | "config") => true,
            Room::Core(other) | Room::Conversation(other, _) | Room::Verbs(other) => {
                other == service
            }
            _ => false,
        },
        Room::Top => {
            // A service may be used from outside only through its mod.rs.
            let inside = SERVICES.contains(&path[0])
                && path
                    .get(1)
                    .is_some_and(|name| module_exists(&[path[0], name]));
            !inside
        }
    };
    (!allowed).then(|| format!("{from:?} may not use {to:?}"))
}

fn module_exists(path: &[&str]) -> bool {
    let base = path.iter().fold(src(), |base, name| base.join(name));
    base.is_dir() || base.with_extension("rs").is_file()
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
    // A text, the files that may contain it, and the reason in the design.
    let doors: [(&str, &[&str]); 13] = [
        ("tungstenite::", &["src/net/ws/"]),
        ("jaq_", &["src/term/"]),
        ("reqwest::", &["src/forge/client.rs", "src/forge/client/"]),
        ("hyper::", &["src/forge/server/http/"]),
        ("redb::", &["src/forge/server/state/"]),
        ("tokio_postgres", &["src/forge/server/state/shared/"]),
        ("rmp", &["src/vuer/event/"]),
        ("tabled::", &["src/term/"]),
        ("indicatif::", &["src/term/"]),
        ("dialoguer::", &["src/term/prompt.rs"]),
        ("toml_edit::", &["src/config/"]),
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
    let code = code_of(
        "// crate::no\nuse crate::{text, net::{ws, tls}}; \"crate::no\"; super::b::C;\n\
         mod tests { use super::D; } super::E;",
    );
    let module = ["a".to_owned(), "c".to_owned()];
    let found = paths(&module, &code);
    let found: Vec<String> = found
        .iter()
        .map(|(line, path)| format!("{line} {}", path.join("::")))
        .collect();
    assert_eq!(
        found,
        [
            "2 text",
            "2 net::ws",
            "2 net::tls",
            "2 a::b::C",
            "3 a::c::D",
            "3 a::E"
        ]
    );
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
    assert!(breaks("clasp::bridge::osc::map", "net::ws"));
    assert!(breaks(
        "clasp::bridge::osc::map",
        "clasp::bridge::osc::socket"
    ));
    assert!(breaks("clasp::bridge::osc::socket", "clasp::client"));
    assert!(!breaks("clasp::bridge::osc::socket", "net::addresses"));
    assert!(breaks("term::table", "config"));
    assert!(breaks("error", "text"));
    assert!(breaks("outcome", "error"));
    assert!(!breaks("error", "outcome"));
    assert!(breaks("trace", "net::ws"));
    assert!(!breaks("clasp::cmd::set", "clasp::client"));
    assert!(!breaks("clasp::client", "clasp::wire::Message"));
    assert!(!breaks("clasp::wire::value", "clasp::timeline"));
    assert!(!breaks("cli", "clasp::Verb"));
}

/// The graph of modules: from each the ones that its `crate::` and `super::` paths name. A module
/// may name what contains it, which is how Rust shares a folder's types.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let all = sources();
    let modules: BTreeSet<String> = all.iter().map(|(_, module, _)| module.join("::")).collect();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, module, code) in &all {
        let from = module.join("::");
        let edges = graph.entry(from.clone()).or_default();
        for (_, path) in paths(module, code) {
            // The longest part of the path that is a module.
            let to = (1..=path.len())
                .rev()
                .map(|length| path[..length].join("::"))
                .find(|to| modules.contains(to));
            if let Some(to) = to.filter(|to| *to != from && !from.starts_with(&format!("{to}::"))) {
                edges.insert(to);
            }
        }
    }
    graph
}

/// Import cycles: sets of several modules that use each other.
fn circles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |from: &str| {
        let mut reached = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(module) = next.pop() {
            for to in graph.get(&module).into_iter().flatten() {
                if reached.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&String, BTreeSet<String>> =
        graph.keys().map(|module| (module, reach(module))).collect();
    let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, to) in &reached {
        let circle: Vec<String> = to
            .iter()
            .filter(|other| {
                reached
                    .get(other)
                    .is_some_and(|back| back.contains(*module))
            })
            .cloned()
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

#[test]
fn modules_do_not_use_each_other_in_circles() {
    let found = circles(&graph());
    let shown: Vec<String> = found.iter().map(|circle| circle.join(" ")).collect();
    assert!(
        found.is_empty(),
        "modules use each other in a circle:\n{}",
        shown.join("\n")
    );
}

#[test]
fn circles_are_found() {
    let edges = |pairs: &[(&str, &str)]| {
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in pairs {
            graph
                .entry((*from).into())
                .or_default()
                .insert((*to).into());
        }
        circles(&graph)
    };
    assert!(edges(&[("a", "b"), ("b", "c"), ("a", "c")]).is_empty());
    assert_eq!(
        edges(&[
            ("a", "b"),
            ("b", "c"),
            ("c", "a"),
            ("c", "d"),
            ("d", "e"),
            ("e", "d")
        ]),
        [vec!["a", "b", "c"], vec!["d", "e"]]
    );
}
