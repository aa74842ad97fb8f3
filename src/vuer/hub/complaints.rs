//! What clients did wrong, for whoever runs the server. Takes texts, which may have been made by a
//! client; gives short lines to a function, and not more of them than people read.

use std::cell::RefCell;
use std::time::{Duration, Instant};

/// This many lines are given in each span of time; further ones are counted.
const LINES: u32 = 10;
/// The span of time.
const SPAN: Duration = Duration::from_secs(10);

/// The longest text, in characters.
const LENGTH_MAX: usize = 300;

/// Where complaints go.
pub struct Complaints {
    say: Box<dyn Fn(&str)>,
    lately: RefCell<Lately>,
}

#[derive(Default)]
struct Lately {
    since: Option<Instant>,
    said: u32,
    unsaid: u64,
}

impl Complaints {
    /// Gives each line to this function.
    pub fn new(say: impl Fn(&str) + 'static) -> Complaints {
        Complaints {
            say: Box::new(say),
            lately: RefCell::default(),
        }
    }

    /// Says a text, unless too much was said lately.
    pub fn tell(&self, text: &str) {
        self.tell_at(text, Instant::now());
    }

    fn tell_at(&self, text: &str, now: Instant) {
        let mut lately = self.lately.borrow_mut();
        if lately.since.is_none_or(|since| now - since >= SPAN) {
            lately.since = Some(now);
            lately.said = 0;
        }
        if lately.said >= LINES {
            lately.unsaid += 1;
            return;
        }
        lately.said += 1;
        let unsaid = std::mem::take(&mut lately.unsaid);
        drop(lately);
        // A client's own words must not make a line of their own.
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let mut line: String = text.chars().take(LENGTH_MAX).map(plain).collect();
        if unsaid > 0 {
            line.push_str(&format!(" (and {unsaid} more of the like before)"));
        }
        (self.say)(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn a_flood_is_counted() {
        let lines = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&lines);
        let complaints = Complaints::new(move |line| sink.borrow_mut().push(line.to_owned()));
        let now = Instant::now();
        for _ in 0..LINES + 5 {
            complaints.tell_at("a\nb", now);
        }
        complaints.tell_at("later", now + SPAN);
        let lines = lines.borrow();
        assert_eq!(lines.len(), LINES as usize + 1);
        assert_eq!(lines[0], "a b");
        assert_eq!(
            lines[LINES as usize],
            "later (and 5 more of the like before)"
        );
    }
}
