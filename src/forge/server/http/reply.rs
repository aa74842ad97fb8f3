//! Replies: JSON, or events as they come.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::forge::server::live::Answer;
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
