//! What is known of an exchange while it runs, and after it was broken off.
//!
//! Takes what the connection sees: that the request begins to leave, the status, the reply piece by
//! piece. Gives it to whoever waits for the reply, who may stop waiting at any moment (Ctrl-C, a
//! deadline) and must then know whether the service may have acted, and keep what was paid for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One request and what came back of it so far. Clones are the same exchange.
#[derive(Debug, Clone, Default)]
pub struct Exchange(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    key: Option<String>,
    sent: bool,
    status: Option<u16>,
    received: Vec<u8>,
}

impl Exchange {
    /// An exchange that the service knows by this `Idempotency-Key`, so that it can be asked later
    /// what became of it.
    pub fn keyed(key: String) -> Exchange {
        let exchange = Exchange::default();
        exchange.seen().key = Some(key);
        exchange
    }

    /// The `Idempotency-Key`.
    pub(super) fn key(&self) -> Option<String> {
        self.seen().key.clone()
    }

    /// Whether the request has begun to leave: from then on the service may act on it.
    pub fn is_sent(&self) -> bool {
        self.seen().sent
    }

    /// The HTTP status, once it has come.
    pub fn status(&self) -> Option<u16> {
        self.seen().status
    }

    /// Takes out as much of the reply as came.
    pub fn take_received(&self) -> Vec<u8> {
        std::mem::take(&mut self.seen().received)
    }

    pub(super) fn mark_sent(&self) {
        self.seen().sent = true;
    }

    pub(super) fn begin_reply(&self, status: u16) {
        self.seen().status = Some(status);
    }

    /// Adds a piece of the reply, and gives how many bytes there are now.
    pub(super) fn receive(&self, piece: &[u8]) -> usize {
        let mut seen = self.seen();
        seen.received.extend_from_slice(piece);
        seen.received.len()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
