//! Tests that tokens are read from every source, and that none of them is shown.

use std::fs::{self, Permissions};

use super::*;

/// A file that is gone when the test is over.
struct Temporary(PathBuf);

impl Temporary {
    fn holding(content: &str, mode: u32) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let path = std::env::temp_dir().join(format!(
            "trefoil-token-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        fs::write(&path, content).expect("the temporary directory is writable");
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("the file is ours");
        Temporary(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn read(args: &TokenArgs) -> Result<Token, Failure> {
    args.source().expect("there is one").read(None)
}

fn file(path: &Path) -> Result<Token, Failure> {
    read(&TokenArgs {
        token_file: Some(path.to_owned()),
        ..TokenArgs::default()
    })
}

fn command(command: &str) -> Result<Token, Failure> {
    read(&TokenArgs {
        token_command: Some(command.to_owned()),
        ..TokenArgs::default()
    })
}

fn exposed(found: Result<Token, Failure>) -> String {
    let token = found.expect("it is fine");
    token.secret.expose().to_owned()
}

#[test]
fn no_option_is_no_source() {
    assert_eq!(TokenArgs::default().source(), None);
}

#[test]
fn a_typed_token_counts() {
    let args = |text: &str| TokenArgs {
        token: Some(Secret::new(text)),
        ..TokenArgs::default()
    };
    assert_eq!(exposed(read(&args("cf_1"))), "cf_1");
    let failure = read(&args("")).expect_err("it is empty");
    assert_eq!(failure.kind, Kind::TokenMissing);
}

#[test]
fn the_first_line_of_a_file_counts() {
    for content in ["cf_1", "cf_1\n", "  cf_1 \r\nsecond line\n"] {
        let kept = Temporary::holding(content, 0o600);
        assert_eq!(exposed(file(&kept.0)), "cf_1", "{content:?}");
    }
}

#[test]
fn a_file_that_others_can_read_is_remarked_on() {
    let kept = Temporary::holding("cf_1\n", 0o644);
    let token = file(&kept.0).expect("it is readable");
    let warning = token.warning.expect("0644 is too much");
    assert!(warning.contains("chmod 600"), "{warning}");
    assert!(!warning.contains("cf_1"), "{warning}");

    let kept = Temporary::holding("cf_1\n", 0o600);
    let token = file(&kept.0).expect("it is readable");
    assert_eq!(token.warning, None);
}

#[test]
fn files_that_hold_no_token() {
    for (content, kind) in [
        ("", Kind::TokenMissing),
        ("\ncf_1\n", Kind::TokenMissing),
        ("cf_\u{1b}[31m1\n", Kind::Usage),
    ] {
        let kept = Temporary::holding(content, 0o600);
        let failure = file(&kept.0).expect_err("there is no token");
        assert_eq!(failure.kind, kind, "{content:?}");
        assert!(!failure.message().contains("cf_"), "{}", failure.message());
    }
    let failure = file(Path::new("/nowhere/token")).expect_err("there is no file");
    assert_eq!(failure.kind, Kind::Usage);
    assert!(failure.message().contains("/nowhere/token"));
    let failure = file(Path::new("-")).expect_err("stdin is for values");
    assert_eq!(failure.kind, Kind::Usage);
}

#[test]
fn the_first_line_a_command_prints_counts() {
    assert_eq!(exposed(command("echo cf_1; echo more")), "cf_1");
    assert_eq!(exposed(command("echo cf_1; seq 100000")), "cf_1");
}

#[test]
fn a_failing_command_shows_its_status_and_no_token() {
    let failure = command("echo cf_1; exit 9").expect_err("it failed");
    assert_eq!(failure.kind, Kind::TokenMissing);
    assert_eq!(
        failure.message(),
        "the token command 'echo cf_1; exit 9' failed (exit status: 9)"
    );
    let failure = command("true").expect_err("it printed nothing");
    assert_eq!(failure.kind, Kind::TokenMissing);
}

#[test]
fn the_sources_exclude_one_another() {
    #[derive(Debug, clap::Parser)]
    struct Cli {
        #[command(flatten)]
        token: TokenArgs,
    }
    use clap::Parser;
    assert!(Cli::try_parse_from(["x", "--token", "a", "--token-file", "b"]).is_err());
    let cli = Cli::try_parse_from(["x", "--token", "cf_1"]).expect("one is fine");
    assert!(!format!("{cli:?}").contains("cf_1"));
}
