//! The file of tokens. Reads and writes records; the file holds only the hash of a token.
//!
//! ```json
//! {"tokens":[{"id":"3f9a…","hash":"ba78…","scopes":["read:/**"],"created":1795166091829000}]}
//! ```
//!
//! The file is replaced atomically, so that a router never reads an incomplete one, and a lock
//! serialises concurrent commands.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};

use crate::clasp::router::auth::Record;
use crate::config::file::replace;
use crate::error::{Failing, Failure, Kind};
use crate::home;
use crate::text::whole::{SMALL, file_bytes};

/// The option that names the file.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TokensArgs {
    /// Keep the tokens here [default: clasp-tokens.json in trefoil's
    /// configuration directory]
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
}

/// Why the token file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// It cannot be read or written.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: String,
        /// The system's error.
        source: io::Error,
    },
    /// It is not a file of tokens.
    #[error("{path} is not a file of tokens: {why}")]
    NotTokens {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The default directory is unknown.
    #[error("no configuration directory is known (HOME is not set); name a file with --tokens")]
    NoHome,
}

impl Failing for TokensError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            TokensError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("Make one with: trefoil clasp token create --scope read:/**".into())
            }
            _ => None,
        }
    }
}

/// Inode, size and modification time, to detect changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Option<(u64, u64, Option<SystemTime>)>);

/// A token file, which may not exist yet.
#[derive(Debug, Clone)]
pub struct TokensFile {
    path: PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    tokens: Vec<Record>,
}

impl TokensArgs {
    /// The named file, or the default one.
    ///
    /// # Errors
    /// [`TokensError::NoHome`].
    pub fn file(&self) -> Result<TokensFile, TokensError> {
        if let Some(path) = &self.tokens {
            return Ok(TokensFile::at(path));
        }
        let base = home::folders().ok_or(TokensError::NoHome)?;
        let path = base.config_dir().join("trefoil/clasp-tokens.json");
        Ok(TokensFile { path })
    }
}

impl TokensFile {
    /// The file at this path.
    pub fn at(path: &Path) -> TokensFile {
        TokensFile {
            path: path.to_owned(),
        }
    }

    fn io(&self, doing: &'static str) -> impl Fn(io::Error) -> TokensError {
        let path = self.path.display().to_string();
        move |source| TokensError::Io {
            doing,
            path: path.clone(),
            source,
        }
    }

    /// The path, for messages.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Its present state, to compare with a later one.
    pub fn stamp(&self) -> Stamp {
        let found = fs::metadata(&self.path).ok();
        Stamp(found.map(|found| (found.ino(), found.len(), found.modified().ok())))
    }

    /// Whether other users can change it, and so give themselves access.
    pub fn is_writable_by_others(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| found.permissions().mode() & 0o022 != 0)
    }

    /// Reads the records.
    ///
    /// # Errors
    /// [`TokensError`], also when the file does not exist.
    pub fn read(&self) -> Result<Vec<Record>, TokensError> {
        let text = file_bytes(&self.path, SMALL).map_err(self.io("read"))?;
        let content: Content =
            serde_json::from_slice(&text).map_err(|error| TokensError::NotTokens {
                path: self.name(),
                why: error.to_string(),
            })?;
        Ok(content.tokens)
    }

    /// Reads, changes and writes the file under a lock. A missing file counts as empty.
    ///
    /// # Errors
    /// [`TokensError`], or the failure of `change`; the file is then unchanged.
    pub fn change<T>(
        &self,
        change: impl FnOnce(&mut Vec<Record>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if let Some(folder) = self.path.parent().filter(|p| !p.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(self.io("write"))?;
        }
        let lock = File::create(self.beside("lock")).map_err(self.io("write"))?;
        lock.lock().map_err(self.io("write"))?;
        let mut tokens = match self.read() {
            Err(TokensError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Vec::new()
            }
            read => read?,
        };
        let result = change(&mut tokens)?;
        self.write(&Content { tokens })?;
        Ok(result)
    }

    fn write(&self, content: &Content) -> Result<(), TokensError> {
        let written = serde_json::to_vec(content)
            .map_err(io::Error::from)
            .and_then(|mut text| {
                text.push(b'\n');
                replace(&self.path, &text)
            });
        written.map_err(self.io("write"))
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".");
        name.push(suffix);
        name.into()
    }
}
