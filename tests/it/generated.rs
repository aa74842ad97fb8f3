//! Completions and man pages: the committed files are what the binary prints.
//!
//! `TREFOIL_BLESS=1 cargo test --test it generated` writes them again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::help::commands;
use crate::support::trefoil;

fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// Compares one committed file with what the binary prints, or writes it when blessing.
fn check(path: &Path, printed: &str) -> Result<(), String> {
    if std::env::var_os("TREFOIL_BLESS").is_some_and(|bless| !bless.is_empty()) {
        fs::create_dir_all(path.parent().expect("in a folder")).expect("the package is writable");
        fs::write(path, printed).expect("the package is writable");
        return Ok(());
    }
    match fs::read_to_string(path) {
        Ok(committed) if committed == printed => Ok(()),
        Ok(committed) => {
            let differs = committed
                .lines()
                .zip(printed.lines())
                .position(|(a, b)| a != b);
            let line =
                differs.map_or_else(|| "at its end".into(), |n| format!("in line {}", n + 1));
            Err(format!("{} differs {line}", path.display()))
        }
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Every file is as printed, and there is no file that nothing prints.
#[track_caller]
fn check_folder(folder: &str, files: &[(String, String)]) {
    let mut wrong: Vec<String> = files
        .iter()
        .filter_map(|(name, printed)| check(&root(folder).join(name), printed).err())
        .collect();
    let expected: BTreeSet<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    for entry in fs::read_dir(root(folder)).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !expected.contains(name.as_str()) {
            wrong.push(format!("{} belongs to no command", entry.path().display()));
        }
    }
    let hint = "write them anew with: TREFOIL_BLESS=1 cargo test --test it generated";
    assert!(wrong.is_empty(), "{}\n{hint}", wrong.join("\n"));
}

#[test]
fn completions_are_as_committed() {
    let files = [
        ("bash", "trefoil.bash"),
        ("zsh", "_trefoil"),
        ("fish", "trefoil.fish"),
        ("elvish", "trefoil.elv"),
        ("powershell", "_trefoil.ps1"),
    ];
    let print = |(shell, file): (&str, &str)| {
        let printed = trefoil(&["completions", shell])
            .run()
            .done()
            .quietly()
            .stdout;
        assert!(printed.contains("subscribe"), "{shell} completes no verbs");
        (file.to_owned(), printed)
    };
    check_folder("completions", &files.map(print));
    trefoil(&["completions", "tcsh"])
        .run()
        .exits(2)
        .says(&["bash", "elvish"]);
}

#[test]
fn man_pages_are_as_committed() {
    let print = |path: Vec<String>| {
        let args: Vec<&str> = ["man"]
            .into_iter()
            .chain(path.iter().map(String::as_str))
            .collect();
        let printed = trefoil(&args).run().done().quietly().stdout;
        assert!(printed.contains(".SH NAME"), "no man page for {path:?}");
        let name = ["trefoil".to_owned()]
            .iter()
            .chain(&path)
            .cloned()
            .collect::<Vec<_>>()
            .join("-");
        (format!("{name}.1"), printed)
    };
    let pages: Vec<_> = commands().into_iter().map(print).collect();
    assert!(pages.iter().any(|(name, _)| name == "trefoil-clasp-set.1"));
    check_folder("man", &pages);
    trefoil(&["man", "clasp", "sett"]).run().exits(2);
}
