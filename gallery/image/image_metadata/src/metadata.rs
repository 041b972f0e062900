//! The domain: what an image says about itself. Plain Rust: `cargo test` runs it without WebAssembly.
#![forbid(unsafe_code)]

mod boxes;
mod container;
mod exif;
mod heif;
#[cfg(any(test, feature = "faults"))]
mod heif_samples;
mod properties;
#[cfg(any(test, feature = "faults"))]
mod samples;
mod source;
#[cfg(test)]
mod tests;
mod tiff;

use exif::Exif;
use imagesize::ImageType;
use platform::WasmError;
use serde::Serialize;
use source::Source;

/// What a file does not say is `None`.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    format: Format,
    /// Pixels as a decoder gives them: of a HEIC or AVIF file these are cropped and turned already.
    width: u32,
    height: u32,
    /// How a viewer has to turn or mirror what the decoder gives, 1 to 8 as in Exif; none of a HEIC or AVIF file.
    orientation: Option<u8>,
    /// Pixels as a viewer shows them: `width` and `height`, swapped by the orientations 5 to 8.
    display_width: u32,
    display_height: u32,
    /// Local time of the camera, in ISO 8601 without a zone.
    taken_at: Option<String>,
    /// The zone of `taken_at`, as in `+02:00`.
    taken_at_offset: Option<String>,
    make: Option<String>,
    model: Option<String>,
    lens: Option<String>,
    exposure: Option<Exposure>,
    gps: Option<Gps>,
    /// What the file has and cannot be used.
    warnings: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
enum Format {
    #[serde(rename = "jpeg")]
    Jpeg,
    #[serde(rename = "png")]
    Png,
    #[serde(rename = "webp")]
    Webp,
    #[serde(rename = "heic")]
    Heic,
    #[serde(rename = "avif")]
    Avif,
    #[serde(rename = "tiff")]
    Tiff,
}

#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Exposure {
    /// In seconds.
    time: Option<f64>,
    f_number: Option<f64>,
    iso: Option<u32>,
    /// In millimetres.
    focal_length: Option<f64>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Gps {
    /// In degrees, south and west below zero.
    latitude: f64,
    longitude: f64,
    /// In metres above the sea.
    altitude: Option<f64>,
}

/// The metadata of a whole image.
///
/// # Errors
/// [`WasmError::MissingField`] for no bytes; `unsupportedMediaType` for what is none of these formats; `corruptImage`
/// when the dimensions cannot be read. What else is wrong with an image is in the answer, as warnings.
pub fn of_image(image: &[u8]) -> Result<Metadata, WasmError> {
    of_source(&Source::new(image))
}

/// The metadata of an image of which `prefix` has the first bytes: the same as of the whole, whatever follows.
///
/// # Errors
/// As [`of_image`], and `incompleteImage` when what follows could change the answer.
pub fn of_prefix(prefix: &[u8]) -> Result<Metadata, WasmError> {
    let source = Source::new(prefix);
    let metadata = of_source(&source)?;
    if source.ended() {
        return Err(WasmError::refused(
            "incompleteImage",
            "image: expected more of it",
        ));
    }
    Ok(metadata)
}

fn of_source(image: &Source) -> Result<Metadata, WasmError> {
    if image.array::<1>(0).is_none() {
        return Err(WasmError::missing("body", "expected an image, found none"));
    }
    let format = format(image).ok_or_else(|| {
        WasmError::refused(
            "unsupportedMediaType",
            "image: expected JPEG, PNG, WebP, HEIC, AVIF or TIFF",
        )
    })?;
    let (width, height) = dimensions(format, image).ok_or_else(|| {
        WasmError::refused(
            "corruptImage",
            "image: expected its width and height, found none that can be read",
        )
    })?;
    let exif = exif(format, image);
    let orientation = exif.orientation.filter(|_| !format.turns_itself());
    let (display_width, display_height) = match orientation {
        Some(5..) => (height, width),
        _ => (width, height),
    };
    let exposure = Exposure {
        time: exif.exposure_time,
        f_number: exif.f_number,
        iso: exif.iso,
        focal_length: exif.focal_length,
    };
    Ok(Metadata {
        format,
        width,
        height,
        orientation,
        display_width,
        display_height,
        taken_at: exif.taken_at,
        taken_at_offset: exif.taken_at_offset,
        make: exif.make,
        model: exif.model,
        lens: exif.lens,
        exposure: (exposure != Exposure::default()).then_some(exposure),
        gps: exif.position.map(|[latitude, longitude]| Gps {
            latitude,
            longitude,
            altitude: exif.altitude,
        }),
        warnings: exif.warnings,
    })
}

/// By the first bytes, whatever the name or the media type of the file.
fn format(image: &Source) -> Option<Format> {
    match &image.array(0)? {
        [0xff, 0xd8, 0xff, _] => return Some(Format::Jpeg),
        b"II*\0" | b"MM\0*" => return Some(Format::Tiff),
        _ => {}
    }
    match &image.array(0)? {
        b"\x89PNG\r\n\x1a\n" => return Some(Format::Png),
        [length @ .., b'f', b't', b'y', b'p'] => {
            // The brands: one, a version, and others that the file is compatible with.
            let length = u32::from_be_bytes(*length).clamp(8, LONGEST_FTYP);
            let brands = image.get(8, u64::from(length) - 8)?;
            return brands.as_chunks().0.iter().find_map(format_of_brand);
        }
        _ => {}
    }
    let is_webp = image.array(0)? == *b"RIFF" && image.array(8)? == *b"WEBP";
    is_webp.then_some(Format::Webp)
}

/// No file has more than some ten brands of four bytes.
const LONGEST_FTYP: u32 = 1024;

fn format_of_brand(brand: &[u8; 4]) -> Option<Format> {
    match brand {
        b"avif" | b"avis" => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(Format::Heic),
        _ => None,
    }
}

impl Format {
    /// Whether a decoder turns the picture, by the boxes `irot` and `imir` (HEIF, section 6.5.10). Exif may say the same
    /// once more and means nothing then.
    fn turns_itself(self) -> bool {
        matches!(self, Self::Heic | Self::Avif)
    }
}

fn dimensions(format: Format, image: &Source) -> Option<(u32, u32)> {
    let kind = match format {
        Format::Jpeg => ImageType::Jpeg,
        Format::Png => ImageType::Png,
        Format::Webp => ImageType::Webp,
        Format::Tiff => ImageType::Tiff,
        // Not by imagesize, which knows neither the primary item nor `clap`.
        Format::Heic | Format::Avif => {
            return properties::size(heif::meta(image).ok()?).map(Into::into);
        }
    };
    // The size of a WebP image is read from where its kind is known, all others from the start.
    let size = kind.reader_size(&mut image.reader(12)).ok()?;
    let dimension = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    dimension(size.width).zip(dimension(size.height))
}

fn exif(format: Format, image: &Source) -> Exif {
    let found = match format {
        Format::Jpeg => container::jpeg(image),
        Format::Png => container::png(image),
        Format::Webp => container::webp(image),
        Format::Heic | Format::Avif => heif::exif(image),
        Format::Tiff => return exif::read(image),
    };
    match found {
        Ok(Some(data)) => exif::read(&Source::new(data)),
        Ok(None) => Exif::default(),
        Err(warning) => Exif {
            warnings: vec![warning],
            ..Exif::default()
        },
    }
}
