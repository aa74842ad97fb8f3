//! What the operator of a router is told. Takes the router's notices; prints warnings.

use std::collections::HashSet;

use tokio::sync::mpsc;

use crate::clasp::router::Notice;
use crate::term::Console;

/// Prints the router's notices for the operator; each refused origin only once.
pub(super) async fn print_notices(mut notices: mpsc::UnboundedReceiver<Notice>, console: &Console) {
    /// How many refused origins are printed: more are an attack, and more lines would not help.
    const ORIGINS: usize = 20;
    let mut origins = HashSet::new();
    while let Some(notice) = notices.recv().await {
        match notice {
            Notice::ClockStep(micros) => {
                let seconds = micros.unsigned_abs() as f64 / 1e6;
                let what = if micros > 0 {
                    "forward: so was the router's"
                } else {
                    "back: the router's follows slowly, and never goes back"
                };
                console.warn(format_args!(
                    "the system's clock was set by {seconds:.3} s {what}"
                ));
            }
            Notice::LateBundles(count) => console.warn(format_args!(
                "{count} timed bundles were due more than 10s ago, while the router was not running: they were not executed"
            )),
            Notice::RightsEnded(count) => console.warn(format_args!(
                "{count} timed bundles, timelines or signals of tokens that are no longer valid were dropped"
            )),
            Notice::BundleRefused(why, 0) => console.warn(format_args!(
                "a timed bundle was refused at its time, and nothing of it was executed: {why}"
            )),
            Notice::BundleRefused(why, more) => console.warn(format_args!(
                "timed bundles were refused at their time, and nothing of them was executed: {why}; and {more} more"
            )),
            Notice::DiskFailed(why) => console.warn(format_args!(
                "the data folder cannot be written ({why}): writes are refused until it can"
            )),
            Notice::DiskWell => {
                console.warn("the data folder can be written again");
            }
            Notice::HistoryFailed(why) => console.warn(format_args!(
                "messages are not being recorded in the history: {why}"
            )),
            Notice::HistoryWell(lost) => console.warn(format_args!(
                "messages are recorded in the history again; {lost} are missing"
            )),
            Notice::HistoryDamaged { path, bytes } => console.warn(format_args!(
                "{} is damaged: {bytes} bytes cannot be read, so the history lacks messages",
                path.display()
            )),
            Notice::EngineLost(why) => console.warn(format_args!(
                "the connection to the cluster's engine is lost ({why}): writes wait for another"
            )),
            Notice::EngineAway => console.warn(
                "the cluster's engine is out of reach: writes are refused, values may be old",
            ),
            Notice::EngineBack => console.warn("this router agrees with its cluster again"),
            Notice::EngineUnfit(why) => console.warn(format_args!("{why}")),
            Notice::EngineEmpty => console.warn(
                "the cluster's stream is gone from the engine: restore it, or start all routers anew",
            ),
            Notice::EngineWentBack => console.warn(
                "the cluster's engine has lost what was written last: all sessions begin anew",
            ),
            Notice::OriginRefused(origin) => {
                if origins.len() < ORIGINS && origins.insert(origin.clone()) {
                    console.warn(format_args!(
                        "a page of {origin} was refused; --allow-origin {origin} lets such pages connect"
                    ));
                }
            }
        }
    }
    std::future::pending().await
}
