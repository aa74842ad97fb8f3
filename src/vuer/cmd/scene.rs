//! `scene`: prints the present scene graph.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::connection::ConnectionArgs;
use crate::error::{Failure, Kind};
use crate::term::{OutputError, Terminal, Words, reader_gone};
use crate::text::duration::{InWords, duration};
use crate::vuer::client::session::{Load, Session};
use crate::vuer::client::{Error, Target, block_on};
use crate::vuer::event::Event;
use crate::vuer::scene::{Element, Outcome, Scene, TreeLine, tree};

const EXAMPLES: &str = "\
Examples:
  trefoil vuer scene
  trefoil vuer scene --key box
  trefoil vuer scene --follow
  trefoil vuer scene --for 5s
  trefoil vuer scene | jq -r '.children[].key'

A server sends its scene to every new client, so this is what a browser that
connects now would show.";

/// The scene counts as complete when nothing has changed it for this long …
const QUIET: Duration = Duration::from_millis(300);
/// … or after this long.
const AT_MOST: Duration = Duration::from_secs(2);
/// The same times with `--follow`, where a change should be shown soon.
const QUIET_FOLLOWING: Duration = Duration::from_millis(50);
const AT_MOST_FOLLOWING: Duration = Duration::from_millis(250);

/// What may be typed after `scene`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SceneArgs {
    /// Only the node with this key; exit with 6 if there is none
    #[arg(long, value_name = "KEY")]
    key: Option<String>,

    /// Collect changes for this long [default: until none came for 300ms, at most 2s]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    span: Option<Duration>,

    /// Keep running, and print the scene again when it changes
    #[arg(long)]
    follow: bool,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl SceneArgs {
    /// Follows and prints.
    ///
    /// # Errors
    /// [`Kind::Negative`] when no scene came, or it has no such node; a lost connection.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self.connection.target(&terminal.console)?;
        if self.follow {
            terminal.printer.be_lenient(&terminal.console);
        }
        block_on(async {
            let follow = self.follow(&target, &mut terminal);
            match self.connection.timeout() {
                None => follow.await,
                Some(limit) => tokio::time::timeout(limit, follow)
                    .await
                    .unwrap_or_else(|_| {
                        let done = self.follow.then_some(());
                        done.ok_or_else(|| {
                            Failure::new(
                                Kind::Deadline,
                                format!("no complete scene came within {}", InWords(limit)),
                            )
                        })
                    }),
            }
        })??;
        terminal.printer.finish()
    }

    async fn follow(&self, target: &Target, terminal: &mut Terminal) -> Result<(), Failure> {
        let session = Session::connect(target, Load::Bulk).await?;
        let mut follower = SceneFollower {
            target,
            session,
            scene: Scene::default(),
        };
        let begun = Instant::now();
        let seen = match self.span {
            Some(span) => follower.settle(begun + span, Duration::MAX).await?,
            None => follower.settle(begun + AT_MOST, QUIET).await?,
        };
        if seen == 0 && !self.follow {
            return Err(Failure::new(
                Kind::Negative,
                format!(
                    "no scene came from {} within {}",
                    target.endpoint,
                    InWords(self.span.unwrap_or(AT_MOST))
                ),
            ));
        }
        if seen > 0 {
            self.print(&follower.scene, terminal)?;
        }
        if !self.follow {
            follower.session.leave().await;
            return Ok(());
        }
        let mut gone = pin!(reader_gone());
        loop {
            terminal.printer.flush()?;
            let changed = async {
                follower.change().await?;
                let deadline = Instant::now() + AT_MOST_FOLLOWING;
                follower.settle(deadline, QUIET_FOLLOWING).await
            };
            tokio::select! {
                changed = changed => { changed?; }
                () = &mut gone => return Err(OutputError::Closed.into()),
            }
            self.print(&follower.scene, terminal)?;
        }
    }

    fn print(&self, scene: &Scene, terminal: &mut Terminal) -> Result<(), Failure> {
        let element = match &self.key {
            None => scene.root(),
            Some(key) => match scene.find(key) {
                Some(element) => element,
                // It may come later.
                None if self.follow => return Ok(()),
                None => {
                    return Err(Failure::new(
                        Kind::Negative,
                        format!("the scene has no node '{key}'"),
                    ));
                }
            },
        };
        if self.follow {
            terminal.printer.clear();
        }
        terminal
            .printer
            .document(element, |words| describe(words, element))
    }
}

/// A scene and the connection it comes from.
struct SceneFollower<'t> {
    target: &'t Target,
    session: Session,
    scene: Scene,
}

impl SceneFollower<'_> {
    /// Applies changes until the deadline, or until none came for `quiet` after a change. Gives the
    /// number of changes.
    async fn settle(&mut self, deadline: Instant, quiet: Duration) -> Result<u64, Error> {
        let mut seen = 0;
        let mut until = deadline;
        // The wait for silence begins with the first change.
        while let Ok(change) = timeout_at(until, self.change()).await {
            change?;
            seen += 1;
            until = match Instant::now().checked_add(quiet) {
                Some(still) => still.min(deadline),
                None => deadline,
            };
        }
        Ok(seen)
    }

    /// Waits for an event that changes the scene. Cancel-safe.
    async fn change(&mut self) -> Result<(), Error> {
        loop {
            let message = self.session.next().await?;
            let event = Event::read(&message)
                .map_err(|error| Error::garbled(&self.target.endpoint, error))?;
            if self.scene.apply(&event) == Outcome::Changed {
                return Ok(());
            }
        }
    }
}

/// The tree, its names and tags in columns.
fn describe(words: &mut Words, element: &Element) {
    let lines = tree(element);
    let width = |line: &TreeLine| line.branches.chars().count() + line.name.chars().count();
    // Nodes without further fields do not widen the columns of the others.
    let names = lines.iter().filter(|line| !line.tag.is_empty());
    let name_width = names.clone().map(width).max().unwrap_or(0);
    let tag_width = names
        .filter(|line| !line.facts.is_empty())
        .map(|line| line.tag.chars().count())
        .max()
        .unwrap_or(0);
    for (position, line) in lines.iter().enumerate() {
        if position > 0 {
            words.end_line();
        }
        words.dim(&line.branches).address(&line.name);
        if !line.tag.is_empty() {
            let gap = name_width.saturating_sub(width(line)) + 1;
            words.plain(format_args!("{:gap$}{}", "", line.tag));
        }
        if !line.facts.is_empty() {
            let used = if line.tag.is_empty() {
                tag_width
            } else {
                line.tag.chars().count()
            };
            let gap = tag_width.saturating_sub(used);
            words.plain(format_args!("{:gap$}", ""));
        }
        for fact in &line.facts {
            words.plain("  ").dim(&fact.name).plain(" ");
            words.plain(&fact.value);
        }
    }
}
