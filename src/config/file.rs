//! Reads and changes the file `config.toml`.
//!
//! Every change replaces the whole file atomically, with mode 0600. A symbolic link stays a link, and
//! a lock keeps two commands from writing at the same time.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use toml_edit::DocumentMut;

use super::edit;
use super::error::ConfigError;
use super::profile::{ChosenBy, Config, NONE, Profile};
use super::read::read;
use crate::error::Failure;
use crate::home;
use crate::text::whole::{SMALL, read_text};

/// The configuration file, which may not exist yet.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    path: PathBuf,
    home: PathBuf,
}

impl ConfigFile {
    /// The file in the user's configuration directory.
    ///
    /// # Errors
    /// [`ConfigError::NoHome`].
    pub fn usual() -> Result<ConfigFile, ConfigError> {
        let base = home::folders().ok_or(ConfigError::NoHome)?;
        Ok(ConfigFile {
            path: base.config_dir().join("trefoil/config.toml"),
            home: base.home_dir().to_owned(),
        })
    }

    /// Its path, for messages.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Its content, if its permissions are safe; empty if there is no file.
    ///
    /// # Errors
    /// [`ConfigError`]: a mistake in it, a secret in it that others can read.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let Some((text, mode)) = self.text().map_err(self.io("read"))? else {
            return Ok(Config::default());
        };
        let config = self.parse(&text)?;
        let any = |holds: fn(&Profile) -> bool| config.profiles.iter().any(|(_, p)| holds(p));
        let exposed = |verb, holds| ConfigError::Exposed {
            path: self.name(),
            verb,
            holds,
        };
        if mode & 0o044 != 0 && any(Profile::holds_secret) {
            return Err(exposed("read", "holds a token"));
        }
        // A user who can change the file can run any command as this user.
        if mode & 0o022 != 0 && any(Profile::holds_command) {
            return Err(exposed("change", "names a command to run"));
        }
        Ok(config)
    }

    /// Adds a profile, or replaces one.
    ///
    /// # Errors
    /// [`ConfigError::Exists`], unless it is to be replaced; [`ConfigError::BadName`].
    pub fn put(&self, name: &str, profile: &Profile, replace: bool) -> Result<(), Failure> {
        check_name(name)?;
        self.change(|document, config| {
            if config.profile(name).is_some() && !replace {
                return Err(ConfigError::Exists(name.to_owned()));
            }
            edit::put(document, name, profile);
            Ok(())
        })
    }

    /// Removes a profile. Returns whether it was the one in use; then none is in use afterwards.
    ///
    /// # Errors
    /// [`ConfigError::NoProfile`].
    pub fn remove(&self, name: &str) -> Result<bool, Failure> {
        self.change(|document, config| {
            self.known(config, name)?;
            edit::remove(document, name);
            Ok(config.in_use.as_deref() == Some(name))
        })
    }

    /// Sets the profile that is in use from now on, or none.
    ///
    /// # Errors
    /// [`ConfigError::NoProfile`].
    pub fn use_profile(&self, name: Option<&str>) -> Result<(), Failure> {
        if name.is_none() && self.text().map_err(self.io("read"))?.is_none() {
            return Ok(());
        }
        self.change(|document, config| {
            if let Some(name) = name {
                self.known(config, name)?;
            }
            edit::use_profile(document, name);
            Ok(())
        })
    }

    /// Checks that a profile of this name exists.
    ///
    /// # Errors
    /// [`ConfigError::NoProfile`].
    pub fn known(&self, config: &Config, name: &str) -> Result<(), ConfigError> {
        match config.profile(name) {
            Some(_) => Ok(()),
            None => Err(ConfigError::NoProfile {
                name: name.to_owned(),
                by: ChosenBy::Argument,
                known: config.names(),
            }),
        }
    }

    /// Its content without a check of permissions, for a caller that rewrites it with mode 0600.
    ///
    /// # Errors
    /// [`ConfigError`]: a mistake in it.
    pub fn peek(&self) -> Result<Config, ConfigError> {
        match self.text().map_err(self.io("read"))? {
            Some((text, _)) => self.parse(&text),
            None => Ok(Config::default()),
        }
    }

    fn parse(&self, text: &str) -> Result<Config, ConfigError> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        read(text, folder, &self.home).map_err(|mistake| mistake.at(&self.name()))
    }

    /// The text and the mode, if there is such a file.
    fn text(&self) -> io::Result<Option<(String, u32)>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            // The home of a daemon is often /dev/null.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let text = read_text(&file, SMALL)?;
        Ok(Some((text, file.metadata()?.permissions().mode())))
    }

    fn io(&self, doing: &'static str) -> impl Fn(io::Error) -> ConfigError {
        let path = self.name();
        move |error| ConfigError::Io {
            doing,
            path: path.clone(),
            why: error.to_string(),
        }
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut DocumentMut, &Config) -> Result<T, ConfigError>,
    ) -> Result<T, Failure> {
        // The file is replaced by a rename, which would otherwise replace a symbolic link itself.
        let real = real_path(&self.path);
        let folder = real.parent().unwrap_or(Path::new("/"));
        let cannot = self.io("write");
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).map_err(&cannot)?;
        // The directory is locked, so that no lock file is left behind.
        let lock = File::open(folder).map_err(&cannot)?;
        lock.lock().map_err(&cannot)?;
        let text = self.text().map_err(self.io("read"))?;
        let text = text.map(|(text, _)| text).unwrap_or_default();
        let config = self.parse(&text)?;
        let mut document: DocumentMut = text
            .parse()
            .map_err(|error| self.io("read")(io::Error::other(error)))?;
        let result = change(&mut document, &config)?;
        replace(&real, document.to_string().as_bytes()).map_err(&cannot)?;
        Ok(result)
    }
}

/// Checks the name of a profile.
///
/// # Errors
/// [`ConfigError::BadName`].
pub fn check_name(name: &str) -> Result<(), ConfigError> {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let bad = name.is_empty() || name.starts_with('-') || name == NONE || !name.chars().all(fine);
    if bad {
        Err(ConfigError::BadName(name.to_owned()))
    } else {
        Ok(())
    }
}

/// The target of a symbolic link, even if it does not exist yet; otherwise the path itself.
fn real_path(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // Linux follows 40 links, too.
    for _ in 0..40 {
        let Ok(next) = fs::read_link(&path) else {
            break;
        };
        path = match path.parent() {
            Some(folder) => folder.join(next),
            None => next,
        };
    }
    path
}

/// Replaces a file atomically; the new one has mode 0600.
///
/// # Errors
/// The system's error; the old file is then unchanged.
pub fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut new = path.to_owned().into_os_string();
    new.push(".new");
    // A command that was killed may have left it behind.
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?;
    // Independent of the umask.
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&new, path)
}
