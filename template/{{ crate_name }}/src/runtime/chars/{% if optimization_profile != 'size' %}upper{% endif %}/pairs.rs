//! The upper case of characters of two bytes. Of most of those with case, in Latin, Greek and Cyrillic, it is a
//! fixed distance away; the others are exceptions, each with an entry in a table.

use super::groups::{ALL, Groups, ODD};
use crate::runtime::block::{Block, SIZE};

/// What is to be taken from the bytes of the pairs that begin in a block.
pub struct Changes {
    /// From the first byte: 1 where it is another one for the upper case.
    pub first: Block,
    /// From the second byte, here at the place of the first one.
    pub second: Block,
    /// A bit for each pair that this may be wrong for.
    pub exceptions: u16,
}

pub struct Pairs {
    regular: Groups,
    /// What is to be taken from the second byte, by the first one.
    distances: [u8; SIZE],
    irregular: Groups,
    /// The two bytes of the upper case of each character, by its code point.
    upper: [u16; 0x800],
}

impl Pairs {
    pub fn new() -> Self {
        let mut upper = [LEFT_TO_STD; 0x800];
        for char in '\u{80}'..'\u{800}' {
            // Two characters of one byte would do as well: ß becomes SS.
            if let Ok(bytes) = String::from_iter(char.to_uppercase()).as_bytes().try_into() {
                upper[char as usize] = u16::from_le_bytes(bytes);
            }
        }
        Self {
            regular: REGULAR,
            distances: DISTANCES,
            irregular: IRREGULAR,
            upper,
        }
    }

    /// `next` has the byte after each of `leads`.
    pub fn changes(&self, leads: Block, next: Block) -> Changes {
        let place = leads.minus_byte(FIRST);
        let halves = next.halves();
        let regular = self.regular.of(place, halves);
        let irregular = self.irregular.of(place, halves);
        // Leads after the sixteen of the tables, from U+0480 on.
        let irregular = irregular.or(leads.within(0xd2, 0xd6));
        Changes {
            first: regular.and_byte(1),
            second: place.look_up(&self.distances).without(regular.equals(0)),
            exceptions: !irregular.equals(0).high_bits(),
        }
    }

    /// The two bytes of a pair's upper case, or none when that has another number of bytes.
    pub fn upper(&self, lead: u8, trail: u8) -> Option<[u8; 2]> {
        let code_point = usize::from(lead & 0x1f) << 6 | usize::from(trail & 0x3f);
        let upper = self.upper[code_point];
        (upper != LEFT_TO_STD).then(|| upper.to_le_bytes())
    }
}

/// No character: in UTF-8 a zero byte is one of its own.
const LEFT_TO_STD: u16 = 0;

/// The first of the sixteen leads that the groups are about, the last one is 0xd1.
const FIRST: u8 = 0xc2;

/// The pairs with an upper case as [`DISTANCES`] says. That of the first group has another lead, the one before.
const REGULAR: Groups = Groups::new(
    FIRST,
    [
        (&[0xcf, 0xd1], &[0x8], ALL),
        (&[0xc3], &[0xa, 0xb], ALL),
        (&[0xce, 0xd0], &[0xb], ALL),
        (&[0xc4], &[0x8, 0x9, 0xa], ODD),
        (&[0xc4], &[0xb], &[0x3, 0x5, 0x7, 0xa, 0xc, 0xe]),
        (&[0xc5], &[0x8], &[0x2, 0x4, 0x6, 0x8, 0xb, 0xd, 0xf]),
        (&[0xc5], &[0x9, 0xa], ODD),
        (&[0xc5], &[0xb], &[0x1, 0x3, 0x5, 0x7, 0xa, 0xc, 0xe]),
    ],
);

const DISTANCES: [u8; SIZE] = [
    0, 0x20, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0xe0, 0x20, 0xe0,
];

/// All other pairs with an upper case, and some without.
const IRREGULAR: Groups = Groups::new(
    FIRST,
    [
        (&[0xc2, 0xc4], &[0xb], &[0x1, 0x5]),
        (&[0xc3, 0xc5], &[0x9, 0xb], &[0x7, 0xf]),
        (&[0xc5, 0xce], &[0x8, 0x9, 0xb], &[0x0]),
        (&[0xc5], &[0x8], &[0x9]),
        (&[0xce], &[0xa], &[0xc, 0xd, 0xe, 0xf]),
        (&[0xcf], &[0x8], &[0x2, 0xc, 0xd, 0xe, 0xf]),
        (&[0xcf, 0xd1], &[0x9, 0xa, 0xb], ALL),
        (&[0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcd], ALL, ALL),
    ],
);
