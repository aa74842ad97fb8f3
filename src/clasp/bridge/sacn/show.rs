//! Shows packets for `-v` and `--trace`. Takes bytes, gives a line or a JSON object.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::codec::{self, LEVELS, PRIORITIES, Packet};
use crate::clasp::bridge::dmx::show::brief;
use crate::trace::{Content, Language};

/// How packets are shown.
pub const LANGUAGE: Language = Language {
    service: "sacn",
    read: |bytes| match codec::decode(bytes) {
        Ok(packet) => Ok(Box::new(packet)),
        Err(why) => Err(why.to_string()),
    },
};

impl Content for Packet<'_> {
    fn kind(&self) -> &str {
        match self {
            Packet::Data(data) if data.terminated => "END",
            Packet::Data(data) => match data.start_code {
                LEVELS => "DMX",
                PRIORITIES => "PRIORITIES",
                _ => "DATA",
            },
            Packet::Sync(_) => "SYNC",
            Packet::Discovery(_) => "DISCOVERY",
        }
    }

    fn address(&self) -> Option<&str> {
        None
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Packet::Data(data) => {
                write!(
                    out,
                    "universe {} #{} priority {} '{}' ",
                    data.universe, data.sequence, data.priority, data.name
                )?;
                brief(data.slots, out)
            }
            Packet::Sync(sync) => write!(out, "universe {} #{}", sync.universe, sync.sequence),
            Packet::Discovery(discovery) => {
                write!(out, "'{}' {:?}", discovery.name, discovery.universes)
            }
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &document(self))?)
    }
}

/// A packet as a document: `{"universe","source","priority","sequence","levels"}` and the like.
pub fn document(packet: &Packet<'_>) -> Value {
    match packet {
        Packet::Data(data) => {
            let mut document = json!({
                "universe": data.universe,
                "source": data.name,
                "cid": data.cid.to_string(),
                "priority": data.priority,
                "sequence": data.sequence,
            });
            let mut say = |name: &str, value: Value| {
                document[name] = value;
            };
            if data.sync != 0 {
                say("sync", data.sync.into());
            }
            for (name, is) in [("preview", data.preview), ("terminated", data.terminated)] {
                if is {
                    say(name, true.into());
                }
            }
            match data.start_code {
                LEVELS => say("levels", data.slots.into()),
                PRIORITIES => say("priorities", data.slots.into()),
                code => say("start_code", code.into()),
            }
            document
        }
        Packet::Sync(sync) => json!({
            "sync": sync.universe,
            "cid": sync.cid.to_string(),
            "sequence": sync.sequence,
        }),
        Packet::Discovery(discovery) => json!({
            "source": discovery.name,
            "cid": discovery.cid.to_string(),
            "universes": discovery.universes,
        }),
    }
}
