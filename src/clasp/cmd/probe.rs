//! Checks the router for `doctor`. Takes the settings, gives the probe that `doctor` shows.

use std::time::Duration;

use super::connection::ConnectionArgs;
use crate::clasp::client::{Target, block_on, clock};
use crate::config::guard::Intent;
use crate::config::probe::{Probe, TokenStatus};
use crate::error::{Failure, Kind};
use crate::term::Console;
use crate::text::command_line::untyped;

/// How many clock samples are taken.
const SAMPLES: u32 = 5;

/// Checks the router.
///
/// # Errors
/// An invalid configuration. Errors of the router are part of the probe.
pub fn probe(console: &Console) -> Result<Probe, Failure> {
    let connection: ConnectionArgs =
        untyped().map_err(|error| Failure::usage(error.to_string()))?;
    let access = connection.access()?;
    let probe = Probe::of("clasp", &access);
    Ok(probe.asked(|probe| {
        let target = connection.target_at(&access, console, Intent::Read)?;
        ask(&connection, target, probe).inspect_err(|failure| {
            // A router that refuses HELLO has checked the token.
            if matches!(failure.kind, Kind::Refused | Kind::TokenMissing) {
                probe.token = TokenStatus::Refused;
            }
        })
    }))
}

fn ask(connection: &ConnectionArgs, target: Target, probe: &mut Probe) -> Result<(), Failure> {
    let proxy = target.proxy.as_ref();
    probe.proxy = proxy.map(|proxy| (proxy.url(), proxy.origin()));
    let measured = clock::measure(&target, SAMPLES, Duration::ZERO);
    let (welcome, samples) = connection.ask(&target, measured)?;
    probe.version = Some(format!("{}, protocol {}", welcome.name, welcome.version));
    probe.round_trip = samples.iter().map(|sample| sample.round_trip).min();
    probe.clock_offset_us = clock::fastest(&samples).and_then(|sample| sample.offset);
    if target.token.is_some() {
        // If the router also accepts a connection without a token, it has not checked ours.
        let anonymous = Target {
            token: None,
            others: Vec::new(),
            ..target
        };
        let welcomed = block_on(clock::measure(&anonymous, 0, Duration::ZERO))?.is_ok();
        probe.token = if welcomed {
            TokenStatus::NotNeeded
        } else {
            TokenStatus::Accepted
        };
    }
    Ok(())
}
