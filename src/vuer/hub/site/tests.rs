//! Requests enter, statuses leave; and what lies outside of a folder stays there.

use std::os::unix::fs::symlink;

use super::*;

fn site(origins: &[&str], token: Option<&str>) -> Site {
    Site {
        page: Page::Builtin,
        assets: None,
        token: token.map(str::to_owned),
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        tls: false,
    }
}

fn request(target: &str, headers: &[(&str, &str)]) -> Request {
    let mut text = format!("GET {target} HTTP/1.1\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    Request::read(&text)
}

const UPGRADE: [(&str, &str); 2] = [("Upgrade", "websocket"), ("Connection", "Upgrade")];

fn status(site: &Site, target: &str, headers: &[(&str, &str)]) -> u16 {
    match site.reply(&request(target, headers)) {
        Reply::Response(response) | Reply::File(response, ..) => response.status,
        Reply::Upgrade => 101,
    }
}

#[test]
fn a_name_that_is_not_ours_is_refused() {
    let table = [
        ("127.0.0.1:8012", 302),
        ("localhost:8012", 302),
        ("LOCALHOST", 302),
        ("robot.localhost:1", 302),
        ("[::1]:8012", 302),
        ("192.168.0.7:8012", 302),
        ("evil.example:8012", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
    ];
    for (host, expected) in table {
        assert_eq!(
            status(&site(&[], None), "/", &[("Host", host)]),
            expected,
            "{host}"
        );
    }
    assert_eq!(status(&site(&[], None), "/", &[]), 400);
    let allowed = site(&["https://robot.example:9000"], None);
    assert_eq!(
        status(&allowed, "/", &[("Host", "robot.example:8012")]),
        302
    );
}

#[test]
fn a_page_of_another_origin_does_not_connect() {
    let table = [
        (None, 101),
        (Some("http://127.0.0.1:8012"), 101),
        (Some("http://127.0.0.1:8013"), 403),
        (Some("https://evil.example"), 403),
        (Some("null"), 403),
        (Some("http://friend:1"), 101),
    ];
    let site = site(&["http://friend:1"], None);
    for (origin, expected) in table {
        let mut headers = vec![("Host", "127.0.0.1:8012"), UPGRADE[0], UPGRADE[1]];
        headers.extend(origin.map(|origin| ("Origin", origin)));
        assert_eq!(status(&site, "/", &headers), expected, "{origin:?}");
    }
}

#[test]
fn without_the_token_nothing_is_shown() {
    let site = site(&[], Some("s3cret"));
    let host = ("Host", "127.0.0.1:8012");
    type Headers<'h> = &'h [(&'h str, &'h str)];
    let table: [(&str, Headers<'_>, u16); 8] = [
        ("/", &[host], 401),
        ("/?token=other", &[host], 401),
        ("/?token=s3cret", &[host], 302),
        ("/?token=s3cret&ws=ws://x", &[host], 200),
        ("/", &[host, UPGRADE[0], UPGRADE[1]], 401),
        ("/?token=s3cret", &[host, UPGRADE[0], UPGRADE[1]], 101),
        ("/workspace/a", &[host], 401),
        (
            "/workspace/a",
            &[host, ("Cookie", "a=b; trefoil_vuer_token=s3cret")],
            404,
        ),
    ];
    for (target, headers, expected) in table {
        assert_eq!(
            status(&site, target, headers),
            expected,
            "{target} {headers:?}"
        );
    }
    assert_eq!(
        site.link_path("h:1"),
        "/?token=s3cret&ws=ws://h:1/?token=s3cret"
    );
}

#[test]
fn files_are_served_from_below_the_folder_and_from_nowhere_else() {
    let base = std::env::temp_dir().join(format!("trefoil-site-{}", std::process::id()));
    let assets = base.join("assets");
    fs::create_dir_all(assets.join("sub")).expect("a folder");
    for (name, text) in [
        ("secret.txt", "secret"),
        ("assets-too.txt", "beside"),
        ("assets/a b.urdf", "inside"),
        ("assets/sub/m.stl", "inside"),
        ("assets/.hidden", "hidden"),
    ] {
        fs::write(base.join(name), text).expect("a file");
    }
    symlink("../secret.txt", assets.join("out.txt")).expect("a link");
    symlink("..", assets.join("up")).expect("a link");
    symlink("sub/m.stl", assets.join("in.stl")).expect("a link");
    let mut site = site(&[], None);
    site.assets = Some(assets);
    let absolute = format!("/workspace/{}", base.join("secret.txt").display());
    let table = [
        ("/workspace/a%20b.urdf", 200),
        ("/workspace/sub/m.stl", 200),
        ("/workspace/in.stl", 200),
        ("/workspace/sub", 404),
        ("/workspace/sub/", 404),
        ("/workspace/", 404),
        ("/workspace/out.txt", 404),
        ("/workspace/up/secret.txt", 404),
        ("/workspace/../secret.txt", 404),
        ("/workspace/%2e%2e/secret.txt", 404),
        ("/workspace/..%2fsecret.txt", 404),
        ("/workspace/%2e%2e%2fsecret.txt", 404),
        ("/workspace/%252e%252e/secret.txt", 404),
        ("/workspace/sub/..%5c..%5csecret.txt", 404),
        ("/workspace/sub/../../secret.txt", 404),
        ("/workspace/../assets-too.txt", 404),
        ("/workspace/.hidden", 404),
        ("/workspace/a%00b", 404),
        ("/workspace/a%", 404),
        ("/workspace/%ff", 404),
        ("/workspace//etc/passwd", 404),
        (&*absolute, 404),
        ("/secret.txt", 404),
    ];
    for (target, expected) in table {
        assert_eq!(
            status(&site, target, &[("Host", "localhost")]),
            expected,
            "{target}"
        );
    }
    site.assets = None;
    assert_eq!(
        status(&site, "/workspace/sub/m.stl", &[("Host", "localhost")]),
        404
    );
    fs::remove_dir_all(base).expect("it was ours");
}

#[test]
fn the_page_in_the_binary_is_small_and_asks_nobody_for_anything() {
    assert!(BUILTIN.len() <= 60 * 1024, "{} bytes", BUILTIN.len());
    let text = std::str::from_utf8(BUILTIN).expect("UTF-8");
    for word in ["src=\"http", "href=\"http", "import(", "fetch(\"http"] {
        assert!(!text.contains(word), "{word}");
    }
}
