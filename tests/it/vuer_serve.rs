//! `vuer serve` without a browser: our own client, the Python client, and clients written by hand.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rmpv::Value as Pack;
use serde_json::{Value, json};
use tungstenite::Message;

use crate::support::dir::Dir;
use crate::support::trefoil::{trefoil, vuer};
use crate::support::{PATIENCE, Running, Stand, eventually, python};

const BOX: &str = "{\"tag\":\"Box\",\"key\":\"box\",\"position\":[0,1,0]}\n";

/// What HTTP answers: the head and the body.
fn http(stand: &Stand, request: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(stand.authority()).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("it answers");
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let body = bytes.split_off(end + 4);
    (String::from_utf8(bytes).expect("ASCII"), body)
}

fn get(stand: &Stand, path: &str) -> (String, Vec<u8>) {
    http(
        stand,
        &format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", stand.authority()),
    )
}

/// The scene of a server as `vuer scene` prints it.
fn scene(stand: &Stand) -> Value {
    stand.vuer(&["scene"]).run().done().json()
}

#[test]
fn lines_become_the_scene_and_whoever_comes_late_has_it_all() {
    let mut stand = Stand::start(&[]);
    stand.process.write(BOX);
    let mut recv = stand.vuer(&["recv"]).start();
    let set = recv.record();
    assert_eq!(set["etype"], "SET");
    assert_eq!(
        set["data"]["children"],
        json!([{"key": "box", "tag": "Box", "position": [0, 1, 0]}])
    );
    stand
        .process
        .write("{\"update\":{\"key\":\"box\",\"position\":[0,2,0]}}\n");
    let upsert = recv.record();
    assert_eq!(upsert["etype"], "UPSERT");
    assert_eq!(
        upsert["data"],
        json!({"nodes": [{"key": "box", "position": [0, 2, 0]}], "to": null})
    );
    stand
        .process
        .write("{\"tag\":\"Urdf\",\"key\":\"robot\"}\n{\"joints\":{\"arm\":0.7}}\n");
    recv.record();
    stand
        .process
        .write("{\"remove\":[\"box\"]}\n{\"etype\":\"PULSE\",\"data\":1}\n");
    assert_eq!(recv.record()["data"], json!({"keys": ["box"]}));
    assert_eq!(
        recv.record()["etype"],
        "PULSE",
        "behind what came before it"
    );
    assert_eq!(
        scene(&stand)["children"],
        json!([{"key": "robot", "tag": "Urdf", "jointValues": {"arm": 0.7}}])
    );
    stand.process.interrupt();
    recv.finish().exits(1).says(&["1001"]);
    stand.process.finish().done();
}

#[test]
fn bad_lines_are_named_and_the_others_are_served() {
    let dir = Dir::new();
    let lines = format!(
        "{BOX}nonsense\n[1]\n{{\"a\":1}}\n{{\"tag\":\"Box\"}}\n{{\"remove\":\"no\"}}\n\
         {{\"etype\":\"ADD\",\"data\":{{\"nodes\":[{{\"key\":\"x\"}}],\"to\":\"nowhere\"}}}}\n"
    );
    let file = dir.file("ops.ndjson", lines);
    let file = file.to_str().expect("ASCII");
    let serve = trefoil(&[
        "vuer",
        "serve",
        file,
        "--bind",
        "127.0.0.1:0",
        "--exit-on-eof",
    ]);
    serve.run().exits(7).says(&[
        "line 2:",
        "line 3:",
        "line 4:",
        "line 5: an element needs a key",
        "line 6: the scene has no node 'no'",
        "line 7: the scene has no node 'nowhere'",
        "6 of 7 lines",
    ]);
    let missing = ["vuer", "serve", "no-such-file", "--bind", "127.0.0.1:0"];
    trefoil(&missing).run().exits(2).says(&["no-such-file"]);
}

/// Whatever a line says, the scene is a scene: lists of elements, and tags that are names.
#[test]
fn a_line_that_would_break_the_scene_is_refused() {
    let dir = Dir::new();
    let lines = format!(
        "{BOX}{{\"etype\":\"SET\",\"data\":{{\"children\":5}}}}\n\
         {{\"etype\":\"SET\",\"data\":{{\"bgChildren\":[5]}}}}\n\
         {{\"tag\":5,\"key\":\"x\"}}\n\
         {{\"tag\":\"group\",\"key\":\"g\",\"children\":[{{\"tag\":[],\"key\":\"y\"}}]}}\n\
         {{\"update\":{{\"key\":\"box\",\"tag\":null}}}}\n\
         {{\"tag\":\"Html\",\"key\":\"words\",\"children\":5}}\n"
    );
    let stand = Stand::start(&[dir.file("ops", lines).to_str().expect("ASCII")]);
    stand.process.wait_says("line 6:");
    let children = scene(&stand)["children"].clone();
    let keys: Vec<&Value> = children
        .as_array()
        .into_iter()
        .flatten()
        .map(|child| &child["key"])
        .collect();
    assert_eq!(keys, ["box", "words"], "{children}");
    let said = stand.process.stderr();
    for line in [
        "line 2: 'children' of the scene must be a list of elements",
        "line 3: 'bgChildren' of the scene must be a list of elements",
        "line 4: a tag must be a string",
        "line 5: a tag must be a string",
        "line 6: a tag must be a string",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn what_a_client_did_wrong_is_said() {
    let stand = Stand::start(&["--max-clients", "2"]);
    let no_event = Pack::Map(vec![("value".into(), 1.into())]);
    let wrongs: [(&str, Message); 4] = [
        ("text", Message::text("hello")),
        ("message", Message::binary(b"\x81\xa5ety".to_vec())),
        (
            "etype",
            Message::binary(crate::support::vuer::packed(&no_event)),
        ),
        ("binary", Message::binary(Vec::new())),
    ];
    for (number, (part, wrong)) in (1..).zip(wrongs) {
        let mut client = stand.client("one");
        client.0.send(wrong).expect("sent");
        stand
            .process
            .wait_says(&format!("client {number} was disconnected: "));
        while client.receive().is_ok() {}
        let said = stand.process.stderr();
        let line = said.lines().last().expect("a line");
        assert!(part == "binary" || line.contains(part), "{part}: {line}");
    }
    let mut early = stand.stranger();
    early.send(&Pack::Map(vec![("etype".into(), "A\nwarning: B".into())]));
    stand
        .process
        .wait_says("client 5 was disconnected: the first event of a client must be INIT");
    assert_eq!(stand.process.stderr().matches("\nwarning: B").count(), 0);
    while early.receive().is_ok() {}
    let _two = [stand.client("a"), stand.client("b")];
    let mut many = stand.client("one too many");
    stand.process.wait_says("--max-clients");
    while many.receive().is_ok() {}
}

#[test]
fn a_client_cannot_say_that_it_has_gone() {
    let mut stand = Stand::start(&[]);
    let mut client = stand.client("liar");
    client.send(&Pack::Map(vec![
        ("etype".into(), "DISCONNECT".into()),
        ("gone".into(), true.into()),
    ]));
    let said = stand.event("DISCONNECT");
    assert_eq!(said["gone"], Value::Null, "{said}");
    drop(client);
    let gone = stand.event("DISCONNECT");
    assert_eq!((&gone["gone"], &gone["client"]), (&json!(true), &json!(1)));
}

#[test]
fn the_end_of_stdin_does_not_end_serving_unless_it_is_to() {
    let mut stand = Stand::start(&[]);
    stand.process.write(BOX);
    drop(stand.process.take_stdin());
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(scene(&stand)["children"][0]["key"], "box");
    let mut stand = Stand::start(&["--exit-on-eof", "--rate", "2"]);
    stand.process.write(BOX);
    let mut recv = stand.vuer(&["recv"]).start();
    recv.record();
    // The last state is sent although the rate would have it later.
    stand
        .process
        .write("{\"key\":\"box\",\"position\":[9,9,9]}\n");
    drop(stand.process.take_stdin());
    assert_eq!(
        recv.record()["data"]["nodes"][0]["position"],
        json!([9, 9, 9])
    );
    recv.finish().exits(1).says(&["1001"]);
    stand.process.finish().done().within(PATIENCE);
}

/// A server with this filter, which prints no line when it is ready, and its URL.
fn filtered(filter: &str) -> (Running, String) {
    let serve = [
        "vuer",
        "serve",
        "--bind",
        "127.0.0.1:0",
        "--page",
        "builtin",
    ];
    let serve = trefoil(&serve).args(&["--jq", filter]).start();
    let url = eventually("the link", || {
        let said = serve.stderr();
        let port = said.split("127.0.0.1:").nth(1)?.split('/').next()?;
        Some(format!("ws://127.0.0.1:{port}"))
    });
    (serve, url)
}

#[test]
fn one_event_that_the_filter_fails_on_does_not_end_it() {
    let (mut serve, url) = filtered("select(.etype == \"HELLO\") | .value + 1");
    for value in ["1", "\"odd\"", "3"] {
        vuer(&url, &["send", "HELLO", value]).run().done();
    }
    assert_eq!(serve.next_line(), "2");
    assert_eq!(serve.next_line(), "4");
    serve.terminate();
    let ended = serve.finish().exits(7);
    ended.says(&["warning: --jq", "--jq failed on 1 of"]);
}

#[test]
fn what_clients_say_is_printed_with_who_and_when() {
    let mut stand = Stand::start(&[]);
    stand.vuer(&["send", "HELLO", "{\"a\":1}"]).run().done();
    let init = stand.event("INIT");
    assert_eq!(
        (&init["client"], &init["value"]["client"]),
        (&json!(1), &json!("trefoil"))
    );
    let hello = stand.event("HELLO");
    assert_eq!(hello["value"], json!({"a": 1}));
    assert!(hello["received"].as_u64().expect("ms") > 1_700_000_000_000);
    assert_eq!(stand.event("DISCONNECT")["client"], 1);
    let (mut filtered, url) = filtered("select(.etype == \"HELLO\") | [.client, .value.a]");
    vuer(&url, &["send", "HELLO", "{\"a\":2}"]).run().done();
    assert_eq!(filtered.next_line(), "[1,2]");
}

#[test]
fn a_command_is_served_for_as_long_as_it_runs() {
    let say = format!(
        "printf '%s' '{}'; sleep 0.3; echo $VUER_CLIENT_URI >&2; exit 3",
        BOX.trim()
    );
    let mut stand = Stand::start(&["--script", "--", "sh", "-c", &say]);
    let mut recv = stand.vuer(&["recv"]).start();
    assert_eq!(recv.record()["data"]["children"][0]["key"], "box");
    let url = stand.url.clone();
    stand.event("DISCONNECT");
    stand.process.finish().exits(3).says(&[&url]);
    let to = [
        "vuer",
        "serve",
        "--bind",
        "127.0.0.1:0",
        "--relay",
        "--",
        env!("CARGO_BIN_EXE_trefoil"),
    ];
    let send = [
        "vuer",
        "send",
        "UPSERT",
        "{\"nodes\":[{\"tag\":\"Box\",\"key\":\"b\"}]}",
    ];
    trefoil(&[&to[..], &send[..]].concat()).run().done();
    trefoil(&["vuer", "serve", "--", "no-such-command"])
        .run()
        .exits(127);
}

#[test]
fn a_fifo_may_be_written_again_and_again() {
    let dir = Dir::new();
    let fifo = dir.path().join("ops");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo, of coreutils").success());
    let stand = Stand::start(&[fifo.to_str().expect("ASCII")]);
    for key in ["a", "b"] {
        std::fs::write(&fifo, format!("{{\"tag\":\"Box\",\"key\":\"{key}\"}}\n"))
            .expect("it reads");
        eventually("the node", || {
            let scene = stand.vuer(&["scene", "--key", key]).run();
            (scene.code == 0).then_some(())
        });
    }
}

#[test]
fn a_scene_is_mirrored_by_a_pipe() {
    let mut first = Stand::start(&[]);
    first.process.write(BOX);
    let mut recv = first.vuer(&["recv"]).start_piped();
    let mirror = trefoil(&[
        "vuer",
        "serve",
        "--bind",
        "127.0.0.1:0",
        "-o",
        "json",
        "--page",
        "builtin",
    ]);
    let mut mirror = mirror.stdin_from(&mut recv).start_piped();
    let url = mirror.record()["url"].as_str().expect("a URL").to_owned();
    first
        .process
        .write("{\"key\":\"box\",\"position\":[5,5,5]}\n");
    eventually("the mirrored position", || {
        let scene = vuer(&url, &["scene", "--key", "box"]).run();
        (scene.code == 0 && scene.json()["position"] == json!([5, 5, 5])).then_some(())
    });
}

#[test]
fn programs_write_the_scene_only_when_they_may() {
    let node = "{\"nodes\":[{\"tag\":\"Box\",\"key\":\"b\"}]}";
    let mut stand = Stand::start(&[]);
    stand.vuer(&["send", "UPSERT", node]).run().done();
    assert_eq!(
        stand.event("UPSERT")["value"]["nodes"][0]["key"],
        "b",
        "printed as any event"
    );
    stand.vuer(&["scene"]).run().exits(6);
    let stand = Stand::start(&["--relay"]);
    stand.vuer(&["send", "UPSERT", node]).run().done();
    assert_eq!(scene(&stand)["children"][0]["key"], "b");
}

#[test]
fn the_python_client_is_served() {
    let Some(python) = python::vuer_or_skip("vuer serve with the Python client") else {
        return;
    };
    let mut stand = Stand::start(&["--relay"]);
    stand.process.write(BOX);
    let script =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/vuer_watch.py");
    let output = std::process::Command::new(python)
        .arg(script)
        .arg(&stand.url)
        .output()
        .expect("python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(said.trim(), "SET box");
    assert_eq!(stand.event("INIT")["value"]["client"], "python");
    assert_eq!(stand.event("HELLO")["value"], json!({"x": 1.5}));
    assert_eq!(scene(&stand)["children"][1]["key"], "from-python");
}

/// However fast the input, a client gets what it can take: the latest state, seldom.
#[test]
fn a_flood_is_coalesced_and_a_slow_reader_costs_nobody_anything() {
    let mut stand = Stand::start(&["--rate", "20"]);
    let mut slow = stand.client("slow");
    let mut quick = stand.client("quick");
    let mut stdin = stand.process.take_stdin().expect("piped");
    let count = 200_000_u32;
    let began = Instant::now();
    std::thread::spawn(move || {
        let mut lines = String::new();
        for n in 0..count {
            lines.push_str(&format!(
                "{{\"tag\":\"Box\",\"key\":\"n{}\",\"n\":{n}}}\n",
                n % 200
            ));
        }
        stdin.write_all(lines.as_bytes()).expect("it reads");
        stdin
    })
    .join()
    .expect("no panic");
    let mut messages = 0;
    let last = |data: &Pack| {
        let text = data.to_string();
        text.contains(&(count - 1).to_string())
    };
    loop {
        let (_, data) = quick.receive().expect("it is served");
        messages += 1;
        if last(&data) {
            break;
        }
    }
    let most = began.elapsed().as_secs() * 20 + 25;
    assert!(messages <= most, "{messages} messages to the quick one");
    // It has not answered one ping, and so was sent one message; now it gets the latest.
    let (etype, _) = slow.receive().expect("a SET");
    assert_eq!(etype, "SET");
    let mut messages = 1;
    loop {
        let (_, data) = slow.receive().expect("it is served");
        messages += 1;
        if last(&data) {
            break;
        }
    }
    assert!(messages <= 3, "{messages} messages to the slow one");
}

#[test]
fn integers_travel_so_that_a_page_reads_them() {
    let mut stand = Stand::start(&[]);
    stand
        .process
        .write("{\"tag\":\"Box\",\"key\":7,\"small\":255,\"large\":4294967296,\"minus\":-1}\n");
    let mut page = stand.client("browser");
    let set = loop {
        let message = page.0.read().expect("a message");
        if let Message::Binary(bytes) = message
            && bytes.windows(5).any(|five| five == b"small")
        {
            break bytes;
        }
    };
    let has = |part: &[u8]| set.windows(part.len()).any(|window| window == part);
    assert!(has(b"\xa3key\xa17"), "the key is a string");
    assert!(has(b"\xa5small\xcc\xff"));
    assert!(has(b"\xa5large\xcb\x41\xf0\0\0\0\0\0\0"), "a float");
    assert!(has(b"\xa5minus\xff"));
    assert!(has(b"GrabRender"), "a page can take pictures");
}

#[test]
fn hostile_clients_are_let_go_and_the_others_served() {
    let mut stand = Stand::start(&["--max-clients", "3"]);
    stand.process.write(BOX);
    let mut good = stand.client("good");
    good.receive_only("SET");
    let mut text = stand.client("text");
    text.0.send(Message::text("hello")).expect("sent");
    let mut garbage = stand.client("garbage");
    let closed = |client: &mut crate::support::stand::Client| loop {
        if let Err(code) = client.receive() {
            return code;
        }
    };
    assert_eq!(closed(&mut text), Some(1002));
    garbage
        .0
        .send(Message::binary(b"\xc1".to_vec()))
        .expect("sent");
    assert_eq!(closed(&mut garbage), Some(1008));
    let mut early = stand.stranger();
    early.send(&Pack::Map(vec![("etype".into(), "HELLO".into())]));
    assert_eq!(closed(&mut early), Some(1008));
    let (_a, _b) = (stand.client("a"), stand.client("b"));
    let mut many = stand.client("one too many");
    assert_eq!(closed(&mut many), Some(1013));
    stand.process.write("{\"key\":\"box\",\"x\":1}\n");
    good.receive_only("UPSERT");
}

/// The page of the Python package drops a request that comes before it has loaded what makes pictures.
/// A page that has made one is not asked twice: it is slow.
#[test]
fn a_page_that_does_not_answer_is_asked_for_a_picture_again() {
    let stand = Stand::start(&["--page", "builtin"]);
    let mut page = stand.client("browser");
    let dir = Dir::new();
    let file = dir.path().join("a.jpg");
    let answering = std::thread::spawn(move || {
        let mut requests = 0;
        while let Ok((etype, _)) = page.receive() {
            requests += i32::from(etype == "GRAB_RENDER");
            if etype != "GRAB_RENDER" || requests == 1 {
                continue;
            }
            if requests == 3 {
                std::thread::sleep(Duration::from_secs(6));
            }
            let rtype = format!("GRAB_RENDER_RESPONSE@trefoil-{requests}");
            let frame = Pack::Map(vec![("frame".into(), Pack::Binary(b"a picture".to_vec()))]);
            page.send(&Pack::Map(vec![
                ("etype".into(), rtype.into()),
                ("ts".into(), 1.into()),
                ("value".into(), frame),
            ]));
        }
        requests
    });
    let path = file.to_str().expect("ASCII");
    stand.vuer(&["grab", "-O", path]).run().done();
    assert_eq!(std::fs::read(&file).expect("a file"), b"a picture");
    drop(stand);
    let requests = answering.join().expect("no panic");
    assert_eq!(requests, 3, "one was dropped, and one was slow");
}

#[test]
fn only_who_may_is_let_in() {
    let dir = Dir::new();
    std::fs::create_dir(dir.path().join("assets")).expect("ours");
    dir.file("secret", "secret");
    dir.file("assets/robot.urdf", "<robot/>");
    let assets = dir.path().join("assets");
    let stand = Stand::start(&["--assets", assets.to_str().expect("ASCII")]);
    let (head, _) = get(&stand, "/");
    assert!(head.starts_with("HTTP/1.1 302"), "{head}");
    let link = stand.link.clone();
    let (_, path) = link
        .split_once(stand.authority())
        .expect("the link is to it");
    assert!(head.contains(&format!("Location: {path}")), "{head}");
    let (head, body) = get(&stand, path);
    assert!(
        head.contains("text/html") && body.starts_with(b"<!doctype html>"),
        "{head}"
    );
    let (head, body) = get(&stand, "/workspace/robot.urdf");
    assert!(
        head.starts_with("HTTP/1.1 200") && body == b"<robot/>",
        "{head}"
    );
    for path in [
        "/workspace/../secret",
        "/workspace/%2e%2e/secret",
        "/workspace/",
    ] {
        assert!(get(&stand, path).0.starts_with("HTTP/1.1 404"), "{path}");
    }
    let (head, _) = http(&stand, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 421"), "{head}");
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let (head, _) = http(
        &stand,
        &format!(
            "GET / HTTP/1.1\r\nHost: {}\r\nOrigin: http://evil.example\r\n{upgrade}\r\n",
            stand.authority()
        ),
    );
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    stand.process.interrupt();
    let token = dir.file("token", "0123456789abcdef\n");
    let stand = Stand::start(&["--token-file", token.to_str().expect("ASCII")]);
    assert!(get(&stand, "/").0.starts_with("HTTP/1.1 401"));
    assert!(stand.url.contains("0123456789abcdef") && stand.link.contains("ws=ws://"));
    stand.vuer(&["send", "HELLO"]).run().done();
    vuer(&format!("ws://{}", stand.authority()), &["send", "HELLO"])
        .run()
        .exits(4)
        .says(&["401"]);
}

#[test]
fn doing_nothing_takes_no_processor_time() {
    let mut stand = Stand::start(&[]);
    stand.process.write(BOX);
    let mut clients = [stand.client("a"), stand.client("b")];
    for client in &mut clients {
        client.receive_only("SET");
        client.0.flush().expect("the pong leaves");
    }
    // User and system time, in hundredths of a second.
    let used = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", stand.process.id()));
        let stat = stat.expect("Linux");
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .expect("fields")
            .split_whitespace()
            .collect();
        fields[11].parse::<u64>().expect("a number") + fields[12].parse::<u64>().expect("a number")
    };
    std::thread::sleep(Duration::from_millis(300));
    let before = used();
    std::thread::sleep(Duration::from_secs(2));
    assert!(
        used() - before <= 1,
        "{} ticks in two seconds",
        used() - before
    );
}

#[test]
fn a_terminal_sees_who_is_there_and_what_happened_last() {
    for command in [&[][..], &["--", "sleep", "60"]] {
        let serve = [
            "vuer",
            "serve",
            "--bind",
            "127.0.0.1:0",
            "--page",
            "builtin",
        ];
        let serve = trefoil(&[&serve[..], command].concat());
        let mut pty = serve
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .on_pty(100, 24);
        pty.shows(&["open http://127.0.0.1:"]);
        pty.shows(&["0 pages", "0 programs", "operations 0/s"]);
        let text = pty.text();
        let port = text.split("open http://127.0.0.1:").nth(1).expect("a link");
        let port: String = port.chars().take_while(char::is_ascii_digit).collect();
        let url = format!("ws://127.0.0.1:{port}");
        vuer(&url, &["send", "HELLO"]).run().done();
        pty.shows(&["last DISCONNECT of 1"]);
        let waiting = vuer(&url, &["recv"]).start();
        pty.shows(&["1 program "]);
        drop(waiting);
        pty.shows(&["0 programs"]);
        pty.types("\x03");
        pty.ends(if command.is_empty() { 0 } else { 130 });
    }
}
