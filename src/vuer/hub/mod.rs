//! A Vuer server: it applies operations to a scene and shows the scene to browsers and programs.
//!
//! ```text
//!  lines ─▶ operation ─▶ scene ─▶ plan ─▶ session ─▶ page
//!           (what it     (scene,  (what a            │
//!            means)       by re-   client has        ▼
//!                         vision)  not seen)       events
//!                           └──── core ────┘
//! ```
//!
//! - [`operation`], [`scene`], [`plan`], [`fence`], [`core`]: no I/O; the time is a parameter
//! - [`site`]: the files that are served over HTTP, and who may connect
//! - [`session`], [`run`]: the sockets
//! - `page.html`: our own page, used when no other page is installed

mod complaints;
pub mod core;
mod fence;
pub mod operation;
pub mod plan;
pub mod run;
pub mod scene;
pub mod session;
pub mod site;

pub use crate::net::sd_notify;
pub use crate::net::tls::Acceptor;
