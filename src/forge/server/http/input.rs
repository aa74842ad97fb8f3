//! Request bodies. Takes bytes; gives their fields, each checked, or a refusal that names the field.
//! Nothing is started for a body with a mistake.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use hyper::body::Incoming;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::forge::api::names::{Agent, FileToken};
use crate::forge::api::route::DEFAULT_LIMIT;
use crate::forge::api::schema::Schema;
use crate::forge::server::agents::launch::is_model;
use crate::forge::server::limits::{
    BODY_BYTES, BODY_PAUSE, META_BYTES, PROMPT_BYTES, SHOWN_BYTES, SHOWN_FILES,
};
use crate::forge::server::policy::Policy;
use crate::forge::server::prompt::Prompt;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::runs::RunOptions;
use crate::forge::server::service::CLAUDE;
use crate::forge::server::service::Service;
use crate::forge::server::state::TokenRow;
use crate::net::now_micros;

/// The model of who names none.
pub const MODEL: &str = "sonnet";

/// The shortest and the longest that may be asked for, in seconds.
const TIMEOUTS: std::ops::RangeInclusive<u64> = 5..=1800;

/// The next piece of a body; none at its end.
///
/// # Errors
/// 408 when it pauses for too long, 400 when it breaks off.
pub async fn next_chunk(body: &mut Incoming) -> Result<Option<Bytes>, Refusal> {
    loop {
        let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
        let frame = timeout(BODY_PAUSE, frame)
            .await
            .map_err(|_| Refusal::new(408, "the body does not come"))?;
        match frame {
            None => return Ok(None),
            Some(Err(_)) => return Err(Refusal::new(400, "the body broke off")),
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// A whole body.
///
/// # Errors
/// 413 for one that is too long, and those of [`next_chunk`].
pub async fn read_body(mut body: Incoming) -> Result<Bytes, Refusal> {
    let too_long = || Refusal::new(413, format!("the body is longer than {BODY_BYTES} bytes"));
    if body.size_hint().lower() > BODY_BYTES as u64 {
        return Err(too_long());
    }
    let mut bytes = BytesMut::new();
    while let Some(piece) = next_chunk(&mut body).await? {
        if bytes.len() + piece.len() > BODY_BYTES {
            return Err(too_long());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

/// The object that a body must be.
///
/// # Errors
/// 400 for what is no JSON, 422 for what is no object.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Refusal::new(422, "the body must be a JSON object")),
        Err(error) => Err(Refusal::new(400, format!("the body is not JSON: {error}"))),
    }
}

/// The fields of an object.
#[derive(Debug)]
pub struct Fields(pub Map<String, Value>);

impl Fields {
    /// A field that is there and not null.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A field that is text, if it is there.
    ///
    /// # Errors
    /// 422 for what is no text, or has a NUL in it.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.field(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.contains('\0') => {
                Err(Refusal::field(name, "it has a NUL character in it"))
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::field(name, "it must be a string")),
        }
    }

    /// A field that is one of these words.
    fn word(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Refusal> {
        match self.text(name)? {
            Some(word) if !words.contains(&word) => {
                let words = words.join(", ");
                Err(Refusal::field(name, format!("it must be one of {words}")))
            }
            word => Ok(word),
        }
    }

    /// The prompt.
    fn prompt_text(&self) -> Result<&str, Refusal> {
        let text = self
            .text("prompt")?
            .ok_or_else(|| Refusal::field("prompt", "it is missing"))?;
        check_prompt(text)?;
        Ok(text)
    }

    /// `timeout_secs`. Who does not name it gets the default, or what the policy allows if that is less.
    fn timeout(&self, policy: &Policy) -> Result<Duration, Refusal> {
        let seconds = match self.field("timeout_secs") {
            None => return Ok(policy.at_most(DEFAULT_LIMIT)),
            Some(value) => {
                // Python clients send 60.0 as readily as 60.
                let whole = value.as_u64().or_else(|| {
                    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
                    (0.0..1e9).contains(&number).then_some(number as u64)
                });
                whole
                    .filter(|secs| TIMEOUTS.contains(secs))
                    .ok_or_else(|| {
                        let (least, most) = (TIMEOUTS.start(), TIMEOUTS.end());
                        let why = format!("it must be a whole number from {least} to {most}");
                        Refusal::field("timeout_secs", why)
                    })?
            }
        };
        Ok(Duration::from_secs(seconds))
    }

    /// `model`; `usual` is that of who names none.
    fn model(&self, usual: &str) -> Result<String, Refusal> {
        let model = self.text("model")?.unwrap_or(usual);
        if is_model(model) {
            Ok(model.to_owned())
        } else {
            Err(Refusal::field("model", "it is not the name of a model"))
        }
    }

    /// `system` and `system_mode`.
    fn system(&self) -> Result<Option<(String, bool)>, Refusal> {
        let mode = self.word("system_mode", &["append", "replace"])?;
        match self.text("system")? {
            Some(text) if text.len() > PROMPT_BYTES => {
                Err(Refusal::field("system", "it is too long"))
            }
            Some(text) if !text.trim().is_empty() => {
                Ok(Some((text.to_owned(), mode == Some("replace"))))
            }
            _ => Ok(None),
        }
    }

    fn effort(&self) -> Result<Option<String>, Refusal> {
        let levels = ["low", "medium", "high", "xhigh", "max"];
        Ok(self.word("effort", &levels)?.map(str::to_owned))
    }

    /// `schema`: a JSON Schema.
    fn schema(&self) -> Result<Option<Value>, Refusal> {
        match self.field("schema") {
            None => Ok(None),
            Some(schema) => check_schema(schema).map(|()| Some(schema.clone())),
        }
    }

    /// How a run or a session is to be answered; `model` is that of who names none.
    ///
    /// # Errors
    /// 422, with the field.
    pub fn options(&self, model: &str) -> Result<RunOptions, Refusal> {
        Ok(RunOptions {
            model: self.model(model)?,
            system: self.system()?,
            effort: self.effort()?,
            schema: self.schema()?,
        })
    }

    /// What is to be said, and shown.
    ///
    /// # Errors
    /// 422 with the field, 404 for a file that the token does not have.
    pub async fn read_prompt(
        &self,
        service: &Service,
        token: &TokenRow,
    ) -> Result<Prompt, Refusal> {
        let text = self.prompt_text()?.to_owned();
        let timeout = self.timeout(&token.policy)?;
        let files = match self.field("files") {
            None => &[][..],
            Some(Value::Array(files)) if files.len() <= SHOWN_FILES => files,
            Some(Value::Array(_)) => {
                let why = format!("there are more than {SHOWN_FILES}");
                return Err(Refusal::field("files", why));
            }
            Some(_) => return Err(Refusal::field("files", "it must be a list")),
        };
        let mut rows = Vec::with_capacity(files.len());
        for file in files {
            let id: Option<FileToken> = file.as_str().and_then(|text| text.parse().ok());
            let Some(id) = id else {
                let why = format!("{file} is not the token of a file");
                return Err(Refusal::field("files", why));
            };
            let row = service.state.file(id.as_str(), now_micros()).await?;
            let row = row.filter(|row| row.token == token.name);
            let row = row.ok_or_else(|| {
                let mut refusal = Refusal::unknown(&format!("file as {id}"));
                refusal.body["code"] = json!("no_such_file");
                refusal
            })?;
            let what = format!("the file {id}");
            service.must_be_here(&what, row.instance.as_deref()).await?;
            rows.push(row);
        }
        if rows.iter().map(|row| row.size).sum::<u64>() > SHOWN_BYTES {
            let why = format!("together they are longer than {SHOWN_BYTES} bytes");
            return Err(Refusal::field("files", why));
        }
        Ok(Prompt {
            text,
            files: rows,
            timeout,
        })
    }

    /// Who answers in a session.
    ///
    /// # Errors
    /// 422 for what is no name, or none of these.
    pub fn agent<'a>(&self, known: impl Iterator<Item = &'a String>) -> Result<String, Refusal> {
        let name = self.text("agent")?.unwrap_or(CLAUDE);
        let agent: Agent = name
            .parse()
            .map_err(|error| Refusal::field("agent", format!("{error}")))?;
        let known: Vec<&str> = known.map(String::as_str).collect();
        if known.contains(&agent.as_str()) {
            return Ok(name.to_owned());
        }
        let why = format!("there is no agent '{name}' here, only {}", known.join(", "));
        Err(Refusal::field("agent", why))
    }

    /// What is to be remembered with a session.
    ///
    /// # Errors
    /// 422 for what is no object, or is too long.
    pub fn meta(&self) -> Result<Value, Refusal> {
        match self.field("meta") {
            None => Ok(Value::Object(Map::new())),
            Some(meta @ Value::Object(_)) if meta.to_string().len() <= META_BYTES => {
                Ok(meta.clone())
            }
            Some(Value::Object(_)) => {
                let why = format!("it is longer than {META_BYTES} bytes");
                Err(Refusal::field("meta", why))
            }
            Some(_) => Err(Refusal::field("meta", "it must be an object")),
        }
    }
}

/// The model of a request of this token that names none.
pub fn usual_model<'a>(service: &Service, token: &'a TokenRow) -> &'a str {
    let is_agent = |name: &str| name != CLAUDE && service.programs.contains_key(name);
    token.policy.default_model(MODEL, is_agent)
}

/// Whether a prompt can be said.
///
/// # Errors
/// 422.
pub fn check_prompt(text: &str) -> Result<(), Refusal> {
    let why = match text {
        _ if text.trim().is_empty() => "it is empty".to_owned(),
        _ if text.len() > PROMPT_BYTES => format!("it is longer than {PROMPT_BYTES} bytes"),
        _ => return Ok(()),
    };
    Err(Refusal::field("prompt", why))
}

/// Whether something is a JSON Schema.
///
/// # Errors
/// 422.
pub fn check_schema(schema: &Value) -> Result<(), Refusal> {
    if !schema.is_object() {
        return Err(Refusal::field("schema", "it must be an object"));
    }
    match Schema::compile(schema.clone()) {
        // It travels as an argument, of which the system takes 128 KiB.
        Ok(_) if schema.to_string().len() < 120_000 => Ok(()),
        Ok(_) => Err(Refusal::field("schema", "it is longer than 120000 bytes")),
        Err(error) => {
            let why = format!("it is not a JSON Schema: {error}");
            Err(Refusal::field("schema", why))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: Value) -> Fields {
        Fields(object(value.to_string().as_bytes()).expect("an object"))
    }

    #[test]
    fn what_is_not_said_is_the_usual() {
        let known = [CLAUDE.to_owned()];
        let said = fields(json!({"prompt": "hi", "system": "  ", "effort": null}));
        let options = said.options(MODEL).expect("sound");
        assert_eq!((options.model.as_str(), options.system), (MODEL, None));
        let free = Policy::default();
        assert_eq!(said.timeout(&free).expect("sound"), DEFAULT_LIMIT);
        let short: Policy = serde_json::from_value(json!({"max_timeout_secs": 60})).expect("one");
        assert_eq!(said.timeout(&short).expect("sound").as_secs(), 60);
        assert_eq!(said.prompt_text().expect("sound"), "hi");
        assert_eq!(said.agent(known.iter()).expect("sound"), "claude");
        assert_eq!(said.meta().expect("sound"), json!({}));
        let python = fields(json!({"timeout_secs": 60.0}));
        assert_eq!(python.timeout(&free).expect("sound").as_secs(), 60);
    }

    #[test]
    fn every_fault_names_its_field() {
        let known = [CLAUDE.to_owned()];
        for (field, value) in [
            ("prompt", json!("")),
            ("prompt", json!(" \n\t")),
            ("prompt", json!("a\0b")),
            ("prompt", json!(7)),
            ("prompt", json!("x".repeat(PROMPT_BYTES + 1))),
            ("timeout_secs", json!(4)),
            ("timeout_secs", json!(1801)),
            ("timeout_secs", json!("60")),
            ("timeout_secs", json!(5.5)),
            ("timeout_secs", json!(-60)),
            ("model", json!("--help")),
            ("model", json!("")),
            ("model", json!(["sonnet"])),
            ("system", json!({})),
            ("system_mode", json!("prepend")),
            ("effort", json!("extreme")),
            ("schema", json!("{}")),
            ("schema", json!({"type": 7})),
            ("agent", json!("../sh")),
            ("agent", json!("codex")),
            ("meta", json!([])),
            ("meta", json!({"a": "x".repeat(META_BYTES)})),
        ] {
            let mut body = json!({"prompt": "hi"});
            body[field] = value.clone();
            let fields = fields(body);
            let refusals = [
                fields.prompt_text().err(),
                fields.timeout(&Policy::default()).err(),
                fields.options(MODEL).err(),
                fields.agent(known.iter()).err(),
                fields.meta().err(),
            ];
            let refusals: Vec<Refusal> = refusals.into_iter().flatten().collect();
            assert_eq!(refusals.len(), 1, "{field}: {refusals:?}");
            assert_eq!(refusals[0].status, 422);
            assert_eq!(refusals[0].body["detail"][0]["loc"][1], field);
        }
        assert_eq!(object(b"{").expect_err("no JSON").status, 400);
        assert_eq!(object(b"[]").expect_err("no object").status, 422);
    }
}
