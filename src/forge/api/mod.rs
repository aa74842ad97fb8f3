//! The HTTP contract of clawdforge as types: what is sent, and what its replies mean. No I/O.
//!
//! - [`names`]: ids and names, checked before they go into a path
//! - [`cidr`], [`moment`]: networks and times as the service has them
//! - [`route`]: which path does what
//! - [`request`]: the bodies that are sent
//! - [`multipart`], [`media`]: a file among them, and what it is
//! - [`reply`]: what a body that came back says
//! - [`event_stream`]: the same as server-sent events
//! - [`session`]: what a session's state says
//! - [`schema`]: whether a JSON value conforms to a JSON Schema
//! - [`notice`]: a reply that is only a notice of a usage limit

pub mod cidr;
pub mod event_stream;
pub mod large;
pub mod media;
pub mod moment;
pub mod multipart;
pub mod names;
pub mod notice;
pub mod reply;
pub mod request;
pub mod route;
pub mod schema;
pub mod session;
