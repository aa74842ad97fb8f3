//! Requests pictures from a page. Takes settings, gives a complete picture.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use crate::error::{Failure, Kind};
use crate::term::picture::is_png;
use crate::vuer::client::session::{Load, Session};
use crate::vuer::client::{Error, Target, now_millis};
use crate::vuer::event::{Draft, Event, Pack, Value};
use crate::vuer::hub::core::{ASK_PICTURE, ASKER, PICTURE, PICTURE_ASKED};

/// How long to wait until the server confirms that it has forwarded the request. Ours does so at
/// once; others never do.
const ASKED_TIME: Duration = Duration::from_secs(3);

/// How long a page that has not answered yet may be silent before it is asked again.
const SILENT_TIME: Duration = Duration::from_secs(5);

/// The page of the Python package loads parts late: its pictures have to stay the same for this
/// long …
const UNCHANGED_FOR: Duration = Duration::from_millis(600);
/// … while the page is younger than this.
const YOUNG_MS: f64 = 5_000.0;

/// The pause between two pictures of a page that is still changing.
const PAUSE: Duration = Duration::from_millis(100);

/// The settings of a picture.
#[derive(Debug, Clone, Default)]
pub struct PictureRequest {
    /// The client whose page to use, instead of the page that connected last.
    pub client: Option<u32>,
    /// The size in pixels, if the page supports it.
    pub size: Option<(u32, u32)>,
    /// The quality, from 0 to 1.
    pub quality: Option<f64>,
    /// Whether to request a PNG, if the page supports it.
    pub png: bool,
}

/// A received picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// JPEG or PNG.
    pub bytes: Bytes,
    /// The client whose page made it.
    pub client: u32,
    /// The width in pixels, as the page says.
    pub width: u32,
    /// The height in pixels, as the page says.
    pub height: u32,
    builtin: bool,
    age_ms: f64,
}

impl Picture {
    /// `png` or `jpeg`.
    pub fn format(&self) -> &'static str {
        if is_png(&self.bytes) { "png" } else { "jpeg" }
    }
}

/// Why there is no picture.
pub enum NoPicture {
    /// The server or the page gave this reason.
    Reason(String),
    Failed(Failure),
}

impl From<Error> for NoPicture {
    fn from(error: Error) -> NoPicture {
        NoPicture::Failed(error.into())
    }
}

/// A connection for requesting pictures.
pub struct Asker {
    session: Session,
    target: Target,
    limit: Duration,
    count: i64,
    /// Whether the page has made a picture.
    has_answered: bool,
}

impl Asker {
    /// Connects. `limit` is how long a page may take for one picture.
    ///
    /// # Errors
    /// [`Error::Connect`].
    pub async fn connect(mut target: Target, limit: Duration) -> Result<Asker, Error> {
        let mut value = Pack::default();
        value.map(2).text("client").text(ASKER);
        value.text("clientVersion").text(env!("CARGO_PKG_VERSION"));
        let init = Draft::new("INIT", now_millis()).value("value", value.bytes());
        target.init = init.finish().into();
        let session = Session::connect(&target, Load::Bulk).await?;
        Ok(Asker {
            session,
            target,
            limit,
            count: 0,
            has_answered: false,
        })
    }

    /// Requests one picture of the page as it is now.
    pub async fn once(&mut self, request: &PictureRequest) -> Result<Picture, NoPicture> {
        self.count += 1;
        let id = self.count;
        self.session.send(question(request, id).into())?;
        let answer = timeout(ASKED_TIME, self.answer(id)).await;
        let Ok(answer) = answer else {
            return Err(NoPicture::Failed(
                Failure::new(
                    Kind::Connection,
                    format!(
                        "{} is not trefoil vuer serve: it cannot give a picture",
                        self.target.endpoint
                    ),
                )
                .with_hint("Mirror it first: trefoil vuer recv --url URL | trefoil vuer serve"),
            ));
        };
        if let Some(picture) = answer? {
            return picture;
        }
        match timeout(self.limit, self.picture(request, id)).await {
            Ok(picture) => picture,
            Err(_) => Err(NoPicture::Failed(Failure::new(
                Kind::Deadline,
                "the page did not answer with a picture; is it still open?",
            ))),
        }
    }

    /// The picture that was requested. The page of the Python package drops a request that comes before
    /// it has loaded what makes pictures, so a silent page is asked again until it has answered once.
    /// Then a silent page is a slow one, and each request would make it slower.
    async fn picture(&mut self, request: &PictureRequest, id: i64) -> Result<Picture, NoPicture> {
        loop {
            match timeout(SILENT_TIME, self.answer(id)).await {
                Ok(Ok(Some(picture))) => {
                    self.has_answered = true;
                    return picture;
                }
                Ok(Ok(None)) => {}
                Ok(Err(error)) => return Err(error.into()),
                Err(_) if self.has_answered => {}
                Err(_) => self.session.send(question(request, id).into())?,
            }
        }
    }

    /// Requests pictures until the page has drawn everything. Gives that picture and true; after
    /// `wait` the last picture and false.
    pub async fn complete(
        &mut self,
        request: &PictureRequest,
        wait: Duration,
    ) -> Result<(Picture, bool), NoPicture> {
        let until = Instant::now() + wait;
        let mut last = self.once(request).await?;
        let mut same_since = Instant::now();
        loop {
            let unchanged_for = if last.builtin || last.age_ms > YOUNG_MS {
                Duration::ZERO
            } else {
                UNCHANGED_FOR
            };
            if !unchanged_for.is_zero() {
                sleep(PAUSE).await;
            }
            let next = self.once(request).await?;
            let now = Instant::now();
            if next.bytes != last.bytes {
                same_since = now;
            } else if now - same_since >= unchanged_for {
                return Ok((next, true));
            }
            last = next;
            if now >= until {
                return Ok((last, false));
            }
        }
    }

    /// The next reply to a request; `None` when the server confirms that it has forwarded it.
    async fn answer(&mut self, id: i64) -> Result<Option<Result<Picture, NoPicture>>, Error> {
        loop {
            let message = self.session.next().await?;
            let event = Event::read(&message)
                .map_err(|error| Error::garbled(&self.target.endpoint, error))?;
            let data = event.message().get("data");
            let fact = |name: &str| data.and_then(|data| data.get(name));
            if fact("id").and_then(Value::as_integer) != Some(id.into()) {
                continue;
            }
            match event.etype() {
                PICTURE_ASKED => return Ok(None),
                PICTURE => return Ok(Some(picture(&message, data))),
                _ => {}
            }
        }
    }

    /// Closes the connection.
    pub async fn leave(self) {
        self.session.leave().await;
    }
}

fn picture(message: &Bytes, data: Option<Value<'_>>) -> Result<Picture, NoPicture> {
    let fact = |name: &str| data.and_then(|data| data.get(name));
    let value = fact("value");
    let of_page = |name: &str| value.and_then(|value| value.get(name));
    let Some(frame) = of_page("frame").and_then(Value::as_bin) else {
        let why = fact("why").and_then(Value::as_str);
        let why = why.unwrap_or("the page answered without a picture");
        return Err(NoPicture::Reason(why.to_owned()));
    };
    let number = |value: Option<Value<'_>>| {
        let number = value.and_then(Value::as_number);
        number.map_or(0, |number| number as u32)
    };
    Ok(Picture {
        bytes: message.slice_ref(frame),
        client: number(fact("client")),
        width: number(of_page("width")),
        height: number(of_page("height")),
        builtin: fact("pkg").and_then(Value::as_str) == Some("trefoil"),
        age_ms: fact("age").and_then(Value::as_number).unwrap_or(0.0),
    })
}

fn question(request: &PictureRequest, id: i64) -> Vec<u8> {
    let mut value = Pack::default();
    let count = 1
        + usize::from(request.client.is_some())
        + 2 * usize::from(request.size.is_some())
        + usize::from(request.quality.is_some())
        + usize::from(request.png);
    value.map(count).text("id").integer(id);
    if let Some(client) = request.client {
        value.text("client").integer(client.into());
    }
    if let Some((width, height)) = request.size {
        value.text("width").integer(width.into());
        value.text("height").integer(height.into());
    }
    if let Some(quality) = request.quality {
        value.text("quality").float(quality);
    }
    if request.png {
        value.text("format").text("png");
    }
    Draft::new(ASK_PICTURE, now_millis())
        .value("value", value.bytes())
        .finish()
}
