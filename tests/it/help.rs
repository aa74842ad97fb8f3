//! Help: invariants over every command at once.

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
            .find("Options:")
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

#[test]
fn every_option_says_what_it_is_for() {
    for path in commands() {
        let help = help(&path);
        let mut lines = help
            .lines()
            .skip_while(|line| *line != "Options:")
            .skip(1)
            .peekable();
        while let Some(line) = lines
            .next()
            .filter(|line| line.is_empty() || line.starts_with(' '))
        {
            let option = line.trim_start();
            if !option.starts_with('-') || line.starts_with("          ") {
                continue;
            }
            // Its description stands two columns further on the same line, or on the next one.
            let described = option.contains("  ")
                || lines
                    .peek()
                    .is_some_and(|next| next.starts_with("          "));
            assert!(
                described,
                "trefoil {}: {option} has no help",
                path.join(" ")
            );
        }
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
