//! The upper case of characters of two bytes. Of most of those with case, in Latin, Greek and Cyrillic, the two bytes
//! tell how far away it is; the others are exceptions, each with an entry in a table.

use super::classes::{ALL, Classes, ODD};
use super::mapping::Mapping;
use super::window::{Window, block, blocks};
use crate::block::{Block, SIZE, Step};

/// What to subtract from the bytes of the pairs that begin in a block, for their upper case. All that is said of a pair
/// is in the lane of its first byte.
struct Changes {
    /// From the first byte: 1 where the upper case has another one.
    first: Block,
    /// From the second byte, which is a lane further on.
    second: Block,
    /// A bit for each pair that this may be wrong for. `to_uppercase` rests on there being none at another byte.
    exceptions: u16,
}

pub struct Pairs {
    regular: Classes,
    irregular: Classes,
    by_lead: [u8; SIZE],
    by_high_half: [u8; SIZE],
    greek: [u8; SIZE],
    bytes: Bytes,
    /// By code point.
    mappings: [Mapping; 0x800],
}

/// Constants, in all lanes.
struct Bytes {
    origin: Block,
    low_half: Block,
    one: Block,
    two: Block,
    greek: Block,
    later: Block,
    below_later: Block,
}

impl Pairs {
    pub fn new() -> Self {
        let mut mappings = [Mapping::default(); 0x800];
        for char in '\u{80}'..'\u{800}' {
            mappings[char as usize] = Mapping::from_char(char);
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
                two: Block::splat(2),
                greek: Block::splat(0xcf),
                later: Block::splat(0xd6 - 0x7f),
                below_later: Block::splat(0x7f - (0xd6 - 0xd2) - 1),
            },
            mappings,
        }
    }

    /// Maps the pairs of a step. The last lane of `begun` has what to subtract from the first byte of the step, when a
    /// pair began before it; afterwards, the same for the first byte of the next step. Returns a bit for each exception
    /// that begins in the step.
    pub fn map(&self, window: &Window, mapped: &mut Step, begun: &mut Block) -> u64 {
        let mut exceptions = 0;
        for (number, (leads, mapped)) in blocks(window).into_iter().zip(mapped).enumerate() {
            let first = number * SIZE;
            let changes = self.changes(leads, block(window, first + 1));
            let second = changes.second.moved_up(*begun);
            *mapped = Block::load(mapped)
                .minus(changes.first)
                .minus(second)
                .store();
            *begun = changes.second;
            exceptions |= u64::from(changes.exceptions) << first;
        }
        exceptions
    }

    /// `next` has the byte after each of `leads`.
    fn changes(&self, leads: Block, next: Block) -> Changes {
        let bytes = &self.bytes;
        // Less than 16 only for the leads 0xc2 to 0xd1. For all other bytes the tables give 0.
        let place = leads.minus(bytes.origin);
        let halves @ [high, low] = next.halves(bytes.low_half);
        let regular = self.regular.of_pairs(place, halves);
        let irregular = self.irregular.of_pairs(place, halves);
        let none = |block: Block| block.equals(Block::default());
        let by_lead = place.look_up(&self.by_lead);
        let distance = by_lead.and(high.look_up(&self.by_high_half));
        let second_class = regular.and(bytes.two).equals(bytes.two);
        let is_greek = second_class.or(leads.equals(bytes.greek));
        let greek = low.look_up(&self.greek).and(is_greek);
        // The leads 0xd2 to 0xd6, from U+0480 on, have no place in the tables: their pairs are all exceptions. They are
        // found by one comparison, as the letters of ASCII are in upper.rs.
        let later = leads.minus(bytes.later).above(bytes.below_later);
        Changes {
            first: regular.and(bytes.one),
            second: distance.without(none(regular)).plus(greek),
            exceptions: !none(irregular).without(later).high_bits(),
        }
    }

    /// The mapping of the character that these two bytes are, or none when they only begin it.
    pub fn mapping(&self, [lead, trail]: [u8; 2]) -> Option<Mapping> {
        let code_point = usize::from(lead & 0x1f) << 6 | usize::from(trail & 0x3f);
        (lead < 0xe0).then(|| self.mappings[code_point])
    }
}

/// The first of the sixteen leads that the classes are about; the last one is 0xd1.
pub(super) const FIRST: u8 = 0xc2;

/// The pairs whose upper case is as far away as the distances say. Among them are some of the distance 0, and
/// exceptions. The upper case of the first class has another lead, the one before; the second class is Greek. All that
/// is here becomes a pair again, which `to_uppercase` rests on: check.rs goes through all pairs. tables.rs makes the
/// tables of this file.
pub(super) const REGULAR: Classes = Classes::new(
    FIRST,
    [
        (&[0xcf, 0xd1], &[0x8, 0x9], ALL),
        (&[0xce], &[0xa], &[0xc, 0xd, 0xe, 0xf]),
        (&[0xc3], &[0xa], ALL),
        (&[0xc3, 0xce, 0xd0], &[0xb], ALL),
        (&[0xc4], &[0x8, 0x9, 0xa], ODD),
        (&[0xc5], &[0x9, 0xa], ODD),
        (&[0xc4, 0xc5], &[0xb], &[0x1, 0x3, 0x5, 0x7, 0xa, 0xc, 0xe]),
        (&[0xc5], &[0x8], &[0x2, 0x4, 0x6, 0x8, 0xb, 0xd, 0xf]),
    ],
);

/// The exceptions up to U+047F: all other pairs with an upper case, and some without.
pub(super) const IRREGULAR: Classes = Classes::new(
    FIRST,
    [
        (&[0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcd], &[0x8], ALL),
        (&[0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcd, 0xcf], &[0x9], ALL),
        (
            &[0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcd, 0xcf, 0xd1],
            &[0xa, 0xb],
            ALL,
        ),
        (&[0xc2, 0xc4], &[0xb], &[0x1, 0x5]),
        (&[0xc3], &[0x9, 0xb], &[0x7, 0xf]),
        (&[0xcf], &[0x8], &[0xf]),
        (&[0xc5, 0xce], &[0x8, 0x9, 0xb], &[0x0]),
        (&[0xc5], &[0x8, 0xb], &[0x9, 0xf]),
    ],
);

/// How far the second byte is from that of the upper case: the bits that are set in both of these, by the lead and by
/// the upper half of the second byte, and [`GREEK`] added to them.
pub(super) const BY_LEAD: [u8; SIZE] = [0, 0x20, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x26, 0, 0x20, 0xf0];
pub(super) const BY_HIGH_HALF: [u8; SIZE] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0xe1, 0x11, 0x27, 0x21, 0, 0, 0, 0];

/// By the lower half, for U+03AC to 03AF (ά to ί) and U+03C0 to 03CE (π to ώ), all those of the lead 0xcf.
pub(super) const GREEK: [u8; SIZE] = [
    0xe0, 0xe0, 0xdf, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0xe0, 0, 0xff, 0xff, 0xff,
];
