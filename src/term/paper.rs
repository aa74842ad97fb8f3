//! For tests: something to print on instead of a terminal.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// Keeps what is printed on it. Clones are the same paper, so that a test can give one away and
/// read the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Paper {
    printed: Arc<Mutex<Vec<u8>>>,
    failure: Option<io::ErrorKind>,
}

impl Paper {
    /// Paper that cannot be printed on.
    pub(super) fn failing(failure: io::ErrorKind) -> Self {
        Paper {
            failure: Some(failure),
            ..Paper::default()
        }
    }

    /// What was printed so far.
    pub(super) fn text(&self) -> String {
        let printed = self.printed.lock().expect("no test prints in two threads");
        String::from_utf8(printed.clone()).expect("what is printed is text")
    }
}

impl Write for Paper {
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
