//! What another instance has: a run, a conversation, an upload. Takes the instance that a row names;
//! gives a refusal that says where to ask, or the fields that say so in a reply.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::service::Service;
use super::state::{Instance, StateError};

impl Service {
    /// Refuses what only another instance can do: 421 with its name and URL, 503 if it is away.
    ///
    /// # Errors
    /// The refusal; the state's errors.
    pub(super) async fn must_be_here(
        &self,
        what: &str,
        instance: Option<&str>,
    ) -> Result<(), Refusal> {
        match self.state.elsewhere(instance).await? {
            None => Ok(()),
            Some(other) => Err(refusal(what, &other)),
        }
    }

    /// Adds to a reply which instance has what it shows, if several share the state.
    ///
    /// # Errors
    /// The state's.
    pub(super) async fn show_instance(
        &self,
        shown: &mut Value,
        instance: Option<&str>,
    ) -> Result<Option<Instance>, StateError> {
        let other = self.state.elsewhere(instance).await?;
        if let Some(other) = &other {
            shown["instance_url"] = json!(other.url);
            shown["instance_up"] = json!(other.is_up);
        }
        if let Some(instance) = instance {
            shown["instance"] = json!(instance);
        }
        Ok(other)
    }
}

fn refusal(what: &str, other: &Instance) -> Refusal {
    let name = &other.name;
    let mut refusal = match (&other.url, other.is_up, other.seen_secs_ago) {
        (Some(url), true, _) => {
            Refusal::new(421, format!("{what} is at the instance {name}: ask {url}"))
        }
        (_, _, Some(secs)) => Refusal::unavailable(format!(
            "{what} is at the instance {name}, which was seen {secs} s ago and is away"
        )),
        _ => Refusal::unavailable(format!("{what} is at the instance {name}, which is away")),
    };
    refusal.body["instance"] = json!(name);
    refusal.body["instance_url"] = json!(other.url);
    refusal
}
