//! `grab`: takes a picture of a scene: from a page of a running server, or from a given scene in a
//! headless browser.

mod ask;
mod browser;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use super::connection::ConnectionArgs;
use super::page;
use super::recv::extract::{Name, is_device, refuse_existing, write_file};
use super::serve::input::{Form, InputCounts, Source, feed, read};
use super::serve::server::HubServer;
use crate::error::{Failure, Kind};
use crate::term::picture::{BadPicture, Pixels, Protocol};
use crate::term::{Console, Interrupt, Progress, Terminal};
use crate::text::duration::duration;
use crate::vuer::client::{Endpoint, Target};
use crate::vuer::hub::core::Rules;
use crate::vuer::hub::run::block_on;
use crate::vuer::hub::site::{Page, Site};

use ask::{Asker, NoPicture, Picture, PictureRequest};
use browser::Browser;

const EXAMPLES: &str = r#"Examples:
  trefoil vuer grab -O shot.jpg              of the page that connected last
  trefoil vuer grab scene.ndjson -O shot.png
  robot-log | trefoil vuer grab - > shot.png
  trefoil vuer grab --every 100ms --count 5 --to 'f-%05d.jpg'

Without SCENE it asks a running trefoil vuer serve, and that a page that is
open. With SCENE, operations as vuer serve takes them, it serves them itself,
shows them in a headless Chromium (or TREFOIL_BROWSER) and ends both. The page
of the Python package gives JPEG only; a PNG is made from that. A terminal that
shows pictures (iTerm2, kitty, sixel) gets the picture itself."#;

/// The default size of a picture.
const WIDTH: u32 = 1280;
/// The default height.
const HEIGHT: u32 = 720;

/// How long a browser may take to open the page.
const PAGE_TIME: Duration = Duration::from_secs(30);

/// How long a page may take for one picture.
const PICTURE_TIME: Duration = Duration::from_secs(30);

/// How often to check whether the page is open.
const CHECK_INTERVAL: Duration = Duration::from_millis(20);

/// What may be typed after `grab`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct GrabArgs {
    /// Show the operations of this file in a headless browser; - is stdin
    #[arg(value_name = "SCENE", conflicts_with = "client")]
    scene: Option<PathBuf>,

    /// Write the picture to this file; .png or .jpg [default: stdout]
    #[arg(short = 'O', long = "out", value_name = "FILE", conflicts_with = "to")]
    out: Option<PathBuf>,

    /// Take a picture this often, until --count or Ctrl-C
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "to")]
    every: Option<Duration>,

    /// Name the files of --every; %d is the number from 1, %05d with zeros
    #[arg(long, value_name = "FILE", requires = "every")]
    to: Option<String>,

    /// Overwrite files of --to that exist
    #[arg(long, requires = "to")]
    force: bool,

    /// Take this many pictures with --every
    #[arg(long, value_name = "N", requires = "every", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Use the page of this client, by its number, instead of the latest page
    #[arg(long, value_name = "N")]
    client: Option<u32>,

    /// The width in pixels, of the browser or of the builtin page's picture [default: 1280, or the
    /// page's]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(1..=8192))]
    width: Option<u32>,

    /// The height in pixels [default: 720, or the page's]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(1..=8192))]
    height: Option<u32>,

    /// The quality of a JPEG, from 0 to 1
    #[arg(long, value_name = "NUMBER", value_parser = quality)]
    quality: Option<f64>,

    /// Wait at most this long until two pictures in a row are the same
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s")]
    wait: Duration,

    /// Show SCENE in the page of this folder, or in the builtin page
    #[arg(long, value_name = "DIR", requires = "scene")]
    page: Option<PathBuf>,

    /// Serve the files of this folder to the page of SCENE, below /workspace/
    #[arg(long, value_name = "DIR", requires = "scene")]
    assets: Option<PathBuf>,

    #[command(flatten)]
    connection: ConnectionArgs,
}

fn quality(text: &str) -> Result<f64, String> {
    let number: Result<f64, _> = text.parse();
    let number = number.ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "a quality is from 0 to 1".to_owned())
}

/// The output for a written picture.
#[derive(Debug, Serialize)]
struct Written<'a> {
    file: &'a str,
    format: &'static str,
    width: u32,
    height: u32,
    bytes: usize,
    client: u32,
}

impl GrabArgs {
    /// Takes the picture.
    ///
    /// # Errors
    /// [`Kind::Negative`] when no page is connected;
    /// [`Kind::CommandNotFound`] without a browser; a lost connection.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let target = self.connection.target(&terminal.console)?;
        let protocol = self.check(&terminal)?;
        block_on(async {
            let mut interrupt = Interrupt::listen()?;
            tokio::select! {
                done = self.grab(target, terminal, protocol) => done,
                kind = interrupt.wait() => Err(Failure::signal(kind)),
            }
        })?
    }

    /// Checks the options before anything is done. Gives the protocol of the terminal if the picture
    /// is to be shown there.
    fn check(&self, terminal: &Terminal) -> Result<Option<Protocol>, Failure> {
        if let Some(to) = &self.to {
            let name = name(to)?;
            check_extension(Path::new(to))?;
            refuse_existing(Path::new(&name.fill(1)), self.force)?;
            return Ok(None);
        }
        if let Some(out) = self.out.as_ref().filter(|out| out.as_os_str() != "-") {
            check_extension(out)?;
        }
        if self.out.is_some() || !terminal.printer.is_terminal() {
            return Ok(None);
        }
        let protocol = Protocol::of_terminal().ok_or_else(|| {
            Failure::usage("a picture is not written to a terminal that cannot show it")
                .with_hint("Name a file, such as -O shot.jpg")
        })?;
        Ok(Some(protocol))
    }

    async fn grab(
        &self,
        mut target: Target,
        terminal: Terminal,
        protocol: Option<Protocol>,
    ) -> Result<(), Failure> {
        let Some(scene) = &self.scene else {
            let asker = Asker::connect(target, self.limit()).await?;
            return self.pictures(asker, terminal, protocol).await;
        };
        let server = self.server(scene, &terminal.console).await?;
        target.endpoint = Endpoint::parse(&server.url)?;
        target.headers.clear();
        let (hub, link) = (server.hub.clone(), server.link.clone());
        spawn_local(server.serve());
        let fed = Cell::new(InputCounts::default());
        let source = if scene.as_os_str() == "-" {
            Source::Stdin
        } else {
            Source::File(scene.clone())
        };
        feed(&hub, read(source, Form::Operation), &terminal.console, &fed).await;
        let (width, height) = (self.width.unwrap_or(WIDTH), self.height.unwrap_or(HEIGHT));
        let progress = Progress::waiting(&terminal.console, "the browser");
        let mut browser = Browser::open(&link, width, height)?;
        let begun = Instant::now();
        let there = async {
            while hub.with(|hub| hub.counts().pages) == 0 && begun.elapsed() < PAGE_TIME {
                sleep(CHECK_INTERVAL).await;
            }
        };
        tokio::select! {
            () = there => {}
            failure = browser.ended() => return Err(failure),
        }
        if hub.with(|hub| hub.counts().pages) == 0 {
            return Err(Failure::new(
                Kind::Deadline,
                "the browser did not open the page in 30 s",
            ));
        }
        progress.finish();
        let asker = Asker::connect(target, self.limit()).await?;
        let result = tokio::select! {
            result = self.pictures(asker, terminal, protocol) => result,
            failure = browser.ended() => Err(failure),
        };
        browser.close().await;
        result?;
        match fed.get().bad {
            0 => Ok(()),
            bad => {
                let message =
                    format!("{bad} lines could not be used; the picture is of the others");
                Err(Failure::new(Kind::Partial, message))
            }
        }
    }

    fn limit(&self) -> Duration {
        self.connection.timeout().unwrap_or(PICTURE_TIME)
    }

    /// Starts a server for this picture.
    async fn server(&self, scene: &Path, console: &Console) -> Result<HubServer, Failure> {
        if scene.as_os_str() != "-"
            && let Err(error) = fs::metadata(scene)
        {
            return Err(Failure::usage(format!(
                "cannot read {}: {error}",
                scene.display()
            )));
        }
        let page = match (&self.page, self.wants_png()) {
            // Only the builtin page supports PNG.
            (None, true) if self.out.is_some() => Page::Builtin,
            (page, _) => page::chosen(page.as_deref())?,
        };
        let site = Site {
            page,
            assets: self.assets.clone(),
            token: None,
            origins: Vec::new(),
            tls: false,
        };
        let rules = Rules {
            rate: 60.0,
            relay: false,
            max_clients: 4,
        };
        HubServer::listen("127.0.0.1:0", site, rules, None, console).await
    }

    /// Whether to request a PNG: by the extension of the file, and by default.
    fn wants_png(&self) -> bool {
        let name = match (&self.out, &self.to) {
            (Some(out), _) => out.clone(),
            (None, Some(to)) => PathBuf::from(to),
            (None, None) => return true,
        };
        name.extension()
            .is_some_and(|it| it.eq_ignore_ascii_case("png"))
    }

    async fn pictures(
        &self,
        mut asker: Asker,
        mut terminal: Terminal,
        protocol: Option<Protocol>,
    ) -> Result<(), Failure> {
        let size = match (self.width, self.height) {
            (None, None) if self.scene.is_none() => None,
            (width, height) => Some((width.unwrap_or(WIDTH), height.unwrap_or(HEIGHT))),
        };
        let request = PictureRequest {
            client: self.client,
            size,
            quality: self.quality,
            png: self.wants_png(),
        };
        let (first, is_complete) = asker
            .complete(&request, self.wait)
            .await
            .map_err(|nothing| self.nothing(nothing))?;
        if !is_complete && self.every.is_none() {
            terminal
                .console
                .note("the picture was still changing; this is the last one");
        }
        match (self.every, &self.to) {
            (Some(every), Some(to)) => {
                let name = name(to)?;
                let mut number = 0;
                let mut next = first;
                let mut due = Instant::now();
                loop {
                    number += 1;
                    let written = self.write(Path::new(&name.fill(number)), &next, &mut terminal);
                    written.map_err(|failure| match number {
                        1 => failure,
                        _ => failure.partly_done(),
                    })?;
                    terminal.printer.flush()?;
                    if self.count.is_some_and(|count| number >= count) {
                        break;
                    }
                    due += every;
                    tokio::time::sleep_until(due).await;
                    next = asker
                        .once(&request)
                        .await
                        .map_err(|nothing| self.nothing(nothing))?;
                }
            }
            _ => match &self.out {
                Some(out) if out.as_os_str() != "-" => self.write(out, &first, &mut terminal)?,
                _ => match protocol {
                    Some(protocol) => {
                        let sequence = protocol.sequence(&first.bytes).map_err(unreadable)?;
                        terminal.printer.text(&sequence)?;
                    }
                    None => terminal.printer.text(&first.bytes)?,
                },
            },
        }
        asker.leave().await;
        terminal.printer.finish()
    }

    fn write(
        &self,
        path: &Path,
        picture: &Picture,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let mut picture = picture.clone();
        if self.wants_png() && picture.format() != "png" {
            picture.bytes = png_of(&picture.bytes).map_err(unreadable)?.into();
        }
        // The one file of -O is overwritten, as by other commands that write one.
        write_file(path, &picture.bytes, self.force || self.to.is_none())?;
        let file = path.to_string_lossy();
        let written = Written {
            file: &file,
            format: picture.format(),
            width: picture.width,
            height: picture.height,
            bytes: picture.bytes.len(),
            client: picture.client,
        };
        terminal.printer.document(&written, |words| {
            words.plain(&file).plain("  ");
            words.dim(format_args!(
                "{} × {}  {} bytes",
                written.width, written.height, written.bytes
            ));
        })
    }

    fn nothing(&self, nothing: NoPicture) -> Failure {
        match nothing {
            NoPicture::Failed(failure) => failure,
            NoPicture::Reason(why) => Failure::new(Kind::Negative, why).with_hint(
                "Open the link that trefoil vuer serve printed, or give a SCENE to be shown here",
            ),
        }
    }
}

/// Refuses a name that does not say which of the two kinds of pictures it is.
fn check_extension(path: &Path) -> Result<(), Failure> {
    let known = path.extension().is_some_and(|extension| {
        ["png", "jpg", "jpeg"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    });
    if known || is_device(path) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{}: a picture is a PNG or a JPEG, so its name must end in .png, .jpg or .jpeg",
        path.display()
    )))
}

fn png_of(picture: &[u8]) -> Result<Vec<u8>, BadPicture> {
    Pixels::read(picture)?.to_png()
}

fn unreadable(error: BadPicture) -> Failure {
    Failure::new(
        Kind::Service,
        format!("the picture of the page cannot be read: {error}"),
    )
}

fn name(to: &str) -> Result<Name, Failure> {
    let name = Name::parse(to).map_err(|why| Failure::usage(format!("--to {to}: {why}")))?;
    if name.has_number() {
        Ok(name)
    } else {
        Err(
            Failure::usage(format!("--to {to} names one file for all: add a number"))
                .with_hint("A number is written %d, or %05d with zeros, as in 'f-%05d.jpg'"),
        )
    }
}
