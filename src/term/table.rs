//! Prints rows as a table.
//!
//! Takes rows; gives aligned columns under a header, or tab-separated lines for other programs. On
//! a terminal a table that is too wide is made narrower: the cells of the widest columns of text
//! are cut in the middle (addresses at the beginning), with an ellipsis, or each row becomes a block
//! of lines. JSON, tab-separated lines and a table in a pipe have the whole text.

use std::fmt::{Display, Write};

use tabled::builder::Builder;
use tabled::settings::object::{Cell, Columns};
use tabled::settings::{Alignment, Color, Padding, Style as Borders};

use super::fit::{fit_end, fit_middle, width};
use super::sanitize::Keep;
use super::styled::{Style, Tone, Words};

/// How the cells of a column are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers, so that their digits line up.
    Right,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The title in the header, in capital letters.
    pub title: &'static str,
    /// How its cells are aligned.
    pub align: Align,
}

impl Column {
    /// A column of text.
    pub const fn left(title: &'static str) -> Self {
        let align = Align::Left;
        Column { title, align }
    }

    /// A column of numbers.
    pub const fn right(title: &'static str) -> Self {
        let align = Align::Right;
        Column { title, align }
    }
}

/// What is done with a table that is wider than the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooWide {
    /// Cells of text are cut: there are many rows, and they stay lines.
    Cut,
    /// Each row is a block with a line for each cell: there are few rows, and each word counts.
    Blocks,
}

/// Data that can be printed as a row of a table.
pub trait Row {
    /// The columns of the table.
    const COLUMNS: &'static [Column];

    /// What is done if they do not fit.
    const TOO_WIDE: TooWide = TooWide::Cut;

    /// Writes one cell for each column, in their order.
    fn cells(&self, cells: &mut Cells);
}

/// The cells of one row: each call adds one.
#[derive(Debug, Default)]
pub struct Cells {
    cells: Vec<(Tone, String)>,
}

impl Cells {
    /// Text that does not stand out.
    pub fn plain(&mut self, text: impl Display) -> &mut Self {
        self.add(Tone::Plain, text)
    }

    /// An address.
    pub fn address(&mut self, text: impl Display) -> &mut Self {
        self.add(Tone::Address, text)
    }

    /// Text that is less important than the rest.
    pub fn dim(&mut self, text: impl Display) -> &mut Self {
        self.add(Tone::Dim, text)
    }

    /// Text that reports an error.
    pub fn bad(&mut self, text: impl Display) -> &mut Self {
        self.add(Tone::Bad, text)
    }

    fn add(&mut self, tone: Tone, text: impl Display) -> &mut Self {
        self.cells.push((tone, text.to_string()));
        self
    }

    fn of<T: Row>(row: &T) -> Vec<(Tone, String)> {
        let mut cells = Cells::default();
        row.cells(&mut cells);
        debug_assert_eq!(cells.cells.len(), T::COLUMNS.len());
        cells.cells
    }
}

/// Spaces between two columns.
const GAP: usize = 2;

/// No column is made narrower than this.
const NARROWEST: usize = 8;

/// Writes a table with its header, at most `room` columns wide if that is given. Writes nothing if
/// there are no rows.
pub(super) fn table<T: Row>(buffer: &mut Vec<u8>, style: Style, room: Option<usize>, rows: &[T]) {
    if rows.is_empty() {
        return;
    }
    let mut cells: Vec<Vec<(Tone, String)>> = rows.iter().map(Cells::of).collect();
    for (_, text) in cells.iter_mut().flatten() {
        *text = one_line(std::mem::take(text));
    }
    if let Some(room) = room {
        let natural = natural_widths(T::COLUMNS, &cells);
        let is_too_wide = natural.iter().sum::<usize>() + gaps(T::COLUMNS) > room;
        match T::TOO_WIDE {
            _ if !is_too_wide => {}
            TooWide::Cut => shrink(T::COLUMNS, natural, &mut cells, room),
            TooWide::Blocks => return blocks(buffer, style, T::COLUMNS, &cells),
        }
    }
    let mut builder = Builder::with_capacity(rows.len() + 1, T::COLUMNS.len());
    builder.push_record(T::COLUMNS.iter().map(|column| column.title));
    let mut tones = Vec::new();
    for row in cells {
        let mut texts = Vec::with_capacity(T::COLUMNS.len());
        for (column, (tone, text)) in row.into_iter().enumerate() {
            if style.color && tone != Tone::Plain {
                tones.push((builder.count_records(), column, tone));
            }
            texts.push(text);
        }
        builder.push_record(texts);
    }
    let mut table = builder.build();
    table.with(Borders::empty());
    for (index, column) in T::COLUMNS.iter().enumerate() {
        let last = index + 1 == T::COLUMNS.len();
        table.modify(
            Columns::one(index),
            match column.align {
                Align::Left => Alignment::left(),
                Align::Right => Alignment::right(),
            },
        );
        table.modify(
            Columns::one(index),
            Padding::new(0, if last { 0 } else { GAP }, 0, 0),
        );
    }
    for (row, column, tone) in tones {
        table.modify(Cell::new(row, column), color(tone));
    }
    for line in table.to_string().lines() {
        // Trailing spaces of the last column would be copied along with the text.
        buffer.extend_from_slice(line.trim_end().as_bytes());
        buffer.push(b'\n');
    }
}

/// How wide each column would be if nothing were cut.
fn natural_widths(columns: &[Column], rows: &[Vec<(Tone, String)>]) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.title.len()).collect();
    for row in rows {
        for (widest, (_, text)) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(text));
        }
    }
    widths
}

/// The spaces between all columns.
fn gaps(columns: &[Column]) -> usize {
    GAP * columns.len().saturating_sub(1)
}

/// Writes each row as a block: a line with title and text for each cell that is not empty.
fn blocks(buffer: &mut Vec<u8>, style: Style, columns: &[Column], rows: &[Vec<(Tone, String)>]) {
    let titles = columns.iter().map(|column| column.title.len());
    let indent = titles.max().unwrap_or(0) + GAP;
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            buffer.push(b'\n');
        }
        for (column, (tone, text)) in columns.iter().zip(row) {
            if text.is_empty() {
                continue;
            }
            let mut words = Words::new(buffer, style);
            words.dim(format_args!("{:indent$}", column.title));
            words.write(*tone, text, Keep::Line);
            buffer.push(b'\n');
        }
    }
}

/// Cuts the widest columns of text until the table fits. Numbers stay whole: half a number is a
/// wrong number.
fn shrink(columns: &[Column], natural: Vec<usize>, rows: &mut [Vec<(Tone, String)>], room: usize) {
    let mut widths = natural.clone();
    let gaps = gaps(columns);
    let least = |index: usize| columns[index].title.len().max(NARROWEST);
    while widths.iter().sum::<usize>() + gaps > room {
        let candidates = (0..columns.len())
            .filter(|index| columns[*index].align == Align::Left && widths[*index] > least(*index));
        let Some(widest) = candidates.max_by_key(|index| widths[*index]) else {
            break;
        };
        // Cut it at once to the width of the next widest column: a value may have megabytes.
        let others = widths.iter().sum::<usize>() - widths[widest] + gaps;
        let second = (0..columns.len())
            .filter(|index| *index != widest && columns[*index].align == Align::Left)
            .map(|index| widths[index])
            .max();
        let aim = room.saturating_sub(others).max(least(widest));
        let step = second.unwrap_or(0).max(aim);
        widths[widest] = step.min(widths[widest] - 1);
    }
    for row in rows {
        for (index, (tone, text)) in row.iter_mut().enumerate() {
            if widths[index] < natural[index] {
                *text = match tone {
                    // The end of an address says more than its beginning.
                    Tone::Address => fit_end(text, widths[index]),
                    _ => fit_middle(text, widths[index]),
                };
            }
        }
    }
}

fn color(tone: Tone) -> Color {
    match tone {
        Tone::Plain => Color::empty(),
        Tone::Address => Color::FG_CYAN,
        Tone::Dim => Color::new("\u{1b}[2m", "\u{1b}[22m"),
        Tone::Bad => Color::FG_RED,
    }
}

/// Escapes line feeds in a cell, also in a pipe: they would break the columns.
fn one_line(text: String) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let style = Style {
        color: false,
        sanitize: true,
    };
    Words::new(&mut bytes, style).write(Tone::Plain, text, Keep::Line);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes a row as tab-separated cells. Tabs, line feeds and backslashes in a cell are escaped, as
/// jq's `@tsv` does, so that a line is always a row.
pub(super) fn tabs<T: Row>(buffer: &mut Vec<u8>, style: Style, row: &T) {
    let mut line = String::new();
    for (column, (tone, text)) in Cells::of(row).into_iter().enumerate() {
        if column > 0 {
            buffer.push(b'\t');
        }
        line.clear();
        for c in text.chars() {
            let _ = match c {
                '\t' => line.write_str("\\t"),
                '\n' => line.write_str("\\n"),
                '\r' => line.write_str("\\r"),
                '\\' => line.write_str("\\\\"),
                c => line.write_char(c),
            };
        }
        Words::new(buffer, style).write(tone, &line, Keep::Line);
    }
    buffer.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Param(&'static str, &'static str, u32, &'static str);

    impl Row for Param {
        const COLUMNS: &'static [Column] = &[
            Column::left("ADDRESS"),
            Column::left("VALUE"),
            Column::right("REVISION"),
            Column::left("WRITTEN"),
        ];

        fn cells(&self, cells: &mut Cells) {
            cells
                .address(self.0)
                .plain(self.1)
                .plain(self.2)
                .dim(self.3);
        }
    }

    const ROWS: [Param; 2] = [
        Param("/lights/color", "{\"r\":255,\"g\":100}", 3, "2 min ago"),
        Param("/lights/front", "0.8", 12, "just now"),
    ];

    fn shown(style: Style, rows: &[Param]) -> String {
        let mut buffer = Vec::new();
        table(&mut buffer, style, None, rows);
        String::from_utf8(buffer).expect("a table is text")
    }

    #[test]
    fn columns_line_up_under_their_titles() {
        let expected = "\
ADDRESS        VALUE              REVISION  WRITTEN
/lights/color  {\"r\":255,\"g\":100}         3  2 min ago
/lights/front  0.8                      12  just now
";
        assert_eq!(shown(Style::default(), &ROWS), expected);
    }

    #[test]
    fn few_rows_that_are_too_wide_are_blocks() {
        struct Service(&'static str, &'static str);

        impl Row for Service {
            const COLUMNS: &'static [Column] = &[
                Column::left("SERVICE"),
                Column::left("TOKEN"),
                Column::right("CLOCK"),
            ];
            const TOO_WIDE: TooWide = TooWide::Blocks;

            fn cells(&self, cells: &mut Cells) {
                cells.plain(self.0).plain(self.1).plain("");
            }
        }

        let rows = [
            Service("a", "accepted, admin accepted"),
            Service("b", "none"),
        ];
        let at = |room| {
            let mut buffer = Vec::new();
            table(&mut buffer, Style::default(), Some(room), &rows);
            String::from_utf8(buffer).expect("a table is text")
        };
        let blocks = "\
SERVICE  a
TOKEN    accepted, admin accepted

SERVICE  b
TOKEN    none
";
        assert_eq!(at(39), blocks);
        assert!(at(40).starts_with("SERVICE  TOKEN"), "{}", at(40));
    }

    #[test]
    fn colour_does_not_move_the_columns() {
        let style = Style {
            color: true,
            sanitize: true,
        };
        let colored = shown(style, &ROWS);
        assert!(
            colored.contains("\x1b[36m/lights/front\x1b[39m  0.8"),
            "{colored:?}"
        );
        let mut bare = colored;
        for escape in ["\x1b[36m", "\x1b[39m", "\x1b[2m", "\x1b[22m"] {
            bare = bare.replace(escape, "");
        }
        assert_eq!(bare, shown(Style::default(), &ROWS));
    }

    #[test]
    fn wide_characters_count_double_and_long_ones_are_whole() {
        let long = "x".repeat(500).leak();
        let text = shown(
            Style::default(),
            &[Param("/光", long, 1, "now"), Param("/abc", "1", 2, "now")],
        );
        assert!(text.contains(&format!("/光      {long}  ")), "{text}");
        assert!(text.contains("/abc     1  "), "{text}");
    }

    #[test]
    fn on_a_terminal_the_widest_text_is_cut_and_numbers_stay() {
        let fitted = |room: usize, rows: &[Param]| {
            let mut buffer = Vec::new();
            table(&mut buffer, Style::default(), Some(room), rows);
            String::from_utf8(buffer).expect("a table is text")
        };
        let long = "x".repeat(500).leak();
        let rows = [
            Param("/lights/front", long, 123_456, "just now"),
            Param("/lights/color", "1", 2, "2 min ago"),
        ];
        let text = fitted(60, &rows);
        let expected = format!(
            "\
ADDRESS        VALUE                     REVISION  WRITTEN
/lights/front  {}…{}    123456  just now
/lights/color  1                                2  2 min ago
",
            "x".repeat(12),
            "x".repeat(11)
        );
        assert_eq!(text, expected);
        assert!(text.lines().all(|line| line.chars().count() <= 60));
        let both = fitted(40, &[Param("/a/long/address/indeed", long, 1, "now")]);
        assert!(both.contains("indeed  x") && both.contains('…'), "{both}");
        assert!(
            both.lines().all(|line| line.chars().count() <= 40),
            "{both}"
        );
        assert_eq!(fitted(80, &ROWS), shown(Style::default(), &ROWS), "it fits");
        // Too narrow for the table: no column disappears.
        assert!(fitted(5, &rows).contains("123456"));
    }

    #[test]
    fn a_cell_cannot_forge_a_row() {
        let text = shown(Style::default(), &[Param("/a", "1\n/b  2", 1, "now")]);
        assert_eq!(text.lines().count(), 2);
        let mut buffer = Vec::new();
        tabs(
            &mut buffer,
            Style::default(),
            &Param("/a", "1\n2\t3\\", 1, "now"),
        );
        assert_eq!(buffer, b"/a\t1\\n2\\t3\\\\\t1\tnow\n");
    }

    #[test]
    fn no_rows_are_no_table() {
        assert_eq!(shown(Style::default(), &[]), "");
    }
}
