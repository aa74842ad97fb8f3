//! `config.toml`, as a file: what it says leaves, changes enter.
//!
//! It is replaced whole and stays the user's alone (0600), a link to it stays a link, and two
//! commands at once take turns.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use toml_edit::DocumentMut;

use super::edit;
use super::error::ConfigError;
use super::profile::{Config, Profile};
use super::read::read;
use crate::error::Failure;

/// The configuration, which need not exist yet.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    path: PathBuf,
    home: PathBuf,
}

impl ConfigFile {
    /// The usual one.
    ///
    /// # Errors
    /// [`ConfigError::NoHome`].
    pub fn usual() -> Result<ConfigFile, ConfigError> {
        let base = etcetera::choose_base_strategy().map_err(|_| ConfigError::NoHome)?;
        Ok(ConfigFile {
            path: base.config_dir().join("trefoil/config.toml"),
            home: base.home_dir().to_owned(),
        })
    }

    /// Its name, to be shown.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// What it says, if it may be believed; nothing, if there is no such file.
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
        // Whoever can change it could have anything run in the user's name.
        if mode & 0o022 != 0 && any(Profile::holds_command) {
            return Err(exposed("change", "names a command to run"));
        }
        Ok(config)
    }

    /// Adds a profile, or has one say this and nothing else.
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

    /// Takes a profile out; whether it was the one in use, which then is none.
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

    /// Says which profile is in use from now on, or that none is.
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

    /// That there is a profile of this name.
    ///
    /// # Errors
    /// [`ConfigError::NoProfile`].
    pub fn known(&self, config: &Config, name: &str) -> Result<(), ConfigError> {
        match config.profile(name) {
            Some(_) => Ok(()),
            None => Err(ConfigError::NoProfile {
                name: name.to_owned(),
                by: super::chosen::By::Argument,
                known: config.names(),
            }),
        }
    }

    /// What it says, whoever can read it: for what is going to write it anew.
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
        read(text, folder, &self.home).map_err(|mistake| ConfigError::Mistake {
            path: self.name(),
            line: mistake.line,
            why: mistake.why,
            hint: mistake.hint,
        })
    }

    /// The text and the mode, if there is such a file.
    fn text(&self) -> io::Result<Option<(String, u32)>> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            // A daemon's home is often /dev/null.
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
        let mut text = String::new();
        file.read_to_string(&mut text)?;
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
        // Where the file really is: a rename would put a file in the place of the link.
        let real = real_path(&self.path);
        let folder = real.parent().unwrap_or(Path::new("/"));
        let cannot = self.io("write");
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).map_err(&cannot)?;
        // The folder is what two commands have in common; a lock file would be litter in it.
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

/// Refuses a name that would read as something else.
///
/// # Errors
/// [`ConfigError::BadName`].
pub fn check_name(name: &str) -> Result<(), ConfigError> {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let bad = name.is_empty()
        || name.starts_with('-')
        || name == super::chosen::NONE
        || !name.chars().all(fine);
    match bad {
        true => Err(ConfigError::BadName(name.to_owned())),
        false => Ok(()),
    }
}

/// Where a link leads, even to what is not there yet; else the path itself.
fn real_path(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // As many as the system itself follows.
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

/// Puts a file that only its owner may read in the place of another, whole.
///
/// # Errors
/// The system's own; the old file is then as it was.
pub fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut new = path.to_owned().into_os_string();
    new.push(".new");
    // What a command that was killed left behind.
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?;
    // Whatever the umask takes away.
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&new, path)
}
