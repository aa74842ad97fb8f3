//! Reads the body of a response. Gives the whole body, or for an event stream the body in its last
//! event; earlier events are passed to the listener.

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::seen::Heard;
use super::{Attempt, Client, Error, Exchange, Listener, error};
use crate::forge::api::event_stream::{Decoder, Event};
use crate::forge::api::reply::Body;
use crate::forge::api::route::Route;
use crate::trace::Direction;

/// The longest reply that is read, in bytes: far more than any model writes.
const LONGEST_REPLY: usize = 256 * 1024 * 1024;

/// A response that has not been read yet.
pub(super) struct Incoming<'a> {
    pub client: &'a Client,
    pub route: &'a Route,
    pub exchange: &'a Exchange,
}

impl Incoming<'_> {
    /// Reads the whole response. Returns its status and body; for an event stream with a listener
    /// those of the last event.
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

    /// Reads an event stream up to its last event. Anything after it is ignored.
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
                note_start(&event, self.exchange);
                let length = event.data.len();
                let tap = &self.client.tap;
                tap.message(Direction::Received, length, || Box::new(Heard::new(&event)));
                listener(&event);
            }
        }
        // The exchange still has what was received, so that the caller can store it.
        Err(self.lost("the event stream ended without the reply".to_owned()))
    }

    /// The next piece, which is also added to the exchange; None at the end.
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

/// Notes the id of a run, with which its first event begins.
fn note_start(event: &Event, exchange: &Exchange) {
    if event.name == "start"
        && let Some(id) = event
            .document()
            .as_ref()
            .and_then(|start| start["run_id"].as_str())
    {
        exchange.note_run(id);
    }
}

/// Whether a response is a stream of server-sent events.
fn is_event_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("text/event-stream")
}

/// The status and the body in the last event of a stream. An `error` has its status in an
/// additional field, which is removed.
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
