//! `/sessions`: opens, lists, shows and closes sessions, and takes turns.

use std::rc::Rc;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use super::caller::{Caller, query, when_gone};
use super::input::{Fields, object, read_body, usual_model};
use super::reply::{self, Reply};
use crate::forge::api::names::SessionId;
use crate::forge::server::audit::rfc3339;
use crate::forge::server::limits::OPEN_SESSIONS;
use crate::forge::server::prompt::check_files;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::runs::{Order, Work};
use crate::forge::server::service::{CLAUDE, Service};
use crate::forge::server::sessions::NewSession;
use crate::forge::server::state::{SessionRow, TokenRow};
use crate::ids::sha256;

/// A session as the contract has it.
async fn state(service: &Service, row: &SessionRow) -> Result<Value, Refusal> {
    let mut state = json!({
        "session_id": row.id,
        "agent": row.agent,
        "model": row.model,
        "cwd": service.state.folder().session(&row.id).join("work"),
        "created_at": rfc3339(row.created),
        "last_turn_at": row.last_turn.map(rfc3339),
        "turn_count": row.turns,
        "closed_at": row.closed.map(rfc3339),
        "live": row.closed.is_none() && service.sessions.is_live(&row.id),
        "meta": row.meta,
    });
    let other = service.show_instance(&mut state, row.instance.as_deref());
    if let Some(other) = other.await? {
        // The folder is on another machine, where the session can take turns.
        state["cwd"] = Value::Null;
        state["live"] = json!(row.closed.is_none() && other.is_up);
    }
    Ok(state)
}

/// A session of this token; another's does not exist.
async fn own_session(service: &Service, token: &TokenRow, id: &str) -> Result<SessionRow, Refusal> {
    let id: SessionId = id
        .parse()
        .map_err(|error| Refusal::field("session_id", format!("{error}")))?;
    let row = service.state.session(id.as_str()).await?;
    row.filter(|row| row.token == token.name)
        .ok_or_else(|| Refusal::unknown("session"))
}

/// `POST /sessions`.
///
/// # Errors
/// 403 for a model that the token may not use, 422 with the field, 429 for too many.
pub async fn open(
    service: &Rc<Service>,
    token: TokenRow,
    body: Incoming,
) -> Result<Reply, Refusal> {
    let bytes = read_body(body).await?;
    let fields = Fields(if bytes.is_empty() {
        Default::default()
    } else {
        object(&bytes)?
    });
    let options = fields.options(usual_model(service, &token))?;
    let agent = fields.agent(service.programs.keys())?;
    if agent != CLAUDE {
        for field in ["model", "system", "effort"] {
            if fields.field(field).is_some() {
                let why = format!("only claude takes it; {agent} has settings of its own");
                return Err(Refusal::field(field, why));
            }
        }
    }
    let new = NewSession {
        meta: fields.meta()?,
        // A policy that names models grants another agent by its name.
        model: if agent == CLAUDE {
            options.model
        } else {
            agent.clone()
        },
        agent,
        system: options.system,
        effort: options.effort,
        tools: token.policy.tools.clone(),
        token: token.name.clone(),
    };
    token.policy.allows_model(&new.model)?;
    if service.is_stopping() {
        return Err(Refusal::unavailable("the service is about to stop"));
    }
    let open = service.state.open_sessions(Some(&token.name)).await?;
    if open >= OPEN_SESSIONS {
        let why = format!("this token has {OPEN_SESSIONS} sessions open");
        return Err(Refusal::busy(why, 60));
    }
    let row = service.open_session(new).await?;
    Ok(reply::json(200, &state(service, &row).await?))
}

/// `GET /sessions`.
///
/// # Errors
/// 422 for a query that is neither true nor false.
pub async fn list(service: &Service, token: &TokenRow, head: &Parts) -> Result<Reply, Refusal> {
    let closed = match query(head, "include_closed") {
        None | Some("true" | "1" | "True") => true,
        Some("false" | "0" | "False") => false,
        Some(_) => {
            return Err(Refusal::field("include_closed", "it must be true or false"));
        }
    };
    let rows = service.state.sessions_of(&token.name).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows.iter().filter(|row| closed || row.closed.is_none()) {
        shown.push(state(service, row).await?);
    }
    Ok(reply::json(200, &json!({"sessions": shown})))
}

/// `GET /sessions/{id}`.
///
/// # Errors
/// 404.
pub async fn show(service: &Service, token: &TokenRow, id: &str) -> Result<Reply, Refusal> {
    let row = own_session(service, token, id).await?;
    Ok(reply::json(200, &state(service, &row).await?))
}

/// `DELETE /sessions/{id}`: a turn under way is stopped.
///
/// # Errors
/// 404.
pub async fn close(service: &Rc<Service>, token: &TokenRow, id: &str) -> Result<Reply, Refusal> {
    let row = own_session(service, token, id).await?;
    match service.close_session(&row.id).await? {
        Some(true) => Ok(reply::json(200, &json!({"ok": true}))),
        Some(false) => Ok(reply::json(
            200,
            &json!({"ok": true, "already_closed": true}),
        )),
        None => Err(Refusal::unknown("session")),
    }
}

/// `POST /sessions/{id}/turn`.
///
/// # Errors
/// 404, 410 for one that was closed, and whatever an order may be refused for.
pub async fn turn(
    caller: &Caller<'_>,
    token: TokenRow,
    id: &str,
    body: Incoming,
) -> Result<Reply, Refusal> {
    let key = caller.key()?;
    let row = own_session(caller.service, &token, id).await?;
    let what = "this session";
    caller
        .service
        .must_be_here(what, row.instance.as_deref())
        .await?;
    let bytes = read_body(body).await?;
    let path = format!("/sessions/{id}/turn\n");
    let request_sha256 = sha256(&[path.as_bytes(), &bytes[..]].concat());
    let fields = Fields(object(&bytes)?);
    let prompt = fields.read_prompt(caller.service, &token).await?;
    check_files(caller.service, &row.agent, &prompt.files).await?;
    let order = Order {
        token,
        prompt,
        work: Work::Turn(Box::new(row)),
        when_gone: when_gone(&key),
        key,
        request_sha256,
        deltas: caller.wants_events(),
    };
    caller.submit(order).await
}
