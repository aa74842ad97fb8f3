//! Which path does what: a request enters, a reply leaves, whatever happens.

use std::net::SocketAddr;
use std::rc::Rc;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request};
use serde_json::json;

use super::asker::{Asker, query, when_gone};
use super::input::{Fields, object, whole};
use super::reply::{self, Reply};
use super::{admin, openai, session, upload};
use crate::forge::server::audit::rfc3339;
use crate::forge::server::prompt::check_files;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::runs::{Order, Work};
use crate::forge::server::service::{CLAUDE, Service};
use crate::forge::server::state::{RunRow, TokenRow, sha256};

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
    let asker = Asker {
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
            let token = asker.app()?;
            run(&asker, token, body).await
        }
        ["runs"] if get => runs(service, &asker.app()?, &head),
        ["runs", id] if get => show_run(service, &asker.app()?, id),
        ["runs", id, "cancel"] if post => cancel_run(service, &asker.app()?, id),
        ["files"] if post => {
            let token = asker.app()?;
            upload::upload(service, &token, &head, body).await
        }
        ["sessions"] if post => {
            let token = asker.app()?;
            session::open(service, token, body).await
        }
        ["sessions"] if get => session::list(service, &asker.app()?, &head),
        ["sessions", id] if get => session::show(service, &asker.app()?, id),
        ["sessions", id] if delete => session::close(service, &asker.app()?, id).await,
        ["sessions", id, "turn"] if post => {
            let token = asker.app()?;
            session::turn(&asker, token, id, body).await
        }
        ["usage"] if get => admin::usage(service, Some(&asker.app()?.name), &head),
        ["admin", "tokens"] if post => {
            asker.admin()?;
            admin::create(service, body).await
        }
        ["admin", "tokens"] if get => {
            asker.admin()?;
            admin::list(service)
        }
        ["admin", "tokens", name] if delete => {
            asker.admin()?;
            admin::revoke(service, name).await
        }
        ["admin", "usage"] if get => {
            asker.admin()?;
            admin::usage(service, None, &head)
        }
        ["v1", "models"] if get => Ok(openai::models(&asker.app()?)),
        ["v1", "chat", "completions"] if post => {
            let token = asker.app()?;
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
    let open = service.store.sessions(None).map(|rows| {
        let open = rows.iter().filter(|row| row.closed.is_none());
        open.count()
    });
    let (waiting, running) = service.load();
    reply::json(
        200,
        &json!({
            "ok": open.is_ok() && !service.is_stopping(),
            "claude_present": version.is_some(),
            "claude_version": version,
            "agents": service.programs.keys().filter(|name| service.has_agent(name)).collect::<Vec<_>>(),
            "open_sessions": open.unwrap_or(0),
            "running": running,
            "waiting": waiting,
            "server": concat!("trefoil/", env!("CARGO_PKG_VERSION")),
        }),
    )
}

async fn run(asker: &Asker<'_>, token: TokenRow, body: Incoming) -> Result<Reply, Refusal> {
    let key = asker.key()?;
    let bytes = whole(body).await?;
    let request_sha256 = sha256(&[b"/run\n", &bytes[..]].concat());
    let fields = Fields(object(&bytes)?);
    let manner = fields.manner()?;
    let prompt = fields.said(asker.service, &token)?;
    check_files(asker.service, CLAUDE, &prompt.files).await?;
    let order = Order {
        token,
        prompt,
        work: Work::Run(manner),
        when_gone: when_gone(&key),
        key,
        request_sha256,
        deltas: asker.wants_events(),
    };
    asker.submit(order).await
}

/// A run as it is shown to its owner.
fn shown(service: &Service, row: &RunRow) -> serde_json::Value {
    let live = service.live.borrow().get(&row.id).cloned();
    let status = match (&row.outcome, live) {
        (Some(outcome), _) => json!(outcome),
        (None, Some(live)) if !live.has_started() => json!("queued"),
        (None, _) => json!("running"),
    };
    json!({
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
    })
}

fn runs(service: &Service, token: &TokenRow, head: &Parts) -> Result<Reply, Refusal> {
    let key = query(head, "idempotency_key");
    let rows = service.store.runs_of(&token.name, key, 100)?;
    let rows: Vec<_> = rows.iter().map(|row| shown(service, row)).collect();
    Ok(reply::json(200, &json!({"runs": rows})))
}

fn own_run(service: &Service, token: &TokenRow, id: &str) -> Result<RunRow, Refusal> {
    let row = service.store.run(id)?;
    row.filter(|row| row.token == token.name)
        .ok_or_else(|| Refusal::unknown("run"))
}

fn show_run(service: &Service, token: &TokenRow, id: &str) -> Result<Reply, Refusal> {
    let row = own_run(service, token, id)?;
    let mut run = shown(service, &row);
    let answer = service.store.answer(id)?;
    run["reply"] = answer
        .and_then(|answer| serde_json::from_slice(&answer).ok())
        .unwrap_or_default();
    Ok(reply::json(200, &run))
}

fn cancel_run(service: &Service, token: &TokenRow, id: &str) -> Result<Reply, Refusal> {
    let row = own_run(service, token, id)?;
    let live = service.live.borrow().get(id).cloned();
    match live {
        Some(live) => {
            live.cancel();
            let body = json!({"ok": true, "run_id": row.id});
            Ok(reply::json(202, &body))
        }
        None => {
            let body = json!({"ok": true, "run_id": row.id, "already_ended": true});
            Ok(reply::json(200, &body))
        }
    }
}
