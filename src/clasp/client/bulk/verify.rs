//! Whether the router holds what was sent. Takes the last values, gives the differences.
//!
//! A router may acknowledge a bundle and drop a SET in it, for a lock or a stale revision (quirk
//! 15). Only reading the addresses again tells.

use std::collections::HashMap;

use super::super::connection::Load;
use super::super::pace::BURST;
use super::super::reader::Reader;
use super::super::{Error, Target};
use crate::clasp::wire::{self, Param, Ttl, Value};

/// How many addresses are cheap to read again: one burst of GETs.
pub const CHEAP: usize = BURST;

/// A time to live below this may be over before the value is read again.
const SHORT_LIVED: u32 = 60;

/// The last value sent to each address.
#[derive(Debug)]
pub struct Finals {
    limit: usize,
    last: HashMap<Box<str>, Final>,
    overflowed: bool,
}

#[derive(Debug)]
struct Final {
    line: u64,
    code: u8,
    data: Vec<u8>,
}

/// An address that does not hold what was sent last.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where.
    pub address: String,
    /// The line that wrote it last.
    pub line: u64,
    /// What the router holds, if anything.
    pub holds: Option<Value<'static>>,
}

impl Finals {
    /// Remembers up to so many addresses.
    pub fn new(limit: usize) -> Finals {
        Finals {
            limit,
            last: HashMap::new(),
            overflowed: false,
        }
    }

    /// A value was sent to an address, to live so long.
    #[inline]
    pub fn sent(&mut self, line: u64, address: &str, (code, data): (u8, &[u8]), ttl: Option<Ttl>) {
        if self.overflowed {
            return;
        }
        if let Some(Ttl::Sliding(seconds) | Ttl::Absolute(seconds)) = ttl
            && seconds < SHORT_LIVED
        {
            return self.forget(address);
        }
        if let Some(last) = self.last.get_mut(address) {
            last.line = line;
            last.code = code;
            last.data.clear();
            last.data.extend_from_slice(data);
        } else if self.last.len() < self.limit {
            self.last.insert(
                address.into(),
                Final {
                    line,
                    code,
                    data: data.to_vec(),
                },
            );
        } else {
            self.overflowed = true;
            self.last = HashMap::new();
        }
    }

    /// What an address holds is not to be judged: its value expires, or a line for it was refused.
    pub fn forget(&mut self, address: &str) {
        self.last.remove(address);
    }

    /// Likewise, by the line that wrote it last.
    pub fn forget_line(&mut self, line: u64) {
        self.last.retain(|_, last| last.line != line);
    }

    /// How many addresses can be verified; none if there were more than the limit.
    pub fn count(&self) -> Option<usize> {
        (!self.overflowed).then_some(self.last.len())
    }

    /// Reads the addresses again. A new connection does it: it has the router's rate limit to
    /// itself.
    ///
    /// # Errors
    /// [`Error`] when the router cannot be asked.
    pub async fn verify(&self, target: &Target) -> Result<Vec<Difference>, Error> {
        let mut reader = Reader::connect(target, Load::Flood).await?;
        let addresses: Vec<&str> = self.last.keys().map(|address| &**address).collect();
        let found = reader.addresses(&addresses).await?;
        reader.close().await;
        let mut differences: Vec<Difference> = self
            .last
            .iter()
            .filter_map(|(address, last)| last.difference(address, found.get(&**address)))
            .collect();
        differences.sort_by_key(|difference| difference.line);
        Ok(differences)
    }
}

impl Final {
    fn difference(&self, address: &str, found: Option<&Param<'static>>) -> Option<Difference> {
        let sent = wire::decode_value(self.code, &self.data).ok()?;
        let holds = found.map(|param| param.value.clone());
        (holds.as_ref() != Some(&sent)).then(|| Difference {
            address: address.to_owned(),
            line: self.line,
            holds,
        })
    }
}
