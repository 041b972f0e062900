//! Characters of three and four bytes, all of which with an upper case are exceptions.

use super::classes::{ALL, BELOW_F, Classes};
use super::window::{Window, block, blocks};
use crate::block::{Block, SIZE};

pub struct Long {
    classes: Classes,
    origin: Block,
    place: Block,
    low_half: Block,
}

impl Long {
    pub fn new() -> Self {
        Self {
            classes: CLASSES,
            origin: Block::splat(0xe0),
            place: Block::splat(0x8f),
            low_half: Block::splat(0x0f),
        }
    }

    /// A bit for each exception that begins in a step.
    pub fn exceptions(&self, window: &Window) -> u64 {
        let mut exceptions = 0;
        for (number, leads) in blocks(window).into_iter().enumerate() {
            let first = number * SIZE;
            // Less than 16 for 0xe0 to 0xff, which are first bytes, and for some of ASCII, which no second byte of the
            // classes follows. `to_uppercase` rests on there being no exception at any other byte.
            let place = leads.minus(self.origin).and(self.place);
            let halves = block(window, first + 1).halves(self.low_half);
            let none = self
                .classes
                .of_pairs(place, halves)
                .equals(Block::default());
            exceptions |= u64::from(!none.high_bits()) << first;
        }
        exceptions
    }
}

/// All characters with an upper case, and some without. None of the lead 0xe0 has one: in the table 0xf0 has its place.
/// tables.rs makes it.
pub(super) const CLASSES: Classes = Classes::new(
    0xe0,
    [
        (&[0xe1], &[0x8, 0x9, 0xa, 0xb], ALL),
        (&[0xe2], &[0x8], &[0x5, 0x6]),
        (&[0xe2], &[0x9], &[0x3]),
        (&[0xe2], &[0xb], &[0x0, 0x1, 0x2, 0x3, 0x4]),
        (&[0xea], &[0x9, 0xa], &[0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf]),
        (&[0xef], &[0xa], &[0xc]),
        (&[0xef], &[0xb], &[0xd]),
        (&[0xf0], &[0x9], BELOW_F),
    ],
);
