//! Reads arrays of NumPy. Takes the bytes of a `.npy` file, gives points and colours.
//!
//! ```text
//!   "\x93NUMPY" major minor | length of the header (u16, from version 2 on u32) | header | data
//!   header: {'descr': '<f4', 'fortran_order': False, 'shape': (1000, 3), }
//! ```

/// The greatest number of points that a page can draw.
const POINTS_MAX: usize = 20_000_000;

/// Points, and the colour of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cloud {
    /// x, y, z of each.
    pub points: Vec<f32>,
    /// Red, green, blue of each; empty without.
    pub colors: Vec<u8>,
}

/// Why bytes are not a point cloud.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACloud {
    /// It is not a .npy file.
    #[error("it is no .npy file")]
    NotNpy,
    /// The numbers have an unsupported type, such as integers or objects.
    #[error("its numbers are '{0}', and only <f4, <f8, <f2 are read: array.astype('<f4')")]
    Numbers(String),
    /// The array is stored column by column.
    #[error("it is in Fortran order: np.ascontiguousarray(array)")]
    Fortran,
    /// It is not a list of points.
    #[error("its shape is {0}, and points are (N, 3), or (N, 6) with colours")]
    Shape(String),
    /// The data is too short.
    #[error("it is cut off")]
    CutOff,
}

/// Reads an array of shape (N, 3), or (N, 6) with colours from 0 to 255.
///
/// # Errors
/// [`NotACloud`].
pub fn read(bytes: &[u8]) -> Result<Cloud, NotACloud> {
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or(NotACloud::NotNpy)?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or(NotACloud::NotNpy)?;
    let (length, rest) = match version[0] {
        1 => {
            let (length, rest) = rest.split_first_chunk::<2>().ok_or(NotACloud::NotNpy)?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        _ => {
            let (length, rest) = rest.split_first_chunk::<4>().ok_or(NotACloud::NotNpy)?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
    };
    let (header, data) = rest.split_at_checked(length).ok_or(NotACloud::NotNpy)?;
    let header = std::str::from_utf8(header).map_err(|_| NotACloud::NotNpy)?;
    let descr = between(header, "'descr': '", "'").unwrap_or("a structure");
    let number: fn(&[u8]) -> f32 = match descr {
        "<f2" => |b| from_half(u16::from_le_bytes([b[0], b[1]])),
        "<f4" => |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]),
        "<f8" => |b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32,
        other => return Err(NotACloud::Numbers(other.to_owned())),
    };
    let size = usize::from(descr.as_bytes()[2] - b'0');
    if header.contains("'fortran_order': True") {
        return Err(NotACloud::Fortran);
    }
    let shape = between(header, "'shape': (", ")").ok_or(NotACloud::NotNpy)?;
    let sides: Vec<usize> = shape
        .split(',')
        .filter_map(|side| side.trim().parse().ok())
        .collect();
    let [count, columns @ (3 | 6)] = sides[..] else {
        return Err(NotACloud::Shape(format!("({shape})")));
    };
    if count > POINTS_MAX {
        return Err(NotACloud::Shape(format!("({shape})")));
    }
    let data = data
        .get(..count * columns * size)
        .ok_or(NotACloud::CutOff)?;
    let mut cloud = Cloud::default();
    for row in data.chunks_exact(columns * size) {
        let mut numbers = row.chunks_exact(size).map(number);
        cloud.points.extend(numbers.by_ref().take(3));
        cloud
            .colors
            .extend(numbers.map(|color| color.clamp(0.0, 255.0) as u8));
    }
    Ok(cloud)
}

/// The largest coordinate that a page is sent: those are floats of 16 bits.
pub const LARGEST: u64 = 65_504;

impl Cloud {
    /// How many points have a coordinate that is no number, or too large, for a page; and the row of
    /// the first of them, from 0 as NumPy counts.
    pub fn undrawable(&self) -> Option<(usize, usize)> {
        let is_bad = |point: &[f32]| point.iter().any(|x| half(*x) & 0x7C00 == 0x7C00);
        let mut bad = (0..)
            .zip(self.points.chunks_exact(3))
            .filter(|(_, point)| is_bad(point));
        let (first, _) = bad.next()?;
        Some((1 + bad.count(), first))
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// The nearest float of 16 bits; beyond its range infinity.
pub fn half(number: f32) -> u16 {
    let bits = number.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let exponent = ((bits >> 23) & 0xFF) as i32 - 127 + 15;
    let fraction = bits & 0x7F_FFFF;
    match exponent {
        _ if number.is_nan() => 0x7E00,
        31.. => sign | 0x7C00,
        1..=30 => {
            // A fraction that overflows on rounding increases the exponent, which is right.
            let exact = (exponent as u32) << 10 | fraction >> 13;
            let rest = fraction & 0x1FFF;
            let up = rest > 0x1000 || rest == 0x1000 && exact & 1 == 1;
            sign | (exact + u32::from(up)) as u16
        }
        -10..=0 => {
            let shift = (14 - exponent) as u32;
            let whole = fraction | 0x80_0000;
            let exact = whole >> shift;
            let rest = whole & ((1 << shift) - 1);
            let middle = 1 << (shift - 1);
            let up = rest > middle || rest == middle && exact & 1 == 1;
            sign | (exact + u32::from(up)) as u16
        }
        _ => sign,
    }
}

fn from_half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(bits & 0x3FF);
    match bits >> 10 & 0x1F {
        0 => sign * fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        exponent => sign * (1.0 + fraction / 1024.0) * 2_f32.powi(i32::from(exponent) - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn points_and_colours_are_read() {
        let numbers = [1.0_f32, 2.0, 3.0, 255.0, 0.0, 300.0];
        let data: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 6), }";
        let cloud = read(&file(header, &data)).expect("a cloud");
        assert_eq!(cloud.points, [1.0, 2.0, 3.0]);
        assert_eq!(cloud.colors, [255, 0, 255]);
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        let cloud = read(&file(header, &data)).expect("a cloud");
        assert_eq!(cloud.points, numbers);
        assert!(cloud.colors.is_empty());
    }

    #[test]
    fn what_is_no_cloud_is_named() {
        let header = |descr: &str, order: &str, shape: &str| {
            file(
                &format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({shape}), }}"),
                &[0; 24],
            )
        };
        let table = [
            (b"PK\x03\x04".to_vec(), NotACloud::NotNpy),
            (b"\x93NUMPY\x01\x00\xff\xff{".to_vec(), NotACloud::NotNpy),
            (
                header("<i8", "False", "1, 3"),
                NotACloud::Numbers("<i8".into()),
            ),
            (header("<f4", "True", "2, 3"), NotACloud::Fortran),
            (
                header("<f4", "False", "6,"),
                NotACloud::Shape("(6,)".into()),
            ),
            (header("<f4", "False", "3, 3"), NotACloud::CutOff),
            (
                header("<f4", "False", "99999999999, 3"),
                NotACloud::Shape("(99999999999, 3)".into()),
            ),
        ];
        for (bytes, expected) in table {
            assert_eq!(read(&bytes), Err(expected));
        }
    }

    #[test]
    fn a_half_is_the_nearest_there_and_back() {
        let table = [
            (0.0, 0x0000),
            (-0.0, 0x8000),
            (1.0, 0x3C00),
            (-2.0, 0xC000),
            (0.1, 0x2E66),
            (65_504.0, 0x7BFF),
            (65_520.0, 0x7C00),
            (1e9, 0x7C00),
            (5.960_464_5e-8, 0x0001),
            (1e-9, 0x0000),
            (6.103_515_6e-5, 0x0400),
        ];
        for (number, bits) in table {
            assert_eq!(half(number), bits, "{number}");
        }
        for bits in (0..0x7C00_u16).chain(0x8000..0xFC00) {
            assert_eq!(half(from_half(bits)), bits);
        }
    }
}
