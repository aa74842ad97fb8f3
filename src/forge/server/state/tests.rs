use super::*;
use crate::forge::server::policy::Policy;

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let name = format!("trefoil-state-{}", hex(&random::<8>().expect("random")));
        Folder(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
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
        created: 1,
        ended: None,
        stage,
        outcome: None,
        status: None,
        cost_usd: None,
    }
}

#[test]
fn a_token_is_known_by_its_plaintext_alone() {
    let folder = Folder::new();
    let store = Store::open(&folder.0).expect("a folder");
    let made = store.create_token("ci", vec![], Policy::default(), 1);
    let (row, plaintext) = made.expect("made").expect("new");
    assert!(plaintext.starts_with("cf_"), "{plaintext}");
    let found = store.token(&plaintext).expect("read");
    assert_eq!(found, Some(row));
    assert_eq!(store.token("cf_other").expect("read"), None);
    let again = store.create_token("ci", vec![], Policy::default(), 1);
    assert_eq!(again.expect("read"), None);
    assert_eq!(store.revoke_token("ci").expect("written"), Some(true));
    assert_eq!(store.revoke_token("ci").expect("written"), Some(false));
    assert_eq!(store.revoke_token("other").expect("written"), None);
    assert_eq!(store.token(&plaintext).expect("read"), None);
    let mode = fs::metadata(&folder.0).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    drop(store);
    let bytes = fs::read(folder.0.join("forge.redb")).expect("the database");
    let found = bytes
        .windows(plaintext.len())
        .any(|window| window == plaintext.as_bytes());
    assert!(!found, "the plaintext is on disk");
}

#[test]
fn a_key_is_claimed_once_and_freed_if_nothing_started() {
    let folder = Folder::new();
    let store = Store::open(&folder.0).expect("a folder");
    let first = run("run_1", Some("k"), Stage::Queued);
    assert!(matches!(store.claim(&first).expect("written"), Claim::New));
    let second = run("run_2", Some("k"), Stage::Queued);
    let Claim::Known(known) = store.claim(&second).expect("read") else {
        panic!("the key is taken");
    };
    assert_eq!(known.id, "run_1");
    store.release(&first).expect("written");
    assert!(matches!(store.claim(&second).expect("written"), Claim::New));
}

#[test]
fn what_a_killed_service_left_is_put_in_order() {
    let folder = Folder::new();
    let store = Store::open(&folder.0).expect("a folder");
    for row in [
        run("run_1", Some("queued"), Stage::Queued),
        run("run_2", Some("running"), Stage::Running),
    ] {
        store.claim(&row).expect("written");
    }
    let second = Store::open(&folder.0).expect_err("one at a time");
    assert!(matches!(second, StateError::InUse(_)), "{second}");
    drop(store);
    let store = Store::open(&folder.0).expect("a folder");
    assert_eq!(store.run("run_1").expect("read"), None);
    let lost = store.run("run_2").expect("read").expect("there");
    assert_eq!(lost.outcome, Some(Outcome::Lost));
    let answer = store.answer("run_2").expect("read").expect("there");
    let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
    assert_eq!(answer["stop_reason"], "error");
    let usage = store.usage(None, "").expect("read");
    assert_eq!((usage.len(), usage[0].spent.cost_unknown), (1, 1));
    store.sweep_runs(u64::MAX).expect("written");
    assert_eq!(store.run("run_2").expect("read"), None);
}
