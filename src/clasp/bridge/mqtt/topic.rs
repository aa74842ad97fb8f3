//! Converts topics to addresses and back: `a/b` is `/mqtt/a/b`. No I/O.

use crate::clasp::wire::check_address;

/// The address of a topic.
///
/// # Errors
/// Why the topic has no valid CLASP address.
pub fn address(topic: &str, namespace: &str) -> Result<String, String> {
    let address = format!("{namespace}/{topic}");
    match check_address(&address) {
        Ok(()) => Ok(address),
        Err(why) => Err(format!("{topic}: {why}")),
    }
}

/// The topic of an address; `None` if the address is not below the namespace.
///
/// # Errors
/// Why the address has no valid topic.
pub fn topic<'a>(address: &'a str, namespace: &str) -> Result<Option<&'a str>, String> {
    let Some(rest) = address.strip_prefix(namespace) else {
        return Ok(None);
    };
    let why = match rest.strip_prefix('/') {
        None if rest.is_empty() => "the topic would be empty",
        None => return Ok(None),
        Some(topic) if topic.contains(['+', '#']) => "'+' and '#' stand for many topics",
        Some(topic) if topic.contains('\0') => "it has a NUL",
        Some(topic) if topic.starts_with('$') => "topics with '$' in front are the broker's own",
        Some(topic) => return Ok(Some(topic)),
    };
    Err(format!("{address}: {why}"))
}

/// Checks that a text is a valid topic filter. Brokers end the connection after an invalid one.
///
/// # Errors
/// Why it is not valid.
pub fn check_filter(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.len() > 65_535 || text.contains('\0') {
        return Err(
            "a filter is a topic, where + stands for one level and # for all following levels",
        );
    }
    let mut levels = text.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains('#') && (level != "#" || levels.peek().is_some()) {
            return Err("'#' must be the whole last level of a filter");
        }
        if level.contains('+') && level != "+" {
            return Err("'+' must be a whole level of a filter");
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
