//! What a test needs: trefoil as a process, the peers it talks to, and bytes written by hand.
//!
//! Nothing here uses the crate's own codec or client: a mistake in those must not be able to hide
//! itself in the test that looks for it.

pub mod both;
pub mod chromium;
pub mod contract;
pub mod dir;
pub mod driver;
pub mod fake;
pub mod forge;
pub mod forge_service;
pub mod mosquitto;
pub mod msg;
pub mod multipart;
pub mod namespace;
pub mod osc;
pub mod pty;
pub mod python;
pub mod real_claude;
pub mod router;
pub mod running;
pub mod shells;
pub mod source;
pub mod stand;
pub mod trefoil;
pub mod vuer;
pub mod wire;

pub use both::{on_both, sessions_on_both};
pub use driver::Driver;
pub use fake::{Fake, Peer};
pub use forge::Forge;
pub use forge_service::Service;
pub use mosquitto::Mosquitto;
pub use msg::Msg;
pub use pty::Pty;
pub use router::Router;
pub use running::Running;
pub use stand::Stand;
pub use trefoil::{Output, Trefoil, trefoil};
pub use vuer::VuerServer;
pub use wire::Val;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Counts across threads: a script's side and the test's side of the same number.
#[derive(Clone, Default)]
pub struct Counter(Arc<AtomicUsize>);

impl Counter {
    /// Counts one more and says which it is, from 1.
    pub fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// How long a test waits for what should happen at once. Generous, because two cores may be
/// compiling something else at the time; a test that passes never waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Now, in µs since 1970, as messages carry it.
pub fn now_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.expect("after 1970").as_micros()).expect("before 586,912")
}

/// Polls until `look` finds something, for what announces itself to nobody.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, look)
}

/// [`eventually`], for what takes a slow machine longer.
pub fn eventually_within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "waited {limit:?} in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The lines of a pipe, as they come.
pub fn lines_of(pipe: std::process::ChildStdout) -> std::sync::mpsc::Receiver<String> {
    use std::io::{BufRead, BufReader};
    let (send, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    lines
}

/// Cargo's target directory of this run, where the peers are built too.
pub fn target_dir() -> &'static Path {
    // `target/tmp`, or `target/TRIPLE/tmp` when a target is named; cargo may mark both folders, and the
    // benches look for the peers in the outer one.
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.ancestors()
        .take(3)
        .filter(|folder| folder.join("CACHEDIR.TAG").is_file())
        .last()
        .unwrap_or(tmp)
}
