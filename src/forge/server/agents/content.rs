//! The message for an agent. Takes a prompt and files; gives one line of stream-json, or content blocks
//! of ACP.
//!
//! Images, PDF and text go in as content blocks, which the model sees without any tool. The prompt
//! is the last block and begins with a newline: without it a prompt such as `/help` would be taken
//! for a command of `claude` itself, and no model would be called.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A file that is sent with a prompt.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// What it is, as its owner says.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Images that the API takes.
const IMAGES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

impl Attachment {
    /// The media type without its parameters.
    fn essence(&self) -> String {
        let essence = self.media_type.split(';').next().unwrap_or_default().trim();
        essence.to_ascii_lowercase()
    }

    /// Its text, if it is text.
    fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        (!text.contains('\0')).then_some(text)
    }

    /// As a content block.
    ///
    /// # Errors
    /// Why it cannot be shown.
    fn block(&self) -> Result<Value, String> {
        let essence = self.essence();
        let base64 = |kind: &str, essence: &str| {
            let data = STANDARD.encode(&self.bytes);
            json!({"type": kind, "source": {"type": "base64", "media_type": essence, "data": data}})
        };
        if IMAGES.contains(&essence.as_str()) {
            return Ok(base64("image", &essence));
        }
        if essence == "application/pdf" {
            let mut block = base64("document", &essence);
            block["title"] = json!(self.name);
            return Ok(block);
        }
        match self.text() {
            Some(text) => Ok(json!({
                "type": "document",
                "title": self.name,
                "source": {"type": "text", "media_type": "text/plain", "data": text},
            })),
            None => Err(format!(
                "'{}' ({essence}) cannot be shown to the model: it is no text, PDF, PNG, JPEG, GIF or WebP",
                self.name
            )),
        }
    }
}

/// A user message, as one line.
///
/// # Errors
/// Why a file cannot be shown.
pub fn user_line(prompt: &str, files: &[Attachment]) -> Result<Vec<u8>, String> {
    let mut blocks = Vec::with_capacity(files.len() + 1);
    for file in files {
        blocks.push(file.block()?);
    }
    blocks.push(json!({"type": "text", "text": format!("\n{prompt}")}));
    let message = json!({"type": "user", "message": {"role": "user", "content": blocks}});
    let mut line = message.to_string().into_bytes();
    line.push(b'\n');
    Ok(line)
}

/// A prompt as the content blocks of ACP, after what the agent is to be told first; for an agent that
/// takes pictures or files beside the prompt, or does not: then what is text goes into the prompt.
///
/// # Errors
/// Why a file cannot be shown.
pub fn acp_blocks(
    told: Option<&str>,
    prompt: &str,
    files: &[Attachment],
    (takes_images, takes_files): (bool, bool),
) -> Result<Value, String> {
    let mut blocks = Vec::with_capacity(files.len() + 2);
    blocks.extend(told.map(|told| json!({"type": "text", "text": told})));
    for file in files {
        let cannot = |why: &str| {
            Err(format!(
                "'{}' cannot be shown to this agent: {why}",
                file.name
            ))
        };
        if IMAGES.contains(&file.essence().as_str()) {
            if !takes_images {
                return cannot("it takes no pictures");
            }
            let data = STANDARD.encode(&file.bytes);
            blocks.push(json!({"type": "image", "mimeType": file.essence(), "data": data}));
            continue;
        }
        match file.text() {
            Some(text) if takes_files => blocks.push(json!({
                "type": "resource",
                "resource": {"uri": format!("file:///{}", file.name), "mimeType": file.essence(),
                             "text": text},
            })),
            Some(text) => blocks.push(json!({
                "type": "text",
                "text": format!("<file name={}>\n{text}\n</file>\n", json!(file.name)),
            })),
            None => return cannot("it is no text"),
        }
    }
    blocks.push(json!({"type": "text", "text": prompt}));
    Ok(Value::Array(blocks))
}

/// The request to stop what it is doing, which is answered with a result that has the cost.
pub fn interrupt_line() -> Vec<u8> {
    let request = json!({
        "type": "control_request",
        "request_id": "stop",
        "request": {"subtype": "interrupt"},
    });
    format!("{request}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(media_type: &str, bytes: &[u8]) -> Attachment {
        Attachment {
            name: "a".into(),
            media_type: media_type.into(),
            bytes: bytes.into(),
        }
    }

    #[test]
    fn a_prompt_is_one_line_whatever_is_in_it() {
        let line = user_line("/help\n\"x\" @/etc/passwd", &[]).expect("text");
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let message: Value = serde_json::from_slice(&line).expect("JSON");
        let text = &message["message"]["content"][0]["text"];
        assert_eq!(text, "\n/help\n\"x\" @/etc/passwd");
    }

    #[test]
    fn files_are_blocks_before_the_prompt() {
        let files = [
            shown("image/png", b"\x89PNG"),
            shown("application/pdf", b"%PDF"),
            shown("text/markdown; charset=utf-8", "ä".as_bytes()),
            shown("application/octet-stream", b"plain after all"),
        ];
        let line = user_line("look", &files).expect("all can be shown");
        let message: Value = serde_json::from_slice(&line).expect("JSON");
        let blocks = message["message"]["content"].as_array().expect("blocks");
        let kinds: Vec<&Value> = blocks.iter().map(|block| &block["type"]).collect();
        assert_eq!(kinds, ["image", "document", "document", "document", "text"]);
        assert_eq!(blocks[0]["source"]["data"], "iVBORw==");
        let blocks = acp_blocks(None, "look", &files[2..], (false, false)).expect("text");
        assert_eq!(blocks[0]["text"], "<file name=\"a\">\nä\n</file>\n");
        let blocks = acp_blocks(
            None,
            "look",
            &[files[0].clone(), files[2].clone()],
            (true, true),
        );
        let blocks = blocks.expect("it takes all");
        assert_eq!(blocks[0]["mimeType"], "image/png");
        assert_eq!(blocks[1]["resource"]["text"], "ä");
        assert!(acp_blocks(None, "look", &files[..1], (false, true)).is_err());
        let binary = user_line("look", &[shown("application/zip", b"PK\x03\x04\0")]);
        assert!(binary.expect_err("no text").contains("application/zip"));
    }
}
