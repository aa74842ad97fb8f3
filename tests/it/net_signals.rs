//! A signal ends every verb: at once, however fast events come, and as the first process of a
//! container.

use std::time::Duration;

use rmpv::Value as Pack;
use rustix::process::Signal;

use crate::support::vuer::event;
use crate::support::{Fake, eventually, namespace, trefoil};

#[test]
fn a_flood_of_events_does_not_hold_up_a_signal() {
    let message = event("SET", Pack::Binary(vec![7; 200]));
    let server = Fake::websocket(move |_, peer| {
        peer.receive_frame();
        while peer.try_send_frame(&message) {}
    });
    for args in [&["recv"][..], &["recv", "--etype", "NONE"]] {
        let before = server.connections();
        let recv = server.vuer(args).stdout_to("/dev/null").start();
        eventually("a connection", || {
            (server.connections() > before).then_some(())
        });
        std::thread::sleep(Duration::from_millis(500));
        let asked = std::time::Instant::now();
        recv.terminate();
        recv.finish().exits(143);
        assert!(
            asked.elapsed() < Duration::from_secs(3),
            "{args:?} {:?}",
            asked.elapsed()
        );
    }
}

/// Something of every kind that waits: for a reply, for events, for input, for another program.
const WAITING: [(&[&str], bool); 9] = [
    (
        &[
            "clasp",
            "get",
            "/a",
            "--connect-timeout",
            "60s",
            "--timeout",
            "60s",
        ],
        true,
    ),
    (&["clasp", "set", "-", "--connect-timeout", "60s"], true),
    (&["clasp", "sub", "/a", "--connect-timeout", "60s"], true),
    (
        &[
            "clasp",
            "lock",
            "/a",
            "--connect-timeout",
            "60s",
            "--",
            "true",
        ],
        true,
    ),
    (
        &[
            "clasp",
            "get",
            "/a",
            "--token-command",
            "sleep 60",
            "--timeout",
            "60s",
        ],
        false,
    ),
    (&["clasp", "serve", "--bind", "127.0.0.1:0"], false),
    (&["vuer", "recv", "--connect-timeout", "60s"], true),
    (&["vuer", "scene", "--connect-timeout", "60s"], true),
    (&["forge", "health", "--timeout", "60s"], true),
];

#[test]
fn a_signal_ends_every_verb_as_the_first_process_of_a_container() {
    if !namespace::unshare_or_skip("signals as process 1") {
        return;
    }
    let silent = Fake::silent();
    for (args, connects) in WAITING {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
            let code = if args.contains(&"serve") { 0 } else { code };
            let before = silent.connections();
            let running = trefoil(args)
                .env("CLASP_URL", silent.url())
                .env("VUER_CLIENT_URI", silent.url())
                .env("CLAWDFORGE_URL", silent.url().replace("ws", "http"))
                .in_pid_namespace()
                .start();
            if connects {
                let connected = || (silent.connections() > before).then_some(());
                eventually("a connection", connected);
            }
            std::thread::sleep(Duration::from_millis(300));
            running.signal_inner(signal);
            let ended = running.finish();
            assert_eq!(ended.code, code, "{args:?} {signal:?}\n{ended}");
            assert!(ended.took < Duration::from_secs(15), "{ended}");
        }
    }
}
