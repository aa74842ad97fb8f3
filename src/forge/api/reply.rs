//! Parses the bodies of replies. Takes bytes and a status; gives their meaning.
//!
//! Replies are parsed tolerantly (fields may be missing, and there may be others), because they
//! have been paid for. A body that cannot be parsed is kept as it is.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::large::{Field, Large};
use super::names::FileToken;
use crate::text::json::JsonText;

/// The body of a reply, as far as it can be parsed.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A JSON value.
    Json(Value),
    /// A JSON object that is too large for a tree of values.
    Large(Large),
    /// Text that is not JSON; bytes that are not UTF-8 have been replaced.
    Text(String),
}

impl Body {
    /// Reads a body.
    pub fn read(bytes: &[u8]) -> Body {
        match serde_json::from_slice(bytes) {
            Ok(value) => Body::Json(value),
            Err(_) => Body::Text(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    /// Reads the body of a run or a turn, which may be large.
    pub fn read_paid(bytes: &Bytes) -> Body {
        match Large::read(bytes) {
            Some(large) => Body::Large(large),
            None => Body::read(bytes),
        }
    }

    /// The fields of the object; of a large one only the small fields, see [`part`](Self::part).
    pub fn object(&self) -> Option<&Map<String, Value>> {
        match self {
            Body::Json(Value::Object(fields)) => Some(fields),
            Body::Large(large) => Some(large.small()),
            _ => None,
        }
    }

    /// Why the body is not an object. It names the mistakes that some JSON writers make, such as
    /// Python's.
    pub fn flaw(&self) -> Cow<'static, str> {
        let Body::Text(text) = self else {
            return "it is not a JSON object".into();
        };
        let Err(error) = serde_json::from_str::<Value>(text) else {
            return "it is not UTF-8".into();
        };
        let why = error.to_string();
        let place = format!("line {} column {}", error.line(), error.column());
        if why.contains("hex escape") {
            format!("a lone surrogate at {place}, which is half a character and no JSON").into()
        } else if why.contains("number out of range") {
            format!("a number that is too large for JSON at {place}").into()
        } else if text.trim_start().starts_with(['{', '[']) {
            format!("it is not JSON: {why}").into()
        } else {
            "it is not a JSON object".into()
        }
    }

    /// A field, if the body is an object and the field is not null.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.object()?.get(name).filter(|value| !value.is_null())
    }

    /// A field of any size, if the body is an object that has it.
    pub fn part(&self, name: &str) -> Option<Field<'_>> {
        match self {
            Body::Large(large) => large.field(name),
            body => body.object()?.get(name).map(Field::Value),
        }
    }

    /// A field that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.field(name)?.as_str()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        matches!(self, Body::Text(text) if text.trim().is_empty())
    }

    /// The body as JSON: text becomes a string.
    pub fn to_json(&self) -> Value {
        match self {
            Body::Json(value) => value.clone(),
            // It was parsed before, so it is valid JSON.
            Body::Large(large) => serde_json::from_str(large.text()).unwrap_or_default(),
            Body::Text(text) => Value::String(text.clone()),
        }
    }

    /// Why the request failed although the status is 200: if `"ok"` exists and is not true.
    pub fn denial(&self) -> Option<String> {
        let ok = self.field("ok")?;
        (*ok != Value::Bool(true)).then(|| self.complaint().unwrap_or_default())
    }

    /// Whether an error with this status comes from the service and not from a gateway: it has the
    /// contract's `{"error":…}` or `{"detail":…}`. A gateway may send an "error", too, but only
    /// with the text of the status.
    pub fn is_of_service(&self, status: u16) -> bool {
        let standard = match status {
            502 => "bad gateway",
            503 => "service unavailable",
            _ => "",
        };
        let own = |error: &str| !error.trim().is_empty() && !error.eq_ignore_ascii_case(standard);
        self.field("detail").is_some() || self.text("error").is_some_and(own)
    }

    /// The message of an error reply: `{"error":…}`, FastAPI's `{"detail":…}` as text or as a list,
    /// or the beginning of the body.
    pub fn complaint(&self) -> Option<String> {
        let said = match self {
            Body::Large(_) => Cow::Owned(shown(&self.to_json())),
            Body::Json(Value::Object(fields)) => fields
                .get("error")
                .or_else(|| fields.get("detail"))
                .or_else(|| fields.get("message"))
                .map_or_else(|| Cow::Owned(shown(&self.to_json())), spelled),
            Body::Json(value) => spelled(value),
            Body::Text(text) => Cow::Borrowed(text.as_str()),
        };
        let said = said.trim();
        (!said.is_empty()).then(|| shortened(said))
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Body::Json(value) => value.serialize(serializer),
            Body::Large(large) => JsonText(large.text()).serialize(serializer),
            Body::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// The text of an error value.
fn spelled(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        // A proxy's or a framework's {"error":{"message":…}}.
        Value::Object(fields) => match fields.get("message") {
            Some(Value::String(text)) => Cow::Borrowed(text),
            _ => Cow::Owned(shown(value)),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(one_fault).collect();
            Cow::Owned(items.join("; "))
        }
        value => Cow::Owned(shown(value)),
    }
}

/// One item of FastAPI's list: `{"loc":["body","timeout_secs"],"msg":"…","type":"…"}`.
fn one_fault(item: &Value) -> String {
    let Some(message) = item.get("msg").and_then(Value::as_str) else {
        return spelled(item).into_owned();
    };
    let place: Vec<String> = item
        .get("loc")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|part| *part != "body")
        .map(|part| match part {
            Value::String(name) => name.clone(),
            other => other.to_string(),
        })
        .collect();
    if place.is_empty() {
        message.to_owned()
    } else {
        format!("{}: {message}", place.join("."))
    }
}

fn shown(value: &Value) -> String {
    value.to_string()
}

/// The beginning of a message; it may be a whole web page of a proxy.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 2_000;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The outcome of a run or a turn with status 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, and there is an answer.
    Done,
    /// The service says that it failed: why, and what the model's CLI wrote on stderr.
    Failed {
        /// Why.
        why: String,
        /// What was on stderr.
        stderr: Option<String>,
    },
    /// The reply breaks the contract: how.
    Broken(Cow<'static, str>),
}

/// Decides the outcome of a 200 of `POST /run`.
pub fn judge_run(body: &Body) -> Verdict {
    judge(body).unwrap_or_else(|| match body.object() {
        None => Verdict::Broken(body.flaw()),
        Some(_) if body.part("result").is_none() => Verdict::Broken("it has no 'result'".into()),
        Some(_) => Verdict::Done,
    })
}

/// Decides the outcome of a 200 of `POST /sessions/{id}/turn`.
pub fn judge_turn(body: &Body) -> Verdict {
    judge(body).unwrap_or_else(|| match body.object() {
        None => Verdict::Broken(body.flaw()),
        Some(_) => match body.part("events") {
            Some(Field::Value(Value::Array(_))) => Verdict::Done,
            Some(Field::Text(text)) if text.starts_with('[') => Verdict::Done,
            _ => Verdict::Broken("it has no list of 'events'".into()),
        },
    })
}

/// The failure that is reported with status 200, if there is one.
fn judge(body: &Body) -> Option<Verdict> {
    let stop_reason = body.text("stop_reason");
    let stopped = matches!(stop_reason, Some("error" | "timeout"));
    (stopped || body.denial().is_some()).then(|| Verdict::Failed {
        why: failure_of(body),
        stderr: stderr_of(body),
    })
}

/// Why a run failed, in the service's words if it gives any.
fn failure_of(body: &Body) -> String {
    let said = body.text("error").or_else(|| body.text("detail"));
    match (said, body.text("stop_reason")) {
        (Some(said), _) => shortened(said),
        (None, Some("timeout")) => "it ran out of time".to_owned(),
        (None, Some(reason)) => format!("stop_reason is {reason}"),
        (None, None) => "'ok' is not true".to_owned(),
    }
}

/// What the model's CLI wrote on stderr, if the service returns it.
pub fn stderr_of(body: &Body) -> Option<String> {
    let text = body.text("stderr")?.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The text of a turn: what its `text` events say. Those that follow each other are pieces of one
/// text; behind another event, such as a tool call, a new line begins.
pub fn text_of(body: &Body) -> String {
    let mut said = Said::default();
    match body.part("events") {
        Some(Field::Value(Value::Array(events))) => events.iter().for_each(|event| said.add(event)),
        // An event at a time: a tree of all of them would be many times the text.
        Some(Field::Text(text)) => {
            let mut events = serde_json::Deserializer::from_str(text);
            let read = events.deserialize_seq(&mut said);
            // It was read before: it is sound.
            debug_assert!(read.is_ok(), "{read:?}");
        }
        _ => {}
    }
    said.text
}

/// Takes events, and adds up what they say.
#[derive(Default)]
struct Said {
    text: String,
    /// Whether the last event was another than text.
    is_interrupted: bool,
}

impl Said {
    fn add(&mut self, event: &Value) {
        let is_text = event.get("type").is_some_and(|kind| kind == "text");
        let content = event.get("content").and_then(Value::as_str);
        let Some(content) = content.filter(|_| is_text) else {
            self.is_interrupted = true;
            return;
        };
        if content.is_empty() {
            return;
        }
        if self.is_interrupted && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.is_interrupted = false;
        self.text.push_str(content);
    }
}

impl<'de> Visitor<'de> for &mut Said {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut events: A) -> Result<(), A::Error> {
        while let Some(event) = events.next_element()? {
            self.add(&event);
        }
        Ok(())
    }
}

/// The value of a model's text: the JSON value, if the text is JSON, alone or in a code fence;
/// otherwise the text.
pub fn value_of(text: &str) -> Value {
    let bare = text.trim();
    let fenced = bare
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"))
        .and_then(|rest| rest.split_once('\n'))
        .map(|(_, inner)| inner);
    match serde_json::from_str(fenced.unwrap_or(bare)) {
        Ok(Value::Null) | Err(_) => Value::String(text.to_owned()),
        Ok(value) => value,
    }
}

/// The service's reply to an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The token of the file.
    pub token: FileToken,
    /// The TTL, in seconds.
    pub ttl_secs: Option<u64>,
    /// The size, in bytes.
    pub size: Option<u64>,
}

/// Reads a 200 of `POST /files`.
///
/// # Errors
/// What is wrong with the reply.
pub fn read_kept(body: &Body) -> Result<Kept, String> {
    if body.object().is_none() {
        return Err(body.flaw().into_owned());
    }
    let token = body
        .text("file_token")
        .ok_or("it has no 'file_token'")?
        .parse()
        .map_err(|why| format!("its 'file_token': {why}"))?;
    let number = |name| body.field(name).and_then(Value::as_u64);
    Ok(Kept {
        token,
        ttl_secs: number("ttl_secs"),
        size: number("size"),
    })
}

/// A list that is the whole body, or a field of it.
pub fn list<'a>(body: &'a Body, name: &str) -> Option<&'a [Value]> {
    match body {
        Body::Json(Value::Array(rows)) => Some(rows),
        body => body.field(name)?.as_array().map(Vec::as_slice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        Body::read(text.as_bytes())
    }

    #[test]
    fn complaints_are_found_in_every_shape() {
        let table = [
            (r#"{"detail":"unknown session"}"#, Some("unknown session")),
            (r#"{"error":"bad ttl"}"#, Some("bad ttl")),
            (
                r#"{"detail":[{"loc":["body","timeout_secs"],"msg":"too small","type":"x"},{"loc":["body","files",0],"msg":"unknown"}]}"#,
                Some("timeout_secs: too small; files.0: unknown"),
            ),
            (r#"{"detail":[{"msg":"no body"}]}"#, Some("no body")),
            (
                r#"{"error":{"message":"overloaded","code":9}}"#,
                Some("overloaded"),
            ),
            (r#"{"hint":1}"#, Some(r#"{"hint":1}"#)),
            ("<h1>Bad Gateway</h1>\n", Some("<h1>Bad Gateway</h1>")),
            ("\"plain\"", Some("plain")),
            ("", None),
            ("  \n", None),
        ];
        for (text, expected) in table {
            assert_eq!(body(text).complaint().as_deref(), expected, "{text}");
        }
        let page = body(&"x".repeat(1 << 20)).complaint().expect("something");
        assert!(page.chars().count() <= 2_001);
    }

    #[test]
    fn a_200_may_still_be_a_failed_run() {
        let failed = |why: &str, stderr: Option<&str>| Verdict::Failed {
            why: why.to_owned(),
            stderr: stderr.map(str::to_owned),
        };
        let table = [
            (
                r#"{"ok":true,"result":"x","stop_reason":"end_turn"}"#,
                Verdict::Done,
            ),
            (r#"{"result":null}"#, Verdict::Done),
            (
                r#"{"ok":true,"result":{"a":1},"stop_reason":null}"#,
                Verdict::Done,
            ),
            (
                r#"{"ok":false,"result":"x"}"#,
                failed("'ok' is not true", None),
            ),
            (
                r#"{"ok":false,"error":"claude died","stderr":"oops\n"}"#,
                failed("claude died", Some("oops")),
            ),
            (
                r#"{"ok":true,"result":"","stop_reason":"timeout"}"#,
                failed("it ran out of time", None),
            ),
            (
                r#"{"result":"x","stop_reason":"error"}"#,
                failed("stop_reason is error", None),
            ),
            (
                r#"{"ok":true}"#,
                Verdict::Broken("it has no 'result'".into()),
            ),
            ("[]", Verdict::Broken("it is not a JSON object".into())),
            ("<p>", Verdict::Broken("it is not a JSON object".into())),
        ];
        for (text, expected) in table {
            assert_eq!(judge_run(&body(text)), expected, "{text}");
        }
        assert_eq!(
            judge_turn(&body(r#"{"ok":true,"events":{}}"#)),
            Verdict::Broken("it has no list of 'events'".into())
        );
    }

    #[test]
    fn the_text_of_a_turn_is_that_of_its_text_events() {
        let turn = r#"{"ok":true,"events":[{"type":"thinking","content":"hm"},
            {"type":"text","content":"a "},{"type":"tool_call"},{"type":"text","content":"b"},
            {"type":"text"}, 7]}"#;
        assert_eq!(judge_turn(&body(turn)), Verdict::Done);
        assert_eq!(text_of(&body(turn)), "a \nb");
        assert_eq!(text_of(&body("[]")), "");
    }

    #[test]
    fn json_in_a_text_is_found() {
        use serde_json::json;
        for (text, expected) in [
            ("{\"a\":1}\n", json!({"a": 1})),
            ("```json\n[1]\n```", json!([1])),
            ("```\n7\n```\n", json!(7)),
            ("```sh\nls\n```", json!("```sh\nls\n```")),
            ("``````", json!("``````")),
            ("null", json!("null")),
            (" \n", json!(" \n")),
            ("Here: {\"a\":1}", json!("Here: {\"a\":1}")),
        ] {
            assert_eq!(value_of(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_json_is_named() {
        for (text, why) in [
            (
                r#"{"result":"\ud83d"}"#,
                "a lone surrogate at line 1 column",
            ),
            (
                r#"{"result":"\ud83dx"}"#,
                "a lone surrogate at line 1 column",
            ),
            (
                r#"{"result":"\ude00"}"#,
                "a lone surrogate at line 1 column",
            ),
            (
                r#"{"result":1e400}"#,
                "a number that is too large for JSON at line 1 column",
            ),
            (r#"{"result":"#, "it is not JSON: EOF while parsing"),
            (
                r#"{"result":NaN}"#,
                "it is not JSON: expected value at line 1 column 11",
            ),
            ("<p>", "it is not a JSON object"),
            ("7", "it is not a JSON object"),
        ] {
            let flaw = body(text).flaw();
            assert!(flaw.starts_with(why), "{text}: {flaw}");
        }
        assert_eq!(Body::read(b"{\"a\":\"\xff\"}").flaw(), "it is not UTF-8");
    }

    #[test]
    fn a_gateway_is_told_from_the_service() {
        for (status, text, own) in [
            (
                502,
                r#"{"error":"boom","stderr":"","stop_reason":"error"}"#,
                true,
            ),
            (503, r#"{"detail":"the pool is full"}"#, true),
            // FastAPI's default messages.
            (503, r#"{"detail":"Service Unavailable"}"#, true),
            (
                503,
                r#"{"error":"Service Unavailable","path":"/run"}"#,
                false,
            ),
            (502, r#"{"error":{"code":502,"message":"upstream"}}"#, false),
            (502, r#"{"message":"no healthy upstream"}"#, false),
            (502, "<html>502 Bad Gateway</html>", false),
            (502, r#""Bad Gateway""#, false),
            (503, "", false),
        ] {
            assert_eq!(body(text).is_of_service(status), own, "{status} {text}");
        }
    }

    #[test]
    fn a_file_is_kept_only_if_it_has_a_token() {
        let kept = read_kept(&body(
            r#"{"file_token":"ff_8c1","ttl_secs":60,"size":12,"x":1}"#,
        ));
        let expected = Kept {
            token: "ff_8c1".parse().expect("a token"),
            ttl_secs: Some(60),
            size: Some(12),
        };
        assert_eq!(kept, Ok(expected));
        let bare = read_kept(&body(r#"{"file_token":"ff_8c1"}"#)).expect("enough");
        assert_eq!((bare.ttl_secs, bare.size), (None, None));
        for text in [
            "",
            "[]",
            "{}",
            r#"{"file_token":"../x"}"#,
            r#"{"file_token":7}"#,
        ] {
            assert!(read_kept(&body(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn lists_come_bare_or_named() {
        for text in ["[1,2]", r#"{"sessions":[1,2]}"#] {
            assert_eq!(list(&body(text), "sessions").map(<[_]>::len), Some(2));
        }
        assert_eq!(list(&body(r#"{"tokens":3}"#), "tokens"), None);
    }
}
