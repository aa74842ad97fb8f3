//! Opens and closes sessions. Takes the agent and the metadata; gives an open session, which is
//! closed again however the command ends.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use crate::error::{Detail, Failing, Failure, Kind};
use crate::forge::api::names::{Agent, SessionId};
use crate::forge::api::reply::Body;
use crate::forge::api::route::{OpenSession, Route};
use crate::forge::client::{Client, Error, Exchange, Payload, Reply};
use crate::forge::cmd::connection::affirmed;
use crate::forge::cmd::prompt::text;
use crate::outcome::Outcome;
use crate::term::{Console, Interrupt};
use crate::text::json::beginning;

/// The time limit for opening or closing a session.
pub const LIMIT: Duration = Duration::from_secs(30);

/// How long a command still waits after a signal, so that it does not leave a session open.
const GRACE: Duration = Duration::from_secs(5);

const LOOK: &str = "If it is open, it is in: trefoil forge session list --open";

/// Options of every verb that opens a session.
#[derive(Debug, Clone, clap::Args)]
pub struct OpenArgs {
    /// Let this agent answer
    #[arg(long, value_name = "NAME", default_value = "claude")]
    pub agent: Agent,

    /// Use this model [default: the service's]
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,

    /// Store this with the session: a JSON object, or @FILE
    #[arg(long, value_name = "JSON")]
    meta: Option<String>,
}

impl OpenArgs {
    /// The metadata for the service.
    ///
    /// # Errors
    /// A usage failure if it is not a JSON object.
    pub fn meta(&self) -> Result<Option<Value>, Failure> {
        let Some(given) = &self.meta else {
            return Ok(None);
        };
        let given = text("metadata", given)?;
        let bad = |why: String| {
            let failure = Failure::usage(format!("--meta '{}': {why}", beginning(&given)));
            failure.with_hint(r#"Such as --meta '{"caller":"ci"}'"#)
        };
        match serde_json::from_str(&given) {
            Ok(meta @ Value::Object(_)) => Ok(Some(meta)),
            Ok(_) => Err(bad("it is not a JSON object".to_owned())),
            Err(error) => Err(bad(format!("it is not JSON ({error})"))),
        }
    }
}

/// A session that was opened.
#[derive(Debug)]
pub struct Opened {
    /// Its id.
    pub id: SessionId,
    /// The service's reply.
    pub body: Body,
}

impl Opened {
    /// Reads the reply to opening a session.
    ///
    /// # Errors
    /// [`Kind::Partial`] if it is unknown whether the session is open, for example after a reply
    /// without an id; [`Kind::Service`] if the reply says that it is not open.
    pub fn read(reply: Result<Reply, Error>) -> Result<Opened, Failure> {
        let reply = reply.map_err(|error| {
            let (unknown, hint) = (error.is_unknown(), error.hint());
            let failure = Failure::from(error);
            if unknown && hint.is_none() {
                failure.with_hint(LOOK)
            } else {
                failure
            }
        })?;
        affirmed(&reply, "the session was not opened")?;
        let Reply { status, body, .. } = reply;
        if let Some(id) = body.text("session_id").and_then(|id| id.parse().ok()) {
            return Ok(Opened { id, body });
        }
        let said = body.to_json();
        let failure = Failure::new(
            Kind::Service,
            "the reply is not what the contract says: it names no session",
        );
        Err(failure
            .with_outcome(Outcome::Unknown)
            .with_hint(format!("It is: {}\n{LOOK}", beginning(&said.to_string())))
            .with_detail(Detail {
                kind: "api",
                status: Some(status),
                body: Some(said),
                retry_after_secs: None,
            }))
    }
}

/// Opens a session for a caller that will close it. After a signal the session is not left open.
///
/// # Errors
/// The errors of [`Opened::read`]; a signal.
pub async fn open(
    client: &Client,
    request: &OpenSession<'_>,
    signals: &mut Interrupt,
    console: &Console,
) -> Result<Opened, Failure> {
    let (payload, exchange) = (Payload::json(request), Exchange::default());
    let mut reply = pin!(client.send(&Route::OpenSession, payload, Some(LIMIT), &exchange));
    let kind = tokio::select! {
        reply = &mut reply => return Opened::read(reply),
        kind = signals.wait() => kind,
    };
    if !exchange.is_sent() {
        return Err(Failure::signal(kind));
    }
    console.note("waiting for the session to be open, to close it");
    let late = tokio::select! {
        late = timeout(GRACE, reply) => late.ok(),
        _ = signals.wait() => None,
    };
    match late {
        Some(reply) => {
            let opened = Opened::read(reply)?;
            close(client, &opened.id, signals, console).await;
            Err(Failure::signal(kind))
        }
        None => Err(Failure::new(
            Kind::Partial,
            "interrupted while a session was being opened; whether it is open is unknown",
        )
        .with_outcome(Outcome::Unknown)
        .with_hint(LOOK)),
    }
}

/// Closes a session, or warns that it may still be open. Returns whether it is closed.
pub async fn close(
    client: &Client,
    id: &SessionId,
    signals: &mut Interrupt,
    console: &Console,
) -> bool {
    let route = Route::CloseSession(id.clone());
    let reply = wait_unless_signalled(client.ask(&route, Some(LIMIT)), signals).await;
    let trouble = match reply {
        Some(Ok(reply)) => match reply.body.denial() {
            None => return true,
            Some(why) => format!("the service says that it is not closed: {why}"),
        },
        // The service does not know it any more, so it is closed.
        Some(Err(Error::Refused(refusal))) if matches!(refusal.status, 404 | 410) => return true,
        Some(Err(error)) => error.to_string(),
        None => "interrupted".to_owned(),
    };
    console.warn(format_args!(
        "the session {id} may still be open ({trouble}); close it with: trefoil forge session \
         close {id}"
    ));
    false
}

/// Waits for a future; after a signal only for a short time, and after a second one not at all.
async fn wait_unless_signalled<T>(
    work: impl Future<Output = T>,
    signals: &mut Interrupt,
) -> Option<T> {
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => return Some(done),
        _ = signals.wait() => {}
    }
    tokio::select! {
        done = timeout(GRACE, work) => done.ok(),
        _ = signals.wait() => None,
    }
}
