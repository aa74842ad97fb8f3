//! `clasp serve` as a systemd service: its notifications, and the unit file that is shipped.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process::Command;
use std::time::Duration;

use crate::support::dir::Dir;
use crate::support::{PATIENCE, trefoil};

/// A service manager's side.
fn manager(address: &SocketAddr) -> UnixDatagram {
    let socket = UnixDatagram::bind_addr(address).expect("a free name");
    socket
        .set_read_timeout(Some(PATIENCE))
        .expect("a positive time");
    socket
}

fn message(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 512];
    let length = socket.recv(&mut bytes).expect("a notification in time");
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

/// The next message that is not a sign of life.
fn state(socket: &UnixDatagram) -> String {
    loop {
        let message = message(socket);
        if message != "WATCHDOG=1" {
            return message;
        }
    }
}

#[test]
fn readiness_life_and_the_end_are_told() {
    let dir = Dir::new();
    let path = dir.path().join("notify");
    let abstract_name = format!("trefoil-test-{}", std::process::id());
    for (address, variable) in [
        (
            SocketAddr::from_pathname(&path).expect("a short path"),
            path.to_str().expect("UTF-8").to_owned(),
        ),
        (
            SocketAddr::from_abstract_name(&abstract_name).expect("a short name"),
            format!("@{abstract_name}"),
        ),
    ] {
        let socket = manager(&address);
        let args = ["clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"];
        let mut serving = trefoil(&args)
            .env("NOTIFY_SOCKET", &variable)
            .env("WATCHDOG_USEC", "200000")
            .start();
        let url = serving.record()["url"].as_str().expect("a URL").to_owned();
        assert_eq!(state(&socket), format!("READY=1\nSTATUS=ready at {url}"));
        for _ in 0..3 {
            assert_eq!(message(&socket), "WATCHDOG=1");
        }
        serving.terminate();
        assert_eq!(state(&socket), "STOPPING=1");
        serving.finish().done();
    }
}

#[test]
fn the_other_services_tell_it_too() {
    let dir = Dir::new();
    let path = dir.path().join("notify");
    let socket = manager(&SocketAddr::from_pathname(&path).expect("a short path"));
    for args in [
        &[
            "vuer",
            "serve",
            "--bind",
            "127.0.0.1:0",
            "--page",
            "builtin",
        ][..],
        &["forge", "serve", "--bind", "127.0.0.1:0"],
    ] {
        let serving = trefoil(args)
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", "200000")
            .start();
        let ready = state(&socket);
        assert!(ready.starts_with("READY=1\nSTATUS=ready at "), "{ready}");
        for _ in 0..3 {
            assert_eq!(message(&socket), "WATCHDOG=1");
        }
        serving.terminate();
        assert_eq!(state(&socket), "STOPPING=1");
        serving.finish().done();
    }
}

#[test]
fn a_watchdog_that_is_not_ours_is_not_fed_and_a_command_does_not_inherit_it() {
    let dir = Dir::new();
    let path = dir.path().join("notify");
    let socket = manager(&SocketAddr::from_pathname(&path).expect("a short path"));
    let script = "sleep 0.5; echo \"${NOTIFY_SOCKET-none} ${WATCHDOG_USEC-none}\"";
    trefoil(&["clasp", "serve", "--", "sh", "-c", script])
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "100000")
        .env("WATCHDOG_PID", "1")
        .run()
        .done()
        .prints("none none\n");
    assert!(message(&socket).starts_with("READY=1\n"));
    assert_eq!(message(&socket), "STOPPING=1");
    socket
        .set_read_timeout(Some(Duration::from_millis(10)))
        .expect("a positive time");
    assert!(socket.recv(&mut [0; 16]).is_err(), "no sign of life");
}

#[test]
fn a_socket_that_is_not_there_is_named() {
    for name in ["/no/such/notify", "relative"] {
        trefoil(&["clasp", "serve", "--bind", "127.0.0.1:0"])
            .env("NOTIFY_SOCKET", name)
            .run()
            .exits(2)
            .says(&["NOTIFY_SOCKET", name]);
    }
}

/// Debian's systemd is not on every machine that builds; where it is, the unit must please it.
#[test]
fn the_unit_that_is_shipped_is_sound_and_hardened() {
    let unit = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/dist/systemd/trefoil-clasp.service"
    );
    let text = std::fs::read_to_string(unit).expect("it is shipped");
    assert!(text.contains("Type=notify") && text.contains("WatchdogSec="));
    // The command line must be one that we take: parsed up to the point where it reads the file.
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/trefoil "))
        .expect("a command");
    let line = line.replace("${CREDENTIALS_DIRECTORY}", "/no/such");
    let args: Vec<&str> = line.split(' ').collect();
    trefoil(&args).run().says(&["/no/such/tokens"]);

    if Command::new("systemd-analyze")
        .arg("--version")
        .output()
        .is_err()
    {
        eprintln!("systemd-analyze is not installed: the unit is not verified");
        return;
    }
    let dir = Dir::new();
    let checked = dir.file(
        "trefoil-clasp.service",
        text.replace("/usr/local/bin/trefoil", env!("CARGO_BIN_EXE_trefoil")),
    );
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&checked)
        .output()
        .expect("it was there a moment ago");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // It also complains of other units of the machine.
    let ours: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("trefoil"))
        .collect();
    assert!(ours.is_empty(), "{said}");
    let output = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20"])
        .arg(&checked)
        .output()
        .expect("it was there a moment ago");
    assert!(
        output.status.success(),
        "exposure above 2.0:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
