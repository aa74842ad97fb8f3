//! Requests to JetStream and its replies, as JSON; pure.

use serde::Deserialize;
use serde_json::json;

use super::subject::Names;

/// The oldest version of nats-server that can be used.
const OLDEST: (u32, u32) = (2, 12);

/// The TTL of the markers of expired params, in ns.
pub const MARKER_NS: u64 = 3_600_000_000_000;

/// The TTL of a lease, as a NATS header: longer than three nodes need to elect another leader, so that
/// locks are not lost then.
pub const LEASE_TTL: &str = "10s";

/// The error of a write whose subject has another last sequence than was expected.
pub const WRONG_LAST_SEQUENCE: u32 = 10_071;

/// There is no such stream.
pub const NO_STREAM: u32 = 10_059;

/// The INFO of a server.
#[derive(Debug, Default, Deserialize)]
pub struct Info {
    /// Its version, such as `2.12.1`.
    #[serde(default)]
    pub version: String,
    /// Whether it has JetStream.
    #[serde(default)]
    pub jetstream: bool,
    /// The name of its cluster, if it is in one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Whether clients must use TLS.
    #[serde(default)]
    pub tls_required: bool,
    /// Whether clients may use TLS.
    #[serde(default)]
    pub tls_available: bool,
    /// The nonce to sign, for a login with a key.
    #[serde(default)]
    pub nonce: Option<String>,
}

/// A reply of JetStream.
#[derive(Debug, Default, Deserialize)]
pub struct Reply {
    /// The error, if it failed.
    pub error: Option<ApiError>,
    /// The configuration of the stream.
    pub config: Option<Config>,
    /// The state of the stream.
    pub state: Option<StreamState>,
    /// For a consumer: the number of messages that follow.
    pub num_pending: Option<u64>,
}

/// An error of JetStream.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiError {
    /// Its number.
    #[serde(default)]
    pub err_code: u32,
    /// Its text.
    #[serde(default)]
    pub description: String,
}

/// The part of a stream's configuration that matters here. An old server leaves out unknown fields.
#[derive(Debug, Default, Deserialize)]
pub struct Config {
    #[serde(default)]
    allow_msg_ttl: bool,
    #[serde(default)]
    allow_atomic: bool,
    #[serde(default)]
    subjects: Vec<String>,
    #[serde(default)]
    republish: Option<Republish>,
    #[serde(default)]
    subject_delete_marker_ttl: u64,
    /// The number of replicas.
    #[serde(default)]
    pub num_replicas: u32,
}

#[derive(Debug, Default, Deserialize)]
struct Republish {
    #[serde(default)]
    dest: String,
}

/// The state of a stream.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub struct StreamState {
    /// The sequence of its last message.
    pub last_seq: u64,
}

/// Why an engine cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// In words.
    pub why: String,
    /// A newer nats-server would do.
    pub is_old: bool,
}

impl Unfit {
    /// For any other reason than its age.
    pub fn because(why: impl Into<String>) -> Unfit {
        Unfit {
            why: why.into(),
            is_old: false,
        }
    }

    fn old(why: impl Into<String>) -> Unfit {
        Unfit {
            why: why.into(),
            is_old: true,
        }
    }
}

impl ApiError {
    /// For a refused write: the actual last sequence of its subject.
    pub fn last_sequence(&self) -> Option<u64> {
        let (_, number) = self.description.rsplit_once(": ")?;
        number.trim().parse().ok()
    }
}

impl Info {
    /// Why this server cannot be used, if so.
    pub fn unfit(&self) -> Option<Unfit> {
        if self.is_too_old() {
            return Some(Unfit::old(format!(
                "nats-server {} is too old: a cluster needs message TTLs (2.11) and atomic batches (2.12)",
                self.version
            )));
        }
        if !self.jetstream {
            let why = "its JetStream is not enabled: start it with nats-server -js";
            return Some(Unfit::because(why));
        }
        None
    }

    /// An unreadable version is accepted, because the stream's configuration is checked as well.
    fn is_too_old(&self) -> bool {
        let mut parts = self.version.split(['.', '-']).map(str::parse::<u32>);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < OLDEST,
            _ => false,
        }
    }
}

impl Config {
    /// Why the existing stream cannot be used, if so.
    pub fn unfit(&self, names: &Names) -> Option<Unfit> {
        if !self.allow_msg_ttl || !self.allow_atomic {
            return Some(Unfit::old(
                "the engine takes no message TTLs or no atomic batches: one of its nodes is older than nats-server 2.12",
            ));
        }
        let republishes = self.republish.as_ref().map(|republish| &*republish.dest);
        let is_ours = self.subjects == [names.stored()]
            && republishes == Some(&*names.republished())
            && self.subject_delete_marker_ttl > 0;
        (!is_ours).then(|| {
            let stream = names.stream();
            let why = format!("its stream {stream} is set up otherwise than a cluster needs it");
            Unfit::because(why)
        })
    }
}

/// The request to create the stream of a show.
pub fn create_stream(names: &Names, replicas: u32) -> Vec<u8> {
    let request = json!({
        "name": names.stream(),
        "subjects": [names.stored()],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "num_replicas": replicas,
        "max_msgs_per_subject": 1,
        "allow_msg_ttl": true,
        "allow_atomic": true,
        "allow_direct": false,
        "subject_delete_marker_ttl": MARKER_NS,
        "republish": { "src": names.stored(), "dest": names.republished() },
    });
    request.to_string().into_bytes()
}

/// The request for a consumer that sends the last message of every subject that matches `filter` to
/// `deliver`.
pub fn create_consumer(names: &Names, name: &str, deliver: &str, filter: &str) -> Vec<u8> {
    let request = json!({
        "stream_name": names.stream(),
        "config": {
            "name": name,
            "deliver_policy": "last_per_subject",
            "ack_policy": "none",
            "max_deliver": 1,
            "deliver_subject": deliver,
            "filter_subject": filter,
            "flow_control": true,
            "idle_heartbeat": 1_000_000_000_u64,
            "inactive_threshold": 5_000_000_000_u64,
            "mem_storage": true,
            "num_replicas": 1,
        },
    });
    request.to_string().into_bytes()
}

/// Reads a reply.
pub fn reply(bytes: &[u8]) -> Option<Reply> {
    serde_json::from_slice(bytes).ok()
}

/// Whether a reply to a write reports success. It reads only its beginning, because there is one for
/// every write.
pub fn is_done(bytes: &[u8]) -> bool {
    bytes.starts_with(br#"{"stream":"#)
}

/// The sequence of a message of a consumer, and how many follow it, as the subject for its
/// acknowledgement has them: `$JS.ACK.STREAM.CONSUMER.DELIVERED.SEQUENCE.PLACE.TIME.PENDING`.
pub fn place(reply: &str) -> Option<(u64, u64)> {
    let mut parts = reply.strip_prefix("$JS.ACK.")?.rsplit('.');
    let pending = parts.next()?.parse().ok()?;
    let sequence = parts.nth(2)?.parse().ok()?;
    Some((sequence, pending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(version: &str) -> Info {
        Info {
            version: version.into(),
            jetstream: true,
            ..Info::default()
        }
    }

    #[test]
    fn an_old_server_is_refused() {
        for version in ["2.9.10", "2.11.4", "1.99.0", "2.11.0-RC.1"] {
            let Unfit { why, is_old } = info(version).unfit().expect(version);
            assert!(
                is_old && why.contains(version) && why.contains("2.12"),
                "{why}"
            );
        }
        for version in ["2.12.0", "2.15.1", "3.0.0", "2.14.0-dev", ""] {
            assert_eq!(info(version).unfit(), None, "{version}");
        }
    }

    #[test]
    fn a_reply_without_the_new_fields_is_from_an_old_node() {
        let names = Names::new("show");
        let mut config: Config = serde_json::from_slice(&create_stream(&names, 1)).unwrap();
        assert_eq!(config.unfit(&names), None);
        assert!(config.unfit(&Names::new("other")).is_some());
        config.allow_atomic = false;
        let Unfit { why, is_old } = config.unfit(&names).unwrap();
        assert!(is_old && why.contains("2.12"), "{why}");
    }

    #[test]
    fn places_and_refusals() {
        assert_eq!(
            place("$JS.ACK.T.c1.1.5.4.1795804958268081816.7"),
            Some((5, 7))
        );
        assert_eq!(place("other"), None);
        let refused = br#"{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 12"},"stream":"T","seq":0}"#;
        assert!(!is_done(refused));
        let error = reply(refused).unwrap().error.unwrap();
        assert_eq!(
            (error.err_code, error.last_sequence()),
            (WRONG_LAST_SEQUENCE, Some(12))
        );
        assert!(is_done(br#"{"stream":"T","seq":3,"batch":"B1","count":2}"#));
    }
}
