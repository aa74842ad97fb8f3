//! HTTP proxies: the variables have the same meaning for all three services, and an error of the
//! proxy names the proxy, not the service.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::support::{Fake, Msg, Trefoil, Val, trefoil, wire};

/// An HTTP proxy that connects every host name to one address, or answers with a status.
struct Proxy {
    port: u16,
    /// The first line and the Proxy-Authorization of each request.
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Proxy {
    fn new(answer: &'static str, to: Option<String>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for mut client in listener.incoming().map_while(Result::ok) {
                let head = head(&mut client);
                let mut lines = head.lines();
                let first = lines.next().unwrap_or_default().to_owned();
                let login = lines.find_map(|line| line.strip_prefix("Proxy-Authorization: "));
                let login = login.unwrap_or_default().to_owned();
                let connect = first.starts_with("CONNECT");
                log.lock().expect("no panic").push((first, login));
                let Some(to) = to.clone().filter(|_| connect) else {
                    let _ = write!(client, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
                    continue;
                };
                let _ = client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
                let server = TcpStream::connect(to).expect("the server is there");
                let second = |stream: &TcpStream| stream.try_clone().expect("a second handle");
                for (mut from, mut to) in [
                    (second(&client), second(&server)),
                    (second(&server), second(&client)),
                ] {
                    std::thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(std::net::Shutdown::Write);
                    });
                }
            }
        });
        Proxy { port, asked }
    }

    /// A proxy that connects to the server at this URL.
    fn to(url: &str) -> Proxy {
        let (_, address) = url.split_once("://").expect("a URL");
        let address = address.replace("localhost", "127.0.0.1");
        Proxy::new("", Some(address))
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().expect("no panic").clone()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

fn router() -> Fake {
    Fake::router(|peer, message| {
        let get = matches!(message, Msg::Get(_));
        if get {
            peer.send(&wire::snapshot(&[("/a", Val::Int(5), 1)]));
        }
        get
    })
}

/// Each service, at a host that only the proxy knows.
fn each(scheme: &str) -> [Trefoil; 3] {
    let url = |plain: &str| {
        format!(
            "{plain}{}://show.test:4000",
            if scheme == "tls" { "s" } else { "" }
        )
    };
    [
        trefoil(&["clasp", "get", "/a", "--url", &url("ws")]),
        trefoil(&["vuer", "recv", "--count", "1", "--url", &url("ws")]),
        trefoil(&["forge", "health", "--url", &url("http")]),
    ]
}

#[test]
fn a_service_is_reached_through_the_proxy_of_its_scheme() {
    let router = router();
    let proxy = Proxy::to(&router.url());
    let [clasp, ..] = each("plain");
    let with_login = proxy.url().replace("http://", "http://me:pass%40word@");
    let run = clasp.env("HTTP_PROXY", with_login).arg("-v").run().done();
    let run = run
        .prints("5\n")
        .says(&["proxy", &proxy.url(), "HTTP_PROXY"]);
    assert!(!run.stderr.contains("word"), "{run}");
    let expected = ("CONNECT show.test:4000 HTTP/1.1", "Basic bWU6cGFzc0B3b3Jk");
    assert_eq!(
        proxy.asked(),
        [(expected.0.to_owned(), expected.1.to_owned())]
    );
}

#[test]
fn tls_goes_through_the_tunnel_to_the_service() {
    let (fake, certificate) = Fake::tls(|_, peer| {
        while let Some(message) = peer.receive() {
            match message {
                Msg::Get(_) => peer.send(&wire::snapshot(&[("/a", Val::Int(5), 1)])),
                message => peer.answer(&message),
            }
        }
    });
    let proxy = Proxy::to(&fake.url());
    let ca = certificate.file.to_str().expect("UTF-8");
    // A host on this machine is reached through a proxy only if --proxy was typed.
    trefoil(&[
        "clasp",
        "get",
        "/a",
        "--url",
        "wss://localhost:1",
        "--ca",
        ca,
    ])
    .args(&["--proxy", &proxy.url()])
    .run()
    .done()
    .prints("5\n");
    assert_eq!(proxy.asked()[0].0, "CONNECT localhost:1 HTTP/1.1");
}

#[test]
fn a_failing_proxy_is_blamed_and_not_the_service() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("bound"))
    };
    for run in each("tls") {
        let run = run.env("HTTPS_PROXY", &gone).run().exits(1);
        let run = run.says(&["the proxy", &gone, "HTTPS_PROXY"]);
        assert!(!run.stderr.contains("nothing listens at"), "{run}");
    }
    // forge asks for a tunnel only where TLS is spoken.
    for (answer, code, retryable, says) in [
        ("407 Proxy Authentication Required", 4, false, "password"),
        ("403 Forbidden", 4, false, "(HTTP 403)"),
        ("404 Not Found", 4, false, "(HTTP 404)"),
        ("429 Too Many Requests", 1, true, "(HTTP 429)"),
        ("500 Internal Server Error", 1, false, "(HTTP 500)"),
        ("502 Bad Gateway", 1, true, "(HTTP 502)"),
    ] {
        let proxy = Proxy::new(answer, None);
        for run in each("tls") {
            let run = run.env("all_proxy", proxy.url()).arg("--errors=json");
            let run = run.run().exits(code);
            let run = run.says(&["the proxy", &proxy.url(), "all_proxy", says]);
            assert_eq!(run.error()["retryable"], retryable, "{run}");
            assert!(!run.stderr.contains("service"), "{run}");
            let asked = &proxy.asked()[0].0;
            assert_eq!(asked, "CONNECT show.test:4000 HTTP/1.1");
        }
    }
    let proxy = Proxy::new("407 Proxy Authentication Required", None);
    let [.., forge] = each("plain");
    let run = forge.env("HTTP_PROXY", proxy.url()).run().exits(4);
    run.says(&["the proxy", &proxy.url(), "HTTP_PROXY", "password"]);
    assert_eq!(
        proxy.asked()[0].0,
        "GET http://show.test:4000/healthz HTTP/1.1"
    );
    // Without TLS the proxy's own reply looks like the service's, so the error names the proxy,
    // too.
    for answer in ["403 Forbidden", "503 Service Unavailable"] {
        let proxy = Proxy::new(answer, None);
        let [.., forge] = each("plain");
        let run = forge.env("HTTP_PROXY", proxy.url()).run();
        assert!(matches!(run.code, 4 | 5), "{run}");
        run.says(&["through the proxy", &proxy.url(), "HTTP_PROXY"]);
    }
    for run in each("plain") {
        let run = run.env("http_proxy", "https://proxy.test:3128").run();
        run.exits(2)
            .says(&["http_proxy", "https", "http://HOST:PORT", "--proxy none"]);
    }
    for run in each("plain") {
        let run = run
            .env("http_proxy", "socks5://127.0.0.1:1080")
            .run()
            .exits(2);
        run.says(&["http_proxy", "socks5", "--proxy none"]);
    }
}

#[test]
fn this_machine_and_what_no_proxy_lists_are_reached_directly() {
    let router = router();
    let nowhere = "http://127.0.0.1:1";
    router
        .clasp(&["get", "/a"])
        .env("HTTP_PROXY", nowhere)
        .env("ALL_PROXY", nowhere)
        .run()
        .done();
    for run in each("plain") {
        let run = run
            .env("HTTP_PROXY", nowhere)
            .env("NO_PROXY", "other, .test")
            .run()
            .exits(1);
        assert!(!run.stderr.contains("proxy"), "{run}");
    }
}

#[test]
fn doctor_shows_the_proxy() {
    let router = router();
    let proxy = Proxy::to(&router.url());
    let run = trefoil(&["doctor", "-o", "json"])
        .env("CLASP_URL", "ws://show.test:4000")
        .env("HTTP_PROXY", proxy.url())
        .run();
    let shown = run.json();
    let clasp = &shown[0];
    assert_eq!(clasp["proxy"]["url"], proxy.url(), "{run}");
    assert_eq!(clasp["proxy"]["origin"], "HTTP_PROXY", "{run}");
    assert!(shown[2]["proxy"].is_null(), "localhost\n{run}");
}
