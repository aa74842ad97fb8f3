//! What is under way and what the latest runs have cost, in memory: whatever kills the service frees
//! what was reserved. Takes runs as they are claimed, started and ended; gives what a token has
//! reserved, and how many of its runs wait.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use crate::forge::server::limits::{RECENT_RUNS, TURN_TIME};
use crate::forge::server::state::{RunRow, Stage};

/// Runs that have not ended, and the costs of those that have.
#[derive(Debug, Default)]
pub(super) struct Open {
    runs: HashMap<String, Run>,
    /// The model and the known cost of each token's latest runs.
    recent: HashMap<String, VecDeque<(String, Option<f64>)>>,
}

#[derive(Debug)]
struct Run {
    token: String,
    stage: Stage,
    reserved_usd: f64,
    /// When it was last told to wait for money.
    told: Option<Instant>,
}

impl Open {
    /// A run is claimed or has started; so much is reserved for it.
    pub fn put(&mut self, row: &RunRow, reserved_usd: f64) {
        let run = Run {
            token: row.token.clone(),
            stage: row.stage,
            reserved_usd,
            told: None,
        };
        self.runs.insert(row.id.clone(), run);
    }

    /// A run that is there has to wait for money.
    pub fn tell_to_wait(&mut self, id: &str) {
        if let Some(run) = self.runs.get_mut(id) {
            run.told = Some(Instant::now());
        }
    }

    /// A run is forgotten, as nothing has started.
    pub fn remove(&mut self, id: &str) {
        self.runs.remove(id);
    }

    /// A run has ended.
    pub fn end(&mut self, row: &RunRow) {
        self.runs.remove(&row.id);
        let recent = self.recent.entry(row.token.clone()).or_default();
        recent.push_back((row.model.clone(), row.cost_usd));
        if recent.len() > RECENT_RUNS {
            recent.pop_front();
        }
    }

    fn others<'a>(&'a self, row: &'a RunRow) -> impl Iterator<Item = &'a Run> {
        let others = self.runs.iter().filter(|(id, _)| **id != row.id);
        let others = others.map(|(_, run)| run);
        others.filter(|run| run.token == row.token)
    }

    /// Whether an earlier run of the token waits for money: later ones do not take it away. It keeps its turn
    /// for as long as it asks again and again: ids have the clock's time, which can be set back, so that two
    /// could otherwise wait for each other.
    pub fn is_after_another(&self, row: &RunRow) -> bool {
        let waits = |run: &Run| {
            let asks = run.told.is_some_and(|told| told.elapsed() < TURN_TIME);
            run.token == row.token && run.stage == Stage::Queued && asks
        };
        let mut runs = self.runs.iter();
        runs.any(|(id, run)| *id < row.id && waits(run))
    }

    /// What is reserved for the other runs of a run's token.
    pub fn reserved_usd(&self, row: &RunRow) -> f64 {
        self.others(row).map(|run| run.reserved_usd).sum()
    }

    /// How many other runs of its token wait.
    pub fn waiting(&self, row: &RunRow) -> usize {
        let waiting = self.others(row).filter(|run| run.stage == Stage::Queued);
        waiting.count()
    }

    /// What the dearest of the token's recent runs with this model has cost.
    pub fn dearest_usd(&self, row: &RunRow) -> Option<f64> {
        let recent = self.recent.get(&row.token)?.iter();
        let of_model = recent.filter(|(model, _)| *model == row.model);
        let known = of_model.filter_map(|(_, cost)| *cost);
        known.filter(|cost| *cost > 0.0).max_by(f64::total_cmp)
    }
}
