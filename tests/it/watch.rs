//! `watch`: a live table on a terminal, which is restored however the command ends.

use rustix::process::Signal;

use crate::support::{Driver, Fake, Msg, Pty, Router, Val, eventually, wire};

/// Watches on a terminal of 80 columns and 20 rows.
fn watch(router: &Router, args: &[&str]) -> Pty {
    let args = [&["watch"], args].concat();
    let mut pty = router.clasp(&args).on_pty(80, 20);
    pty.shows(&["live"]);
    pty.has_screen(true);
    pty
}

#[test]
fn rows_appear_and_change() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/lights/front", 0.25);
    let mut pty = watch(&router, &["/lights/**", "/cues/*"]);
    pty.shows(&["ADDRESS", "VALUE", "AGE", "RATE"]);
    pty.shows(&["/lights/front", "0.25", "0/s"]);
    pty.shows(&["· 1 address ·"]);
    driver.set("/lights/front", 0.75);
    pty.shows(&["/lights/front", "0.75"]);
    pty.hides("0.25");
    // A bar lasts a quarter of a second: until the second one is begun, both are one.
    let mut higher = 1.0;
    eventually("bars from low to high", || {
        higher += 0.5;
        driver.set("/lights/front", higher);
        pty.text().contains("▁█").then_some(())
    });
    driver.send(&wire::event("/cues/go", Some(&Val::Int(7))));
    pty.shows(&["/cues/go", "event 7"]);
    pty.shows(&["· 2 addresses ·"]);
    driver.set("/elsewhere", 1.0);
    driver.set("/lights/back", "on");
    pty.shows(&["/lights/back", "\"on\""]);
    assert!(!pty.text().contains("/elsewhere"), "{pty}");
}

#[test]
fn a_universe_is_a_grid_of_levels() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/sacn/1/1", 255);
    let mut pty = watch(&router, &["/sacn/**", "--grid"]);
    // As high as it takes for 16 rows of 32.
    pty.resize(80, 24);
    for line in ["/sacn/1  1 of 512 lit", "  1  █", "481"] {
        pty.shows(&[line]);
    }
    driver.set("/sacn/1/34", 128);
    pty.shows(&["/sacn/1  2 of 512 lit"]);
    pty.shows(&[" 33    ▄"]);
    driver.set("/sacn/1/1", 0);
    pty.shows(&["/sacn/1  1 of 512 lit"]);
    pty.shows(&["  1  ·"]);
    // Levels as numbers, where they have room.
    pty.resize(140, 24);
    pty.shows(&[" 33      128"]);
    // Another universe, by its filter and by scrolling.
    driver.set("/sacn/2/2", 7);
    pty.shows(&["1-1 of 2"]);
    pty.types("j");
    for line in ["/sacn/2  1 of 512 lit", "  1        7", "2-2 of 2"] {
        pty.shows(&[line]);
    }
    pty.types("/1\r");
    pty.shows(&["/sacn/1  1 of 512 lit"]);
    pty.types("q");
    pty.ends(0);
}

#[test]
fn ages_move_on_by_themselves() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut pty = watch(&router, &["/a"]);
    driver.set("/a", 1.0);
    pty.shows(&["/a", " s "]);
}

#[test]
fn the_filter_narrows_as_one_types() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    for address in ["/lights/front", "/lights/back", "/fog"] {
        driver.set(address, 1.0);
    }
    let mut pty = watch(&router, &["/**"]);
    pty.shows(&["/fog"]);
    pty.types("/fr");
    pty.hides("/fog");
    pty.hides("/lights/back");
    pty.shows(&["1 of 3 addresses"]);
    // In the filter, q is a letter.
    pty.types("q");
    pty.shows(&["no address has 'frq' in it"]);
    pty.types("\x7f\r");
    pty.shows(&["/lights/front"]);
    pty.types("\x1b");
    pty.shows(&["/fog"]);
    pty.types("q");
    pty.ends(0);
}

#[test]
fn scrolling_sorting_help_and_pause() {
    let router = Router::with().no_rate_limit().start();
    let mut driver = Driver::connect(&router);
    driver.set_numbered("/n", 100);
    let mut pty = watch(&router, &["/n/*"]);
    pty.shows(&["1-15 of 100"]);
    pty.types("\x1b[B\x1b[6~");
    pty.shows(&["17-31 of 100"]);
    pty.types("G");
    pty.shows(&["86-100 of 100"]);
    pty.types("s");
    pty.shows(&["latest first"]);
    driver.set("/n/57", "newest");
    pty.until("the newest in the first row", |screen| {
        screen
            .contents()
            .lines()
            .nth(3)
            .is_some_and(|line| line.contains("newest"))
    });
    pty.types("p");
    pty.shows(&["paused"]);
    driver.set("/n/57", "unseen");
    pty.shows(&["paused, 1 since"]);
    assert!(pty.text().contains("newest"), "{pty}");
    pty.types("p");
    pty.shows(&["unseen"]);
    pty.types("?");
    pty.shows(&["filter: each word must be in the address"]);
    pty.types("x");
    pty.shows(&["unseen"]);
}

#[test]
fn q_gives_the_terminal_back() {
    let router = Router::start();
    let mut pty = watch(&router, &["/a"]);
    assert!(!pty.has_modes_as_found(), "keys must come unechoed");
    pty.types("q");
    let left = pty.ends(0);
    assert_eq!(left.trim(), "", "nothing of it stays on the screen");
}

#[test]
fn so_does_every_signal() {
    let router = Router::start();
    for (keys, code) in [("\x03", 130), ("\x1c", 143)] {
        let mut pty = watch(&router, &["/a"]);
        pty.types(keys);
        pty.ends(code);
    }
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 143), (Signal::INT, 130)] {
        let pty = watch(&router, &["/a"]);
        pty.signal(signal);
        pty.ends(code);
    }
}

#[test]
fn ctrl_z_gives_it_back_until_it_goes_on() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.5);
    let mut pty = watch(&router, &["/a"]);
    for _ in 0..2 {
        pty.types("\x1a");
        pty.is_stopped();
        pty.has_screen(false);
        assert!(pty.has_modes_as_found());
        pty.signal(Signal::CONT);
        pty.has_screen(true);
        pty.shows(&["/a", "1.5"]);
    }
    // Stopped by a signal that cannot be caught; the screen's content is unknown afterwards.
    pty.signal(Signal::STOP);
    pty.is_stopped();
    pty.signal(Signal::CONT);
    pty.types("q");
    pty.ends(0);
}

#[test]
fn a_connection_lost_for_good_is_told_where_it_can_be_read() {
    let mut router = Router::start();
    let pty = watch(&router, &["/a", "--no-reconnect"]);
    router.kill();
    let left = pty.ends(1);
    assert!(
        left.starts_with("error: lost the connection to ws://"),
        "{left}"
    );
}

#[test]
fn a_connection_that_heals_is_shown_gone_and_back() {
    let mut router = Router::start();
    Driver::connect(&router).set("/a", 1.5);
    let mut pty = watch(&router, &["/a", "--reconnect-interval", "100ms"]);
    router.kill();
    pty.shows(&["no connection"]);
    pty.shows(&["router gone", "reconnecting"]);
    pty.shows(&["/a", "1.5"]);
    router.restart();
    pty.hides("no connection");
    pty.shows(&["back in", "missed"]);
    Driver::connect(&router).set("/a", 2.5);
    pty.shows(&["/a", "2.5"]);
}

#[test]
fn what_ends_before_it_begins_never_takes_the_screen() {
    let fake = Fake::websocket(|_, peer| {
        peer.receive();
        peer.send(&wire::error(300, "Invalid token"));
        while peer.receive().is_some() {}
    });
    let pty = fake.clasp(&["watch", "/a"]).token("cpsk_x").on_pty(80, 20);
    let left = pty.ends(4);
    assert!(left.contains("Invalid token"), "{left}");
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let attack = "\x1b]0;owned\x07\x1b[?1049l\u{202e}\u{9b}2J";
    let fake = Fake::router(move |peer, message| {
        if matches!(message, Msg::Subscribe { .. }) {
            peer.send(&wire::set("/value", &Val::Str(attack.into())));
            peer.send(&wire::set(&format!("/address{attack}"), &Val::Int(1)));
        }
        false
    });
    let mut pty = fake.clasp(&["watch", "/**"]).on_pty(120, 20);
    pty.shows(&["/value", "owned"]);
    pty.types("s");
    pty.shows(&["latest first"]);
    for forbidden in ["\x1b]", "\x07", "\u{202e}", "\u{9b}", "\x1b[?1049l"] {
        assert!(!pty.raw().contains(forbidden), "{forbidden:?} in\n{pty}");
    }
    pty.types("q");
    pty.ends(0);
}

#[test]
fn columns_go_when_there_is_too_little_room() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.5);
    let mut pty = watch(&router, &["/a"]);
    pty.shows(&["RATE"]);
    for (columns, there, gone) in [(40, "RATE", "▄"), (33, "AGE", "RATE"), (22, "VALUE", "AGE")] {
        pty.resize(columns, 20);
        pty.hides(gone);
        pty.shows(&[there]);
        pty.shows(&["/a", "1.5"]);
    }
    pty.resize(1, 1);
    pty.resize(100, 30);
    pty.shows(&["/a", "1.5", "▄"]);
}

#[test]
fn colour_is_for_those_who_want_it() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.5);
    let coloured = |pty: &Pty| pty.raw().contains("\x1b[36m");
    let mut pty = watch(&router, &["/a"]);
    pty.shows(&["/a", "1.5"]);
    assert!(coloured(&pty));
    let mut pty = router
        .clasp(&["watch", "/a"])
        .env("NO_COLOR", "1")
        .on_pty(80, 20);
    pty.shows(&["/a", "1.5"]);
    assert!(!coloured(&pty));
    let mut pty = watch(&router, &["/a", "--color", "never"]);
    pty.shows(&["/a", "1.5"]);
    assert!(!coloured(&pty));
}

#[test]
fn a_flood_costs_neither_memory_nor_the_next_key() {
    let fake = Fake::router(|peer, message| {
        if matches!(message, Msg::Subscribe { .. }) {
            for n in 0..400_000_i64 {
                // Some that come again and again, and some that never do.
                peer.send(&wire::set(&format!("/p/{}", n % 50), &Val::Int(n)));
                if n % 8 == 0 {
                    peer.send(&wire::set(&format!("/once/{n}"), &Val::Int(n)));
                }
            }
            peer.send(&wire::set("/end", &Val::Int(1)));
        }
        false
    });
    let mut pty = fake.clasp(&["watch", "/**"]).on_pty(80, 20);
    pty.has_screen(true);
    pty.types("/end");
    pty.shows(&["/end▏"]);
    pty.shows(&["/end  ", " 1 "]);
    pty.shows(&["0 dropped)"]);
    assert!(pty.peak_memory() < 32 * 1024, "{} KiB", pty.peak_memory());
    pty.types("\rq");
    pty.ends(0);
}

#[test]
fn in_a_pipe_it_is_subscribe() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 0.5);
    let args = |verb| [verb, "/a", "/b", "--retained-only"];
    let watched = router.clasp(&args("watch")).run().done().quietly();
    let subscribed = router.clasp(&args("subscribe")).run().done();
    watched.prints(&subscribed.stdout);
    let mut live = router.clasp(&["watch", "/b", "--count", "2"]).live();
    for value in [1.0, 2.0] {
        driver.set("/b", value);
        assert_eq!(live.record()["value"], value);
    }
    live.finish().done().quietly();
}

#[test]
fn on_a_terminal_records_are_printed_when_they_are_asked_for() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 0.5);
    for args in [
        &["-o", "ndjson", "--for", "100ms"][..],
        &["--jq", ".", "--for", "100ms"],
        &["--count", "1", "-o", "json"],
    ] {
        let pty = router
            .clasp(&[&["watch", "/a"], args].concat())
            .on_pty(200, 20);
        let left = pty.ends(0);
        assert!(left.contains(r#""address":"/a","value":0.5"#), "{left}");
    }
    let dumb = router
        .clasp(&["watch", "/a", "--count", "1"])
        .on_pty(80, 20);
    let left = dumb.ends(0);
    assert!(left.contains("/a  0.5"), "{left}");
}

#[test]
fn it_ends_after_so_long() {
    let router = Router::start();
    for limit in ["--for", "--timeout", "--idle"] {
        let pty = router
            .clasp(&["watch", "/a", limit, "300ms"])
            .on_pty(80, 20);
        pty.ends(0);
    }
}
