//! Several routers over one engine: one address space, in one order.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::support::dir::Dir;
use crate::support::engine::Engine;
use crate::support::osc::{ANY, Bridge, Peer, bundle, int};
use crate::support::trefoil::clasp;
use crate::support::{Driver, Msg, Router, Val, eventually, trefoil, wire};

#[test]
fn what_one_is_told_all_tell() {
    let Some(engine) = Engine::start_or_skip("a cluster of two") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut here = clasp(&first.url(), &["sub", "/**"]).live();
    let mut there = clasp(&second.url(), &["sub", "/**"]).live();
    clasp(&first.url(), &["set", "/lights/front é", "0.5"])
        .run()
        .done();
    clasp(&second.url(), &["emit", "/go", "1"]).run().done();
    for sub in [&mut here, &mut there] {
        let set = sub.record_where(|record| record["type"] == "param");
        assert_eq!(set["address"], "/lights/front é");
        assert_eq!(set["value"], 0.5);
        let event = sub.record_where(|record| record["type"] == "event");
        assert_eq!(
            (&event["address"], &event["value"]),
            (&"/go".into(), &1.into())
        );
    }
    let metas: Vec<_> = [&first, &second]
        .map(|router| {
            let get = ["get", "/lights/front é", "--meta"];
            clasp(&router.url(), &get).run().json()
        })
        .to_vec();
    assert_eq!(metas[0], metas[1], "value, revision, writer and time");
    // One that comes later has a copy.
    let [third] = engine.routers(&[]);
    assert_eq!(Driver::connect(&third).snapshot.len(), 1);
    clasp(&third.url(), &["get", "/**"]).run().done();
}

#[test]
fn shows_of_other_names_are_apart() {
    let Some(engine) = Engine::start_or_skip("two shows") else {
        return;
    };
    let [first] = engine.routers(&[]);
    let [other] = engine.routers(&["--cluster-name", "rehearsal"]);
    let mut listener = Driver::subscribed(&other, "/**");
    Driver::connect(&first).set("/a", 1_i64);
    clasp(&first.url(), &["emit", "/go"]).run().done();
    assert!(Driver::connect(&other).get("/a").is_none());
    assert_eq!(listener.hear_within(Duration::from_millis(200)), None);
}

#[test]
fn a_stale_write_is_refused_wherever_the_other_was_made() {
    let Some(engine) = Engine::start_or_skip("compare-and-set") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let old = Driver::connect(&first).set("/a", 1_i64);
    let new = Driver::connect(&second).set("/a", 2_i64);
    assert!(new > old);
    let (old, new) = (old.to_string(), new.to_string());
    let stale = ["set", "/a", "3", "--if-revision", &old];
    clasp(&first.url(), &stale)
        .run()
        .exits(4)
        .says(&["revision", &new]);
    let exact = ["set", "/a", "3", "--if-revision", &new];
    clasp(&first.url(), &exact).run().done();
    clasp(&second.url(), &["get", "/a"]).run().prints("3\n");
    let once = ["set", "/new", "1", "--if-revision", "0"];
    clasp(&first.url(), &once).run().done();
    clasp(&second.url(), &once).run().exits(4);
}

/// Many write one address at once, each on top of what it has read: no write is lost.
#[test]
fn increments_from_everywhere_add_up() {
    const EACH: i64 = 30;
    let Some(engine) = Engine::start_or_skip("contention") else {
        return;
    };
    let routers: [Router; 3] = engine.routers(&[]);
    Driver::connect(&routers[0]).set("/n", 0_i64);
    std::thread::scope(|scope| {
        for router in &routers {
            scope.spawn(move || {
                let mut driver = Driver::connect(router);
                let mut done = 0;
                while done < EACH {
                    let (value, revision) = driver.get("/n").expect("it was set");
                    let Val::Int(n) = value else {
                        panic!("{value:?}")
                    };
                    driver.send(&wire::set_if("/n", &Val::Int(n + 1), revision));
                    match driver.reply() {
                        Msg::Ack { .. } => done += 1,
                        Msg::Error { code: 400, .. } => {}
                        other => panic!("{other:?}"),
                    }
                }
            });
        }
    });
    let total = Driver::connect(&routers[2]).value("/n");
    assert_eq!(total, Val::Int(3 * EACH));
}

#[test]
fn a_bundle_is_done_whole_or_not_at_all() {
    let Some(engine) = Engine::start_or_skip("bundles") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let revision = Driver::connect(&second).set("/b", 1_i64);
    let args = [
        "bundle", "--set", "/a=1", "--set", "/b=2", "--set", "/a=3", "--emit", "/go=1",
    ];
    let mut sub = clasp(&second.url(), &["sub", "/**"]).live();
    clasp(&first.url(), &args).run().done();
    sub.record_where(|record| record["address"] == "/a" && record["value"] == 3);
    sub.record_where(|record| record["address"] == "/b" && record["value"] == 2);
    sub.record_where(|record| record["address"] == "/go");
    let mut driver = Driver::connect(&first);
    let bundle = [
        wire::set("/c", &Val::Int(9)),
        wire::set_if("/b", &Val::Int(9), revision),
    ];
    driver.send(&wire::bundle(&bundle));
    assert!(matches!(driver.reply(), Msg::Error { code: 400, .. }));
    for router in [&first, &second] {
        let mut driver = Driver::connect(router);
        assert!(driver.get("/c").is_none());
        assert_eq!(driver.value("/b"), Val::Int(2));
    }
}

/// A million lines come as bundles, of more addresses than the engine takes at a time.
#[test]
fn bulk_goes_through() {
    let Some(engine) = Engine::start_or_skip("bulk") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let lines: String = (0..5_000)
        .map(|n| format!("{{\"address\":\"/bulk/{n}\",\"value\":{n}}}\n"))
        .collect();
    let done = clasp(&first.url(), &["set", "-"]).stdin(lines).run().done();
    // Each was acknowledged by itself: there is nothing to verify.
    let done = done.quietly().json();
    assert_eq!(done["acknowledged"], 5_000);
    assert_eq!(done["verified"], serde_json::Value::Null, "{done}");
    // A bundle that is too large would be refused, and its values sent singly.
    assert_eq!(done["retried"], 0);
    let found = clasp(&second.url(), &["get", "/bulk/*"]).run().done();
    assert_eq!(found.records().len(), 5_000);
}

/// The engine takes 1,000 addresses at once: every sender of bundles has to know.
#[test]
fn what_is_larger_than_a_batch_of_the_engine_is_sent_in_parts() {
    let Some(engine) = Engine::start_or_skip("large bundles") else {
        return;
    };
    let [router] = engine.routers(&[]);
    let state: Map<String, Value> = (0..1_100)
        .map(|n| (format!("/state/{n}"), n.into()))
        .collect();
    let state = Value::Object(state).to_string();
    let apply = |more: &[&str]| {
        let args = [&["apply", "-"], more].concat();
        clasp(&router.url(), &args).stdin(state.as_str()).run()
    };
    apply(&[]).exits(4).says(&["at most 1000 addresses"]);
    let applied = apply(&["--split"]).done().json();
    assert_eq!(
        (&applied["set"], &applied["verified"]),
        (&1_100.into(), &1_100.into())
    );

    let bridge = Bridge::osc(&router, ANY);
    let messages: Vec<_> = (0..1_100).map(|n| int(&format!("/{n}"), n)).collect();
    Peer::new().send(&bundle(None, &messages), bridge.at());
    let mut driver = Driver::connect(&router);
    eventually("/osc/1099", || driver.get("/osc/1099"));
    let found = clasp(&router.url(), &["get", "/osc/*"]).run().done();
    assert_eq!(found.records().len(), 1_100);
    bridge.finish();
}

#[test]
fn what_lives_for_a_while_ends_everywhere() {
    let Some(engine) = Engine::start_or_skip("times to live") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let brief = ["set", "/brief", "1", "--ttl", "1s"];
    clasp(&first.url(), &brief).run().done();
    clasp(&first.url(), &["set", "/long", "1", "--ttl", "1h"])
        .run()
        .done();
    let mut drivers = [Driver::connect(&first), Driver::connect(&second)];
    // Whoever reads it, anywhere, lets it live anew.
    for n in 0..20 {
        assert!(drivers[n % 2].get("/brief").is_some());
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_millis(2_200));
    for driver in &mut drivers {
        assert!(driver.get("/brief").is_none());
        assert!(driver.get("/long").is_some());
    }
    // What has expired does not exist.
    let again = ["set", "/brief", "2", "--if-revision", "0"];
    clasp(&second.url(), &again).run().done();
    clasp(&first.url(), &["get", "/brief"]).run().prints("2\n");
}

/// An event never comes before what its sender had written, wherever it is heard.
#[test]
fn events_do_not_overtake_writes() {
    const ROUNDS: i64 = 300;
    let Some(engine) = Engine::start_or_skip("order") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut listener = Driver::subscribed(&second, "/**");
    let mut sender = Driver::connect(&first);
    for n in 0..ROUNDS {
        // Pipelined: nobody waits for the acknowledgement.
        sender.send(&wire::set("/n", &Val::Int(n)));
        sender.send(&wire::event("/go", Some(&Val::Int(n))));
    }
    let mut written = -1;
    loop {
        match listener.hear() {
            Msg::Set { value, .. } => {
                let Val::Int(n) = value else {
                    panic!("{value:?}")
                };
                written = n;
            }
            Msg::Publish(event) => {
                assert_eq!(event.value, Some(Val::Int(written)), "an event overtook");
                if written == ROUNDS - 1 {
                    return;
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_session_sees_what_it_wrote() {
    let Some(engine) = Engine::start_or_skip("own reads") else {
        return;
    };
    let [first] = engine.routers(&[]);
    let mut driver = Driver::connect(&first);
    for n in 0..100 {
        driver.send(&wire::set("/n", &Val::Int(n)));
        driver.send(&wire::get("/n"));
        assert!(matches!(driver.reply(), Msg::Ack { .. }));
        let Msg::Snapshot(params) = driver.reply() else {
            panic!("GET has an answer")
        };
        assert_eq!(params[0].value, Val::Int(n));
    }
}

#[test]
fn answers_come_in_the_order_of_requests() {
    let Some(engine) = Engine::start_or_skip("answers") else {
        return;
    };
    let [first] = engine.routers(&[]);
    let mut driver = Driver::connect(&first);
    driver.send(&wire::set("/a", &Val::Int(1)));
    driver.send(&wire::set("no address", &Val::Int(1)));
    driver.send(&wire::set_if("/a", &Val::Int(2), 1));
    driver.send(&wire::set("/b", &Val::Int(3)));
    driver.send(wire::PING);
    assert!(matches!(driver.reply(), Msg::Ack { .. }));
    assert!(matches!(driver.reply(), Msg::Error { code: 200, .. }));
    assert!(matches!(driver.reply(), Msg::Error { code: 400, .. }));
    assert!(matches!(driver.reply(), Msg::Ack { .. }));
    assert!(matches!(driver.reply(), Msg::Pong));
}

/// A lock holds everywhere, and ends with its session, or with the router of its session.
#[test]
fn a_lock_is_a_lease() {
    let Some(engine) = Engine::start_or_skip("locks") else {
        return;
    };
    let [mut first, second] = engine.routers(&[]);
    let mut holder = Driver::connect(&first);
    let mut other = Driver::connect(&second);
    holder.lock("/lock", 1_i64);
    other.send(&wire::set_lock("/lock", &Val::Int(2)));
    assert!(matches!(other.reply(), Msg::Error { code: 401, .. }));
    drop(holder);
    eventually("the lock of a session that has left", || {
        other.send(&wire::set_lock("/lock", &Val::Int(2)));
        matches!(other.reply(), Msg::Ack { .. }).then_some(())
    });
    let mut holder = Driver::connect(&first);
    holder.send(&wire::set("/lock", &Val::Int(3)));
    assert!(matches!(holder.reply(), Msg::Error { code: 401, .. }));
    holder.lock("/another", 1_i64);
    first.kill();
    other.send(&wire::set("/another", &Val::Int(2)));
    assert!(matches!(other.reply(), Msg::Error { code: 401, .. }));
    eventually("the lock of a router that is gone", || {
        other.send(&wire::set("/another", &Val::Int(2)));
        matches!(other.reply(), Msg::Ack { .. }).then_some(())
    });
}

/// Each router has its own history: what came to it from everywhere.
#[test]
fn a_router_records_what_comes_from_all() {
    let Some(engine) = Engine::start_or_skip("history") else {
        return;
    };
    let dir = Dir::new();
    let data = dir.path().to_str().expect("UTF-8");
    let [second] = engine.routers(&[]);
    clasp(&second.url(), &["set", "/before", "0"]).run().done();
    let [mut first] = engine.routers(&["--data", data, "--history", "1h"]);
    let own = |verb: &[&str]| clasp(&first.url(), verb).run();
    clasp(&second.url(), &["set", "/a", "1"]).run().done();
    own(&["set", "/a", "2"]).done();
    clasp(&second.url(), &["emit", "/go", "3"]).run().done();
    let records = eventually("both writes and the event", || {
        let found = own(&["history", "/**"]).done().records();
        (found.len() == 3).then_some(found)
    });
    let values: Vec<_> = records.iter().map(|record| &record["value"]).collect();
    assert_eq!(values, [&1, &2, &3]);
    let url = engine.url();
    trefoil(&["clasp", "serve", "--data", data, "--history", "1h"])
        .args(&["--cluster", &url, "--bind", "127.0.0.1:0"])
        .run()
        .exits(2)
        .says(&["another router uses"]);
    first.kill();
    first.restart();
    let found = clasp(&first.url(), &["history", "/a"]).run().done();
    assert_eq!(found.records().len(), 2);
}

#[test]
fn options_that_mean_nothing_in_a_cluster_are_refused() {
    let Some(engine) = Engine::start_or_skip("refusals") else {
        return;
    };
    let data = ["clasp", "serve", "--data", "x", "--cluster", &engine.url()];
    trefoil(&data).run().exits(2).says(&[
        "--data and --cluster exclude each other",
        "nats-server -js -sd",
    ]);
    trefoil(&["clasp", "serve", "--cluster-name", "x"])
        .run()
        .exits(2);
    trefoil(&["clasp", "serve", "--cluster", "http://x"])
        .run()
        .exits(2)
        .says(&["nats://HOST"]);
}

#[test]
fn the_routers_of_a_cluster_are_shown() {
    let Some(engine) = Engine::start_or_skip("cluster status") else {
        return;
    };
    let url = engine.url();
    let status = ["clasp", "cluster", "status", "--cluster", &url];
    trefoil(&status)
        .run()
        .exits(5)
        .says(&["the engine has no stream CLASP_show"]);
    let [first, _second] = engine.routers(&[]);
    let mut holder = Driver::connect(&first);
    holder.lock("/lock", 1_i64);
    let found = eventually("a lease that names the lock", || {
        let found = trefoil(&status).run().done().json();
        let locks = found
            .as_array()?
            .iter()
            .map(|router| router["locks"].as_u64());
        (found.as_array()?.len() == 2 && locks.flatten().sum::<u64>() == 1).then_some(found)
    });
    let holding = found.as_array().expect("a list").iter();
    let holding = holding.clone().find(|router| router["locks"] == 1);
    let holding = holding.expect("the first");
    assert_eq!(
        (&holding["url"], &holding["sessions"]),
        (&first.url().into(), &1.into())
    );
    assert!(holding["lag"].as_u64() < Some(100));
    let none = ["--cluster-name", "other"];
    trefoil(&status).args(&none).run().exits(5);
    drop(first);
    eventually("a lease that has ended", || {
        let found = trefoil(&status).run().done().json();
        (found.as_array()?.len() == 1).then_some(())
    });
}

#[test]
fn no_engine_is_no_router() {
    let serve = |url: &str| trefoil(&["clasp", "serve", "--bind", "127.0.0.1:0", "--cluster", url]);
    serve("nats://127.0.0.1:9")
        .run()
        .exits(1)
        .says(&["nothing listens at nats://127.0.0.1:9", "nats-server -js"]);
    let old = fake_server(r#"{"version":"2.9.10","jetstream":true}"#, |_| None);
    serve(&old).run().exits(5).says(&[
        "nats-server 2.9.10 is too old",
        "Install nats-server 2.12 or newer",
    ]);
    let bare = fake_server(r#"{"version":"2.15.1"}"#, |_| None);
    serve(&bare)
        .run()
        .exits(5)
        .says(&["JetStream is not enabled"]);
    // One node of a cluster is older than the others, and leads: it leaves out what it does not know.
    let mixed = fake_server(r#"{"version":"2.15.1","jetstream":true}"#, |subject| {
        Some(match subject {
            s if s.contains("STREAM.INFO") => r#"{"error":{"code":404,"err_code":10059}}"#,
            s if s.contains("STREAM.CREATE") => r#"{"config":{"name":"CLASP_show"}}"#,
            _ => "{}",
        })
    });
    serve(&mixed).run().exits(5).says(&[
        "older than nats-server 2.12",
        "Install nats-server 2.12 or newer",
    ]);
}

/// A NATS server that answers requests as told.
fn fake_server(info: &str, answer: fn(&str) -> Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("nats://{}", listener.local_addr().expect("bound"));
    let info = format!("INFO {info}\r\n");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            converse(stream, &info, answer);
        }
    });
    url
}

fn converse(mut stream: TcpStream, info: &str, answer: fn(&str) -> Option<&'static str>) {
    let mut lines = BufReader::new(stream.try_clone().expect("a socket")).lines();
    let _ = stream.write_all(info.as_bytes());
    let mut inbox = String::new();
    while let Some(Ok(line)) = lines.next() {
        let words: Vec<&str> = line.split(' ').collect();
        let said = match words.as_slice() {
            ["PING"] => "PONG\r\n".to_owned(),
            ["SUB", subject, id] => {
                inbox = format!("{subject} {id}");
                continue;
            }
            ["PUB", subject, ..] => match answer(subject) {
                Some(json) => format!("MSG {inbox} {}\r\n{json}\r\n", json.len()),
                None => continue,
            },
            _ => continue,
        };
        if stream.write_all(said.as_bytes()).is_err() {
            return;
        }
    }
}
