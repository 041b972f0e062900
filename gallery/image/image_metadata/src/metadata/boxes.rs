//! Boxes, of which HEIC and AVIF files are made (ISO/IEC 14496-12, section 4.2): a length, a name, the content.

/// What is left of the content of a box.
#[derive(Clone, Copy)]
pub struct Content<'a>(pub &'a [u8]);

impl<'a> Content<'a> {
    pub fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// A big-endian number of at most eight bytes.
    pub fn number(&mut self, bytes: u64) -> Option<u64> {
        let bytes = self.take(bytes)?;
        let number = |number, byte: &u8| number << 8 | u64::from(*byte);
        (bytes.len() <= 8).then(|| bytes.iter().fold(0, number))
    }

    /// Big-endian numbers of four bytes.
    pub fn words<const N: usize>(&mut self) -> Option<[u32; N]> {
        let words = self.take(4 * N as u64)?.as_chunks().0;
        Some(std::array::from_fn(|at| u32::from_be_bytes(words[at])))
    }

    /// The version of a box that has one, and its flags.
    pub fn version(&mut self) -> Option<(u64, u64)> {
        let number = self.number(4)?;
        Some((number >> 24, number & 0x00ff_ffff))
    }

    /// The boxes, up to the first one that is not whole.
    pub fn boxes(mut self) -> impl Iterator<Item = (&'a [u8], Self)> {
        std::iter::from_fn(move || self.next_box())
    }

    /// The first of the boxes with this name.
    pub fn find(self, wanted: &[u8; 4]) -> Option<Self> {
        let mut contents = self.boxes().filter(|(name, _)| name == wanted);
        contents.next().map(|(_, content)| content)
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
}
