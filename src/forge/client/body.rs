//! The body of a request: what it is made of enters, bytes leave, and whether they have begun to.
//!
//! That they have is how a lost connection and Ctrl-C know whether the service may act.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use crate::forge::api::request::json;

/// Whether the body of a request has begun to leave: from then on the service may act on it.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<AtomicBool>);

impl Sent {
    /// Whether it has.
    pub fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn mark(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What is sent with a request.
pub enum Payload {
    /// Nothing.
    None,
    /// A JSON document.
    Json(Vec<u8>),
    /// A body that is made while it is sent.
    Stream {
        /// Its content type.
        content_type: String,
        /// The body. A length that is known becomes a Content-Length, else it is sent in chunks.
        body: Pin<Box<dyn Streamed>>,
    },
}

/// A body that is made while it is sent.
pub trait Streamed: http_body::Body<Data = Bytes, Error = std::io::Error> + Send + Sync {}

impl<B: http_body::Body<Data = Bytes, Error = std::io::Error> + Send + Sync> Streamed for B {}

impl Payload {
    /// A JSON document.
    pub fn json(request: &impl serde::Serialize) -> Payload {
        Payload::Json(json(request).into_bytes())
    }
}

/// The same, ready to be offered to one connection after another until there is one.
#[derive(Clone)]
pub(super) enum Ready {
    None,
    Json(Bytes),
    Stream {
        content_type: String,
        /// Taken from by the connection that comes about, and by no other: a body that has begun to
        /// leave is never offered again.
        body: Arc<Mutex<Pin<Box<dyn Streamed>>>>,
    },
}

impl Ready {
    /// How long it is, in bytes, as far as that is known.
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

/// A body of known bytes that tells when it is taken.
pub(super) struct Whole {
    pub bytes: Option<Bytes>,
    pub sent: Sent,
}

impl http_body::Body for Whole {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.sent.mark();
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// A streamed body that tells when it is first taken.
pub(super) struct Marked {
    pub body: Arc<Mutex<Pin<Box<dyn Streamed>>>>,
    pub sent: Sent,
}

impl Marked {
    fn body(&self) -> MutexGuard<'_, Pin<Box<dyn Streamed>>> {
        // Nobody else holds it while this connection lives.
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl http_body::Body for Marked {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.sent.mark();
        self.body().as_mut().poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}
