//! `/admin/tokens` and the usage of tokens.

use std::rc::Rc;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use super::caller::query;
use super::input::{Fields, object, read_body};
use super::reply::{self, Reply};
use crate::forge::api::cidr::Cidr;
use crate::forge::api::names::TokenName;
use crate::forge::server::audit::rfc3339;
use crate::forge::server::policy::Policy;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::service::Service;
use crate::forge::server::state::day;
use crate::net::now_micros;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// `POST /admin/tokens`: the plaintext is in this reply and nowhere else.
///
/// # Errors
/// 422 with the field, 409 for a name that is taken.
pub async fn create(service: &Rc<Service>, body: Incoming) -> Result<Reply, Refusal> {
    let bytes = read_body(body).await?;
    let fields = Fields(object(&bytes)?);
    let name = fields
        .text("name")?
        .ok_or_else(|| Refusal::field("name", "it is missing"))?;
    let name: TokenName = name
        .parse()
        .map_err(|error| Refusal::field("name", format!("{error}")))?;
    let ranges = ranges(fields.0.get("ip_cidrs"))?;
    let policy: Policy = match fields.0.get("policy") {
        None | Some(Value::Null) => Policy::default(),
        Some(policy) => serde_json::from_value(policy.clone())
            .map_err(|error| Refusal::field("policy", error.to_string()))?,
    };
    policy.check()?;
    let made =
        service
            .state
            .create_token(name.as_str(), ranges.clone(), policy.clone(), now_micros());
    let Some((_, plaintext)) = made.await? else {
        return Err(Refusal::new(
            409,
            format!("there is a token '{name}' already"),
        ));
    };
    let mut made = json!({"name": name, "token": plaintext, "ip_cidrs": ranges});
    if policy != Policy::default() {
        made["policy"] = json!(policy);
    }
    Ok(reply::json(200, &made))
}

fn ranges(given: Option<&Value>) -> Result<Vec<String>, Refusal> {
    let bad = |why: String| Refusal::field("ip_cidrs", why);
    let items = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(bad("it must be a list".to_owned())),
    };
    let range = |item: &Value| {
        let text = item
            .as_str()
            .ok_or_else(|| bad(format!("{item} is not a string")))?;
        let range: Cidr = text
            .parse()
            .map_err(|error| bad(format!("'{text}': {error}")))?;
        Ok(range.to_string())
    };
    items.iter().map(range).collect()
}

/// `GET /admin/tokens`.
///
/// # Errors
/// The state's.
pub async fn list(service: &Service) -> Result<Reply, Refusal> {
    let rows = service.state.tokens().await?;
    let used = service.used.borrow();
    let rows = rows.into_iter().map(|row| {
        let last = used.get(&row.name).map(|(at, _)| *at).or(row.last_used);
        let mut shown = json!({
            "name": row.name,
            "ip_cidrs": row.ip_cidrs,
            "created_at": rfc3339(row.created),
            "last_used": last.map(rfc3339),
            "enabled": row.enabled,
        });
        if row.policy != Policy::default() {
            shown["policy"] = json!(row.policy);
        }
        shown
    });
    Ok(reply::json(
        200,
        &json!({"tokens": rows.collect::<Vec<_>>()}),
    ))
}

/// `DELETE /admin/tokens/{name}`.
///
/// # Errors
/// 404.
pub async fn revoke(service: &Rc<Service>, name: &str) -> Result<Reply, Refusal> {
    let name: TokenName = name.parse().map_err(|_| Refusal::unknown("token"))?;
    match service.state.revoke_token(name.as_str()).await? {
        None => Err(Refusal::unknown("token")),
        Some(true) => Ok(reply::json(200, &json!({"ok": true, "name": name}))),
        Some(false) => {
            let body = json!({"ok": true, "name": name, "already_revoked": true});
            Ok(reply::json(200, &body))
        }
    }
}

/// `GET /usage` of one token, `GET /admin/usage` of all: `?days=N`, today included, 30 by default.
///
/// # Errors
/// 422 for `days` that is not a number from 1 to 3660.
pub async fn usage(service: &Service, token: Option<&str>, head: &Parts) -> Result<Reply, Refusal> {
    let days: u64 = match query(head, "days") {
        None => 30,
        Some(text) => text
            .parse()
            .ok()
            .filter(|days| (1..=3660).contains(days))
            .ok_or_else(|| Refusal::field("days", "it must be a number from 1 to 3660"))?,
    };
    let first = now_micros().saturating_sub((days - 1) * DAY * 1_000_000);
    let rows = service.state.usage(token, &day(first)).await?;
    Ok(reply::json(200, &json!({"usage": rows})))
}
