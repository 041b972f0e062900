//! Sets of the first two bytes of characters, looked up for a block at a time.

use crate::runtime::block::{Block, SIZE};

/// Up to eight sets, a bit each. Two bytes are in those that the first one and both halves of the second one have.
pub struct Groups {
    first: [u8; SIZE],
    high_halves: [u8; SIZE],
    low_halves: [u8; SIZE],
}

impl Groups {
    /// Each set is all that begins with one of the first bytes and goes on with one of the high and one of the low
    /// halves. First bytes count from `origin` on, modulo 16.
    pub const fn new(origin: u8, sets: [(&[u8], &[u8], &[u8]); 8]) -> Self {
        let mut groups = Self {
            first: [0; SIZE],
            high_halves: [0; SIZE],
            low_halves: [0; SIZE],
        };
        let mut set = 0;
        while set < sets.len() {
            let (first, high_halves, low_halves) = sets[set];
            add(set, first, origin, &mut groups.first);
            add(set, high_halves, 0, &mut groups.high_halves);
            add(set, low_halves, 0, &mut groups.low_halves);
            set += 1;
        }
        groups
    }

    /// The sets of each byte, by its place in the table of first bytes, with the halves of the next one.
    pub fn of(&self, first: Block, [high, low]: [Block; 2]) -> Block {
        first
            .look_up(&self.first)
            .and(high.look_up(&self.high_halves))
            .and(low.look_up(&self.low_halves))
    }
}

const fn add(set: usize, bytes: &[u8], origin: u8, table: &mut [u8; SIZE]) {
    let mut number = 0;
    while number < bytes.len() {
        table[((bytes[number] - origin) % 16) as usize] |= 1 << set;
        number += 1;
    }
}

pub const ALL: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
pub const ODD: &[u8] = &[1, 3, 5, 7, 9, 11, 13, 15];
pub const BELOW_F: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
pub const NEITHER_7_NOR_F: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14];
