//! The notifications and requests of an ACP agent during a prompt. Takes them as JSON; gives events and
//! answers. Pure.

use serde_json::{Value, json};

use super::line::{AgentReport, Event};

/// What an agent has said about a prompt so far. Text comes in pieces: each piece is a delta, and the
/// whole text is an event once something else begins.
#[derive(Debug, Default)]
pub struct Updates {
    text: String,
    thought: String,
    /// The last text that is whole.
    last: String,
}

impl Updates {
    /// The events that an update amounts to.
    pub fn apply(&mut self, update: &Value) -> Vec<Event> {
        let piece = update["content"]["text"].as_str().unwrap_or_default();
        match update["sessionUpdate"].as_str().unwrap_or_default() {
            "agent_message_chunk" if !piece.is_empty() => {
                let mut events = self.end_thought();
                self.text.push_str(piece);
                events.push(Event::Delta(piece.to_owned()));
                events
            }
            "agent_thought_chunk" => {
                let events = self.end_text();
                self.thought.push_str(piece);
                events
            }
            "tool_call" => {
                let mut events = self.end();
                events.push(Event::ToolCall {
                    id: update["toolCallId"].clone(),
                    name: update["title"].clone(),
                    input: update["rawInput"].clone(),
                });
                events
            }
            "tool_call_update" => {
                let is_error = update["status"] == "failed";
                if !is_error && update["status"] != "completed" {
                    return Vec::new();
                }
                let mut events = self.end();
                events.push(Event::ToolResult {
                    id: update["toolCallId"].clone(),
                    content: update["content"].clone(),
                    is_error,
                });
                events
            }
            _ => Vec::new(),
        }
    }

    /// Ends what has begun.
    pub fn end(&mut self) -> Vec<Event> {
        let mut events = self.end_thought();
        events.extend(self.end_text());
        events
    }

    fn end_thought(&mut self) -> Vec<Event> {
        let thought = std::mem::take(&mut self.thought);
        let thought = Some(thought).filter(|thought| !thought.is_empty());
        thought.map(Event::Thinking).into_iter().collect()
    }

    fn end_text(&mut self) -> Vec<Event> {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return Vec::new();
        }
        self.last.clone_from(&text);
        vec![Event::Text(text)]
    }

    /// What the reply to the prompt says of it.
    pub fn report(&self, reply: &Value) -> AgentReport {
        let stop_reason = reply["stopReason"].as_str().unwrap_or("end_turn");
        let answer = match stop_reason {
            "cancelled" => Err("the agent says that it was cancelled"),
            "refusal" => Err("the agent refuses to answer"),
            _ => Ok((self.last.as_str(), stop_reason)),
        };
        AgentReport::of_agent(answer, reply.get("usage"))
    }
}

/// The answer to `session/request_permission`. A tool is named by its kind (`read`, `edit`, `execute`,
/// `fetch`, …); what is not granted is rejected. Nothing is granted for more than one time.
pub fn permission(params: &Value, may: Option<&[String]>) -> Value {
    let kind = params["toolCall"]["kind"].as_str().unwrap_or("other");
    let granted = may.is_some_and(|tools| tools.iter().any(|tool| tool.eq_ignore_ascii_case(kind)));
    let wanted = if granted {
        ["allow_once", "allow_always"]
    } else {
        ["reject_once", "reject_always"]
    };
    let options = params["options"].as_array().map(Vec::as_slice);
    let option = wanted.iter().find_map(|wanted| {
        let mut options = options.unwrap_or_default().iter();
        options.find(|option| option["kind"] == *wanted)
    });
    let outcome = match option {
        Some(option) => json!({"outcome": "selected", "optionId": option["optionId"]}),
        None => json!({"outcome": "cancelled"}),
    };
    json!({ "outcome": outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &str, text: &str) -> Value {
        json!({"sessionUpdate": kind, "content": {"type": "text", "text": text}})
    }

    #[test]
    fn pieces_are_deltas_and_the_whole_is_an_event() {
        let mut updates = Updates::default();
        let mut events = Vec::new();
        for update in [
            chunk("agent_thought_chunk", "h"),
            chunk("agent_thought_chunk", "m"),
            chunk("agent_message_chunk", "look"),
            chunk("agent_message_chunk", "ing"),
            json!({"sessionUpdate": "tool_call", "toolCallId": "t", "title": "ls", "rawInput": {}}),
            json!({"sessionUpdate": "tool_call_update", "toolCallId": "t", "status": "in_progress"}),
            json!({"sessionUpdate": "tool_call_update", "toolCallId": "t", "status": "failed"}),
            json!({"sessionUpdate": "plan", "entries": []}),
            chunk("agent_message_chunk", "done"),
        ] {
            events.extend(updates.apply(&update));
        }
        events.extend(updates.end());
        let names: Vec<&str> = events.iter().map(Event::name).collect();
        let all = [
            "thinking",
            "delta",
            "delta",
            "text",
            "tool_call",
            "tool_result",
            "delta",
            "text",
        ];
        // The thought ends with the first piece of text.
        assert_eq!(names, all);
        assert_eq!(events[0], Event::Thinking("hm".into()));
        assert_eq!(events[3], Event::Text("looking".into()));
        let report = updates.report(&json!({"stopReason": "max_tokens"}));
        assert_eq!(report.answer(false), Ok(json!("done")));
        assert_eq!(report.stop_reason(), Some("max_tokens"));
        assert_eq!(report.cost_usd(0.0), None, "nobody says what it cost");
        for reason in ["refusal", "cancelled"] {
            let report = updates.report(&json!({"stopReason": reason}));
            assert!(report.answer(false).is_err(), "{reason}");
        }
    }

    #[test]
    fn only_what_is_granted_is_permitted() {
        let options = json!([{"kind": "allow_always", "optionId": "always"},
                             {"kind": "allow_once", "optionId": "once"},
                             {"kind": "reject_once", "optionId": "no"}]);
        let ask = |kind: &str, may: Option<&[String]>, options: &Value| {
            let params = json!({"toolCall": {"kind": kind}, "options": options});
            permission(&params, may)["outcome"].clone()
        };
        let may = ["Edit".to_owned()];
        let selected = |id: &str| json!({"outcome": "selected", "optionId": id});
        assert_eq!(ask("edit", Some(&may), &options), selected("once"));
        assert_eq!(ask("execute", Some(&may), &options), selected("no"));
        assert_eq!(ask("edit", None, &options), selected("no"));
        let cancelled = json!({"outcome": "cancelled"});
        assert_eq!(ask("execute", Some(&may), &json!([])), cancelled);
        assert_eq!(ask("edit", None, &json!(7)), cancelled);
    }
}
