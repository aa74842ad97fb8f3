//! The state folder of a service, and the admin token in it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Failure, Kind};
use crate::forge::ledger::Ledger;
use crate::ids::{hex, random};
use crate::text::whole::{SMALL, file_text};

/// The shortest admin token that is accepted: a short one could be guessed.
const SHORTEST: usize = 16;

/// A state folder; a temporary one is removed at the end.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    temporary: bool,
}

/// The administrator's token.
#[derive(Debug)]
pub struct Admin {
    /// The plaintext.
    pub token: String,
    /// The file to which a new token was written.
    pub made: Option<PathBuf>,
}

impl Place {
    /// The folder that was named, or the user's default one; for a command a temporary one.
    ///
    /// # Errors
    /// When the directory for state is not known, or the folder cannot be created.
    pub fn find(named: Option<PathBuf>, for_command: bool) -> Result<Place, Failure> {
        if let Some(folder) = named {
            let folder = std::path::absolute(&folder).unwrap_or(folder);
            return Ok(Place {
                folder,
                temporary: false,
            });
        }
        if !for_command {
            return Ok(Place {
                folder: Ledger::of_user()
                    .map_err(|_| {
                        Failure::usage("this system does not say where state belongs")
                            .with_hint("Name a folder: --state DIR")
                    })?
                    .directory()
                    .join("forge"),
                temporary: false,
            });
        }
        let folder = std::env::temp_dir().join(format!("trefoil-forge-{}", hex(&random::<8>()?)));
        let made = DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(|error| cannot_use(&folder, &error))?;
        Ok(Place {
            folder,
            temporary: true,
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The admin token: from the file that was named, or from the file in the folder, which is
    /// created if it does not exist. For a temporary folder it is not written to disk.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub fn admin_token(&self, named: Option<&Path>) -> Result<Admin, Failure> {
        if let Some(path) = named {
            return read(path).map(|token| Admin { token, made: None });
        }
        let fresh = || -> Result<String, Failure> {
            Ok(format!("cfa_{}", URL_SAFE_NO_PAD.encode(random::<24>()?)))
        };
        if self.temporary {
            return Ok(Admin {
                token: fresh()?,
                made: None,
            });
        }
        let mut folder = DirBuilder::new();
        folder.recursive(true).mode(0o700);
        let made = folder.create(&self.folder);
        made.map_err(|error| cannot_use(&self.folder, &error))?;
        let path = self.folder.join("admin-token");
        if path.exists() {
            return read(&path).map(|token| Admin { token, made: None });
        }
        let token = fresh()?;
        // Written atomically: if the service is killed here, it creates another token at the next
        // start.
        let draft = self.folder.join("admin-token.new");
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all(format!("{token}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)
        };
        write().map_err(|error| cannot_use(&path, &error))?;
        Ok(Admin {
            token,
            made: Some(path),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = file_text(path, SMALL).map_err(|error| cannot_use(path, &error))?;
    let token = text.trim();
    match token.len() {
        0..SHORTEST => Err(Failure::usage(format!(
            "{}: an admin token has at least {SHORTEST} characters",
            path.display()
        ))),
        _ => Ok(token.to_owned()),
    }
}

fn cannot_use(path: &Path, error: &std::io::Error) -> Failure {
    let kind = match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied => Kind::Usage,
        _ => Kind::Service,
    };
    Failure::new(kind, format!("cannot use {}: {error}", path.display()))
}
