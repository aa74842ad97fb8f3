//! A run as server-sent events: its events as they come, and at last the reply that it would have had
//! without a stream.
//!
//! ```text
//! event: start            event: delta                  event: reply
//! data: {"run_id":"…"}    data: {"type":"delta",…}      data: {"ok":true,"result":…}
//! ```
//!
//! The last event of a run that failed is `error`, with the body of the 502 and its `status`.

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::reply::{self, Reply};
use crate::forge::server::limits::KEEP_ALIVE;
use crate::forge::server::live::{Update, Watch};

/// How many events may be on their way to a client that reads slowly; the others wait where the run
/// keeps them.
const AHEAD: usize = 16;

/// An event as bytes.
pub fn event(name: &str, data: &Value) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

/// The last event.
fn last(status: u16, body: &[u8]) -> Bytes {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = match status {
        200 => "reply",
        _ => {
            body["status"] = json!(status);
            "error"
        }
    };
    event(name, &body)
}

/// A run as it goes on.
pub fn of(mut watch: Watch) -> Reply {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::task::spawn_local(async move {
        let id = watch.live().row.borrow().id.clone();
        let mut started = false;
        loop {
            // When the client is gone, the watch ends, too.
            let next = tokio::select! {
                next = timeout(KEEP_ALIVE, watch.next(&mut started)) => next,
                () = send.closed() => return,
            };
            let bytes = match next {
                Err(_) => Bytes::from_static(b": still here\n\n"),
                Ok(Update::Started) => event("start", &json!({"run_id": id})),
                Ok(Update::Event(seen)) => event(seen.name(), &seen.json()),
                Ok(Update::Answer(answer)) => {
                    let _ = send.send(last(answer.status, &answer.body)).await;
                    return;
                }
            };
            if send.send(bytes).await.is_err() {
                return;
            }
        }
    });
    reply::events(receive)
}

/// A run that was answered before.
pub fn of_stored(status: u16, body: &[u8]) -> Reply {
    let (send, receive) = mpsc::channel(1);
    // There is room for one.
    let _ = send.try_send(last(status, body));
    reply::events(receive)
}
