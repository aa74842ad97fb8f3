//! What a router has recorded: a REPLAY, and the frames that answer it; and what a param was at a
//! time, put together from that.

use std::collections::BTreeMap;

use super::connection::Load;
use super::pipeline::{Incoming, Pipeline, Wait};
use super::reader::Found;
use super::request::{self, Wanted};
use super::{Error, Target};
use crate::clasp::wire::{self, Frame, Message, Param, Replay, SignalType, TypeMask};

/// Asks a router for what it has recorded, and hands over each frame (a SET or a PUBLISH, whose
/// header says when, if the router does) until that is all or `each` has enough.
///
/// # Errors
/// [`Error::Refused`]: also by a router that records nothing.
pub async fn replay(
    target: &Target,
    asked: Replay<'_>,
    each: impl FnMut(&Frame<'_>) -> Wait,
) -> Result<(), Error> {
    let mut pipeline = Pipeline::connect(target, Load::Flood).await?;
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
            Incoming::Refused(_, refusal) | Incoming::TooFast(_, refusal) => {
                return Err(Error::Refused(refusal));
            }
            Incoming::Data(Message::Set(_) | Message::Publish(_))
                if each(&wire::decode(&bytes)?) == Wait::Enough =>
            {
                return Ok(());
            }
            _ => {}
        }
    }
}

/// What params were at a time, in µs since the epoch: for each thing that is wanted what is known of
/// it. What was last written before the history begins, and written again since, is not.
///
/// # Errors
/// As [`replay`].
pub async fn at(target: &Target, wanted: &[Wanted], time: u64) -> Result<Vec<Found>, Error> {
    let mut found = request::get(target, wanted).await?;
    let mut pipeline = Pipeline::connect(target, Load::Flood).await?;
    for (wanted, found) in wanted.iter().zip(&mut found) {
        let pattern = match wanted {
            Wanted::Address(address) => address,
            Wanted::Pattern(pattern) => pattern.as_str(),
        };
        // Who has not been written since is what it was.
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
                // The one that is now has its writer, too.
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
            Wait::On
        });
        recorded.await?;
        found.params = params.into_values().collect();
    }
    pipeline.close().await;
    Ok(found)
}
