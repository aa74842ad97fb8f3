//! The body of a response: pieces enter as they come; the whole leaves, or what the last event of a
//! stream stands for. Events before that go to whoever listens.

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::seen::Heard;
use super::{Attempt, Client, Error, Exchange, Listener, error};
use crate::forge::api::event_stream::{Decoder, Event};
use crate::forge::api::reply::Body;
use crate::forge::api::route::Route;
use crate::trace::Direction;

/// The longest reply that is read: far more than any model writes.
const LONGEST_REPLY: usize = 256 * 1024 * 1024;

/// A response that is about to be read.
pub(super) struct Incoming<'a> {
    pub client: &'a Client,
    pub route: &'a Route,
    pub exchange: &'a Exchange,
}

impl Incoming<'_> {
    /// Reads all of it. Gives the status and the body, which are those of the last event if it is
    /// an event stream and somebody listens.
    pub async fn read(
        &self,
        mut response: Response,
        listener: &mut Option<Listener<'_>>,
    ) -> Result<(u16, Vec<u8>), Error> {
        let status = response.status().as_u16();
        if let Some(listener) = listener
            && response.status().is_success()
            && is_event_stream(&response)
        {
            return self.hear(response, listener).await;
        }
        while self.piece(&mut response).await?.is_some() {}
        Ok((status, self.exchange.take_received()))
    }

    /// Reads an event stream up to its last event; that the connection goes on is nobody's concern.
    async fn hear(
        &self,
        mut response: Response,
        listener: &mut Listener<'_>,
    ) -> Result<(u16, Vec<u8>), Error> {
        let (mut decoder, mut events) = (Decoder::default(), Vec::new());
        while let Some(piece) = self.piece(&mut response).await? {
            decoder.push(&piece, &mut events);
            for event in events.drain(..) {
                if event.is_last() {
                    let (status, body) = last_of_stream(event);
                    self.exchange.begin_reply(status);
                    self.exchange.take_received();
                    return Ok((status, body));
                }
                let length = event.data.len();
                let tap = &self.client.tap;
                tap.message(Direction::Received, length, || Box::new(Heard::new(&event)));
                listener(&event);
            }
        }
        // What came stays with the exchange, for whoever keeps it.
        Err(self.lost("the event stream ended without the reply".to_owned()))
    }

    /// The next piece, which the exchange has as well; none at the end.
    async fn piece(&self, response: &mut Response) -> Result<Option<bytes::Bytes>, Error> {
        let piece = response.chunk().await;
        let piece = piece.map_err(|error| self.lost(error::innermost(&error)))?;
        if let Some(piece) = &piece
            && self.exchange.receive(piece) > LONGEST_REPLY
        {
            return Err(Error::TooLong {
                base: self.client.base.clone(),
                limit: LONGEST_REPLY,
                attempt: Attempt::of(self.route, self.exchange),
            });
        }
        Ok(piece)
    }

    fn lost(&self, why: String) -> Error {
        Error::Lost {
            base: self.client.base.clone(),
            why,
            attempt: Attempt::of(self.route, self.exchange),
        }
    }
}

/// Whether a response is one of server-sent events.
fn is_event_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("text/event-stream")
}

/// The status and the body that the last event of a stream stands for. An `error` says its status
/// in a field that the body without a stream does not have.
fn last_of_stream(event: Event) -> (u16, Vec<u8>) {
    if event.name == "reply" {
        return (200, event.data.into_bytes());
    }
    let mut body = Body::read(event.data.as_bytes());
    let mut status = None;
    if let Body::Json(Value::Object(fields)) = &mut body {
        status = fields
            .shift_remove("status")
            .and_then(|status| status.as_u64());
    }
    let status = status.and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (400..600).contains(status));
    (
        status.unwrap_or(500),
        body.to_json().to_string().into_bytes(),
    )
}
