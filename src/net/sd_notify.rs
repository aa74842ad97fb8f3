//! Tells systemd the state of a service, with its notification messages (`sd_notify(3)`).
//!
//! ```text
//! NOTIFY_SOCKET=/run/…/notify or @abstract     READY=1, STOPPING=1, WATCHDOG=1, STATUS=…
//! WATCHDOG_USEC=30000000, WATCHDOG_PID=1234    send WATCHDOG=1 at least that often
//! ```
//!
//! No crate is used, because the protocol is one datagram of a few words.

use std::env;
use std::io;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use crate::error::{Failure, Kind};

/// The variables of the protocol, which a command that a service starts must not inherit.
pub const VARIABLES: [&str; 3] = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

/// A connection to the service manager.
#[derive(Debug)]
pub struct Notifier {
    socket: UnixDatagram,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// The service manager that `NOTIFY_SOCKET` names; `None` if there is none.
    ///
    /// # Errors
    /// The variable names a socket that cannot be used.
    pub fn from_environment() -> Result<Option<Notifier>, Failure> {
        let Some(name) = env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        let connected = address(name.as_encoded_bytes()).and_then(|address| {
            let socket = UnixDatagram::unbound()?;
            socket.connect_addr(&address)?;
            Ok(socket)
        });
        let socket = connected.map_err(|error| {
            Failure::new(
                Kind::Usage,
                format!(
                    "cannot notify the service manager at NOTIFY_SOCKET={}: {error}",
                    name.display()
                ),
            )
        })?;
        // A manager that does not read must not stop the service.
        let _ = socket.set_nonblocking(true);
        Ok(Some(Notifier {
            socket,
            watchdog: watchdog(
                env::var("WATCHDOG_USEC").ok().as_deref(),
                env::var("WATCHDOG_PID").ok().as_deref(),
                std::process::id(),
            ),
        }))
    }

    /// Reports that the service can be used; `status` is a line for people.
    pub fn ready(&self, status: &str) {
        self.send(&format!("READY=1\nSTATUS={status}"));
    }

    /// Reports that the service has begun to stop.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Sends watchdog messages as often as the service manager asks for, for ever. Run it on the
    /// thread of the service, so that a service that hangs stops sending them.
    pub async fn keep_alive(&self) {
        let Some(limit) = self.watchdog else {
            return std::future::pending().await;
        };
        loop {
            self.send("WATCHDOG=1");
            // Half of the limit, as sd_watchdog_enabled(3) recommends.
            tokio::time::sleep(limit / 2).await;
        }
    }

    fn send(&self, message: &str) {
        // A manager that has gone away is no reason to stop serving.
        let _ = self.socket.send(message.as_bytes());
    }
}

/// A path, or `@name` for an abstract socket.
fn address(name: &[u8]) -> io::Result<SocketAddr> {
    match name {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => {
            use std::os::linux::net::SocketAddrExt as _;
            SocketAddr::from_abstract_name(name)
        }
        [b'/', ..] => {
            use std::os::unix::ffi::OsStrExt as _;
            SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name))
        }
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is neither an absolute path nor @NAME",
        )),
    }
}

/// How long the service manager waits for a watchdog message; `None` if it does not expect any from
/// this process.
fn watchdog(micros: Option<&str>, pid: Option<&str>, own: u32) -> Option<Duration> {
    let micros: u64 = micros?.parse().ok()?;
    let is_ours = pid.is_none_or(|pid| pid.is_empty() || pid.parse() == Ok(own));
    (micros > 0 && is_ours).then(|| Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watchdog_is_for_the_process_that_it_names() {
        let second = Some(Duration::from_secs(1));
        for (micros, pid, expected) in [
            (Some("1000000"), None, second),
            (Some("1000000"), Some(""), second),
            (Some("1000000"), Some("7"), second),
            (Some("1000000"), Some("8"), None),
            (Some("0"), None, None),
            (Some("soon"), None, None),
            (None, Some("7"), None),
        ] {
            assert_eq!(watchdog(micros, pid, 7), expected, "{micros:?} {pid:?}");
        }
    }
}
