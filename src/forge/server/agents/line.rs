//! The stream-json of `claude`. Takes a line of its stdout; gives events or the report.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::lenient::{self, Broken};
use crate::forge::api::notice::is_limit_notice;
use crate::forge::server::limits::MOST_USD;

/// Something that happened within a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A piece of text as it is written; the whole follows.
    Delta(String),
    /// Text.
    Text(String),
    /// What the model thinks.
    Thinking(String),
    /// It uses a tool.
    ToolCall {
        /// Which call.
        id: Value,
        /// Which tool.
        name: Value,
        /// With what.
        input: Value,
    },
    /// The result of a tool call.
    ToolResult {
        /// Which call.
        id: Value,
        /// What.
        content: Value,
        /// Whether it failed.
        is_error: bool,
    },
}

impl Event {
    /// As the contract has it: `{"type", "content", …}`.
    pub fn json(&self) -> Value {
        match self {
            Event::Delta(content) => json!({"type": "delta", "content": content}),
            Event::Text(content) => json!({"type": "text", "content": content}),
            Event::Thinking(content) => json!({"type": "thinking", "content": content}),
            Event::ToolCall { id, name, input } => {
                json!({"type": "tool_call", "id": id, "name": name, "input": input})
            }
            Event::ToolResult {
                id,
                content,
                is_error,
            } => {
                json!({"type": "tool_result", "id": id, "content": content, "is_error": is_error})
            }
        }
    }

    /// The name of it in an event stream.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Delta(_) => "delta",
            Event::Text(_) => "text",
            Event::Thinking(_) => "thinking",
            Event::ToolCall { .. } => "tool_call",
            Event::ToolResult { .. } => "tool_result",
        }
    }

    /// About how many bytes it holds.
    pub fn size(&self) -> usize {
        match self {
            Event::Delta(text) | Event::Text(text) | Event::Thinking(text) => text.len(),
            Event::ToolCall { input: value, .. } | Event::ToolResult { content: value, .. } => {
                value.to_string().len()
            }
        }
    }
}

/// The last line of a turn: how it went and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentReport(Map<String, Value>);

impl AgentReport {
    /// The report of an agent that does not report its cost: its last text and its stop reason, or the
    /// error.
    pub fn of_agent(answer: Result<(&str, &str), &str>, usage: Option<&Value>) -> AgentReport {
        let mut fields = Map::new();
        let (result, is_error) = match answer {
            Ok((text, stop_reason)) => {
                fields.insert("stop_reason".into(), json!(stop_reason));
                (text, false)
            }
            Err(why) => (why, true),
        };
        fields.insert("subtype".into(), json!("success"));
        fields.insert("is_error".into(), json!(is_error));
        fields.insert("result".into(), json!(result));
        if let Some(usage) = usage {
            fields.insert("usage".into(), usage.clone());
        }
        AgentReport(fields)
    }

    /// The report of a line that cannot be read: a failure, with what is known of the cost.
    fn unreadable(broken: Broken) -> AgentReport {
        let why = format!("the agent's result cannot be read: {}", broken.why);
        let mut fields = broken.members;
        fields.insert("is_error".into(), json!(true));
        fields.insert("result".into(), json!(why));
        AgentReport(fields)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The result, as JSON if it is not text.
    fn result(&self) -> Option<Cow<'_, str>> {
        match self.0.get("result")? {
            Value::Null => None,
            Value::String(text) => Some(text.into()),
            other => Some(other.to_string().into()),
        }
    }

    /// The answer: text, or the structured output if a schema was given. The subtype or the stop reason
    /// alone is not enough: an API error has `"subtype": "success"`.
    ///
    /// # Errors
    /// Why there is none.
    pub fn answer(&self, structured: bool) -> Result<Value, String> {
        let found = self.result();
        let result = found.as_deref().unwrap_or_default();
        let failed = self.0.get("is_error") != Some(&Value::Bool(false));
        let subtype = self.text("subtype").unwrap_or_default();
        if failed || subtype != "success" {
            let errors = self.0.get("errors").and_then(Value::as_array);
            let errors: Vec<&str> = errors
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            return Err(match (result, errors.join("; ")) {
                ("", errors) if errors.is_empty() => format!("claude reports {subtype}"),
                ("", errors) => errors,
                (result, _) => result.to_owned(),
            });
        }
        if self.0.get("num_turns") == Some(&Value::from(0)) {
            return Err("claude took the prompt for one of its own commands".to_owned());
        }
        if structured {
            let output = self.0.get("structured_output");
            return output
                .filter(|value| !value.is_null())
                .cloned()
                .ok_or_else(|| format!("the answer does not fit the schema: {result}"));
        }
        match found {
            None => Err("the agent reports success without a result".to_owned()),
            Some(notice) if is_limit_notice(&notice) => Err(notice.into_owned()),
            Some(result) => Ok(Value::String(result.into_owned())),
        }
    }

    /// Whether it is of a turn that no prompt asked for: a task in the background has ended, and `claude`
    /// has called the model because of it.
    pub fn is_of_background(&self) -> bool {
        let origin = self.0.get("origin");
        origin.is_some_and(|origin| origin["kind"] == "task-notification")
    }

    /// Why the model stopped: `end_turn`, `max_tokens`, …
    pub fn stop_reason(&self) -> Option<&str> {
        self.text("stop_reason")
    }

    /// What this turn cost in US dollars, if that is known. `total_cost_usd` is the whole
    /// conversation's, so the turn's own sums are added up; `before` is the total of the turns before.
    pub fn cost_usd(&self, before: f64) -> Option<f64> {
        let turn = self.0.get("model_usage_since_last_result");
        let usd = if let Some(Value::Object(models)) = turn {
            let costs = models.values().map(|model| usd(&model["costUSD"]));
            costs.sum::<Option<f64>>()?
        } else {
            self.total_usd()? - before
        };
        // Rounded, because sums of binary fractions are not exact. The sum of nothing is -0.0, which the
        // addition makes 0.0.
        let rounded = (usd * 1e9).round() / 1e9 + 0.0;
        is_credible(rounded).then_some(rounded)
    }

    /// What the process has cost so far, in US dollars.
    pub fn total_usd(&self) -> Option<f64> {
        usd(self.0.get("total_cost_usd")?)
    }

    /// How many tokens this turn took, as the API has it.
    pub fn usage(&self) -> Option<&Value> {
        self.0.get("usage")
    }
}

fn usd(value: &Value) -> Option<f64> {
    value.as_f64().filter(|usd| is_credible(*usd))
}

fn is_credible(usd: f64) -> bool {
    (0.0..=MOST_USD).contains(&usd)
}

/// What a line contains.
#[derive(Debug, Clone, PartialEq)]
pub enum AgentLine {
    /// A turn begins.
    Begin,
    /// Something happened.
    Events(Vec<Event>),
    /// The turn is over.
    Report(Box<AgentReport>),
    /// Nothing of interest.
    Other,
    /// It is not stream-json: no JSON object with a `type`.
    Unusable,
}

/// Reads a line. Unknown lines are ignored: a later version may print more.
pub fn read(line: &[u8]) -> AgentLine {
    let mut fields = match lenient::parse(line) {
        Ok(Value::Object(fields)) => fields,
        Err(broken) if broken.members.get("type") == Some(&json!("result")) => {
            return AgentLine::Report(Box::new(AgentReport::unreadable(broken)));
        }
        _ => return AgentLine::Unusable,
    };
    let kind = fields.get("type").and_then(Value::as_str);
    match kind {
        None => AgentLine::Unusable,
        Some("result") => AgentLine::Report(Box::new(AgentReport(fields))),
        // What a subagent prints is not the model's answer.
        _ if fields
            .get("parent_tool_use_id")
            .is_some_and(|id| !id.is_null()) =>
        {
            AgentLine::Other
        }
        Some("assistant") if !is_synthetic(&fields) => blocks(&mut fields, assistant_event),
        Some("user") => blocks(&mut fields, tool_result),
        Some("system") if fields.get("subtype") == Some(&json!("init")) => AgentLine::Begin,
        Some("stream_event") => fields.get("event").map_or(AgentLine::Other, delta),
        _ => AgentLine::Other,
    }
}

/// Whether `claude` wrote this message itself, to report an error.
fn is_synthetic(fields: &Map<String, Value>) -> bool {
    let message = fields.get("message");
    message.is_some_and(|message| message["model"] == "<synthetic>")
}

fn blocks(fields: &mut Map<String, Value>, read: fn(&mut Value) -> Option<Event>) -> AgentLine {
    let message = fields.get_mut("message");
    let content = message.and_then(|message| message.get_mut("content"));
    let Some(Value::Array(content)) = content else {
        return AgentLine::Other;
    };
    AgentLine::Events(content.iter_mut().filter_map(read).collect())
}

fn assistant_event(block: &mut Value) -> Option<Event> {
    let text = |block: &mut Value, name: &str| match block[name].take() {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    };
    match block["type"].as_str()? {
        "text" => text(block, "text").map(Event::Text),
        "thinking" => text(block, "thinking").map(Event::Thinking),
        "tool_use" => Some(Event::ToolCall {
            id: block["id"].take(),
            name: block["name"].take(),
            input: block["input"].take(),
        }),
        _ => None,
    }
}

fn tool_result(block: &mut Value) -> Option<Event> {
    (block["type"] == "tool_result").then(|| Event::ToolResult {
        id: block["tool_use_id"].take(),
        content: block["content"].take(),
        is_error: block["is_error"] == true,
    })
}

fn delta(event: &Value) -> AgentLine {
    match event["delta"]["text"].as_str() {
        Some(text) if event["type"] == "content_block_delta" => {
            AgentLine::Events(vec![Event::Delta(text.to_owned())])
        }
        _ => AgentLine::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(line: Value) -> AgentReport {
        match read(line.to_string().as_bytes()) {
            AgentLine::Report(report) => *report,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_is_judged_by_more_than_its_stop_reason() {
        let good = json!({"type": "result", "subtype": "success", "is_error": false,
                          "num_turns": 1, "result": "hi", "stop_reason": "end_turn"});
        assert_eq!(report(good.clone()).answer(false), Ok(json!("hi")));
        let with = |name: &str, value: Value| {
            let mut line = good.clone();
            line[name] = value;
            report(line)
        };
        for (judged, said) in [
            (with("is_error", json!(true)), "hi"),
            (with("is_error", Value::Null), "hi"),
            (with("subtype", json!("error_max_turns")), "hi"),
            (with("num_turns", json!(0)), "commands"),
            (with("result", json!("5-hour limit reached")), "limit"),
            (with("result", Value::Null), "without a result"),
        ] {
            let why = judged.answer(false).expect_err("no answer");
            assert!(why.contains(said), "{why}");
        }
        for (result, text) in [
            (json!({"a": 1}), r#"{"a":1}"#),
            (json!(false), "false"),
            (json!(""), ""),
        ] {
            assert_eq!(with("result", result).answer(false), Ok(json!(text)));
        }
        assert!(report(good.clone()).answer(true).is_err());
        let fits = with("structured_output", json!({"a": 1}));
        assert_eq!(fits.answer(true), Ok(json!({"a": 1})));
        let budget = report(json!({"type": "result", "subtype": "error_max_budget_usd",
                                   "is_error": true, "errors": ["Reached maximum budget"]}));
        assert_eq!(budget.answer(false), Err("Reached maximum budget".into()));
    }

    #[test]
    fn a_turn_costs_what_it_costs_itself() {
        let turn = json!({"type": "result", "total_cost_usd": 0.5, "model_usage_since_last_result":
            {"a": {"costUSD": 0.1}, "b": {"costUSD": 0.05}}});
        let cost = report(turn).cost_usd(0.3).expect("known");
        assert!((cost - 0.15).abs() < 1e-9, "{cost}");
        let older = json!({"type": "result", "total_cost_usd": 0.5});
        let cost = report(older).cost_usd(0.3).expect("known");
        assert!((cost - 0.2).abs() < 1e-9, "{cost}");
        assert_eq!(report(json!({"type": "result"})).cost_usd(0.0), None);
        let nothing = json!({"type": "result", "model_usage_since_last_result": {}});
        let cost = report(nothing).cost_usd(0.0).expect("known");
        assert!(cost == 0.0 && cost.is_sign_positive(), "{cost}");
    }

    #[test]
    fn a_cost_that_cannot_be_is_unknown() {
        for wrong in [
            json!(1e300),
            json!(-5),
            json!(100_001),
            json!("free"),
            json!([0.1]),
        ] {
            let total = report(json!({"type": "result", "total_cost_usd": wrong}));
            assert_eq!(
                (total.total_usd(), total.cost_usd(0.0)),
                (None, None),
                "{wrong}"
            );
            let turn = json!({"type": "result", "total_cost_usd": 0.1, "model_usage_since_last_result":
                {"a": {"costUSD": 0.1}, "b": {"costUSD": wrong}}});
            assert_eq!(report(turn).cost_usd(0.0), None, "{wrong}");
        }
        let less = report(json!({"type": "result", "total_cost_usd": 0.1}));
        assert_eq!(less.cost_usd(0.3), None);
    }

    #[test]
    fn a_result_that_is_not_quite_json_is_a_result() {
        let read = |line: &str| match read(line.as_bytes()) {
            AgentLine::Report(report) => *report,
            other => panic!("{line}: {other:?}"),
        };
        let cut = read(
            r#"{"type":"result","subtype":"success","is_error":false,"result":"cut \ud83d",
                "total_cost_usd":NaN,"usage":{"input_tokens":NaN}}"#,
        );
        assert_eq!(cut.answer(false), Ok(json!("cut \u{fffd}")));
        assert_eq!(cut.cost_usd(0.0), None);
        let broken = read(
            r#"{"type":"result","subtype":"success","total_cost_usd":0.25,"result":"a"b,"is_error":false}"#,
        );
        let why = broken.answer(false).expect_err("no answer");
        assert!(why.contains("result cannot be read"), "{why}");
        assert_eq!(broken.cost_usd(0.0), Some(0.25));
    }

    #[test]
    fn events_come_from_the_model_itself() {
        let read = |line: Value| read(line.to_string().as_bytes());
        let blocks = json!([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "hi"},
                            {"type": "tool_use", "id": "t", "name": "Bash", "input": {}}]);
        let line = json!({"type": "assistant", "message": {"content": blocks}});
        let AgentLine::Events(events) = read(line.clone()) else {
            panic!("{line}")
        };
        let names: Vec<&str> = events.iter().map(Event::name).collect();
        assert_eq!(names, ["thinking", "text", "tool_call"]);
        let mut helper = line.clone();
        helper["parent_tool_use_id"] = json!("t");
        assert_eq!(read(helper), AgentLine::Other);
        let mut error = line;
        error["message"]["model"] = json!("<synthetic>");
        assert_eq!(read(error), AgentLine::Other);
        let piece = json!({"type": "stream_event", "event":
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "h"}}});
        assert_eq!(
            read(piece),
            AgentLine::Events(vec![Event::Delta("h".into())])
        );
        for unusable in ["no JSON", "[]", r#"{"result": "hi"}"#] {
            assert_eq!(
                super::read(unusable.as_bytes()),
                AgentLine::Unusable,
                "{unusable}"
            );
        }
        for kind in ["assistant", "user", "stream_event", "system", ""] {
            let empty = json!({"type": kind}).to_string();
            assert_eq!(super::read(empty.as_bytes()), AgentLine::Other, "{kind}");
        }
    }
}
