//! `--out`: writes the token to a file that only its owner can read. The file is created empty
//! before the token is requested, and removed again if there is no token.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::config::secret::Secret;
use crate::error::Failure;

/// A file for a token.
#[derive(Debug)]
pub struct Keep {
    /// The target file.
    target: PathBuf,
    /// The file that is written first.
    path: PathBuf,
    file: Option<File>,
}

impl Keep {
    /// Creates the file. If an existing file is to be overwritten, a new file is created next to it
    /// and replaces it later.
    ///
    /// # Errors
    /// A usage failure if the file exists or cannot be written.
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

    /// Writes the token in the form that `--token-file` reads.
    ///
    /// # Errors
    /// The system's error; the file is then removed.
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
            // An error is ignored: the file is empty or incomplete, and there is nowhere to report
            // it.
            let _ = fs::remove_file(&self.path);
        }
    }
}
