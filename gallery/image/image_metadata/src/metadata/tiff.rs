//! The TIFF structure (TIFF 6.0, section 2): directories of fields, each a tag and values of one type. A directory is
//! gone through once and no values are copied, so whatever a file says costs little time and no memory.

use super::source::Source;

pub struct Tiff<'s, 'a> {
    data: &'s Source<'a>,
    big_endian: bool,
}

/// The values of a field, not looked at yet.
#[derive(Clone, Copy)]
pub struct Field {
    kind: u16,
    count: u32,
    /// Where its last four bytes are, which have the values, or the place of values that need more bytes.
    at: u64,
}

impl<'s, 'a> Tiff<'s, 'a> {
    /// With the place of the first directory.
    pub fn new(data: &'s Source<'a>) -> Option<(Self, u32)> {
        let big_endian = match &data.array(0)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let tiff = Self { data, big_endian };
        let first = tiff.u32(4)?;
        Some((tiff, first))
    }

    /// Looks up tags in the directory at `at`. Of a tag that is there twice the last field counts. The second value
    /// tells whether the whole directory was there.
    pub fn find<const N: usize>(&self, at: u32, tags: [u16; N]) -> ([Option<Field>; N], bool) {
        let mut found = [None; N];
        let at = u64::from(at);
        let Some(fields) = self.u16(at) else {
            return (found, false);
        };
        for number in 0..u64::from(fields) {
            let at = at + 2 + 12 * number;
            let Some(field) = self.field(at) else {
                return (found, false);
            };
            let tag = self.u16(at);
            if let Some(index) = tags.iter().position(|wanted| tag == Some(*wanted)) {
                found[index] = Some(field);
            }
        }
        (found, true)
    }

    fn field(&self, at: u64) -> Option<Field> {
        Some(Field {
            kind: self.u16(at + 2)?,
            count: self.u32(at + 4)?,
            at: self.data.get(at + 8, 4).map(|_| at + 8)?,
        })
    }

    /// The bytes of a text.
    pub fn ascii(&self, field: Field) -> Option<&'a [u8]> {
        // The second one is the UTF-8 of Exif 3.
        matches!(field.kind, 2 | 129).then(|| self.values(field, 1))?
    }

    /// One unsigned integer of 16 bits.
    pub fn short(&self, field: Field) -> Option<u16> {
        (field.kind == 3 && field.count == 1).then(|| self.u16(field.at))?
    }

    /// The first of some unsigned integers.
    pub fn integer(&self, field: Field) -> Option<u32> {
        match (field.kind, field.count) {
            (_, 0) => None,
            (1, _) => Some(self.values(field, 1)?[0].into()),
            (3, _) => Some(self.u16(self.place(field, 2)?)?.into()),
            (4 | 13, _) => self.u32(self.place(field, 4)?),
            _ => None,
        }
    }

    /// The first of some unsigned fractions; none when one of them is over zero.
    pub fn fractions<const N: usize>(&self, field: Field) -> Option<[f64; N]> {
        if field.kind != 5 || field.count < N as u32 {
            return None;
        }
        let at = self.place(field, 8)?;
        let mut fractions = [0.0; N];
        for (number, fraction) in fractions.iter_mut().enumerate() {
            let at = at + 8 * number as u64;
            let [numerator, denominator] = [self.u32(at)?, self.u32(at + 4)?];
            *fraction =
                (denominator != 0).then(|| f64::from(numerator) / f64::from(denominator))?;
        }
        Some(fractions)
    }

    fn values(&self, field: Field, size: u64) -> Option<&'a [u8]> {
        self.data
            .get(self.place(field, size)?, u64::from(field.count) * size)
    }

    /// Where values of a size stand.
    fn place(&self, field: Field, size: u64) -> Option<u64> {
        if u64::from(field.count) * size <= 4 {
            Some(field.at)
        } else {
            self.u32(field.at).map(u64::from)
        }
    }

    fn u16(&self, at: u64) -> Option<u16> {
        let read = if self.big_endian {
            u16::from_be_bytes
        } else {
            u16::from_le_bytes
        };
        self.data.array(at).map(read)
    }

    fn u32(&self, at: u64) -> Option<u32> {
        let read = if self.big_endian {
            u32::from_be_bytes
        } else {
            u32::from_le_bytes
        };
        self.data.array(at).map(read)
    }
}
