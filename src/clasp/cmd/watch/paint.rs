//! A frame: what is known, how it is to be seen and the size enter, lines leave; pure.
//!
//! ```text
//! Clasp Router · 8 addresses · by address · 312/s                    live
//!
//! ADDRESS        VALUE      AGE    RATE
//! /lights/front  0.707107   now    20/s  ▁▂▃▄▅▆▇█▇▆▅▄▃▂▁
//! …
//!                                                            what happened
//! q quit  / filter  s sort  p pause  ? help                    1-20 of 312
//! ```

use std::time::Duration;

use super::model::{ADDRESSES, Model, Row};
use super::spark::BARS;
use super::view::View;
use crate::term::screen::{Line, fit, fit_end, width};
use crate::text::count::{Count, Rate};

/// How it stands with the router.
#[derive(Debug, Clone, Copy)]
pub enum Link<'a> {
    /// What matches will come.
    Live,
    /// The connection is gone.
    Gone {
        /// How it went.
        cause: &'a str,
        /// How long until it is tried anew; zero while it is.
        wait: Duration,
    },
}

/// What a frame shows beside the rows.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// What the router calls itself.
    pub router: &'a str,
    /// How it stands with it.
    pub link: Link<'a>,
    /// What should be read, for a while.
    pub note: Option<&'a str>,
    /// How many messages came since the picture was stopped, if it was.
    pub paused: Option<u64>,
    /// The time, in µs since the epoch.
    pub now: u64,
}

const GAP: usize = 2;
const AGE: usize = 6;
const RATE: usize = 8;
/// The least room for a value; before it gets less, other columns go.
const VALUE: usize = 12;

/// Paints a frame of so many columns and rows.
pub fn frame(
    model: &Model,
    view: &mut View,
    status: Status<'_>,
    size: (usize, usize),
) -> Vec<Line> {
    let (columns, height) = size;
    let roomy = height >= 10;
    let around = if roomy { 5 } else { 4 };
    let page = height.saturating_sub(around).max(1);
    let (rows, matching) = view.rows(model, status.now, page);
    let mut lines = vec![header(model, view, &status, matching, columns)];
    if roomy {
        lines.push(Line::default());
    }
    if view.help {
        lines.extend(help());
    } else if rows.is_empty() {
        let mut line = Line::default();
        match model.len() {
            0 => line.dim("nothing has come yet"),
            _ => line.dim(format_args!("no address has '{}' in it", view.filter)),
        };
        lines.push(line);
    } else {
        for (_, row) in &rows {
            let kind = if row.kind.is_empty() {
                0
            } else {
                width(&row.kind) + 1
            };
            view.widest_value = view.widest_value.max(kind + width(&row.value));
        }
        let layout = Layout::of(model.widest(), view.widest_value, columns);
        lines.push(layout.titles());
        let now = status.now;
        lines.extend(
            rows.iter()
                .map(|(address, row)| layout.row(address, row, model.age(row, now), now)),
        );
    }
    lines.truncate(height.saturating_sub(2));
    lines.resize(height.saturating_sub(2), Line::default());
    lines.push(note(&status));
    let shown = (!view.help).then_some((view.top, rows.len(), matching));
    lines.push(footer(view, shown, columns));
    lines.drain(..lines.len().saturating_sub(height));
    lines
}

fn header(
    model: &Model,
    view: &View,
    status: &Status<'_>,
    matching: usize,
    columns: usize,
) -> Line {
    let mut right = Line::default();
    match (status.link, status.paused) {
        (Link::Gone { .. }, _) => right.bad("no connection"),
        (Link::Live, Some(0)) => right.plain("paused"),
        (Link::Live, Some(since)) => right.plain(format_args!("paused, {} since", Count(since))),
        (Link::Live, None) => right.dim("live"),
    };
    let room = columns.saturating_sub(right.width() + GAP);
    let all = model.len() as u64;
    let noun = if all == 1 { "address" } else { "addresses" };
    let mut facts = match view.filter.trim().is_empty() {
        true => format!(" · {} {noun}", Count(all)),
        false => format!(" · {} of {} {noun}", Count(matching as u64), Count(all)),
    };
    if model.gone() > 0 {
        facts.push_str(&format!(" ({} dropped)", Count(model.gone())));
    }
    facts.push_str(&format!(
        " · {} · {}",
        view.sort.name(),
        rate(model.per_second(status.now))
    ));
    let mut line = Line::default();
    line.plain(fit(status.router, room));
    let room = room.saturating_sub(line.width());
    line.dim(fit(&facts, room));
    line.to(columns.saturating_sub(right.width()));
    match (status.link, status.paused) {
        (Link::Gone { .. }, _) => line.bad(right.text()),
        (_, Some(_)) => line.plain(right.text()),
        _ => line.dim(right.text()),
    };
    line
}

fn note(status: &Status<'_>) -> Line {
    let mut line = Line::default();
    match (status.link, status.note) {
        (Link::Gone { cause, wait }, _) => {
            line.bad(format_args!("router gone ({cause})"));
            match wait.as_secs_f64().ceil() as u64 {
                0 => line.plain("; reconnecting"),
                seconds => line.plain(format_args!("; reconnecting in {seconds} s")),
            };
        }
        (Link::Live, Some(note)) => _ = line.plain(note),
        (Link::Live, None) => {}
    }
    line
}

fn footer(view: &View, shown: Option<(usize, usize, usize)>, columns: usize) -> Line {
    let mut line = Line::default();
    let keys: &[(&str, &str)] = if view.typing {
        line.plain(format_args!("/{}▏", view.filter)).plain("  ");
        &[("Enter", "keep"), ("Esc", "clear")]
    } else if view.help {
        &[("q", "quit"), ("any other key", "back")]
    } else if view.filter.trim().is_empty() {
        &[
            ("q", "quit"),
            ("/", "filter"),
            ("s", "sort"),
            ("p", "pause"),
            ("?", "help"),
        ]
    } else {
        line.plain(format_args!("/{}", view.filter)).plain("  ");
        &[
            ("Esc", "clear"),
            ("q", "quit"),
            ("s", "sort"),
            ("p", "pause"),
            ("?", "help"),
        ]
    };
    for (n, (key, what)) in keys.iter().enumerate() {
        if n > 0 {
            line.plain("  ");
        }
        line.plain(key).dim(format_args!(" {what}"));
    }
    if let Some((top, rows, matching)) = shown
        && rows < matching
    {
        let part = format!("{}-{} of {}", top + 1, top + rows, Count(matching as u64));
        let column = columns.saturating_sub(part.len());
        if line.width() + GAP <= column {
            line.to(column).dim(part);
        }
    }
    line
}

/// Which columns there are, and how wide.
struct Layout {
    address: usize,
    value: usize,
    age: bool,
    rate: bool,
    bars: bool,
}

impl Layout {
    fn of(widest_address: usize, widest_value: usize, columns: usize) -> Layout {
        let address = widest_address.clamp("ADDRESS".len(), (columns * 2 / 5).max(12));
        let room = columns.saturating_sub(address + GAP);
        // What each column takes, in the order in which they go when there is too little room.
        let (age, rate, bars) = (GAP + AGE, GAP + RATE, GAP + BARS);
        let fits = |rest: usize| room >= VALUE + rest;
        let layout = Layout {
            address,
            value: 0,
            age: fits(age),
            rate: fits(age + rate),
            bars: fits(age + rate + bars),
        };
        let beside = [(layout.age, age), (layout.rate, rate), (layout.bars, bars)];
        let taken: usize = beside
            .iter()
            .filter(|(there, _)| *there)
            .map(|(_, width)| width)
            .sum();
        Layout {
            value: (room - taken).min(widest_value.max(VALUE)),
            ..layout
        }
    }

    fn titles(&self) -> Line {
        let mut line = Line::default();
        line.dim("ADDRESS").to(self.address + GAP).dim("VALUE");
        let column = self.address + GAP + self.value;
        if self.age {
            line.dim(format_args!(
                "{:>1$}",
                "AGE",
                column + GAP + AGE - line.width()
            ));
        }
        if self.rate {
            line.dim(format_args!("{:>1$}", "RATE", GAP + RATE));
        }
        line
    }

    fn row(&self, address: &str, row: &Row, age: u64, now: u64) -> Line {
        let mut line = Line::default();
        line.address(fit_end(address, self.address))
            .to(self.address + GAP);
        let kind = fit(&row.kind, self.value);
        let mut room = self.value - width(&kind);
        if !kind.is_empty() {
            line.dim(&kind).plain(if room > 0 { " " } else { "" });
            room = room.saturating_sub(1);
        }
        line.plain(fit(&row.value, room))
            .to(self.address + GAP + self.value);
        if self.age {
            line.dim(format_args!("{:>1$}", self::age(age), GAP + AGE));
        }
        if self.rate {
            let per_second = row.meter.per_second(now);
            let text = format!("{:>1$}", rate(per_second), GAP + RATE);
            match per_second > 0.0 {
                true => line.plain(text),
                false => line.dim(text),
            };
        }
        if self.bars {
            line.plain("  ").plain(row.trail.bars(now).trim_end());
        }
        line
    }
}

/// An age in one unit: what ticks once a second needs no more.
fn age(micros: u64) -> String {
    match micros / 1_000_000 {
        0 => "now".to_owned(),
        s @ 1..60 => format!("{s} s"),
        s @ 60..3_600 => format!("{} min", s / 60),
        s @ 3_600..86_400 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}

fn rate(per_second: f64) -> String {
    match per_second {
        r if r < 0.05 => "0/s".to_owned(),
        r if r < 9.95 => format!("{r:.1}/s"),
        r => Rate::of((r * 1e3) as u64, Duration::from_secs(1_000)).to_string(),
    }
}

fn help() -> Vec<Line> {
    let rows: [(&str, String); 10] = [
        ("q", "quit".into()),
        ("/", "filter: each word must be in the address".into()),
        ("", "Enter keeps the filter, Esc clears it".into()),
        ("s", "sort by address, latest first, busiest first".into()),
        ("p, space", "stop the picture, or go on".into()),
        ("↑ ↓  k j", "a row up or down".into()),
        ("PgUp PgDn", "a page up or down".into()),
        ("Home End  g G", "to the first or the last row".into()),
        (
            "the bars",
            format!(
                "numbers: the latest {BARS}, from lowest to highest; else: how much each second"
            ),
        ),
        (
            "the rows",
            format!(
                "at most {} addresses; those silent longest go",
                Count(ADDRESSES as u64)
            ),
        ),
    ];
    rows.into_iter()
        .map(|(key, what)| {
            let mut line = Line::default();
            line.plain(key).to(15).dim(what);
            line
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{START, record};
    use super::*;
    use crate::clasp::wire::Value;
    use crate::term::screen::Key;

    fn model() -> Model {
        let mut model = Model::default();
        let values = [
            ("param", "/lights/front", Value::Float(0.5)),
            (
                "event",
                "/cues/go",
                Value::Map(vec![("scene".into(), Value::Int(2))]),
            ),
            (
                "param",
                "/größe/光",
                Value::String("wide: 光光光\x1b[2J".into()),
            ),
        ];
        for (kind, address, value) in &values {
            model.take(&record(kind, address, Some(value)), START);
        }
        model
    }

    const LIVE: Status<'_> = Status {
        router: "Router",
        link: Link::Live,
        note: None,
        paused: None,
        now: START + 3_000_000,
    };

    fn text(
        model: &Model,
        view: &mut View,
        status: Status<'_>,
        size: (usize, usize),
    ) -> Vec<String> {
        let lines = frame(model, view, status, size);
        lines
            .iter()
            .map(|line| line.text().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn the_columns_line_up_under_their_titles() {
        let shown = text(&model(), &mut View::default(), LIVE, (80, 10));
        assert_eq!(
            shown,
            [
                "Router · 3 addresses · by address · 1.0/s                                   live",
                "",
                "ADDRESS        VALUE                       AGE      RATE",
                "/cues/go       event {\"scene\":2}           3 s     0.3/s                  █",
                "/größe/光      \"wide: 光光光\\u001b[2J\"     3 s     0.3/s                  █",
                "/lights/front  0.5                         3 s     0.3/s                     ▄",
                "",
                "",
                "",
                "q quit  / filter  s sort  p pause  ? help",
            ]
        );
    }

    #[test]
    fn whatever_the_size_a_frame_has_as_many_lines_and_keeps_what_matters() {
        let model = model();
        for columns in 1..120 {
            for rows in 1..14 {
                for help in [false, true] {
                    let mut view = View {
                        help,
                        ..View::default()
                    };
                    let lines = frame(&model, &mut view, LIVE, (columns, rows));
                    assert_eq!(lines.len(), rows, "{columns} × {rows}");
                    // Explanations may be cut; values never push each other off the screen.
                    let table = if help { &[] } else { &lines[..rows - 1] };
                    let widest = table.iter().map(Line::width).max().unwrap_or(0);
                    assert!(
                        columns < 24 || widest <= columns,
                        "{widest} in {columns} × {rows}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_goes_first_is_what_matters_least() {
        let titles = |columns| text(&model(), &mut View::default(), LIVE, (columns, 10))[2].clone();
        assert!(titles(45).ends_with("RATE") && titles(36).ends_with("AGE"));
        assert!(titles(28).ends_with("VALUE"), "{}", titles(28));
    }

    #[test]
    fn trouble_is_said_above_the_keys() {
        let gone = Status {
            link: Link::Gone {
                cause: "connection reset",
                wait: Duration::from_millis(2_300),
            },
            ..LIVE
        };
        let shown = text(&model(), &mut View::default(), gone, (80, 10));
        assert!(shown[0].ends_with("no connection"), "{}", shown[0]);
        assert_eq!(
            shown[8],
            "router gone (connection reset); reconnecting in 3 s"
        );
        let paused = Status {
            paused: Some(1_204),
            note: Some("the router says: no (error 400)"),
            ..LIVE
        };
        let shown = text(&model(), &mut View::default(), paused, (80, 10));
        assert!(shown[0].ends_with("paused, 1,204 since"), "{}", shown[0]);
        assert_eq!(shown[8], "the router says: no (error 400)");
    }

    #[test]
    fn the_filter_is_told_while_it_is_typed_and_after() {
        let (model, mut view) = (model(), View::default());
        for key in "/cue".chars().map(Key::Char) {
            view.key(key);
        }
        let shown = text(&model, &mut view, LIVE, (80, 10));
        assert!(
            shown[0].starts_with("Router · 1 of 3 addresses · "),
            "{}",
            shown[0]
        );
        assert_eq!(shown[9], "/cue▏  Enter keep  Esc clear");
        view.key(Key::Enter);
        let shown = text(&model, &mut view, LIVE, (80, 10));
        assert!(
            shown[9].starts_with("/cue  Esc clear  q quit"),
            "{}",
            shown[9]
        );
        view.key(Key::Char('/'));
        view.key(Key::Char('\x1b'));
        let shown = text(&model, &mut view, LIVE, (80, 10));
        assert_eq!(shown[2], "no address has 'cue\\u001b' in it");
    }

    #[test]
    fn ages_and_rates_have_one_unit() {
        for (seconds, shown) in [
            (0, "now"),
            (59, "59 s"),
            (60, "1 min"),
            (7_199, "1 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(age(seconds * 1_000_000), shown);
        }
        for (per_second, shown) in [
            (0.0, "0/s"),
            (0.25, "0.2/s"),
            (9.96, "10/s"),
            (123_456.0, "123 k/s"),
        ] {
            assert_eq!(rate(per_second), shown);
        }
    }
}
