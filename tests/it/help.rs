//! Help: rules that the help of every command must follow.

use crate::support::trefoil;

/// The path of every command, found as a user would: by reading `Commands:` in the help.
pub fn commands() -> Vec<Vec<String>> {
    let mut found = vec![vec![]];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let listed = help(&path);
        let names = listed
            .lines()
            .skip_while(|line| *line != "Commands:")
            .skip(1)
            .take_while(|line| line.starts_with("  "))
            // Continuation lines of a long description are indented further.
            .filter(|line| !line.starts_with("   "))
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| *name != "help");
        for name in names {
            found.push([path.as_slice(), &[name.trim_end_matches(',').to_owned()]].concat());
        }
    }
    found
}

/// `trefoil PATH --help`.
pub fn help(path: &[String]) -> String {
    let args: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    trefoil(&args).run().done().quietly().stdout
}

#[test]
fn every_verb_of_the_issue_is_there() {
    let commands: Vec<String> = commands().iter().map(|path| path.join(" ")).collect();
    for verb in [
        "set",
        "get",
        "subscribe",
        "watch",
        "emit",
        "publish",
        "stream",
        "gesture",
        "timeline",
        "bundle",
        "record",
        "replay",
        "wait",
        "on",
        "lock",
        "query",
        "dump",
        "diff",
        "apply",
        "time",
        "ping",
    ] {
        assert!(
            commands.contains(&format!("clasp {verb}")),
            "{verb} in {commands:?}"
        );
    }
    for verb in [
        "run",
        "upload",
        "ledger",
        "health",
        "token create",
        "token list",
        "token revoke",
    ] {
        assert!(
            commands.contains(&format!("forge {verb}")),
            "{verb} in {commands:?}"
        );
    }
    for verb in [
        "send",
        "recv",
        "call",
        "scene",
        "serve",
        "grab",
        "load",
        "page install",
    ] {
        assert!(
            commands.contains(&format!("vuer {verb}")),
            "{verb} in {commands:?}"
        );
    }
    for verb in ["new", "turn", "list", "show", "close", "exec", "chat"] {
        assert!(
            commands.contains(&format!("forge session {verb}")),
            "{verb} in {commands:?}"
        );
    }
    for command in ["completions", "man"] {
        assert!(
            commands.contains(&command.to_owned()),
            "{command} in {commands:?}"
        );
    }
}

#[test]
fn no_help_breaks_79_columns() {
    for path in commands() {
        for line in help(&path).lines() {
            let width = line.chars().count();
            assert!(
                width <= 79,
                "trefoil {} --help: {width} columns: {line}",
                path.join(" ")
            );
        }
    }
}

#[test]
fn every_verb_shows_worked_examples_after_its_options() {
    for path in commands().into_iter().filter(|path| path.len() > 1) {
        let (name, help) = (path.join(" "), help(&path));
        let options = help
            .find("Global options:")
            .unwrap_or_else(|| panic!("no options:\n{help}"));
        let examples = help
            .find("Examples:")
            .unwrap_or_else(|| panic!("no examples:\n{help}"));
        assert!(options < examples, "examples before the options:\n{help}");
        let example = format!("trefoil {name}");
        assert!(
            help[examples..].contains(&example),
            "no example has {example:?}:\n{help}"
        );
    }
}

/// The headings under which options may stand; the last one is everywhere.
const HEADINGS: [&str; 18] = [
    "Options",
    "Mapping",
    "Value",
    "Event",
    "Bulk",
    "Checks",
    "Guards",
    "CLASP",
    "forge",
    "Vuer",
    "Access",
    "Limits",
    "Storage",
    "Cluster",
    "Bridges",
    "TLS",
    "Connection",
    GLOBAL,
];
const GLOBAL: &str = "Global options";

/// What every command has, in this order.
const GLOBAL_OPTIONS: [&str; 12] = [
    "--profile",
    "--output",
    "--raw",
    "--jq",
    "--exit-status",
    "--quiet",
    "--color",
    "--errors",
    "--verbose",
    "--trace",
    "--yes",
    "--help",
];

/// The options of a help text with the headings that they stand under, and whether they are
/// described.
fn options(help: &str) -> Vec<(&str, &str, bool)> {
    let mut found = vec![];
    let mut heading = "";
    let mut lines = help.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_suffix(':').filter(|_| !line.starts_with(' ')) {
            heading = text;
            continue;
        }
        let option = line.trim_start();
        if !option.starts_with('-') || line.len() - option.len() > 6 || heading == "Examples" {
            continue;
        }
        let long = option
            .split([' ', ',', '=', '[', '.'])
            .find(|word| word.starts_with("--"));
        let name = long.unwrap_or(option);
        // Its description stands two columns further on the same line, or on the next one.
        let described = option.contains("  ")
            || lines
                .peek()
                .is_some_and(|next| next.starts_with("          "));
        found.push((heading, name, described));
    }
    found
}

#[test]
fn every_option_says_what_it_is_for() {
    for path in commands() {
        for (_, option, described) in options(&help(&path)) {
            assert!(
                described,
                "trefoil {}: {option} has no help",
                path.join(" ")
            );
        }
    }
}

#[test]
fn every_option_has_a_heading_and_the_global_ones_come_last_and_once() {
    for path in commands() {
        let (name, help) = (path.join(" "), help(&path));
        let options = options(&help);
        let mut headings: Vec<&str> = options.iter().map(|(heading, ..)| *heading).collect();
        headings.dedup();
        for heading in &headings {
            assert!(
                HEADINGS.contains(heading),
                "trefoil {name}: {heading}:\n{help}"
            );
            let times = headings.iter().filter(|other| *other == heading).count();
            assert_eq!(times, 1, "trefoil {name}: {heading} comes twice:\n{help}");
        }
        let global: Vec<&str> = (options.iter())
            .filter(|(heading, ..)| *heading == GLOBAL)
            .map(|(_, option, _)| *option)
            .collect();
        assert_eq!(global, GLOBAL_OPTIONS, "trefoil {name}");
        assert_eq!(headings.last(), Some(&GLOBAL), "trefoil {name}:\n{help}");
        if let Some(at) = headings.iter().position(|heading| *heading == "Connection") {
            assert_eq!(at, headings.len() - 2, "trefoil {name}: {headings:?}");
        }
        for (heading, option, _) in &options {
            let others = options.iter().filter(|(_, other, _)| other == option);
            assert_eq!(
                others.count(),
                1,
                "trefoil {name}: {heading}: {option} comes twice"
            );
        }
    }
}

/// A heading goes to all options that follow it in the source: those that have nothing to do with
/// the connection must stand before it.
#[test]
fn under_connection_stands_what_connects() {
    const CONNECTS: [&str; 24] = [
        "--url",
        "--token",
        "--token-file",
        "--token-command",
        "--no-token",
        "--name",
        "--features",
        "--as",
        "--init",
        "--max-size",
        "--keepalive",
        "--ca",
        "--insecure",
        "--cert",
        "--key",
        "--cert-key",
        "--proxy",
        "--header",
        "--timeout",
        "--connect-timeout",
        "--connect-retry",
        "--reconnect-interval",
        "--max-reconnects",
        "--no-reconnect",
    ];
    for path in commands() {
        let help = help(&path);
        for (heading, option, _) in options(&help) {
            if heading == "Connection" {
                assert!(
                    CONNECTS.contains(&option),
                    "trefoil {}: {option}",
                    path.join(" ")
                );
            }
        }
    }
}

#[test]
fn the_short_help_leaves_out_what_is_rarely_typed() {
    for path in commands() {
        let args: Vec<&str> = path.iter().map(String::as_str).chain(["-h"]).collect();
        let short = trefoil(&args).run().done().quietly().stdout;
        let (short, long) = (options(&short), help(&path));
        let long = options(&long);
        let name = path.join(" ");
        for (heading, option, _) in &short {
            let same = long.iter().any(|(h, o, _)| (h, o) == (heading, option));
            assert!(same, "trefoil {name}: {option} is only in the short help");
        }
        // What a verb has of its own is in both.
        for (heading, option, _) in &long {
            let rare = ["Connection", GLOBAL].contains(heading);
            let is_short = short.iter().any(|(_, other, _)| other == option);
            assert!(
                rare || is_short,
                "trefoil {name}: {option} is not in the short help"
            );
        }
        assert!(short.len() < long.len(), "trefoil {name}");
        assert!(
            short.iter().any(|(_, option, _)| *option == "--help"),
            "trefoil {name}"
        );
    }
}

#[test]
fn every_command_begins_with_a_verb_and_no_full_stop_is_needed() {
    for path in commands() {
        let help = help(&path);
        let first = help.lines().next().unwrap_or_default();
        assert!(
            !first.is_empty() && first.chars().next().is_some_and(char::is_alphabetic),
            "{help}"
        );
    }
}

#[test]
fn a_command_line_with_a_mistake_is_told_what_to_type() {
    for (line, advice) in [
        ("set /a 1", "Did you mean: trefoil clasp set"),
        ("subscirbe /a", "Did you mean: trefoil clasp subscribe"),
        ("serve", "Did you mean: trefoil forge serve"),
        (
            "clasp lock /a true",
            "Write -- before the command that is to be run.",
        ),
        (
            "clasp on /a echo",
            "Write -- before the command that is to be run.",
        ),
    ] {
        let args: Vec<&str> = line.split(' ').collect();
        trefoil(&args).run().exits(2).says(&[advice]);
    }
}
