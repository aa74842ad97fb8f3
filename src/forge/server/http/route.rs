//! Which path does what: a request enters, a reply leaves, whatever happens.

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use hyper::body::Incoming;
use hyper::header::{ACCEPT, AUTHORIZATION, HeaderName};
use hyper::http::request::Parts;
use hyper::{Method, Request};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::input::{Fields, object, whole};
use super::reply::{self, Reply};
use super::{admin, openai, session, stream, upload};
use crate::forge::api::cidr::Cidr;
use crate::forge::server::audit::rfc3339;
use crate::forge::server::live::WhenGone;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::runs::{Order, Submitted, Work, check_files};
use crate::forge::server::service::Service;
use crate::forge::server::state::{RunRow, TokenRow, sha256};
use crate::net::now_micros;

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

/// Who asks.
pub struct Asker<'a> {
    /// Whom.
    pub service: &'a Rc<Service>,
    /// What.
    pub head: &'a Parts,
    /// From where.
    peer: IpAddr,
}

impl Asker<'_> {
    /// A header that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    fn bearer(&self) -> Result<&str, Refusal> {
        let given = self.header(AUTHORIZATION.as_str());
        given
            .and_then(|given| given.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .filter(|token| !token.is_empty())
            .ok_or_else(|| Refusal::new(401, "a bearer token is needed"))
    }

    /// The app token that it has, which must be one that is let in from there.
    ///
    /// # Errors
    /// 401, 403.
    pub fn app(&self) -> Result<TokenRow, Refusal> {
        let row = self.service.store.token(self.bearer()?)?;
        let row = row.ok_or_else(|| Refusal::new(401, "this token is not known here"))?;
        let ranges: Vec<Cidr> = row
            .ip_cidrs
            .iter()
            .filter_map(|range| range.parse().ok())
            .collect();
        let inside = ranges.iter().any(|range| range.contains(self.peer));
        if !row.ip_cidrs.is_empty() && !inside {
            let why = format!(
                "this token may not be used from {}",
                self.peer.to_canonical()
            );
            return Err(Refusal::new(403, why));
        }
        let mut used = self.service.used.borrow_mut();
        used.insert(row.name.clone(), (now_micros(), false));
        Ok(row)
    }

    /// Whether it is the administrator.
    ///
    /// # Errors
    /// 401.
    pub fn admin(&self) -> Result<(), Refusal> {
        let given = sha256(self.bearer()?.as_bytes());
        match &self.service.admin_hash {
            Some(hash) if bool::from(hash.as_bytes().ct_eq(given.as_bytes())) => Ok(()),
            _ => Err(Refusal::new(401, "this is not the administrator's token")),
        }
    }

    /// The `Idempotency-Key`.
    ///
    /// # Errors
    /// 400 for one that is too long, or no plain text.
    pub fn key(&self) -> Result<Option<String>, Refusal> {
        let Some(key) = self.head.headers.get("idempotency-key") else {
            return Ok(None);
        };
        let sound = |byte: &u8| (b'!'..=b'~').contains(byte);
        let bytes = key.as_bytes();
        match !bytes.is_empty() && bytes.len() <= 255 && bytes.iter().all(sound) {
            true => Ok(Some(String::from_utf8_lossy(bytes).into_owned())),
            false => Err(Refusal::new(
                400,
                "an Idempotency-Key has 1 to 255 visible ASCII characters",
            )),
        }
    }

    /// Whether it wants events as they come.
    pub fn wants_events(&self) -> bool {
        self.header(ACCEPT.as_str())
            .is_some_and(|accept| accept.contains("text/event-stream"))
    }

    /// Takes an order, and answers it at its end, or event by event.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn submit(&self, order: Order) -> Result<Reply, Refusal> {
        let events = order.deltas;
        let mut watch = match self.service.submit(order).await? {
            Submitted::Stored(status, body) => {
                let mut reply = match events {
                    true => stream::of_stored(status, &body),
                    false => reply::bytes(status, body),
                };
                let name = HeaderName::from_static("idempotency-replayed");
                reply::header(&mut reply, name, "true");
                return Ok(reply);
            }
            Submitted::Watch(watch) => watch,
        };
        let id = watch.live().row.borrow().id.clone();
        let mut reply = match events {
            true => stream::of(watch),
            false => reply::answer(&*watch.answer().await),
        };
        reply::header(&mut reply, HeaderName::from_static("x-run-id"), &id);
        Ok(reply)
    }
}

/// A field of the query.
pub fn query<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    let pairs = head.uri.query()?.split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
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
    check_files(asker.service, &prompt.files).await?;
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

/// A client that sent a key can come back for the answer; one that did not can only look through
/// its runs, so that nothing is begun for it when it has gone.
pub fn when_gone(key: &Option<String>) -> WhenGone {
    match key {
        Some(_) => WhenGone::Keep,
        None => WhenGone::KeepIfStarted,
    }
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
