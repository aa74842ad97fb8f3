//! A PostgreSQL server of Debian's package `postgresql`, for one test: its own data, a free port, and
//! gone at the end. `.ci/run` installs the package.
//!
//! This file and [`super::port`] use nothing but the standard library, so that the unit tests of the state can use it.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::port::free_port;
use super::skip::skip;

/// The user that runs the server when the tests run as root, which initdb refuses: nobody.
const NOBODY: u32 = 65_534;

/// The password of its user `forge`, who owns its database `forge`.
pub const PASSWORD: &str = "s3cret-of-forge";

/// A running server.
pub struct Postgres {
    child: Option<Child>,
    folder: PathBuf,
    pub port: u16,
}

impl Postgres {
    /// Starts a server; None if the package is missing, then it prints what is skipped.
    pub fn start_or_skip() -> Option<Postgres> {
        let Some(initdb) = program("initdb") else {
            skip("PostgreSQL", "no initdb: apt-get install postgresql");
            return None;
        };
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        // Not below target/, which nobody may not be allowed to enter.
        let folder = std::env::temp_dir().join(format!("trefoil-pg-{}-{next}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .expect("the temporary folder is writable");
        let password = folder.join("password");
        fs::write(&password, PASSWORD).expect("a fresh folder is writable");
        let mut server = Postgres {
            child: None,
            folder,
            port: 0,
        };
        server.give(&[&server.folder, &password]);
        let mut initdb = server.command(&initdb);
        initdb
            .args(["--auth=scram-sha-256", "--username=forge", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C"])
            .arg(format!("--pwfile={}", password.display()))
            .arg(server.data());
        let output = initdb.output().expect("initdb runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "initdb: {said}");
        server.launch(&[]);
        server.psql("postgres", "CREATE DATABASE forge");
        Some(server)
    }

    /// The URL of its database, without the password.
    pub fn url(&self) -> String {
        format!("postgres://forge@localhost:{}/forge", self.port)
    }

    /// Starts it at a port of its own: the same one again after [`Postgres::stop`].
    pub fn launch(&mut self, settings: &[&str]) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.child.is_none() {
            assert!(Instant::now() < deadline, "PostgreSQL does not start");
            let port = if self.port == 0 {
                free_port()
            } else {
                self.port
            };
            let mut postgres = self.command(&program("postgres").expect("initdb is there"));
            postgres
                .arg("-D")
                .arg(self.data())
                .args(["-c", &format!("port={port}")])
                .args(["-c", "listen_addresses=127.0.0.1,::1", "-c", "fsync=off"])
                .args([
                    "-c",
                    &format!("unix_socket_directories={}", self.folder.display()),
                ])
                .args(["-c", "max_connections=60", "-c", "shared_buffers=16MB"]);
            for setting in settings {
                postgres.args(["-c", setting]);
            }
            let log = fs::File::create(self.folder.join("log")).expect("writable");
            postgres
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log);
            let mut child = postgres.spawn().expect("postgres runs");
            loop {
                if child.try_wait().expect("our own child").is_some() {
                    // Somebody else has the port, or an address is missing on this machine.
                    let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                    assert!(log.contains("could not"), "PostgreSQL ended: {log}");
                    break;
                }
                if self.answers(port) {
                    self.port = port;
                    self.child = Some(child);
                    break;
                }
                assert!(Instant::now() < deadline, "PostgreSQL does not answer");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// Stops it at once, as a machine that loses its power.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Its processes end when the first of them is gone, and free the memory that they share.
            let _ = child.kill();
            let _ = child.wait();
            let pid = self.data().join("postmaster.pid");
            let deadline = Instant::now() + Duration::from_secs(20);
            while self.has_processes() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(10));
            }
            let _ = fs::remove_file(pid);
        }
    }

    /// Makes it answer no query, while connections stay open, until it is resumed.
    pub fn signal_all(&self, signal: &str) {
        for pid in self.processes() {
            let _ = Command::new("kill")
                .args([signal, &pid.to_string()])
                .status();
        }
    }

    /// Begins a transaction with this SQL, which stays open until the value is dropped.
    pub fn hold(&self, database: &str, sql: &str) -> Held {
        let mut child = self
            .client(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("psql is there");
        let stdin = child.stdin.as_mut().expect("piped");
        writeln!(stdin, "BEGIN; {sql};").expect("psql reads");
        Held(child)
    }

    /// psql at a database.
    fn client(&self, database: &str) -> Command {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-U", "forge", "-d", database])
            .env("PGPASSWORD", PASSWORD);
        psql
    }

    /// Executes SQL, and returns what it prints.
    #[track_caller]
    pub fn psql(&self, database: &str, sql: &str) -> String {
        let mut psql = self.client(database);
        let output = psql.args(["-c", sql]).output().expect("psql is there");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "psql: {error}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A file that the server may read and nobody else.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, content).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("our own");
        self.give(&[&path]);
        path
    }

    fn answers(&self, port: u16) -> bool {
        let ready = Command::new("psql")
            .args([
                "-X", "-q", "-c", "SELECT 1", "-d", "postgres", "-U", "forge",
            ])
            .arg("-h")
            .arg(&self.folder)
            .args(["-p", &port.to_string()])
            .env("PGPASSWORD", PASSWORD)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ready.expect("psql is there").success()
    }

    /// The processes that work in its folder.
    fn processes(&self) -> Vec<u32> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter(|pid| {
            fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == self.data())
        })
        .collect()
    }

    fn has_processes(&self) -> bool {
        !self.processes().is_empty()
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A command that does not run as root.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        if is_root() {
            command.gid(NOBODY).uid(NOBODY);
        }
        command
    }

    fn give(&self, paths: &[&Path]) {
        if is_root() {
            for path in paths {
                chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
            }
        }
    }
}

/// An open transaction.
pub struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.signal_all("-CONT");
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// A program of the newest PostgreSQL that Debian has installed, or one on the PATH.
fn program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let path = entry.path().join("bin").join(name);
            path.is_file().then_some((version, path))
        })
        .collect();
    found.sort();
    if let Some((_, path)) = found.pop() {
        return Some(path);
    }
    let path: OsString = std::env::var_os("PATH")?;
    let mut paths = std::env::split_paths(&path).map(|folder| folder.join(name));
    paths.find(|path| path.is_file())
}
