//! The table of all settings: the name in a profile, the flag, the variable and the default of each.
//!
//! The services look their settings up by these keys, profiles are checked against them, and
//! `profile show` lists them.

/// The form of a setting in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A path: `~/` is the home directory, and a relative path is relative to the directory of the
    /// configuration file.
    Path,
    /// A string, or an integer.
    Size,
    /// `true` or `false`.
    Switch,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A secret string.
    Secret,
    /// An array of secret strings.
    Secrets,
}

/// The names under which a setting can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its place in a profile, such as `clasp.url`.
    pub path: &'static str,
    /// The option, such as `--url`.
    pub flag: &'static str,
    /// The environment variable, such as `CLASP_URL`, if there is one.
    pub variable: Option<&'static str>,
    /// The default, as a user would write it.
    pub default: Option<&'static str>,
    /// Its form in a profile.
    pub shape: Shape,
}

/// The three places where a token may be kept. A profile names at most one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenKeys {
    /// The token itself.
    pub token: Key,
    /// The file that holds it.
    pub file: Key,
    /// The command that prints it.
    pub command: Key,
}

impl Key {
    const fn new(path: &'static str, flag: &'static str, shape: Shape) -> Key {
        Key {
            path,
            flag,
            variable: None,
            default: None,
            shape,
        }
    }

    const fn variable(mut self, name: &'static str) -> Key {
        self.variable = Some(name);
        self
    }

    const fn default(mut self, value: &'static str) -> Key {
        self.default = Some(value);
        self
    }

    /// The table of the profile that it belongs to, such as `clasp`, and its name there. Settings of
    /// all services have no table.
    pub fn place(&self) -> (Option<&'static str>, &'static str) {
        match self.path.split_once('.') {
            Some((service, name)) => (Some(service), name),
            None => (None, self.path),
        }
    }

    /// Whether its value is a secret.
    pub fn is_secret(&self) -> bool {
        matches!(self.shape, Shape::Secret | Shape::Secrets)
    }
}

/// The form of the output.
pub const OUTPUT: Key = Key::new(
    "output",
    "--output",
    Shape::OneOf(&["auto", "table", "json", "ndjson", "text"]),
)
.default("auto");

/// Where the CLASP router listens.
pub const CLASP_URL: Key = Key::new("clasp.url", "--url", Shape::Text)
    .variable("CLASP_URL")
    .default("ws://localhost:7330");

/// The token for the router.
pub const CLASP_TOKEN: TokenKeys = TokenKeys {
    token: Key::new("clasp.token", "--token", Shape::Secret).variable("CLASP_TOKEN"),
    file: Key::new("clasp.token_file", "--token-file", Shape::Path),
    command: Key::new("clasp.token_command", "--token-command", Shape::Text),
};

/// The client's name in HELLO.
pub const CLASP_NAME: Key = Key::new("clasp.name", "--name", Shape::Text).default("trefoil");

/// Headers of the upgrade, which may hold an `Authorization`.
pub const CLASP_HEADERS: Key = Key::new("clasp.headers", "--header", Shape::Secrets);

/// A certificate authority to trust with the router.
pub const CLASP_CA: Key = Key::new("clasp.ca", "--ca", Shape::Path);

/// The certificate that the router is shown if it asks for one.
pub const CLASP_CERT: Key = Key::new("clasp.cert", "--cert", Shape::Path);

/// The key of that certificate, if it is in a file of its own.
pub const CLASP_KEY: Key = Key::new("clasp.key", "--key", Shape::Path);

/// Whether the router's certificate is not verified.
pub const CLASP_INSECURE: Key =
    Key::new("clasp.insecure", "--insecure", Shape::Switch).default("false");

/// Where forge listens.
pub const FORGE_URL: Key = Key::new("forge.url", "--url", Shape::Text)
    .variable("CLAWDFORGE_URL")
    .default("http://localhost:8800");

/// The app token for forge.
pub const FORGE_TOKEN: TokenKeys = TokenKeys {
    token: Key::new("forge.token", "--token", Shape::Secret).variable("CLAWDFORGE_TOKEN"),
    file: Key::new("forge.token_file", "--token-file", Shape::Path),
    command: Key::new("forge.token_command", "--token-command", Shape::Text),
};

/// The admin token for forge.
pub const FORGE_ADMIN_TOKEN: TokenKeys = TokenKeys {
    token: Key::new("forge.admin_token", "--admin-token", Shape::Secret)
        .variable("CLAWDFORGE_ADMIN_TOKEN"),
    file: Key::new("forge.admin_token_file", "--admin-token-file", Shape::Path),
    command: Key::new(
        "forge.admin_token_command",
        "--admin-token-command",
        Shape::Text,
    ),
};

/// Headers of every request to forge.
pub const FORGE_HEADERS: Key = Key::new("forge.headers", "--header", Shape::Secrets);

/// A certificate authority to trust with forge.
pub const FORGE_CA: Key = Key::new("forge.ca", "--ca", Shape::Path);

/// The certificate that forge is shown if it asks for one.
pub const FORGE_CERT: Key = Key::new("forge.cert", "--cert", Shape::Path);

/// The key of that certificate, if it is in a file of its own.
pub const FORGE_KEY: Key = Key::new("forge.key", "--key", Shape::Path);

/// Whether forge's certificate is not verified.
pub const FORGE_INSECURE: Key =
    Key::new("forge.insecure", "--insecure", Shape::Switch).default("false");

/// Where the Vuer server listens.
pub const VUER_URL: Key = Key::new("vuer.url", "--url", Shape::Text)
    .variable("VUER_CLIENT_URI")
    .default("ws://localhost:8012");

/// The largest message that is accepted.
pub const VUER_MAX_SIZE: Key = Key::new("vuer.max_size", "--max-size", Shape::Size)
    .variable("WEBSOCKET_MAX_SIZE")
    .default("256MiB");

/// Headers of the upgrade, which may hold an `Authorization`.
pub const VUER_HEADERS: Key = Key::new("vuer.headers", "--header", Shape::Secrets);

/// A certificate authority to trust with the Vuer server.
pub const VUER_CA: Key = Key::new("vuer.ca", "--ca", Shape::Path);

/// The certificate that the Vuer server is shown if it asks for one.
pub const VUER_CERT: Key = Key::new("vuer.cert", "--cert", Shape::Path);

/// The key of that certificate, if it is in a file of its own.
pub const VUER_KEY: Key = Key::new("vuer.key", "--cert-key", Shape::Path);

/// Whether the Vuer server's certificate is not verified. The variable has the opposite meaning:
/// whether it is verified.
pub const VUER_INSECURE: Key = Key::new("vuer.insecure", "--insecure", Shape::Switch)
    .variable("VUER_SSL_VERIFY")
    .default("false");

/// The settings that belong to a server: its URL, the credentials for it, and how its certificate
/// is verified. They are resolved together, see [`super::access`].
#[derive(Debug, PartialEq, Eq)]
pub struct ServiceKeys {
    /// The service's name on the command line.
    pub name: &'static str,
    /// Its URL.
    pub url: Key,
    /// Its tokens.
    pub tokens: &'static [TokenKeys],
    /// The flags for a token, for error messages.
    pub token_flags: &'static str,
    /// Further HTTP headers, if the service takes any.
    pub headers: Option<Key>,
    /// A certificate authority to trust.
    pub ca: Key,
    /// The certificate to show to a server that asks for one.
    pub cert: Key,
    /// The key of that certificate.
    pub key: Key,
    /// Whether its certificate is not verified.
    pub insecure: Key,
}

/// The keys of CLASP.
pub static CLASP: ServiceKeys = ServiceKeys {
    name: "clasp",
    url: CLASP_URL,
    tokens: &[CLASP_TOKEN],
    token_flags: "--token-file, --token-command, --token; or send none: --no-token",
    headers: Some(CLASP_HEADERS),
    ca: CLASP_CA,
    cert: CLASP_CERT,
    key: CLASP_KEY,
    insecure: CLASP_INSECURE,
};

/// The keys of forge.
pub static FORGE: ServiceKeys = ServiceKeys {
    name: "forge",
    url: FORGE_URL,
    tokens: &[FORGE_TOKEN, FORGE_ADMIN_TOKEN],
    token_flags: "--token-file, --token-command, --token",
    headers: Some(FORGE_HEADERS),
    ca: FORGE_CA,
    cert: FORGE_CERT,
    key: FORGE_KEY,
    insecure: FORGE_INSECURE,
};

/// The keys of Vuer.
pub static VUER: ServiceKeys = ServiceKeys {
    name: "vuer",
    url: VUER_URL,
    tokens: &[],
    token_flags: "",
    headers: Some(VUER_HEADERS),
    ca: VUER_CA,
    cert: VUER_CERT,
    key: VUER_KEY,
    insecure: VUER_INSECURE,
};

/// All services, in the order in which they are listed.
pub static ALL_SERVICES: [&ServiceKeys; 3] = [&CLASP, &FORGE, &VUER];

/// All keys, in the order in which they are listed.
pub static ALL: [Key; 30] = [
    OUTPUT,
    CLASP_URL,
    CLASP_TOKEN.token,
    CLASP_TOKEN.file,
    CLASP_TOKEN.command,
    CLASP_NAME,
    CLASP_HEADERS,
    CLASP_CA,
    CLASP_CERT,
    CLASP_KEY,
    CLASP_INSECURE,
    FORGE_URL,
    FORGE_TOKEN.token,
    FORGE_TOKEN.file,
    FORGE_TOKEN.command,
    FORGE_ADMIN_TOKEN.token,
    FORGE_ADMIN_TOKEN.file,
    FORGE_ADMIN_TOKEN.command,
    FORGE_HEADERS,
    FORGE_CA,
    FORGE_CERT,
    FORGE_KEY,
    FORGE_INSECURE,
    VUER_URL,
    VUER_MAX_SIZE,
    VUER_HEADERS,
    VUER_CA,
    VUER_CERT,
    VUER_KEY,
    VUER_INSECURE,
];

/// The tokens, each with the three places it may be kept.
pub const TOKENS: [TokenKeys; 3] = [CLASP_TOKEN, FORGE_TOKEN, FORGE_ADMIN_TOKEN];

/// The services, in the order in which they are listed.
pub const SERVICES: [&str; 3] = ["clasp", "forge", "vuer"];

/// The rules about writing in a profile, beside the settings.
pub const GUARDS: [&str; 3] = ["read_only", "allow", "confirm"];
