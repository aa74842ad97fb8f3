//! `watch --grid`: universes of DMX as cells. Takes records, gives lines. Pure.
//!
//! ```text
//! /sacn/1  3 of 512 lit
//!   1  █ · ▄ · · · …          32 in a row: bars; where there is room, numbers
//!  33  · · · …
//! ```
//!
//! A channel is an address whose last part is a number from 1 to 512, such as `/sacn/1/5`, or a place
//! in an array at an address above, such as `/sacn/1`.

use std::collections::BTreeMap;

use super::model::Model;
use super::paint::{self, Status};
use super::spark::LEVELS;
use super::view::View;
use crate::clasp::bridge::dmx::CHANNELS;
use crate::clasp::record::Record;
use crate::clasp::wire::Value;
use crate::term::screen::{Line, fit};

/// The most universes that are kept; what comes for more is not shown.
const UNIVERSES: usize = 1_000;

/// The columns of the channel number in front of a row.
const LABEL: usize = 5;

type Levels = [Option<u8>; CHANNELS];

/// The levels of universes, by their addresses.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    universes: BTreeMap<Box<str>, Box<Levels>>,
}

impl Grid {
    /// Takes a record; what is no level of a channel is left out.
    pub fn take(&mut self, record: &Record<'_>) {
        if let Some(Value::Array(items)) = record.value {
            let levels = items.iter().take(CHANNELS).map(level);
            return self.put(record.address, levels.enumerate());
        }
        if let Some(Value::Bytes(bytes)) = record.value {
            let levels = bytes.iter().take(CHANNELS).map(|level| Some(*level));
            return self.put(record.address, levels.enumerate());
        }
        let Some((universe, channel)) = record.address.rsplit_once('/') else {
            return;
        };
        let value = match (record.value, record.samples) {
            (Some(value), _) => level(value),
            (None, Some(samples)) => samples.last().and_then(|last| level(&Value::Float(*last))),
            (None, None) => return,
        };
        if let Ok(channel @ 1..=CHANNELS) = channel.parse::<usize>() {
            self.put(universe, [(channel - 1, value)].into_iter());
        }
    }

    fn put(&mut self, universe: &str, levels: impl Iterator<Item = (usize, Option<u8>)>) {
        if !self.universes.contains_key(universe) {
            if self.universes.len() >= UNIVERSES {
                return;
            }
            self.universes
                .insert(universe.into(), Box::new([None; CHANNELS]));
        }
        if let Some(kept) = self.universes.get_mut(universe) {
            for (channel, level) in levels {
                kept[channel] = level;
            }
        }
    }
}

/// A value as a level: a whole number is 0 to 255, a float up to 1.0 a part of full.
fn level(value: &Value<'_>) -> Option<u8> {
    let steps = match value {
        Value::Bool(on) => f64::from(u8::from(*on)) * 255.0,
        Value::Float(number) if *number <= 1.0 => number * 255.0,
        Value::Null => 0.0,
        value => value.as_f64()?,
    };
    (!steps.is_nan()).then(|| steps.round().clamp(0.0, 255.0) as u8)
}

/// How a cell is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Its level in digits, right-aligned.
    Number,
    /// A bar and a gap.
    Bar,
    /// A bar.
    Narrow,
}

impl Cell {
    fn width(self) -> usize {
        match self {
            Cell::Number => 4,
            Cell::Bar => 2,
            Cell::Narrow => 1,
        }
    }

    /// The finest cells of which a whole universe fits, and how many are in a row.
    fn fitting(columns: usize, rows: usize) -> (Cell, usize) {
        let fits = |cell: Cell, per_row: usize| LABEL + per_row * cell.width() <= columns;
        let all = [Cell::Number, Cell::Bar, Cell::Narrow]
            .into_iter()
            .flat_map(|cell| [64, 32, 16].map(|per_row| (cell, per_row)));
        let mut whole =
            all.filter(|(cell, per_row)| fits(*cell, *per_row) && CHANNELS / per_row < rows);
        whole.next().unwrap_or_else(|| {
            let widest = [64, 32, 16, 8].into_iter();
            let mut widest = widest.filter(|per_row| fits(Cell::Narrow, *per_row));
            (Cell::Narrow, widest.next().unwrap_or(4))
        })
    }
}

/// Paints a frame of so many columns and rows.
pub fn frame(
    grid: &Grid,
    model: &Model,
    view: &mut View,
    status: Status<'_>,
    size: (usize, usize),
) -> Vec<Line> {
    let columns = size.0;
    let matches = view.filtering();
    let universes = grid.universes.iter();
    let matching: Vec<_> = universes.filter(|(address, _)| matches(address)).collect();
    paint::around(model, view, &status, size, |view, room| {
        let (cell, per_row) = Cell::fitting(columns, room);
        // A title, and a blank line before the next one.
        let rows = CHANNELS / per_row + 1;
        view.page = ((room + 1) / (rows + 1)).max(1);
        view.top = view.top.min(matching.len().saturating_sub(view.page));
        let mut lines = Vec::new();
        if matching.is_empty() {
            let mut line = Line::default();
            match grid.universes.len() {
                0 => line.dim("no channel has come yet"),
                _ => line.dim(format_args!("no universe has '{}' in it", view.filter)),
            };
            lines.push(line);
        }
        let shown = matching.iter().skip(view.top).take(view.page);
        let count = shown.len();
        for (address, levels) in shown {
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(title(address, levels, columns));
            lines.extend(
                (0..CHANNELS)
                    .step_by(per_row)
                    .map(|first| row(cell, first, &levels[first..first + per_row])),
            );
        }
        (lines, (view.top, count, matching.len()))
    })
}

fn title(address: &str, levels: &Levels, columns: usize) -> Line {
    let lit = levels.iter().flatten().filter(|level| **level > 0).count();
    let facts = format!("  {lit} of {CHANNELS} lit");
    let mut line = Line::default();
    line.address(fit(address, columns.saturating_sub(facts.len())))
        .dim(facts);
    line
}

/// A row of cells; `first` is the channel of the first, from 0.
fn row(cell: Cell, first: usize, levels: &[Option<u8>]) -> Line {
    let mut line = Line::default();
    line.dim(format_args!("{:>3}  ", first + 1));
    let gap = match cell {
        Cell::Bar => " ",
        Cell::Number | Cell::Narrow => "",
    };
    for level in levels {
        match (level, cell) {
            // Nobody has said.
            (None, Cell::Number) => line.plain("    "),
            (None, _) => line.plain(" ").plain(gap),
            (Some(0), Cell::Number) => line.dim("  0 "),
            (Some(0), _) => line.dim("·").plain(gap),
            (Some(level), Cell::Number) => line.plain(format_args!("{level:>3} ")),
            (Some(level), _) => {
                let bar = LEVELS[usize::from(*level - 1) * LEVELS.len() / 255];
                line.plain(bar).plain(gap)
            }
        };
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{START, record};
    use super::*;

    fn grid(values: &[(&str, Value<'_>)]) -> Grid {
        let mut grid = Grid::default();
        for (address, value) in values {
            grid.take(&record("param", address, Some(value)));
        }
        grid
    }

    fn shown(grid: &Grid, size: (usize, usize)) -> Vec<String> {
        let status = Status {
            router: "Router",
            link: paint::Link::Live,
            note: None,
            paused: None,
            now: START,
        };
        let lines = frame(grid, &Model::default(), &mut View::default(), status, size);
        assert_eq!(lines.len(), size.1);
        let text = |line: &Line| {
            // The keys are cut by the screen.
            assert!(size.0 < 60 || line.width() <= size.0, "{:?}", line.text());
            line.text().trim_end().to_owned()
        };
        lines.iter().map(text).collect()
    }

    #[test]
    fn a_universe_fits_a_usual_terminal_as_bars() {
        let grid = grid(&[
            ("/sacn/1/1", Value::Int(255)),
            ("/sacn/1/2", Value::Int(0)),
            ("/sacn/1/3", Value::Float(0.5)),
            ("/sacn/1/34", Value::Int(1)),
            ("/sacn/1/name", Value::Int(1)),
            ("/sacn/1/513", Value::Int(1)),
        ]);
        let lines = shown(&grid, (80, 24));
        assert_eq!(
            lines[2..5],
            ["/sacn/1  3 of 512 lit", "  1  █ · ▄", " 33    ▁"]
        );
        assert_eq!(lines[18], "481");
    }

    #[test]
    fn where_there_is_room_levels_are_numbers() {
        let grid = grid(&[(
            "/artnet/0",
            Value::Array(vec![Value::Int(255), Value::Int(0), Value::Int(7)]),
        )]);
        let lines = shown(&grid, (140, 24));
        assert_eq!(lines[2..4], ["/artnet/0  2 of 512 lit", "  1  255   0   7"]);
        let lines = shown(&grid, (80, 40));
        assert_eq!(lines[2..4], ["/artnet/0  2 of 512 lit", "  1  255   0   7"]);
    }

    #[test]
    fn several_universes_are_shown_where_they_fit() {
        let one = Value::Int(1);
        let grid = grid(&[
            ("/a/1/1", one.clone()),
            ("/a/2/1", one.clone()),
            ("/a/3/1", one),
        ]);
        let lines = shown(&grid, (80, 41));
        let titles: Vec<_> = lines.iter().filter(|line| line.contains("lit")).collect();
        assert_eq!(titles.len(), 1, "numbers, of one");
        assert!(lines[40].contains("1-1 of 3"), "{}", lines[40]);
        assert_eq!(
            shown(&Grid::default(), (80, 24))[2],
            "no channel has come yet"
        );
    }

    #[test]
    fn every_size_has_its_lines() {
        let grid = grid(&[("/a/1/512", Value::Int(200))]);
        for columns in [10, 20, 40, 80, 300] {
            for height in [1, 2, 5, 10, 24, 100] {
                shown(&grid, (columns, height));
            }
        }
    }

    #[test]
    fn values_as_levels_and_how_many_universes() {
        for (value, expected) in [
            (Value::Int(300), Some(255)),
            (Value::Int(1), Some(1)),
            (Value::Float(1.0), Some(255)),
            (Value::Float(127.4), Some(127)),
            (Value::Bool(true), Some(255)),
            (Value::Null, Some(0)),
            (Value::Float(f64::NAN), None),
            (Value::String("x".into()), None),
        ] {
            assert_eq!(level(&value), expected, "{value:?}");
        }
        let mut grid = Grid::default();
        for n in 0..UNIVERSES + 10 {
            let address = format!("/a/{n}/1");
            grid.take(&record("param", &address, Some(&Value::Int(1))));
        }
        assert_eq!(grid.universes.len(), UNIVERSES);
    }
}
