//! The HTTP contract of clawdforge as types: the requests, and the meaning of the replies. No I/O.
//!
//! - [`names`]: ids and names, checked before they go into a path
//! - [`cidr`], [`moment`]: networks and times in the service's form
//! - [`route`]: the actions, their paths and the bodies of their requests
//! - [`multipart`], [`media`]: the body of an upload, and the media type of its file
//! - [`reply`]: the bodies of replies
//! - [`event_stream`]: replies as server-sent events
//! - [`session`]: the state of a session
//! - [`schema`]: whether a JSON value conforms to a JSON Schema
//! - [`notice`]: detects a reply that is only a notice of a usage limit

pub mod cidr;
pub mod event_stream;
pub mod large;
pub mod media;
pub mod moment;
pub mod multipart;
pub mod names;
pub mod notice;
pub mod reply;
pub mod route;
pub mod schema;
pub mod session;
