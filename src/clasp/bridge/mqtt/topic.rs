//! Topics to addresses and back: `a/b` is `/mqtt/a/b`. Pure.

use crate::clasp::wire::check_address;

/// The address of a topic.
///
/// # Errors
/// Why CLASP has none for it.
pub fn address(topic: &str, namespace: &str) -> Result<String, String> {
    let address = format!("{namespace}/{topic}");
    match check_address(&address) {
        Ok(()) => Ok(address),
        Err(why) => Err(format!("{topic}: {why}")),
    }
}

/// The topic of an address; none if it does not lie below the namespace.
///
/// # Errors
/// Why MQTT has none for it.
pub fn topic<'a>(address: &'a str, namespace: &str) -> Result<Option<&'a str>, String> {
    let Some(rest) = address.strip_prefix(namespace) else {
        return Ok(None);
    };
    let why = match rest.strip_prefix('/') {
        None if rest.is_empty() => "nothing is left of it",
        None => return Ok(None),
        Some(topic) if topic.contains(['+', '#']) => "'+' and '#' stand for many topics",
        Some(topic) if topic.contains('\0') => "it has a NUL",
        Some(topic) if topic.starts_with('$') => "topics with '$' in front are the broker's own",
        Some(topic) => return Ok(Some(topic)),
    };
    Err(format!("{address}: {why}"))
}

/// Whether a text is a filter of topics: brokers end the connection of who sends another.
///
/// # Errors
/// Why it is none.
pub fn check_filter(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.len() > 65_535 || text.contains('\0') {
        return Err("it is a topic, with + for one level and # for all that follow");
    }
    let mut levels = text.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains('#') && (level != "#" || levels.peek().is_some()) {
            return Err("'#' is the last level of a filter, and alone there");
        }
        if level.contains('+') && level != "+" {
            return Err("'+' is a whole level of a filter");
        }
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for name in ["a", "a/b", "a b/ü", "a/$b", "a.b"] {
            let address = address(name, "/mqtt").expect(name);
            assert_eq!(topic(&address, "/mqtt"), Ok(Some(name)));
        }
        assert_eq!(address("a/b", "").as_deref(), Ok("/a/b"));
        assert_eq!(topic("/a/b", ""), Ok(Some("a/b")));
        assert_eq!(topic("/mqtt2/a", "/mqtt"), Ok(None));
        for name in ["", "/a", "a//b", "a/", "a*"] {
            assert!(address(name, "/mqtt").is_err(), "{name}");
        }
        for address in [
            "/mqtt",
            "/mqtt/a+/b",
            "/mqtt/#",
            "/mqtt/$SYS/x",
            "/mqtt/a\0",
        ] {
            assert!(topic(address, "/mqtt").is_err(), "{address}");
        }
    }

    #[test]
    fn filters() {
        for filter in ["#", "a/#", "+", "a/+/b", "/+", "$SYS/#"] {
            assert!(check_filter(filter).is_ok(), "{filter}");
        }
        for filter in ["", "a/#/b", "a#", "zone5+", "+a/b", "a\0"] {
            assert!(check_filter(filter).is_err(), "{filter}");
        }
    }
}
