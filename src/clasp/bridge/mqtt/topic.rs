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
    let checked = match rest.strip_prefix('/') {
        None if !rest.is_empty() => return Ok(None),
        None => Err("the topic would be empty"),
        Some(topic) if topic.starts_with('$') => {
            Err("topics with '$' in front are the broker's own")
        }
        Some(topic) => check_name(topic).map(|()| topic),
    };
    match checked {
        Ok(topic) => Ok(Some(topic)),
        Err(why) => Err(format!("{address}: {why}")),
    }
}

/// Checks that a text is the name of one topic.
///
/// # Errors
/// Why it is not.
pub fn check_name(topic: &str) -> Result<(), &'static str> {
    if topic.is_empty() {
        return Err("a topic is not empty");
    }
    if topic.contains(['+', '#']) {
        return Err("'+' and '#' stand for many topics");
    }
    check_text(topic)
}

/// Checks that brokers accept a text. mosquitto ends the connection after a topic or a property with
/// a character that MQTT 5 (1.5.4) advises against, and would do so again after each reconnect.
///
/// # Errors
/// Why they do not.
pub fn check_text(text: &str) -> Result<(), &'static str> {
    let is_noncharacter =
        |c: char| matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE;
    if text.contains(char::is_control) {
        return Err("brokers refuse control characters");
    }
    if text.contains(is_noncharacter) {
        return Err("brokers refuse code points that are not characters");
    }
    Ok(())
}

/// Checks that a text is a valid topic filter. Brokers end the connection after an invalid one.
///
/// # Errors
/// Why it is not valid.
pub fn check_filter(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.len() > 65_535 {
        return Err(
            "a filter is a topic, where + stands for one level and # for all following levels",
        );
    }
    check_text(text)?;
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
            "/mqtt/a\nb",
            "/mqtt/a\u{85}",
            "/mqtt/a\u{fdd0}",
            "/mqtt/a\u{1fffe}",
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
