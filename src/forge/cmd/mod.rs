//! The verbs of `trefoil forge`, one a file, and what they share.
//!
//! What was typed enters; what the service says leaves, for people or programs.
//!
//! - [`connection`]: where, and as whom
//! - [`prompt`]: a prompt from an argument, a file or stdin
//! - [`paid`]: what costs money: sent once, waited for, entered into the ledger
//! - [`batch`]: many prompts, each paid for once, with a journal
//! - [`fate`]: what became of a run that was sent with a key
//! - [`checks`]: what an answer must be
//! - [`curl`]: a request as a curl command, for `--dry-run`
//! - [`source`], [`transfer`]: a file here, and its way to the service
//! - [`files`]: what `-f` names, uploaded first where it must be
//! - [`complete`]: ids for a shell's Tab
//! - [`session`]: the verbs of a conversation

pub mod batch;
pub mod checks;
pub mod complete;
pub mod connection;
pub mod curl;
pub mod fate;
pub mod files;
pub mod guard;
pub mod health;
pub mod ledger;
pub mod paid;
pub mod probe;
pub mod prompt;
pub mod run;
pub mod serve;
pub mod session;
pub mod settle;
pub mod source;
pub mod token;
pub mod transfer;
pub mod upload;
pub mod usage;
