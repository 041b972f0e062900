//! Where the formats keep their Exif data, which is a TIFF structure in each.

use super::source::Source;

/// The Exif data, none where the file has none, or what keeps it from being found.
pub type Found<'a> = Result<Option<&'a [u8]>, &'static str>;

pub const CUT: &str = "exif: expected all of the file, found its end";
pub const BROKEN: &str = "exif: expected the parts of the file to be in order";
pub const IN_PIECES: &str = "exif: expected it in one piece of this file";

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

pub fn words(image: &Source, at: u64) -> Option<[[u8; 4]; 2]> {
    let [a, b, c, d, e, f, g, h] = image.array(at)?;
    Some([[a, b, c, d], [e, f, g, h]])
}
