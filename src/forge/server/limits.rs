//! Every limit of the service, in one place.

use std::time::Duration;

/// The longest prompt, in bytes: what `claude` takes on stdin.
pub const PROMPT_BYTES: usize = 10_000_000;

/// The longest JSON body: a prompt of which every second byte is escaped, and its fields.
pub const BODY_BYTES: usize = 24 * 1024 * 1024;

/// The longest upload, in bytes.
pub const UPLOAD_BYTES: u64 = 16 * 1024 * 1024 * 1024;

/// Free disk space that uploads leave to everybody else, in bytes.
pub const DISK_RESERVE: u64 = 512 * 1024 * 1024;

/// What the files of one prompt may come to, in bytes: the API takes 32 MB a request.
pub const SHOWN_BYTES: u64 = 24 * 1024 * 1024;

/// How many files a prompt may have.
pub const SHOWN_FILES: usize = 100;

/// The longest line that an agent may print, in bytes.
pub const LINE_BYTES: usize = 64 * 1024 * 1024;

/// What the events of one run may come to, in bytes.
pub const EVENTS_BYTES: usize = 64 * 1024 * 1024;

/// The most that a run or a conversation can have cost, in US dollars; an agent that says more is wrong.
pub const MOST_USD: f64 = 100_000.0;

/// The most tokens that a run can have taken; an agent that says more is wrong.
pub const MOST_TOKENS: u64 = 1_000_000_000_000;

/// How much of an agent's stderr is kept: its end.
pub const STDERR_BYTES: usize = 16 * 1024;

/// Connections at a time.
pub const CONNECTIONS: usize = 2_000;

/// How long a client may take for the head of a request.
pub const HEAD_TIME: Duration = Duration::from_secs(30);

/// How long a client may pause within a body.
pub const BODY_PAUSE: Duration = Duration::from_secs(60);

/// How often a quiet event stream says that it is still there.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long an agent has to answer an interrupt with its result.
pub const INTERRUPT_TIME: Duration = Duration::from_secs(2);

/// How long `claude` has until it prints its first line, if it is interrupted before: it needs half a
/// second of processor time to start, of which a busy machine may have little.
pub const FIRST_LINE_TIME: Duration = Duration::from_secs(6);

/// How long an agent that has no more to say may take to end, for what it says on stderr.
pub const STDERR_TIME: Duration = Duration::from_millis(200);

/// How long an agent that has closed its stdout may take to end, for its exit status.
pub const END_TIME: Duration = Duration::from_secs(2);

/// How long the guard may take to stop an agent and all that it started: an interrupt and SIGTERM,
/// 2 s each, and SIGKILL.
pub const STOP_TIME: Duration = Duration::from_secs(8);

/// How long an agent other than `claude` may take to be ready for its first prompt.
pub const ACP_OPEN_TIME: Duration = Duration::from_secs(30);

/// How much an agent is told of what was said before, in bytes.
pub const TOLD_BYTES: usize = 400_000;

/// How long `claude --version` may take.
pub const VERSION_TIME: Duration = Duration::from_secs(10);

/// How long runs may go on after the signal to stop.
pub const DRAIN_TIME: Duration = Duration::from_secs(30);

/// How long a token whose limit other instances have reached waits before it is asked again.
pub const HELD_TIME: Duration = Duration::from_millis(250);

/// Of how many of a token's latest runs the costs say what its next one may cost.
pub const RECENT_RUNS: usize = 100;

/// How long a run that was told to wait goes before later ones of its token, until it asks again. Longer
/// than [`HELD_TIME`], and short, because its instance may have no slot for it by then.
pub const TURN_TIME: Duration = Duration::from_secs(2);

/// How often expired files, sessions and answers are removed.
pub const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How many finished runs are kept.
pub const KEPT_RUNS: usize = 20_000;

/// How many sessions a token may have open.
pub const OPEN_SESSIONS: u64 = 200;

/// The most that a session's `meta` may come to, in bytes.
pub const META_BYTES: usize = 16 * 1024;

/// How long an audit log becomes before a new one is begun; one old one is kept.
pub const AUDIT_BYTES: u64 = 64 * 1024 * 1024;

/// Memory that one running `claude` takes, in bytes.
pub const RUN_MEMORY: u64 = 256 * 1024 * 1024;

/// Memory that one idle `claude` takes, in bytes.
pub const IDLE_MEMORY: u64 = 128 * 1024 * 1024;
