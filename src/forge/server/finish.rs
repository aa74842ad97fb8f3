//! The end of a run or a turn. Takes what the work came to; gives the answer of the contract, which
//! is stored together with the cost and the session's new row, and two lines of the audit log.

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::agents::drive::Cut;
use super::live::{Answer, Live};
use super::result;
use super::runs::Order;
use super::service::Service;
use super::state::{Finished, Outcome, RunRow, Spent, Stage};
use super::work::WorkResult;
use crate::ids::sha256;
use crate::net::now_micros;

impl Service {
    /// Judges what came of it, puts that on disk, and tells whoever watches.
    pub(super) async fn finish(
        &self,
        live: &Rc<Live>,
        order: &Order,
        worked: WorkResult,
        took: Duration,
    ) {
        let mut row = live.row.borrow().clone();
        let WorkResult {
            driven,
            stderr,
            before_usd,
            session,
            ..
        } = worked;
        let report = driven.report.as_deref();
        let schema = order.work.schema();
        let verdict = result::judge(&driven, schema);
        let now = now_micros();
        row.ended = Some(now);
        row.stage = Stage::Ended;
        row.cost_usd = match report {
            Some(report) => report.cost_usd(before_usd),
            None if !driven.sent => Some(0.0),
            None => None,
        };
        row.outcome = Some(match (&verdict, driven.cut) {
            (Ok(_), _) => Outcome::Ok,
            (Err(_), Some(Cut::Timeout(_))) => Outcome::Timeout,
            (Err(_), Some(Cut::Cancelled)) => Outcome::Cancelled,
            (Err(_), _) => Outcome::Failed,
        });
        let stop_reason = match (&verdict, driven.cut) {
            (Ok(_), _) => report.and_then(|r| r.stop_reason()).unwrap_or("end_turn"),
            (Err(_), Some(Cut::Timeout(_))) => "timeout",
            (Err(_), Some(Cut::Cancelled)) => "cancelled",
            (Err(_), _) => "error",
        }
        .to_owned();
        let usage = report.and_then(|report| report.usage()).cloned();
        let mut body = Map::new();
        let (status, text, error) = match verdict {
            Ok(answer) => {
                let text = answer
                    .as_str()
                    .map_or_else(|| answer.to_string(), str::to_owned);
                if let Value::String(text) = &answer {
                    live.complete(text);
                }
                body.insert("ok".into(), json!(true));
                match &session {
                    None => {
                        body.insert("result".into(), result::of(answer));
                    }
                    Some(session) => {
                        body.insert("session_id".into(), json!(session.id));
                        body.insert("turn_index".into(), json!(session.turns));
                        let events = live.events();
                        let events = events.iter().filter(|event| event.name() != "delta");
                        let events: Vec<Value> = events.map(|event| event.json()).collect();
                        body.insert("events".into(), Value::Array(events));
                    }
                }
                (200, Some(text), None)
            }
            Err(why) => {
                body.insert("error".into(), json!(why));
                body.insert("stderr".into(), json!(stderr));
                (502, None, Some(why))
            }
        };
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        body.insert("duration_ms".into(), json!(ms));
        body.insert("stop_reason".into(), json!(stop_reason));
        body.insert("run_id".into(), json!(row.id));
        body.insert("cost_usd".into(), json!(row.cost_usd));
        body.insert("usage".into(), usage.clone().unwrap_or(Value::Null));
        row.status = Some(status);
        let answer = Value::Object(body).to_string();
        self.audit_line(
            "end",
            &row,
            json!({"outcome": row.outcome, "stop_reason": stop_reason, "status": status,
                   "cost_usd": row.cost_usd, "duration_ms": ms, "error": error}),
        );
        let finished = Finished {
            spent: Spent::of(&row, usage.as_ref()),
            row: row.clone(),
            answer: answer.clone(),
            session,
        };
        if let Err(error) = self.state.finish(finished).await {
            // The client gets what it paid for all the same.
            self.report(error);
        }
        *live.row.borrow_mut() = row;
        self.forget(live);
        live.finish(Answer {
            status,
            body: Bytes::from(answer),
            retry_after: None,
            text,
            stop_reason,
            usage,
            error,
        });
    }

    /// The audit log's line before.
    pub(super) fn note(&self, live: &Live, order: &Order) {
        let mut fields = json!({
            "model": live.row.borrow().model,
            "prompt_sha256": sha256(order.prompt.text.as_bytes()),
            "prompt_bytes": order.prompt.text.len(),
            "files": order.prompt.files.len(),
        });
        if self.settings.audit_prompts {
            fields["prompt"] = json!(order.prompt.text);
        }
        self.audit_line("start", &live.row.borrow(), fields);
    }

    pub(super) fn audit_line(&self, event: &str, row: &RunRow, mut fields: Value) {
        let mut record = json!({"run": row.id, "kind": row.kind(), "token": row.token,
                                "session": row.session});
        if let (Some(record), Some(fields)) = (record.as_object_mut(), fields.as_object_mut()) {
            record.append(fields);
        }
        if let Err(error) = self.audit.record(now_micros(), event, record) {
            self.report(format!("the audit log cannot be written: {error}"));
        }
    }
}
