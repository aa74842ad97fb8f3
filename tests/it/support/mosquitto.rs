//! mosquitto, a common MQTT broker, on a port of its own; killed when dropped. `.ci/run` installs
//! it.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;

use rustix::process::{Pid, Signal};

use super::dir::Dir;
use super::port::free_port;
use super::{eventually, lines_of, shells};

/// A running broker.
pub struct Mosquitto {
    pub port: u16,
    settings: String,
    child: Child,
    home: Dir,
}

impl Mosquitto {
    /// A broker without authentication; None without mosquitto, then it prints what is skipped.
    pub fn start_or_skip() -> Option<Mosquitto> {
        Mosquitto::with_or_skip(|_| "allow_anonymous true\n".to_owned())
    }

    /// A broker with these settings, which may name files in its directory.
    pub fn with_or_skip(settings: impl FnOnce(&Dir) -> String) -> Option<Mosquitto> {
        shells::shell_or_skip("mosquitto_pub")?;
        let home = Dir::new();
        let settings = settings(&home);
        let (port, child) = (0..5)
            .find_map(|_| {
                let port = free_port();
                // Another process may have taken the port meanwhile.
                Some((port, launch(&home, port, &settings)?))
            })
            .expect("a free port");
        Some(Mosquitto {
            port,
            settings,
            child,
            home,
        })
    }

    /// Its URL, for the bridge.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("a killed child can be waited for");
    }

    /// Stops its process until [`resume`](Self::resume): it takes no more bytes.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).expect("it is ours");
    }

    /// Starts a new process at the same port, without the old state.
    pub fn restart(&mut self) {
        self.child = eventually("the broker's old port", || {
            launch(&self.home, self.port, &self.settings)
        });
    }

    fn client(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(args);
        command
    }

    /// Runs `mosquitto_pub ARGS` to its end.
    #[track_caller]
    pub fn publish(&self, args: &[&str]) {
        let status = self.client("mosquitto_pub", args).status();
        assert!(status.expect("it is there").success(), "{args:?}");
    }

    /// How many retained messages it has for this filter.
    pub fn retained(&self, filter: &str) -> u64 {
        let args = ["-t", filter, "-F", "%t", "--retained-only", "-W", "2"];
        let output = self.client("mosquitto_sub", &args).output();
        output
            .expect("it is there")
            .stdout
            .split(|byte| *byte == b'\n')
            .count() as u64
            - 1
    }

    /// Starts `mosquitto_sub ARGS`, whose lines arrive through a channel.
    pub fn subscribe(&self, args: &[&str]) -> Subscriber {
        let mut child = self
            .client("mosquitto_sub", args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it is there");
        let lines = lines_of(child.stdout.take().expect("piped"));
        Subscriber { child, lines }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running mosquitto_sub.
pub struct Subscriber {
    child: Child,
    pub lines: Receiver<String>,
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// None when the port is taken.
fn launch(home: &Dir, port: u16, settings: &str) -> Option<Child> {
    // As root it would switch to another user, who may not read the test's files.
    let text = format!("listener {port} 127.0.0.1\nuser root\n{settings}");
    let file = home.file("mosquitto.conf", text);
    let program = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"];
    let program = program
        .into_iter()
        .find(|path| std::path::Path::new(path).is_file());
    let mut child = Command::new(program.unwrap_or("mosquitto"))
        .arg("-c")
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("mosquitto runs");
    eventually("mosquitto", || {
        let ended = child.try_wait().expect("our own child").is_some();
        let listens = std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        (ended || listens).then_some(())
    });
    // Another process may listen there; then ours has already ended.
    std::thread::sleep(std::time::Duration::from_millis(20));
    let ended = child.try_wait().expect("our own child").is_some();
    (!ended).then_some(child)
}
