//! Packs SETs and PUBLISHes for the router into frames. Messages that belong together share a
//! frame. No I/O.

use bytes::Bytes;

use crate::clasp::wire::{self, BundleWriter, EncodeError, Fit, Message, Qos, Set, Value};

/// Messages that are sent to the router together.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// When to execute them, in µs since the epoch by this machine's clock; `None` means at once.
    pub at: Option<u64>,
    /// SETs and PUBLISHes.
    pub messages: Vec<Message<'static>>,
    /// The QoS, if it differs from the default; only for a single message.
    pub qos: Option<Qos>,
}

impl Unit {
    /// Messages to execute at once.
    pub fn now(messages: Vec<Message<'static>>) -> Unit {
        Unit {
            at: None,
            messages,
            qos: None,
        }
    }
}

/// A SET with a value and no options.
pub fn set(address: String, value: Value<'static>) -> Message<'static> {
    Message::Set(Set {
        address: address.into(),
        value,
        revision: None,
        lock: false,
        unlock: false,
        ttl: None,
    })
}

/// The address of a message.
pub fn address<'m>(message: &'m Message<'_>) -> &'m str {
    match message {
        Message::Set(set) => &set.address,
        Message::Publish(publish) => &publish.address,
        _ => "",
    }
}

/// The frames for messages: one message is sent as it is, several are sent as one or more BUNDLEs.
/// `at` is in the router's time. A BUNDLE holds at most `most` messages. Messages that are too large
/// for a frame are given to `misfit`.
pub fn frames(
    messages: &[Message<'_>],
    at: Option<u64>,
    qos: Option<Qos>,
    most: usize,
    mut misfit: impl FnMut(&Message<'_>, EncodeError),
) -> Vec<Bytes> {
    if let ([message], None) = (messages, at) {
        let mut frame = Vec::with_capacity(128);
        let qos = qos.unwrap_or(message.default_qos());
        return match wire::encode_with(message, qos, None, &mut frame) {
            Ok(()) => vec![frame.into()],
            Err(error) => {
                misfit(message, error);
                Vec::new()
            }
        };
    }
    let mut frames = Vec::new();
    let mut bundle = BundleWriter::new(at).limited_to(most);
    for message in messages {
        match bundle.push(message) {
            Ok(Fit::Added) => {}
            Ok(Fit::Full) => {
                frames.push(Bytes::copy_from_slice(bundle.finish()));
                bundle.clear();
                // Its size was checked before: alone in a bundle it fits.
                let again = bundle.push(message);
                debug_assert_eq!(again, Ok(Fit::Added));
            }
            Err(error) => misfit(message, error),
        }
    }
    if !bundle.is_empty() {
        frames.push(Bytes::copy_from_slice(bundle.finish()));
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(messages: &[Message<'_>], at: Option<u64>) -> (Vec<String>, usize) {
        let mut misfits = 0;
        let frames = frames(messages, at, None, usize::MAX, |_, _| misfits += 1);
        let shown = frames.iter().map(|frame| match wire::decode(frame) {
            Ok(frame) => match frame.message {
                Message::Bundle(bundle) => {
                    format!("{} at {:?}", bundle.messages.len(), bundle.timestamp)
                }
                Message::Set(_) => "set".to_owned(),
                other => format!("{other:?}"),
            },
            Err(error) => error.to_string(),
        });
        (shown.collect(), misfits)
    }

    #[test]
    fn a_bundle_holds_no_more_than_the_router_takes() {
        let messages: Vec<_> = (0..5)
            .map(|n| set(format!("/a/{n}"), Value::Int(n)))
            .collect();
        let frames = frames(&messages, None, None, 2, |_, error| panic!("{error}"));
        let sizes = frames.iter().map(|frame| {
            match wire::decode(frame).expect("it was encoded here").message {
                Message::Bundle(bundle) => bundle.messages.len(),
                other => panic!("{other:?}"),
            }
        });
        assert_eq!(sizes.collect::<Vec<_>>(), [2, 2, 1]);
    }

    #[test]
    fn one_is_itself_and_several_are_as_few_bundles_as_hold_them() {
        let small = || set("/a".into(), Value::Int(1));
        let large = |size| set("/a".into(), Value::Bytes(vec![0; size].into()));
        assert_eq!(kinds(&[small()], None), (vec!["set".into()], 0));
        assert_eq!(kinds(&[small()], Some(5)), (vec!["1 at Some(5)".into()], 0));
        assert_eq!(
            kinds(&[small(), small()], None),
            (vec!["2 at None".into()], 0)
        );
        assert_eq!(
            kinds(&[large(40_000), small(), large(40_000), small()], Some(5)),
            (vec!["2 at Some(5)".into(), "2 at Some(5)".into()], 0)
        );
        assert_eq!(
            kinds(&[small(), large(65_530), small()], None),
            (vec!["2 at None".into()], 1)
        );
        assert_eq!(kinds(&[large(65_536)], None), (vec![], 1));
        assert_eq!(kinds(&[], None), (vec![], 0));
    }
}
