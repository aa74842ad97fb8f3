//! The body of a request. Takes its content; gives bytes, and marks its [`Exchange`] as sent when
//! the first of them are sent.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use super::exchange::Exchange;
use crate::forge::api::route::json;

/// The body of a request.
pub enum Payload {
    /// No body.
    None,
    /// A JSON document.
    Json(Vec<u8>),
    /// A body that is produced while it is sent.
    Stream {
        /// Its content type.
        content_type: String,
        /// The body. With a known length it has a Content-Length; otherwise it is sent in chunks.
        body: Pin<Box<dyn Streamed>>,
    },
}

/// A body that is produced while it is sent.
pub trait Streamed: http_body::Body<Data = Bytes, Error = std::io::Error> + Send + Sync {}

impl<B: http_body::Body<Data = Bytes, Error = std::io::Error> + Send + Sync> Streamed for B {}

impl Payload {
    /// A JSON document.
    pub fn json(request: &impl serde::Serialize) -> Payload {
        Payload::Json(json(request).into_bytes())
    }
}

/// The body of a request, which can be offered to several connection attempts until one succeeds.
#[derive(Clone)]
pub(super) enum Ready {
    None,
    Json(Bytes),
    Stream {
        content_type: String,
        /// Only the connection that is established reads it: a body of which anything was sent is
        /// never offered again.
        body: Arc<Mutex<Pin<Box<dyn Streamed>>>>,
    },
}

impl Ready {
    /// Its length in bytes, if it is known.
    pub(super) fn length(&self) -> usize {
        match self {
            Ready::None => 0,
            Ready::Json(bytes) => bytes.len(),
            Ready::Stream { body, .. } => {
                let body = body.lock().unwrap_or_else(PoisonError::into_inner);
                usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX)
            }
        }
    }
}

impl From<Payload> for Ready {
    fn from(payload: Payload) -> Ready {
        match payload {
            Payload::None => Ready::None,
            Payload::Json(bytes) => Ready::Json(bytes.into()),
            Payload::Stream { content_type, body } => Ready::Stream {
                content_type,
                body: Arc::new(Mutex::new(body)),
            },
        }
    }
}

/// A body of known bytes.
pub(super) struct Whole {
    pub bytes: Option<Bytes>,
    pub exchange: Exchange,
}

impl http_body::Body for Whole {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.exchange.mark_sent();
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// A body that is produced while it is sent.
pub(super) struct Stream {
    pub body: Arc<Mutex<Pin<Box<dyn Streamed>>>>,
    pub exchange: Exchange,
}

impl Stream {
    fn body(&self) -> MutexGuard<'_, Pin<Box<dyn Streamed>>> {
        // The lock is free: only this connection uses the body.
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.exchange.mark_sent();
        self.body().as_mut().poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}
