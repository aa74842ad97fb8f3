//! How a request fails, and its exit code, its fields in `--errors json`, and whether it may be
//! charged.
//!
//! The outcome is decided here, when the reply is read or is missing. A status of 4xx or 5xx counts
//! as the service's own reply only if the contract has it. A gateway's reply tells nothing about a
//! prompt that the service may be working on.

use std::fmt::{self, Display};
use std::io;
use std::time::Duration;

use serde_json::Value;

use super::{Base, Exchange};
use crate::error::{Detail, Failing, Kind};
use crate::forge::api::moment::InWords;
use crate::forge::api::names::{Agent, FileToken};
use crate::forge::api::reply::{Body, stderr_of};
use crate::forge::api::route::{Repeat, Route};
use crate::net::endpoint::without_secrets;
use crate::net::proxy::Proxy;
use crate::net::tls;
use crate::net::tunnel::TunnelError;
use crate::outcome::Outcome;

/// Why there is no reply, or no successful one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is not valid.
    #[error("'{given}' is not the URL of a forge service: {why}")]
    BadUrl {
        /// What was given, without credentials.
        given: String,
        /// What is wrong with it.
        why: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// Root certificates or a token that cannot be used.
    #[error("{0}")]
    Setup(String),
    /// The connection could not be established: nothing was sent.
    #[error("{}", .base.no_connection(.cause))]
    Connect {
        /// The service.
        base: Base,
        /// Why.
        cause: NoConnection,
        /// The request, which was not sent.
        attempt: Attempt,
    },
    /// The connection was lost before the reply was complete.
    #[error("{}", match (.attempt.sent, .attempt.repeat) {
        (false, _) | (_, Repeat::Harmless) => format!("the connection to {base} was lost: {why}"),
        (true, Repeat::Doubles) => format!("the connection to {base} was lost after the request \
                                            was sent{}", .attempt.doubt()),
        (true, Repeat::Charged) => format!("the connection was lost after the prompt was sent{}",
                                           .attempt.doubt()),
    })]
    Lost {
        /// The service.
        base: Base,
        /// The error of the system or of the protocol.
        why: String,
        /// The request.
        attempt: Attempt,
    },
    /// No reply in time.
    #[error("no answer from {base} within {}{}", Seconds(*.limit), .attempt.doubt())]
    TimedOut {
        /// The service.
        base: Base,
        /// The time limit.
        limit: Duration,
        /// The request.
        attempt: Attempt,
    },
    /// The reply is longer than the limit.
    #[error("{base} replies with more than {} MiB{}", .limit / (1024 * 1024), .attempt.doubt())]
    TooLong {
        /// The service.
        base: Base,
        /// The limit, in bytes.
        limit: usize,
        /// The request.
        attempt: Attempt,
    },
    /// The service redirects; redirects are not followed.
    #[error("{base} redirects (HTTP {status}){}", .location.as_ref()
        .map(|to| format!(" to {}", without_secrets(to))).unwrap_or_default())]
    Redirected {
        /// The service.
        base: Base,
        /// The HTTP status.
        status: u16,
        /// The target.
        location: Option<String>,
        /// The request.
        attempt: Attempt,
    },
    /// The service refused or failed.
    #[error("{0}")]
    Refused(Box<Refusal>),
}

/// Why a connection could not be established.
#[derive(Debug)]
pub enum NoConnection {
    /// The host name cannot be resolved.
    Resolve(String),
    /// No server listens there.
    Refused,
    /// TLS failed.
    Tls {
        /// The error.
        why: String,
        /// The hint.
        hint: Option<String>,
    },
    /// The URL is one of `http://`, and the server there speaks TLS: it could read nothing.
    SpeaksTls,
    /// The proxy did not open a connection.
    Proxy {
        /// The proxy.
        proxy: Proxy,
        /// Why it did not.
        tunnel_error: TunnelError,
    },
    /// The time limit passed.
    TimedOut(Duration),
    /// Another error.
    Other(String),
}

/// Facts about a request: the effect of repeating it, and whether it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    repeat: Repeat,
    sent: bool,
}

/// Statuses that a gateway sends when it gives up waiting, and a forge service never sends: 408,
/// 504, and those of Cloudflare.
const GATEWAY_GAVE_UP: [std::ops::RangeInclusive<u16>; 3] = [408..=408, 504..=504, 520..=530];

impl Attempt {
    pub(super) fn of(route: &Route, exchange: &Exchange) -> Attempt {
        Attempt {
            repeat: route.repeat(),
            sent: exchange.is_sent(),
        }
    }

    /// The outcome without a reply; `None` for a request that can be repeated.
    fn outcome(self) -> Option<Outcome> {
        match (self.repeat, self.sent) {
            (Repeat::Harmless, _) => None,
            (_, false) => Some(Outcome::NotSent),
            (_, true) => Some(Outcome::Unknown),
        }
    }

    /// The outcome if the reply has this status of 4xx or 5xx. Both the service and gateways send
    /// 502 and 503: the body shows which one it was.
    pub(super) fn refused(self, status: u16, body: &Body) -> Option<Outcome> {
        let outcome = self.outcome()?;
        let told = match status {
            status if GATEWAY_GAVE_UP.iter().any(|range| range.contains(&status)) => {
                return Some(outcome);
            }
            502 | 503 if !body.is_of_service(status) => return Some(outcome),
            400..=499 | 503 => Outcome::Refused,
            _ => Outcome::Failed,
        };
        Some(outcome.narrowed_to(told))
    }

    /// The addition to an error message if the outcome is unknown.
    fn doubt(self) -> &'static str {
        match (self.sent, self.repeat) {
            (false, _) | (_, Repeat::Harmless) => "",
            (true, Repeat::Doubles) => "; whether it was done is unknown",
            (true, Repeat::Charged) => "; the run may still finish and be charged",
        }
    }
}

/// A reply with a status of 4xx or 5xx.
#[derive(Debug)]
pub struct Refusal {
    /// The service.
    pub base: Base,
    /// The action.
    pub route: Route,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// When to try again: seconds or a date.
    pub retry_after: Option<String>,
    /// The proxy that may have sent this reply instead of the service: the connection through it
    /// was not encrypted, and the reply is not in the service's form.
    pub proxy: Option<Proxy>,
    /// The outcome of the request; `None` if it only reads or can be repeated.
    pub outcome: Option<Outcome>,
}

/// A time limit in seconds, for messages.
struct Seconds(Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.as_secs_f64())
    }
}

impl Error {
    pub(super) fn setup(why: impl Display) -> Error {
        Error::Setup(why.to_string())
    }

    /// Finds the cause of a failure to connect in the sources of an error; `limit` is set if it has
    /// passed.
    pub(super) fn connect(
        base: &Base,
        proxy: Option<&Proxy>,
        attempt: Attempt,
        limit: Option<Duration>,
        error: &dyn std::error::Error,
    ) -> Error {
        let why = innermost(error);
        let mut cause = NoConnection::Other(why.clone());
        let mut layer = error.source();
        while let Some(source) = layer {
            let io = source.downcast_ref::<io::Error>();
            if source.to_string().contains("dns error") {
                cause = NoConnection::Resolve(why.clone());
            } else if io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused) {
                cause = NoConnection::Refused;
            } else if let Some(hint) = tls::hint::of_layer(source, "http://") {
                cause = NoConnection::Tls {
                    why: why.clone(),
                    hint,
                };
            }
            layer = source.source();
        }
        if let Some(limit) = limit {
            cause = NoConnection::TimedOut(limit);
        }
        if let Some(proxy) = proxy.filter(|_| !matches!(cause, NoConnection::Tls { .. })) {
            let why = match &cause {
                NoConnection::Refused => "is not there (connection refused)".to_owned(),
                NoConnection::TimedOut(limit) => {
                    format!("did not connect within {}", Seconds(*limit))
                }
                _ => format!("cannot be used: {why}"),
            };
            cause = NoConnection::Proxy {
                proxy: proxy.clone(),
                tunnel_error: TunnelError { why, status: None },
            };
        }
        Error::Connect {
            base: base.clone(),
            cause,
            attempt,
        }
    }

    /// The error for a server that speaks TLS at an `http://` URL. Nothing that it was sent is a record
    /// of TLS, so it has read none of it.
    pub(super) fn speaks_tls(base: &Base, route: &Route) -> Error {
        Error::Connect {
            base: base.clone(),
            cause: NoConnection::SpeaksTls,
            attempt: Attempt {
                repeat: route.repeat(),
                sent: false,
            },
        }
    }

    /// The error for a proxy that did not open a connection.
    pub(super) fn proxy(
        base: &Base,
        proxy: &Proxy,
        route: &Route,
        tunnel_error: TunnelError,
    ) -> Error {
        Error::Connect {
            base: base.clone(),
            attempt: Attempt {
                repeat: route.repeat(),
                sent: false,
            },
            cause: NoConnection::Proxy {
                proxy: proxy.clone(),
                tunnel_error,
            },
        }
    }

    /// Whether a later attempt to connect may succeed.
    pub(super) fn is_temporary(&self) -> bool {
        match self {
            Error::Connect { cause, .. } => match cause {
                NoConnection::Tls { .. } | NoConnection::SpeaksTls => false,
                NoConnection::Proxy { tunnel_error, .. } => tunnel_error.is_temporary(),
                _ => true,
            },
            _ => false,
        }
    }

    /// Whether the service may have begun the request, and its outcome is not known.
    pub fn is_unknown(&self) -> bool {
        self.outcome() == Some(Outcome::Unknown)
    }
}

impl Base {
    fn with_tls_hint(&self) -> String {
        let url = self.to_string().replacen("http:", "https:", 1);
        format!("Name it with https://: --url {url}")
    }

    fn no_connection(&self, cause: &NoConnection) -> String {
        match cause {
            NoConnection::Resolve(why) => format!("cannot find the host of {self} ({why})"),
            NoConnection::Refused => format!("nothing listens at {self} (connection refused)"),
            NoConnection::Tls { why, .. } => format!("TLS with {self} failed: {why}"),
            NoConnection::SpeaksTls => format!("the server at {self} speaks TLS, not plain HTTP"),
            NoConnection::Proxy {
                proxy,
                tunnel_error,
            } => {
                format!("the proxy {proxy} {}", tunnel_error.why)
            }
            NoConnection::TimedOut(limit) => {
                format!(
                    "{self} did not answer the connection within {}",
                    Seconds(*limit)
                )
            }
            NoConnection::Other(why) => format!("cannot connect to {self}: {why}"),
        }
    }
}

/// The innermost source of an error: the outer ones only say "error sending request".
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

impl Failing for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::BadUrl { .. } | Error::Setup(_) => Kind::Usage,
            // It is the time limit of the run, not the deadline of the command.
            Error::TimedOut { .. } if self.is_unknown() => Kind::Partial,
            Error::Connect {
                cause: NoConnection::Proxy { tunnel_error, .. },
                ..
            } if tunnel_error.is_refusal() => Kind::Refused,
            Error::Connect { .. } | Error::Lost { .. } => Kind::Connection,
            Error::TimedOut { .. } => Kind::Deadline,
            Error::TooLong { .. } => Kind::Service,
            Error::Redirected { .. } => Kind::Refused,
            Error::Refused(refusal) => refusal.kind(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Error::BadUrl { suggestion, .. } => suggestion
                .as_ref()
                .map(|url| format!("did you mean {url}?")),
            Error::Connect {
                cause: NoConnection::Tls { hint, .. },
                ..
            } => hint.clone(),
            Error::Connect {
                base,
                cause: NoConnection::SpeaksTls,
                ..
            } => Some(base.with_tls_hint()),
            Error::Connect {
                cause:
                    NoConnection::Proxy {
                        proxy,
                        tunnel_error,
                    },
                ..
            } => Some(tunnel_error.hint(proxy)),
            Error::Connect { .. } => {
                Some("Name the service with --url, CLAWDFORGE_URL or --profile".into())
            }
            Error::Redirected { location, .. } => Some(match location {
                Some(_) => {
                    "Nothing is sent there unasked; if it is the service, give it as --url".into()
                }
                None => "Give the service's own URL with --url".into(),
            }),
            error if error.is_unknown() => None,
            Error::TimedOut { .. } => {
                Some("Give it longer with --timeout, such as --timeout 30s".into())
            }
            Error::Refused(refusal) => refusal.hint(),
            _ => None,
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        match self {
            Error::BadUrl { .. } | Error::Setup(_) => None,
            Error::Connect { attempt, .. }
            | Error::Lost { attempt, .. }
            | Error::TimedOut { attempt, .. }
            | Error::TooLong { attempt, .. } => attempt.outcome(),
            Error::Redirected { attempt, .. } => {
                let outcome = attempt.outcome();
                outcome.map(|outcome| outcome.narrowed_to(Outcome::Refused))
            }
            Error::Refused(refusal) => refusal.outcome,
        }
    }

    fn retryable(&self) -> bool {
        match self {
            Error::Connect { .. } => self.is_temporary(),
            Error::Lost { .. } | Error::TimedOut { .. } => true,
            Error::Refused(refusal) => refusal.is_busy(),
            _ => false,
        }
    }

    fn detail(&self) -> Option<Detail> {
        Some(match self {
            Error::BadUrl { .. } | Error::Setup(_) => return None,
            Error::Refused(refusal) => Detail {
                kind: if refusal.is_auth() { "auth" } else { "api" },
                status: Some(refusal.status),
                body: (!refusal.body.is_empty()).then(|| refusal.body.to_json()),
                retry_after_secs: refusal.retry_after_secs(),
            },
            Error::Redirected { status, .. } => Detail {
                kind: "api",
                status: Some(*status),
                body: None,
                retry_after_secs: None,
            },
            _ => Detail {
                kind: "transport",
                status: None,
                body: None,
                retry_after_secs: None,
            },
        })
    }
}

impl Refusal {
    fn kind(&self) -> Kind {
        match self.status {
            400..=499 => Kind::Refused,
            _ => Kind::Service,
        }
    }

    /// When to try again, if it is told in seconds.
    fn retry_after_secs(&self) -> Option<u64> {
        self.retry_after.as_ref()?.trim().parse().ok()
    }

    fn is_auth(&self) -> bool {
        matches!(self.status, 401 | 403)
    }

    /// Whether the service may accept the same request later, and has not begun it now.
    pub fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503) && !self.is_agent_missing()
    }

    /// Whether there is no program for the agent: that does not pass by itself.
    fn is_agent_missing(&self) -> bool {
        self.body.text("code") == Some("agent_missing")
    }

    /// Whether it is a run that somebody has stopped.
    fn is_stopped(&self) -> bool {
        self.body.text("stop_reason") == Some("cancelled")
    }

    /// That a failed run is charged, and how much, if the service says so.
    fn charge(&self) -> Option<String> {
        if self.status != 502 || self.outcome != Some(Outcome::Failed) {
            return None;
        }
        match self.body.field("cost_usd").and_then(Value::as_f64) {
            Some(usd) if usd > 0.0 => Some(format!("{usd:.4} USD are charged")),
            Some(_) => None,
            // What was stopped has begun, so it has cost something.
            None => {
                matches!(self.body.text("stop_reason"), Some("timeout" | "cancelled")).then(|| {
                    "what it cost is charged, and the service does not say how much".to_owned()
                })
            }
        }
    }

    /// Whether it is the complaint of nginx, Apache or Go about plain HTTP where they speak TLS.
    fn names_tls(&self) -> bool {
        let said = self.body.complaint().unwrap_or_default();
        let words = ["to HTTPS port", "to an HTTPS server", "SSL-enabled server"];
        words.iter().any(|words| said.contains(words))
    }

    /// The models that the token may use, if it is refused another.
    fn models(&self) -> Option<&Vec<Value>> {
        self.body.field("models")?.as_array()
    }

    /// Whether it is a file that is not there, and not the path or the session.
    fn names_file(&self) -> bool {
        let said = || self.body.complaint().unwrap_or_default();
        self.body.text("code") == Some("no_such_file") || said().contains(FileToken::PREFIX)
    }

    fn is_admin(&self) -> bool {
        matches!(
            self.route,
            Route::CreateToken | Route::Tokens | Route::RevokeToken(_)
        )
    }

    fn hint(&self) -> Option<String> {
        let later = || match &self.retry_after {
            Some(when) => match when.parse() {
                Ok(seconds) => {
                    format!("Try again in {}", InWords(Duration::from_secs(seconds)))
                }
                Err(_) => format!("Try again after {when}"),
            },
            None => "Try again later".to_owned(),
        };
        Some(match (self.status, &self.route) {
            (401 | 403, Route::AllUsage { .. }) => {
                "--all wants the admin token: CLAWDFORGE_ADMIN_TOKEN, or --token-file".into()
            }
            (401 | 403, _) if self.is_admin() => {
                "Token commands want the admin token: CLAWDFORGE_ADMIN_TOKEN, or --token-file"
                    .into()
            }
            (401, _) => {
                "Is it an app token (cf_…)? Make one with: trefoil forge token create NAME".into()
            }
            (403, _) if self.models().is_some() => {
                let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                let mut models = self.models()?.iter().filter_map(Value::as_str);
                // It is to be pasted into a shell.
                let first = models.find(|name| name.chars().all(plain))?;
                format!("Name one that it may use: --model {first}")
            }
            (403, _) => {
                "The token may be bound to other addresses: trefoil forge token list (admin)".into()
            }
            (422, Route::Run | Route::Turn(_)) => {
                let most = self.body.field("max_timeout_secs")?.as_u64()?;
                format!("Give it no more than that: --timeout {most}s")
            }
            (404, Route::Run | Route::Turn(_)) if self.names_file() => {
                "It may have expired. Upload it again: trefoil forge upload PATH, or -f PATH".into()
            }
            (404, Route::Session(_) | Route::CloseSession(_) | Route::Turn(_)) => {
                "Sessions of this token: trefoil forge session list".into()
            }
            (404, Route::CancelRun(_)) => {
                "Runs are kept for a day, each for the token that has begun it".into()
            }
            (404, Route::RevokeToken(_)) => "The names there are: trefoil forge token list".into(),
            (409, Route::CreateToken) => {
                "One of that name is there: trefoil forge token list, or revoke it first".into()
            }
            // Some servers with TLS answer plain text in plain text.
            (400, _) if !self.base.is_tls() && self.names_tls() => self.base.with_tls_hint(),
            (404 | 405, _) => "Is that a forge service? Try: trefoil forge health".into(),
            (410, _) => "Open another one with: trefoil forge session new".into(),
            (429 | 503, _) if self.is_agent_missing() => {
                let agent = self.body.text("agent").map(str::parse::<Agent>);
                let option = match &agent {
                    Some(Ok(agent)) if agent.as_str() != "claude" => {
                        format!("--agent-command {}=COMMAND", agent.as_str())
                    }
                    _ => "--claude PATH".to_owned(),
                };
                format!("Whoever runs the service can name it: trefoil forge serve {option}")
            }
            (429 | 503, _) => later(),
            _ => return None,
        })
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (base, status) = (&self.base, self.status);
        let complaint = self.body.complaint();
        let mut said = complaint.as_deref();
        match (status, &self.route) {
            (_, route) if self.outcome == Some(Outcome::Unknown) => {
                let doubt = Attempt {
                    repeat: route.repeat(),
                    sent: true,
                }
                .doubt();
                write!(
                    f,
                    "not the service but a gateway answers for {base} (HTTP {status}){doubt}"
                )?;
            }
            (401, _) => write!(f, "{base} refuses the token (HTTP 401)")?,
            (403, _) if self.models().is_some() => match said.take() {
                Some(said) => write!(f, "{said} (HTTP 403 from {base})")?,
                None => write!(f, "{base} refuses the model (HTTP 403)")?,
            },
            (403, _) => write!(f, "{base} refuses this token or this address (HTTP 403)")?,
            (404, Route::Turn(_)) if self.names_file() => {
                write!(f, "{base} refuses it (HTTP 404)")?;
            }
            (404, Route::Turn(id) | Route::Session(id) | Route::CloseSession(id)) => {
                write!(
                    f,
                    "there is no session {id}, or it is another token's (HTTP 404)"
                )?;
            }
            (404, Route::RevokeToken(name)) => {
                write!(f, "there is no token named '{name}' (HTTP 404)")?;
            }
            (410, Route::Turn(id)) => write!(f, "the session {id} is closed (HTTP 410)")?,
            (429 | 503, _) => match said.take_if(|_| self.body.is_of_service(status)) {
                Some(said) => write!(f, "{said} (HTTP {status} from {base})")?,
                None => write!(f, "{base} refuses it for now (HTTP {status})")?,
            },
            (502, route) if self.is_stopped() => {
                write!(f, "the {} was stopped", route.noun())?;
                said = None;
            }
            (502, route) if route.repeat() == Repeat::Charged => {
                write!(f, "the {} failed (HTTP 502)", route.noun())?
            }
            (400..=499, _) => write!(f, "{base} refuses it (HTTP {status})")?,
            _ => write!(f, "{base} failed (HTTP {status})")?,
        }
        if let Some(said) = said {
            write!(f, ": {said}")?;
        }
        if let Some(charge) = self.charge() {
            write!(f, "; {charge}")?;
        }
        if let Some(stderr) = stderr_of(&self.body) {
            write!(f, "\n{stderr}")?;
        }
        if let Some(proxy) = &self.proxy {
            write!(
                f,
                "\nit came through the proxy {proxy}, which may have answered itself"
            )?;
        }
        Ok(())
    }
}
