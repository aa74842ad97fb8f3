//! The tools of the tests: trefoil as a process, the peers that it talks to, and bytes written by
//! hand.
//!
//! Nothing here uses the crate's own codec or client: otherwise a test could have the same mistake
//! as the code that it tests.

pub mod both;
pub mod chromium;
pub mod contract;
pub mod dir;
pub mod dmx;
pub mod driver;
pub mod engine;
pub mod fake;
pub mod fault;
pub mod forge;
pub mod forge_service;
pub mod memory;
pub mod mosquitto;
pub mod msg;
pub mod multipart;
pub mod namespace;
pub mod osc;
pub mod port;
pub mod postgres;
pub mod pty;
pub mod python;
pub mod real_claude;
pub mod router;
pub mod running;
pub mod shells;
pub mod skip;
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
pub use postgres::Postgres;
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

/// A counter that a script and its test share across threads.
#[derive(Clone, Default)]
pub struct Counter(Arc<AtomicUsize>);

impl Counter {
    /// Adds one and returns the new count.
    pub fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// How long a test waits for something that should happen at once. It is long because the machine
/// may be compiling something else; a test that passes never waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The current time in µs since 1970, the unit of the messages.
pub fn now_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.expect("after 1970").as_micros()).expect("before 586,912")
}

/// Polls until `look` finds something that no event announces.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, look)
}

/// [`eventually`] with a longer limit, for slow machines.
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

/// The lines of a pipe, as they arrive.
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

/// Cargo's target directory of this run; the peers are built there, too.
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
