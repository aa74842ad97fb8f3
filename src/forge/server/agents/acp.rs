//! An agent that speaks ACP (Agent Client Protocol). Takes prompts; gives events and a report.
//!
//! JSON-RPC, a line each way. One process is one session:
//!
//! ```text
//! ──▶ initialize                 ◀── what the agent can do, and how to log in
//! ──▶ session/new                ◀── sessionId            (or session/load, session/resume)
//! ──▶ session/prompt             ◀── session/update …     text, thoughts, tool calls
//!                                ◀── session/request_permission ──▶ what the token's policy says
//!                                ◀── the reply: stopReason
//! ──▶ session/cancel             ◀── the reply: cancelled
//! ```

use std::io;
use std::pin::pin;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::acp_update::{Updates, permission};
use super::drive::{Cut, Driven};
use super::lenient;
use super::line::{AgentReport, Event};
use super::process::Process;
use crate::forge::server::limits::INTERRUPT_TIME;

/// The version of the protocol that is spoken here.
const VERSION: u64 = 1;

/// JSON-RPC: there is no such method.
const UNKNOWN_METHOD: i64 = -32601;

/// ACP: the agent wants `authenticate` first.
const AUTH_REQUIRED: i64 = -32000;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub enum AcpError {
    /// The pipe.
    #[error("{0}")]
    Pipe(#[from] io::Error),
    /// It ended.
    #[error("the agent ended without an answer")]
    Ended,
    /// It answered with an error.
    #[error("{message}")]
    Refused {
        /// JSON-RPC's code.
        code: i64,
        /// What it said.
        message: String,
    },
    /// It speaks another protocol.
    #[error("the agent does not speak ACP version {VERSION}: {0}")]
    Protocol(String),
}

/// A conversation with an agent.
#[derive(Debug)]
pub struct Acp {
    process: Process,
    next_id: u64,
    session: String,
    /// Whether the conversation is one that was begun before.
    is_resumed: bool,
    abilities: Abilities,
}

/// What an agent says that it can do.
#[derive(Debug, Clone, Copy, Default)]
struct Abilities {
    load: bool,
    resume: bool,
    images: bool,
    embedded: bool,
}

impl Abilities {
    fn of(initialized: &Value) -> Abilities {
        let agent = &initialized["agentCapabilities"];
        let is = |value: &Value| *value == true;
        Abilities {
            load: is(&agent["loadSession"]),
            resume: agent["sessionCapabilities"]["resume"].is_object(),
            images: is(&agent["promptCapabilities"]["image"]),
            embedded: is(&agent["promptCapabilities"]["embeddedContext"]),
        }
    }
}

impl Acp {
    /// Opens a conversation with a process that was just started in this folder: the one of that name
    /// if the agent can load it, else a new one.
    ///
    /// # Errors
    /// [`AcpError`], and what the process said on stderr.
    pub async fn open(
        process: Process,
        folder: &str,
        resumed: Option<&str>,
    ) -> Result<Acp, String> {
        let mut acp = Acp {
            process,
            next_id: 0,
            session: String::new(),
            is_resumed: false,
            abilities: Abilities::default(),
        };
        match acp.begin(folder, resumed).await {
            Ok(()) => Ok(acp),
            Err(error) => {
                let ended = matches!(error, AcpError::Ended | AcpError::Pipe(_));
                let said = if ended {
                    acp.process.stderr_after(false).await
                } else {
                    String::new()
                };
                acp.process.stop().await;
                Err(match said.lines().last() {
                    Some(line) => format!("{error}: {line}"),
                    None => error.to_string(),
                })
            }
        }
    }

    async fn begin(&mut self, folder: &str, resumed: Option<&str>) -> Result<(), AcpError> {
        let params = json!({
            "protocolVersion": VERSION,
            // The agent uses files and terminals by itself, within what it is permitted.
            "clientCapabilities": {"fs": {"readTextFile": false, "writeTextFile": false},
                                   "terminal": false},
            "clientInfo": {"name": "trefoil", "version": env!("CARGO_PKG_VERSION")},
        });
        let initialized = self.call("initialize", params).await?;
        if initialized["protocolVersion"] != VERSION {
            return Err(AcpError::Protocol(initialized.to_string()));
        }
        self.abilities = Abilities::of(&initialized);
        let (method, mut params) = match resumed {
            Some(id) if self.abilities.resume => ("session/resume", json!({"sessionId": id})),
            Some(id) if self.abilities.load => ("session/load", json!({"sessionId": id})),
            _ => ("session/new", json!({})),
        };
        self.is_resumed = method != "session/new";
        params["cwd"] = json!(folder);
        params["mcpServers"] = json!([]);
        let opened = match self.call(method, params.clone()).await {
            Err(refused @ AcpError::Refused { code, .. }) if code == AUTH_REQUIRED => {
                self.log_in(&initialized, refused).await?;
                self.call(method, params).await?
            }
            opened => opened?,
        };
        let id = opened["sessionId"].as_str().or(resumed);
        self.session = id
            .ok_or_else(|| AcpError::Protocol(format!("{method} has no sessionId")))?
            .to_owned();
        self.ask_for_default_mode(&opened["modes"]).await
    }

    /// Logs in by the first method that works without a browser. `refused` is the error that asked for
    /// a login.
    async fn log_in(&mut self, initialized: &Value, mut refused: AcpError) -> Result<(), AcpError> {
        for login in api_key_methods(initialized) {
            match self.call("authenticate", json!({"methodId": login})).await {
                Ok(_) => return Ok(()),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Some agents begin in a mode in which they write files without asking.
    async fn ask_for_default_mode(&mut self, modes: &Value) -> Result<(), AcpError> {
        let available = modes["availableModes"].as_array();
        let has_default = available.is_some_and(|all| all.iter().any(|m| m["id"] == "default"));
        if !has_default || modes["currentModeId"] == "default" {
            return Ok(());
        }
        let params = json!({"sessionId": self.session, "modeId": "default"});
        self.call("session/set_mode", params).await.map(drop)
    }

    /// The agent's name of the conversation.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Whether the conversation was begun before.
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Whether its process still runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.is_alive()
    }

    /// The process, to be stopped.
    pub fn into_process(self) -> Process {
        self.process
    }

    /// [`Process::stderr_after`].
    pub async fn stderr_after(&mut self, is_usable: bool) -> String {
        self.process.stderr_after(is_usable).await
    }

    /// Whether it takes pictures, and files beside the prompt.
    pub fn takes(&self) -> (bool, bool) {
        (self.abilities.images, self.abilities.embedded)
    }

    /// One prompt, as content blocks, from the request to the reply. `may` are the tools that the
    /// token's policy grants; `cut` is ready when it is to be stopped; `take` takes an event, and says
    /// whether there is room for more. Without a report the agent may still be busy with this prompt,
    /// and takes no other.
    pub async fn prompt(
        &mut self,
        blocks: Value,
        may: &[String],
        cut: impl Future<Output = Cut>,
        mut take: impl FnMut(Event) -> bool,
    ) -> Driven {
        let mut driven = Driven::default();
        let params = json!({"sessionId": self.session, "prompt": blocks});
        let mut updates = Updates::default();
        self.process.forget_stderr();
        let mut cut = pin!(cut);
        let id = tokio::select! {
            id = self.request("session/prompt", params) => id,
            cut = &mut cut => {
                driven.cut = Some(cut);
                return driven;
            }
        };
        driven.sent = true;
        let asked = async {
            let id = id?;
            self.reply(id, Some(may), |update| {
                updates.apply(update).into_iter().all(&mut take)
            })
            .await
        };
        let answer = tokio::select! {
            answer = asked => answer,
            cut = &mut cut => {
                driven.cut = Some(cut);
                let report = || Box::new(AgentReport::of_agent(Err("it was cancelled"), None));
                driven.report = self.cancelled().await.then(report);
                return driven;
            }
        };
        let room = updates.end().into_iter().all(&mut take);
        driven.report = match answer {
            Ok(Some(reply)) if room => Some(Box::new(updates.report(&reply))),
            Ok(_) => {
                driven.cut = Some(Cut::TooLong);
                None
            }
            Err(AcpError::Refused { message, .. }) => {
                Some(Box::new(AgentReport::of_agent(Err(&message), None)))
            }
            Err(error) => {
                driven.broken = Some(io::Error::other(error));
                None
            }
        };
        driven
    }

    /// Asks it to stop; whether it said within a moment that it did.
    async fn cancelled(&mut self) -> bool {
        let deadline = Instant::now() + INTERRUPT_TIME;
        let id = self.next_id;
        let stopped = async {
            let params = json!({"sessionId": self.session});
            self.send(&json!({"jsonrpc": "2.0", "method": "session/cancel", "params": params}))
                .await?;
            // No tool may be used any more.
            self.reply(id, None, |_| true).await
        };
        let stopped = timeout_at(deadline, stopped).await;
        matches!(stopped, Ok(Ok(_)))
    }

    /// A request and its result.
    async fn call(&mut self, method: &str, params: Value) -> Result<Value, AcpError> {
        let id = self.request(method, params).await?;
        let result = self.reply(id, None, |_| true).await?;
        Ok(result.unwrap_or_default())
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<u64, AcpError> {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await?;
        Ok(id)
    }

    async fn send(&mut self, message: &Value) -> io::Result<()> {
        self.process.send(format!("{message}\n").as_bytes()).await
    }

    /// Waits for the reply to a request, answers what the agent asks meanwhile, and passes on what
    /// it says. `may` are the tools that it may use, if it may use any. None when `apply` has no room.
    async fn reply(
        &mut self,
        id: u64,
        may: Option<&[String]>,
        mut apply: impl FnMut(&Value) -> bool,
    ) -> Result<Option<Value>, AcpError> {
        while let Some(line) = self.process.next_line().await? {
            // A line that is not JSON is a log message.
            let Ok(mut message) = lenient::parse(&line) else {
                continue;
            };
            let method = message["method"].as_str().map(str::to_owned);
            match method.as_deref() {
                None if message["id"] == id => {
                    let error = &message["error"];
                    if error.is_object() {
                        return Err(refused(error));
                    }
                    return Ok(Some(message["result"].take()));
                }
                None => {}
                Some("session/update") => {
                    let params = &message["params"];
                    if params["sessionId"] == self.session.as_str() && !apply(&params["update"]) {
                        return Ok(None);
                    }
                }
                Some(method) if !message["id"].is_null() => {
                    let mut answer = json!({"jsonrpc": "2.0", "id": message["id"]});
                    if method == "session/request_permission" {
                        answer["result"] = permission(&message["params"], may);
                    } else {
                        answer["error"] = json!({"code": UNKNOWN_METHOD,
                                                 "message": format!("{method} is not to be had")});
                    }
                    self.send(&answer).await?;
                }
                Some(_) => {}
            }
        }
        Err(AcpError::Ended)
    }
}

/// The ways to log in that take a key from the environment.
fn api_key_methods(initialized: &Value) -> Vec<&str> {
    let methods = initialized["authMethods"].as_array().map(Vec::as_slice);
    let ids = methods
        .unwrap_or_default()
        .iter()
        .filter_map(|method| method["id"].as_str());
    ids.filter(|id| id.replace(['-', '_'], "").contains("apikey"))
        .collect()
}

/// What an error says; some agents say the cause in its data only.
fn refused(error: &Value) -> AcpError {
    let message = error["message"].as_str().unwrap_or("no reason was given");
    let data = &error["data"];
    let details = [&data["details"], &data["message"], data];
    let details = details.into_iter().find_map(Value::as_str);
    AcpError::Refused {
        code: error["code"].as_i64().unwrap_or_default(),
        message: match details {
            Some(details) if !message.contains(details) => format!("{message}: {details}"),
            _ => message.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_its_cause() {
        for (error, said) in [
            (json!({"code": 1, "message": "no"}), "no"),
            (
                json!({"code": 1, "message": "no", "data": {"details": "quota"}}),
                "no: quota",
            ),
            (json!({"message": "no", "data": "why"}), "no: why"),
            (json!({}), "no reason was given"),
        ] {
            assert_eq!(refused(&error).to_string(), said);
        }
    }

    #[test]
    fn a_login_by_key_is_found() {
        let methods = json!({"authMethods": [{"id": "chatgpt"}, {"id": "codex-api-key"},
                                             {"id": "openai_api_key"}]});
        assert_eq!(
            api_key_methods(&methods),
            ["codex-api-key", "openai_api_key"]
        );
        assert!(api_key_methods(&json!({"authMethods": [{"id": "web"}]})).is_empty());
        assert!(api_key_methods(&json!({})).is_empty());
    }
}
