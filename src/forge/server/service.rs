//! What all requests share: settings, state, the queue, and what runs at the moment.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::agents::launch::Environment;
use super::agents::process::Program;
use super::audit::Audit;
use super::limits::{HELD_TIME, SWEEP_EVERY, VERSION_TIME};
use super::live::Live;
use super::queue::{Full, Queue, Ticket};
use super::state::{BEAT_EVERY, Place as StatePlace, State, StateError};
use super::warm::Sessions;
use crate::ids::{hex, random, sha256};
use crate::net::now_micros;
use crate::net::tls::Acceptor;

/// The agent of runs, and of sessions that name no other.
pub const CLAUDE: &str = "claude";

/// How a service is to behave.
#[derive(Debug)]
pub struct Settings {
    /// Where the files of this machine are.
    pub folder: PathBuf,
    /// Where the rows of the state are.
    pub place: StatePlace,
    /// Where it listens.
    pub url: String,
    /// The program that answers: a path, or a name to be looked for on the PATH.
    pub claude: OsString,
    /// Other agents by their names, each with the command that speaks ACP.
    pub agents: BTreeMap<String, Vec<OsString>>,
    /// The command line of the guard, to which an agent's is added.
    pub guard: Vec<OsString>,
    /// Environment variables that `claude` gets beside the usual ones.
    pub pass_env: Vec<String>,
    /// The administrator's token; without one, /admin is closed.
    pub admin_token: Option<String>,
    /// How many runs and turns run at a time.
    pub most_running: usize,
    /// How many of each token may wait.
    pub queue_depth: usize,
    /// How many sessions keep their process between turns.
    pub warm: usize,
    /// How long a session may be idle.
    pub session_ttl: Duration,
    /// How long answers and closed sessions are kept.
    pub keep: Duration,
    /// The longest upload, in bytes.
    pub most_upload: u64,
    /// Whether prompts are written into the audit log.
    pub audit_prompts: bool,
    /// TLS, if it is to be spoken.
    pub tls: Option<Acceptor>,
}

/// A running service.
#[derive(Debug)]
pub struct Service {
    pub(super) settings: Settings,
    pub(super) state: State,
    pub(super) audit: Audit,
    /// What is started for each agent.
    pub(super) programs: BTreeMap<String, Program>,
    pub(super) live: RefCell<HashMap<String, Rc<Live>>>,
    pub(super) sessions: Sessions,
    /// SHA-256 of the administrator's token.
    pub(super) admin_hash: Option<String>,
    /// When tokens were last used, and whether that has been stored.
    pub(super) used: RefCell<HashMap<String, (u64, bool)>>,
    queue: RefCell<Queue>,
    grants: RefCell<HashMap<Ticket, oneshot::Sender<()>>>,
    next_ticket: Cell<Ticket>,
    version: RefCell<Option<String>>,
    stopping: watch::Sender<bool>,
    problems: RefCell<Vec<String>>,
}

impl Service {
    /// Opens the state.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn open(settings: Settings) -> Result<Rc<Service>, StateError> {
        let folder = settings.folder.clone();
        let state = State::open(folder.clone(), &settings.place, &settings.url).await?;
        let failed = |source| StateError::Io {
            path: folder.clone(),
            source,
        };
        let work = folder.join("work");
        // It has files of runs of a service that was killed.
        let _ = fs::remove_dir_all(&work);
        fs::create_dir(&work).map_err(failed)?;
        let claude = (CLAUDE.to_owned(), vec![settings.claude.clone()]);
        let agents = settings.agents.clone().into_iter().chain([claude]);
        let environment = Environment::new(&settings.pass_env, &folder.join(CLAUDE));
        let programs = agents.map(|(name, mut command)| {
            let arguments = command.split_off(command.len().min(1));
            let program = Program {
                guard: settings.guard.clone(),
                path: command.pop().unwrap_or_default(),
                arguments,
                environment: environment.clone(),
            };
            (name, program)
        });
        let service = Service {
            programs: programs.collect(),
            audit: Audit::open(&folder).map_err(failed)?,
            state,
            live: RefCell::default(),
            sessions: Sessions::default(),
            admin_hash: settings
                .admin_token
                .as_ref()
                .map(|token| sha256(token.as_bytes())),
            used: RefCell::default(),
            queue: RefCell::new(Queue::new(settings.most_running, settings.queue_depth)),
            grants: RefCell::default(),
            next_ticket: Cell::new(0),
            version: RefCell::default(),
            stopping: watch::Sender::new(false),
            problems: RefCell::default(),
            settings,
        };
        for sentence in service.state.unreadable() {
            service.report(sentence);
        }
        Ok(Rc::new(service))
    }

    /// Makes an app token under which a command of the service's own user works: its name and its
    /// plaintext. The name is `command`, or a longer one while another command has that.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn mint(&self) -> Result<(String, String), StateError> {
        let mut name = "command".to_owned();
        loop {
            let made = self
                .state
                .create_token(&name, vec![], Default::default(), now_micros());
            if let Some((_, plaintext)) = made.await? {
                return Ok((name, plaintext));
            }
            name = format!("command-{}", hex(&random::<4>()?));
        }
    }

    /// Revokes the token of a command that has ended.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn revoke(&self, name: &str) -> Result<(), StateError> {
        self.state.revoke_token(name).await.map(drop)
    }

    /// The version of `claude`, if it is there: asked once, and again as long as it is not.
    pub async fn agent_version(&self) -> Option<String> {
        if let Some(version) = &*self.version.borrow() {
            return Some(version.clone());
        }
        if !self.has_agent(CLAUDE) {
            return None;
        }
        let mut command = Command::new(&self.claude().path);
        command
            .arg("--version")
            // One that is no `claude` may wait for a prompt, and take what is typed to the service.
            .stdin(Stdio::null())
            .env_clear()
            .envs(self.claude().environment.variables())
            .kill_on_drop(true);
        let output = timeout(VERSION_TIME, command.output()).await.ok()?.ok()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let version = said.split_whitespace().next()?.to_owned();
        *self.version.borrow_mut() = Some(version.clone());
        Some(version)
    }

    /// What is started for `claude`.
    pub(super) fn claude(&self) -> &Program {
        &self.programs[CLAUDE]
    }

    /// Whether there is an agent of this name whose program can be started.
    pub fn has_agent(&self, name: &str) -> bool {
        let Some(program) = self.programs.get(name) else {
            return false;
        };
        let program = Path::new(&program.path);
        if program.components().count() > 1 {
            return is_program(program);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| is_program(&folder.join(program)))
    }

    /// Where an agent's program is looked for.
    pub fn path_of<'a>(&'a self, name: &'a str) -> &'a OsStr {
        let program = self.programs.get(name);
        program.map_or(OsStr::new(name), |program| &program.path)
    }

    /// Runs and turns that wait, and that run.
    pub fn load(&self) -> (usize, usize) {
        let line = self.queue.borrow();
        (line.waiting(), line.running())
    }

    /// Whether nothing waits or runs, and every answer is on disk.
    pub(super) fn is_idle(&self) -> bool {
        self.live.borrow().is_empty() && self.load() == (0, 0)
    }

    /// Takes a place in the queue.
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn enqueue(
        self: &Rc<Service>,
        token: &str,
        most: Option<u32>,
    ) -> Result<Place, Full> {
        let ticket = self.next_ticket.get();
        self.next_ticket.set(ticket + 1);
        self.queue.borrow_mut().push(token, most, ticket)?;
        let (grant, granted) = oneshot::channel();
        self.grants.borrow_mut().insert(ticket, grant);
        self.admit();
        Ok(Place {
            service: Rc::clone(self),
            token: token.to_owned(),
            ticket,
            granted,
            has_slot: false,
        })
    }

    /// Starts the runs that may start now.
    fn admit(&self) {
        loop {
            let next = self.queue.borrow_mut().next();
            let Some(ticket) = next else { return };
            let grant = self.grants.borrow_mut().remove(&ticket);
            // A place that is dropped leaves the queue before its receiver goes.
            if let Some(grant) = grant {
                let _ = grant.send(());
            }
        }
    }

    /// Takes no more runs; `now` also stops those under way.
    pub fn stop(&self, now: bool) {
        self.stopping.send_replace(true);
        let lives: Vec<Rc<Live>> = self.live.borrow().values().cloned().collect();
        for live in lives {
            if now || !live.has_started() {
                live.cancel();
            }
        }
    }

    /// Whether it takes no more runs.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until it takes no more runs.
    pub async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // The sender is in `self`, so it does not go away.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Stores when tokens were last used.
    async fn note_use(&self) -> Result<(), StateError> {
        let fresh: Vec<(String, u64)> = {
            let used = self.used.borrow();
            let fresh = used.iter().filter(|(_, (_, written))| !written);
            fresh.map(|(name, (at, _))| (name.clone(), *at)).collect()
        };
        if fresh.is_empty() {
            return Ok(());
        }
        self.state.note_use(fresh.clone()).await?;
        let mut used = self.used.borrow_mut();
        for (name, noted) in fresh {
            // Used again meanwhile: that is stored next time.
            if let Some((at, written)) = used.get_mut(&name)
                && *at == noted
            {
                *written = true;
            }
        }
        Ok(())
    }

    /// Keeps a problem for the administrator, which no client can be told.
    pub(super) fn report(&self, problem: impl std::fmt::Display) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < 100 {
            problems.push(problem.to_string());
        }
    }

    /// Takes the problems for the administrator.
    pub fn problems(&self) -> Vec<String> {
        std::mem::take(&mut self.problems.borrow_mut())
    }

    /// Removes what has expired, for as long as this is waited for.
    pub(super) async fn sweep(self: &Rc<Service>) {
        let mut round = 0_u64;
        let (mut of_sessions, mut of_rows) = (LastError::default(), LastError::default());
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            let swept = self.sweep_sessions().await;
            self.report_news(&mut of_sessions, swept);
            // Answers are many and live for long.
            let answers = round.is_multiple_of(30);
            round += 1;
            let swept = self.sweep_rows(answers).await;
            self.report_news(&mut of_rows, swept);
        }
    }

    async fn sweep_rows(&self, answers: bool) -> Result<(), StateError> {
        let now = now_micros();
        self.note_use().await?;
        self.state.sweep_files(now).await?;
        if answers {
            self.state.sweep_runs(now, self.settings.keep).await?;
        }
        Ok(())
    }

    /// Shows the other instances that this one is there, for as long as this is waited for.
    pub(super) async fn beat(&self) {
        let mut away = false;
        let (mut of_beat, mut of_unsent) = (LastError::default(), LastError::default());
        loop {
            tokio::time::sleep(BEAT_EVERY).await;
            let beaten = match self.state.beat().await {
                Ok(cancelled) => {
                    if std::mem::take(&mut away) {
                        self.report("the database of the service is available again");
                    }
                    for id in cancelled {
                        if let Some(live) = self.live.borrow().get(&id) {
                            live.cancel();
                        }
                    }
                    let sent = self.state.send_unsent().await;
                    self.report_news(&mut of_unsent, sent);
                    Ok(())
                }
                Err(error @ StateError::Away(_)) => {
                    if !std::mem::replace(&mut away, true) {
                        self.report(format!("{error}: requests are refused until it is back"));
                    }
                    Ok(())
                }
                Err(error) => Err(error),
            };
            self.report_news(&mut of_beat, beaten);
        }
    }

    /// Reports an error of something that is tried again and again, once.
    fn report_news(&self, last: &mut LastError, tried: Result<(), StateError>) {
        let error = tried.err();
        let why = error.as_ref().map(ToString::to_string);
        let is_news = why != last.0;
        last.0 = why;
        if let Some(error) = error.filter(|_| is_news) {
            self.report_error(error);
        }
    }

    /// Reports an error of the state, unless the heartbeat reports it anyway.
    pub(super) fn report_error(&self, error: StateError) {
        if !matches!(error, StateError::Away(_)) {
            self.report(error);
        }
    }
}

/// How something that is tried again and again failed the last time.
#[derive(Debug, Default)]
struct LastError(Option<String>);

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// A place in the queue, and the slot that comes of it; dropping it gives back either.
#[derive(Debug)]
pub(super) struct Place {
    service: Rc<Service>,
    token: String,
    ticket: Ticket,
    granted: oneshot::Receiver<()>,
    has_slot: bool,
}

impl Place {
    /// Whether it may start at once.
    pub fn is_first(&mut self) -> bool {
        self.has_slot = self.has_slot || self.granted.try_recv().is_ok();
        self.has_slot
    }

    /// What has a slot has started.
    pub fn started(&self) {
        self.service.queue.borrow_mut().started(&self.token);
        self.service.admit();
    }

    /// Gives the slot back and waits again, before the later ones of its token: other runs of the token,
    /// at whichever instance, leave no place or no money for it. Nobody says when that changes, so it is
    /// asked again soon.
    pub fn put_back(&mut self) {
        self.has_slot = false;
        let (grant, granted) = oneshot::channel();
        self.granted = granted;
        self.service.grants.borrow_mut().insert(self.ticket, grant);
        let hold = self
            .service
            .queue
            .borrow_mut()
            .put_back(&self.token, self.ticket);
        self.service.admit();
        let (service, token) = (Rc::clone(&self.service), self.token.clone());
        tokio::task::spawn_local(async move {
            tokio::time::sleep(HELD_TIME).await;
            service.queue.borrow_mut().release(&token, hold);
            service.admit();
        });
    }

    /// Waits for a slot.
    pub async fn slot(&mut self) {
        if !self.has_slot {
            // The sender is kept until it is used.
            self.has_slot = (&mut self.granted).await.is_ok();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let left = self.service.queue.borrow_mut().leave(self.ticket);
        if !left {
            self.service.queue.borrow_mut().ended(&self.token);
        }
        self.service.grants.borrow_mut().remove(&self.ticket);
        self.service.admit();
    }
}

/// Does something to its end, even if the client that asked for it goes meanwhile: when a connection
/// is lost, the work on its request is dropped wherever it waits.
pub(super) async fn to_its_end<T: 'static>(work: impl Future<Output = T> + 'static) -> T {
    let work = tokio::task::spawn_local(work);
    work.await.expect("the service's work does not panic")
}
