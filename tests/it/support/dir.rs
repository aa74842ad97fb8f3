//! A directory of a test's own, gone when the test is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh directory under cargo's target/tmp.
pub struct Dir(PathBuf);

impl Dir {
    /// An empty directory that no other test has.
    pub fn new() -> Dir {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // Left over from a killed run whose process id has come round again.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("target/tmp is writable");
        Dir(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Who may do what with a file: the lower nine bits.
    pub fn mode(&self, path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        let metadata = fs::metadata(path).expect("the file is there");
        metadata.permissions().mode() & 0o777
    }

    /// Writes a file into it and says where that is.
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
