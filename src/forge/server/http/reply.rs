//! Replies: JSON, or a run as server-sent events: its events as they come, and at last the reply that
//! it would have had without a stream.
//!
//! ```text
//! event: start            event: delta                  event: reply
//! data: {"run_id":"…"}    data: {"type":"delta",…}      data: {"ok":true,"result":…}
//! ```
//!
//! The last event of a run that failed is `error`, with the body of the 502 and its `status`.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::forge::server::limits::KEEP_ALIVE;
use crate::forge::server::live::{Answer, Update, Watch};
use crate::forge::server::refusal::Refusal;

/// A body.
#[derive(Debug)]
pub enum ReplyBody {
    /// All of it.
    Whole(Option<Bytes>),
    /// What comes through a channel; it is closed at the end.
    Stream(mpsc::Receiver<Bytes>),
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match &mut *self {
            ReplyBody::Whole(bytes) => Poll::Ready(bytes.take()),
            ReplyBody::Stream(channel) => channel.poll_recv(cx),
        };
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, ReplyBody::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            ReplyBody::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            ReplyBody::Stream(_) => SizeHint::default(),
        }
    }
}

/// A reply.
pub type Reply = Response<ReplyBody>;

/// A status and bytes that are JSON.
pub fn bytes(status: u16, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(ReplyBody::Whole(Some(body.into())));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    header(&mut reply, CONTENT_TYPE, "application/json");
    reply
}

/// A status and JSON.
pub fn json(status: u16, body: &Value) -> Reply {
    bytes(status, body.to_string())
}

/// An error reply.
pub fn refused(refusal: &Refusal) -> Reply {
    let mut reply = json(refusal.status, &refusal.body);
    later(&mut reply, refusal.retry_after);
    reply
}

/// The answer of a run.
pub fn answer(answer: &Answer) -> Reply {
    let mut reply = bytes(answer.status, answer.body.clone());
    later(&mut reply, answer.retry_after);
    reply
}

/// Events as they come.
pub fn events(channel: mpsc::Receiver<Bytes>) -> Reply {
    let mut reply = Response::new(ReplyBody::Stream(channel));
    header(&mut reply, CONTENT_TYPE, "text/event-stream");
    header(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

/// Sets a header, if its value can be one.
pub fn header(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

fn later(reply: &mut Reply, seconds: Option<u64>) {
    if let Some(seconds) = seconds {
        header(reply, RETRY_AFTER, &seconds.to_string());
    }
}

/// How many events may be on their way to a client that reads slowly; the others wait where the run
/// keeps them.
const AHEAD: usize = 16;

/// An event as bytes.
fn event(name: &str, data: &Value) -> Bytes {
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
pub fn streamed(mut watch: Watch) -> Reply {
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
    events(receive)
}

/// A run that was answered before.
pub fn streamed_answer(status: u16, body: &[u8]) -> Reply {
    let (send, receive) = mpsc::channel(1);
    // There is room for one.
    let _ = send.try_send(last(status, body));
    events(receive)
}
