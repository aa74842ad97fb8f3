//! Ids and names. Takes text; gives a type whose text is safe in a path or a body.
//!
//! Each has its own type, so that an unchecked text cannot be sent.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(String);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                let check: fn(&str) -> Result<(), String> = $check;
                check(text).map_err(BadName)?;
                Ok($name(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

name! {
    /// A session's id. The contract does not define its form; it must be safe in a path.
    SessionId,
    |text| limited(text, 256, "a session id has letters, digits, '_', '-' and '.' only", |c| {
        c.is_ascii_alphanumeric() || "_-.".contains(c)
    })
    .and_then(|()| {
        if text.bytes().all(|b| b == b'.') {
            Err("a session id is no path".to_owned())
        } else {
            Ok(())
        }
    })
}

name! {
    /// A run's id, which is safe in a path.
    RunId,
    |text| limited(text, 256, "a run's id has letters, digits, '_' and '-' only", |c| {
        c.is_ascii_alphanumeric() || "_-".contains(c)
    })
}

name! {
    /// The name of an app token: `^[a-z0-9_-]{1,64}$`.
    TokenName,
    |text| limited(text, 64, "a token's name has small letters, digits, '_' and '-' only", |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c)
    })
}

name! {
    /// The name of an agent: `^[A-Za-z0-9_-]{1,64}$`.
    Agent,
    |text| limited(text, 64, "an agent's name has letters, digits, '_' and '-' only", |c| {
        c.is_ascii_alphanumeric() || "_-".contains(c)
    })
}

name! {
    /// The token of an uploaded file: `ff_…`.
    FileToken,
    |text| match text.strip_prefix(FileToken::PREFIX) {
        Some(rest) => limited(rest, 256, "a file's token has letters, digits, '_' and '-' only", |c| {
            c.is_ascii_alphanumeric() || "_-".contains(c)
        }),
        None => Err("a file's token begins with ff_".to_owned()),
    }
}

impl FileToken {
    /// The prefix of every file token.
    pub const PREFIX: &str = "ff_";

    /// A placeholder for a file that has no token yet; it is unique in a text, so that it can be
    /// replaced later.
    pub fn placeholder(unique: u128) -> FileToken {
        FileToken(format!("{}{unique:032x}", FileToken::PREFIX))
    }
}

name! {
    /// The name of a file for the service. It must not be a path, because the service decides where
    /// it stores the file.
    FileName,
    |text| match text {
        "" => Err("it is empty".to_owned()),
        "." | ".." => Err("a file's name is no path".to_owned()),
        text if text.contains(['/', '\\']) => Err("a file's name is no path".to_owned()),
        text if text.len() > 255 => Err("it is longer than 255 bytes".to_owned()),
        _ => Ok(()),
    }
}

impl FileName {
    /// The default name for a file from stdin.
    pub fn of_stdin() -> FileName {
        FileName("stdin".to_owned())
    }

    /// The last component of a path that was opened. It may contain any characters; on Unix also a
    /// backslash.
    pub fn of_path(last: &str) -> FileName {
        FileName(last.to_owned())
    }
}

name! {
    /// A media type, such as `image/png` or `text/plain; charset=utf-8`.
    MediaType,
    |text| {
        let token = |part: &str| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b);
            !part.is_empty() && part.bytes().all(allowed)
        };
        let essence = text.split(';').next().unwrap_or_default().trim_end();
        let printable = text.bytes().all(|b| (b' '..0x7f).contains(&b));
        match essence.split_once('/') {
            Some((group, kind)) if printable && token(group) && token(kind) => Ok(()),
            _ => Err("a media type looks like image/png".to_owned()),
        }
    }
}

impl MediaType {
    /// A media type of the table in [`super::media`], whose test checks them.
    pub(super) fn of_table(known: &'static str) -> MediaType {
        MediaType(known.to_owned())
    }
}

fn limited(
    text: &str,
    longest: usize,
    rule: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !text.chars().all(allowed) {
        return Err(rule.to_owned());
    }
    if text.len() > longest {
        return Err(format!("it is longer than {longest} characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_leave_the_path_is_no_name() {
        let hostile = [
            "",
            ".",
            "..",
            "../admin/tokens",
            "a/b",
            "a\\b",
            "a%2fb",
            "a?b",
            "a#b",
            "a b",
            "a\nb",
            "a\0b",
            "ä",
        ];
        for text in hostile {
            assert!(text.parse::<SessionId>().is_err(), "{text:?}");
            assert!(text.parse::<TokenName>().is_err(), "{text:?}");
            assert!(text.parse::<Agent>().is_err(), "{text:?}");
            assert!(
                format!("ff_{text}").parse::<FileToken>().is_err(),
                "{text:?}"
            );
        }
        for text in ["", ".", "..", "../a.png", "/etc/passwd", "a\\b"] {
            assert!(text.parse::<FileName>().is_err(), "{text:?}");
        }
        for text in [
            "",
            "png",
            "image/",
            "/png",
            "a/b/c",
            "image/png\r\nX: 1",
            "ä/b",
            "a b/c",
        ] {
            assert!(text.parse::<MediaType>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn names_of_the_contract_are_names() {
        for text in ["sess_abc", "0b8c6f3e-6f1c-4b6e-9d58-000000000001", "a.b"] {
            assert!(text.parse::<SessionId>().is_ok(), "{text}");
        }
        let longest = "a".repeat(64);
        for text in ["cauldron", "ci-2_x", &longest] {
            assert!(text.parse::<TokenName>().is_ok(), "{text}");
        }
        assert!("Cauldron".parse::<TokenName>().is_err());
        assert!(format!("{longest}a").parse::<TokenName>().is_err());
        assert!("Claude".parse::<Agent>().is_ok());
        assert!("ff_8c1-x".parse::<FileToken>().is_ok());
        assert!("8c1".parse::<FileToken>().is_err());
        for text in ["scan 1.pdf", "Grüße\n.txt", ".env", "..."] {
            assert!(text.parse::<FileName>().is_ok(), "{text:?}");
        }
        for text in ["image/svg+xml", "text/plain; charset=utf-8"] {
            assert!(text.parse::<MediaType>().is_ok(), "{text}");
        }
    }
}
