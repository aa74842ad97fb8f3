//! What was said in a session with an ACP agent, as the service itself keeps it. Takes prompts and
//! answers; gives the conversation so far as a text.
//!
//! ```text
//! sessions/ID/transcript    {"role":"user","text":"…"}         before a prompt is sent
//!                           {"role":"assistant","text":"…"}    after it was answered
//! ```
//!
//! ACP cannot take back a turn that failed. So the session's row says how much of this file belongs to
//! turns that were answered; if there is more, the last turn failed or the service was killed during it,
//! and the next turn begins a new conversation of the agent, which is told what was said before.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::limits::TOLD_BYTES;
use super::prompt::conversation;

/// The file.
#[derive(Debug)]
pub struct Transcript(PathBuf);

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The caller.
    User,
    /// The agent.
    Assistant,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    role: Role,
    text: String,
}

impl Transcript {
    /// The transcript of the session with this folder.
    pub fn of(folder: &Path) -> Transcript {
        Transcript(folder.join("transcript"))
    }

    /// How long it is, in bytes.
    pub fn bytes(&self) -> u64 {
        self.0.metadata().map_or(0, |found| found.len())
    }

    /// Adds what was said, and returns how long the transcript is then.
    ///
    /// # Errors
    /// The system's.
    pub fn add(&self, role: Role, text: &str) -> io::Result<u64> {
        let text = text.to_owned();
        let mut line = serde_json::to_vec(&Said { role, text })?;
        line.push(b'\n');
        let mut options = OpenOptions::new();
        let mut file = options
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.0)?;
        file.write_all(&line)?;
        Ok(file.metadata()?.len())
    }

    /// Removes what is beyond these bytes.
    ///
    /// # Errors
    /// The system's.
    pub fn cut(&self, bytes: u64) -> io::Result<()> {
        let opened = OpenOptions::new().write(true).open(&self.0);
        match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            opened => opened?.set_len(bytes),
        }
    }

    /// What was said, for an agent that does not know it; the oldest is left out if it is much.
    ///
    /// # Errors
    /// The system's, and for a transcript that is damaged or empty.
    pub fn told(&self) -> io::Result<String> {
        let text = fs::read_to_string(&self.0)?;
        let lines: Result<Vec<Said>, _> = text.lines().map(serde_json::from_str).collect();
        let lines = lines?;
        if lines.is_empty() {
            return Err(io::Error::other("its transcript is empty"));
        }
        let mut room = TOLD_BYTES;
        let fit = lines.iter().rev().take_while(|said| {
            let fits = said.text.len() <= room;
            room = room.saturating_sub(said.text.len());
            fits
        });
        let left_out = lines.len() - fit.count();
        let told = conversation(lines[left_out..].iter().map(|said| match said.role {
            Role::User => ("user", said.text.as_str()),
            Role::Assistant => ("assistant", said.text.as_str()),
        }));
        let note = match left_out {
            0 => "",
            _ => " Its beginning is left out.",
        };
        Ok(format!(
            "What was said in this conversation so far follows.{note}\n\n{told}\n\n\
             The next message of the user follows."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_told_without_what_was_cut() {
        let name = format!("trefoil-transcript-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let transcript = Transcript::of(&folder);
        assert_eq!(transcript.bytes(), 0);
        transcript.cut(0).expect("nothing to cut");
        transcript.told().expect_err("there is none");
        transcript.add(Role::User, "one\ntwo").expect("written");
        let answered = transcript.add(Role::Assistant, "\"1\"").expect("written");
        transcript.add(Role::User, "fail").expect("written");
        assert!(transcript.bytes() > answered);
        transcript.cut(answered).expect("cut");
        assert_eq!(transcript.bytes(), answered);
        let told = transcript.told().expect("read");
        let said = "<user>\none\ntwo\n</user>\n\n<assistant>\n\"1\"\n</assistant>";
        assert!(told.contains(said), "{told}");
        assert!(!told.contains("left out"), "{told}");
        let long = "x".repeat(TOLD_BYTES - 3);
        transcript.add(Role::User, &long).expect("written");
        let told = transcript.told().expect("read");
        assert!(told.contains("\"1\"") && !told.contains("one"), "too much");
        assert!(told.contains("left out"));
        transcript.cut(0).expect("cut");
        transcript.told().expect_err("it is empty");
        fs::remove_dir_all(folder).expect("removed");
    }
}
