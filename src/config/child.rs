//! The environment of a command that is run on the user's behalf: an [`Access`] enters, or only the
//! chosen profile; variables leave.
//!
//! The command then talks to the same server as the trefoil that runs it, with the same profile and
//! under the same guards. No credential is added; one of the environment that does not count here is
//! taken out, because beside the URL it would count there.

use super::access::{Access, Typed};
use super::chosen::{self, Chosen, chosen};
use super::guard::{self, Guards};
use super::keys::{ALL_SERVICES, ServiceKeys};
use super::origin::Origin;
use super::profile::NONE;
use crate::error::Failure;

/// Variables to set, and to remove where there is no value.
pub type Environment = Vec<(&'static str, Option<String>)>;

/// The environment of a command that talks to the service of this access.
///
/// # Errors
/// A configuration or a variable that cannot be used.
pub fn environment(access: &Access) -> Result<Environment, Failure> {
    let mut environment = environment_besides(access.keys())?;
    environment.extend(of_service(access));
    Ok(environment)
}

/// The same without what concerns one service, for a command that is given a server of its own.
///
/// # Errors
/// A configuration or a variable that cannot be used.
pub fn environment_besides(except: &'static ServiceKeys) -> Result<Environment, Failure> {
    let chosen = chosen()?;
    let mut environment = Environment::new();
    if chosen.is_some_and(Chosen::is_explicit) {
        // TREFOIL_PROFILE counts less than the variables of a service, and `--profile` more.
        for keys in ALL_SERVICES.into_iter().filter(|keys| *keys != except) {
            let access = Access::resolve(keys, None, Typed::default())?;
            if matches!(access.url.origin, Origin::Profile { .. }) {
                environment.extend(of_service(&access));
            }
        }
    }
    let profile = match chosen {
        Some(chosen) => Some(chosen.name.clone()),
        None => chosen::is_none_wanted()?.then(|| NONE.to_owned()),
    };
    environment.extend(profile.map(|name| (chosen::VARIABLE, Some(name))));
    let guards = Guards::in_force()?.to_variable();
    environment.extend(guards.map(|text| (guard::VARIABLE, Some(text))));
    Ok(environment)
}

fn of_service(access: &Access) -> Environment {
    let overruled = access.overruled().iter().map(|name| (*name, None));
    let url = access.keys().url.variable;
    let url = url.map(|name| (name, Some(access.url.value.clone())));
    overruled.chain(url).collect()
}
