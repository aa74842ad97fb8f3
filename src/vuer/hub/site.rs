//! What is served over HTTP. Input: a request. Output: a response, or the decision to upgrade to
//! WebSocket.
//!
//! | path | answer |
//! |---|---|
//! | `/` | the page; without `?ws=`, a redirect to the link that has it |
//! | `/workspace/…` | a file below the assets folder |
//! | any other | a file of the page |
//! The Host header must name this server. This refuses pages of another host name that points to
//! this address (DNS rebinding). The Origin of a WebSocket must be our own or an allowed one.

use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;

use crate::net::http_server::{Request, Response};
use crate::net::ws::may_connect;

/// Our own page, in one file.
const BUILTIN: &[u8] = include_bytes!("page.html");

/// The URL path of the assets, the same as in the Python server.
pub const ASSETS_PATH: &str = "/workspace/";

/// The cookie that carries the token in requests whose URL does not.
const COOKIE: &str = "trefoil_vuer_token";

/// Where the page comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Our own, in this binary.
    Builtin,
    /// A folder with an index.html.
    Folder(PathBuf),
}

/// What is served, and who has access.
#[derive(Debug, Clone)]
pub struct Site {
    /// The page.
    pub page: Page,
    /// The folder whose files are served below `/workspace/`.
    pub assets: Option<PathBuf>,
    /// The token that a request must carry, if one is required.
    pub token: Option<String>,
    /// Origins of pages that may connect, in addition to our own; `*` allows every origin.
    pub origins: Vec<String>,
    /// Whether the server uses TLS.
    pub tls: bool,
}

/// How a request is answered.
#[derive(Debug)]
pub enum Reply {
    /// With this response.
    Response(Response),
    /// With a file of this length.
    File(Response, File, u64),
    /// With an upgrade to WebSocket.
    Upgrade,
}

impl Site {
    /// How a request is answered.
    pub fn reply(&self, request: &Request) -> Reply {
        let refuse = |status, why: &str| Reply::Response(Response::text(status, why));
        let Some(host) = request.header("Host") else {
            return refuse(400, "the request has no Host header");
        };
        if !self.is_our_name(host) {
            return refuse(
                421,
                "the Host is not a name of this server; allow it with --allow-origin http://NAME:PORT",
            );
        }
        if request.is_upgrade() {
            if let Some(origin) = request.header("Origin")
                && !may_connect(origin, Some(host), &self.origins)
            {
                let why =
                    format!("pages of {origin} may not connect; allow them with --allow-origin");
                return refuse(403, &why);
            }
            return if self.has_token(request) {
                Reply::Upgrade
            } else {
                refuse(401, NO_TOKEN)
            };
        }
        if !matches!(&*request.method, "GET" | "HEAD") {
            return Reply::Response(
                Response::text(405, "only GET and HEAD are supported").with("Allow", "GET, HEAD"),
            );
        }
        if request.path == "/" {
            return if self.has_token(request) {
                self.front(request, host)
            } else {
                refuse(401, NO_TOKEN)
            };
        }
        if let Some(name) = request.path.strip_prefix(ASSETS_PATH) {
            if !self.has_token(request) {
                return refuse(401, NO_TOKEN);
            }
            // An HTML page among the assets must not get the rights of our own page.
            let response = Response::text(200, "").with("Content-Security-Policy", "sandbox");
            return file(self.assets.as_deref(), name, response);
        }
        match &self.page {
            Page::Folder(folder) => {
                let lasting = request.path.starts_with("/assets/");
                let cache = if lasting { "max-age=86400" } else { "no-cache" };
                let response = Response::text(200, "").with("Cache-Control", cache);
                file(Some(folder), request.path.trim_start_matches('/'), response)
            }
            Page::Builtin => refuse(404, NOT_FOUND),
        }
    }

    fn front(&self, request: &Request, host: &str) -> Reply {
        if request.parameter("ws").is_none() {
            return Reply::Response(Response::text(302, "").with("Location", self.link_path(host)));
        }
        let mut response = Response::text(200, "")
            .with("Cache-Control", "no-cache")
            .with("Referrer-Policy", "no-referrer")
            .with("X-Content-Type-Options", "nosniff");
        if let Some(token) = &self.token {
            let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict");
            response = response.with("Set-Cookie", cookie);
        }
        match &self.page {
            Page::Builtin => {
                response.headers[0].1 = "text/html; charset=utf-8".to_owned();
                response.body = BUILTIN.to_vec();
                Reply::Response(response)
            }
            Page::Folder(folder) => file(Some(folder), "index.html", response),
        }
    }

    /// The path and query of the link to the page. It always names the WebSocket; otherwise the
    /// page of vuer 0.1.6 would connect to a default address.
    pub fn link_path(&self, host: &str) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        match &self.token {
            None => format!("/?ws={scheme}://{host}/"),
            Some(token) => format!("/?token={token}&ws={scheme}://{host}/?token={token}"),
        }
    }

    /// Whether a Host is a name of this server: an IP address, a name of this machine, or the host
    /// of an allowed origin.
    fn is_our_name(&self, host: &str) -> bool {
        let name = host_of(host).to_ascii_lowercase();
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        if bare.parse::<IpAddr>().is_ok() || name == "localhost" || name.ends_with(".localhost") {
            return true;
        }
        let own = crate::net::host_name().to_ascii_lowercase();
        let local = [own.clone(), format!("{own}.local")];
        let allowed = self.origins.iter().any(|origin| {
            let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
            origin == "*" || host_of(authority.trim_end_matches('/')).eq_ignore_ascii_case(&name)
        });
        local.contains(&name) || allowed
    }

    /// Whether a request carries the token: in its URL, its Authorization header, or the page's
    /// cookie.
    fn has_token(&self, request: &Request) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let bearer = request.header("Authorization");
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let cookies = request.header("Cookie").unwrap_or_default().split(';');
        let cookie = cookies
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map(|(_, value)| value);
        [request.parameter("token"), bearer, cookie]
            .into_iter()
            .flatten()
            .any(|given| given.as_bytes().ct_eq(token.as_bytes()).into())
    }
}

const NO_TOKEN: &str = "a token is required: open the link that the server has printed";
const NOT_FOUND: &str = "file not found";

/// The host of an authority, without the port.
fn host_of(authority: &str) -> &str {
    match authority.rfind(':') {
        Some(at) if !authority[at..].contains(']') => &authority[..at],
        _ => authority,
    }
}

/// A reply with a file inside a folder. A file outside the folder is not found.
fn file(folder: Option<&Path>, name: &str, mut response: Response) -> Reply {
    let found = folder.and_then(|folder| Some((folder, decoded(name)?)));
    let found = found.and_then(|(folder, name)| {
        let (file, length) = open_below(folder, &name)?;
        Some((file, length, mime(&name)))
    });
    match found {
        Some((file, length, mime)) => {
            response.headers[0].1 = mime.to_owned();
            let response = response.with("X-Content-Type-Options", "nosniff");
            Reply::File(response, file, length)
        }
        None => Reply::Response(Response::text(404, NOT_FOUND)),
    }
}

/// Opens a file. Its name must have only plain path segments, and it must be inside the folder
/// after all symbolic links have been followed.
fn open_below(folder: &Path, name: &str) -> Option<(File, u64)> {
    let plain = name.split('/').all(|step| {
        !step.is_empty() && !step.starts_with('.') && !step.contains(['\\', '\0', ':'])
    });
    if !plain {
        return None;
    }
    let root = fs::canonicalize(folder).ok()?;
    let path = fs::canonicalize(root.join(name)).ok()?;
    // Check the type before opening: opening a FIFO would block.
    if !path.starts_with(&root) || !fs::metadata(&path).ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    Some((file, length))
}

/// Decodes percent-encoding, once.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let mut digit = || (rest.next()? as char).to_digit(16);
                u8::try_from(16 * digit()? + digit()?).ok()?
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}

/// The media type of a file, from its name. Browsers run scripts only with the right type.
fn mime(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "hdr" => "image/vnd.radiance",
        "mp4" => "video/mp4",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "glb" => "model/gltf-binary",
        "gltf" => "model/gltf+json",
        "obj" => "model/obj",
        "mtl" => "model/mtl",
        "stl" => "model/stl",
        "urdf" | "xacro" | "dae" | "xml" => "application/xml",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
