//! How the server is: nothing enters but the settings, what `doctor` shows leaves.

use tokio::time::Instant;

use super::connection::ConnectionArgs;
use crate::config::keys;
use crate::config::probe::Probe;
use crate::error::Failure;
use crate::net::ws::Received;
use crate::term::Console;
use crate::text::words::untyped;
use crate::vuer::client::session::{Load, Session};
use crate::vuer::client::{Error, Target};

/// Asks the server.
///
/// # Errors
/// A configuration that cannot be used; what is wrong with the server is in the probe.
pub fn probe(console: &Console) -> Result<Probe, Failure> {
    let mut probe = Probe::of("vuer", &keys::VUER_URL, None)?;
    if let Err(failure) = ask(console, &mut probe) {
        probe.failure = Some(failure);
    }
    Ok(probe)
}

fn ask(console: &Console, probe: &mut Probe) -> Result<(), Failure> {
    let connection: ConnectionArgs =
        untyped().map_err(|error| Failure::usage(error.to_string()))?;
    let target = connection.target(console)?;
    let endpoint = target.endpoint.clone();
    let late = || format!("no answer from {endpoint}");
    let asked = round_trip(&target);
    probe.round_trip = Some(connection.one_shot(&target, late, asked)?);
    Ok(())
}

/// How long it takes until its socket has read what was sent.
async fn round_trip(target: &Target) -> Result<std::time::Duration, Error> {
    let mut session = Session::connect(target, Load::Conversation).await?;
    // INIT is read before it, and is not to be counted.
    let mut took = Default::default();
    for number in 1..=2 {
        let asked = Instant::now();
        session.ask_read(number)?;
        session.flush(|_| ()).await?;
        while !matches!(session.receive().await?, Received::Pong(_)) {}
        took = asked.elapsed();
    }
    session.leave().await;
    Ok(took)
}
