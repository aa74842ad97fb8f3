//! Gives a router an id that all bridges read, so that they know whether they are at the same router.
//!
//! The id is a param at [`ADDRESS`]. The first bridge writes it, only if there is none; a router that
//! keeps its values keeps it, and all routers of a cluster have the same. A router that has lost its
//! values gets another one. So it is the id of a state, whatever URL that is reached by.

use std::time::Duration;

use tokio::time::timeout;

use crate::clasp::client::pipeline::Sent;
use crate::clasp::client::request::{Selector, get, set};
use crate::clasp::client::{Error, Target};
use crate::clasp::wire::{Set, Value};
use crate::ids::random_number;

/// The address of the id. Bridges do not pass it on.
pub const ADDRESS: &str = "/clasp/bridges/id";

/// How long asking may take.
const LIMIT: Duration = Duration::from_secs(3);

/// The router's id. `None` if it has none, and none can be written: the token or the profile does not
/// allow it, nothing is to be written, or the router does not answer.
pub async fn identify(target: Target, may_write: bool) -> Option<String> {
    timeout(LIMIT, read_or_write(&target, may_write))
        .await
        .ok()?
}

async fn read_or_write(target: &Target, may_write: bool) -> Option<String> {
    let known = read(target).await.ok()?;
    if known.is_some() || !may_write {
        return known;
    }
    let id = format!("{:016x}", random_number().ok()?);
    let id = Set {
        address: ADDRESS.into(),
        value: Value::String(id.into()),
        // Only if there is none.
        revision: Some(0),
        lock: false,
        unlock: false,
        ttl: None,
    };
    // If another bridge was faster, its id counts.
    let _ = set(target, id, &Sent::default()).await;
    read(target).await.ok()?
}

async fn read(target: &Target) -> Result<Option<String>, Error> {
    let found = get(target, &[Selector::Address(ADDRESS.to_owned())]).await?;
    let param = found.first().and_then(|found| found.params.first());
    Ok(param.and_then(|param| match &param.value {
        Value::String(id) if is_id(id) => Some(id.to_string()),
        _ => None,
    }))
}

fn is_id(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
