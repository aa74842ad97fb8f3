//! Pages in a real browser: our own and the one of the pinned Python package, checked by
//! screenshots.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::chromium::{Chromium, chromium_or_skip, colours};
use crate::support::dir::Dir;
use crate::support::trefoil::{trefoil, vuer};
use crate::support::{PATIENCE, Stand, eventually, python};

/// A browser on a busy machine needs longer than anything else here.
const LONG: std::time::Duration = std::time::Duration::from_secs(90);

fn ready(what: &str) -> bool {
    chromium_or_skip(what) && python::vuer_or_skip(what).is_some()
}

/// A box before the camera of both pages, in one flat colour.
fn big_box(color: &str) -> String {
    format!(
        "{{\"tag\":\"Box\",\"key\":\"box\",\"args\":[2,2,2],\"position\":[0,1,0],\
         \"materialType\":\"basic\",\"material\":{{\"color\":\"{color}\"}}}}\n"
    )
}

/// What a picture of this server's page shows.
#[track_caller]
fn shown(stand: &Stand, dir: &Dir, name: &str) -> Value {
    shown_with(stand, dir, name, &[])
}

/// The same, asked for with these options.
#[track_caller]
fn shown_with(stand: &Stand, dir: &Dir, name: &str, options: &[&str]) -> Value {
    let file = dir.path().join(name);
    let file = file.to_str().expect("ASCII");
    let grab = stand.vuer(&["grab", "-O", file, "--wait", "20s"]);
    grab.args(options).patience(LONG).run().done();
    colours(Path::new(file))
}

#[track_caller]
fn has(picture: &Value, present: &str, absent: &str) {
    let share = |name: &str| picture[name].as_u64().expect("a number");
    // The page of the Python package draws a small cross of axes in all three colours.
    assert!(share(present) >= 20, "too little {present} in {picture}");
    assert!(share(absent) < 10, "some {absent} in {picture}");
}

#[test]
fn a_scene_becomes_a_picture_without_a_server() {
    if !ready("vuer grab") {
        return;
    }
    let dir = Dir::new();
    let file = dir.path().join("shot.png");
    let grab = trefoil(&[
        "vuer", "grab", "-", "--width", "320", "--height", "240", "-O",
    ]);
    let done = grab
        .arg(&file)
        .stdin(big_box("#0000ff"))
        .patience(LONG)
        .run()
        .done();
    assert_eq!(done.json()["format"], "png");
    let picture = colours(&file);
    assert_eq!(
        (&picture["width"], &picture["height"]),
        (&json!(320), &json!(240))
    );
    has(&picture, "blue", "red");
    trefoil(&["vuer", "grab", "-", "-O", "x.png"])
        .env("TREFOIL_BROWSER", "no-such-browser")
        .stdin(big_box("red"))
        .run()
        .exits(127)
        .says(&["no browser", "chromium"]);
}

#[test]
fn our_page_shows_what_comes_and_outlives_its_server() {
    if !ready("our own page") {
        return;
    }
    let dir = Dir::new();
    let mut stand = Stand::start(&[]);
    stand.process.write(&big_box("#ff0000"));
    let _page = Chromium::open(&stand.link);
    assert_eq!(stand.event("INIT")["value"]["pkg"], "trefoil");
    has(&shown(&stand, &dir, "a.png"), "red", "blue");
    // A picture that is asked for behind a change shows the change.
    for (color, present, absent) in [("#00ff00", "green", "red"), ("#0000ff", "blue", "green")] {
        stand.process.write(&big_box(color));
        has(&shown(&stand, &dir, "b.png"), present, absent);
    }
    let films = dir.path().join("f-%02d.jpg");
    let films = films.to_str().expect("ASCII");
    let every = ["grab", "--every", "20ms", "--count", "3", "--to", films];
    let written = stand.vuer(&every).patience(LONG).run().done().records();
    assert_eq!(written.len(), 3);
    assert_eq!(written[2]["format"], "jpeg");
    has(&colours(&dir.path().join("f-03.jpg")), "blue", "red");
    stand
        .vuer(&["grab", "--client", "99", "-O", "x.png"])
        .run()
        .exits(6)
        .says(&["client 99"]);
    // Killed, and another one at the same place: the page comes back by itself.
    let authority = stand.authority().to_owned();
    drop(stand);
    let again = [
        "vuer", "serve", "--page", "builtin", "--bind", &authority, "-o", "json",
    ];
    let mut stand = Stand::of(trefoil(&again));
    stand.process.write(&big_box("#00ff00"));
    stand.event("INIT");
    has(&shown(&stand, &dir, "c.png"), "green", "blue");
}

#[test]
fn two_pages_show_the_same_and_each_is_asked_by_its_number() {
    if !ready("two pages") {
        return;
    }
    let dir = Dir::new();
    let mut stand = Stand::start(&[]);
    stand.process.write(&big_box("#ff0000"));
    let _first = Chromium::open(&stand.link);
    let first = stand.event("INIT")["client"].to_string();
    let _second = Chromium::open(&stand.link);
    let second = stand.event("INIT")["client"].to_string();
    assert_ne!(first, second);
    for (color, present, absent) in [("#00ff00", "green", "red"), ("#0000ff", "blue", "green")] {
        stand.process.write(&big_box(color));
        for client in [&first, &second] {
            let picture = shown_with(&stand, &dir, "d.png", &["--client", client]);
            has(&picture, present, absent);
        }
    }
}

#[test]
fn a_page_is_served_and_connects_over_tls() {
    if !ready("a page over TLS") {
        return;
    }
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
    let dir = Dir::new();
    let certificate = dir.file("cert.pem", issued.cert.pem());
    let key = dir.file("key.pem", issued.signing_key.serialize_pem());
    let (certificate, key) = (
        certificate.to_str().expect("UTF-8"),
        key.to_str().expect("UTF-8"),
    );
    let mut stand = Stand::start(&["--tls-cert", certificate, "--tls-key", key]);
    assert!(stand.link.starts_with("https://"), "{}", stand.link);
    assert!(stand.link.contains("ws=wss:"), "{}", stand.link);
    stand.process.write(&big_box("#00ff00"));
    let _page = Chromium::open(&stand.link);
    assert_eq!(stand.event("INIT")["value"]["pkg"], "trefoil");
    let picture = shown_with(&stand, &dir, "e.png", &["--insecure"]);
    has(&picture, "green", "red");
}

/// The page inside the pinned package.
fn python_page() -> PathBuf {
    let python = python::vuer_or_skip("the page").expect("asked before");
    let output = std::process::Command::new(python)
        .args([
            "-c",
            "import importlib.util as u; print(u.find_spec('vuer').submodule_search_locations[0])",
        ])
        .output()
        .expect("python runs");
    let folder = String::from_utf8(output.stdout).expect("UTF-8");
    Path::new(folder.trim_end()).join("client_build")
}

#[test]
fn the_page_of_the_python_package_shows_what_comes() {
    if !ready("the page of the Python package") {
        return;
    }
    let dir = Dir::new();
    let page = python_page();
    let mut stand = Stand::start(&["--page", page.to_str().expect("ASCII")]);
    stand.process.write(&big_box("#ff0000"));
    let _page = Chromium::open(&stand.link);
    assert_eq!(stand.event("INIT")["value"]["pkg"], "@vuer-ai/vuer");
    has(&shown(&stand, &dir, "a.jpg"), "red", "green");
    // Not green: the tone mapping of this page makes another colour of it.
    for (color, present, absent) in [("#0000ff", "blue", "red"), ("#ff0000", "red", "blue")] {
        stand.process.write(&big_box(color));
        has(&shown(&stand, &dir, "b.jpg"), present, absent);
    }
    let png = dir.path().join("c.png");
    let png = png.to_str().expect("ASCII");
    let grab = stand.vuer(&["grab", "-O", png]).patience(LONG).run();
    assert_eq!(grab.done().json()["format"], "png", "made from a JPEG");
    let made = std::fs::read(png).expect("a file");
    assert!(made.starts_with(b"\x89PNG"), "{:?}", &made[..8]);
}

#[test]
fn a_terminal_that_shows_sixel_shows_the_picture() {
    if !ready("sixel graphics") {
        return;
    }
    let mut stand = Stand::start(&[]);
    stand.process.write(&big_box("#ff0000"));
    let _page = Chromium::open(&stand.link);
    stand.event("INIT");
    let answering = |attributes: &str| {
        let mut terminal = stand.vuer(&["grab", "--wait", "20s"]).on_pty(80, 24);
        eventually("the question for its attributes", || {
            terminal.raw().contains("\x1b[c").then_some(())
        });
        terminal.types(attributes);
        terminal
    };
    let terminal = answering("\x1b[?62;4;22c");
    let picture = eventually("the picture", || {
        let raw = terminal.raw();
        let (_, picture) = raw.split_once("\x1bP0;1;0q\"1;1;")?;
        let (picture, _) = picture.split_once("\x1b\\")?;
        Some(picture.to_owned())
    });
    terminal.ends(0);
    // Red is defined, and drawn in the bands of the box.
    assert!(picture.matches("#210").count() > 5, "{picture:.2000}");
    let text = answering("\x1b[?62;22c").ends(2);
    assert!(text.contains("a terminal that cannot show it"), "{text}");
}

#[test]
fn clicks_and_keys_in_our_page_are_events() {
    if !ready("clicks") {
        return;
    }
    // Nobody clicks in a headless browser, so a script in the page does.
    const SCRIPT: &str = "<script>
        canvas.setPointerCapture = () => {}
        setInterval(() => {
          const place = { clientX: innerWidth / 2, clientY: innerHeight / 2, pointerId: 1 }
          for (const type of ['pointerdown', 'pointerup']) {
            canvas.dispatchEvent(new PointerEvent(type, place))
          }
          dispatchEvent(new KeyboardEvent('keydown', { key: 'a', code: 'KeyA' }))
        }, 300)
        </script>";
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/src/vuer/hub/page.html");
    let page = std::fs::read_to_string(page).expect("our page");
    let dir = Dir::new();
    dir.file("index.html", page + SCRIPT);
    let mut stand = Stand::start(&["--page", dir.path().to_str().expect("UTF-8")]);
    stand.process.write(&big_box("#ff0000"));
    let _page = Chromium::open(&stand.link);
    let click = stand.event("ON_CLICK");
    assert_eq!(click["value"], json!({"key": "box"}), "{click}");
    assert_eq!(stand.event("KeyDown")["value"]["key"], "a");
}

#[test]
fn who_cannot_be_asked_for_a_picture_is_named() {
    let mut stand = Stand::start(&[]);
    let grab = stand.vuer(&["grab", "-O", "x.jpg"]).run().exits(6);
    grab.within(PATIENCE)
        .says(&["no page is connected", "link"]);
    assert!(!stand.process.stderr().contains("panicked"));
    // It is not told as a client: it only asks.
    stand.vuer(&["send", "HELLO"]).run().done();
    assert_eq!(stand.process.record()["value"]["client"], "trefoil");
    let Some(server) = crate::support::VuerServer::start_or_skip("vuer grab of another server")
    else {
        return;
    };
    server
        .vuer(&["grab", "-O", "x.jpg"])
        .run()
        .exits(1)
        .says(&["is not trefoil vuer serve", "recv"]);
}

#[test]
fn the_page_is_installed_once_and_then_served() {
    if !python::python3_or_skip("vuer page install") {
        return;
    }
    let home = Dir::new();
    let installed = trefoil(&["vuer", "page", "install"])
        .in_home(&home)
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .patience(LONG)
        .run()
        .done();
    let path = installed.json()["path"]
        .as_str()
        .expect("a path")
        .to_owned();
    assert!(Path::new(&path).join("index.html").is_file());
    let licence = std::fs::read_to_string(Path::new(&path).join("LICENSE.txt"));
    assert!(licence.expect("beside the page").contains("MIT"));
    let removed = trefoil(&["vuer", "page", "remove"])
        .in_home(&home)
        .run()
        .done();
    assert!(!Path::new(&path).exists(), "{}", removed.stdout);
}

#[test]
fn a_robot_and_a_point_cloud_are_loaded() {
    let dir = Dir::new();
    dir.file("my robot.urdf", "<robot name=\"r\"/>");
    let mut npy =
        b"\x93NUMPY\x01\x00\x3c\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3)}  \n"
            .to_vec();
    npy.extend([1.0_f32, 2.0, 3.0].iter().flat_map(|x| x.to_le_bytes()));
    let cloud = dir.file("scan.npy", npy);
    let robot = dir.path().join("my robot.urdf");
    let load = |file: &Path, more: &[&str]| {
        let args = [
            "vuer",
            "load",
            "--bind",
            "127.0.0.1:0",
            "--page",
            "builtin",
            "-o",
            "json",
        ];
        Stand::of(trefoil(&[&args[..], more].concat()).arg(file))
    };
    let mut stand = load(&robot, &["--joints", "-", "--key", "arm"]);
    stand
        .process
        .write("{\"elbow\":0.5}\n{\"joints\":{\"wrist\":1},\"key\":\"arm\"}\n");
    let node = eventually("the joints", || {
        let node = vuer(&stand.url, &["scene", "--key", "arm"]).run().json();
        (node["jointValues"]["wrist"] == 1).then_some(node)
    });
    assert_eq!(node["src"], "/workspace/my%20robot.urdf");
    assert_eq!(node["jointValues"]["elbow"], 0.5);
    let stand = load(&cloud, &[]);
    let node = vuer(&stand.url, &["scene", "--key", "scan"])
        .run()
        .done()
        .json();
    assert_eq!(
        node["vertices"],
        json!({"$bytes": "ADwAQABC"}),
        "1, 2, 3 in 16 bits each"
    );
    for (file, why) in [("no.urdf", "No such file"), ("scan.xyz", "its extension")] {
        if file == "scan.xyz" {
            dir.file(file, "");
        }
        let file = dir.path().join(file);
        trefoil(&["vuer", "load"])
            .arg(&file)
            .run()
            .exits(2)
            .says(&[why]);
    }
}
