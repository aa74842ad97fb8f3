//! TLS: which certificates are accepted, the hints for the others, client certificates, and a
//! router whose certificate is renewed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

use crate::profile::Desk;
use crate::support::dir::Dir;
use crate::support::trefoil::clasp;
use crate::support::{Fake, Output, eventually, trefoil};

/// A certificate and its key.
struct Made {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

fn made(change: impl FnOnce(&mut CertificateParams)) -> Made {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    change(&mut params);
    let certificate = params.self_signed(&key).expect("a certificate");
    Made { certificate, key }
}

/// A TLS server that accepts the handshake and then the upgrade of nobody: what the client says
/// about the certificate is enough.
fn server(made: &Made) -> Fake {
    serving(made, None)
}

fn serving(made: &Made, clients: Option<&Made>) -> Fake {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots
                .add(authority.certificate.der().clone())
                .expect("a root");
            let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
                Arc::new(roots),
                provider,
            );
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let key = PrivateKeyDer::from_pem_slice(made.key.serialize_pem().as_bytes()).expect("a key");
    let config = builder
        .with_single_cert(vec![made.certificate.der().clone()], key)
        .expect("a certificate and its key");
    let config = Arc::new(config);
    Fake::tcp(move |_, stream| {
        let session = rustls::ServerConnection::new(Arc::clone(&config)).expect("a session");
        let mut stream = rustls::StreamOwned::new(session, stream);
        if let Ok(mut socket) = tungstenite::accept(&mut stream) {
            let _ = socket.read();
            // WELCOME, and the value of /a.
            for body in [
                crate::support::wire::welcome("s-1", "Fake", 0xf8, 0),
                crate::support::wire::snapshot(&[("/a", crate::support::Val::Int(5), 1)]),
            ] {
                let frame = crate::support::wire::frame(&body);
                let _ = socket.send(tungstenite::Message::binary(frame));
            }
            let _ = socket.read();
        }
    })
}

fn url(fake: &Fake) -> String {
    fake.url().replace("ws://127.0.0.1", "wss://localhost")
}

fn pinged(fake: &Fake, args: &[&str]) -> Output {
    // The certificate is checked before the upgrade, so the test stops there.
    clasp(&url(fake), &["get", "/a", "-v", "--timeout", "3s"])
        .args(args)
        .run()
}

#[track_caller]
fn trusted(output: &Output) {
    assert!(
        output.stderr.contains("upgraded to WebSocket"),
        "not trusted\n{output}"
    );
}

#[test]
fn a_self_signed_certificate_is_trusted_when_it_is_named() {
    let dir = Dir::new();
    // As `openssl req -x509` makes it: marked as an authority.
    let authority = made(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let leaf = made(|_| {});
    let other = made(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let other = dir.file("other.pem", other.certificate.pem());
    for (name, made) in [("authority.pem", &authority), ("leaf.pem", &leaf)] {
        let fake = server(made);
        // Editors on Windows put a byte order mark in front.
        let ca = dir.file(name, format!("\u{feff}{}", made.certificate.pem()));
        trusted(&pinged(&fake, &["--ca", ca.to_str().expect("UTF-8")]));
        let wrong = pinged(&fake, &["--ca", other.to_str().expect("UTF-8")]).exits(1);
        wrong.says(&["certificate", "--ca"]);
        pinged(&fake, &[]).exits(1).says(&["certificate", "--ca"]);
    }
}

#[test]
fn the_hint_fits_what_is_wrong_with_the_certificate() {
    let dir = Dir::new();
    let day = |year| rcgen::date_time_ymd(year, 1, 1);
    let expired = made(|params| (params.not_before, params.not_after) = (day(2001), day(2002)));
    let early = made(|params| (params.not_before, params.not_after) = (day(2090), day(2099)));
    let misnamed = made(|params| {
        *params = CertificateParams::new(["other.example".to_owned()]).expect("a name");
    });
    for (name, made, says, says_not) in [
        ("expired.pem", &expired, "new certificate", "--ca FILE"),
        ("early.pem", &early, "clock", "--ca FILE"),
        (
            "misnamed.pem",
            &misnamed,
            "name that is in the certificate",
            "--ca FILE",
        ),
    ] {
        let fake = server(made);
        let ca = dir.file(name, made.certificate.pem());
        let run = pinged(&fake, &["--ca", ca.to_str().expect("UTF-8")]).exits(1);
        let run = run.says(&[says]);
        assert!(!run.stderr.contains(says_not), "{run}");
        trusted(&pinged(&fake, &["--insecure"]));
    }
    let plain = Fake::tcp(|_, mut stream| {
        use std::io::{Read, Write};
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    pinged(&plain, &[]).exits(1).says(&["plain ws://"]);
    let url = plain.url().replace("ws://127.0.0.1", "https://localhost");
    trefoil(&["forge", "health", "--url", &url])
        .run()
        .exits(1)
        .says(&["plain http://"]);
}

#[test]
fn a_client_certificate_is_shown_to_a_server_that_wants_one() {
    let dir = Dir::new();
    let authority = made(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let issuer_params = {
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    };
    let issuer = Issuer::new(issuer_params, &authority.key);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["client".to_owned()]).expect("a name");
    let client = params.signed_by(&key, &issuer).expect("a certificate");
    let leaf = made(|_| {});
    let fake = serving(&leaf, Some(&authority));
    let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let ca = path(&dir.file("ca.pem", leaf.certificate.pem()));
    let cert = path(&dir.file("client.pem", client.pem()));
    let secret = path(&dir.file("client.key", key.serialize_pem()));
    let both = path(&dir.file(
        "both.pem",
        format!("{}{}", client.pem(), key.serialize_pem()),
    ));
    trusted(&pinged(
        &fake,
        &["--ca", &ca, "--cert", &cert, "--key", &secret],
    ));
    trusted(&pinged(&fake, &["--ca", &ca, "--cert", &both]));
    pinged(&fake, &["--ca", &ca])
        .exits(1)
        .says(&["client certificate", "--cert"]);
    pinged(&fake, &["--ca", &ca, "--cert", &cert])
        .exits(2)
        .says(&["client.pem", "no PEM private key"]);

    // A profile has it, too, and shows it to its own server only.
    let of = |url: &str, cert: &str, key: &str| {
        let text = format!("[profiles.p.clasp]\nurl='{url}'\nca='{ca}'\ncert='{cert}'\n{key}");
        let desk = Desk::with(&text);
        move |args: &[&str]| {
            let get = [
                "clasp",
                "get",
                "/a",
                "-v",
                "--timeout",
                "3s",
                "--profile",
                "p",
            ];
            desk.run(&[&get, args].concat()).run()
        }
    };
    let url = url(&fake);
    trusted(&of(&url, &both, "")(&[]));
    let own = of(&url, &cert, &format!("key='{secret}'"));
    trusted(&own(&[]));
    // The key of a typed certificate is not the profile's.
    own(&["--cert", &cert])
        .exits(2)
        .says(&["client.pem", "no PEM private key"]);
    trusted(&own(&["--cert", &both]));
    let other = of("wss://localhost:9", &both, "");
    let typed = ["--url", &url, "--ca", &ca];
    other(&typed).exits(3).says(&[
        "clasp.cert of profile 'p' belongs to wss://localhost:9",
        "--cert FILE",
        "--profile none",
    ]);
    trusted(&other(&[&typed[..], &["--cert", &both]].concat()));
    let keyless = Desk::with(&format!(
        "[profiles.p.clasp]\nurl='{url}'\nkey='{secret}'\n"
    ));
    let keyless = keyless.run(&["clasp", "ping", "--profile", "p"]).run();
    keyless.exits(2).says(&["clasp.key", "clasp.cert"]);
}

#[test]
fn a_header_is_sent_with_the_upgrade() {
    let seen = Arc::new(std::sync::Mutex::new(String::new()));
    let log = Arc::clone(&seen);
    let fake = Fake::tcp(move |_, mut stream| {
        use std::io::Read;
        let mut buffer = [0; 4096];
        if let Ok(count) = stream.read(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
            log.lock().expect("no panic").push_str(&text);
        }
    });
    let run = fake
        .clasp(&["get", "/a", "-vv", "--header", "Authorization=Bearer abc"])
        .run();
    let seen = seen.lock().expect("no panic").to_lowercase();
    assert!(seen.contains("authorization: bearer abc"), "{seen}");
    assert!(!run.stderr.contains("abc"), "{run}");
}

#[test]
fn serve_reads_its_certificate_again_when_it_changes() {
    let dir = Dir::new();
    let (first, second) = (made(|_| {}), made(|_| {}));
    let ca = |name, made: &Made| {
        let file = dir.file(name, made.certificate.pem());
        file.to_str().expect("UTF-8").to_owned()
    };
    let (old, new) = (ca("old.pem", &first), ca("new.pem", &second));
    let certificate = dir.file("cert.pem", first.certificate.pem());
    let key = dir.file("key.pem", first.key.serialize_pem());
    let mut serve = trefoil(&["clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"])
        .args(&["--tls-cert", certificate.to_str().expect("UTF-8")])
        .args(&["--tls-key", key.to_str().expect("UTF-8")])
        .start();
    let ready = serve.record();
    let url = ready["url"]
        .as_str()
        .expect("a URL")
        .replace("127.0.0.1", "localhost");
    let ping = |ca: &str| {
        clasp(&url, &["ping", "--count", "1", "--ca", ca])
            .run()
            .code
    };
    assert_eq!((ping(&old), ping(&new)), (0, 1));
    std::fs::write(&certificate, second.certificate.pem()).expect("written");
    // The key does not match the new certificate yet: the old one is used, with a warning.
    assert_eq!((ping(&old), ping(&new)), (0, 1));
    serve.wait_says("key.pem");
    std::fs::write(&key, second.key.serialize_pem()).expect("written");
    eventually("the new certificate", || (ping(&new) == 0).then_some(()));
    assert_eq!(ping(&old), 1);
    serve.interrupt();
    serve.finish().exits(0).within(Duration::from_secs(60));
}
