//! Matches addresses with OSC address patterns. No I/O.
//!
//! ```text
//! ?        any one character           *         any number of characters
//! [a-c]    one of these                [!a-c]    none of these
//! {ab,c}   one of these texts
//! ```
//! None of them matches a `/`. Matching goes through the address once and keeps the set of possible
//! positions in the pattern, so the cost is at most |pattern| · |address|. A pattern is at most as
//! long as a CLASP address, which limits the recursion.

/// Whether an address is a pattern.
pub fn is_pattern(address: &str) -> bool {
    address.contains(['*', '?', '[', ']', '{', '}'])
}

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// This character.
    One(char),
    /// `?`
    Any,
    /// `*`
    Many,
    /// `[…]`: the ranges, and whether the class is negated.
    Class(Vec<(char, char)>, bool),
    /// `{…}`: where each text of the choice starts, as offsets from here.
    Choice(Vec<usize>),
    /// The end of one text of a choice: the offset to the part after the choice.
    Jump(usize),
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// A message about a bracket or brace without its partner.
    pub fn new(text: &str) -> Result<Pattern, &'static str> {
        let mut parts = Vec::new();
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '?' => parts.push(Part::Any),
                '*' if parts.last() == Some(&Part::Many) => {}
                '*' => parts.push(Part::Many),
                '[' => {
                    let (body, rest) = chars.as_str().split_once(']').ok_or("'[' has no ']'")?;
                    parts.push(class(body));
                    chars = rest.chars();
                }
                '{' => {
                    let (body, rest) = chars.as_str().split_once('}').ok_or("'{' has no '}'")?;
                    choice(body, &mut parts);
                    chars = rest.chars();
                }
                ']' => return Err("']' has no '['"),
                '}' => return Err("'}' has no '{'"),
                char => parts.push(Part::One(char)),
            }
        }
        Ok(Pattern(parts))
    }

    /// Whether the whole address matches.
    pub fn matches(&self, address: &str) -> bool {
        let mut here = Places::new(self.0.len() + 1);
        let mut next = Places::new(self.0.len() + 1);
        self.enter(&mut here, 0);
        for char in address.chars() {
            next.clear();
            for at in here.iter() {
                match self.0.get(at) {
                    Some(Part::One(one)) if *one == char => self.enter(&mut next, at + 1),
                    Some(Part::Any) if char != '/' => self.enter(&mut next, at + 1),
                    Some(Part::Many) if char != '/' => self.enter(&mut next, at),
                    Some(Part::Class(ranges, not)) if char != '/' => {
                        let within = ranges.iter().any(|(a, b)| (*a..=*b).contains(&char));
                        if within != *not {
                            self.enter(&mut next, at + 1);
                        }
                    }
                    _ => {}
                }
            }
            std::mem::swap(&mut here, &mut next);
            if here.list.is_empty() {
                return false;
            }
        }
        here.is[self.0.len()]
    }

    /// Adds a position, and the positions that can be reached from it without reading a character.
    fn enter(&self, places: &mut Places, at: usize) {
        if !places.add(at) {
            return;
        }
        match self.0.get(at) {
            Some(Part::Many) => self.enter(places, at + 1),
            Some(Part::Jump(by)) => self.enter(places, at + by),
            Some(Part::Choice(starts)) => {
                for by in starts {
                    self.enter(places, at + by);
                }
            }
            _ => {}
        }
    }
}

/// A set of positions in a pattern.
struct Places {
    list: Vec<usize>,
    is: Vec<bool>,
}

impl Places {
    fn new(count: usize) -> Places {
        Places {
            list: Vec::new(),
            is: vec![false; count],
        }
    }

    /// Adds a position. Returns whether it is new.
    fn add(&mut self, at: usize) -> bool {
        let new = !std::mem::replace(&mut self.is[at], true);
        if new {
            self.list.push(at);
        }
        new
    }

    fn clear(&mut self) {
        for at in self.list.drain(..) {
            self.is[at] = false;
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.list.iter().copied()
    }
}

/// Parses the text between brackets. A `-` at either end means itself.
fn class(body: &str) -> Part {
    let (body, not) = match body.strip_prefix('!') {
        Some(rest) => (rest, true),
        None => (body, false),
    };
    let chars: Vec<char> = body.chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match chars[at..] {
            [from, '-', to, ..] => {
                ranges.push((from.min(to), from.max(to)));
                at += 3;
            }
            _ => {
                ranges.push((chars[at], chars[at]));
                at += 1;
            }
        }
    }
    Part::Class(ranges, not)
}

/// Parses the text between braces.
fn choice(body: &str, parts: &mut Vec<Part>) {
    let head = parts.len();
    parts.push(Part::Choice(Vec::new()));
    let mut starts = Vec::new();
    let mut ends = Vec::new();
    for text in body.split(',') {
        starts.push(parts.len() - head);
        parts.extend(text.chars().map(Part::One));
        ends.push(parts.len());
        parts.push(Part::Jump(0));
    }
    let behind = parts.len();
    for end in ends {
        parts[end] = Part::Jump(behind - end);
    }
    parts[head] = Part::Choice(starts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_the_specification_says() {
        let table = [
            ("/a", "/a", true),
            ("/a", "/ab", false),
            ("/?", "/a", true),
            ("/?", "/", false),
            ("/?", "/ab", false),
            ("/*", "/", true),
            ("/*", "/abc", true),
            ("/*", "/a/b", false),
            ("/*/b", "/a/b", true),
            ("/a*c*e", "/abcde", true),
            ("/a*c*e", "/abde", false),
            ("/light/[1-3]", "/light/2", true),
            ("/light/[1-3]", "/light/4", false),
            ("/light/[3-1]", "/light/2", true),
            ("/light/[!1-3]", "/light/4", true),
            ("/light/[!1-3]", "/light/2", false),
            ("/a[!x]b", "/a/b", false),
            ("/[ab-]", "/-", true),
            ("/{red,green}/x", "/green/x", true),
            ("/{red,green}/x", "/blue/x", false),
            ("/{red,re}d", "/redd", true),
            ("/{red,re}d", "/red", true),
            ("/{a,}b", "/b", true),
            ("/{é,ü}?", "/üx", true),
            ("/{a,b}{c,d}", "/bd", true),
            ("/{a,b}{c,d}", "/ba", false),
        ];
        for (pattern, address, expected) in table {
            let read = Pattern::new(pattern).expect("a pattern");
            assert_eq!(read.matches(address), expected, "{pattern} {address}");
        }
    }

    #[test]
    fn what_is_not_closed_is_no_pattern() {
        for text in ["/[a", "/{a,b", "/a]", "/a}"] {
            assert!(is_pattern(text), "{text}");
            assert!(Pattern::new(text).is_err(), "{text}");
        }
        assert!(!is_pattern("/a b#,é"));
    }

    #[test]
    fn no_pattern_takes_long() {
        let pattern = Pattern::new(&format!("/{}b", "*a{a,aa,aaa}?".repeat(200))).expect("one");
        let address = format!("/{}", "a".repeat(2_000));
        let began = std::time::Instant::now();
        assert!(!pattern.matches(&address));
        let took = began.elapsed();
        assert!(took < std::time::Duration::from_secs(20), "{took:?}");
    }
}
