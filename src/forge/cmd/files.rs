//! `-f`: files for the model. Takes paths and tokens; uploads the paths and gives tokens.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};

use super::connection::ConnectionArgs;
use super::curl;
use super::source::{Identity, Source};
use super::transfer::{DEFAULT_TTL, Transfer, Uploaded, unique};
use crate::error::Failure;
use crate::forge::api::names::{BadName, FileToken};
use crate::forge::client::Client;
use crate::term::{Console, Interrupt};
use crate::text::count::Size;
use crate::text::duration::InWords;

/// The option.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct FilesArgs {
    /// Show the model this file: a path, which is uploaded first, or a token that upload has
    /// printed; may be repeated
    #[arg(
        short,
        long = "file",
        value_name = "FILE",
        value_parser = PathBufValueParser::new().try_map(FileRef::read)
    )]
    files: Vec<FileRef>,
}

/// A file: on this machine, or already uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FileRef {
    Path(PathBuf),
    Token(FileToken),
}

impl FileRef {
    /// A text that begins like a token is a token; a file with such a name is written as `./ff_…`.
    fn read(given: PathBuf) -> Result<FileRef, BadName> {
        match given.to_str() {
            Some(text) if text.starts_with(FileToken::PREFIX) => text.parse().map(FileRef::Token),
            _ => Ok(FileRef::Path(given)),
        }
    }
}

/// Files that have been checked: each exists and can be read. A file that was named twice is
/// contained once.
#[derive(Debug)]
pub struct Files(Vec<File>);

#[derive(Debug)]
enum File {
    Source(Box<Source>),
    Token(FileToken),
}

/// The parts of a `--dry-run` for files, which are not uploaded.
#[derive(Debug)]
pub struct DryRun {
    /// The commands that upload them.
    pub commands: Vec<String>,
    /// The tokens for the request; placeholders for files that would be uploaded.
    pub tokens: Vec<FileToken>,
    /// The placeholder tokens, and the shell variables that replace them.
    pub variables: Vec<(FileToken, String)>,
}

impl FilesArgs {
    /// Checks the files before anything is sent.
    ///
    /// # Errors
    /// A usage failure if a file does not exist, cannot be read or is a directory.
    pub fn check(&self) -> Result<Files, Failure> {
        let mut files = Vec::new();
        let mut seen: HashSet<Identity> = HashSet::new();
        for file in &self.files {
            match file {
                FileRef::Token(token) => files.push(File::Token(token.clone())),
                FileRef::Path(path) => {
                    let source = Source::of(path)?;
                    if seen.insert(source.identity()) {
                        files.push(File::Source(Box::new(source)));
                    }
                }
            }
        }
        Ok(Files(files))
    }
}

impl Files {
    /// The number of files.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether one of them is stdin, which then cannot be used for anything else.
    pub fn take_stdin(&self) -> bool {
        let mut files = self.0.iter();
        files.any(|file| matches!(file, File::Source(source) if source.is_stdin()))
    }

    /// Uploads the files of this machine, one after the other, and returns the tokens of all files.
    ///
    /// # Errors
    /// The first failure; Ctrl-C. The tokens of files that were uploaded until then have been
    /// printed as notes.
    pub async fn upload(
        &self,
        client: &Client,
        console: &Console,
    ) -> Result<Vec<FileToken>, Failure> {
        let mut interrupt = Interrupt::listen()?;
        let mut tokens = Vec::with_capacity(self.0.len());
        for file in &self.0 {
            tokens.push(match file {
                File::Token(token) => token.clone(),
                File::Source(source) => {
                    let uploaded = tokio::select! {
                        uploaded = upload(client, console, source) => uploaded?,
                        kind = interrupt.wait() => {
                            let file = source.shown();
                            return Err(Failure::new(
                                kind,
                                format!("interrupted while {file} was uploaded: nothing was asked"),
                            ));
                        }
                    };
                    uploaded.token
                }
            });
        }
        Ok(tokens)
    }

    /// The commands that would upload the files.
    ///
    /// # Errors
    /// A usage failure for a URL that is none.
    pub fn dry_run(&self, connection: &ConnectionArgs) -> Result<DryRun, Failure> {
        let mut dry_run = DryRun {
            commands: Vec::new(),
            tokens: Vec::new(),
            variables: Vec::new(),
        };
        for file in &self.0 {
            let source = match file {
                File::Token(token) => {
                    dry_run.tokens.push(token.clone());
                    continue;
                }
                File::Source(source) => source,
            };
            let variable = format!("file{}", dry_run.variables.len() + 1);
            let command = curl::upload(connection, source, DEFAULT_TTL)?;
            dry_run.commands.push(format!("{variable}=$({command})"));
            let token = FileToken::placeholder(unique()?);
            dry_run.variables.push((token.clone(), variable));
            dry_run.tokens.push(token);
        }
        Ok(dry_run)
    }
}

/// Uploads a file by its path (`-` is stdin), and prints its token as a note. Dropping the future
/// cancels the upload, and the service stores nothing.
///
/// # Errors
/// A usage failure if the file cannot be read; the errors of the service.
pub async fn upload_one(
    client: &Client,
    console: &Console,
    path: &Path,
) -> Result<FileToken, Failure> {
    let uploaded = upload(client, console, &Source::of(path)?).await?;
    Ok(uploaded.token)
}

async fn upload(client: &Client, console: &Console, source: &Source) -> Result<Uploaded, Failure> {
    let transfer = Transfer {
        client,
        console,
        ttl: DEFAULT_TTL,
        limit: None,
    };
    let uploaded = transfer.send(source).await;
    let uploaded = uploaded.map_err(|error| error.of(source))?;
    console.note(format_args!(
        "{} is {} ({}, expires in {})",
        source.shown(),
        uploaded.token,
        Size(uploaded.size),
        InWords(uploaded.ttl)
    ));
    Ok(uploaded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_token_is_one() {
        let read = |text: &str| FileRef::read(PathBuf::from(text));
        let token = "ff_8c1".parse().expect("a token");
        assert_eq!(read("ff_8c1"), Ok(FileRef::Token(token)));
        for text in ["./ff_8c1", "a.png", "-", "x/ff_8c1", "FF_8c1"] {
            assert_eq!(read(text), Ok(FileRef::Path(text.into())));
        }
        for text in ["ff_", "ff_../../etc/passwd", "ff_a b"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
