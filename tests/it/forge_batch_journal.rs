//! The journal of `forge batch`: whatever kills a batch, going on with it pays for nothing twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::forge_batch::*;
use crate::support::forge::{Answer, TOKEN, ok, result};
use crate::support::{Counter, Forge, Service, now_micros};

#[test]
fn a_journal_is_of_one_batch() {
    let service = Service::start(&[]);
    let place = Place::with(&["\"a\"", "\"b\""]);
    let first = place.batch(&service, &[]).run().done();
    place
        .batch(&service, &[])
        .run()
        .exits(2)
        .says(&["already", "--resume"]);
    let again = place.batch(&service, &["--resume"]).run().done();
    assert_eq!((again.stdout, service.starts()), (first.stdout, 2));
    let forge = Forge::unasked();
    place
        .fake(&forge, &["--resume"])
        .run()
        .exits(2)
        .says(&[&service.url()]);
    let model = ["--resume", "--model", "opus"];
    place
        .batch(&service, &model)
        .run()
        .exits(2)
        .says(&["line 1 is not what it was"]);
    place.home.file("in.ndjson", "\"a\"\n\"c\"");
    place
        .batch(&service, &["--resume"])
        .run()
        .exits(2)
        .says(&["line 2 is not what it was"]);
    place.home.file("in.ndjson", "\"a\"\n\"b\"\n\"c\"");
    let more = place.batch(&service, &["--resume"]).run().done();
    assert_eq!((outcomes(&more), service.starts()), (all_done(1..=3), 3));
    let busy = Place::with(&["\"sleep 1\""]);
    let running = busy.batch(&service, &[]).start();
    service.running_run();
    busy.batch(&service, &["--resume"])
        .run()
        .exits(2)
        .says(&["another batch is using"]);
    running.finish().done();
}

#[test]
fn killed_anywhere_and_gone_on_with_it_pays_once() {
    let service = Service::start(&["--max-running", "3"]);
    let count = 14;
    let lines: Vec<String> = (0..count)
        .map(|n| format!("\"lines 1 0.{:02}\"", n + 5))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let place = Place::with(&lines);
    let resume = || match place.journal().exists() {
        true => &["--resume"][..],
        false => &[],
    };
    // Pseudo-random numbers, the same in every run.
    let mut state = 0x2545_f491_u64;
    for _ in 0..10 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let running = place.batch(&service, resume()).start();
        std::thread::sleep(Duration::from_millis((state >> 40) % 220));
        // With SIGKILL.
        drop(running);
    }
    let last = place.batch(&service, resume()).run().done();
    assert_eq!(outcomes(&last), all_done(1..=count));
    let starts = starts(&service);
    assert_eq!(starts.len(), usize::try_from(count).expect("few"));
    assert!(starts.values().all(|starts| *starts == 1), "{starts:?}");
    assert_eq!(service.starts(), starts.len());
}

#[test]
fn whatever_a_crash_leaves_of_the_journal_is_gone_on_with() {
    let service = Service::start(&[]);
    let place = Place::with(&["\"a\"", "\"b\"", "\"c\""]);
    let first = place.batch(&service, &["--concurrency", "1"]).run().done();
    let whole = std::fs::read(place.journal()).expect("there");
    // As often as there are lines, and in the middle of each.
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    assert_eq!(ends.len(), 7, "a head, and two lines a prompt");
    for end in ends
        .iter()
        .skip(2)
        .flat_map(|end| [end - 20, *end, *end + 1])
    {
        std::fs::write(place.journal(), &whole[..end]).expect("ours");
        let again = place.batch(&service, &["--resume"]).run().done();
        assert_eq!(
            again.stdout,
            first.stdout,
            "cut at {end} of {}",
            whole.len()
        );
    }
    assert_eq!(service.starts(), 3, "every answer was had from the service");
    // It was killed after the `begin` line was written and before the request was sent.
    let other = Place::with(&["\"d\""]);
    other.batch(&service, &["--max-runs", "0"]).run().exits(7);
    let key = "trefoil-batch-x-1";
    let body = r#"{"prompt":"d","model":"sonnet"}"#;
    let sha256 = sha256(body);
    let begin = json!({"at": now_micros(), "key": key, "request_sha256": sha256});
    let mut journal = std::fs::read_to_string(other.journal()).expect("there");
    journal.push_str(&format!("{}\n", json!({"line": 1, "begin": begin})));
    std::fs::write(other.journal(), journal).expect("ours");
    other.batch(&service, &["--resume"]).run().done();
    let found = service
        .ask("GET", &format!("/runs?idempotency_key={key}"), None)
        .json();
    assert_eq!(
        found["runs"][0]["status"], "ok",
        "sent with the key that it had"
    );
    assert_eq!(service.starts(), 4);
    // Under another token the service does not know the key: it may have been paid for.
    let mut journal = std::fs::read_to_string(other.journal()).expect("there");
    journal.truncate(journal.trim_end().rfind('\n').expect("two lines") + 1);
    std::fs::write(other.journal(), journal).expect("ours");
    let token = service.mint("else", json!({}));
    let out = other
        .batch(&service, &["--resume"])
        .env("CLAWDFORGE_TOKEN", token);
    out.run().exits(7).says(&["another token", "1 unknown"]);
    assert_eq!(service.starts(), 4);
}

fn sha256(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn without_keys_what_is_unknown_is_sent_again_only_when_that_is_asked_for() {
    let cut = Counter::default();
    let forge = Forge::new(move |request| match request.line().as_str() {
        "POST /run" => match request.json()["prompt"].as_str() {
            Some("b") if cut.next() == 1 => Answer::Close,
            prompt => result(json!(prompt)),
        },
        _ => Answer::Json(404, json!({"detail": "Not Found"})),
    });
    let posts = || {
        forge
            .lines()
            .iter()
            .filter(|line| *line == "POST /run")
            .count()
    };
    let place = Place::with(&["\"a\"", "\"b\"", "\"c\""]);
    let unknown = [
        (1, "done".to_owned()),
        (2, "unknown".to_owned()),
        (3, "done".to_owned()),
    ];
    let out = place.fake(&forge, &[]).run().exits(7);
    let out = out.says(&[
        "line 2: unknown",
        "may still finish and be charged",
        "--resume",
        "--retry-unknown",
    ]);
    assert_eq!((outcomes(&out).as_slice(), posts()), (&unknown[..], 3));
    let out = place.fake(&forge, &["--resume"]).run().exits(7);
    let out = out.says(&["keeps no answers", "--retry-unknown"]);
    assert_eq!((outcomes(&out).as_slice(), posts()), (&unknown[..], 3));
    let out = place
        .fake(&forge, &["--resume", "--retry-unknown"])
        .run()
        .done();
    assert_eq!((outcomes(&out), posts()), (all_done(1..=3), 4));
    let mut keys: Vec<String> = forge
        .requests()
        .iter()
        .filter(|request| request.line() == "POST /run")
        .map(|request| request.header("idempotency-key").expect("a key").to_owned())
        .collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 4, "what is paid for anew has a key of its own");
    assert!(
        !std::fs::read_to_string(place.journal())
            .expect("there")
            .contains(TOKEN)
    );
}

#[test]
fn a_run_that_the_service_lost_stays_unknown() {
    let forge = Forge::new(|request| match request.line().as_str() {
        "POST /run" => Answer::Close,
        line => {
            let key = line.split_once('=').expect("a key").1;
            ok(json!({"runs": [{"run_id": "run_1", "idempotency_key": key, "status": "lost"}]}))
        }
    });
    let place = Place::with(&["\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\""]);
    let out = place.fake(&forge, &["--concurrency", "1"]).run().exits(7);
    out.says(&["3 unknown, 2 left", "3 runs in a row"]);
    place
        .fake(&forge, &["--resume", "--max-runs", "0"])
        .run()
        .exits(7)
        .says(&["was killed"]);
    let posts = forge
        .lines()
        .iter()
        .filter(|line| *line == "POST /run")
        .count();
    assert_eq!(posts, 3);
}

/// A service that was killed with runs under way answers the next ones.
#[test]
fn runs_that_were_lost_before_do_not_stop_what_is_sent_now() {
    let is_back = Arc::new(AtomicBool::new(false));
    let answers = Arc::clone(&is_back);
    let forge = Forge::new(move |request| match request.line().as_str() {
        "POST /run" if answers.load(Ordering::SeqCst) => result(json!("done")),
        "POST /run" => Answer::Close,
        line => {
            let key = line.split_once('=').expect("a key").1;
            ok(json!({"runs": [{"run_id": "run_1", "idempotency_key": key, "status": "lost"}]}))
        }
    });
    let lines: Vec<String> = (0..10).map(|line| format!("\"p{line}\"")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let place = Place::with(&lines);
    let out = place.fake(&forge, &["--concurrency", "4"]).run().exits(7);
    let lost = outcomes(&out.says(&["3 runs in a row"])).len();
    assert!((3..10).contains(&lost), "{lost}");
    is_back.store(true, Ordering::SeqCst);
    let said = format!("{} done, {lost} unknown", 10 - lost);
    for _ in 0..2 {
        let out = place
            .fake(&forge, &["--resume", "--concurrency", "4"])
            .run()
            .exits(7);
        let out = out.says(&[said.as_str(), "was killed", "--retry-unknown"]);
        assert!(!out.stderr.contains("nothing more was sent"), "{out}");
    }
    let again = ["--resume", "--retry-unknown"];
    let out = place.fake(&forge, &again).run().done();
    assert_eq!(outcomes(&out), all_done(1..=10));
}
