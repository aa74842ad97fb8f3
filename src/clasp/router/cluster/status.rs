//! Lists the routers of a cluster. Takes the engine's servers; gives the leases in its stream. No router is
//! asked, so that a dead or frozen one does not matter.

use tokio::time::{Duration, Instant};

use super::connection::{Connection, INBOX, OpenError, open};
use super::lease::Lease;
use super::nats::{self, Op};
use super::server::Server;
use super::subject::{Names, Topic};
use super::{api, text};

/// The timeout for the leases.
const LIMIT: Duration = Duration::from_secs(5);

/// The id of the subscription for the leases.
const LEASES: u64 = 8;

/// A router that has a lease.
#[derive(Debug, Clone)]
pub struct Member {
    /// The content of its lease.
    pub lease: Lease,
    /// The id of its lease.
    pub id: String,
    /// How many messages of the stream it had not received when it wrote its lease.
    pub lag: u64,
}

/// Reads the leases.
///
/// # Errors
/// No connection, no stream of this name.
pub async fn members(
    servers: &[Server],
    names: &Names,
    own: u64,
) -> Result<Vec<Member>, OpenError> {
    let own = text(own);
    let mut connection = open(servers, names, &own, false).await?;
    let (inbox, deliver) = (names.inbox(&own) + "open", names.inbox(&own) + "leases");
    let mut subscribe = Vec::new();
    nats::put_subscribe(&inbox, INBOX, &mut subscribe);
    nats::put_subscribe(&deliver, LEASES, &mut subscribe);
    connection.say(&subscribe).await?;
    let (stream, leases) = (names.stream(), names.leases());
    let request = api::create_consumer(names, &own, &deliver, &leases);
    let subject = format!("$JS.API.CONSUMER.CREATE.{stream}.{own}.{leases}");
    let pending = connection.ask(&subject, &inbox, &request).await?;
    let mut found = Vec::new();
    if pending.and_then(|reply| reply.num_pending) != Some(0) {
        read(&mut connection, names, &mut found).await?;
    }
    found.sort_by(|one, other| {
        let key = |member: &Member| (member.lease.about.name.clone(), member.lease.about.started);
        key(one).cmp(&key(other))
    });
    Ok(found)
}

/// Reads the leases until the last one.
async fn read(
    connection: &mut Connection,
    names: &Names,
    found: &mut Vec<Member>,
) -> Result<(), OpenError> {
    let all = connection.until(Instant::now() + LIMIT, |op| {
        let Op::Message(message) = op else {
            return None;
        };
        let (sequence, pending) = api::place(message.reply)?;
        if let Some(Topic::Router(id)) = names.topic(message.subject)
            && let Ok(lease) = serde_json::from_slice::<Lease>(message.body)
        {
            found.push(Member {
                lag: (sequence - 1).saturating_sub(lease.position),
                id: id.to_owned(),
                lease,
            });
        }
        (pending == 0).then_some(())
    });
    all.await
}
