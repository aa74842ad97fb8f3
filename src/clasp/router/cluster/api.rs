//! What is asked of JetStream and what it answers, pure: JSON, as its documentation has it.

use serde::Deserialize;
use serde_json::json;

use super::subject::Names;

/// The oldest nats-server that will do.
const OLDEST: (u32, u32) = (2, 12);

/// How long the engine remembers that a param has expired, in ns: a router that was away for less
/// learns it from the stream, one that was away for longer from a new copy.
pub const MARKER_NS: u64 = 3_600_000_000_000;

/// How long a lease lives that is not renewed, as a header of NATS has it: longer than it takes three
/// nodes to elect another leader, so that locks outlive that.
pub const LEASE_TTL: &str = "10s";

/// The error of a write whose subject has another last sequence than was expected.
pub const WRONG_LAST_SEQUENCE: u32 = 10_071;

/// There is no such stream.
pub const NO_STREAM: u32 = 10_059;

/// What a server says of itself.
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
    /// Whether TLS has to be spoken.
    #[serde(default)]
    pub tls_required: bool,
}

/// What JetStream answers. Of a write, `seq`; of a request, the rest.
#[derive(Debug, Default, Deserialize)]
pub struct Reply {
    /// Why it was not done.
    pub error: Option<ApiError>,
    /// How the stream is set up.
    pub config: Option<Config>,
    /// How the stream stands.
    pub state: Option<StreamState>,
    /// Of a consumer: how many messages are still to come.
    pub num_pending: Option<u64>,
}

/// Why something was not done.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiError {
    /// Which error, by its number in JetStream.
    #[serde(default)]
    pub err_code: u32,
    /// In words.
    #[serde(default)]
    pub description: String,
}

/// What of a stream's configuration matters. An old server leaves out what it does not know.
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
    /// How many nodes keep the stream.
    #[serde(default)]
    pub num_replicas: u32,
}

#[derive(Debug, Default, Deserialize)]
struct Republish {
    #[serde(default)]
    dest: String,
}

/// How a stream stands.
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
    /// Of a write: the last sequence that its subject has instead.
    pub fn last_sequence(&self) -> Option<u64> {
        let (_, number) = self.description.rsplit_once(": ")?;
        number.trim().parse().ok()
    }
}

impl Info {
    /// Why this server will not do.
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
        if self.tls_required {
            let why = "it demands TLS, which --cluster does not speak yet";
            return Some(Unfit::because(why));
        }
        None
    }

    /// A version that cannot be read is taken: the stream's own reply is looked at as well.
    fn is_too_old(&self) -> bool {
        let mut parts = self.version.split(['.', '-']).map(str::parse::<u32>);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < OLDEST,
            _ => false,
        }
    }
}

impl Config {
    /// Why the stream that is there will not do.
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

/// Asks to create the stream of a show.
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

/// Asks for the last message of every subject of the stream below `filter`, sent to `deliver`.
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

/// Reads what JetStream answers.
pub fn reply(bytes: &[u8]) -> Option<Reply> {
    serde_json::from_slice(bytes).ok()
}

/// Whether a write was done, without reading all of the answer: there is one for each.
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
    fn an_old_server_will_not_do() {
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
    fn a_reply_that_leaves_something_out_says_that_a_node_is_old() {
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
