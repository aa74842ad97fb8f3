//! Takes an open file; gives a lock on it that ends when it is dropped.

use std::fs::{File, TryLockError};

/// An exclusive lock on a file. Closing the file is not enough to release it: a subprocess that another thread
/// starts has a copy of every descriptor until it has executed its program.
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Locks a file without waiting.
    ///
    /// # Errors
    /// Another process has it, or the system's error. The file is given back in both cases.
    pub fn try_new(file: File) -> Result<FileLock, (File, TryLockError)> {
        match file.try_lock() {
            Ok(()) => Ok(FileLock(file)),
            Err(error) => Err((file, error)),
        }
    }

    /// The file.
    pub fn file(&self) -> &File {
        &self.0
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Without it the lock ends with the last copy of the descriptor.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_descriptor_does_not_keep_the_lock() {
        let path = std::env::temp_dir().join(format!("trefoil-lock-{}", std::process::id()));
        let open = || File::create(&path).expect("a file");
        let first = FileLock::try_new(open()).expect("it is free");
        let copy = first
            .file()
            .try_clone()
            .expect("a copy, as a subprocess has");
        assert!(FileLock::try_new(open()).is_err());
        drop(first);
        assert!(FileLock::try_new(open()).is_ok());
        drop(copy);
        std::fs::remove_file(&path).expect("it is there");
    }
}
