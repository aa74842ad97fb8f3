//! Replaces a session that cannot be probed, before the router forgets it. Takes the subscription;
//! leaves it on a new connection.
//!
//! ```text
//!   old  ───────────────────────────────▶ PING … PONG  close
//!   new            HELLO … live  ─────────────────────────────────▶
//!                        └─ both deliver: each message is yielded once ─┘
//! ```

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::{Event, Reconnected, Subscription, probe, subscribe};
use crate::clasp::client::connection::Connection;
use crate::clasp::client::reader::is_about_extra_pattern;
use crate::clasp::client::{Error, Refusal};
use crate::clasp::wire::{self, Message};

impl Subscription {
    /// Subscribes over a second connection, then reads the first up to a fence and closes it. A
    /// message that both delivered is yielded once.
    pub(super) async fn hand_over(&mut self) -> Result<(), Error> {
        let (mut new, welcome) = subscribe(&self.target, &self.request).await?;
        let (mut early, mut snapshots, mut fences) = (Vec::new(), Vec::new(), 0);
        while fences < 2 {
            let bytes = self.next_frame(&mut new).await?;
            match &wire::decode(&bytes)?.message {
                Message::Pong => fences += 1,
                Message::Snapshot(_) if fences == 1 => snapshots.push(bytes.clone()),
                Message::Error(error) => {
                    let refusal = Refusal::from(error.clone());
                    let mut patterns = self.request.patterns.iter();
                    if !patterns.any(|pattern| is_about_extra_pattern(&refusal, pattern)) {
                        return Err(Error::Refused(refusal));
                    }
                }
                Message::Set(_) | Message::Publish(_) => early.push(bytes.clone()),
                _ => {}
            }
        }
        let old_session_broke = self.drain_old_session().await.is_err();
        self.session = Some(new);
        self.welcome = welcome;
        self.probe.replaced(Instant::now());
        for bytes in early {
            if let Some(event) = self.accept(bytes)? {
                self.ready.push_back(event);
            }
        }
        // The revisions show what the old session should have delivered and did not.
        for bytes in snapshots {
            if let Message::Snapshot(params) = wire::decode(&bytes)?.message {
                self.retain(&params, true)?;
            }
        }
        let mut missed = self.revisions.settle();
        if old_session_broke {
            missed = missed.including_transients(self.request.types);
        }
        if old_session_broke || missed.is_any() {
            self.ready.push_back(Event::Live {
                welcome: self.welcome.clone(),
                back: Some(Reconnected {
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

    /// The next frame of a session that has to send one soon.
    async fn next_frame(&self, session: &mut Connection) -> Result<Bytes, Error> {
        match timeout(probe::FENCE_TIMEOUT, session.next()).await {
            Ok(bytes) => bytes,
            Err(_) => Err(self.lost("no answer to a probe")),
        }
    }

    /// Reads the old session up to a fence, yields what it delivers and remembers it.
    async fn drain_old_session(&mut self) -> Result<(), Error> {
        let Some(mut session) = self.session.take() else {
            return Ok(());
        };
        session.send(&Message::Ping)?;
        loop {
            let bytes = self.next_frame(&mut session).await?;
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

    /// Whether the replaced session has already delivered this message.
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
