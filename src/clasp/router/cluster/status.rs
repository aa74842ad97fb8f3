//! Who is in a cluster: an engine enters, what its stream says of the routers leaves. No router is asked,
//! so that one that is gone or stuck hides nothing.

use tokio::time::{Duration, Instant};

use super::connection::{Connection, INBOX, OpenError, open};
use super::nats::{self, Op};
use super::server::Server;
use super::subject::{Names, Topic};
use super::{Lease, api, text};

/// How long the leases may take to come.
const LIMIT: Duration = Duration::from_secs(5);

/// The subscription of the leases.
const LEASES: u64 = 8;

/// A router that has a lease.
#[derive(Debug, Clone)]
pub struct Member {
    /// What it said last.
    pub lease: Lease,
    /// The lease itself, which locks name.
    pub id: String,
    /// How many messages the stream had taken that had not come to it, when it said that.
    pub lag: u64,
}

/// Asks the engine.
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

/// Reads leases to the last.
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
