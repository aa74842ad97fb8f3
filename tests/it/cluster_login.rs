//! How a router reaches its engine: TLS, and every way to log in, to the real nats-server.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::engine::Engine;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Output, Router, trefoil};

/// The file as an argument.
fn arg(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A router that serves with these options, and the command that asks the engine with them.
fn works(args: &[&str]) {
    let router = Router::own(args);
    Driver::connect(&router).set("/a", 1_i64);
    clasp(&router.url(), &["get", "/a"]).run().prints("1\n");
    let status = [&["clasp", "cluster", "status"], args].concat();
    let found = trefoil(&status).run().done().json();
    // Those of routers before it have not expired yet.
    assert!(found.as_array().is_some_and(|found| !found.is_empty()));
}

fn refused(args: &[&str]) -> Output {
    let status = [&["clasp", "cluster", "status"], args].concat();
    trefoil(&status).run()
}

#[test]
fn a_user_a_token_or_a_key_logs_in() {
    let dir = Dir::new();
    let key = Key::new(USER, 1);
    let nkey = key.public();
    let users = format!("{{user: show, password: \"p:w\"}}, {{nkey: {nkey}}}");
    let config = format!("authorization {{ users: [{users}] }}");
    let Some(engine) = Engine::configured_or_skip(&config, "users and nkeys") else {
        return;
    };
    let (url, place) = (engine.url(), engine.place());
    refused(&["--cluster", &url])
        .exits(4)
        .says(&["refuses this router", "--cluster-credentials"]);
    let in_url = format!("nats://show:p%3Aw@{place}");
    works(&["--cluster", &in_url]);
    for (name, text) in [("user", "show:p:w\n"), ("nkey", &*key.seed())] {
        let file = dir.file(name, text);
        works(&["--cluster", &url, "--cluster-credentials", arg(&file)]);
    }
    let other = dir.file("other", Key::new(USER, 2).seed());
    refused(&["--cluster", &url, "--cluster-credentials", arg(&other)]).exits(4);
    let damaged = dir.file("damaged", key.seed().replace('A', "B"));
    refused(&["--cluster", &url, "--cluster-credentials", arg(&damaged)])
        .exits(2)
        .says(&["its nkey seed is damaged"]);
    refused(&["--cluster", &url, "--cluster-credentials", "/none"])
        .exits(2)
        .says(&["--cluster-credentials /none"]);

    let config = "authorization { token: t0ken }";
    let engine = Engine::configured_or_skip(config, "a token").expect("as before");
    let file = dir.file("token", "t0ken\n");
    works(&[
        "--cluster",
        &engine.url(),
        "--cluster-credentials",
        arg(&file),
    ]);
}

/// As NATS's own tools set it up: an operator signs accounts, an account signs users.
#[test]
fn a_creds_file_logs_in() {
    let dir = Dir::new();
    let [operator, account, system] =
        [(OPERATOR, 1), (ACCOUNT, 2), (ACCOUNT, 3)].map(|(kind, n)| Key::new(kind, n));
    let user = Key::new(USER, 4);
    let unlimited = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1,
    });
    let claims = |kind: &str| json!({"type": kind, "version": 2});
    let of_account = |limits: &Value| json!({"type": "account", "version": 2, "limits": limits});
    let config = format!(
        "operator: {}\nsystem_account: {system}\nresolver: MEMORY\nresolver_preload: {{\n{account}: {}\n{system}: {}\n}}\n",
        operator.sign(&operator.public(), claims("operator")),
        operator.sign(&account.public(), of_account(&unlimited)),
        operator.sign(
            &system.public(),
            of_account(&json!({"subs": -1, "data": -1, "payload": -1, "conn": -1}))
        ),
        account = account.public(),
        system = system.public(),
    );
    let Some(engine) = Engine::configured_or_skip(&config, "a .creds file") else {
        return;
    };
    let of_user = json!({
        "type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1,
    });
    let creds = format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        account.sign(&user.public(), of_user),
        user.seed(),
    );
    let file = dir.file("show.creds", creds);
    let url = engine.url();
    works(&["--cluster", &url, "--cluster-credentials", arg(&file)]);
    refused(&["--cluster", &url]).exits(4);
}

#[test]
fn tls_is_spoken_where_it_is_demanded() {
    let dir = Dir::new();
    let issued = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a key");
    let ca = dir.file("cert.pem", issued.cert.pem());
    let key = dir.file("key.pem", issued.signing_key.serialize_pem());
    let (ca, key) = (arg(&ca), arg(&key));
    let tls = |more: &str| format!("tls {{ cert_file: \"{ca}\", key_file: \"{key}\" {more} }}");
    let Some(engine) = Engine::configured_or_skip(&tls(""), "TLS to the engine") else {
        return;
    };
    let (place, plain) = (engine.place(), engine.url());
    let secure = format!("tls://{place}");
    for url in [&plain, &secure] {
        works(&["--cluster", url, "--cluster-ca", ca]);
        refused(&["--cluster", url])
            .exits(1)
            .says(&["certificate", "--cluster-ca FILE"]);
    }
    refused(&["--cluster", &secure, "--cluster-ca", "/none"]).says(&["--cluster-ca /none"]);

    // It asks for the certificate of the router.
    let config = tls(&format!(", ca_file: \"{ca}\", verify: true"));
    let engine = Engine::configured_or_skip(&config, "certificates of routers").expect("as before");
    let url = format!("tls://{}", engine.place());
    let own = ["--cluster-cert", ca, "--cluster-key", key];
    works(&[&["--cluster", &url, "--cluster-ca", ca], &own[..]].concat());
    let without = refused(&["--cluster", &url, "--cluster-ca", ca]);
    assert_ne!(without.code, 0, "{without}");

    let engine = Engine::start_or_skip("an engine without TLS").expect("as before");
    let url = format!("tls://{}", engine.place());
    refused(&["--cluster", &url])
        .exits(5)
        .says(&["it does not speak TLS"]);
}

/// The types of nkeys: their first letters are O, A and U.
const OPERATOR: u8 = 14 << 3;
const ACCOUNT: u8 = 0;
const USER: u8 = 20 << 3;

/// An nkey.
struct Key {
    kind: u8,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl Key {
    fn new(kind: u8, number: u8) -> Key {
        let seed = [number; 32];
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes");
        Key { kind, seed, pair }
    }

    fn public(&self) -> String {
        let mut bytes = vec![self.kind];
        bytes.extend_from_slice(self.pair.public_key().as_ref());
        checked(bytes)
    }

    fn seed(&self) -> String {
        let mut bytes = vec![18 << 3 | self.kind >> 5, (self.kind & 31) << 3];
        bytes.extend_from_slice(&self.seed);
        checked(bytes)
    }

    /// A JWT of NATS about the key `subject`.
    fn sign(&self, subject: &str, nats: Value) -> String {
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let header = part(json!({"typ": "JWT", "alg": "ed25519-nkey"}));
        let claims = part(json!({
            "jti": subject, "iat": 1_795_000_000, "iss": self.public(), "name": "test", "sub": subject,
            "nats": nats,
        }));
        let signed = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// Base 32 with NATS's checksum.
fn checked(mut bytes: Vec<u8>) -> String {
    let sum = bytes.iter().fold(0_u16, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| match sum & 0x8000 {
            0 => sum << 1,
            _ => sum << 1 ^ 0x1021,
        })
    });
    bytes.extend_from_slice(&sum.to_le_bytes());
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let chunks = bits.as_bytes().chunks(5);
    let values = chunks.map(|chunk| {
        let text = format!("{:0<5}", std::str::from_utf8(chunk).expect("digits"));
        usize::from_str_radix(&text, 2).expect("digits")
    });
    values.map(|value| char::from(letters[value])).collect()
}
