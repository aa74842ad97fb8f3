//! The value of the INIT event: gives facts about this program and machine.

use serde_json::{Map, Value, json};

/// The value of an INIT event, as the browser and the Python client fill theirs.
pub fn identity(name: &str) -> Map<String, Value> {
    let zone = jiff::tz::TimeZone::system();
    let west = -zone.to_offset(jiff::Timestamp::now()).seconds() / 60;
    let system = rustix::system::uname();
    let text = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
    let facts = [
        ("client", json!(name)),
        ("clientVersion", json!(env!("CARGO_PKG_VERSION"))),
        // The usual name for a zone without one (a POSIX rule in TZ).
        ("timezone", json!(zone.iana_name().unwrap_or("Etc/Unknown"))),
        ("timezoneOffset", json!(west)),
        ("platform", json!(text(system.sysname()))),
        ("platformVersion", json!(text(system.release()))),
        ("machine", json!(text(system.machine()))),
    ];
    facts
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect()
}
