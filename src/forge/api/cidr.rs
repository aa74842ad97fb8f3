//! Address ranges (CIDR). Takes `172.24.0.0/16`, or an address, which is a range of its own; gives
//! the range in the form that the service expects.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network without any host bit set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

/// Why a text is not an address range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCidr {
    /// It does not begin with an address.
    #[error("it must be like 172.24.0.0/16, fd00::/8 or 10.0.0.7")]
    NoAddress,
    /// There is no number after the slash, or it is too large.
    #[error("behind the slash there must be a number from 0 to {0}")]
    BadPrefix(u8),
    /// It is an address with a prefix length, which may mean the address or the network.
    #[error("it is an address within a network: did you mean {0} or {1}?")]
    HostBits(Cidr, Cidr),
}

impl Cidr {
    /// The network with this prefix length that contains an address.
    fn around(address: IpAddr, prefix: u8) -> Cidr {
        let network = match address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        };
        Cidr { network, prefix }
    }

    /// Whether the network contains an address. An IPv4 address that is mapped to IPv6 counts as
    /// IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.network.is_ipv4()
            && Cidr::around(address, self.prefix).network == self.network
    }

    /// Whether it contains every address.
    pub fn is_everything(&self) -> bool {
        self.prefix == 0
    }
}

/// The length of an address in bits.
fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl FromStr for Cidr {
    type Err = BadCidr;

    fn from_str(text: &str) -> Result<Cidr, BadCidr> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| BadCidr::NoAddress)?;
        let most = bits(address);
        let prefix = match prefix {
            None => most,
            // Only digits, because `parse` alone accepts `+8`.
            Some(digits) => Some(digits)
                .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                .and_then(|digits| digits.parse().ok())
                .filter(|prefix| *prefix <= most)
                .ok_or(BadCidr::BadPrefix(most))?,
        };
        let cidr = Cidr::around(address, prefix);
        if cidr.network == address {
            Ok(cidr)
        } else {
            Err(BadCidr::HostBits(cidr, Cidr::around(address, most)))
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

impl serde::Serialize for Cidr {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses_of_both_families() {
        for (given, expected) in [
            ("172.24.0.0/16", "172.24.0.0/16"),
            ("10.0.0.7", "10.0.0.7/32"),
            ("10.0.0.7/32", "10.0.0.7/32"),
            ("10.0.0.6/31", "10.0.0.6/31"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("fd00::/8", "fd00::/8"),
            ("FD00:0:0::/48", "fd00::/48"),
            ("::1", "::1/128"),
            ("::/0", "::/0"),
            ("10.0.0.0/08", "10.0.0.0/8"),
        ] {
            let cidr: Cidr = given.parse().expect(given);
            assert_eq!(cidr.to_string(), expected);
            assert_eq!(cidr.is_everything(), expected.ends_with("/0"));
        }
    }

    #[test]
    fn an_address_is_inside_or_not() {
        for (range, address, inside) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false),
            ("10.0.0.7", "10.0.0.7", true),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "1.2.3.4", false),
        ] {
            let cidr: Cidr = range.parse().expect(range);
            let address: IpAddr = address.parse().expect(address);
            assert_eq!(cidr.contains(address), inside, "{address} in {range}");
        }
    }

    #[test]
    fn what_is_none_and_what_was_meant() {
        let none = BadCidr::NoAddress.to_string();
        for (given, said) in [
            ("", none.as_str()),
            ("/16", &none),
            ("172.24/16", &none),
            ("172.24.0.0.0/16", &none),
            ("256.0.0.0/8", &none),
            ("010.0.0.0/8", &none),
            ("localhost", &none),
            (" 10.0.0.0/8", &none),
            ("fe80::1%eth0", &none),
            (
                "10.0.0.0/8,11.0.0.0/8",
                "behind the slash there must be a number from 0 to 32",
            ),
            (
                "10.0.0.0/33",
                "behind the slash there must be a number from 0 to 32",
            ),
            (
                "10.0.0.0/",
                "behind the slash there must be a number from 0 to 32",
            ),
            (
                "10.0.0.0/+8",
                "behind the slash there must be a number from 0 to 32",
            ),
            (
                "10.0.0.0/255.0.0.0",
                "behind the slash there must be a number from 0 to 32",
            ),
            (
                "fd00::/129",
                "behind the slash there must be a number from 0 to 128",
            ),
            (
                "172.24.3.7/16",
                "it is an address within a network: did you mean 172.24.0.0/16 or 172.24.3.7/32?",
            ),
            (
                "1.2.3.4/0",
                "it is an address within a network: did you mean 0.0.0.0/0 or 1.2.3.4/32?",
            ),
            (
                "fd00::1/8",
                "it is an address within a network: did you mean fd00::/8 or fd00::1/128?",
            ),
        ] {
            let error = given.parse::<Cidr>().expect_err(given);
            assert_eq!(error.to_string(), said, "{given}");
        }
    }
}
