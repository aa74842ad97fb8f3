//! The servers of an engine: where they are, how to reach them, and as whom.

use std::sync::Arc;

pub use super::login::{BadLogin, Login};
pub use crate::net::endpoint::Endpoint;
pub use crate::net::tls::{Identity, Trust};

/// One server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where.
    pub endpoint: Endpoint,
    /// Whether it has to speak TLS. Otherwise it does if it demands it.
    pub needs_tls: bool,
    /// Which certificates to trust, and which one to show.
    pub trust: Arc<Trust>,
    /// How to log in, if that was said.
    pub login: Option<Login>,
}
