//! The caller of a request. Takes the request's head and its address; gives the token after the checks,
//! the Idempotency-Key, and the reply to an order.

use std::net::IpAddr;
use std::rc::Rc;

use hyper::header::{ACCEPT, AUTHORIZATION, HeaderName};
use hyper::http::request::Parts;
use subtle::ConstantTimeEq;

use super::reply::{self, Reply};
use crate::forge::api::cidr::Cidr;
use crate::forge::server::live::WhenGone;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::runs::{Order, Submitted};
use crate::forge::server::service::Service;
use crate::forge::server::state::TokenRow;
use crate::ids::sha256;
use crate::net::now_micros;

/// The caller of a request.
pub struct Caller<'a> {
    /// The service.
    pub service: &'a Rc<Service>,
    /// The head of the request.
    pub head: &'a Parts,
    /// The address of the client.
    pub peer: IpAddr,
}

impl Caller<'_> {
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

    /// The app token, which must be enabled and usable from this address.
    ///
    /// # Errors
    /// 401, 403.
    pub async fn app(&self) -> Result<TokenRow, Refusal> {
        let row = self.service.state.token(self.bearer()?).await?;
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
    /// 400 for one that is too long or not visible ASCII.
    pub fn key(&self) -> Result<Option<String>, Refusal> {
        let Some(key) = self.head.headers.get("idempotency-key") else {
            return Ok(None);
        };
        let sound = |byte: &u8| (b'!'..=b'~').contains(byte);
        let bytes = key.as_bytes();
        if !bytes.is_empty() && bytes.len() <= 255 && bytes.iter().all(sound) {
            Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
        } else {
            Err(Refusal::new(
                400,
                "an Idempotency-Key has 1 to 255 visible ASCII characters",
            ))
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
                let mut reply = if events {
                    reply::streamed_answer(status, &body)
                } else {
                    reply::bytes(status, body)
                };
                let name = HeaderName::from_static("idempotency-replayed");
                reply::header(&mut reply, name, "true");
                return Ok(reply);
            }
            Submitted::Watch(watch) => watch,
        };
        let id = watch.live().row.borrow().id.clone();
        let mut reply = if events {
            reply::streamed(watch)
        } else {
            reply::answer(&*watch.answer().await)
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

/// A client that sent a key can come back for the answer; one that did not can only look through
/// its runs, so that nothing is begun for it when it has gone.
pub fn when_gone(key: &Option<String>) -> WhenGone {
    match key {
        Some(_) => WhenGone::Keep,
        None => WhenGone::KeepIfStarted,
    }
}
