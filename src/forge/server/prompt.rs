//! What a run or a turn is asked. Takes a prompt and its uploaded files; gives the message for the
//! agent.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::agents::content::{Attachment, acp_blocks, user_line};
use super::refusal::Refusal;
use super::service::{CLAUDE, Service};
use super::state::FileRow;

/// A prompt.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// Its text.
    pub text: String,
    /// Its files.
    pub files: Vec<FileRow>,
    /// How long the answer may take, waiting included.
    pub timeout: Duration,
}

/// Checks whether files can be shown to this agent. What an ACP agent takes is known only once it
/// runs; until then it is assumed to take all that ACP can carry.
///
/// # Errors
/// 422.
pub async fn check_files(service: &Service, agent: &str, files: &[FileRow]) -> Result<(), Refusal> {
    if files.is_empty() {
        return Ok(());
    }
    let is_claude = agent == CLAUDE;
    let checked = message(service, "", files, move |text, files| {
        if is_claude {
            user_line(text, files).map(drop)
        } else {
            acp_blocks(None, text, files, (true, true)).map(drop)
        }
    });
    checked.await.map_err(|why| Refusal::field("files", why))
}

/// What was said in a conversation, as one text.
pub fn conversation<'a>(said: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let said: Vec<String> = said
        .map(|(role, text)| format!("<{role}>\n{text}\n</{role}>"))
        .collect();
    said.join("\n\n")
}

/// Reads the files and makes the message of them and the text, in a thread that may wait for the
/// disk.
///
/// # Errors
/// Why a file cannot be read, or not be shown.
pub async fn message<T: Send + 'static>(
    service: &Service,
    text: &str,
    files: &[FileRow],
    make: impl FnOnce(&str, &[Attachment]) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let paths: Vec<(FileRow, PathBuf)> = files
        .iter()
        .map(|file| (file.clone(), service.state.folder().file(&file.id)))
        .collect();
    let text = text.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let files: Result<Vec<Attachment>, String> = paths.into_iter().map(read).collect();
        make(&text, &files?)
    });
    reading.await.expect("reading a file does not panic")
}

fn read((file, path): (FileRow, PathBuf)) -> Result<Attachment, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read '{}': {error}", file.name))?;
    Ok(Attachment {
        name: file.name,
        media_type: file.media_type,
        bytes,
    })
}
