//! HEIC and AVIF files (HEIF, ISO/IEC 23008-12): items, one of which is the picture and another one the Exif data, and
//! what they are in the box `meta`.

use super::boxes::Content;
use super::container::{BROKEN, CUT, Found, IN_PIECES, words};
use super::source::Source;

/// The boxes of `meta`.
pub fn meta<'a>(image: &Source<'a>) -> Result<Content<'a>, &'static str> {
    let mut at = 0;
    let meta = loop {
        let [length, name] = words(image, at).ok_or(CUT)?;
        let (header, length) = match u32::from_be_bytes(length) {
            1 => (16, image.array(at + 8).map(u64::from_be_bytes).ok_or(CUT)?),
            length => (8, length.into()),
        };
        match (&name, length) {
            (b"meta", 0) => break image.rest(at + header).ok_or(CUT)?,
            (b"meta", _) => {
                let content = length.checked_sub(header).ok_or(BROKEN)?;
                break image.get(at + header, content).ok_or(CUT)?;
            }
            _ if length < header => return Err(BROKEN),
            _ => at = at.checked_add(length).ok_or(BROKEN)?,
        }
    };
    // After the version and the flags.
    meta.get(4..).map(Content).ok_or(BROKEN)
}

/// In an item of the type `Exif`: annex A.
pub fn exif<'a>(image: &Source<'a>) -> Found<'a> {
    let meta = meta(image)?;
    let Some(id) = meta.find(b"iinf").and_then(exif_item) else {
        return Ok(None);
    };
    let place = meta.find(b"iloc").and_then(|iloc| place_of(id, iloc));
    let place = place.ok_or(BROKEN)?;
    let item = match (place.method, place.file) {
        _ if place.extents != 1 => return Err(IN_PIECES),
        (0, 0) => item(image, place),
        (1, _) => item(&Source::new(meta.find(b"idat").ok_or(BROKEN)?.0), place),
        _ => return Err(IN_PIECES),
    };
    // The first four bytes say how many there are before the TIFF structure.
    let mut item = Content(item.ok_or(CUT)?);
    let skipped = item.number(4).ok_or(BROKEN)?;
    item.take(skipped).ok_or(BROKEN)?;
    Ok(Some(item.0))
}

/// Where an item is.
struct Place {
    /// 0 for the file, 1 for the box `idat`, 2 for another item.
    method: u64,
    /// 0 for this file.
    file: u64,
    extents: u64,
    at: u64,
    /// 0 for all that is there.
    length: u64,
}

fn item<'a>(source: &Source<'a>, place: Place) -> Option<&'a [u8]> {
    match place.length {
        0 => source.rest(place.at),
        length => source.get(place.at, length),
    }
}

fn exif_item(mut iinf: Content) -> Option<u64> {
    let (version, _) = iinf.version()?;
    iinf.take(if version == 0 { 2 } else { 4 })?;
    for (_, mut infe) in iinf.boxes().filter(|(name, _)| name == b"infe") {
        let (version, _) = infe.version()?;
        let id = infe.number(if version < 3 { 2 } else { 4 })?;
        infe.take(2)?;
        if version >= 2 && infe.take(4)? == b"Exif" {
            return Some(id);
        }
    }
    None
}

fn place_of(wanted: u64, mut iloc: Content) -> Option<Place> {
    let (version, _) = iloc.version()?;
    let sizes = iloc.number(2)?;
    let [at_size, length_size, base_size] = [12, 8, 4].map(|shift| sizes >> shift & 15);
    let index_size = if version == 0 { 0 } else { sizes & 15 };
    let id_size = if version < 2 { 2 } else { 4 };
    for _ in 0..iloc.number(id_size)? {
        let id = iloc.number(id_size)?;
        let method = if version == 0 {
            0
        } else {
            iloc.number(2)? & 15
        };
        let file = iloc.number(2)?;
        let base = iloc.number(base_size)?;
        let extents = iloc.number(2)?;
        if id != wanted {
            iloc.take(extents * (index_size + at_size + length_size))?;
            continue;
        }
        iloc.take(index_size)?;
        return Some(Place {
            method,
            file,
            extents,
            at: base.checked_add(iloc.number(at_size)?)?,
            length: iloc.number(length_size)?,
        });
    }
    None
}
