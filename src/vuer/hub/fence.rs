//! Tells when a page has processed a large change. Takes the time and the page's events; gives a
//! request to send behind the change.
//!
//! A pong is not enough: the browser answers a ping as soon as it has read it, while the page may
//! work on the message before it for seconds. Measured with the page of vuer 0.1.6 in headless
//! Chromium, drawn by the processor: a SET of 1,000 boxes takes 1 to 3 s, and three of them were on
//! their way before the first one was shown. So a request that the page itself answers follows a
//! large change, and nothing else is sent until its answer has arrived.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::plan::picture_request;
use crate::vuer::event::{Draft, Pack};

/// Changes of at least this many bytes are followed by a request.
const LARGE: usize = 16 * 1024;

/// How long to wait for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// The beginning of the etype of an answer.
const ANSWER: &str = "TREFOIL_PROCESSED@";

/// The package name of our own page.
pub const OUR_PAGE: &str = "trefoil";

/// The requests to one page.
#[derive(Debug, Default)]
pub struct Fence {
    number: u64,
    /// Until when to wait for the answer to the last request.
    waiting: Option<Instant>,
    /// The page did not answer in time. No further request is sent before it does.
    given_up: bool,
}

impl Fence {
    /// The request to send behind a change of `bytes` bytes to a page of this package. `None` if
    /// the change is small, or if the page does not answer such requests.
    pub fn ask(&mut self, package: &str, bytes: usize, now: Instant, ts: u64) -> Option<Bytes> {
        if bytes < LARGE || self.given_up {
            return None;
        }
        self.number += 1;
        self.waiting = Some(now + ANSWER_TIME);
        let answer = format!("{ANSWER}{}", self.number);
        if package == OUR_PAGE {
            let request = Draft::new("NOOP", ts).text("rtype", &answer);
            return Some(request.finish().into());
        }
        // A picture is the only thing that the page of the Python package can be asked for. It is
        // made as small as possible.
        let mut data = Pack::default();
        data.map(2);
        data.text("downsample").integer(16);
        data.text("quality").float(0.1);
        Some(picture_request(&answer, &answer, &data, ts))
    }

    /// Takes note of an event, and tells whether it is an answer.
    pub fn take(&mut self, etype: &str) -> bool {
        let Some(number) = etype.strip_prefix(ANSWER) else {
            return false;
        };
        self.given_up = false;
        if number.parse() == Ok(self.number) {
            self.waiting = None;
        }
        true
    }

    /// Until when to send nothing to the page; `None` if it has processed everything.
    pub fn until(&mut self, now: Instant) -> Option<Instant> {
        if self.waiting.is_some_and(|until| now >= until) {
            self.waiting = None;
            self.given_up = true;
        }
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vuer::event::Value;

    #[test]
    fn a_large_change_is_waited_for() {
        let (mut fence, now) = (Fence::default(), Instant::now());
        assert!(fence.ask("@vuer-ai/vuer", LARGE - 1, now, 0).is_none());
        assert_eq!(fence.until(now), None);
        for (package, etype) in [("@vuer-ai/vuer", "GRAB_RENDER"), (OUR_PAGE, "NOOP")] {
            let request = fence.ask(package, LARGE, now, 0).expect("a request");
            let request = Value::check(&request).expect("sound");
            let text = |name| request.get(name).and_then(Value::as_str).expect("a text");
            assert_eq!(text("etype"), etype);
            assert_eq!(fence.until(now), Some(now + ANSWER_TIME));
            assert!(!fence.take("CAMERA_MOVE"));
            assert!(fence.take("TREFOIL_PROCESSED@0"), "it is late");
            assert!(fence.until(now).is_some());
            assert!(fence.take(text("rtype")));
            assert_eq!(fence.until(now), None);
        }
    }

    #[test]
    fn a_page_that_does_not_answer_is_waited_for_once() {
        let (mut fence, now) = (Fence::default(), Instant::now());
        fence.ask("another", LARGE, now, 0).expect("a request");
        let late = now + ANSWER_TIME;
        assert_eq!(fence.until(late), None);
        assert!(fence.ask("another", LARGE, late, 0).is_none());
        assert!(fence.take("TREFOIL_PROCESSED@1"));
        assert!(fence.ask("another", LARGE, late, 0).is_some(), "it does");
    }
}
