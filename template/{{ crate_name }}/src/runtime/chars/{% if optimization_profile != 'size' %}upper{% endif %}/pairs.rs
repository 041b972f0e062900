//! The upper case of characters of two bytes. Of most of those with case, in Latin, Greek and Cyrillic, the two bytes
//! tell how far away it is; the others are exceptions, each with an entry in a table.

use super::mapping::Mapping;
use crate::runtime::block::{Block, SIZE};
use crate::runtime::groups::{ALL, Groups, NEITHER_7_NOR_F, ODD};

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
    irregular: Groups,
    by_lead: [u8; SIZE],
    by_high_half: [u8; SIZE],
    greek: [u8; SIZE],
    bytes: Bytes,
    /// By code point.
    mappings: [Mapping; 0x800],
}

/// Constants, each sixteen times.
struct Bytes {
    origin: Block,
    low_half: Block,
    one: Block,
    greek: Block,
    exceptional: Block,
    below_exceptions: Block,
    later: Block,
    later_span: Block,
}

impl Pairs {
    pub fn new() -> Self {
        let mut mappings = [Mapping::default(); 0x800];
        for char in '\u{80}'..'\u{800}' {
            mappings[char as usize] = Mapping::of(char);
        }
        Self {
            regular: REGULAR,
            irregular: IRREGULAR,
            by_lead: BY_LEAD,
            by_high_half: BY_HIGH_HALF,
            greek: GREEK,
            bytes: Bytes {
                origin: Block::splat(FIRST),
                low_half: Block::splat(0x0f),
                one: Block::splat(1),
                greek: Block::splat(3),
                exceptional: Block::splat(EXCEPTIONAL),
                below_exceptions: Block::splat(0x7c),
                later: Block::splat(0xd2),
                later_span: Block::splat(0xd6 - 0xd2),
            },
            mappings,
        }
    }

    /// `next` has the byte after each of `leads`.
    pub fn changes(&self, leads: Block, next: Block) -> Changes {
        let bytes = &self.bytes;
        let place = leads.minus(bytes.origin);
        let halves = self.halves(next);
        let [high, low] = halves;
        let regular = self.regular.of(place, halves);
        let irregular = self.irregular.of(place, halves);
        let by_lead = place.look_up(&self.by_lead);
        let distance = by_lead.and(high.look_up(&self.by_high_half));
        let greek = low.look_up(&self.greek);
        let not_zero = |block| bytes.one.up_to(block);
        // The first two irregular groups, 1 and 2, are no exceptions. From 4 on this sets the highest bit.
        let exceptions = irregular
            .or(by_lead.and(bytes.exceptional))
            .plus_up_to_255(bytes.below_exceptions);
        // From U+0480 on the leads have no place in the tables.
        let later = leads.minus(bytes.later).up_to(bytes.later_span);
        Changes {
            first: regular.and(bytes.one),
            second: distance
                .and(not_zero(regular.or(irregular)))
                .plus(greek.and(not_zero(irregular.and(bytes.greek)))),
            exceptions: exceptions.or(later).high_bits(),
        }
    }

    pub fn halves(&self, block: Block) -> [Block; 2] {
        block.halves(self.bytes.low_half)
    }

    /// Of the character that begins with two bytes, or none when it has more.
    pub fn mapping(&self, [lead, trail]: [u8; 2]) -> Option<Mapping> {
        let code_point = usize::from(lead & 0x1f) << 6 | usize::from(trail & 0x3f);
        (lead < 0xe0).then(|| self.mappings[code_point])
    }
}

/// The first of the sixteen leads that the groups are about, the last one is 0xd1.
const FIRST: u8 = 0xc2;

/// The pairs with an upper case as the distances say. That of the first group has another lead, the one before.
const REGULAR: Groups = Groups::new(
    FIRST,
    [
        (&[0xcf, 0xd1], &[0x8, 0x9], ALL),
        (&[0xc3], &[0xa], ALL),
        // U+00F7 is no letter, and U+00FF an exception.
        (&[0xc3], &[0xb], NEITHER_7_NOR_F),
        (&[0xce, 0xd0], &[0xb], ALL),
        (&[0xc4], &[0x8, 0x9, 0xa], ODD),
        (&[0xc4, 0xc5], &[0xb], &[0x1, 0x3, 0x5, 0x7, 0xa, 0xc, 0xe]),
        (&[0xc5], &[0x8], &[0x2, 0x4, 0x6, 0x8, 0xb, 0xd, 0xf]),
        (&[0xc5], &[0x9, 0xa], ODD),
    ],
);

/// All other pairs with an upper case, and some without. The first two groups are no exceptions, but [`GREEK`].
const IRREGULAR: Groups = Groups::new(
    FIRST,
    [
        (&[0xce], &[0xa], &[0xc, 0xd, 0xe, 0xf]),
        (&[0xcf], &[0x8], ALL),
        (&[0xcf], &[0x9], ALL),
        (&[0xcf, 0xd1], &[0xa, 0xb], ALL),
        (&[0xc2, 0xc4], &[0xb], &[0x1, 0x5]),
        (&[0xc3, 0xc5, 0xcf], &[0x8, 0x9, 0xb], &[0xf]),
        (&[0xc5, 0xce], &[0x8, 0x9, 0xb], &[0x0]),
        (&[0xc5], &[0x8], &[0x9]),
    ],
);

/// The distance of a lead that has exceptions only: 0xc6 to 0xca, and 0xcd.
const EXCEPTIONAL: u8 = 8;

/// The distance of a second byte: the bits that these two have in common, and what [`GREEK`] adds.
const BY_LEAD: [u8; SIZE] = [0, 0x20, 1, 1, 8, 8, 8, 8, 8, 0, 0, 8, 0x26, 0, 0x20, 0xf0];
const BY_HIGH_HALF: [u8; SIZE] = [0, 0, 0, 0, 0, 0, 0, 0, 0xe1, 0x11, 0x27, 0x21, 0, 0, 0, 0];

/// By the lower half, for U+03AC to 03AF (ά to ί) and U+03C0 to 03CE (π to ώ).
const GREEK: [u8; SIZE] = [
    0xe0, 0xe0, 0xdf, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0, 0xff, 0xff, 0xff,
];
