//! A session that cannot be probed is replaced before the router forgets it.
//!
//! ```text
//!   old  ───────────────────────────────▶ PING … PONG  close
//!   new            HELLO … live  ─────────────────────────────────▶
//!                        └─ both deliver: what the old one did is not yielded again ─┘
//! ```

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::{Back, Event, Subscription, probe, subscribe};
use crate::clasp::client::connection::Connection;
use crate::clasp::client::reader::is_beside;
use crate::clasp::client::{Error, Refusal};
use crate::clasp::wire::{self, Message};

impl Subscription {
    /// Replaces a session that cannot be probed before the router forgets it: a second connection
    /// subscribes, then the first is read to its end. What both delivered is yielded once.
    pub(super) async fn hand_over(&mut self) -> Result<(), Error> {
        let (mut new, welcome) = subscribe(&self.target, &self.request).await?;
        let (mut early, mut snapshots, mut fences) = (Vec::new(), Vec::new(), 0);
        while fences < 2 {
            let bytes = self.hear(&mut new).await?;
            match &wire::decode(&bytes)?.message {
                Message::Pong => fences += 1,
                Message::Snapshot(_) if fences == 1 => snapshots.push(bytes.clone()),
                Message::Error(error) => {
                    let refusal = Refusal::from(error.clone());
                    let mut patterns = self.request.patterns.iter();
                    if !patterns.any(|pattern| is_beside(&refusal, pattern)) {
                        return Err(Error::Refused(refusal));
                    }
                }
                Message::Set(_) | Message::Publish(_) => early.push(bytes.clone()),
                _ => {}
            }
        }
        let deaf = self.read_out().await.is_err();
        self.session = Some(new);
        self.welcome = welcome;
        self.probe.replaced(Instant::now());
        for bytes in early {
            if let Some(event) = self.accept(bytes)? {
                self.ready.push_back(event);
            }
        }
        // Whatever the old session should have delivered and did not shows in the revisions.
        for bytes in snapshots {
            if let Message::Snapshot(params) = wire::decode(&bytes)?.message {
                self.retain(&params, true)?;
            }
        }
        let mut missed = self.revisions.settle();
        if deaf {
            missed = missed.beside_transients(self.request.types);
        }
        if deaf || missed.is_something() {
            self.ready.push_back(Event::Live {
                welcome: self.welcome.clone(),
                back: Some(Back {
                    after: Duration::ZERO,
                    missed,
                }),
            });
        }
        // Until this fence comes back, the new session may repeat what the old one delivered.
        self.probe.fence_sent(Instant::now());
        if let Some(session) = &mut self.session {
            session.send(&Message::Ping)?;
        }
        Ok(())
    }

    /// The next frame of a session that is expected to say something.
    async fn hear(&self, session: &mut Connection) -> Result<Bytes, Error> {
        match timeout(probe::FENCE_TIMEOUT, session.next()).await {
            Ok(bytes) => bytes,
            Err(_) => Err(self.cut("no answer to a probe")),
        }
    }

    /// Reads a session that is to be replaced up to a fence, remembering what it delivered.
    async fn read_out(&mut self) -> Result<(), Error> {
        let Some(mut session) = self.session.take() else {
            return Ok(());
        };
        session.send(&Message::Ping)?;
        loop {
            let bytes = self.hear(&mut session).await?;
            if matches!(wire::decode(&bytes)?.message, Message::Pong) {
                break;
            }
            if let Some(event) = self.accept(bytes.clone())? {
                self.ready.push_back(event);
            }
            *self.delivered.entry(bytes).or_default() += 1;
        }
        session.close().await;
        Ok(())
    }

    /// Whether the session before this one has delivered this very message.
    pub(super) fn is_repeat(&mut self, bytes: &Bytes) -> bool {
        if self.delivered.is_empty() {
            return false;
        }
        if !self.probe.fence_open() {
            self.delivered.clear();
            return false;
        }
        match self.delivered.get_mut(bytes) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }
}
