//! MQTT 3.1.1 and 5: what brokers and sensors speak. The bridge is a client of a broker.
//!
//! - [`codec`]: bytes to packets and back
//! - [`envelope`]: a value with the properties of its publication, as one CLASP value
//! - [`topic`]: topics to addresses and back
//! - [`payload`]: payloads to CLASP values and back
//! - [`map`]: publications to CLASP messages and back
//! - [`show`]: packets for `-v` and `--trace`
//! - [`socket`]: the connection to a broker, which reconnects when it is lost

pub mod codec;
pub mod envelope;
pub mod map;
pub mod payload;
pub mod show;
pub mod socket;
pub mod topic;
