//! Which tokens the router accepts. Takes the file of tokens; gives them, and follows its changes.

use std::time::Duration;

use tokio::sync::watch;

use crate::clasp::client::clock::now_micros;
use crate::clasp::cmd::token::file::{Stamp, TokensFile};
use crate::clasp::router::auth::{Record, Tokens, hash, mint};
use crate::error::{Failure, Kind};
use crate::term::Console;

/// How often the token file is checked for changes.
const CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// The accepted tokens, and the file they come from.
pub(super) struct Keys {
    file: TokensFile,
    /// The command's token, which is not in the file.
    own: Option<Record>,
    pub(super) known: watch::Sender<Tokens>,
    /// The state of the file when it was read.
    seen: Stamp,
}

impl Keys {
    pub(super) fn read(file: TokensFile, own: Option<Record>) -> Result<Keys, Failure> {
        // Taken before reading, so that a change in between is noticed.
        let seen = file.stamp();
        let mut records = file.read()?;
        records.extend(own.clone());
        Ok(Keys {
            file,
            own,
            known: watch::Sender::new(Tokens::new(records)),
            seen,
        })
    }

    /// Reads the file again whenever it changes. If it cannot be read, the tokens stay as they
    /// were: a mistake in the file locks nobody out and admits nobody new.
    pub(super) async fn follow(self, console: &Console) {
        if self.file.is_writable_by_others() {
            console.warn(format_args!(
                "other users of this machine can change {0} and give themselves access: chmod 600 {0}",
                self.file.name()
            ));
        }
        let mut seen = self.seen;
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            let stamp = self.file.stamp();
            if stamp == seen {
                continue;
            }
            seen = stamp;
            match self.file.read() {
                Ok(mut records) => {
                    records.extend(self.own.clone());
                    self.known.send_replace(Tokens::new(records));
                }
                Err(error) => console.warn(format_args!("{error}; the tokens stay as they were")),
            }
        }
    }
}

/// A token with full access for the command and the bridges, which is stored nowhere. A router without tokens
/// accepts any token; the command gets one in any case, so that it does not use another one
/// from its settings.
pub(super) fn own_token() -> Result<(String, Record), Failure> {
    let token = mint()?;
    let record = Record {
        id: "command".into(),
        hash: hash(&token),
        scopes: vec![
            "admin:/**"
                .parse()
                .map_err(|error| Failure::new(Kind::Service, format!("{error}")))?,
        ],
        subject: None,
        created: now_micros(),
        expires: None,
    };
    Ok((token, record))
}
