//! The verbs of `trefoil forge`, one file each, and what they share.
//!
//! Takes the arguments; prints the service's replies for people or programs.
//!
//! - [`connection`]: the options for the URL and the credentials
//! - [`prompt`]: reads a prompt from an argument, a file or stdin
//! - [`paid`]: requests that cost money: sent once, and recorded in the ledger
//! - [`batch`]: many prompts, each paid for once, with a journal
//! - [`cancel`]: stops a run
//! - [`settle`]: asks for the outcome of a run that was sent with a key; nothing is sent again
//! - [`checks`]: checks of an answer
//! - [`curl`]: a request as a curl command, for `--dry-run`
//! - [`source`], [`transfer`]: a file to upload, and its upload
//! - [`files`]: the files of `-f`, which are uploaded first if necessary
//! - [`complete`]: completion of ids
//! - [`session`]: the verbs of sessions

pub mod batch;
pub mod cancel;
pub mod checks;
pub mod complete;
pub mod connection;
pub mod curl;
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
