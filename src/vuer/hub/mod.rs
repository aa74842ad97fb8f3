//! A Vuer server: operations on a scene enter, browsers and programs see it.
//!
//! ```text
//!  lines ─▶ operation ─▶ stage ─▶ plan ─▶ session ─▶ page
//!           (what it     (scene,  (what a            │
//!            means)       by re-   client has        ▼
//!                         vision)  not seen)       events
//!                           └──── core ────┘
//! ```
//!
//! - [`operation`], [`stage`], [`plan`], [`core`]: pure; the time is given
//! - [`site`]: what is served over HTTP, and who may connect
//! - [`session`], [`run`]: the sockets
//! - `page.html`: our own page, for who has no other

pub mod core;
pub mod operation;
pub mod plan;
pub mod run;
pub mod session;
pub mod site;
pub mod stage;

pub use crate::net::sd_notify;
pub use crate::net::tls::Acceptor;
