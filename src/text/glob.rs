//! Glob patterns. Takes a pattern such as `UP*` and a name; gives whether the name matches.

/// A pattern in which `*` matches any characters and `?` exactly one. Nothing else is special, and
/// case matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Vec<char>);

impl From<&str> for Glob {
    fn from(pattern: &str) -> Self {
        Glob(pattern.chars().collect())
    }
}

impl Glob {
    /// Whether the whole name matches.
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut at, mut here) = (0, 0);
        // The position of the last `*`, and how far into the name it reaches so far. It is enough
        // to go back to the last `*`, so the time is at most |name|·|pattern|.
        let mut star = None;
        while here < name.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, here));
                    at += 1;
                }
                Some(c) if *c == '?' || *c == name[here] => {
                    at += 1;
                    here += 1;
                }
                _ => match star {
                    Some((position, reach)) => {
                        at = position + 1;
                        here = reach + 1;
                        star = Some((position, here));
                    }
                    None => return false,
                },
            }
        }
        self.0[at..].iter().all(|c| *c == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_reach_as_far_as_they_must() {
        let table = [
            ("UP*", "UPSERT", true),
            ("UP*", "UP", true),
            ("UP*", "SUP", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("*T", "SET", true),
            ("GRAB_*_RESPONSE@*", "GRAB_RENDER_RESPONSE@1-2", true),
            ("a*b*c", "a_b_b_c", true),
            ("a*b*c", "a_c_b", false),
            ("?ET", "SET", true),
            ("?", "", false),
            ("é?", "éü", true),
        ];
        for (pattern, name, expected) in table {
            assert_eq!(
                Glob::from(pattern).matches(name),
                expected,
                "{pattern} {name}"
            );
        }
        let hostile = format!("{}b", "*a".repeat(200));
        assert!(!Glob::from(hostile.as_str()).matches(&"a".repeat(2_000)));
    }
}
