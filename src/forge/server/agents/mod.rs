//! `claude` as a subprocess, and other agents over ACP: a prompt enters, events and a report leave, and
//! nothing that it started outlives it.
//!
//! - [`launch`]: the command line and the environment
//! - [`content`]: a prompt and its files as one line of stdin
//! - [`line`]: a line of stdout, and what it means
//! - [`drive`]: one prompt, from the line that asks to the report
//! - [`acp`], [`acp_update`]: a session of an agent that speaks ACP
//! - [`process`]: the pipes, and the end
//! - [`guard`]: the small process between, which stops everything that `claude` has started

pub mod acp;
mod acp_update;
pub mod content;
pub mod drive;
pub mod guard;
pub mod launch;
pub mod line;
pub mod process;
