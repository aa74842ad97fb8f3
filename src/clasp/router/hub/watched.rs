//! Metrics and health of the router.

use super::Hub;
use crate::clasp::router::metrics::{self, Gauges};

impl Hub {
    /// The metrics in Prometheus's text format.
    pub fn metrics(&self) -> String {
        let plan = self.cluster.as_ref().map(|cluster| &cluster.plan);
        let mut gauges = Gauges {
            sessions: self.count(),
            params: (self.state.len(), self.state.bytes()),
            held: self.timed.len() + plan.map_or(0, |plan| plan.held.len()),
            timelines: plan.map_or(self.timelines.len(), |plan| plan.timelines.len()),
            signals: self.signals.len(),
            cluster: self.cluster.as_ref().map(|cluster| cluster.gauges()),
            disk: self.store.as_ref().map(|store| store.health()),
            ..Gauges::default()
        };
        for session in self.sessions.iter().flatten() {
            let unsent = session.outbox.unsent_bytes();
            gauges.slow_readers += usize::from(session.outbox.has_lag());
            gauges.unsent = (gauges.unsent.0 + unsent, gauges.unsent.1.max(unsent));
        }
        metrics::text(&self.settings.name, &self.counters, &gauges)
    }

    /// Why the router is not healthy, if so.
    pub fn trouble(&self) -> Option<String> {
        if self
            .cluster
            .as_ref()
            .is_some_and(|cluster| !cluster.is_live())
        {
            return Some("the cluster's engine is out of reach".into());
        }
        let why = self.cannot_keep()?;
        Some(format!("the data folder cannot be written: {why}"))
    }
}
