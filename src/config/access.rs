//! Decides the URL of a service and which credentials may be sent there. Takes the typed options,
//! the environment and the profile; gives one [`Access`], which verbs, `doctor`, completion and the
//! commands that trefoil runs all use.
//!
//! A credential belongs to the server that it was configured with:
//!
//! | set by | is sent to |
//! |---|---|
//! | an option | the server that the command talks to |
//! | a profile | the scheme, host and port of that profile's URL (of the default URL, if it has none) |
//! | the environment | the URL of the environment, a typed one or the default, but never a profile's |
//!
//! If several may be sent, the precedence of [`super::settings`] decides. If there are credentials
//! but none may be sent, nothing is sent at all: [`Withheld`] names the option to type. The same
//! rules apply to `insecure` and to trusted certificates, if the server uses TLS.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::chosen::{Chosen, chosen};
use super::guard::Guards;
use super::keys::{Key, ServiceKeys, TokenKeys};
use super::origin::{Origin, Setting, Truth, variable};
use super::profile::Value;
use super::secret::Secret;
use super::settings::found_in;
use super::token::{Source, Token, TokenArgs};
use crate::error::{Failing, Failure, Kind};
use crate::text::url::{Server, without_secrets};

/// The settings of a service that were typed as options.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// `--url`.
    pub url: Option<&'a str>,
    /// `--token` and the like.
    pub token: Option<&'a TokenArgs>,
    /// `--no-token`.
    pub no_token: bool,
    /// Whether there was a `--header`: then the profile's headers are not sent.
    pub headers: bool,
    /// `--ca`.
    pub ca: Option<&'a Path>,
    /// `--insecure`.
    pub insecure: bool,
    /// `--cert`.
    pub cert: Option<&'a Path>,
    /// `--key`.
    pub key: Option<&'a Path>,
}

/// The URL of a service, and what may be sent there.
#[derive(Debug)]
pub struct Access {
    /// The URL, as it was given.
    pub url: Setting<String>,
    /// The source of the token that may be sent. The token itself is not read yet.
    pub token: Result<Option<Setting<Source>>, Withheld>,
    /// The profile's headers, unless some were typed.
    pub headers: Result<Option<Setting<Vec<Secret>>>, Withheld>,
    /// Whether any certificate is accepted.
    pub insecure: Setting<bool>,
    /// A PEM file of certificates to trust, beside the system's.
    pub ca: Option<Setting<PathBuf>>,
    /// A PEM file with the certificate to show to a server that requests one.
    pub cert: Option<Setting<PathBuf>>,
    /// The key of that certificate; None if it is in the same file.
    pub key: Option<Setting<PathBuf>>,
    /// A certificate or `insecure` that is set for another server, and so is not used for this one.
    trust_withheld: Option<Withheld>,
    /// The guards of the profiles, which may forbid a write.
    pub guards: Guards,
    keys: &'static ServiceKeys,
    /// Environment variables that are ignored for this URL.
    ignored_variables: Vec<&'static str>,
}

/// How a server's certificate is verified, and the certificate to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// A PEM file of certificates to trust, beside the system's.
    pub ca: Option<PathBuf>,
    /// Whether any certificate is accepted.
    pub insecure: bool,
    /// A PEM file with the certificate to show to a server that requests one.
    pub cert: Option<PathBuf>,
    /// The key of that certificate; None if it is in the same file.
    pub key: Option<PathBuf>,
}

/// A credential, or a trust setting, that belongs to another server and so was not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin} {}", match belongs_to {
    Some(server) => format!("belongs to {server}, and is not {} {url}", what.used()),
    None => format!("is not {} {url}: that is the URL of a profile", what.used()),
})]
pub struct Withheld {
    what: WithheldKind,
    origin: Origin,
    /// The server that it belongs to; None for a token from an environment that sets no URL.
    belongs_to: Option<String>,
    /// The URL without secrets.
    url: String,
    /// The options to type instead.
    flags: &'static str,
}

/// The kind of setting that is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WithheldKind {
    /// A token, or headers.
    Credential,
    /// A trusted certificate, or `insecure`.
    Trust,
}

impl WithheldKind {
    fn used(self) -> &'static str {
        match self {
            WithheldKind::Credential => "sent to",
            WithheldKind::Trust => "trusted for",
        }
    }
}

impl Withheld {
    /// Where the setting comes from.
    pub fn origin(&self) -> Origin {
        self.origin
    }
}

impl Failing for Withheld {
    fn kind(&self) -> Kind {
        Kind::TokenMissing
    }

    fn hint(&self) -> Option<String> {
        let flags = self.flags;
        let other = match self.origin {
            Origin::Profile { .. } => "Or leave the profile out: --profile none",
            _ => "Or keep one in the profile, beside its URL",
        };
        let verb = match self.what {
            WithheldKind::Credential => "send",
            WithheldKind::Trust => "trust",
        };
        Some(format!("Say what to {verb} there: {flags}\n{other}"))
    }
}

/// The options to type instead of the trust settings of another server.
const CA_FLAGS: &str = "--ca FILE, --insecure";

/// The option to type instead of a profile's certificate.
const CERT_FLAG: &str = "--cert FILE";

/// The option to type instead of a profile's headers.
const HEADER_FLAG: &str = "--header NAME=VALUE";

impl Access {
    /// Resolves the settings of a service. `token` is the kind of token that is needed, if any.
    ///
    /// # Errors
    /// A configuration or a variable that cannot be used. A credential that may not be sent is not
    /// an error here, but is stored in the [`Access`].
    pub fn resolve(
        keys: &'static ServiceKeys,
        token: Option<&TokenKeys>,
        typed: Typed<'_>,
    ) -> Result<Access, Failure> {
        let resolver = Resolver {
            keys,
            chosen: chosen()?,
            variable: &variable,
        };
        resolver.resolve(token, typed, Guards::in_force()?)
    }

    /// Reads the token. If a command prints it, that command may run for `limit`; None: for ever.
    ///
    /// # Errors
    /// [`Withheld`]; [`TokenError`](super::token::TokenError).
    pub fn token(&self, limit: Option<Duration>) -> Result<Option<Token>, Failure> {
        match self.token.clone()? {
            Some(source) => source.read(limit).map(Some),
            None => Ok(None),
        }
    }

    /// The headers that were typed, else those of the profile, which are parsed with `parse`.
    ///
    /// # Errors
    /// [`Withheld`]; a header of the profile that cannot be parsed.
    pub fn headers<H: Clone, E: fmt::Display>(
        &self,
        typed: &[H],
        parse: impl Fn(&str) -> Result<H, E>,
    ) -> Result<Vec<H>, Failure> {
        let Some(setting) = self.headers.clone()? else {
            return Ok(typed.to_vec());
        };
        let parsed = setting.parse("a list of headers", |headers| {
            headers
                .iter()
                .map(|text| parse(text.expose()))
                .collect::<Result<_, E>>()
        })?;
        Ok(parsed.value)
    }

    /// How the server's certificate is verified, and the certificate to show.
    ///
    /// # Errors
    /// [`Withheld`] if the server uses TLS, such a setting belongs to another server, and none was
    /// typed.
    pub fn trusted(&self) -> Result<Trusted, Failure> {
        match self.trust_withheld.clone() {
            Some(withheld) => Err(withheld.into()),
            None => Ok(Trusted {
                ca: self.ca.as_ref().map(|ca| ca.value.clone()),
                insecure: self.insecure.value,
                cert: self.cert.as_ref().map(|cert| cert.value.clone()),
                key: self.key.as_ref().map(|key| key.value.clone()),
            }),
        }
    }

    /// Whether it may be used for completion, before Enter was pressed: then no command is run for
    /// a token, and no token of the environment is sent to a URL that is still being typed.
    pub fn is_usable_for_completion(&self) -> bool {
        let token = match &self.token {
            Ok(Some(token)) => {
                let is_typed = matches!(self.url.origin, Origin::Flag(_));
                let is_variable = matches!(token.origin, Origin::Environment(_));
                let is_printed = matches!(token.value, Source::Command(_));
                !(is_printed || is_typed && is_variable)
            }
            Ok(None) => true,
            Err(_) => false,
        };
        token && self.headers.is_ok() && self.trust_withheld.is_none()
    }

    /// The keys of the service.
    pub(super) fn keys(&self) -> &'static ServiceKeys {
        self.keys
    }

    /// Environment variables that are ignored for this URL.
    pub(super) fn ignored_variables(&self) -> &[&'static str] {
        &self.ignored_variables
    }
}

/// The places that settings come from, for one service.
struct Resolver<'a> {
    keys: &'static ServiceKeys,
    chosen: Option<&'static Chosen>,
    variable: &'a dyn Fn(&str) -> Result<Option<String>, Failure>,
}

/// The URL that was decided on, and the servers of the profile's and the environment's URL.
struct Servers {
    url: Setting<String>,
    to: Option<Server>,
    of_profile: Option<Server>,
    of_environment: Option<Server>,
}

impl Servers {
    /// The server that a credential of this origin belongs to.
    fn server_of(&self, origin: Origin) -> &Option<Server> {
        match origin {
            Origin::Profile { .. } => &self.of_profile,
            Origin::Environment(_) => &self.of_environment,
            Origin::Flag(_) | Origin::Default => &self.to,
        }
    }

    /// Whether a credential of this origin may be sent to the URL.
    fn may_send(&self, origin: Origin) -> bool {
        match origin {
            Origin::Flag(_) | Origin::Default => true,
            Origin::Environment(_) if !matches!(self.url.origin, Origin::Profile { .. }) => true,
            Origin::Environment(_) | Origin::Profile { .. } => {
                self.to.is_some() && self.to == *self.server_of(origin)
            }
        }
    }

    fn withheld(&self, what: WithheldKind, origin: Origin, flags: &'static str) -> Withheld {
        Withheld {
            what,
            origin,
            belongs_to: self.server_of(origin).as_ref().map(Server::to_string),
            url: without_secrets(&self.url.value),
            flags,
        }
    }
}

impl Resolver<'_> {
    fn resolve(
        &self,
        token: Option<&TokenKeys>,
        typed: Typed<'_>,
        guards: Guards,
    ) -> Result<Access, Failure> {
        let servers = self.servers(typed.url)?;
        let mut ignored_variables = Vec::new();
        let mut found = Ok(None);
        for keys in self.keys.tokens {
            let is_wanted = token == Some(keys);
            let picked = match typed.token.and_then(TokenArgs::source) {
                _ if is_wanted && typed.no_token => Ok(None),
                Some(source) if is_wanted => Ok(Some(source)),
                _ => self.pick(keys, &servers)?,
            };
            let counts =
                matches!(&picked, Ok(Some(t)) if matches!(t.origin, Origin::Environment(_)));
            ignored_variables.extend(keys.token.variable.filter(|_| !counts));
            if is_wanted {
                found = picked;
            }
        }
        let insecure = self.insecure(typed.insecure, &servers)?;
        let (cert, key) = self.identity(typed, &servers)?;
        if !servers.may_send(Origin::Environment("")) {
            ignored_variables.extend(self.keys.insecure.variable);
        }
        Ok(Access {
            token: found,
            headers: self.headers(typed.headers, &servers),
            ca: self.path(&self.keys.ca, typed.ca, &servers)?,
            cert,
            key,
            trust_withheld: self.trust_withheld(typed, &servers)?,
            insecure,
            guards,
            keys: self.keys,
            ignored_variables,
            url: servers.url,
        })
    }

    fn servers(&self, typed: Option<&str>) -> Result<Servers, Failure> {
        let key = &self.keys.url;
        let default = key.default.unwrap_or_default();
        let url = match typed {
            Some(url) => Setting {
                value: url.to_owned(),
                origin: Origin::Flag(key.flag),
            },
            None => self.found(key)?.unwrap_or_else(|| Setting {
                value: default.to_owned(),
                origin: Origin::Default,
            }),
        };
        let of_profile = match self.chosen.and_then(|chosen| chosen.profile.value(key)) {
            Some(Value::Text(url)) => url,
            _ => default,
        };
        let of_environment = match key.variable {
            Some(name) => (self.variable)(name)?,
            None => None,
        };
        Ok(Servers {
            to: Server::of(&url.value),
            of_profile: Server::of(of_profile),
            of_environment: of_environment.as_deref().and_then(Server::of),
            url,
        })
    }

    fn found(&self, key: &Key) -> Result<Option<Setting<String>>, Failure> {
        found_in(key, self.chosen, self.variable)
    }

    /// The first token that may be sent to the server.
    fn pick(
        &self,
        keys: &TokenKeys,
        servers: &Servers,
    ) -> Result<Result<Option<Setting<Source>>, Withheld>, Failure> {
        let of_environment = match keys.token.variable {
            Some(name) => (self.variable)(name)?.map(|text| Setting {
                value: Source::Token(text.into()),
                origin: Origin::Environment(name),
            }),
            None => None,
        };
        let of_profile = self
            .chosen
            .and_then(|chosen| Source::of_profile(chosen, keys));
        let candidates = if self.chosen.is_some_and(Chosen::is_explicit) {
            [of_profile, of_environment]
        } else {
            [of_environment, of_profile]
        };
        let mut withheld = None;
        for candidate in candidates.into_iter().flatten() {
            if servers.may_send(candidate.origin) {
                return Ok(Ok(Some(candidate)));
            }
            let why = || {
                servers.withheld(
                    WithheldKind::Credential,
                    candidate.origin,
                    self.keys.token_flags,
                )
            };
            withheld = withheld.or_else(|| Some(why()));
        }
        Ok(withheld.map_or(Ok(None), Err))
    }

    fn headers(
        &self,
        typed: bool,
        servers: &Servers,
    ) -> Result<Option<Setting<Vec<Secret>>>, Withheld> {
        let (Some(key), Some(chosen), false) = (&self.keys.headers, self.chosen, typed) else {
            return Ok(None);
        };
        let Some(Value::Secrets(headers)) = chosen.profile.value(key) else {
            return Ok(None);
        };
        let origin = chosen.origin(key);
        if !servers.may_send(origin) {
            return Err(servers.withheld(WithheldKind::Credential, origin, HEADER_FLAG));
        }
        let value = headers.clone();
        Ok(Some(Setting { value, origin }))
    }

    /// The certificate to show and its key. Both are typed, or both are from the profile, because a
    /// key belongs to one certificate.
    #[expect(clippy::type_complexity)]
    fn identity(
        &self,
        typed: Typed<'_>,
        servers: &Servers,
    ) -> Result<(Option<Setting<PathBuf>>, Option<Setting<PathBuf>>), Failure> {
        let cert = self.path(&self.keys.cert, typed.cert, servers)?;
        let key = self.path(&self.keys.key, typed.key, servers)?;
        let key = key.filter(|_| typed.cert.is_none() || typed.key.is_some());
        match (&cert, &key) {
            (None, Some(key)) => Err(Failure::usage(format!(
                "{} is the key of no certificate: there is no {}",
                key.origin, self.keys.cert.path
            ))),
            _ => Ok((cert, key)),
        }
    }

    /// A file that may be used for the server.
    fn path(
        &self,
        key: &Key,
        typed: Option<&Path>,
        servers: &Servers,
    ) -> Result<Option<Setting<PathBuf>>, Failure> {
        if let Some(path) = typed {
            return Ok(Some(Setting {
                value: path.to_owned(),
                origin: Origin::Flag(key.flag),
            }));
        }
        let found = self
            .found(key)?
            .filter(|found| servers.may_send(found.origin));
        Ok(found.map(|found| Setting {
            value: found.value.into(),
            origin: found.origin,
        }))
    }

    /// A certificate or `insecure` that is set for another server, if none was typed for this one.
    fn trust_withheld(
        &self,
        typed: Typed<'_>,
        servers: &Servers,
    ) -> Result<Option<Withheld>, Failure> {
        let is_tls = servers.to.as_ref().is_some_and(Server::is_tls);
        if !is_tls {
            return Ok(None);
        }
        let elsewhere = |found: &Setting<String>| !servers.may_send(found.origin);
        if typed.cert.is_none()
            && let Some(cert) = self.found(&self.keys.cert)?.filter(elsewhere)
        {
            let withheld = servers.withheld(WithheldKind::Credential, cert.origin, CERT_FLAG);
            return Ok(Some(withheld));
        }
        if typed.insecure || typed.ca.is_some() {
            return Ok(None);
        }
        if let Some(ca) = self.found(&self.keys.ca)?.filter(elsewhere) {
            return Ok(Some(servers.withheld(
                WithheldKind::Trust,
                ca.origin,
                CA_FLAGS,
            )));
        }
        let found = self.found(&self.keys.insecure)?.filter(elsewhere);
        let Some(found) = found else {
            return Ok(None);
        };
        let accepts_any = accepts_any(found)?;
        let withheld = || servers.withheld(WithheldKind::Trust, accepts_any.origin, CA_FLAGS);
        Ok(accepts_any.value.then(withheld))
    }

    /// Whether any certificate is accepted.
    fn insecure(&self, typed: bool, servers: &Servers) -> Result<Setting<bool>, Failure> {
        let key = &self.keys.insecure;
        if typed {
            return Ok(Setting {
                value: true,
                origin: Origin::Flag(key.flag),
            });
        }
        let Some(found) = self
            .found(key)?
            .filter(|found| servers.may_send(found.origin))
        else {
            return Ok(Setting {
                value: false,
                origin: Origin::Default,
            });
        };
        accepts_any(found)
    }
}

/// Whether a setting means that any certificate is accepted. The environment variable, if the
/// service has one, has the opposite meaning.
fn accepts_any(found: Setting<String>) -> Result<Setting<bool>, Failure> {
    let is_verified = matches!(found.origin, Origin::Environment(_));
    let setting = found.parse("true or false", |text| text.parse::<Truth>())?;
    Ok(Setting {
        value: setting.value.0 != is_verified,
        origin: setting.origin,
    })
}
