//! Takes the name of a test's subject and what this machine lacks for it. Says that it is skipped, or fails in CI.

/// Prints what is skipped. CI has everything that the tests need, so there it fails.
#[track_caller]
pub fn skip(what: &str, lacks: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "CI must not skip {what}: {lacks}"
    );
    eprintln!("skipped, {lacks}: {what}");
}
