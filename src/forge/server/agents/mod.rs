//! `claude` as a subprocess, and other agents over ACP. Takes a prompt; gives events and a report. No
//! process that an agent has started outlives it.
//!
//! - [`launch`]: the command line and the environment
//! - [`content`]: a prompt and its files as one line of stdin
//! - [`lenient`]: a line of JSON that is not quite JSON
//! - [`line`]: a line of stdout, and what it means
//! - [`drive`]: one prompt, from the line that asks to the report
//! - [`acp`], [`acp_update`]: a session of an agent that speaks ACP
//! - [`process`]: the pipes, and how a process is stopped
//! - [`guard`]: the process between the service and an agent, which stops everything that `claude` has started

pub mod acp;
mod acp_update;
pub mod content;
pub mod drive;
pub mod guard;
pub mod launch;
mod lenient;
pub mod line;
pub mod process;
