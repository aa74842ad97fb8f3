//! The state of a request and its reply, during the exchange and after it was interrupted.
//!
//! The connection stores here that the request is being sent, the status, and the reply piece by
//! piece. The caller may stop waiting at any moment (Ctrl-C, a deadline); it can then read whether
//! the service may have acted, and store what was paid for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::forge::api::names::RunId;

/// One request and the part of its reply that has arrived. Clones share the same state.
#[derive(Debug, Clone, Default)]
pub struct Exchange(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    seen: Mutex<Seen>,
    sent: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Seen {
    key: Option<String>,
    run: Option<RunId>,
    status: Option<u16>,
    received: Vec<u8>,
}

impl Exchange {
    /// An exchange with this `Idempotency-Key`, with which the service can be asked later for the
    /// outcome.
    pub fn keyed(key: String) -> Exchange {
        let exchange = Exchange::default();
        exchange.seen().key = Some(key);
        exchange
    }

    /// The `Idempotency-Key`.
    pub(super) fn key(&self) -> Option<String> {
        self.seen().key.clone()
    }

    /// The service's id of the run, once it has arrived: our service sends it before the answer, if
    /// the answer is streamed.
    pub fn run(&self) -> Option<RunId> {
        self.seen().run.clone()
    }

    pub(super) fn note_run(&self, id: &str) {
        if let Ok(id) = id.parse() {
            self.seen().run = Some(id);
        }
    }

    /// Whether any of the request was sent: from then on the service may act on it.
    pub fn is_sent(&self) -> bool {
        *self.0.sent.borrow()
    }

    /// The HTTP status, once it has arrived.
    pub fn status(&self) -> Option<u16> {
        self.seen().status
    }

    /// Takes the part of the reply that has arrived.
    pub fn take_received(&self) -> Vec<u8> {
        std::mem::take(&mut self.seen().received)
    }

    /// Waits until the request is being sent.
    pub(super) async fn sending(&self) {
        let mut sent = self.0.sent.subscribe();
        // The sender is in `self`, so it does not go away.
        let _ = sent.wait_for(|sent| *sent).await;
    }

    pub(super) fn mark_sent(&self) {
        self.0.sent.send_replace(true);
    }

    pub(super) fn begin_reply(&self, status: u16) {
        self.seen().status = Some(status);
    }

    /// Adds a piece of the reply and returns the number of bytes so far.
    pub(super) fn receive(&self, piece: &[u8]) -> usize {
        let mut seen = self.seen();
        seen.received.extend_from_slice(piece);
        seen.received.len()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
