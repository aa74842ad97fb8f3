//! Shows packets for `-v` and `--trace`. Takes bytes, gives a line or a JSON object.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::codec::{self, Packet};
use crate::clasp::bridge::dmx::show::brief;
use crate::trace::{Content, Language};

/// How packets are shown.
pub const LANGUAGE: Language = Language {
    service: "artnet",
    read: |bytes| match codec::decode(bytes) {
        Ok(packet) => Ok(Box::new(packet)),
        Err(why) => Err(why.to_string()),
    },
};

impl Content for Packet<'_> {
    fn kind(&self) -> &str {
        match self {
            Packet::Dmx(_) => "DMX",
            Packet::Poll(_) => "POLL",
            Packet::Reply(_) => "REPLY",
            Packet::Sync => "SYNC",
            Packet::Other(_) => "OTHER",
        }
    }

    fn address(&self) -> Option<&str> {
        None
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Packet::Dmx(dmx) => {
                write!(out, "universe {} #{} ", dmx.universe, dmx.sequence)?;
                brief(dmx.slots, out)
            }
            Packet::Poll(_) => out.write_all(b"who is there?"),
            Packet::Reply(reply) => write!(
                out,
                "'{}' at {} puts out {:?}, takes in {:?}",
                reply.name, reply.address, reply.outputs, reply.inputs
            ),
            Packet::Sync => Ok(()),
            Packet::Other(opcode) => write!(out, "opcode {opcode:#06x}"),
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &document(self))?)
    }
}

/// A packet as a document: `{"universe","sequence","levels"}` and the like.
pub fn document(packet: &Packet<'_>) -> Value {
    match packet {
        Packet::Dmx(dmx) => json!({
            "universe": dmx.universe,
            "sequence": dmx.sequence,
            "levels": dmx.slots,
        }),
        Packet::Poll(_) => json!({"poll": true}),
        Packet::Reply(reply) => json!({
            "node": reply.name,
            "address": reply.address.to_string(),
            "bind_index": reply.bind_index,
            "outputs": reply.outputs,
            "inputs": reply.inputs,
        }),
        Packet::Sync => json!({"sync": true}),
        Packet::Other(opcode) => json!({"opcode": opcode}),
    }
}
