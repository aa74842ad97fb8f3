//! Checks the hosts that users type. No I/O.

use std::net::Ipv4Addr;

/// Checks that a host of digits and dots is a complete IPv4 address. The system's resolver fills up
/// a shorter one (1.2.3 is 1.2.0.3, and 5 is 0.0.0.5), which nobody means who sends to a network.
///
/// # Errors
/// What an address is.
pub fn check_host(host: &str) -> Result<(), &'static str> {
    let is_number = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number && !host.is_empty() && host.parse::<Ipv4Addr>().is_err() {
        return Err("an IPv4 address has four numbers from 0 to 255, such as 192.168.1.255");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_complete_or_a_name() {
        for host in [
            "10.0.0.1",
            "2.255.255.255",
            "localhost",
            "node-1.local",
            "3com.com",
            "::1",
        ] {
            assert_eq!(check_host(host), Ok(()), "{host}");
        }
        for host in ["1.2.3", "5", "1.2.3.256", "1.2.3.4.5", "10.0.0.", "."] {
            assert!(check_host(host).is_err(), "{host}");
        }
    }
}
