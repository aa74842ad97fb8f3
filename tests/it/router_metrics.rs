//! `serve --metrics`: metrics and health checks of a router.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::dir::Dir;
use crate::support::engine::Engine;
use crate::support::python::prometheus_or_skip;
use crate::support::{Driver, Running, Val, eventually, trefoil, wire};

/// A router with a port for metrics: its process, its address, and that of the metrics.
fn serve(args: &[&str]) -> (Running, String, String) {
    let usual = ["clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"];
    let metrics = ["--metrics", "127.0.0.1:0", "--name", "a \"name\""];
    let mut serving = trefoil(&[&usual[..], &metrics, args].concat()).start();
    let ready = serving.record();
    let address = |name: &str, before: &str, after: &str| {
        let url = ready[name].as_str().expect("a URL");
        let address = url
            .strip_prefix(before)
            .and_then(|url| url.strip_suffix(after));
        address.expect("an address").to_owned()
    };
    let (router, metrics) = (
        address("url", "ws://", ""),
        address("metrics", "http://", "/metrics"),
    );
    (serving, router, metrics)
}

/// Status line and headers, and the content.
fn get(address: &str, path: &str) -> (String, String) {
    let mut socket = TcpStream::connect(address).expect("somebody listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    socket.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_owned(), body.to_owned())
}

/// The samples, by Prometheus's own parser. None without python3.
fn samples(text: &str) -> Option<Value> {
    let python = prometheus_or_skip("the metrics' format")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/metrics.py");
    let mut parser = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python runs");
    let mut stdin = parser.stdin.take().expect("piped");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    let output = parser.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{text}");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn what_happens_is_counted_in_the_format_of_prometheus() {
    let dir = Dir::new();
    let data = dir.path().to_str().expect("UTF-8");
    let (_serving, router, metrics) = serve(&["--data", data]);
    let mut hearer = Driver::connect_to(&router, "");
    hearer.subscribe("/**");
    let mut driver = Driver::connect_to(&router, "");
    driver.set("/a", 1_i64);
    driver.set("/b", 2_i64);
    driver.emit("/cue", 3_i64);
    driver.send(&wire::set("no address", &Val::Int(1)));
    driver.reply();
    for _ in 0..3 {
        hearer.hear();
    }
    let (head, text) = get(&metrics, "/metrics");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    let Some(samples) = samples(&text) else {
        return;
    };
    let is = |name: &str, expected: f64| {
        let found = &samples[&format!("trefoil_clasp_{name}")];
        assert_eq!(found.as_f64(), Some(expected), "{name}\n{text}");
    };
    is("messages_received_total,type=set", 3.0);
    is("messages_received_total,type=publish", 1.0);
    is("messages_received_total,type=hello", 2.0);
    is("messages_delivered_total,type=param", 2.0);
    is("messages_delivered_total,type=event", 1.0);
    is("errors_total", 1.0);
    is("sessions", 2.0);
    is("sessions_total", 2.0);
    is("params", 2.0);
    is("slow_readers", 0.0);
    is("lag_bytes", 0.0);
    is("disk_ok", 1.0);
    is(
        &format!("info,name=a \"name\",version={}", env!("CARGO_PKG_VERSION")),
        1.0,
    );
    let above = |name: &str, least: f64| {
        let found = samples[&format!("trefoil_clasp_{name}")].as_f64();
        assert!(
            found.is_some_and(|found| found > least),
            "{name}: {found:?}"
        );
    };
    above("received_bytes_total", 50.0);
    above("sent_bytes_total", 50.0);
    above("params_bytes", 100.0);
}

/// A slow reader is visible in the metrics before its session is ended.
#[test]
fn a_reader_that_is_behind_is_seen() {
    let (_serving, router, metrics) = serve(&[]);
    let mut slow = Driver::connect_to(&router, "");
    slow.subscribe("/**");
    let mut driver = Driver::connect_to(&router, "");
    let text = Val::Str("x".repeat(60_000));
    for number in 0..700 {
        driver.send(&wire::stream(&format!("/s/{}", number % 7), &text));
    }
    driver.fence();
    let (_, text) = get(&metrics, "/metrics");
    let line = |name: &str| {
        let start = format!("trefoil_clasp_{name} ");
        let found = text.lines().find_map(|line| line.strip_prefix(&start));
        found
            .and_then(|number| number.parse::<u64>().ok())
            .expect("a number")
    };
    assert_eq!(line("slow_readers"), 1, "{text}");
    assert!(line("lag_bytes") > 10_000_000, "{text}");
}

#[test]
fn health_is_told_and_nothing_else_is_there() {
    let (serving, router, metrics) = serve(&[]);
    let (head, body) = get(&metrics, "/healthz");
    assert!(
        head.starts_with("HTTP/1.1 200 ") && body == "ok\n",
        "{head}"
    );
    assert!(get(&metrics, "/").0.starts_with("HTTP/1.1 404 "));
    // The router's own port answers whoever waits for it, and tells no metrics.
    assert!(get(&router, "/healthz").0.starts_with("HTTP/1.1 200 "));
    let (head, body) = get(&router, "/metrics");
    assert!(
        head.starts_with("HTTP/1.1 404 ") && body.contains("--metrics"),
        "{body}"
    );
    let bound = [
        "clasp",
        "serve",
        "--bind",
        "127.0.0.1:0",
        "--metrics",
        &metrics,
    ];
    trefoil(&bound)
        .run()
        .exits(1)
        .says(&["cannot listen at", &metrics]);
    serving.terminate();
    serving.finish().done();
}

/// How a router stands in its cluster.
#[test]
fn a_cluster_is_counted() {
    let Some(mut engine) = Engine::start_or_skip("the metrics of a cluster") else {
        return;
    };
    let (_serving, router, metrics) = serve(&["--cluster", &engine.url()]);
    let mut driver = Driver::connect_to(&router, "");
    driver.lock("/lock", 1_i64);
    let line = |name: &str| {
        let (_, text) = get(&metrics, "/metrics");
        let start = format!("trefoil_clasp_{name} ");
        let found = text.lines().find_map(|line| line.strip_prefix(&start));
        found
            .and_then(|number| number.parse::<u64>().ok())
            .expect("a number")
    };
    assert_eq!((line("cluster_ok"), line("cluster_stale")), (1, 0));
    eventually("the lease and the lock", || {
        let counted = (line("cluster_routers"), line("cluster_locks"));
        (counted == (1, 1)).then_some(())
    });
    assert!(line("cluster_position") > 0);
    assert_eq!(get(&metrics, "/healthz").1.trim_end(), "ok");
    engine.kill(0);
    eventually("an engine that is missed", || {
        (line("cluster_ok") == 0).then_some(())
    });
    let (head, body) = get(&metrics, "/healthz");
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    assert_eq!(body.trim_end(), "the cluster's engine is out of reach");
}
