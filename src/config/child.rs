//! The environment of a command that is run on the user's behalf. Takes an [`Access`], or only the
//! chosen profile; gives variables to set and to remove.
//!
//! A trefoil in that command then talks to the same server as this one, with the same profile and
//! the same guards. No credential is added. A credential of the environment that is ignored here is
//! removed, because together with the URL it would be used there.

use super::access::{Access, Typed};
use super::chosen::{self, Chosen, chosen};
use super::guard::{self, Guards};
use super::keys::{ALL_SERVICES, ServiceKeys};
use super::origin::Origin;
use super::profile::NONE;
use crate::error::Failure;

/// Variables to set; the ones without a value are removed.
pub type Environment = Vec<(&'static str, Option<String>)>;

/// The environment of a command that talks to the service of this access.
///
/// # Errors
/// A configuration or a variable that cannot be used.
pub fn environment(access: &Access) -> Result<Environment, Failure> {
    let mut environment = environment_without(access.keys())?;
    environment.extend(of_service(access));
    Ok(environment)
}

/// The environment without the variables of one service, for a command that gets its own server of
/// that service.
///
/// # Errors
/// A configuration or a variable that cannot be used.
pub fn environment_without(except: &'static ServiceKeys) -> Result<Environment, Failure> {
    let chosen = chosen()?;
    let mut environment = Environment::new();
    if chosen.is_some_and(Chosen::is_explicit) {
        // TREFOIL_PROFILE has a lower precedence than the variables of a service, and `--profile` a
        // higher one. So the URLs of the profile are passed as variables.
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
    let ignored_variables = access.ignored_variables().iter().map(|name| (*name, None));
    let url = access.keys().url.variable;
    let url = url.map(|name| (name, Some(access.url.value.clone())));
    ignored_variables.chain(url).collect()
}
