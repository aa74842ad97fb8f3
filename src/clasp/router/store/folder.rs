//! The data folder of a router. Takes its path; locks it, and lists, creates and removes the files
//! of the log.
//!
//! ```text
//! DIR/lock                  held by the router that uses the folder
//! DIR/state-00000001.log    the log; the oldest file begins with the complete state
//! DIR/state-00000002.log    … and the next files continue it
//! DIR/state-00000002.torn   the unreadable end of that file, as after a crash
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::file::MAGIC;
use crate::file_lock::FileLock;

/// The file that is being written.
#[derive(Debug)]
pub struct Current {
    /// The folder.
    pub folder: PathBuf,
    /// The number in its name.
    pub number: u64,
    /// The file, open for appending.
    pub file: File,
    /// Its length.
    pub length: u64,
}

/// Locks a folder for this process, and creates it if it does not exist.
///
/// # Errors
/// Another process uses it, or it cannot be written.
pub fn lock(folder: &Path) -> Result<FileLock, StoreError> {
    let failed = |path: &Path, source| StoreError::Io {
        path: path.to_owned(),
        source,
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(folder)
        .map_err(|source| failed(folder, source))?;
    let path = folder.join("lock");
    let file = owned(OpenOptions::new().read(true).write(true).create(true))
        .open(&path)
        .map_err(|source| failed(&path, source))?;
    let lock = FileLock::try_new(file).map_err(|(mut file, error)| match error {
        TryLockError::WouldBlock => {
            let mut text = String::new();
            // Only for the message.
            let _ = file.read_to_string(&mut text);
            StoreError::InUse {
                folder: folder.to_owned(),
                process: text.trim().parse().ok(),
            }
        }
        TryLockError::Error(source) => failed(&path, source),
    })?;
    let mut file = lock.file();
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()));
    written.map_err(|source| failed(&path, source))?;
    Ok(lock)
}

/// Makes a file readable by its owner only.
fn owned(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// The path of the file with this number.
pub fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("state-{number:08}.log"))
}

/// The numbers of the existing files, in order.
///
/// # Errors
/// A folder that cannot be read.
pub fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| {
            let digits = name.strip_prefix("state-")?.strip_suffix(".log")?;
            digits.parse::<u64>().ok()
        });
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Creates a file; one that a failed attempt has left is replaced.
///
/// # Errors
/// The system's error.
pub fn create(folder: &Path, number: u64) -> io::Result<Current> {
    let path = path(folder, number);
    remove(&path)?;
    let mut file = owned(OpenOptions::new().append(true).create_new(true)).open(&path)?;
    file.write_all(MAGIC)?;
    file.sync_all()?;
    sync_folder(folder)?;
    Ok(Current {
        folder: folder.to_owned(),
        number,
        file,
        length: MAGIC.len() as u64,
    })
}

/// Opens a file for appending after its valid part. The rest of it is first saved to a `.torn`
/// file.
///
/// # Errors
/// The system's error.
pub fn go_on(folder: &Path, number: u64, torn: &[u8], good: u64) -> io::Result<Current> {
    let path = path(folder, number);
    if !torn.is_empty() {
        let mut copy = owned(OpenOptions::new().write(true).create(true).truncate(true))
            .open(path.with_extension("torn"))?;
        copy.write_all(torn)?;
        copy.sync_all()?;
    }
    let file = OpenOptions::new().append(true).open(&path)?;
    if !torn.is_empty() {
        file.set_len(good)?;
        file.sync_all()?;
    }
    Ok(Current {
        folder: folder.to_owned(),
        number,
        file,
        length: good,
    })
}

/// Removes the older files. An error is ignored: the files only take space.
pub fn remove_before(folder: &Path, number: u64) {
    for old in numbers(folder).unwrap_or_default() {
        if old >= number || remove(&path(folder, old)).is_err() {
            break;
        }
    }
}

/// Syncs a folder, so that created and removed entries are on disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some file systems do not support this, and reply with this error.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        done => done,
    }
}

/// Removes a file; it is no error if it does not exist.
///
/// # Errors
/// The system's error.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
