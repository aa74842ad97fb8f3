//! Ports for servers that do not accept port 0. It uses nothing but the standard library, as
//! [`super::postgres`] does.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// A port at which nothing listens, outside the range for outgoing connections: a process that
/// polls a port of that range may connect to itself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 12_000 + std::process::id().wrapping_mul(37).wrapping_add(next * 13) % 18_000;
        let port = u16::try_from(port).expect("below 30,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
