//! `send` and `call` against the real Vuer server.

use std::time::Duration;

use serde_json::json;

use crate::support::VuerServer;
use crate::support::python::python3_or_skip;
use crate::support::trefoil::vuer;

#[test]
fn the_examples_of_the_documentation_are_read_and_handled() {
    let Some(server) = VuerServer::start_or_skip("the documented examples") else {
        return;
    };
    let sent = server
        .vuer(&["send", "HELLO", r#"{"message":"Hi!"}"#])
        .run();
    sent.done()
        .quietly()
        .prints("{\"etype\":\"HELLO\",\"read\":true}\n");
    let hello = json!({"etype": "HELLO", "value": {"message": "Hi!"}});
    assert_eq!(server.heard("HELLO"), hello);
    let value = r#"{"position":[1,0.5,0]}"#;
    let args = ["send", "MOVE_BOX", value, "--await", "UPSERT"];
    let answer = server.vuer(&args).run().done().json();
    assert_eq!(answer["data"]["nodes"][0]["position"], json!([1, 0.5, 0]));
    assert_eq!(
        server.heard("MOVE_BOX")["value"],
        json!({"position": [1, 0.5, 0]})
    );
    // The server sends floats of 32 bits; their digits are theirs.
    assert_eq!(answer["data"]["nodes"][0]["args"], json!([0.3, 0.3, 0.3]));
}

#[test]
fn exit_0_means_that_it_was_read_every_time() {
    let Some(server) = VuerServer::start_or_skip("exit 0 of send") else {
        return;
    };
    for n in 0..30 {
        server
            .vuer(&["send", "SET_POSITION", &n.to_string()])
            .run()
            .done();
        assert_eq!(server.heard("SET_POSITION")["value"], n);
    }
}

#[test]
fn what_is_typed_arrives_as_it_was_meant() {
    let Some(server) = VuerServer::start_or_skip("values on the wire") else {
        return;
    };
    let echo = |args: &[&str]| {
        let all = [&["send", "ECHO"], args, &["--await", "ECHOED"]].concat();
        let text = server.vuer(&all).run().done().stdout;
        let seen = server.heard("ECHO")["value"].clone();
        let data = text.split_once("\"data\":").expect("data").1;
        (
            seen,
            data.rsplit_once(",\"etype\"").expect("etype").0.to_owned(),
        )
    };
    for (given, printed) in [
        ("1", "1"),
        ("-7", "-7"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("hello", "\"hello\""),
        ("null", "null"),
        // The server knows extension types as pairs, and sends a pair back.
        (r#"{"$ext":[5,"AQI="]}"#, r#"[5,{"$bytes":"AQI="}]"#),
        (r#"{"a":{"$bytes":"AQL/"}}"#, r#"{"a":{"$bytes":"AQL/"}}"#),
        // The server answers floats in 32 bits.
        ("0.3", "0.3"),
    ] {
        assert_eq!(echo(&[given]).1, printed, "{given}");
    }
    assert_eq!(echo(&["0.3"]).0, json!(0.3), "64 bits");
    assert_eq!(echo(&["0.3", "--f32"]).0, json!(0.300_000_011_920_928_96));
    assert_eq!(echo(&["1", "--string"]).0, json!("1"));
    let args = ["send", "KEYS", "--ts", "5", "--field", "camera=left", "[1]"];
    server.vuer(&args).run().done();
    let seen = json!({"etype": "KEYS", "value": [1], "ts": 5, "camera": "left"});
    assert_eq!(server.heard("KEYS"), seen);
    let value = vec!["send", "ECHO", "-", "--await", "ECHOED"];
    let answer = server.vuer(&value).stdin("[1,2]\n").run().done().json();
    assert_eq!(answer["data"], json!([1, 2]));
}

#[test]
fn what_no_answer_comes_to_is_exit_124() {
    let Some(server) = VuerServer::start_or_skip("--await") else {
        return;
    };
    let args = ["send", "HELLO", "--await", "NEVER", "--timeout", "500ms"];
    let late = server.vuer(&args).run().exits(124);
    late.says(&["no NEVER", "other events", "500 ms", "--timeout"]);
    let args = ["call", "HELLO", "--reply", "NEVER", "--timeout", "500ms"];
    server.vuer(&args).run().exits(124).says(&["no NEVER"]);
}

#[test]
fn servers_choose_a_session_by_what_init_says() {
    let Some(server) = VuerServer::start_or_skip("INIT filters") else {
        return;
    };
    let session = || server.heard_where(|line| line["session"].is_string())["session"].clone();
    server.vuer(&["send", "HELLO"]).run().done();
    assert_eq!(session(), "any");
    server
        .vuer(&["send", "HELLO", "--as", "python"])
        .run()
        .done();
    assert_eq!(session(), "python");
    let init = ["send", "HELLO", "--init", r#"{"machine":"toaster"}"#];
    server.vuer(&init).run().done();
    assert_eq!(session(), "toaster");
    for bad in ["[1]", "{", "1"] {
        server
            .vuer(&["send", "HELLO", "--init", bad])
            .run()
            .exits(2)
            .says(&["--init"]);
    }
}

#[test]
fn a_call_gets_its_own_answer() {
    let Some(server) = VuerServer::start_or_skip("call") else {
        return;
    };
    for request in ["ASK", "ASK_BY_UUID"] {
        let answer = server
            .vuer(&["call", request, "21", "--reply", "ANSWER"])
            .run()
            .done();
        assert_eq!(answer.json()["data"]["twice"], 42, "{answer}");
    }
}

#[test]
fn positions_at_60_a_second_arrive_in_order_and_in_time() {
    let Some(server) = VuerServer::start_or_skip("200 positions at 60/s") else {
        return;
    };
    let lines: String = (0..200)
        .map(|n| format!("{{\"etype\":\"SET_POSITION\",\"value\":{n}}}\n"))
        .collect();
    let sent = server
        .vuer(&["send", "-", "--rate", "60"])
        .stdin(lines)
        .run()
        .done();
    assert_eq!(sent.json()["read"], 200);
    // 199 periods of 1/60 s.
    assert!(sent.took >= Duration::from_millis(3_300), "{sent}");
    for n in 0..200 {
        assert_eq!(server.heard("SET_POSITION")["value"], n);
    }
}

#[test]
fn lines_are_sent_in_order_as_fast_as_they_are_read() {
    let Some(server) = VuerServer::start_or_skip("20,000 events from stdin") else {
        return;
    };
    let lines: String = (0..20_000)
        .map(|n| format!("{{\"etype\":\"SET_POSITION\",\"value\":{n}}}\n\n"))
        .collect();
    let sent = server
        .vuer(&["send", "-"])
        .stdin(lines)
        .run()
        .done()
        .quietly();
    assert_eq!(
        (&sent.json()["sent"], &sent.json()["read"]),
        (&json!(20_000), &json!(20_000))
    );
    for n in 0..20_000 {
        assert_eq!(server.heard("SET_POSITION")["value"], n);
    }
}

#[test]
fn whoever_stops_it_is_told_how_far_it_came() {
    let Some(server) = VuerServer::start_or_skip("Ctrl-C in send -") else {
        return;
    };
    let mut send = server.vuer(&["send", "-"]).start();
    let lines = (0..300).map(|n| format!("{{\"etype\":\"SET_POSITION\",\"value\":{n}}}\n"));
    send.write(&lines.collect::<String>());
    server.heard_where(|event| event["value"] == 299);
    // Left open: the end of the input would be an end, too.
    let _stdin = send.take_stdin();
    send.interrupt();
    let stopped = send.finish().exits(130);
    assert_eq!(stopped.json()["sent"], 300);
    // The server's answer to the ping behind the 256th is there before its handlers have run.
    assert!(stopped.json()["read"].as_u64() >= Some(256), "{stopped}");
    stopped.says(&["of 300 events are known to have been read"]);
}

#[test]
fn a_bad_line_is_named_and_what_stood_before_it_is_sent() {
    let Some(server) = VuerServer::start_or_skip("bad lines") else {
        return;
    };
    let input = "{\"etype\":\"SET_POSITION\",\"value\":1}\n\noops\n{\"etype\":\"HELLO\"}\n";
    let stopped = server.vuer(&["send", "-"]).stdin(input).run().exits(7);
    assert_eq!(stopped.json()["read"], 1);
    stopped.says(&["line 3", "the event before it was read"]);
    assert_eq!(server.heard("SET_POSITION")["value"], 1);
    for (line, why) in [
        ("{\"value\":1}", "no etype"),
        ("[1]", "an event"),
        ("{\"etype\":1}", "string"),
        (
            "{\"etype\":\"A\",\"value\":99999999999999999999}",
            "64 bits",
        ),
        ("\u{feff}{}", "line 1"),
    ] {
        let refused = server.vuer(&["send", "-"]).stdin(line).run().exits(2);
        refused.says(&["line 1", why]).prints("");
    }
    let empty = server.vuer(&["send", "-"]).stdin("").run().done();
    assert_eq!(empty.json()["sent"], 0);
    for args in [
        ["send", "-", "1"],
        ["send", "-", "--ts=1"],
        ["send", "A", "--rate=1"],
    ] {
        server.vuer(&args).run().exits(2);
    }
}

#[test]
fn sixty_four_mebibytes_go_there_and_come_back() {
    let Some(server) = VuerServer::start_lifted_or_skip("64 MiB each way") else {
        return;
    };
    use base64::Engine as _;
    let bytes: Vec<u8> = (0..64 << 20)
        .map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
    let value = format!("{{\"$bytes\":\"{text}\"}}\n");
    let args = [
        "send",
        "ECHO",
        "-",
        "--await",
        "ECHOED",
        "--timeout",
        "120s",
    ];
    let long = Duration::from_secs(120);
    let echoed = server
        .vuer(&args)
        .stdin(value.as_str())
        .patience(long)
        .run()
        .done();
    assert!(echoed.stdout.contains(&text), "not the same came back");
    assert_eq!(server.heard("ECHO")["value"]["bytes"], bytes.len());
    let line = format!("{{\"etype\":\"ECHO\",\"value\":{}}}\n", value.trim_end());
    let sent = server
        .vuer(&["send", "-"])
        .stdin(line)
        .patience(long)
        .run()
        .done();
    assert_eq!(sent.json()["read"], 1);
    assert_eq!(server.heard("ECHO")["value"]["bytes"], bytes.len());
}

#[test]
fn more_than_a_server_takes_is_not_success_and_says_why() {
    let Some(server) = VuerServer::start_or_skip("messages over 4 MiB") else {
        return;
    };
    let value = format!("\"{}\"", "x".repeat(5 << 20));
    let refused = server.vuer(&["send", "ECHO", "-"]).stdin(value).run();
    refused
        .exits(7)
        .says(&["whether ECHO was read is unknown", "4 MiB"])
        .prints("");
}

#[test]
fn tls_is_checked_and_can_be_trusted() {
    let Some(server) = VuerServer::start_tls_or_skip("wss") else {
        return;
    };
    let untrusted = server.vuer(&["send", "HELLO", "1"]).run().exits(1);
    untrusted.says(&["certificate", "--ca", "--insecure"]);
    let trusted = ["send", "HELLO", "1", "--ca", server.certificate()];
    server.vuer(&trusted).run().done();
    server
        .vuer(&["send", "HELLO", "2", "--insecure"])
        .run()
        .done();
    let by_variable = server.vuer(&["send", "HELLO", "3"]);
    by_variable.env("VUER_SSL_VERIFY", "false").run().done();
    let checked = server.vuer(&["send", "HELLO", "4"]);
    checked.env("VUER_SSL_VERIFY", "true").run().exits(1);
    for n in [1, 2, 3] {
        assert_eq!(server.heard("HELLO")["value"], n);
    }
}

#[test]
fn a_terminal_gets_words() {
    if !python3_or_skip("what a terminal shows") {
        return;
    }
    let Some(server) = VuerServer::start_or_skip("what a terminal shows") else {
        return;
    };
    let shown = server.vuer(&["send", "HELLO"]).on_terminal().run().done();
    let expected = format!("HELLO\u{1b}[0m  read by {}", server.url());
    assert!(shown.stdout.contains(&expected), "{shown}");
    let shown = server
        .vuer(&["send", "HELLO", "--await", "UPSERT"])
        .on_terminal()
        .run();
    assert!(
        shown.stdout.contains("{\"nodes\":[{\"key\":\"box\""),
        "{shown}"
    );
}

#[test]
fn no_rate_is_too_slow_for_the_clock() {
    for rate in ["1e-30", "0", "NaN"] {
        vuer("ws://127.0.0.1:1", &["send", "-", "--rate", rate])
            .run()
            .exits(2);
    }
}
