//! Reads PNG and JPEG files, and writes PNG.

use std::io::Cursor;

use png::{BitDepth, ColorType, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// A picture in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// The width in pixels.
    pub width: usize,
    /// The height in pixels.
    pub height: usize,
    /// Red, green and blue of each pixel, row by row.
    pub rgb: Vec<u8>,
}

/// Why a file is no picture for us.
#[derive(Debug, thiserror::Error)]
pub enum BadPicture {
    /// A damaged JPEG, or another format.
    #[error("it is no sound JPEG: {0}")]
    Jpeg(#[from] zune_jpeg::errors::DecodeErrors),
    /// A damaged PNG.
    #[error("it is no sound PNG: {0}")]
    Png(#[from] png::DecodingError),
    /// A PNG that could not be written.
    #[error("no PNG can be made of it: {0}")]
    NotWritten(#[from] png::EncodingError),
}

/// Whether a file is a PNG, by its first bytes.
pub fn is_png(file: &[u8]) -> bool {
    file.starts_with(b"\x89PNG")
}

impl Pixels {
    /// Reads a PNG or a JPEG.
    ///
    /// # Errors
    /// [`BadPicture`].
    pub fn read(file: &[u8]) -> Result<Pixels, BadPicture> {
        if is_png(file) {
            from_png(file)
        } else {
            from_jpeg(file)
        }
    }

    /// The same picture as a PNG.
    ///
    /// # Errors
    /// [`BadPicture::NotWritten`] for a picture without pixels.
    pub fn to_png(&self) -> Result<Vec<u8>, BadPicture> {
        let mut png = Vec::new();
        let size = |length| u32::try_from(length).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut png, size(self.width), size(self.height));
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rgb)?;
        writer.finish()?;
        Ok(png)
    }
}

fn from_jpeg(file: &[u8]) -> Result<Pixels, BadPicture> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    let rgb = decoder.decode()?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    Ok(Pixels { width, height, rgb })
}

fn from_png(file: &[u8]) -> Result<Pixels, BadPicture> {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut samples = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let info = reader.next_frame(&mut samples)?;
    samples.truncate(info.buffer_size());
    let rgb = match info.color_type {
        ColorType::Grayscale => samples.iter().flat_map(|level| [*level; 3]).collect(),
        ColorType::GrayscaleAlpha => samples.chunks(2).flat_map(|pair| [pair[0]; 3]).collect(),
        ColorType::Rgba => {
            let pixels = samples.chunks(4);
            pixels
                .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
                .collect()
        }
        // `normalize_to_color8` replaces indices by their colours.
        ColorType::Rgb | ColorType::Indexed => samples,
    };
    let (width, height) = (info.width as usize, info.height as usize);
    Ok(Pixels { width, height, rgb })
}

#[cfg(test)]
mod tests {
    use super::super::tests::red_jpeg;
    use super::*;

    #[test]
    fn a_jpeg_becomes_pixels_and_those_a_png() {
        let pixels = Pixels::read(&red_jpeg()).expect("a JPEG");
        assert_eq!((pixels.width, pixels.height), (8, 8));
        assert_eq!(pixels.rgb.len(), 192);
        for pixel in pixels.rgb.chunks(3) {
            assert!(
                pixel[0] > 240 && pixel[1] < 20 && pixel[2] < 20,
                "{pixel:?}"
            );
        }
        let png = pixels.to_png().expect("a PNG");
        assert!(is_png(&png));
        assert_eq!(Pixels::read(&png).expect("a PNG"), pixels);
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let (jpeg, png) = (
            red_jpeg(),
            Pixels::read(&red_jpeg()).unwrap().to_png().unwrap(),
        );
        for file in [&png[..png.len() / 2], &png[..9], &jpeg[..30], b"text", b""] {
            assert!(Pixels::read(file).is_err(), "{file:?}");
        }
    }
}
