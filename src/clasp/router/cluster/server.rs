//! The servers of an engine: where they are, and as whom to come there.

use std::fmt;

pub use crate::net::endpoint::Endpoint;

/// One server.
#[derive(Clone)]
pub struct Server {
    /// Where.
    pub endpoint: Endpoint,
    /// A user and a password, or a token alone.
    pub login: Option<(String, Option<String>)>,
}

/// Shows no password.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.endpoint)
    }
}
