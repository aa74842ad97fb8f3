//! `--out`: a file that only its owner can read. A path enters before the token is asked for, and is
//! there, empty; the token enters, and stays. If none comes, the file is gone again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::config::secret::Secret;
use crate::error::Failure;

/// A place for a token.
#[derive(Debug)]
pub struct Keep {
    /// Where it is to be.
    target: PathBuf,
    /// Where it is until then.
    path: PathBuf,
    file: Option<File>,
}

impl Keep {
    /// Makes the place: the file itself, or one beside it that takes its place when it is to be
    /// overwritten.
    ///
    /// # Errors
    /// A usage failure for a file that is there already, and for what cannot be written.
    pub fn at(target: &Path, force: bool) -> Result<Keep, Failure> {
        let shown = target.display();
        let found = fs::symlink_metadata(target).ok();
        let path = match &found {
            Some(_) if !force => {
                return Err(Failure::usage(format!("{shown} is there already"))
                    .with_hint("To overwrite it, add --force"));
            }
            Some(found) if !found.is_file() => {
                return Err(Failure::usage(format!("{shown} is not a plain file")));
            }
            Some(_) => {
                let mut path = target.to_owned().into_os_string();
                path.push(format!(".{}.new", std::process::id()));
                path.into()
            }
            None => target.to_owned(),
        };
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| Failure::usage(format!("cannot write {shown}: {error}")))?;
        Ok(Keep {
            target: target.to_owned(),
            path,
            file: Some(file),
        })
    }

    /// Puts the token in, as `--token-file` reads it.
    ///
    /// # Errors
    /// The system's own; nothing of it is kept then.
    pub fn put(mut self, token: &Secret) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            let written = writeln!(file, "{}", token.expose())
                .and_then(|()| file.sync_all())
                .and_then(|()| {
                    if self.path == self.target {
                        Ok(())
                    } else {
                        fs::rename(&self.path, &self.target)
                    }
                });
            if written.is_err() {
                self.file = Some(file);
            }
            return written;
        }
        Ok(())
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        if self.file.is_some() {
            // What cannot be removed is empty, or not what it should be; there is no one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}
