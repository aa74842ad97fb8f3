//! `profile add`: stores a profile in the configuration file. Takes its settings from options, or
//! asks for them.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use crate::config::error::ConfigError;
use crate::config::file::{ConfigFile, check_name};
use crate::config::keys::{self, Key, TokenKeys};
use crate::config::profile::{Profile, Value};
use crate::config::secret::Secret;
use crate::error::Failure;
use crate::net::endpoint::Endpoint;
use crate::net::header::Header;
use crate::term::{Console, Output, Printer, Terminal};
use crate::{clasp, vuer};

const EXAMPLES: &str = "\
Examples:
  trefoil profile add stage                     asks, on a terminal
  trefoil profile add stage --clasp-url wss://stage.example:7330 \\
    --clasp-token-command 'pass show stage' --allow '/stage/**' --confirm
  trefoil profile add desk --forge-url http://desk:8800 \\
    --forge-token-file ~/.config/trefoil/desk.token --read-only
  trefoil profile add logs -o ndjson            -o is kept, too

The settings are in trefoil/config.toml in the configuration directory, which
may be edited by hand: its comments stay.";

/// What may be typed after `profile add`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct AddArgs {
    /// The name of the profile
    name: String,

    /// Replace the profile if it exists
    #[arg(long)]
    replace: bool,

    /// Refuse every command that changes something
    #[arg(long, help_heading = "Guards")]
    read_only: bool,

    /// Refuse to write to CLASP addresses that no such pattern matches; may be
    /// repeated
    #[arg(long, value_name = "PATTERN", value_parser = clasp::pattern, help_heading = "Guards")]
    allow: Vec<String>,

    /// Ask before something is changed
    #[arg(long, help_heading = "Guards")]
    confirm: bool,

    #[command(flatten)]
    clasp: ClaspArgs,

    #[command(flatten)]
    forge: ForgeArgs,

    #[command(flatten)]
    vuer: VuerArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "CLASP")]
struct ClaspArgs {
    /// Connect to this CLASP router
    #[arg(long, value_name = "URL", value_parser = websocket)]
    clasp_url: Option<String>,

    /// Store this token in the configuration, where every reader of the file can see it: prefer the
    /// next two
    #[arg(long, value_name = "TOKEN", group = "clasp-token-source")]
    clasp_token: Option<Secret>,

    /// Authenticate with the router by the first line of this file
    #[arg(long, value_name = "PATH", group = "clasp-token-source")]
    clasp_token_file: Option<PathBuf>,

    /// Authenticate with the router by what this shell command prints first
    #[arg(long, value_name = "COMMAND", group = "clasp-token-source")]
    clasp_token_command: Option<String>,

    /// Introduce yourself to the router by this name
    #[arg(long, value_name = "NAME")]
    clasp_name: Option<String>,

    /// Send the router this header with the upgrade; may be repeated
    #[arg(long = "clasp-header", value_name = "NAME=VALUE", value_parser = header)]
    clasp_headers: Vec<Secret>,

    /// Trust the certificates in this PEM file with the router
    #[arg(long, value_name = "FILE")]
    clasp_ca: Option<PathBuf>,

    /// Show the router this certificate (PEM) if it asks for one
    #[arg(long, value_name = "FILE")]
    clasp_cert: Option<PathBuf>,

    /// The key of that certificate (PEM), if it is in a file of its own
    #[arg(long, value_name = "FILE", requires = "clasp_cert")]
    clasp_key: Option<PathBuf>,

    /// Accept any certificate of the router
    #[arg(long)]
    clasp_insecure: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "forge")]
struct ForgeArgs {
    /// Connect to this forge
    #[arg(long, value_name = "URL", value_parser = http)]
    forge_url: Option<String>,

    /// Store this token in the configuration: prefer the next two
    #[arg(long, value_name = "TOKEN", group = "forge-token-source")]
    forge_token: Option<Secret>,

    /// Authenticate with forge by the first line of this file
    #[arg(long, value_name = "PATH", group = "forge-token-source")]
    forge_token_file: Option<PathBuf>,

    /// Authenticate with forge by what this shell command prints first
    #[arg(long, value_name = "COMMAND", group = "forge-token-source")]
    forge_token_command: Option<String>,

    /// Store this admin token in the configuration: prefer the next two
    #[arg(long, value_name = "TOKEN", group = "forge-admin-token-source")]
    forge_admin_token: Option<Secret>,

    /// Administer forge by the first line of this file
    #[arg(long, value_name = "PATH", group = "forge-admin-token-source")]
    forge_admin_token_file: Option<PathBuf>,

    /// Administer forge by what this shell command prints first
    #[arg(long, value_name = "COMMAND", group = "forge-admin-token-source")]
    forge_admin_token_command: Option<String>,

    /// Send forge this header with every request; may be repeated
    #[arg(long = "forge-header", value_name = "NAME=VALUE", value_parser = header)]
    forge_headers: Vec<Secret>,

    /// Trust the certificates in this PEM file with forge
    #[arg(long, value_name = "FILE")]
    forge_ca: Option<PathBuf>,

    /// Show forge this certificate (PEM) if it asks for one
    #[arg(long, value_name = "FILE")]
    forge_cert: Option<PathBuf>,

    /// The key of that certificate (PEM), if it is in a file of its own
    #[arg(long, value_name = "FILE", requires = "forge_cert")]
    forge_key: Option<PathBuf>,

    /// Accept any certificate of forge's
    #[arg(long)]
    forge_insecure: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Vuer")]
struct VuerArgs {
    /// Connect to this Vuer server
    #[arg(long, value_name = "URL", value_parser = websocket)]
    vuer_url: Option<String>,

    /// Take messages of up to this size from the Vuer server
    #[arg(long, value_name = "BYTES", value_parser = vuer::size)]
    vuer_max_size: Option<String>,

    /// Send the Vuer server this header with the upgrade; may be repeated
    #[arg(long = "vuer-header", value_name = "NAME=VALUE", value_parser = header)]
    vuer_headers: Vec<Secret>,

    /// Trust the certificates in this PEM file with the Vuer server
    #[arg(long, value_name = "FILE")]
    vuer_ca: Option<PathBuf>,

    /// Show the Vuer server this certificate (PEM) if it asks for one
    #[arg(long, value_name = "FILE")]
    vuer_cert: Option<PathBuf>,

    /// The key of that certificate (PEM), if it is in a file of its own
    #[arg(long, value_name = "FILE", requires = "vuer_cert")]
    vuer_key: Option<PathBuf>,

    /// Accept any certificate of the Vuer server
    #[arg(long)]
    vuer_insecure: bool,
}

/// What `add` prints.
#[derive(Debug, Serialize)]
struct Added {
    profile: String,
    file: String,
}

fn websocket(text: &str) -> Result<String, String> {
    match Endpoint::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn http(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
            Ok(text.to_owned())
        }
        _ => Err(format!(
            "'{text}' is not the URL of forge: it must begin with http:// or https://"
        )),
    }
}

fn header(text: &str) -> Result<Secret, String> {
    Header::parse(text).map(|_| Secret::new(text))
}

impl AddArgs {
    /// Adds the profile.
    ///
    /// # Errors
    /// A name that exists or is not allowed; no settings and no terminal to ask at.
    pub fn run(self, terminal: &mut Terminal, output: Option<Output>) -> Result<(), Failure> {
        check_name(&self.name)?;
        crate::clasp::note_wildcards(&terminal.console, self.allow.iter().map(String::as_str));
        let file = ConfigFile::usual()?;
        // Checked before the questions are asked.
        if !self.replace && file.peek()?.profile(&self.name).is_some() {
            return Err(ConfigError::Exists(self.name).into());
        }
        let mut profile = self.profile(output)?;
        if profile.is_empty() {
            if !terminal.console.can_ask() {
                return Err(Failure::usage(format!(
                    "profile '{}' would say nothing, and nobody can be asked",
                    self.name
                ))
                .with_hint(
                    "Give --clasp-url, --forge-url, --vuer-url, --output, --read-only, --allow \
                     or --confirm\nAll of them: trefoil profile add --help",
                ));
            }
            profile = ask(&terminal.console)?;
            if profile.is_empty() {
                return Err(Failure::usage(
                    "a profile that says nothing is of no use: nothing was written",
                ));
            }
        }
        file.put(&self.name, &profile, self.replace)?;
        let added = Added {
            file: file.name(),
            profile: self.name,
        };
        let name = &added.profile;
        let mut report = terminal.report(format_args!("{name} is kept in {}", added.file));
        report.print(|printer| {
            printer.document(&added, |words| {
                words
                    .plain(name)
                    .dim(format_args!("  kept in {}", added.file));
            })
        });
        // The document is flushed first, so that the note follows it if both go to one terminal.
        report.print(Printer::flush);
        report.console().note(format_args!(
            "for one command: --profile {name}; from now on: trefoil profile use {name}"
        ));
        report.finish(Ok(()))
    }

    /// The profile that the options describe.
    fn profile(&self, output: Option<Output>) -> Result<Profile, Failure> {
        let mut profile = ProfileBuilder(Profile::default());
        let output = output.and_then(|output| output.to_possible_value());
        profile.text(
            &keys::OUTPUT,
            output.as_ref().map(|output| output.get_name()),
        );

        let clasp = &self.clasp;
        profile.text(&keys::CLASP_URL, clasp.clasp_url.as_deref());
        profile.token(
            &keys::CLASP_TOKEN,
            clasp.clasp_token.as_ref(),
            clasp.clasp_token_file.as_deref(),
            clasp.clasp_token_command.as_deref(),
        )?;
        profile.text(&keys::CLASP_NAME, clasp.clasp_name.as_deref());
        profile.headers(&keys::CLASP_HEADERS, &clasp.clasp_headers);
        profile.path(&keys::CLASP_CA, clasp.clasp_ca.as_deref())?;
        profile.path(&keys::CLASP_CERT, clasp.clasp_cert.as_deref())?;
        profile.path(&keys::CLASP_KEY, clasp.clasp_key.as_deref())?;
        profile.switch(&keys::CLASP_INSECURE, clasp.clasp_insecure);

        let forge = &self.forge;
        profile.text(&keys::FORGE_URL, forge.forge_url.as_deref());
        profile.token(
            &keys::FORGE_TOKEN,
            forge.forge_token.as_ref(),
            forge.forge_token_file.as_deref(),
            forge.forge_token_command.as_deref(),
        )?;
        profile.token(
            &keys::FORGE_ADMIN_TOKEN,
            forge.forge_admin_token.as_ref(),
            forge.forge_admin_token_file.as_deref(),
            forge.forge_admin_token_command.as_deref(),
        )?;
        profile.headers(&keys::FORGE_HEADERS, &forge.forge_headers);
        profile.path(&keys::FORGE_CA, forge.forge_ca.as_deref())?;
        profile.path(&keys::FORGE_CERT, forge.forge_cert.as_deref())?;
        profile.path(&keys::FORGE_KEY, forge.forge_key.as_deref())?;
        profile.switch(&keys::FORGE_INSECURE, forge.forge_insecure);

        let vuer = &self.vuer;
        profile.text(&keys::VUER_URL, vuer.vuer_url.as_deref());
        profile.text(&keys::VUER_MAX_SIZE, vuer.vuer_max_size.as_deref());
        profile.headers(&keys::VUER_HEADERS, &vuer.vuer_headers);
        profile.path(&keys::VUER_CA, vuer.vuer_ca.as_deref())?;
        profile.path(&keys::VUER_CERT, vuer.vuer_cert.as_deref())?;
        profile.path(&keys::VUER_KEY, vuer.vuer_key.as_deref())?;
        profile.switch(&keys::VUER_INSECURE, vuer.vuer_insecure);

        let guards = &mut profile.0.guards;
        guards.read_only = self.read_only;
        guards.allow.clone_from(&self.allow);
        guards.confirm = self.confirm;
        Ok(profile.0)
    }
}

/// Builds a profile from options or answers.
struct ProfileBuilder(Profile);

impl ProfileBuilder {
    fn headers(&mut self, key: &Key, headers: &[Secret]) {
        if !headers.is_empty() {
            self.0.set(key, Value::Secrets(headers.to_vec()));
        }
    }

    fn text(&mut self, key: &Key, text: Option<&str>) {
        if let Some(text) = text {
            self.0.set_text(key, text);
        }
    }

    /// An absolute path, because the profile may be used from any directory.
    fn path(&mut self, key: &Key, path: Option<&Path>) -> Result<(), Failure> {
        let Some(path) = path else {
            return Ok(());
        };
        let whole = std::path::absolute(path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        match whole.to_str() {
            Some(text) => self.0.set_text(key, text),
            None => {
                return Err(Failure::usage(format!(
                    "{} is not valid UTF-8, and so cannot be written down",
                    path.display()
                )));
            }
        }
        Ok(())
    }

    fn switch(&mut self, key: &Key, on: bool) {
        if on {
            self.0.set_text(key, "true");
        }
    }

    fn token(
        &mut self,
        keys: &TokenKeys,
        token: Option<&Secret>,
        file: Option<&Path>,
        command: Option<&str>,
    ) -> Result<(), Failure> {
        if let Some(token) = token {
            self.0.set(&keys.token, Value::Secret(token.clone()));
        }
        self.text(&keys.command, command);
        self.path(&keys.file, file)
    }
}

/// Asks the questions. An empty answer leaves a setting out of the profile.
fn ask(console: &Console) -> Result<Profile, Failure> {
    let mut profile = ProfileBuilder(Profile::default());
    console.note("An empty answer says nothing. Tokens are not kept here, but where you say.");
    let services: [(&str, Check, &Key, Option<&TokenKeys>); 3] = [
        (
            "CLASP",
            websocket,
            &keys::CLASP_URL,
            Some(&keys::CLASP_TOKEN),
        ),
        ("forge", http, &keys::FORGE_URL, Some(&keys::FORGE_TOKEN)),
        ("Vuer", websocket, &keys::VUER_URL, None),
    ];
    for (service, check, key, token) in services {
        let url = console.ask(&format!("{service} URL"), |text| match text {
            "" => Ok(()),
            text => check(text).map(|_| ()),
        })?;
        if url.is_empty() {
            continue;
        }
        profile.text(key, Some(&url));
        if let Some(keys) = token {
            let path = console.ask(&format!("{service} token, the file that holds it"), file)?;
            if !path.is_empty() {
                // No shell has expanded the `~` of an answer.
                if path.starts_with("~/") {
                    profile.text(&keys.file, Some(&path))
                } else {
                    profile.path(&keys.file, Some(Path::new(&path)))?
                }
            }
        }
    }
    profile.0.guards.read_only = console.is_yes("Refuse every change through it?")?;
    if !profile.0.guards.read_only {
        profile.0.guards.confirm = console.is_yes("Ask before every change?")?;
    }
    // A profile with rules and without a URL is not stored.
    Ok(match profile.0.urls() {
        [None, None, None] => Profile::default(),
        _ => profile.0,
    })
}

type Check = fn(&str) -> Result<String, String>;

/// Checks that a file exists, so that a wrong path is noticed now.
fn file(text: &str) -> Result<(), String> {
    if text.is_empty() || text.starts_with("~/") || Path::new(text).is_file() {
        Ok(())
    } else {
        Err(format!("there is no file {text}"))
    }
}
