//! From a URL to a connection: several addresses of a host, a resolver that hangs, and what a web
//! server answers instead of an upgrade.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use crate::support::trefoil::{clasp, vuer};
use crate::support::{Fake, Trefoil, namespace, trefoil};

/// An address at which a connection attempt neither fails nor succeeds while this exists: the
/// backlog of its listener is full.
struct Blackhole {
    port: u16,
    _listener: OwnedFd,
    _full: Vec<TcpStream>,
}

impl Blackhole {
    fn new() -> Blackhole {
        use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};
        let listener = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
        let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        bind(&listener, &any).expect("a free port");
        listen(&listener, 0).expect("a backlog of none");
        let address = SocketAddr::try_from(getsockname(&listener).expect("bound")).expect("IP");
        let mut full = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            full.push(stream);
        }
        Blackhole {
            port: address.port(),
            _listener: listener,
            _full: full,
        }
    }
}

#[test]
fn an_address_that_says_nothing_does_not_cost_the_connect_timeout() {
    let blackhole = Blackhole::new();
    let Ok(listener) = std::net::TcpListener::bind(("::1", blackhole.port)) else {
        eprintln!("skipped without IPv6; net::race has the same with two IPv4 addresses");
        return;
    };
    // localhost is 127.0.0.1 first and ::1 second.
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let Ok(mut socket) = tungstenite::accept(stream) else {
                continue;
            };
            let _ = socket.read();
        }
    });
    for run in [
        clasp(&format!("ws://localhost:{}", blackhole.port), &["ping"]),
        vuer(
            &format!("ws://localhost:{}", blackhole.port),
            &["scene", "-v"],
        ),
    ] {
        let run = run.args(&["--connect-timeout", "15s", "-v"]).run();
        let run = run.within(Duration::from_secs(8));
        run.says(&["connected to [::1]", "upgraded"]);
    }
}

#[test]
fn a_lookup_that_hangs_counts_towards_the_connect_timeout() {
    if !namespace::unshare_or_skip("a resolver that hangs") {
        return;
    }
    for args in [
        &["clasp", "get", "/a", "--url", "ws://hangs.test:1"][..],
        &["vuer", "recv", "--url", "ws://hangs.test:1"],
        &["forge", "health", "--url", "http://hangs.test:1"],
    ] {
        let args = [args, &["--connect-timeout", "300ms"]].concat();
        let (run, _dir) = trefoil(&args).with_a_hanging_resolver();
        let gave_up = run.run().exits(1).within(Duration::from_secs(5));
        gave_up.says(&["hangs.test", "within"]);
    }
}

#[test]
fn ctrl_c_ends_at_once_while_a_lookup_hangs() {
    if !namespace::unshare_or_skip("a resolver that hangs") {
        return;
    }
    for args in [
        &["clasp", "sub", "/a", "--url", "ws://hangs.test:1"][..],
        &["clasp", "get", "/a", "--url", "ws://hangs.test:1"],
        &["vuer", "recv", "--url", "ws://hangs.test:1"],
        &[
            "forge",
            "run",
            "x",
            "--url",
            "http://hangs.test:1",
            "--token",
            "t",
        ],
    ] {
        let args = [args, &["--connect-timeout", "60s"]].concat();
        let (run, _dir) = trefoil(&args).with_a_hanging_resolver();
        let running = run.start();
        std::thread::sleep(Duration::from_millis(500));
        running.interrupt();
        let ended = running.finish().exits(130);
        ended.within(Duration::from_secs(5));
    }
}

/// A web server that answers every request with this.
fn answering(head: &'static str) -> Fake {
    Fake::tcp(move |_, mut stream| {
        let mut seen = Vec::new();
        let mut buffer = [0; 1024];
        while !seen.ends_with(b"\r\n\r\n") {
            match stream.read(&mut buffer) {
                Ok(count @ 1..) => seen.extend_from_slice(&buffer[..count]),
                _ => return,
            }
        }
        let _ = write!(stream, "HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n");
    })
}

fn both(fake: &Fake) -> [Trefoil; 2] {
    [
        fake.clasp(&["get", "/a"]),
        fake.vuer(&["recv", "--count", "1"]),
    ]
}

#[test]
fn a_refused_upgrade_is_a_refusal() {
    for (head, hint) in [
        ("401 Unauthorized", "--header"),
        ("403 Forbidden", "--header"),
        ("404 Not Found", "path"),
    ] {
        let fake = answering(head);
        for run in both(&fake) {
            run.run().exits(4).says(&[&head[..3], hint]);
        }
    }
    // A gateway whose service is still starting.
    let fake = answering("503 Service Unavailable");
    for run in both(&fake) {
        run.run().exits(1).says(&["503"]);
    }
}

#[test]
fn a_redirect_is_shown_and_not_followed() {
    let fake = answering("301 Moved Permanently\r\nLocation: https://show.example/ws?token=xyz");
    for run in both(&fake) {
        let shown = run.run().exits(1);
        let shown = shown.says(&["redirects", "301", "wss://show.example/ws"]);
        assert!(!shown.stderr.contains("xyz"), "{shown}");
        assert_eq!(shown.stderr.matches("https://show.example").count(), 1);
    }
}

#[test]
fn the_scheme_may_be_in_capitals_and_a_variable_may_end_with_a_carriage_return() {
    let fake = Fake::router(|_, _| false);
    let loud = fake.url().replace("ws://", "WS://");
    clasp(&loud, &["set", "/a", "1"]).run().done();
    clasp(&format!("{}\r", fake.url()), &["set", "/a", "1"])
        .run()
        .done();
    let server = Fake::websocket(|_, peer| while peer.receive_frame().is_some() {});
    for url in [
        server.url().replace("ws", "WS"),
        format!("{}\r\n", server.url()),
    ] {
        // It was reached, but a WebSocket server need not be a Vuer server.
        vuer(&url, &["send", "A"]).run().exits(7).says(&["took A"]);
    }
}
