//! Several routers in `--url` or `CLASP_URL`: the first that answers is used, and another one when
//! it dies.

use crate::support::dir::Dir;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Router, trefoil};

/// Where nothing listens.
const NOBODY: &str = "ws://127.0.0.1:9";

#[test]
fn the_first_that_answers_is_asked() {
    let (first, second) = (Router::own(&[]), Router::own(&[]));
    let both = format!("{},{}", first.url(), second.url());
    clasp(&both, &["set", "/a", "1"]).run().done().quietly();
    assert!(Driver::connect(&first).get("/a").is_some());
    assert!(Driver::connect(&second).get("/a").is_none());
    let late = format!("{NOBODY}, {}", second.url());
    trefoil(&["clasp", "set", "/b", "2", "--url", &late])
        .run()
        .done();
    assert!(Driver::connect(&second).get("/b").is_some());
    clasp(&format!("{NOBODY},{NOBODY}"), &["get", "/a"])
        .run()
        .exits(1)
        .says(&["nothing listens at ws://127.0.0.1:9"]);
    clasp(&format!("{NOBODY},"), &["get", "/a"]).run().exits(2);
}

#[test]
fn whose_router_dies_goes_to_another() {
    let (mut first, second) = (Router::own(&[]), Router::own(&[]));
    let both = format!("{},{}", first.url(), second.url());
    Driver::connect(&second).set("/a", 2_i64);
    Driver::connect(&first).set("/a", 1_i64);
    let args = ["sub", "/a", "--reconnect-interval", "50ms"];
    let mut sub = clasp(&both, &args).live();
    assert_eq!(sub.record()["value"], 1);
    first.kill();
    sub.record_where(|record| record["value"] == 2);
    Driver::connect(&second).set("/a", 3_i64);
    sub.record_where(|record| record["value"] == 3);
}

/// A token in a profile is of its server; none of the others is sent it.
#[test]
fn a_token_that_belongs_to_one_goes_to_no_other() {
    let (first, second) = (Router::own(&[]), Router::own(&[]));
    let home = Dir::new();
    let add = [
        "profile",
        "add",
        "show",
        "--clasp-url",
        &first.url(),
        "--clasp-token",
        "cpsk_secret",
    ];
    trefoil(&add).in_home(&home).run().done();
    let both = format!("{},{}", first.url(), second.url());
    let get = ["clasp", "get", "/a", "--profile", "show", "--url"];
    let alone = trefoil(&get).arg(first.url()).in_home(&home);
    alone.run().exits(6);
    let refused = trefoil(&get).arg(&both).in_home(&home);
    refused
        .run()
        .exits(3)
        .says(&["is not sent to", &second.url()]);
}
