//! Sixel graphics. Takes pixels; gives the escape sequence that draws them.
//!
//! A picture is drawn in bands of six rows. In a band, each colour is drawn from the left edge: a
//! character stands for six pixels, one below the other, and says which of them have the colour.

use std::io::Write as _;

use super::Pixels;

/// The height of a band, in pixels.
const BAND: usize = 6;

/// How many levels of red, green and blue there are. Terminals take 256 colours, and green is the
/// colour that people see best.
const LEVELS: [usize; 3] = [6, 7, 6];

const COLOURS: usize = LEVELS[0] * LEVELS[1] * LEVELS[2];

/// The character for six pixels of which none has the colour.
const NONE: u8 = b'?';

/// The sequence, with a line end.
pub fn sixel(pixels: Pixels) -> Vec<u8> {
    let Pixels { width, height, .. } = pixels;
    let numbers = dithered(pixels);

    let mut out = Vec::with_capacity(numbers.len() / 2 + 8 * 1024);
    // The 1 means that pixels which are not drawn stay as they are; 1;1 that they are square.
    put(&mut out, format_args!("\x1bP0;1;0q\"1;1;{width};{height}"));
    for (number, levels) in (0..COLOURS).map(|number| (number, levels_of(number))) {
        let [red, green, blue] = [0, 1, 2].map(|n| levels[n] * 100 / (LEVELS[n] - 1));
        put(&mut out, format_args!("#{number};2;{red};{green};{blue}"));
    }
    for band in numbers.chunks(BAND * width.max(1)) {
        let mut colours: Vec<Option<Vec<u8>>> = vec![None; COLOURS];
        for (y, row) in band.chunks(width).enumerate() {
            for (x, colour) in row.iter().enumerate() {
                let columns = colours[usize::from(*colour)].get_or_insert_with(|| vec![0; width]);
                columns[x] |= 1 << y;
            }
        }
        for (number, columns) in colours.into_iter().enumerate() {
            if let Some(columns) = columns {
                put(&mut out, format_args!("#{number}"));
                draw(&mut out, &columns);
                out.push(b'$');
            }
        }
        out.push(b'-');
    }
    out.extend_from_slice(b"\x1b\\\n");
    out
}

/// The characters of one colour in one band; equal ones are counted.
fn draw(out: &mut Vec<u8>, columns: &[u8]) {
    for run in columns.chunk_by(|a, b| a == b) {
        let character = NONE + run[0];
        match run.len() {
            // Shorter runs take fewer bytes as they are.
            length @ ..4 => out.extend(std::iter::repeat_n(character, length)),
            length => {
                put(out, format_args!("!{length}"));
                out.push(character);
            }
        }
    }
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a Vec takes all bytes");
}

/// The levels of red, green and blue of a colour of the palette.
fn levels_of(number: usize) -> [usize; 3] {
    let [_, greens, blues] = LEVELS;
    [
        number / (greens * blues),
        number / blues % greens,
        number % blues,
    ]
}

/// The colour of the palette for each pixel. The error of a pixel is given on to its neighbours
/// (Floyd and Steinberg), so that the colours are right on average.
fn dithered(pixels: Pixels) -> Vec<u8> {
    /// Where the error goes: columns to the right, rows down, sixteenths.
    const SHARES: [(isize, usize, i32); 4] = [(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)];
    let Pixels { width, height, rgb } = pixels;
    let mut rest: Vec<i32> = rgb.into_iter().map(i32::from).collect();
    let mut numbers = Vec::with_capacity(width * height);
    for at in 0..width * height {
        let (x, y) = (at % width, at / width);
        let mut levels = [0; 3];
        for n in 0..3 {
            let wanted = rest[3 * at + n].clamp(0, 255);
            let most = LEVELS[n] as i32 - 1;
            let level = (wanted * most + 127) / 255;
            let error = wanted - level * 255 / most;
            for (right, down, share) in SHARES {
                let neighbour = x.checked_add_signed(right).filter(|x| *x < width);
                if let Some(x) = neighbour
                    && y + down < height
                {
                    rest[3 * ((y + down) * width + x) + n] += error * share / 16;
                }
            }
            levels[n] = level as usize;
        }
        let [red, green, blue] = levels;
        numbers.push(((red * LEVELS[1] + green) * LEVELS[2] + blue) as u8);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws a sequence as a terminal does; gives the colours in percent.
    fn drawn(sequence: &[u8]) -> Vec<Vec<[usize; 3]>> {
        let text = std::str::from_utf8(sequence).expect("ASCII");
        let text = text.strip_prefix("\x1bP0;1;0q\"1;1;").expect("a head");
        let text = text.strip_suffix("\x1b\\\n").expect("an end");
        let (size, mut rest) = text.split_at(text.find('#').expect("a palette"));
        let (width, height) = size.split_once(';').expect("two numbers");
        let (width, height): (usize, usize) = (width.parse().unwrap(), height.parse().unwrap());
        let mut rows = vec![vec![[999; 3]; width]; height];
        let mut palette = vec![[0; 3]; COLOURS];
        let (mut x, mut y, mut colour) = (0, 0, 0);
        let number = |rest: &mut &str| {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let (digits, after) = rest.split_at(end);
            *rest = after;
            digits.parse::<usize>().expect("a number")
        };
        while let Some(character) = rest.chars().next() {
            rest = &rest[1..];
            let mut count = 1;
            match character {
                '#' => {
                    colour = number(&mut rest);
                    if let Some(definition) = rest.strip_prefix(";2;") {
                        rest = definition;
                        for level in &mut palette[colour] {
                            rest = rest.trim_start_matches(';');
                            *level = number(&mut rest);
                        }
                    }
                    continue;
                }
                '$' => x = 0,
                '-' => (x, y) = (0, y + BAND),
                '!' => count = number(&mut rest),
                _ => {}
            }
            let character = match character {
                '!' => {
                    let next = rest.as_bytes()[0];
                    rest = &rest[1..];
                    next
                }
                '$' | '-' => continue,
                character => character as u8,
            };
            for _ in 0..count {
                for n in (0..BAND).filter(|n| (character - NONE) >> n & 1 == 1) {
                    rows[y + n][x] = palette[colour];
                }
                x += 1;
            }
        }
        rows
    }

    fn picture(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Pixels {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Pixels {
            width,
            height,
            rgb: places.flat_map(|(x, y)| pixel(x, y)).collect(),
        }
    }

    #[test]
    fn every_pixel_is_drawn_in_its_colour() {
        // Not a multiple of six rows; the colours are in the palette, so nothing is dithered.
        let pixel = |x: usize, y: usize| match (x, y) {
            (0..5, _) => [255, 0, 0],
            (_, 7) => [0, 255, 0],
            (5, _) => [0, 0, 255],
            _ => [255, 255, 255],
        };
        let rows = drawn(&sixel(picture(11, 8, pixel)));
        assert_eq!(rows.len(), 8);
        for (y, row) in rows.iter().enumerate() {
            for (x, colour) in row.iter().enumerate() {
                let expected = pixel(x, y).map(|level| usize::from(level) * 100 / 255);
                assert_eq!(*colour, expected, "{x} {y}");
            }
        }
    }

    #[test]
    fn colours_that_are_not_in_the_palette_come_out_right_on_average() {
        let rows = drawn(&sixel(picture(60, 60, |_, _| [70, 130, 200])));
        let mut sums = [0; 3];
        for colour in rows.iter().flatten() {
            for n in 0..3 {
                sums[n] += colour[n];
            }
        }
        let means = sums.map(|sum| sum as f64 / 3_600.0);
        for (mean, expected) in means.into_iter().zip([27.5, 51.0, 78.4]) {
            assert!((mean - expected).abs() < 3.0, "{means:?}");
        }
    }

    #[test]
    fn an_empty_picture_is_no_error() {
        assert!(drawn(&sixel(picture(0, 0, |_, _| [0; 3]))).is_empty());
    }
}
