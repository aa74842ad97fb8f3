//! The paths of the service. Takes a request; gives a reply in every case.

use std::net::SocketAddr;
use std::rc::Rc;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request};
use serde_json::{Value, json};

use super::caller::{Caller, query, when_gone};
use super::input::{Fields, object, read_body, usual_model};
use super::reply::{self, Reply};
use super::{admin, openai, session, upload};
use crate::forge::server::audit::rfc3339;
use crate::forge::server::prompt::check_files;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::runs::{Order, Work};
use crate::forge::server::service::{CLAUDE, Service};
use crate::forge::server::state::{RunRow, TokenRow};
use crate::ids::sha256;

/// Answers a request.
pub async fn answer(service: Rc<Service>, peer: SocketAddr, request: Request<Incoming>) -> Reply {
    let openai = request.uri().path().starts_with("/v1/");
    match dispatch(&service, peer, request).await {
        Ok(reply) => reply,
        Err(refusal) if openai => openai::refused(&refusal),
        Err(refusal) => reply::refused(&refusal),
    }
}

async fn dispatch(
    service: &Rc<Service>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Reply, Refusal> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let caller = Caller {
        service,
        head: &head,
        peer: peer.ip(),
    };
    let (get, post, delete) = (
        head.method == Method::GET,
        head.method == Method::POST,
        head.method == Method::DELETE,
    );
    match segments.as_slice() {
        ["healthz"] if get => Ok(health(service).await),
        ["run"] if post => {
            let token = caller.app().await?;
            run(&caller, token, body).await
        }
        ["runs"] if get => runs(service, &caller.app().await?, &head).await,
        ["runs", id] if get => show_run(service, &caller.app().await?, id).await,
        ["runs", id, "cancel"] if post => cancel_run(service, &caller.app().await?, id).await,
        ["files"] if post => {
            let token = caller.app().await?;
            upload::upload(service, &token, &head, body).await
        }
        ["sessions"] if post => {
            let token = caller.app().await?;
            session::open(service, token, body).await
        }
        ["sessions"] if get => session::list(service, &caller.app().await?, &head).await,
        ["sessions", id] if get => session::show(service, &caller.app().await?, id).await,
        ["sessions", id] if delete => session::close(service, &caller.app().await?, id).await,
        ["sessions", id, "turn"] if post => {
            let token = caller.app().await?;
            session::turn(&caller, token, id, body).await
        }
        ["usage"] if get => {
            let token = caller.app().await?;
            admin::usage(service, Some(&token.name), &head).await
        }
        ["admin", "tokens"] if post => {
            caller.admin()?;
            admin::create(service, body).await
        }
        ["admin", "tokens"] if get => {
            caller.admin()?;
            admin::list(service).await
        }
        ["admin", "tokens", name] if delete => {
            caller.admin()?;
            admin::revoke(service, name).await
        }
        ["admin", "usage"] if get => {
            caller.admin()?;
            admin::usage(service, None, &head).await
        }
        ["v1", "models"] if get => Ok(openai::models(&caller.app().await?)),
        ["v1", "chat", "completions"] if post => {
            let token = caller.app().await?;
            openai::complete(service, token, body).await
        }
        ["healthz" | "run" | "files" | "sessions" | "runs" | "usage"]
        | ["runs", _]
        | ["runs", _, "cancel"]
        | ["sessions", _]
        | ["sessions", _, "turn"]
        | ["admin", "tokens" | "usage"]
        | ["admin", "tokens", _]
        | ["v1", "models"]
        | ["v1", "chat", "completions"] => Err(Refusal::new(
            405,
            format!("{} is not for this path", head.method),
        )),
        _ => Err(Refusal::unknown("path")),
    }
}

async fn health(service: &Service) -> Reply {
    let version = service.agent_version().await;
    let open = service.state.open_sessions(None).await;
    let (waiting, running) = service.load();
    let mut health = json!({
        "ok": open.is_ok() && !service.is_stopping(),
        "claude_present": version.is_some(),
        "claude_version": version,
        "agents": service.programs.keys().filter(|name| service.has_agent(name)).collect::<Vec<_>>(),
        "open_sessions": open.as_ref().copied().unwrap_or(0),
        "running": running,
        "waiting": waiting,
        "server": concat!("trefoil/", env!("CARGO_PKG_VERSION")),
    });
    if let Some(instance) = service.state.instance() {
        health["instance"] = json!(instance);
    }
    if let Err(error) = open {
        health["error"] = json!(error.to_string());
    }
    reply::json(200, &health)
}

async fn run(caller: &Caller<'_>, token: TokenRow, body: Incoming) -> Result<Reply, Refusal> {
    let key = caller.key()?;
    let bytes = read_body(body).await?;
    let request_sha256 = sha256(&[b"/run\n", &bytes[..]].concat());
    let fields = Fields(object(&bytes)?);
    let options = fields.options(usual_model(caller.service, &token))?;
    let prompt = fields.read_prompt(caller.service, &token).await?;
    check_files(caller.service, CLAUDE, &prompt.files).await?;
    let order = Order {
        token,
        prompt,
        work: Work::Run(options),
        when_gone: when_gone(&key),
        key,
        request_sha256,
        deltas: caller.wants_events(),
    };
    caller.submit(order).await
}

/// A run as it is shown to its owner.
async fn shown(service: &Service, row: &RunRow) -> Result<Value, Refusal> {
    let live = service.live.borrow().get(&row.id).cloned();
    let status = match (&row.outcome, live) {
        (Some(outcome), _) => json!(outcome),
        (None, Some(live)) if live.has_started() => json!("running"),
        (None, Some(_)) => json!("queued"),
        (None, None) => json!(row.stage),
    };
    let mut shown = json!({
        "run_id": row.id,
        "kind": row.kind(),
        "session_id": row.session,
        "model": row.model,
        "idempotency_key": row.key,
        "status": status,
        "created_at": rfc3339(row.created),
        "ended_at": row.ended.map(rfc3339),
        "http_status": row.status,
        "cost_usd": row.cost_usd,
    });
    service
        .show_instance(&mut shown, row.instance.as_deref())
        .await?;
    Ok(shown)
}

async fn runs(service: &Service, token: &TokenRow, head: &Parts) -> Result<Reply, Refusal> {
    let key = query(head, "idempotency_key");
    let rows = match key {
        Some(key) => {
            let row = service.state.run_of_key(&token.name, key).await?;
            row.into_iter().collect()
        }
        None => service.state.runs_of(&token.name, 100).await?,
    };
    let mut runs = Vec::with_capacity(rows.len());
    for row in &rows {
        runs.push(shown(service, row).await?);
    }
    Ok(reply::json(200, &json!({"runs": runs})))
}

async fn own_run(service: &Service, token: &TokenRow, id: &str) -> Result<RunRow, Refusal> {
    let row = service.state.run(id).await?;
    row.filter(|row| row.token == token.name)
        .ok_or_else(|| Refusal::unknown("run"))
}

async fn show_run(service: &Service, token: &TokenRow, id: &str) -> Result<Reply, Refusal> {
    let row = own_run(service, token, id).await?;
    let mut run = shown(service, &row).await?;
    let answer = service.state.answer(id).await?;
    run["reply"] = answer
        .and_then(|answer| serde_json::from_slice(&answer).ok())
        .unwrap_or_default();
    Ok(reply::json(200, &run))
}

async fn cancel_run(service: &Service, token: &TokenRow, id: &str) -> Result<Reply, Refusal> {
    let row = own_run(service, token, id).await?;
    let live = service.live.borrow().get(id).cloned();
    let mut body = json!({"ok": true, "run_id": row.id});
    let is_asked = match live {
        Some(live) => {
            live.cancel();
            true
        }
        None => service.state.cancel(id).await?,
    };
    if !is_asked {
        body["already_ended"] = json!(true);
        return Ok(reply::json(200, &body));
    }
    service
        .show_instance(&mut body, row.instance.as_deref())
        .await?;
    Ok(reply::json(202, &body))
}
