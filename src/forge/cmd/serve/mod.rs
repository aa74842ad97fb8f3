//! `serve`: runs a forge service until it is stopped, or as long as a command runs.

mod place;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use tokio::process::Child;
use tokio::sync::oneshot;

use crate::config::child::environment_without;
use crate::config::{CertificateArgs, keys};
use crate::error::{Failure, Kind};
use crate::forge::api::names::Agent;
use crate::forge::server::sd_notify::{self, Notifier};
use crate::forge::server::state::Place as StatePlace;
use crate::forge::server::state::shared::address::Address;
use crate::forge::server::{
    Acceptor, CLAUDE, Ended, Listener, Service, Settings, block_on, host_name, limits, serve,
};
use crate::term::{Console, Interrupt, Terminal, child};
use crate::text::duration::duration;
use crate::text::shell::quoted;

use place::Place;

const EXAMPLES: &str = "\
Examples:
  trefoil forge serve
  trefoil forge serve -- sh tests/prompts.sh     as long as that runs
  trefoil forge serve --bind 0.0.0.0:8800 --tls-cert cert.pem --tls-key key.pem
  trefoil forge serve --state /var/lib/forge --max-running 8
  trefoil forge serve --claude /opt/claude/bin/claude --env AWS_REGION
  trefoil forge serve --state postgres://forge@db.example/forge
  trefoil forge serve --agent-command 'opencode=opencode acp'

The first start writes an admin token to STATE/admin-token. With it, make a
token for each app: trefoil forge token create NAME

To try it without claude: docs/forge-agents.md has a script of ten lines that
stands in for it.";

/// The default address.
const BIND: &str = "127.0.0.1:8800";

/// The default address with a COMMAND: any free port, so that several jobs can run at once.
const BIND_FOR_COMMAND: &str = "127.0.0.1:0";

/// How often the service is asked for problems to report.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// What may be typed after `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Listen here [default: 127.0.0.1:8800; with a COMMAND any free port]
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,

    /// Keep tokens, sessions, answers and files in this folder [default:
    /// $XDG_STATE_HOME/trefoil/forge; with a COMMAND one that is removed]; or in a
    /// PostgreSQL that several instances share, postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "DIR|URL")]
    state: Option<OsString>,

    /// With a URL as --state: keep the conversations and uploads of this instance
    /// in this folder [default: $XDG_STATE_HOME/trefoil/forge]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,

    /// The URL of this instance that clients of the others are told [default: the
    /// address at which it listens]
    #[arg(long, value_name = "URL")]
    advertise: Option<String>,

    /// Run this program for every prompt: Claude Code's, 2.1.332 or later, or one
    /// that speaks stream-json as it does (docs/forge-agents.md)
    #[arg(long, value_name = "PATH", default_value = "claude")]
    claude: OsString,

    /// Let sessions name this agent, too: a command that speaks ACP on stdin and
    /// stdout, its words parted by spaces; may be repeated
    #[arg(long, value_name = "NAME=COMMAND", value_parser = agent_command)]
    agent_command: Vec<(String, Vec<OsString>)>,

    /// Read the administrator's token from this file [default: STATE/admin-token,
    /// made if it is not there]
    #[arg(long, value_name = "FILE", help_heading = "Access")]
    admin_token_file: Option<PathBuf>,

    #[command(flatten)]
    certificate: CertificateArgs,

    /// Run this many prompts at a time [default: as memory and cores allow]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Limits")]
    max_running: Option<u16>,

    /// Queue at most this many prompts of each token; refuse more
    #[arg(long, value_name = "N", default_value = "100", help_heading = "Limits")]
    max_waiting: u16,

    /// Keep the processes of this many sessions between turns [default: as memory allows]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    warm: Option<u16>,

    /// Close a session that was idle for this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1h", help_heading = "Limits")]
    session_ttl: Duration,

    /// Keep answers and closed sessions for this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "24h", help_heading = "Limits")]
    keep: Duration,

    /// Pass this environment variable on to the agents, beside the usual ones; may
    /// be repeated
    #[arg(long, value_name = "NAME")]
    env: Vec<String>,

    /// Write prompts into STATE/audit.ndjson, too
    #[arg(long)]
    audit_prompts: bool,

    /// Run this with CLAWDFORGE_URL, CLAWDFORGE_TOKEN and CLAWDFORGE_ADMIN_TOKEN
    /// set, and end with it and its exit status
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What `-o json` prints when the service is ready.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    url: &'a str,
    pid: u32,
    state: &'a str,
    claude_version: Option<&'a str>,
}

impl ServeArgs {
    /// Runs the service.
    ///
    /// # Errors
    /// When the address is not available, or a file or folder cannot be used; the exit status of
    /// the command.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let tls = self
            .certificate
            .files()
            .map(|(chain, key)| Acceptor::load(chain, key, terminal.console.background()))
            .transpose()?;
        let (folder, rows) = self.state()?;
        if let StatePlace::Shared(address) = &rows
            && address.has_password_in_url
        {
            terminal.console.warn(
                "others on this machine can read the password in --state; PGPASSWORD or ~/.pgpass hides it",
            );
        }
        let place = Place::find(folder, !self.command.is_empty())?;
        block_on(self.serve(terminal, tls, &place, rows))?
    }

    async fn serve(
        self,
        mut terminal: Terminal,
        tls: Option<Acceptor>,
        place: &Place,
        rows: StatePlace,
    ) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let notifier = Notifier::from_environment()?;
        let for_command = !self.command.is_empty();
        let bind =
            self.bind
                .as_deref()
                .unwrap_or(if for_command { BIND_FOR_COMMAND } else { BIND });
        let listener = Listener::bind(bind, "service", BIND).await?;
        let address = listener.address();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.reachable());
        if !address.ip().is_loopback() && tls.is_none() {
            terminal.console.warn(format_args!(
                "tokens and prompts travel in the clear to {address}; --tls-cert and --tls-key encrypt them"
            ));
        }
        let admin = place.admin_token(self.admin_token_file.as_deref())?;
        let advertised = match (&self.advertise, address.ip().is_unspecified()) {
            (Some(url), _) => url.clone(),
            (None, false) => url.clone(),
            (None, true) => format!("{scheme}://{}:{}", host_name(), address.port()),
        };
        let settings = self.settings(tls, place, rows, advertised, admin.token.clone())?;
        let service = Service::open(settings).await?;
        let version = service.agent_version().await;
        self.warn_of_agents(&service, version.is_some(), &terminal.console);
        let (stop, stopped) = oneshot::channel::<()>();
        let (hurry, hurried) = oneshot::channel::<()>();
        // The futures complete when the senders are dropped.
        let shutdown = async { _ = stopped.await };
        let hurry_up = async { _ = hurried.await };
        let console = &terminal.console;
        let draining = |running| {
            if !for_command {
                let runs = if running == 1 { "run is" } else { "runs are" };
                console.note(format_args!(
                    "{running} {runs} under way; waiting up to 30 s, another signal stops them"
                ));
            }
        };
        let serving = serve(Rc::clone(&service), listener, shutdown, draining, hurry_up);
        let watched = async {
            tokio::select! {
                ended = serving => ended,
                () = report(&service, console) => Ended::Drained,
            }
        };
        if for_command {
            let (name, token) = service.mint().await?;
            let mut child = self.start(&url, &token, &admin.token)?;
            let command = async {
                let status = child::wait(&mut child, async || interrupt.wait().await).await;
                // A token that is left over is revoked by its administrator.
                let _ = service.revoke(&name).await;
                drop((hurry, stop));
                status
            };
            let (_, status) = tokio::join!(watched, command);
            return child::check_status(status?);
        }
        console.note(format_args!("ready at {url}"));
        if let Some(notifier) = &notifier {
            notifier.ready(&format!("ready at {url}"));
        }
        if let Some(path) = &admin.made {
            let options = self.options_of_clients(self.advertise.as_ref().unwrap_or(&url));
            let shown = path.display();
            let path = quoted(&from_anywhere(path));
            console.note(format_args!(
                "the admin token is in {shown}; a token for an app: CLAWDFORGE_ADMIN_TOKEN=\"$(cat {path})\" trefoil forge token create my-app{options}"
            ));
        }
        if terminal.printer.is_json_requested() {
            let ready = Ready {
                url: &url,
                pid: std::process::id(),
                state: &place.folder().to_string_lossy(),
                claude_version: version.as_deref(),
            };
            terminal.printer.value(&ready)?;
            terminal.printer.flush()?;
        }
        let signals = async {
            interrupt.wait().await;
            if let Some(notifier) = &notifier {
                notifier.stopping();
            }
            drop(stop);
            interrupt.wait().await;
            drop(hurry);
            std::future::pending::<Ended>().await
        };
        let ended = tokio::select! {
            ended = watched => ended,
            ended = signals => ended,
            never = alive(notifier.as_ref()) => match never {},
        };
        if let Ended::Stopped(count) = ended {
            console.warn(format_args!(
                "{count} runs were stopped; what they cost is on record"
            ));
        }
        Ok(())
    }

    /// The options with which a client on this machine reaches the service at this URL; none at the
    /// default one.
    fn options_of_clients(&self, url: &str) -> String {
        if url == format!("http://{BIND}") {
            return String::new();
        }
        let mut options = format!(" --url {}", quoted(url));
        if let Some((chain, _)) = self.certificate.files() {
            let chain = quoted(&from_anywhere(chain));
            options.push_str(&format!(" --ca {chain}"));
        }
        options
    }

    /// Warns of programs that cannot be run: nobody else notices before the first run or session.
    fn warn_of_agents(&self, service: &Service, has_version: bool, console: &Console) {
        if !has_version {
            let path = service.path_of(CLAUDE).to_string_lossy();
            console.warn(if service.has_agent(CLAUDE) {
                format!("'{path} --version' says nothing: it may be no claude")
            } else {
                format!(
                    "there is no '{path}' on this machine: every run will be refused until there is"
                )
            });
        }
        for (name, _) in &self.agent_command {
            if !service.has_agent(name) {
                let path = service.path_of(name).to_string_lossy();
                console.warn(format_args!(
                    "there is no '{path}' on this machine: every turn of the agent {name} will be refused until there is"
                ));
            }
        }
    }

    fn settings(
        &self,
        tls: Option<Acceptor>,
        place: &Place,
        rows: StatePlace,
        url: String,
        admin_token: String,
    ) -> Result<Settings, Failure> {
        let this = std::env::current_exe().map_err(|error| {
            Failure::new(Kind::Service, format!("cannot find this program: {error}"))
        })?;
        let room = Room::here();
        let guard = ["forge", "guard", &std::process::id().to_string(), "--"];
        Ok(Settings {
            folder: place.folder().to_owned(),
            place: rows,
            url,
            claude: from_here(self.claude.clone())?,
            agents: self.agents()?,
            guard: std::iter::once(this.into_os_string())
                .chain(guard.map(OsString::from))
                .collect(),
            pass_env: self.env.clone(),
            admin_token: Some(admin_token),
            most_running: self.max_running.map_or(room.running, usize::from),
            queue_depth: usize::from(self.max_waiting),
            warm: self.warm.map_or(room.warm, usize::from),
            session_ttl: self.session_ttl,
            keep: self.keep,
            most_upload: limits::UPLOAD_BYTES,
            audit_prompts: self.audit_prompts,
            tls,
        })
    }

    /// The commands of the other agents.
    fn agents(&self) -> Result<BTreeMap<String, Vec<OsString>>, Failure> {
        let commands = self.agent_command.iter().cloned();
        let found = commands.map(|(name, mut command)| {
            if let Some(program) = command.first_mut() {
                *program = from_here(std::mem::take(program))?;
            }
            Ok((name, command))
        });
        found.collect()
    }

    /// The folder of this machine's files, if one was named, and where the rows of the state are.
    fn state(&self) -> Result<(Option<PathBuf>, StatePlace), Failure> {
        let url = self.state.as_ref().and_then(|state| state.to_str());
        match url.filter(|url| Address::is_address(url)) {
            Some(url) => {
                let address = Address::parse(url, |name| std::env::var(name).ok())?;
                Ok((self.folder.clone(), StatePlace::Shared(Box::new(address))))
            }
            None if self.folder.is_some() => Err(Failure::usage(
                "--folder is for instances that share a database; --state names the folder otherwise",
            )),
            None => Ok((self.state.clone().map(PathBuf::from), StatePlace::Embedded)),
        }
    }

    fn start(&self, url: &str, token: &str, admin: &str) -> Result<Child, Failure> {
        let mut command = child::command(&self.command)?;
        child::set(&mut command, &environment_without(&keys::FORGE)?);
        for name in sd_notify::VARIABLES {
            command.env_remove(name);
        }
        command
            .env("CLAWDFORGE_URL", url)
            .env("CLAWDFORGE_TOKEN", token)
            .env("CLAWDFORGE_ADMIN_TOKEN", admin);
        Ok(child::start(&mut command)?)
    }
}

/// A path as it can be pasted in another folder.
fn from_anywhere(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.to_string_lossy().into_owned()
}

/// Reads `NAME=COMMAND WORDS…`.
fn agent_command(text: &str) -> Result<(String, Vec<OsString>), String> {
    let (name, command) = text
        .split_once('=')
        .ok_or("it is NAME=COMMAND, such as 'opencode=opencode acp'")?;
    let name: Agent = name.parse().map_err(|error| format!("{error}"))?;
    if name.as_str() == CLAUDE {
        return Err("claude is named by --claude".to_owned());
    }
    let words: Vec<OsString> = command.split_whitespace().map(Into::into).collect();
    if words.is_empty() {
        return Err(format!("there is no command for {}", name.as_str()));
    }
    Ok((name.as_str().to_owned(), words))
}

/// The path of a program as it is from everywhere: agents are started in folders of their own. A name
/// without a `/` is looked for on the PATH.
fn from_here(program: OsString) -> Result<OsString, Failure> {
    if !program.as_encoded_bytes().contains(&b'/') {
        return Ok(program);
    }
    match std::path::absolute(&program) {
        Ok(path) => Ok(path.into()),
        Err(error) => {
            let program = program.to_string_lossy();
            let why = format!("cannot tell where '{program}' is: {error}");
            Err(Failure::usage(why))
        }
    }
}

/// Sends watchdog messages to the service manager, if it expects them.
async fn alive(notifier: Option<&Notifier>) -> Infallible {
    if let Some(notifier) = notifier {
        notifier.keep_alive().await;
    }
    std::future::pending().await
}

/// Prints the problems of the service, which no client is told.
async fn report(service: &Service, console: &Console) {
    loop {
        tokio::time::sleep(REPORT_EVERY).await;
        for problem in service.problems() {
            console.warn(problem);
        }
    }
}

/// How many runs and idle sessions fit on this machine.
#[derive(Debug, PartialEq)]
struct Room {
    running: usize,
    warm: usize,
}

impl Room {
    fn here() -> Room {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Room::of(cores, available(&meminfo))
    }

    /// Half of the free memory is for runs, a quarter for idle sessions. A run waits for the model
    /// most of the time, so there can be eight for each core.
    fn of(cores: usize, memory: u64) -> Room {
        let fit =
            |part: u64, each: u64| usize::try_from(memory / part / each).unwrap_or(usize::MAX);
        Room {
            running: fit(2, limits::RUN_MEMORY).clamp(1, cores * 8),
            warm: fit(4, limits::IDLE_MEMORY).min(32),
        }
    }
}

/// `MemAvailable` in bytes; 2 GiB if the system does not report it.
fn available(meminfo: &str) -> u64 {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.map_or(2 << 30, |kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_carries_what_its_memory_and_cores_do() {
        let gib = 1 << 30;
        assert_eq!(
            Room::of(2, 22 * gib),
            Room {
                running: 16,
                warm: 32
            }
        );
        assert_eq!(
            Room::of(8, 4 * gib),
            Room {
                running: 8,
                warm: 8
            }
        );
        assert_eq!(
            Room::of(1, gib / 8),
            Room {
                running: 1,
                warm: 0
            }
        );
        assert_eq!(
            available("MemTotal: 9 kB\nMemAvailable:   1024 kB\n"),
            1 << 20
        );
        assert_eq!(available(""), 2 << 30);
    }
}
