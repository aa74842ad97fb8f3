//! Reads what a router has recorded. Takes a REPLAY and gives the frames that answer it; or takes a
//! time and gives the params as they were then, computed from such frames.

use std::collections::BTreeMap;

use super::connection::Load;
use super::pipeline::{Incoming, Pipeline, Wait};
use super::reader::Found;
use super::request::{self, Selector};
use super::{Error, Target};
use crate::clasp::wire::{self, Frame, Message, Param, Replay, SignalType, TypeMask};

/// Requests recorded messages, and passes each frame (a SET or a PUBLISH, with the time in its
/// header if the router sets it) to `each`, until there are no more or `each` says [`Wait::Done`].
///
/// # Errors
/// [`Error::Refused`], also from a router that records nothing.
pub async fn replay(
    target: &Target,
    asked: Replay<'_>,
    each: impl FnMut(&Frame<'_>) -> Wait,
) -> Result<(), Error> {
    let mut pipeline = Pipeline::connect(target, Load::Bulk).await?;
    ask(&mut pipeline, asked, each).await?;
    pipeline.close().await;
    Ok(())
}

async fn ask(
    pipeline: &mut Pipeline,
    asked: Replay<'_>,
    mut each: impl FnMut(&Frame<'_>) -> Wait,
) -> Result<(), Error> {
    pipeline.send(&Message::Replay(asked))?;
    let fence = pipeline.send(&Message::Ping)?;
    pipeline.welcomed().await?;
    loop {
        let bytes = pipeline.next().await?;
        match pipeline.incoming(&bytes)? {
            Incoming::Fenced { ticket, .. } if ticket == fence => return Ok(()),
            Incoming::Refused(_, refusal) | Incoming::RateLimited(_, refusal) => {
                return Err(Error::Refused(refusal));
            }
            Incoming::Data(Message::Set(_) | Message::Publish(_))
                if each(&wire::decode(&bytes)?) == Wait::Done =>
            {
                return Ok(());
            }
            _ => {}
        }
    }
}

/// The params as they were at a time, in µs since the epoch; one [`Found`] per selector. A value
/// that was written before the recorded history begins, and overwritten since, is not known and is
/// missing.
///
/// # Errors
/// The errors of [`replay`].
pub async fn at(target: &Target, wanted: &[Selector], time: u64) -> Result<Vec<Found>, Error> {
    let mut found = request::get(target, wanted).await?;
    let mut pipeline = Pipeline::connect(target, Load::Bulk).await?;
    for (wanted, found) in wanted.iter().zip(&mut found) {
        let pattern = match wanted {
            Selector::Address(address) => address,
            Selector::Pattern(pattern) => pattern.as_str(),
        };
        // A param that has not been written since that time still has its value of then.
        let now = std::mem::take(&mut found.params).into_iter();
        let mut params: BTreeMap<String, Param<'static>> = now
            .filter(|param| param.timestamp.is_some_and(|written| written <= time))
            .map(|param| (param.address.to_string(), param))
            .collect();
        let asked = Replay {
            pattern: pattern.into(),
            from: None,
            to: Some(time),
            limit: None,
            types: TypeMask::of([SignalType::Param]),
        };
        let recorded = ask(&mut pipeline, asked, |frame| {
            if let Message::Set(set) = &frame.message {
                let known = params.get(&*set.address);
                let revision = set.revision.unwrap_or_default();
                // If this is the present value, it is already known, with its writer.
                if known.is_none_or(|known| {
                    known.revision != revision || known.timestamp < frame.timestamp
                }) {
                    let param = Param {
                        address: set.address.clone(),
                        value: set.value.clone(),
                        revision,
                        writer: None,
                        timestamp: frame.timestamp,
                    };
                    params.insert(set.address.to_string(), param.into_owned());
                }
            }
            Wait::More
        });
        recorded.await?;
        found.params = params.into_values().collect();
    }
    pipeline.close().await;
    Ok(found)
}
