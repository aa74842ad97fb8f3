//! Questions for pictures: settings enter, a picture that is complete leaves.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use crate::error::{Failure, Kind};
use crate::vuer::client::session::{Load, Session};
use crate::vuer::client::{Error, Target, now_millis};
use crate::vuer::event::{Draft, Event, Pack, Value};
use crate::vuer::hub::core::{ASK, ASKED, ASKER, PICTURE};

/// How long a server has to say that it has passed the question on. Ours does at once; others never
/// do.
const ASKED_TIME: Duration = Duration::from_secs(3);

/// A page of the Python package loads parts of itself late: its pictures have to stay the same for
/// so long …
const CALM: Duration = Duration::from_millis(600);
/// … while it is younger than this.
const YOUNG_MS: f64 = 5_000.0;

/// Between two pictures of a page that is not calm yet.
const PAUSE: Duration = Duration::from_millis(100);

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Of this client, not of the page that came last.
    pub client: Option<u32>,
    /// The size in pixels, for a page that can choose it.
    pub size: Option<(u32, u32)>,
    /// From 0 to 1.
    pub quality: Option<f64>,
    /// Whether a PNG is wanted, of a page that can make one.
    pub png: bool,
}

/// What came.
#[derive(Debug, Clone)]
pub struct Picture {
    /// JPEG or PNG.
    pub bytes: Bytes,
    /// Whose.
    pub client: u32,
    /// As the page says.
    pub width: u32,
    /// See [`width`](Self::width).
    pub height: u32,
    builtin: bool,
    age_ms: f64,
}

impl Picture {
    /// `png` or `jpeg`.
    pub fn format(&self) -> &'static str {
        if self.bytes.starts_with(b"\x89PNG") {
            "png"
        } else {
            "jpeg"
        }
    }
}

/// Why there is none.
pub enum Nothing {
    /// The server says so.
    Said(String),
    Failed(Failure),
}

impl From<Error> for Nothing {
    fn from(error: Error) -> Nothing {
        Nothing::Failed(error.into())
    }
}

/// A connection over which pictures are asked for.
pub struct Asker {
    session: Session,
    target: Target,
    limit: Duration,
    count: i64,
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
        let session = Session::connect(&target, Load::Flood).await?;
        Ok(Asker {
            session,
            target,
            limit,
            count: 0,
        })
    }

    /// One picture, as the page is now.
    pub async fn once(&mut self, wish: &Wish) -> Result<Picture, Nothing> {
        self.count += 1;
        let id = self.count;
        self.session.send(question(wish, id).into())?;
        let answer = timeout(ASKED_TIME, self.answer(id)).await;
        let Ok(answer) = answer else {
            return Err(Nothing::Failed(
                Failure::new(
                    Kind::Connection,
                    format!(
                        "{} is no trefoil vuer serve: it cannot be asked for a picture",
                        self.target.endpoint
                    ),
                )
                .with_hint("Mirror it first: trefoil vuer recv --url URL | trefoil vuer serve"),
            ));
        };
        if let Some(picture) = answer? {
            return picture;
        }
        match timeout(self.limit, self.answer(id)).await {
            Ok(Ok(Some(picture))) => picture,
            Ok(Ok(None)) => Err(Nothing::Said("it was asked for twice".into())),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Nothing::Failed(Failure::new(
                Kind::Deadline,
                "the page did not answer with a picture; is it still open?",
            ))),
        }
    }

    /// A picture of a page that has drawn everything; after `wait` the last one, and false.
    pub async fn complete(
        &mut self,
        wish: &Wish,
        wait: Duration,
    ) -> Result<(Picture, bool), Nothing> {
        let until = Instant::now() + wait;
        let mut last = self.once(wish).await?;
        let mut same_since = Instant::now();
        loop {
            let calm = if last.builtin || last.age_ms > YOUNG_MS {
                Duration::ZERO
            } else {
                CALM
            };
            if !calm.is_zero() {
                sleep(PAUSE).await;
            }
            let next = self.once(wish).await?;
            let now = Instant::now();
            if next.bytes != last.bytes {
                same_since = now;
            } else if now - same_since >= calm {
                return Ok((next, true));
            }
            last = next;
            if now >= until {
                return Ok((last, false));
            }
        }
    }

    /// The next answer to a question: none when it says that it has passed it on.
    async fn answer(&mut self, id: i64) -> Result<Option<Result<Picture, Nothing>>, Error> {
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
                ASKED => return Ok(None),
                PICTURE => return Ok(Some(picture(&message, data))),
                _ => {}
            }
        }
    }

    /// Ends the conversation.
    pub async fn leave(self) {
        self.session.leave().await;
    }
}

fn picture(message: &Bytes, data: Option<Value<'_>>) -> Result<Picture, Nothing> {
    let fact = |name: &str| data.and_then(|data| data.get(name));
    let value = fact("value");
    let of_page = |name: &str| value.and_then(|value| value.get(name));
    let Some(frame) = of_page("frame").and_then(Value::as_bin) else {
        let why = fact("why").and_then(Value::as_str);
        let why = why.unwrap_or("the page answered without a picture");
        return Err(Nothing::Said(why.to_owned()));
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

fn question(wish: &Wish, id: i64) -> Vec<u8> {
    let mut value = Pack::default();
    let count = 1
        + usize::from(wish.client.is_some())
        + 2 * usize::from(wish.size.is_some())
        + usize::from(wish.quality.is_some())
        + usize::from(wish.png);
    value.map(count).text("id").integer(id);
    if let Some(client) = wish.client {
        value.text("client").integer(client.into());
    }
    if let Some((width, height)) = wish.size {
        value.text("width").integer(width.into());
        value.text("height").integer(height.into());
    }
    if let Some(quality) = wish.quality {
        value.text("quality").float(quality);
    }
    if wish.png {
        value.text("format").text("png");
    }
    Draft::new(ASK, now_millis())
        .value("value", value.bytes())
        .finish()
}
