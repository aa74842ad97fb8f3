//! MQTT 3.1.1 and 5: what brokers and sensors speak. The bridge is a client of a broker.
//!
//! - [`codec`]: bytes to packets and back
//! - [`envelope`]: a value with the properties of its publication, as one CLASP value
//! - [`topic`]: topics to addresses and back
//! - [`payload`]: payloads to CLASP values and back
//! - [`late`]: values that are held back for a moment
//! - [`map`]: publications to CLASP messages and back
//! - [`origin`]: which publications and events other bridges have carried
//! - [`rounds`]: which messages go round between two bridges that cannot know each other
//! - [`show`]: packets for `-v` and `--trace`
//! - [`socket`]: the connection to a broker, which reconnects when it is lost

pub mod codec;
pub mod envelope;
pub mod late;
pub mod map;
pub mod origin;
pub mod payload;
pub mod rounds;
pub mod show;
pub mod socket;
pub mod topic;
