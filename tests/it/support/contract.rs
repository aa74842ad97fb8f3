//! Checks a request against the contract of the forge service, field by field. The replies are up
//! to the test's closure and are not checked here.

use serde_json::{Map, Value};

use super::forge::{ADMIN, Request, TOKEN};
use super::multipart::upload;

/// Why a request breaks the contract.
pub fn check(request: &Request) -> Result<(), String> {
    let path = request.path.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let bearer = request.header("authorization");
    let app = format!("Bearer {TOKEN}");
    let admin = format!("Bearer {ADMIN}");
    let wants = |token: &str| match bearer {
        Some(given) if given == token => Ok(()),
        other => Err(format!("authorization is {other:?}")),
    };
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["healthz"]) => match bearer {
            None => Ok(()),
            Some(_) => Err("healthz needs no token, and was sent one".to_owned()),
        },
        ("POST", ["run"]) => {
            wants(&app)?;
            let fields = object(request)?;
            only(
                &fields,
                &[
                    "prompt",
                    "model",
                    "system",
                    "system_mode",
                    "effort",
                    "files",
                    "timeout_secs",
                ],
            )?;
            text(&fields, "prompt")?;
            if !fields.contains_key("model") {
                return Err("the Python client always sends model".to_owned());
            }
            one_of(&fields, "system_mode", &["append", "replace"])?;
            one_of(
                &fields,
                "effort",
                &["low", "medium", "high", "xhigh", "max"],
            )?;
            files(&fields)?;
            range(&fields, "timeout_secs", 5, 1800)
        }
        ("POST", ["files"]) => {
            wants(&app)?;
            let ttl = upload(request)?.ttl_secs;
            match ttl.parse() {
                Ok(60..=86_400_u64) => Ok(()),
                _ => Err(format!("ttl_secs is {ttl}")),
            }
        }
        ("POST", ["sessions"]) => {
            wants(&app)?;
            let fields = object(request)?;
            only(&fields, &["agent", "model", "meta"])?;
            match fields.get("meta") {
                None | Some(Value::Object(_)) => Ok(()),
                Some(other) => Err(format!("meta is {other}")),
            }
        }
        ("POST", ["sessions", id, "turn"]) => {
            wants(&app)?;
            named(id)?;
            let fields = object(request)?;
            only(&fields, &["prompt", "files", "timeout_secs"])?;
            text(&fields, "prompt")?;
            files(&fields)?;
            range(&fields, "timeout_secs", 5, 1800)
        }
        ("GET", ["sessions"]) => wants(&app),
        ("GET" | "DELETE", ["sessions", id]) => wants(&app).and_then(|()| named(id)),
        // Routes of our own service that are not in the contract.
        ("GET", ["usage" | "runs"] | ["runs", _]) | ("POST", ["runs", _, "cancel"]) => wants(&app),
        ("GET", ["admin", "usage"]) => wants(&admin),
        ("POST", ["admin", "tokens"]) => {
            wants(&admin)?;
            let fields = object(request)?;
            only(&fields, &["name", "ip_cidrs", "policy"])?;
            match fields.get("ip_cidrs").map(Value::as_array) {
                None => {}
                Some(Some(items)) if items.iter().all(Value::is_string) => {}
                _ => return Err(format!("ip_cidrs is {:?}", fields.get("ip_cidrs"))),
            }
            text(&fields, "name")
        }
        ("GET", ["admin", "tokens"]) => wants(&admin),
        ("DELETE", ["admin", "tokens", name]) => wants(&admin).and_then(|()| named(name)),
        _ => Err("there is no such path".to_owned()),
    }
}

fn named(segment: &str) -> Result<(), String> {
    let sound = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if !segment.is_empty() && segment.chars().all(sound) && segment != ".." {
        Ok(())
    } else {
        Err(format!("'{segment}' in a path"))
    }
}

fn object(request: &Request) -> Result<Map<String, Value>, String> {
    match request.header("content-type") {
        Some("application/json") => {}
        other => return Err(format!("content-type is {other:?}")),
    }
    serde_json::from_slice(&request.body).map_err(|error| format!("no JSON object: {error}"))
}

fn only(fields: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("the field {name} is unknown")),
        None => Ok(()),
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<(), String> {
    match fields.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(()),
        other => Err(format!("{name} is {other:?}")),
    }
}

fn one_of(fields: &Map<String, Value>, name: &str, known: &[&str]) -> Result<(), String> {
    match fields.get(name) {
        None => Ok(()),
        Some(Value::String(text)) if known.contains(&text.as_str()) => Ok(()),
        Some(other) => Err(format!("{name} is {other}")),
    }
}

fn range(fields: &Map<String, Value>, name: &str, least: u64, most: u64) -> Result<(), String> {
    match fields.get(name).map(Value::as_u64) {
        None => Ok(()),
        Some(Some(number)) if (least..=most).contains(&number) => Ok(()),
        Some(_) => Err(format!("{name} is {:?}", fields.get(name))),
    }
}

fn files(fields: &Map<String, Value>) -> Result<(), String> {
    let Some(files) = fields.get("files") else {
        return Ok(());
    };
    let sound = |file: &Value| file.as_str().is_some_and(|file| file.starts_with("ff_"));
    match files.as_array() {
        Some(files) if files.iter().all(sound) => Ok(()),
        _ => Err(format!("files is {files}")),
    }
}
