//! Uploads one file. Takes a [`Source`]; gives its token after the service has confirmed that it
//! has the whole file.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::source::Source;
use crate::error::{Detail, Failing, Failure, Kind};
use crate::forge::api::multipart::frame;
use crate::forge::api::names::FileToken;
use crate::forge::api::reply::{Body, read_kept};
use crate::forge::api::route::{Route, TTL_LIMITS};
use crate::forge::client::feed::{FileFeed, Trouble};
use crate::forge::client::{Client, Error, Exchange, Payload};
use crate::ids::{NoRandomness, random};
use crate::term::{Console, Progress};
use crate::text::count::Size;
use crate::text::duration::{InWords, seconds, whole_seconds};

/// How often the progress is updated.
const UPDATE_INTERVAL: Duration = Duration::from_millis(100);

/// The default TTL of a file.
pub const DEFAULT_TTL: Duration = Duration::from_secs(3600);

/// How files are uploaded.
#[derive(Debug)]
pub struct Transfer<'a> {
    /// The service.
    pub client: &'a Client,
    /// The console for progress and warnings.
    pub console: &'a Console,
    /// How long the service should keep the files.
    pub ttl: Duration,
    /// The time limit of one upload.
    pub limit: Option<Duration>,
}

/// A file that the service has.
#[derive(Debug)]
pub struct Uploaded {
    /// Its token.
    pub token: FileToken,
    /// Its size in bytes.
    pub size: u64,
    /// How long it is kept.
    pub ttl: Duration,
    /// The service's reply.
    pub body: Body,
}

/// Why an upload failed.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file could not be read completely.
    #[error(transparent)]
    File(#[from] Trouble),
    /// The service or the connection failed.
    #[error(transparent)]
    Service(#[from] Error),
    /// The connection was lost before the whole file was sent.
    #[error("{error}; {} were sent", Size(*sent))]
    CutShort {
        /// The error of the connection.
        error: Error,
        /// How much was sent.
        sent: u64,
    },
    /// The reply breaks the contract.
    #[error("the reply is not what the contract says: {0}")]
    Broken(String, Body),
    /// The service has another number of bytes than was sent.
    #[error("the service has {kept} bytes of it, and {sent} were sent")]
    Size {
        /// How many bytes it reports.
        kept: u64,
        /// What was sent.
        sent: u64,
    },
    /// The service replied before the whole file was sent.
    #[error("the service said that it had it when {sent} bytes were sent, and there were more")]
    Early {
        /// How many bytes were sent until then.
        sent: u64,
    },
}

impl UploadError {
    /// Whether the failure concerns only this file, so that others can still be uploaded.
    pub fn is_about_the_file(&self) -> bool {
        match self {
            UploadError::File(_) => true,
            UploadError::Service(Error::Refused(refusal)) => {
                matches!(refusal.status, 400 | 413 | 415 | 422)
            }
            _ => false,
        }
    }

    /// The failure of a command; it names the file if the file is the cause.
    pub fn of(self, source: &Source) -> Failure {
        let is_named = match &self {
            UploadError::Service(Error::Lost { .. } | Error::TimedOut { .. }) => true,
            UploadError::Service(_) => self.is_about_the_file(),
            _ => true,
        };
        let failure = Failure::from(self);
        if is_named {
            failure.context(source.shown().into_owned())
        } else {
            failure
        }
    }
}

impl Failing for UploadError {
    fn kind(&self) -> Kind {
        match self {
            UploadError::File(_) => Kind::Usage,
            UploadError::Service(error) | UploadError::CutShort { error, .. } => error.kind(),
            UploadError::Broken(..) | UploadError::Size { .. } | UploadError::Early { .. } => {
                Kind::Service
            }
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            UploadError::Service(error) => error.hint(),
            UploadError::CutShort { .. } => {
                Some("A service that takes no files of this size may break off like that".into())
            }
            _ => None,
        }
    }

    fn retryable(&self) -> bool {
        match self {
            UploadError::Service(error) | UploadError::CutShort { error, .. } => error.retryable(),
            _ => false,
        }
    }

    fn detail(&self) -> Option<Detail> {
        match self {
            UploadError::Service(error) | UploadError::CutShort { error, .. } => error.detail(),
            UploadError::Broken(_, body) => Some(Detail {
                kind: "api",
                status: Some(200),
                body: Some(body.to_json()),
                retry_after_secs: None,
            }),
            _ => None,
        }
    }
}

/// Reads how long files are to be kept; a bare number is seconds.
///
/// # Errors
/// For what is no duration, and for what the service would not take.
pub fn ttl(text: &str) -> Result<Duration, String> {
    let ttl = seconds(text).map_err(|error| error.to_string())?;
    if !TTL_LIMITS.contains(&ttl) {
        let (least, most) = (InWords(*TTL_LIMITS.start()), InWords(*TTL_LIMITS.end()));
        return Err(format!("a file is kept from {least} to {most}"));
    }
    Ok(ttl)
}

/// Bits that occur in no file.
///
/// # Errors
/// [`NoRandomness`].
pub fn unique() -> Result<u128, NoRandomness> {
    random().map(u128::from_be_bytes)
}

impl Transfer<'_> {
    /// Uploads one file and checks the service's reply. Dropping the future closes the connection,
    /// and the service stores nothing.
    ///
    /// # Errors
    /// [`UploadError`]; [`UploadError::of`] turns it into a failure.
    pub async fn send(&self, source: &Source) -> Result<Uploaded, UploadError> {
        let read = |error: std::io::Error| Trouble::Read(error.to_string());
        let unique = unique().map_err(|error| Trouble::Read(error.to_string()))?;
        let origin = source.open().map_err(read)?;
        source.warn_of_its_name(self.console);
        let framing = frame(unique, whole_seconds(self.ttl), &source.name, &source.kind);
        let length = origin.length;
        let (feed, account) = FileFeed::new(framing.head, origin, framing.tail).map_err(read)?;
        let payload = Payload::Stream {
            content_type: framing.content_type,
            body: Box::pin(feed),
        };
        let progress = Progress::transfer(self.console, source.name.as_str(), length);
        let mut ticks = interval(UPDATE_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let exchange = Exchange::default();
        let reply = {
            let reply = self
                .client
                .send(&Route::Upload, payload, self.limit, &exchange);
            let mut reply = std::pin::pin!(reply);
            loop {
                tokio::select! {
                    reply = &mut reply => break reply,
                    _ = ticks.tick() => progress.moved(account.sent()),
                }
            }
        };
        progress.finish();
        // If reading the file failed, that is the cause; the connection failed only because of it.
        if let Some(trouble) = account.trouble() {
            return Err(trouble.into());
        }
        let body = match reply {
            Ok(reply) => reply.body,
            Err(error @ Error::Lost { .. }) if !account.is_whole() => {
                let sent = account.sent();
                return Err(UploadError::CutShort { error, sent });
            }
            Err(error) => return Err(error.into()),
        };
        let kept = match read_kept(&body) {
            Ok(kept) => kept,
            Err(why) => return Err(UploadError::Broken(why, body)),
        };
        let sent = account.sent();
        if !account.is_whole() {
            return Err(UploadError::Early { sent });
        }
        if let Some(kept) = kept.size.filter(|kept| *kept != sent) {
            return Err(UploadError::Size { kept, sent });
        }
        if account.grew() {
            self.console.warn(format_args!(
                "{} grew while it was read; {sent} bytes were sent",
                source.shown()
            ));
        }
        Ok(Uploaded {
            token: kept.token,
            size: sent,
            ttl: kept.ttl_secs.map_or(self.ttl, Duration::from_secs),
            body,
        })
    }
}
