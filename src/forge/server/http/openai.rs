//! `/v1/chat/completions` and `/v1/models`, as OpenAI's API has them, so that existing tools can use
//! the service: a conversation enters, the next message of it leaves, at once or piece by piece.
//!
//! `claude` takes one prompt, so a conversation of several messages becomes one: what was said so
//! far, each message under the name of who said it. What cannot be had (`temperature`, `tools`, `n`
//! above 1) is refused where it would change the meaning, and ignored where it would not.

use std::rc::Rc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::input::{Fields, MODEL, check_prompt, check_schema, object, read_body};
use super::reply::{self, Reply};
use crate::forge::server::agents::launch::is_model;
use crate::forge::server::agents::line::Event;
use crate::forge::server::live::{Answer, Update, Watch, WhenGone};
use crate::forge::server::prompt::{Prompt, check_files, conversation};
use crate::forge::server::refusal::Refusal;
use crate::forge::server::runs::{Order, RunOptions, Submitted, Work};
use crate::forge::server::service::{CLAUDE, Service};
use crate::forge::server::state::{FileRow, StateError, TokenRow};
use crate::ids::{hex, random, sha256};
use crate::net::now_micros;

/// How long a completion may take; OpenAI's clients give up after 10 min.
const TIMEOUT: Duration = Duration::from_secs(600);

/// How long an image within a message is kept: longer than the run may take.
const IMAGE_TTL_MICROS: u64 = 3_600_000_000;

/// The models of a token that may name any.
const MODELS: [&str; 3] = ["sonnet", "opus", "haiku"];

/// An error as OpenAI's API has it.
pub fn refused(refusal: &Refusal) -> Reply {
    let kind = match refusal.status {
        401 => "authentication_error",
        403 => "permission_error",
        404 | 405 => "not_found_error",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        _ => "server_error",
    };
    let status = match refusal.status {
        422 => 400,
        status => status,
    };
    reply::refused(&Refusal {
        status,
        body: json!({"error": {"message": refusal.sentence(), "type": kind, "param": null,
                               "code": null}}),
        retry_after: refusal.retry_after,
    })
}

/// `GET /v1/models`.
pub fn models(token: &TokenRow) -> Reply {
    let usual = || MODELS.map(str::to_owned).to_vec();
    let names = token.policy.models.clone().unwrap_or_else(usual);
    let models: Vec<Value> = names
        .iter()
        .map(|name| json!({"id": name, "object": "model", "created": 0, "owned_by": "anthropic"}))
        .collect();
    reply::json(200, &json!({"object": "list", "data": models}))
}

/// `POST /v1/chat/completions`.
///
/// # Errors
/// What is wrong with it, and whatever an order may be refused for.
pub async fn complete(
    service: &Rc<Service>,
    token: TokenRow,
    body: Incoming,
) -> Result<Reply, Refusal> {
    let bytes = read_body(body).await?;
    let fields = Fields(object(&bytes)?);
    let model = fields.text("model")?.unwrap_or(MODEL).to_owned();
    if !is_model(&model) {
        return Err(Refusal::field("model", "it is not the name of a model"));
    }
    let asked = &fields.0;
    if asked
        .get("n")
        .and_then(Value::as_u64)
        .is_some_and(|n| n != 1)
    {
        return Err(Refusal::field("n", "only 1 can be had"));
    }
    let has = |name: &str| {
        asked
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(|a| !a.is_empty())
    };
    if has("tools") || has("functions") {
        return Err(Refusal::field("tools", "they cannot be had here"));
    }
    let said = read(asked.get("messages"))?;
    check_prompt(&said.prompt)?;
    let files = keep_images(service, &token, said.images).await?;
    check_files(service, CLAUDE, &files).await?;
    let stream = asked.get("stream") == Some(&Value::Bool(true));
    let with_usage = asked
        .get("stream_options")
        .is_some_and(|options| options["include_usage"] == true);
    let schema = schema(asked.get("response_format"))?;
    let structured = schema.is_some();
    let order = Order {
        prompt: Prompt {
            text: said.prompt,
            files,
            timeout: token.policy.at_most(TIMEOUT),
        },
        work: Work::Run(RunOptions {
            model: model.clone(),
            system: said.system.map(|text| (text, true)),
            effort: effort(asked.get("reasoning_effort"))?,
            schema,
        }),
        token,
        key: None,
        request_sha256: sha256(&bytes),
        // It has no name by which its client could ask for it.
        when_gone: WhenGone::Cancel,
        deltas: stream,
    };
    let Submitted::Watch(mut watch) = service.submit(order).await? else {
        return Err(Refusal::new(
            500,
            "an order without a key was answered before",
        ));
    };
    let reply = Completion {
        id: format!("chatcmpl-{}", watch.live().row.borrow().id),
        created: now_micros() / 1_000_000,
        model,
        with_usage,
        structured,
    };
    if stream {
        return Ok(reply.pieces(watch));
    }
    let answer = watch.answer().await;
    Ok(match &answer.text {
        Some(text) => reply::json(200, &reply.whole(text, &answer)),
        None => refused(&failed(&answer)),
    })
}

fn failed(answer: &Answer) -> Refusal {
    let mut refusal = Refusal::new(answer.status, answer.error.clone().unwrap_or_default());
    refusal.retry_after = answer.retry_after;
    refusal
}

/// What was said, as `claude` takes it.
#[derive(Debug, Default, PartialEq)]
struct Said {
    system: Option<String>,
    prompt: String,
    /// Media type and bytes.
    images: Vec<(String, Vec<u8>)>,
}

fn read(messages: Option<&Value>) -> Result<Said, Refusal> {
    let bad = |why: &str| Refusal::field("messages", why);
    let messages = messages
        .and_then(Value::as_array)
        .filter(|messages| !messages.is_empty())
        .ok_or_else(|| bad("it must be a list of messages"))?;
    let mut said = Said::default();
    let mut turns: Vec<(&str, String)> = Vec::new();
    let mut system: Vec<String> = Vec::new();
    for message in messages {
        let text = text(message, &mut said.images)?;
        match message["role"].as_str() {
            Some("system" | "developer") => system.push(text),
            Some(role @ ("user" | "assistant")) => turns.push((role, text)),
            _ => return Err(bad("a role is system, developer, user or assistant")),
        }
    }
    if turns.last().is_none_or(|(role, _)| *role != "user") {
        return Err(bad("the last message must be the user's"));
    }
    if !system.is_empty() {
        said.system = Some(system.join("\n\n"));
    }
    said.prompt = match turns.as_slice() {
        [(_, only)] => only.clone(),
        turns => {
            let said = conversation(turns.iter().map(|(role, text)| (*role, text.as_str())));
            let end =
                "Continue this conversation with the assistant's next message, and nothing else.";
            format!("{said}\n\n{end}")
        }
    };
    Ok(said)
}

/// The text of a message; its images are added to the others.
fn text(message: &Value, images: &mut Vec<(String, Vec<u8>)>) -> Result<String, Refusal> {
    let bad = |why: &str| Refusal::field("messages", why);
    let parts = match &message["content"] {
        Value::String(text) if text.contains('\0') => return Err(bad("there is a NUL in it")),
        Value::String(text) => return Ok(text.clone()),
        Value::Null => return Ok(String::new()),
        Value::Array(parts) => parts,
        _ => return Err(bad("content is text, or a list of parts")),
    };
    let mut texts = Vec::new();
    for part in parts {
        match part["type"].as_str() {
            Some("text") => texts.push(part["text"].as_str().unwrap_or_default()),
            Some("image_url") => {
                let url = part["image_url"]["url"].as_str().unwrap_or_default();
                let image = url.strip_prefix("data:").and_then(|rest| {
                    let (kind, data) = rest.split_once(";base64,")?;
                    Some((kind.to_owned(), STANDARD.decode(data).ok()?))
                });
                let why = "an image must be a data: URL in base64; others are not fetched";
                images.push(image.ok_or_else(|| bad(why))?);
            }
            _ => return Err(bad("a part is text or image_url")),
        }
    }
    Ok(texts.join("\n"))
}

async fn keep_images(
    service: &Rc<Service>,
    token: &TokenRow,
    images: Vec<(String, Vec<u8>)>,
) -> Result<Vec<FileRow>, Refusal> {
    let mut rows = Vec::with_capacity(images.len());
    for (media_type, bytes) in images {
        let row = FileRow {
            id: format!("ff_{}", hex(&random::<16>()?)),
            token: token.name.clone(),
            name: "image".to_owned(),
            media_type,
            size: bytes.len() as u64,
            expires: now_micros() + IMAGE_TTL_MICROS,
            instance: service.state.instance().map(str::to_owned),
        };
        let path = service.state.folder().file(&row.id);
        let written = tokio::task::spawn_blocking(move || {
            std::fs::write(&path, bytes).map_err(|source| StateError::Io { path, source })
        });
        written.await.expect("writing a file does not panic")?;
        service.state.put_file(&row).await?;
        rows.push(row);
    }
    Ok(rows)
}

fn effort(given: Option<&Value>) -> Result<Option<String>, Refusal> {
    match given.and_then(Value::as_str) {
        None | Some("none") => Ok(None),
        Some("minimal") => Ok(Some("low".to_owned())),
        Some(level @ ("low" | "medium" | "high" | "xhigh" | "max")) => Ok(Some(level.to_owned())),
        Some(_) => Err(Refusal::field("reasoning_effort", "it is not a level")),
    }
}

fn schema(format: Option<&Value>) -> Result<Option<Value>, Refusal> {
    let Some(format) = format else {
        return Ok(None);
    };
    match format["type"].as_str() {
        Some("json_schema") => {
            let schema = &format["json_schema"]["schema"];
            check_schema(schema).map(|()| Some(schema.clone()))
        }
        Some("json_object") => Ok(Some(json!({"type": "object"}))),
        _ => Ok(None),
    }
}

/// What every piece of a reply has in common.
#[derive(Debug)]
struct Completion {
    id: String,
    created: u64,
    model: String,
    with_usage: bool,
    /// Whether the answer is to fit a schema.
    structured: bool,
}

impl Completion {
    fn object(&self, kind: &str, choices: Value) -> Value {
        json!({"id": self.id, "object": kind, "created": self.created, "model": self.model,
               "choices": choices})
    }

    fn whole(&self, text: &str, answer: &Answer) -> Value {
        let choice = json!({
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": null},
            "logprobs": null,
            "finish_reason": finish_reason(answer),
        });
        let mut whole = self.object("chat.completion", json!([choice]));
        whole["usage"] = usage(answer);
        whole
    }

    fn piece(&self, delta: Value, finish_reason: Value) -> Bytes {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null,
                            "finish_reason": finish_reason});
        data(&self.object("chat.completion.chunk", json!([choice])))
    }

    /// The reply as server-sent events. What the model says before and after a tool call is all part
    /// of it.
    fn pieces(self, mut watch: Watch) -> Reply {
        let (send, receive) = mpsc::channel(16);
        tokio::task::spawn_local(async move {
            let mut started = true;
            let (mut said, mut in_deltas) = (false, false);
            let first = self.piece(json!({"role": "assistant", "content": ""}), Value::Null);
            if send.send(first).await.is_err() {
                return;
            }
            loop {
                let next = tokio::select! {
                    next = watch.next(&mut started) => next,
                    // The watch goes with this task, and the run with it.
                    () = send.closed() => return,
                };
                let bytes = match next {
                    // Only the last answer fits the schema that was asked for.
                    Update::Event(_) if self.structured => continue,
                    Update::Event(event) => {
                        let text = match &*event {
                            Event::Delta(text) => {
                                in_deltas = true;
                                text
                            }
                            // Its deltas were sent, if it had any.
                            Event::Text(text) if !std::mem::take(&mut in_deltas) => text,
                            _ => continue,
                        };
                        said = true;
                        self.piece(json!({"content": text}), Value::Null)
                    }
                    Update::Started => continue,
                    Update::Answer(answer) => {
                        let _ = send.send(self.last(&answer, said)).await;
                        return;
                    }
                };
                if send.send(bytes).await.is_err() {
                    return;
                }
            }
        });
        reply::events(receive)
    }

    /// The end of the events: the reason, the usage if it was asked for, `[DONE]`; or an error.
    fn last(&self, answer: &Answer, said: bool) -> Bytes {
        let Some(text) = &answer.text else {
            let error = failed(answer);
            let error = json!({"error": {"message": error.sentence(), "type": "server_error"}});
            return data(&error);
        };
        let mut bytes = Vec::new();
        if !said {
            bytes.extend(self.piece(json!({"content": text}), Value::Null));
        }
        bytes.extend(self.piece(json!({}), finish_reason(answer)));
        if self.with_usage {
            let mut last = self.object("chat.completion.chunk", json!([]));
            last["usage"] = usage(answer);
            bytes.extend(data(&last));
        }
        bytes.extend(b"data: [DONE]\n\n");
        bytes.into()
    }
}

fn data(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}

fn finish_reason(answer: &Answer) -> Value {
    match answer.stop_reason.as_str() {
        "max_tokens" => json!("length"),
        "refusal" => json!("content_filter"),
        _ => json!("stop"),
    }
}

fn usage(answer: &Answer) -> Value {
    let count = |name: &str| {
        let count = answer.usage.as_ref().and_then(|usage| usage[name].as_u64());
        count.unwrap_or(0)
    };
    let cached = count("cache_read_input_tokens");
    let prompt = count("input_tokens") + count("cache_creation_input_tokens") + cached;
    let completion = count("output_tokens");
    json!({"prompt_tokens": prompt, "completion_tokens": completion,
           "total_tokens": prompt + completion,
           "prompt_tokens_details": {"cached_tokens": cached}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_is_the_prompt_and_several_are_told() {
        let one = json!([{"role": "system", "content": "be brief"},
                         {"role": "user", "content": [{"type": "text", "text": "hi"}]}]);
        let said = read(Some(&one)).expect("sound");
        assert_eq!(said.system.as_deref(), Some("be brief"));
        assert_eq!(said.prompt, "hi");
        let several = json!([{"role": "user", "content": "a"},
                             {"role": "assistant", "content": "b"},
                             {"role": "user", "content": "c"}]);
        let said = read(Some(&several)).expect("sound");
        let told = "<user>\na\n</user>\n\n<assistant>\nb\n</assistant>\n\n<user>\nc\n</user>";
        assert!(said.prompt.starts_with(told), "{}", said.prompt);
    }

    #[test]
    fn images_are_taken_from_the_message_and_never_fetched() {
        let image = |url: &str| {
            json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}},
                                                {"type": "text", "text": "?"}]}])
        };
        let said = read(Some(&image("data:image/png;base64,iVBORw=="))).expect("sound");
        assert_eq!(said.images, [("image/png".to_owned(), b"\x89PNG".to_vec())]);
        for url in [
            "http://169.254.169.254/",
            "file:///etc/passwd",
            "data:image/png;base64,?",
        ] {
            assert!(read(Some(&image(url))).is_err(), "{url}");
        }
        for messages in [
            json!([]),
            json!("hi"),
            json!([{"role": "assistant", "content": "hi"}]),
            json!([{"role": "tool", "content": "hi"}]),
            json!([{"role": "user", "content": 7}]),
        ] {
            assert!(read(Some(&messages)).is_err(), "{messages}");
        }
    }
}
