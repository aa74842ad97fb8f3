//! What becomes of claims and answers when the shared database is away, or refuses.

use super::*;

#[test]
fn an_answer_that_comes_after_all_replaces_what_was_lost() {
    let Some(server) = Postgres::start_or_skip() else {
        return;
    };
    let bench = Bench::new(Some(server));
    let test = async {
        let state = bench.open().await.expect("a state");
        let row = run("run_1", Some("k"), Stage::Running);
        claim(&state, &row, &Policy::default()).await;
        drop(state);
        // The next start takes it for lost; then its answer is found.
        let state = bench.open().await.expect("a state");
        let lost = spent(&state).await;
        assert_eq!((lost.runs, lost.failed, lost.cost_unknown), (1, 1, 1));
        for _ in 0..2 {
            state
                .finish(finished(row.clone(), 0.5))
                .await
                .expect("written");
        }
        let found = state.run("run_1").await.expect("read").expect("there");
        assert_eq!(found.outcome, Some(Outcome::Ok));
        // It is sent again after it was forgotten.
        let later = now_micros() + 1_000_000;
        let swept = state.sweep_runs(later, Duration::ZERO).await;
        swept.expect("written");
        assert_eq!(state.run("run_1").await.expect("read"), None);
        state.finish(finished(row, 0.5)).await.expect("written");
        let spent = spent(&state).await;
        assert_eq!((spent.runs, spent.failed, spent.cost_unknown), (1, 0, 0));
        assert!((spent.cost_usd - 0.5).abs() < 1e-12, "{spent:?}");
    };
    block_on(test).expect("a runtime");
}

/// The end of a turn, the session's so many.
fn turn_ended(turn: &RunRow, session: &SessionRow, turns: u64) -> Finished {
    Finished {
        session: Some(SessionRow {
            turns,
            last_turn: Some(turn.created + 5),
            transcript_bytes: turns * 100,
            ..session.clone()
        }),
        ..finished(turn.clone(), 0.1)
    }
}

#[test]
fn a_turn_begins_where_one_that_ended_during_an_outage_has_left_its_session() {
    let Some(server) = Postgres::start_or_skip() else {
        return;
    };
    let mut bench = Bench::new(Some(server));
    let test = async {
        let state = bench.open().await.expect("a state");
        let row = session(&state);
        state.put_session(&row).await.expect("written");
        let turn = |id| RunRow {
            session: Some("sess_1".into()),
            ..run(id, None, Stage::Running)
        };
        let stands = async || {
            let row = state.session("sess_1").await.expect("read").expect("there");
            (row.turns, row.transcript_bytes)
        };
        let policy = Policy::default();
        claim(&state, &turn("run_1"), &policy).await;
        let server = bench.postgres.as_mut().expect("it runs");
        server.stop();
        let ended = state.finish(turn_ended(&turn("run_1"), &row, 1)).await;
        ended.expect("kept");
        server.launch(&[]);
        loop {
            match state.claim(&turn("run_2"), claims(&policy)).await {
                Err(StateError::Away(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
                claimed => break drop(claimed.expect("written")),
            }
        }
        assert_eq!(stands().await, (1, 100));
        let run = state.run("run_1").await.expect("read").expect("there");
        assert_eq!(run.outcome, Some(Outcome::Ok));
        // An earlier turn that is stored late takes back nothing.
        claim(&state, &turn("run_3"), &policy).await;
        for (id, turns) in [("run_3", 3), ("run_2", 2)] {
            let ended = state.finish(turn_ended(&turn(id), &row, turns)).await;
            ended.expect("written");
            assert_eq!(stands().await, (3, 300));
        }
    };
    block_on(test).expect("a runtime");
}

#[test]
fn a_claim_that_is_committed_after_it_was_given_up_is_given_back() {
    let Some(server) = Postgres::start_or_skip() else {
        return;
    };
    let bench = Bench::new(Some(server));
    let server = bench.postgres.as_ref().expect("it runs");
    // What Shared::claim does, with a COMMIT that takes long.
    let slow = "BEGIN; SELECT pg_advisory_xact_lock(1718579815, hashtext('ci'));
        INSERT INTO forge_runs (id, token, model, request_sha256, created, stage, instance)
            VALUES ('run_1', 'ci', 'sonnet', 'x', 1, 'running', 'here');
        SELECT pg_sleep(1.5); COMMIT";
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted";
    std::thread::scope(|scope| {
        let test = async {
            let state = bench.open().await.expect("a state");
            let claiming = scope.spawn(|| server.psql("forge", slow));
            while !claiming.is_finished() && server.psql("forge", locks) == "0" {}
            let row = run("run_1", None, Stage::Running);
            state.release(&row).await.expect("written or kept");
            claiming.join().expect("it is committed");
            // On a slow machine it was kept.
            state.send_unsent().await.expect("written");
            assert_eq!(state.run("run_1").await.expect("read"), None);
        };
        block_on(test).expect("a runtime");
    });
}

#[test]
fn an_answer_that_the_database_refuses_is_kept_and_keeps_back_no_other() {
    let Some(server) = Postgres::start_or_skip() else {
        return;
    };
    let bench = Bench::new(Some(server));
    let server = bench.postgres.as_ref().expect("it runs");
    let test = async {
        let state = bench.open().await.expect("a state");
        let rows = ["run_1", "run_2"].map(|id| run(id, None, Stage::Running));
        for row in &rows {
            claim(&state, row, &Policy::default()).await;
        }
        // PostgreSQL has no NUL in its text, so this one is refused for good.
        let nul = SessionRow {
            conversation: "\0".into(),
            ..session(&state)
        };
        let ends = [
            turn_ended(&rows[0], &nul, 1),
            finished(rows[1].clone(), 0.1),
        ];
        server.psql("forge", "ALTER TABLE forge_usage RENAME TO elsewhere");
        for end in ends {
            let refused = state.finish(end).await.expect_err("no table");
            assert!(matches!(refused, StateError::Sql(_)), "{refused}");
        }
        server.psql("forge", "ALTER TABLE elsewhere RENAME TO forge_usage");
        let unsent = bench.folder.join("unsent");
        fs::write(unsent.join("run_0"), "of another version").expect("writable");
        let first = state.send_unsent().await.expect_err("two cannot be sent");
        assert!(matches!(first, StateError::Row { .. }), "{first}");
        let sent = state.run("run_2").await.expect("read").expect("there");
        assert_eq!(sent.outcome, Some(Outcome::Ok));
        let left = fs::read_dir(&unsent).expect("there").flatten();
        let mut left: Vec<_> = left.map(|entry| entry.file_name()).collect();
        left.sort();
        assert_eq!(left, ["run_0", "run_1"]);
        drop(state);
        let state = bench.open().await.expect("a state all the same");
        let lost = state.run("run_1").await.expect("read").expect("there");
        assert_eq!(lost.outcome, Some(Outcome::Lost));
    };
    block_on(test).expect("a runtime");
}

#[test]
fn two_that_start_at_once_make_the_tables_once() {
    let Some(server) = Postgres::start_or_skip() else {
        return;
    };
    let bench = Bench::new(Some(server));
    let other = Bench::new(None);
    let test = async {
        let place = bench.place();
        let (one, two) = tokio::join!(
            bench.open(),
            State::open(other.folder.clone(), &place, "http://there")
        );
        let (one, two) = (one.expect("a state"), two.expect("a state"));
        assert_ne!(one.instance(), two.instance());
        let name = two.instance().map(str::to_owned);
        let seen = one.elsewhere(name.as_deref()).await.expect("read");
        let seen = seen.expect("it is another");
        assert_eq!(
            (seen.url.as_deref(), seen.is_up),
            (Some("http://there"), true)
        );
        assert_eq!(two.elsewhere(name.as_deref()).await.expect("read"), None);
        drop(two);
        let server = bench.postgres.as_ref().expect("it runs");
        drop(one);
        // What a program of version 1 has made.
        server.psql(
            "forge",
            "ALTER TABLE forge_runs DROP COLUMN reserved_usd, DROP COLUMN held;
             DELETE FROM forge_schema WHERE version > 1",
        );
        let one = bench.open().await.expect("the newer tables");
        let poor = Policy {
            usd_per_day: Some(1.0),
            ..Policy::default()
        };
        let claimed = claim(&one, &run("run_1", None, Stage::Running), &poor).await;
        assert!(matches!(claimed, Claim::New(Stage::Running)), "{claimed:?}");
        server.psql("forge", "INSERT INTO forge_schema (version) VALUES (3)");
        let newer = State::open(other.folder.clone(), &place, "x").await;
        let newer = newer.expect_err("a newer version");
        assert!(matches!(newer, StateError::Version(3)), "{newer}");
    };
    block_on(test).expect("a runtime");
}
