//! The rows of the state, and what an operation on them answers. Both databases have the same.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::forge::server::limits::{MOST_TOKENS, MOST_USD};
use crate::forge::server::policy::Policy;
use crate::forge::server::refusal::Refusal;

/// An app token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Whose it is.
    pub name: String,
    /// The addresses from which it may be used; all if the list is empty.
    pub ip_cidrs: Vec<String>,
    /// What it may do.
    pub policy: Policy,
    /// When it was made, in µs since the epoch.
    pub created: u64,
    /// When it was last used, in µs since the epoch.
    pub last_used: Option<u64>,
    /// Whether it is accepted.
    pub enabled: bool,
    /// The SHA-256 of the token, in hexadecimal.
    pub(super) hash: String,
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// `ff_…`, which is also what the file is called on disk.
    pub id: String,
    /// The token that owns it.
    pub token: String,
    /// The name that its owner gave it.
    pub name: String,
    /// The media type that its owner gave, such as `image/png`.
    pub media_type: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// Until when it is kept, in µs since the epoch.
    pub expires: u64,
    /// The instance that has the bytes, if several share the state.
    #[serde(default)]
    pub instance: Option<String>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRow {
    /// `sess_…`; a later one's is larger.
    pub id: String,
    /// The token that owns it.
    pub token: String,
    /// The agent.
    pub agent: String,
    /// The model.
    pub model: String,
    /// The system prompt, and whether it replaces the usual one.
    pub system: Option<(String, bool)>,
    /// The effort.
    pub effort: Option<String>,
    /// The caller's own data.
    pub meta: Value,
    /// When it was opened, in µs since the epoch.
    pub created: u64,
    /// When its last turn ended, in µs since the epoch.
    pub last_turn: Option<u64>,
    /// How many turns were answered.
    pub turns: u64,
    /// When it was closed, in µs since the epoch.
    pub closed: Option<u64>,
    /// The agent's own name of the conversation, a UUID.
    pub conversation: String,
    /// How long the agent's transcript is after the last turn that was answered. What follows
    /// belongs to a turn that was not, and is taken away before the next.
    pub transcript_bytes: u64,
    /// The instance that has the conversation, if several share the state.
    #[serde(default)]
    pub instance: Option<String>,
}

impl SessionRow {
    /// The time of the last activity.
    pub fn last_activity(&self) -> u64 {
        self.last_turn.unwrap_or(0).max(self.created)
    }
}

/// Which sessions are due: those that are to be closed or forgotten, and those of which something
/// still runs although they are closed. Times are in µs since the epoch.
#[derive(Debug)]
pub struct Due {
    /// An open session without activity since then.
    pub idle_since: u64,
    /// A session that was closed before then.
    pub closed_before: u64,
    /// A closed session among these.
    pub live: Vec<String>,
}

impl Due {
    /// Whether this session is.
    pub fn is(&self, row: &SessionRow) -> bool {
        match row.closed {
            None => row.last_activity() < self.idle_since,
            Some(closed) => closed < self.closed_before || self.live.contains(&row.id),
        }
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It waits; nothing has been spent.
    Queued,
    /// A process works on it.
    Running,
    /// It has been answered.
    Ended,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With an answer.
    Ok,
    /// Without.
    Failed,
    /// Its time was up.
    Timeout,
    /// It was cancelled.
    Cancelled,
    /// The service was killed meanwhile: what it cost is unknown.
    Lost,
}

/// A run or a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// `run_…`; a later one's is larger.
    pub id: String,
    /// The token that owns it.
    pub token: String,
    /// The session, if it is a turn.
    pub session: Option<String>,
    /// The model that was asked for.
    pub model: String,
    /// The `Idempotency-Key`.
    pub key: Option<String>,
    /// SHA-256 of the path and the body.
    pub request_sha256: String,
    /// When it came, in µs since the epoch.
    pub created: u64,
    /// When it ended, in µs since the epoch.
    pub ended: Option<u64>,
    /// How far it is.
    pub stage: Stage,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The HTTP status of its answer.
    pub status: Option<u16>,
    /// What it cost, in US dollars, if that is known.
    pub cost_usd: Option<f64>,
    /// The instance that runs it, if several share the state.
    #[serde(default)]
    pub instance: Option<String>,
}

impl RunRow {
    /// `turn` or `run`.
    pub fn kind(&self) -> &'static str {
        match self.session {
            Some(_) => "turn",
            None => "run",
        }
    }

    /// The end of a run whose service was killed while it ran. Nobody knows whether it was charged.
    pub fn lost(mut self, now: u64) -> Finished {
        self.stage = Stage::Ended;
        self.outcome = Some(Outcome::Lost);
        self.ended = Some(now);
        self.status = Some(502);
        self.cost_usd = None;
        let who = match &self.instance {
            None => "the service was stopped".to_owned(),
            Some(name) => format!("the instance {name} of the service was stopped or cut off"),
        };
        let answer = json!({
            "error": format!("{who} while this ran; it may have been charged"),
            "stderr": "", "duration_ms": now.saturating_sub(self.created) / 1000,
            "stop_reason": "error", "run_id": self.id,
        });
        Finished {
            spent: Spent::of(&self, None),
            row: self,
            answer: answer.to_string(),
            session: None,
        }
    }
}

/// What a claim or a start is checked against, in the transaction that makes it.
#[derive(Debug, Clone)]
pub struct Claims {
    /// The limits of the token.
    pub policy: Policy,
    /// How many of its runs may wait.
    pub queue_depth: u64,
    /// Whether the agent says what a run has cost: nothing is reserved for one that never does.
    pub tells_cost: bool,
}

impl Claims {
    /// The refusal of a run that would be one too many to wait.
    pub fn queue_is_full() -> Refusal {
        Refusal::busy("too many runs of this token wait already", 5)
    }
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    /// It is on disk, at this stage: it has to wait while other instances run as many of the token's
    /// as may run, while runs under way may need the rest of its budget, or for an earlier one at
    /// another instance.
    New(Stage),
    /// The token used this key before, for this run.
    Known(Box<RunRow>),
    /// The token has reached a limit.
    Refused(Refusal),
}

/// Whether a run that waited may start.
#[derive(Debug, PartialEq)]
pub enum Started {
    /// From here on it may cost.
    Now,
    /// The token's budget was spent while it waited.
    Refused(Refusal),
    /// It waits for other runs of the token, as a [`Claim::New`] does.
    Waits,
    /// Its claim is not there any more: this instance was taken for dead.
    Gone,
}

/// The end of a run: what is stored in one transaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finished {
    /// The run.
    pub row: RunRow,
    /// What it was answered, as JSON.
    pub answer: String,
    /// What it adds to its token's day.
    pub spent: Spent,
    /// Where its session now stands.
    pub session: Option<SessionRow>,
}

/// A sum of runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Runs.
    pub runs: u64,
    /// Turns.
    pub turns: u64,
    /// How many of both failed, or were cut off.
    pub failed: u64,
    /// How many of both have an unknown cost.
    pub cost_unknown: u64,
    /// US dollars.
    pub cost_usd: f64,
    /// Tokens that the model read, from a cache or not.
    pub input_tokens: u64,
    /// Tokens that the model wrote.
    pub output_tokens: u64,
}

impl Spent {
    /// What one run comes to; `usage` is as the API has it.
    pub fn of(run: &RunRow, usage: Option<&Value>) -> Spent {
        let count = |name: &str| {
            let count = usage.and_then(|usage| usage.get(name));
            let count = count.and_then(Value::as_u64);
            count.filter(|count| *count <= MOST_TOKENS).unwrap_or(0)
        };
        Spent {
            runs: u64::from(run.session.is_none()),
            turns: u64::from(run.session.is_some()),
            failed: u64::from(run.outcome != Some(Outcome::Ok)),
            cost_unknown: u64::from(run.cost_usd.is_none()),
            cost_usd: run.cost_usd.unwrap_or(0.0),
            input_tokens: count("input_tokens")
                + count("cache_creation_input_tokens")
                + count("cache_read_input_tokens"),
            output_tokens: count("output_tokens"),
        }
    }

    /// What one run adds to a sum: a cost that cannot be is unknown.
    pub(super) fn credible(&self) -> Spent {
        let mut spent = self.clone();
        if !(0.0..=MOST_USD).contains(&spent.cost_usd) {
            spent.cost_usd = 0.0;
            spent.cost_unknown += 1;
        }
        spent
    }
}

/// Whether a day's sum can be so many US dollars: what fits into `numeric(20, 9)`.
pub(super) fn is_sum(usd: f64) -> bool {
    (0.0..1e11).contains(&usd)
}

/// What a token has spent on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsageRow {
    /// `2026-11-27`, UTC.
    pub day: String,
    /// The token that owns it.
    pub token: String,
    /// How much.
    #[serde(flatten)]
    pub spent: Spent,
}

/// The day of a time in µs since the epoch: `2026-11-27`, UTC.
pub fn day(micros: u64) -> String {
    let time = i64::try_from(micros)
        .ok()
        .and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok());
    time.unwrap_or_default().strftime("%Y-%m-%d").to_string()
}

/// Another instance of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub url: Option<String>,
    /// Whether its heartbeat is in time.
    pub is_up: bool,
    /// How long ago its last heartbeat was, in seconds.
    pub seen_secs_ago: Option<u64>,
}
