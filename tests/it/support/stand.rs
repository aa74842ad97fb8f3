//! `trefoil vuer serve` as a process at a port of its own, and clients written by hand.

use std::net::TcpStream;

use rmpv::Value as Pack;
use serde_json::Value;
use tungstenite::{Message, WebSocket};

use super::running::Running;
use super::trefoil::{Trefoil, trefoil, vuer};
use super::vuer::packed;

/// A running server. Its stdin is open.
pub struct Stand {
    pub process: Running,
    pub url: String,
    /// The URL for a browser.
    pub link: String,
}

impl Stand {
    /// Starts `vuer serve` with these arguments, and with our own page unless they name another.
    #[track_caller]
    pub fn start(args: &[&str]) -> Stand {
        let mut all = vec!["vuer", "serve", "--bind", "127.0.0.1:0", "-o", "json"];
        if !args.contains(&"--page") {
            all.extend(["--page", "builtin"]);
        }
        Stand::of(trefoil(&[&all[..], args].concat()))
    }

    #[track_caller]
    pub fn of(command: Trefoil) -> Stand {
        let mut process = command.start();
        let ready = process.record();
        let text = |name: &str| ready[name].as_str().expect("a ready line").to_owned();
        Stand {
            url: text("url"),
            link: text("link"),
            process,
        }
    }

    /// The address, without the scheme.
    pub fn authority(&self) -> &str {
        let url = self.url.trim_start_matches("ws://");
        url.split('/').next().expect("a host")
    }

    pub fn vuer(&self, args: &[&str]) -> Trefoil {
        vuer(&self.url, args)
    }

    /// A client that has sent INIT.
    #[track_caller]
    pub fn client(&self, name: &str) -> Client {
        let mut client = self.stranger();
        client.send(&Pack::Map(vec![
            ("etype".into(), "INIT".into()),
            (
                "value".into(),
                Pack::Map(vec![("client".into(), name.into())]),
            ),
        ]));
        client
    }

    /// A client that has sent nothing.
    #[track_caller]
    pub fn stranger(&self) -> Client {
        let stream = TcpStream::connect(self.authority()).expect("it listens");
        stream
            .set_read_timeout(Some(super::PATIENCE))
            .expect("a socket");
        let (socket, _) = tungstenite::client(&*self.url, stream).expect("the upgrade");
        Client(socket)
    }

    /// The next event on stdout that fulfils a condition.
    #[track_caller]
    pub fn event(&mut self, etype: &str) -> Value {
        self.process.record_where(|event| event["etype"] == etype)
    }
}

/// A WebSocket to a server.
pub struct Client(pub WebSocket<TcpStream>);

impl Client {
    #[track_caller]
    pub fn send(&mut self, message: &Pack) {
        self.0
            .send(Message::binary(packed(message)))
            .expect("it is read");
    }

    /// The next message as JSON-like text: its etype and data; at the end the close code.
    #[track_caller]
    pub fn receive(&mut self) -> Result<(String, Pack), Option<u16>> {
        loop {
            match self.0.read() {
                Ok(Message::Binary(bytes)) => {
                    let message = rmpv::decode::read_value(&mut &bytes[..]).expect("MessagePack");
                    let field = |name: &str| {
                        let entries = message.as_map().expect("a map");
                        let found = entries.iter().find(|(key, _)| key.as_str() == Some(name));
                        found.map_or(Pack::Nil, |(_, value)| value.clone())
                    };
                    let etype = field("etype").as_str().expect("a string").to_owned();
                    return Ok((etype, field("data")));
                }
                Ok(Message::Close(frame)) => return Err(frame.map(|frame| frame.code.into())),
                Ok(_) => {}
                Err(_) => return Err(None),
            }
        }
    }

    /// The next message of this kind.
    #[track_caller]
    pub fn receive_only(&mut self, etype: &str) -> Pack {
        loop {
            match self.receive() {
                Ok((found, data)) if found == etype => return data,
                Ok(_) => {}
                Err(code) => panic!("closed with {code:?} before a {etype}"),
            }
        }
    }
}
