//! Sends one signal. Takes a [`Publish`], and prints the record of what was sent, on one line as other
//! verbs print theirs.

use super::connection::ConnectionArgs;
use crate::clasp::client::{Target, request};
use crate::clasp::record::Record;
use crate::clasp::wire::{Frame, Message, Publish, SignalType, Value};
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::term::{Terminal, Words};

/// A signal with only an address and a value.
pub fn signal<'a>(signal: SignalType, address: &'a str, value: Option<Value<'a>>) -> Publish<'a> {
    Publish {
        address: address.into(),
        signal,
        value,
        samples: None,
        timestamp: None,
        id: None,
        phase: None,
        rate: None,
    }
}

/// Sends a signal, waits until the router has handled it, and prints its record.
///
/// # Errors
/// A refusal, no connection.
pub fn send(
    terminal: Terminal,
    connection: &ConnectionArgs,
    publish: Publish<'_>,
) -> Result<(), Failure> {
    let target = connection.target_for(&terminal.console, Intent::Write(&[&publish.address]))?;
    send_to(&target, terminal, connection, publish)
}

/// Sends a signal to a target that was already resolved for writing.
///
/// # Errors
/// The errors of [`send`].
pub fn send_to(
    target: &Target,
    mut terminal: Terminal,
    connection: &ConnectionArgs,
    publish: Publish<'_>,
) -> Result<(), Failure> {
    let what = format!("the message to {}", publish.address);
    connection.effect(target, &what, async |sent| {
        request::publish(target, publish.clone(), sent).await
    })?;
    let mut report = terminal.report(format_args!("{} is sent", publish.address));
    let frame = Frame {
        qos: Default::default(),
        timestamp: None,
        message: Message::Publish(publish),
    };
    if let Some(record) = Record::of(&frame) {
        report.print(|printer| {
            printer.document(&record, |words| {
                words.address(record.address);
                content(&record, words);
            })
        });
    }
    report.finish(Ok(()))
}

/// Writes the part after the address: the type of signal, a gesture's id and phase, the value or
/// the samples.
pub fn content(record: &Record<'_>, words: &mut Words) {
    if record.kind != "param" {
        words.plain("  ").plain(record.kind);
    }
    if let Some(phase) = record.phase {
        words.plain(format_args!(" {} {phase}", record.id.unwrap_or(0)));
    }
    if let Some(value) = record.value {
        words.plain("  ");
        words.plain(serde_json::to_string(value).unwrap_or_default());
    }
    if let Some(samples) = record.samples {
        words.plain("  ");
        words.plain(serde_json::to_string(samples).unwrap_or_default());
    }
}
