//! `doctor`: probes every service and prints a table. The exit code is that of the worst failure.

use serde::Serialize;

use crate::config::probe::{Probe, TokenStatus};
use crate::error::{Failure, Kind};
use crate::term::{Cells, Column, Console, Row, Terminal, TooWide};
use crate::text::duration::{InWords, Signed};
use crate::{clasp, exit, forge, vuer};

const EXAMPLES: &str = "\
Examples:
  trefoil doctor
  trefoil doctor --profile stage
  trefoil doctor --jq '.[] | select(.configured and .error)'

A service that nobody configured is asked where it would be, and is no failure.
Of those that are, the exit code is the first of 4, 5 and 1 that one of them has.";

/// What may be typed after `doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct DoctorArgs {}

/// The result of a probe, as it is printed.
#[derive(Debug, Serialize)]
struct ProbeRow {
    service: &'static str,
    url: String,
    /// The variable or the profile that the URL comes from.
    origin: String,
    proxy: Option<ProxyField>,
    configured: bool,
    answers: bool,
    version: Option<String>,
    round_trip_us: Option<u64>,
    clock_offset_us: Option<i64>,
    token: TokenStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_token: Option<TokenStatus>,
    /// What failed, if anything did.
    error: Option<String>,
}

/// The HTTP proxy for a service.
#[derive(Debug, Serialize)]
struct ProxyField {
    url: String,
    /// The variable that sets it.
    origin: &'static str,
}

impl Row for ProbeRow {
    const COLUMNS: &'static [Column] = &[
        Column::left("SERVICE"),
        Column::left("URL"),
        Column::left("FROM"),
        Column::left("STATE"),
        Column::right("ROUND TRIP"),
        Column::right("CLOCK"),
        Column::left("TOKEN"),
        Column::left("VERSION"),
    ];

    const TOO_WIDE: TooWide = TooWide::Blocks;

    fn cells(&self, cells: &mut Cells) {
        cells.plain(self.service).address(&self.url);
        match &self.proxy {
            None => cells.dim(&self.origin),
            Some(proxy) => cells.dim(format_args!(
                "{}, through {} ({})",
                self.origin, proxy.url, proxy.origin
            )),
        };
        match (&self.error, self.answers, self.configured) {
            (None, ..) => cells.plain("ok"),
            (Some(_), ..) if self.token == TokenStatus::Withheld => cells.bad("not asked"),
            (Some(_), false, false) => cells.dim("not there"),
            (Some(_), true, _) => cells.bad("refuses"),
            (Some(_), false, true) => cells.bad("no answer"),
        };
        match self.round_trip_us {
            Some(micros) => cells.plain(InWords(std::time::Duration::from_micros(micros))),
            None => cells.plain(""),
        };
        match self.clock_offset_us {
            Some(offset) => cells.plain(Signed(offset)),
            None => cells.plain(""),
        };
        let token = match self.token {
            TokenStatus::None => "none",
            TokenStatus::Unasked => "not tried",
            TokenStatus::Withheld => "withheld",
            TokenStatus::Accepted => "accepted",
            TokenStatus::NotNeeded => "not needed",
            TokenStatus::Refused => "refused",
        };
        match (self.token, self.admin_token) {
            (TokenStatus::Refused, _) => cells.bad(token),
            (_, Some(TokenStatus::Refused)) => cells.bad(format_args!("{token}, admin refused")),
            (_, Some(TokenStatus::Withheld)) => cells.bad(format_args!("{token}, admin withheld")),
            (TokenStatus::Withheld, _) => cells.bad(token),
            (_, Some(TokenStatus::Accepted)) => {
                cells.plain(format_args!("{token}, admin accepted"))
            }
            (TokenStatus::None | TokenStatus::Unasked, _) => cells.dim(token),
            _ => cells.plain(token),
        };
        cells.plain(self.version.as_deref().unwrap_or_default());
    }
}

impl ProbeRow {
    fn of(probe: &Probe, console: &Console) -> ProbeRow {
        let round_trip = probe.round_trip;
        ProbeRow {
            service: probe.service,
            url: probe.url.clone(),
            origin: probe.origin.place(),
            proxy: probe
                .proxy
                .clone()
                .map(|(url, origin)| ProxyField { url, origin }),
            configured: probe.configured,
            answers: probe.round_trip.is_some() || probe.token == TokenStatus::Refused,
            version: probe.version.clone(),
            round_trip_us: round_trip.map(|t| u64::try_from(t.as_micros()).unwrap_or(u64::MAX)),
            clock_offset_us: probe.clock_offset_us,
            token: probe.token,
            admin_token: probe.admin_token,
            error: probe
                .failure
                .as_ref()
                .map(|failure| console.without_secrets(&failure.message())),
        }
    }
}

impl DoctorArgs {
    /// Probes all services and prints the results.
    ///
    /// # Errors
    /// The worst failure of a configured service, see [`severity`].
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let probes = [
            clasp::probe(&terminal.console)?,
            forge::probe(&terminal.console)?,
            vuer::probe(&terminal.console)?,
        ];
        let rows = probes
            .iter()
            .map(|probe| ProbeRow::of(probe, &terminal.console));
        let rows: Vec<ProbeRow> = rows.collect();
        terminal.printer.list(&rows)?;
        let failing = probes.into_iter().filter(|probe| probe.configured);
        let mut failures: Vec<(&str, Failure)> = failing
            .filter_map(|probe| Some((probe.service, probe.failure?)))
            .collect();
        failures.sort_by_key(|(_, failure)| severity(failure.kind));
        if failures.is_empty() {
            return terminal.printer.finish();
        }
        terminal.printer.flush()?;
        let (service, failure) = failures.swap_remove(0);
        for (service, failure) in failures {
            terminal
                .console
                .warn(format_args!("{service}: {}", failure.message()));
        }
        Err(failure.context(service))
    }
}

/// The order of failures, worst first: exit codes 4, 5, 1, then all others.
fn severity(kind: Kind) -> u8 {
    match exit::code(kind) {
        4 => 0,
        5 => 1,
        1 => 2,
        _ => 3,
    }
}
