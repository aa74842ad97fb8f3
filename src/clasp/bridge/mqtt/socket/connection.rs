//! One connection to a broker, from CONNECT to its end. It sends and receives publications, with
//! the acknowledgements that their QoS requires.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::super::codec::{
    self, Connect, Head, Packet, Publish, Step, Version, Wanted, connect_refusal,
};
use super::super::show::Shown;
use crate::clasp::bridge::newest::Newest;
use crate::error::{Failure, Kind};
use crate::net::Transport;
use crate::net::endpoint::Endpoint;
use crate::net::stream::Dial;
use crate::net::tls::Trust;
use crate::trace::{Direction, Tap};

/// The size limit of a packet. The payload of a larger one would not fit in a CLASP frame.
const PACKET_MAX: usize = 256 * 1024;

/// How many retained publications are remembered, to recognise them when they arrive a second time.
const SNAPSHOT_MAX: usize = 200_000;

/// The limit of unacknowledged publications.
const IN_FLIGHT_MAX: usize = 500;

/// How often to ping the broker, and how long it may take to answer.
const PING_EVERY: Duration = Duration::from_secs(30);

/// The time limit for a write.
const WRITE: Duration = Duration::from_secs(10);

/// A broker that has sent nothing for this long has sent all that it retains: no packet says so.
const QUIET: Duration = Duration::from_secs(2);

/// The code of DISCONNECT when another client has connected with the same client id.
const TAKEN_OVER: u8 = 0x8E;

/// How to connect, and what to subscribe to.
#[derive(Clone)]
pub struct Settings {
    /// The address of the broker.
    pub broker: Endpoint,
    /// Which certificates to trust, with TLS.
    pub trust: Trust,
    /// The content of CONNECT: client id, credentials, last will.
    pub connect: Connect,
    /// The protocol version.
    pub version: Version,
    /// The topic filters to subscribe to.
    pub filters: Vec<String>,
    /// What to receive.
    pub wanted: Wanted,
    /// The highest QoS to subscribe with.
    pub qos: u8,
    /// The time limit for connecting.
    pub limit: Duration,
    /// The first wait before reconnecting. Later waits are longer.
    pub reconnect: Duration,
    /// Where packets are shown.
    pub tap: Tap,
}

/// What the client reports.
#[derive(Debug)]
pub enum Incoming {
    /// A publication from the broker.
    Publish(Publish),
    /// A publication that the broker retains, see [`Client::read_again`](super::Client::read_again).
    Retained(Publish),
    /// Not all that the broker retains was read again, and why.
    NotReadAgain(String),
    /// The client has reconnected, after this time.
    Reconnected(Duration),
    /// The connection is lost, and the client tries to reconnect.
    Disconnected(String),
    /// Another client has connected with our client id, so the broker has ended our connection. It is
    /// certain if the broker has said so; if not, connections were closed repeatedly.
    Rival {
        /// Whether the broker has said so.
        is_certain: bool,
    },
    /// A publication was not passed on: the reason under which it is counted, and a description.
    Dropped(&'static str, String),
}

/// What comes next from the broker.
enum Next {
    Packet(Packet),
    /// The report of a packet that is too large.
    Skipped(Incoming),
    /// Nothing, until more is read.
    Incomplete,
}

/// Why a connection ended.
pub enum End {
    /// It was lost.
    Lost(String),
    /// The broker has closed it, and did not say why.
    Closed,
    /// The broker says that another client has connected with our client id.
    TakenOver,
    /// The client was closed.
    Stopped,
}

/// One connection, after CONNACK and SUBACK.
pub struct Connection {
    reader: ReadHalf<Transport>,
    writer: WriteHalf<Transport>,
    version: Version,
    tap: Tap,
    /// Bytes that were read and are not a complete packet yet.
    bytes: Vec<u8>,
    /// How many bytes of a too large packet are still to be skipped.
    skip: usize,
    /// Bytes to write.
    out: Vec<u8>,
    /// Publications that the broker has not acknowledged, with their number in the order of sending.
    in_flight: HashMap<u16, (u64, Publish)>,
    sent: u64,
    in_flight_max: usize,
    packet_maximum: usize,
    next_id: u16,
    /// The ids of QoS 2 publications that were passed on and not released yet.
    received: HashSet<u16>,
    /// What arrived before SUBACK.
    early: Vec<Incoming>,
    /// Hashes of retained publications that have arrived: in MQTT 3.1.1 they arrive again with the
    /// second subscription.
    snapshot: HashSet<u64>,
}

impl Connection {
    /// Opens the connection, sends CONNECT and subscribes.
    ///
    /// # Errors
    /// When there is no connection, or when the broker refuses something.
    pub async fn open(settings: &Settings) -> Result<Connection, Failure> {
        let broker = &settings.broker;
        let dial = Dial {
            endpoint: broker,
            trust: &settings.trust,
            proxy: None,
            deadline: Instant::now() + settings.limit,
            limit: settings.limit,
            tap: &settings.tap,
        };
        let (reader, writer) = split(dial.connect().await?);
        let mut connection = Connection {
            reader,
            writer,
            version: settings.version,
            tap: settings.tap.clone(),
            bytes: Vec::new(),
            skip: 0,
            out: codec::connect(&settings.connect, settings.version),
            in_flight: HashMap::new(),
            sent: 0,
            in_flight_max: IN_FLIGHT_MAX,
            packet_maximum: usize::MAX,
            next_id: 1,
            received: HashSet::new(),
            early: Vec::new(),
            snapshot: HashSet::new(),
        };
        let greeted = connection.greet(settings);
        match timeout(settings.limit, greeted).await {
            Ok(greeted) => greeted?,
            Err(_) => {
                let message = format!("{broker} did not answer CONNECT: is it an MQTT broker?");
                return Err(Failure::new(Kind::Connection, message));
            }
        }
        Ok(connection)
    }

    /// Sends CONNECT and SUBSCRIBE, and reads the answers.
    async fn greet(&mut self, settings: &Settings) -> Result<(), Failure> {
        let broker = &settings.broker;
        let lost = |why: String| {
            let failure = Failure::new(
                Kind::Connection,
                format!("{broker} ended the connection: {why}"),
            );
            match settings.version {
                Version::V5 => failure.with_hint("An old broker may need --protocol 3.1.1"),
                Version::V3 => failure,
            }
        };
        self.flush().await.map_err(lost)?;
        match self.answer().await.map_err(lost)? {
            Packet::ConnAck {
                code: 0,
                receive_maximum,
                packet_maximum,
            } => {
                self.in_flight_max = IN_FLIGHT_MAX.min(receive_maximum.into());
                self.packet_maximum = packet_maximum.map_or(usize::MAX, |max| max as usize);
            }
            Packet::ConnAck { code, .. } => {
                let why = connect_refusal(code);
                let message = format!("{broker} refused this client: {why} (code {code})");
                let failure = Failure::new(Kind::Refused, message);
                return Err(match code {
                    1 | 0x84 => failure.with_hint("Try another version: --protocol 3.1.1"),
                    4 | 5 | 0x86 | 0x87 => {
                        failure.with_hint("Give credentials with --username and --password-file")
                    }
                    _ => failure,
                });
            }
            _ => return Err(lost("its answer to CONNECT was not CONNACK".into())),
        }
        // Ask for retained publications with QoS 0: with a higher one, mosquitto drops those beyond
        // its limit of waiting messages per client (1,000).
        let id = self.take_id();
        let (filters, version) = (&settings.filters, settings.version);
        self.out
            .extend(codec::subscribe(id, filters, 0, version, settings.wanted));
        self.flush().await.map_err(lost)?;
        loop {
            match self.answer().await.map_err(lost)? {
                Packet::SubAck { codes, .. } => {
                    let refused = codes.iter().position(|code| *code >= 0x80);
                    if let Some(filter) = refused.and_then(|at| filters.get(at)) {
                        let message = format!("{broker} refused to subscribe to {filter}");
                        return Err(Failure::new(Kind::Refused, message));
                    }
                    if settings.qos > 0 {
                        let id = self.take_id();
                        let again =
                            codec::subscribe(id, filters, settings.qos, version, Wanted::Live);
                        self.out.extend(again);
                    }
                    return Ok(());
                }
                Packet::Publish(publish) => {
                    let publish = self.accept(publish).map(Incoming::Publish);
                    self.early.extend(publish);
                }
                Packet::Disconnect { code } => return Err(lost(format!("code {code:#04x}"))),
                _ => {}
            }
        }
    }

    /// Waits for the next packet, while connecting.
    async fn answer(&mut self) -> Result<Packet, String> {
        loop {
            match self.packet()? {
                Next::Packet(packet) => return Ok(packet),
                Next::Skipped(report) => self.early.push(report),
                Next::Incomplete => self.read().await?,
            }
        }
    }

    async fn read(&mut self) -> Result<(), String> {
        match self.reader.read_buf(&mut self.bytes).await {
            Ok(0) => Err("closed".into()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The next packet, if it has been read completely. One that is too large is skipped while it comes.
    fn packet(&mut self) -> Result<Next, String> {
        let skipped = self.skip.min(self.bytes.len());
        self.bytes.drain(..skipped);
        self.skip -= skipped;
        match codec::head(&self.bytes).map_err(|why| why.to_string())? {
            Head::Incomplete => Ok(Next::Incomplete),
            Head::Packet { head, rest } if rest > PACKET_MAX => {
                let Some((topic, qos, id)) = codec::publish_head(&self.bytes, head) else {
                    return Ok(Next::Incomplete);
                };
                let kept = if codec::is_retained(&self.bytes) {
                    "; the router keeps the value before"
                } else {
                    ""
                };
                // Otherwise the broker would wait for this, and in the end send nothing more.
                self.acknowledge(qos, id);
                self.skip = head + rest;
                let detail = format!("{topic}: {rest} bytes, and CLASP has room for 65,535{kept}");
                Ok(Next::Skipped(Incoming::Dropped(
                    "too large for CLASP",
                    detail,
                )))
            }
            Head::Packet { head, rest } if self.bytes.len() < head + rest => Ok(Next::Incomplete),
            Head::Packet { head, rest } => {
                let packet = codec::decode(&self.bytes[..head + rest], self.version);
                self.bytes.drain(..head + rest);
                packet.map(Next::Packet).map_err(|why| why.to_string())
            }
        }
    }

    async fn flush(&mut self) -> Result<(), String> {
        if self.out.is_empty() {
            return Ok(());
        }
        let written = async {
            self.writer.write_all(&self.out).await?;
            self.writer.flush().await
        };
        match timeout(WRITE, written).await {
            Ok(Ok(())) => {
                self.out.clear();
                Ok(())
            }
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the broker does not read".into()),
        }
    }

    fn take_id(&mut self) -> u16 {
        loop {
            let id = self.next_id;
            self.next_id = self.next_id.checked_add(1).unwrap_or(1);
            if !self.in_flight.contains_key(&id) {
                return id;
            }
        }
    }

    /// Acknowledges a publication. Returns `None` if it was passed on before.
    fn accept(&mut self, publish: Publish) -> Option<Publish> {
        self.tap
            .message(Direction::Received, publish.payload.len(), || {
                Box::new(Shown(&publish))
            });
        self.acknowledge(publish.qos, publish.id);
        let is_new = publish.qos < 2 || self.received.insert(publish.id);
        (is_new && !self.has_come(&publish)).then_some(publish)
    }

    /// Adds the answer to a publication of the broker to the bytes to write.
    fn acknowledge(&mut self, qos: u8, id: u16) {
        match qos {
            0 => {}
            1 => self.out.extend(codec::acknowledge(Step::Ack, id)),
            _ => self.out.extend(codec::acknowledge(Step::Rec, id)),
        }
    }

    /// Whether a retained publication has already arrived with the first subscription. In MQTT
    /// 3.1.1, a new publication is never marked as retained.
    fn has_come(&mut self, publish: &Publish) -> bool {
        if self.version == Version::V5 || !publish.retain || self.snapshot.len() >= SNAPSHOT_MAX {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        (&publish.topic, &publish.payload).hash(&mut hasher);
        !self.snapshot.insert(hasher.finish())
    }

    /// The publications that the broker has not acknowledged, in the order in which they were sent.
    pub fn take_in_flight(&mut self) -> Vec<Publish> {
        let mut in_flight: Vec<_> = std::mem::take(&mut self.in_flight).into_values().collect();
        in_flight.sort_unstable_by_key(|(number, _)| *number);
        in_flight.into_iter().map(|(_, publish)| publish).collect()
    }

    /// Adds a publication to the bytes to write.
    fn queue(&mut self, mut publish: Publish) {
        self.tap
            .message(Direction::Sent, publish.payload.len(), || {
                Box::new(Shown(&publish))
            });
        if publish.qos > 0 {
            publish.id = self.take_id();
        }
        self.out.extend(codec::publish(&publish, self.version));
        if publish.qos > 0 {
            self.sent += 1;
            self.in_flight.insert(publish.id, (self.sent, publish));
        }
    }

    /// Sends what was kept and then what arrives, and receives, until the connection is lost, or until
    /// the client is closed (`stopped`) and everything is sent and acknowledged, or the time for that is
    /// over (`ends_at`).
    pub async fn run(
        &mut self,
        kept: &mut Newest<Publish>,
        to_send: &mut mpsc::Receiver<Publish>,
        events: &mpsc::Sender<Incoming>,
        stopped: &mut oneshot::Receiver<Instant>,
        ends_at: &mut Option<Instant>,
    ) -> End {
        for event in std::mem::take(&mut self.early) {
            if events.send(event).await.is_err() {
                return End::Stopped;
            }
        }
        let mut ping_at = Instant::now() + PING_EVERY;
        let mut ponged = true;
        let mut has_more = true;
        loop {
            // Handle packets of the last read, and publications that arrived before SUBACK.
            loop {
                let packet = match self.packet() {
                    Ok(packet) => packet,
                    Err(why) => return End::Lost(why),
                };
                let event = match packet {
                    Next::Incomplete => break,
                    Next::Skipped(report) => report,
                    Next::Packet(Packet::Publish(publish)) => match self.accept(publish) {
                        Some(publish) => Incoming::Publish(publish),
                        None => continue,
                    },
                    Next::Packet(Packet::PingResp) => {
                        ponged = true;
                        continue;
                    }
                    Next::Packet(Packet::Disconnect { code: TAKEN_OVER }) => {
                        return End::TakenOver;
                    }
                    Next::Packet(Packet::Disconnect { code }) => {
                        return End::Lost(format!(
                            "the broker ended the connection with code {code:#04x}"
                        ));
                    }
                    Next::Packet(Packet::Acknowledge { step, id, code }) => {
                        match self.acknowledged(step, id, code) {
                            Some(not) => not,
                            None => continue,
                        }
                    }
                    Next::Packet(Packet::ConnAck { .. } | Packet::SubAck { .. }) => continue,
                };
                if events.send(event).await.is_err() {
                    return End::Stopped;
                }
            }
            while self.has_room()
                && let Some(publish) = kept.pop()
            {
                self.send(publish, events).await;
            }
            if !has_more && kept.is_empty() && self.in_flight.is_empty() {
                self.disconnect().await;
                return End::Stopped;
            }
            if let Err(why) = self.flush().await {
                return End::Lost(why);
            }
            let has_room = self.has_room();
            tokio::select! {
                read = self.reader.read_buf(&mut self.bytes) => match read {
                    Ok(0) => return End::Closed,
                    Ok(_) => {}
                    Err(error) => return End::Lost(error.to_string()),
                },
                publish = to_send.recv(), if has_more && has_room => match publish {
                    Some(publish) => self.send(publish, events).await,
                    None => has_more = false,
                },
                () = sleep_until(ping_at) => {
                    if !std::mem::replace(&mut ponged, false) {
                        return End::Lost("the broker did not answer a ping".into());
                    }
                    self.out.extend(codec::PING);
                    ping_at = Instant::now() + PING_EVERY;
                }
                at = &mut *stopped, if ends_at.is_none() => {
                    *ends_at = Some(at.unwrap_or_else(|_| Instant::now()));
                }
                () = sleep_until(ends_at.unwrap_or_else(Instant::now)), if ends_at.is_some() => {
                    self.disconnect().await;
                    return End::Stopped;
                }
            }
        }
    }

    /// Reads what the broker retains, until nothing more has come for [`QUIET`].
    ///
    /// # Errors
    /// Why the connection ended.
    pub async fn read_retained(&mut self, events: &mpsc::Sender<Incoming>) -> Result<(), String> {
        let mut early: VecDeque<_> = std::mem::take(&mut self.early).into();
        loop {
            let incoming = match early.pop_front() {
                Some(incoming) => incoming,
                None => match self.packet()? {
                    Next::Incomplete => {
                        self.flush().await?;
                        match timeout(QUIET, self.read()).await {
                            Ok(read) => read?,
                            Err(_) => break,
                        }
                        continue;
                    }
                    Next::Packet(Packet::Publish(publish)) => Incoming::Publish(publish),
                    Next::Packet(Packet::Disconnect { code }) => {
                        return Err(format!(
                            "the broker ended the connection with code {code:#04x}"
                        ));
                    }
                    // It was named when it came the first time.
                    Next::Packet(_) | Next::Skipped(_) => continue,
                },
            };
            // Live ones have no mark, and come on the other connection.
            if let Incoming::Publish(publish) = incoming
                && publish.retain
                && events.send(Incoming::Retained(publish)).await.is_err()
            {
                break;
            }
        }
        self.disconnect().await;
        Ok(())
    }

    /// Ends the connection properly; the broker then does not publish the last will.
    async fn disconnect(&mut self) {
        self.out.extend(codec::DISCONNECT);
        let _ = self.flush().await;
        let _ = self.writer.shutdown().await;
    }

    /// Whether the broker takes another publication before it acknowledges one.
    fn has_room(&self) -> bool {
        self.in_flight.len() < self.in_flight_max
    }

    /// Queues a publication, unless it is larger than the broker takes.
    async fn send(&mut self, publish: Publish, events: &mpsc::Sender<Incoming>) {
        if publish.size() > self.packet_maximum {
            let detail = format!("{}: larger than the broker's limit", publish.topic);
            let report = Incoming::Dropped("too large for the broker", detail);
            let _ = events.send(report).await;
            return;
        }
        self.queue(publish);
    }

    /// Handles one step of an acknowledgement. Returns a report if the broker refused the
    /// publication.
    fn acknowledged(&mut self, step: Step, id: u16, code: u8) -> Option<Incoming> {
        match step {
            Step::Rec if code < 0x80 => self.out.extend(codec::acknowledge(Step::Rel, id)),
            Step::Rel => {
                self.received.remove(&id);
                self.out.extend(codec::acknowledge(Step::Comp, id));
            }
            Step::Ack | Step::Comp | Step::Rec => {
                let (_, publish) = self.in_flight.remove(&id)?;
                if code >= 0x80 {
                    let detail = format!(
                        "{}: refused by the broker (code {code:#04x})",
                        publish.topic
                    );
                    return Some(Incoming::Dropped("refused by the broker", detail));
                }
            }
        }
        None
    }
}
