//! A file to upload. Takes a path or `-` and checks it before anything is sent; opens it when its
//! upload begins.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Seek, stdin};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::error::Failure;
use crate::forge::api::media::guess;
use crate::forge::api::names::{FileName, MediaType};
use crate::forge::client::feed::Origin;
use crate::term::Console;

/// A file to be uploaded.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path; None for stdin.
    path: Option<PathBuf>,
    identity: Identity,
    /// Its name for the service.
    pub name: FileName,
    /// Its media type for the service.
    pub kind: MediaType,
}

/// The identity of a file, independent of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// stdin, of which there is only one.
    Stdin,
    /// The device and the inode.
    File(u64, u64),
}

impl Source {
    /// The source that was typed: `-` is stdin.
    ///
    /// # Errors
    /// A usage failure if it does not exist, cannot be read or is a directory.
    pub fn of(given: &Path) -> Result<Source, Failure> {
        if given == Path::new("-") {
            let name = FileName::of_stdin();
            let kind = guess(&name);
            Ok(Source {
                path: None,
                identity: Identity::Stdin,
                name,
                kind,
            })
        } else {
            Source::at(given)
        }
    }

    fn at(path: &Path) -> Result<Source, Failure> {
        let shown = path.display();
        let unreadable = |error: io::Error| {
            Failure::usage(format!("cannot read {shown}: {error}")).with_hint("Nothing was sent.")
        };
        let found = fs::metadata(path).map_err(unreadable)?;
        if found.is_dir() {
            return Err(
                Failure::usage(format!("{shown} is a directory: nothing was sent")).with_hint(
                    format!("Pack it: tar cz {shown} | trefoil forge upload - --name NAME.tar.gz"),
                ),
            );
        }
        // A pipe is not opened here: its writer would see it closed again.
        if found.is_file() {
            drop(File::open(path).map_err(unreadable)?)
        } else {
            access(path, Access::READ_OK).map_err(|errno| unreadable(errno.into()))?
        }
        let last = path.file_name().unwrap_or(path.as_os_str());
        let name = FileName::of_path(&last.to_string_lossy());
        Ok(Source {
            path: Some(path.to_owned()),
            identity: Identity::File(found.dev(), found.ino()),
            kind: guess(&name),
            name,
        })
    }

    /// Sets another name, and guesses the media type from it.
    pub fn rename(&mut self, name: FileName) {
        self.kind = guess(&name);
        self.name = name;
    }

    /// Whether it is stdin.
    pub fn is_stdin(&self) -> bool {
        self.path.is_none()
    }

    /// The path as it was typed.
    pub fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new("-"))
    }

    /// Its name in messages.
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.path {
            Some(path) => path.to_string_lossy(),
            None => Cow::Borrowed("stdin"),
        }
    }

    /// Prints a warning if the name is not UTF-8, so that the service gets another one.
    pub fn warn_of_its_name(&self, console: &Console) {
        let last = self.path.as_deref().and_then(Path::file_name);
        if let Some(last) = last
            && last.to_str().is_none()
            && last.to_string_lossy() == self.name.as_str()
        {
            console.warn(format_args!(
                "the name of {} is not UTF-8; the service is told '{}'",
                self.shown(),
                self.name
            ));
        }
    }

    /// The identity of the file.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Opens the file.
    ///
    /// # Errors
    /// The system's error: the file may have been removed since it was checked.
    pub fn open(&self) -> io::Result<Origin> {
        let mut file = match &self.path {
            Some(path) => File::open(path)?,
            // Not std's buffered stdin, which may have read beyond the current position of a file.
            None => stdin().as_fd().try_clone_to_owned()?.into(),
        };
        let found = file.metadata()?;
        let length = if found.is_file() {
            found.len().saturating_sub(file.stream_position()?)
        } else {
            0
        };
        Ok(Origin {
            reader: Box::new(file),
            // The files of /proc report length 0 but are not empty: they are read to their end.
            length: (length > 0).then_some(length),
        })
    }
}
