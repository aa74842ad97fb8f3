//! Draws a timeline as text. Takes a timeline and a size, gives lines. Pure.
//!
//! ```text
//! 1.0 ┤    ╭────────────╮
//! 0.5 ┤  ╭─╯            ╰─╮
//! 0.0 ┼──╯                ╰──
//!     0 s                 4 s
//! ```

use std::time::Duration;

use super::Timeline;
use crate::text::duration::InWords;

/// Draws the curve with this width and height in characters; `None` if a value is not a finite
/// number.
pub fn draw(timeline: &Timeline, width: usize, height: usize) -> Option<Vec<String>> {
    if timeline
        .keyframes
        .iter()
        .any(|k| k.value.as_f64().is_none_or(|n| !n.is_finite()))
    {
        return None;
    }
    let last = (width.max(2) - 1) as u64;
    let numbers: Vec<f64> = (0..=last)
        .map(|column| {
            let at = u128::from(timeline.duration()) * u128::from(column) / u128::from(last);
            timeline.sample(at as u64).as_f64()
        })
        .collect::<Option<_>>()?;
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let height = if high > low { height.max(2) } else { 1 };
    let step = (high - low) / (height.max(2) - 1) as f64;
    let rows: Vec<usize> = numbers
        .iter()
        .map(|number| {
            if step > 0.0 {
                (((number - low) / step).round() as usize).min(height - 1)
            } else {
                0
            }
        })
        .collect();

    let labels: Vec<String> = {
        let decimals = decimals(low, step);
        let label = |row| format!("{:.decimals$}", low + step * row as f64);
        (0..height).map(label).collect()
    };
    let margin = labels.iter().map(String::len).max().unwrap_or(0);
    let cells = cells(&rows, height);
    let mut lines: Vec<String> = (0..height)
        .rev()
        .map(|row| {
            let axis = if rows[0] == row { '┼' } else { '┤' };
            let curve: String = cells[row].iter().collect();
            format!("{:>margin$} {axis}{curve}", labels[row])
                .trim_end()
                .to_owned()
        })
        .collect();
    let end = InWords(Duration::from_micros(timeline.duration())).to_string();
    let room = width.max(2) + 1 - "0 s".len();
    lines.push(format!("{:margin$} 0 s{end:>room$}", ""));
    Some(lines)
}

/// The characters of each row, from the bottom up: the curve turns where the next column has
/// another row.
fn cells(rows: &[usize], height: usize) -> Vec<Vec<char>> {
    let mut cells = vec![vec![' '; rows.len()]; height];
    for (column, &from) in rows.iter().enumerate() {
        let to = rows.get(column + 1).copied().unwrap_or(from);
        let (leave, enter) = match to.cmp(&from) {
            std::cmp::Ordering::Equal => ('─', '─'),
            std::cmp::Ordering::Greater => ('╯', '╭'),
            std::cmp::Ordering::Less => ('╮', '╰'),
        };
        for between in cells.iter_mut().take(from.max(to)).skip(from.min(to) + 1) {
            between[column] = '│';
        }
        cells[to][column] = enter;
        cells[from][column] = leave;
    }
    cells
}

/// The least number of decimals that shows the labels exactly, at most three.
fn decimals(low: f64, step: f64) -> usize {
    (0..4)
        .find(|&decimals| {
            let scale = 10_f64.powi(decimals as i32);
            [low, step]
                .iter()
                .all(|number| (number * scale - (number * scale).round()).abs() < 1e-6)
        })
        .unwrap_or(3)
}

#[cfg(test)]
mod tests {
    use super::super::{Easing, Keyframe};
    use super::*;
    use crate::clasp::wire::Value;

    fn timeline(keyframes: &[(u64, Value<'static>)]) -> Timeline {
        let keyframe = |(seconds, value): &(u64, Value<'static>)| Keyframe {
            at: seconds * 1_000_000,
            value: value.clone(),
            easing: Easing::Linear,
        };
        Timeline::new(keyframes.iter().map(keyframe).collect()).expect("in order")
    }

    #[test]
    fn up_along_and_down() {
        let int = Value::Int;
        let curve = timeline(&[(0, int(0)), (1, int(1)), (3, int(1)), (4, int(0))]);
        let expected = "\
1.0 ┤    ╭──────────────╮
0.5 ┤ ╭──╯              ╰──╮
0.0 ┼─╯                    ╰──
    0 s                    4 s";
        let lines = draw(&curve, 25, 3).expect("numbers");
        assert_eq!(lines.join("\n"), expected, "\n{}", lines.join("\n"));
    }

    #[test]
    fn a_jump_is_a_wall_and_a_constant_a_line() {
        let int = Value::Int;
        let jump = timeline(&[(0, int(-5)), (1, int(-5)), (1, int(250)), (2, int(250))]);
        let expected = "\
250.0 ┤   ╭─────
122.5 ┤   │
 -5.0 ┼───╯
      0 s    2 s";
        let lines = draw(&jump, 9, 3).expect("numbers");
        assert_eq!(lines.join("\n"), expected, "\n{}", lines.join("\n"));
        let flat = draw(&timeline(&[(3, int(7))]), 8, 5).expect("numbers");
        assert_eq!(flat, ["7 ┼────────", "  0 s   3 s"]);
        assert_eq!(draw(&timeline(&[(0, Value::Null)]), 9, 3), None);
    }
}
