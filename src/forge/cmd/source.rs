//! What is to be uploaded: a path or `-` enters, and is looked at before anything is sent; when its
//! turn comes, the bytes leave.

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
    /// Where it is; stdin, if nowhere.
    path: Option<PathBuf>,
    identity: Identity,
    /// What the service is told that it is called.
    pub name: FileName,
    /// What the service is told that it is.
    pub kind: MediaType,
}

/// What a file is, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// There is only one.
    Stdin,
    /// Its device, and its number there.
    File(u64, u64),
}

impl Source {
    /// What was typed: `-` is stdin.
    ///
    /// # Errors
    /// A usage failure for what is not there, cannot be read or is a directory.
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
        // A pipe is not opened before its turn: whoever writes to it would see it closed again.
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

    /// Calls it something else, which also tells what it is.
    pub fn rename(&mut self, name: FileName) {
        self.kind = guess(&name);
        self.name = name;
    }

    /// Whether it is stdin.
    pub fn is_stdin(&self) -> bool {
        self.path.is_none()
    }

    /// Where it is, as it was typed.
    pub fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new("-"))
    }

    /// What people call it.
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.path {
            Some(path) => path.to_string_lossy(),
            None => Cow::Borrowed("stdin"),
        }
    }

    /// Says so when the service is not told the name as it is.
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

    /// Which file it is.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Opens it.
    ///
    /// # Errors
    /// The system's own: it may have gone since it was looked at.
    pub fn open(&self) -> io::Result<Origin> {
        let mut file = match &self.path {
            Some(path) => File::open(path)?,
            // Not the buffered one of std, which would have its own idea of where a file stands.
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
            // The files of /proc say that they are empty and are not: they are read to their end.
            length: (length > 0).then_some(length),
        })
    }
}
