//! The sessions that have a turn under way, and the processes that are kept for the next one.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use tokio::time::Instant;

use super::agents::acp::Acp;
use super::agents::process::Process;
use super::refusal::Refusal;

/// A process between two turns.
#[derive(Debug)]
pub enum Waiting {
    /// `claude`.
    Claude {
        /// Its process.
        process: Process,
        /// What its conversation has cost so far, in US dollars.
        total_usd: f64,
        /// Its name of the conversation.
        conversation: String,
    },
    /// Another agent.
    Acp(Acp),
}

impl Waiting {
    /// The process, to be stopped.
    pub fn into_process(self) -> Process {
        match self {
            Waiting::Claude { process, .. } => process,
            Waiting::Acp(acp) => acp.into_process(),
        }
    }
}

/// A process that waits for the next turn.
#[derive(Debug)]
pub struct Warm {
    /// The process.
    pub process: Waiting,
    /// Since when.
    pub since: Instant,
}

/// Sessions with a turn under way, and warm processes.
#[derive(Debug, Default)]
pub struct Sessions {
    busy: RefCell<HashSet<String>>,
    /// The processes that wait, by their sessions.
    pub warm: RefCell<HashMap<String, Warm>>,
}

impl Sessions {
    /// A turn of this session begins.
    ///
    /// # Errors
    /// 429 when one is under way.
    pub fn occupy(&self, id: &str) -> Result<(), Refusal> {
        if self.busy.borrow_mut().insert(id.to_owned()) {
            Ok(())
        } else {
            Err(Refusal::busy("a turn of this session is under way", 1))
        }
    }

    /// It is over.
    pub fn release(&self, id: &str) {
        self.busy.borrow_mut().remove(id);
    }

    /// Whether something of it runs.
    pub fn is_live(&self, id: &str) -> bool {
        self.busy.borrow().contains(id) || self.warm.borrow().contains_key(id)
    }

    /// The sessions of which something runs.
    pub fn live(&self) -> Vec<String> {
        let (busy, warm) = (self.busy.borrow(), self.warm.borrow());
        let warm = warm.keys().filter(|id| !busy.contains(*id));
        busy.iter().chain(warm).cloned().collect()
    }

    /// Whether a turn of it is under way.
    pub fn is_busy(&self, id: &str) -> bool {
        self.busy.borrow().contains(id)
    }

    /// Takes a session's warm process.
    pub fn take_warm(&self, id: &str) -> Option<Process> {
        let warm = self.warm.borrow_mut().remove(id)?;
        Some(warm.process.into_process())
    }
}
