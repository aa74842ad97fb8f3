//! For tests: an output that keeps what is printed, or fails.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// Keeps what is printed. Clones share it, so that a test can give one to a printer and read the
/// other.
#[derive(Debug, Clone, Default)]
pub(super) struct TestOutput {
    printed: Arc<Mutex<Vec<u8>>>,
    failure: Option<io::ErrorKind>,
}

impl TestOutput {
    /// An output on which every write fails.
    pub(super) fn failing(failure: io::ErrorKind) -> Self {
        TestOutput {
            failure: Some(failure),
            ..TestOutput::default()
        }
    }

    /// What was printed so far.
    pub(super) fn text(&self) -> String {
        let printed = self.printed.lock().expect("no test prints in two threads");
        String::from_utf8(printed.clone()).expect("what is printed is text")
    }
}

impl Write for TestOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(kind) = self.failure {
            return Err(kind.into());
        }
        let mut printed = self.printed.lock().expect("no test prints in two threads");
        printed.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
