//! Shows packets for `-v` and `--trace`, as a line or a JSON object.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::codec::{self, Message, Packet};
use super::value;
use crate::trace::{Content, Language};

/// How packets are shown.
pub const LANGUAGE: Language = Language {
    service: "osc",
    read: |bytes| match codec::decode(bytes) {
        Ok(packet) => Ok(Box::new(packet)),
        Err(why) => Err(why.to_string()),
    },
};

impl Content for Packet<'_> {
    fn kind(&self) -> &str {
        match self {
            Packet::Message(_) => "OSC",
            Packet::Bundle { .. } => "BUNDLE",
        }
    }

    fn address(&self) -> Option<&str> {
        match self {
            Packet::Message(message) => Some(message.address),
            Packet::Bundle { .. } => None,
        }
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Packet::Message(message) => {
                write!(out, "{}", codec::tags(&message.arguments))?;
                for argument in &message.arguments {
                    out.write_all(b" ")?;
                    serde_json::to_writer(&mut *out, &value::value(argument))?;
                }
                Ok(())
            }
            Packet::Bundle { time, packets } => write!(out, "at {time}: {} packets", packets.len()),
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &Whole(self))?)
    }
}

/// A packet as JSON: `{"address","types","arguments"}`, or `{"time","packets"}`.
pub struct Whole<'p>(pub &'p Packet<'p>);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Packet::Message(Message { address, arguments }) => {
                let mut object = serializer.serialize_struct("message", 3)?;
                object.serialize_field("address", address)?;
                object.serialize_field("types", &codec::tags(arguments))?;
                let arguments: Vec<_> = arguments.iter().map(value::value).collect();
                object.serialize_field("arguments", &arguments)?;
                object.end()
            }
            Packet::Bundle { time, packets } => {
                let mut object = serializer.serialize_struct("bundle", 2)?;
                object.serialize_field("time", &time.to_string())?;
                object.serialize_field("packets", &All(packets))?;
                object.end()
            }
        }
    }
}

struct All<'p>(&'p [Packet<'p>]);

impl Serialize for All<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for packet in self.0 {
            list.serialize_element(&Whole(packet))?;
        }
        list.end()
    }
}
