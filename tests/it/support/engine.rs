//! The engine of a cluster: one nats-server or three, on ports of their own, with folders of their own;
//! killed when dropped.

use std::io::Read;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::dir::Dir;
use super::port::free_port;
use super::{Router, eventually, python};

/// nats-servers that run.
pub struct Engine {
    program: PathBuf,
    nodes: Vec<Node>,
    home: Dir,
    /// The configuration file of the nodes, beside what the command line says.
    config: Option<PathBuf>,
}

struct Node {
    port: u16,
    route: u16,
    child: Option<Child>,
}

impl Engine {
    /// One server; none without python3, after saying what is skipped.
    pub fn start_or_skip(what: &str) -> Option<Engine> {
        Engine::nodes_or_skip(1, None, what)
    }

    /// One server with this configuration.
    pub fn configured_or_skip(config: &str, what: &str) -> Option<Engine> {
        Engine::nodes_or_skip(1, Some(config), what)
    }

    /// Three servers that keep everything three times.
    pub fn three_or_skip(what: &str) -> Option<Engine> {
        Engine::nodes_or_skip(3, None, what)
    }

    fn nodes_or_skip(count: usize, config: Option<&str>, what: &str) -> Option<Engine> {
        let python = python::nats_or_skip(what)?;
        let nodes = (0..count).map(|_| Node {
            port: free_port(),
            route: free_port(),
            child: None,
        });
        let home = Dir::new();
        let mut engine = Engine {
            program: python.with_file_name("nats-server"),
            nodes: nodes.collect(),
            config: config.map(|text| home.file("nats.conf", text)),
            home,
        };
        for node in 0..count {
            engine.start(node);
        }
        for node in 0..count {
            engine.wait(node);
        }
        Some(engine)
    }

    /// As a router is told of it.
    pub fn url(&self) -> String {
        let nodes: Vec<String> = self.nodes.iter().map(url).collect();
        nodes.join(",")
    }

    /// Routers of one show, with these arguments.
    pub fn routers<const N: usize>(&self, args: &[&str]) -> [Router; N] {
        let url = self.url();
        let all = [&["--cluster", &url][..], args].concat();
        std::array::from_fn(|_| Router::own(&all))
    }

    /// Where its only server listens.
    pub fn place(&self) -> String {
        format!("127.0.0.1:{}", self.nodes[0].port)
    }

    /// Starts a server, with what it had before.
    pub fn start(&mut self, place: usize) {
        let routes: Vec<String> = self
            .nodes
            .iter()
            .map(|node| format!("nats://127.0.0.1:{}", node.route))
            .collect();
        let node = &self.nodes[place];
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .args(["-js", "-a", "127.0.0.1", "-p", &node.port.to_string()])
            .arg("-sd")
            .arg(self.home.path().join(format!("node{place}")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(config) = &self.config {
            command.arg("-c").arg(config);
        }
        if self.nodes.len() > 1 {
            command
                .args(["-n", &format!("node{place}"), "--cluster_name", "engine"])
                .args(["--cluster", &routes[place]])
                .args(["--routes", &routes.join(",")]);
        }
        self.nodes[place].child = Some(command.spawn().expect("nats-server runs"));
    }

    /// Waits until a server takes connections.
    pub fn wait(&self, place: usize) {
        let port = self.nodes[place].port;
        eventually("the nats-server", || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
            let mut first = [0; 4];
            stream.read_exact(&mut first).ok()?;
            (&first == b"INFO").then_some(())
        });
    }

    /// SIGKILL.
    pub fn kill(&mut self, place: usize) {
        if let Some(mut child) = self.nodes[place].child.take() {
            child.kill().expect("it runs");
            child.wait().expect("a killed child can be waited for");
        }
    }

    /// It stands still, with its connections open, or goes on.
    pub fn freeze(&self, place: usize, is_frozen: bool) {
        let child = self.nodes[place].child.as_ref().expect("it runs");
        let signal = if is_frozen {
            Signal::STOP
        } else {
            Signal::CONT
        };
        let pid = Pid::from_child(child);
        kill_process(pid, signal).expect("it runs");
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for place in 0..self.nodes.len() {
            self.kill(place);
        }
    }
}

fn url(node: &Node) -> String {
    format!("nats://127.0.0.1:{}", node.port)
}
