//! `clasp lock`: takes all locks or none, holds them while a command runs, and releases them
//! however that ends.

use std::time::Duration;

use crate::support::trefoil::Trefoil;
use crate::support::{Counter, Driver, Fake, Msg, Router, Running, Val, eventually, trefoil, wire};

/// A command that prints that it runs, and runs until its stdin ends.
const HOLD: &[&str] = &["sh", "-c", "echo up; cat >/dev/null"];

/// The reference router, and our own.
fn routers() -> [Router; 2] {
    [Router::start(), Router::own(&[])]
}

/// `clasp lock ARGS -- COMMAND`, once the command runs.
fn hold(lock: Trefoil, command: &[&str]) -> Running {
    let mut running = lock.around(command).start();
    assert_eq!(running.next_line(), "up");
    running
}

/// Whether a write is refused; another value than before, if it is not.
fn is_locked(driver: &mut Driver, address: &str) -> bool {
    driver.send(&wire::set(address, &Val::from("written")));
    match driver.reply() {
        Msg::Ack { .. } => false,
        Msg::Error {
            code: 400 | 401, ..
        } => true,
        other => panic!("SET was answered with {other:?}"),
    }
}

#[test]
fn held_while_the_command_runs_and_the_value_stays() {
    for router in routers() {
        let mut driver = Driver::connect(&router);
        driver.set("/a", 7_i64);
        let held = hold(router.clasp(&["lock", "/a"]), HOLD);
        assert!(is_locked(&mut driver, "/a"));
        assert_eq!(driver.get("/a"), Some((Val::Int(7), 2)));
        held.finish().done().quietly();
        assert_eq!(driver.get("/a"), Some((Val::Int(7), 3)));
        assert!(!is_locked(&mut driver, "/a"));
    }
}

#[test]
fn an_address_without_a_value_is_created_null_and_that_is_said() {
    for router in routers() {
        router
            .clasp(&["lock", "/new"])
            .around(&["true"])
            .run()
            .done()
            .says(&["/new had no value", "null"]);
        let mut driver = Driver::connect(&router);
        assert_eq!(driver.get("/new"), Some((Val::Null, 2)));
    }
}

#[test]
fn the_command_is_told_what_is_locked_and_its_status_is_ours() {
    let router = Router::start();
    let lock = |command: &[&str]| {
        let lock = router.clasp(&["lock", "/b", "/a", "/b", "-q"]);
        lock.around(command).run()
    };
    lock(&["sh", "-c", "echo \"$TREFOIL_LOCKED\"; exit 3"])
        .exits(3)
        .prints("/a\n/b\n")
        .quietly();
    lock(&["sh", "-c", "kill -9 $$"]).exits(137).quietly();
    assert!(!is_locked(&mut Driver::connect(&router), "/a"));
}

#[test]
fn a_command_that_cannot_be_run_locks_nothing() {
    let router = Router::start();
    for (command, code) in [("no-such-command", 127), ("/etc", 126)] {
        router
            .clasp(&["lock", "/a"])
            .around(&[command])
            .run()
            .exits(code)
            .says(&["error", command]);
    }
    assert_eq!(Driver::connect(&router).get("/a"), None);
}

#[test]
fn what_somebody_else_holds_is_refused_at_once_and_said_by_whom() {
    for router in routers() {
        let mut driver = Driver::connect(&router);
        driver.lock("/a", 1_i64);
        let refused = router.clasp(&["lock", "/a", "--errors", "json"]);
        let refused = refused.around(&["echo", "no"]).run().exits(4).prints("");
        let message = refused.error()["message"].to_string();
        let said = format!("/a is locked by session {}", driver.session);
        assert!(message.contains(&said), "{refused}");
        assert_eq!(driver.get("/a"), Some((Val::Int(1), 1)), "nothing written");
    }
}

#[test]
fn all_or_none() {
    for router in routers() {
        let (mut holder, mut other) = (Driver::connect(&router), Driver::connect(&router));
        holder.lock("/b", 1_i64);
        let lock = router.clasp(&["lock", "/c", "/b", "/a"]);
        lock.around(&["true"])
            .run()
            .exits(4)
            .says(&["/b is locked"]);
        assert!(!is_locked(&mut other, "/a"), "given back");
        assert_eq!(other.get("/c"), None, "never asked for");
    }
}

#[test]
fn two_take_turns() {
    for router in routers() {
        let first = hold(router.clasp(&["lock", "/x", "/y"]), HOLD);
        // The other way round: one order for all is what keeps the two from waiting for each other.
        let second = router.clasp(&["lock", "/y", "/x", "--wait", "1m"]);
        let mut second = second.around(&["echo", "mine"]).start();
        second.wait_says("is locked by session");
        first.finish().done();
        assert_eq!(second.next_line(), "mine");
        second.finish().done();
    }
}

#[test]
fn a_wait_has_an_end() {
    let router = Router::start();
    Driver::connect(&router).lock("/a", 1_i64);
    router
        .clasp(&["lock", "/a", "--wait", "300ms"])
        .around(&["true"])
        .run()
        .exits(124)
        .says(&["/a is locked", "300 ms"]);
}

#[test]
fn whoever_stops_waiting_gives_back_what_was_taken() {
    for router in routers() {
        let (mut holder, mut other) = (Driver::connect(&router), Driver::connect(&router));
        holder.lock("/b", 1_i64);
        let lock = router.clasp(&["lock", "/a", "/b", "--wait", "1m"]);
        let waiting = lock.around(&["true"]).start();
        waiting.wait_says("waiting");
        assert!(is_locked(&mut other, "/a"));
        waiting.interrupt();
        waiting.finish().exits(130);
        assert!(!is_locked(&mut other, "/a"));
    }
}

#[test]
fn a_signal_ends_the_command_and_then_the_lock() {
    type Send = fn(&Running);
    let ends: [(Send, i32); 2] = [(Running::interrupt, 130), (Running::terminate, 143)];
    for router in routers() {
        let mut driver = Driver::connect(&router);
        for (send, code) in ends {
            let held = hold(
                router.clasp(&["lock", "/a", "-q"]),
                &["sh", "-c", "echo up; exec sleep 60"],
            );
            send(&held);
            held.finish().exits(code).quietly();
            assert!(!is_locked(&mut driver, "/a"), "{code}");
        }
    }
}

#[test]
fn a_hangup_ends_the_command_and_then_the_lock_unless_it_is_ignored() {
    let router = Router::start();
    router
        .clasp(&["lock", "/a", "-q"])
        .around(&["sh", "-c", "kill -HUP $PPID; exec sleep 60"])
        .run()
        .exits(143);
    assert!(!is_locked(&mut Driver::connect(&router), "/a"));
    // As nohup runs it.
    let inner = "$0 clasp lock /b -q -- sh -c 'kill -HUP $PPID; sleep 0.2; echo still here'";
    let script = format!("trap '' HUP; exec {inner}");
    let nohup = ["sh", "-c", &script, env!("CARGO_BIN_EXE_trefoil")];
    router
        .clasp(&["lock", "/a", "-q"])
        .around(&nohup)
        .run()
        .done()
        .prints("still here\n");
}

#[test]
fn after_a_sigkill_our_router_gives_back_and_the_reference_router_does_not() {
    let [reference, own] = routers();
    let held = hold(reference.clasp(&["lock", "/a"]), HOLD);
    drop(held);
    reference.wait_log("disconnected");
    assert!(is_locked(&mut Driver::connect(&reference), "/a"));

    let held = hold(own.clasp(&["lock", "/a"]), HOLD);
    let mut driver = Driver::connect(&own);
    assert!(is_locked(&mut driver, "/a"));
    drop(held);
    eventually("the lock to be given back", || {
        (!is_locked(&mut driver, "/a")).then_some(())
    });
}

#[test]
fn who_waits_for_one_that_vanished_gets_the_lock() {
    let router = Router::own(&[]);
    let held = hold(router.clasp(&["lock", "/a"]), HOLD);
    let waiting = router.clasp(&["lock", "/a", "--wait", "1m"]);
    let waiting = waiting.around(&["true"]).start();
    waiting.wait_says("waiting");
    drop(held);
    waiting.finish().done();
}

#[test]
fn a_lost_connection_stops_the_command() {
    for mut router in routers() {
        let held = hold(
            router.clasp(&["lock", "/a"]),
            &[
                "sh",
                "-c",
                "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done",
            ],
        );
        router.kill();
        held.finish().exits(7).says(&[
            "stopping the command",
            "the locks were lost",
            "ended with 9",
        ]);
    }
}

#[test]
fn a_command_that_will_not_stop_is_killed() {
    let mut router = Router::start();
    let held = hold(
        router.clasp(&["lock", "/a", "--grace", "100ms"]),
        &[
            "sh",
            "-c",
            "trap '' TERM; echo up; while :; do sleep 0.05; done",
        ],
    );
    router.kill();
    held.finish().exits(7).says(&["ended with 137"]);
}

#[test]
fn a_connection_that_is_only_half_open_is_found_out() {
    // It answers everything until it has granted the lock, and then nothing.
    let sets = Counter::default();
    let router = Fake::router(move |_, message| match message {
        Msg::Set { .. } => sets.next() > 1,
        Msg::Get(_) => sets.get() > 0,
        // HELLO's, the question's and the lock's.
        Msg::Ping => sets.get() > 0 && sets.next() > 2,
        _ => false,
    });
    router
        .clasp(&["lock", "/a", "--probe-interval", "50ms"])
        .around(&["sleep", "60"])
        .run()
        .exits(7)
        .says(&["the locks were lost", "no answer"]);
}

#[test]
fn a_value_that_changes_meanwhile_is_not_overwritten() {
    // The router's value is another by the time of the first SET.
    let sets = Counter::default();
    let seen = sets.clone();
    let (tell, told) = std::sync::mpsc::channel();
    let router = Fake::router(move |peer, message| match message {
        Msg::Get(address) => {
            let revision = 1 + sets.get().min(1) as u64;
            let value = Val::Int(10 * revision as i64);
            peer.send(&wire::snapshot(&[(address, value, revision)]));
            true
        }
        Msg::Set {
            value, revision, ..
        } => {
            tell.send((value.clone(), *revision)).expect("a test");
            let refused = sets.next() == 1;
            if refused {
                peer.send(&wire::error(
                    400,
                    "RevisionConflict { expected: 1, actual: 2 }",
                ));
            }
            refused
        }
        _ => false,
    });
    router.clasp(&["lock", "/a"]).around(&["true"]).run().done();
    assert_eq!(seen.get(), 3);
    let sent: Vec<_> = told.try_iter().take(2).collect();
    assert_eq!(sent, [(Val::Int(10), Some(1)), (Val::Int(20), Some(2))]);
}

#[test]
fn a_value_that_changes_in_spite_of_the_lock_is_kept() {
    // Somebody else's SET with the unlock flag does not unlock, but the reference router writes it.
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1_i64);
    let held = hold(router.clasp(&["lock", "/a"]), HOLD);
    driver.send(&wire::set_unlock("/a", &Val::Int(2)));
    assert!(matches!(driver.reply(), Msg::Ack { .. }));
    assert!(is_locked(&mut driver, "/a"));
    held.finish().done();
    assert_eq!(driver.value("/a"), Val::Int(2));
    assert!(!is_locked(&mut driver, "/a"));
}

#[test]
fn a_lock_that_the_router_forgets_stops_the_command() {
    let router = Router::own(&[]);
    let set = ["set", "/a", "1", "--ttl", "1s", "--ttl-absolute"];
    router.clasp(&set).run().done();
    router
        .clasp(&["lock", "/a", "--probe-interval", "50ms"])
        .around(&["sleep", "60"])
        .run()
        .exits(7)
        .says(&["has removed /a", "143"]);
}

#[test]
fn a_sliding_time_to_live_does_not_end_what_is_held() {
    let router = Router::own(&[]);
    router
        .clasp(&["set", "/a", "1", "--ttl", "1s"])
        .run()
        .done();
    router
        .clasp(&["lock", "/a", "--probe-interval", "200ms"])
        .around(&["sleep", "1.5"])
        .run()
        .done()
        .quietly();
}

#[test]
fn the_deadline_is_that_of_the_whole() {
    let router = Router::start();
    router
        .clasp(&["lock", "/a", "-q", "--timeout", "300ms"])
        .around(&["sleep", "60"])
        .run()
        .exits(124)
        .says(&["300 ms"]);
    assert!(!is_locked(&mut Driver::connect(&router), "/a"));
}

#[test]
fn what_makes_no_sense_is_usage() {
    let usage = |args: &[&str]| trefoil(&[&["clasp", "lock"], args].concat()).run().exits(2);
    usage(&["/a"]);
    usage(&["--", "true"]);
    usage(&["/a/*", "--", "true"]).says(&["/a/*"]);
    usage(&["/a", "--probe-interval", "0s", "--", "true"]);
}

#[test]
fn nothing_listens() {
    crate::support::trefoil::clasp("ws://127.0.0.1:1", &["lock", "/a"])
        .around(&["true"])
        .run()
        .exits(1)
        .within(Duration::from_secs(10));
}
