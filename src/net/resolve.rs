//! Resolves host names. Takes a name and a port; gives socket addresses.
//!
//! A statically linked binary (the default on Linux, for its start-up time) must not call
//! getaddrinfo(3) if `/etc/nsswitch.conf` lists other sources for hosts than `files` and `dns`:
//! glibc loads every other source as a shared library, which brings a second libc, and crashes in
//! it were seen. `getent`, a program of glibc, is run as a subprocess instead, so that mDNS,
//! systemd-resolved and LDAP names resolve as in every other program.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::process::Stdio;
use std::time::Instant;

use tokio::process::Command;

use crate::trace::{Step, Tap};

/// Whether glibc is linked into the binary.
const STATIC_GLIBC: bool = cfg!(all(target_env = "gnu", target_feature = "crt-static"));

/// The addresses of a host. `localhost` is always this machine (RFC 6761); this also saves a
/// one-shot command the thread and the files that a resolver needs.
///
/// # Errors
/// The resolver's error.
pub async fn resolve(host: &str, port: u16, tap: &Tap) -> io::Result<Vec<SocketAddr>> {
    if let Some(addresses) = without_asking(host, port) {
        return Ok(addresses);
    }
    let began = Instant::now();
    let addresses = ask(host, port).await?;
    tap.step(|| Step::Resolved {
        host: host.to_owned(),
        addresses: addresses.clone(),
        took: began.elapsed(),
    });
    Ok(addresses)
}

/// The addresses of a host, for a connection that another module makes.
///
/// # Errors
/// The resolver's error.
pub async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    match without_asking(host, port) {
        Some(addresses) => Ok(addresses),
        None => ask(host, port).await,
    }
}

/// The addresses of `localhost` and of a host that is an address already.
fn without_asking(host: &str, port: u16) -> Option<Vec<SocketAddr>> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(vec![
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        ]);
    }
    let address: IpAddr = host.parse().ok()?;
    Some(vec![SocketAddr::from((address, port))])
}

/// Asks the system's resolver.
async fn ask(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if STATIC_GLIBC && uses_modules() {
        return getent(host, port).await;
    }
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// Whether host names are resolved by NSS modules. Without the file glibc uses `files` and `dns`.
fn uses_modules() -> bool {
    fs::read_to_string("/etc/nsswitch.conf").is_ok_and(|text| names_modules(&text))
}

/// Whether an nsswitch.conf lists a source for hosts that glibc must load: any but `files` and
/// `dns`.
fn names_modules(nsswitch: &str) -> bool {
    let lines = nsswitch.lines();
    let hosts = lines.filter_map(|line| line.trim_start().strip_prefix("hosts:"));
    hosts
        .map(|sources| sources.split('#').next().unwrap_or_default())
        // An action such as `[!UNAVAIL=return]` may stand between two sources.
        .flat_map(|sources| sources.split(['[', ']']).step_by(2))
        .flat_map(str::split_whitespace)
        .any(|source| !matches!(source, "files" | "dns"))
}

/// Runs `getent ahosts`, which prints lines of `ADDRESS TYPE [NAME]` in the order of getaddrinfo.
async fn getent(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let output = Command::new("getent")
        .args(["--", "ahosts", host])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| {
            let why = format!(
                "/etc/nsswitch.conf names NSS modules, which are asked with getent: {error}"
            );
            io::Error::new(error.kind(), why)
        })?;
    let addresses = listed(&String::from_utf8_lossy(&output.stdout), port);
    if addresses.is_empty() {
        return Err(io::Error::other("Name or service not known"));
    }
    Ok(addresses)
}

fn listed(output: &str, port: u16) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for line in output.lines() {
        let address = line
            .split_whitespace()
            .next()
            .and_then(|text| socket_address(text, port));
        if let Some(address) = address
            && !addresses.contains(&address)
        {
            addresses.push(address);
        }
    }
    addresses
}

/// An address with a port; a link-local one may name its interface (`fe80::1%eth0`).
fn socket_address(text: &str, port: u16) -> Option<SocketAddr> {
    let Some((address, interface)) = text.split_once('%') else {
        return Some(SocketAddr::new(text.parse().ok()?, port));
    };
    let scope = match interface.parse() {
        Ok(scope) => scope,
        Err(_) => {
            let index = fs::read_to_string(format!("/sys/class/net/{interface}/ifindex")).ok()?;
            index.trim().parse().ok()?
        }
    };
    let address = SocketAddrV6::new(address.parse().ok()?, port, 0, scope);
    Some(address.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_that_glibc_would_load_are_found() {
        for (nsswitch, expected) in [
            ("hosts: files dns", false),
            (
                "passwd: files systemd\nhosts:\tfiles dns # myhostname",
                false,
            ),
            ("hosts: files [NOTFOUND=continue SUCCESS=return] dns", false),
            ("# hosts: mdns4", false),
            ("passwd: files systemd", false),
            ("hosts: files mdns4_minimal [NOTFOUND=return] dns", true),
            ("hosts: resolve [!UNAVAIL=return] files dns", true),
            ("  hosts: files dns myhostname", true),
        ] {
            assert_eq!(names_modules(nsswitch), expected, "{nsswitch}");
        }
    }

    #[test]
    fn each_address_of_getent_counts_once_and_in_order() {
        let output = "2001:db8::1     STREAM robot.local\n2001:db8::1     DGRAM\n\
                      192.0.2.7       STREAM\nfe80::1%3 STREAM\nnonsense\n";
        let expected = ["[2001:db8::1]:7330", "192.0.2.7:7330", "[fe80::1%3]:7330"];
        let expected = expected.map(|text| text.parse::<SocketAddr>().expect("an address"));
        assert_eq!(listed(output, 7330), expected);
    }
}
