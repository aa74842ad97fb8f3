//! Parses the address of a broker.

use std::str::FromStr;

use crate::clasp::bridge::host::check_host;
use crate::net::endpoint::Endpoint;

/// A broker, as the user types it: `HOST`, `HOST:PORT`, `mqtt://HOST:PORT`, `mqtts://HOST`.
#[derive(Debug, Clone)]
pub struct Broker(pub Endpoint);

impl FromStr for Broker {
    type Err = String;

    fn from_str(text: &str) -> Result<Broker, String> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("mqtt", text));
        let (scheme, tls, usual) = match scheme {
            "mqtt" | "tcp" => ("mqtt", false, 1883),
            "mqtts" | "ssl" => ("mqtts", true, 8883),
            _ => return Err("the scheme must be mqtt:// or mqtts://".into()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('@') {
            return Err("give credentials with --username and --password-file".into());
        }
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                let port = port.parse().map_err(|_| "the port is not a number")?;
                (host, port)
            }
            _ => (rest, usual),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains('/') {
            return Err("a broker is HOST, HOST:PORT, mqtt://HOST:PORT or mqtts://HOST".into());
        }
        check_host(host)?;
        let endpoint = Endpoint::of(scheme, tls, host, port);
        endpoint.map(Broker).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brokers_as_they_are_typed() {
        for (text, shown) in [
            ("localhost", "mqtt://localhost:1883"),
            ("broker:1884", "mqtt://broker:1884"),
            ("mqtt://10.0.0.1", "mqtt://10.0.0.1:1883"),
            ("mqtts://broker.example/", "mqtts://broker.example:8883"),
            ("mqtt://[::1]:1884", "mqtt://[::1]:1884"),
            ("[::1]", "mqtt://[::1]:1883"),
        ] {
            let broker: Broker = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(broker.0.to_string(), shown);
        }
        for text in [
            "",
            "ws://a",
            "a:b",
            "mqtt://u:p@host",
            "mqtt://a/b",
            "10.0.1",
        ] {
            assert!(text.parse::<Broker>().is_err(), "{text}");
        }
    }
}
