//! Where the formats keep their Exif data, which is a TIFF structure in each.

use super::source::Source;

/// The Exif data, none where the file has none, or what keeps it from being found.
pub type Found<'a> = Result<Option<&'a [u8]>, &'static str>;

const CUT: &str = "exif: expected all of the file, found its end";
const BROKEN: &str = "exif: expected the parts of the file to be in order";
const IN_PIECES: &str = "exif: expected it in one piece of this file";

/// In a segment before the first scan, as Exif (CIPA DC-008), section 4.7, has it.
pub fn jpeg<'a>(image: &Source<'a>) -> Found<'a> {
    let mut at = 2;
    loop {
        let [prefix, code] = image.array(at).ok_or(CUT)?;
        match [prefix, code] {
            [0xff, 0xff] => at += 1,
            // Those without a length: TEM and RST0 to RST7.
            [0xff, 0x01 | 0xd0..=0xd7] => at += 2,
            // The end, or the start of a scan.
            [0xff, 0xd9 | 0xda] => return Ok(None),
            [0xff, _] => {
                let length = image.array(at + 2).map(u16::from_be_bytes).ok_or(CUT)?;
                let content = u64::from(length).checked_sub(2).ok_or(BROKEN)?;
                if code == 0xe1 && image.array(at + 4).is_some_and(|id| id == *b"Exif\0\0") {
                    let length = content.checked_sub(6).ok_or(BROKEN)?;
                    return image.get(at + 10, length).ok_or(CUT).map(Some);
                }
                at += 4 + content;
            }
            _ => return Err(BROKEN),
        }
    }
}

/// In a chunk before or after the pixels: PNG, third edition, section 11.3.4.5.
pub fn png<'a>(image: &Source<'a>) -> Found<'a> {
    let mut at = 8;
    loop {
        let [length, name] = words(image, at).ok_or(CUT)?;
        let length = u32::from_be_bytes(length).into();
        match &name {
            b"eXIf" => return image.get(at + 8, length).ok_or(CUT).map(Some),
            b"IEND" => return Ok(None),
            // Four bytes of check sum follow.
            _ => at += 8 + length + 4,
        }
    }
}

/// In a chunk of the extended file format, after the pixels: RFC 9649, section 2.7.
pub fn webp<'a>(image: &Source<'a>) -> Found<'a> {
    let end = 8 + u64::from(image.array(4).map(u32::from_le_bytes).ok_or(CUT)?);
    let mut at = 12;
    while at < end {
        let [name, length] = words(image, at).ok_or(CUT)?;
        let length = u64::from(u32::from_le_bytes(length));
        match &name {
            b"EXIF" => return image.get(at + 8, length).ok_or(CUT).map(Some),
            b"VP8 " | b"VP8L" if at == 12 => break,
            _ => at += 8 + length.next_multiple_of(2),
        }
    }
    Ok(None)
}

fn words(image: &Source, at: u64) -> Option<[[u8; 4]; 2]> {
    let [a, b, c, d, e, f, g, h] = image.array(at)?;
    Some([[a, b, c, d], [e, f, g, h]])
}

/// In an item of the type `Exif`: HEIF (ISO/IEC 23008-12), annex A, and ISO/IEC 14496-12, sections 4.2 and 8.11.
pub fn heif<'a>(image: &Source<'a>) -> Found<'a> {
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
    let boxes = Cursor(meta.get(4..).ok_or(BROKEN)?);
    let Some(id) = boxes.find(b"iinf").and_then(exif_item) else {
        return Ok(None);
    };
    let place = boxes.find(b"iloc").and_then(|iloc| place_of(id, iloc));
    let place = place.ok_or(BROKEN)?;
    let item = match (place.method, place.file) {
        _ if place.extents != 1 => return Err(IN_PIECES),
        (0, 0) => item(image, place),
        (1, _) => item(&Source::new(boxes.find(b"idat").ok_or(BROKEN)?.0), place),
        _ => return Err(IN_PIECES),
    };
    // The first four bytes say how many there are before the TIFF structure.
    let mut item = Cursor(item.ok_or(CUT)?);
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

fn exif_item(mut iinf: Cursor) -> Option<u64> {
    let version = iinf.version()?;
    iinf.take(if version == 0 { 2 } else { 4 })?;
    while let Some((name, mut infe)) = iinf.next_box() {
        if name != b"infe" {
            continue;
        }
        let version = infe.version()?;
        let id = infe.number(if version < 3 { 2 } else { 4 })?;
        infe.take(2)?;
        if version >= 2 && infe.take(4)? == b"Exif" {
            return Some(id);
        }
    }
    None
}

fn place_of(wanted: u64, mut iloc: Cursor) -> Option<Place> {
    let version = iloc.version()?;
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

/// What is left of the content of a box.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// A big-endian number of at most eight bytes.
    fn number(&mut self, bytes: u64) -> Option<u64> {
        let bytes = self.take(bytes)?;
        let number = |number, byte: &u8| number << 8 | u64::from(*byte);
        (bytes.len() <= 8).then(|| bytes.iter().fold(0, number))
    }

    /// The version of a box that has one, and flags, which are passed over.
    fn version(&mut self) -> Option<u64> {
        Some(self.number(4)? >> 24)
    }

    fn next_box(&mut self) -> Option<(&'a [u8], Self)> {
        let length = self.number(4)?;
        let name = self.take(4)?;
        let content = match length {
            0 => self.0.len() as u64,
            1 => self.number(8)?.checked_sub(16)?,
            _ => length.checked_sub(8)?,
        };
        Some((name, Self(self.take(content)?)))
    }

    /// The content of the first box of this name.
    fn find(mut self, wanted: &[u8; 4]) -> Option<Self> {
        loop {
            let (name, content) = self.next_box()?;
            if name == wanted {
                return Some(content);
            }
        }
    }
}
