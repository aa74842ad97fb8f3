//! The view of the table: filter, order and scrolling. Takes keys, gives the rows to show. Pure.

use std::cmp::Reverse;

use super::model::{Model, Row};
use crate::term::screen::Key;

/// The order of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By address.
    #[default]
    Address,
    /// The latest message first.
    Recent,
    /// The highest rate first.
    Rate,
}

impl Sort {
    fn next(self) -> Sort {
        match self {
            Sort::Address => Sort::Recent,
            Sort::Recent => Sort::Rate,
            Sort::Rate => Sort::Address,
        }
    }

    /// The name shown in the header.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Address => "by address",
            Sort::Recent => "latest first",
            Sort::Rate => "busiest first",
        }
    }
}

/// The effect of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Redraw.
    Stay,
    /// End the program.
    Quit,
    /// Pause, or continue.
    Pause,
}

/// The view that the user has chosen.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Only addresses that contain all these words, in upper or lower case, are shown.
    pub filter: String,
    /// Whether the user is typing the filter.
    pub typing: bool,
    /// The order.
    pub sort: Sort,
    /// How many rows are above the first shown.
    pub top: usize,
    /// Whether the help is shown instead of the rows.
    pub help: bool,
    /// How many rows fit, in the last frame.
    pub page: usize,
    /// The width of the widest value so far, so that the columns after it do not move.
    pub widest_value: usize,
}

impl View {
    /// Handles a key.
    pub fn key(&mut self, key: Key) -> Effect {
        if self.help {
            self.help = false;
            if key != Key::Char('q') {
                return Effect::Stay;
            }
        }
        if self.typing {
            match key {
                Key::Char(c) => self.narrow(|filter| filter.push(c)),
                Key::Backspace => self.narrow(|filter| _ = filter.pop()),
                Key::Control('u') => self.narrow(String::clear),
                Key::Control('w') => self.narrow(|filter| {
                    let kept = filter.trim_end();
                    let end = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                    filter.truncate(end);
                }),
                Key::Enter => self.typing = false,
                Key::Escape => {
                    self.typing = false;
                    self.narrow(String::clear);
                }
                key => self.scroll(key),
            }
            return Effect::Stay;
        }
        match key {
            Key::Char('q') => return Effect::Quit,
            Key::Char('p' | ' ') => return Effect::Pause,
            Key::Char('/') => self.typing = true,
            Key::Char('s') => (self.sort, self.top) = (self.sort.next(), 0),
            Key::Char('?' | 'h') => self.help = true,
            Key::Char('k') => self.scroll(Key::Up),
            Key::Char('j') => self.scroll(Key::Down),
            Key::Char('g') => self.scroll(Key::Home),
            Key::Char('G') => self.scroll(Key::End),
            Key::Control('b') => self.scroll(Key::PageUp),
            Key::Control('f') => self.scroll(Key::PageDown),
            Key::Escape => self.narrow(String::clear),
            key => self.scroll(key),
        }
        Effect::Stay
    }

    /// Says of an address whether each word of the filter is in it.
    pub fn filtering(&self) -> impl Fn(&str) -> bool + use<> {
        let words: Vec<String> = self
            .filter
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        move |address| {
            words.is_empty() || {
                let address = address.to_lowercase();
                words.iter().all(|word| address.contains(word.as_str()))
            }
        }
    }

    fn narrow(&mut self, edit: impl FnOnce(&mut String)) {
        edit(&mut self.filter);
        self.top = 0;
    }

    fn scroll(&mut self, key: Key) {
        self.top = match key {
            Key::Up => self.top.saturating_sub(1),
            Key::Down => self.top.saturating_add(1),
            Key::PageUp => self.top.saturating_sub(self.page.max(1)),
            Key::PageDown => self.top.saturating_add(self.page.max(1)),
            Key::Home => 0,
            Key::End => usize::MAX,
            _ => self.top,
        };
    }

    /// The rows to show on a page of this size, and how many match in all. Limits the scroll
    /// position to the last page.
    pub fn rows<'m>(
        &mut self,
        model: &'m Model,
        now: u64,
        page: usize,
    ) -> (Vec<(&'m str, &'m Row)>, usize) {
        let matches = self.filtering();
        let mut rows: Vec<_> = model
            .rows()
            .filter(|(address, _)| matches(address))
            .collect();
        match self.sort {
            Sort::Address => {}
            // Rows that show the same age or rate are sorted by address: otherwise fast signals
            // would change places all the time.
            Sort::Recent => rows.sort_by_cached_key(|(_, row)| match model.age(row, now) {
                0..1_000_000 => 0,
                age => age,
            }),
            Sort::Rate => rows.sort_by_cached_key(|(_, row)| {
                let tenths = row.meter.per_second(now) * 10.0;
                Reverse(if tenths < 100.0 {
                    tenths.round() as u64
                } else {
                    (tenths / 10.0).round() as u64 * 10
                })
            }),
        }
        self.page = page;
        self.top = self.top.min(rows.len().saturating_sub(page));
        let count = rows.len();
        rows.drain(..self.top);
        rows.truncate(page);
        (rows, count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{START, record};
    use super::*;

    fn model(addresses: &[&str]) -> Model {
        let mut model = Model::default();
        for (n, address) in (0..).zip(addresses) {
            model.take(&record("event", address, None), START + n);
        }
        model
    }

    fn shown(view: &mut View, model: &Model, page: usize) -> Vec<String> {
        let (rows, _) = view.rows(model, START + 1_000_000, page);
        rows.iter()
            .map(|(address, _)| (*address).to_owned())
            .collect()
    }

    fn typed(view: &mut View, text: &str) {
        for c in text.chars() {
            assert_eq!(view.key(Key::Char(c)), Effect::Stay, "{c}");
        }
    }

    #[test]
    fn the_filter_narrows_at_each_key() {
        let model = model(&["/lights/front", "/lights/back", "/fog", "/Stage/Light"]);
        let mut view = View::default();
        typed(&mut view, "/");
        for (key, expected) in [
            ('l', vec!["/Stage/Light", "/lights/back", "/lights/front"]),
            ('i', vec!["/Stage/Light", "/lights/back", "/lights/front"]),
            (' ', vec!["/Stage/Light", "/lights/back", "/lights/front"]),
            ('q', vec![]),
        ] {
            typed(&mut view, &key.to_string());
            assert_eq!(shown(&mut view, &model, 9), expected, "{}", view.filter);
        }
        view.key(Key::Backspace);
        typed(&mut view, "FRO");
        assert_eq!(shown(&mut view, &model, 9), ["/lights/front"]);
        view.key(Key::Enter);
        assert_eq!(
            shown(&mut view, &model, 9),
            ["/lights/front"],
            "Enter keeps it"
        );
        assert_eq!(view.key(Key::Char('q')), Effect::Quit, "q is a key again");
        view.key(Key::Escape);
        assert_eq!(shown(&mut view, &model, 9).len(), 4, "Escape clears it");
    }

    #[test]
    fn words_of_the_filter_are_taken_back() {
        let mut view = View::default();
        typed(&mut view, "/one two ");
        view.key(Key::Control('w'));
        assert_eq!(view.filter, "one ");
        view.key(Key::Control('w'));
        assert_eq!(view.filter, "");
        typed(&mut view, "x");
        view.key(Key::Control('u'));
        assert_eq!((view.filter.as_str(), view.typing), ("", true));
        typed(&mut view, "x");
        view.key(Key::Escape);
        assert_eq!((view.filter.as_str(), view.typing), ("", false));
    }

    #[test]
    fn sorted_by_address_by_time_by_rate() {
        let mut model = model(&["/a", "/c", "/b"]);
        for address in ["/f", "/e", "/f"] {
            model.take(&record("event", address, None), START + 9_500_000);
        }
        let mut view = View::default();
        let mut shown = || {
            let (rows, _) = view.rows(&model, START + 10_000_000, 9);
            let shown: String = rows.iter().map(|(address, _)| *address).collect();
            view.key(Key::Char('s'));
            (view.sort, shown)
        };
        assert_eq!(shown(), (Sort::Recent, "/a/b/c/e/f".into()));
        assert_eq!(
            shown(),
            (Sort::Rate, "/e/f/b/c/a".into()),
            "within a second by address"
        );
        assert_eq!(shown(), (Sort::Address, "/f/e/a/b/c".into()));
    }

    #[test]
    fn scrolling_stops_at_both_ends() {
        let names: Vec<String> = (0..10).map(|n| format!("/{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let model = model(&names);
        let mut view = View::default();
        for (key, first) in [
            (Key::Up, "/0"),
            (Key::Down, "/1"),
            (Key::Char('j'), "/2"),
            (Key::PageDown, "/6"),
            (Key::PageDown, "/6"),
            (Key::Up, "/5"),
            (Key::PageUp, "/1"),
            (Key::End, "/6"),
            (Key::Down, "/6"),
            (Key::Home, "/0"),
        ] {
            // The first call tells it how much fits, as painting does.
            shown(&mut view, &model, 4);
            view.key(key);
            assert_eq!(shown(&mut view, &model, 4)[0], first, "{key:?}");
        }
    }

    #[test]
    fn any_key_ends_the_help_and_q_all_of_it() {
        let mut view = View::default();
        typed(&mut view, "?");
        assert!(view.help);
        typed(&mut view, "s");
        assert!(!view.help && view.sort == Sort::Address);
        typed(&mut view, "?");
        assert_eq!(view.key(Key::Char('q')), Effect::Quit);
    }
}
