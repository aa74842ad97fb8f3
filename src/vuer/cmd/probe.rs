//! Checks the server for `doctor`. Takes the settings, gives the probe that `doctor` shows.

use super::connection::ConnectionArgs;
use crate::config::probe::Probe;
use crate::error::Failure;
use crate::term::Console;
use crate::text::command_line::untyped;
use crate::vuer::client::session::round_trip;

/// Checks the server.
///
/// # Errors
/// An invalid configuration. Errors of the server are part of the probe.
pub fn probe(console: &Console) -> Result<Probe, Failure> {
    let connection: ConnectionArgs =
        untyped().map_err(|error| Failure::usage(error.to_string()))?;
    let probe = Probe::of("vuer", &connection.access()?);
    Ok(probe.asked(|probe| ask(&connection, console, probe)))
}

fn ask(connection: &ConnectionArgs, console: &Console, probe: &mut Probe) -> Result<(), Failure> {
    let target = connection.target(console)?;
    let endpoint = target.endpoint.clone();
    probe.proxy = target
        .proxy
        .as_ref()
        .map(|proxy| (proxy.url(), proxy.origin()));
    let late = || format!("no answer from {endpoint}");
    let asked = round_trip(&target);
    probe.round_trip = Some(connection.one_shot(&target, late, None, asked)?);
    Ok(())
}
