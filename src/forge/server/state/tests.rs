use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;
use crate::forge::server::policy::Policy;
use crate::ids::{hex, random};
use crate::net::{block_on, now_micros};

mod outage;
#[path = "../../../../tests/it/support/port.rs"]
mod port;
#[path = "../../../../tests/it/support/postgres.rs"]
#[allow(dead_code)]
mod postgres;
#[path = "../../../../tests/it/support/skip.rs"]
mod skip;

use postgres::{PASSWORD, Postgres};

/// A folder that is removed with the test, and the database that goes with it.
struct Bench {
    folder: PathBuf,
    postgres: Option<Postgres>,
}

impl Bench {
    fn new(postgres: Option<Postgres>) -> Bench {
        let name = format!("trefoil-state-{}", hex(&random::<8>().expect("random")));
        Bench {
            folder: std::env::temp_dir().join(name),
            postgres,
        }
    }

    fn place(&self) -> Place {
        match &self.postgres {
            None => Place::Embedded,
            Some(server) => {
                let password = |name: &str| (name == "PGPASSWORD").then(|| PASSWORD.to_owned());
                Place::Shared(Box::new(
                    Address::parse(&server.url(), password).expect("a URL"),
                ))
            }
        }
    }

    async fn open(&self) -> Result<State> {
        State::open(self.folder.clone(), &self.place(), "http://here").await
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs a test on both databases.
fn on_both(test: impl AsyncFn(&Bench)) {
    let mut benches = vec![Bench::new(None)];
    benches.extend(Postgres::start_or_skip().map(|server| Bench::new(Some(server))));
    for bench in benches {
        block_on(test(&bench)).expect("a runtime");
    }
}

fn run(id: &str, key: Option<&str>, stage: Stage) -> RunRow {
    RunRow {
        id: id.into(),
        token: "ci".into(),
        session: None,
        model: "sonnet".into(),
        key: key.map(str::to_owned),
        request_sha256: "x".into(),
        created: now_micros(),
        ended: None,
        stage,
        outcome: None,
        status: None,
        cost_usd: None,
        instance: None,
    }
}

/// A new session, `sess_1`.
fn session(state: &State) -> SessionRow {
    SessionRow {
        id: "sess_1".into(),
        token: "ci".into(),
        agent: "claude".into(),
        model: "sonnet".into(),
        system: Some(("be brief".into(), true)),
        effort: None,
        meta: serde_json::json!({"nul": "\u{0}", "big": 12345678901234567890_u64}),
        created: 1,
        last_turn: None,
        turns: 0,
        closed: None,
        conversation: "c".into(),
        transcript_bytes: 3,
        instance: state.instance().map(str::to_owned),
    }
}

/// Two runs may wait.
fn claims(policy: &Policy) -> Claims {
    Claims {
        policy: policy.clone(),
        queue_depth: 2,
        tells_cost: true,
    }
}

async fn claim(state: &State, row: &RunRow, policy: &Policy) -> Claim {
    state.claim(row, claims(policy)).await.expect("written")
}

fn finished(mut row: RunRow, cost_usd: f64) -> Finished {
    row.stage = Stage::Ended;
    row.outcome = Some(Outcome::Ok);
    row.ended = Some(row.created + 5);
    row.status = Some(200);
    row.cost_usd = Some(cost_usd);
    Finished {
        spent: Spent::of(&row, None),
        row,
        answer: r#"{"ok":true}"#.to_owned(),
        session: None,
    }
}

/// What the token has spent, on the only day.
async fn spent(state: &State) -> Spent {
    let usage = state.usage(Some("ci"), "").await.expect("read");
    assert_eq!(usage.len(), 1);
    usage[0].spent.clone()
}

#[test]
fn a_token_is_known_by_its_plaintext_alone() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let made = state.create_token("ci", vec![], Policy::default(), 1).await;
        let (row, plaintext) = made.expect("made").expect("new");
        assert!(plaintext.starts_with("cf_"), "{plaintext}");
        let found = state.token(&plaintext).await.expect("read");
        assert_eq!(found, Some(row));
        assert_eq!(state.token("cf_other").await.expect("read"), None);
        let again = state.create_token("ci", vec![], Policy::default(), 1).await;
        assert_eq!(again.expect("read"), None);
        state
            .note_use(vec![("ci".into(), 9)])
            .await
            .expect("written");
        let tokens = state.tokens().await.expect("read");
        assert_eq!((tokens.len(), tokens[0].last_used), (1, Some(9)));
        for (name, was) in [("ci", Some(true)), ("ci", Some(false)), ("other", None)] {
            assert_eq!(state.revoke_token(name).await.expect("written"), was);
        }
        assert_eq!(state.token(&plaintext).await.expect("read"), None);
        let again = state.create_token("ci", vec![], Policy::default(), 1).await;
        assert!(again.expect("read").is_some(), "a revoked one is replaced");
        let mode = fs::metadata(&bench.folder).expect("there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o700);
        drop(state);
        let kept = match &bench.postgres {
            None => fs::read(bench.folder.join("forge.redb")).expect("the database"),
            Some(server) => server
                .psql("forge", "SELECT forge_tokens::text FROM forge_tokens")
                .into_bytes(),
        };
        let found = kept
            .windows(plaintext.len())
            .any(|window| window == plaintext.as_bytes());
        assert!(!found, "the plaintext is on disk");
    });
}

#[test]
fn a_key_is_claimed_once_and_freed_if_nothing_started() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let policy = Policy::default();
        let first = run("run_1", Some("k"), Stage::Queued);
        let claimed = claim(&state, &first, &policy).await;
        assert!(matches!(claimed, Claim::New(Stage::Queued)), "{claimed:?}");
        let second = run("run_2", Some("k"), Stage::Queued);
        let Claim::Known(known) = claim(&state, &second, &policy).await else {
            panic!("the key is taken");
        };
        assert_eq!(known.id, "run_1");
        state.release(&first).await.expect("written");
        let claimed = claim(&state, &second, &policy).await;
        assert!(matches!(claimed, Claim::New(_)), "{claimed:?}");
        let mut started = second.clone();
        started.stage = Stage::Running;
        let now = state
            .start(&started, &claims(&policy))
            .await
            .expect("written");
        assert_eq!(now, Started::Now);
        state
            .finish(finished(started, 0.25))
            .await
            .expect("written");
        let row = state.run("run_2").await.expect("read").expect("there");
        assert_eq!((row.outcome, row.cost_usd), (Some(Outcome::Ok), Some(0.25)));
        let answer = state.answer("run_2").await.expect("read").expect("there");
        assert_eq!(answer, br#"{"ok":true}"#);
        let by_key = state.run_of_key("ci", "k").await.expect("read");
        assert_eq!(by_key.as_ref(), Some(&row));
        assert_eq!(state.run_of_key("ci", "other").await.expect("read"), None);
        assert_eq!(state.runs_of("ci", 9).await.expect("read"), [row]);
    });
}

#[test]
fn a_claim_is_refused_at_every_limit() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let policy = Policy {
            per_minute: Some(2),
            ..Policy::default()
        };
        for id in ["run_1", "run_2"] {
            let claimed = claim(&state, &run(id, None, Stage::Running), &policy).await;
            assert!(matches!(claimed, Claim::New(Stage::Running)), "{claimed:?}");
        }
        let third = run("run_3", None, Stage::Running);
        let Claim::Refused(refusal) = claim(&state, &third, &policy).await else {
            panic!("two a minute");
        };
        assert_eq!(refusal.status, 429);
        assert!((1..=60).contains(&refusal.retry_after.expect("a time")));
        assert_eq!(state.run("run_3").await.expect("read"), None);
        let first = state.run("run_1").await.expect("read").expect("there");
        state
            .finish(finished(first.clone(), 1.25))
            .await
            .expect("written");
        let spent = spent(&state).await;
        assert_eq!((spent.runs, spent.cost_usd), (1, 1.25));
        let poor = Policy {
            usd_per_day: Some(1.0),
            ..Policy::default()
        };
        let Claim::Refused(refusal) = claim(&state, &third, &poor).await else {
            panic!("a dollar a day");
        };
        assert!(refusal.sentence().contains("1 USD a day"), "{refusal:?}");
        assert_eq!(state.usage(None, "").await.expect("read").len(), 1);
        assert_eq!(state.usage(Some("no"), "").await.expect("read").len(), 0);
    });
}

#[test]
fn a_run_that_waited_while_the_budget_was_spent_does_not_start() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let policy = Policy {
            usd_per_day: Some(1.0),
            ..Policy::default()
        };
        let running = run("run_1", None, Stage::Running);
        let mut waiting = run("run_2", Some("k"), Stage::Queued);
        for row in [&running, &waiting] {
            let claimed = claim(&state, row, &policy).await;
            assert!(matches!(claimed, Claim::New(_)), "{claimed:?}");
        }
        let ended = state.finish(finished(running, 1.0)).await;
        ended.expect("written");
        let queued = waiting.clone();
        waiting.stage = Stage::Running;
        let started = state.start(&waiting, &claims(&policy)).await.expect("read");
        let Started::Refused(refusal) = started else {
            panic!("the dollar is spent: {started:?}");
        };
        assert_eq!(refusal.status, 429);
        assert!(refusal.sentence().contains("1 USD a day"), "{refusal:?}");
        let row = state.run("run_2").await.expect("read");
        assert_eq!(row.map(|row| row.stage), Some(queued.stage));
        let rich = Policy {
            usd_per_day: Some(1.5),
            ..policy
        };
        let started = state
            .start(&waiting, &claims(&rich))
            .await
            .expect("written");
        assert_eq!(started, Started::Now);
    });
}

#[test]
fn what_a_run_may_cost_is_reserved_until_it_ends() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let policy = Policy {
            usd_per_day: Some(1.0),
            ..Policy::default()
        };
        let stage = async |id: &str, model: &str| {
            let row = RunRow {
                model: model.into(),
                ..run(id, None, Stage::Running)
            };
            match claim(&state, &row, &policy).await {
                Claim::New(stage) => Some(stage),
                Claim::Refused(refusal) => {
                    assert!(refusal.sentence().contains("under way"), "{refusal:?}");
                    None
                }
                Claim::Known(_) => panic!("no key"),
            }
        };
        let end = async |id: &str, cost_usd| {
            let row = state.run(id).await.expect("read").expect("there");
            let ended = state.finish(finished(row, cost_usd)).await;
            ended.expect("written");
        };
        // Nobody knows what it costs, so all is reserved.
        assert_eq!(stage("run_1", "a").await, Some(Stage::Running));
        assert_eq!(stage("run_2", "a").await, Some(Stage::Queued));
        assert_eq!(stage("run_3", "a").await, Some(Stage::Queued));
        assert_eq!(stage("run_4", "a").await, None, "two may wait");
        let started = RunRow {
            stage: Stage::Running,
            ..state.run("run_2").await.expect("read").expect("there")
        };
        let start = async || state.start(&started, &claims(&policy)).await.expect("read");
        assert_eq!(start().await, Started::Waits);
        end("run_1", 0.25).await;
        assert_eq!(start().await, Started::Now);
        let third = state.run("run_3").await.expect("read").expect("there");
        state.release(&third).await.expect("written");
        // 0.25 are spent, 0.25 reserved, 0.25 are wanted; the dearest counts, of this model.
        assert_eq!(stage("run_5", "a").await, Some(Stage::Running));
        let left = state.left_for(&started, 1.0).await.expect("read");
        assert_eq!(left, 0.5);
        end("run_5", 0.05).await;
        end("run_2", 0.1).await;
        assert_eq!(stage("run_6", "a").await, Some(Stage::Running));
        assert_eq!(stage("run_7", "a").await, Some(Stage::Running));
        assert_eq!(stage("run_8", "a").await, Some(Stage::Queued));
        let eighth = state.run("run_8").await.expect("read").expect("there");
        state.release(&eighth).await.expect("written");
        for id in ["run_6", "run_7"] {
            end(id, 0.0).await;
        }
        assert_eq!(stage("run_9", "b").await, Some(Stage::Running));
        assert_eq!(stage("run_10", "a").await, Some(Stage::Queued));
        // A start puts in order what was under way; what is known of costs is known then, too.
        drop(state);
        let state = bench.open().await.expect("a state");
        for id in ["run_11", "run_12"] {
            let row = RunRow {
                model: "a".into(),
                ..run(id, None, Stage::Running)
            };
            let claimed = claim(&state, &row, &policy).await;
            assert!(matches!(claimed, Claim::New(Stage::Running)), "{claimed:?}");
        }
    });
}

#[test]
fn a_run_that_needs_all_the_money_is_not_passed_by_those_that_need_little() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let policy = Policy {
            usd_per_day: Some(1.0),
            ..Policy::default()
        };
        let row = |id: &str, model: &str, stage| RunRow {
            model: model.into(),
            ..run(id, None, stage)
        };
        let claimed = async |row: &RunRow| match claim(&state, row, &policy).await {
            Claim::New(stage) => stage,
            other => panic!("{other:?}"),
        };
        let start = async |row: &RunRow| {
            let started = state.start(row, &claims(&policy)).await;
            started.expect("read")
        };
        let [known, cheap, dear, later] = [("1", "a"), ("2", "a"), ("3", "b"), ("4", "a")]
            .map(|(id, model)| row(id, model, Stage::Running));
        assert_eq!(claimed(&known).await, Stage::Running);
        let ended = state.finish(finished(known, 0.1)).await;
        ended.expect("written");
        assert_eq!(claimed(&cheap).await, Stage::Running);
        assert_eq!(claimed(&dear).await, Stage::Queued);
        assert_eq!(
            claimed(&later).await,
            Stage::Queued,
            "it fits, and is later"
        );
        assert_eq!(start(&dear).await, Started::Waits);
        assert_eq!(start(&later).await, Started::Waits);
        let ended = state.finish(finished(cheap, 0.1)).await;
        ended.expect("written");
        assert_eq!(start(&dear).await, Started::Now);
        let ended = state.finish(finished(dear, 0.1)).await;
        ended.expect("written");
        assert_eq!(start(&later).await, Started::Now);
    });
}

#[test]
fn a_session_is_closed_once_and_keeps_what_it_was() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let row = session(&state);
        state.put_session(&row).await.expect("written");
        let is_due = async |idle_since, closed_before, live: &[&str]| {
            let live = live.iter().map(|id| (*id).to_owned()).collect();
            let due = Due {
                idle_since,
                closed_before,
                live,
            };
            state.sessions_due(due).await.expect("read").len() == 1
        };
        assert!(is_due(2, 0, &[]).await);
        assert!(!is_due(1, u64::MAX, &["sess_1"]).await, "it is open");
        let found = state.session("sess_1").await.expect("read");
        assert_eq!(found.as_ref(), Some(&row));
        state.note_transcript("sess_1", 7).await.expect("written");
        assert_eq!(state.open_sessions(Some("ci")).await.expect("read"), 1);
        let (was_open, closed) = (state.close_session("sess_1", 5).await)
            .expect("written")
            .expect("there");
        assert_eq!(
            (was_open, closed.closed, closed.transcript_bytes),
            (true, Some(5), 7)
        );
        let mut end = finished(run("run_1", None, Stage::Running), 0.1);
        claim(
            &state,
            &run("run_1", None, Stage::Running),
            &Policy::default(),
        )
        .await;
        end.session = Some(SessionRow {
            turns: 1,
            last_turn: Some(9),
            ..row
        });
        state.finish(end).await.expect("written");
        let after = state.session("sess_1").await.expect("read").expect("there");
        assert_eq!((after.turns, after.closed), (1, Some(5)));
        let again = state.close_session("sess_1", 8).await.expect("read");
        assert_eq!(again.map(|(was_open, _)| was_open), Some(false));
        assert_eq!(state.open_sessions(None).await.expect("read"), 0);
        assert_eq!(state.sessions_of("ci").await.expect("read").len(), 1);
        assert!(is_due(0, 6, &[]).await);
        assert!(is_due(0, 5, &["sess_1"]).await);
        assert!(!is_due(u64::MAX, 5, &["sess_2"]).await, "it is closed");
        state.forget_session("sess_1").await.expect("written");
        assert_eq!(state.session("sess_1").await.expect("read"), None);
    });
}

#[test]
fn what_a_killed_service_left_is_put_in_order() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let policy = Policy::default();
        for row in [
            run("run_1", Some("queued"), Stage::Queued),
            run("run_2", Some("running"), Stage::Running),
        ] {
            claim(&state, &row, &policy).await;
        }
        fs::write(state.folder().file("ff_stray"), "x").expect("written");
        let second = bench.open().await.expect_err("one at a time");
        assert!(matches!(second, StateError::InUse(_)), "{second}");
        drop(state);
        let state = bench.open().await.expect("a state");
        assert!(!state.folder().file("ff_stray").exists());
        assert_eq!(state.run("run_1").await.expect("read"), None);
        let lost = state.run("run_2").await.expect("read").expect("there");
        assert_eq!(lost.outcome, Some(Outcome::Lost));
        let answer = state.answer("run_2").await.expect("read").expect("there");
        let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
        assert_eq!(answer["stop_reason"], "error");
        let usage = state.usage(None, "").await.expect("read");
        assert_eq!((usage.len(), usage[0].spent.cost_unknown), (1, 1));
        let later = now_micros() + 1_000_000;
        state
            .sweep_runs(later, Duration::ZERO)
            .await
            .expect("written");
        assert_eq!(state.run("run_2").await.expect("read"), None);
    });
}

#[test]
fn an_upload_expires() {
    on_both(async |bench| {
        let state = bench.open().await.expect("a state");
        let row = FileRow {
            id: "ff_1".into(),
            token: "ci".into(),
            name: "a.png".into(),
            media_type: "image/png".into(),
            size: 1,
            expires: 10,
            instance: state.instance().map(str::to_owned),
        };
        fs::write(state.folder().file("ff_1"), "x").expect("written");
        state.put_file(&row).await.expect("written");
        assert_eq!(state.file("ff_1", 9).await.expect("read"), Some(row));
        assert_eq!(state.file("ff_1", 10).await.expect("read"), None);
        state.sweep_files(9).await.expect("written");
        assert!(state.folder().file("ff_1").exists());
        state.sweep_files(10).await.expect("written");
        assert!(!state.folder().file("ff_1").exists());
    });
}
