//! Verifies that the router holds what was sent. Takes the last value of each address, gives the
//! differences.
//!
//! A router may acknowledge a bundle and drop a SET in it, for a lock or a stale revision (quirk
//! 15). Only reading the addresses again tells.

use std::collections::HashMap;

use super::super::connection::Load;
use super::super::pace::BURST;
use super::super::reader::ParamReader;
use super::super::{Error, Target};
use crate::clasp::wire::{self, Param, Ttl, Value};

/// How many addresses can be read again cheaply: one burst of GETs.
pub const CHEAP: usize = BURST;

/// In seconds: a value with a shorter TTL may expire before it is read again.
const SHORT_LIVED: u32 = 60;

/// The last value sent to each address.
#[derive(Debug)]
pub struct LastValues {
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
    /// The address.
    pub address: String,
    /// The line that wrote it last.
    pub line: u64,
    /// The value that the router holds, if it has one.
    pub holds: Option<Value<'static>>,
}

impl LastValues {
    /// Remembers up to `limit` addresses.
    pub fn new(limit: usize) -> LastValues {
        LastValues {
            limit,
            last: HashMap::new(),
            overflowed: false,
        }
    }

    /// Records a value that was sent to an address, with its TTL.
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

    /// Does not verify this address: its value expires, or a line for it was refused.
    pub fn forget(&mut self, address: &str) {
        self.last.remove(address);
    }

    /// Does not verify the address that this line wrote last.
    pub fn forget_line(&mut self, line: u64) {
        self.last.retain(|_, last| last.line != line);
    }

    /// How many addresses can be verified; `None` if there were more than the limit.
    pub fn count(&self) -> Option<usize> {
        (!self.overflowed).then_some(self.last.len())
    }

    /// Reads the addresses again, over a new connection, which has a rate limit of its own.
    ///
    /// # Errors
    /// When the addresses cannot be read.
    pub async fn verify(&self, target: &Target) -> Result<Vec<Difference>, Error> {
        let mut reader = ParamReader::connect(target, Load::Bulk).await?;
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
