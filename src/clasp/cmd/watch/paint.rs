//! Lays out one frame of the table. Takes the model, the view and the size, gives lines. Pure.
//!
//! ```text
//! Clasp Router · 8 addresses · by address · 312/s                    live
//!
//! ADDRESS        VALUE      AGE    RATE
//! /lights/front  0.707107   now    20/s  ▁▂▃▄▅▆▇█▇▆▅▄▃▂▁
//! …
//!                                                            a note
//! q quit  / filter  s sort  p pause  ? help                    1-20 of 312
//! ```

use std::time::Duration;

use super::model::{ADDRESSES, Model, Row};
use super::spark::BARS;
use super::view::View;
use crate::clasp::cmd::connection::STALE;
use crate::term::screen::{Line, fit, fit_end, fit_middle, width};
use crate::text::count::{Count, Throughput};

/// The state of the connection.
#[derive(Debug, Clone, Copy)]
pub enum Link<'a> {
    /// The subscription is live.
    Live,
    /// It is, and the router's values may be old.
    Stale,
    /// The connection is lost.
    Gone {
        /// Why it was lost.
        cause: &'a str,
        /// How long until the next attempt; zero during an attempt.
        wait: Duration,
    },
}

/// What a frame shows besides the rows.
#[derive(Debug, Clone, Copy)]
pub struct Status<'a> {
    /// The name of the router.
    pub router: &'a str,
    /// The state of the connection.
    pub link: Link<'a>,
    /// The note, if there is one.
    pub note: Option<&'a str>,
    /// While paused: how many messages have come since.
    pub paused: Option<u64>,
    /// The time, in µs since the epoch.
    pub now: u64,
}

const GAP: usize = 2;
const AGE: usize = 6;
const RATE: usize = 8;
/// The least width of a value; before it gets smaller, other columns are left out.
const VALUE: usize = 12;

/// Lays out a frame; `size` is columns and rows.
pub fn frame(
    model: &Model,
    view: &mut View,
    status: Status<'_>,
    size: (usize, usize),
) -> Vec<Line> {
    let columns = size.0;
    around(model, view, &status, size, |view, page| {
        let (rows, matching) = view.rows(model, status.now, page);
        let mut lines = Vec::new();
        if rows.is_empty() {
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
        (lines, (view.top, rows.len(), matching))
    })
}

/// What stands around the content of a frame: the header, a note and the keys. `content` is told how
/// many rows fit below a title, and gives lines, and which of how many they are: the first, how many,
/// and all.
pub fn around(
    model: &Model,
    view: &mut View,
    status: &Status<'_>,
    size: (usize, usize),
    content: impl FnOnce(&mut View, usize) -> (Vec<Line>, (usize, usize, usize)),
) -> Vec<Line> {
    let (columns, height) = size;
    let roomy = height >= 10;
    let around = if roomy { 5 } else { 4 };
    let page = height.saturating_sub(around).max(1);
    let (content, (top, count, matching)) = content(view, page);
    let mut lines = vec![header(model, view, status, matching, columns)];
    if roomy {
        lines.push(Line::default());
    }
    lines.extend(if view.help { help() } else { content });
    lines.truncate(height.saturating_sub(2));
    lines.resize(height.saturating_sub(2), Line::default());
    lines.push(note(status));
    let shown = (!view.help).then_some((top, count, matching));
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
        (_, Some(0)) => right.plain("paused"),
        (_, Some(since)) => right.plain(format_args!("paused, {} since", Count(since))),
        (Link::Stale, None) => right.bad("may be old"),
        (Link::Live, None) => right.dim("live"),
    };
    let room = columns.saturating_sub(right.width() + GAP);
    let all = model.len() as u64;
    let noun = if all == 1 { "address" } else { "addresses" };
    let mut facts = if view.filter.trim().is_empty() {
        format!(" · {} {noun}", Count(all))
    } else {
        format!(" · {} of {} {noun}", Count(matching as u64), Count(all))
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
        (Link::Stale, None) => line.bad(right.text()),
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
        (_, Some(note)) => _ = line.plain(note),
        (Link::Stale, None) => _ = line.bad(STALE),
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

/// Which columns are shown, and their widths.
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
        // The width of each optional column. The last are left out first when there is too little
        // room.
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
        line.plain(fit_middle(&row.value, room))
            .to(self.address + GAP + self.value);
        if self.age {
            line.dim(format_args!("{:>1$}", self::age(age), GAP + AGE));
        }
        if self.rate {
            let per_second = row.meter.per_second(now);
            let text = format!("{:>1$}", rate(per_second), GAP + RATE);
            if per_second > 0.0 {
                line.plain(text)
            } else {
                line.dim(text)
            };
        }
        if self.bars {
            line.plain("  ").plain(row.trail.bars(now).trim_end());
        }
        line
    }
}

/// An age in one unit, which is enough for a display that is updated once a second.
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
        r => Throughput::of((r * 1e3) as u64, Duration::from_secs(1_000)).to_string(),
    }
}

fn help() -> Vec<Line> {
    let rows: [(&str, String); 10] = [
        ("q", "quit".into()),
        ("/", "filter: each word must be in the address".into()),
        ("", "Enter keeps the filter, Esc clears it".into()),
        ("s", "sort by address, latest first, busiest first".into()),
        ("p, space", "pause, or go on".into()),
        ("↑ ↓  k j", "a row up or down".into()),
        ("PgUp PgDn", "a page up or down".into()),
        ("Home End  g G", "to the first or the last row".into()),
        (
            "the bars",
            format!("numbers: the latest {BARS}, low to high; else: how much each second"),
        ),
        (
            "the rows",
            format!(
                "at most {} addresses; the longest silent are dropped",
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
mod tests;
