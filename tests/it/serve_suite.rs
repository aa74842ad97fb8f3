//! One suite for both routers: runs the tests of the verbs a second time, against our own router.
//!
//! All differences between the two routers are listed here, with the reason. `peers` tests the
//! reference router only.

use std::process::Command;

use crate::support::router::is_own;

/// The modules that need a router.
const SUITE: [&str; 18] = [
    "bulk::",
    "bulk_trouble::",
    "connection::",
    "emit::",
    "exit_codes::",
    "get::",
    "on::",
    "output::",
    "ping::",
    "publish::",
    "record::",
    "replay::",
    "set::",
    "state_files::",
    "subscribe::",
    "tokens::",
    "values::",
    "watch::",
];

/// What is different, and why that is right.
const DIFFERENCES: [(&str, &str); 3] = [
    (
        "bulk_trouble::a_locked_address_is_refused_by_its_line_when_sent_singly",
        "its lock is held by a session that has ended; ours gives it back",
    ),
    (
        "get::a_snapshot_that_the_router_has_cut_is_not_taken_for_all",
        "ours sends all of it",
    ),
    (
        "ping::tells_the_round_trip_the_clock_and_the_router",
        "ours says keeps-time, too, and logs no sessions",
    ),
];

#[test]
fn the_verbs_do_the_same_on_our_own_router() {
    if is_own() {
        // We are the second time.
        return;
    }
    let this = std::env::current_exe().expect("a test binary");
    let mut again = Command::new(this);
    again.env("TREFOIL_TEST_ROUTER", "trefoil").args(SUITE);
    for (name, _) in DIFFERENCES {
        again.args(["--skip", name]);
    }
    let output = again.output().expect("it runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    assert!(!printed.contains("running 0 tests"), "{printed}");
}
