//! The operations of a bundle. Takes options in the order typed, or JSON, and gives messages.
//!
//! clap's derive collects the values of each option separately and loses the order between options.
//! The order matters in a bundle, so [`Typed`] reads `ArgMatches` by hand: there every value has an
//! index, its position on the command line, and sorting by it restores the order.

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};

use crate::clasp::cmd::signal::signal;
use crate::clasp::cmd::value::{self, ValueForm};
use crate::clasp::record::{ParsedRecord, Parser};
use crate::clasp::wire::{
    Message, Publish, Set, SignalType, Value, check_address, decode_value, from_json,
};
use crate::error::Failure;

/// The largest input, in bytes: more than a frame can carry, so that the error for a long bundle
/// names the limit of the frame.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The options that add an operation: name, form, help.
const OPTIONS: [(&str, &str, &str); 3] = [
    (
        "set",
        "ADDRESS=VALUE",
        "Write a value; may be repeated; the order is kept",
    ),
    ("emit", "ADDRESS[=PAYLOAD]", "Send an event"),
    ("stream", "ADDRESS=VALUE", "Send a sample of a stream"),
];

/// `--set`, `--emit` and `--stream`, in the order typed.
#[derive(Debug, Clone, Default)]
pub struct Typed(Vec<(&'static str, String)>);

impl FromArgMatches for Typed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut typed = Vec::new();
        for (name, _, _) in OPTIONS {
            let values = matches.get_many::<String>(name).into_iter().flatten();
            let indices = matches.indices_of(name).into_iter().flatten();
            typed.extend(indices.zip(values).map(|(index, text)| (index, name, text)));
        }
        typed.sort_by_key(|(index, _, _)| *index);
        let in_order = typed.into_iter();
        Ok(Typed(
            in_order
                .map(|(_, name, text)| (name, text.clone()))
                .collect(),
        ))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Typed::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Typed {
    fn augment_args(command: Command) -> Command {
        OPTIONS
            .into_iter()
            .fold(command, |command, (name, form, help)| {
                command.arg(
                    Arg::new(name)
                        .long(name)
                        .value_name(form)
                        .action(ArgAction::Append)
                        .help(help),
                )
            })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Typed::augment_args(command)
    }
}

impl Typed {
    /// Whether no option was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The messages of the options.
    ///
    /// # Errors
    /// An invalid address or a missing value; the error names the option.
    pub fn messages(&self) -> Result<Vec<Message<'static>>, Failure> {
        self.0
            .iter()
            .map(|(name, text)| {
                let (address, value) = match text.split_once('=') {
                    Some((address, value)) => (address, Some(value)),
                    None => (text.as_str(), None),
                };
                let value = match value {
                    Some(value) => Some(ValueForm::default().interpret(value)?),
                    None => None,
                };
                operation(name, address, value)
                    .map_err(|failure| failure.context(format!("--{name} {text}")))
            })
            .collect()
    }
}

fn operation(
    name: &str,
    address: &str,
    value: Option<Value<'static>>,
) -> Result<Message<'static>, Failure> {
    check_address(address)?;
    let publish = |kind, value| Publish {
        address: address.to_owned().into(),
        ..signal(kind, "", value)
    };
    match (name, value) {
        ("emit", value) => Ok(Message::Publish(publish(SignalType::Event, value))),
        (_, None) => Err(Failure::usage("it needs a value").with_hint(format!("{address}=VALUE"))),
        ("stream", value) => Ok(Message::Publish(publish(SignalType::Stream, value))),
        (_, Some(value)) => Ok(Message::Set(Set {
            address: address.to_owned().into(),
            value,
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        })),
    }
}

/// Reads operations from stdin.
///
/// # Errors
/// An invalid operation; the error names its line or its position in the array.
pub fn from_stdin() -> Result<Vec<Message<'static>>, Failure> {
    read(&value::from_stdin("operations", LONGEST)?)
}

/// A JSON array, or one JSON object a line.
fn read(text: &str) -> Result<Vec<Message<'static>>, Failure> {
    if text.trim_start().starts_with('[') {
        let Value::Array(items) = from_json(text)? else {
            return Err(Failure::usage("a bundle is an array of operations"));
        };
        return items
            .into_iter()
            .enumerate()
            .map(|(n, item)| {
                one(item).map_err(|failure| failure.context(format!("operation {}", n + 1)))
            })
            .collect();
    }
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(n, line)| {
            from_json(line)
                .map_err(Failure::from)
                .and_then(one)
                .map_err(|failure| failure.context(format!("line {}", n + 1)))
        })
        .collect()
}

/// One operation in the SDK's form, `{"set":[address,value]}`, or as a record.
fn one(item: Value<'static>) -> Result<Message<'static>, Failure> {
    if let Value::Map(entries) = &item
        && let [(name, Value::Array(pair))] = entries.as_slice()
        && OPTIONS.iter().any(|(known, _, _)| known == name)
    {
        return match pair.as_slice() {
            [Value::String(address)] => operation(name, address, None),
            [Value::String(address), value] => operation(name, address, Some(value.clone())),
            _ => Err(Failure::usage(format!(
                "it should be {{\"{name}\":[\"/address\",value]}}"
            ))),
        };
    }
    // Written back as JSON and parsed as a record, so that there is only one grammar for records.
    let line = serde_json::to_string(&item)
        .map_err(|error| Failure::usage(format!("it is no operation: {error}")))?;
    let mut parser = Parser::default();
    match parser.parse(line.as_bytes())? {
        Some(parsed) => owned(&parsed, &parser),
        None => Err(Failure::usage(
            "a lifecycle record (connected, disconnected, error) cannot be sent",
        )),
    }
}

fn owned(parsed: &ParsedRecord<'_>, parser: &Parser) -> Result<Message<'static>, Failure> {
    let address = parsed.address.clone().into_owned();
    let value = match parsed.value {
        None => None,
        Some(code) => {
            let value = decode_value(code, parser.value())
                .map_err(|error| Failure::usage(error.to_string()))?;
            Some(value.into_owned())
        }
    };
    Ok(match parsed.signal {
        SignalType::Param => Message::Set(Set {
            address: address.into(),
            value: value.unwrap_or(Value::Null),
            revision: parsed.if_revision,
            lock: false,
            unlock: false,
            ttl: parsed.ttl,
        }),
        kind => Message::Publish(Publish {
            address: address.into(),
            samples: parsed.samples.clone(),
            id: parsed.id,
            phase: parsed.phase,
            rate: parsed.rate,
            ..signal(kind, "", value)
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<Vec<String>, String> {
        let messages = read(text).map_err(|failure| failure.message())?;
        Ok(messages
            .iter()
            .map(|message| match message {
                Message::Set(set) => format!(
                    "{}={} {:?}",
                    set.address,
                    serde_json::to_string(&set.value).unwrap(),
                    set.revision
                ),
                Message::Publish(publish) => format!(
                    "{:?} {} {}",
                    publish.signal,
                    publish.address,
                    serde_json::to_string(&publish.value).unwrap()
                ),
                other => panic!("{other:?}"),
            })
            .collect())
    }

    #[test]
    fn the_sdks_form_and_records_as_an_array_or_by_line() {
        let expected = [
            "/a=0.8 None",
            "Event /go null",
            "/b=2 Some(7)",
            "Stream /s 1.0",
        ];
        let items = [
            r#"{"set":["/a",0.8]}"#,
            r#"{"emit":["/go"]}"#,
            r#"{"address":"/b","value":2,"if_revision":7,"revision":3}"#,
            r#"{"type":"stream","address":"/s","value":1.0}"#,
        ];
        let expected: Vec<String> = expected.map(str::to_owned).into();
        assert_eq!(
            shown(&format!(" [{}]\n", items.join(","))),
            Ok(expected.clone())
        );
        assert_eq!(shown(&items.join("\n\n")), Ok(expected));
        assert_eq!(shown(""), Ok(vec![]));
    }

    #[test]
    fn what_is_no_operation_is_named() {
        for (text, says) in [
            (
                "[{\"set\":[\"/a\",1]},{\"set\":[\"/a\"]}]",
                "operation 2: it needs a value",
            ),
            ("{\"set\":[\"/a\",1]}\n{\"set\":\"/a\"}", "line 2: "),
            ("[1]", "operation 1: "),
            ("{\"emit\":[\"go\"]}", "'go' is not an address"),
            ("{\"adress\":\"/a\"}", "did you mean 'address'"),
            ("[", "is not a value"),
        ] {
            let error = shown(text).expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
