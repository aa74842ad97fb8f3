//! `forge batch`: a file of prompts, each paid for once, however often the batch is killed and
//! continued.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, result};
use crate::support::{Counter, Forge, Output, PATIENCE, Service, Trefoil, eventually};

/// A place with an input, and a journal that is still to be made.
pub struct Place {
    pub home: Dir,
}

impl Place {
    pub fn with(lines: &[&str]) -> Place {
        let home = Dir::new();
        home.file("in.ndjson", lines.join("\n"));
        Place { home }
    }

    pub fn journal(&self) -> PathBuf {
        self.home.path().join("journal")
    }

    /// The command's arguments with these more.
    pub fn line<'a>(&self, more: &[&'a str]) -> Vec<&'a str> {
        [&["batch", "in.ndjson", "--journal", "journal"], more].concat()
    }

    pub fn batch(&self, service: &Service, more: &[&str]) -> Trefoil {
        service.forge(&self.line(more)).in_home(&self.home)
    }

    pub fn fake(&self, forge: &Forge, more: &[&str]) -> Trefoil {
        forge.forge(&self.line(more)).in_home(&self.home)
    }
}

/// What was printed, a document a line.
pub fn results(out: &Output) -> Vec<Value> {
    let lines = out.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

/// The lines and the outcomes of results.
pub fn outcomes(out: &Output) -> Vec<(u64, String)> {
    results(out)
        .iter()
        .map(|result| {
            let outcome = result["outcome"].as_str().expect("an outcome");
            (result["line"].as_u64().expect("a line"), outcome.to_owned())
        })
        .collect()
}

pub fn all_done(lines: impl IntoIterator<Item = u64>) -> Vec<(u64, String)> {
    lines
        .into_iter()
        .map(|line| (line, "done".to_owned()))
        .collect()
}

/// How often each prompt was started, by the service's own log.
pub fn starts(service: &Service) -> BTreeMap<String, usize> {
    let mut starts = BTreeMap::new();
    for record in service.audit() {
        if record["event"] == "start" {
            let prompt = record["prompt_sha256"].as_str().expect("a hash").to_owned();
            *starts.entry(prompt).or_default() += 1;
        }
    }
    starts
}

#[test]
pub fn results_come_in_the_order_of_their_lines_or_as_they_come() {
    let service = Service::start(&[]);
    let lines = [
        "\"lines 2 0.3\"",
        "",
        "{\"prompt\":\"quick\",\"model\":\"haiku\"}",
    ];
    let place = Place::with(&lines);
    let out = place.batch(&service, &[]).run().done();
    assert_eq!(outcomes(&out), all_done([1, 3]));
    let shown = results(&out);
    assert_eq!(shown[0]["reply"]["result"], "l0\nl1\n");
    assert_eq!(
        (&shown[1]["status"], &shown[1]["reply"]["cost_usd"]),
        (&json!(200), &json!(0.01))
    );
    assert!(
        out.stderr.contains("2 done · 0.0200 USD · journal journal"),
        "{out}"
    );
    let runs = service.ask("GET", "/runs", None).json();
    let models: Vec<&Value> = runs["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| &run["model"])
        .collect();
    assert!(
        models.contains(&&json!("haiku")) && models.contains(&&json!("sonnet")),
        "{runs}"
    );
    assert_eq!(place.home.mode(&place.journal()), 0o600);
    let journal = std::fs::read_to_string(place.journal()).expect("there");
    assert!(!journal.contains(&service.token), "{journal}");
    let other = Place::with(&lines);
    let out = other.batch(&service, &["--unordered"]).run().done();
    assert_eq!(outcomes(&out), all_done([3, 1]));
    // One after the other.
    let single = Place::with(&["\"a\"", "\"b\""]);
    let filter = ["--concurrency", "1", "-r", "--jq", ".reply.result"];
    single
        .batch(&service, &filter)
        .run()
        .done()
        .prints("1: a\n1: b\n");
    // A filter that fails on a paid result does not end the batch.
    let odd = Place::with(&["\"a\"", "\"7\"", "\"b\""]);
    let filter = [
        "--concurrency",
        "1",
        "--jq",
        ".reply.result | ltrimstr(\"1: \") | tonumber",
    ];
    let out = odd.batch(&service, &filter).run().exits(7).prints("7\n");
    out.says(&[
        "3 of 3 lines are done",
        "--jq failed on 2 of 3",
        "in the journal",
    ]);
    let none = Place::with(&[""]);
    none.batch(&service, &[]).run().done().quietly().prints("");
}

#[test]
fn a_bad_line_is_named_and_nothing_is_sent() {
    let forge = Forge::unasked();
    let place = Place::with(&["\"one\"", "two", "{\"prompt\":\"x\",\"promt\":1}"]);
    let out = place.fake(&forge, &[]).run().exits(2).prints("");
    out.says(&["line 2", "line 3", "promt", "nothing was sent"]);
    assert!(!place.journal().exists());
    let place = Place::with(&["\"one\""]);
    place
        .fake(&forge, &["--resume"])
        .run()
        .exits(2)
        .says(&["no journal"]);
    place
        .fake(&forge, &["--retry-unknown"])
        .run()
        .exits(2)
        .says(&["--resume"]);
    place.fake(&forge, &["--concurrency", "0"]).run().exits(2);
    let token = place.fake(&forge, &[]).env("CLAWDFORGE_TOKEN", "");
    token.run().exits(3);
    assert!(!place.journal().exists());
    // A file that is something else is left alone.
    place.home.file("journal", "{\"mine\":1}\n");
    place
        .fake(&forge, &[])
        .run()
        .exits(2)
        .says(&["already", "--resume"]);
    place
        .fake(&forge, &["--resume"])
        .run()
        .exits(2)
        .says(&["not the journal"]);
    assert_eq!(
        std::fs::read_to_string(place.journal()).expect("there"),
        "{\"mine\":1}\n"
    );
}

#[test]
fn the_exit_code_says_whether_all_some_or_nothing_is_done() {
    let service = Service::start(&[]);
    let poor = service.mint("poor", json!({"models": ["haiku"]}));
    for (lines, code, said) in [
        (
            &["\"a\"", "\"fail no\""][..],
            7,
            "1 of 2 lines are not done: 1 done, 1 failed",
        ),
        (&["\"fail no\"", "\"die x\""], 5, "2 of 2 lines"),
    ] {
        let place = Place::with(lines);
        let out = place
            .batch(&service, &[])
            .run()
            .exits(code)
            .says(&[said, "line 2: failed"]);
        assert_eq!(results(&out).len(), 2);
        // A failed run was paid for and is not repeated.
        let before = service.starts();
        let again = place.batch(&service, &["--resume"]).run().exits(code);
        assert_eq!((again.stdout, service.starts()), (out.stdout, before));
    }
    let place = Place::with(&["\"a\"", "\"b\""]);
    let refused = place
        .batch(&service, &[])
        .env("CLAWDFORGE_TOKEN", &poor)
        .run();
    assert_eq!(
        outcomes(&refused.exits(4)),
        [(1, "refused".to_owned()), (2, "refused".to_owned())]
    );
    // Nothing was begun, so the line can be corrected and sent.
    place
        .home
        .file("in.ndjson", "{\"prompt\":\"a\",\"model\":\"haiku\"}\n\"b\"");
    let out = place
        .batch(&service, &["--resume"])
        .env("CLAWDFORGE_TOKEN", &poor)
        .run();
    assert_eq!(
        outcomes(&out.exits(7)),
        [(1, "done".to_owned()), (2, "refused".to_owned())]
    );
    let wrong = Place::with(&["\"a\"", "\"b\"", "\"c\""]);
    let out = wrong
        .batch(&service, &["--concurrency", "1"])
        .env("CLAWDFORGE_TOKEN", "cf_wrong");
    let out = out
        .run()
        .exits(4)
        .says(&["1 refused, 2 left", "nothing more was sent"]);
    assert_eq!(results(&out).len(), 1, "no use to go on");
    let url = ["--url", "http://127.0.0.1:1"];
    Place::with(&["\"a\""]).batch(&service, &url).run().exits(1);
}

/// Why nothing more is sent is printed once, however many lines it was said to. The results have it.
#[test]
fn a_reason_that_concerns_all_lines_is_printed_once() {
    let forge = Forge::new(|_| {
        let why = "this token's budget of 5 USD a day is spent";
        Answer::Later(429, 46_102, json!({"error": why}))
    });
    for form in ["ndjson", "table"] {
        let place = Place::with(&["\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\""]);
        let out = place.fake(&forge, &["-o", form]).run().exits(4);
        assert_eq!(out.stderr.matches("is spent").count(), 1, "{out}");
        let out = out.says(&["nothing more was sent: ", "Try again in 12 h 48 min"]);
        if form == "ndjson" {
            for result in results(&out) {
                let error = result["error"].as_str().expect("text");
                assert!(error.contains("is spent"), "{out}");
            }
        } else {
            assert!(out.stdout.contains("line 1  refused"), "{out}");
            assert!(!out.stdout.contains("is spent"), "{out}");
        }
    }
    // Two reasons are both printed.
    let forge = Forge::new(|request| match request.json()["prompt"].as_str() {
        Some("a") => Answer::Json(401, json!({"error": "the first reason"})),
        _ => Answer::Json(403, json!({"error": "the second reason"})),
    });
    let place = Place::with(&["\"a\"", "\"b\""]);
    let out = place.fake(&forge, &[]).run().exits(4);
    for reason in ["the first reason", "the second reason"] {
        assert_eq!(out.stderr.matches(reason).count(), 1, "{out}");
    }
}

#[test]
fn a_busy_service_is_waited_for_but_not_until_tomorrow() {
    let (asked, told) = (Counter::default(), Counter::default());
    let forge = Forge::new(move |request| match request.json()["prompt"].as_str() {
        Some("busy") if asked.next() < 3 => Answer::Header(429, "retry-after", "0".into()),
        Some("broke") if told.next() < 2 => Answer::Header(429, "retry-after", "40000".into()),
        prompt => result(json!(prompt)),
    });
    let place = Place::with(&["\"busy\"", "\"broke\"", "\"c\""]);
    let out = place.fake(&forge, &["--concurrency", "1"]).run().exits(7);
    out.says(&[
        "line 1: ",
        "again in",
        "1 done, 1 refused, 1 left",
        "Try again in 11 h 7 min",
    ]);
    let out = place.fake(&forge, &["--resume"]).run().done();
    assert_eq!(outcomes(&out), all_done(1..=3));
    assert_eq!(forge.lines().len(), 6);
}

#[test]
fn as_many_are_started_as_wanted_and_none_for_a_reader_that_has_gone() {
    let service = Service::start(&[]);
    let lines = ["\"lines 1 0.1\""; 20];
    let place = Place::with(&lines);
    let out = place.batch(&service, &["--max-runs", "2"]).run().exits(7);
    out.says(&["18 of 20 lines are not done: 2 done, 18 left", "--resume"]);
    assert_eq!(service.starts(), 2);
    let unread = place
        .batch(&service, &["--resume", "--concurrency", "2"])
        .stdout_unread()
        .run();
    unread.exits(7).says(&["nothing more was sent", "--resume"]);
    let started = service.starts();
    assert!(
        started < 8,
        "{started} were paid for, and nobody read the first result"
    );
    // Ctrl-C: running requests go on, and their outcome is asked for later.
    let running = place
        .batch(&service, &["--resume", "--concurrency", "2"])
        .start();
    eventually("two more", || {
        (service.starts() > started + 1).then_some(())
    });
    running.interrupt();
    running
        .finish()
        .exits(130)
        .says(&["interrupted", "under way", "--resume"]);
    let last = place.batch(&service, &["--resume"]).run().done();
    assert_eq!(outcomes(&last), all_done(1..=20));
    assert_eq!(service.starts(), 20);
}

/// The prompts and the answers are on disk, and never all in memory, also when it is gone on with.
#[test]
fn a_batch_of_any_length_takes_the_same_memory() {
    const LINES: usize = 60;
    /// KiB. It takes 5 to 12 MiB; with the prompts in memory it would be 48 MB more.
    const MOST: u64 = 32 * 1024;
    let (go, gate) = channel::<()>();
    let (arrived, last) = channel::<()>();
    let gate = Mutex::new((arrived, gate));
    let forge = Forge::new(move |request| {
        if request.body.len() < 1_000 {
            let gate = gate.lock().expect("no panic");
            gate.0.send(()).expect("the test waits");
            gate.1.recv().expect("the test says when");
        }
        result(json!("y".repeat(100_000)))
    });
    let long = json!("x".repeat(800_000)).to_string();
    let mut lines = vec![long.as_str(); LINES - 1];
    lines.push("\"last\"");
    let place = Place::with(&lines);
    let run = place.fake(&forge, &["--jq", ".line"]).start();
    last.recv_timeout(4 * PATIENCE).expect("the last line");
    let peak = run.peak_memory();
    assert!(peak < MOST, "{peak} KiB for 48 MB of prompts");
    go.send(()).expect("it waits");
    assert_eq!(results(&run.finish().done()).len(), LINES);
    lines.push("\"one more\"");
    place.home.file("in.ndjson", lines.join("\n"));
    let run = place.fake(&forge, &["--resume", "--jq", ".line"]).start();
    last.recv_timeout(4 * PATIENCE).expect("one more line");
    let peak = run.peak_memory();
    assert!(peak < MOST, "{peak} KiB to go on with it");
    go.send(()).expect("it waits");
    assert_eq!(results(&run.finish().done()).len(), LINES + 1);
}
