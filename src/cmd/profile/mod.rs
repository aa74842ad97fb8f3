//! `profile`: adds, lists, chooses, shows and removes profiles.

mod add;
mod show;

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use serde::Serialize;

use crate::config::chosen;
use crate::config::file::ConfigFile;
use crate::config::profile::{NONE, Rules};
use crate::error::Failure;
use crate::term::{Cells, Column, OutputArgs, Printer, Row, Terminal};
use add::AddArgs;
use show::ShowArgs;

const EXAMPLES: &str = "\
Examples:
  trefoil profile add stage --clasp-url wss://stage.example:7330 --confirm
  trefoil profile use stage
  trefoil --profile stage clasp get '/lights/**'
  trefoil profile show --origin

The order of precedence: a flag, --profile, the environment, TREFOIL_PROFILE or
the profile in use, the default.";

const USE_EXAMPLES: &str = "\
Examples:
  trefoil profile use stage
  trefoil profile use --none";

const LIST_EXAMPLES: &str = "\
Examples:
  trefoil profile list
  trefoil profile list --jq '.[] | select(.in_use).name' -r";

const REMOVE_EXAMPLES: &str = "\
Examples:
  trefoil profile remove stage
  trefoil profile remove stage --yes            without being asked";

/// What may be typed after `profile`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct ProfileGroup {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Add a profile: asked on a terminal, or given by options
    Add(Box<AddArgs>),
    /// Use a profile from now on
    #[command(after_help = USE_EXAMPLES)]
    Use(UseArgs),
    /// List the profiles
    #[command(after_help = LIST_EXAMPLES)]
    List,
    /// Show the value of every setting, and where it comes from
    Show(ShowArgs),
    /// Remove a profile
    #[command(after_help = REMOVE_EXAMPLES)]
    Remove(RemoveArgs),
}

#[derive(Debug, clap::Args)]
struct UseArgs {
    /// The profile
    #[arg(required_unless_present = "none", add = profiles())]
    name: Option<String>,

    /// Use no profile from now on
    #[arg(long, conflicts_with = "name")]
    none: bool,
}

#[derive(Debug, clap::Args)]
struct RemoveArgs {
    /// The profile
    #[arg(add = profiles())]
    name: String,
}

/// A profile as it is listed.
#[derive(Debug, Serialize)]
struct ProfileRow {
    name: String,
    in_use: bool,
    clasp: Option<String>,
    forge: Option<String>,
    vuer: Option<String>,
    read_only: bool,
    allow: Vec<String>,
    confirm: bool,
    #[serde(skip)]
    guards: String,
}

impl Row for ProfileRow {
    const COLUMNS: &'static [Column] = &[
        Column::left(""),
        Column::left("NAME"),
        Column::left("CLASP"),
        Column::left("FORGE"),
        Column::left("VUER"),
        Column::left("GUARDS"),
    ];

    fn cells(&self, cells: &mut Cells) {
        cells.plain(if self.in_use { "*" } else { "" });
        cells.plain(&self.name);
        for url in [&self.clasp, &self.forge, &self.vuer] {
            cells.address(url.as_deref().unwrap_or_default());
        }
        cells.plain(&self.guards);
    }
}

/// What `use` prints.
#[derive(Debug, Serialize)]
struct InUse<'a> {
    in_use: Option<&'a str>,
}

/// What `remove` prints.
#[derive(Debug, Serialize)]
struct Removed {
    removed: String,
}

impl ProfileGroup {
    /// The profile that `show` is asked about.
    pub fn shown(&self) -> Option<&str> {
        match &self.verb {
            Verb::Show(args) => args.name(),
            _ => None,
        }
    }

    /// Runs the verb. `output` has the global output options.
    ///
    /// # Errors
    /// A configuration that cannot be used, a profile that does not exist, a question without a
    /// terminal to ask at.
    pub fn run(self, mut terminal: Terminal, output: &OutputArgs) -> Result<(), Failure> {
        match self.verb {
            Verb::Add(args) => args.run(&mut terminal, output.output)?,
            Verb::Use(args) => args.run(&mut terminal)?,
            Verb::List => list(&mut terminal)?,
            Verb::Show(args) => args.run(&mut terminal, output.output)?,
            Verb::Remove(args) => args.run(&mut terminal)?,
        }
        terminal.printer.finish()
    }
}

fn list(terminal: &mut Terminal) -> Result<(), Failure> {
    let config = ConfigFile::usual()?.load()?;
    let in_use = chosen::name(config.in_use.as_deref())?.map(|(name, _)| name);
    let rows: Vec<ProfileRow> = config
        .profiles
        .into_iter()
        .map(|(name, profile)| {
            let [clasp, forge, vuer] = profile.urls();
            let guards = profile.guards.in_words();
            let Rules {
                read_only,
                allow,
                confirm,
            } = profile.guards;
            ProfileRow {
                in_use: in_use.as_deref() == Some(&name),
                name,
                clasp,
                forge,
                vuer,
                read_only,
                allow,
                confirm,
                guards,
            }
        })
        .collect();
    terminal.printer.list(&rows)?;
    if rows.is_empty() {
        terminal
            .console
            .note("no profiles yet; make one with: trefoil profile add NAME");
    }
    Ok(())
}

impl UseArgs {
    fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        let name = self.name.as_deref().filter(|name| *name != NONE);
        ConfigFile::usual()?.use_profile(name)?;
        if let Some((other, _)) = chosen::name(None)?.filter(|(other, _)| Some(&**other) != name) {
            terminal.console.warn(format_args!(
                "'{other}' was chosen by --profile or TREFOIL_PROFILE, which count more"
            ));
        }
        let in_use = InUse { in_use: name };
        let told = match name {
            Some(name) => format!("{name} is in use"),
            None => "no profile is in use".to_owned(),
        };
        let mut report = terminal.report(&told);
        report.print(|printer| printer.document(&in_use, |words| _ = words.plain(&told)));
        report.finish(Ok(()))
    }
}

impl RemoveArgs {
    fn run(self, terminal: &mut Terminal) -> Result<(), Failure> {
        let file = ConfigFile::usual()?;
        file.known(&file.peek()?, &self.name)?;
        terminal
            .console
            .agree(&format!("Remove profile '{}'?", self.name))?;
        let was_in_use = file.remove(&self.name)?;
        let removed = Removed { removed: self.name };
        let mut report = terminal.report(format_args!("{} is removed", removed.removed));
        report.print(|printer| {
            printer.document(&removed, |words| {
                words.plain(format_args!("removed {}", removed.removed));
            })
        });
        if was_in_use {
            report.print(Printer::flush);
            report
                .console()
                .note("it was the one in use: none is in use now");
        }
        report.finish(Ok(()))
    }
}

/// Completes the name of a profile, with the URLs that it has.
pub fn profiles() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        known_profiles(&current.to_string_lossy()).unwrap_or_default()
    })
}

fn known_profiles(typed: &str) -> Option<Vec<CompletionCandidate>> {
    let config = ConfigFile::usual().ok()?.peek().ok()?;
    let names = config
        .names()
        .into_iter()
        .filter(|name| name.starts_with(typed));
    let described = names.map(|name| {
        let urls = config
            .profile(&name)
            .map(|profile| profile.urls())
            .unwrap_or_default();
        let urls: Vec<String> = urls.into_iter().flatten().collect();
        CompletionCandidate::new(name).help(Some(urls.join("  ").into()))
    });
    Some(described.collect())
}
