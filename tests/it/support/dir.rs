//! A directory for one test, removed at its end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh directory under cargo's target/tmp.
pub struct Dir(PathBuf);

impl Dir {
    /// An empty directory that no other test uses.
    pub fn new() -> Dir {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // It may be left over from a killed run with the same process id.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("target/tmp is writable");
        Dir(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The permissions of a file: the lower nine bits.
    pub fn mode(&self, path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        let metadata = fs::metadata(path).expect("the file is there");
        metadata.permissions().mode() & 0o777
    }

    /// Writes a file into the directory and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a fresh directory is writable");
        path
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
